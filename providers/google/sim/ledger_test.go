package sim_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/admux/admux/providers/google/sim"
	"github.com/admux/admux/providers/internal/simkit"
)

// cell is what one ledger line or report row counts. Money and conversions are
// in millionths.
type cell struct{ impressions, clicks, cost, conversions, value int64 }

func (c *cell) add(o cell) {
	c.impressions += o.impressions
	c.clicks += o.clicks
	c.cost += o.cost
	c.conversions += o.conversions
	c.value += o.value
}

func micros(t *testing.T, s string) int64 {
	t.Helper()
	v, err := simkit.ParseMicros(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}

// ledgerLine is one line of /_sim/ledger.
type ledgerLine struct {
	Campaign, Group, Ad, Date, Currency, Cost string
	Impressions, Clicks                       int64
	Conversions                               json.Number
	Value                                     string `json:"conversion_value"`
}

func (w *world) ledger(org, from, to string) []ledgerLine {
	w.t.Helper()
	resp, err := http.Get(w.url + "/_sim/ledger?" + url.Values{"org": {org}, "from": {from}, "to": {to}}.Encode())
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out []ledgerLine
	sc := bufio.NewScanner(resp.Body)
	for sc.Scan() {
		var l ledgerLine
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

func (w *world) truth(org string, by func(ledgerLine) string) map[string]cell {
	out := map[string]cell{}
	for _, l := range w.ledger(org, "2026-11-01", "2026-11-24") {
		k := by(l)
		c := out[k]
		c.add(cell{l.Impressions, l.Clicks, micros(w.t, l.Cost), micros(w.t, l.Conversions.String()), micros(w.t, l.Value)})
		out[k] = c
	}
	return out
}

const kpis = "metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.conversions, metrics.conversions_value"

func (w *world) counted(row map[string]any) cell {
	n := func(path string) int64 {
		var v int64
		fmt.Sscan(str(row, path), &v)
		return v
	}
	c := cell{impressions: n("metrics.impressions"), clicks: n("metrics.clicks"), cost: n("metrics.costMicros")}
	if s := str(row, "metrics.conversions"); s != "" {
		c.conversions = micros(w.t, s)
	}
	if s := str(row, "metrics.conversionsValue"); s != "" {
		c.value = micros(w.t, s)
	}
	return c
}

// report streams a report of 1 to 23 November and adds its rows up by key.
func (w *world) report(org, from, fields, where string, by func(map[string]any) string) map[string]cell {
	w.t.Helper()
	q := "SELECT " + fields + ", " + kpis + " FROM " + from + " WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-23'" + where
	a := w.do("POST", "/v26/customers/"+org+"/googleAds:searchStream", `{"query":`+quoted(q)+`}`)
	if a.status != 200 {
		w.t.Fatalf("%s: %d %.800s", q, a.status, a.text)
	}
	out := map[string]cell{}
	for _, chunk := range a.list {
		rows, _ := chunk["results"].([]any)
		for _, r := range rows {
			row := r.(map[string]any)
			k := by(row)
			c := out[k]
			c.add(w.counted(row))
			out[k] = c
		}
	}
	return out
}

// same compares two tables key by key; empty cells do not count.
func same(t *testing.T, name string, got, want map[string]cell) {
	t.Helper()
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %s is %+v, want %+v", name, k, got[k], v)
		}
	}
	for k, v := range got {
		if want[k] != v {
			t.Errorf("%s: %s is %+v, want %+v", name, k, v, want[k])
		}
	}
	if len(want) == 0 {
		t.Errorf("%s: nothing compared", name)
	}
}

func TestReportsAddUpToTheLedger(t *testing.T) {
	t.Parallel()
	for _, org := range []string{first, "4210000002", "4210000003"} {
		t.Run(org, func(t *testing.T) {
			t.Parallel()
			w := start(t, sim.Options{Seed: 1, ChunkRows: 500})
			day := func(r map[string]any) string { return str(r, "segments.date") }
			all := w.truth(org, func(l ledgerLine) string { return l.Date })
			same(t, "customer by day", w.report(org, "customer", "customer.id, segments.date", "", day), all)
			for _, seg := range []string{"segments.device", "segments.ad_network_type", "segments.hour", "segments.device, segments.ad_network_type, segments.hour"} {
				same(t, "customer by day, "+seg, w.report(org, "customer", "segments.date, "+seg, "", day), all)
			}
			same(t, "campaign", w.report(org, "campaign", "campaign.id, segments.date", "", func(r map[string]any) string { return str(r, "campaign.id") + " " + day(r) }),
				w.truth(org, func(l ledgerLine) string { return l.Campaign + " " + l.Date }))
			groups := w.report(org, "ad_group", "ad_group.id, segments.date", "", func(r map[string]any) string { return str(r, "adGroup.id") })
			maps.Copy(groups, w.report(org, "asset_group", "asset_group.id, segments.date", "", func(r map[string]any) string { return str(r, "assetGroup.id") }))
			same(t, "groups", groups, w.truth(org, func(l ledgerLine) string { return l.Group }))
			ads := w.report(org, "ad_group_ad", "ad_group_ad.ad.id, ad_group.id, segments.date", "", func(r map[string]any) string {
				return str(r, "adGroup.id") + "~" + str(r, "adGroupAd.ad.id")
			})
			want := w.truth(org, func(l ledgerLine) string { return l.Ad })
			for k := range want {
				if !strings.Contains(k, "~") {
					delete(want, k) // a Performance Max asset group: no ad
				}
			}
			same(t, "ads", ads, want)
		})
	}
}
