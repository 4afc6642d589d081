package meta

import (
	"encoding/json"
	"maps"
	"slices"
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

func writeGeo(spec map[string]any, t *normalize.Targeting) error {
	g := t.Geographic
	if g == nil {
		g = &normalize.GeographicTargeting{}
	}
	if len(g.LocationTypes) > 0 {
		return refused("targeting.geographic.location_types", string(g.LocationTypes[0]))
	}
	if g.PresenceType != "" {
		return refused("targeting.geographic.presence_type", string(g.PresenceType))
	}
	geo, excluded := below(spec, "geo_locations"), below(spec, "excluded_geo_locations")
	delete(geo, "location_types") // Meta no longer takes what old ad sets still have
	for _, side := range []struct {
		to                              map[string]any
		prefix                          string
		countries, regions, zips, areas []normalize.TargetRef
		cities                          []normalize.CityTarget
	}{
		{geo, "", g.Countries, g.Regions, g.PostalCodes, g.USDMAs, g.Cities},
		{excluded, "excluded_", g.ExcludedCountries, g.ExcludedRegions, g.ExcludedPostalCodes, g.ExcludedUSDMAs, g.ExcludedCities},
	} {
		countries, err := countryCodes("targeting.geographic."+side.prefix+"countries", side.countries)
		if err != nil {
			return err
		}
		put(side.to, "countries", countries)
		regions, err := placeKeys("targeting.geographic."+side.prefix+"regions", keyRegion, side.regions)
		if err != nil {
			return err
		}
		put(side.to, "regions", regions)
		cities, err := cityKeys("targeting.geographic."+side.prefix+"cities", side.cities)
		if err != nil {
			return err
		}
		put(side.to, "cities", cities)
		zips, err := codedKeys("targeting.geographic."+side.prefix+"postal_codes", side.zips, func(kind string) bool { return len(kind) == 2 && strings.ToUpper(kind) == kind })
		if err != nil {
			return err
		}
		put(side.to, "zips", zips)
		areas, err := codedKeys("targeting.geographic."+side.prefix+"us_dmas", side.areas, func(kind string) bool { return kind == "COMSCORE_MARKET" })
		if err != nil {
			return err
		}
		put(side.to, "geo_markets", areas)
	}
	keep(spec, "geo_locations", geo)
	keep(spec, "excluded_geo_locations", excluded)
	return nil
}

func countryCodes(field string, list []normalize.TargetRef) ([]string, error) {
	var out []string
	for _, r := range list {
		if len(r.ID) != 2 || strings.ToUpper(r.ID) != r.ID {
			return nil, refused(field, strconv.Quote(r.ID)+": a country is two capital letters")
		}
		out = append(out, r.ID)
	}
	return out, nil
}

// placeKeys are keys that are bare numbers on Meta's side.
func placeKeys(field, kind string, list []normalize.TargetRef) ([]map[string]any, error) {
	var out []map[string]any
	for _, r := range list {
		key := strings.TrimPrefix(r.ID, kind+":")
		if !digitsOnly(key) {
			return nil, refused(field, strconv.Quote(r.ID)+": an id is "+kind+": and a number")
		}
		out = append(out, map[string]any{"key": key})
	}
	return out, nil
}

// codedKeys are keys that say themselves of what kind they are.
func codedKeys(field string, list []normalize.TargetRef, kind func(string) bool) ([]map[string]any, error) {
	var out []map[string]any
	for _, r := range list {
		before, after, ok := strings.Cut(r.ID, ":")
		if !ok || after == "" || !kind(before) {
			return nil, refused(field, strconv.Quote(r.ID))
		}
		out = append(out, map[string]any{"key": r.ID})
	}
	return out, nil
}

func cityKeys(field string, list []normalize.CityTarget) ([]map[string]any, error) {
	var out []map[string]any
	for _, city := range list {
		keys, err := placeKeys(field, keyCity, []normalize.TargetRef{{ID: city.ID}})
		if err != nil {
			return nil, err
		}
		if city.Radius != nil {
			unit := map[normalize.RadiusUnit]string{normalize.RadiusUnitMiles: "mile", normalize.RadiusUnitKilometers: "kilometer"}[city.RadiusUnit]
			if unit == "" {
				return nil, fault(providers.Rejected, field, "a radius needs a radius_unit, MILES or KILOMETERS")
			}
			n, err := wholeNumber(*city.Radius)
			if err != nil || n <= 0 {
				return nil, refused(field, "a radius of "+city.Radius.String())
			}
			keys[0]["radius"], keys[0]["distance_unit"] = n, unit
		}
		out = append(out, keys[0])
	}
	return out, nil
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

func writeDevice(spec map[string]any, t *normalize.Targeting) error {
	d := t.Device
	if d == nil {
		d = &normalize.DeviceTargeting{}
	}
	var types, systems, devices []string
	for _, r := range d.Types {
		if !slices.Contains([]string{"mobile", "desktop", "connected_tv"}, r.ID) {
			return refused("targeting.device.types", strconv.Quote(r.ID))
		}
		types = append(types, r.ID)
	}
	for _, r := range d.UserOS {
		systems = append(systems, r.ID)
	}
	for _, r := range d.UserDevice {
		devices = append(devices, r.ID)
	}
	if len(d.Carriers) > 0 && !reflectEqual(d.Carriers, spec["wireless_carrier"]) {
		return refused("targeting.device.carriers", strconv.Quote(d.Carriers[0].ID))
	}
	put(spec, "device_platforms", types)
	put(spec, "user_os", systems)
	put(spec, "user_device", devices)
	if len(d.Carriers) == 0 {
		delete(spec, "wireless_carrier")
	}
	return nil
}

// reflectEqual tells whether references are the texts that an ad set has.
func reflectEqual(refs []normalize.TargetRef, now any) bool {
	list, _ := now.([]any)
	return slices.EqualFunc(refs, list, func(r normalize.TargetRef, v any) bool { return r.ID == v })
}

// writePlacement: no placements at all leaves them to Meta.
func writePlacement(spec map[string]any, t *normalize.Targeting, given func(string) bool) error {
	p, o := t.Placement, t.Optimization
	if p == nil {
		p = &normalize.PlacementTargeting{}
	}
	if o == nil {
		o = &normalize.TargetingOptimization{}
	}
	if o.Mode != "" {
		return refused("targeting.optimization.mode", string(o.Mode))
	}
	if o.TargetingOptimizationExpansionAll != nil {
		return refused("targeting.optimization.targeting_optimization_expansion_all", strconv.FormatBool(*o.TargetingOptimizationExpansionAll))
	}
	if o.AdvantageAudience != nil {
		auto, n := below(spec, "targeting_automation"), int64(0)
		if *o.AdvantageAudience {
			n = 1
		}
		auto["advantage_audience"] = n
		spec["targeting_automation"] = auto
	}
	names := map[string]string{}
	for wire, ours := range publishers {
		names[ours] = wire
	}
	var platforms []string
	for _, ours := range p.Platforms {
		wire, ok := names[ours]
		if !ok {
			return refused("targeting.placement.platforms", ours)
		}
		platforms = append(platforms, wire)
	}
	if given("targeting.optimization.advantage_placements") && o.AdvantagePlacements != nil {
		placed := len(platforms)+len(p.FacebookPositions)+len(p.InstagramPositions)+len(p.MessengerPositions)+len(p.AudienceNetworkPositions) > 0
		switch {
		case *o.AdvantagePlacements && placed && given("targeting.placement"):
			return fault(providers.Rejected, "targeting.optimization.advantage_placements", "true leaves the placements to Meta, and placements are given")
		case *o.AdvantagePlacements:
			p, platforms = &normalize.PlacementTargeting{}, nil
		case !placed:
			return fault(providers.Rejected, "targeting.optimization.advantage_placements", "false needs placements")
		}
	}
	put(spec, "publisher_platforms", platforms)
	put(spec, "facebook_positions", p.FacebookPositions)
	put(spec, "instagram_positions", p.InstagramPositions)
	put(spec, "messenger_positions", p.MessengerPositions)
	put(spec, "audience_network_positions", p.AudienceNetworkPositions)
	return nil
}

// partOfWeek is a part of some days as it is written: minutes from midnight, days from Sunday, in the account's zone.
type partOfWeek struct {
	Start int64   `json:"start_minute"`
	End   int64   `json:"end_minute"`
	Days  []int64 `json:"days"`
	Zone  string  `json:"timezone_type"`
}

func writeSchedule(list []normalize.Schedule) ([]partOfWeek, error) {
	out := []partOfWeek{}
	for _, s := range list {
		if s.BidModifier != nil {
			return nil, refused("targeting.schedule", "a bid_modifier of "+s.BidModifier.String())
		}
		day := slices.Index(weekdays, s.DayOfWeek)
		if day < 0 {
			return nil, refused("targeting.schedule", "the day "+strconv.Quote(string(s.DayOfWeek)))
		}
		start, end := s.StartHour*60, s.EndHour*60
		if s.StartMinute != nil {
			start += *s.StartMinute
		}
		if s.EndMinute != nil {
			end += *s.EndMinute
		}
		if start < 0 || end > 24*60 || start >= end {
			return nil, fault(providers.Rejected, "targeting.schedule", "from minute %d to minute %d is no part of a day", start, end)
		}
		out = append(out, partOfWeek{start, end, []int64{int64(day)}, "ADVERTISER"})
	}
	return out, nil
}
