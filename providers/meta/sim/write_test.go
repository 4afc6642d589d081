package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

// make posts to an edge and gives the new id.
func (w *world) create(path string, pairs ...string) string {
	w.t.Helper()
	a := w.do(http.MethodPost, path, pairs...)
	id := text(a.body, "id")
	if a.status != 200 || id == "" {
		w.t.Fatalf("POST %s: %d %s", path, a.status, a.text)
	}
	return id
}

func (w *world) campaign(i int, pairs ...string) string {
	return w.create(accountID(w, i)+"/campaigns", append([]string{"name", "Winter, \"Sale\" ❄️", "objective", "OUTCOME_SALES", "special_ad_categories", "[]",
		"is_adset_budget_sharing_enabled", "false"}, pairs...)...)
}

const german = `{"geo_locations":{"countries":["DE"]},"age_min":25,"age_max":54,"targeting_automation":{"advantage_audience":0}}`

func adset(w *world, campaign string, pairs ...string) []string {
	pixel := text(w.data(accountID(w, 0) + "/adspixels")[0], "id")
	return append([]string{"name", "DE 25-54", "campaign_id", campaign, "billing_event", "IMPRESSIONS", "optimization_goal", "OFFSITE_CONVERSIONS",
		"promoted_object", `{"pixel_id":"` + pixel + `","custom_event_type":"PURCHASE"}`, "targeting", german, "daily_budget", "2500",
		"dsa_beneficiary", "Acme", "dsa_payor", "Acme"}, pairs...)
}

func TestAWholeTreeIsWrittenAndRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	campaign := w.campaign(0)
	set := w.create(act+"/adsets", adset(w, campaign, "start_time", "2026-12-01T00:00:00+0100", "status", "ACTIVE")...)
	hash := text(w.data(act+"/adimages", "fields", "hash")[0], "hash")
	page := text(w.data(act + "/promote_pages")[0], "id")
	creative := w.create(act+"/adcreatives", "name", "Cr 1", "object_story_spec",
		`{"page_id":"`+page+`","link_data":{"link":"https://shop.example/w","message":"Primary","name":"Headline","image_hash":"`+hash+`","call_to_action":{"type":"SHOP_NOW","value":{"link":"https://shop.example/w"}}}}`)
	ad := w.create(act+"/ads", "name", "Video A", "adset_id", set, "status", "ACTIVE", "creative", `{"creative_id":"`+creative+`"}`)
	got := w.ok(ad, "fields", "name,status,effective_status,campaign_id,adset{name,start_time,bid_strategy,targeting{age_min}},creative{title,body,object_type},created_time")
	if text(got, "campaign_id") != campaign || text(got, "adset", "start_time") != "2026-12-01T00:00:00+0100" || text(got, "creative", "title") != "Headline" {
		t.Errorf("%v", got)
	}
	if text(got, "effective_status") != "CAMPAIGN_PAUSED" || text(got, "adset", "bid_strategy") != "LOWEST_COST_WITHOUT_CAP" {
		t.Errorf("%v", got)
	}
	w.do(http.MethodPost, campaign, "status", "ACTIVE")
	if s := text(w.ok(ad, "fields", "effective_status"), "effective_status"); s != "PENDING_REVIEW" {
		t.Errorf("fresh: %s", s)
	}
	w.sim.Advance(2 * time.Minute)
	if s := text(w.ok(ad, "fields", "effective_status"), "effective_status"); s != "ACTIVE" {
		t.Errorf("reviewed: %s", s)
	}
	w.do(http.MethodPost, set, "status", "PAUSED")
	if s := text(w.ok(ad, "fields", "effective_status"), "effective_status"); s != "ADSET_PAUSED" {
		t.Errorf("below a paused ad set: %s", s)
	}
	older := text(w.data(set + "/ads")[0], "id")
	if older != ad || len(w.data(campaign+"/ads")) != 1 {
		t.Errorf("ads of the new ad set: %s", older)
	}
	if w.get(ad+"/insights").text != `{"data":[]}` {
		t.Error("a new ad has no facts")
	}
}

func TestCampaignRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	good := []string{"name", "C", "objective", "OUTCOME_TRAFFIC", "special_ad_categories", "[]", "daily_budget", "1000"}
	for name, c := range map[string]struct {
		pairs []string
		sub   string
	}{
		"no name":                {[]string{"name", ""}, ""},
		"legacy objective":       {[]string{"objective", "LINK_CLICKS"}, ""},
		"trap 21, text category": {[]string{"special_ad_categories", "NONE"}, ""},
		"retired category":       {[]string{"special_ad_categories", `["CREDIT"]`}, ""},
		"both budgets":           {[]string{"lifetime_budget", "5000"}, "1885621"},
		"too little":             {[]string{"daily_budget", "99"}, "1885272"},
		"small cap":              {[]string{"spend_cap", "100"}, "2446307"},
		"created archived":       {[]string{"status", "ARCHIVED"}, ""},
		"read-only field":        {[]string{"effective_status", "ACTIVE"}, ""},
		"unknown field":          {[]string{"colour", "red"}, ""},
		"no number":              {[]string{"daily_budget", "12.50"}, ""},
		"bad strategy":           {[]string{"bid_strategy", "TARGET_COST"}, ""},
	} {
		a := w.do(http.MethodPost, act+"/campaigns", append(append([]string{}, good...), c.pairs...)...)
		if a.status != 400 || text(a.body, "error", "code") != "100" || text(a.body, "error", "error_subcode") != c.sub {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	refused(t, w.do(http.MethodPost, act+"/campaigns", "name", "C", "objective", "OUTCOME_TRAFFIC", "special_ad_categories", "[]"), 400, "100", "4834011")
	only := w.do(http.MethodPost, act+"/campaigns", append(good, "execution_options", `["validate_only"]`)...)
	if only.text != `{"success":true}` {
		t.Errorf("validate_only: %s", only.text)
	}
	a := w.do(http.MethodPost, act+"/campaigns", append(good, "fields", "name,effective_status")...)
	if text(a.body, "name") != "C" || text(a.body, "effective_status") != "PAUSED" {
		t.Errorf("read after write: %s", a.text)
	}
}

func TestTrap05_BudgetEditsDoNotMoveUpdatedTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	id := w.create(accountID(w, 0)+"/campaigns", "name", "C", "objective", "OUTCOME_TRAFFIC", "special_ad_categories", "[]", "daily_budget", "5000")
	before := text(w.ok(id, "fields", "updated_time"), "updated_time")
	w.sim.Advance(time.Hour)
	w.do(http.MethodPost, id, "daily_budget", "7500")
	after := w.ok(id, "fields", "updated_time,daily_budget")
	if text(after, "updated_time") != before || after["daily_budget"] != "7500" {
		t.Errorf("%v, was %s", after, before)
	}
	w.do(http.MethodPost, id, "name", "D")
	if text(w.ok(id, "fields", "updated_time"), "updated_time") == before {
		t.Error("a new name did not move it")
	}
}

func TestAdSetRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 1) // no DSA defaults
	sales := w.create(act+"/campaigns", "name", "S", "objective", "OUTCOME_SALES", "special_ad_categories", "[]", "is_adset_budget_sharing_enabled", "false")
	pooled := w.create(act+"/campaigns", "name", "P", "objective", "OUTCOME_TRAFFIC", "special_ad_categories", "[]", "daily_budget", "9000")
	housing := w.create(act+"/campaigns", "name", "H", "objective", "OUTCOME_TRAFFIC", "special_ad_categories", `["HOUSING"]`, "is_adset_budget_sharing_enabled", "false")
	pixel := text(w.data(act + "/adspixels")[0], "id")
	us := `{"geo_locations":{"countries":["US"]},"targeting_automation":{"advantage_audience":0}}`
	good := []string{"name", "G", "campaign_id", sales, "billing_event", "IMPRESSIONS", "optimization_goal", "OFFSITE_CONVERSIONS",
		"promoted_object", `{"pixel_id":"` + pixel + `","custom_event_type":"PURCHASE"}`, "targeting", us, "daily_budget", "2500"}
	w.create(act+"/adsets", good...)
	for name, c := range map[string]struct {
		pairs []string
		sub   string
	}{
		"no budget":                  {[]string{"daily_budget", "0"}, "1885272"},
		"budget on both levels":      {[]string{"campaign_id", pooled, "optimization_goal", "LINK_CLICKS"}, "1885621"},
		"no location":                {[]string{"targeting", `{"age_min":20,"targeting_automation":{"advantage_audience":0}}`}, "1885364"},
		"no advantage flag":          {[]string{"targeting", `{"geo_locations":{"countries":["US"]}}`}, "1870227"},
		"location types":             {[]string{"targeting", `{"geo_locations":{"countries":["US"],"location_types":["home"]},"targeting_automation":{"advantage_audience":0}}`}, "1870199"},
		"EU without payer":           {[]string{"targeting", german}, "3858152"},
		"goal of another objective":  {[]string{"optimization_goal", "LEAD_GENERATION"}, "2490408"},
		"nothing promoted":           {[]string{"promoted_object", `{}`}, "1885154"},
		"lifetime without end":       {[]string{"daily_budget", "0", "lifetime_budget", "90000"}, "1885272"},
		"ended":                      {[]string{"end_time", "2026-11-01"}, "1487033"},
		"shorter than a day":         {[]string{"end_time", "2026-11-24T20:00:00-0800"}, "1487033"},
		"cap without amount":         {[]string{"bid_strategy", "COST_CAP"}, "1815857"},
		"a gender of a special kind": {[]string{"campaign_id", housing, "optimization_goal", "LINK_CLICKS", "targeting", `{"geo_locations":{"countries":["US"]},"genders":[1],"targeting_automation":{"advantage_audience":0}}`}, "2446394"},
		"bad age":                    {[]string{"targeting", `{"geo_locations":{"countries":["US"]},"age_min":12,"targeting_automation":{"advantage_audience":0}}`}, "1885036"},
		"broken JSON":                {[]string{"targeting", `{"geo_locations":`}, ""},
		"foreign campaign":           {[]string{"campaign_id", w.campaign(0)}, ""},
		"long name":                  {[]string{"name", strings.Repeat("é", 401)}, ""},
	} {
		a := w.do(http.MethodPost, act+"/adsets", append(append([]string{}, good...), c.pairs...)...)
		if a.status != 400 || text(a.body, "error", "code") != "100" || text(a.body, "error", "error_subcode") != c.sub {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	capped := w.create(act+"/adsets", append(good, "bid_amount", "1200")...)
	got := w.ok(capped, "fields", "bid_strategy,bid_amount,daily_budget,lifetime_budget")
	if text(got, "bid_strategy") != "LOWEST_COST_WITH_BID_CAP" || text(got, "bid_amount") != "1200" || got["lifetime_budget"] != "0" {
		t.Errorf("a bid alone is a cap: %v", got)
	}
	refused(t, w.do(http.MethodPost, capped, "campaign_id", pooled), 400, "100", "")
	if a := w.do(http.MethodPost, capped, "targeting", `{"geo_locations":{"countries":["CA"]},"targeting_automation":{"advantage_audience":1}}`); a.status != 200 {
		t.Fatalf("targeting: %s", a.text)
	}
	if got := fmt.Sprint(at(w.ok(capped, "fields", "targeting"), "targeting", "geo_locations", "countries")); got != "[CA]" {
		t.Errorf("targeting is replaced as a whole: %s", got)
	}
}

func TestABudgetChangesFourTimesAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	set := w.create(accountID(w, 0)+"/adsets", adset(w, w.campaign(0))...)
	for i := range 4 {
		if a := w.do(http.MethodPost, set, "daily_budget", fmt.Sprint(3000+i)); a.status != 200 {
			t.Fatalf("change %d: %s", i, a.text)
		}
	}
	refused(t, w.do(http.MethodPost, set, "daily_budget", "9000"), 400, "613", "1487632")
	w.sim.Advance(61 * time.Minute)
	if a := w.do(http.MethodPost, set, "daily_budget", "9000"); a.status != 200 {
		t.Errorf("an hour later: %s", a.text)
	}
}

func TestArchivedAndDeletedAreFrozen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	campaign := w.campaign(0)
	set := w.create(accountID(w, 0)+"/adsets", adset(w, campaign)...)
	w.do(http.MethodPost, campaign, "status", "ARCHIVED")
	refused(t, w.do(http.MethodPost, campaign, "status", "ACTIVE"), 400, "100", "1487566")
	refused(t, w.do(http.MethodPost, campaign, "spend_cap", "90000"), 400, "100", "1487566")
	if a := w.do(http.MethodPost, campaign, "name", "kept"); a.status != 200 {
		t.Errorf("name: %s", a.text)
	}
	if s := text(w.ok(set, "fields", "effective_status"), "effective_status"); s != "ARCHIVED" {
		t.Errorf("below: %s", s)
	}
	if a := w.do(http.MethodDelete, campaign); at(a.body, "success") != true {
		t.Fatalf("delete: %s", a.text)
	}
	refused(t, w.do(http.MethodPost, campaign, "status", "PAUSED"), 400, "100", "1487566")
	if s := text(w.ok(campaign, "fields", "status,name"), "status"); s != "DELETED" {
		t.Errorf("status: %s", s)
	}
	refused(t, w.do(http.MethodPost, accountID(w, 0)+"/adsets", adset(w, campaign)...), 400, "100", "1487566")
	many := w.do(http.MethodDelete, accountID(w, 0)+"/campaigns", "delete_strategy", "DELETE_ANY", "object_count", "2")
	if n := len(at(many.body, "deleted_object_ids").([]any)); n != 2 || text(many.body, "objects_left_to_delete_count") == "0" {
		t.Errorf("bulk: %s", many.text)
	}
}

func TestTrap19_CreativesAreImmutable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	creative := ids(w.data(act + "/adcreatives"))[0]
	refused(t, w.do(http.MethodPost, creative, "title", "New"), 400, "100", "1815573")
	if a := w.do(http.MethodPost, creative, "name", "Renamed"); at(a.body, "success") != true {
		t.Errorf("name: %s", a.text)
	}
	page := text(w.data(act + "/promote_pages")[0], "id")
	for name, c := range map[string]struct{ spec, sub string }{
		"two sources":   {`"object_story_id":"1_2","object_story_spec":{"page_id":"` + page + `","link_data":{"link":"https://a.example"}}`, "1487390"},
		"unknown image": {`"object_story_spec":{"page_id":"` + page + `","link_data":{"link":"https://a.example","image_hash":"beef"}}`, "2446386"},
		"foreign page":  {`"object_story_spec":{"page_id":"600000000000007","link_data":{"link":"https://a.example"}}`, "1885029"},
		"one card":      {`"object_story_spec":{"page_id":"` + page + `","link_data":{"link":"https://a.example","child_attachments":[{}]}}`, "1487390"},
		"no thumbnail":  {`"object_story_spec":{"page_id":"` + page + `","video_data":{"video_id":"` + ids(w.data(act + "/advideos"))[0] + `"}}`, "1443226"},
		"enhancements":  {`"degrees_of_freedom_spec":{"creative_features_spec":{"standard_enhancements":{"enroll_status":"OPT_IN"}}},"object_story_spec":{"page_id":"` + page + `","link_data":{"link":"https://a.example"}}`, "3858504"},
		"old actor":     {`"instagram_actor_id":"1","object_story_spec":{"page_id":"` + page + `","link_data":{"link":"https://a.example"}}`, "2238055"},
	} {
		a := w.post(act+"/adcreatives", "application/json", strings.NewReader(`{"name":"x",`+c.spec+`}`))
		if a.status != 400 || text(a.body, "error", "error_subcode") != c.sub {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
}

func TestTrap14_ALostAnswerMayHaveDoneItsWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	before := len(w.data(act+"/campaigns", "limit", "100"))
	if err := w.sim.Fault(sim.Fault{Path: "/campaigns", Method: http.MethodPost, CutAfterBytes: new(int64)}); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/v26.0/"+act+"/campaigns?access_token="+w.token,
		strings.NewReader("name=lost&objective=OUTCOME_TRAFFIC&special_ad_categories=[]&daily_budget=1000"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Fatal("the connection was not cut")
	}
	if after := len(w.data(act+"/campaigns", "limit", "100")); after != before+1 {
		t.Errorf("%d campaigns, were %d", after, before)
	}
}

func TestCopies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	campaign := w.campaign(0)
	w.create(accountID(w, 0)+"/adsets", adset(w, campaign)...)
	a := w.do(http.MethodPost, campaign+"/copies", "deep_copy", "true", "status_option", "PAUSED")
	id := text(a.body, "copied_campaign_id")
	if id == "" || len(at(a.body, "ad_object_ids").([]any)) != 2 || len(w.data(id+"/adsets")) != 1 {
		t.Fatalf("%s", a.text)
	}
	if n := w.ok(id, "fields", "name,source_campaign_id"); !strings.HasSuffix(text(n, "name"), " - Copy") || text(n, "source_campaign_id") != campaign {
		t.Errorf("%v", n)
	}
}

func TestANewNodeMayBeLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{LateNodes: 5 * time.Second})
	id := w.campaign(0)
	refused(t, w.get(id), 400, "100", "33")
	w.sim.Advance(6 * time.Second)
	w.ok(id)
}

func TestChangesAreInTheHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	id := w.campaign(0)
	w.do(http.MethodPost, id, "status", "ACTIVE")
	var kinds []string
	for _, ev := range w.data(accountID(w, 0)+"/activities", "since", fmt.Sprint(noon.Add(-time.Minute).Unix()), "fields", "event_type,object_id,event_time") {
		if text(ev, "object_id") == id {
			kinds = append(kinds, text(ev, "event_type"))
		}
	}
	if len(kinds) != 2 {
		t.Errorf("history: %v", kinds)
	}
}
