package sim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// batch is a write of the modern surfaces: an answer of 207 whose items are told
// by their index, in no order.
type batch struct {
	c       *call
	success []any
	errors  []any
	prefer  bool
}

func (c *call) newBatch() *batch {
	return &batch{c: c, success: []any{}, errors: []any{}, prefer: strings.Contains(c.r.Header.Get("Prefer"), "return=representation")}
}

// done reports an item that was carried out.
func (b *batch) done(i int, e *entity, created bool) {
	k := e.kind
	name := k.idField
	if created && k.successID != "" {
		name = k.successID
	}
	item := obj{"index": i, name: itoa(e.id)}
	if b.prefer || k.product == sb {
		item[k.item] = b.c.s.shown(e, false, b.c.now)
	}
	b.success = append(b.success, item)
}

func (b *batch) refuse(i int, errs []any) {
	b.errors = append(b.errors, obj{"index": i, "errors": errs})
}

// answer mixes the order, as it is not kept.
func (b *batch) answer() answer {
	mix := func(list []any) []any {
		out := make([]any, 0, len(list))
		for odd := range 2 {
			for i, e := range list {
				if i%2 != odd {
					out = append(out, e)
				}
			}
		}
		return out
	}
	a := status(http.StatusMultiStatus, obj{b.c.kind.wrapper: obj{"success": mix(b.success), "error": b.errors}})
	if b.prefer && b.c.kind.product != sb {
		a.header = map[string]string{"Preference-Applied": "return=representation"}
	}
	return a
}

// items reads {"<wrapper>":[…]}.
func (c *call) items() ([]obj, *fault) {
	in, f := c.object(c.kind.wrapper)
	if f != nil {
		return nil, f
	}
	list, ok := in[c.kind.wrapper].([]any)
	if !ok || len(list) == 0 || len(list) > c.kind.most {
		return nil, c.bad("1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have length between 1 and %d", c.kind.wrapper, c.kind.most)
	}
	out := make([]obj, 0, len(list))
	for i, e := range list {
		m, ok := e.(obj)
		if !ok {
			return nil, c.bad("Value at '%s.%d.member' must be an object", c.kind.wrapper, i+1)
		}
		out = append(out, m)
	}
	return out, nil
}

// schema is what refuses the whole request: names and types that do not fit.
func (c *call) schema(items []obj, update bool) *fault {
	k := c.kind
	known := append(slices.Clone(k.create), parentIDs(k)...)
	if update {
		known = append(slices.Clone(k.update), k.idField)
	}
	for i, in := range items {
		at := k.wrapper + "[" + itoa(int64(i)) + "]"
		for name, v := range in {
			if !slices.Contains(known, name) {
				return c.bad("Unrecognized field \"%s\" at %s", name, at)
			}
			if _, isText := v.(string); !isText && (strings.HasSuffix(name, "Id") || name == "state" || name == "name" || name == "keywordText") && v != nil {
				return c.bad("Value of %s.%s must be a string", at, name)
			}
			if _, isObject := v.(obj); k.name == "sp.campaign" && name == "budget" && !isObject || name == "dynamicBidding" && !isObject {
				return c.bad("Value of %s.%s must be an object", at, name)
			}
			if b, ok := v.(obj); ok && k.name == "sp.campaign" && name == "budget" {
				for n := range b {
					if n != "budget" && n != "budgetType" {
						return c.bad("Unrecognized field \"%s\" at %s.budget", n, at)
					}
				}
			}
			if _, isNumber := v.(json.Number); !isNumber && (name == "bid" || name == "defaultBid" || k.name == "sb.campaign" && name == "budget") {
				return c.bad("Value of %s.%s must be a number", at, name)
			}
		}
		allowed := []string{"ENABLED", "PAUSED"}
		if k.product == sp && !update {
			allowed = append(allowed, "PROPOSED")
		}
		if k.name == "portfolio" {
			allowed = allowed[:1]
		}
		if st, ok := in["state"].(string); ok && !slices.Contains(allowed, st) {
			return c.bad("1 validation error detected: Value '%s' at '%s.state' failed to satisfy constraint: Member must satisfy enum value set: [%s]", st, at, strings.Join(allowed, ", "))
		}
		if k.name == "sb.campaign" && !update && (in["goal"] == nil) != (in["costType"] == nil) {
			return c.bad("goal and costType must be given together")
		}
	}
	return nil
}

func parentIDs(k *kind) []string {
	switch {
	case k.name == "sb.ad":
		return []string{"adGroupId"}
	case k.level == levelBelow:
		return []string{"campaignId", "adGroupId"}
	case k.level == levelGroup:
		return []string{"campaignId"}
	}
	return nil
}

func (s *Sim) createModern(c *call) (any, *fault) {
	items, f := c.items()
	if f == nil {
		f = c.schema(items, false)
	}
	if f != nil {
		return nil, f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := c.newBatch()
	for i, in := range items {
		x := c.newCheck(in, i)
		x.create()
		if len(x.errs) > 0 {
			b.refuse(i, x.errs)
			continue
		}
		b.done(i, s.make(x), true)
	}
	return b.answer(), nil
}

func (s *Sim) updateModern(c *call) (any, *fault) {
	items, f := c.items()
	if f == nil {
		f = c.schema(items, true)
	}
	if f != nil {
		return nil, f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := c.newBatch()
	for i, in := range items {
		x := c.newCheck(in, i)
		e := x.update()
		if len(x.errs) > 0 {
			b.refuse(i, x.errs)
			continue
		}
		s.change(e, in)
		b.done(i, e, false)
	}
	return b.answer(), nil
}

// change puts what is given in place of what was; absent fields stay.
func (s *Sim) change(e *entity, in obj) {
	s.record(e, in)
	f := maps.Clone(e.fields)
	for name, v := range in {
		switch {
		case name == "state":
			e.state = strings.ToUpper(v.(string))
		case name == e.kind.idField || slices.Contains([]string{"campaignId", "adGroupId"}, name):
		case v == nil:
			delete(f, name)
		default:
			f[name] = v
		}
	}
	if e.kind.name == "sd.creative" {
		f["moderationStatus"] = "PENDING_REVIEW"
	}
	e.fields, e.updated = f, s.kit.Clock.Now()
}

// archive is what every delete does.
func (s *Sim) archive(e *entity) {
	s.record(e, obj{"state": "ARCHIVED"})
	e.state, e.updated = "ARCHIVED", s.kit.Clock.Now()
}

// deleteModern archives, for good.
func (s *Sim) deleteModern(c *call) (any, *fault) {
	in, f := c.object(c.kind.ownFilter)
	if f != nil {
		return nil, f
	}
	ids, f := includes(c, c.kind.ownFilter, in[c.kind.ownFilter])
	if f != nil {
		return nil, f
	}
	if len(ids) == 0 || len(ids) > c.kind.most {
		return nil, c.bad("%s.include must hold 1 to %d ids", c.kind.ownFilter, c.kind.most)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := c.newBatch()
	for i, t := range ids {
		x := c.newCheck(obj{c.kind.idField: t}, i)
		x.location = "$." + c.kind.ownFilter + ".include[" + itoa(int64(i)) + "]"
		e := x.existing()
		if e != nil && c.kind.name == "sp.target" && e.text("expressionType") == "AUTO" {
			x.add("entityStateError", "AUTO_TARGETING_CLAUSE_CANNOT_BE_ARCHIVED_MANUALLY", "", t, "Auto targeting clauses cannot be archived")
		}
		if len(x.errs) > 0 {
			b.refuse(i, x.errs)
			continue
		}
		s.archive(e)
		b.done(i, e, false)
	}
	return b.answer(), nil
}
