package sim

import (
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// adFacts is what never changes about how an ad reports.
type adFacts struct {
	entity *entity
	ad     *simkit.Ad
	key    uint64
	minor  int64 // micros of the smallest money
	offset int64
	event  int  // the event that the ledger's conversions are
	click  int  // days of the click window of its ad set
	viewed bool // its ad set counts views too
	views  viewSet
}

// viewSet is which of an event's overlapping views an account has: all
// campaigns of an account agree, so that a view is whole on every level.
type viewSet int

const (
	omniViews  viewSet = iota // omni_x first
	plainViews                // no omni_x, x first
	pixelViews                // nothing but offsite_conversion.fb_pixel_x
	viewSets
)

func viewsOf(a *simkit.Account) viewSet {
	switch a.Index % 4 {
	case 1:
		return plainViews
	case 2:
		return pixelViews
	}
	return omniViews
}

// factsOf is the ad's adFacts; nil for an ad that a client made, which has none.
func (s *Sim) factsOf(e *entity) *adFacts {
	if e.ad == nil {
		return nil
	}
	if v, ok := s.insights.ads.Load(e.ad); ok {
		return v.(*adFacts)
	}
	f := &adFacts{
		entity: e, ad: e.ad, key: e.ad.Key(), offset: e.account.offset, minor: simkit.Micro / e.account.offset,
		event: eventOf(e.parent.parent.text(s, "objective")), views: viewsOf(e.account.src),
	}
	f.click, f.viewed = settingOf(e.parent.text(s, "attribution_setting"))
	v, _ := s.insights.ads.LoadOrStore(e.ad, f)
	return v.(*adFacts)
}

// eventOf is the event that a campaign's objective is about: leads, installs,
// else purchases.
func eventOf(objective string) int {
	switch objective {
	case "OUTCOME_LEADS", "LEAD_GENERATION":
		return evLead
	case "OUTCOME_APP_PROMOTION", "APP_INSTALLS":
		return evInstall
	}
	return evPurchase
}

// settingOf reads "7d_click_1d_view".
func settingOf(setting string) (click int, viewed bool) {
	click = 7
	switch {
	case strings.HasPrefix(setting, "1d_click"):
		click = 1
	case strings.HasPrefix(setting, "28d_click"):
		click = 28
	}
	return click, setting == "" || strings.Contains(setting, "1d_view")
}

// day fills c with what the ad did on a day, as it is known at asOf.
func (s *Sim) dayCell(c cell, a *adFacts, d simkit.Day, asOf time.Time) {
	f := s.fact(a.ad, d, asOf)
	a.fill(c, &f, simkit.Hash(a.key, 40, uint64(d)))
}

// fill turns a fact into a cell.
func (a *adFacts) fill(c cell, f *simkit.Fact, h uint64) {
	clear(c)
	c[mImpressions], c[mClicks], c[mSpend], c[mLinkClicks] =
		f[simkit.Impressions], f[simkit.Clicks], f[simkit.Cost], f[simkit.LandingClicks]
	if len(c) > narrow {
		a.interactions(c, f, h)
		a.videos(c, f, h)
	}
	if len(c) > middle {
		a.conversions(c, f, h)
	}
}

func (a *adFacts) interactions(c cell, f *simkit.Fact, h uint64) {
	c[mOutbound] = drawn(c[mLinkClicks], 900_000, simkit.Hash(h, 1))
	c[mLandingViews] = drawn(c[mOutbound], 820_000, simkit.Hash(h, 2))
	c[mReactions] = f[simkit.Likes] + f[simkit.OtherReactions]
	c[mComments] = f[simkit.Comments]
	c[mShares] = f[simkit.Shares]
	c[mPageLikes] = f[simkit.Follows]
	c[mSaves] = drawn(f[simkit.OtherEngagements], 300_000, simkit.Hash(h, 3))
	c[mRegistrations] = f[simkit.Registrations]
	if f[simkit.VideoStarts] == 0 {
		c[mPhotoViews] = drawn(f[simkit.OtherEngagements], 400_000, simkit.Hash(h, 4))
	}
}

func (a *adFacts) videos(c cell, f *simkit.Fact, h uint64) {
	if f[simkit.VideoStarts] == 0 {
		return
	}
	c[mPlays], c[mViews3s] = f[simkit.VideoStarts], f[simkit.VideoViews]
	c[mP25], c[mP50], c[mP75], c[mP100] =
		f[simkit.VideoQ25], f[simkit.VideoQ50], f[simkit.VideoQ75], f[simkit.VideoCompletes]
	c[mP95] = c[mP100] + drawn(c[mP75]-c[mP100], 400_000, simkit.Hash(h, 5))
	c[mThruPlays] = c[mP100] + drawn(c[mP50]-c[mP100], 350_000, simkit.Hash(h, 6))
	c[mViews15s] = c[mThruPlays]
	c[mViews30s] = drawn(c[mThruPlays], 600_000, simkit.Hash(h, 7))
	c[mViews2s] = c[mViews3s] + drawn(c[mPlays]-c[mViews3s], 400_000, simkit.Hash(h, 8))
	c[mWatched] = f[simkit.VideoSeconds]
}

// The millionths that a channel has of an event.
func (a *adFacts) channelWeights(ev int) []int64 {
	if a.views == pixelViews && ev != evInstall {
		return []int64{1, 0, 0, 0}
	}
	switch {
	case ev == evLead:
		return []int64{300, 560, 0, 140}
	case ev == evInstall:
		return []int64{0, 0, 880, 120}
	case ev == evPurchase && a.views == omniViews:
		return []int64{620, 120, 110, 150}
	case ev == evPurchase:
		return []int64{720, 160, 120, 0}
	}
	if a.views == omniViews {
		return []int64{800, 0, 120, 80}
	}
	return []int64{860, 0, 140, 0}
}

// conversions draws the campaign's own event, which is what the ledger calls
// conversions, and others beside it that a reader must leave alone.
func (a *adFacts) conversions(c cell, f *simkit.Fact, h uint64) {
	clicks, views := f[simkit.ClickConversions]/simkit.Micro, f[simkit.ViewConversions]/simkit.Micro
	value := f[simkit.ConversionValue]
	a.lay(c, a.event, clicks, views, value, simkit.Hash(h, 20))
	cart := clicks*2 + drawn(c[mLandingViews], 30_000, simkit.Hash(h, 21))
	a.lay(c, evContent, cart*3+drawn(c[mLandingViews], 700_000, simkit.Hash(h, 22)), views*4, 0, simkit.Hash(h, 23))
	a.lay(c, evCart, cart, views, value*2, simkit.Hash(h, 24))
	a.lay(c, evCheckout, clicks+drawn(cart-clicks, 300_000, simkit.Hash(h, 25)), views, 0, simkit.Hash(h, 26))
	switch a.event {
	case evPurchase:
		a.lay(c, evLead, drawn(c[mLandingViews], 8_000, simkit.Hash(h, 27)), 0, 0, simkit.Hash(h, 28))
	default:
		n := drawn(clicks, 160_000, simkit.Hash(h, 29))
		a.lay(c, evPurchase, n, 0, n*39*simkit.Micro, simkit.Hash(h, 30))
	}
}

// lay spreads an event: how many came by click and by view, in which
// windows, through which channels, and what they were worth.
func (a *adFacts) lay(c cell, ev int, clicks, views, value int64, h uint64) {
	if clicks+views == 0 { // a day that has only begun may know the value first
		c[eventAt(ev, chWeb)+attributions+aClick1] += value
		return
	}
	by := a.windows(clicks, views, ev, h)
	total := clicks + views
	weights := a.channelWeights(ev)
	var per [channels]int64
	for cat, n := range by {
		if n == 0 {
			continue
		}
		apportion(n, weights, simkit.Hash(h, 9, uint64(cat)), per[:])
		for ch, k := range per {
			c[eventAt(ev, ch)+cat] += k
		}
	}
	if value > 0 {
		a.price(c, ev, value, total)
	}
}

// price spreads an event's value over its channels and categories: those of
// `value` share it exactly, the others are worth the average.
func (a *adFacts) price(c cell, ev int, value, total int64) {
	minor := a.minor
	if value%minor != 0 {
		minor = 1
	}
	units, run, before := value/minor, int64(0), int64(0)
	for ch := range channels {
		at := eventAt(ev, ch)
		for cat := range attributions {
			n := c[at+cat]
			if cat >= valueCats {
				c[at+attributions+cat] += mulDiv(units, n, total, 0) * minor
				continue
			}
			run += n
			upTo := mulDiv(units, run, total, 0)
			c[at+attributions+cat] += (upTo - before) * minor
			before = upTo
		}
	}
}

// windows spreads clicks and views over the attribution categories: those
// inside the ad set's setting sum to clicks + views.
func (a *adFacts) windows(clicks, views int64, ev int, h uint64) (by [attributions]int64) {
	in := clicks
	if a.viewed {
		by[aView1] = views
	} else {
		in += views
		by[aView1Out] = drawn(in, 90_000, simkit.Hash(h, 1))
	}
	late := drawn(in, 280_000, simkit.Hash(h, 2))
	if a.click == 1 || ev == evInstall && a.click < 28 {
		late = 0
	}
	by[aClick1] = in - late
	after := drawn(in, 200_000, simkit.Hash(h, 3))
	switch a.click {
	case 1:
		by[aClick7Out], by[aClick28Out] = after, drawn(in, 80_000, simkit.Hash(h, 4))
	case 28:
		by[aClick28] = late * 2 / 5
		by[aClick7] = late - by[aClick28]
	default:
		by[aClick7], by[aClick28Out] = late, after/2
	}
	by[aEngaged] = drawn(views, 400_000, simkit.Hash(h, 5))
	return by
}
