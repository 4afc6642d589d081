package sim

import (
	"slices"
	"strings"
	"time"
)

// hidden tells whether a campaign is left out of a list: by its type, and
// because nobody asked for its kind of bids or budget.
func hidden(e *entity, types, asked map[string]bool) bool {
	o := e.get()
	bs, _ := o["BiddingScheme"].(obj)
	cpm := bs["Type"] == "ManualCpv" || bs["Type"] == "ManualCpm"
	kind, _ := o["CampaignType"].(string)
	return !types[kind] || cpm && !asked["CpvCpmBiddingScheme"] || o["BudgetType"] == "LifetimeBudgetStandard" && !asked["LifetimeBudgetFields"]
}

// typesOf is the filter by type: Search when nothing is said.
func typesOf(c *call) map[string]bool {
	types := flagSet(c.in["CampaignType"])
	if len(types) == 0 {
		types["Search"] = true
	}
	return types
}

func (s *Sim) campaignsByAccount(c *call) (answer, *fault) {
	types, asked := typesOf(c), flagSet(c.in["ReturnAdditionalFields"])
	out := []any{}
	for _, e := range living(c.acc.kids["Campaign"]) {
		if !hidden(e, types, asked) {
			out = append(out, s.view(c, e))
		}
	}
	return answer{{"Campaigns", listKind("Campaign"), out}}, nil
}

func (s *Sim) campaignsByIDs(c *call) (answer, *fault) {
	ids, f := idList(c, "CampaignIds", 100)
	if f != nil {
		return nil, f
	}
	types, asked := typesOf(c), flagSet(c.in["ReturnAdditionalFields"])
	out, errs := s.byIDs(c, ids, 1100, func(id string) (*entity, int) {
		e := s.live(c.acc, "Campaign", id)
		if e != nil && hidden(e, types, asked) {
			return nil, 516
		}
		return e, 0
	})
	return answer{{"Campaigns", listKind("Campaign"), out}, {"PartialErrors", errorsKind, errs}}, nil
}

// view is an entity as a reader sees it now.
func (s *Sim) view(c *call, e *entity) any {
	switch e.kind {
	case "Campaign":
		return s.campaignView(e, flagSet(c.in["ReturnAdditionalFields"]))
	case "Ad":
		return s.adView(c, e)
	case "AdGroup", "AssetGroup":
		return s.groupView(c, e)
	case "Budget":
		o := clone(e.get()).(obj)
		o["AssociationCount"] = int64(len(s.usersOf(e.acc, "BudgetId", e.id)))
		return o
	case "BidStrategy":
		o := clone(e.get()).(obj)
		o["AssociationCount"] = int64(len(s.usersOf(e.acc, "BidStrategyId", e.id)))
		return o
	case "Video":
		o := clone(e.get()).(obj)
		if o["Status"] == "Draft" && !c.now.Before(e.review) {
			o["Status"] = "Active"
		}
		return o
	}
	return e.get()
}

// askedSchemes come back null unless asked for.
var askedSchemes = map[string]string{"MaxConversionValueBiddingScheme": "MaxConversionValueBiddingScheme",
	"TargetImpressionShareBiddingScheme": "TargetImpressionShareBiddingScheme", "CostPerSale": "CostPerSaleBiddingScheme",
	"ManualCpaBiddingScheme": "ManualCpi"}

// askedSettings are left out unless asked for.
var askedSettings = map[string]string{"TargetSetting": "TargetSetting", "AppSetting": "AppSetting", "CallToActionSetting": "CallToActionSetting",
	"DynamicFeedSetting": "DynamicFeedSetting", "VerifiedTrackingSetting": "VerifiedTrackingSetting", "AISearchSetting": "AISearchSetting",
	"NewCustomerAcquisitionGoalSetting": "NewCustomerAcquisitionGoalSetting", "DisclaimerSetting": "DisclaimerSetting"}

func (s *Sim) campaignView(e *entity, asked map[string]bool) obj {
	o := clone(e.get()).(obj)
	if b, _ := o["BudgetId"].(string); b != "" {
		if x := s.entities["Budget"][b]; x != nil {
			o["DailyBudget"] = x.get()["Amount"]
		}
	}
	if bs, ok := o["BiddingScheme"].(obj); ok {
		kind, _ := bs["Type"].(string)
		if need := askedSchemes[kind]; need != "" && !asked[need] {
			o["BiddingScheme"] = nil
		}
	}
	if list, ok := o["Settings"].([]any); ok {
		list = slices.DeleteFunc(list, func(x any) bool {
			kind, _ := x.(obj)["Type"].(string)
			return askedSettings[kind] != "" && !asked[askedSettings[kind]]
		})
		o["Settings"] = list
		if len(list) == 0 {
			o["Settings"] = nil
		}
	}
	return o
}

// groupView: past its end a group is expired.
func (s *Sim) groupView(c *call, e *entity) obj {
	o := clone(e.get()).(obj)
	end, ok := dayOf(o["EndDate"])
	if ok && !c.now.Before((end + 1).Start(e.acc.src.Loc)) {
		o["Status"] = "Expired"
	}
	return o
}

func adTypes(c *call) (map[any]bool, *fault) {
	list, _ := c.in["AdTypes"].([]any)
	if len(list) == 0 {
		return nil, refuse(2805, "AdTypes is required")
	}
	out := map[any]bool{}
	for _, t := range list {
		out[t] = true
	}
	return out, nil
}

func (s *Sim) adsByGroup(c *call) (answer, *fault) {
	types, f := adTypes(c)
	if f != nil {
		return nil, f
	}
	p, f := s.parentOf(c, "AdGroupId", "AdGroup", 1201)
	if f != nil {
		return nil, f
	}
	want, _ := c.in["EditorialStatus"].(string)
	if c.op.name == "GetAdsByEditorialStatus" && want == "" {
		return nil, refuse(203, "EditorialStatus is required")
	}
	out := []any{}
	for _, e := range living(p.children["Ad"]) {
		if o := s.adView(c, e); types[o["Type"]] && (want == "" || o["EditorialStatus"] == want) {
			out = append(out, o)
		}
	}
	return answer{{"Ads", listKind("Ad"), out}}, nil
}

func (s *Sim) adsByIDs(c *call) (answer, *fault) {
	types, f := adTypes(c)
	if f != nil {
		return nil, f
	}
	p, f := s.parentOf(c, "AdGroupId", "AdGroup", 1201)
	if f != nil {
		return nil, f
	}
	ids, f := idList(c, "AdIds", 20)
	if f != nil {
		return nil, f
	}
	out, errs := s.byIDs(c, ids, 1394, func(id string) (*entity, int) {
		e := s.live(c.acc, "Ad", id)
		if e == nil || e.parent != p {
			return nil, 1394
		}
		if !types[e.str("Type")] {
			return nil, 516
		}
		return e, 0
	})
	return answer{{"Ads", listKind("Ad"), out}, {"PartialErrors", errorsKind, errs}}, nil
}

// adView shows where an ad's review stands: Inactive until it is through, then
// Active or, when its text says so, Disapproved.
func (s *Sim) adView(c *call, e *entity) obj {
	o := e.get()
	if e.review.IsZero() {
		return o
	}
	out := clone(o).(obj)
	out["EditorialStatus"] = reviewed(o, e.review, c.now)
	return out
}

func reviewed(o obj, until, now time.Time) string {
	switch {
	case now.Before(until):
		return "Inactive"
	case strings.Contains(string(appendJSON(nil, o)), "DISAPPROVE"):
		return "Disapproved"
	}
	return "Active"
}

func (s *Sim) editorialReasons(c *call) (answer, *fault) {
	list, _ := c.in["EntityIdToParentIdAssociations"].([]any)
	if len(list) == 0 || len(list) > 1000 || c.in["EntityType"] == nil {
		return nil, refuse(203, "EntityIdToParentIdAssociations and EntityType are required")
	}
	out, errs := []any{}, []any{}
	for i, x := range list {
		a, _ := x.(obj)
		id, _ := a["EntityId"].(string)
		e := s.live(c.acc, "Ad", id)
		if e == nil || e.parent.id != a["ParentId"] {
			out, errs = append(out, nil), append(errs, s.batchError(bad(1394, ""), i))
			continue
		}
		reasons := []any{}
		if s.adView(c, e)["EditorialStatus"] == "Disapproved" {
			reasons = append(reasons, obj{"ReasonCode": int64(17), "Location": "AdDescription", "Term": "cheap", "PublisherCountries": []any{"DE"}})
		}
		out = append(out, obj{"AdOrKeywordId": id, "AdGroupId": e.parent.id, "Reasons": reasons, "AppealStatus": "Appealable"})
	}
	return answer{{"EditorialReasons", "array<object<EditorialReasonCollection>>", out}, {"PartialErrors", errorsKind, errs}}, nil
}
