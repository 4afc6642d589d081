package linkedin_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin"
	"github.com/admux/admux/providers/linkedin/sim"
)

// The tests of this file are named after the numbered traps of LinkedIn's API. Those that the simulator does not set
// are set by a scripted server.

// said is a request that a scripted server saw.
type said struct{ method, path, query, version string }

// script answers each path below /rest/ by a function of the query, tunnelled or not.
type script struct {
	mu     sync.Mutex
	seen   []said
	routes map[string]func(query string) (int, string)
}

func scripted(t *testing.T, routes map[string]func(string) (int, string), with ...func(*providers.Conn, *providers.Deps)) (*providers.Session, *script) {
	t.Helper()
	s := &script{routes: routes}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return open(t, srv.URL, &staticTokens{token: "token-of-the-script"}, func() time.Time { return scriptNow }, with...), s
}

var scriptNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.RawQuery
	if r.Header.Get("X-Http-Method-Override") != "" {
		b, _ := io.ReadAll(r.Body)
		query = string(b)
	}
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/rest/")
	s.mu.Lock()
	s.seen = append(s.seen, said{r.Method, path, query, r.Header.Get("LinkedIn-Version")})
	s.mu.Unlock()
	status, body := http.StatusNotFound, `{"status":404,"message":"not in the script"}`
	if f := s.routes[path]; f != nil {
		status, body = f(query)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (s *script) calls(path string) []said {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.seen), func(c said) bool { return c.path != path })
}

func answer(status int, body string) func(string) (int, string) {
	return func(string) (int, string) { return status, body }
}

var org1 = normalize.Organization{ID: "1", Name: "One", Currency: "EUR", Timezone: "UTC"}

func daysOf(n int) normalize.DayRange {
	today := normalize.DayOf(scriptNow)
	return normalize.DayRange{From: today.Add(-n), To: today}
}

func TestTrap01_V1_ADeadVersionFallsForward(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	with := func(setting string) func(*providers.Conn, *providers.Deps) {
		return func(c *providers.Conn, d *providers.Deps) {
			c.Settings = map[string]string{"api_version": setting}
			d.Log = slog.New(slog.NewTextHandler(&log, nil))
		}
	}
	w := connect(t, sim.Options{LiveVersions: []string{"202608"}}, with("202511"))
	if got := all(t, w.Organizations, providers.ListQuery{}); len(got) == 0 {
		t.Fatal("nothing was listed")
	}
	all(t, w.Organizations, providers.ListQuery{})
	refused := 0
	for _, c := range w.sim.Calls() {
		if c.Status == http.StatusUpgradeRequired {
			refused++
		}
	}
	if refused != 2 { // 202511, then 202609; what was learnt then serves every call
		t.Errorf("%d calls were refused", refused)
	}
	if !strings.Contains(log.String(), "202511") || !strings.Contains(log.String(), "api_version") || !strings.Contains(log.String(), "WARN") {
		t.Errorf("the log says %q", log.String())
	}
	none := connect(t, sim.Options{LiveVersions: []string{"209901"}}, with("202609"))
	_, err := none.Organizations.List(t.Context(), providers.ListQuery{Size: 1})
	e, _ := err.(*providers.Error) //nolint:errorlint // the maker's own
	if e == nil || e.Kind != providers.Unsupported || e.Field != "api_version" || !strings.Contains(e.Message, "api_version") {
		t.Errorf("with no version left: %+v", err)
	}
	if _, err := linkedin.New().Open(providers.Conn{Settings: map[string]string{"api_version": "latest"}}, providers.Deps{}); providers.KindOf(err) != providers.Invalid {
		t.Errorf("a version that is none: %v", err)
	}
}

func TestTrap02_QueryEncoding(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/adCampaigns": answer(200, `{"elements":[]}`),
	})
	if _, err := s.Groups.List(t.Context(), providers.ListQuery{Org: "1", Campaign: "61", Status: []string{"PAUSED"}, Size: 5}); err != nil {
		t.Fatal(err)
	}
	want := "q=search&search=(status:(values:List(PAUSED)),campaignGroup:(values:List(urn%3Ali%3AsponsoredCampaignGroup%3A61)))&sortOrder=ASCENDING&pageSize=5"
	if got := script.calls("adAccounts/1/adCampaigns"); len(got) != 1 || got[0].query != want {
		t.Errorf("on the wire %v, want %s", got, want)
	}
}

func TestTrap03_AtMostTwentyFields(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1, HistoryDays: 10, Dense: true})
	org := all(t, w.Organizations, providers.ListQuery{})[0]
	metrics := slices.DeleteFunc(w.Reports.KPIs(), func(m normalize.Metric) bool { return m == normalize.MetricUniqueImpressions })
	q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelGroup, Dimensions: []normalize.Dimension{normalize.DimensionDate},
		Metrics: metrics, Range: lastDays(w.sim, 5), Now: w.sim.Now()}
	rows, _, err := report(t, w.Session, q)
	if err != nil || len(rows) == 0 {
		t.Fatal(len(rows), err)
	}
	fields := regexp.MustCompile(`fields=([^&]*)`)
	asked := 0
	for _, c := range w.sim.Calls() {
		if !strings.HasSuffix(c.Path, "/adAnalytics") {
			continue
		}
		names := strings.Split(fields.FindStringSubmatch(c.Query)[1], ",")
		if len(names) > 20 || names[0] != "dateRange" || names[1] != "pivotValues" {
			t.Errorf("%d fields: %v", len(names), names)
		}
		asked++
	}
	if asked < 2 {
		t.Errorf("%d calls for %d metrics", asked, len(metrics))
	}
	for i, m := range metrics { // what several calls told is what one call for each tells
		q.Metrics = []normalize.Metric{m}
		alone, _, err := report(t, w.Session, q)
		if err != nil {
			t.Fatal(err)
		}
		byKey := map[string]normalize.Value{}
		for _, r := range alone {
			byKey[r.Group.ID+r.Dims[0]] = r.Values[0]
		}
		for _, r := range rows {
			if !r.Values[i].OK || r.Values[i].D.Cmp(byKey[r.Group.ID+r.Dims[0]].D) != 0 {
				t.Fatalf("%s of %s on %s: %v, alone %v", m, r.Group.ID, r.Dims[0], r.Values[i], byKey[r.Group.ID+r.Dims[0]])
			}
		}
	}
}

// analytics answers for creatives 1…n in a script: one impression each and day, cut at limit rows. echo is the count
// that the answer says it was cut to; 0 leaves it out.
func analytics(n, limit, echo int) func(string) (int, string) {
	number := regexp.MustCompile(`start:\(year:(\d+),month:(\d+),day:(\d+)\),end:\(year:(\d+),month:(\d+),day:(\d+)\)`)
	creatives := regexp.MustCompile(`creatives=List\(([^)]*)\)`)
	return func(query string) (int, string) {
		if strings.Contains(query, "start=") || !strings.Contains(query, "count=15000") {
			return 400, `{"status":400,"code":"QUERY_PARAM_NOT_ALLOWED","message":"start"}`
		}
		m := number.FindStringSubmatch(query)
		at := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
		from := normalize.Day{Year: at(1), Month: time.Month(at(2)), Dom: at(3)}
		to := normalize.Day{Year: at(4), Month: time.Month(at(5)), Dom: at(6)}.Add(1)
		var ids []string
		if list := creatives.FindStringSubmatch(query); list != nil {
			for u := range strings.SplitSeq(list[1], ",") {
				ids = append(ids, u[strings.LastIndex(u, "%3A")+3:])
			}
		} else {
			for i := range n {
				ids = append(ids, strconv.Itoa(i+1))
			}
		}
		if strings.Contains(query, "pivot=ACCOUNT") {
			return 200, fmt.Sprintf(`{"elements":[{"pivotValues":["urn:li:sponsoredAccount:1"],"dateRange":{"start":{"year":%d,"month":%d,"day":%d}},"impressions":%d}]}`,
				from.Year, from.Month, from.Dom, n*to.Sub(from))
		}
		var rows []string
		for d := from; d.Before(to) && len(rows) < limit; d = d.Add(1) {
			for _, id := range ids {
				if len(rows) == limit {
					break
				}
				day := fmt.Sprintf(`{"year":%d,"month":%d,"day":%d}`, d.Year, d.Month, d.Dom)
				rows = append(rows, fmt.Sprintf(`{"dateRange":{"start":%s,"end":%s},"pivotValues":["urn:li:sponsoredCreative:%s"],"impressions":1}`, day, day, id))
			}
		}
		paging := ""
		if echo > 0 {
			paging = fmt.Sprintf(`,"paging":{"start":0,"count":%d,"links":[]}`, echo)
		}
		return 200, `{"elements":[` + strings.Join(rows, ",") + `]` + paging + `}`
	}
}

// creativesOf lists creatives 1…n on one page.
func creativesOf(n int) func(string) (int, string) {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":"urn:li:sponsoredCreative:%d","name":"n%d","campaign":"urn:li:sponsoredCampaign:7"}`, i+1, i+1)
	}
	return answer(200, `{"elements":[`+strings.Join(items, ",")+`]}`)
}

func TestTrap04_N2_AnalyticsDoesNotPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                          string
		listed, real, days, lim, echo int
	}{
		{"a smaller count is echoed: split by date", 4, 4, 12, 10, 10},
		{"more objects than are listed: an error", 3, 25, 3, 10, 10},
		{"15,000 rows of one day: split by object", 20_000, 20_000, 1, 15_000, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _ := scripted(t, map[string]func(string) (int, string){
				"adAccounts/1/adCampaignGroups": answer(200, `{"elements":[{"id":6,"name":"g"}]}`),
				"adAccounts/1/adCampaigns":      answer(200, `{"elements":[{"id":7,"name":"c","campaignGroup":"urn:li:sponsoredCampaignGroup:6"}]}`),
				"adAccounts/1/creatives":        creativesOf(c.listed),
				"adAnalytics":                   analytics(c.real, c.lim, c.echo),
			})
			rows, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelAd,
				Dimensions: []normalize.Dimension{normalize.DimensionDate}, Metrics: []normalize.Metric{normalize.MetricImpressions}, Range: daysOf(c.days), Now: scriptNow})
			if c.listed < c.real {
				if providers.KindOf(err) != providers.Malformed || !strings.Contains(err.Error(), "not listed") {
					t.Errorf("%d rows of %d and %v: a short report", len(rows), c.real*c.days, err)
				}
				return
			}
			if err != nil || len(rows) != c.real*c.days {
				t.Fatalf("%d rows of %d, %v", len(rows), c.real*c.days, err)
			}
			seen := map[string]bool{}
			for _, r := range rows {
				seen[r.Ad.ID+r.Dims[0]] = true
				if r.Campaign.ID != "6" || r.Values[0].D.Cmp(normalize.Int(1)) != 0 {
					t.Fatalf("row %+v", r)
				}
			}
			if len(seen) != len(rows) {
				t.Errorf("%d of %d rows are distinct", len(seen), len(rows))
			}
		})
	}
}

func TestTrap05_NoPermissionLooksLikeNoData(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	orgs := all(t, w.Organizations, providers.ListQuery{})
	stranger := open(t, w.base, &staticTokens{token: w.sim.GrantTo(2).Access}, w.sim.Now)
	q := providers.ReportQuery{Level: normalize.LevelOrganization, Metrics: []normalize.Metric{normalize.MetricImpressions}, Range: lastDays(w.sim, 5), Now: w.sim.Now()}
	for _, org := range orgs {
		q.Orgs = []normalize.Organization{org}
		rows, _, err := report(t, stranger, q)
		if providers.KindOf(err) != providers.Forbidden || len(rows) != 0 {
			t.Errorf("account %s of others: %d rows, %v", org.ID, len(rows), err)
		}
		if _, _, err := report(t, w.Session, q); err != nil { // one of them never delivered: no rows, and that is true
			t.Errorf("account %s: %v", org.ID, err)
		}
	}
}

func TestTrap06_EnumSpelling(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/adCampaignGroups": answer(200, `{"elements":[
			{"id":1,"status":"CANCELLED","objectiveType":"WEBSITE_CONVERSION"},{"id":2,"status":"CANCELED","objectiveType":"WEBSITE_CONVERSIONS"},
			{"id":3,"status":"SOMETHING_NEW","objectiveType":"VIDEO_VIEW"}]}`),
	})
	got := all(t, s.Campaigns, providers.ListQuery{Org: "1"})
	if got[0].Status != normalize.StatusArchived || got[1].Status != normalize.StatusArchived || got[2].Status != normalize.StatusUnspecified {
		t.Errorf("statuses: %v %v %v", got[0].Status, got[1].Status, got[2].Status)
	}
	if got[0].Goal != normalize.GoalSales || got[1].Goal != normalize.GoalUnspecified || got[2].Goal != normalize.GoalEngagement || got[2].KPI.Type != normalize.GoalKPITypeCpv {
		t.Errorf("goals: %+v", got)
	}
	if q := script.calls("adAccounts/1/adCampaignGroups")[0].query; !strings.Contains(q, "CANCELED") || strings.Contains(q, "CANCELLED") || !strings.Contains(q, "REMOVED") {
		t.Errorf("statuses sent: %s", q)
	}
}

func TestTrap07_CampaignIsOurGroup(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/adCampaignGroups": answer(200, `{"elements":[{"id":1,"status":"ACTIVE"},{"id":2,"status":"ACTIVE"},{"id":3,"status":"ACTIVE"},{"id":4,"status":"ACTIVE","objectiveType":"LEAD_GENERATION"}]}`),
		"adAccounts/1/adCampaigns": answer(200, `{"elements":[
			{"id":11,"campaignGroup":"urn:li:sponsoredCampaignGroup:1","objectiveType":"WEBSITE_VISIT"},{"id":12,"campaignGroup":"urn:li:sponsoredCampaignGroup:1","objectiveType":"WEBSITE_VISIT"},
			{"id":21,"campaignGroup":"urn:li:sponsoredCampaignGroup:2","objectiveType":"WEBSITE_VISIT"},{"id":22,"campaignGroup":"urn:li:sponsoredCampaignGroup:2","objectiveType":"VIDEO_VIEW"},
			{"id":23,"campaignGroup":"urn:li:sponsoredCampaignGroup:2","objectiveType":"WEBSITE_VISIT"}]}`),
	})
	var goals []normalize.Goal
	for _, c := range all(t, s.Campaigns, providers.ListQuery{Org: "1"}) {
		goals = append(goals, c.Goal)
		if c.BudgetAmount != nil {
			t.Errorf("a budget out of nothing: %+v", c)
		}
	}
	if want := []normalize.Goal{normalize.GoalWebsiteTraffic, normalize.GoalUnspecified, normalize.GoalUnspecified, normalize.GoalLeads}; !slices.Equal(goals, want) {
		t.Errorf("goals %v, want %v: one that all children share, differing, no children, its own", goals, want)
	}
	for _, g := range all(t, s.Groups, providers.ListQuery{Org: "1", Fields: []string{"id"}}) {
		if g.CampaignID == "" {
			t.Errorf("LinkedIn's campaign is our group, with a campaign above it: %+v", g)
		}
	}
}

func TestTrap15_IdsDiffer(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 2})
	org := all(t, w.Organizations, providers.ListQuery{})[1] // its ids are past 2^53
	ads := all(t, w.Ads, providers.ListQuery{Org: org.ID})
	if len(ads) == 0 || len(ads[0].ID) < 16 {
		t.Fatalf("ads %+v", ads)
	}
	for _, id := range []string{ads[0].ID, "urn:li:sponsoredCreative:" + ads[0].ID} {
		got, err := w.Ads.Get(t.Context(), providers.Ref{Org: org.ID, ID: id})
		if err != nil || got.ID != ads[0].ID || got.GroupID != ads[0].GroupID {
			t.Errorf("%s: %+v, %v", id, got, err)
		}
	}
	if _, err := w.Ads.Get(t.Context(), providers.Ref{Org: org.ID, ID: "urn:li:sponsoredCampaign:" + ads[0].ID}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("the URN of another kind: %v", err)
	}
	if got, err := w.Ads.Get(t.Context(), providers.Ref{ID: ads[0].ID}); err != nil || got.OrganizationID != org.ID {
		t.Errorf("without its account, of several: %+v, %v", got, err)
	}
}

func TestTrap16_PagingDiffersPerResource(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1, Campaigns: 3, Groups: 5, Ads: 10})
	if n := len(all(t, w.Ads, providers.ListQuery{})); n != 150 || w.Ads.MaxPage != 100 || w.Groups.MaxPage != 1000 {
		t.Errorf("%d ads in pages of %d", n, w.Ads.MaxPage)
	}
	all(t, w.Groups, providers.ListQuery{})
	all(t, w.Promoted, providers.ListQuery{Type: []string{"CUSTOM_CONVERSION_ID"}})
	for _, c := range w.sim.Calls() {
		byToken := strings.Contains(c.Query, "pageSize=")
		byStart := strings.Contains(c.Query, "start=")
		if strings.HasSuffix(c.Path, "/conversions") != byStart || byStart && byToken || c.Status != 200 {
			t.Errorf("%d %s?%s", c.Status, c.Path, c.Query)
		}
	}
}

func TestTrap18_AllRoundsToWholeMonths(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1, HistoryDays: 300, Dense: true})
	org := all(t, w.Organizations, providers.ListQuery{})[0]
	today := normalize.DayOf(w.sim.Now().UTC())
	old := normalize.DayRange{From: today.Add(-290), To: today.Add(-260)} // parts of months, more than six months back
	rows, meta, err := report(t, w.Session, providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelCampaign,
		Metrics: append([]normalize.Metric{normalize.MetricUniqueImpressions}, truth...), Range: old, Now: w.sim.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(meta.Unsupported, []normalize.Metric{normalize.MetricUniqueImpressions}) {
		t.Errorf("reach of a range that would be widened: unsupported %v", meta.Unsupported)
	}
	for i := range rows {
		if rows[i].Values[0].OK {
			t.Error("reach has a number")
		}
		rows[i].Values = rows[i].Values[1:]
	}
	compareToLedger(t, rows, ledger(t, w.base, org.ID, old), normalize.LevelCampaign, nil)
	for _, c := range w.sim.Calls() {
		if strings.Contains(c.Query, "timeGranularity=ALL") {
			t.Errorf("asked for %s", c.Query)
		}
	}
}

func TestTrap19_DemographicsAreApproximate(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1, HistoryDays: 30, Dense: true})
	org := all(t, w.Organizations, providers.ListQuery{})[0]
	q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelCampaign, Dimensions: []normalize.Dimension{normalize.DimensionCountry},
		Metrics: []normalize.Metric{normalize.MetricImpressions, normalize.MetricConversionValue}, Range: lastDays(w.sim, 20), Now: w.sim.Now()}
	rows, meta, err := report(t, w.Session, q)
	if err != nil || len(rows) == 0 || len(meta.Left) == 0 || meta.Lag != "12 to 24 hours" {
		t.Fatalf("%d rows, %+v, %v: what is thresholded must say so", len(rows), meta, err)
	}
	known := 0
	for _, r := range rows {
		if len(r.Dims[0]) == 2 {
			known++
		}
		if r.Values[1].OK || r.Campaign.Name == "" {
			t.Errorf("row %+v", r)
		}
	}
	if known == 0 || !slices.Equal(meta.Unsupported, []normalize.Metric{normalize.MetricConversionValue}) {
		t.Errorf("%d countries have a code; unsupported %v", known, meta.Unsupported)
	}
	q.Dimensions = append(q.Dimensions, normalize.DimensionDate)
	byDay, _, err := report(t, w.Session, q)
	if err != nil || len(byDay) == 0 {
		t.Fatal(len(byDay), err)
	}
	q.Dimensions = q.Dimensions[:1]
	whole, daily := 0, 0
	for _, c := range w.sim.Calls() { // each row is thresholded: the range as a whole loses least
		if strings.Contains(c.Query, "MEMBER_COUNTRY_V2") && strings.Contains(c.Query, "timeGranularity=ALL") {
			whole++
		} else if strings.Contains(c.Query, "MEMBER_COUNTRY_V2") {
			daily++
		}
	}
	if whole == 0 || whole != daily {
		t.Errorf("%d calls as a whole, %d by day", whole, daily)
	}
	q.Range.From = q.Range.From.Add(-3 * 366)
	if _, err := w.Reports.Plan(q); providers.KindOf(err) != providers.Rejected || !strings.Contains(err.Error(), "2 years") {
		t.Errorf("older than two years: %v", err)
	}
	q.Dimensions = []normalize.Dimension{normalize.DimensionDate}
	if _, err := w.Reports.Plan(q); err != nil {
		t.Errorf("the same range without a demographic: %v", err)
	}
}

func TestTrap20_ReachCannotBeAdded(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/adCampaignGroups": answer(200, `{"elements":[{"id":6,"name":"g"},{"id":8,"name":"h"}]}`),
		"adAnalytics": func(q string) (int, string) {
			if strings.Contains(q, "timeGranularity=ALL") {
				return 200, `{"elements":[{"pivotValues":["urn:li:sponsoredCampaignGroup:6"],"dateRange":{"start":{"year":2026,"month":11,"day":14},"end":{"year":2026,"month":11,"day":23}},"approximateMemberReach":41},
					{"pivotValues":["urn:li:sponsoredCampaignGroup:8"],"dateRange":{"start":{"year":2026,"month":11,"day":14},"end":{"year":2026,"month":11,"day":23}},"approximateMemberReach":null}]}`
			}
			return 200, `{"elements":[{"pivotValues":["urn:li:sponsoredCampaignGroup:6"],"dateRange":{"start":{"year":2026,"month":11,"day":14}},"impressions":60},
				{"pivotValues":["urn:li:sponsoredCampaignGroup:6"],"dateRange":{"start":{"year":2026,"month":11,"day":15}},"impressions":40},
				{"pivotValues":["urn:li:sponsoredCampaignGroup:8"],"dateRange":{"start":{"year":2026,"month":11,"day":15}},"impressions":4}]}`
		},
	})
	q := providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelCampaign,
		Metrics: []normalize.Metric{normalize.MetricImpressions, normalize.MetricUniqueImpressions}, Range: daysOf(10), Now: scriptNow}
	rows, _, err := report(t, s, q)
	if err != nil || len(rows) != 2 || rows[0].Values[0].D.String() != "100" || rows[0].Values[1].D.String() != "41" || rows[1].Values[1].OK {
		t.Fatalf("%+v, %v", rows, err)
	}
	for _, c := range script.calls("adAnalytics") {
		if strings.Contains(c.query, "approximateMemberReach") != strings.Contains(c.query, "timeGranularity=ALL") {
			t.Errorf("reach in %s", c.query)
		}
	}
	for name, change := range map[string]func(*providers.ReportQuery){
		"by day":  func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{normalize.DimensionDate} },
		"by week": func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{normalize.DimensionWeek} },
		"93 days": func(q *providers.ReportQuery) { q.Range = daysOf(93) },
		"devices": func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{normalize.DimensionDevice} },
		"by month": func(q *providers.ReportQuery) {
			q.Dimensions = []normalize.Dimension{normalize.DimensionMonth}
			q.Range = daysOf(150)
		},
	} {
		q := q
		change(&q)
		parts, err := s.Reports.Plan(q)
		if err != nil || (len(parts[0].Meta.Unsupported) == 0) != (name == "by month") {
			t.Errorf("%s: %v, unsupported %v", name, err, parts[0].Meta.Unsupported)
		}
		q.Metrics = q.Metrics[1:]
		if _, err := s.Reports.Plan(q); (providers.KindOf(err) == providers.Rejected) != (name != "by month") {
			t.Errorf("reach alone, %s: %v", name, err)
		}
	}
}

func TestTrap21_DecimalsOfEveryForm(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAnalytics": answer(200, `{"elements":[{"pivotValues":["urn:li:sponsoredAccount:1"],"dateRange":{"start":{"year":2026,"month":11,"day":20}},
			"costInLocalCurrency":"-2E-18","costInUsd":"99.99999999999996","impressions":"12","clicks":9007199254740993}]}`),
	})
	rows, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelOrganization, Dimensions: []normalize.Dimension{normalize.DimensionDate},
		Metrics: []normalize.Metric{normalize.MetricCost, normalize.MetricCostUSD, normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricShares}, Range: daysOf(10), Now: scriptNow})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	for i, want := range []string{"0", "99.99999999999996", "12", "9007199254740993", "0"} { // the last was left out of a row that exists
		if v := rows[0].Values[i]; !v.OK || v.D.String() != want {
			t.Errorf("metric %d: %v, want %s", i, v, want)
		}
	}
}

func TestTrap22_EverythingIsUTC(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1": answer(200, `{"id":1,"name":"Tokyo","currency":"JPY","status":"ACTIVE"}`),
		"adAnalytics":  answer(200, `{"elements":[]}`),
	})
	org, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"})
	if err != nil || org.Timezone != "UTC" {
		t.Fatalf("%+v, %v", org, err)
	}
	days := normalize.DayRange{From: normalize.Day{Year: 2026, Month: time.October, Dom: 31}, To: normalize.Day{Year: 2026, Month: time.November, Dom: 2}}
	if _, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelOrganization, Metrics: truth[:1], Range: days, Now: scriptNow}); err != nil {
		t.Fatal(err)
	}
	want := "dateRange=(start:(year:2026,month:10,day:31),end:(year:2026,month:11,day:1))" // our end is exclusive
	if q := script.calls("adAnalytics")[0].query; !strings.Contains(q, want) {
		t.Errorf("%s is not in %s", want, q)
	}
}

func TestTrap23_R6_RefreshTokensEnd(t *testing.T) {
	t.Parallel()
	spec := linkedin.New().Spec().Auth
	if spec.RefreshMargin < 7*24*time.Hour || spec.PKCE || spec.Revoke != nil {
		t.Errorf("margin %v, PKCE %v", spec.RefreshMargin, spec.PKCE)
	}
	answers := []string{
		`{"access_token":"new-1","expires_in":5184000,"scope":"r_ads,rw_ads"}`,
		`{"access_token":"new-2","expires_in":5184000,"refresh_token":"other","refresh_token_expires_in":28512000}`,
		`{"error":"invalid_grant","error_description":"The provided authorization grant or refresh token is invalid, expired or revoked."}`,
		`{"error":"invalid_client","error_description":"Client authentication failed"}`,
		`<html>`,
	}
	statuses := []int{200, 200, 400, 401, 503}
	var n int
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "refresh_token" || r.FormValue("client_secret") != "s3cr3t" || r.Header.Get("Authorization") != "" {
			t.Errorf("form %v", r.Form)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(statuses[n])
		_, _ = io.WriteString(w, answers[n])
		n++
	}))
	defer srv.Close()
	tr, err := providers.NewTransport(http.DefaultTransport, []string{"www.linkedin.com"}, map[string]string{"www.linkedin.com": srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	client, app := &http.Client{Transport: tr}, providers.App{ClientID: "77abc", ClientSecret: "s3cr3t"}
	old := &oauth2.Token{AccessToken: "old", RefreshToken: "kept"}
	tok, err := spec.Refresh(t.Context(), app, client, old)
	if err != nil || tok.RefreshToken != "kept" || tok.Extra("scope") != "r_ads rw_ads" {
		t.Errorf("no refresh token comes back: %+v, %v", tok, err)
	}
	if at, ok := tok.Extra("obtained_at").(time.Time); !ok || time.Since(at) > time.Minute {
		t.Errorf("obtained at %v", at)
	}
	if tok, err = spec.Refresh(t.Context(), app, client, old); err != nil || tok.RefreshToken != "other" || tok.Extra("refresh_token_expires_in") != int64(28512000) {
		t.Errorf("another one comes back: %+v, %v", tok, err)
	}
	for _, want := range []providers.Kind{providers.Unauthorized, providers.Forbidden, providers.Unavailable} {
		_, err := spec.Refresh(t.Context(), app, client, old)
		if providers.KindOf(err) != want || strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "kept") {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if _, err := spec.Refresh(t.Context(), app, client, &oauth2.Token{AccessToken: "old"}); providers.KindOf(err) != providers.Unauthorized || !strings.Contains(err.Error(), "consent again") {
		t.Errorf("an app without refresh tokens: %v", err)
	}
}

const revoked = `{"status":401,"serviceErrorCode":65601,"code":"REVOKED_ACCESS_TOKEN","message":"The token used in the request has been revoked by the user"}`

func TestTrap24_ANewTokenCanBeRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		age                time.Duration
		refusals, rejected int
		ok                 bool
	}{
		{"a young token is waited for", 5 * time.Second, 2, 0, true},
		{"a young token that is never taken is revoked", 5 * time.Second, 99, 1, false},
		{"an old one is revoked", 5 * time.Minute, 99, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			left := c.refusals
			var waits []time.Duration
			tokens := &staticTokens{token: "fresh", obtained: scriptNow.Add(-c.age)}
			s, _ := scripted(t, map[string]func(string) (int, string){
				"adAccounts/1": func(string) (int, string) {
					if left--; left >= 0 {
						return 401, revoked
					}
					return 200, `{"id":1}`
				},
			}, func(conn *providers.Conn, d *providers.Deps) {
				conn.Tokens = tokens
				d.Sleep = func(_ context.Context, w time.Duration) error { waits = append(waits, w); return nil }
			})
			_, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"})
			if (err == nil) != c.ok || tokens.rejected != c.rejected || !c.ok && providers.KindOf(err) != providers.Unauthorized {
				t.Errorf("%v, refused %d times", err, tokens.rejected)
			}
			total := time.Duration(0)
			for _, w := range waits {
				total += w
			}
			if c.refusals > 2 && c.age < time.Minute && total != time.Minute || c.age > time.Minute && total != 0 {
				t.Errorf("waited %v in all", total)
			}
		})
	}
}

func TestTrap25_ForbiddenNamesTheResource(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAnalytics": answer(403, `{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: adAnalytics.FINDER-analytics.20260901"}`),
	})
	_, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelOrganization, Metrics: truth[:1], Range: daysOf(3), Now: scriptNow})
	if providers.KindOf(err) != providers.Forbidden || !strings.Contains(err.Error(), "adAnalytics.FINDER-analytics.20260901") || !strings.Contains(err.Error(), "r_ads_reporting") {
		t.Errorf("%v", err)
	}
	if n := len(script.calls("adAnalytics")); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestTrap26_PostsNeedOtherScopes(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1})
	adsOnly := open(t, w.base, &staticTokens{token: w.sim.Grant("r_ads", "r_ads_reporting").Access}, w.sim.Now)
	full, bare := all(t, w.Creatives, providers.ListQuery{}), all(t, adsOnly.Creatives, providers.ListQuery{})
	if len(full) == 0 || len(full) != len(bare) {
		t.Fatalf("%d creatives, %d for an ads-only token", len(full), len(bare))
	}
	texts := 0
	for i := range full {
		if full[i].ID != bare[i].ID || full[i].Status != bare[i].Status {
			t.Errorf("%+v and %+v", full[i], bare[i])
		}
		if full[i].Body != "" && bare[i].Body == "" {
			texts++
		}
	}
	if texts == 0 {
		t.Error("no text is told apart")
	}
	_, err := adsOnly.Assets.List(t.Context(), providers.ListQuery{Size: 10})
	if err == nil || providers.KindOf(err) == providers.Forbidden && !strings.Contains(err.Error(), "r_organization_social") {
		page, _ := adsOnly.Assets.List(t.Context(), providers.ListQuery{Size: 10})
		if err != nil || len(page.Left) == 0 {
			t.Errorf("a list of assets without the scope is short in silence: %+v, %v", page, err)
		}
	}
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/creatives": answer(200, `{"elements":[{"id":"urn:li:sponsoredCreative:1","content":{"reference":"urn:li:share:1"}},
			{"id":"urn:li:sponsoredCreative:2","content":{"reference":"urn:li:share:2"}},{"id":"urn:li:sponsoredCreative:3","content":{"reference":"urn:li:share:3"}}]}`),
		"posts": answer(200, `{"results":{"urn%3Ali%3Ashare%3A1":{"id":"urn:li:share:1","content":{"media":{"id":"urn:li:image:A"}}}},
			"errors":{"urn%3Ali%3Ashare%3A2":{"status":403},"urn:li:share:3":{"status":404}}}`),
		"images": answer(200, `{"results":{"urn:li:image:A":{"id":"urn:li:image:A","downloadUrl":"https://x.example/a"}}}`),
	})
	page, err := s.Assets.List(t.Context(), providers.ListQuery{Org: "1", Size: 10})
	if err != nil || len(page.Items) != 1 || page.Items[0].URL != "https://x.example/a" || len(page.Left) != 2 {
		t.Errorf("one of three posts is readable: %+v, %v", page, err)
	}
}

func TestTrap27_SegmentLimitIsPermanent(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1": answer(429, `{"status":429,"code":"SEGMENT_LIMIT_EXCEEDED","message":"1000 segments"}`),
		"adAccounts/2": answer(429, `{"status":429,"message":"The data request limit has been exceeded. More than 45 million metric values were requested in a 5-minute window."}`),
	}, func(_ *providers.Conn, d *providers.Deps) {
		d.Sleep = func(context.Context, time.Duration) error { return context.Canceled }
	})
	_, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"})
	if n := len(script.calls("adAccounts/1")); providers.KindOf(err) != providers.Rejected || n != 1 {
		t.Errorf("%v after %d calls", err, n)
	}
	_, err = s.Organizations.Get(t.Context(), providers.Ref{ID: "2"})
	e, _ := err.(*providers.Error) //nolint:errorlint // the maker's own
	if e == nil || e.Kind != providers.RateLimited || e.RetryAfter != 330*time.Second || e.Code != "ADANALYTICS_DATA_LIMIT" {
		t.Errorf("the limit of metric values: %+v", err)
	}
}

func TestTrap28_BRLAccountsAreBilledInUSD(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAnalytics": answer(200, `{"elements":[{"pivotValues":["urn:li:sponsoredAccount:1"],"dateRange":{"start":{"year":2026,"month":11,"day":23}},"costInLocalCurrency":"5"}]}`),
	})
	org := org1
	org.Currency = "BRL"
	rows, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelOrganization, Metrics: []normalize.Metric{normalize.MetricCost}, Range: daysOf(3), Now: scriptNow})
	if err != nil || len(rows) != 1 || rows[0].Currency != "USD" {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestTrap29_AThrottleMayLastForTheDay(t *testing.T) {
	t.Parallel()
	now := scriptNow
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1": answer(429, `{"status":429,"serviceErrorCode":101,"message":"Resource level throttle limit for calls to this resource is reached."}`),
	}, func(_ *providers.Conn, d *providers.Deps) { d.Now = func() time.Time { return now } })
	get := func() *providers.Error {
		_, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"})
		e, ok := err.(*providers.Error) //nolint:errorlint // the maker's own
		if !ok || e.Kind != providers.RateLimited {
			t.Fatalf("%v", err)
		}
		return e
	}
	if e := get(); e.Code == "DAILY_QUOTA" || e.RetryAfter > time.Minute {
		t.Errorf("the first refusals: %+v", e)
	}
	now = now.Add(16 * time.Minute)
	if e := get(); e.Code != "DAILY_QUOTA" || e.RetryAfter != 13*time.Hour+44*time.Minute {
		t.Errorf("after a quarter of an hour of refusals: %+v", e)
	}
	now = time.Date(2026, 11, 25, 0, 5, 0, 0, time.UTC)
	if e := get(); e.Code == "DAILY_QUOTA" {
		t.Errorf("the next day: %+v", e)
	}
}

func TestTrap30_ViralIsKeptApart(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAnalytics": answer(200, `{"elements":[{"pivotValues":["urn:li:sponsoredAccount:1"],"dateRange":{"start":{"year":2026,"month":11,"day":23}},
			"clicks":3,"viralClicks":40,"reactions":5,"viralReactions":60,"likes":900}]}`),
	})
	rows, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelOrganization, Range: daysOf(3), Now: scriptNow,
		Metrics: []normalize.Metric{normalize.MetricClicks, normalize.MetricViralClicks, normalize.MetricLikes, normalize.MetricViralLikes}})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	for i, want := range []string{"3", "40", "5", "60"} {
		if rows[0].Values[i].D.String() != want {
			t.Errorf("metric %d: %v, want %s", i, rows[0].Values[i], want)
		}
	}
}
