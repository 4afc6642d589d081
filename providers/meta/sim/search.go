package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// searchLimit is /search's own default page.
const searchLimit = 8

// search serves /search?type=….
func (s *Sim) search(c *call) (any, *graphError) {
	if len(c.path) > 1 {
		return nil, unknownPath(strings.Join(c.path, "/"))
	}
	if c.method != http.MethodGet {
		return nil, noObject(c.method, "search")
	}
	if err := s.charge(c, nil); err != nil {
		return nil, err
	}
	if !c.token.can("ads_read", "ads_management") {
		return nil, needs("ads_management")
	}
	all, err := s.found(c, c.params)
	if err != nil {
		return nil, err
	}
	if m, ok := all.(obj); ok { // a map by key
		return obj{"data": m}, nil
	}
	list, _ := all.([]any)
	p := c.params.without()
	if !p.has("limit") {
		p["limit"] = itoa(searchLimit)
	}
	from, to, paging, err := c.page("search", p, len(list))
	if err != nil {
		return nil, err
	}
	out := obj{"data": list[from:to]}
	if paging != nil {
		out["paging"] = paging
	}
	return out, nil
}

// found answers one type of search.
func (s *Sim) found(c *call, p params) (any, *graphError) {
	q := p.get("q")
	traits := func(kinds ...string) any {
		out := []any{}
		for _, x := range s.cat.of(q, kinds...) {
			out = append(out, trait(x))
		}
		return out
	}
	switch p.get("type") {
	case "adgeolocation":
		return s.geoSearch(p, q)
	case "adgeolocationmeta":
		return s.geoMeta(p)
	case "adradiussuggestion":
		return radius(p)
	case "adinterest":
		if q == "" {
			return []any{}, nil
		}
		return traits("interests"), nil
	case "adinterestsuggestion":
		return s.interestSuggestions(p)
	case "adinterestvalid":
		return s.interestsValid(p)
	case "adTargetingCategory":
		return s.category(p)
	case "adlocale":
		out := []any{}
		for _, x := range s.cat.of(q, "locale") {
			out = append(out, obj{"key": json.Number(x.key), "name": x.name}) // a number, unlike every other key
		}
		return out, nil
	case "adeducationschool", "adeducationmajor", "adworkemployer", "adworkposition":
		kind := map[string]string{"adeducationschool": "school", "adeducationmajor": "major", "adworkemployer": "employer", "adworkposition": "position"}[p.get("type")]
		out := []any{}
		for _, x := range s.cat.of(q, kind) {
			lower, _ := audience(x)
			out = append(out, obj{"id": x.key, "name": x.name, "coverage": lower / 1000})
		}
		return out, nil
	case "targetingoptionstatus":
		return s.optionStatus(p)
	case "":
		return nil, invalidParam("The parameter type is required")
	}
	return nil, invalidParam("Param type must be one of {%s}", strings.Join(s.tab.enums["TargetingSearch.type"], ", "))
}

func (s *Sim) geoSearch(p params, q string) (any, *graphError) {
	kinds, ok, err := p.list("location_types")
	if err != nil {
		return nil, err
	}
	known := s.tab.enums["TargetingSearch.location_types"]
	for _, k := range kinds {
		if !slices.Contains(known, k) {
			return nil, invalidParam("Param location_types[0] must be one of {%s}", strings.Join(known, ", "))
		}
	}
	if !ok || len(kinds) == 0 {
		kinds = known
	}
	country, region := strings.ToUpper(p.get("country_code")), p.get("region_id")
	out := []any{}
	for _, x := range s.cat.of(q, kinds...) {
		if (country == "" || x.country == country) && (region == "" || x.regionID == region) {
			out = append(out, s.cat.geo(x))
		}
	}
	return out, nil
}

// geoMeta describes known keys, by kind and key.
func (s *Sim) geoMeta(p params) (any, *graphError) {
	out := obj{}
	for name, kind := range map[string]string{"countries": "country", "regions": "region", "cities": "city", "zips": "zip", "geo_markets": "geo_market", "country_groups": "country_group"} {
		keys, ok, err := p.list(name)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		found := obj{}
		for _, k := range keys {
			if x := s.cat.byKey(k, kind); x != nil {
				found[k] = s.cat.geo(*x)
			}
		}
		out[name] = found
	}
	return out, nil
}

func radius(p params) (any, *graphError) {
	for _, n := range []string{"latitude", "longitude"} {
		if !p.has(n) {
			return nil, invalidParam("The parameter %s is required", n)
		}
	}
	unit := p.get("distance_unit")
	if unit == "" {
		unit = "mile"
	}
	if unit != "mile" && unit != "kilometer" {
		return nil, invalidParam("Param distance_unit must be one of {mile, kilometer}")
	}
	return []any{obj{"suggested_radius": 25, "distance_unit": unit}}, nil
}

// interestSuggestions are the others that share a topic with what is given.
func (s *Sim) interestSuggestions(p params) (any, *graphError) {
	names, ok, err := p.list("interest_list")
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, invalidParam("The parameter interest_list is required")
	}
	topics := map[string]bool{}
	for _, x := range s.cat.of("", "interests") {
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, x.name) }) {
			topics[x.path[1]] = true
		}
	}
	out := []any{}
	for _, x := range s.cat.of("", "interests") {
		given := slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, x.name) })
		if topics[x.path[1]] && !given {
			out = append(out, trait(x))
		}
	}
	return out, nil
}

func (s *Sim) interestsValid(p params) (any, *graphError) {
	names, byName, err := p.list("interest_list")
	if err != nil {
		return nil, err
	}
	ids, byID, err := p.list("interest_fbid_list")
	if err != nil {
		return nil, err
	}
	if !byName && !byID {
		return nil, invalidParam("interest_list or interest_fbid_list is required")
	}
	out := []any{}
	add := func(given string, match func(place) bool) {
		for _, x := range s.cat.of("", "interests") {
			if match(x) {
				o := trait(x)
				o["valid"] = true
				out = append(out, o)
				return
			}
		}
		out = append(out, obj{"name": given, "valid": false})
	}
	for _, n := range names {
		add(n, func(x place) bool { return strings.EqualFold(x.name, n) })
	}
	for _, id := range ids {
		add(id, func(x place) bool { return x.key == id })
	}
	return out, nil
}

// category is a whole class; q does not narrow it.
func (s *Sim) category(p params) (any, *graphError) {
	class := p.get("class")
	if class == "" {
		class = "interests"
	}
	if !s.tab.member("TargetingSearch.class", class) {
		return nil, invalidParam("Param class must be one of {%s}", strings.Join(s.tab.enums["TargetingSearch.class"], ", "))
	}
	out := []any{}
	for _, x := range s.cat.of("", class) {
		o := trait(x)
		o["type"], o["description"] = class, ""
		out = append(out, o)
	}
	return out, nil
}

func (s *Sim) optionStatus(p params) (any, *graphError) {
	ids, ok, err := p.list("targeting_option_list")
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, invalidParam("The parameter targeting_option_list is required")
	}
	out := []any{}
	for _, id := range ids {
		x := s.cat.byKey(id, traitKinds...)
		switch {
		case x == nil:
			out = append(out, obj{"id": id, "current_status": "UNKNOWN"})
		case x.name == "Adult games":
			out = append(out, obj{"id": id, "current_status": "DEPRECATING", "future_plan": []any{obj{"status": "NON-DELIVERABLE", "date": "2027-01-15"}}})
		default:
			out = append(out, obj{"id": id, "current_status": "NORMAL"})
		}
	}
	return out, nil
}
