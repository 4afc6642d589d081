package meta_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// The tests of this file are named after the numbered traps of Meta's API.

// row is a deskful of one ad's row with the given members.
func rowWith(members string) func(said, int, normalize.Day, normalize.Day) string {
	return func(_ said, ad int, from, to normalize.Day) string {
		return fmt.Sprintf(`{"campaign_id":"1%03d","campaign_name":"c","adset_id":"2%03d","adset_name":"g","ad_id":"3%03d","ad_name":"a",%s,"date_start":"%s","date_stop":"%s"}`,
			ad, ad, ad, members, from, to)
	}
}

// values asks one ad's row for KPIs and tells them as "4 - 0": "-" is absent.
func values(t *testing.T, window, members string, ms ...normalize.Metric) string {
	t.Helper()
	d := &desk{ads: 1, campaigns: 1, row: rowWith(members)}
	q := question(normalize.LevelAd, deskDays(3))
	q.Metrics, q.Window = ms, window
	rows, _, err := told(t, d.session(t), q)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var out []string
	for _, v := range rows[0].Values {
		if v.OK {
			out = append(out, v.D.String())
		} else {
			out = append(out, "-")
		}
	}
	return strings.Join(out, " ")
}

func TestTrap02_ActionTypesAreNeverAdded(t *testing.T) {
	t.Parallel()
	all := `{"value":"9","action_type":"post_engagement"},{"action_type":"purchase","value":"7","7d_click":"5","1d_view":"2"},` +
		`{"action_type":"offsite_conversion.fb_pixel_purchase","value":"6"},{"action_type":"lead","value":"3","7d_click":"3"},` +
		`{"action_type":"onsite_conversion.lead_grouped","value":"2"},{"action_type":"mobile_app_install","value":"4"}`
	omni := `,{"action_type":"omni_purchase","value":"8","1d_click":"4","7d_click":"6","28d_click":"9","1d_view":"1"}`
	amounts := `"action_values":[{"action_type":"purchase","value":"70.1"},{"action_type":"omni_purchase","value":"80.25","7d_click":"60.5"}]`
	sales, leads, installs := `"objective":"OUTCOME_SALES",`, `"objective":"LEAD_GENERATION",`, `"objective":"OUTCOME_APP_PROMOTION",`
	conv, val, post, view := normalize.MetricConversions, normalize.MetricConversionValue, normalize.MetricPostClickConversions, normalize.MetricViewThroughConversions
	for _, c := range []struct {
		name, window, row string
		ask               []normalize.Metric
		want              string
	}{
		{"the widest view", "", sales + `"actions":[` + all + omni + `],` + amounts, []normalize.Metric{conv, val, post, view, normalize.MetricLeads, normalize.MetricRevenue}, "8 80.25 6 1 3 80.25"},
		{"the next one", "", sales + `"actions":[` + all + `],` + amounts, []normalize.Metric{conv, val, post, view}, "7 70.1 5 2"},
		{"the channel's own", "", sales + `"actions":[{"action_type":"offsite_conversion.fb_pixel_purchase","value":"6"}]`, []normalize.Metric{conv, val}, "6 -"},
		{"a lead", "", leads + `"actions":[` + all + omni + `],` + amounts, []normalize.Metric{conv, val, normalize.MetricRevenue, normalize.Metric7DClick}, "3 - 80.25 3"},
		{"an install", "", installs + `"actions":[` + all + `]`, []normalize.Metric{conv, normalize.MetricEngagement}, "4 9"},
		{"none of it", "", sales + `"actions":[{"action_type":"link_click","value":"6"}]`, []normalize.Metric{conv, val, normalize.MetricLeads}, "0 0 0"},
		{"no list at all", "", sales + `"actions":null`, []normalize.Metric{conv, val, normalize.MetricComments}, "0 0 0"},
		{"a click window", "7d_click", sales + `"actions":[` + all + omni + `],` + amounts, []normalize.Metric{conv, val, post, view, normalize.MetricEngagement}, "6 60.5 6 1 9"},
		{"two disjoint windows", "7d_click_1d_view", sales + `"actions":[` + all + omni + `]`, []normalize.Metric{conv, post}, "7 6"},
		{"a view window", "1d_view", sales + `"actions":[` + all + omni + `]`, []normalize.Metric{conv, post}, "1 -"},
		{"a window without events", "28d_click", sales + `"actions":[{"action_type":"omni_purchase","value":"8"}],` + amounts, []normalize.Metric{conv, val}, "0 0"},
		{"a window's value is missing", "1d_click", sales + `"actions":[` + all + omni + `],` + amounts, []normalize.Metric{conv, val}, "4 -"},
		{"every window at once", "", sales + `"actions":[` + all + omni + `]`, []normalize.Metric{normalize.Metric1DView, normalize.Metric1DClick, normalize.Metric7DClick, normalize.Metric28DClick}, "1 4 6 9"},
	} {
		if got := values(t, c.window, c.row, c.ask...); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	d := &desk{ads: 1, campaigns: 1, row: rowWith(sales + `"actions":[{"action_type":"purchase","value":"7"},{"action_type":"purchase","value":"1"}]`)}
	q := question(normalize.LevelAd, deskDays(3))
	q.Metrics = []normalize.Metric{conv}
	if _, _, err := told(t, d.session(t), q); providers.KindOf(err) != providers.Malformed {
		t.Errorf("two entries of a type: %v", err)
	}
	d.row = rowWith(`"actions":[{"action_type":"purchase","value":"7"}]`)
	if _, _, err := told(t, d.session(t), q); providers.KindOf(err) != providers.Malformed || !strings.Contains(err.Error(), "objective") {
		t.Errorf("no objective: %v", err)
	}
}

// Windows are asked for by name, and only those that a KPI reads.
func TestAttributionIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		window string
		ask    normalize.Metric
		want   string
	}{
		{"", normalize.MetricConversions, `["default"]`},
		{"default", normalize.MetricPostClickConversions, `["7d_click"]`},
		{"28d_click_1d_view", normalize.MetricConversions, `["28d_click","1d_view"]`},
		{"1d_view", normalize.MetricRevenue, `["1d_view"]`},
		{"7d_click", normalize.MetricEngagement, `["default"]`},
		{"7d_click", normalize.MetricImpressions, ``},
	} {
		d := &desk{ads: 1, campaigns: 1}
		q := question(normalize.LevelAd, deskDays(3))
		q.Metrics, q.Window = []normalize.Metric{c.ask}, c.window
		_, m, err := told(t, d.session(t), q)
		if err != nil || !m.Honoured || c.window != "" && c.window != "default" && m.Attribution != c.window {
			t.Errorf("%s: %+v %v", c.window, m, err)
		}
		if got := d.seen[0].params.Get("action_attribution_windows"); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.ask, c.window, got, c.want)
		}
	}
}

func TestTrap03_AllPercentIsNotDone(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 200, campaigns: 2}
	d.states = func(int, said) []string {
		return []string{strings.Replace(running, "40", "100", 1), strings.Replace(running, "40", "100", 1), completed}
	}
	refusals := 9 // more than a read is tried
	d.reply = func(d *desk, c said) (int, string, bool) {
		if c.path != "7000/insights" {
			return 0, "", false
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.runs[0].polls < 3 {
			t.Error("the result was read while the job ran")
		}
		if refusals--; refusals >= 0 { // a finished run may go on refusing for a while
			return 400, `{"error":{"message":"not loadable","code":2601,"error_subcode":1815107,"is_transient":true}}`, true
		}
		return 0, "", false
	}
	q := question(normalize.LevelAd, deskDays(60), "DATE")
	rows, _, err := told(t, d.session(t), q)
	if err != nil {
		t.Fatal(err)
	}
	whole(t, d, q, rows, 60)
	if n := len(d.calls(http.MethodPost, "/insights")); n != 1 {
		t.Errorf("%d runs", n)
	}
}

func TestTrap04_N2_ReduceTheAmountOfData(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(limit, after string) bool{
		"an unknown error": func(string, string) bool { return true },
		"large pages":      func(limit, _ string) bool { return len(limit) > 3 },
		"mid-paging":       func(limit, after string) bool { return after != "" && limit != "62" && limit != "125" },
		"every page":       func(string, string) bool { return true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &desk{ads: 70, campaigns: 2}
			d.reply = func(_ *desk, c said) (int, string, bool) {
				if c.method == http.MethodGet && c.path == "act_901/insights" && refuse(c.params.Get("limit"), c.params.Get("after")) {
					status, body := failed(1, 0, "Please reduce the amount of data you're asking for, then retry your request")
					if name == "an unknown error" {
						status, body = failed(1, 99, "An unknown error occurred")
					}
					return status, body, true
				}
				return 0, "", false
			}
			q := question(normalize.LevelAd, deskDays(20), "DATE")
			rows, _, err := told(t, d.session(t), q)
			if err != nil {
				t.Fatal(err)
			}
			whole(t, d, q, rows, 20)
			if posts := len(d.calls(http.MethodPost, "/insights")); (posts > 0) != (name == "every page" || name == "an unknown error") {
				t.Errorf("%d report runs", posts)
			}
		})
	}
}

func TestTrap06_BreakdownsAreNotFields(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 1, campaigns: 1, row: rowWith(`"impressions":"1","age":"18-24","gender":"female"`)}
	s := d.session(t)
	q := question(normalize.LevelAd, deskDays(3), "GENDER", "DATE", "AGE")
	rows, m, err := told(t, s, q)
	if err != nil || len(rows) != 3 || !slices.Equal(rows[0].Dims, []string{"FEMALE", "2026-11-21", "18-24"}) {
		t.Fatalf("%v %v", rows, err)
	}
	p := d.seen[0].params
	if p.Get("breakdowns") != `["gender","age"]` || p.Has("breakdown") || strings.Contains(p.Get("fields"), "age") || strings.Contains(p.Get("fields"), "gender") {
		t.Errorf("%v", p)
	}
	if len(m.Left) != 1 {
		t.Errorf("what is left out: %v", m.Left)
	}
	for name := range p { // dead since October 2026, or never there
		if !slices.Contains([]string{"level", "fields", "time_range", "time_increment", "breakdowns", "filtering", "limit"}, name) {
			t.Errorf("parameter %s", name)
		}
	}
}

func TestTrap07_PositionsAndDevicesNeedThePlatform(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dims []normalize.Dimension
		want string
		rows string
	}{
		{[]normalize.Dimension{"PLATFORM_POSITION"}, `["publisher_platform","platform_position"]`, "FACEBOOK_FEED:5 FACEBOOK_FEED:4 META_AUDIENCE_NETWORK_AN_CLASSIC:2 UNKNOWN:1"},
		{[]normalize.Dimension{"DEVICE"}, `["publisher_platform","impression_device"]`, "MOBILE:7 TABLET:4 OTHER:1"},
		{[]normalize.Dimension{"DEVICE", "PLATFORM"}, `["publisher_platform","impression_device"]`, "MOBILE,FACEBOOK:5 TABLET,FACEBOOK:4 MOBILE,META_AUDIENCE_NETWORK:2 OTHER,UNKNOWN:1"},
	} {
		parts := []string{`"facebook","platform_position":"feed","impression_device":"iphone","impressions":"5"`, `"facebook","platform_position":"feed","impression_device":"ipad","impressions":"4"`,
			`"audience_network","platform_position":"an_classic","impression_device":"android_smartphone","impressions":"2"`, `"unknown","impression_device":"fridge","impressions":"1"`}
		d := &desk{ads: 4, campaigns: 4}
		d.row = func(c said, ad int, from, to normalize.Day) string {
			return rowWith(`"publisher_platform":`+parts[ad])(c, 0, from, to)
		}
		rows, _, err := told(t, d.session(t), question(normalize.LevelAd, deskDays(3), c.dims...))
		if c.dims[0] == "PLATFORM_POSITION" { // the same row of Meta's twice: not what it sends, and not taken
			if err != nil || len(rows) != 4 {
				t.Fatalf("%v %v", rows, err)
			}
		}
		var got []string
		for _, r := range rows {
			got = append(got, strings.Join(r.Dims, ",")+":"+r.Values[0].D.String())
		}
		if err != nil || d.seen[0].params.Get("breakdowns") != c.want || strings.Join(got, " ") != c.rows {
			t.Errorf("%v: %s, %v, %v", c.dims, d.seen[0].params.Get("breakdowns"), got, err)
		}
	}
}

func TestTrap12_RunIDsAreNumbersOrTexts(t *testing.T) {
	t.Parallel()
	for _, id := range []string{`7000`, `"7000"`, `"../me"`, `""`} {
		d := &desk{ads: 200, campaigns: 2}
		d.reply = func(d *desk, c said) (int, string, bool) {
			if c.method != http.MethodPost {
				return 0, "", false
			}
			d.serve(c)
			return 200, `{"report_run_id":` + id + `}`, true
		}
		q := question(normalize.LevelAd, deskDays(60), "DATE")
		rows, _, err := told(t, d.session(t), q)
		if good := strings.Contains(id, "7000"); (err == nil) != good || good && len(rows) != 12_000 {
			t.Errorf("%s: %d rows, %v", id, len(rows), err)
		}
	}
}

func TestTrap16_ANewRunIsNotFoundAtFirst(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 200, campaigns: 2, states: func(int, said) []string { return []string{"unseen", "unseen", "unseen", completed} }}
	q := question(normalize.LevelAd, deskDays(60), "DATE")
	rows, _, err := told(t, d.session(t), q)
	if err != nil || len(rows) != 12_000 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	d = &desk{ads: 200, campaigns: 2, states: func(int, said) []string { return []string{"unseen"} }}
	if rows, _, err = told(t, d.session(t), q); providers.KindOf(err) != providers.Unavailable || len(rows) > 0 {
		t.Errorf("a run that never shows: %d rows, %v", len(rows), err)
	}
}

func TestTrap17_HolesAreNotZero(t *testing.T) {
	t.Parallel()
	if got := values(t, "", `"impressions":"5"`, normalize.MetricUniqueImpressions, normalize.MetricUniqueClicks, normalize.MetricClicks, normalize.MetricVideoAvgTimeWatched); got != "- - 0 -" {
		t.Errorf("reach that is left out: %s", got)
	}
	d := &desk{ads: 1, campaigns: 1, row: rowWith(`"impressions":"1","age":"18-24","reach":"1"`)}
	s := d.session(t)
	q := question(normalize.LevelAd, normalize.DayRange{From: normalize.Day{Year: 2025, Month: 9, Dom: 1}, To: normalize.Day{Year: 2025, Month: 9, Dom: 8}}, "AGE")
	q.Metrics = []normalize.Metric{normalize.MetricImpressions, normalize.MetricUniqueImpressions}
	rows, m, err := told(t, s, q)
	if err != nil || len(rows) != 1 || rows[0].Values[1].OK || !slices.Equal(m.Unsupported, q.Metrics[1:]) || strings.Contains(d.seen[0].params.Get("fields"), "reach") {
		t.Errorf("reach by age 14 months ago: %+v %+v %v", rows, m, err)
	}
	q.Dimensions = nil
	if rows, m, err = told(t, s, q); err != nil || len(m.Unsupported) > 0 || !rows[0].Values[1].OK {
		t.Errorf("reach without a breakdown: %+v %+v %v", rows, m, err)
	}
	for _, dead := range []normalize.Metric{normalize.Metric7DView, normalize.Metric28DView} {
		if slices.Contains(s.Reports.KPIs(), dead) || slices.Contains(s.Reports.Attributions, strings.ToLower(string(dead))) {
			t.Errorf("%s has given nothing since January 2026", dead)
		}
	}
}

func TestTrap18_DeletedAdsAreInAndPeopleAreNotAdded(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 4, campaigns: 2}
	d.row = func(_ said, ad int, from, to normalize.Day) string {
		return fmt.Sprintf(`{"campaign_id":"1%03d","adset_id":"2%03d","ad_id":"3%03d","impressions":"10","reach":"7","date_start":"%s","date_stop":"%s"}`, ad%2, ad%2, ad, from, to)
	}
	d.reply = func(_ *desk, c said) (int, string, bool) { // ads 0 and 1 show creative 4000, 2 its own, 3 is in no list
		switch c.path {
		case "act_901/ads":
			return 200, `{"data":[{"id":"3000","creative":{"id":"4000","name":"k"}},{"id":"3001","creative":{"id":"4000","name":"k"}},{"id":"3002","creative":{"id":"4002"}}]}`, true
		case "3003":
			return 200, `{"id":"3003","creative":{"id":"4003","name":"of a deleted ad"}}`, true
		}
		return 0, "", false
	}
	s := d.session(t)
	q := question(normalize.LevelCreative, deskDays(3))
	q.Metrics = []normalize.Metric{normalize.MetricImpressions, normalize.MetricUniqueImpressions}
	rows, m, err := told(t, s, q)
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v %v", rows, err)
	}
	for _, r := range rows {
		shared := r.Creative.ID == "4000"
		if r.Values[1].OK == shared || r.Values[0].D.String() != map[bool]string{true: "20", false: "10"}[shared] {
			t.Errorf("creative %s: %v", r.Creative.ID, r.Values)
		}
		if (r.Campaign.ID == "") != shared || (r.Group.ID == "") != shared { // its ads are of two campaigns
			t.Errorf("creative %s is of %+v", r.Creative.ID, r.Campaign)
		}
	}
	if rows[2].Creative.Name != "of a deleted ad" || len(m.Left) != 1 {
		t.Errorf("%+v, left out %v", rows[2], m.Left)
	}
	for _, c := range d.seen {
		if f := c.params.Get("filtering"); c.path != "3003" && !strings.Contains(f, `"field":"ad.effective_status"`) || c.path != "3003" && !strings.Contains(f, `"DELETED","ARCHIVED"`) {
			t.Errorf("%s: %s", c.path, f)
		}
	}
	q.Filter = map[normalize.Level][]string{normalize.LevelCreative: {"4002"}}
	if _, _, err = told(t, s, q); err != nil || !strings.Contains(d.seen[len(d.seen)-1].params.Get("filtering"), `{"field":"ad.id","operator":"IN","value":["3002"]}`) {
		t.Errorf("of one creative: %v %v", d.seen[len(d.seen)-1].params, err)
	}
}

func TestTrap20_AccountsAreAddedFromCampaigns(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 2, campaigns: 2}
	d.row = func(c said, ad int, from, to normalize.Day) string {
		if c.params.Get("level") == "account" {
			if strings.Contains(c.params.Get("fields"), "actions") {
				t.Error("conversions of campaigns of several kinds are asked for at once")
			}
			return fmt.Sprintf(`{"reach":"11","impressions":"15","date_start":"%s","date_stop":"%s"}`, from, to)
		}
		return []string{
			fmt.Sprintf(`{"campaign_id":"1000","objective":"OUTCOME_SALES","impressions":"10","reach":"9","actions":[{"action_type":"purchase","value":"2"},{"action_type":"lead","value":"50"}],"action_values":[{"action_type":"purchase","value":"20.5"}],`+
				`"video_play_actions":[{"action_type":"video_view","value":"3"}],"video_avg_time_watched_actions":[{"action_type":"video_view","value":"4"}],"date_start":"%s","date_stop":"%s"}`, from, to),
			fmt.Sprintf(`{"campaign_id":"1001","objective":"OUTCOME_LEADS","impressions":"5","reach":"5","actions":[{"action_type":"lead","value":"7"}],`+
				`"video_play_actions":[{"action_type":"video_view","value":"1"}],"video_avg_time_watched_actions":[{"action_type":"video_view","value":"8"}],"date_start":"%s","date_stop":"%s"}`, from, to),
		}[ad]
	}
	s := d.session(t)
	q := question(normalize.LevelOrganization, deskDays(2), "DATE")
	q.Metrics = []normalize.Metric{normalize.MetricImpressions, normalize.MetricConversions, normalize.MetricConversionValue, normalize.MetricUniqueImpressions, normalize.MetricVideoAvgTimeWatched}
	d.reply = func(d *desk, c said) (int, string, bool) {
		if c.params.Get("level") != "account" {
			return 0, "", false
		}
		rows := d.rowsOf(c)
		return 200, `{"data":[` + rows[0] + `,` + rows[2] + `]}`, true // one row of the account a day
	}
	rows, m, err := told(t, s, q)
	if err != nil || len(rows) != 2 || len(m.Unsupported) > 0 {
		t.Fatalf("%+v %+v %v", rows, m, err)
	}
	for _, r := range rows {
		if got := fmt.Sprint(r.Values[0].D, r.Values[1].D, r.Values[2].D, r.Values[3].D, r.Values[4].D); got != "15 9 20.5 11 5" || r.Organization.ID != "901" {
			t.Errorf("%s: %+v", got, r)
		}
	}
	q.Metrics = q.Metrics[:1]
	d.seen = nil
	if rows, _, err = told(t, s, q); err != nil || len(rows) != 2 || len(d.seen) != 1 || d.seen[0].params.Get("level") != "account" || d.seen[0].params.Has("filtering") {
		t.Errorf("impressions alone: %v %v", d.seen, err)
	}
}
