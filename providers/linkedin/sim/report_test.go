package sim_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/linkedin/sim"
)

// analytics builds a report query; more overrides or adds "name=value".
func analytics(more ...string) string {
	q := map[string]string{
		"q": "analytics", "pivot": "CREATIVE", "timeGranularity": "DAILY", "count": "15000",
		"dateRange": days("2026-11-01", "2026-11-07"), "accounts": "List(" + acctURN + ")",
		"fields": "dateRange,pivotValues,impressions,clicks,costInLocalCurrency,externalWebsiteConversions,conversionValueInLocalCurrency",
	}
	for _, m := range more {
		k, v, _ := strings.Cut(m, "=")
		q[k] = v
	}
	var parts []string
	for k, v := range q {
		if v != "" {
			parts = append(parts, k+"="+v)
		}
	}
	return "/rest/adAnalytics?" + strings.Join(parts, "&")
}

func days(from, to string) string {
	day := func(s string) string {
		var y, m, d int
		fmt.Sscanf(s, "%d-%d-%d", &y, &m, &d)
		return fmt.Sprintf("(year:%d,month:%d,day:%d)", y, m, d)
	}
	if to == "" {
		return "(start:" + day(from) + ")"
	}
	return "(start:" + day(from) + ",end:" + day(to) + ")"
}

var metricNames = map[string]string{
	"impressions": "impressions", "clicks": "clicks", "costInLocalCurrency": "cost",
	"externalWebsiteConversions": "conversions", "conversionValueInLocalCurrency": "conversion_value",
}

// decimalOf reads a JSON value as an exact decimal; absent is zero.
func decimalOf(t *testing.T, v any) *big.Rat {
	t.Helper()
	if v == nil {
		return new(big.Rat)
	}
	r, ok := new(big.Rat).SetString(fmt.Sprint(v))
	if !ok {
		t.Fatalf("%v is no number", v)
	}
	return r
}

// sum adds up a column of a report.
func sum(t *testing.T, rows []map[string]any, name string) *big.Rat {
	t.Helper()
	total := new(big.Rat)
	for _, r := range rows {
		total.Add(total, decimalOf(t, r[name]))
	}
	return total
}

// ledger reads the truth; to is exclusive.
func ledger(w *world, org, from, to string) []map[string]any {
	w.t.Helper()
	a := w.get(fmt.Sprintf("/_sim/ledger?org=%s&from=%s&to=%s", org, from, to))
	if a.status != 200 {
		w.t.Fatal(a.text)
	}
	var out []map[string]any
	sc := bufio.NewScanner(strings.NewReader(a.text))
	for sc.Scan() {
		d := json.NewDecoder(strings.NewReader(sc.Text()))
		d.UseNumber()
		var m map[string]any
		if err := d.Decode(&m); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

// near tells equality but for the dust of zeros.
func near(a, b *big.Rat) bool {
	d := new(big.Rat).Sub(a, b)
	return d.Abs(d).Cmp(big.NewRat(1, 1_000_000_000)) < 0
}

func TestReportsEqualTheLedger(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for _, org := range []string{"503000001", "503000002", "503000003", "503000004"} {
		truth := ledger(w, org, "2026-09-20", "2026-11-08")
		if len(truth) == 0 {
			t.Fatalf("%s: empty ledger", org)
		}
		own := []string{"accounts=List(urn%3Ali%3AsponsoredAccount%3A" + org + ")", "dateRange=" + days("2026-09-20", "2026-11-07")}
		for _, variant := range [][]string{
			{"pivot=CREATIVE"}, {"pivot=CAMPAIGN"}, {"pivot=CAMPAIGN_GROUP"}, {"pivot=ACCOUNT"}, {"pivot=(value:COMPANY)"},
			{"pivot=ACCOUNT", "timeGranularity=ALL"}, {"pivot=CAMPAIGN", "timeGranularity=MONTHLY"}, {"pivot=ACCOUNT", "timeGranularity=(value:YEARLY)"},
			{"pivot=SERVING_LOCATION"}, {"pivot=PLACEMENT_NAME"}, {"pivot=IMPRESSION_DEVICE_TYPE"},
			{"q=statistics", "pivot=", "pivots=List(CAMPAIGN,SERVING_LOCATION,IMPRESSION_DEVICE_TYPE)", "timeGranularity=MONTHLY"},
			{"q=statistics", "pivot=", "pivots=List(OBJECTIVE_TYPE)"},
			{"sortBy=(field:IMPRESSIONS,order:DESCENDING)"},
		} {
			a := w.ok(analytics(append(own, variant...)...))
			if len(a.elements()) == 0 {
				t.Errorf("%s %v: no rows", org, variant)
			}
			for wire, name := range metricNames {
				got, want := sum(t, a.elements(), wire), sum(t, truth, name)
				if !near(got, want) {
					t.Errorf("%s %v: %s = %s, ledger %s", org, variant, wire, got.FloatString(6), want.FloatString(6))
				}
			}
		}
	}
}

func TestRowsEqualTheLedgerOneByOne(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	truth := map[string]map[string]any{}
	for _, l := range ledger(w, "503000002", "2026-11-01", "2026-11-08") {
		truth[fmt.Sprint(l["ad"], l["date"])] = l
	}
	rows := w.ok(analytics("accounts=List(urn%3Ali%3AsponsoredAccount%3A503000002)")).elements()
	if len(rows) != len(truth) {
		t.Errorf("%d rows, ledger has %d", len(rows), len(truth))
	}
	for _, r := range rows {
		d := r["dateRange"].(map[string]any)["start"].(map[string]any)
		ad := strings.TrimPrefix(fmt.Sprint(r["pivotValues"].([]any)[0]), "urn:li:sponsoredCreative:")
		day := fmt.Sprintf("%v-%02s-%02s", d["year"], d["month"], d["day"])
		l := truth[ad+day]
		for wire, name := range metricNames {
			if l == nil || !near(decimalOf(t, r[wire]), decimalOf(t, l[name])) {
				t.Errorf("%s %s: %s %v, ledger %v", ad, day, wire, r[wire], l)
			}
		}
	}
}

func TestTrap03_FieldsAreTwentyInAll(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	eighteen := "impressions,clicks,likes,comments,shares,follows,reactions,sends,opens,videoViews,videoStarts,videoCompletions,oneClickLeads,landingPageClicks,totalEngagements,otherEngagements,cardClicks,costInUsd"
	w.ok(analytics("fields=dateRange,pivotValues," + eighteen))
	w.refused(w.get(analytics("fields=dateRange,pivotValues,"+eighteen+",commentLikes")), 400, "FIELD_INVALID")
	for _, f := range []string{"impressions,nonsense", "pivot,impressions", "pivotValue", "List(impressions)"} {
		w.refused(w.get(analytics("fields="+f)), 400, "PARAM_INVALID")
	}
	for _, e := range w.ok(analytics("fields=")).elements() { // anonymous rows of two metrics
		if len(e) != 2 || e["impressions"] == nil || e["clicks"] == nil {
			t.Fatalf("default fields: %v", e)
		}
	}
}

func TestTrap04_AnalyticsDoesNotPage(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Accounts: 1, Campaigns: 2, Groups: 5, Ads: 20, HistoryDays: 400, Dense: true}) // 200 creatives
	year := "dateRange=" + days("2025-12-01", "2026-11-23")
	a := w.ok(analytics(year, "fields=dateRange,pivotValues,impressions"))
	paging := a.body["paging"].(map[string]any)
	if len(a.elements()) != 15_000 || len(paging["links"].([]any)) != 0 || paging["total"] != nil {
		t.Errorf("overflow: %d rows, paging %v: it must be silent", len(a.elements()), paging)
	}
	if a := w.ok(analytics(year, "count=20000")); len(a.elements()) != 15_000 {
		t.Errorf("count 20000: %d rows", len(a.elements()))
	}
	a = w.ok(analytics("count="))
	if len(a.elements()) != 10 || fmt.Sprint(a.body["paging"].(map[string]any)["count"]) != "10" {
		t.Errorf("without count: %d rows", len(a.elements()))
	}
	a = w.ok(analytics("count=100"))
	links := a.body["paging"].(map[string]any)["links"].([]any)
	if len(a.elements()) != 100 || len(links) != 1 {
		t.Fatalf("count 100: %d rows, %d links", len(a.elements()), len(links))
	}
	if next := w.get(links[0].(map[string]any)["href"].(string)); next.status != 400 {
		t.Errorf("the next link answers %d", next.status)
	}
	w.ok(analytics("start=0"))
	if a := w.get(analytics("start=10")); a.status != 400 {
		t.Errorf("start: %d", a.status)
	}
	if a := w.ok(analytics("dateRange=" + days("2026-11-01", "2026-11-07"))); len(a.elements()) != 200*7 {
		t.Errorf("a whole report: %d rows", len(a.elements()))
	}
}

func TestTrap05_NoPermissionLooksLikeNoData(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	foreign := "accounts=List(urn%3Ali%3AsponsoredAccount%3A503000007)"
	if len(ledger(w, "503000007", "2026-11-01", "2026-11-08")) == 0 {
		t.Fatal("the foreign account has no data to hide")
	}
	if a := w.ok(analytics(foreign)); len(a.elements()) != 0 {
		t.Errorf("%d rows of a foreign account", len(a.elements()))
	}
	w.token = w.sim.GrantTo(2).Access
	if a := w.ok(analytics()); len(a.elements()) != 0 {
		t.Errorf("%d rows for a member without a role", len(a.elements()))
	}
	w.token = w.sim.Grant("r_ads").Access
	w.refused(w.get(analytics()), 403, "ACCESS_DENIED") // the scope is another matter
}

func TestReportRefusals(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for _, c := range []struct {
		code string
		more []string
	}{
		{"PARAM_INVALID", []string{"accounts="}}, // no facet
		{"PARAM_INVALID", []string{"accounts=List()"}},
		{"PARAM_INVALID", []string{"accounts=List(503000001)"}},
		{"PARAM_INVALID", []string{"campaigns=List(" + acctURN + ")"}},
		{"PARAM_MISSING", []string{"pivot="}},
		{"PARAM_MISSING", []string{"timeGranularity="}},
		{"PARAM_MISSING", []string{"dateRange="}},
		{"PARAM_INVALID", []string{"dateRange=(start:(year:2026,month:2,day:30))"}},
		{"FIELD_INVALID", []string{"dateRange=" + days("2026-11-07", "2026-11-01")}},
		{"PARAM_INVALID", []string{"timeGranularity=WEEKLY"}},
		{"PARAM_INVALID", []string{"pivot=MEMBER_COUNTRY"}},
		{"PARAM_INVALID", []string{"pivot=MEMBER_AGE"}},
		{"FIELD_INVALID", []string{"pivot=OBJECTIVE_TYPE"}},
		{"QUERY_PARAM_NOT_ALLOWED", []string{"pivots=List(CREATIVE)"}},
		{"FIELD_INVALID", []string{"q=statistics", "pivot=", "pivots=List(MEMBER_COUNTRY_V2)"}},
		{"FIELD_INVALID", []string{"q=statistics", "pivot=", "pivots=List(ACCOUNT,CAMPAIGN,CREATIVE,SERVING_LOCATION)"}},
		{"FIELD_INVALID", []string{"pivot=MEMBER_SENIORITY", "fields=impressions,approximateMemberReach"}},
		{"FIELD_INVALID", []string{"pivot=MEMBER_SENIORITY", "fields=conversionValueInLocalCurrency"}},
		{"FIELD_INVALID", []string{"pivot=CAMPAIGN", "fields=averageVideoWatchTime"}},
		{"FIELD_INVALID", []string{"pivot=CREATIVE", "fields=audiencePenetration"}},
		{"PARAM_INVALID", []string{"sortBy=(field:LIKES,order:DESCENDING)"}},
		{"PARAM_INVALID", []string{"campaignType=VIDEO"}},
		{"PARAM_INVALID", []string{"objectiveType=WEBSITE_VISITS"}},
	} {
		a := w.get(analytics(c.more...))
		if a.status != 400 || a.code() != c.code {
			t.Errorf("%v: %d %s, want 400 %s: %.200s", c.more, a.status, a.code(), c.code, a.text)
		}
	}
}

func TestTrap18_AllRoundsToWholeMonths(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	all := w.ok(analytics("pivot=ACCOUNT", "timeGranularity=ALL", "dateRange="+days("2026-03-10", "2026-03-20"), "fields=dateRange,impressions")).elements()
	month := sum(t, ledger(w, "503000001", "2026-03-01", "2026-04-01"), "impressions")
	if len(all) != 1 || sum(t, all, "impressions").Cmp(month) != 0 {
		t.Errorf("ALL of ten days eight months ago: %v, the month has %s", all, month.FloatString(0))
	}
	daily := w.ok(analytics("pivot=ACCOUNT", "dateRange="+days("2026-03-10", "2026-03-20"))).elements()
	if sum(t, daily, "impressions").Cmp(sum(t, ledger(w, "503000001", "2026-03-10", "2026-03-21"), "impressions")) != 0 {
		t.Error("DAILY rounds too")
	}
	recent := w.ok(analytics("pivot=ACCOUNT", "timeGranularity=ALL", "dateRange="+days("2026-10-10", "2026-10-20"))).elements()
	if sum(t, recent, "impressions").Cmp(sum(t, ledger(w, "503000001", "2026-10-10", "2026-10-21"), "impressions")) != 0 {
		t.Error("ALL rounds within the detail window")
	}
}

func TestTrap19_DemographicsAreApproximate(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	total := sum(t, w.ok(analytics("pivot=ACCOUNT")).elements(), "impressions")
	for _, pivot := range []string{"MEMBER_COUNTRY_V2", "MEMBER_JOB_TITLE", "MEMBER_COMPANY", "MEMBER_COMPANY_SIZE", "MEMBER_SENIORITY"} {
		rows := w.ok(analytics("pivot="+pivot, "timeGranularity=ALL", "fields=pivotValues,impressions,clicks")).elements()
		got := sum(t, rows, "impressions")
		if len(rows) == 0 || got.Sign() == 0 || got.Cmp(total) > 0 {
			t.Errorf("%s: %d rows, %s of %s", pivot, len(rows), got.FloatString(0), total.FloatString(0))
		}
		if pivot == "MEMBER_JOB_TITLE" && got.Cmp(total) == 0 {
			t.Errorf("%s: nothing fell under the threshold", pivot)
		}
	}
	one := "creatives=List(urn%3Ali%3AsponsoredCreative%3A830000002)"
	for _, r := range w.ok(analytics("pivot=MEMBER_COMPANY", one, "fields=pivotValues,dateRange,impressions,clicks,likes")).elements() {
		for _, m := range []string{"impressions", "clicks", "likes"} {
			if v := decimalOf(t, r[m]); v.Sign() > 0 && v.Cmp(big.NewRat(3, 1)) < 0 {
				t.Fatalf("a value below three events: %v", r)
			}
		}
	}
	// What ended less than twelve hours ago is not there yet.
	yesterday := "dateRange=" + days("2026-11-23", "2026-11-23")
	if a := w.ok(analytics("pivot=MEMBER_SENIORITY", yesterday, "fields=pivotValues,impressions")); len(a.elements()) != 0 {
		t.Errorf("%d demographic rows of yesterday in the morning", len(a.elements()))
	}
	w.sim.Advance(6 * time.Hour)
	if a := w.ok(analytics("pivot=MEMBER_SENIORITY", yesterday, "fields=pivotValues,impressions")); len(a.elements()) == 0 {
		t.Error("still none in the afternoon")
	}
}

func TestTrap20_ReachDoesNotAdd(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	reach := func(from, to, granularity string) *big.Rat {
		return sum(t, w.ok(analytics("pivot=ACCOUNT", "timeGranularity="+granularity, "dateRange="+days(from, to), "fields=dateRange,impressions,approximateMemberReach")).elements(), "approximateMemberReach")
	}
	byDay, whole := reach("2026-10-01", "2026-10-31", "DAILY"), reach("2026-10-01", "2026-10-31", "ALL")
	if whole.Sign() == 0 || byDay.Cmp(whole) <= 0 {
		t.Errorf("reach by day %s, whole %s", byDay.FloatString(0), whole.FloatString(0))
	}
	if r := reach("2026-08-24", "2026-11-23", "ALL"); r.Sign() == 0 {
		t.Error("no reach over 92 days")
	}
	a := w.ok(analytics("pivot=ACCOUNT", "timeGranularity=DAILY", "dateRange="+days("2026-08-23", "2026-11-23"), "fields=impressions,approximateMemberReach"))
	if strings.Contains(a.text, "approximateMemberReach") {
		t.Error("reach beyond 92 days")
	}
}

func TestZeroRowsAreMostlyOmitted(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	active := w.ok(analytics("fields=dateRange,pivotValues")).elements() // no metric: every active row
	some := w.ok(analytics("fields=dateRange,pivotValues,externalWebsiteConversions")).elements()
	if len(some) >= len(active) || len(some) == 0 {
		t.Errorf("%d rows with conversions, %d active", len(some), len(active))
	}
	if len(active) != len(ledger(w, "503000001", "2026-11-01", "2026-11-08")) {
		t.Errorf("%d active rows", len(active))
	}
}

func TestTrap22_TodayGrowsInUTCAndThePastRestates(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	today := func() *big.Rat {
		return sum(t, w.ok(analytics("pivot=ACCOUNT", "dateRange="+days("2026-11-24", ""))).elements(), "impressions")
	}
	week := func(m string) *big.Rat { return sum(t, w.ok(analytics("pivot=ACCOUNT")).elements(), m) }
	before, conv := today(), week("externalWebsiteConversions")
	w.sim.Advance(5 * time.Hour)
	if after := today(); before.Sign() == 0 || after.Cmp(before) <= 0 {
		t.Errorf("today %s, five hours later %s", before.FloatString(0), after.FloatString(0))
	}
	w.sim.Advance(30 * 24 * time.Hour)
	if later := week("externalWebsiteConversions"); later.Cmp(conv) <= 0 {
		t.Errorf("conversions of a past week: %s, a month later %s", conv.FloatString(0), later.FloatString(0))
	}
	if a := w.ok(analytics("dateRange=" + days("2027-06-01", "2027-06-07"))); len(a.elements()) != 0 {
		t.Error("the future has rows")
	}
}

func TestMetricValueThrottle(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	n := len(w.ok(analytics("fields=pivotValues,impressions,clicks")).elements()) * 2
	w.control("POST", "/_sim/limits", fmt.Sprintf(`{"metric_values":%d}`, n))
	w.ok(analytics("fields=pivotValues,impressions,clicks"))
	a := w.get(analytics("fields=pivotValues,impressions,clicks"))
	if a.status != http.StatusTooManyRequests || !strings.Contains(a.message(), "45 million metric values") || a.header.Get("Retry-After") != "" {
		t.Errorf("%d %s", a.status, a.text)
	}
	w.sim.Advance(5 * time.Minute)
	w.ok(analytics("fields=pivotValues,impressions,clicks"))
}

func TestRevenueFinder(t *testing.T) {
	t.Parallel()
	path := "/rest/adAnalytics?q=attributedRevenueMetrics&pivot=CAMPAIGN&account=" + acctURN +
		"&fields=dateRange,pivotValues,revenueAttributionMetrics:(revenueWonInUsd,openOpportunities)&dateRange="
	w := start(t, sim.Options{})
	if a := w.ok(path + days("2026-09-01", "2026-11-24")); len(a.elements()) != 0 {
		t.Error("rows without a CRM")
	}
	w = start(t, sim.Options{CRM: true})
	a := w.ok(path + days("2026-09-01", "2026-11-24"))
	if len(a.elements()) == 0 {
		t.Fatal("no rows")
	}
	m := a.elements()[0]["revenueAttributionMetrics"].(map[string]any)
	if len(m) != 2 || m["revenueWonInUsd"] == "" {
		t.Errorf("projection: %v", m)
	}
	if a := w.ok(path + days("2026-09-01", "2026-11-20")); strings.Contains(a.text, "openOpportunities") {
		t.Error("open opportunities of a range that ended before today")
	}
	w.refused(w.get(path+days("2026-11-01", "2026-11-24")), 400, "FIELD_INVALID")
	w.refused(w.get(path+days("2025-09-01", "2025-11-24")), 400, "FIELD_INVALID")
}

func TestRetention(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Accounts: 1, Campaigns: 1, Groups: 1, Ads: 2, HistoryDays: 1095, Dense: true})
	early := "dateRange=" + days("2024-03-01", "2024-03-31")
	if a := w.ok(analytics(early)); len(a.elements()) != 62 {
		t.Errorf("performance two and a half years ago: %d rows", len(a.elements()))
	}
	if a := w.ok(analytics(early, "pivot=MEMBER_SENIORITY", "fields=pivotValues,impressions")); len(a.elements()) != 0 {
		t.Errorf("demographics are kept two years, got %d rows", len(a.elements()))
	}
}

func TestFacetsAreANDed(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	creatives := "creatives=List(urn%3Ali%3AsponsoredCreative%3A830000001,urn%3Ali%3AsponsoredCreative%3A830000005)"
	both := w.ok(analytics(creatives)).elements()
	one := w.ok(analytics(creatives, "campaigns=List(urn%3Ali%3AsponsoredCampaign%3A720000001)")).elements()
	if len(one) == 0 || len(one) >= len(both) {
		t.Errorf("%d rows of two creatives, %d of those in one campaign", len(both), len(one))
	}
	if a := w.ok(analytics(creatives, "campaigns=List(urn%3Ali%3AsponsoredCampaign%3A999)")); len(a.elements()) != 0 {
		t.Errorf("%d rows of a campaign that is not there", len(a.elements()))
	}
	typed := w.ok(analytics("campaignType=TEXT_AD", "pivot=CAMPAIGN", "dateRange="+days("2025-11-01", "2026-11-07"))).elements()
	if len(typed) == 0 {
		t.Error("no rows of TEXT_AD campaigns")
	}
}

func TestStatisticsPivotValuesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for pivots, want := range map[string][]string{
		"SERVING_LOCATION,CREATIVE": {"_SITE", "urn:li:sponsoredCreative:"},
		"CREATIVE,SERVING_LOCATION": {"urn:li:sponsoredCreative:", "_SITE"},
	} {
		for _, e := range w.ok(analytics("q=statistics", "pivot=", "pivots=List("+pivots+")")).elements() {
			v := e["pivotValues"].([]any)
			for i := range want {
				if len(v) != 2 || !strings.Contains(fmt.Sprint(v[i]), want[i]) {
					t.Fatalf("%s: %v", pivots, v)
				}
			}
		}
	}
}
