package sim_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/providers/meta/sim"
)

const acme = `{"account":{"name":"Acme, \"loaded\"","currency":"EUR","time_zone":"Europe/Berlin"},"campaigns":[
 {"name":"C1","status":"active","objective":"leads","start":"2026-11-01","end":"2026-12-31","daily_budget":"12.50","groups":[
  {"name":"G1","status":"active","ads":[{"name":"A1","status":"paused","headline":"Head","text":"Body","url":"https://a.example/x",
    "facts":[{"date":"2026-11-01","impressions":1000,"clicks":10,"cost":"12.34","conversions":"2","conversion_value":"40.00"}]}]}]},
 {"name":"C2","status":"paused","objective":"sales","start":"","end":"","daily_budget":"","groups":[]}]}`

func (w *world) control(method, path, body string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+"/_sim/"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.send(req)
}

func TestAnAccountIsLoaded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	got := w.control(http.MethodPost, "load", acme)
	if got.status != 200 {
		t.Fatalf("load: %d %s", got.status, got.text)
	}
	org := text(got.body, "org")
	c := got.body["campaigns"].([]any)[0].(map[string]any)
	g := c["groups"].([]any)[0].(map[string]any)
	ad := text(g["ads"].([]any)[0], "id")
	all, _ := w.walk("me/adaccounts", "fields", "account_id,name,currency,timezone_name")
	found := false
	for _, a := range all {
		found = found || text(a, "account_id") == org && text(a, "name") == `Acme, "loaded"` && text(a, "timezone_name") == "Europe/Berlin"
	}
	if !found {
		t.Errorf("the account is not listed: %v", all)
	}
	camp := w.ok(text(c, "id"), "fields", "name,objective,daily_budget,lifetime_budget,status,start_time,stop_time,bid_strategy,buying_type")
	want := map[string]string{"name": "C1", "objective": "OUTCOME_LEADS", "daily_budget": "1250", "lifetime_budget": "0", "status": "ACTIVE",
		"start_time": "2026-11-01T00:00:00+0100", "stop_time": "2026-12-31T23:59:59+0100", "bid_strategy": "LOWEST_COST_WITHOUT_CAP", "buying_type": "AUCTION"}
	for k, v := range want {
		if text(camp, k) != v {
			t.Errorf("%s = %q, want %q", k, text(camp, k), v)
		}
	}
	node := w.ok(ad, "fields", "status,effective_status,adset{optimization_goal,promoted_object,campaign{name}},creative{title,body,link_url,object_story_spec}")
	if text(node, "effective_status") != "PAUSED" || text(node, "creative", "title") != "Head" || text(node, "creative", "link_url") != "https://a.example/x" || text(node, "adset", "optimization_goal") != "LEAD_GENERATION" {
		t.Errorf("%v", node)
	}
	rows := w.data("act_"+org+"/insights", "level", "ad", "fields", "impressions,clicks,spend,actions,action_values,ad_id", "time_range", `{"since":"2026-11-01","until":"2026-11-02"}`)
	if len(rows) != 1 || text(rows[0], "spend") != "12.34" || text(rows[0], "ad_id") != ad {
		t.Errorf("report: %v", rows)
	}
	ledger := w.control(http.MethodGet, "ledger?org="+org+"&from=2026-11-01&to=2026-12-01", "")
	scan := bufio.NewScanner(strings.NewReader(ledger.text))
	lines := 0
	for scan.Scan() {
		var line map[string]any
		if err := json.Unmarshal(scan.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		lines++
		if line["ad"] != ad || line["cost"] != "12.34" || line["campaign"] != text(c, "id") || line["group"] != text(g, "id") {
			t.Errorf("ledger: %v", line)
		}
	}
	if lines != 1 {
		t.Errorf("%d lines", lines)
	}
}

func TestBadLoadsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for name, body := range map[string]string{
		"unknown name": `{"account":{"name":"A","currency":"EUR","time_zone":"UTC","colour":"red"},"campaigns":[]}`,
		"currency":     `{"account":{"name":"A","currency":"XAU","time_zone":"UTC"},"campaigns":[]}`,
		"zone":         `{"account":{"name":"A","currency":"EUR","time_zone":"Mars/Olympus"},"campaigns":[]}`,
	} {
		if a := w.control(http.MethodPost, "load", body); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
}
