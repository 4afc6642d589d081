package meta

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
	"github.com/admux/admux/providers/internal/wire"
)

// everyNumber is a page for all KPIs, by day, age and gender.
func everyNumber(t testing.TB) *rowPage {
	t.Helper()
	var all []normalize.Metric
	for _, m := range metrics {
		all = append(all, m.kpi)
	}
	s, err := shapeOf(providers.ReportQuery{Level: normalize.LevelAd, Metrics: all, Dimensions: []normalize.Dimension{"DATE", "AGE", "GENDER"}})
	if err != nil {
		t.Fatal(err)
	}
	w := []*words{nil, newWords("AGE", []int{0}), newWords("GENDER", []int{1})}
	return newRowPage(s, s.lay, newObjects(normalize.LevelAd, normalize.Organization{ID: "1"}), w)
}

var anyDays = normalize.DayRange{From: normalize.Day{Year: 2000, Month: 1, Dom: 1}, To: normalize.Day{Year: 2100, Month: 1, Dom: 1}}

// What was recorded of other apps' reports is read without a fault.
func TestRecordedInsights(t *testing.T) {
	t.Parallel()
	files := conformance.Payloads(t, "meta")
	if files == nil {
		t.Skip("no recorded payloads: set ADMUX_PAYLOADS")
	}
	for _, name := range []string{"insights_product_breakdown.json", "insights_actions_values.json"} {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		p := everyNumber(t)
		p.s.grain, p.lay.byEvent = "", false // one has neither days nor objectives
		p.objects = newObjects(normalize.LevelCampaign, normalize.Organization{ID: "1"})
		if err := p.read(bytes.NewReader(b), anyDays, new(trailer)); err != nil || len(p.rows) == 0 {
			t.Fatalf("%s: %d rows, %v", name, len(p.rows), err)
		}
		for i, n := range p.lay.numbers {
			v := n.read(p.columns(0), eventPurchase)
			switch metrics[i].kpi {
			case normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost:
				if !v.OK || v.D.IsZero() {
					t.Errorf("%s: %s is %v", name, metrics[i].kpi, v)
				}
			case normalize.MetricConversions:
				if want := map[bool]string{true: "5", false: "0"}[strings.Contains(name, "actions")]; v.D.String() != want {
					t.Errorf("%s: %s is %v", name, metrics[i].kpi, v)
				}
			}
		}
	}
	run := reportRun{}
	b, err := fs.ReadFile(files, "async_run_completed.json")
	if err != nil || json.Unmarshal(b, &run) != nil || !run.done() || run.ID != "6044775548468" {
		t.Errorf("a finished run: %+v %v", run, err)
	}
}

// A row gives the texts and numbers that encoding/json sees in it, or is an error.
func FuzzInsightsRow(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"ad_id":"1","impressions":"5","objective":"OUTCOME_SALES","date_start":"2026-11-01","date_stop":"2026-11-01","age":"18-24"}`,
		`{"ad_id":1,"impressions":null,"objective":"X","actions":[{"action_type":"purchase","value":"1.5","7d_click":2}],"date_start":"2026-11-01"}`,
		`{"actions":[{"7d_click":"3","value":"4","action_type":"purchase","x":{}},{"action_type":"y","value":"z"}],"ad_id":"2","objective":"X","date_start":"2026-11-01"}`,
		` { "a\u0064_id" : "\ud83d\ude00" , "actions" : [ ] , "x" : { "y" : [ 1 , "]" ] } } `, `[1]`, `"x"`, `{"actions":{}}`, `{"spend":true}`,
		`{"impressions":"1e400"}`, `{"actions":[[]]}`, `{"actions":[{"action_type":["purchase"]}]}`, `{"date_start":"2026-99-99"}`, `{"ad_id":1,"ad_id":2}`,
	} {
		f.Add([]byte(s))
	}
	p := everyNumber(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		body := append(append([]byte(`{"data":[`), b...), ']', '}')
		var std struct {
			Data []map[string]json.RawMessage `json:"data"`
		}
		p.cut(0)
		err := p.read(bytes.NewReader(body), anyDays, new(trailer))
		if err != nil {
			return
		}
		if serr := json.Unmarshal(body, &std); serr != nil || len(std.Data) != len(p.rows) {
			t.Fatalf("%q: %d rows, encoding/json has %d (%v)", b, len(p.rows), len(std.Data), serr)
		}
		for i, row := range std.Data {
			if got, want := p.objects.at(p.rows[i].object).ad.ID, plainText(row["ad_id"]); got != want {
				t.Fatalf("%q: ad %q, want %q", b, got, want)
			}
			for name, column := range p.lay.plain {
				if got, want := p.columns(i)[column], plainNumber(row[name]); got.OK != want.OK || got.D.Cmp(want.D) != 0 {
					t.Fatalf("%q: %s is %v, want %v", b, name, got, want)
				}
			}
			for name, list := range p.lay.lists {
				var entries []map[string]json.RawMessage
				_ = json.Unmarshal(row[name], &entries)
				for _, w := range list {
					for _, k := range w.keys {
						var want normalize.Value
						for _, e := range entries {
							if plainText(e["action_type"]) == w.kind {
								want = plainNumber(e[k.name])
							}
						}
						if got := p.columns(i)[k.column]; got.OK != want.OK || got.D.Cmp(want.D) != 0 {
							t.Fatalf("%q: %s of %s in %s is %v, want %v", b, k.name, w.kind, name, got, want)
						}
					}
				}
			}
		}
	})
}

func plainText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}

func plainNumber(raw json.RawMessage) normalize.Value {
	var n wire.Number
	_ = n.UnmarshalJSON(raw) // of none: absent
	return n.Value
}

// Tickets come from a store: whatever is in it, it is taken or refused.
func FuzzTicket(f *testing.F) {
	f.Add([]byte(`{"v":1,"runs":[{"id":"1"}]}`))
	f.Add([]byte(`{"v":1,"part":{"range":{"from":"2026-11-01"}},"meta":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readTicket(b)
		if err != nil {
			if providers.KindOf(err) != providers.Invalid {
				t.Fatal(err)
			}
			return
		}
		_ = got.part()
	})
}

// BenchmarkRow reads rows as they come from the wire, beside the tokenizer alone.
func BenchmarkRow(b *testing.B) {
	body := []byte(`{"data":[` + strings.TrimSuffix(strings.Repeat(`{"campaign_id":"120300000000000011","campaign_name":"Winter Sale","adset_id":"120300100000000012","adset_name":"Everyone, 18 and over",`+
		`"ad_id":"120300200000000013","ad_name":"Banner \u00e9t\u00e9","objective":"OUTCOME_SALES","impressions":"10234","clicks":"311","spend":"84.17","actions":[{"action_type":"link_click","value":"240"},`+
		`{"action_type":"omni_purchase","value":"7","1d_view":"1","7d_click":"6"}],"age":"18-24","gender":"female","date_start":"2026-11-01","date_stop":"2026-11-01"},`, 500), ",") + `]}`)
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			for dec := jsontext.NewDecoder(bytes.NewReader(body)); ; {
				if _, err := dec.ReadToken(); err != nil {
					break
				}
			}
		}
	})
	b.Run("ours", func(b *testing.B) {
		s, err := shapeOf(providers.ReportQuery{Level: normalize.LevelAd, Metrics: normalize.DefaultMetrics(), Dimensions: []normalize.Dimension{"DATE"}})
		if err != nil {
			b.Fatal(err)
		}
		p := newRowPage(s, s.lay, newObjects(normalize.LevelAd, normalize.Organization{ID: "1"}), []*words{nil})
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			p.cut(0)
			if err := p.read(bytes.NewReader(body), anyDays, new(trailer)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
