package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// oldItem checks an item of the surfaces with bare arrays and words for codes.
func (s *Sim) oldItem(c *call, in obj, update bool) *check {
	k := c.kind
	x := &check{c: c, in: in, location: "$"}
	known := append(slices.Clone(k.create), parentIDs(k)...)
	if update {
		known = append(append(slices.Clone(k.update), k.idField), parentIDs(k)...)
	}
	for name := range in {
		if !slices.Contains(known, name) {
			x.add("malformedValueError", "PATTERN_NOT_MATCHED", name, nil, "Unknown field "+name)
		}
	}
	if st, given := in["state"]; given {
		text, _ := st.(string)
		allowed := []string{"enabled", "paused"}
		if k.product == sd || update {
			allowed = append(allowed, "archived")
		}
		if !slices.Contains(allowed, text) {
			x.add("rangeError", "INVALID_ENUM_VALUE", "state", st, "Invalid state, must be one of: "+strings.Join(allowed, ", "))
		}
	}
	return x
}

// firstMessage is all that the old surfaces say of an item.
func (x *check) firstMessage() (code, text string) {
	e := x.errs[0].(obj)
	kind := e["errorType"].(string)
	text, _ = e["errorValue"].(obj)[kind].(obj)["message"].(string)
	switch kind {
	case "entityNotFoundError", "parentEntityError":
		return "NOT_FOUND", text
	case "duplicateValueError":
		return "DUPLICATE", text
	}
	return "INVALID_ARGUMENT", text
}

// createOld answers an array in the request's order, without indexes.
func (s *Sim) createOld(c *call) (any, *fault) {
	return s.writeOld(c, false)
}

func (s *Sim) updateOld(c *call) (any, *fault) {
	return s.writeOld(c, true)
}

func (s *Sim) writeOld(c *call, update bool) (any, *fault) {
	items, f := c.array(c.kind.most)
	if f != nil {
		return nil, f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]any, 0, len(items))
	for _, in := range items {
		e, x := s.writeOne(c, in, update)
		switch {
		case e == nil:
			code, text := x.firstMessage()
			out = append(out, obj{"code": code, "description": text})
		case c.kind.name == "sd.target" && !update:
			out = append(out, obj{"code": "SUCCESS", "targetId": e.id, "description": "Estimated audience size: 4.5MM - 5MM"})
		default:
			out = append(out, obj{"code": "SUCCESS", c.kind.idField: e.id})
		}
	}
	if c.kind.name == "sd.creative" && !update { // recorded so, against the specification
		return out, nil
	}
	return status(http.StatusMultiStatus, out), nil
}

// writeOne carries out one item; nil when it is refused.
func (s *Sim) writeOne(c *call, in obj, update bool) (*entity, *check) {
	x := s.oldItem(c, in, update)
	if len(x.errs) > 0 {
		return nil, x
	}
	if update {
		e := x.update()
		if len(x.errs) > 0 {
			return nil, x
		}
		s.change(e, in)
		return e, x
	}
	x.createOld()
	if len(x.errs) > 0 {
		return nil, x
	}
	if in["state"] == nil {
		in["state"] = "enabled"
	}
	return s.make(x), x
}

// createOld is create with the rules of Sponsored Display and SB v3.
func (x *check) createOld() {
	k := x.c.kind
	for _, n := range k.required {
		if v, ok := x.in[n]; !ok || v == nil || v == "" {
			x.add("missingValueError", "MISSING_VALUE", n, nil, n+" is required")
		}
	}
	x.parents()
	if len(x.errs) == 0 && k.level > levelCampaign && x.campaign == nil {
		x.add("missingValueError", "MISSING_VALUE", "campaignId", nil, "campaignId is required")
	}
	if len(x.errs) > 0 {
		return
	}
	if k.level == levelBelow && x.group == nil {
		x.add("missingValueError", "MISSING_VALUE", "adGroupId", nil, "adGroupId is required")
		return
	}
	x.fields(nil)
	x.duplicates()
	switch {
	case k.name == "sd.adGroup" && x.campaign.text("costType") == "vcpm" && x.text("bidOptimization") != "reach":
		x.add("rangeError", "NOT_IN_LIST", "bidOptimization", nil, "A vcpm campaign needs bidOptimization reach")
	case k.name == "sd.creative" && x.groupHas("sd.creative"):
		x.add("duplicateValueError", "DUPLICATE_VALUE", "adGroupId", nil, "The ad group has a creative")
	}
}

// deleteOld archives one entity.
func (s *Sim) deleteOld(c *call) (any, *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	e := c.prof.find(c.kind.name, id)
	if e == nil {
		return nil, c.fail(http.StatusNotFound, "NOT_FOUND", "Could not find resource with given id")
	}
	if e.state == "ARCHIVED" {
		return nil, c.bad("The entity is archived")
	}
	s.archive(e)
	return obj{"code": "SUCCESS", c.kind.idField: e.id}, nil
}

// createThird answers two lists of results, told by targetRequestIndex.
func (s *Sim) createThird(c *call) (any, *fault) { return s.writeThird(c, false) }

func (s *Sim) updateThird(c *call) (any, *fault) { return s.writeThird(c, true) }

func (s *Sim) writeThird(c *call, update bool) (any, *fault) {
	in, f := c.object(c.kind.wrapper)
	if f != nil {
		return nil, f
	}
	list, ok := in[c.kind.wrapper].([]any)
	if !ok || len(list) == 0 || len(list) > c.kind.most {
		return nil, c.bad("%s must hold 1 to %d items", c.kind.wrapper, c.kind.most)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	done, failed := []any{}, []any{}
	for i, v := range list {
		m, ok := v.(obj)
		if !ok {
			failed = append(failed, obj{"targetRequestIndex": i, "code": "INVALID_ARGUMENT", "details": "Not an object"})
			continue
		}
		e, x := s.writeOne(c, m, update)
		if e == nil {
			code, text := x.firstMessage()
			failed = append(failed, obj{"targetRequestIndex": i, "code": code, "details": text})
			continue
		}
		item := obj{"targetRequestIndex": i, c.kind.idField: e.id}
		if !update && c.kind.name != "sb.theme" {
			item["target"] = s.shown(e, false, c.now)
		}
		done = append(done, item)
	}
	verb := "create"
	if update {
		verb = "update"
	}
	if c.kind.name == "sb.theme" {
		return obj{"success": done, "error": failed}, nil
	}
	return obj{verb + "TargetSuccessResults": done, verb + "TargetErrorResults": failed}, nil
}
