package sim

import (
	"net/http"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// revenue is q=attributedRevenueMetrics. Without a connected CRM it answers no
// rows (assumed).
func (s *Sim) revenue(w http.ResponseWriter, q *request) *fault {
	if f := q.params.only("q", "account", "pivot", "dateRange", "timeGranularity", "campaignGroups", "campaigns"); f != nil {
		return f
	}
	v, ok := q.params.values["account"]
	if !ok {
		return paramMissing("account")
	}
	a, f := s.accountParam(q, "account", v)
	if f != nil && f.status != 403 {
		return f
	}
	name, _, f2 := q.params.enum("pivot", []string{"ACCOUNT", "CAMPAIGN_GROUP", "CAMPAIGN"})
	if f2 != nil {
		return f2
	}
	dr, ok := q.params.values["dateRange"]
	if !ok {
		return paramMissing("dateRange")
	}
	today := simkit.DayOf(s.kit.Clock.Now())
	from, to, f2 := dateRange(dr, today)
	if f2 != nil {
		return f2
	}
	if n := int(to-from) + 1; n < 30 || n > 366 || from < today-366 {
		return fieldInvalid("dateRange", "Range must be 30 to 366 days within the last year")
	}
	inner := mask{}
	if q.mask != nil {
		inner = q.mask["revenueAttributionMetrics"]
	}
	if !strings.Contains(q.params.fields, "revenueAttributionMetrics") {
		return paramInvalid("fields", "revenueAttributionMetrics must be requested")
	}
	elements := []any{}
	if f == nil && s.opts.CRM {
		elements = s.revenueRows(a, name, from, to, to == today, inner)
	}
	writeJSON(w, http.StatusOK, obj{"elements": q.mask.apply(elements), "paging": emptyPaging()})
	return nil
}

func (s *Sim) revenueRows(a *simkit.Account, pivotName string, from, to simkit.Day, open bool, _ mask) []any {
	sums := map[string]*cell{}
	var order []string
	p := s.pivotTable[pivotName]
	for ad := range a.AllAds {
		k := "all"
		if p.of != nil {
			k = p.of(ad)
		}
		if sums[k] == nil {
			sums[k] = &cell{}
			order = append(order, k)
		}
		f := s.kit.World.Sum(ad, from, to+1, s.kit.Clock.Now())
		sums[k].Add(&f)
		sums[k].usd += f[simkit.Cost] * usdRate(a.Currency)
	}
	out := []any{}
	for _, k := range order {
		c := sums[k]
		won := c.Conversions() / simkit.Micro / 40
		if won == 0 {
			continue
		}
		m := obj{
			"closedWonOpportunities": won, "revenueWonInUsd": itoa(won * 1250), "averageDealSizeInUsd": "1250",
			"averageDaysToClose": 41.5, "opportunityWinRate": 0.25,
			"returnOnAdSpend": float64(won*1250) / (float64(c.usd)/1e10 + 1),
		}
		if open { // open figures only when the range ends today
			m["openOpportunities"], m["opportunityAmountInUsd"] = won*3, itoa(won*3900)
		}
		out = append(out, obj{"pivotValues": []any{k}, "dateRange": obj{"start": dayObj(from), "end": dayObj(to)}, "revenueAttributionMetrics": m})
	}
	return out
}

func dayObj(d simkit.Day) obj {
	y, m, dd := d.Date()
	return obj{"year": int64(y), "month": int64(m), "day": int64(dd)}
}
