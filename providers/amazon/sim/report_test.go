package sim_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/amazon/sim"
)

func TestReportsAddUpToTheLedger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Seed: 5})
	for _, account := range []int{0, 1, 2, 3} {
		w := w.on(account)
		for _, x := range []struct{ name, product, kind, by, columns, id, ledger, unit string }{
			{"sp campaign", "SPONSORED_PRODUCTS", "spCampaigns", "campaign", "campaignId", "campaignId", "campaign", "DAILY"},
			{"sp group", "SPONSORED_PRODUCTS", "spCampaigns", "campaign adGroup", "campaignId adGroupId", "adGroupId", "group", "DAILY"},
			{"sp ad", "SPONSORED_PRODUCTS", "spAdvertisedProduct", "advertiser", "adId", "adId", "ad", "DAILY"},
			{"sp target", "SPONSORED_PRODUCTS", "spTargeting", "targeting", "adGroupId keywordId targeting matchType", "adGroupId", "group", "DAILY"},
			{"sp placement", "SPONSORED_PRODUCTS", "spCampaigns", "campaign campaignPlacement", "campaignId placementClassification", "campaignId", "campaign", "DAILY"},
			{"sp summary", "SPONSORED_PRODUCTS", "spCampaigns", "campaign", "campaignId", "campaignId", "campaign", "SUMMARY"},
			{"sb campaign", "SPONSORED_BRANDS", "sbCampaigns", "campaign", "campaignId", "campaignId", "campaign", "DAILY"},
			{"sb group", "SPONSORED_BRANDS", "sbAdGroup", "adGroup", "adGroupId", "adGroupId", "group", "DAILY"},
			{"sb ad", "SPONSORED_BRANDS", "sbAds", "ads", "adId", "adId", "ad", "DAILY"},
			{"sb target", "SPONSORED_BRANDS", "sbTargeting", "targeting", "adGroupId keywordId targetingId", "adGroupId", "group", "DAILY"},
			{"sb placement", "SPONSORED_BRANDS", "sbCampaignPlacement", "campaignPlacement", "campaignId placementClassification", "campaignId", "campaign", "DAILY"},
			{"sd campaign", "SPONSORED_DISPLAY", "sdCampaigns", "campaign", "campaignId", "campaignId", "campaign", "DAILY"},
			{"sd group", "SPONSORED_DISPLAY", "sdAdGroup", "adGroup", "adGroupId", "adGroupId", "group", "DAILY"},
			{"sd ad", "SPONSORED_DISPLAY", "sdAdvertisedProduct", "advertiser", "adId", "adId", "ad", "DAILY"},
			{"sd target", "SPONSORED_DISPLAY", "sdTargeting", "targeting", "adGroupId targetingId", "adGroupId", "group", "DAILY"},
		} {
			orders, sales, from, to := "purchases", "sales", "2026-10-25", "2026-11-24"
			if strings.HasPrefix(x.kind, "sp") {
				orders, sales = "purchases14d", "sales14d"
			}
			dates := "date"
			if x.unit == "SUMMARY" {
				dates = "startDate endDate"
			}
			rows := w.report(from, to, config(x.product, x.kind, x.by, dates+" "+x.columns+" impressions clicks cost "+orders+" "+sales, x.unit))
			day := func(m map[string]any) string {
				if x.unit == "SUMMARY" {
					return ""
				}
				return text(m, "date") + " "
			}
			got := sums(rows, func(m map[string]any) string { return day(m) + text(m, x.id) }, orders, sales)
			want := w.ledger(from, to, func(m map[string]any) string { return day(m) + text(m, x.ledger) })
			if len(got) < 20 && x.unit == "DAILY" {
				t.Errorf("%s of %s: %d rows only", x.name, w.org.Name, len(rows))
			}
			mine := w.campaigns(strings.Fields(x.name)[0])
			n := 0
			for k, v := range want {
				if g, ok := got[k]; ok {
					n++
					if g.String() != v.String() {
						t.Errorf("%s of %s: %s is %v, the ledger says %v", x.name, w.org.Name, k, g, v)
					}
				} else if x.ledger == "campaign" && mine[k[strings.LastIndex(k, " ")+1:]] {
					t.Errorf("%s of %s: no row for %s", x.name, w.org.Name, k)
				}
			}
			if n != len(got) {
				t.Errorf("%s of %s: %d keys, of which the ledger knows %d", x.name, w.org.Name, len(got), n)
			}
		}
	}
}

// campaigns are a product's campaign ids.
func (w *world) campaigns(product string) map[string]bool {
	w.t.Helper()
	out := map[string]bool{}
	switch product {
	case "sd":
		for _, c := range w.call("GET", "/sd/campaigns?startIndex=0&count=100", "").list {
			out[text(c, "campaignId")] = true
		}
	default:
		path := map[string]string{"sp": "/sp/campaigns", "sb": "/sb/v4/campaigns"}[product]
		all, _ := w.items(path, `{"stateFilter":{"include":["ENABLED","PAUSED","ARCHIVED"]}}`)
		for _, c := range all {
			out[text(c, "campaignId")] = true
		}
	}
	return out
}

func TestTrap17_ADuplicateNamesTheReportInProgress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	daily := config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date campaignId clicks", "DAILY")
	first := w.create("2026-11-01", "2026-11-20", daily)
	id := text(first.body, "reportId")
	again := w.create("2026-11-01", "2026-11-20", daily)
	if again.status != 425 || text(again.body, "code") != "425" || text(again.body, "detail") != "The Request is a duplicate of : "+id {
		t.Fatalf("%d %s", again.status, again.text)
	}
	// A SUMMARY of the same type is taken for the same, and is not.
	sum := w.create("2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "startDate endDate campaignId clicks", "SUMMARY"))
	if sum.status != 425 || !strings.HasSuffix(text(sum.body, "detail"), id) {
		t.Fatalf("%d %s", sum.status, sum.text)
	}
	if a := w.create("2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date campaignId clicks cost", "DAILY")); a.status != 200 {
		t.Fatalf("other columns: %d %s", a.status, a.text)
	}
	w.finish(id)
	if a := w.create("2026-11-01", "2026-11-20", daily); a.status != 200 {
		t.Fatalf("after the end: %d %s", a.status, a.text)
	}
	// A create that is answered 429 may have been accepted.
	w.call("POST", "/_sim/reports", `{"fates":["late_429"]}`)
	late := config("SPONSORED_DISPLAY", "sdCampaigns", "campaign", "date campaignId clicks", "DAILY")
	if a := w.create("2026-11-01", "2026-11-20", late); a.status != 429 || a.header.Get("Retry-After") != "" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	if a := w.create("2026-11-01", "2026-11-20", late); a.status != 425 {
		t.Fatalf("%d %s", a.status, a.text)
	}
}

func TestTrap16_TheFilesURLTakesNoAuthorization(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	a := w.create("2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date campaignId clicks", "DAILY"))
	done := w.finish(text(a.body, "reportId"))
	url := text(done.body, "url")
	if got := w.call("GET", url, ""); got.status != 400 || !strings.Contains(got.text, "<Code>InvalidArgument</Code>") {
		t.Errorf("with a token: %d %s", got.status, got.text)
	}
	if got := w.call("GET", url, "", "Authorization", "-"); got.status != 200 {
		t.Errorf("without: %d", got.status)
	}
	if got := w.call("GET", strings.Replace(url, "X-Amz-Signature=", "X-Amz-Signature=0", 1), "", "Authorization", "-"); got.status != 403 {
		t.Errorf("forged: %d", got.status)
	}
	w.sim.Advance(61 * time.Minute)
	if got := w.call("GET", url, "", "Authorization", "-"); got.status != 403 || !strings.Contains(got.text, "Request has expired") {
		t.Errorf("late: %d %s", got.status, got.text)
	}
}

func TestReportsAreRefusedInAmazonsWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	good := config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date campaignId clicks", "DAILY")
	for name, x := range map[string]struct{ from, to, conf, want string }{
		"column of another product (trap 4)": {"2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date purchases", "DAILY"), "configuration columns includes invalid values: (purchases). Allowed values: (addToList, "},
		"date with SUMMARY":                  {"2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date clicks", "SUMMARY"), "configuration date is not a supported column for SUMMARY time unit. Please use startDate and/or endDate instead."},
		"startDate with DAILY":               {"2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "startDate clicks", "DAILY"), "configuration startDate and endDate are not supported columns for DAILY time unit. Please use date instead."},
		"90 days":                            {"2026-08-27", "2026-11-24", good, "startDate to endDate range (89 days) must not exceed maximum range (31 days)"},
		"too old (trap 3)":                   {"2026-08-20", "2026-08-25", good, "startDate (2026-08-20) must be equal to or after report type data retention start date (2026-08-21)"},
		"SB is kept for 60 days":             {"2026-09-24", "2026-09-26", config("SPONSORED_BRANDS", "sbCampaigns", "campaign", "date clicks", "DAILY"), "startDate (2026-09-24) must be equal to or after report type data retention start date (2026-09-25)"},
		"campaignId of an ad group":          {"2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "adGroup", "date campaignId", "DAILY"), "configuration columns includes invalid values: (campaignId)"},
		"wrong filter":                       {"2026-11-01", "2026-11-20", strings.Replace(config("SPONSORED_PRODUCTS", "spAdvertisedProduct", "advertiser", "date adId", "DAILY"), `"timeUnit"`, `"filters":[{"field":"campaignStatus","values":["ENABLED"]}],"timeUnit"`, 1), "configuration filters includes fields: (campaignStatus) which are invalid for groupBys: advertiser. Allowed filters for groupBy advertiser: (field: adCreativeStatus, values: ENABLED, PAUSED, ARCHIVED)"},
		"share with placements":              {"2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign campaignPlacement", "date topOfSearchImpressionShare", "DAILY"), "configuration columns includes invalid values: (topOfSearchImpressionShare)"},
	} {
		a := w.create(x.from, x.to, x.conf)
		if a.status != 400 || text(a.body, "code") != "400" || !strings.HasPrefix(text(a.body, "detail"), x.want) {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	if a := w.on(9).create("2026-11-01", "2026-11-20", config("SPONSORED_BRANDS", "sbCampaigns", "campaign", "date clicks", "DAILY")); a.status != 400 || text(a.body, "detail") != "KDP authors do not have access to Sponsored Brands functionality" {
		t.Errorf("author: %d %s", a.status, a.text)
	}
	if a := w.create("2026-10-24", "2026-11-24", good); a.status != 200 {
		t.Errorf("31 days between: %d %s", a.status, a.text)
	}
}

func TestReportsEndInEveryWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	w.call("POST", "/_sim/reports", `{"polls":1,"fates":["failed","no_url","cancelled","stuck"]}`)
	make1 := func(columns string) string {
		a := w.create("2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", columns, "DAILY"))
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.text)
		}
		return text(a.body, "reportId")
	}
	failed, none, cancelled, stuck := make1("date clicks"), make1("date cost"), make1("date impressions"), make1("date spend")
	if a := w.finish(failed); text(a.body, "status") != "FAILED" || text(a.body, "failureReason") == "" {
		t.Error(a.text)
	}
	if a := w.finish(none); text(a.body, "status") != "COMPLETED" || a.body["url"] != nil {
		t.Error(a.text)
	}
	if a := w.finish(cancelled); text(a.body, "status") != "CANCELLED" {
		t.Error(a.text)
	}
	w.sim.Advance(24 * time.Hour) // trap 32
	if a := w.call("GET", "/reporting/reports/"+stuck, "", "Authorization", "Bearer "+w.sim.Grant().Access); text(a.body, "status") != "PENDING" {
		t.Error(a.text)
	}
	w.token = w.sim.Grant().Access
	if a := w.create("2026-11-01", "2026-11-20", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date spend", "DAILY")); a.status != 425 {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := w.call("DELETE", "/reporting/reports/"+stuck, ""); a.status != 200 {
		t.Error(a.text)
	}
	make1("date spend")
}

func TestTrap6_PastDaysGrow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Seed: 2})
	total := func() *big.Rat {
		sum := new(big.Rat)
		rows := w.report("2026-11-10", "2026-11-23", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date campaignId purchases14d", "DAILY"))
		for _, r := range rows {
			plus(sum, text(r, "purchases14d"))
		}
		return sum
	}
	before := total()
	w.sim.Advance(20 * 24 * time.Hour)
	w.token = w.sim.Grant().Access
	if after := total(); after.Cmp(before) <= 0 {
		t.Errorf("orders of past days: %s, then %s", before, after)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		sim.New(sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true, Now: tuesday})
	}
}

func TestTrap18And19_TargetsAndSearchTerms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Seed: 5})
	rows := w.report("2026-10-25", "2026-11-24", config("SPONSORED_PRODUCTS", "spTargeting", "targeting", "date keywordId matchType targeting", "DAILY"))
	kinds := map[string]bool{}
	for _, r := range rows {
		kinds[text(r, "matchType")] = true
		if text(r, "matchType") == "TARGETING_EXPRESSION_PREDEFINED" && !slices.Contains([]string{"close-match", "loose-match", "substitutes", "complements"}, text(r, "targeting")) {
			t.Errorf("%v", r)
		}
	}
	if !kinds["PHRASE"] || !kinds["TARGETING_EXPRESSION"] {
		t.Errorf("%v", kinds)
	}
	sum := func(rows []map[string]any) *big.Rat {
		total := new(big.Rat)
		for _, r := range rows {
			plus(total, text(r, "impressions"))
		}
		return total
	}
	terms := w.report("2026-10-25", "2026-11-24", config("SPONSORED_PRODUCTS", "spSearchTerm", "searchTerm", "date searchTerm clicks impressions", "DAILY"))
	for _, r := range terms {
		if text(r, "clicks") == "0" {
			t.Errorf("a term without a click: %v", r)
		}
	}
	all := w.report("2026-10-25", "2026-11-24", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date impressions", "DAILY"))
	if sum(terms).Cmp(sum(all)) >= 0 || len(terms) == 0 {
		t.Errorf("terms have %s impressions of %s", sum(terms), sum(all))
	}
}
