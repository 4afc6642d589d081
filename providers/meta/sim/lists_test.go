package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

func TestTrap08_PagesHold25UnlessAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	page := w.ok(act+"/ads", "fields", "id")
	if n := len(elements(page)); n != 25 || text(page, "paging", "next") == "" {
		t.Fatalf("the default page holds %d", n)
	}
	all, pages := w.walk(act+"/ads", "fields", "id")
	want := ids(w.data(act+"/ads", "fields", "id", "limit", "1000"))
	if !slices.Equal(ids(all), want) || pages < 2 {
		t.Errorf("%d elements on %d pages, want %d", len(all), pages, len(want))
	}
}

func TestPagingGoesForthAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	first := w.ok(act+"/ads", "limit", "3")
	if text(first, "paging", "previous") != "" || text(first, "paging", "cursors", "before") == "" {
		t.Errorf("first page: %v", first["paging"])
	}
	second := w.ok(act+"/ads", "limit", "3", "after", text(first, "paging", "cursors", "after"))
	if text(second, "paging", "previous") == "" {
		t.Error("the second page has no previous")
	}
	back := w.ok(act+"/ads", "limit", "3", "before", text(second, "paging", "cursors", "before"))
	if !slices.Equal(ids(elements(back)), ids(elements(first))) {
		t.Errorf("back: %v, want %v", ids(elements(back)), ids(elements(first)))
	}
	last := w.ok(act+"/campaigns", "limit", "100")
	if text(last, "paging", "next") != "" || text(last, "paging", "cursors", "after") == "" {
		t.Errorf("the last page keeps its cursors and has no next: %v", last["paging"])
	}
	beyond := w.get(act+"/campaigns", "after", text(last, "paging", "cursors", "after"))
	if beyond.text != `{"data":[]}` {
		t.Errorf("past the end: %s", beyond.text)
	}
	refused(t, w.get(act+"/campaigns", "after", "nonsense"), 400, "100", "")
}

func TestPagesMayBeShortOrEmptyWhileMoreFollow(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]sim.Paging{"short": {Short: true}, "empty": {Empty: true}, "both": {Short: true, Empty: true}} {
		w := newWorld(t, sim.Options{Paging: p})
		plain := newWorld(t, sim.Options{})
		got, pages := w.walk(accountID(w, 0)+"/ads", "limit", "10")
		want, fewer := plain.walk(accountID(w, 0)+"/ads", "limit", "10")
		if !slices.Equal(ids(got), ids(want)) {
			t.Errorf("%s: %d elements, want %d", name, len(got), len(want))
		}
		if pages <= fewer {
			t.Errorf("%s: %d pages, as many as without", name, pages)
		}
	}
}

func TestACursorHasADepth(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Paging: sim.Paging{Depth: 20}})
	body := w.ok(accountID(w, 0)+"/ads", "limit", "20")
	refused(t, w.get(accountID(w, 0)+"/ads", "after", text(body, "paging", "cursors", "after")), 400, "100", "")
}

func TestAWalkNeitherSkipsNorRepeatsWhileThingsChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Accounts: 1, Campaigns: 60, Groups: 1, Ads: 1, Dense: true})
	act := accountID(w, 0)
	var got []string
	after := ""
	for {
		page := w.ok(act+"/campaigns", "limit", "7", "after", after)
		list := ids(elements(page))
		got = append(got, list...)
		if text(page, "paging", "next") == "" {
			break
		}
		after = text(page, "paging", "cursors", "after")
		w.do(http.MethodDelete, list[len(list)-1]) // the cursor's own element goes
		w.do(http.MethodPost, act+"/campaigns", "name", "New", "objective", "OUTCOME_TRAFFIC", "special_ad_categories", "[]", "daily_budget", "1000")
	}
	if len(got) != 60 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 60 {
		t.Errorf("%d elements", len(got))
	}
}

func TestTrap09_EdgesHideArchivedAndDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Size: "medium"})
	act := accountID(w, 0)
	status := func(list []map[string]any) map[string]int {
		out := map[string]int{}
		for _, x := range list {
			out[text(x, "effective_status")]++
		}
		return out
	}
	plain := status(w.data(act+"/ads", "fields", "effective_status", "limit", "1000"))
	if plain["ARCHIVED"]+plain["DELETED"] > 0 || plain["ACTIVE"] == 0 || plain["PAUSED"] == 0 || plain["CAMPAIGN_PAUSED"] == 0 || plain["ADSET_PAUSED"] == 0 {
		t.Errorf("by default: %v", plain)
	}
	archived := status(w.data(act+"/ads", "fields", "effective_status", "limit", "1000", "effective_status", `["ARCHIVED"]`))
	if archived["ARCHIVED"] == 0 || len(archived) != 1 {
		t.Errorf("ARCHIVED: %v", archived)
	}
	refused(t, w.get(act+"/ads", "effective_status", `["DELETED"]`), 400, "100", "1815001")
	deleted := w.data(act+"/ads", "fields", "effective_status", "limit", "1000", "filtering",
		`[{"field":"ad.effective_status","operator":"IN","value":["DELETED"]}]`)
	if n := status(deleted); n["DELETED"] == 0 || len(n) != 1 {
		t.Errorf("DELETED: %v", n)
	}
	if one := w.ok(text(deleted[0], "id"), "fields", "name,status"); text(one, "name") == "" {
		t.Errorf("a deleted ad is still read by id: %v", one)
	}
}

func TestFilteringKnowsTheOperators(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	all := w.data(act+"/campaigns", "fields", "name,updated_time,objective,effective_status", "limit", "100")
	first := all[0]
	updated, err := time.Parse("2006-01-02T15:04:05-0700", text(first, "updated_time"))
	if err != nil {
		t.Fatal(err)
	}
	count := func(field, op string, value any) int {
		rule, err := json.Marshal([]map[string]any{{"field": field, "operator": op, "value": value}})
		if err != nil {
			t.Fatal(err)
		}
		return len(w.data(act+"/campaigns", "filtering", string(rule), "limit", "100"))
	}
	id, name := text(first, "id"), text(first, "name")
	for _, c := range []struct {
		field, op string
		value     any
		want      int
	}{
		{"campaign.id", "IN", []string{id}, 1}, {"id", "NOT_IN", []string{id}, len(all) - 1}, {"campaign.id", "EQUAL", id, 1},
		{"campaign.name", "CONTAIN", strings.ToUpper(name[1:]), 1}, {"name", "NOT_CONTAIN", name, len(all) - 1},
		{"campaign.name", "STARTS_WITH", name[:2], 1}, {"campaign.name", "ENDS_WITH", name[len(name)-2:], 1},
		{"campaign.name", "CONTAINS_ANY", []string{name, "zzz"}, 1}, {"campaign.name", "CONTAINS_ALL", []string{name, "zzz"}, 0},
		{"campaign.updated_time", "GREATER_THAN", updated.Unix() - 1, 1}, {"campaign.updated_time", "LESS_THAN", 1000000000, 0},
		{"campaign.effective_status", "IN", []string{"ACTIVE", "PAUSED", "WITH_ISSUES"}, len(all)},
	} {
		if got := count(c.field, c.op, c.value); got < c.want || c.op != "GREATER_THAN" && got != c.want {
			t.Errorf("%s %s %v: %d, want %d", c.field, c.op, c.value, got, c.want)
		}
	}
	for _, bad := range []string{
		`[{"field":"campaign.nonsense","operator":"EQUAL","value":1}]`, `[{"field":"name","operator":"LIKE","value":"x"}]`,
		`[{"field":"ad.name","operator":"EQUAL","value":"x"}]`, `[{"field":"id","operator":"IN","value":"1"}]`, `{`, `[1]`,
	} {
		refused(t, w.get(act+"/campaigns", "filtering", bad), 400, "100", "")
	}
	// The documentation's own samples have single quotes and bare keys.
	if n := len(w.data(act+"/adsets", "filtering", `[{field:'campaign.id',operator:'IN',value:['`+id+`']}]`, "limit", "100")); n == 0 {
		t.Error("lenient JSON found nothing")
	}
}

func TestUpdatedSinceIsForAdSetsAndAds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	since := fmt.Sprint(noon.AddDate(0, 0, -30).Unix())
	for _, edge := range []string{"adsets", "ads"} {
		all := len(w.data(act+"/"+edge, "limit", "1000"))
		some := w.data(act+"/"+edge, "limit", "1000", "updated_since", since, "fields", "updated_time")
		if len(some) == 0 || len(some) >= all {
			t.Errorf("%s: %d of %d", edge, len(some), all)
		}
		for _, x := range some {
			if u, _ := time.Parse("2006-01-02T15:04:05-0700", text(x, "updated_time")); u.Before(noon.AddDate(0, 0, -30)) {
				t.Errorf("%s is older", text(x, "id"))
			}
		}
	}
	if a, b := len(w.data(act+"/campaigns")), len(w.data(act+"/campaigns", "updated_since", since)); a != b {
		t.Errorf("campaigns know no updated_since: %d, %d", a, b)
	}
}

func TestChildrenAreListedBelowTheirParents(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	for _, set := range w.data(act+"/adsets", "fields", "campaign_id,campaign{id}", "limit", "100") {
		campaign := text(set, "campaign_id")
		if campaign != text(set, "campaign", "id") || !slices.Contains(ids(w.data(campaign+"/adsets", "limit", "100")), text(set, "id")) {
			t.Fatalf("%v is not below its campaign", set)
		}
		for _, ad := range w.data(text(set, "id")+"/ads", "fields", "adset_id,campaign_id", "limit", "100") {
			if text(ad, "adset_id") != text(set, "id") || text(ad, "campaign_id") != campaign {
				t.Errorf("%v", ad)
			}
		}
	}
	if body := w.ok(act+"/campaigns", "summary", "total_count", "limit", "1"); text(body, "summary", "total_count") != fmt.Sprint(len(w.data(act+"/campaigns", "limit", "100"))) {
		t.Errorf("summary: %v", body["summary"])
	}
}

func TestTrap04_ReduceTheAmountOfData(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Paging: sim.Paging{DataWeight: 500}})
	act := accountID(w, 0)
	heavy := w.get(act+"/adcreatives", "fields", "id,object_story_spec,asset_feed_spec,image_url", "limit", "50")
	refused(t, heavy, 500, "1", "")
	if !strings.Contains(text(heavy.body, "error", "message"), "Please reduce the amount of data you're asking for") {
		t.Errorf("message: %s", heavy.text)
	}
	w.ok(act+"/adcreatives", "fields", "id,object_story_spec,asset_feed_spec,image_url", "limit", "5")
	w.ok(act+"/campaigns", "fields", "id,name", "limit", "50")
}
