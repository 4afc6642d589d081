package meta_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const (
	running   = `"async_status":"Job Running","async_percent_completion":40,"is_running":true`
	completed = `"async_status":"Job Completed","async_percent_completion":100`
	failedRun = `"async_status":"Job Failed","async_percent_completion":0`
	skipped   = `"async_status":"Job Skipped","async_percent_completion":0`
	stuck     = `"async_status":"Job Not Started","async_percent_completion":0`
	outsized  = `"async_status":"Job Failed","async_percent_completion":0,"error_code":-3,"error_subcode":1504045,"error_message":"too large"`
	forbidden = `"async_status":"Job Failed","async_percent_completion":0,"error_code":100,"error_subcode":3191001,"error_message":"no permission"`
)

// What is small is read at once, what is large by a report run; both have each row once.
func TestReportChoosesItsWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		ads, days      int
		dims           []normalize.Dimension
		periods, posts int
		states         []string
	}{
		{"small", 5, 20, nil, 1, 0, nil},
		{"small by day", 5, 20, []normalize.Dimension{"DATE"}, 20, 0, nil},
		{"weeks", 40, 23, []normalize.Dimension{"WEEK"}, 5, 0, nil},
		{"months", 40, 100, []normalize.Dimension{"MONTH"}, 4, 0, nil},
		{"several pages", 70, 30, []normalize.Dimension{"DATE"}, 30, 0, nil},
		{"large", 200, 60, []normalize.Dimension{"DATE"}, 60, 1, []string{"unseen", stuck, running, strings.Replace(running, "40", "100", 1), completed}},
		{"large and long", 40, 400, []normalize.Dimension{"DATE"}, 400, 5, []string{running, completed}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := &desk{ads: c.ads, campaigns: 3}
			if c.states != nil {
				d.states = func(int, said) []string { return c.states }
			}
			q := question(normalize.LevelAd, deskDays(c.days), c.dims...)
			rows, m, err := told(t, d.session(t), q)
			if err != nil {
				t.Fatal(err)
			}
			whole(t, d, q, rows, c.periods)
			if n := len(d.calls(http.MethodPost, "/insights")); n != c.posts {
				t.Errorf("%d report runs, want %d", n, c.posts)
			}
			if d.leftover() != 0 {
				t.Errorf("%d runs are left", d.leftover())
			}
			if len(m.RequestIDs) == 0 || m.RequestIDs[0] != "trace" || !m.Honoured || m.Restates != 28 || m.FinalUntil.String() != "2026-10-26" {
				t.Errorf("meta %+v", m)
			}
			r := rows[0]
			if r.Organization.Name != "Desk" || r.Campaign.Name != "c" || r.Group.Name != "g" || r.Ad.Name != "a" || r.Currency != "EUR" {
				t.Errorf("row %+v", r)
			}
		})
	}
}

// Weeks are those of their Monday; first and last hold only the days asked for.
func TestReportPeriods(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 1, campaigns: 1}
	s := d.session(t)
	for dim, want := range map[normalize.Dimension]string{
		"WEEK":  "2026-10-26:4 2026-11-02:7 2026-11-09:7 2026-11-16:5",
		"MONTH": "2026-10:3 2026-11:20",
	} {
		q := question(normalize.LevelAd, normalize.DayRange{From: normalize.Day{Year: 2026, Month: 10, Dom: 29}, To: normalize.Day{Year: 2026, Month: 11, Dom: 21}}, dim)
		rows, _, err := told(t, s, q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, r.Dims[0]+":"+r.Values[0].D.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", dim, got, want)
		}
	}
}

func TestReportRefusals(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 1, campaigns: 1}
	s := d.session(t)
	reach := []normalize.Metric{normalize.MetricUniqueImpressions}
	for name, c := range map[string]struct {
		change func(*providers.ReportQuery)
		kind   providers.Kind
		says   string
	}{
		"level":         {func(q *providers.ReportQuery) { q.Level = normalize.LevelKeyword }, providers.Rejected, "organization, campaign, group, ad, creative"},
		"combination":   {func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{"AGE", "COUNTRY"} }, providers.Rejected, "AGE with GENDER"},
		"two calendars": {func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{"DATE", "MONTH"} }, providers.Rejected, "one of DATE"},
		"empty range":   {func(q *providers.ReportQuery) { q.Range.To = q.Range.From }, providers.Invalid, "range"},
		"37 months":     {func(q *providers.ReportQuery) { q.Range.From = normalize.Day{Year: 2023, Month: 10, Dom: 23} }, providers.Rejected, "2023-10-24"},
		"hours of old": {func(q *providers.ReportQuery) {
			q.Range.From, q.Dimensions = normalize.Day{Year: 2025, Month: 10, Dom: 23}, []normalize.Dimension{"HOUR"}
		}, providers.Rejected, "2025-10-24"},
		"reach by device": {func(q *providers.ReportQuery) { q.Dimensions, q.Metrics = []normalize.Dimension{"DEVICE"}, reach }, providers.Rejected, "DEVICE"},
		"reach of old": {func(q *providers.ReportQuery) {
			q.Dimensions, q.Metrics, q.Range.From = []normalize.Dimension{"AGE"}, reach, normalize.Day{Year: 2025, Month: 10, Dom: 23}
		}, providers.Rejected, "13 months"},
		"filter": {func(q *providers.ReportQuery) {
			q.Filter = map[normalize.Level][]string{normalize.LevelGroup: {`7"]`}}
		}, providers.Invalid, "digits"},
		"window": {func(q *providers.ReportQuery) { q.Window = "30d_click" }, providers.Rejected, "7d_click_1d_view"},
	} {
		q := question(normalize.LevelCampaign, deskDays(5))
		c.change(&q)
		if _, err := s.Reports.Plan(q); providers.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(d.seen) != 0 {
		t.Errorf("planning asked the platform: %v", d.seen)
	}
	q := question(normalize.LevelAd, normalize.DayRange{From: normalize.DayOf(deskNow).Add(5), To: normalize.DayOf(deskNow).Add(9)})
	if rows, _, err := told(t, s, q); err != nil || len(rows) != 0 || len(d.seen) != 0 {
		t.Errorf("of days to come: %v, %v", rows, err)
	}
	q = question(normalize.LevelAd, normalize.DayRange{From: normalize.DayOf(deskNow).Add(-1), To: normalize.DayOf(deskNow).Add(9)})
	if _, _, err := told(t, s, q); err != nil || !strings.Contains(d.seen[0].params.Get("time_range"), `"until":"2026-11-24"`) {
		t.Errorf("until today: %v, %v", d.seen, err)
	}
}

// The entity filter is Meta's to apply, and however long it is, nothing is left out of it.
func TestReportFilterIsPushedDown(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 900, campaigns: 900}
	s := d.session(t)
	q := question(normalize.LevelAd, deskDays(3))
	q.Filter = map[normalize.Level][]string{normalize.LevelCampaign: {"1007"}, normalize.LevelOrganization: {"act_901"}}
	rows, _, err := told(t, s, q)
	if err != nil || len(rows) != 1 || rows[0].Campaign.ID != "1007" {
		t.Fatalf("%v %v", rows, err)
	}
	if f := d.seen[0].params.Get("filtering"); !strings.Contains(f, `{"field":"campaign.id","operator":"IN","value":["1007"]}`) {
		t.Error(f)
	}
	for i := range 800 {
		q.Filter[normalize.LevelCampaign] = append(q.Filter[normalize.LevelCampaign], fmt.Sprintf("1%03d", i))
	}
	if rows, _, err = told(t, s, q); err != nil || len(rows) != 800 || len(d.calls(http.MethodPost, "/insights")) != 1 { // too long for a URL
		t.Errorf("%d rows, %v", len(rows), err)
	}
	q.Filter[normalize.LevelOrganization] = []string{"902"}
	if parts, err := s.Reports.Plan(q); err != nil || len(parts) != 0 {
		t.Errorf("of another account: %v, %v", parts, err)
	}
}

// Hours are read off their label. An object that nothing happened to all day may come without one; a number without an
// hour is not believed.
func TestReportByHour(t *testing.T) {
	t.Parallel()
	const field = `"hourly_stats_aggregated_by_advertiser_time_zone":`
	for _, c := range []struct{ rows, want string }{
		{field + `"03:00:00 - 03:59:59","impressions":"5"|` + field + `"23:00:00 - 23:59:59","impressions":"7"`, "T03:5 T23:7"},
		{field + `"02:00:00 - 02:59:59","impressions":"5"|` + field + `"02:00:00 - 02:59:59","impressions":"7"`, "T02:12"}, // clocks went back
		{field + `"03:00:00 - 03:59:59","impressions":"5"|"impressions":"0"`, "T03:5"},
		{`"impressions":"5"`, "error"},
		{field + `"24:00:00","impressions":"5"`, "error"},
	} {
		parts := strings.Split(c.rows, "|")
		d := &desk{ads: len(parts), campaigns: len(parts)}
		d.row = func(a said, ad int, from, to normalize.Day) string { return rowWith(parts[ad])(a, 0, from, to) }
		q := question(normalize.LevelAd, deskDays(1), "HOUR", "WEEK")
		rows, _, err := told(t, d.session(t), q)
		var got []string
		for _, r := range rows {
			got = append(got, strings.TrimPrefix(r.Dims[0], "2026-11-23")+":"+r.Values[0].D.String())
			if r.Dims[1] != "2026-11-23" || r.Date.String() != "2026-11-23" {
				t.Errorf("%v", r)
			}
		}
		if c.want == "error" {
			if providers.KindOf(err) != providers.Malformed || len(rows) > 0 {
				t.Errorf("%s: %v %v", c.rows, got, err)
			}
		} else if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v %v", c.rows, got, err)
		}
	}
}

// A row of other days than were asked for is not believed.
func TestReportOfOtherDays(t *testing.T) {
	t.Parallel()
	for _, dims := range [][]normalize.Dimension{nil, {"DATE"}, {"WEEK"}} {
		for name, row := range map[string]string{
			"before": `"date_start":"2026-11-01","date_stop":"2026-11-01"`, "after": `"date_start":"2026-11-23","date_stop":"2026-11-24"`,
			"no day": `"date_start":"x"`, "backwards": `"date_start":"2026-11-23","date_stop":"2026-11-22"`,
		} {
			d := &desk{ads: 1, campaigns: 1, row: func(said, int, normalize.Day, normalize.Day) string {
				return `{"campaign_id":"1","adset_id":"2","ad_id":"3","impressions":"1",` + row + `}`
			}}
			if rows, _, err := told(t, d.session(t), question(normalize.LevelAd, deskDays(5), dims...)); providers.KindOf(err) != providers.Malformed {
				t.Errorf("%v %s: %v %v", dims, name, rows, err)
			}
		}
	}
}
