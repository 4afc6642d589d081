package sim

import (
	"slices"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// pivot is a way to group rows: by what the ad is (of), or by splitting what
// it did (split into values).
type pivot struct {
	name   string
	of     func(*simkit.Ad) string // "" leaves the ad out
	values func(*simkit.Ad) []string
	split  func(w *simkit.World, ad *simkit.Ad, d simkit.Day, f *simkit.Fact, n int) []simkit.Fact
	member bool
	since  string
}

func (s *Sim) pivots() map[string]pivot {
	m := map[string]pivot{
		"ACCOUNT":        {of: func(a *simkit.Ad) string { return makeURN("sponsoredAccount", a.AccountOf().ID) }},
		"CAMPAIGN_GROUP": {of: func(a *simkit.Ad) string { return makeURN("sponsoredCampaignGroup", a.Group.Campaign.ID) }},
		"CAMPAIGN":       {of: func(a *simkit.Ad) string { return makeURN("sponsoredCampaign", a.Group.ID) }},
		"CREATIVE":       {of: func(a *simkit.Ad) string { return makeURN("sponsoredCreative", a.ID) }},
		"SHARE":          {of: postURN},
		"COMPANY":        {of: func(a *simkit.Ad) string { return makeURN("organization", a.AccountOf().PageID) }},
		"OBJECTIVE_TYPE": {of: func(a *simkit.Ad) string { return objectiveOf[a.Group.Objective] }},

		"SERVING_LOCATION":       neutral(simkit.Placement),
		"PLACEMENT_NAME":         neutral(simkit.Position),
		"IMPRESSION_DEVICE_TYPE": neutral(simkit.Device),
		"EVENT_STAGE":            ifFormat(simkit.Event, "PRE_LIVE", "LIVE", "POST_LIVE"),
		"CARD_INDEX":             ifFormat(simkit.Carousel, "0", "1", "2"),
		// No conversation ads in this world.
		"CONVERSATION_NODE":              {of: func(*simkit.Ad) string { return "" }},
		"CONVERSATION_NODE_OPTION_INDEX": {of: func(*simkit.Ad) string { return "" }},
		"CONVERSION": {
			values: func(a *simkit.Ad) []string { return conversionURNs(a.AccountOf()) },
			split: func(_ *simkit.World, ad *simkit.Ad, d simkit.Day, f *simkit.Fact, n int) []simkit.Fact {
				var only simkit.Fact // a conversion has conversions and their value, nothing else
				for _, c := range []simkit.Metric{simkit.ClickConversions, simkit.ViewConversions, simkit.ConversionValue} {
					only[c] = f[c]
				}
				return ad.AccountOf().Split(&only, simkit.Hash(ad.Key(), 71, uint64(d)), weightsOf(ad, 71, n))
			},
		},
	}
	for name, values := range s.cat.members {
		p := ofList(simkit.HashString(name), values)
		p.member = true
		if name == "MEMBER_DESIGNATED_MARKET_AREA" {
			p.since = "202609"
		}
		m[name] = p
	}
	for name, p := range m {
		p.name = name
		m[name] = p
	}
	return m
}

func neutral(dim simkit.Dimension) pivot {
	return pivot{
		values: func(*simkit.Ad) []string { return dim.Values() },
		split: func(w *simkit.World, ad *simkit.Ad, d simkit.Day, f *simkit.Fact, _ int) []simkit.Fact {
			return w.SplitBy(ad, d, f, dim)
		},
	}
}

func ofList(key uint64, values []string) pivot {
	return pivot{
		values: func(*simkit.Ad) []string { return values },
		split: func(_ *simkit.World, ad *simkit.Ad, d simkit.Day, f *simkit.Fact, n int) []simkit.Fact {
			return ad.AccountOf().Split(f, simkit.Hash(ad.Key(), key, uint64(d)), weightsOf(ad, key, n))
		},
	}
}

func ifFormat(format simkit.Format, values ...string) pivot {
	p := ofList(simkit.HashString(string(format)), values)
	p.values = func(a *simkit.Ad) []string {
		if a.Group.Format != format {
			return nil
		}
		return values
	}
	return p
}

// weightsOf are an ad's shares over n values, falling off as real ones do.
func weightsOf(ad *simkit.Ad, key uint64, n int) []int64 {
	ws := make([]int64, n)
	for i := range ws {
		ws[i] = 1 + int64(simkit.Hash(ad.Key(), key, uint64(i))%2000)/int64(1+i)
	}
	return ws
}

// memberRules are what LinkedIn does to demographic numbers, per creative and
// day: the top 100 values, and no value with fewer than three events.
func memberRules(parts []simkit.Fact) {
	if len(parts) > 100 {
		order := make([]int, len(parts))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			return int(parts[b][simkit.Impressions] - parts[a][simkit.Impressions])
		})
		for _, i := range order[100:] {
			parts[i] = simkit.Fact{}
		}
	}
	for i := range parts {
		p := &parts[i]
		if p[simkit.Impressions] < 3 {
			*p = simkit.Fact{}
			continue
		}
		for m, v := range p {
			events := v
			switch simkit.Metric(m) {
			case simkit.Cost, simkit.ConversionValue:
				continue
			case simkit.ClickConversions, simkit.ViewConversions, simkit.OrganicClickConversions, simkit.OrganicViewConversions:
				events = v / simkit.Micro
			}
			if events < 3 {
				p[m] = 0
			}
		}
	}
}

// memberDelay is how late demographic numbers are (12 to 24 hours).
const memberDelay = 12 * time.Hour

// refusedPivot explains a pivot that does not exist (any more).
func refusedPivot(name string) *fault {
	why := badValue
	if name == "MEMBER_COUNTRY" || name == "MEMBER_REGION" {
		why = "Pivot " + name + " is not supported, use " + name + "_V2"
	}
	return paramInvalid("pivot", why)
}
