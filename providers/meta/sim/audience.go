package sim

import (
	"github.com/admux/admux/providers/internal/simkit"
)

// targetingSearch finds options of every kind by name.
func (s *Sim) targetingSearch(_ *call, _ *entity, p params) ([]any, *graphError) {
	q := p.get("q")
	if q == "" {
		return nil, invalidParam("The parameter q is required")
	}
	kinds := traitKinds
	if limited := p.get("limit_type"); limited != "" {
		kinds = []string{limited}
	}
	out := []any{}
	for _, x := range s.cat.of(q, kinds...) {
		out = append(out, s.unified(x))
	}
	return out, nil
}

func (s *Sim) unified(x place) obj {
	o := unified(x)
	o["type"] = unifiedType(x.kind)
	return o
}

// targetingBrowse is the whole tree.
func (s *Sim) targetingBrowse(_ *call, _ *entity, _ params) ([]any, *graphError) {
	out := []any{}
	for _, x := range s.cat.of("", "interests", "behaviors", "life_events", "industries", "income", "family_statuses", "demographics") {
		out = append(out, s.unified(x))
	}
	return out, nil
}

// targetingSuggestions are neighbours of what is given.
func (s *Sim) targetingSuggestions(_ *call, _ *entity, p params) ([]any, *graphError) {
	given, _, err := p.array("targeting_list")
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, g := range given {
		if o, ok := g.(obj); ok {
			if id, ok := asText(o["id"]); ok {
				has[id] = true
			}
		}
	}
	out := []any{}
	for _, x := range s.cat.of("", "interests", "behaviors") {
		if !has[x.key] && len(out) < 30 {
			out = append(out, s.unified(x))
		}
	}
	return out, nil
}

// targetingValidation tells of each id or name whether it can be aimed at.
func (s *Sim) targetingValidation(_ *call, _ *entity, p params) ([]any, *graphError) {
	ids, byID, err := p.list("id_list")
	if err != nil {
		return nil, err
	}
	names, byName, err := p.list("name_list")
	if err != nil {
		return nil, err
	}
	given, byTarget, err := p.array("targeting_list")
	if err != nil {
		return nil, err
	}
	if !byID && !byName && !byTarget {
		return nil, invalidParam("One of id_list, name_list, targeting_list is required")
	}
	for _, g := range given {
		if o, ok := g.(obj); ok {
			if id, ok := asText(o["id"]); ok {
				ids = append(ids, id)
			}
		}
	}
	out := []any{}
	for _, id := range ids {
		if x := s.cat.byKey(id, traitKinds...); x != nil {
			o := s.unified(*x)
			o["valid"] = true
			out = append(out, o)
		} else {
			out = append(out, obj{"id": id, "valid": false})
		}
	}
	for _, n := range names {
		if l := s.cat.of(n, traitKinds...); len(l) > 0 {
			o := s.unified(l[0])
			o["valid"] = true
			out = append(out, o)
		} else {
			out = append(out, obj{"name": n, "valid": false})
		}
	}
	return out, nil
}

// reached is how many a targeting reaches: a guess that the same targeting always gets.
func reached(spec obj) int64 {
	n := 120_000 + int64(simkit.HashString(string(encode(spec)))%40_000_000)
	return n / 1000 * 1000
}

func (s *Sim) specOf(c *call, e *entity) (obj, *graphError) {
	spec, ok, err := c.params.object("targeting_spec")
	if err != nil {
		return nil, err
	}
	if !ok {
		if e.kind == "AdSet" {
			t, _ := e.stored("targeting").(obj)
			return t, nil
		}
		return nil, invalidParam("The parameter targeting_spec is required")
	}
	return spec, s.checkTargeting(spec, targetingRules{})
}

func (s *Sim) reachEstimate(c *call, e *entity) (any, *graphError) {
	spec, err := s.specOf(c, e)
	if err != nil {
		return nil, err
	}
	n := reached(spec)
	return obj{"data": obj{"users_lower_bound": n, "users_upper_bound": n + n/6, "estimate_ready": true}}, nil
}

func (s *Sim) deliveryEstimate(c *call, e *entity) (any, *graphError) {
	goalName := c.params.get("optimization_goal")
	if goalName == "" && e.kind == "AdSet" {
		goalName = e.str("optimization_goal")
	}
	if !s.tab.member("AdSet.optimization_goal", goalName) {
		return nil, invalidParam("Param optimization_goal must be one of the optimization goals")
	}
	spec, err := s.specOf(c, e)
	if err != nil {
		return nil, err
	}
	n := reached(spec)
	curve := []any{obj{"spend": 0, "reach": 0, "impressions": 0, "actions": 0}}
	for i := int64(1); i <= 4; i++ {
		curve = append(curve, obj{"spend": 500 * i, "reach": n / 1000 * i, "impressions": n / 700 * i, "actions": n / 90_000 * i})
	}
	return obj{"data": []any{obj{"daily_outcomes_curve": curve, "estimate_dau": n / 3, "estimate_mau_lower_bound": n,
		"estimate_mau_upper_bound": n + n/6, "estimate_ready": true}}}, nil
}
