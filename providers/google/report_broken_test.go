package google_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

func TestTrap13_N2_ErrorsAfterGoodParts(t *testing.T) {
	t.Parallel()
	late := func(code string) string {
		_, e := refused(500, "internalError", code)
		return strings.TrimSuffix(results(`{"campaign":{"id":"1","name":"c"},"metrics":{"impressions":"5"},"segments":{"date":"2026-11-20"}}`), "]") + "\r\n,\r\n" + strings.TrimPrefix(e, "[")
	}
	good := results(`{"campaign":{"id":"1","name":"c"},"metrics":{"impressions":"5"},"segments":{"date":"2026-11-20"}}`)
	cases := map[string]struct {
		bodies []string // one after the other, the last for ever
		rows   int
		kind   providers.Kind
	}{
		"an error once":    {[]string{late("TRANSIENT_ERROR"), good}, 1, 0},
		"an error always":  {[]string{late("INTERNAL_ERROR")}, 0, providers.Unavailable},
		"cut once":         {[]string{good[:len(good)-40], good}, 1, 0},
		"cut at the end":   {[]string{good[:len(good)-1], good}, 1, 0},
		"cut always":       {[]string{good[:len(good)-1]}, 0, providers.Malformed},
		"no JSON":          {[]string{"<html>"}, 0, providers.Malformed},
		"a wrong question": {[]string{strings.Replace(late("X"), "internalError", "queryError", 1)}, 0, providers.Invalid},
	}
	each := func(do func(name string, joined bool)) {
		for name := range cases {
			do(name, false)
			do(name, true)
		}
	}
	each(func(name string, joined bool) {
		c := cases[name]
		t.Run(fmt.Sprint(name, " joined=", joined), func(t *testing.T) {
			t.Parallel()
			s, script := reportScript(t, nil)
			n := 0
			script.answer = func(q asked) (int, string) {
				if q.from != "campaign" {
					return 0, ""
				}
				body := c.bodies[min(n, len(c.bodies)-1)]
				n++
				return 200, body
			}
			dims := []normalize.Dimension{normalize.DimensionDate}
			if joined {
				dims = append(dims, normalize.DimensionDevice)
			}
			rows, _, err := readReport(t, s, lastWeek(normalize.LevelCampaign, dims, normalize.MetricImpressions))
			if len(rows) != c.rows || providers.KindOf(err) != c.kind || (err == nil) != (c.kind == 0) || len(rows) > 0 && rows[0].Values[0].D.String() != "5" {
				t.Errorf("%+v, %v", rows, err)
			}
			if e, ok := err.(*providers.Error); err != nil && (!ok || e.RequestID == "" || e.Platform != "googleads") { //nolint:errorlint // the seam promises it
				t.Errorf("error %#v", err)
			}
		})
	})
}

// The simulator breaks off in the middle, again and again: the report is whole, and no row comes twice.
func TestTrap13_TheReportIsWholeAllTheSame(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 4, HistoryDays: 70, ChunkRows: 50})
	org := w.orgs()[0]
	days := w.lastDays(t, org, 60)
	for _, after := range []int{1, 60, 200} {
		w.sim.FailStream(after, 2, "internalError.TRANSIENT_ERROR")
		q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelAd, Dimensions: byDate, Metrics: ledgerKPIs, Range: days, Now: w.sim.Now()}
		rows, _, err := readReport(t, w.Session, q)
		if err != nil {
			t.Fatalf("after %d rows: %v", after, err)
		}
		compareReport(t, rows, w.ledger(t, org.ID, days), normalize.LevelAd, byDate)
	}
}

// What is too large to be held, and cannot be cut by days, is handed on as it comes: should it break off, the report
// ends in an error, and what had come does not come again.
func TestTrap13_NothingComesTwice(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, nil)
	script.stream = func(q asked, w http.ResponseWriter) bool {
		if q.from != "keyword_view" {
			return false
		}
		_, _ = io.WriteString(w, `[{"results":[`)
		for i := range 40_000 {
			if i > 0 {
				_, _ = io.WriteString(w, ",")
			}
			_, _ = fmt.Fprintf(w, `{"campaign":{"id":"7"},"adGroup":{"id":"8"},"adGroupCriterion":{"criterionId":"%d","keyword":{"text":"shoe","matchType":"EXACT"}},"metrics":{"impressions":"1"}}`, i+1)
		}
		_, e := refused(500, "internalError", "TRANSIENT_ERROR")
		_, _ = io.WriteString(w, "],\"requestId\":\"r\"},"+strings.TrimPrefix(e, "["))
		return true
	}
	q := lastWeek(normalize.LevelKeyword, nil)
	for _, m := range s.Reports.Metrics {
		if m.Levels == nil && m.KPI != normalize.MetricLeads && m.KPI != normalize.MetricRevenue {
			q.Metrics = append(q.Metrics, m.KPI)
		}
	}
	rows, _, err := readReport(t, s, q)
	if providers.KindOf(err) != providers.Unavailable || len(rows) == 0 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.Keyword.ID] {
			t.Fatalf("%s comes twice", r.Keyword.ID)
		}
		seen[r.Keyword.ID] = true
	}
	if r := rows[0].Keyword; r.ID != "8~1" || r.Name != "[shoe]" {
		t.Errorf("keyword %+v", r)
	}
	if n := len(script.of("keyword_view")); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// An answer that breaks off is asked for in smaller pieces, and what had come of it is not counted.
func TestTrap13_WhatBrokeOffIsNotCounted(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, func(q asked) (int, string) {
		if q.from != "campaign" {
			return 0, ""
		}
		n := q.last.Sub(q.first) + 1
		body := results(fmt.Sprintf(`{"campaign":{"id":"7","name":"c"},"metrics":{"impressions":"%d"}}`, n), fmt.Sprintf(`{"campaign":{"id":"8","name":"c"},"metrics":{"impressions":"%d"}}`, 2*n))
		if n > 3 {
			body = body[:len(body)-2]
		}
		return 200, body
	})
	rows, _, err := readReport(t, s, lastWeek(normalize.LevelCampaign, nil, normalize.MetricImpressions))
	if err != nil || len(rows) != 2 || rows[0].Values[0].D.String() != "7" || rows[1].Values[0].D.String() != "14" {
		t.Errorf("%+v, %v", rows, err)
	}
	if n := len(script.of("campaign")); n > 20 {
		t.Errorf("asked %d times", n)
	}
}

// By days too: the window is cut, and its days come once.
func TestTrap13_WindowsThatBreakOff(t *testing.T) {
	t.Parallel()
	whole := adDays(4)
	s, script := reportScript(t, func(q asked) (int, string) {
		status, body := whole(q)
		if status == 200 && q.last.Sub(q.first) > 8 {
			body = body[:len(body)/2]
		}
		return status, body
	})
	q := lastWeek(normalize.LevelAd, byDate, normalize.MetricImpressions)
	q.Range.From = q.Range.To.Add(-60)
	rows, _, err := readReport(t, s, q)
	if err != nil {
		t.Fatal(err)
	}
	checkAdDays(t, rows, 4, q.Range)
	if n := len(script.of("ad_group_ad")); n > 60 {
		t.Errorf("asked %d times", n)
	}
}

// A window that turns out to hold more than may be held is cut, and its rows come once.
func TestReportWindowsThatHoldTooMuch(t *testing.T) {
	t.Parallel()
	for _, level := range []normalize.Level{normalize.LevelAd, normalize.LevelCreative} {
		s, script := reportScript(t, nil)
		script.stream = streamAds(913)
		q := lastWeek(level, byDate, normalize.MetricImpressions)
		if level == normalize.LevelCreative { // rows are joined by this
			q.Metrics = append(q.Metrics, normalize.MetricLeads)
		}
		for _, m := range s.Reports.Metrics {
			if m.Levels == nil && m.KPI != normalize.MetricLeads && m.KPI != normalize.MetricRevenue && m.KPI != normalize.MetricImpressions {
				q.Metrics = append(q.Metrics, m.KPI)
			}
		}
		q.Range.From = q.Range.To.Add(-31)
		parts, err := s.Reports.Plan(q)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		last := normalize.Day{}
		for r, err := range s.Reports.Stream(t.Context(), parts[0], new(providers.Meta)) {
			if err != nil {
				t.Fatal(err)
			}
			key := r.Entity(level).ID + r.Dims[0]
			if seen[key] || r.Date.Before(last) {
				t.Fatalf("%s comes twice, or late", key)
			}
			seen[key], last = true, r.Date
		}
		if len(seen) != 913*31 || len(script.of("ad_group_ad")) < 3 {
			t.Errorf("%d rows in %d queries", len(seen), len(script.of("ad_group_ad")))
		}
	}
}
