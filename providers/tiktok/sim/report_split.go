package sim

import (
	"github.com/admux/admux/providers/internal/simkit"
)

// cellsPerHour bounds how many breakdown values an hour has.
const cellsPerHour = 1000

// partFact is one cell of an ad's day.
type partFact struct {
	cell   int
	values []string
	fact   simkit.Fact
}

type splitFunc func(sub *subject, e *entity, d simkit.Day, f *simkit.Fact) []partFact

// breakdownValues are a dimension's values; with hidden, the last one stands for
// what the platform does not attribute.
func breakdownValues(dim string) (values []string, hidden bool) {
	switch dim {
	case "gender":
		return []string{"FEMALE", "MALE", "NONE"}, false
	case "age":
		return []string{"AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100", "NONE"}, false
	case "country_code":
		return []string{"US", "DE", "GB", "JP", "IN", "FR", "HU", "BR"}, false
	case "platform":
		return []string{"ANDROID", "IPHONE", "IPAD", "PC", "OTHERS"}, false
	case "placement":
		return []string{"TikTok", "Pangle"}, false
	case "language":
		return []string{"en", "de", "ja", "hu", "fr"}, false
	case "ac":
		return []string{"WIFI", "5G", "4G", "3G"}, false
	case "province_id":
		return []string{"5332921", "2951839", "6269131", "1850144", "-"}, true
	case "dma_id":
		return []string{"501", "803", "602", "-"}, true
	case "interest_category", "interest_category_v2", "interest_category_tier2":
		return []string{"15", "17", "22", "-"}, true
	}
	return nil, true
}

// splitter cuts an ad's day by the report's hour and breakdowns; nil when it
// does not cut at all.
func (s *Sim) splitter(q *query) splitFunc {
	if q.timeDim != "stat_time_hour" && len(q.breakdowns) == 0 {
		return nil
	}
	return func(sub *subject, e *entity, d simkit.Day, f *simkit.Fact) []partFact {
		parts := []partFact{{fact: *f}}
		if q.timeDim == "stat_time_hour" {
			parts = s.byHour(sub, e, d, q)
		}
		for _, dim := range q.breakdowns {
			parts = s.byValue(e, d, dim, parts)
		}
		return parts
	}
}

// byHour cuts by the clock on the account's wall: an hour that a change of
// clocks repeats is one.
func (s *Sim) byHour(sub *subject, e *entity, d simkit.Day, q *query) []partFact {
	start := d.Start(e.account.src.Loc)
	at := map[int]int{}
	var out []partFact
	for i, f := range s.kit.World.Hours(e.ad, d, q.moment(e, d+1)) {
		if f.IsZero() {
			continue
		}
		hour := start.Add(hours(i)).In(e.account.src.Loc).Hour()
		k, ok := at[hour]
		if !ok {
			k = len(out)
			at[hour] = k
			out = append(out, partFact{cell: hour * cellsPerHour})
		}
		f = sub.share(&f, d)
		out[k].fact.Add(&f)
	}
	return out
}

func (s *Sim) byValue(e *entity, d simkit.Day, dim string, parts []partFact) []partFact {
	values, hidden := breakdownValues(dim)
	if values == nil {
		return nil // a dimension that nothing here has
	}
	key := simkit.HashString(dim)
	weights := s.kit.World.Weights(e.ad, key%1_000_000, len(values))
	var out []partFact
	for i := range parts {
		p := &parts[i]
		cut := e.account.src.Split(&p.fact, simkit.Hash(e.ad.Key(), key, uint64(d), uint64(p.cell)), weights)
		for k := range cut {
			if cut[k].IsZero() || hidden && k == len(values)-1 {
				continue
			}
			out = append(out, partFact{cell: p.cell/cellsPerHour*cellsPerHour + p.cell%cellsPerHour*len(values) + k,
				values: append(append([]string{}, p.values...), values[k]), fact: cut[k]})
		}
	}
	return out
}
