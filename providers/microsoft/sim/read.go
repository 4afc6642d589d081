package sim

import (
	"slices"
	"strings"
)

const errorsKind = "array<object<BatchErrorBase>>"

func (s *Sim) readHandlers(h map[string]handler) {
	h["GetCampaignsByAccountId"], h["GetCampaignsByIds"] = s.campaignsByAccount, s.campaignsByIDs
	h["GetAdGroupsByCampaignId"] = s.children("CampaignId", "Campaign", 1100, "AdGroup", "AdGroups")
	h["GetAdGroupsByIds"] = s.childrenByIDs("CampaignId", "Campaign", 1100, "AdGroup", "AdGroups", "AdGroupIds", 1000, 1201)
	h["GetAssetGroupsByCampaignId"] = s.children("CampaignId", "Campaign", 1100, "AssetGroup", "AssetGroups")
	h["GetAssetGroupsByIds"] = s.childrenByIDs("CampaignId", "Campaign", 1100, "AssetGroup", "AssetGroups", "AssetGroupIds", 100, 1044)
	h["GetKeywordsByAdGroupId"] = s.children("AdGroupId", "AdGroup", 1201, "Keyword", "Keywords")
	h["GetKeywordsByIds"] = s.childrenByIDs("AdGroupId", "AdGroup", 1201, "Keyword", "Keywords", "KeywordIds", 1000, 1501)
	h["GetAdsByAdGroupId"], h["GetAdsByIds"], h["GetAdsByEditorialStatus"] = s.adsByGroup, s.adsByIDs, s.adsByGroup
	h["GetBudgetsByIds"] = s.ofAccount("Budget", "Budgets", "BudgetIds", 100, 4916)
	h["GetBidStrategiesByIds"] = s.ofAccount("BidStrategy", "BidStrategies", "BidStrategyIds", 100, 1044)
	h["GetAudiencesByIds"] = s.ofAccount("Audience", "Audiences", "AudienceIds", 100, 4835)
	h["GetCampaignIdsByBudgetIds"] = s.budgetCampaigns
	h["GetCampaignCriterionsByIds"] = s.criterions("CampaignId", "Campaign", 1100, "CampaignCriterion", 4526)
	h["GetAdGroupCriterionsByIds"] = s.criterions("AdGroupId", "AdGroup", 1201, "AdGroupCriterion", 1044)
	h["GetMediaMetaDataByAccountId"], h["GetMediaMetaDataByIds"] = s.mediaOfAccount, s.ofAccount("Media", "MediaMetaData", "MediaIds", 100, 4023)
	h["GetVideosByIds"] = s.videos
	h["GetConversionGoalsByIds"] = s.ofAccount("ConversionGoal", "ConversionGoals", "ConversionGoalIds", 100, 1044)
	h["GetUetTagsByIds"] = s.ofAccount("UetTag", "UetTags", "TagIds", 100, 1044)
	h["GetLabelsByIds"] = s.ofAccount("Label", "Labels", "LabelIds", 100, 1044)
	h["GetGeoLocationsFileUrl"], h["GetEditorialReasonsByIds"] = s.geoFile, s.editorialReasons
}

// classOf is the published class of a kind.
func classOf(kind string) string {
	if kind == "Media" {
		return "MediaMetaData"
	}
	return kind
}

func listKind(kind string) string { return "array<object<" + classOf(kind) + ">>" }

// parentOf is the entity that a call names as the parent; without it the whole
// call fails.
func (s *Sim) parentOf(c *call, prop, kind string, code int) (*entity, *fault) {
	id, _ := c.in[prop].(string)
	e := s.live(c.acc, kind, id)
	if e == nil {
		return nil, refuse(code, "")
	}
	return e, nil
}

// children lists everything of a kind under a parent: there is no page.
func (s *Sim) children(prop, parent string, code int, kind, list string) handler {
	return func(c *call) (answer, *fault) {
		p, f := s.parentOf(c, prop, parent, code)
		if f != nil {
			return nil, f
		}
		out := []any{}
		for _, e := range living(p.children[kind]) {
			out = append(out, s.view(c, e))
		}
		a := answer{{list, listKind(kind), out}}
		if kind == "AssetGroup" {
			a = append(a, part{"PartialErrors", errorsKind, []any{}})
		}
		return a, nil
	}
}

// byIDs answers in the order of the ids, with a hole and an error for each that
// is not there.
func (s *Sim) byIDs(c *call, ids []any, missing int, pick func(id string) (*entity, int)) (out, errs []any) {
	out, errs = []any{}, []any{}
	for i, x := range ids {
		id, _ := x.(string)
		e, code := pick(id)
		if e == nil {
			if code == 0 {
				code = missing
			}
			out, errs = append(out, nil), append(errs, s.batchError(&itemError{code: code}, i))
			continue
		}
		out = append(out, s.view(c, e))
	}
	return out, errs
}

// idList is the list of ids of a call, held to the limit of the operation.
func idList(c *call, prop string, limit int) ([]any, *fault) {
	ids, _ := c.in[prop].([]any)
	if len(ids) == 0 {
		return nil, refuse(emptyCode(c.op.name), prop+" must not be empty")
	}
	if len(ids) > limit {
		return nil, refuse(overCode(c.op.name), prop+" exceeds the limit")
	}
	return ids, nil
}

func (s *Sim) childrenByIDs(prop, parent string, code int, kind, list, idsProp string, limit, missing int) handler {
	return func(c *call) (answer, *fault) {
		p, f := s.parentOf(c, prop, parent, code)
		if f != nil {
			return nil, f
		}
		ids, f := idList(c, idsProp, limit)
		if f != nil {
			return nil, f
		}
		out, errs := s.byIDs(c, ids, missing, func(id string) (*entity, int) {
			if e := s.live(c.acc, kind, id); e != nil && e.parent == p {
				return e, 0
			}
			return nil, 0
		})
		return answer{{list, listKind(kind), out}, {"PartialErrors", errorsKind, errs}}, nil
	}
}

// typeProps are where a call says which types of a kind it wants.
var typeProps = map[string]string{"Audience": "Type", "ConversionGoal": "ConversionGoalTypes"}

// ofAccount lists what hangs on the account: null ids are all of it.
func (s *Sim) ofAccount(kind, list, idsProp string, limit, missing int) handler {
	return func(c *call) (answer, *fault) {
		types := flagSet(c.in[typeProps[kind]])
		fits := func(e *entity) bool { return len(types) == 0 || types[e.str("Type")] }
		if typeProps[kind] != "" && len(types) == 0 {
			return nil, refuse(203, typeProps[kind]+" is required")
		}
		if c.in[idsProp] == nil {
			out := []any{}
			for _, e := range living(c.acc.kids[kind]) {
				if fits(e) {
					out = append(out, s.view(c, e))
				}
			}
			return answer{{list, listKind(kind), out}, {"PartialErrors", errorsKind, []any{}}}, nil
		}
		ids, f := idList(c, idsProp, limit)
		if f != nil {
			return nil, f
		}
		out, errs := s.byIDs(c, ids, missing, func(id string) (*entity, int) {
			if e := s.live(c.acc, kind, id); e != nil && fits(e) {
				return e, 0
			}
			return nil, 0
		})
		return answer{{list, listKind(kind), out}, {"PartialErrors", errorsKind, errs}}, nil
	}
}

func (s *Sim) budgetCampaigns(c *call) (answer, *fault) {
	ids, f := idList(c, "BudgetIds", 100)
	if f != nil {
		return nil, f
	}
	out, errs := []any{}, []any{}
	for i, id := range ids {
		text, _ := id.(string)
		if s.live(c.acc, "Budget", text) == nil {
			out, errs = append(out, nil), append(errs, s.batchError(bad(4916, ""), i))
			continue
		}
		list := []any{}
		for _, e := range s.usersOf(c.acc, "BudgetId", text) {
			list = append(list, e.id)
		}
		out = append(out, obj{"Ids": list})
	}
	return answer{{"CampaignIdCollection", "array<object<IdCollection>>", out}, {"PartialErrors", errorsKind, errs}}, nil
}

// usersOf are the campaigns that use a shared budget or portfolio strategy.
func (s *Sim) usersOf(a *account, prop, id string) []*entity {
	return slices.DeleteFunc(living(a.kids["Campaign"]), func(e *entity) bool { return e.str(prop) != id })
}

// criterions reads one type at a time: all of them at once is for writes only.
func (s *Sim) criterions(prop, parent string, code int, kind string, missing int) handler {
	return func(c *call) (answer, *fault) {
		p, f := s.parentOf(c, prop, parent, code)
		if f != nil {
			return nil, f
		}
		types := flagSet(c.in["CriterionType"])
		if len(types) != 1 || types["Targets"] || kind == "AdGroupCriterion" && types["Audience"] {
			return nil, refuse(map[bool]int{true: 4503, false: 4115}[kind == "CampaignCriterion"], "")
		}
		fits := func(e *entity) bool { return types[s.criterionType(e)] }
		out, errs := []any{}, []any{}
		if ids, ok := c.in[kind+"Ids"].([]any); ok {
			out, errs = s.byIDs(c, ids, missing, func(id string) (*entity, int) {
				if e := s.live(c.acc, kind, id); e != nil && e.parent == p && fits(e) {
					return e, 0
				}
				return nil, 0
			})
		} else {
			for _, e := range living(p.children[kind]) {
				if fits(e) {
					out = append(out, s.view(c, e))
				}
			}
		}
		a := answer{{kind + "s", listKind(kind), out}}
		if kind == "CampaignCriterion" {
			a = append(a, part{"PartialErrors", errorsKind, errs})
		}
		return a, nil
	}
}

// criterionType is the type under which a criterion is read.
func (s *Sim) criterionType(e *entity) string {
	cr, _ := e.get()["Criterion"].(obj)
	kind, _ := cr["Type"].(string)
	switch kind {
	case "ProfileCriterion":
		v, _ := cr["ProfileType"].(string)
		return v
	case "AudienceCriterion":
		id, _ := cr["AudienceId"].(string)
		t := ""
		if a := s.entities["Audience"][id]; a != nil {
			t = a.str("Type")
		}
		if t == "Custom" || t == "InMarket" || t == "Product" {
			t += "Audience"
		}
		return t
	}
	return strings.TrimSuffix(kind, "Criterion")
}
