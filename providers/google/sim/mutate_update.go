package sim

import (
	"strings"
)

// mask reads an update mask: paths in camelCase or snake_case, leaves only.
func (s *schema) mask(noun, mask string) ([]string, []adsError) {
	if mask == "" {
		return nil, []adsError{issue("fieldMaskError", "FIELD_MASK_MISSING", "The field mask must be provided for update operations.").at("update_mask")}
	}
	var paths []string
	var errs []adsError
	for raw := range strings.SplitSeq(mask, ",") {
		raw = strings.TrimSpace(raw)
		path, code := s.leaf(noun, raw)
		switch {
		case path == "resource_name": // the official samples' masks name it; it changes nothing
		case code != "":
			errs = append(errs, issue("fieldMaskError", code, "The field mask contained an invalid field: '%s'.", raw).at("update_mask").because(raw))
		case marked(s.output, noun, path) || marked(s.immutable, noun, path):
			errs = append(errs, issue("fieldError", "IMMUTABLE_FIELD", "The field cannot be modified.").at(path))
		default:
			paths = append(paths, path)
		}
	}
	return paths, errs
}

// leaf finds a mask's path; code tells what is wrong with it.
func (s *schema) leaf(noun, raw string) (path, code string) {
	m := s.messages[noun]
	parts := strings.Split(raw, ".")
	for i, p := range parts {
		var f *field
		if m != nil {
			f = m.fields[p]
		}
		if f == nil {
			return "", "FIELD_NOT_FOUND"
		}
		path = join(path, f.name)
		m = nil
		if f.kind == 'm' && !f.repeated {
			m = s.messages[f.of]
		}
		if i == len(parts)-1 && m != nil && m.hasFields() {
			return "", "FIELD_HAS_SUBFIELDS"
		}
	}
	return path, ""
}

// update changes the masked fields; what the mask names and the body lacks is
// cleared.
func (t *tx) update(op operation, o obj, mask string) (outcome, []adsError) {
	rule, ok := rules[op.noun]
	if !ok || rule.update == nil {
		return outcome{}, []adsError{issue("mutateError", "MUTATE_NOT_ALLOWED", "Mutates are not allowed for the requested resource.")}
	}
	e, errs := t.target(op, text(o, "resource_name"), "resource_name")
	if len(errs) > 0 {
		return outcome{}, errs
	}
	paths, errs := t.s.schema.mask(op.noun, mask)
	if len(errs) > 0 {
		return outcome{}, errs
	}
	resolved, errs := t.resolve(with(o, "resource_name", nil), "")
	if len(errs) > 0 {
		return outcome{}, errs
	}
	o, _ = resolved.(obj)
	old := t.s.tree(e)
	next, prefix := old, ""
	if op.noun == "Ad" {
		prefix = "ad."
	}
	for _, p := range paths {
		v := at(o, p)
		next = t.oneof(op.noun, next, p, v)
		next = with(next, prefix+p, v)
	}
	next, errs = rule.update(t, e, old, next, paths)
	if len(errs) > 0 {
		return outcome{}, errs
	}
	if text(next, "status") == "REMOVED" && (op.noun != "Campaign" && op.noun != "AdGroup") {
		return outcome{}, []adsError{issue("fieldError", "INVALID_VALUE", "The field's value is invalid: remove it with a remove operation.").at("status")}
	}
	t.set(e, next)
	t.log(change{e: e, operation: "UPDATE", mask: paths, old: old, new: next})
	return t.outcome(op.noun, e), nil
}

// oneof takes the other members of a oneof away when one of it is set.
func (t *tx) oneof(noun string, o obj, path string, v any) obj {
	head, _, _ := strings.Cut(path, ".")
	m := t.s.schema.messages[noun]
	f := m.fields[head]
	if noun == "Ad" || f == nil || f.oneof == "" || v == nil {
		return o
	}
	for _, other := range m.order {
		if other.oneof == f.oneof && other.name != head && o[other.name] != nil {
			o = with(o, other.name, nil)
		}
	}
	return o
}

// target finds the object that an update or remove is about.
func (t *tx) target(op operation, name, path string) (*entity, []adsError) {
	if name == "" {
		return nil, []adsError{issue("requestError", "RESOURCE_NAME_MISSING", "Resource name is missing.").at(path)}
	}
	if real := t.temp[name]; real != "" {
		name = real
	}
	id, kind, k, ok := parseName(name)
	if !ok || kind != kindOf[op.noun] {
		return nil, []adsError{issue("requestError", "RESOURCE_NAME_MALFORMED", "Resource name is malformed.").at(path).because(name)}
	}
	var e *entity
	if id == t.cust.id {
		e = t.s.find(t.cust, kind, k)
		if kind == "ad" {
			e = t.adByID(k.a)
		}
	}
	switch {
	case e == nil:
		return nil, []adsError{issue("mutateError", "RESOURCE_NOT_FOUND", "Resource was not found.").at(path).because(name)}
	case e.status() == "REMOVED":
		return nil, []adsError{issue("contextError", "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE", "The operation is not allowed for removed resources.").at(path).because(name)}
	case t.touched[op.noun+name]:
		return nil, []adsError{issue("mutateError", "ID_EXISTS_IN_MULTIPLE_MUTATES", "Cannot mutate the same resource twice in one request.").at(path).because(name)}
	}
	t.touched[op.noun+name] = true
	return e, nil
}

func (t *tx) adByID(id int64) *entity {
	for _, e := range t.s.list(t.cust, "ad_group_ad") {
		if e.key.b == id {
			return e
		}
	}
	return nil
}

// remove makes an object REMOVED for good, or takes out a row that has no status.
func (t *tx) remove(op operation, name string) (outcome, []adsError) {
	rule := rules[op.noun]
	e, errs := t.target(op, name, "")
	if len(errs) > 0 {
		for i := range errs {
			errs[i].location = nil
		}
		return outcome{}, errs
	}
	if rule.remove != nil {
		if errs := rule.remove(t, e, op); len(errs) > 0 {
			return outcome{}, errs
		}
	}
	old := t.s.tree(e)
	if e.kind == "asset_group_signal" {
		t.cust.mu.Lock()
		t.cust.tables[e.kind].drop(e)
		t.cust.mu.Unlock()
		t.undo = append(t.undo, func() {
			t.cust.mu.Lock()
			defer t.cust.mu.Unlock()
			t.cust.tables[e.kind].put(e)
		})
	} else {
		t.set(e, with(old, "status", "REMOVED"))
	}
	t.log(change{e: e, operation: "REMOVE", old: old})
	return outcome{name: e.name()}, nil
}
