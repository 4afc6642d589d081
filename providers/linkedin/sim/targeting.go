package sim

import (
	"net/http"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// adTargetingFacets is a GET without parameters.
func (s *Sim) adTargetingFacets(w http.ResponseWriter, q *request, rest []string) *fault {
	if len(rest) > 0 || q.method != "GET" && q.method != "GET_ALL" {
		return methodNotAllowed(q)
	}
	if f := q.params.only(); f != nil {
		return f
	}
	var out []any
	for _, f := range s.cat.facets {
		if f.since > q.version {
			continue
		}
		out = append(out, obj{"facetName": f.name, "adTargetingFacetUrn": facet + f.name,
			"entityTypes": anys(f.types), "availableEntityFinders": anys(f.finders)})
	}
	unpaged(w, q, out)
	return nil
}

// unpaged answers a list that is never cut.
func unpaged(w http.ResponseWriter, q *request, elements []any) {
	if elements == nil {
		elements = []any{}
	}
	writeJSON(w, http.StatusOK, obj{
		"elements": q.mask.apply(elements),
		"paging":   obj{"start": int64(0), "count": int64(1<<31 - 1), "links": []any{}},
	})
}

func (s *Sim) adTargetingEntities(w http.ResponseWriter, q *request, rest []string) *fault {
	if len(rest) > 0 || q.method != "FINDER" {
		return methodNotAllowed(q)
	}
	common := []string{"q", "queryVersion", "locale", "lixEntity"}
	own := map[string][]string{
		"adTargetingFacet": {"facet"}, "typeahead": {"facet", "query", "entityType", "useCase"},
		"similarEntities": {"facet", "entities"}, "urns": {"urns"},
	}[q.finder()]
	if own == nil {
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	if f := q.params.only(append(common, own...)...); f != nil {
		return f
	}
	v, ok, f := q.params.enum("queryVersion", []string{"QUERY_USES_URNS", "QUERY_USES_V1"})
	if f != nil {
		return f
	}
	urns := ok && v == "QUERY_USES_URNS"
	if q.finder() == "urns" {
		return s.entitiesByURN(w, q, urns)
	}
	fe, f := s.facetParam(q)
	if f != nil {
		return f
	}
	found, f := s.findEntities(q, fe)
	if f != nil {
		return f
	}
	var out []any
	for _, e := range found {
		out = append(out, entityObj(e, fe.name, urns))
	}
	unpaged(w, q, out)
	return nil
}

func (s *Sim) facetParam(q *request) (*facetEntry, *fault) {
	u, ok, f := q.params.text("facet")
	if f != nil {
		return nil, f
	}
	if !ok {
		return nil, paramMissing("facet")
	}
	name, isURN := strings.CutPrefix(u, facet)
	fe := s.cat.facet(name)
	if !isURN || fe == nil || fe.since > q.version {
		return nil, paramInvalid("facet", "Unknown targeting facet "+u)
	}
	return fe, nil
}

func (s *Sim) findEntities(q *request, fe *facetEntry) ([]named, *fault) {
	switch q.finder() {
	case "adTargetingFacet":
		if !fe.closed {
			return nil, fieldInvalid("facet", "Facet "+fe.name+" does not support the AD_TARGETING_FACET finder")
		}
		return fe.values, nil
	case "typeahead":
		query, ok, f := q.params.text("query")
		if f != nil {
			return nil, f
		}
		if !ok {
			return nil, paramMissing("query")
		}
		if !slices.Contains(fe.finders, typeahead) {
			return nil, fieldInvalid("facet", "Facet "+fe.name+" does not support the TYPEAHEAD finder")
		}
		var out []named
		for _, v := range fe.values {
			if strings.Contains(strings.ToLower(v.name), strings.ToLower(query)) && len(out) < 10 {
				out = append(out, v)
			}
		}
		return out, nil
	}
	seeds, ok, f := q.params.texts("entities", false)
	if f != nil {
		return nil, f
	}
	if !ok || len(seeds) == 0 {
		return nil, paramMissing("entities")
	}
	if !slices.Contains(fe.finders, similar) {
		return nil, fieldInvalid("facet", "Facet "+fe.name+" does not support the SIMILAR_ENTITIES finder")
	}
	at := int(simkit.HashString(seeds[0]) % uint64(len(fe.values)))
	var out []named
	for i := range min(5, len(fe.values)) {
		if v := fe.values[(at+i)%len(fe.values)]; !slices.Contains(seeds, v.urn) {
			out = append(out, v)
		}
	}
	return out, nil
}

func (s *Sim) entitiesByURN(w http.ResponseWriter, q *request, urns bool) *fault {
	want, ok, f := q.params.texts("urns", false)
	if f != nil {
		return f
	}
	if !ok {
		return paramMissing("urns")
	}
	var out []any
	for _, u := range want {
		in := s.cat.byURN[u]
		if len(in) == 0 {
			continue // what is not known is left out
		}
		fe := s.cat.facets[in[0]] // the facet may be another than the one you think of
		i := slices.IndexFunc(fe.values, func(v named) bool { return v.urn == u })
		out = append(out, entityObj(fe.values[i], fe.name, urns))
	}
	unpaged(w, q, out)
	return nil
}

// entityObj renders a value. Without QUERY_USES_URNS old-style ids come back
// (their exact form assumed).
func entityObj(v named, facetName string, urns bool) obj {
	u := v.urn
	if !urns {
		if id, ok := urn(u, "geo"); ok {
			u = "urn:li:country:" + id
		}
	}
	return obj{"urn": u, "facetUrn": facet + facetName, "name": v.name}
}

// minAudience is the smallest audience LinkedIn counts or serves.
const minAudience = 300

// audienceCounts estimates a target; below 300 members it says 0, else it rounds.
func (s *Sim) audienceCounts(w http.ResponseWriter, q *request, rest []string) *fault {
	if len(rest) > 0 || q.method != "FINDER" {
		return methodNotAllowed(q)
	}
	if q.finder() != "targetingCriteriaV2" {
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	if f := q.params.only("q", "targetingCriteria"); f != nil {
		return f
	}
	v, ok := q.params.values["targetingCriteria"]
	if !ok {
		return paramMissing("targetingCriteria")
	}
	n, f := s.countAudience(v)
	if f != nil {
		return f
	}
	writeJSON(w, http.StatusOK, obj{"elements": []any{obj{"active": int64(0), "total": n}}, "paging": emptyPaging()})
	return nil
}

// countAudience narrows the membership by every ANDed clause.
func (s *Sim) countAudience(v value) (int64, *fault) {
	bad := paramInvalid("targetingCriteria", "")
	and := v.rec["include"].rec["and"]
	if and.kind != list || len(and.list) == 0 {
		return 0, bad
	}
	n := int64(900_000_000)
	for _, clause := range and.list {
		or := clause.rec["or"]
		if or.kind != record || len(or.rec) == 0 {
			return 0, bad
		}
		part := int64(0)
		for name, values := range or.rec {
			short, isURN := strings.CutPrefix(name, facet)
			fe := s.cat.facet(short)
			urns, f := texts("targetingCriteria", values)
			if f != nil || !isURN || fe == nil {
				return 0, bad
			}
			for _, u := range urns {
				part += 1 + int64(simkit.HashString(u)%40)
			}
		}
		n = n / 100 * min(part, 100)
	}
	if n < minAudience {
		return 0, nil
	}
	if n > 10_000 {
		return n / 1000 * 1000, nil
	}
	return n / 10 * 10, nil
}
