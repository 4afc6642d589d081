package sim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// entityRoutes are the reads and writes of every kind of object.
func (s *Sim) entityRoutes(add adder) {
	for _, k := range s.kinds {
		switch {
		case k.ownFilter != "": // SP v3, SB v4, portfolios
			rt := route{family: modern, media: k.media, kind: k, product: k.product, plainBody: k.product == sb, needAccept: k.product == sb}
			at := func(method, path string, write bool, serve func(*call) (any, *fault)) {
				r := rt
				r.write, r.serve = write, serve
				add(method+" "+path, r)
			}
			at("POST", k.path+"/list", false, s.list)
			at("PUT", k.path, true, s.updateModern)
			if k.name != "portfolio" {
				at("POST", k.path+"/delete", true, s.deleteModern)
			}
			if k.name != "sb.ad" {
				at("POST", k.path, true, s.createModern)
			}
		case k.name == "sd.location": // with a delete of its own
		case k.product == sd:
			s.displayRoutes(add, k)
		default:
			s.thirdRoutes(add, k)
		}
	}
	s.usageRoutes(add)
}

// filter is a parsed list body.
type filter struct {
	ids       map[string][]int64 // by filter's name
	states    []string
	names     []string
	broad     bool
	words     map[string][]string // further enumerations, by field
	extended  bool
	page      int
	from      int
	digest    uint64
	nameField string
}

// listWords are filters on a field's own words.
var listWords = map[string]string{"matchTypeFilter": "matchType", "expressionTypeFilter": "expressionType", "campaignTargetingTypeFilter": "targetingType"}

// list answers POST …/list.
func (s *Sim) list(c *call) (any, *fault) {
	k := c.kind
	known := append([]string{k.ownFilter, "maxResults", "nextToken", "includeExtendedDataFields"}, k.filters...)
	if k.name == "portfolio" {
		known = slices.DeleteFunc(known, func(n string) bool { return n == "maxResults" })
	}
	in, f := c.object(known...)
	if f != nil {
		return nil, f
	}
	x, f := c.parseFilter(in)
	if f != nil {
		return nil, f
	}
	if x.extended {
		if f := s.limiter.extended(c); f != nil {
			return nil, f
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []*entity
	for _, e := range c.prof.lists[k.name] {
		if x.takes(e) {
			found = append(found, e)
		}
	}
	out := obj{k.counter: len(found)}
	from := min(x.from, len(found))
	to := min(from+x.page, len(found))
	items := make([]any, 0, to-from)
	for _, e := range found[from:to] {
		items = append(items, s.shown(e, x.extended, c.now))
	}
	out[k.wrapper] = items
	if to < len(found) {
		out["nextToken"] = pageToken(x.digest, to)
	}
	return out, nil
}

// pageToken is opaque and good for the same filters only. It is no snapshot:
// what changes while a client pages shifts the elements.
func pageToken(digest uint64, at int) string {
	return base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf("AAE|%016x|%d", digest, at)))
}

func readToken(s string, digest uint64) (int, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	parts := strings.Split(string(b), "|")
	if err != nil || len(parts) != 3 || parts[1] != fmt.Sprintf("%016x", digest) {
		return 0, false
	}
	n, err := strconv.Atoi(parts[2])
	return n, err == nil && n >= 0
}

func (c *call) parseFilter(in obj) (*filter, *fault) {
	k := c.kind
	x := &filter{ids: map[string][]int64{}, words: map[string][]string{}, page: k.page, nameField: "name"}
	token := in["nextToken"]
	delete(in, "nextToken")
	body, _ := json.Marshal(in)
	x.digest = simkit.HashString(k.name + string(body))
	if t, ok := token.(string); ok && t != "" {
		if x.from, ok = readToken(t, x.digest); !ok {
			return nil, c.bad("Invalid nextToken")
		}
	}
	if v, ok := in["maxResults"]; ok {
		n, err := strconv.Atoi(fmt.Sprint(v))
		most := k.page
		if k.product == sp {
			most = 1000
		}
		switch {
		case err != nil || n < 1 || n > most:
			return nil, c.bad("1 validation error detected: Value '%v' at 'maxResults' failed to satisfy constraint: Member must be between 1 and %d", v, most)
		case n > 500: // declared up to 1,000, yet seen to break beyond 500
			return nil, c.fail(http.StatusInternalServerError, "INTERNAL_ERROR", "Internal error")
		}
		x.page = n
	}
	x.extended, _ = in["includeExtendedDataFields"].(bool)
	for name, v := range in {
		if f := x.add(c, name, v); f != nil {
			return nil, f
		}
	}
	if k.product == sp && x.states == nil && x.ids[k.ownFilter] == nil {
		// What comes without a filter of states is not documented, and some have
		// missed archived ones: who wants them asks for them.
		x.states = []string{"ENABLED", "PAUSED", "ENABLING"}
	}
	return x, nil
}

func (x *filter) add(c *call, name string, v any) *fault {
	if name == "maxResults" || name == "includeExtendedDataFields" || name == "locale" || v == nil {
		return nil
	}
	if list, ok := v.([]any); ok && name == "matchTypeFilter" { // a bare list, as clients send it
		v = obj{"include": list}
	}
	if word, ok := v.(string); ok && name == "campaignTargetingTypeFilter" {
		v = obj{"include": []any{word}}
	}
	include, f := includes(c, name, v)
	if f != nil {
		return f
	}
	switch {
	case name == "stateFilter":
		x.states = include
		for _, st := range include {
			if !slices.Contains([]string{"ENABLING", "ENABLED", "ARCHIVED", "USER_DELETED", "PAUSED", "OTHER"}, st) {
				return c.bad("1 validation error detected: Value '[%s]' at 'stateFilter.include' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [ENABLING, ENABLED, ARCHIVED, USER_DELETED, PAUSED, OTHER]]", strings.Join(include, ", "))
			}
		}
	case strings.HasSuffix(name, "IdFilter"):
		most := 100
		if name == c.kind.ownFilter || c.kind.product == sb {
			most = c.kind.filterMost
		}
		if len(include) > most {
			return c.bad("1 validation error detected: Value at '%s.include' failed to satisfy constraint: Member must have length less than or equal to %d", name, most)
		}
		for _, t := range include {
			id, ok := idOf(t)
			if !ok {
				return c.bad("Invalid id '%s' in %s", t, name)
			}
			x.ids[name] = append(x.ids[name], id)
		}
	case listWords[name] != "":
		x.words[listWords[name]] = include
	case strings.HasSuffix(name, "TextFilter") || name == "nameFilter":
		x.names = include
		if name != "nameFilter" {
			x.nameField = "keywordText"
		}
		m, _ := v.(obj)
		x.broad = m["queryTermMatchType"] != "EXACT_MATCH"
	}
	return nil
}

// includes reads {"include":[…]} of texts.
func includes(c *call, name string, v any) ([]string, *fault) {
	m, ok := v.(obj)
	if !ok {
		return nil, c.bad("%s must be an object with include", name)
	}
	for k := range m {
		if k != "include" && k != "queryTermMatchType" {
			return nil, c.bad("Unrecognized field \"%s\" in %s", k, name)
		}
	}
	list, ok := m["include"].([]any)
	if !ok {
		return nil, c.bad("%s.include is required", name)
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		t, ok := e.(string) // ids are texts here, a number does not fit the schema
		if !ok {
			return nil, c.bad("Value of %s.include must be a string", name)
		}
		out = append(out, t)
	}
	return out, nil
}

func (x *filter) takes(e *entity) bool {
	if len(x.states) > 0 && !slices.Contains(x.states, e.state) {
		return false
	}
	for name, ids := range x.ids {
		var id int64
		switch {
		case name == e.kind.ownFilter:
			id = e.id
		case name == "campaignIdFilter":
			id = e.campaign.id
		case name == "adGroupIdFilter" && e.group != nil:
			id = e.group.id
		case name == "portfolioIdFilter":
			id, _ = idOf(e.fields["portfolioId"])
		}
		if !slices.Contains(ids, id) {
			return false
		}
	}
	for field, words := range x.words {
		v := e.text(field)
		if field == "targetingType" {
			v = e.campaign.text(field)
		}
		if !slices.Contains(words, v) {
			return false
		}
	}
	return len(x.names) == 0 || slices.ContainsFunc(x.names, func(n string) bool {
		have, want := strings.ToLower(e.text(x.nameField)), strings.ToLower(n)
		return have == want || x.broad && strings.Contains(have, want)
	})
}
