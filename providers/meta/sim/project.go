package sim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

func hex32(n int64) string { return strconv.FormatInt(n, 16) }

func containsFold(s, part string) bool { return strings.Contains(strings.ToLower(s), part) }

// jsonNumber makes Go's own integers comparable with parsed ones.
func jsonNumber(v any) any {
	switch n := v.(type) {
	case int:
		return json.Number(strconv.Itoa(n))
	case int64:
		return json.Number(strconv.FormatInt(n, 10))
	}
	return v
}

// project answers a node with the fields asked for; without any, those that
// come by default.
func (s *Sim) project(c *call, e *entity, fields string, defaults []string) (obj, *graphError) {
	fs, err := fieldList(fields)
	if err != nil {
		return nil, err
	}
	return s.projectFields(c, e, withDefaults(fs, defaults))
}

// withDefaults: nothing asked for means the default fields.
func withDefaults(fs []field, defaults []string) []field {
	if len(fs) > 0 {
		return fs
	}
	for _, d := range defaults {
		fs = append(fs, field{name: d})
	}
	return fs
}

// projectFields fills a node; its id is always there.
func (s *Sim) projectFields(c *call, e *entity, fs []field) (obj, *graphError) {
	out := obj{"id": e.id}
	for _, f := range fs {
		if err := c.weigh(e.kind, f.name); err != nil {
			return nil, err
		}
		v, err := s.projectOne(c, e, f)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out[f.as()] = v
		}
	}
	return out, nil
}

func (s *Sim) projectOne(c *call, e *entity, f field) (any, *graphError) {
	if ref, ok := s.reference(e, f.name); ok {
		if ref == nil {
			return nil, nil
		}
		return s.projectFields(c, ref, withDefaults(f.sub, refDefaults(ref)))
	}
	if e.kind == "AdAccount" && f.name == "user_tasks" { // it depends on who asks
		return s.tasksOf(c.token, e.account), nil
	}
	if s.tab.readable(e.kind, f.name) {
		return subProject(s.field(e, f.name, c.now), f), nil
	}
	if f.name == "insights" && reports(e.kind) {
		return s.expandInsights(c, e, f.params, f.sub)
	}
	if ed, ok := s.edges[e.kind][f.name]; ok && ed.readable() {
		return s.expandEdge(c, e, ed, f, f.params.without())
	}
	return nil, invalidParam("Tried accessing nonexisting field (%s) on node type (%s)", f.name, e.kind)
}

// tasksOf are the caller's tasks in an account.
func (s *Sim) tasksOf(t *token, a *account) any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if tasks := s.people.tasks(t.userID, a); len(tasks) > 0 {
		return tasks
	}
	return nil
}

// reports tells whether a kind of node has insights.
func reports(kind string) bool {
	return slices.Contains([]string{"AdAccount", "Campaign", "AdSet", "Ad"}, kind)
}

// refDefaults are the fields of a reference without sub-fields.
func refDefaults(e *entity) []string {
	if e.kind == "Business" || e.kind == "Page" {
		return []string{"name"}
	}
	return nil
}

// reference resolves a field that stands for another node.
func (s *Sim) reference(e *entity, name string) (*entity, bool) {
	switch e.kind + "." + name {
	case "AdSet.campaign":
		return e.parent, true
	case "Ad.adset":
		return e.parent, true
	case "Ad.campaign":
		return e.parent.parent, true
	case "Ad.creative":
		return s.node(e.str("creative_id")), true
	case "AdAccount.business":
		if e.account.business == nil {
			return nil, true
		}
		return businessNode(e.account.business), true
	case "AdAccount.owner_business":
		if e.account.business == nil {
			return nil, true
		}
		return businessNode(e.account.business), true
	case "Campaign.source_campaign", "AdSet.source_adset", "Ad.source_ad":
		id := e.str(name + "_id")
		if id == "" || id == "0" {
			return nil, true
		}
		return s.node(id), true
	}
	return nil, false
}

func businessNode(b *business) *entity {
	return &entity{kind: "Business", id: b.id, data: obj{"name": b.name, "verification_status": "verified", "timezone_id": int64(47), "vertical": "RETAIL"}}
}

// subProject narrows an embedded object, or a list of them, to its sub-fields.
func subProject(v any, f field) any {
	if !f.hasSub || len(f.sub) == 0 {
		return v
	}
	switch x := v.(type) {
	case obj:
		out := obj{}
		for _, sub := range f.sub {
			if y, ok := x[sub.name]; ok && y != nil {
				out[sub.as()] = subProject(y, sub)
			}
		}
		return out
	case []any:
		out := make([]any, 0, len(x))
		for _, y := range x {
			out = append(out, subProject(y, f))
		}
		return out
	}
	return v
}

// heavy fields cost far more than their count says.
func heavy(kind, name string) int {
	switch kind + "." + name {
	case "AdCreative.object_story_spec", "AdCreative.asset_feed_spec", "AdCreative.image_url", "AdCreative.thumbnail_url",
		"AdVideo.format", "AdVideo.picture", "AdAccount.amount_spent":
		return 20
	}
	return 1
}

// tooMuch is the refusal of a call that asks for too much at once.
func tooMuch() *graphError {
	return &graphError{Code: 1, Message: "Please reduce the amount of data you're asking for, then retry your request"}
}

// weigh counts what the call has asked for so far.
func (c *call) weigh(kind, name string) *graphError {
	limit := c.sim.paging().DataWeight
	if limit == 0 {
		limit = 40_000
	}
	if c.weight += heavy(kind, name); limit > 0 && c.weight > limit {
		return tooMuch()
	}
	return nil
}
