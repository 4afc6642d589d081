package linkedin

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// addPeople builds the elements for ages and genders.
func (a *aim) addPeople(out *targetingCriteria) error {
	d := a.t.Demographic
	if d == nil {
		d = &normalize.DemographicTargeting{}
	}
	if a.any(pathsOf("ageRanges")) {
		ages, err := ageRanges(d.AgeMin, d.AgeMax)
		if err != nil {
			return err
		}
		put(out, "ageRanges", "ageRange", ages)
	}
	if !a.any(pathsOf("genders")) {
		return nil
	}
	male, female := d.Male != nil && *d.Male, d.Female != nil && *d.Female
	var genders []string
	switch {
	case d.Male != nil && d.Female != nil && !male && !female:
		return fault(providers.Rejected, "targeting.demographic", "nobody is left when neither women nor men are meant")
	case d.Male != nil && !male && d.Female == nil:
		female = true
	case d.Female != nil && !female && d.Male == nil:
		male = true
	}
	if male {
		genders = append(genders, "MALE")
	}
	if female {
		genders = append(genders, "FEMALE")
	}
	put(out, "genders", "gender", genders)
	return nil
}

// put adds an element of one facet.
func put(out *targetingCriteria, facet, kind string, values []string) {
	if len(values) == 0 {
		return
	}
	urns := make([]string, len(values))
	for i, v := range values {
		urns[i] = urn(kind, v)
	}
	out.Include.And = append(out.Include.And, facetOr{map[string][]string{facetPrefix + facet: urns}})
}

// ageRanges are LinkedIn's four buckets between two ages, which have to be edges of theirs.
func ageRanges(low, high *int64) ([]string, error) {
	if low == nil && high == nil {
		return nil, nil
	}
	from, to := 0, len(ageBuckets)-1
	if low != nil {
		if from = bucketAt(strconv.FormatInt(*low, 10), 0); from < 0 {
			return nil, fault(providers.Rejected, "targeting.demographic.age_min", "LinkedIn's ages begin at 18, 25, 35 or 55")
		}
	}
	if high != nil {
		if to = bucketAt(strconv.FormatInt(*high, 10), 1); to < 0 {
			return nil, fault(providers.Rejected, "targeting.demographic.age_max", "LinkedIn's ages end at 24, 34 or 54, or have no end")
		}
	}
	if from > to {
		return nil, fault(providers.Rejected, "targeting.demographic.age_max", "it is below age_min")
	}
	return ageBuckets[from : to+1], nil
}

// bucketAt is the bucket whose lower or upper edge is an age; -1 for none.
func bucketAt(age string, edge int) int {
	return slices.IndexFunc(ageBuckets, func(b string) bool { return strings.Split(strings.Trim(b, "()"), ",")[edge] == age })
}

// facetsByKind is the facet that a reference of a combination stands for by its kind, where it did not stand in another one.
var facetsByKind = map[string]string{
	"geo": "locations", "locale": "interfaceLocales", "interest": "interests", "memberBehavior": "memberBehaviors", "adSegment": "audienceMatchingSegments",
	"title": "titles", "function": "jobFunctions", "seniority": "seniorities", "skill": "skills", "industry": "industries", "organization": "employers",
	"staffCountRange": "staffCountRanges", "school": "schools", "degree": "degrees", "fieldOfStudy": "fieldsOfStudy", "group": "groups",
	"gender": "genders", "ageRange": "ageRanges", "yearsOfExperience": "yearsOfExperienceRanges",
}

// addCombinations builds an element for each combination: all that is in it is ORed.
func (a *aim) addCombinations(out *targetingCriteria) error {
	const path = "targeting.audience.combination_spec"
	if !a.given("audience.combination_spec") || a.t.Audience == nil {
		return nil
	}
	for _, spec := range a.t.Audience.CombinationSpec {
		if len(spec.LifeEvents) > 0 {
			return fault(providers.Rejected, path, "LinkedIn has no life events")
		}
		or := map[string][]string{}
		for _, ref := range slices.Concat(spec.Interests, spec.Behaviors, spec.References) {
			facet := a.stood(ref.ID)
			if facet == "" {
				facet = facetsByKind[kindOf(ref.ID)]
			}
			if facet == "" {
				return fault(providers.Rejected, path, "LinkedIn does not say what %q is targeted by", ref.ID)
			}
			or[facetPrefix+facet] = append(or[facetPrefix+facet], ref.ID)
		}
		if len(or) == 0 {
			return fault(providers.Rejected, path, "a combination of nothing means nobody")
		}
		out.Include.And = append(out.Include.And, facetOr{or})
	}
	return nil
}

// stood is the facet that a value has in the tree now.
func (a *aim) stood(u string) string {
	if a.now == nil {
		return ""
	}
	for _, e := range a.now.Include.And {
		for facet, values := range e.Or {
			if slices.Contains(values, u) {
				return facetName(facet)
			}
		}
	}
	return ""
}

// The most values that a facet takes: more of places and employers than of the others.
const (
	maxValues     = 100
	maxManyValues = 200
)

// apart are facets that LinkedIn does not AND with one another (INCOMPATIBLE_TARGETING_COMBINATION).
var apart = [][2][]string{
	{{"titles", "titlesAll", "titlesPast"}, {"jobFunctions", "seniorities"}},
	{{"employers", "employersAll", "employersPast"}, {"industries", "staffCountRanges"}},
	{{"memberBehaviors"}, {"audienceMatchingSegments", "dynamicSegments"}},
	{{"dynamicSegments"}, {"interests"}},
}

// includeOnly cannot be excluded.
var includeOnly = []string{"interfaceLocales", "groups", "genders", "ageRanges"}

// checkTree refuses trees that LinkedIn is known to refuse.
func checkTree(t *targetingCriteria) error {
	located := false
	included := map[string]bool{}
	at := map[string][]int{} // facet → elements
	for i, e := range t.Include.And {
		for facet, values := range e.Or {
			name := facetName(facet)
			at[name] = append(at[name], i)
			located = located || name == "locations" || name == "profileLocations"
			for _, v := range values {
				included[facet+" "+v] = true
			}
			if err := fewEnough(name, len(values)); err != nil {
				return err
			}
		}
	}
	for facet, values := range t.Exclude.Or {
		if err := fewEnough(facetName(facet), len(values)); err != nil {
			return err
		}
		if slices.Contains(includeOnly, facetName(facet)) && len(values) > 0 {
			return fault(providers.Rejected, "targeting", "%s cannot be excluded at LinkedIn", facetName(facet))
		}
		for _, v := range values {
			if included[facet+" "+v] {
				return fault(providers.Rejected, "targeting", "%s is meant and excluded at once", v)
			}
		}
	}
	if !located {
		return fault(providers.Rejected, "targeting.geographic", "LinkedIn targets nobody without a place: give countries, regions or cities")
	}
	return checkApart(at)
}

func fewEnough(facet string, n int) error {
	most := maxValues
	if strings.HasPrefix(facet, "employers") || strings.HasSuffix(facet, "ocations") {
		most = maxManyValues
	}
	if n > most {
		return fault(providers.Rejected, "targeting", "LinkedIn takes %d values of %s, not %d", most, facet, n)
	}
	return nil
}

func checkApart(at map[string][]int) error {
	for _, pair := range apart {
		for _, a := range pair[0] {
			for _, b := range pair[1] {
				if len(at[a]) > 0 && len(at[b]) > 0 && (len(at[a]) > 1 || len(at[b]) > 1 || at[a][0] != at[b][0]) {
					return fault(providers.Rejected, "targeting", "LinkedIn does not take %s together with %s", a, b)
				}
			}
		}
	}
	return nil
}

// countryURN finds a country by its ISO code: LinkedIn knows places by name only.
func (c *client) countryURN(ctx context.Context) func(string) (string, error) {
	return func(code string) (string, error) {
		for _, name := range countryNames(strings.ToUpper(code)) {
			q := new(query).text("q", "typeahead").text("facet", facetPrefix+"locations").text("query", name).add("queryVersion", "QUERY_USES_URNS")
			found, _, err := collect(ctx, c, call{methodFinder, "adTargetingEntities", q.String()}, false, entityOf)
			if err != nil {
				return "", err
			}
			for _, e := range found {
				if countryCode(e.Name) == strings.ToUpper(code) && kindOf(e.URN) == "geo" {
					return e.URN, nil
				}
			}
		}
		return "", fault(providers.Rejected, "targeting.geographic.countries", "LinkedIn finds no country %q: give the URN of a target", code)
	}
}
