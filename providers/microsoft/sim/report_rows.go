package sim

import (
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// share of the traffic that has a place, or an age and gender.
var knownWeights = map[string][]int64{
	"GeographicPerformanceReport": {97, 3}, "UserLocationPerformanceReport": {97, 3}, "AgeGenderAudienceReport": {82, 18},
}

// source is one ad that feeds a unit, with how it is cut.
type source struct {
	ad    *simkit.Ad
	cut   *cutter
	video bool // of the audience network: it has view-through conversions
}

// units lists what the report's rows are about, in the order of the entities.
// The caller holds the lock.
func (s *Sim) units(sp *reportSpec) []*unit {
	var out []*unit
	taken := map[string]bool{}
	for _, sc := range sp.scope {
		if sp.level == byAccount && sc.campaign == nil {
			out = s.addUnit(out, taken, sp, &unit{acc: sc.acc})
			continue
		}
		for _, camp := range sc.acc.kids["Campaign"] {
			if camp.camp != nil && (sc.campaign == nil || camp == sc.campaign) {
				out = s.campaignUnits(out, taken, sp, camp, sc)
			}
		}
	}
	return out
}

// covers tells whether a campaign's traffic is in a report of this kind.
func (sp *reportSpec) covers(camp *entity) bool {
	pmax := isPMax(camp.camp)
	switch sp.kind {
	case "AdPerformanceReport", "AdGroupPerformanceReport", "KeywordPerformanceReport":
		return !pmax
	case "AssetGroupPerformanceReport":
		return pmax
	}
	return true
}

func (s *Sim) campaignUnits(out []*unit, taken map[string]bool, sp *reportSpec, camp *entity, sc reportScope) []*unit {
	if !sp.covers(camp) {
		return out
	}
	if sp.level <= byCampaign && sc.group == nil {
		return s.addUnit(out, taken, sp, &unit{acc: camp.acc, camp: camp})
	}
	for _, kind := range []string{"AdGroup", "AssetGroup"} {
		for _, g := range camp.children[kind] {
			if g.group == nil || sc.group != nil && g != sc.group {
				continue
			}
			if sp.level < byAd {
				out = s.addUnit(out, taken, sp, &unit{acc: camp.acc, camp: camp, group: g})
				continue
			}
			for _, ad := range g.children["Ad"] {
				if ad.ad != nil {
					out = s.addUnit(out, taken, sp, &unit{acc: camp.acc, camp: camp, group: g, ad: ad})
				}
			}
		}
	}
	return out
}

// addUnit adds a unit once, if the filter lets it through.
func (s *Sim) addUnit(out []*unit, taken map[string]bool, sp *reportSpec, u *unit) []*unit {
	parts := []string{u.acc.id}
	for _, e := range []*entity{u.camp, u.group, u.ad} {
		if e != nil {
			parts = append(parts, e.id)
		}
	}
	id := strings.Join(parts, "/")
	if taken[id] || !sp.filter.takes(u) {
		return out
	}
	taken[id] = true
	u.key = simkit.HashString(id)
	return append(out, u)
}

// sources are the ads below a unit.
func (s *Sim) sources(sp *reportSpec, u *unit) []source {
	var out []source
	cutters := map[*entity]*cutter{}
	for _, camp := range u.acc.kids["Campaign"] {
		if camp.camp == nil || u.camp != nil && camp != u.camp || !sp.covers(camp) {
			continue
		}
		for _, kind := range []string{"AdGroup", "AssetGroup"} {
			for _, g := range camp.children[kind] {
				if g.group == nil || u.group != nil && g != u.group || !sp.filter.takes(&unit{acc: u.acc, camp: camp, group: g}) {
					continue
				}
				cutters[g] = sp.cutter(&unit{acc: u.acc, camp: camp, group: g})
				for _, ad := range g.group.Ads {
					if ad.Delivered(sp.from, sp.to) && (u.ad == nil || ad == u.ad.ad) {
						out = append(out, source{ad, cutters[g], camp.flavor.campaignType == "Audience"})
					}
				}
			}
		}
	}
	return out
}

// rows yields the report's rows: unit, what each split says, and the sums. The
// period is nil in a summary. It ends when yield says so.
func (s *Sim) rows(sp *reportSpec, yield func(u *unit, period []byte, x *cell) bool) {
	s.mu.Lock()
	units := s.units(sp)
	s.mu.Unlock()
	for _, u := range units {
		s.mu.Lock()
		list := s.sources(sp, u)
		s.mu.Unlock()
		if len(list) > 0 && !s.unitRows(sp, u, list, yield) {
			return
		}
	}
}

func (s *Sim) unitRows(sp *reportSpec, u *unit, list []source, yield func(*unit, []byte, *cell) bool) bool {
	if sp.aggregation == "DayOfWeek" || sp.aggregation == "HourOfDay" {
		return s.cyclicRows(sp, u, list, yield)
	}
	var now cells
	var period, next []byte
	flush := func() bool {
		for _, x := range now.list {
			if counted(&x.sum) && !yield(u, period, x) {
				return false
			}
		}
		now.reset()
		return true
	}
	for d := sp.from; d < sp.to; d++ {
		facts := s.facts(sp, list, d)
		for h := range len(facts[0]) {
			if sp.aggregation != "Summary" {
				next = sp.period(next[:0], d, clockHour(sp, u, d, h))
				if string(next) != string(period) {
					if !flush() {
						return false
					}
					period = append(period[:0], next...)
				}
			}
			s.gather(sp, list, facts, d, h, &now)
		}
	}
	return flush()
}

// clockHour is what the clock showed at the n-th hour of a day: on days when
// clocks change an hour is missing or there twice.
func clockHour(sp *reportSpec, u *unit, d simkit.Day, n int) int {
	if sp.aggregation != "Hourly" && sp.aggregation != "HourOfDay" {
		return 0
	}
	return hourOf(u.acc.src, d, n)
}

func (s *Sim) cyclicRows(sp *reportSpec, u *unit, list []source, yield func(*unit, []byte, *cell) bool) bool {
	var by [24]cells
	for d := sp.from; d < sp.to; d++ {
		facts := s.facts(sp, list, d)
		for h := range len(facts[0]) {
			at := int(d.Weekday())
			if sp.aggregation == "HourOfDay" {
				at = hourOf(u.acc.src, d, h)
			}
			s.gather(sp, list, facts, d, h, &by[at])
		}
	}
	for i := range by {
		day := simkit.Day(i + 3) // 1970-01-04 was a Sunday
		for _, x := range by[i].list {
			if counted(&x.sum) && !yield(u, sp.period(nil, day, i), x) {
				return false
			}
		}
	}
	return true
}

// counted tells whether a sum makes a row: there are none without activity.
func counted(f *simkit.Fact) bool {
	return f[simkit.Impressions]|f[simkit.Clicks]|f[simkit.Cost] != 0 || f.Conversions() != 0 || f[simkit.ConversionValue] != 0
}

// facts are what each source did on a day: in one piece, or by the hour.
func (s *Sim) facts(sp *reportSpec, list []source, d simkit.Day) [][]simkit.Fact {
	out := make([][]simkit.Fact, len(list))
	if sp.aggregation == "Hourly" || sp.aggregation == "HourOfDay" {
		for i := range list {
			out[i] = s.kit.World.Hours(list[i].ad, d, sp.asOf)
		}
		return out
	}
	whole := make([]simkit.Fact, len(list))
	for i := range list {
		whole[i] = s.kit.World.Day(list[i].ad, d, sp.asOf)
		out[i] = whole[i : i+1]
	}
	return out
}

// gather adds what the sources did on a day, or in an hour of it.
func (s *Sim) gather(sp *reportSpec, list []source, facts [][]simkit.Fact, d simkit.Day, hour int, out *cells) {
	w := s.kit.World
	for i := range list {
		src, f := &list[i], facts[i][hour]
		if f[simkit.Impressions] == 0 && f.IsZero() {
			continue
		}
		if !src.video {
			f[simkit.Registrations] = 0
		}
		salt := uint64(d)*25 + uint64(hour)
		if known := knownWeights[sp.kind]; known != nil && !sp.whole {
			f = src.ad.AccountOf().Split(&f, simkit.Hash(src.ad.Key(), knownKey, salt), known)[0]
		}
		if len(src.cut.splits) == 0 {
			out.add(nil, &f)
			continue
		}
		src.cut.cut(w, src.ad, salt, &f, 0, nil, out)
	}
}

// anyRow tells whether a report has a row at all.
func (s *Sim) anyRow(sp *reportSpec) bool {
	found := false
	// The caller holds the lock, which the rows take themselves.
	s.mu.Unlock()
	defer s.mu.Lock()
	s.rows(sp, func(*unit, []byte, *cell) bool {
		found = true
		return false
	})
	return found
}
