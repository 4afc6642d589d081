package sim

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// reportFilter is one triple; its value is always a text.
type reportFilter struct {
	field, kind string
	values      []string
}

// readReportFilters reads the array of triples.
func (s *Sim) readReportFilters(c *call, q *query) *apiError {
	list, _ := c.params["filtering"].([]any)
	for i, x := range list {
		o, ok := x.(obj)
		if !ok {
			return badParam("filtering.%d: Not a valid object.", i)
		}
		for name, v := range o {
			if name != "field_name" && name != "filter_type" && name != "filter_value" {
				return badParam("filtering.%d.%s: Unknown field.", i, name)
			}
			if _, ok := v.(string); !ok {
				return badParam("filtering.%d.%s: Not a valid string.", i, name)
			}
		}
		f := reportFilter{field: str(o, "field_name"), kind: str(o, "filter_type")}
		if err := s.readTriple(&f, str(o, "filter_value"), q); err != nil {
			return err
		}
		q.filters = append(q.filters, f)
	}
	return nil
}

func (s *Sim) readTriple(f *reportFilter, value string, q *query) *apiError {
	types := []string{"IN", "NOT_IN", "CONTAIN_ANY_OF", "MATCH", "GREATER_EQUAL", "GREATER_THAN", "LOWER_EQUAL", "LOWER_THAN", "BETWEEN", "RANGE"}
	if !slices.Contains(types, f.kind) {
		return badParam("filtering.filter_type: Must be one of: %s.", strings.Join(types, ", "))
	}
	switch f.kind {
	case "IN", "NOT_IN", "CONTAIN_ANY_OF", "BETWEEN", "RANGE":
		v, err := decodeJSON(value)
		list, ok := v.([]any)
		if err != nil || !ok {
			return badParam("filtering.filter_value: Not a valid JSON array: %s", value)
		}
		for _, x := range list {
			switch y := x.(type) {
			case string:
				f.values = append(f.values, y)
			case json.Number:
				f.values = append(f.values, y.String())
			default:
				return badParam("filtering.filter_value: Not a valid value.")
			}
		}
	default:
		f.values = []string{value}
	}
	if len(f.values) == 0 {
		return badParam("filtering.filter_value: Shorter than minimum length 1.")
	}
	return s.checkTriple(f, q)
}

func (s *Sim) checkTriple(f *reportFilter, q *query) *apiError {
	limit := 100
	if q.async && f.field != "ad_ids_v2" {
		limit = 20_000
	}
	switch f.field {
	case "campaign_ids", "adgroup_ids", "ad_ids", "ad_ids_v2":
		if f.kind != "IN" && f.kind != "NOT_IN" {
			return badParam("filtering.filter_type: %s does not go with %s.", f.kind, f.field)
		}
		if len(f.values) > limit {
			return badParam("filtering.filter_value: Longer than maximum length %d.", limit)
		}
	case "campaign_status", "adgroup_status", "ad_status":
		for _, v := range f.values {
			if !slices.Contains(s.tab.Enums["PrimaryStatus"], v) && !slices.Contains(s.tab.Enums["SecondaryStatus"], v) {
				return badParam("filtering.filter_value: Invalid status '%s'.", v)
			}
		}
	case "campaign_automation_type":
		for _, v := range f.values {
			if v != manual && v != legacy && v != smartPlus {
				return badParam("filtering.filter_value: Invalid campaign_automation_type '%s'.", v)
			}
		}
	case "buying_type", "campaign_name", "adgroup_name", "ad_name", "objective_type", "country_code", "gender", "age", "platform", "placement_type":
	default:
		if m, ok := s.tab.metrics[f.field]; !ok || m.attribute {
			return badParam("filtering.field_name: Invalid field '%s'.", f.field)
		}
		for _, v := range f.values {
			if _, err := simkit.ParseMicros(v); err != nil {
				return badParam("filtering.filter_value: Not a valid number: %s", v)
			}
		}
	}
	return nil
}

// statusWord is the filter on a level's status; nil is the default.
func (q *query) statusWord(field string) []string {
	for _, f := range q.filters {
		if f.field == field {
			return f.values
		}
	}
	return nil
}

// admits tells whether an ad's numbers count in this report, as far as that
// hangs on the objects alone.
func (q *query) admits(e *entity) bool {
	group := e.parent
	campaign := group.parent
	for _, x := range []struct {
		level, field string
		e            *entity
	}{{"AUCTION_CAMPAIGN", "campaign_status", campaign}, {"AUCTION_ADGROUP", "adgroup_status", group}, {"AUCTION_AD", "ad_status", e}} {
		words := q.statusWord(x.field)
		if words == nil {
			if q.level != x.level {
				continue
			}
			words = []string{"STATUS_NOT_DELETE"} // of the level that was asked for
		}
		if !slices.ContainsFunc(words, func(w string) bool { return x.e.matchesStatus(w, q.asOf) }) {
			return false
		}
	}
	for _, f := range q.filters {
		if !f.admits(e, group, campaign) {
			return false
		}
	}
	return true
}

func (f reportFilter) admits(ad, group, campaign *entity) bool {
	var got string
	switch f.field {
	case "campaign_ids":
		got = campaign.id
	case "adgroup_ids":
		got = group.id
	case "ad_ids_v2":
		got = ad.id
	case "ad_ids": // a creative of a Smart+ ad is looked for among its parts
		if ad.auto == smartPlus {
			return f.kind == "NOT_IN" || slices.ContainsFunc(ad.creatives, func(c *creative) bool { return slices.Contains(f.values, c.id) })
		}
		got = ad.id
	case "campaign_automation_type":
		got = campaign.auto
	case "objective_type":
		got = campaign.wireObjective()
	case "buying_type":
		got = "AUCTION"
	case "campaign_name":
		got = campaign.title()
	case "adgroup_name":
		got = group.title()
	case "ad_name":
		got = ad.title()
	default:
		return true
	}
	if f.kind == "MATCH" {
		return strings.Contains(strings.ToLower(got), strings.ToLower(f.values[0]))
	}
	return slices.Contains(f.values, got) == (f.kind != "NOT_IN")
}

// admitsCreative narrows to single creatives.
func (q *query) admitsCreative(id string) bool {
	for _, f := range q.filters {
		if f.field == "ad_ids" && slices.Contains(f.values, id) != (f.kind == "IN") {
			return false
		}
	}
	return true
}

// admitsValue applies filters on breakdowns and on metrics to a finished row.
func (q *query) admitsValue(s *Sim, r *reportRow) bool {
	for _, f := range q.filters {
		if i := slices.Index(q.breakdowns, f.field); i >= 0 {
			if slices.Contains(f.values, r.values[i]) == (f.kind == "NOT_IN") {
				return false
			}
			continue
		}
		m, ok := s.tab.metrics[f.field]
		if !ok || m.attribute {
			continue
		}
		v, err := simkit.ParseMicros(s.metricText(q, r, f.field))
		want, err2 := simkit.ParseMicros(f.values[0])
		if err != nil || err2 != nil {
			return false
		}
		if !f.compare(v, want) {
			return false
		}
	}
	return true
}

func (f reportFilter) compare(v, want int64) bool {
	switch f.kind {
	case "GREATER_EQUAL":
		return v >= want
	case "GREATER_THAN":
		return v > want
	case "LOWER_EQUAL":
		return v <= want
	case "LOWER_THAN":
		return v < want
	case "BETWEEN", "RANGE":
		high, err := simkit.ParseMicros(f.values[len(f.values)-1])
		return err == nil && v >= want && v <= high
	}
	return v == want
}
