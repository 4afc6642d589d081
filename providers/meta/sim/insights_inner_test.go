package sim

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRatio(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		num, scale, den int64
		want            string
	}{
		{0, 1, 3, "0"}, {1, 1, 3, "0.333333"}, {2, 1, 3, "0.666667"}, {9, 100, 185, "4.864865"}, {1, 1, 1, "1"},
		{14_350_000, 1000, 185 * 1_000_000, "77.567568"}, {math.MaxInt64 / 2, 1000, 1, "0"}, {5, 1, 10_000_000, "0.000001"},
		{10_234, 1, 8_011, "1.277493"},
	} {
		if got := string(ratio(nil, c.num, c.scale, c.den)); got != c.want {
			t.Errorf("%d × %d / %d is %s, want %s", c.num, c.scale, c.den, got, c.want)
		}
	}
}

func TestSpendText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		micros, offset int64
		want           string
	}{
		{84_170_000, 100, "84.17"}, {84_100_000, 100, "84.10"}, {0, 100, "0.00"}, {50_000, 100, "0.05"}, {8_417_000_000, 1, "8417"},
		{123_456, 100, "0.123456"},
	} {
		if got := string(spendText(nil, c.micros, c.offset)); got != c.want {
			t.Errorf("%d by %d is %s, want %s", c.micros, c.offset, got, c.want)
		}
	}
}

// TestCellSplitKeepsEverything: parts sum to the whole, money in whole steps,
// values where the events are, views nested in every part.
func TestCellSplitKeepsEverything(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	views := eventViews()
	for range 300 {
		a := &adFacts{minor: 10_000, event: r.IntN(3), click: []int{1, 7, 28}[r.IntN(3)], viewed: r.IntN(2) == 0, views: viewSet(r.IntN(3)), key: r.Uint64()}
		whole := make(cell, wide)
		whole[mImpressions], whole[mSpend], whole[mLandingViews] = r.Int64N(5000), r.Int64N(90_000)*10_000, r.Int64N(60)
		n, v := r.Int64N(9), r.Int64N(4)
		a.lay(whole, a.event, n, v, (n+v)*1234*10_000, r.Uint64())
		lead := views[a.views][a.event][0]
		if e := whole.entryOf(a.event, lead, false); e.value != n+v {
			t.Fatalf("%s is %d of %d", lead.kind, e.value, n+v)
		}
		weights := make([]int64, 1+r.IntN(20))
		for i := range weights {
			weights[i] = r.Int64N(9)
		}
		sum := make(cell, wide)
		for _, p := range whole.split(r.Uint64(), weights, a.minor) {
			sum.add(p)
			if p[mSpend]%a.minor != 0 {
				t.Fatalf("%d micros are no whole cents", p[mSpend])
			}
			all := p.entryOf(a.event, lead, false)
			for _, view := range views[a.views][a.event] {
				e, val := p.entryOf(a.event, view, false), p.entryOf(a.event, view, true)
				if e.value > all.value || e.windows[w1Click] > e.windows[w7Click] || e.windows[w7Click] > e.windows[w28Click] {
					t.Fatalf("%s sticks out: %+v of %+v", view.kind, e, all)
				}
				if e.value == 0 && val.value != 0 {
					t.Fatalf("%s is worth %d without an event", view.kind, val.value)
				}
			}
		}
		if !slices.Equal(sum, whole) {
			t.Fatalf("parts do not add up: %v, %v", sum, whole)
		}
	}
}

// TestEveryKnownFieldIsAnswered: a row with all 205 metrics and 36 other
// fields, at every level.
func TestEveryKnownFieldIsAnswered(t *testing.T) {
	t.Parallel()
	s := New(Options{Seed: 3, Now: func() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC) }})
	names := strings.Join(append(strings.Fields(insightMetricNames), append(strings.Fields(insightMetricsSince26), strings.Fields(insightIdentityNames)...)...), ",")
	if n := len(strings.Split(names, ",")) + len(strings.Fields(insightMetricsUntil25)); n != 205+36 {
		t.Fatalf("%d names", n)
	}
	for _, l := range insightLevels {
		q, err := s.parseInsights(fuzzCall(s), &s.accounts[0].entity, params{"level": l.name, "limit": "500"}, mustFields(t, names))
		if err != nil {
			t.Fatal(err.Message)
		}
		body, err := s.newRunner(q).answer(fuzzCall(s), "x", params{})
		if err != nil || len(body) < 2000 {
			t.Fatalf("%s: %v %.200s", l.name, err, body)
		}
	}
	for _, gone := range []string{"marketing_messages_website_purchase", "age", "dma"} {
		if _, err := s.parseInsights(fuzzCall(s), &s.accounts[0].entity, params{}, mustFields(t, gone)); err == nil {
			t.Errorf("%s is accepted", gone)
		}
	}
	old := fuzzCall(s)
	old.version = "v25.0"
	if _, err := s.parseInsights(old, &s.accounts[0].entity, params{}, mustFields(t, "marketing_messages_website_purchase")); err != nil {
		t.Error("v25.0 has marketing_messages_website_purchase")
	}
	if _, err := s.parseInsights(old, &s.accounts[0].entity, params{}, mustFields(t, strings.Fields(insightMetricsSince26)[0])); err == nil {
		t.Error("v25.0 has not what came with v26.0")
	}
}

func mustFields(t testing.TB, names string) []field {
	t.Helper()
	fs, err := fieldList(names)
	if err != nil {
		t.Fatal(err.Message)
	}
	return fs
}

func fuzzCall(s *Sim) *call {
	return &call{sim: s, method: "GET", version: "v26.0", base: "http://sim", params: params{}, token: &token{raw: "t"}, now: s.Now()}
}

// FuzzInsightParams: whatever the parameters are, there is an answer or a
// refusal, and the answer is bounded by its limit.
func FuzzInsightParams(f *testing.F) {
	s := New(Options{Seed: 3, Accounts: 1, Campaigns: 2, Groups: 2, Ads: 2, HistoryDays: 60,
		Now: func() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC) }})
	f.Add(`{"since":"2026-11-01","until":"2026-11-02"}`, `[{"field":"ad.id","operator":"IN","value":["1"]}]`, "spend_descending", `["age"]`, "1", "MC4w", "spend")
	f.Add(`[{"since":"2026-11-01","until":"2026-11-02"}]`, `[{"field":"spend","operator":"IN_RANGE","value":[0,"9.5"]}]`, "actions:link_click", "country", "monthly", "", "actions")
	f.Add("{", `[{"field":"name","operator":"CONTAINS_ANY","value":[]}]`, "", "image_asset", "90", "x", "reach,frequency")
	f.Fuzz(func(t *testing.T, span, filtering, sort, breakdowns, step, after, fields string) {
		fs, err := fieldList(fields)
		if err != nil {
			return
		}
		p := params{"time_range": span, "filtering": filtering, "breakdowns": breakdowns, "time_increment": step, "level": "ad", "limit": "5"}
		for name, v := range map[string]string{"sort": sort, "after": after} {
			if v != "" {
				p[name] = v
			}
		}
		q, err := s.parseInsights(fuzzCall(s), &s.accounts[0].entity, p, fs)
		if err != nil {
			return
		}
		x := s.newRunner(q)
		if x.weight(0) > 20_000 {
			return
		}
		pg, err := x.page()
		if err == nil && pg.n > 5 {
			t.Errorf("%d rows on a page of 5", pg.n)
		}
	})
}
