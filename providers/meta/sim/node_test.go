package sim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

func TestAnAccountTellsItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	a := w.ok(accountID(w, 0), "fields", "account_id,account_status,disable_reason,amount_spent,balance,currency,timezone_name,timezone_offset_hours_utc,business{id},owner,user_tasks,age,min_daily_budget,spend_cap")
	for k, want := range map[string]string{"account_id": w.sim.Accounts()[0].ID, "account_status": "1", "disable_reason": "0", "currency": "EUR",
		"timezone_name": "Europe/Berlin", "timezone_offset_hours_utc": "1", "owner": "501000000000001", "spend_cap": "0"} {
		if text(a, k) != want {
			t.Errorf("%s = %q, want %q", k, text(a, k), want)
		}
	}
	if fmt.Sprint(a["user_tasks"]) != "[MANAGE ADVERTISE ANALYZE]" || text(a, "business", "id") == "" || len(text(a, "amount_spent")) < 3 {
		t.Errorf("%v", a)
	}
	off := w.ok(accountID(w, 4), "fields", "account_status,disable_reason,timezone_offset_hours_utc,user_tasks")
	if text(off, "account_status") != "2" || text(off, "disable_reason") != "1" || text(off, "timezone_offset_hours_utc") != "5.5" {
		t.Errorf("disabled: %v", off)
	}
	refused(t, w.do(http.MethodPost, accountID(w, 4)+"/campaigns", "name", "x"), 400, "100", "1885316")
	w.ok(accountID(w, 4) + "/campaigns")
	if b := w.data("me/businesses"); len(b) != 1 || text(b[0], "name") != "Acme Group" {
		t.Errorf("businesses: %v", b)
	}
	for _, edge := range []string{"owned_pages", "client_pages", "adspixels", "owned_product_catalogs", "owned_apps"} {
		if l := w.data("501000000000001/"+edge, "limit", "100"); len(l) == 0 || text(l[0], "name") == "" {
			t.Errorf("%s: %v", edge, l)
		}
	}
	if me := w.ok("me", "fields", "id,name,adaccounts.limit(2){name}"); len(elements(at(me, "adaccounts").(map[string]any))) != 2 {
		t.Errorf("me: %v", me)
	}
}

func TestAnAccountIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	if a := w.do(http.MethodPost, act, "name", "Renamed", "spend_cap", "900000"); a.status != 200 {
		t.Fatalf("%s", a.text)
	}
	if a := w.ok(act, "fields", "name,spend_cap"); text(a, "name") != "Renamed" || a["spend_cap"] != "900000" {
		t.Errorf("%v", a)
	}
	refused(t, w.do(http.MethodPost, act, "currency", "USD"), 400, "2615", "")
	for range 9 {
		w.do(http.MethodPost, act, "spend_cap_action", "reset")
	}
	refused(t, w.do(http.MethodPost, act, "spend_cap_action", "delete"), 400, "17", "1885172")
	w.sim.Advance(25 * time.Hour)
	if a := w.do(http.MethodPost, act, "spend_cap_action", "delete"); a.status != 200 {
		t.Errorf("a day later: %s", a.text)
	}
	id := w.create(act+"/customaudiences", "name", "Mine", "subtype", "CUSTOM", "customer_file_source", "USER_PROVIDED_ONLY")
	if n := w.ok(id, "fields", "name,subtype,time_created"); text(n, "name") != "Mine" || text(n, "time_created") == "" {
		t.Errorf("audience: %v", n)
	}
}

func TestAnAdSwapsItsCreative(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	ads := w.data(act+"/ads", "fields", "creative,adset_id", "limit", "2", "effective_status", `["ACTIVE"]`)
	ad, other := text(ads[0], "id"), text(ads[1], "creative", "id")
	if a := w.do(http.MethodPost, ad, "creative", `{"creative_id":"`+other+`"}`, "id", ad); a.status != 200 { // a client sends the id along
		t.Fatalf("%s", a.text)
	}
	n := w.ok(ad, "fields", "creative{id},effective_status")
	if text(n, "creative", "id") != other || text(n, "effective_status") != "PENDING_REVIEW" {
		t.Errorf("it goes back to review: %v", n)
	}
	refused(t, w.do(http.MethodPost, ad, "creative", `{"creative_id":"1"}`), 400, "100", "1487079")
	refused(t, w.do(http.MethodPost, ad, "adset_id", "1"), 400, "100", "")
	page := text(w.data(act + "/promote_pages")[0], "id")
	inline := w.create(act+"/ads", "name", "forbidden words", "adset_id", text(ads[0], "adset_id"), "status", "ACTIVE",
		"creative", `{"object_story_spec":{"page_id":"`+page+`","link_data":{"link":"https://a.example","message":"m","call_to_action":{"type":"LEARN_MORE"}}}}`)
	w.sim.Advance(2 * time.Minute)
	got := w.ok(inline, "fields", "effective_status,creative{body,call_to_action_type}")
	if text(got, "effective_status") != "DISAPPROVED" || text(got, "creative", "call_to_action_type") != "LEARN_MORE" {
		t.Errorf("%v", got)
	}
}

func TestARangeNarrowsAList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	refused(t, w.get(act+"/campaigns", "time_range", `{"since":"2023-01-01","until":"2023-01-02"}`), 400, "3018", "")
	refused(t, w.get(act+"/campaigns", "time_range", `{"since":"yesterday"}`), 400, "100", "")
	all := len(w.data(act+"/adsets", "limit", "100"))
	if n := len(w.data(act+"/adsets", "limit", "100", "time_range", `{"since":"2026-11-01","until":"2026-11-20"}`)); n == 0 || n > all {
		t.Errorf("%d of %d ran in November", n, all)
	}
	if n := len(w.data(act+"/adsets", "time_range", `{"since":"2024-11-01","until":"2024-11-20"}`)); n != 0 {
		t.Errorf("%d ran before they were made", n)
	}
}

func TestIssuesAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Size: "medium"})
	list, _ := w.walk(accountID(w, 0)+"/ads", "limit", "200", "fields", "issues_info,ad_review_feedback,effective_status", "effective_status", `["WITH_ISSUES","DISAPPROVED"]`)
	seen := map[string]bool{}
	for _, ad := range list {
		switch text(ad, "effective_status") {
		case "WITH_ISSUES":
			seen["issues"] = at(ad, "issues_info") != nil
		case "DISAPPROVED":
			seen["feedback"] = at(ad, "ad_review_feedback", "global") != nil
		}
	}
	if !seen["issues"] || !seen["feedback"] {
		t.Errorf("%v in %d ads", seen, len(list))
	}
}

func TestLeadsAreFilteredAndPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Size: "medium"})
	form := text(w.data("600000000000001/leadgen_forms")[0], "id")
	all, pages := w.walk(form+"/leads", "limit", "20")
	if len(all) == 0 {
		t.Fatal("the form has no leads")
	}
	since := fmt.Sprint(noon.AddDate(0, 0, -7).Unix())
	some, _ := w.walk(form+"/leads", "limit", "20", "filtering", `[{"field":"time_created","operator":"GREATER_THAN","value":`+since+`}]`)
	if pages < 2 || len(some) == 0 || len(some) >= len(all) || len(slices.Compact(slices.Sorted(slices.Values(ids(all))))) != len(all) {
		t.Errorf("%d of %d leads on %d pages", len(some), len(all), pages)
	}
	refused(t, w.get(form+"/leads", "filtering", `[{"field":"name","operator":"EQUAL","value":1}]`), 400, "100", "")
	refused(t, w.get(form+"/leads", "access_token", w.sim.Grant("ads_read").Access), 403, "200", "")
}

func TestTheControlMethods(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	w.sim.Register(sim.App{ClientID: w.sim.App().ClientID, ClientSecret: w.sim.App().ClientSecret, RedirectURI: "http://late.example/cb"})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v26.0/dialog/oauth?client_id="+w.sim.App().ClientID+"&redirect_uri=http://late.example/cb&scope=ads_read", nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := w.send(req); a.status != 200 {
		t.Errorf("a late redirect URI: %d", a.status)
	}
	w.prolong(w.token)
	if n := w.sim.OAuthCounts().Refreshes; n != 1 {
		t.Errorf("%d exchanges of a token were counted", n)
	}
	w.sim.OAuth(func(s *sim.OAuthSettings) { s.AccessTTLSeconds = 60 })
	short := w.sim.Grant()
	if short.Expires.Sub(w.sim.Now()) != time.Minute {
		t.Errorf("a token lives until %s", short.Expires)
	}
	w.sim.ResetCalls()
	w.get(accountID(w, 0) + "/campaigns")
	calls := w.sim.Calls()
	if len(calls) != 1 || calls[0].Operation != "GET {id}/campaigns" || calls[0].Version != "v26.0" || strings.Contains(calls[0].Query, w.token) {
		t.Errorf("%+v", calls)
	}
	if err := w.sim.EndTokens("all", true); err != nil {
		t.Fatal(err)
	}
	refused(t, w.get("me"), 400, "190", "463")
	if !w.sim.Epoch().Equal(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)) || !w.sim.FirstDay().Before(w.sim.Epoch()) {
		t.Errorf("%s %s", w.sim.Epoch(), w.sim.FirstDay())
	}
}
