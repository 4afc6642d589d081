package sim

import (
	"fmt"
	"strings"
)

// facetEntry is one targeting facet.
type facetEntry struct {
	name    string
	types   []string
	finders []string
	closed  bool // all its values can be listed
	since   string
	values  []named
}

type named struct{ urn, name string }

// catalogue is the closed world of targeting values, and what the MEMBER_*
// pivots take theirs from.
type catalogue struct {
	facets  []facetEntry
	byURN   map[string][]int // value → facets that hold it
	members map[string][]string
}

func list1(prefix string, names ...string) []named {
	out := make([]named, len(names))
	for i, n := range names {
		out[i] = named{fmt.Sprintf("urn:li:%s:%d", prefix, i+1), n}
	}
	return out
}

func pairs(kv ...string) []named {
	out := make([]named, 0, len(kv)/2)
	for i := 0; i < len(kv); i += 2 {
		out = append(out, named{kv[i], kv[i+1]})
	}
	return out
}

func geos() []named {
	return pairs(
		"urn:li:geo:103644278", "United States", "urn:li:geo:101282230", "Germany", "urn:li:geo:101165590", "United Kingdom",
		"urn:li:geo:101355337", "Japan", "urn:li:geo:102713980", "India", "urn:li:geo:105015875", "France",
		"urn:li:geo:100288700", "Hungary", "urn:li:geo:106057199", "Brazil", "urn:li:geo:103883259", "Austria",
		"urn:li:geo:106693272", "Switzerland",
		"urn:li:geo:106967730", "Berlin, Germany", "urn:li:geo:100477049", "Munich, Bavaria, Germany", "urn:li:geo:104272746", "Bavaria, Germany",
		"urn:li:geo:106430557", "Hamburg, Germany", "urn:li:geo:100556606", "Berlin, New Hampshire, United States",
		"urn:li:geo:102095887", "California, United States", "urn:li:geo:102277331", "San Francisco, California, United States",
		"urn:li:geo:105080838", "New York, United States", "urn:li:geo:102571732", "New York, New York, United States",
		"urn:li:geo:104994045", "Greater Berlin Area", "urn:li:geo:102257491", "London, England, United Kingdom",
		"urn:li:geo:100917799", "Budapest, Hungary", "urn:li:geo:103233943", "Tokyo, Japan", "urn:li:geo:105556991", "Mumbai, Maharashtra, India",
	)
}

func numbered(prefix, name string, n int) []named {
	out := make([]named, n)
	for i := range out {
		out[i] = named{fmt.Sprintf("urn:li:%s:%d", prefix, i+1), fmt.Sprintf("%s %d", name, i+1)}
	}
	return out
}

const (
	byFacet   = "AD_TARGETING_FACET"
	typeahead = "TYPEAHEAD"
	similar   = "SIMILAR_ENTITIES"
)

var (
	functionNames = []string{"Accounting", "Administrative", "Arts and Design", "Business Development", "Community and Social Services",
		"Consulting", "Education", "Engineering", "Entrepreneurship", "Finance", "Healthcare Services", "Human Resources",
		"Information Technology", "Legal", "Marketing", "Media and Communication", "Military and Protective Services", "Operations",
		"Product Management", "Program and Project Management", "Purchasing", "Quality Assurance", "Real Estate", "Research", "Sales", "Customer Success and Support"}
	seniorityNames = []string{"Unpaid", "Training", "Entry", "Senior", "Manager", "Director", "VP", "CXO", "Partner", "Owner"}
	sizes          = []string{"(1,1)", "(2,10)", "(11,50)", "(51,200)", "(201,500)", "(501,1000)", "(1001,5000)", "(5001,10000)", "(10001,2147483647)"}
	sizeSymbols    = []string{"SIZE_1", "SIZE_2_TO_10", "SIZE_11_TO_50", "SIZE_51_TO_200", "SIZE_201_TO_500", "SIZE_501_TO_1000",
		"SIZE_1001_TO_5000", "SIZE_5001_TO_10000", "SIZE_10001_OR_MORE"}
)

func newCatalogue() *catalogue {
	var staff, ages []named
	for _, s := range sizes {
		n := strings.NewReplacer("(", "", ")", "", ",", "-", "-2147483647", "+").Replace(s)
		staff = append(staff, named{"urn:li:staffCountRange:" + s, n + " employees"})
	}
	for _, a := range []string{"(18,24)", "(25,34)", "(35,54)", "(55,2147483647)"} {
		ages = append(ages, named{"urn:li:ageRange:" + a, strings.NewReplacer("(", "", ")", "", ",", " to ", " to 2147483647", "+").Replace(a)})
	}
	orgs := numbered("organization", "Company", 150)
	titles := numbered("title", "Job title", 140)
	skills := numbered("skill", "Skill", 200)
	locale := pairs("urn:li:locale:en_US", "English", "urn:li:locale:de_DE", "German", "urn:li:locale:fr_FR", "French",
		"urn:li:locale:ja_JP", "Japanese", "urn:li:locale:hu_HU", "Hungarian", "urn:li:locale:es_ES", "Spanish")
	open := []string{typeahead, similar}
	c := &catalogue{byURN: map[string][]int{}, facets: []facetEntry{
		{name: "locations", types: []string{"GEO"}, finders: []string{typeahead}, values: geos()},
		{name: "profileLocations", types: []string{"GEO"}, finders: []string{typeahead}, values: geos()},
		{name: "interfaceLocales", types: []string{"LOCALE"}, finders: []string{byFacet}, closed: true, values: locale},
		{name: "seniorities", types: []string{"SENIORITY"}, finders: []string{byFacet, typeahead}, closed: true, values: list1("seniority", seniorityNames...)},
		{name: "jobFunctions", types: []string{"FUNCTION"}, finders: []string{byFacet, typeahead}, closed: true, values: list1("function", functionNames...)},
		{name: "titles", types: []string{"TITLE"}, finders: open, values: titles},
		{name: "titlesAll", types: []string{"TITLE"}, finders: open, values: titles},
		{name: "titlesPast", types: []string{"TITLE"}, finders: open, values: titles},
		{name: "industries", types: []string{"INDUSTRY"}, finders: []string{byFacet, typeahead}, closed: true, values: numbered("industry", "Industry", 40)},
		{name: "staffCountRanges", types: []string{"STAFF_COUNT_RANGE"}, finders: []string{byFacet}, closed: true, values: staff},
		{name: "employersPast", types: []string{"COMPANY"}, finders: open, values: orgs}, // before employers: q=urns may name it
		{name: "employers", types: []string{"COMPANY"}, finders: open, values: orgs},
		{name: "employersAll", types: []string{"COMPANY"}, finders: open, values: orgs},
		{name: "skills", types: []string{"SKILL"}, finders: open, values: skills},
		{name: "schools", types: []string{"SCHOOL"}, finders: []string{typeahead}, values: numbered("school", "University", 30)},
		{name: "degrees", types: []string{"DEGREE"}, finders: []string{byFacet, typeahead}, closed: true, values: list1("degree", "Bachelor of Arts", "Master of Science", "Doctor of Philosophy", "MBA")},
		{name: "fieldsOfStudy", types: []string{"FIELD_OF_STUDY"}, finders: []string{typeahead}, values: numbered("fieldOfStudy", "Field of study", 30)},
		{name: "interests", types: []string{"INTEREST"}, finders: []string{byFacet, typeahead}, closed: true, values: list1("interest", "Arts", "Business", "Finance and Economy", "Marketing", "Technology")},
		{name: "groups", types: []string{"GROUP"}, finders: []string{typeahead}, values: numbered("group", "Group", 20)},
		{name: "followedCompanies", types: []string{"COMPANY"}, finders: []string{typeahead}, values: orgs},
		{name: "firstDegreeConnectionCompanies", types: []string{"COMPANY"}, finders: []string{typeahead}, values: orgs},
		{name: "genders", types: []string{"GENDER"}, finders: []string{byFacet}, closed: true, values: pairs("urn:li:gender:FEMALE", "Female", "urn:li:gender:MALE", "Male")},
		{name: "ageRanges", types: []string{"AGE_RANGE"}, finders: []string{byFacet}, closed: true, values: ages},
		{name: "yearsOfExperienceRanges", types: []string{"YEARS_OF_EXPERIENCE"}, finders: []string{byFacet}, closed: true, values: numbered("yearsOfExperience", "Years of experience:", 12)},
		{name: "memberBehaviors", types: []string{"MEMBER_BEHAVIOR"}, finders: []string{byFacet}, closed: true, values: list1("memberBehavior", "Frequent traveler", "Job seeker", "Open to education")},
		{name: "companyCategory", types: []string{"ORGANIZATION_RANKING_LIST"}, finders: []string{byFacet}, closed: true, values: list1("organizationRankingList", "Fortune 100", "Fortune 500")},
		{name: "growthRate", types: []string{"GROWTH_RATE"}, finders: []string{byFacet}, closed: true, values: list1("growthRate", "Negative", "0% to 3%", "3% to 10%")},
		{name: "revenue", types: []string{"REVENUE"}, finders: []string{byFacet}, closed: true, values: list1("revenue", "Less than $1M", "$1M to $10M", "More than $1B")},
		{name: "audienceMatchingSegments", types: []string{"SEGMENT"}, finders: []string{byFacet}, closed: true, values: numbered("adSegment", "Matched audience", 4)},
		{name: "dynamicSegments", types: []string{"SEGMENT"}, finders: []string{byFacet}, closed: true, values: numbered("adSegment:9", "Retargeting", 2)},
		{name: "buyerGroups", types: []string{"BUYER_GROUP"}, finders: []string{byFacet}, closed: true, since: "202603", values: list1("buyerGroup", "IT decision makers", "HR decision makers")},
	}}
	for i, f := range c.facets {
		for j := range f.values {
			v := &f.values[j]
			v.urn = strings.Replace(v.urn, "adSegment:9:", "adSegment:9", 1)
			c.byURN[v.urn] = append(c.byURN[v.urn], i)
		}
	}
	c.members = memberValues(c)
	return c
}

// memberValues are the values of the demographic pivots: URNs, and symbols for
// company sizes.
func memberValues(c *catalogue) map[string][]string {
	of := func(name string) []string {
		var out []string
		for _, v := range c.facet(name).values {
			out = append(out, v.urn)
		}
		return out
	}
	all := geos()
	urns := func(from, to int) []string {
		var out []string
		for _, g := range all[from:to] {
			out = append(out, g.urn)
		}
		return out
	}
	return map[string][]string{
		"MEMBER_COMPANY": of("employers"), "MEMBER_COMPANY_SIZE": sizeSymbols, "MEMBER_INDUSTRY": of("industries"),
		"MEMBER_SENIORITY": of("seniorities"), "MEMBER_JOB_TITLE": of("titles"), "MEMBER_JOB_FUNCTION": of("jobFunctions"),
		"MEMBER_COUNTRY_V2": urns(0, 10), "MEMBER_REGION_V2": urns(10, len(all)), "MEMBER_COUNTY": urns(15, len(all)),
		"MEMBER_DESIGNATED_MARKET_AREA": urns(14, 19),
	}
}

func (c *catalogue) facet(name string) *facetEntry {
	for i := range c.facets {
		if c.facets[i].name == name {
			return &c.facets[i]
		}
	}
	return nil
}
