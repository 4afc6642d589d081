package reports_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/normalize"
)

func TestAdsReportPerEntity(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks, normalize.MetricCost)
	f.orgs = []normalize.Organization{org("1", "USD", "America/New_York")}
	// As platforms send them: day after day, all campaigns of a day together.
	f.rows = these(
		campaign("10", []string{"2026-11-01"}, num("3"), num("1.5")), campaign("9", []string{"2026-11-01"}, num("1"), absent),
		campaign("9", []string{"2026-11-02"}, num("0"), num("0.10")), campaign("10", []string{"2026-11-02"}, num("4"), num("2")),
	)
	a := get(t, f.serve(t), q("type", "CLICKS,COST", "dimension", "DATE", "start_gte", "2026-11-01", "end_lt", "2026-11-03"))
	metric := func(kpi, value, day, id string) string {
		return fmt.Sprintf(`{"type":%q,"value":%s,"dimension":"DATE","dimension_value":%q,"campaign":{"id":%q,"name":"Campaign %s"}}`, kpi, value, day, id, id)
	}
	// The first of November 2026 has 25 hours in New York.
	head := func(id string) string {
		return `{"id":"campaign:1:` + id + `:2026-11-01:2026-11-03","organization_id":"1","currency":"USD","start_at":"2026-11-01T04:00:00Z","end_at":"2026-11-03T05:00:00Z","metrics":[`
	}
	want := "[" + head("9") + metric("CLICKS", "1", "2026-11-01", "9") + "," + metric("CLICKS", "0", "2026-11-02", "9") + "," + metric("COST", "0.1", "2026-11-02", "9") + "]},\n" +
		head("10") + metric("CLICKS", "3", "2026-11-01", "10") + "," + metric("COST", "1.5", "2026-11-01", "10") + "," + metric("CLICKS", "4", "2026-11-02", "10") + "," + metric("COST", "2", "2026-11-02", "10") + "]}]\n"
	if d := cmp.Diff(want, string(a.body)); d != "" {
		t.Error(d)
	}
	if a.header.Get("Content-Type") != "application/json" {
		t.Error(a.header)
	}
}

func TestAdsReportPerEntityAndDay(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	row := func(id, device, day string) normalize.Row {
		r := campaign(id, []string{device, day}, num("1"))
		r.Date, _ = normalize.ParseDay(day)
		return r
	}
	f.rows = these(row("9", "MOBILE", "2026-11-02"), row("9", "DESKTOP", "2026-11-02"), row("10", "MOBILE", "2026-11-01"), row("9", "MOBILE", "2026-11-01"))
	base := f.serve(t)
	got := must[[]adsReport](t, get(t, base, q("type", "CLICKS", "dimension", "DEVICE,DATE", "start_gte", "2026-11-01", "end_lt", "2026-11-03")))
	var have []string
	for _, o := range got {
		s := o.StartAt + " " + o.EndAt + " " + o.ID
		for _, m := range o.Metrics {
			s += fmt.Sprint(" ", m["dimension"], "=", m["dimension_value"])
		}
		have = append(have, s)
	}
	want := []string{
		"2026-11-01T00:00:00Z 2026-11-02T00:00:00Z campaign:1:9:2026-11-01:2026-11-02 DEVICE=MOBILE",
		"2026-11-02T00:00:00Z 2026-11-03T00:00:00Z campaign:1:9:2026-11-02:2026-11-03 DEVICE=DESKTOP DEVICE=MOBILE",
		"2026-11-01T00:00:00Z 2026-11-02T00:00:00Z campaign:1:10:2026-11-01:2026-11-02 DEVICE=MOBILE",
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Error(d)
	}
	p := refused(t, get(t, base, q("dimension", "DEVICE,PLATFORM")), http.StatusBadRequest)
	if len(p.Errors) != 1 || p.Errors[0].Field != "dimension" {
		t.Errorf("%+v", p)
	}
}

// Weeks and months at the edge hold only the days asked for.
func TestWeeksAndMonthsAreClipped(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	row := func(device, value, first string) normalize.Row {
		r := campaign("9", []string{value, device}, num("1"))
		r.Date, _ = normalize.ParseDay(first)
		return r
	}
	f.rows = these(row("MOBILE", "2026-10-26", "2026-10-28"), row("MOBILE", "2026-11-02", "2026-11-02"))
	got := must[[]adsReport](t, get(t, f.serve(t), q("type", "CLICKS", "dimension", "WEEK,DEVICE", "start_gte", "2026-10-28", "end_lt", "2026-11-05")))
	if len(got) != 2 || got[0].StartAt != "2026-10-28T00:00:00Z" || got[0].EndAt != "2026-11-02T00:00:00Z" || got[1].EndAt != "2026-11-05T00:00:00Z" {
		t.Errorf("%+v", got)
	}
	f.rows = these(row("MOBILE", "2026-10", "2026-10-28"), row("MOBILE", "2026-11", "2026-11-01"))
	got = must[[]adsReport](t, get(t, f.serve(t), q("type", "CLICKS", "dimension", "MONTH,DEVICE", "start_gte", "2026-10-28", "end_lt", "2026-12-01")))
	if len(got) != 2 || got[0].EndAt != "2026-11-01T00:00:00Z" || got[1].StartAt != "2026-11-01T00:00:00Z" || got[1].EndAt != "2026-12-01T00:00:00Z" {
		t.Errorf("%+v", got)
	}
}

func TestAdsReportOfLevels(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.rows = these(normalize.Row{Campaign: normalize.Entity{ID: "c", Name: "C"}, Group: normalize.Entity{ID: "g"}, Ad: normalize.Entity{ID: "urn:li:sponsoredCreative:5", Name: "A"},
		Values: []normalize.Value{num("1")}})
	base := f.serve(t)
	got := must[[]adsReport](t, get(t, base, "type=CLICKS&level=ad"))
	if d := cmp.Diff("map[ad:map[id:urn:li:sponsoredCreative:5 name:A] campaign:map[id:c name:C] group:map[id:g] type:CLICKS value:1]", fmt.Sprint(got[0].Metrics[0])); d != "" {
		t.Error(d)
	}
	got = must[[]adsReport](t, get(t, base, "type=CLICKS&level=organization"))
	if d := cmp.Diff("organization:1:2026-11-17:2026-11-24 map[type:CLICKS value:1]", got[0].ID+" "+fmt.Sprint(got[0].Metrics[0])); d != "" {
		t.Error(d)
	}
}

func TestFieldsOfAdsReport(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.rows = these(campaign("9", nil, num("1")))
	base := f.serve(t)
	for fields, want := range map[string]string{
		"fields=id&fields=currency": `[{"id":"campaign:1:9:2026-11-17:2026-11-24","currency":"USD"}]`,
		"fields=metrics,created_at": `[{"metrics":[{"type":"CLICKS","value":1,"campaign":{"id":"9","name":"Campaign 9"}}]}]`,
		"fields=start_at":           `[{"start_at":"2026-11-17T00:00:00Z"}]`,
	} {
		if a := get(t, base, "type=CLICKS&"+fields); string(a.body) != want+"\n" {
			t.Errorf("%s: %s", fields, a.body)
		}
	}
	refused(t, get(t, base, "fields=clicks"), http.StatusBadRequest)
}

// Two rows where there can be one would be one number too many: the platform's answer is not to be trusted.
func TestRepeatedRowIsRefused(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.rows = these(campaign("9", []string{"2026-11-20"}, num("1")), campaign("8", []string{"2026-11-20"}, num("1")), campaign("9", []string{"2026-11-20"}, num("1")))
	p := refused(t, get(t, f.serve(t), "type=CLICKS&dimension=DATE"), http.StatusBadGateway)
	if p.Code != "bad_upstream" {
		t.Errorf("%+v", p)
	}
}
