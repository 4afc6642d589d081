package sim

import (
	"encoding/json"
	"maps"
	"strings"
)

// checker holds what a client sends against the rules: the object as it would
// be, and what was there before (nil on add).
type checker func(c *call, parent *entity, next, before obj) *itemError

// kindRules is how a kind of entity is written.
type kindRules struct {
	kind, list, ids string // "Campaign", "Campaigns", "CampaignIds"
	parent          string // the property that names the parent; empty: the account
	parentKind      string
	parentCode      int
	batch           int
	empty, over     int // codes of the whole list
	missing         int // code of an id that is not there
	idOnAdd         int
	check           checker
}

func (s *Sim) writeHandlers(h map[string]handler) {
	campaign := kindRules{kind: "Campaign", list: "Campaigns", ids: "CampaignIds", batch: 100, empty: 1113, over: 1114, missing: 1100, idOnAdd: 1004, check: s.checkCampaign}
	group := kindRules{kind: "AdGroup", list: "AdGroups", ids: "AdGroupIds", parent: "CampaignId", parentKind: "Campaign", parentCode: 1100,
		batch: 1000, empty: 1209, over: 1210, missing: 1201, idOnAdd: 1004, check: s.checkGroup}
	ad := kindRules{kind: "Ad", list: "Ads", ids: "AdIds", parent: "AdGroupId", parentKind: "AdGroup", parentCode: 1201,
		batch: 50, empty: 1310, over: 1311, missing: 1394, idOnAdd: 1004, check: s.checkAd}
	keyword := kindRules{kind: "Keyword", list: "Keywords", ids: "KeywordIds", parent: "AdGroupId", parentKind: "AdGroup", parentCode: 1201,
		batch: 1000, empty: 1505, over: 1506, missing: 1501, idOnAdd: 1004, check: s.checkKeyword}
	asset := kindRules{kind: "AssetGroup", list: "AssetGroups", ids: "AssetGroupIds", parent: "CampaignId", parentKind: "Campaign", parentCode: 1100,
		batch: 100, empty: 203, over: 201, missing: 1044, idOnAdd: 1004, check: s.checkAssetGroup}
	budget := kindRules{kind: "Budget", list: "Budgets", ids: "BudgetIds", batch: 100, empty: 4901, over: 201, missing: 4916, idOnAdd: 4903, check: s.checkBudget}
	for _, r := range []kindRules{campaign, group, ad, keyword, asset, budget} {
		h["Add"+r.list], h["Update"+r.list], h["Delete"+r.list] = s.adder(r), s.updater(r), s.deleter(r)
	}
	s.criterionWriters(h)
	h["AddMedia"], h["DeleteMedia"] = s.addMedia, s.deleteMedia
	h["AddVideos"], h["DeleteVideos"] = s.addVideos, s.deleter(kindRules{kind: "Video", ids: "VideoIds", batch: 100, empty: 203, over: 201, missing: 1044})
}

// emptyCode and overCode are the refusals of a list of ids.
func emptyCode(op string) int {
	for _, x := range []struct {
		part string
		code int
	}{{"Campaigns", 1113}, {"AdGroups", 1218}, {"Ads", 1351}, {"Keywords", 1529}, {"Budget", 4901}, {"Media", 4008}, {"Audiences", 4851}} {
		if strings.Contains(op, x.part) {
			return x.code
		}
	}
	return 203
}

func overCode(op string) int {
	for _, x := range []struct {
		part string
		code int
	}{{"Campaigns", 1114}, {"AdGroups", 1219}, {"Ads", 1352}, {"Keywords", 1530}, {"Media", 4009}, {"Audiences", 4852}} {
		if strings.Contains(op, x.part) {
			return x.code
		}
	}
	return 201
}

// batchOf is the list of objects of a write and their parent.
func (s *Sim) batchOf(c *call, r kindRules) (list []any, parent *entity, f *fault) {
	if r.parent != "" {
		if parent, f = s.parentOf(c, r.parent, r.parentKind, r.parentCode); f != nil {
			return nil, nil, f
		}
	}
	list, _ = c.in[r.list].([]any)
	switch {
	case len(list) == 0:
		return nil, nil, refuse(r.empty, "")
	case len(list) > r.batch:
		return nil, nil, refuse(r.over, "")
	}
	return list, parent, nil
}

func (s *Sim) adder(r kindRules) handler {
	return func(c *call) (answer, *fault) {
		list, parent, f := s.batchOf(c, r)
		if f != nil {
			return nil, f
		}
		ids, errs := []any{}, []any{}
		for i, x := range list {
			e, bad := s.create(c, r, parent, x)
			if bad != nil {
				ids, errs = append(ids, nil), append(errs, s.batchError(bad, i))
				continue
			}
			ids = append(ids, e.id)
		}
		out := answer{{r.ids, "array<long>", ids}, {"PartialErrors", errorsKind, errs}}
		if r.kind == "AdGroup" {
			out = append(out, part{"InheritedBidStrategyTypes", "array<string>", nil})
		}
		return out, nil
	}
}

func (s *Sim) create(c *call, r kindRules, parent *entity, x any) (*entity, *itemError) {
	in, ok := x.(obj)
	if !ok {
		return nil, bad(203, "")
	}
	if in["Id"] != nil {
		return nil, bad(r.idOnAdd, "Id")
	}
	if name := s.readonlyIn(r.kind, in); name != "" {
		return nil, &itemError{code: 201, field: name, details: name + " is read-only"}
	}
	next := clone(in).(obj)
	if e := r.check(c, parent, next, nil); e != nil {
		return nil, e
	}
	id := s.newID(r.kind)
	next["Id"], next["ForwardCompatibilityMap"] = id, []any{}
	e := &entity{kind: r.kind, id: id, acc: c.acc, parent: parent, fields: next, modified: c.now}
	if parent != nil {
		e.flavor = parent.flavor
	}
	if r.kind == "Campaign" {
		e.flavor.campaignType, _ = next["CampaignType"].(string)
	}
	if r.kind == "Ad" {
		e.review = c.now.Add(s.opts.ReviewAfter)
	}
	return s.attach(e), nil
}

// readonlyIn is a read-only property that a client set.
func (s *Sim) readonlyIn(kind string, in obj) string {
	disc, _ := in["Type"].(string)
	cl := s.tab.find(kind, disc)
	if cl == nil {
		return ""
	}
	for name := range in {
		if p := cl.byName[name]; p != nil && p.readonly && name != "Id" && name != "ForwardCompatibilityMap" {
			return name
		}
	}
	return ""
}

func (s *Sim) updater(r kindRules) handler {
	return func(c *call) (answer, *fault) {
		list, parent, f := s.batchOf(c, r)
		if f != nil {
			return nil, f
		}
		errs := []any{}
		for i, x := range list {
			if bad := s.change(c, r, parent, x); bad != nil {
				errs = append(errs, s.batchError(bad, i))
			}
		}
		out := answer{{"PartialErrors", errorsKind, errs}}
		if r.kind == "AdGroup" {
			out = append(out, part{"InheritedBidStrategyTypes", "array<string>", nil})
		}
		return out, nil
	}
}

func (s *Sim) change(c *call, r kindRules, parent *entity, x any) *itemError {
	in, _ := x.(obj)
	id, _ := in["Id"].(string)
	e := s.live(c.acc, r.kind, id)
	if e == nil || e.parent != parent {
		return bad(r.missing, "Id")
	}
	before := e.get()
	next := clone(before).(obj)
	maps.Copy(next, clone(in).(obj)) // what is absent or null stays as it was
	if e := s.immutable(r.kind, in, before); e != nil {
		return e
	}
	if r.kind == "AdGroup" && c.in["UpdateAudienceAdsBidAdjustment"] == true && in["AudienceAdsBidAdjustment"] == nil {
		delete(next, "AudienceAdsBidAdjustment")
	}
	for name, v := range next { // an empty text clears
		if v == "" {
			delete(next, name)
		}
	}
	if bad := r.check(c, parent, next, before); bad != nil {
		return bad
	}
	e.fields, e.modified = next, c.now
	if r.kind == "Ad" {
		if !onlyStatus(in) {
			e.review = c.now.Add(s.opts.ReviewAfter)
		}
	}
	return nil
}

// onlyStatus: changing no more than whether it runs starts no review.
func onlyStatus(in obj) bool {
	for k := range in {
		if k != "Id" && k != "Type" && k != "Status" {
			return false
		}
	}
	return true
}

// immutable refuses a change of what cannot change.
func (s *Sim) immutable(kind string, in, before obj) *itemError {
	for name, code := range map[string]map[string]int{
		"Campaign": {"CampaignType": 1155, "SubType": 1155}, "Ad": {"Type": 1386}, "Keyword": {"Text": 201, "MatchType": 201},
	}[kind] {
		if v, ok := in[name]; ok && v != before[name] {
			return bad(code, name)
		}
	}
	return nil
}

func (s *Sim) deleter(r kindRules) handler {
	return func(c *call) (answer, *fault) {
		var parent *entity
		if r.parent != "" {
			p, f := s.parentOf(c, r.parent, r.parentKind, r.parentCode)
			if f != nil {
				return nil, f
			}
			parent = p
		}
		ids, f := idList(c, r.ids, r.batch)
		if f != nil {
			return nil, f
		}
		errs := []any{}
		for i, x := range ids {
			id, _ := x.(string)
			e := s.live(c.acc, r.kind, id)
			switch {
			case e == nil || e.parent != parent:
				errs = append(errs, s.batchError(bad(r.missing, ""), i))
			case r.kind == "Budget" && len(s.usersOf(c.acc, "BudgetId", id)) > 0:
				errs = append(errs, s.batchError(bad(4918, ""), i))
			default:
				s.remove(e, c.now)
			}
		}
		return answer{{"PartialErrors", errorsKind, errs}}, nil
	}
}

// numberText is a number as text; empty for none.
func numberText(v any) string {
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	return ""
}

// float is a number of a request.
func float(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	x, err := n.Float64()
	return x, err == nil
}

// settable is a status that a client may set; the empty one is the default.
func settable(next obj, before obj, code int) *itemError {
	v, _ := next["Status"].(string)
	switch {
	case v == "":
		next["Status"] = "Paused"
	case before != nil && before["Status"] == v:
	case v != "Active" && v != "Paused":
		return bad(code, "Status")
	}
	return nil
}
