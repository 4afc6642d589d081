package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/providers/meta/sim"
)

const ledgerFields = "impressions,clicks,spend,objective,actions,action_values"

// TestInsightsEqualLedger: at every level and step of time, of every currency
// and set of views, rows add up to the ledger exactly.
func TestInsightsEqualLedger(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	const since, until, end = "2026-10-28", "2026-11-24", "2026-11-25"
	for i := range 4 {
		want := sumLedger(d.ledger(i, since, end))
		if want["spend"] == nil || want["conversions"] == nil || want["value"] == nil {
			t.Fatalf("account %d: an empty ledger proves nothing", i)
		}
		for level, steps := range map[string][]string{"campaign": {"1", "monthly"}, "adset": {"7"}, "ad": {"1", "all_days"}} {
			for _, step := range steps {
				rows := d.all(d.node(i)+"/insights", "level", level, "time_increment", step, "fields", ledgerFields,
					"time_range", ranged(since, until), "limit", "500", "filtering", everything(level))
				d.sameTotals(fmt.Sprint(i, level, step), sumRows(rows), want, "impressions", "clicks", "spend", "conversions", "value")
			}
		}
		rows := d.all(d.node(i)+"/insights", "time_increment", "1", "fields", "impressions,clicks,spend", "time_range", ranged(since, until))
		d.sameTotals(fmt.Sprint(i, "account"), sumRows(rows), want, "impressions", "clicks", "spend")
	}
}

// TestInsightsRowsEqualLedgerByAdAndDay compares row by row.
func TestInsightsRowsEqualLedgerByAdAndDay(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 4})
	want := map[string]ledgerLine{}
	for _, l := range d.ledger(1, "2026-11-10", "2026-11-20") {
		want[l.Ad+l.Date] = l
	}
	rows := d.all(d.node(1)+"/insights", "level", "ad", "time_increment", "1", "fields", "ad_id,adset_id,campaign_id,"+ledgerFields,
		"time_range", ranged("2026-11-10", "2026-11-19"), "limit", "33", "filtering", everything("ad"))
	if len(rows) != len(want) || len(rows) < 50 {
		t.Fatalf("%d rows, the ledger has %d", len(rows), len(want))
	}
	for _, r := range rows {
		l, ok := want[fmt.Sprint(r["ad_id"], r["date_start"])]
		if !ok || r["adset_id"] != l.Group || r["campaign_id"] != l.Campaign || r["date_stop"] != r["date_start"] {
			t.Fatalf("row %v is not in the ledger (%v)", r, l)
		}
		d.sameTotals(l.Ad+" "+l.Date, sumRows([]map[string]any{r}), sumLedger([]ledgerLine{l}), "impressions", "clicks", "spend", "conversions", "value")
	}
}

// TestInsightsSplitsAddUp: every combination of breakdowns adds up to the whole.
func TestInsightsSplitsAddUp(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 5})
	const since, until, end = "2026-11-03", "2026-11-10", "2026-11-11"
	want := sumLedger(d.ledger(0, since, end))
	for _, b := range []string{
		`["age"]`, `["gender"]`, `["age","gender"]`, `["gender","age"]`, `["country"]`, `["publisher_platform"]`, `["product_id"]`,
		`["publisher_platform","platform_position"]`, `["publisher_platform","impression_device"]`,
		`["impression_device","platform_position","publisher_platform"]`, `["device_platform"]`, `["comscore_market"]`,
	} {
		rows := d.all(d.node(0)+"/insights", "level", "campaign", "fields", ledgerFields, "breakdowns", b,
			"time_range", ranged(since, until), "limit", "200", "filtering", everything("campaign"))
		d.sameTotals(b, sumRows(rows), want, "impressions", "clicks", "spend", "conversions", "value")
	}
	for _, b := range []string{`["region"]`, `["hourly_stats_aggregated_by_advertiser_time_zone"]`, `["hourly_stats_aggregated_by_audience_time_zone"]`} {
		rows := d.all(d.node(0)+"/insights", "fields", "impressions,clicks,spend,actions", "breakdowns", b,
			"time_range", ranged(since, until), "limit", "200", "time_increment", "1")
		d.sameTotals(b, sumRows(rows), want, "impressions", "clicks", "spend")
		for _, r := range rows {
			for kind := range entries(r, "actions", "value") {
				if kind == "omni_purchase" || kind == "purchase" || kind == "lead" {
					t.Fatalf("%s carries %s, which happened off Meta", b, kind)
				}
			}
		}
	}
	for _, b := range []string{"image_asset", "title_asset", "link_url_asset"} {
		rows := d.all(d.node(0)+"/insights", "level", "ad", "fields", "impressions,clicks,spend,actions", "breakdowns", b,
			"time_range", ranged(since, until), "limit", "20", "filtering", everything("ad"))
		d.sameTotals(b, sumRows(rows), want, "impressions", "clicks", "spend")
		if o, ok := rows[0][b].(map[string]any); !ok || o["id"] == nil {
			t.Errorf("%s is %v, not an object", b, rows[0][b])
		}
	}
}

// TestInsightsSplitsAgree: a single column equals the joint one, summed.
func TestInsightsSplitsAgree(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 5})
	by := func(breakdowns string, columns ...string) map[string]totals {
		out := map[string]totals{}
		for _, r := range d.all(d.node(0)+"/insights", "fields", "impressions,spend", "breakdowns", breakdowns, "date_preset", "last_14d", "limit", "500") {
			key := ""
			for _, c := range columns {
				key += fmt.Sprint(r[c], "|")
			}
			if out[key] == nil {
				out[key] = totals{}
			}
			out[key].add("impressions", r["impressions"].(string))
			out[key].add("spend", r["spend"].(string))
		}
		return out
	}
	for _, c := range []struct{ one, joint, column string }{
		{"age", "age,gender", "age"}, {"gender", "age,gender", "gender"},
		{"publisher_platform", "publisher_platform,platform_position", "publisher_platform"},
		{"publisher_platform", "publisher_platform,impression_device", "publisher_platform"},
	} {
		one, joint := by(c.one, c.column), by(c.joint, c.column)
		if len(one) < 2 || len(one) != len(joint) {
			t.Errorf("%s has %d values, %s %d", c.one, len(one), c.joint, len(joint))
		}
		for k := range one {
			d.sameTotals(c.joint+" "+k, joint[k], one[k], "impressions", "spend")
		}
	}
	three := by("publisher_platform,platform_position,impression_device", "publisher_platform", "impression_device")
	for k, v := range by("publisher_platform,impression_device", "publisher_platform", "impression_device") {
		d.sameTotals("device "+k, three[k], v, "impressions", "spend")
	}
}

// TestInsightsActionBreakdownsAddUp: actions by device add up to the actions.
func TestInsightsActionBreakdownsAddUp(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 5})
	sum := func(kv ...string) map[string]totals {
		out := map[string]totals{}
		for _, r := range d.all(d.node(0)+"/insights", append(kv, "fields", "impressions,actions", "date_preset", "last_7d", "limit", "500")...) {
			list, _ := r["actions"].([]any)
			for _, x := range list {
				m := x.(map[string]any)
				kind := m["action_type"].(string)
				if out[kind] == nil {
					out[kind] = totals{}
				}
				out[kind].add("value", m["value"].(string))
			}
		}
		return out
	}
	whole := sum()
	for _, b := range []string{`["action_type","action_device"]`, `["action_reaction"]`, `["action_carousel_card_id"]`,
		`["action_carousel_card_id","action_carousel_card_name"]`, `["action_type","action_target_id","action_destination"]`} {
		parts := sum("action_breakdowns", b)
		if len(parts) != len(whole) {
			t.Errorf("%s shows %d action types, without it there are %d", b, len(parts), len(whole))
		}
		for kind := range whole {
			d.sameTotals(b+kind, parts[kind], whole[kind], "value")
		}
	}
	joined := sum("action_breakdowns", "action_device", "breakdowns", "publisher_platform,impression_device")
	for kind := range whole {
		d.sameTotals("joined "+kind, joined[kind], whole[kind], "value")
	}
}

// TestInsightsOfALoadedAccount: what was loaded is what is reported.
func TestInsightsOfALoadedAccount(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	for _, objective := range []string{"traffic", "awareness", "leads", "sales"} {
		body := fmt.Sprintf(`{"account":{"name":"Acme","currency":"EUR","time_zone":"Europe/Berlin"},"campaigns":[{"name":"C1","status":"active","objective":%q,
			"groups":[{"name":"G1","status":"paused","ads":[{"name":"A1","status":"active","headline":"H","text":"T","url":"https://shop.example/",
			"facts":[{"date":"2026-11-01","impressions":1000,"clicks":10,"cost":"12.34","conversions":"2","conversion_value":"40.01"},
			{"date":"2026-11-02","impressions":1}]}]}]}]}`, objective)
		resp, err := http.Post(d.url+"/_sim/load", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var in struct{ Org string }
		err = json.NewDecoder(resp.Body).Decode(&in)
		_ = resp.Body.Close()
		if err != nil || in.Org == "" {
			t.Fatal(resp.Status, err)
		}
		rows := d.all("act_"+in.Org+"/insights", "level", "ad", "time_increment", "1", "fields", ledgerFields, "time_range", ranged("2026-10-01", "2026-11-20"))
		if len(rows) != 2 {
			t.Fatalf("%s: %d rows", objective, len(rows))
		}
		got := sumRows(rows)
		for name, want := range map[string]string{"impressions": "1001", "clicks": "10", "spend": "12.34", "conversions": "2", "value": "40.01"} {
			if got[name].Cmp(rat(want)) != 0 {
				t.Errorf("%s: %s is %s, loaded were %s", objective, name, got.text(name), want)
			}
		}
	}
}
