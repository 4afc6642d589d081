package sim

import (
	"slices"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// tx is one mutate request at work on an account. What it writes is visible at
// once and taken back when the request fails; the account's other mutates wait.
type tx struct {
	c        *call
	s        *Sim
	cust     *customer
	now      time.Time
	full     bool // answer the resource
	undo     []func()
	changes  []change
	temp     map[string]string // temporary resource name → the real one; "" = its creation failed
	touched  map[string]bool
	groups   []checkpoint // asset groups whose minimum is checked at the end
	camps    []checkpoint // campaigns whose brand assets are checked at the end
	declared bool         // every campaign has its EU declaration
	ignored  []string     // policy topics that the operation asks to be exempt from
}

// checkpoint is an object to check when all operations are done.
type checkpoint struct {
	e    *entity
	path []element
}

func (c *call) begin(full bool) *tx {
	c.c.writing.Lock()
	c.s.ready(c.c, "asset")
	return &tx{c: c, s: c.s, cust: c.c, now: c.s.kit.Clock.Now(), full: full, temp: map[string]string{}, touched: map[string]bool{}}
}

func (t *tx) done() { t.cust.writing.Unlock() }

func (t *tx) mark() int { return len(t.undo) }

func (t *tx) rollback(mark int) {
	for i := len(t.undo) - 1; i >= mark; i-- {
		t.undo[i]()
	}
	t.undo = t.undo[:mark]
}

func (t *tx) commit() {
	t.cust.mu.Lock()
	defer t.cust.mu.Unlock()
	last := time.Time{}
	if n := len(t.cust.changes); n > 0 {
		last = t.cust.changes[n-1].at
	}
	for i, ch := range t.changes { // no two changes of an account have one time
		ch.at = t.now
		if !ch.at.After(last) {
			ch.at = last.Add(time.Microsecond)
		}
		last, ch.n = ch.at, i
		t.cust.changes = append(t.cust.changes, ch)
	}
}

// log notes a change, with its undoing.
func (t *tx) log(ch change) {
	ch.user = t.c.token.Member.Email
	n := len(t.changes)
	t.changes = append(t.changes, ch)
	t.undo = append(t.undo, func() { t.changes = t.changes[:n] })
}

// set replaces an object's tree.
func (t *tx) set(e *entity, o obj) {
	t.cust.mu.Lock()
	data, st := e.data, e.st
	e.data, e.st = o, text(o, "status")
	t.cust.mu.Unlock()
	t.undo = append(t.undo, func() {
		t.cust.mu.Lock()
		defer t.cust.mu.Unlock()
		e.data, e.st = data, st
	})
}

// add puts a new object in, in the place of a removed one with the same key.
func (t *tx) add(e *entity) {
	t.cust.mu.Lock()
	old := t.cust.lookup(e.kind, e.key)
	if old != nil {
		t.cust.tables[e.kind].drop(old)
	}
	t.cust.put(e)
	t.cust.mu.Unlock()
	t.undo = append(t.undo, func() { t.take(e, old) })
}

// take takes an object out again.
func (t *tx) take(e, old *entity) {
	t.cust.mu.Lock()
	defer t.cust.mu.Unlock()
	t.cust.tables[e.kind].drop(e)
	if e.up != nil {
		e.up.kids = slices.DeleteFunc(e.up.kids, func(x *entity) bool { return x == e })
	}
	if old != nil {
		t.cust.tables[e.kind].put(old)
	}
}

// apply carries out one operation.
func (t *tx) apply(op operation) (outcome, []adsError) {
	verbs := 0
	for _, v := range []string{"create", "update", "remove"} {
		if op.body[v] != nil {
			verbs++
		}
	}
	if verbs != 1 {
		return outcome{}, []adsError{issue("requestError", "OPERATION_REQUIRED", "Operation is required.").under(op.path)}
	}
	topics, _ := at(op.body, "policy_validation_parameter.ignorable_policy_topics").([]string)
	t.ignored = topics
	if e, frozen := t.frozen(op); frozen {
		return outcome{}, []adsError{e.under(op.path)}
	}
	mask := text(op.body, "update_mask")
	if o, ok := op.body["create"].(obj); ok {
		if mask != "" {
			return outcome{}, []adsError{issue("fieldMaskError", "FIELD_MASK_NOT_ALLOWED", "The field mask is not allowed for create operations.").at("update_mask").under(op.path)}
		}
		out, errs := t.create(op, o)
		return out, under(errs, op.path, "create")
	}
	if o, ok := op.body["update"].(obj); ok {
		out, errs := t.update(op, o, mask)
		return out, under(errs, op.path, "update")
	}
	out, errs := t.remove(op, text(op.body, "remove"))
	return out, under(errs, op.path, "remove")
}

func under(errs []adsError, path []element, verb string) []adsError {
	for i := range errs {
		errs[i] = errs[i].under(path, step(verb))
	}
	return errs
}

// parent finds an object that a field names and that must be there and live.
func (t *tx) parent(o obj, path, kind string) (*entity, []adsError) {
	name := text(o, path)
	if name == "" {
		return nil, []adsError{required(path)}
	}
	e := t.s.findName(t.cust, name)
	switch {
	case e == nil || e.kind != kind:
		return nil, []adsError{issue("mutateError", "RESOURCE_NOT_FOUND", "Resource was not found.").at(path).because(name)}
	case e.status() == "REMOVED":
		return nil, []adsError{issue("contextError", "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE", "The operation is not allowed for removed resources.").at(path).because(name)}
	}
	return e, nil
}

// fresh is a new number.
func (t *tx) fresh() int64 { return t.s.nextID.Add(1) }

// put makes an entity of a tree.
func (t *tx) put(kind string, k key, up *entity, o obj) *entity {
	e := &entity{kind: kind, key: k, up: up, c: t.cust, data: o, st: text(o, "status")}
	o["resource_name"] = e.name()
	if !compound[kind] {
		o["id"] = k.a
	}
	t.add(e)
	return e
}

// taken tells whether a live object of a kind, below up if given, has the name.
func (t *tx) taken(kind string, up, self *entity, name string) bool {
	for _, e := range t.s.list(t.cust, kind) {
		if e != self && (up == nil || e.up == up) && e.status() != "REMOVED" && t.nameOf(e) == name {
			return true
		}
	}
	return false
}

// nameOf is an object's name without rendering the rest.
func (t *tx) nameOf(e *entity) string {
	if e.dataless() {
		switch x := e.src.(type) {
		case *simkit.Campaign:
			return x.Name
		case *simkit.Group:
			return x.Name
		}
	}
	return text(t.s.tree(e), "name")
}

func setDefault(o obj, name string, v any) {
	if o[name] == nil {
		o[name] = v
	}
}

// limitIssue is a count that is used up.
func limitIssue(resource, kind string, limit, have int) adsError {
	e := issue("resourceCountLimitExceededError", "RESOURCE_LIMIT", "The resource limit is reached.")
	e.details = obj{"resource_count_details": obj{"enclosing_resource": resource, "limit": limit, "existing_count": have, "limit_type": kind}}
	return e
}
