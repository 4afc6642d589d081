package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/google/sim"
)

// mutate posts operations to a collection of the first account.
func (w *world) mutate(collection, operations, more string) answer {
	w.t.Helper()
	return w.do("POST", "/v26/customers/"+first+"/"+collection+":mutate", `{"operations":[`+operations+`]`+more+`}`)
}

func (w *world) all(operations, more string) answer {
	w.t.Helper()
	return w.do("POST", "/v26/customers/"+first+"/googleAds:mutate", `{"mutateOperations":[`+operations+`]`+more+`}`)
}

const (
	budgetOp   = `{"campaignBudgetOperation":{"create":{"resourceName":"customers/4210000001/campaignBudgets/-1","name":"B1","amountMicros":"25000000","explicitlyShared":false}}}`
	campaignOp = `{"campaignOperation":{"create":{"resourceName":"customers/4210000001/campaigns/-2","name":"Winter DE","status":"PAUSED","advertisingChannelType":"SEARCH","campaignBudget":"customers/4210000001/campaignBudgets/-1","maximize_conversions":{"targetCpaMicros":12000000},"containsEuPoliticalAdvertising":"DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING","startDateTime":"2026-12-01 00:00:00","end_date_time":"20261231 23:59:59"}}}`
	locationOp = `{"campaignCriterionOperation":{"create":{"campaign":"customers/4210000001/campaigns/-2","location":{"geoTargetConstant":"geoTargetConstants/2276"}}}}`
)

func TestCampaignWithBudgetAndTargetingIsMadeAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 2})
	ops := budgetOp + "," + campaignOp + "," + locationOp
	if a := w.all(ops, `,"validateOnly":true`); a.status != 200 || strings.TrimSpace(a.text) != "{}" {
		t.Fatalf("validateOnly: %d %s", a.status, a.text)
	}
	if rows := w.rows(first, "SELECT campaign.id FROM campaign WHERE campaign.name = 'Winter DE'"); len(rows) != 0 {
		t.Fatal("validateOnly has written")
	}
	a := w.all(ops, "")
	if a.status != 200 {
		t.Fatalf("%d %s", a.status, a.text)
	}
	list := a.body["mutateOperationResponses"].([]any)
	name := str(list[1].(map[string]any), "campaignResult.resourceName")
	id := name[strings.LastIndex(name, "/")+1:]
	if got := str(list[2].(map[string]any), "campaignCriterionResult.resourceName"); got != "customers/4210000001/campaignCriteria/"+id+"~2276" {
		t.Errorf("criterion %q", got)
	}
	rows := w.rows(first, "SELECT campaign.id, campaign.status, campaign.primary_status, campaign.start_date_time, campaign.end_date_time, campaign.bidding_strategy_type, campaign.maximize_conversions.target_cpa_micros, campaign_budget.amount_micros, campaign_budget.reference_count FROM campaign WHERE campaign.id = "+id)
	want := map[string]string{"campaign.status": "PAUSED", "campaign.primaryStatus": "PAUSED", "campaign.startDateTime": "2026-12-01 00:00:00", "campaign.endDateTime": "2026-12-31 23:59:59",
		"campaign.biddingStrategyType": "MAXIMIZE_CONVERSIONS", "campaign.maximizeConversions.targetCpaMicros": "12000000", "campaignBudget.amountMicros": "25000000", "campaignBudget.referenceCount": "1"}
	for k, v := range want {
		if str(rows[0], k) != v {
			t.Errorf("%s is %q, want %q", k, str(rows[0], k), v)
		}
	}
	w.refused(w.mutate("campaignBudgets", `{"remove":"`+str(list[0].(map[string]any), "campaignBudgetResult.resourceName")+`"}`, ""), 400, "campaignBudgetError.CAMPAIGN_BUDGET_IN_USE")
	w.refused(w.all(strings.ReplaceAll(budgetOp, "B1", "B2")+","+campaignOp, ""), 400, "campaignError.DUPLICATE_CAMPAIGN_NAME")
	if rows := w.rows(first, "SELECT campaign_budget.id FROM campaign_budget WHERE campaign_budget.name = 'B2'"); len(rows) != 0 {
		t.Error("a failed request left its budget")
	}
	status := w.mutate("campaigns", `{"updateMask":"status,maximizeConversions.targetCpaMicros","update":{"resourceName":"`+name+`","status":"ENABLED"}}`, `,"responseContentType":"MUTABLE_RESOURCE"`)
	camp := status.body["results"].([]any)[0].(map[string]any)["campaign"].(map[string]any)
	if status.status != 200 || camp["status"] != "ENABLED" || camp["id"] != nil || camp["primaryStatus"] != nil {
		t.Errorf("MUTABLE_RESOURCE: %d %s", status.status, status.text)
	}
	rows = w.rows(first, "SELECT campaign.primary_status, campaign.maximize_conversions.target_cpa_micros FROM campaign WHERE campaign.id = "+id)
	if str(rows[0], "campaign.primaryStatus") != "PENDING" || str(rows[0], "campaign.maximizeConversions.targetCpaMicros") != "" {
		t.Errorf("after update: %v", rows[0])
	}
	if a := w.mutate("campaigns", `{"remove":"`+name+`"}`, ""); a.status != 200 {
		t.Fatal(a.text)
	}
	w.refused(w.mutate("campaigns", `{"updateMask":"status","update":{"resourceName":"`+name+`","status":"ENABLED"}}`, ""), 400, "contextError.OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE")
	changes := w.rows(first, "SELECT change_status.resource_type, change_status.resource_status, change_status.campaign, change_status.last_change_date_time, campaign.id FROM change_status WHERE change_status.last_change_date_time BETWEEN '2026-11-24' AND '2026-11-24' AND change_status.campaign = '"+name+"' LIMIT 100")
	kinds := ""
	for _, c := range changes {
		kinds += str(c, "changeStatus.resourceType") + " " + str(c, "changeStatus.resourceStatus") + ";"
	}
	if !strings.Contains(kinds, "CAMPAIGN REMOVED") || !strings.Contains(kinds, "CAMPAIGN_CRITERION ADDED") {
		t.Errorf("change_status: %s", kinds)
	}
}

func TestMutateRefusals(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 2})
	camp := w.rows(first, "SELECT campaign.resource_name FROM campaign WHERE campaign.advertising_channel_type = 'SEARCH' AND campaign.status = 'ENABLED' LIMIT 1")[0]
	pmax := str(w.rows(first, "SELECT campaign.resource_name FROM campaign WHERE campaign.advertising_channel_type = 'PERFORMANCE_MAX' AND campaign.status != 'REMOVED' LIMIT 1")[0], "campaign.resourceName")
	name := str(camp, "campaign.resourceName")
	group := str(w.rows(first, "SELECT ad_group.resource_name FROM ad_group WHERE campaign.resource_name = '"+name+"' AND ad_group.status != 'REMOVED' LIMIT 1")[0], "adGroup.resourceName")
	rsa := func(headlines string) string {
		return `{"create":{"adGroup":"` + group + `","status":"PAUSED","ad":{"finalUrls":["https://a.example"],"responsiveSearchAd":{"headlines":[` + headlines + `],"descriptions":[{"text":"one"},{"text":"two"}]}}}}`
	}
	three := `{"text":"a"},{"text":"b"},{"text":"c"}`
	for _, c := range []struct{ collection, op, code string }{
		{"campaigns", `{}`, "requestError.OPERATION_REQUIRED"},
		{"campaigns", `{"update":{"resourceName":"` + name + `","status":"PAUSED"}}`, "fieldMaskError.FIELD_MASK_MISSING"},
		{"campaigns", `{"updateMask":"foo","update":{"resourceName":"` + name + `"}}`, "fieldMaskError.FIELD_NOT_FOUND"},
		{"campaigns", `{"updateMask":"networkSettings","update":{"resourceName":"` + name + `"}}`, "fieldMaskError.FIELD_HAS_SUBFIELDS"},
		{"campaigns", `{"updateMask":"id","update":{"resourceName":"` + name + `"}}`, "fieldError.IMMUTABLE_FIELD"},
		{"campaigns", `{"updateMask":"advertisingChannelType","update":{"resourceName":"` + name + `"}}`, "fieldError.IMMUTABLE_FIELD"},
		{"campaigns", `{"updateMask":"status","update":{"resourceName":"customers/4210000001/campaigns/5","status":"PAUSED"}}`, "mutateError.RESOURCE_NOT_FOUND"},
		{"campaigns", `{"create":{"name":"x"}}`, "fieldError.REQUIRED"},
		{"campaignBudgets", `{"create":{"amountMicros":"1000000"}}`, "fieldError.REQUIRED"}, // explicitly shared by default: needs a name
		{"campaignBudgets", `{"create":{"name":"x","amountMicros":"1000001"}}`, "campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT"},
		{"campaignBudgets", `{"create":{"name":"x","amountMicros":"0"}}`, "campaignBudgetError.BUDGET_BELOW_PER_DAY_MINIMUM"},
		{"adGroups", `{"create":{"name":"g","campaign":"` + pmax + `"}}`, "adGroupError.CANNOT_ADD_AD_GROUP_FOR_CAMPAIGN_TYPE"},
		{"adGroups", `{"create":{"name":"g","campaign":"` + name + `","type":"DISPLAY_STANDARD"}}`, "adGroupError.AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE"},
		{"adGroups", `{"create":{"name":"g","campaign":"` + name + `","status":"REMOVED"}}`, "operationAccessDeniedError.CREATE_AS_REMOVED_NOT_PERMITTED"},
		{"adGroupAds", rsa(`{"text":"a"}`), "adError.INVALID_NUMBER_OF_ELEMENTS"},
		{"adGroupAds", rsa(three + `,{"text":"` + strings.Repeat("x", 31) + `"}`), "adError.TOO_LONG"},
		{"adGroupAds", rsa(three + `,{"text":"A miracle cure"}`), "policyFindingError.POLICY_FINDING"},
		{"campaignCriteria", `{"create":{"campaign":"` + name + `"}}`, "campaignCriterionError.CONCRETE_TYPE_REQUIRED"},
		{"campaignCriteria", `{"create":{"campaign":"` + name + `","location":{"geoTargetConstant":"geoTargetConstants/2276"}}}`, "mutateError.RESOURCE_ALREADY_EXISTS"},
		{"adGroupCriteria", `{"create":{"adGroup":"` + group + `","keyword":{"text":"` + strings.Repeat("k", 81) + `","matchType":"EXACT"}}}`, "criterionError.KEYWORD_TEXT_TOO_LONG"},
		{"adGroupCriteria", `{"create":{"adGroup":"` + group + `","keyword":{"text":"miracle cure","matchType":"EXACT"}}}`, "policyViolationError.POLICY_ERROR"},
		{"adGroupCriteria", `{"create":{"adGroup":"` + group + `","userInterest":{"userInterestCategory":"customers/4210000001/userInterests/80432"}}}`, "criterionError.CANNOT_ADD_USER_INTERESTS_TO_SEARCH_CAMPAIGNS"},
		{"assets", `{"create":{"name":"x"}}`, "assetError.ASSET_DATA_IS_MISSING"},
		{"assets", `{"create":{"name":"x","imageAsset":{"data":"aGVsbG8="}}}`, "imageError.INVALID_IMAGE"},
		{"assetGroups", `{"create":{"name":"ag","campaign":"` + pmax + `","finalUrls":["https://a.example"]}}`, "assetGroupError.NOT_ENOUGH_HEADLINE_ASSET"},
		{"assetGroups", `{"create":{"name":"ag","campaign":"` + name + `","finalUrls":["https://a.example"]}}`, "assetGroupError.CANNOT_ADD_ASSET_GROUP_FOR_CAMPAIGN_TYPE"},
	} {
		w.refused(w.mutate(c.collection, c.op, ""), 400, c.code)
	}
	a := w.mutate("assetGroups", `{"create":{"name":"x"}}`, `,"partialFailure":true`)
	if a.status != 400 || !strings.Contains(a.text, `Unknown name \"partialFailure\"`) {
		t.Errorf("assetGroups has no partialFailure: %d %s", a.status, a.text)
	}
	if a := w.mutate("assets", `{"remove":"customers/4210000001/assets/1"}`, ""); a.status != 400 || !strings.Contains(a.text, "Unknown name") {
		t.Errorf("assets cannot be removed: %d %s", a.status, a.text)
	}
	exempt := `{"policyValidationParameter":{"ignorablePolicyTopics":["MISLEADING_CLAIMS"]},` + rsa(three + `,{"text":"A miracle cure"}`)[1:]
	if a := w.mutate("adGroupAds", exempt, ""); a.status != 200 {
		t.Errorf("exempt: %d %s", a.status, a.text)
	}
	w.sim.Advance(time.Minute)
	rows := w.rows(first, "SELECT ad_group_ad.policy_summary.approval_status, ad_group_ad.ad.type FROM ad_group_ad WHERE ad_group.resource_name = '"+group+"' AND ad_group_ad.ad.id > 30000000000 AND ad_group_ad.ad.id < 40000000000")
	if len(rows) != 1 || str(rows[0], "adGroupAd.policySummary.approvalStatus") != "APPROVED" || str(rows[0], "adGroupAd.ad.type") != "RESPONSIVE_SEARCH_AD" {
		t.Errorf("the new ad: %v", rows)
	}
	twice := `{"updateMask":"status","update":{"resourceName":"` + group + `","status":"PAUSED"}}`
	w.refused(w.mutate("adGroups", twice+","+twice, ""), 400, "mutateError.ID_EXISTS_IN_MULTIPLE_MUTATES")
	big := strings.Repeat(`{},`, 10_000) + `{}`
	w.refused(w.mutate("campaigns", big, ""), 400, "requestError.TOO_MANY_MUTATE_OPERATIONS")
}

func TestTrap14_PartialFailureAnswers200(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 2})
	a := w.mutate("labels", `{"create":{"name":"new"}},{"create":{"name":"VIP"}},{"create":{"name":"newer"}}`, `,"partialFailure":true`)
	results, _ := a.body["results"].([]any)
	if a.status != 200 || len(results) != 3 || len(results[1].(map[string]any)) != 0 || len(results[2].(map[string]any)) == 0 {
		t.Fatalf("%d %s", a.status, a.text)
	}
	for _, want := range []string{`"labelError": "DUPLICATE_NAME"`, `"index": 1`, `"partialFailureError"`, `, at operations[1].create.name`, "v26.errors.GoogleAdsFailure"} {
		if !strings.Contains(a.text, want) {
			t.Errorf("%s is missing in %s", want, a.text)
		}
	}
	if n := len(w.rows(first, "SELECT label.id FROM label WHERE label.name IN ('new', 'newer')")); n != 2 {
		t.Errorf("%d labels were made", n)
	}
}

func TestTrap01_OneUndeclaredCampaignFreezesTheAccount(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 2})
	w.login = ""
	on := func(collection, op string) answer {
		return w.do("POST", "/v26/customers/"+direct+"/"+collection+":mutate", `{"operations":[`+op+`]}`)
	}
	rows := w.rows(direct, "SELECT campaign.resource_name, campaign.missing_eu_political_advertising_declaration FROM campaign WHERE campaign.missing_eu_political_advertising_declaration = TRUE")
	if len(rows) != 1 {
		t.Fatalf("%d undeclared campaigns", len(rows))
	}
	bad := str(rows[0], "campaign.resourceName")
	other := str(w.rows(direct, "SELECT campaign.resource_name FROM campaign WHERE campaign.status = 'ENABLED' AND campaign.resource_name != '"+bad+"' LIMIT 1")[0], "campaign.resourceName")
	pause := `{"updateMask":"status","update":{"resourceName":"` + other + `","status":"PAUSED"}}`
	w.refused(on("campaigns", pause), 400, "mutateError.EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED")
	if a := on("campaigns", `{"updateMask":"containsEuPoliticalAdvertising","update":{"resourceName":"`+bad+`","containsEuPoliticalAdvertising":"DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"}}`); a.status != 200 {
		t.Fatalf("declaring: %d %s", a.status, a.text)
	}
	if a := on("campaigns", pause); a.status != 200 {
		t.Errorf("after the declaration: %d %s", a.status, a.text)
	}
}

func TestPerformanceMaxInOneRequest(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 2})
	n := func(kind string, id int) string { return fmt.Sprintf("customers/4210000001/%s/-%d", kind, id) }
	ops := []string{
		`{"campaignBudgetOperation":{"create":{"resourceName":"` + n("campaignBudgets", 1) + `","amountMicros":"5000000","explicitlyShared":false}}}`,
		`{"campaignOperation":{"create":{"resourceName":"` + n("campaigns", 2) + `","name":"PM","status":"PAUSED","advertisingChannelType":"PERFORMANCE_MAX","campaignBudget":"` + n("campaignBudgets", 1) + `","maximizeConversionValue":{"targetRoas":3.5},"containsEuPoliticalAdvertising":"DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"}}}`,
		`{"assetGroupOperation":{"create":{"resourceName":"` + n("assetGroups", 3) + `","campaign":"` + n("campaigns", 2) + `","name":"AG","finalUrls":["https://a.example"],"status":"PAUSED"}}}`,
	}
	pictures := w.rows(first, "SELECT asset.resource_name FROM asset WHERE asset.type = 'IMAGE' LIMIT 2")
	link := func(asset, field string) {
		ops = append(ops, `{"assetGroupAssetOperation":{"create":{"assetGroup":"`+n("assetGroups", 3)+`","asset":"`+asset+`","fieldType":"`+field+`"}}}`)
	}
	for i, f := range []string{"HEADLINE", "HEADLINE", "HEADLINE", "LONG_HEADLINE", "DESCRIPTION", "DESCRIPTION", "BUSINESS_NAME"} {
		ops = append(ops, fmt.Sprintf(`{"assetOperation":{"create":{"resourceName":"%s","textAsset":{"text":"text no. %d"}}}}`, n("assets", 10+i), i))
		link(n("assets", 10+i), f)
	}
	link(str(pictures[0], "asset.resourceName"), "MARKETING_IMAGE")
	link(str(pictures[1], "asset.resourceName"), "SQUARE_MARKETING_IMAGE")
	w.refused(w.all(strings.Join(ops, ","), ""), 400, "assetGroupError.NOT_ENOUGH_LOGO_ASSET")
	link(str(pictures[0], "asset.resourceName"), "LOGO")
	a := w.all(strings.Join(ops, ","), "")
	if a.status != 200 {
		t.Fatalf("%d %s", a.status, a.text)
	}
	w.refused(w.all(ops[1], ""), 400, "mutateError.RESOURCE_NOT_FOUND") // a temporary id of another request
	rows := w.rows(first, "SELECT asset_group_asset.field_type, asset.text_asset.text, asset_group.name, campaign.name FROM asset_group_asset WHERE campaign.name = 'PM'")
	if len(rows) != 10 {
		t.Errorf("%d links", len(rows))
	}
	dup := ops[0] + "," + strings.ReplaceAll(ops[1], "/-2", "/-1")
	w.refused(w.all(dup, ""), 400, "newResourceCreationError.DUPLICATE_TEMP_IDS")
}
