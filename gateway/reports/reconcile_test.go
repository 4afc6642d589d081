package reports_test

import (
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// spend is one ad's numbers in a platform's books: impressions, clicks, cost.
type spend struct {
	campaign, group, ad string
	values              [3]string
}

// booked is a platform that answers every level from the same books, with the KPIs of order. lost may take an ad out of
// the reports at a level, as a platform that leaves something out does.
func booked(books []spend, lost func(normalize.Level, spend) bool) *fake {
	f := newFake(order...)
	f.rows = asked(func(p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
		by := map[string]*normalize.Row{}
		var keys []string
		for _, b := range books {
			if lost != nil && lost(p.Query.Level, b) {
				continue
			}
			if only := p.Query.Filter[normalize.LevelCampaign]; only != nil && !slices.Contains(only, b.campaign) {
				continue
			}
			r := normalize.Row{Campaign: normalize.Entity{ID: b.campaign, Name: "C " + b.campaign}, Values: []normalize.Value{num(b.values[0]), num(b.values[1]), num(b.values[2])}}
			switch p.Query.Level {
			case normalize.LevelOrganization:
				r.Campaign = normalize.Entity{}
			case normalize.LevelGroup:
				r.Group = normalize.Entity{ID: b.group}
			case normalize.LevelAd:
				r.Group, r.Ad = normalize.Entity{ID: b.group}, normalize.Entity{ID: b.ad}
			}
			for _, d := range p.Query.Dimensions {
				v := "MOBILE"
				if d == normalize.DimensionDate {
					v = "2026-11-20"
					r.Date = day(v)
				}
				r.Dims = append(r.Dims, v)
			}
			key := fmt.Sprint(r.Campaign.ID, "/", r.Group.ID, "/", r.Ad.ID)
			if have := by[key]; have != nil {
				for i := range have.Values {
					have.Values[i] = have.Values[i].Add(r.Values[i])
				}
				continue
			}
			by[key] = &r
			keys = append(keys, key)
		}
		var rows []normalize.Row
		for _, k := range keys {
			rows = append(rows, *by[k])
		}
		return these(rows...)(p, nil)
	})
	return f
}

var books = []spend{
	{"10", "100", "1000", [3]string{"100", "10", "5.50"}},
	{"10", "100", "1001", [3]string{"50", "1", "0.25"}},
	{"10", "101", "1002", [3]string{"7", "0", "0.05"}},
	{"11", "110", "1100", [3]string{"900", "90", "45"}},
}

// reconciled is what meta.quality says of a comparison.
type reconciled struct {
	Meta struct {
		Quality     quality
		Connections []struct {
			ConnectionID string `json:"connection_id"`
			Quality      quality
		}
	}
}

type quality struct {
	Complete   bool
	LeftOut    []string `json:"left_out"`
	Reconciled *struct {
		Level                 string
		Type                  []string
		Entities, Differences int
	}
	Differences []map[string]any
}

func (q quality) lines() []string {
	out := []string{}
	for _, d := range q.Differences {
		out = append(out, fmt.Sprint(d["connection_id"], " ", d["organization_id"], " ", d["level"], " ", d["id"], " ", d["type"], " ",
			d["this_level"], " ", d["level_above"], " ", d["difference"], " ", d["currency"]))
	}
	slices.Sort(out)
	return out
}

func TestReconcileFindsNothingWhereSumsAgree(t *testing.T) {
	t.Parallel()
	base := booked(books, nil).serve(t)
	for query, above := range map[string]string{
		"level=ad": "campaign", "level=group&dimension=DATE": "campaign", "level=campaign": "organization", "level=organization&dimension=DEVICE": "organization",
		"level=ad&group_id=100": "group", "level=campaign&campaign_id=10&dimension=DEVICE": "campaign", "level=ad&query=nobody": "campaign",
	} {
		q := must[reconciled](t, get(t, base, query+"&reconcile=true&format=table&type=CLICKS,COST,CPC")).Meta.Quality
		if r := q.Reconciled; !q.Complete || len(q.LeftOut)+len(q.Differences) > 0 || r == nil || r.Level != above || r.Entities == 0 ||
			!slices.Equal(r.Type, []string{"CLICKS", "COST"}) {
			t.Errorf("%s: %+v", query, q)
		}
	}
	if q := must[reconciled](t, get(t, base, "level=ad&format=table")).Meta.Quality; q.Reconciled != nil {
		t.Errorf("nobody asked: %+v", q)
	}
}

func TestReconcileNamesWhatAPlatformLoses(t *testing.T) {
	t.Parallel()
	f := booked(books, func(l normalize.Level, b spend) bool {
		return l == normalize.LevelAd && (b.ad == "1001" || b.campaign == "11")
	})
	base := f.serve(t)
	tab := must[reconciled](t, get(t, base, "level=ad&reconcile=true&format=table&type=CLICKS,COST"))
	want := []string{
		"c1 1 campaign 10 CLICKS 10 11 -1 <nil>", "c1 1 campaign 10 COST 5.55 5.8 -0.25 USD",
		"c1 1 campaign 11 CLICKS <nil> 90 -90 <nil>", "c1 1 campaign 11 COST <nil> 45 -45 USD",
	}
	for _, q := range []quality{tab.Meta.Quality, tab.Meta.Connections[0].Quality} {
		if !slices.Equal(q.lines(), want) || q.Complete || q.Reconciled.Differences != 4 || q.Reconciled.Entities != 2 {
			t.Errorf("%+v", q)
		}
		if len(q.LeftOut) != 2 || !strings.Contains(q.LeftOut[1], "COST differs from the level above in 2 of its objects; most at campaign 11: no row here, 45 there") {
			t.Errorf("left out %q", q.LeftOut)
		}
	}
	// Rows and totals are the report's own, without those that were compared with.
	if rows := must[table](t, get(t, base, "level=ad&reconcile=true&format=table&type=CLICKS")); len(rows.Rows) != 2 || fmt.Sprint(rows.Totals["clicks"]) != "10" {
		t.Errorf("rows %v, totals %v", rows.Rows, rows.Totals)
	}
	// Shapes without meta tell it in the header, or in the trailer of what has begun.
	for _, shape := range []string{"json", "csv", "ndjson"} {
		a := get(t, base, "level=ad&reconcile=true&type=COST&format="+shape)
		if a.status != http.StatusOK || !strings.Contains(strings.Join(append(a.header.Values("X-Admux-Left-Out"), a.trailer.Values("X-Admux-Left-Out")...), "|"), "reconcile: COST differs") {
			t.Errorf("%s: %d %v %v", shape, a.status, a.header, a.trailer)
		}
	}
	// The numbers of one campaign, cut up by device, against that campaign's own.
	f2 := booked(books, func(_ normalize.Level, b spend) bool { return b.ad == "1001" })
	rows := f2.rows
	f2.rows = func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		if len(p.Query.Dimensions) > 0 {
			return rows(p, m)
		}
		return booked(books, nil).rows(p, m)
	}
	q := must[reconciled](t, get(t, f2.serve(t), "level=campaign&campaign_id=10&dimension=DEVICE&reconcile=true&format=table&type=CLICKS")).Meta.Quality
	if !slices.Equal(q.lines(), []string{"c1 1 campaign 10 CLICKS 10 11 -1 <nil>"}) {
		t.Errorf("by device: %+v", q)
	}
}

func TestReconcileKeepsToTheDeclaredTolerance(t *testing.T) {
	t.Parallel()
	f := booked(books, func(l normalize.Level, b spend) bool { return l == normalize.LevelAd && b.ad == "1002" }) // 7, 0, 0.05
	f.reports.Gaps = []providers.Gap{
		{KPIs: []normalize.Metric{normalize.MetricCost}, PerRow: normalize.Scaled(2, 2), Reason: "cents"}, // 3 rows of campaign 10: 0.06
		{Levels: []normalize.Level{normalize.LevelAd}, KPIs: []normalize.Metric{normalize.MetricImpressions}, Reason: "test ads are left out"},
	}
	q := must[reconciled](t, get(t, f.serve(t), "level=ad&reconcile=true&format=table&type=IMPRESSIONS,COST")).Meta.Quality
	if !slices.Equal(q.lines(), []string{"c1 1 campaign 10 IMPRESSIONS 150 157 -7 <nil>"}) || q.Differences[0]["reason"] != "test ads are left out" {
		t.Errorf("%+v", q)
	}
	f.reports.Gaps[0].PerRow = normalize.Scaled(1, 2) // 0.03
	f.reports.Gaps[1] = providers.Gap{KPIs: []normalize.Metric{normalize.MetricImpressions}, Share: normalize.Scaled(5, 2), Reason: "estimated"}
	q = must[reconciled](t, get(t, f.serve(t), "level=ad&reconcile=true&format=table&type=IMPRESSIONS,COST")).Meta.Quality
	if !slices.Equal(q.lines(), []string{"c1 1 campaign 10 COST 5.75 5.8 -0.05 USD"}) {
		t.Errorf("%+v", q)
	}
}

func TestReconcileIsRefusedWhereNothingIsAbove(t *testing.T) {
	t.Parallel()
	base := booked(books, nil).serve(t)
	for _, query := range []string{"level=organization", "level=campaign&campaign_id=10", "level=ad&ad_id=1000", "level=group&ad_id=1000"} {
		if p := refused(t, get(t, base, query+"&reconcile=true"), http.StatusBadRequest); !slices.Equal(p.fields(), []string{"reconcile"}) {
			t.Errorf("%s: %+v", query, p)
		}
	}
	// A platform that refuses the level above is not compared with it, and the answer says so.
	f := booked(books, nil)
	plan := f.reports.Plan
	f.reports.Plan = func(q providers.ReportQuery) ([]providers.Part, error) {
		if q.Level == normalize.LevelCampaign {
			return nil, &providers.Error{Kind: providers.Rejected, Platform: "testads", Message: "no campaigns today"}
		}
		return plan(q)
	}
	tab := must[reconciled](t, get(t, f.serve(t), "level=ad&reconcile=true&format=table&type=CLICKS"))
	if q := tab.Meta.Quality; q.Complete || len(q.LeftOut) != 1 || !strings.Contains(q.LeftOut[0], "no campaigns today") {
		t.Errorf("%+v", q)
	}
}

func TestReconcileOverConnectionsAndCurrencies(t *testing.T) {
	t.Parallel()
	lossy := func(l normalize.Level, b spend) bool { return l == normalize.LevelAd && b.ad == "1001" }
	a, b, c := booked(books, lossy), booked(books, nil), booked(books, lossy)
	a.orgs, b.orgs, c.orgs = []normalize.Organization{org("1", "USD", "UTC"), org("2", "USD", "UTC")}, []normalize.Organization{org("3", "JPY", "UTC")}, []normalize.Organization{org("4", "EUR", "UTC")}
	c.refusal = &providers.Error{Kind: providers.Unavailable, Platform: "gone", Message: "down"}
	base := serveRates(t, steady(), a, b, c)
	for _, more := range []string{"", "&currency=EUR", "&currency=EUR&dimension=WEEK", "&dimension=DATE&currency=EUR", "&sort=cost&limit=1"} {
		tab := must[reconciled](t, get(t, base+"/ads/c1,c2,c3/report", "level=ad&reconcile=true&format=table&partial=allow&type=COST"+more))
		want := []string{"c1 1 campaign 10 COST 5.55 5.8 -0.25 USD", "c1 2 campaign 10 COST 5.55 5.8 -0.25 USD"} // in the account's own currency
		if got := tab.Meta.Quality.lines(); !slices.Equal(got, want) {
			t.Errorf("%q: %q", more, got)
		}
		if len(tab.Meta.Connections) != 2 || tab.Meta.Connections[0].Quality.Complete || !tab.Meta.Connections[1].Quality.Complete {
			t.Errorf("%q: %+v", more, tab.Meta.Connections)
		}
	}
}

// A report that is kept tells the same, and the level above is made in the background where the report is.
func TestReconcileOfKeptReports(t *testing.T) {
	t.Parallel()
	s := newShelf(t, booked(books, func(l normalize.Level, b spend) bool { return l == normalize.LevelAd && b.ad == "1001" }))
	s.ask(t, "c1", "level=ad&reconcile=true&format=table&type=CLICKS")
	s.keep(t)
	a := get(t, s.url+"/result", "")
	if q := must[reconciled](t, a).Meta.Quality; !slices.Equal(q.lines(), []string{"c1 1 campaign 10 CLICKS 10 11 -1 <nil>"}) || q.Reconciled == nil {
		t.Errorf("%+v: %s", q, a.body)
	}
	f := booked(books, nil)
	f.reports.Submit = nil
	plan := f.reports.Plan
	f.reports.Plan = func(q providers.ReportQuery) ([]providers.Part, error) {
		parts, err := plan(q)
		parts[0].Async = true
		return parts, err
	}
	s = newShelf(t, f)
	s.ask(t, "c1", "level=ad&reconcile=true&type=CLICKS")
	r, err := s.Prepare(t.Context(), s.q)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, p := range r.Pieces() {
		keys[p.Key] = true
	}
	if len(keys) != 2 {
		t.Errorf("pieces %v", keys)
	}
}
