package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/google/sim"
)

func sum(table map[string]cell) (out cell) {
	for _, c := range table {
		out.add(c)
	}
	return out
}

func TestViews(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	group := func(r map[string]any) string { return str(r, "adGroup.id") }
	all := func(map[string]any) string { return "all" }
	channel := " AND campaign.advertising_channel_type = 'SEARCH'"
	search := w.report(first, "ad_group", "ad_group.id, segments.date", channel, group)
	same(t, "keywords of ad groups", w.report(first, "keyword_view", "ad_group_criterion.criterion_id, ad_group_criterion.keyword.text, ad_group.id, segments.date", "", group), search)
	same(t, "keyword segments", w.report(first, "ad_group_ad", "ad_group.id, segments.date, segments.keyword.info.text, segments.keyword.info.match_type", channel, group), search)
	total := w.truth(first, func(ledgerLine) string { return "all" })
	same(t, "where people were", w.report(first, "user_location_view", "user_location_view.country_criterion_id, segments.date", "", all), total)
	present := " AND geographic_view.location_type = 'LOCATION_OF_PRESENCE'"
	same(t, "presence", w.report(first, "geographic_view", "geographic_view.country_criterion_id, segments.date", present, all), total)
	byCampaign := func(r map[string]any) string { return str(r, "campaign.id") }
	same(t, "presence by campaign", w.report(first, "geographic_view", "geographic_view.country_criterion_id, campaign.id, segments.date", present, byCampaign),
		w.report(first, "campaign", "campaign.id, segments.date", "", byCampaign))
	both := sum(w.report(first, "geographic_view", "geographic_view.country_criterion_id, geographic_view.location_type, segments.date", "", all))
	if both.impressions <= total["all"].impressions {
		t.Errorf("Trap 10: geographic_view counts %d impressions, the account %d", both.impressions, total["all"].impressions)
	}
	var unPMax cell
	for k, c := range w.report(first, "ad_group", "ad_group.id, segments.date", "", group) {
		if k != "" {
			unPMax.add(c)
		}
	}
	for view, field := range map[string]string{"age_range_view": "ad_group_criterion.age_range.type", "gender_view": "ad_group_criterion.gender.type"} {
		got := sum(w.report(first, view, field+", ad_group.id, segments.date", "", all))
		if got.impressions >= unPMax.impressions || got.impressions < unPMax.impressions*85/100 || got.cost >= unPMax.cost {
			t.Errorf("%s: %+v of %+v", view, got, unPMax)
		}
	}
	terms := sum(w.report(first, "search_term_view", "search_term_view.search_term, segments.date", "", all))
	if s := sum(search); terms.clicks >= s.clicks || terms.clicks < s.clicks/2 {
		t.Errorf("search terms: %+v of %+v", terms, s)
	}
	pages := sum(w.report(first, "landing_page_view", "landing_page_view.unexpanded_final_url, segments.date", "", all))
	if pages != unPMax {
		t.Errorf("landing pages: %+v of %+v", pages, unPMax)
	}
}

func TestTrap07_ConversionsByAction(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	a := w.search(first, "SELECT segments.conversion_action, metrics.conversions, metrics.cost_micros FROM campaign WHERE segments.date DURING LAST_30_DAYS")
	w.refused(a, 400, "queryError.PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE")
	where := " FROM customer WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-23'"
	total := w.rows(first, "SELECT metrics.conversions, metrics.conversions_value, metrics.all_conversions, metrics.all_conversions_value"+where)[0]
	got := map[string]int64{}
	names := map[string]bool{}
	for _, r := range w.rows(first, "SELECT segments.conversion_action, segments.conversion_action_name, segments.conversion_action_category, metrics.conversions, metrics.conversions_value, metrics.all_conversions, metrics.all_conversions_value"+where) {
		names[str(r, "segments.conversionActionName")] = true
		for _, m := range []string{"conversions", "conversionsValue", "allConversions", "allConversionsValue"} {
			got[m] += micros(t, str(r, "metrics."+m))
		}
		if str(r, "segments.conversionActionCategory") == "SIGNUP" && str(r, "metrics.conversions") != "0" {
			t.Errorf("a secondary action counts: %v", r)
		}
	}
	for m, v := range got {
		if want := micros(t, str(total, "metrics."+m)); want != v || v == 0 {
			t.Errorf("%s by action %d, whole %d", m, v, want)
		}
	}
	if len(names) != 5 || got["allConversions"] <= got["conversions"] {
		t.Errorf("%v %v", names, got)
	}
}

func TestTrap09_PerformanceMaxIsInNoAdGroup(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	is := " AND campaign.advertising_channel_type = 'PERFORMANCE_MAX'"
	by := func(r map[string]any) string { return str(r, "campaign.id") }
	if rows := w.report(first, "ad_group", "campaign.id, segments.date", is, by); len(rows) != 0 {
		t.Errorf("ad groups: %v", rows)
	}
	camps := w.report(first, "campaign", "campaign.id, segments.date", is, by)
	same(t, "asset groups", w.report(first, "asset_group", "asset_group.id, campaign.id, segments.date", is, by), camps)
}

func TestTrap08_ConversionsKeepComing(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	all := func(map[string]any) string { return "all" }
	before := w.report(first, "customer", "segments.date", " AND segments.date = '2026-11-23'", all)["all"]
	today := w.rows(first, "SELECT metrics.impressions, segments.hour FROM customer WHERE segments.date = '2026-11-24'")
	for _, r := range today {
		var h int
		if fmt.Sscan(str(r, "segments.hour"), &h); h > 10 { // 10:30 in Berlin
			t.Errorf("hour %d has not begun: %v", h, r)
		}
	}
	w.sim.Advance(40 * 24 * time.Hour)
	w.token = w.sim.Grant().Access
	after := w.report(first, "customer", "segments.date", " AND segments.date = '2026-11-23'", all)["all"]
	if after.conversions <= before.conversions || after.clicks > before.clicks || after.cost > before.cost || after.impressions != before.impressions {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

func TestHoursOfADayThatClocksChange(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	for day, missing := range map[string]string{"2026-03-29": "2", "2026-10-25": ""} { // Berlin
		whole := w.rows(first, "SELECT metrics.impressions FROM customer WHERE segments.date = '"+day+"'")[0]
		n := int64(0)
		for _, r := range w.rows(first, "SELECT metrics.impressions, segments.hour FROM customer WHERE segments.date = '"+day+"'") {
			var v int64
			fmt.Sscan(str(r, "metrics.impressions"), &v)
			if n += v; str(r, "segments.hour") == missing {
				t.Errorf("%s has an hour %s", day, missing)
			}
		}
		if str(whole, "metrics.impressions") != fmt.Sprint(n) || n == 0 {
			t.Errorf("%s: hours %d, day %v", day, n, whole)
		}
	}
}

func TestStatusesOfEveryKind(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1, Size: "medium"})
	for resource, want := range map[string]string{
		"campaign":    "ELIGIBLE PAUSED REMOVED ENDED PENDING LIMITED",
		"ad_group":    "ELIGIBLE PAUSED REMOVED NOT_ELIGIBLE",
		"ad_group_ad": "ELIGIBLE PAUSED REMOVED NOT_ELIGIBLE PENDING LIMITED",
		"asset_group": "ELIGIBLE PAUSED REMOVED NOT_ELIGIBLE",
	} {
		seen := map[string]bool{}
		for _, org := range []string{first, "4210000002", "4210000003", direct} {
			for _, r := range w.rows(org, "SELECT "+resource+".primary_status, "+resource+".status FROM "+resource) {
				for _, v := range r {
					seen[str(v.(map[string]any), "primaryStatus")] = true
				}
			}
		}
		for s := range strings.FieldsSeq(want) {
			if !seen[s] {
				t.Errorf("no %s is %s: %v", resource, s, seen)
			}
		}
	}
	rows := w.rows(first, "SELECT ad_group_ad.status, campaign.status FROM ad_group_ad WHERE ad_group_ad.status = 'ENABLED' AND campaign.status = 'REMOVED'")
	if len(rows) == 0 {
		t.Error("Trap 16: no enabled ad in a removed campaign")
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	w.login = ""
	const body = `{"account":{"name":"Acme's","currency":"EUR","time_zone":"Europe/Berlin"},"campaigns":[
	 {"name":"C1","status":"active","objective":"traffic","start":"2026-11-01","end":"2026-12-31","daily_budget":"12.50","groups":[{"name":"G1","status":"active","ads":[
	  {"name":"A1","status":"active","headline":"Hello","text":"World","url":"https://a.example/x","facts":[
	   {"date":"2026-11-01","impressions":1000,"clicks":10,"cost":"12.34","conversions":"2","conversion_value":"40.00"},
	   {"date":"2026-11-24","impressions":7,"clicks":0,"cost":"0.01","conversions":"0.25"}]},
	  {"name":"A2","status":"paused","headline":"Bye","text":"","url":"https://a.example/y","facts":[]}]}]},
	 {"name":"C2","status":"paused","objective":"leads","groups":[{"name":"G1","status":"paused","ads":[{"name":"A3","status":"active","headline":"L","text":"T","url":"https://a.example","facts":[{"date":"2026-11-01","impressions":5,"clicks":1,"cost":"1","conversions":"1"}]}]}]},
	 {"name":"C3","status":"active","objective":"awareness","groups":[{"name":"G1","status":"active","ads":[{"name":"A4","status":"active","headline":"L","text":"T","url":"https://a.example","facts":[]}]}]}]}`
	a := w.do("POST", "/_sim/load", body)
	org, _ := a.body["org"].(string)
	if a.status != 200 || org == "" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	var got []string
	for _, r := range w.rows(org, "SELECT campaign.name, campaign.status, campaign.primary_status, campaign.advertising_channel_type, campaign.bidding_strategy_type, campaign.start_date_time, campaign.end_date_time, campaign_budget.amount_micros, customer.descriptive_name FROM campaign ORDER BY campaign.id") {
		got = append(got, strings.Join([]string{str(r, "campaign.name"), str(r, "campaign.status"), str(r, "campaign.primaryStatus"), str(r, "campaign.advertisingChannelType"), str(r, "campaign.biddingStrategyType"), str(r, "campaign.startDateTime"), str(r, "campaign.endDateTime"), str(r, "campaignBudget.amountMicros")}, "|"))
	}
	want := "C1|ENABLED|ELIGIBLE|SEARCH|TARGET_SPEND|2026-11-01 00:00:00|2026-12-31 23:59:59|12500000\n" +
		"C2|PAUSED|PAUSED|SEARCH|MAXIMIZE_CONVERSIONS|2026-11-01 00:00:00||\nC3|ENABLED|ELIGIBLE|DISPLAY|TARGET_CPM|2026-11-24 00:00:00||"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
	lines := w.ledger(org, "2026-11-01", "2026-12-01")
	ads := a.body["campaigns"].([]any)[0].(map[string]any)["groups"].([]any)[0].(map[string]any)
	if len(lines) != 3 || lines[0].Ad != str(ads["ads"].([]any)[0].(map[string]any), "id") || lines[0].Group != str(ads, "id") || lines[0].Cost != "12.34" || lines[2].Conversions != "0.25" {
		t.Errorf("%+v", lines)
	}
	rows := w.rows(org, "SELECT ad_group_ad.ad.id, ad_group_ad.ad.responsive_search_ad.headlines, segments.date, segments.device, "+kpis+" FROM ad_group_ad WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-30' AND campaign.name = 'C1'")
	var c cell
	for _, r := range rows {
		c.add(w.counted(r))
	}
	if c != (cell{1007, 10, 12_350_000, 2_250_000, 40_000_000}) {
		t.Errorf("%+v", c)
	}
	leads := w.rows(org, "SELECT segments.conversion_action_category, metrics.conversions, metrics.all_conversions FROM campaign WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-30' AND campaign.name = 'C2'")
	if len(leads) != 1 || str(leads[0], "segments.conversionActionCategory") != "SUBMIT_LEAD_FORM" || str(leads[0], "metrics.conversions") != "1" || str(leads[0], "metrics.allConversions") != "1" {
		t.Errorf("%v", leads)
	}
	for _, bad := range []string{
		`{"foo":1}`, `{"account":{"name":"x","currency":"EUR","zone":"UTC"}}`, `{"account":{"name":"x","currency":"eur"}}`, `{"account":{"name":"x","currency":"EUR","time_zone":"Mars"}}`,
		`{"account":{"name":"x","currency":"EUR"},"campaigns":[{"name":"c","status":"on","objective":"traffic"}]}`,
		`{"account":{"name":"x","currency":"EUR"},"campaigns":[{"name":"c","status":"active","objective":"traffic"},{"name":"c","status":"active","objective":"traffic"}]}`,
		strings.Replace(body, `"12.34"`, `"12.345"`, 1), strings.Replace(body, `"clicks":10`, `"clicks":1001`, 1), strings.Replace(body, "2026-11-24", "2026-11-01", 1),
	} {
		if a := w.do("POST", "/_sim/load", bad); a.status != 400 {
			t.Errorf("taken: %s", bad)
		}
	}
	if n := len(w.sim.Accounts()); n != 11 {
		t.Errorf("%d accounts: a refused load left something", n)
	}
}
