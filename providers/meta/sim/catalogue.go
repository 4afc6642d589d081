package sim

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

//go:embed catalogue.txt
var catalogueText string

// place is something to aim at: a geographic one by key, or a person's trait.
type place struct {
	kind, key, name string
	country, region string // of places
	regionID        string
	path            []string // of traits
}

// catalogue is what the search endpoints know.
type catalogue struct {
	all       []place
	countries map[string]string // name by code
}

func newCatalogue() *catalogue {
	c := &catalogue{countries: map[string]string{}}
	for line := range strings.Lines(catalogueText) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "|")
		if len(parts) < 3 {
			continue
		}
		p := place{kind: parts[0], key: parts[1], name: parts[2]}
		rest := parts[3:]
		switch p.kind {
		case "country":
			c.countries[p.key], p.country = p.name, p.key
		case "region", "city", "zip", "geo_market", "electoral_district":
			p.country = rest[0]
			if len(rest) > 2 {
				p.region, p.regionID = rest[1], rest[2]
			}
		default:
			if len(rest) > 0 && rest[0] != "" {
				p.path = strings.Split(rest[0], "/")
			}
		}
		c.all = append(c.all, p)
	}
	return c
}

// of lists a kind whose names contain q.
func (c *catalogue) of(q string, kinds ...string) []place {
	var out []place
	for _, p := range c.all {
		for _, k := range kinds {
			if p.kind == k && containsFold(p.name, strings.ToLower(q)) {
				out = append(out, p)
			}
		}
	}
	return out
}

// byKey finds one of a kind; nil when there is none.
func (c *catalogue) byKey(key string, kinds ...string) *place {
	for i, p := range c.all {
		for _, k := range kinds {
			if p.kind == k && p.key == key {
				return &c.all[i]
			}
		}
	}
	return nil
}

// geo is a place as /search prints it.
func (c *catalogue) geo(p place) obj {
	o := obj{"key": p.key, "name": p.name, "type": p.kind, "supports_region": true, "supports_city": true}
	if p.country != "" {
		o["country_code"], o["country_name"] = p.country, c.countries[p.country]
	}
	switch p.kind {
	case "city", "zip":
		o["region"] = p.region
		if id, err := strconv.Atoi(p.regionID); err == nil { // a number here, a text as a key
			o["region_id"] = id
		}
	case "geo_market":
		o["market_type"] = "COMSCORE_MARKET"
	}
	return o
}

// audience is how many people a trait reaches: always the same guess.
func audience(p place) (lower, upper int64) {
	h := int64(simkit.HashString(p.key) % 90_000)
	lower = (h + 1000) * 1000
	return lower, lower + lower/6
}

// trait is a targeting option as /search prints it.
func trait(p place) obj {
	lower, upper := audience(p)
	o := obj{"id": p.key, "name": p.name, "audience_size_lower_bound": lower, "audience_size_upper_bound": upper}
	if len(p.path) > 0 {
		o["path"] = p.path
	}
	if p.kind == "interests" && len(p.path) > 1 {
		o["topic"] = p.path[1]
	}
	return o
}

// unified is a targeting option as an account's targeting edges print it.
func unified(p place) obj {
	o := trait(p)
	o["type"], o["description"] = p.kind, ""
	delete(o, "topic")
	return o
}

// traitKinds are what the targeting edges find.
var traitKinds = []string{
	"interests", "behaviors", "life_events", "industries", "income", "family_statuses", "demographics",
	"school", "major", "employer", "position",
}

// unifiedType is the word of a kind in targeting.
func unifiedType(kind string) string {
	switch kind {
	case "school":
		return "education_schools"
	case "major":
		return "education_majors"
	case "employer":
		return "work_employers"
	case "position":
		return "work_positions"
	}
	return kind
}
