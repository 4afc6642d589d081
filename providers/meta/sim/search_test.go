package sim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/admux/admux/providers/meta/sim"
)

func TestSearchTypes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	search := func(pairs ...string) []map[string]any { return w.data("search", pairs...) }
	if l := search("type", "adgeolocation", "location_types", `["city"]`, "q", "ber", "country_code", "DE"); len(l) < 1 || text(l[0], "key") != "2438000" || text(l[0], "region_id") != "1500" {
		t.Errorf("cities: %v", l)
	}
	if l := search("type", "adgeolocation", "location_types", `["country"]`, "q", "", "limit", "1000"); len(l) < 200 {
		t.Errorf("%d countries", len(l))
	}
	if l := search("type", "adgeolocation", "q", "a"); len(l) != 8 {
		t.Errorf("the default limit gives %d", len(l))
	}
	locales := search("type", "adlocale", "q", "")
	if _, ok := locales[0]["key"].(json.Number); !ok {
		t.Errorf("a locale's key is %T", locales[0]["key"])
	}
	if l := search("type", "adinterest", "q", "yog"); len(l) != 1 || text(l[0], "name") != "Yoga" || text(l[0], "topic") == "" {
		t.Errorf("interests: %v", l)
	}
	valid := search("type", "adinterestvalid", "interest_list", `["Yoga","No such thing"]`)
	if len(valid) != 2 || valid[0]["valid"] != true || valid[1]["valid"] != false {
		t.Errorf("valid: %v", valid)
	}
	if l := search("type", "adinterestsuggestion", "interest_list", `["Yoga"]`); len(l) == 0 {
		t.Error("no suggestions")
	}
	if l := search("type", "adTargetingCategory", "class", "behaviors", "q", "zzz"); len(l) == 0 || text(l[0], "type") != "behaviors" {
		t.Errorf("a class ignores q: %v", l)
	}
	for _, kind := range []string{"adeducationschool", "adeducationmajor", "adworkemployer", "adworkposition"} {
		if l := search("type", kind, "q", "e"); len(l) == 0 || text(l[0], "coverage") == "" {
			t.Errorf("%s: %v", kind, l)
		}
	}
	if l := search("type", "targetingoptionstatus", "targeting_option_list", `["6003306084421","1"]`); len(l) != 2 || text(l[1], "current_status") != "UNKNOWN" {
		t.Errorf("status: %v", l)
	}
	meta := w.ok("search", "type", "adgeolocationmeta", "cities", `["2438000"]`, "countries", `["DE"]`)
	if text(meta, "data", "cities", "2438000", "name") != "Berlin" || text(meta, "data", "countries", "DE", "name") != "Germany" {
		t.Errorf("meta: %v", meta)
	}
	if l := search("type", "adradiussuggestion", "latitude", "52.5", "longitude", "13.4", "distance_unit", "kilometer"); text(l[0], "distance_unit") != "kilometer" {
		t.Errorf("radius: %v", l)
	}
	refused(t, w.get("search", "type", "nonsense"), 400, "100", "")
	refused(t, w.get("search", "type", "adgeolocation", "location_types", `["planet"]`), 400, "100", "")
}

func TestTargetingEdges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	if l := w.data(act+"/targetingsearch", "q", "chief"); len(l) != 2 || text(l[0], "type") != "work_positions" {
		t.Errorf("search: %v", l)
	}
	if l := w.data(act+"/targetingbrowse", "limit", "500"); len(l) < 40 {
		t.Errorf("browse: %d", len(l))
	}
	if l := w.data(act+"/targetingvalidation", "id_list", `["6003306084421","7"]`); l[0]["valid"] != true || l[1]["valid"] != false {
		t.Errorf("validation: %v", l)
	}
	if l := w.data(act+"/targetingsuggestions", "targeting_list", `[{"type":"interests","id":"6003306084421"}]`); len(l) == 0 {
		t.Error("no suggestions")
	}
	reach := w.ok(act+"/reachestimate", "targeting_spec", `{"geo_locations":{"countries":["DE"]}}`)
	if at(reach, "data", "estimate_ready") != true || text(reach, "data", "users_lower_bound") == "" {
		t.Errorf("reach: %v", reach)
	}
	refused(t, w.get(act+"/reachestimate", "targeting_spec", `{"geo_locations":{"countries":["XX"]}}`), 400, "100", "1487756")
	delivery := w.data(act+"/delivery_estimate", "optimization_goal", "REACH", "targeting_spec", `{"geo_locations":{"countries":["DE"]}}`)
	if len(delivery) != 1 || text(delivery[0], "estimate_dau") == "" {
		t.Errorf("delivery: %v", delivery)
	}
	set := ids(w.data(act + "/adsets"))[0]
	if l := w.data(set + "/delivery_estimate"); len(l) != 1 {
		t.Errorf("of an ad set: %v", l)
	}
	if strings.Contains(w.get(act+"/targetingsearch", "q", "x", "limit", "1").text, "null") {
		t.Error("a null came")
	}
}
