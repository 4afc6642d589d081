package sim

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// filterRule is one entry of `filtering` on an edge.
type filterRule struct {
	level, field, operator string
	values                 []string
	single                 bool // the value was no array
}

var levelKind = map[string]string{"campaign": "Campaign", "adset": "AdSet", "ad": "Ad", "adgroup": "Ad", "campaign_group": "Campaign"}

// filtering reads [{"field":"campaign.id","operator":"IN","value":["…"]}]. A
// field without a level is the element's own.
func (s *Sim) filtering(kind string, p params) ([]filterRule, *graphError) {
	list, ok, err := p.array("filtering")
	if err != nil || !ok {
		return nil, err
	}
	var out []filterRule
	for _, x := range list {
		o, _ := x.(obj)
		name, _ := o["field"].(string)
		op, _ := o["operator"].(string)
		if name == "" || op == "" {
			return nil, invalidParam("Param filtering must be an array of {field, operator, value}")
		}
		r := filterRule{level: kind, field: name, operator: op}
		if level, f, dotted := strings.Cut(name, "."); dotted {
			r.field = f
			if r.level = levelKind[level]; r.level == "" {
				return nil, invalidParam("Filtering field %s with operation %s is not supported", name, strings.ToLower(op))
			}
		}
		if err := s.checkRule(kind, name, &r, o["value"]); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// above lists what an element of a kind belongs to.
var above = map[string][]string{"Campaign": {"Campaign"}, "AdSet": {"AdSet", "Campaign"}, "Ad": {"Ad", "AdSet", "Campaign"}}

func (s *Sim) checkRule(kind, name string, r *filterRule, value any) *graphError {
	bad := invalidParam("Filtering field %s with operation %s is not supported", name, strings.ToLower(r.operator))
	if levels, ok := above[kind]; ok && !slices.Contains(levels, r.level) || !ok && r.level != kind {
		return bad
	}
	if !s.tab.readable(r.level, r.field) && r.field != "delivery_status" && (r.field != "delivery_info" || !statusful(r.level)) {
		return bad
	}
	if !slices.Contains(filterOperators, r.operator) {
		return invalidParam("Param filtering[0]['operator'] must be one of {%s}", strings.Join(filterOperators, ", "))
	}
	switch v := value.(type) {
	case []any:
		for _, x := range v {
			t, ok := scalar(x)
			if !ok {
				return bad
			}
			r.values = append(r.values, t)
		}
	default:
		t, ok := scalar(v)
		if !ok {
			return bad
		}
		r.values, r.single = []string{t}, true
	}
	if slices.Contains(listOperators, r.operator) && r.single {
		return invalidParam("Filtering operator %s takes an array", r.operator)
	}
	return nil
}

func scalar(v any) (string, bool) {
	if b, ok := v.(bool); ok {
		return strconv.FormatBool(b), true
	}
	return asText(jsonNumber(v))
}

// filterOperators are the documented ones; listOperators take an array.
var (
	filterOperators = []string{
		"EQUAL", "NOT_EQUAL", "GREATER_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL", "IN_RANGE",
		"NOT_IN_RANGE", "CONTAIN", "NOT_CONTAIN", "CONTAINS_ANY", "CONTAINS_ALL", "NOT_CONTAINS_ANY", "STEM_MATCH",
		"IN", "NOT_IN", "STARTS_WITH", "ENDS_WITH", "ANY", "ALL", "AFTER", "BEFORE", "ON_OR_AFTER", "ON_OR_BEFORE", "NONE", "TOP",
	}
	listOperators = []string{"IN_RANGE", "NOT_IN_RANGE", "CONTAINS_ANY", "CONTAINS_ALL", "NOT_CONTAINS_ANY", "IN", "NOT_IN", "ANY", "ALL", "NONE"}
)

// matches tells whether an element passes a rule.
func (s *Sim) matches(e *entity, r filterRule, now time.Time) bool {
	for e != nil && e.kind != r.level {
		e = e.parent
	}
	if e == nil {
		return false
	}
	name := r.field
	switch name {
	case "delivery_info":
		return r.test([]string{s.deliveryInfo(e, now)})
	case "delivery_status":
		name = "effective_status"
	}
	return r.test(textsOf(s.field(e, name, now)))
}

// textsOf is a value as the texts that a filter compares: one, or a list's.
func textsOf(v any) []string {
	switch x := v.(type) {
	case nil:
		return nil
	case []any:
		out := []string{}
		for _, y := range x {
			out = append(out, textsOf(y)...)
		}
		return out
	}
	if t, ok := scalar(v); ok {
		return []string{t}
	}
	if f, ok := v.(float64); ok {
		return []string{strconv.FormatFloat(f, 'f', -1, 64)}
	}
	return []string{string(encode(v))}
}

func (r filterRule) test(have []string) bool {
	any := func(match func(h, w string) bool) bool {
		return slices.ContainsFunc(have, func(h string) bool {
			return slices.ContainsFunc(r.values, func(w string) bool { return match(h, w) })
		})
	}
	equal := func(h, w string) bool { return h == w }
	contains := func(h, w string) bool { return containsFold(h, strings.ToLower(w)) }
	size := func(want ...int) bool {
		return len(have) == 1 && len(r.values) == 1 && slices.Contains(want, compareValues(have[0], r.values[0]))
	}
	switch r.operator {
	case "EQUAL", "IN", "ANY":
		return any(equal)
	case "NOT_EQUAL", "NOT_IN", "NONE":
		return !any(equal)
	case "ALL":
		return !slices.ContainsFunc(r.values, func(w string) bool { return !slices.Contains(have, w) })
	case "CONTAIN", "CONTAINS_ANY", "STEM_MATCH":
		return any(contains)
	case "NOT_CONTAIN", "NOT_CONTAINS_ANY":
		return !any(contains)
	case "CONTAINS_ALL":
		return !slices.ContainsFunc(r.values, func(w string) bool {
			return !slices.ContainsFunc(have, func(h string) bool { return contains(h, w) })
		})
	case "STARTS_WITH":
		return any(func(h, w string) bool { return strings.HasPrefix(strings.ToLower(h), strings.ToLower(w)) })
	case "ENDS_WITH":
		return any(func(h, w string) bool { return strings.HasSuffix(strings.ToLower(h), strings.ToLower(w)) })
	case "GREATER_THAN", "AFTER":
		return size(1)
	case "GREATER_THAN_OR_EQUAL", "ON_OR_AFTER":
		return size(0, 1)
	case "LESS_THAN", "BEFORE":
		return size(-1)
	case "LESS_THAN_OR_EQUAL", "ON_OR_BEFORE":
		return size(-1, 0)
	case "IN_RANGE", "NOT_IN_RANGE":
		in := len(have) == 1 && len(r.values) == 2 && compareValues(have[0], r.values[0]) >= 0 && compareValues(have[0], r.values[1]) <= 0
		return in == (r.operator == "IN_RANGE")
	}
	return true // TOP does not select on object edges (assumed)
}

// compareValues compares times, numbers or texts.
func compareValues(have, want string) int {
	if h, ok := moment(have); ok {
		if w, ok := moment(want); ok {
			return h.Compare(w)
		}
	}
	h, ok1 := new(big.Rat).SetString(have)
	w, ok2 := new(big.Rat).SetString(want)
	if ok1 && ok2 && !strings.ContainsAny(have+want, "/eE") {
		return h.Cmp(w)
	}
	return strings.Compare(have, want)
}

// moment reads a time as Meta prints it, or UNIX seconds where that is what a
// time is compared with.
func moment(s string) (time.Time, bool) {
	for _, layout := range []string{timeLayout, time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	if n, err := json.Number(s).Int64(); err == nil && n > 100_000_000 && n < 100_000_000_000 {
		return time.Unix(n, 0), true
	}
	return time.Time{}, false
}
