package google_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

// Every target is of one type, and the lists by type are the whole list.
func TestTargetsByType(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	org := all(t, w.Organizations, providers.ListQuery{})[0].ID
	byType := map[normalize.TargetType][]string{}
	for _, x := range all(t, w.Targets, providers.ListQuery{Org: org}) {
		if x.Name == "" || x.Type == "" {
			t.Errorf("%+v", x)
		}
		byType[x.Type] = append(byType[x.Type], x.ID)
	}
	for _, kind := range []normalize.TargetType{
		normalize.TargetTypeCountry, normalize.TargetTypeRegion, normalize.TargetTypeCity, normalize.TargetTypeZip, normalize.TargetTypeUSDma, normalize.TargetTypeLocale,
		normalize.TargetTypeInterest, normalize.TargetTypeTopic, normalize.TargetTypeUserList, normalize.TargetTypeCarrier, normalize.TargetTypeDeviceModel,
		normalize.TargetTypeOSVersion, normalize.TargetTypeBehavior,
	} {
		var got []string
		for _, x := range all(t, w.Targets, providers.ListQuery{Org: org, Type: []string{string(kind)}, Size: 3}) {
			got = append(got, x.ID)
		}
		if !slices.Equal(got, byType[kind]) {
			t.Errorf("%s: %v, of the whole list %v", kind, got, byType[kind])
		}
	}
	mixed := all(t, w.Targets, providers.ListQuery{Org: org, Type: []string{"COUNTRY", "REGION"}})
	if len(mixed) != len(byType[normalize.TargetTypeCountry])+len(byType[normalize.TargetTypeRegion]) {
		t.Errorf("countries and regions: %d", len(mixed))
	}
	some := byType[normalize.TargetTypeUserList]
	if len(some) > 0 {
		if got, err := w.Targets.Get(t.Context(), providers.Ref{ID: some[0]}); err != nil || got.ID != some[0] {
			t.Errorf("a user list without its account named: %+v, %v", got, err)
		}
	}
	for _, id := range []string{"geoTargetConstants/", "geoTargetConstants/1/2", "languageConstants/x", "customers/1/userLists/1", "userLists/1", "customers//userLists/1", ""} {
		if _, err := w.Targets.Get(t.Context(), providers.Ref{Org: org, ID: id}); providers.KindOf(err) != providers.NotFound {
			t.Errorf("target %q: %v", id, err)
		}
	}
}

// What belongs to the objects of a page is read for all of them at once, and goes to the right ones.
func TestWhatIsKeptElsewhere(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, func(h heard) (int, string) {
		switch {
		case strings.Contains(h.query, "FROM campaign "):
			return 200, `{"results":[
				{"campaign":{"id":"1","status":"ENABLED","biddingStrategyType":"TARGET_CPA","biddingStrategy":"customers/1000000001/biddingStrategies/5","labels":["customers/1000000001/labels/8","customers/1000000001/labels/9"]}},
				{"campaign":{"id":"2","status":"ENABLED","biddingStrategyType":"TARGET_CPA","biddingStrategy":"customers/2000000002/biddingStrategies/6","targetCpa":{}}},
				{"campaign":{"id":"3","status":"ENABLED","biddingStrategyType":"MANUAL_CPC"}}]}`
		case strings.Contains(h.query, "FROM bidding_strategy"):
			return 200, `{"results":[{"biddingStrategy":{"resourceName":"customers/1000000001/biddingStrategies/5","id":"5","targetCpa":{"targetCpaMicros":"7500000","cpcBidCeilingMicros":"2000000"}}},
				{"biddingStrategy":{"resourceName":"customers/1000000001/biddingStrategies/6","id":"6","targetCpa":{"targetCpaMicros":"1000000"}}}]}`
		case strings.Contains(h.query, "FROM label"):
			return 200, `{"results":[{"label":{"id":"9","name":"b"}},{"label":{"id":"8","name":"a"}}]}`
		case strings.Contains(h.query, "FROM campaign_criterion"):
			return 200, `{"results":[
				{"campaign":{"id":"1"},"campaignCriterion":{"type":"LOCATION","status":"ENABLED","location":{"geoTargetConstant":"geoTargetConstants/2276"}}},
				{"campaign":{"id":"1"},"campaignCriterion":{"type":"KEYWORD","status":"PAUSED","negative":true,"keyword":{"text":"off","matchType":"EXACT"}}},
				{"campaign":{"id":"3"},"campaignCriterion":{"type":"LANGUAGE","status":"ENABLED","displayName":"German","language":{"languageConstant":"languageConstants/1001"}}}]}`
		case strings.Contains(h.query, "FROM geo_target_constant"):
			return 200, `{"results":[{"geoTargetConstant":{"id":"2276","name":"Germany","targetType":"Country"}}]}`
		}
		return 0, ""
	})
	got := all(t, s.Campaigns, providers.ListQuery{})
	if b := got[0].BidStrategy; b.PerformanceGoalAmount.String() != "7.5" || got[0].BidAmount.String() != "2" || got[0].KPI.Amount.String() != "7.5" {
		t.Errorf("a portfolio's target: %+v", b)
	}
	if b := got[1].BidStrategy; b == nil || b.PerformanceGoalAmount != nil || got[1].KPI != nil {
		t.Errorf("a manager's portfolio of the same number: %+v", b)
	}
	if !slices.Equal(got[0].Labels, []string{"a", "b"}) || got[1].Labels != nil {
		t.Errorf("labels %v %v", got[0].Labels, got[1].Labels)
	}
	if c := got[0].Targeting; c == nil || c.Geographic.Countries[0].Name != "Germany" || c.Content != nil {
		t.Errorf("%+v", c)
	}
	if got[1].Targeting != nil || got[2].Targeting == nil || got[2].Targeting.Language[0].Name != "German" {
		t.Errorf("%+v %+v", got[1].Targeting, got[2].Targeting)
	}
	for _, from := range []string{"FROM bidding_strategy", "FROM label", "FROM campaign_criterion", "FROM geo_target_constant"} {
		if n := len(script.asking(from)); n != 1 {
			t.Errorf("%s: %d queries", from, n)
		}
	}
	all(t, s.Campaigns, providers.ListQuery{})
	if n := len(script.asking("FROM geo_target_constant")); n != 1 {
		t.Errorf("places that are known are asked for again: %d", n)
	}
}

// A manager's conversion actions show in each of its accounts.
func TestPromotedOnce(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, func(h heard) (int, string) {
		switch {
		case strings.Contains(h.query, "FROM customer_client"):
			return 200, clientRows(clientRow(1000000001, 1, false, "ENABLED"), clientRow(1000000002, 1, false, "ENABLED"))
		case strings.Contains(h.query, "FROM conversion_action"):
			return 200, `{"results":[{"conversionAction":{"id":"7","name":"Purchase"}}]}`
		case strings.Contains(h.query, "app_campaign_setting"):
			return 200, `{"results":[{"campaign":{"id":"1","appCampaignSetting":{"appId":"com.x"}}},{"campaign":{"id":"2","appCampaignSetting":{"appId":"com.x"}}}]}`
		case strings.Contains(h.query, "merchant_id"):
			return 200, `{"results":[{"campaign":{"id":"3","shoppingSetting":{"merchantId":"0"}}},{"campaign":{"id":"4","shoppingSetting":{"merchantId":"99"}}},{"campaign":{"id":"5"}}]}`
		}
		return 0, ""
	})
	var got []string
	for _, p := range all(t, s.Promoted, providers.ListQuery{}) {
		got = append(got, string(p.Type)+" "+p.ID)
	}
	if want := []string{"CUSTOM_CONVERSION_ID 7", "APP_ID com.x", "CATALOG_ID 99"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, id := range []string{"7", "com.x", "99"} {
		if p, err := s.Promoted.Get(t.Context(), providers.Ref{Org: "1000000001", ID: id}); err != nil || p.ID != id {
			t.Errorf("%s: %+v, %v", id, p, err)
		}
	}
}

// A creative's status tells of its review, and is asked for by it.
func TestCreativesByReview(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	seen := map[normalize.Status]bool{}
	for _, org := range readable(t, w.Session) {
		by := map[normalize.Status][]string{}
		for _, c := range all(t, w.Creatives, providers.ListQuery{Org: org.ID}) {
			by[c.Status] = append(by[c.Status], c.ID)
			seen[c.Status] = true
		}
		for _, status := range []normalize.Status{normalize.StatusActive, normalize.StatusPaused, normalize.StatusProcessing, normalize.StatusProcessingFailed, normalize.StatusDraft} {
			var got []string
			for _, c := range all(t, w.Creatives, providers.ListQuery{Org: org.ID, Status: []string{string(status)}, Size: 7}) {
				got = append(got, c.ID)
			}
			if !slices.Equal(got, by[status]) {
				t.Errorf("account %s, %s: %d, of the whole list %d", org.ID, status, len(got), len(by[status]))
			}
		}
	}
	t.Logf("statuses of the simulated world: %v", seen)
}
