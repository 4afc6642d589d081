package linkedin

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/normalize"
)

const facetPrefix = "urn:li:adTargetingFacet:"

// noMaxAge is LinkedIn's upper bound of an open range.
const noMaxAge = "2147483647"

// targetingReader fills our targeting from LinkedIn's tree. Lists of ours are ANDed and their values ORed, so an element
// of the tree has a place in a list when it is about one facet and the list is still free; all else becomes an entry of
// combination_spec, where nothing is lost.
type targetingReader struct {
	labels map[string]string // URN → name
	used   map[string]bool   // places taken

	audience     normalize.AudienceTargeting
	demographic  normalize.DemographicTargeting
	geographic   normalize.GeographicTargeting
	professional normalize.ProfessionalTargeting
	language     []normalize.TargetRef
}

// readTargeting turns a campaign's targeting into ours. labels names URNs, for places also their kind: LinkedIn keeps
// countries, regions and cities in one id space.
func readTargeting(c *campaign, labels map[string]string) *normalize.Targeting {
	r := &targetingReader{labels: labels, used: map[string]bool{}}
	if c.TargetingCriteria != nil {
		for _, element := range c.TargetingCriteria.Include.And {
			if len(element.Or) > 0 && !r.include(element.Or) {
				r.combine(element.Or)
			}
		}
		for _, facet := range slices.Sorted(maps.Keys(c.TargetingCriteria.Exclude.Or)) {
			r.exclude(facetName(facet), c.TargetingCriteria.Exclude.Or[facet])
		}
	}
	t := &normalize.Targeting{
		Audience: notZero(r.audience), Demographic: notZero(r.demographic), Geographic: notZero(r.geographic),
		Professional: notZero(r.professional), Language: r.language,
	}
	if c.OffsiteDeliveryEnabled != nil {
		t.Placement = &normalize.PlacementTargeting{Platforms: []string{onLinkedIn}}
		if *c.OffsiteDeliveryEnabled {
			t.Placement.Platforms = append(t.Placement.Platforms, onAudienceNetwork)
		}
	}
	if c.AudienceExpansionEnabled != nil {
		t.Optimization = &normalize.TargetingOptimization{AdvantageAudience: c.AudienceExpansionEnabled}
	}
	return t
}

func facetName(urn string) string { return strings.TrimPrefix(urn, facetPrefix) }

// placeOf is the place of an element among our lists: that of its facet. Both kinds of segments share one, as do both kinds
// of places. Empty where several facets are ORed, for which we have no list.
func placeOf(or map[string][]string) string {
	names := slices.Sorted(maps.Keys(or))
	segments := func(n string) bool {
		n = facetName(n)
		return n == "audienceMatchingSegments" || n == "dynamicSegments"
	}
	switch {
	case len(names) == 0:
		return ""
	case !slices.ContainsFunc(names, func(n string) bool { return !segments(n) }): // one list of ours for both kinds
		return placeSegments
	case len(names) > 1:
		return ""
	case facetName(names[0]) == "profileLocations":
		return "locations"
	}
	return facetName(names[0])
}

const placeSegments = "segments"

// include puts an element into the lists. It is false when it has no place there.
func (r *targetingReader) include(or map[string][]string) bool {
	place := placeOf(or)
	if place == "" || r.used[place] {
		return false
	}
	for _, n := range slices.Sorted(maps.Keys(or)) {
		if !r.put(facetName(n), or[n]) {
			return false
		}
	}
	r.used[place] = true
	return true
}

func (r *targetingReader) put(facet string, values []string) bool {
	switch facet {
	case "locations", "profileLocations":
		return r.places(values, facet == "profileLocations")
	case "ageRanges":
		return r.ages(values)
	case "genders":
		return r.genders(values)
	}
	list, _ := r.lists(facet)
	if list == nil {
		return false
	}
	*list = append(*list, r.refs(values)...)
	return true
}

// lists are our lists for a facet; nil where we have none.
func (r *targetingReader) lists(facet string) (include, exclude *[]normalize.TargetRef) {
	a, p := &r.audience, &r.professional
	switch facet {
	case "interfaceLocales":
		return &r.language, nil
	case "interests":
		return &a.Interests, &a.ExcludedInterests
	case "memberBehaviors":
		return &a.Behaviors, &a.ExcludedBehaviors
	case "audienceMatchingSegments", "dynamicSegments":
		return &a.CustomAudiences, &a.ExcludedCustomAudiences
	case "titles":
		return &p.JobTitles, &p.ExcludedJobTitles
	case "jobFunctions":
		return &p.JobFunctions, &p.ExcludedJobFunctions
	case "seniorities":
		return &p.Seniorities, &p.ExcludedSeniorities
	case "skills":
		return &p.Skills, &p.ExcludedSkills
	case "industries":
		return &p.Industries, &p.ExcludedIndustries
	case "employers":
		return &p.Companies, &p.ExcludedCompanies
	case "staffCountRanges":
		return &p.CompanySizes, &p.ExcludedCompanySizes
	}
	return nil, nil
}

// exclude takes what our lists can say; the rest stays in raw only.
func (r *targetingReader) exclude(facet string, values []string) {
	if facet == "locations" || facet == "profileLocations" {
		g := &r.geographic
		for _, v := range values {
			switch ref := (normalize.TargetRef{ID: v, Name: r.labels[v]}); placeKind(ref.Name) {
			case normalize.TargetTypeCountry:
				g.ExcludedCountries = append(g.ExcludedCountries, ref)
			case normalize.TargetTypeCity:
				g.ExcludedCities = append(g.ExcludedCities, normalize.CityTarget{ID: ref.ID, Name: ref.Name})
			default:
				g.ExcludedRegions = append(g.ExcludedRegions, ref)
			}
		}
		return
	}
	if _, list := r.lists(facet); list != nil {
		*list = append(*list, r.refs(values)...)
	}
}

func (r *targetingReader) combine(or map[string][]string) {
	var c normalize.AudienceCombination
	for _, facet := range slices.Sorted(maps.Keys(or)) {
		refs := r.refs(or[facet])
		switch facetName(facet) {
		case "interests":
			c.Interests = append(c.Interests, refs...)
		case "memberBehaviors":
			c.Behaviors = append(c.Behaviors, refs...)
		default:
			c.References = append(c.References, refs...)
		}
	}
	r.audience.CombinationSpec = append(r.audience.CombinationSpec, c)
}

func (r *targetingReader) refs(urns []string) []normalize.TargetRef {
	out := make([]normalize.TargetRef, len(urns))
	for i, u := range urns {
		out[i] = normalize.TargetRef{ID: u, Name: r.labels[u]}
	}
	return out
}

// places needs a name for each place, as the name alone tells its kind.
func (r *targetingReader) places(urns []string, home bool) bool {
	if slices.ContainsFunc(urns, func(u string) bool { return r.labels[u] == "" }) {
		return false
	}
	g := &r.geographic
	for _, ref := range r.refs(urns) {
		switch placeKind(ref.Name) {
		case normalize.TargetTypeCountry:
			g.Countries = append(g.Countries, ref)
		case normalize.TargetTypeCity:
			g.Cities = append(g.Cities, normalize.CityTarget{ID: ref.ID, Name: ref.Name})
		default:
			g.Regions = append(g.Regions, ref)
		}
	}
	if home {
		g.LocationTypes = []normalize.LocationType{normalize.LocationTypeHome}
	}
	return true
}

// placeKind guesses from a name what LinkedIn does not say: "Germany" is a country, "Bavaria, Germany" and "Greater
// Berlin" are regions, "Munich, Bavaria, Germany" is a city.
func placeKind(name string) normalize.TargetType {
	switch commas := strings.Count(name, ","); {
	case countryCode(name) != unknownValue:
		return normalize.TargetTypeCountry
	case commas >= 2:
		return normalize.TargetTypeCity
	}
	return normalize.TargetTypeRegion
}

// ageBuckets are LinkedIn's four, in order.
var ageBuckets = []string{"(18,24)", "(25,34)", "(35,54)", "(55," + noMaxAge + ")"}

// ages takes neighbouring buckets as one range. Others, such as the young and the old, have no place in ours.
func (r *targetingReader) ages(urns []string) bool {
	var idx []int
	for _, u := range urns {
		i := slices.Index(ageBuckets, tail(u))
		if i < 0 {
			return false
		}
		idx = append(idx, i)
	}
	slices.Sort(idx)
	idx = slices.Compact(idx)
	if len(idx) == 0 || idx[len(idx)-1]-idx[0] != len(idx)-1 {
		return false
	}
	low, _, _ := strings.Cut(strings.Trim(ageBuckets[idx[0]], "()"), ",")
	_, high, _ := strings.Cut(strings.Trim(ageBuckets[idx[len(idx)-1]], "()"), ",")
	r.demographic.AgeMin = parseAge(low)
	r.demographic.AgeMax = parseAge(high)
	return true
}

func parseAge(s string) *int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || s == noMaxAge {
		return nil
	}
	return &n
}

func (r *targetingReader) genders(urns []string) bool {
	for _, u := range urns {
		switch tail(u) {
		case "MALE":
			r.demographic.Male = ptr(true)
		case "FEMALE":
			r.demographic.Female = ptr(true)
		default:
			return false
		}
	}
	return true
}

// targetURNs lists every URN of a campaign's targeting, for their names.
func targetURNs(c *campaign) []string {
	if c.TargetingCriteria == nil {
		return nil
	}
	var out []string
	for _, e := range append(slices.Clone(c.TargetingCriteria.Include.And), c.TargetingCriteria.Exclude) {
		for _, values := range e.Or {
			out = append(out, values...)
		}
	}
	return out
}
