package sim

import (
	"slices"
	"strings"
)

// targetingRules say how strictly a targeting is read.
type targetingRules struct {
	create     bool // the flag for Advantage+ audience must be there
	restricted bool // a special ad category: no age, gender, zip
}

// checkTargeting holds a targeting against the rules.
func (s *Sim) checkTargeting(t obj, r targetingRules) *graphError {
	for k := range t {
		if _, ok := s.tab.fields["Targeting"][k]; !ok {
			return userError(1885036, "Invalid Targeting", "Invalid key "+k+" was found in param targeting.", "targeting")
		}
	}
	geo, _ := t["geo_locations"].(obj)
	if err := s.checkGeo(geo, r.create || len(geo) > 0); err != nil {
		return err
	}
	for _, gone := range []string{"connections", "friends_of_connections", "excluded_connections"} {
		if t[gone] != nil {
			return userError(1870088, "Connections Targeting Is Retired", "Connections targeting can no longer be used.", "targeting")
		}
	}
	auto, _ := t["targeting_automation"].(obj)
	flag, said := integerOf(auto["advantage_audience"])
	if r.create && (!said || flag != 0 && flag != 1) {
		return userError(1870227, "Advantage Audience Flag Required", "To create your ad set, you need to enable or disable the Advantage audience feature: set advantage_audience to 1 or 0 in targeting_automation.", "targeting")
	}
	return checkPeople(t, r, flag == 1)
}

func (s *Sim) checkGeo(geo obj, needed bool) *graphError {
	if geo["location_types"] != nil {
		return userError(1870199, "Location Types Are Retired", "location_types can no longer be set.", "targeting")
	}
	places := 0
	for k, v := range geo {
		if _, ok := s.tab.fields["TargetingGeoLocation"][k]; !ok {
			return userError(1885036, "Invalid Targeting", "Invalid key "+k+" was found in geo_locations.", "targeting")
		}
		if list, ok := v.([]any); ok {
			places += len(list)
		}
	}
	if needed && places == 0 {
		return userError(1885364, "Missing Location", "Your targeting needs at least one location.", "targeting")
	}
	countries, _ := geo["countries"].([]any)
	for _, c := range countries {
		code, _ := c.(string)
		if s.cat.countries[code] == "" {
			return userError(1487756, "Invalid Country", "The country "+code+" is not valid.", "targeting")
		}
	}
	return nil
}

func checkPeople(t obj, r targetingRules, advantage bool) *graphError {
	low, hasLow := integerOf(t["age_min"])
	high, hasHigh := integerOf(t["age_max"])
	switch {
	case hasLow && (low < 13 || low > 65), hasHigh && (high < 13 || high > 65), hasLow && hasHigh && low > high:
		return userError(1885036, "Invalid Age", "age_min and age_max lie between 13 and 65.", "targeting")
	case advantage && hasLow && low > 25:
		return userError(1870188, "Age Limit Too High", "With Advantage+ audience age_min is at most 25.", "targeting")
	}
	genders, _ := t["genders"].([]any)
	for _, g := range genders {
		if n, ok := integerOf(g); !ok || n != 1 && n != 2 {
			return userError(1885036, "Invalid Gender", "genders are 1 (male) and 2 (female).", "targeting")
		}
	}
	minor := hasLow && low < 18
	if minor && (t["flexible_spec"] != nil || t["interests"] != nil || t["custom_audiences"] != nil) {
		return userError(1870165, "Teens Cannot Be Targeted", "Audiences under 18 can only be chosen by location, age and gender.", "targeting")
	}
	if !r.restricted {
		return nil
	}
	geo, _ := t["geo_locations"].(obj)
	if hasLow && low != 18 || hasHigh && high != 65 || len(genders) > 0 || geo["zips"] != nil {
		return userError(2446394, "Special Ad Category", "Ads of a special category cannot choose age, gender or ZIP code.", "targeting")
	}
	return nil
}

// euCountries are where the Digital Services Act names beneficiary and payer.
const euCountries = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"

// facesEU tells whether a targeting reaches the European Union.
func facesEU(t obj) bool {
	geo, _ := t["geo_locations"].(obj)
	eu := strings.Fields(euCountries)
	for _, v := range geo {
		list, _ := v.([]any)
		for _, x := range list {
			code, _ := x.(string)
			if o, ok := x.(obj); ok {
				code, _ = o["country"].(string)
				if key, _ := o["key"].(string); code == "" && len(key) > 3 && key[2] == ':' {
					code = key[:2]
				}
			}
			if slices.Contains(eu, code) || code == "eu_countries" || code == "europe" || code == "worldwide" {
				return true
			}
		}
	}
	return false
}
