package sim

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/google/sim/gaql"
)

// suggest answers geoTargetConstants:suggest: by names, at most 25, or by ids.
func (c *call) suggest() *apiError {
	in, bad := c.decode("SuggestGeoTargetConstantsRequest")
	if bad != nil {
		return bad
	}
	names, _ := at(in, "location_names.names").([]string)
	wanted, _ := at(in, "geo_targets.geo_target_constants").([]string)
	switch {
	case len(names) == 0 && len(wanted) == 0:
		return refuse("geoTargetConstantSuggestionError", "REQUEST_PARAMETERS_UNSET", "No request parameter was set.")
	case len(names) > 25 || len(wanted) > 25:
		return refuse("geoTargetConstantSuggestionError", "LOCATION_NAME_LIMIT", "A location name or a list of them exceeds its limit.")
	}
	locale := text(in, "locale")
	if locale == "" {
		locale = "en"
	}
	var list []any
	add := func(p place, term string) {
		o := obj{"locale": locale, "reach": p.reach, "geo_target_constant": p.obj()}
		if term != "" {
			o["search_term"] = term
		}
		var parents []any
		for id := p.parent; id != 0; {
			up, ok := placeByID(id)
			if !ok {
				break
			}
			parents = append(parents, up.obj())
			id = up.parent
		}
		o["geo_target_constant_parents"] = parents
		list = append(list, o)
	}
	country := text(in, "country_code")
	for _, term := range names {
		for _, p := range places {
			if strings.Contains(strings.ToLower(p.name), strings.ToLower(term)) && (country == "" || country == p.code) {
				add(p, term)
			}
		}
	}
	for _, name := range wanted {
		id, err := strconv.ParseInt(strings.TrimPrefix(name, "geoTargetConstants/"), 10, 64)
		if p, ok := placeByID(id); err == nil && ok {
			add(p, "")
		}
	}
	return c.reply(obj{"geo_target_constant_suggestions": list})
}

// getField answers googleAdsFields/{name}.
func (c *call) getField() *apiError {
	body, ok := gaql.FieldInfo(c.arg)
	if !ok {
		e := refuse("requestError", "RESOURCE_NOT_FOUND", "Resource was not found.") // assumed: the family
		e.http, e.errs[0].trigger = 404, c.arg
		return e
	}
	c.write(200, body)
	return nil
}

// searchFields answers googleAdsFields:search, where a page size is allowed.
func (c *call) searchFields() *apiError {
	in, bad := c.decode("SearchGoogleAdsFieldsRequest")
	if bad != nil {
		return bad
	}
	size := int(number(in, "page_size"))
	if _, set := in["page_size"]; set && (size < 1 || size > 10_000) {
		return refuse("requestError", "INVALID_PAGE_SIZE", "Page size is invalid.")
	}
	if size == 0 {
		size = 10_000
	}
	plan, err := gaql.CompileFields(text(in, "query"))
	if err != nil {
		return fromGAQL(err)
	}
	offset := 0
	if t := text(in, "page_token"); t != "" {
		if _, err := fmt.Sscanf(t, "f%d", &offset); err != nil || offset < 0 {
			return refuse("requestError", "INVALID_PAGE_TOKEN", "Page token is invalid.")
		}
	}
	var rows []any
	total := 0
	for row, err := range plan.Rows(gaql.FieldSource()) {
		if err != nil {
			return fromGAQL(err)
		}
		if total >= offset && len(rows) < size {
			rows = append(rows, json.RawMessage(string(row)))
		}
		total++
	}
	out := obj{"results": rows, "total_results_count": int64(total)}
	if offset+len(rows) < total {
		out["next_page_token"] = fmt.Sprintf("f%d", offset+len(rows))
	}
	return c.reply(out)
}
