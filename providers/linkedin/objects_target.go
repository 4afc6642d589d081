package linkedin

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
)

// maxTargets is how many targets a page has; LinkedIn gives each facet whole.
const maxTargets = 1000

// facetOfType is where the types of ours are found. Facets about work (titles, skills, seniorities …) have no type: they
// are asked for by parent_id, the facet's URN.
var facetOfType = map[normalize.TargetType]string{
	normalize.TargetTypeCountry:  "locations",
	normalize.TargetTypeRegion:   "locations",
	normalize.TargetTypeCity:     "locations",
	normalize.TargetTypeLocale:   "interfaceLocales",
	normalize.TargetTypeInterest: "interests",
	normalize.TargetTypeBehavior: "memberBehaviors",
	normalize.TargetTypeUserList: "audienceMatchingSegments",
}

// targets are the entities of targeting facets. A facet is a closed list, or is searched by name, or both: LinkedIn says
// which. They are the same for every account.
func targets(c *client) providers.Collection[normalize.Target] {
	return providers.Collection[normalize.Target]{
		Filters: []providers.Filter{providers.FilterType, providers.FilterQuery, providers.FilterParent},
		MaxPage: maxTargets,
		List:    c.listTargets,
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Target, error) {
			if kindOf(ref.ID) == "" {
				return normalize.Target{}, notFound("targeting entity", ref.ID)
			}
			q, err := withParams(new(query).text("q", "urns").list("urns", []string{ref.ID}).add("queryVersion", "QUERY_USES_URNS").
				add("locale", record("language", "en", "country", "US")), ref.Params)
			if err != nil {
				return normalize.Target{}, err
			}
			found, _, err := collect(ctx, c, call{methodFinder, "adTargetingEntities", q}, ref.Raw, targetOf)
			if err != nil {
				return normalize.Target{}, err
			}
			for _, t := range found {
				if t.ID == ref.ID {
					return t, nil
				}
			}
			return normalize.Target{}, notFound("targeting entity", ref.ID)
		},
	}
}

func entityOf(e *targetingEntity, _ json.RawMessage) targetingEntity { return *e }

// targetOf makes our target of an entity. The kind of a place is a guess from its name.
func targetOf(e *targetingEntity, raw json.RawMessage) normalize.Target {
	t := normalize.Target{ID: e.URN, Name: e.Name, ParentID: e.FacetURN, Raw: raw}
	switch facetName(e.FacetURN) {
	case "locations", "profileLocations":
		t.Type = placeKind(e.Name)
	case "interfaceLocales":
		t.Type = normalize.TargetTypeLocale
	case "interests":
		t.Type = normalize.TargetTypeInterest
	case "memberBehaviors":
		t.Type = normalize.TargetTypeBehavior
	case "audienceMatchingSegments", "dynamicSegments":
		t.Type = normalize.TargetTypeUserList
	}
	return t
}

// listTargets asks the facets that can hold what is wanted. Size pages are cut from whole facets.
func (c *client) listTargets(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Target], error) {
	none := providers.Page[normalize.Target]{}
	finders, err := c.facetFinders(ctx)
	if err != nil {
		return none, err
	}
	facets, named := wantedFacets(q)
	var all []normalize.Target
	var left []string
	for _, facet := range facets {
		how, ok := finders[facet]
		switch {
		case !ok && q.Parent != "": // a closed list, so that a misspelt one is not taken for an empty one
			return none, fault(providers.Invalid, "parent_id", "parent_id names no targeting facet that this app may use: give %s and one of %s",
				facetPrefix, strings.Join(slices.Sorted(maps.Keys(finders)), ", "))
		case !ok:
			left = append(left, "this app has no targeting by "+facet)
			continue
		case q.Query == "" && !how.closed && named:
			return none, fault(providers.Invalid, "query", "LinkedIn finds %s by name only: give the query", facet)
		case q.Query == "" && !how.closed:
			left = append(left, fmt.Sprintf("%s: found by name only, with the query", facet))
			continue
		}
		found, err := c.askFacet(ctx, facet, how, q)
		if err != nil {
			return none, err
		}
		all = append(all, found...)
	}
	p, err := page.Slice(q, all)
	p.Left = left
	return p, own(err)
}

// wantedFacets are those that a query can be about. named tells that the caller has said which.
func wantedFacets(q providers.ListQuery) (facets []string, named bool) {
	if q.Parent != "" {
		return []string{facetName(q.Parent)}, true
	}
	for _, t := range slices.Sorted(maps.Keys(facetOfType)) {
		if facet := facetOfType[t]; (len(q.Type) == 0 || slices.Contains(q.Type, string(t))) && !slices.Contains(facets, facet) {
			facets = append(facets, facet)
		}
	}
	return facets, len(q.Type) > 0
}

// finder tells how LinkedIn finds the entities of a facet.
type finder struct{ closed, typeahead bool }

// facetFinders reads what this app may target by.
func (c *client) facetFinders(ctx context.Context) (map[string]finder, error) {
	facets, _, err := collect(ctx, c, call{methodAll, "adTargetingFacets", ""}, false,
		func(f *targetingFacet, _ json.RawMessage) targetingFacet {
			f.AvailableEntityFinders = slices.Clone(f.AvailableEntityFinders)
			return *f
		})
	if err != nil {
		return nil, err
	}
	out := map[string]finder{}
	for _, f := range facets {
		out[facetName(f.AdTargetingFacetURN)] = finder{
			closed:    slices.Contains(f.AvailableEntityFinders, "AD_TARGETING_FACET"),
			typeahead: slices.Contains(f.AvailableEntityFinders, "TYPEAHEAD"),
		}
	}
	return out, nil
}

// askFacet finds the entities of one facet, by name where LinkedIn can, else by looking through the closed list.
func (c *client) askFacet(ctx context.Context, facet string, how finder, q providers.ListQuery) ([]normalize.Target, error) {
	b := new(query)
	if q.Query != "" && how.typeahead {
		b.text("q", "typeahead").text("facet", facetPrefix+facet).text("query", q.Query)
	} else {
		b.text("q", "adTargetingFacet").text("facet", facetPrefix+facet)
	}
	b.add("queryVersion", "QUERY_USES_URNS")
	if !how.typeahead || q.Query == "" {
		b.add("locale", record("language", "en", "country", "US"))
	}
	text, err := withParams(b, q.Params)
	if err != nil {
		return nil, err
	}
	found, _, err := collect(ctx, c, call{methodFinder, "adTargetingEntities", text}, q.Raw, targetOf)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(t normalize.Target) bool {
		return len(q.Type) > 0 && !slices.Contains(q.Type, string(t.Type)) ||
			q.Query != "" && !how.typeahead && !strings.Contains(strings.ToLower(t.Name), strings.ToLower(q.Query))
	}), nil
}
