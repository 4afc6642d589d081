package sim

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// The filters of the lists; each is of one JSON type.
func campaignFilters() map[string]string {
	return map[string]string{
		"campaign_ids": "array", "campaign_name": "string", "primary_status": "string", "secondary_status": "string",
		"objective_type": "string", "optimization_goal": "string", "campaign_type": "string", "buying_types": "array",
		"campaign_product_source": "string", "sales_destination": "string", "is_smart_performance_campaign": "boolean",
		"split_test_enabled": "boolean", "campaign_system_origins": "array", "creative_campaign_type": "string",
		"creation_filter_start_time": "string", "creation_filter_end_time": "string",
	}
}

func groupFilters() map[string]string {
	m := campaignFilters()
	for _, k := range []string{"campaign_name", "campaign_type", "campaign_product_source", "sales_destination", "is_smart_performance_campaign", "creative_campaign_type"} {
		delete(m, k)
	}
	maps.Copy(m, map[string]string{"adgroup_ids": "array", "adgroup_name": "string", "bid_strategy": "string",
		"billing_events": "array", "creative_material_mode": "string", "promotion_type": "string"})
	return m
}

func adFilters() map[string]string {
	return map[string]string{
		"campaign_ids": "array", "adgroup_ids": "array", "ad_ids": "array", "ad_ids_v2": "array", "ad_name": "string",
		"primary_status": "string", "secondary_status": "string", "objective_type": "string", "optimization_goal": "string",
		"buying_types": "array", "campaign_system_origins": "array", "creative_material_mode": "string", "destination": "string",
		"creation_filter_start_time": "string", "creation_filter_end_time": "string", "modified_after": "string",
	}
}

func smartAdFilters() map[string]string {
	return map[string]string{
		"campaign_ids": "array", "adgroup_ids": "array", "smart_plus_ad_ids": "array", "primary_status": "string",
		"secondary_status": "string", "objective_type": "string", "optimization_goal": "string", "modified_after": "string",
		"creation_filter_start_time": "string", "creation_filter_end_time": "string",
	}
}

// filter is the object that narrows a list.
type filter struct {
	ids                map[string][]string
	words              map[string]string
	nothing            bool // what was asked for does not exist in this world
	from, to, modified time.Time
}

func (f *filter) has(name string) bool { _, ok := f.ids[name]; return ok }

func (s *Sim) readFilter(c *call, l listing) (*filter, *apiError) {
	in, _ := c.params["filtering"].(obj)
	f := &filter{ids: map[string][]string{}, words: map[string]string{}}
	for name, v := range in {
		kind, known := l.filters[name]
		if !known {
			return nil, badParam("filtering.%s: Unknown field.", name)
		}
		if !isKind(v, kind) {
			return nil, badParam("filtering.%s: Not a valid %s.", name, kind)
		}
		if err := f.take(name, v, in); err != nil {
			return nil, err
		}
	}
	for name, enum := range map[string]string{"primary_status": "PrimaryStatus", "secondary_status": "SecondaryStatus", "objective_type": "ObjectiveType", "optimization_goal": "OptimizationGoal"} {
		if w := f.words[name]; w != "" && !slices.Contains(s.tab.Enums[enum], w) {
			return nil, badParam("filtering.%s: Must be one of: %s.", name, strings.Join(s.tab.Enums[enum], ", "))
		}
	}
	return f, nil
}

func (f *filter) take(name string, v any, in obj) *apiError {
	switch x := v.(type) {
	case []any:
		ids, err := stringsOf(in, name)
		if err != nil {
			return badParam("filtering.%s", err.Message)
		}
		if len(ids) > maxFilterIDs {
			return refuse(codeParam, "filtering.%s: Longer than maximum length %d.", name, maxFilterIDs)
		}
		switch name {
		case "buying_types": // a TopView campaign is none of this world's
			f.nothing = f.nothing || !slices.Contains(ids, "AUCTION")
			if slices.Contains(ids, "RESERVATION_TOP_VIEW") && len(ids) > 1 {
				return badParam("filtering.buying_types: RESERVATION_TOP_VIEW cannot be used with other values.")
			}
		case "campaign_system_origins":
			f.nothing = f.nothing || slices.Contains(ids, "PROMOTE")
		default:
			f.ids[name] = ids
		}
	case string:
		switch name {
		case "creation_filter_start_time", "creation_filter_end_time", "modified_after":
			return f.time(name, x)
		}
		f.words[name] = x
	case bool:
		f.words[name] = map[bool]string{true: "true", false: "false"}[x]
	case json.Number:
	}
	return nil
}

func (f *filter) time(name, text string) *apiError {
	t, err := time.Parse(timeLayout, text)
	if err != nil {
		return badParam("filtering.%s: Time format should be YYYY-MM-DD HH:MM:SS. Please try again.", name)
	}
	switch name {
	case "creation_filter_start_time":
		f.from = t
	case "creation_filter_end_time":
		f.to = t
	default:
		f.modified = t
	}
	return nil
}
