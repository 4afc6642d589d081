package sim_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

func TestWithoutFieldsOnlyTheIDComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	for _, x := range w.data(act + "/campaigns") {
		if len(x) != 1 || text(x, "id") == "" {
			t.Errorf("%v", x)
		}
	}
	if a := w.get(act); a.text != `{"id":"`+act+`"}` {
		t.Errorf("account: %s", a.text)
	}
}

func TestFieldsNestWithParametersAndAliases(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	body := w.ok(act, "fields", `name,campaigns.limit(2).as(first){name,adsets.limit(1).effective_status(["ACTIVE","PAUSED"]){id,targeting{geo_locations},ads.limit(1){creative{id,name}}}},business{id}`)
	first := at(body, "first").(map[string]any)
	if n := len(elements(first)); n != 2 || text(first, "paging", "next") == "" {
		t.Fatalf("%d campaigns: %v", n, first)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, text(first, "paging", "next"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if more := w.send(req); more.status != 200 || !strings.Contains(more.text, `"adsets":{`) || !strings.Contains(more.text, `"creative":{`) {
		t.Errorf("next lost the nested fields: %s", more.text)
	}
	set := elements(elements(first)[0]["adsets"].(map[string]any))[0]
	if keys := len(at(set, "targeting").(map[string]any)); keys != 1 {
		t.Errorf("targeting was not narrowed: %v", set)
	}
	if ad := elements(at(set, "ads").(map[string]any))[0]; text(ad, "creative", "name") == "" {
		t.Errorf("no creative: %v", ad)
	}
	if text(body, "business", "id") == "" || text(body, "name") == "" {
		t.Errorf("%v", body)
	}
}

func TestUnknownFieldsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	a := w.get(act+"/campaigns", "fields", "id,foo")
	refused(t, a, 400, "100", "")
	if want := "(#100) Tried accessing nonexisting field (foo) on node type (Campaign)"; text(a.body, "error", "message") != want {
		t.Errorf("message: %s", a.text)
	}
	refused(t, w.get(act+"/ads", "fields", "creative{nonsense}"), 400, "100", "")
	refused(t, w.get(act+"/adsets", "fields", "execution_options"), 400, "100", "") // never read back
	refused(t, w.get(act+"/ads", "fields", "id,(x"), 400, "2500", "")
	refused(t, w.get(act+"/nonsense"), 400, "2500", "")
}

// stamp is a time of a node: the offset has no colon.
var stamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$`)

func TestTrap12_TypesAreTheWires(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	number, texts := []string{"bid_amount"}, []string{"id", "account_id", "campaign_id", "daily_budget", "lifetime_budget", "budget_remaining"}
	seen := map[string]bool{}
	for i, acc := range w.sim.Accounts() {
		if acc.Role == "" {
			continue
		}
		for _, set := range w.data(accountID(w, i)+"/adsets", "limit", "100", "fields", strings.Join(append(texts, "bid_amount", "created_time", "start_time", "end_time"), ",")) {
			for _, n := range texts {
				if _, ok := set[n].(string); !ok {
					t.Fatalf("%s is %T in %v", n, set[n], set)
				}
			}
			for _, n := range number {
				if v, ok := set[n]; ok {
					seen[n] = true
					if _, isNumber := v.(json.Number); !isNumber {
						t.Errorf("%s is %T", n, v)
					}
				}
			}
			for _, n := range []string{"created_time", "start_time"} {
				if !stamp.MatchString(text(set, n)) {
					t.Errorf("%s = %q", n, text(set, n))
				}
			}
			if v, ok := set["end_time"]; ok && v == nil {
				t.Error("an unset field is null")
			}
		}
	}
	if !seen["bid_amount"] {
		t.Error("no ad set has a bid amount")
	}
	if !strings.HasSuffix(text(w.ok(accountID(w, 2), "fields", "created_time"), "created_time"), "+0900") {
		t.Error("times are in the account's zone")
	}
}

func TestTrap01_MinorUnitsAreMetasOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for i, want := range map[int]string{0: "100", 1: "100", 2: "1", 3: "1"} { // EUR, USD, JPY, HUF
		if got := text(w.ok(accountID(w, i), "fields", "min_daily_budget"), "min_daily_budget"); got != want {
			t.Errorf("%s: the smallest budget is %s minor units, want %s", w.sim.Accounts()[i].Currency, got, want)
		}
	}
}

func TestTrap19_MediaAddressesExpire(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	read := func() (string, string) {
		im := w.data(accountID(w, 0)+"/adimages", "fields", "url,hash", "limit", "1")[0]
		return text(im, "url"), text(im, "hash")
	}
	url1, hash1 := read()
	w.sim.Advance(time.Hour)
	url2, hash2 := read()
	if url1 == url2 || hash1 != hash2 {
		t.Errorf("%s %s\n%s %s", url1, hash1, url2, hash2)
	}
	im := w.data(accountID(w, 0)+"/adimages", "hashes", `["`+hash1+`"]`)
	if len(im) != 1 || text(im[0], "id") != w.sim.Accounts()[0].ID+":"+hash1 {
		t.Errorf("by hash: %v", im)
	}
}

func TestTheWorldHasEveryShape(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Size: "medium"})
	seen := map[string]bool{}
	note := func(kind string, v any) {
		if s, ok := v.(string); ok && s != "" {
			seen[kind+"="+s] = true
		} else if v != nil {
			seen[kind] = true
		}
	}
	for i, acc := range w.sim.Accounts() {
		if acc.Role == "" {
			continue
		}
		act := accountID(w, i)
		campaigns, _ := w.walk(act+"/campaigns", "limit", "500", "fields", "objective,status,effective_status,bid_strategy,buying_type,spend_cap,stop_time,special_ad_category,daily_budget,promoted_object", "effective_status", `["ACTIVE","PAUSED","ARCHIVED","IN_PROCESS","WITH_ISSUES"]`)
		for _, c := range campaigns {
			for _, f := range []string{"objective", "effective_status", "bid_strategy", "buying_type", "special_ad_category"} {
				note("campaign."+f, c[f])
			}
			note("campaign.promoted", c["promoted_object"])
			if c["spend_cap"] != nil {
				note("campaign.spend_cap", true)
			}
		}
		sets, _ := w.walk(act+"/adsets", "limit", "500", "fields", "optimization_goal,billing_event,bid_strategy,destination_type,effective_status,promoted_object,targeting,adset_schedule,frequency_control_specs,bid_constraints,dsa_payor,learning_stage_info,lifetime_budget,end_time")
		for _, s := range sets {
			for _, f := range []string{"optimization_goal", "billing_event", "bid_strategy", "destination_type", "effective_status"} {
				note("adset."+f, s[f])
			}
			for _, f := range []string{"adset_schedule", "frequency_control_specs", "bid_constraints", "dsa_payor", "end_time"} {
				if at(s, f) != nil {
					note("adset."+f+"!", true)
				}
			}
			note("learning", at(s, "learning_stage_info", "status"))
			for k := range at(s, "targeting").(map[string]any) {
				note("targeting."+k, true)
			}
			for k := range at(s, "targeting", "geo_locations").(map[string]any) {
				note("geo."+k, true)
			}
		}
		ads, _ := w.walk(act+"/ads", "limit", "200", "fields", "effective_status,creative{object_type,object_story_spec,asset_feed_spec,object_story_id,product_set_id,url_tags}")
		for _, a := range ads {
			note("ad.effective_status", a["effective_status"])
			for k := range at(a, "creative").(map[string]any) {
				note("creative."+k, true)
			}
			if story, ok := at(a, "creative", "object_story_spec").(map[string]any); ok {
				for k := range story {
					note("story."+k, true)
				}
				note("carousel", at(story, "link_data", "child_attachments"))
			}
		}
	}
	for want := range strings.FieldsSeq(`campaign.objective=OUTCOME_SALES campaign.objective=OUTCOME_TRAFFIC campaign.objective=OUTCOME_LEADS
		campaign.objective=OUTCOME_AWARENESS campaign.objective=OUTCOME_ENGAGEMENT campaign.objective=OUTCOME_APP_PROMOTION campaign.objective=CONVERSIONS
		campaign.effective_status=ARCHIVED campaign.effective_status=WITH_ISSUES campaign.bid_strategy=COST_CAP campaign.spend_cap campaign.promoted
		campaign.special_ad_category=HOUSING campaign.buying_type=RESERVED
		adset.optimization_goal=VALUE adset.optimization_goal=LEAD_GENERATION adset.optimization_goal=THRUPLAY adset.optimization_goal=APP_INSTALLS
		adset.bid_strategy=LOWEST_COST_WITH_MIN_ROAS adset.bid_strategy=LOWEST_COST_WITH_BID_CAP adset.destination_type=MESSENGER adset.destination_type=ON_AD
		adset.effective_status=CAMPAIGN_PAUSED adset.effective_status=WITH_ISSUES adset.billing_event=THRUPLAY adset.adset_schedule! adset.frequency_control_specs!
		adset.bid_constraints! adset.dsa_payor! learning=LEARNING learning=FAIL targeting.custom_audiences targeting.flexible_spec
		targeting.exclusions targeting.locales targeting.publisher_platforms targeting.user_os targeting.excluded_geo_locations geo.cities geo.zips
		geo.regions geo.geo_markets geo.custom_locations geo.country_groups geo.location_types
		ad.effective_status=ADSET_PAUSED ad.effective_status=CAMPAIGN_PAUSED ad.effective_status=DISAPPROVED ad.effective_status=PENDING_REVIEW
		ad.effective_status=WITH_ISSUES creative.asset_feed_spec creative.object_story_id creative.product_set_id creative.url_tags
		story.link_data story.video_data story.template_data carousel`) {
		if !seen[want] {
			t.Errorf("no %s anywhere", want)
		}
	}
}

func TestSmallNodesAndEdges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	for edge, fields := range map[string]string{
		"adspixels": "name,is_unavailable,creation_time", "customaudiences": "name,subtype,approximate_count_lower_bound,permission_for_actions",
		"customconversions": "name,custom_event_type,pixel{id}", "advideos": "title,status,length,picture", "promote_pages": "name,category",
		"applications": "name,object_store_urls", "product_catalogs": "name,product_count", "instagram_accounts": "username",
		"adcreatives": "name,object_type,thumbnail_url", "activities": "event_type,event_time,object_id,extra_data",
	} {
		list := w.data(act+"/"+edge, "fields", fields, "limit", "3")
		if len(list) == 0 {
			t.Errorf("%s is empty", edge)
		}
	}
	page := text(w.data("me/accounts")[0], "id")
	forms := w.data(page + "/leadgen_forms")
	if len(forms) == 0 || text(forms[0], "name") == "" {
		t.Errorf("forms: %v", forms)
	}
	video := text(w.data(act + "/advideos")[0], "id")
	if len(w.data(video+"/thumbnails")) == 0 {
		t.Error("no thumbnails")
	}
	if one := w.ok(video, "fields", "thumbnails{uri}"); one["thumbnails"] == nil {
		t.Errorf("a video's fields expand no thumbnails: %v", one)
	}
	ad := text(w.data(act + "/ads")[0], "id")
	if !strings.Contains(text(w.data(ad+"/previews", "ad_format", "MOBILE_FEED_STANDARD")[0], "body"), "<iframe") {
		t.Error("no preview")
	}
	if n := len(w.data(ad + "/adcreatives")); n != 1 {
		t.Errorf("%d creatives under an ad", n)
	}
	refused(t, w.do(http.MethodDelete, page), 400, "100", "33")
	if !slices.Contains(ids(w.data(act+"/subscribed_apps")), w.sim.App().ClientID) {
		t.Error("the app is not subscribed")
	}
}

func TestLeadsOfAForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for i := range 3 {
		page := w.sim.Accounts()[i].ID
		forms := w.data("60000000000000"+page[len(page)-1:]+"/leadgen_forms", "fields", "id,status")
		leads := w.data(text(forms[0], "id")+"/leads", "limit", "100")
		for _, l := range leads {
			if text(l, "created_time") == "" || len(at(l, "field_data").([]any)) != 3 {
				t.Fatalf("%v", l)
			}
		}
		if len(leads) > 0 {
			return
		}
	}
	t.Error("no form has leads")
}
