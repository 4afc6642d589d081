package meta

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// writeTargeting lays the parts that changed over what an ad set has, and keeps what ours does not hold: Meta replaces an
// ad set's targeting whole. given tells what the caller named himself, by its whole path.
func writeTargeting(now map[string]any, t *normalize.Targeting, changed, given func(string) bool) (any, error) {
	spec := maps.Clone(now)
	if spec == nil {
		spec = map[string]any{}
	}
	for _, part := range []struct {
		name  string
		write func(map[string]any, *normalize.Targeting) error
	}{
		{"geographic", writeGeo}, {"demographic", writeDemographic}, {"language", writeLanguage}, {"audience", writeAudience}, {"device", writeDevice},
	} {
		if changed(part.name) {
			if err := part.write(spec, t); err != nil {
				return nil, err
			}
		}
	}
	if changed("placement") || changed("optimization") {
		if err := writePlacement(spec, t, given); err != nil {
			return nil, err
		}
	}
	if !located(spec) {
		return nil, fault(providers.Rejected, "targeting.geographic", "Meta needs at least one place that ads are shown in")
	}
	if _, ok := spec["targeting_automation"]; !ok { // Meta wants it said; without it ages and interests would be mere hints
		spec["targeting_automation"] = map[string]any{"advantage_audience": int64(0)}
	}
	return generic(spec), nil
}

// put sets a list, or takes it away when it is empty.
func put[T any](m map[string]any, name string, list []T) {
	if len(list) == 0 {
		delete(m, name)
		return
	}
	m[name] = list
}

// below is the object under a name, to be changed without changing what it was read from.
func below(m map[string]any, name string) map[string]any {
	old, _ := m[name].(map[string]any)
	out := maps.Clone(old)
	if out == nil {
		out = map[string]any{}
	}
	return out
}

func keep(m map[string]any, name string, v map[string]any) {
	if len(v) == 0 {
		delete(m, name)
		return
	}
	m[name] = v
}

// located tells whether some place is included.
func located(spec map[string]any) bool {
	geo, _ := generic(spec["geo_locations"]).(map[string]any)
	for name, v := range geo {
		if list, ok := v.([]any); ok && len(list) > 0 && name != "location_types" {
			return true
		}
	}
	return false
}

// The ages that Meta knows; the upper one stands for all above it.
const minAge, maxAge = 13, 65

func writeDemographic(spec map[string]any, t *normalize.Targeting) error {
	d := t.Demographic
	if d == nil {
		d = &normalize.DemographicTargeting{}
	}
	if len(d.ParentalStatuses) > 0 {
		return refused("targeting.demographic.parental_statuses", d.ParentalStatuses[0])
	}
	if len(d.Incomes) > 0 {
		return refused("targeting.demographic.incomes", d.Incomes[0])
	}
	for _, a := range []struct {
		field string
		age   *int64
	}{{"age_min", d.AgeMin}, {"age_max", d.AgeMax}} {
		if a.age == nil {
			delete(spec, a.field)
			continue
		}
		if *a.age < minAge || *a.age > maxAge {
			return fault(providers.Rejected, "targeting.demographic."+a.field, "%d: Meta's ages go from %d to %d, which means and older", *a.age, minAge, maxAge)
		}
		spec[a.field] = *a.age
	}
	if d.AgeMin != nil && d.AgeMax != nil && *d.AgeMin > *d.AgeMax {
		return fault(providers.Rejected, "targeting.demographic.age_max", "it is below age_min")
	}
	no := func(b *bool) bool { return b != nil && !*b }
	yes := func(b *bool) bool { return b != nil && *b }
	var genders []int64
	switch {
	case no(d.Male) && no(d.Female):
		return fault(providers.Rejected, "targeting.demographic.male", "nobody is left")
	case yes(d.Male) && yes(d.Female):
		genders = []int64{1, 2}
	case yes(d.Male) || no(d.Female):
		genders = []int64{1}
	case yes(d.Female) || no(d.Male):
		genders = []int64{2}
	}
	put(spec, "genders", genders)
	return nil
}

func writeLanguage(spec map[string]any, t *normalize.Targeting) error {
	var out []json.Number
	for _, r := range t.Language {
		key := strings.TrimPrefix(r.ID, keyLocale+":")
		if !digitsOnly(key) {
			return refused("targeting.language", strconv.Quote(r.ID)+": an id is "+keyLocale+": and a number")
		}
		out = append(out, json.Number(key))
	}
	put(spec, "locales", out)
	return nil
}

// idRefs are values that are known by a number.
func idRefs(field string, list []normalize.TargetRef) ([]map[string]any, error) {
	var out []map[string]any
	for _, r := range list {
		if !digitsOnly(r.ID) {
			return nil, refused(field, strconv.Quote(r.ID)+": an id is a number")
		}
		out = append(out, map[string]any{"id": r.ID})
	}
	return out, nil
}

// writeAudience: a list of ours is an entry of flexible_spec, and entries are ANDed as our lists are.
func writeAudience(spec map[string]any, t *normalize.Targeting) error {
	a := t.Audience
	if a == nil {
		a = &normalize.AudienceTargeting{}
	}
	if len(a.LookalikeAudiences) > 0 {
		return fault(providers.Rejected, "targeting.audience.lookalike_audiences", "a lookalike audience of Meta's is one of custom_audiences")
	}
	combinations := []normalize.AudienceCombination{}
	if len(a.Interests) > 0 {
		combinations = append(combinations, normalize.AudienceCombination{Interests: a.Interests})
	}
	if len(a.Behaviors) > 0 {
		combinations = append(combinations, normalize.AudienceCombination{Behaviors: a.Behaviors})
	}
	var entries []map[string]any
	for _, combination := range append(combinations, a.CombinationSpec...) {
		entry, err := combined(combination)
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	delete(spec, "interests") // where they stood before flexible_spec
	delete(spec, "behaviors")
	put(spec, "flexible_spec", entries)
	excluded := below(spec, "exclusions")
	for _, l := range []struct {
		field, name string
		to          map[string]any
		list        []normalize.TargetRef
	}{
		{"excluded_interests", "interests", excluded, a.ExcludedInterests}, {"excluded_behaviors", "behaviors", excluded, a.ExcludedBehaviors},
		{"custom_audiences", "custom_audiences", spec, a.CustomAudiences},
		{"excluded_custom_audiences", "excluded_custom_audiences", spec, a.ExcludedCustomAudiences},
	} {
		list, err := idRefs("targeting.audience."+l.field, l.list)
		if err != nil {
			return err
		}
		put(l.to, l.name, list)
	}
	keep(spec, "exclusions", excluded)
	return nil
}

func combined(c normalize.AudienceCombination) (map[string]any, error) {
	const field = "targeting.audience.combination_spec"
	if len(c.References) > 0 {
		return nil, fault(providers.Rejected, field, "Meta needs to know the kind of what references points at: it can be read and not written")
	}
	entry := map[string]any{}
	for name, list := range map[string][]normalize.TargetRef{"interests": c.Interests, "behaviors": c.Behaviors, "life_events": c.LifeEvents} {
		ids, err := idRefs(field, list)
		if err != nil {
			return nil, err
		}
		put(entry, name, ids)
	}
	if len(entry) == 0 {
		return nil, fault(providers.Rejected, field, "an entry is empty")
	}
	return entry, nil
}
