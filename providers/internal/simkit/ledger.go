package simkit

import (
	"time"
)

// shape holds the constants of an ad's facts, drawn once.
type shape struct {
	key    uint64
	level  int64 // impressions of an ordinary day
	dense  bool
	ctr    int64 // millionths
	social int64
	conv   int64
	viewed int64
	cpc    int64 // minor units per click; 0 = pays per thousand impressions
	cpm    int64 // minor units per thousand impressions
	value  int64 // minor units per conversion
	format Format
	lead   bool
	jobs   bool
}

func newShape(o Options, ad *Ad) shape {
	h := Hash(o.Seed, 5, uint64(ad.Ordinal))
	scale := int64(1)
	if ad.AccountOf().minor == Micro {
		scale = 2 // whole yen or forint: still some hundred per click
	}
	s := shape{
		key: h, dense: o.Dense, format: ad.Group.Format,
		level:  between(mix(h+1), 40, 9000),
		ctr:    between(mix(h+2), 3000, 14000),
		social: between(mix(h+3), 500, 6000),
		conv:   between(mix(h+4), 20_000, 120_000),
		viewed: between(mix(h+5), 200_000, 700_000),
		cpm:    between(mix(h+6), 900, 7000) * scale,
		value:  between(mix(h+7), 500, 20000) * scale,
		lead:   ad.Group.Objective == LeadGen,
		jobs:   ad.Group.Objective == JobApply,
	}
	if ad.Group.Bid > 0 {
		s.cpc = between(mix(h+8), 120, 1500) * scale
	}
	return s
}

// Day is what the ad did on a day of its account's zone, as it is known at asOf:
// hours that have not begun are missing, and late conversions have not arrived.
func (w *World) Day(ad *Ad, d Day, asOf time.Time) Fact {
	if d < ad.window.from || d >= ad.window.to {
		return Fact{}
	}
	if ad.given != nil {
		return ad.givenOn(d)
	}
	loc := ad.AccountOf().Loc
	f := w.full(ad, d)
	end := (d + 1).Start(loc)
	if !asOf.Before(end) {
		ripen(&f, int(asOf.Sub(end)/(24*time.Hour)), ad.AccountOf())
		return f
	}
	begun := asOf.Sub(d.Start(loc))
	if begun < 0 {
		return Fact{}
	}
	ripen(&f, 0, ad.AccountOf())
	var sum Fact
	hours := w.splitHours(ad, d, &f)
	for i := range min(int(begun/time.Hour), len(hours)) {
		sum.Add(&hours[i])
	}
	return sum
}

// Hours are the day's hours in order (23 to 25 of them, by the zone), as known
// at asOf; they sum exactly to Day once the day is over.
func (w *World) Hours(ad *Ad, d Day, asOf time.Time) []Fact {
	loc := ad.AccountOf().Loc
	n := d.Hours(loc)
	if ad.given != nil {
		f := ad.givenOn(d)
		return w.splitHours(ad, d, &f)
	}
	if d < ad.window.from || d >= ad.window.to || asOf.Before(d.Start(loc)) {
		return make([]Fact, n)
	}
	f := w.full(ad, d)
	age := max(0, int(asOf.Sub((d+1).Start(loc))/(24*time.Hour)))
	ripen(&f, age, ad.AccountOf())
	hours := w.splitHours(ad, d, &f)
	for i := range hours {
		if i >= int(asOf.Sub(d.Start(loc))/time.Hour) {
			hours[i] = Fact{}
		}
	}
	return hours
}

func (a *Ad) givenOn(d Day) Fact {
	if f := a.given[d]; f != nil {
		return *f
	}
	return Fact{}
}

// hourWeights is how a day's activity lies over its hours.
var hourWeights = [25]int64{2, 1, 1, 1, 2, 4, 9, 14, 18, 20, 19, 17, 18, 17, 17, 16, 14, 12, 11, 10, 9, 7, 5, 3, 2}

func (w *World) splitHours(ad *Ad, d Day, f *Fact) []Fact {
	n := d.Hours(ad.AccountOf().Loc)
	return ad.AccountOf().Split(f, Hash(ad.shape.key, 9, uint64(d)), hourWeights[:min(n, 25)])
}

// lateShare is how much of a day's conversions is known n days after it ended,
// in millionths: conversions arrive for four weeks.
func lateShare(age int) int64 {
	if age >= 28 {
		return 1_000_000
	}
	return 600_000 + int64(age)*14_000
}

// invalidDays is how long invalid clicks stay in the numbers before the
// platform takes them out.
const invalidDays = 3

func ripen(f *Fact, age int, a *Account) {
	if age < 28 {
		p := lateShare(age)
		before := f.Conversions()
		for _, m := range [...]Metric{ClickConversions, ViewConversions, OrganicClickConversions, OrganicViewConversions, QualifiedLeads} {
			q := quantum(m, a)
			f[m] = f[m] / q * p / 1_000_000 * q
		}
		if before > 0 {
			f[ConversionValue] = mulDiv(f[ConversionValue]/a.minor, f.Conversions(), before) * a.minor
		}
	}
	if age < invalidDays {
		extra := f[Clicks] / 40
		if f[Clicks] > 0 {
			f[Cost] += mulDiv(f[Cost]/a.minor, extra, f[Clicks]) * a.minor
		}
		f[Clicks] += extra
	}
}

// mulDiv is a × b / c without overflow for the sizes of the ledger.
func mulDiv(a, b, c int64) int64 {
	g := gcd(b, c)
	return a * (b / g) / (c / g)
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}

// full is a day's final fact.
func (w *World) full(ad *Ad, d Day) Fact {
	var f Fact
	s := &ad.shape
	h := mix(s.key ^ uint64(d)*0x2545f4914f6cdd1d)
	imp := s.level * seasonal(d) / 1000 * between(h, 700, 1300) / 1000
	if !s.dense && h%53 == 0 {
		imp = 0 // a day without delivery
	}
	if s.dense {
		imp = max(imp, 1)
	}
	if imp == 0 {
		return f
	}
	r := drawer{h}
	f[Impressions] = imp
	f[Clicks] = share(imp, s.ctr, r.next())
	paid(&f, s, ad.AccountOf(), &r)
	organic(&f, &r)
	return f
}

// seasonal is the level of a day in thousandths: weekends are slow, autumn is busy.
func seasonal(d Day) int64 {
	_, m, _ := d.Date()
	v := [...]int64{0, 850, 900, 1000, 1000, 1050, 1000, 800, 750, 1150, 1200, 1250, 900}[m]
	switch d.Weekday() {
	case time.Saturday:
		return v * 35 / 100
	case time.Sunday:
		return v * 30 / 100
	}
	return v
}

// drawer hands out hashes in a fixed order.
type drawer struct{ h uint64 }

func (r *drawer) next() uint64 {
	r.h += 0x9e3779b97f4a7c15
	z := r.h
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	return z ^ (z >> 27)
}

func paid(f *Fact, s *shape, a *Account, r *drawer) {
	imp, clicks := f[Impressions], f[Clicks]
	units := (imp*s.cpm + int64(r.next()%1000)) / 1000
	if s.cpc > 0 {
		units = clicks * s.cpc
	}
	f[Cost] = units * a.minor
	f[LandingClicks] = share(clicks, 780_000, r.next())
	f[PageClicks] = share(clicks, 60_000, r.next())
	f[Likes] = share(imp, s.social, r.next())
	f[OtherReactions] = share(f[Likes], 240_000, r.next())
	f[Comments] = share(f[Likes], 90_000, r.next())
	f[CommentLikes] = share(f[Comments], 300_000, r.next())
	f[Shares] = share(f[Likes], 110_000, r.next())
	f[Follows] = share(f[Likes], 70_000, r.next())
	f[OtherEngagements] = share(imp, 900, r.next())
	per := Micro / a.convQuantum
	f[ClickConversions] = share(f[LandingClicks]*per, s.conv, r.next()) * a.convQuantum
	f[ViewConversions] = share(imp*per, s.conv/90, r.next()) * a.convQuantum
	// Half the ads send a value with their conversions, half send none.
	if s.key%2 == 0 {
		f[ConversionValue] = f.Conversions() / a.convQuantum * s.value / per * a.minor
	}
	byFormat(f, s, r)
	if s.lead {
		f[LeadFormOpens] = share(clicks, 450_000, r.next())
		f[Leads] = share(f[LeadFormOpens], 320_000, r.next())
		f[QualifiedLeads] = share(f[Leads], 400_000, r.next())
	}
	if s.jobs {
		f[JobApplyClicks] = share(clicks, 300_000, r.next())
		f[JobApplications] = share(f[JobApplyClicks], 350_000, r.next())
	}
	f[Registrations] = share(clicks, 4_000, r.next())
}

func byFormat(f *Fact, s *shape, r *drawer) {
	imp, clicks := f[Impressions], f[Clicks]
	switch s.format {
	case Video, Event:
		f[VideoStarts] = share(imp, 930_000, r.next())
		f[VideoViews] = share(f[VideoStarts], s.viewed, r.next())
		f[VideoQ25] = share(f[VideoStarts], s.viewed*9/10, r.next())
		f[VideoQ50] = share(f[VideoQ25], 600_000, r.next())
		f[VideoQ75] = share(f[VideoQ50], 700_000, r.next())
		f[VideoCompletes] = share(f[VideoQ75], 800_000, r.next())
		f[VideoFullscreens] = share(f[VideoStarts], 8_000, r.next())
		f[VideoSeconds] = f[VideoViews]*5 + f[VideoCompletes]*12
		if s.format == Event {
			f[EventViews] = share(imp, 80_000, r.next())
			f[EventSeconds] = f[EventViews] * 42
		}
	case Carousel:
		f[CardImpressions] = imp*2 + share(imp, 350_000, r.next())
		f[CardClicks] = share(clicks, 820_000, r.next())
	case Document:
		f[DocQ25] = share(imp, 90_000, r.next())
		f[DocQ50] = share(f[DocQ25], 650_000, r.next())
		f[DocQ75] = share(f[DocQ50], 700_000, r.next())
		f[DocCompletes] = share(f[DocQ75], 750_000, r.next())
		f[Downloads] = share(f[DocCompletes], 300_000, r.next())
	case Message:
		f[Sends] = imp
		f[Opens] = share(imp, 480_000, r.next())
		f[ActionClicks] = share(f[Opens], 40_000, r.next())
		f[TextLinkClicks] = share(f[Opens], 30_000, r.next())
		f[UnitClicks] = share(f[Opens], 12_000, r.next())
	}
}

// organicOf pairs each organic metric with the paid one it echoes.
var organicOf = [...][2]Metric{
	{OrganicClicks, Clicks}, {OrganicLikes, Likes}, {OrganicOtherReactions, OtherReactions},
	{OrganicComments, Comments}, {OrganicCommentLikes, CommentLikes}, {OrganicShares, Shares},
	{OrganicFollows, Follows}, {OrganicOtherEngagements, OtherEngagements},
	{OrganicLandingClicks, LandingClicks}, {OrganicPageClicks, PageClicks},
	{OrganicVideoStarts, VideoStarts}, {OrganicVideoViews, VideoViews}, {OrganicVideoQ25, VideoQ25},
	{OrganicVideoQ50, VideoQ50}, {OrganicVideoQ75, VideoQ75}, {OrganicVideoCompletes, VideoCompletes},
	{OrganicVideoFullscreens, VideoFullscreens}, {OrganicLeads, Leads}, {OrganicLeadFormOpens, LeadFormOpens},
	{OrganicCardImpressions, CardImpressions}, {OrganicCardClicks, CardClicks}, {OrganicDocQ25, DocQ25},
	{OrganicDocQ50, DocQ50}, {OrganicDocQ75, DocQ75}, {OrganicDocCompletes, DocCompletes},
	{OrganicDownloads, Downloads},
}

// organic adds what re-shares brought: about a fiftieth, on days with shares.
func organic(f *Fact, r *drawer) {
	if f[Shares] == 0 {
		return
	}
	f[OrganicImpressions] = share(f[Impressions], 22_000, r.next())
	for _, p := range organicOf {
		f[p[0]] = share(f[p[1]], 22_000, r.next())
	}
}

// Sum is what the ad did over [from, to), as known at asOf.
func (w *World) Sum(ad *Ad, from, to Day, asOf time.Time) Fact {
	var sum Fact
	for d := max(from, ad.window.from); d < min(to, ad.window.to); d++ {
		f := w.Day(ad, d, asOf)
		if ad.given == nil && f.IsZero() && d.Start(ad.AccountOf().Loc).After(asOf) {
			break
		}
		sum.Add(&f)
	}
	return sum
}
