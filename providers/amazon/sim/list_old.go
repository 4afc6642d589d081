package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// displayRoutes are Sponsored Display's: bare arrays, by GET.
func (s *Sim) displayRoutes(add adder, k *kind) {
	rt := route{family: old, kind: k, product: sd}
	at := func(pattern string, write bool, serve func(*call) (any, *fault)) {
		r := rt
		r.write, r.serve = write, serve
		add(pattern, r)
	}
	at("GET "+k.path, false, s.listOld)
	at("GET "+k.path+"/{id}", false, s.getOld)
	at("POST "+k.path, true, s.createOld)
	at("PUT "+k.path, true, s.updateOld)
	if k.name == "sd.creative" {
		return
	}
	at("GET "+k.path+"/extended", false, s.listOld)
	at("GET "+k.path+"/extended/{id}", false, s.getOld)
	at("DELETE "+k.path+"/{id}", true, s.deleteOld)
}

// thirdRoutes are what Sponsored Brands still has in version 3: keywords by GET
// as bare arrays, targets and themes by a list with tokens.
func (s *Sim) thirdRoutes(add adder, k *kind) {
	rt := route{family: old, kind: k, product: sb}
	at := func(pattern string, write bool, media string, serve func(*call) (any, *fault)) {
		r := rt
		r.write, r.serve, r.accept = write, serve, media
		if media != "" {
			r.media, r.plainBody = media, true
		}
		add(pattern, r)
	}
	if k.wrapper == "" {
		at("GET "+k.path, false, k.media, s.listOld)
		at("POST "+k.path, true, "", s.createOld)
		at("PUT "+k.path, true, "", s.updateOld)
	} else {
		at("POST "+k.path+"/list", false, "", s.listThird)
		at("POST "+k.path, true, "", s.createThird)
		at("PUT "+k.path, true, "", s.updateThird)
	}
	at("GET "+k.path+"/{id}", false, "", s.getOld)
	at("DELETE "+k.path+"/{id}", true, "", s.deleteOld)
}

// oldParams are what a list by GET takes.
var oldParams = []string{"startIndex", "count", "stateFilter", "name", "campaignIdFilter", "adGroupIdFilter", "portfolioIdFilter", "adIdFilter", "targetIdFilter",
	"creativeIdFilter", "matchTypeFilter", "keywordText", "locale", "creativeType"}

// oldFilter is a parsed query of a list by GET.
type oldFilter struct {
	from, count int
	states      []string
	ids         map[string][]int64
	name, text  string
	match       []string
}

func (c *call) parseQuery() (*oldFilter, *fault) {
	q := c.r.URL.Query()
	x := &oldFilter{count: c.kind.page, ids: map[string][]int64{}, name: q.Get("name"), text: q.Get("keywordText")}
	for name := range q {
		v := q.Get(name)
		var err error
		switch {
		case !slices.Contains(oldParams, name):
			return nil, c.bad("Unknown parameter: %s", name)
		case name == "startIndex":
			x.from, err = strconv.Atoi(v)
		case name == "count":
			x.count, err = strconv.Atoi(v)
		case name == "stateFilter":
			x.states = strings.Split(v, ",")
		case name == "matchTypeFilter":
			x.match = strings.Split(v, ",")
		case strings.HasSuffix(name, "IdFilter"):
			for t := range strings.SplitSeq(v, ",") {
				id, bad := strconv.ParseInt(t, 10, 64)
				if bad != nil {
					err = bad
				}
				x.ids[name] = append(x.ids[name], id)
			}
		}
		if err != nil {
			return nil, c.bad("Invalid value of %s: %s", name, v)
		}
	}
	if x.from < 0 || x.count < 1 || x.count > c.kind.page {
		return nil, c.bad("count must be between 1 and %d", c.kind.page)
	}
	for _, st := range x.states {
		if !slices.Contains([]string{"enabled", "paused", "archived", "draft", "pending"}, st) {
			return nil, c.bad("Invalid stateFilter: %s", st)
		}
	}
	return x, nil
}

func (x *oldFilter) takes(e *entity) bool {
	if len(x.states) > 0 && !slices.Contains(x.states, strings.ToLower(e.state)) {
		return false
	}
	for name, ids := range x.ids {
		id := e.id
		switch name {
		case "campaignIdFilter":
			id = e.campaign.id
		case "adGroupIdFilter":
			id = e.group.id
		case "portfolioIdFilter":
			id, _ = e.fields["portfolioId"].(int64)
		}
		if !slices.Contains(ids, id) {
			return false
		}
	}
	return (x.name == "" || x.name == e.text("name")) && (x.text == "" || x.text == e.text("keywordText")) &&
		(len(x.match) == 0 || slices.Contains(x.match, e.text("matchType")))
}

// listOld answers GET …: fewer elements than asked for is the end.
func (s *Sim) listOld(c *call) (any, *fault) {
	x, f := c.parseQuery()
	if f != nil {
		return nil, f
	}
	extended := strings.HasSuffix(c.r.URL.Path, "/extended")
	s.mu.RLock()
	defer s.mu.RUnlock()
	// Sponsored Brands' keywords come back incomplete unless asked for by campaign.
	cut := c.kind.name == "sb.keyword" && x.ids["campaignIdFilter"] == nil
	out, n := []any{}, 0
	for _, e := range c.prof.lists[c.kind.name] {
		if !x.takes(e) || cut && e.id%7 == 3 {
			continue
		}
		if n >= x.from && len(out) < x.count {
			out = append(out, s.shown(e, extended, c.now))
		}
		n++
	}
	return out, nil
}

func (s *Sim) getOld(c *call) (any, *fault) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	id, _ := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	e := c.prof.find(c.kind.name, id)
	if e == nil {
		return nil, c.fail(http.StatusNotFound, "NOT_FOUND", "Could not find resource with given id")
	}
	return s.shown(e, strings.Contains(c.r.URL.Path, "/extended/"), c.now), nil
}

// listThird answers POST /sb/targets/list and its like.
func (s *Sim) listThird(c *call) (any, *fault) {
	in, f := c.object("filters", "maxResults", "nextToken")
	if f != nil {
		return nil, f
	}
	page := c.kind.page
	if n, ok := in["maxResults"].(json.Number); ok {
		v, err := strconv.Atoi(n.String())
		if err != nil || v < 1 || v > 100 {
			return nil, c.bad("maxResults must be between 1 and 100")
		}
		page = v
	}
	x := &oldFilter{ids: map[string][]int64{}}
	list, _ := in["filters"].([]any)
	for _, e := range list {
		if f := x.addThird(c, e); f != nil {
			return nil, f
		}
	}
	body, _ := json.Marshal(list)
	digest, from := simkit.HashString(string(body)), 0
	if t, ok := in["nextToken"].(string); ok && t != "" {
		if from, ok = readToken(t, digest); !ok {
			return nil, c.bad("Invalid nextToken")
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []*entity
	for _, e := range c.prof.lists[c.kind.name] {
		if x.takes(e) {
			found = append(found, e)
		}
	}
	from = min(from, len(found))
	to := min(from+page, len(found))
	items := []any{}
	for _, e := range found[from:to] {
		items = append(items, s.shown(e, false, c.now))
	}
	out := obj{c.kind.wrapper: items}
	if to < len(found) {
		out["nextToken"] = pageToken(digest, to)
	}
	return out, nil
}

var thirdFilters = map[string]string{"CAMPAIGN_ID": "campaignIdFilter", "AD_GROUP_ID": "adGroupIdFilter", "TARGET_ID": "targetIdFilter", "THEME_ID": "targetIdFilter"}

func (x *oldFilter) addThird(c *call, v any) *fault {
	m, _ := v.(obj)
	kind, _ := m["filterType"].(string)
	values, ok := m["values"].([]any)
	name := thirdFilters[kind]
	switch {
	case !ok || name == "" && kind != "TARGETING_STATE" && kind != "STATE":
		return c.bad("Invalid filter")
	case name == "":
		for _, t := range values {
			text, _ := t.(string)
			x.states = append(x.states, text)
		}
	default:
		for _, t := range values {
			id, ok := idOf(t)
			if !ok {
				return c.bad("Invalid filter value")
			}
			x.ids[name] = append(x.ids[name], id)
		}
	}
	return nil
}
