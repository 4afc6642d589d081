package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// fieldSpec is what a field of a written object must be.
type fieldSpec struct {
	kind      string   // string, enum, urn, money, bool, record, long
	symbols   []string // of an enum
	urnTypes  []string
	required  bool
	readonly  bool
	immutable string // the code that answers a change; "" = may change
	onlyDraft bool   // may change while DRAFT only
	max       int    // characters
}

type schema map[string]fieldSpec

var (
	objectiveTypes = []string{"BRAND_AWARENESS", "ENGAGEMENT", "JOB_APPLICANT", "LEAD_GENERATION", "TALENT_LEAD", "VIDEO_VIEW", "WEBSITE_CONVERSION", "WEBSITE_VISIT"}
	targetTypes    = []string{
		"NONE", "ENHANCED_CONVERSION", "MAX_CLICK", "MAX_CONVERSION", "MAX_IMPRESSION", "MAX_LEAD", "MAX_QUALIFIED_LEAD", "MAX_REACH", "MAX_VIDEO_VIEW",
		"TARGET_COST_PER_CLICK", "TARGET_COST_PER_IMPRESSION", "TARGET_COST_PER_VIDEO_VIEW", "CAP_COST_AND_MAXIMIZE_CLICKS", "CAP_COST_AND_MAXIMIZE_IMPRESSIONS",
		"CAP_COST_AND_MAXIMIZE_LEADS", "CAP_COST_AND_MAXIMIZE_VIDEO_VIEWS", "CAP_COST_AND_MAXIMIZE_CONVERSIONS", "CAP_COST_AND_MAXIMIZE_QUALIFIED_LEADS", "CAP_COST_AND_MAXIMIZE_REACH",
	}
	campaignFormats = []string{
		"CAROUSEL", "FOLLOW_COMPANY", "JOBS", "SINGLE_VIDEO", "SPONSORED_INMAIL", "SPONSORED_MESSAGE", "SPONSORED_UPDATE_EVENT",
		"SPONSORED_UPDATE_NATIVE_DOCUMENT", "SPOTLIGHT", "STANDARD_UPDATE", "TEXT",
	}
)

func enum(symbols ...string) fieldSpec { return fieldSpec{kind: "enum", symbols: symbols} }
func text1(max int) fieldSpec          { return fieldSpec{kind: "string", max: max} }
func urns(types ...string) fieldSpec   { return fieldSpec{kind: "urn", urnTypes: types} }
func of(kind string) fieldSpec         { return fieldSpec{kind: kind} }
func readonly() fieldSpec              { return fieldSpec{readonly: true} }

func (f fieldSpec) must() fieldSpec             { f.required = true; return f }
func (f fieldSpec) fixed(code string) fieldSpec { f.immutable = code; return f }
func (f fieldSpec) whileDraft() fieldSpec       { f.onlyDraft = true; return f }

const immutableField = "FIELD_IMMUTABLE"

func accountSchema() schema {
	return schema{
		"name": text1(200).must(), "type": enum(accountTypes...).must().fixed(immutableField),
		"currency": of("string").fixed(immutableField), "reference": urns("organization", "person"),
		"status": enum(accountStatuses...), "test": of("bool").fixed(immutableField),
		"totalBudget": of("money"), "totalBudgetEndsAt": of("long"),
		"notifiedOnCampaignOptimization": of("bool"), "notifiedOnCreativeApproval": of("bool"), "notifiedOnCreativeRejection": of("bool"),
		"notifiedOnEndOfCampaign": of("bool"), "notifiedOnNewFeaturesEnabled": of("bool"),
		"id": readonly(), "servingStatuses": readonly(), "version": readonly(), "changeAuditStamps": readonly(), "referenceInfo": readonly(),
	}
}

func campaignGroupSchema() schema {
	return schema{
		"account": urns("sponsoredAccount").must().fixed(immutableField), "name": text1(100).must(),
		"status": enum(groupStatuses...).must(), "runSchedule": of("record").must(),
		"totalBudget": of("money"), "dailyBudget": of("money"), "budgetOptimization": of("record"),
		"objectiveType": enum(objectiveTypes...).fixed("OBJECTIVE_CHANGE_NOT_ALLOWED"),
		"id":            readonly(), "backfilled": readonly(), "allowedCampaignTypes": readonly(), "servingStatuses": readonly(),
		"test": readonly(), "changeAuditStamps": readonly(),
	}
}

func campaignSchema() schema {
	return schema{
		"account": urns("sponsoredAccount").must().fixed(immutableField), "campaignGroup": urns("sponsoredCampaignGroup").must(),
		"name": text1(255).must(), "type": enum(campaignTypes...).must().fixed(immutableField),
		"format": enum(campaignFormats...).fixed(immutableField), "status": enum(campaignStatuses...).must(),
		"objectiveType":          enum(objectiveTypes...).fixed("IMMUTABLE_CAMPAIGN_OBJECTIVE_TYPE"),
		"optimizationTargetType": enum(targetTypes...), "costType": enum("CPC", "CPM", "CPV").must(), "unitCost": of("money").must(),
		"dailyBudget": of("money"), "totalBudget": of("money"), "pacingStrategy": enum("LIFETIME", "ACCELERATED").fixed(immutableField),
		"runSchedule": of("record"), "locale": of("record").must(), "targetingCriteria": of("record").must(),
		"offsiteDeliveryEnabled": of("bool").must(), "audienceExpansionEnabled": of("bool"), "offsitePreferences": of("record"),
		"connectedTelevisionOnly": of("bool"), "storyDeliveryEnabled": of("bool"), "creativeSelection": enum("OPTIMIZED", "ROUND_ROBIN"),
		"associatedEntity": urns("organization").fixed("IMMUTABLE_ASSOCIATED_ENTITY"),
		"politicalIntent":  enum("POLITICAL", "NOT_POLITICAL", "NOT_DECLARED").must(), "optimizationPreference": of("record"),
		"targeting": of("record"), "id": readonly(), "servingStatuses": readonly(), "test": readonly(), "version": readonly(), "changeAuditStamps": readonly(),
	}
}

func creativeSchema() schema {
	return schema{
		"campaign": urns("sponsoredCampaign").must().fixed(immutableField), "content": of("record").fixed(immutableField),
		"intendedStatus": enum(creativeStatuses...).must(), "name": text1(255), "leadgenCallToAction": of("record").whileDraft(),
		"id": readonly(), "account": readonly(), "createdAt": readonly(), "createdBy": readonly(), "lastModifiedAt": readonly(), "lastModifiedBy": readonly(),
		"isServing": readonly(), "isTest": readonly(), "review": readonly(), "servingHoldReasons": readonly(),
	}
}

// shape checks what the schema alone can tell: unknown and read-only fields,
// enum symbols, types. LinkedIn answers 422, a line per fault.
func (sc schema) shape(o obj) *fault {
	var lines []string
	for _, name := range sortedKeys(o) {
		spec, ok := sc[name]
		if !ok || spec.readonly {
			lines = append(lines, fmt.Sprintf("ERROR :: /%s :: unrecognized field found but not allowed\n", name))
			continue
		}
		if why := spec.fits(o[name]); why != "" {
			lines = append(lines, fmt.Sprintf("ERROR :: /%s :: %s\n", name, why))
		}
	}
	if lines != nil {
		return unprocessable(strings.Join(lines, ""))
	}
	return nil
}

func (f fieldSpec) fits(v any) string {
	switch f.kind {
	case "enum":
		s, ok := v.(string)
		if !ok || !slices.Contains(f.symbols, s) {
			b, _ := json.Marshal(v) // a decoded JSON value marshals
			return string(b) + " is not an enum symbol"
		}
	case "string":
		if _, ok := v.(string); !ok {
			return "value cannot be coerced to String"
		}
	case "urn":
		s, _ := v.(string)
		if !slices.ContainsFunc(f.urnTypes, func(t string) bool { _, ok := urn(s, t); return ok }) {
			return fmt.Sprintf("%q is not a URN of type %s", s, strings.Join(f.urnTypes, " or "))
		}
	case "bool":
		if _, ok := v.(bool); !ok {
			return "value cannot be coerced to Boolean"
		}
	case "long":
		if _, ok := number(v); !ok {
			return "value cannot be coerced to Long"
		}
	case "record":
		if _, ok := v.(obj); !ok {
			return "record type is not backed by a DataMap"
		}
	case "money":
		return fitsMoney(v)
	}
	return ""
}

func fitsMoney(v any) string {
	m, ok := v.(obj)
	if !ok {
		return "record type is not backed by a DataMap"
	}
	amount, okA := m["amount"].(string)
	_, okC := m["currencyCode"].(string)
	if !okA || !okC || len(m) != 2 {
		return "amount and currencyCode must be strings"
	}
	if _, err := parseMicros(amount); err != nil {
		return "amount is not a decimal"
	}
	return ""
}

func sortedKeys(o obj) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// missing lists required fields that are absent, and texts that are too long.
func (sc schema) missing(o obj) []inputError {
	var out []inputError
	for name, spec := range sc {
		v, ok := o[name]
		if spec.required && !ok {
			out = append(out, inputError{"MISSING_FIELD", "Field " + name + " is required", name})
		}
		if s, isText := v.(string); isText && spec.max > 0 && len([]rune(s)) > spec.max {
			out = append(out, inputError{"FIELD_LENGTH_TOO_LONG", fmt.Sprintf("Field %s is longer than %d", name, spec.max), name})
		}
		if s, isText := v.(string); isText && name == "name" && strings.TrimSpace(s) == "" {
			out = append(out, inputError{"INVALID_VALUE_BLANK_FIELD", "Field name is blank", name})
		}
	}
	slices.SortFunc(out, func(a, b inputError) int { return strings.Compare(a.path, b.path) })
	return out
}

// frozen lists fields whose change is not allowed.
func (sc schema) frozen(before, after obj, draft bool) []inputError {
	var out []inputError
	for _, name := range sortedKeys(after) {
		spec := sc[name]
		if same(before[name], after[name]) {
			continue
		}
		if spec.immutable != "" && before[name] != nil {
			out = append(out, inputError{spec.immutable, "Field " + name + " cannot be changed", name})
		}
		if spec.onlyDraft && !draft {
			out = append(out, inputError{"FIELD_NOT_ALLOWED", "Field " + name + " can be changed in DRAFT only", name})
		}
	}
	return out
}

func same(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}
