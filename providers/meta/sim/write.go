package sim

import (
	"maps"
	"slices"
)

// options reads execution_options.
func (c *call) options(kind string) (validateOnly bool, err *graphError) {
	list, _, err := c.list("execution_options")
	if err != nil {
		return false, err
	}
	for _, o := range list {
		if o == "synchronous_ad_review" && kind != "Ad" || !c.sim.tab.member("Ad.execution_options", o) {
			return false, invalidParam("Param execution_options[0] must be one of {validate_only, include_recommendations}")
		}
	}
	if len(list) == 1 && list[0] == "include_recommendations" {
		return false, invalidParam("include_recommendations cannot be used alone")
	}
	return slices.Contains(list, "validate_only"), nil
}

// create attaches a new node, unless the call only validates.
func (s *Sim) create(c *call, e *entity, in input, to ...*list) (any, *graphError) {
	only, err := c.options(e.kind)
	if err != nil {
		return nil, err
	}
	if only {
		return obj{"success": true}, nil
	}
	status, _ := in.set["status"].(string)
	if status == "" {
		status = "PAUSED"
		if e.kind == "AdCreative" || e.kind == "CustomAudience" {
			status = "ACTIVE"
		}
	}
	e.created, e.fresh, e.data = c.now, true, obj{}
	e.now.Store(&written{over: in.set, status: status, updated: c.now})
	s.mu.Lock()
	e.id = s.allocate(e.kind)
	s.attach(e, to...)
	s.record(e, "create", c.now)
	s.mu.Unlock()
	return s.afterWrite(c, e, obj{"id": e.id})
}

// afterWrite adds what `fields` asks to see of the written node.
func (s *Sim) afterWrite(c *call, e *entity, out obj) (any, *graphError) {
	if !c.params.has("fields") {
		return out, nil
	}
	node, err := s.project(c, e, c.params.get("fields"), nil)
	if err != nil {
		return nil, err
	}
	maps.Copy(node, out)
	return node, nil
}

// change writes fields over a node. Campaigns do not count a change of budget or
// cap as an update.
func (s *Sim) change(c *call, e *entity, set obj) (any, *graphError) {
	only, err := c.options(e.kind)
	if err != nil {
		return nil, err
	}
	if only {
		return obj{"success": true}, nil
	}
	s.mu.Lock()
	old := e.now.Load()
	next := &written{over: maps.Clone(old.over), status: old.status, updated: old.updated}
	if next.over == nil {
		next.over = obj{}
	}
	moved := false
	for k, v := range set {
		if k == "status" {
			next.status, _ = v.(string)
			moved = true
			continue
		}
		next.over[k] = v
		moved = moved || e.kind != "Campaign" || !slices.Contains([]string{"daily_budget", "lifetime_budget", "spend_cap"}, k)
	}
	if moved {
		next.updated = c.now
	}
	e.now.Store(next)
	s.record(e, "update", c.now)
	s.mu.Unlock()
	return s.afterWrite(c, e, obj{"success": true})
}

// update serves POST /{id}.
func (s *Sim) update(c *call, e *entity) (any, *graphError) {
	switch e.kind {
	case "AdAccount":
		return s.updateAccount(c, e.account)
	case "Campaign", "AdSet", "Ad":
	case "AdCreative":
		return s.updateCreative(c, e)
	case "CustomAudience":
		in, err := s.readInput(c, e.kind, e.account)
		if err != nil {
			return nil, err
		}
		return s.change(c, e, in.set)
	default:
		return nil, noObject(c.method, e.id)
	}
	in, err := s.readInput(c, e.kind, e.account)
	if err != nil {
		return nil, err
	}
	if err := frozen(e, in); err != nil {
		return nil, err
	}
	if st, ok := in.set["status"]; ok && e.status() == "ARCHIVED" && st != "DELETED" && st != "ARCHIVED" {
		return nil, frozenError(e)
	}
	switch e.kind {
	case "Campaign":
		err = s.checkCampaignUpdate(e, in)
	case "AdSet":
		err = s.checkAdSetUpdate(c, e, in)
	default:
		err = s.checkAdUpdate(c, e, in)
	}
	if err != nil {
		return nil, err
	}
	return s.change(c, e, in.set)
}

// frozen: of what is archived only name and status can change, of what is
// deleted only the name.
func frozen(e *entity, in input) *graphError {
	st := e.status()
	if st != "ARCHIVED" && st != "DELETED" {
		return nil
	}
	for k := range in.set {
		if k != "name" && (k != "status" || st != "ARCHIVED") {
			return frozenError(e)
		}
	}
	return nil
}

func frozenError(e *entity) *graphError {
	switch e.kind {
	case "Campaign":
		return userError(1487566, "Campaign Was Deleted", "This campaign was deleted or archived: only its name can be edited.")
	case "AdSet":
		return userError(1487056, "Ad Set Was Deleted", "This ad set was deleted or archived: only its name can be edited.")
	}
	return userError(1885088, "Ad Was Archived", "This ad was deleted or archived: only its name can be edited.")
}

// remove serves DELETE /{id}.
func (s *Sim) remove(c *call, e *entity) (any, *graphError) {
	switch e.kind {
	case "Campaign", "AdSet", "Ad", "AdCreative", "CustomAudience":
	case "AdVideo":
		return s.change(c, e, obj{"status": "deleted"})
	default:
		return nil, noObject(c.method, e.id)
	}
	if e.status() == "DELETED" {
		return obj{"success": true}, nil
	}
	if _, err := s.change(c, e, obj{"status": "DELETED"}); err != nil {
		return nil, err
	}
	return obj{"success": true}, nil
}

// updateAccount writes an account's few fields.
func (s *Sim) updateAccount(c *call, a *account) (any, *graphError) {
	in, err := s.readInput(c, "AdAccount", a)
	if err != nil {
		return nil, err
	}
	for _, fixed := range []string{"currency", "timezone_id", "id"} {
		if _, ok := in.set[fixed]; ok && fixed != "timezone_id" {
			return nil, &graphError{Code: 2615, Message: "(#2615) Invalid call to update this adaccount"}
		}
	}
	_, cap := in.set["spend_cap"]
	if action, ok := in.extra["spend_cap_action"]; ok {
		if action != "reset" && action != "delete" {
			return nil, invalidParam("Param spend_cap_action must be one of {reset, delete}")
		}
		if cap = true; action == "delete" {
			in.set["spend_cap"] = "0"
		}
	}
	if cap {
		if err := s.usage.capChange(c, a); err != nil {
			return nil, err
		}
	}
	return s.change(c, &a.entity, in.set)
}

// deleteCampaigns is DELETE /act_X/campaigns?delete_strategy=….
func (s *Sim) deleteCampaigns(c *call, e *entity) (any, *graphError) {
	strategy := c.params.get("delete_strategy")
	if !slices.Contains([]string{"DELETE_ANY", "DELETE_OLDEST", "DELETE_ARCHIVED_BEFORE"}, strategy) {
		return nil, invalidParam("Param delete_strategy must be one of {DELETE_ANY, DELETE_OLDEST, DELETE_ARCHIVED_BEFORE}")
	}
	count, ok, err := c.params.integer("object_count")
	if err != nil {
		return nil, err
	}
	if !ok {
		count = 50
	}
	before, _ := moment(c.params.get("before_date"))
	ids, left := []any{}, 0
	for _, x := range s.snapshot(&e.account.campaigns) {
		fits := x.status() != "DELETED" && (strategy != "DELETE_ARCHIVED_BEFORE" || x.status() == "ARCHIVED" && x.updated().Before(before))
		switch {
		case !fits:
		case int64(len(ids)) >= count:
			left++
		default:
			if _, err := s.change(c, x, obj{"status": "DELETED"}); err != nil {
				return nil, err
			}
			ids = append(ids, x.id)
		}
	}
	return obj{"objects_left_to_delete_count": left, "deleted_object_ids": ids}, nil
}
