package linkedin

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// LinkedIn replaces targetingCriteria whole. So the tree that there is is taken, the elements of the lists that a write was
// given are built anew, and all else stays as it stands: what our lists cannot say too.

// targetingFields are the lists of ours that LinkedIn has a facet for.
func targetingFields() []providers.Field {
	var out []providers.Field
	for _, name := range []string{
		"geographic.countries", "geographic.regions", "geographic.cities", "geographic.us_dmas",
		"geographic.excluded_countries", "geographic.excluded_regions", "geographic.excluded_cities", "geographic.excluded_us_dmas",
		"demographic.age_min", "demographic.age_max", "demographic.male", "demographic.female", "language",
		"audience.interests", "audience.excluded_interests", "audience.behaviors", "audience.excluded_behaviors",
		"audience.custom_audiences", "audience.excluded_custom_audiences", "audience.combination_spec",
		"professional.job_titles", "professional.excluded_job_titles", "professional.job_functions", "professional.excluded_job_functions",
		"professional.seniorities", "professional.excluded_seniorities", "professional.skills", "professional.excluded_skills",
		"professional.industries", "professional.excluded_industries", "professional.companies", "professional.excluded_companies",
		"professional.company_sizes", "professional.excluded_company_sizes", "placement.platforms", "optimization.advantage_audience",
	} {
		out = append(out, providers.Field{Name: "targeting." + name, Create: true, Update: true, Clear: true})
	}
	return out
}

// list is one of our lists, or several that share an element of the tree.
type list struct {
	place   string   // of its element, as in placeOf
	facets  []string // where its values can stand, what is new in the first one
	kind    string   // of its URNs
	include []string // the paths of ours, below targeting
	exclude []string
}

// listsOf are our lists. Locations, ages, genders and combinations have rules of their own.
var listsOf = []list{
	{"locations", []string{"locations", "profileLocations"}, "geo",
		[]string{"geographic.countries", "geographic.regions", "geographic.cities", "geographic.us_dmas"},
		[]string{"geographic.excluded_countries", "geographic.excluded_regions", "geographic.excluded_cities", "geographic.excluded_us_dmas"}},
	{"interfaceLocales", []string{"interfaceLocales"}, "locale", []string{"language"}, nil},
	{"interests", []string{"interests"}, "interest", []string{"audience.interests"}, []string{"audience.excluded_interests"}},
	{"memberBehaviors", []string{"memberBehaviors"}, "memberBehavior", []string{"audience.behaviors"}, []string{"audience.excluded_behaviors"}},
	{placeSegments, []string{"audienceMatchingSegments", "dynamicSegments"}, "adSegment", []string{"audience.custom_audiences"}, []string{"audience.excluded_custom_audiences"}},
	{"titles", []string{"titles"}, "title", []string{"professional.job_titles"}, []string{"professional.excluded_job_titles"}},
	{"jobFunctions", []string{"jobFunctions"}, "function", []string{"professional.job_functions"}, []string{"professional.excluded_job_functions"}},
	{"seniorities", []string{"seniorities"}, "seniority", []string{"professional.seniorities"}, []string{"professional.excluded_seniorities"}},
	{"skills", []string{"skills"}, "skill", []string{"professional.skills"}, []string{"professional.excluded_skills"}},
	{"industries", []string{"industries"}, "industry", []string{"professional.industries"}, []string{"professional.excluded_industries"}},
	{"employers", []string{"employers"}, "organization", []string{"professional.companies"}, []string{"professional.excluded_companies"}},
	{"staffCountRanges", []string{"staffCountRanges"}, "staffCountRange", []string{"professional.company_sizes"}, []string{"professional.excluded_company_sizes"}},
}

// refsAt are the references of one of our lists, and whether one of them has a radius.
func refsAt(t *normalize.Targeting, path string) (refs []normalize.TargetRef, radius bool) {
	g := cmp.Or(t.Geographic, &normalize.GeographicTargeting{})
	a := cmp.Or(t.Audience, &normalize.AudienceTargeting{})
	p := cmp.Or(t.Professional, &normalize.ProfessionalTargeting{})
	cities := map[string][]normalize.CityTarget{"geographic.cities": g.Cities, "geographic.excluded_cities": g.ExcludedCities}
	if list, ok := cities[path]; ok {
		for _, c := range list {
			refs = append(refs, normalize.TargetRef{ID: c.ID, Name: c.Name})
			radius = radius || c.Radius != nil || c.RadiusUnit != ""
		}
		return refs, radius
	}
	return map[string][]normalize.TargetRef{
		"geographic.countries": g.Countries, "geographic.regions": g.Regions, "geographic.us_dmas": g.USDMAs,
		"geographic.excluded_countries": g.ExcludedCountries, "geographic.excluded_regions": g.ExcludedRegions, "geographic.excluded_us_dmas": g.ExcludedUSDMAs,
		"language": t.Language, "audience.interests": a.Interests, "audience.excluded_interests": a.ExcludedInterests,
		"audience.behaviors": a.Behaviors, "audience.excluded_behaviors": a.ExcludedBehaviors,
		"audience.custom_audiences": a.CustomAudiences, "audience.excluded_custom_audiences": a.ExcludedCustomAudiences,
		"professional.job_titles": p.JobTitles, "professional.excluded_job_titles": p.ExcludedJobTitles,
		"professional.job_functions": p.JobFunctions, "professional.excluded_job_functions": p.ExcludedJobFunctions,
		"professional.seniorities": p.Seniorities, "professional.excluded_seniorities": p.ExcludedSeniorities,
		"professional.skills": p.Skills, "professional.excluded_skills": p.ExcludedSkills,
		"professional.industries": p.Industries, "professional.excluded_industries": p.ExcludedIndustries,
		"professional.companies": p.Companies, "professional.excluded_companies": p.ExcludedCompanies,
		"professional.company_sizes": p.CompanySizes, "professional.excluded_company_sizes": p.ExcludedCompanySizes,
	}[path], false
}

// aim is the targeting that a write asks for.
type aim struct {
	t       *normalize.Targeting              // the whole wish
	given   func(path string) bool            // below targeting, by this write
	now     *targetingCriteria                // nil of a create
	labels  map[string]string                 // of the URNs of now
	country func(code string) (string, error) // the URN of a country by its ISO code
}

func (a *aim) any(paths []string) bool { return slices.ContainsFunc(paths, a.given) }

// tree builds what is to be written.
func (a *aim) tree() (*targetingCriteria, error) {
	out := &targetingCriteria{}
	out.Exclude.Or = map[string][]string{}
	if a.now != nil {
		maps.Copy(out.Exclude.Or, a.now.Exclude.Or)
		a.keep(out)
	}
	for _, l := range listsOf {
		if err := a.add(out, l); err != nil {
			return nil, err
		}
	}
	if err := a.addPeople(out); err != nil {
		return nil, err
	}
	if err := a.addCombinations(out); err != nil {
		return nil, err
	}
	return out, checkTree(out)
}

// keep takes over the elements that the write says nothing about.
func (a *aim) keep(out *targetingCriteria) {
	r := &targetingReader{labels: a.labels, used: map[string]bool{}}
	for _, e := range a.now.Include.And {
		if len(e.Or) == 0 {
			continue
		}
		place := ""
		if r.include(e.Or) {
			place = placeOf(e.Or)
		}
		if !a.any(pathsOf(place)) {
			out.Include.And = append(out.Include.And, e)
		}
	}
}

// pathsOf are the lists of ours that an element of the tree stands for.
func pathsOf(place string) []string {
	switch place {
	case "":
		return []string{"audience.combination_spec"}
	case "ageRanges":
		return []string{"demographic.age_min", "demographic.age_max"}
	case "genders":
		return []string{"demographic.male", "demographic.female"}
	}
	for _, l := range listsOf {
		if l.place == place {
			return l.include
		}
	}
	return nil
}

// add builds a list's element, and its part of what is excluded.
func (a *aim) add(out *targetingCriteria, l list) error {
	if a.any(l.include) {
		urns, err := a.urns(l, l.include)
		if err != nil {
			return err
		}
		if or := stand(urns, a.facets(l), a.hadAt(l.place)); len(or) > 0 {
			out.Include.And = append(out.Include.And, facetOr{or})
		}
	}
	if !a.any(l.exclude) {
		return nil
	}
	urns, err := a.urns(l, l.exclude)
	if err != nil {
		return err
	}
	had := maps.Clone(out.Exclude.Or)
	for _, f := range l.facets {
		delete(out.Exclude.Or, facetPrefix+f)
	}
	maps.Copy(out.Exclude.Or, stand(urns, l.facets, had))
	return nil
}

// facets are where a list's values can stand. Places are where members are, or where they live: that is not written, and kept.
func (a *aim) facets(l list) []string {
	if g := a.t.Geographic; l.place == "locations" && g != nil && slices.Contains(g.LocationTypes, normalize.LocationTypeHome) {
		return []string{"profileLocations"}
	}
	if l.place == "locations" {
		return l.facets[:1]
	}
	return l.facets
}

// hadAt is the element that a list had.
func (a *aim) hadAt(place string) map[string][]string {
	if a.now == nil {
		return nil
	}
	for _, e := range a.now.Include.And {
		if placeOf(e.Or) == place {
			return e.Or
		}
	}
	return nil
}

// stand puts values where they stood, and the new ones into the first facet.
func stand(urns, facets []string, had map[string][]string) map[string][]string {
	out := map[string][]string{}
	for _, u := range urns {
		at := facets[0]
		for _, f := range facets {
			if slices.Contains(had[facetPrefix+f], u) {
				at = f
				break
			}
		}
		out[facetPrefix+at] = append(out[facetPrefix+at], u)
	}
	return out
}

// urns are the values of lists that share an element.
func (a *aim) urns(l list, paths []string) ([]string, error) {
	var out []string
	for _, path := range paths {
		refs, radius := refsAt(a.t, path)
		if radius {
			return nil, fault(providers.Rejected, "targeting."+path, "LinkedIn takes no radius around a city")
		}
		for _, r := range refs {
			u := r.ID
			if l.place == "locations" && len(u) == 2 {
				found, err := a.country(u)
				if err != nil {
					return nil, err
				}
				u = found
			}
			if kindOf(u) != l.kind {
				return nil, fault(providers.Rejected, "targeting."+path, "%q is not of the kind urn:li:%s", r.ID, l.kind)
			}
			if !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	return out, nil
}

// sameTree tells whether two trees say the same, in whatever order.
func sameTree(a, b *targetingCriteria) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.DeepEqual(sortedTree(a), sortedTree(b))
}

func sortedTree(t *targetingCriteria) [2]any {
	var and []string
	for _, e := range t.Include.And {
		if len(e.Or) > 0 {
			and = append(and, sortedOr(e.Or))
		}
	}
	slices.Sort(and)
	return [2]any{slices.Clip(and), sortedOr(t.Exclude.Or)}
}

func sortedOr(or map[string][]string) string {
	var b strings.Builder
	for _, f := range slices.Sorted(maps.Keys(or)) {
		if len(or[f]) > 0 {
			b.WriteString(f + "=" + strings.Join(slices.Sorted(slices.Values(or[f])), ";") + "|")
		}
	}
	return b.String()
}

// wireTree is a tree as it is written: nothing excluded is nothing said.
func wireTree(t *targetingCriteria) fields {
	and := make([]fields, len(t.Include.And))
	for i, e := range t.Include.And {
		and[i] = fields{"or": e.Or}
	}
	out := fields{"include": fields{"and": and}}
	or := map[string][]string{}
	for f, v := range t.Exclude.Or {
		if len(v) > 0 {
			or[f] = v
		}
	}
	if len(or) > 0 {
		out["exclude"] = fields{"or": or}
	}
	return out
}
