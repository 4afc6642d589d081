package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/microsoft/sim"
)

func TestReportsOfEveryLevelAddUpToTheLedger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for i := range 4 {
		w := w.on(i)
		const from, to, until = "2026-10-20", "2026-11-23", "2026-11-24"
		all := append([]string{"TimePeriod", "AccountId", "CurrencyCode"}, kpis...)
		rows := w.rows(w.request("Account", "Daily", from, to, all...))
		sameSums(t, "account", w.sumRows(rows, func(r map[string]string) string { return r["TimePeriod"] }),
			w.ledger(from, until, func(l map[string]any) string { return text(l, "date") }))
		for _, r := range rows {
			if r["CurrencyCode"] != w.acc.Currency {
				t.Fatalf("%v", r)
			}
		}
		rows = w.rows(w.request("Campaign", "Daily", from, to, append([]string{"CampaignId", "CampaignName"}, all...)...))
		sameSums(t, "campaign", w.sumRows(rows, func(r map[string]string) string { return r["CampaignId"] + " " + r["TimePeriod"] }),
			w.ledger(from, until, func(l map[string]any) string { return text(l, "campaign") + " " + text(l, "date") }))
		groups := w.rows(w.request("AdGroup", "Daily", from, to, append([]string{"AdGroupId"}, all...)...))
		ads := w.rows(w.request("Ad", "Daily", from, to, append([]string{"AdId"}, all...)...))
		pmax := w.ledger(from, until, func(l map[string]any) string {
			if text(l, "group") == text(l, "ad") {
				return text(l, "group")
			}
			return ""
		})
		delete(pmax, "")
		sameSums(t, "ad group", w.sumRows(groups, func(r map[string]string) string { return r["AdGroupId"] }), without(pmax,
			w.ledger(from, until, func(l map[string]any) string { return text(l, "group") })))
		sameSums(t, "ad", w.sumRows(ads, func(r map[string]string) string { return r["AdId"] }), without(pmax,
			w.ledger(from, until, func(l map[string]any) string { return text(l, "ad") })))
		if len(pmax) == 0 {
			continue
		}
		assets := w.rows(w.request("AssetGroup", "Daily", from, to, "TimePeriod", "AssetGroupId", "Impressions", "Clicks", "Spend", "Conversions", "Revenue"))
		for k, v := range w.sumRows(assets, func(r map[string]string) string { return r["AssetGroupId"] }) {
			if pmax[k] == nil || v[2].Cmp(pmax[k][2]) != 0 || v[0].Cmp(pmax[k][0]) != 0 {
				t.Errorf("asset group %s: %v, the ledger says %v", k, v, pmax[k])
			}
		}
	}
}

func without(gone, from map[string]*sums) map[string]*sums {
	for k := range gone {
		delete(from, k)
	}
	return from
}

func TestSplitsAddUpToTheWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Reports: sim.ReportOptions{WholeSplits: true}})
	const from, to = "2026-11-16", "2026-11-22"
	want := w.ledger(from, "2026-11-23", func(l map[string]any) string { return text(l, "campaign") })
	for _, c := range [][]string{
		{"Campaign", "DeviceType"}, {"Campaign", "DeviceType", "DeviceOS"}, {"Campaign", "Network"}, {"Campaign", "TopVsOther", "DeviceType"},
		{"Campaign", "BidMatchType", "DeliveredMatchType"}, {"Geographic", "Country"}, {"Geographic", "Country", "City", "DeviceType"},
		{"UserLocation", "Country"},
	} {
		columns := append(append([]string{"TimePeriod", "CampaignId"}, c[1:]...), kpis...)
		rows := w.rows(w.request(c[0], "Daily", from, to, columns...))
		if len(rows) < 20 {
			t.Errorf("%v: %d rows", c, len(rows))
		}
		seen := map[string]bool{}
		for _, r := range rows {
			k := r["TimePeriod"] + r["CampaignId"]
			for _, name := range c[1:] {
				k += "|" + r[name]
			}
			if seen[k] {
				t.Fatalf("%v: %s is there twice", c, k)
			}
			seen[k] = true
		}
		sameSums(t, strings.Join(c, " "), w.sumRows(rows, func(r map[string]string) string { return r["CampaignId"] }), want)
	}
	// The account's own rows are cut as its campaigns' are.
	byNetwork := func(r map[string]string) string { return r["Network"] + r["DeviceType"] }
	sameSums(t, "network over levels",
		w.sumRows(w.rows(w.request("Account", "Daily", from, to, append([]string{"TimePeriod", "AccountId", "Network", "DeviceType"}, kpis...)...)), byNetwork),
		w.sumRows(w.rows(w.request("Campaign", "Daily", from, to, append([]string{"TimePeriod", "CampaignId", "Network", "DeviceType"}, kpis...)...)), byNetwork))
	age := strings.Replace(w.request("AgeGender", "Daily", from, to, append([]string{"TimePeriod", "CampaignId", "AgeGroup", "Gender"}, kpis...)...),
		"AgeGenderPerformanceReportRequest", "AgeGenderAudienceReportRequest", 1)
	sameSums(t, "age and gender", w.sumRows(w.rows(age), func(r map[string]string) string { return r["CampaignId"] }), want)
}

func TestSomeReportsCoverNotAllTraffic(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	total := func(rows []map[string]string) *sums {
		return w.sumRows(rows, func(map[string]string) string { return "" })[""]
	}
	whole := total(w.rows(w.request("Account", "Daily", "2026-11-16", "2026-11-22", append([]string{"TimePeriod", "AccountId"}, kpis...)...)))
	part := total(w.rows(w.request("Geographic", "Daily", "2026-11-16", "2026-11-22", append([]string{"TimePeriod", "Country"}, kpis...)...)))
	if part[0].Cmp(whole[0]) >= 0 || part[0].Sign() <= 0 {
		t.Errorf("geographic %v of %v", part, whole)
	}
}

func TestTimeIsCutAsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	day := func(agg, from, to string) map[string]*sums {
		return w.sumRows(w.rows(w.request("Account", agg, from, to, append([]string{"TimePeriod", "AccountId"}, kpis...)...)),
			func(r map[string]string) string { return r["TimePeriod"] })
	}
	hours := day("Hourly", "2026-11-18", "2026-11-18")
	if hours["2026-11-18|7"] == nil || hours["2026-11-18|07"] != nil || len(hours) > 24 {
		t.Errorf("hours: %v", hours)
	}
	sum := newSums()
	for _, h := range hours {
		for i := range sum {
			sum[i].Add(sum[i], h[i])
		}
	}
	if got := day("Daily", "2026-11-18", "2026-11-18")["2026-11-18"]; got.String() != sum.String() {
		t.Errorf("hours add up to %v, the day is %v", sum, got)
	}
	// Weeks begin on Sunday, and a part of one is widened to the whole.
	weeks := day("Weekly", "2026-11-11", "2026-11-17")
	if len(weeks) != 2 || weeks["2026-11-08"] == nil || weeks["2026-11-15"] == nil {
		t.Errorf("weeks: %v", weeks)
	}
	full := w.ledger("2026-11-08", "2026-11-15", func(map[string]any) string { return "" })[""]
	if weeks["2026-11-08"].String() != full.String() {
		t.Errorf("week %v, ledger %v", weeks["2026-11-08"], full)
	}
	months := day("Monthly", "2026-09-15", "2026-10-02")
	if len(months) != 2 || months["2026-09-01"] == nil {
		t.Errorf("months: %v", months)
	}
	if y := day("Yearly", "2026-03-01", "2026-04-01"); len(y) != 1 || y["2026"] == nil {
		t.Errorf("years: %v", y)
	}
	// Without the column the aggregation is ignored.
	rows := w.rows(w.request("Account", "Daily", "2026-11-11", "2026-11-17", "AccountId", "Impressions"))
	if len(rows) != 1 {
		t.Errorf("summary: %v", rows)
	}
	// Days end with the account's zone, and today grows.
	before := w.sumRows(w.rows(w.request("Account", "Daily", "2026-11-24", "2026-11-24", append([]string{"TimePeriod", "AccountId"}, kpis...)...)), func(map[string]string) string { return "" })[""]
	w.sim.Advance(3 * time.Hour)
	w.token = w.sim.Grant().Access
	after := w.sumRows(w.rows(w.request("Account", "Daily", "2026-11-24", "2026-11-24", append([]string{"TimePeriod", "AccountId"}, kpis...)...)), func(map[string]string) string { return "" })[""]
	if before[0].Cmp(after[0]) >= 0 {
		t.Errorf("today: %v, three hours later %v", before, after)
	}
}

func TestReportsChangeAfterwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	get := func() *sums {
		return w.sumRows(w.rows(w.request("Account", "Daily", "2026-11-23", "2026-11-23", append([]string{"TimePeriod", "AccountId"}, kpis...)...)), func(map[string]string) string { return "" })[""]
	}
	first := get()
	w.sim.Advance(20 * 24 * time.Hour)
	w.token = w.sim.Grant().Access
	later := get()
	if later[3].Cmp(first[3]) <= 0 || later[2].Cmp(first[2]) >= 0 || later[1].Cmp(first[1]) >= 0 {
		t.Errorf("conversions must have come and invalid clicks gone: %v, then %v", first, later)
	}
}
