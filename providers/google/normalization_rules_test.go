package google

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
)

func checkBudgets(t *testing.T, n *conformance.Normalization) {
	t.Helper()
	for _, p := range n.Read("budget.period") {
		b := campaignBudget{Period: p.Wire}
		b.AmountMicros.Value, b.TotalMicros.Value = normalize.Some(normalize.Int(25_000_000)), normalize.Some(normalize.Int(9_990_000))
		amount, period, unit := readBudget(&b)
		want := "25"
		if p.Ours == "LIFETIME" {
			want = "9.99"
		}
		if string(period) != p.Ours || unit != normalize.BudgetUnitCurrency || amount.String() != want {
			t.Errorf("budget %s: %v %s, want %s", p.Wire, amount, period, p.Ours)
		}
	}
	for _, p := range n.Write("budget.period") {
		field, period, err := writeBudget(normalize.BudgetPeriod(p.Ours))
		if p.Ours == "TOTAL" { // an alias
			p.Text = "CUSTOM_PERIOD total_amount_micros"
		}
		if p.Refused != (err != nil) || !strings.Contains(p.Text, field) || !strings.Contains(p.Text, period) {
			t.Errorf("budget %s: %s %s, %v, the table says %q", p.Ours, field, period, err, p.Text)
		}
	}
}

func checkBilling(t *testing.T, n *conformance.Normalization) {
	t.Helper()
	conversions := []string{"MAXIMIZE_CONVERSIONS", "TARGET_CPA", "MAXIMIZE_CONVERSION_VALUE", "TARGET_ROAS"}
	for _, p := range n.Read("billing_event") {
		strategies, channels, modes := strings.Split(p.Wire, ", "), []string{"SEARCH", "DISPLAY", "VIDEO"}, []string{"", "CLICKS"}
		switch {
		case p.Wire == "SEARCH|SHOPPING + conversion strategies":
			strategies, channels = conversions, []string{"SEARCH", "SHOPPING"}
		case p.Wire == "other channels + conversion strategies":
			strategies, channels = conversions, []string{"DISPLAY", "PERFORMANCE_MAX", "DEMAND_GEN", "MULTI_CHANNEL"}
		case strings.HasPrefix(p.Wire, "payment_mode "):
			strategies, modes = []string{"MANUAL_CPC", "TARGET_CPA"}, strings.Split(strings.TrimPrefix(p.Wire, "payment_mode "), ", ")
		}
		for _, s := range strategies {
			for _, ch := range channels {
				for _, m := range modes {
					if got := billingEvent(s, ch, m); string(got) != p.Ours {
						t.Errorf("billing %s on %s by %q: %q, want %q", s, ch, m, got, p.Ours)
					}
				}
			}
		}
	}
}

func TestNormalizationBids(t *testing.T) {
	t.Parallel()
	for _, row := range conformance.NormalizationOf(t, platformID).BidStrategies() {
		for _, v := range row.Values {
			name, video := strings.CutPrefix(v, "VIDEO: ")
			video = video || row.Ours == "YOUTUBE_AND_PARTNERS,"
			name, without := strings.CutSuffix(name, " without target")
			name, _, with := strings.Cut(name, " + ")
			name, _, _ = strings.Cut(name, " off ")
			if strings.Contains(name, "; ") || strings.Contains(name, "dead ones") {
				continue
			}
			c := &campaign{BiddingStrategyType: name, ChannelType: "SEARCH"}
			if video {
				c.ChannelType = "VIDEO"
			}
			if !without {
				c.TargetCPA.TargetCPA.Value, c.TargetROAS.TargetROAS.Value = normalize.Some(normalize.Int(12_000_000)), normalize.Some(normalize.Int(3))
				c.TargetCPC.TargetCPC.Value = normalize.Some(normalize.Int(900_000))
			}
			g := &adGroup{}
			g.CPCBid.Value, g.CPMBid.Value, g.TargetCPM.Value = normalize.Some(normalize.Int(700_000)), normalize.Some(normalize.Int(2_000_000)), normalize.Some(normalize.Int(1_000_000))
			g.CPVBid.Value = normalize.Some(normalize.Int(50_000))
			got, _ := groupBid(c, g)
			checkBid(t, row, v, got, with)
		}
	}
}

// What is read is written back as the table says, where it says so.
func TestNormalizationBidWrites(t *testing.T) {
	t.Parallel()
	five := normalize.Int(5)
	given := map[string]normalize.BidStrategy{ // by the table's words for it
		"FIXED_BID":                                   {Type: normalize.BidStrategyTypeFixedBid, FixedBidAmount: &five},
		"MAXIMIZE_SPEND CPC":                          {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeCpc},
		"MAXIMIZE_SPEND CPA":                          {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeCpa},
		"PERFORMANCE_GOAL CPA":                        {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpa, PerformanceGoalAmount: &five},
		"PERFORMANCE_GOAL UNSPECIFIED + target_roas":  {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeUnspecified, TargetROAS: &five},
		"PERFORMANCE_GOAL CPC":                        {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpc, PerformanceGoalAmount: &five},
		"MAXIMIZE_SPEND UNSPECIFIED":                  {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeUnspecified},
		"YOUTUBE_AND_PARTNERS, type of the same name": {Type: normalize.BidStrategyTypeYoutubeAndPartners},
		"(left out)":                                  {},
	}
	for _, row := range conformance.NormalizationOf(t, platformID).BidStrategies() {
		b, known := given[strings.TrimSpace(row.Ours+" "+row.KPI)]
		if !known {
			t.Fatalf("row %q %q is not known here", row.Ours, row.KPI)
		}
		channel := normalize.ChannelSearch
		want, _, _ := strings.Cut(row.Write, " ")
		switch {
		case row.Values[0] == "MANUAL_CPM":
			channel, b.PerformanceGoalType, want = normalize.ChannelDisplay, normalize.PerformanceGoalTypeUnspecified, "manualCpm"
		case row.Values[0] == "TARGET_SPEND":
			want = "targetSpend"
		case row.Values[0] == "MAXIMIZE_CONVERSIONS without target":
			want = "maximizeConversions"
		case want == "refused", want == "goal", want == "allow-listed":
			want = ""
		}
		got, err := writeBid(b, channel)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%v: %q, %v, the table says %q", row.Values, got, err, row.Write)
		}
	}
	if got, err := writeBid(given["PERFORMANCE_GOAL CPA"], normalize.ChannelNative); err != nil || got != "targetCpa" {
		t.Errorf("Demand Gen: %s, %v", got, err)
	}
	for _, v := range []*bool{nil, ptr(true), ptr(false)} {
		got, err := writePolitical(v)
		if (err != nil) != (v == nil) || v != nil && *readPolitical(got) != *v {
			t.Errorf("the declaration %v: %q, %v", v, got, err)
		}
	}
}

func checkBid(t *testing.T, row conformance.BidRow, v string, got *normalize.BidStrategy, _ bool) {
	t.Helper()
	switch {
	case row.Ours == "(left":
		if got != nil {
			t.Errorf("%s: %+v, the table leaves it out", v, got)
		}
		return
	case got == nil:
		t.Errorf("%s: nothing, want %s", v, row.Ours)
		return
	case string(got.Type) != strings.TrimSuffix(row.Ours, ","):
		t.Errorf("%s: %+v, want %s", v, got, row.Ours)
	}
	kpi, roas := strings.CutSuffix(row.KPI, " + target_roas")
	if got.Type != normalize.BidStrategyTypeYoutubeAndPartners && string(got.PerformanceGoalType) != kpi {
		t.Errorf("%s: goal %s, want %s", v, got.PerformanceGoalType, row.KPI)
	}
	fixed, held := got.FixedBidAmount != nil, got.PerformanceGoalAmount != nil
	if fixed != (row.Ours == "FIXED_BID") || held != (row.Ours == "PERFORMANCE_GOAL" && !roas) || roas != (got.TargetROAS != nil) {
		t.Errorf("%s: amounts of %+v", v, got)
	}
	if got.Type == normalize.BidStrategyTypeYoutubeAndPartners && (got.YoutubeAndPartnersValue == "" || string(got.YoutubeAndPartnersType) != strings.TrimPrefix(v, "VIDEO: ")) {
		t.Errorf("%s: %+v", v, got)
	}
}

func TestNormalizationErrors(t *testing.T) {
	t.Parallel()
	for _, row := range conformance.NormalizationOf(t, platformID).Errors() {
		tried := 0
		for word := range strings.FieldsFuncSeq(row.Text, func(r rune) bool { return strings.ContainsRune(",; ()", r) }) {
			family, name, status := "someError", word, 400
			switch {
			case word == "queryError" || word == "requestError" || word == "fieldError" || word == "fieldMaskError" || word == "headerError" || word == "mutateError" || word == "campaignError" || word == "resourceCountLimitExceededError":
				family, name = word, "SOMETHING"
			case word == "databaseError.CONCURRENT_MODIFICATION":
				family, name, _ = strings.Cut(word, ".")
			case word == "policy*":
				family, name = "policyFindingError", "POLICY_FINDING"
			case word == "_DISABLED":
				name = "OAUTH_TOKEN_DISABLED"
			case word == "SCOPE_INSUFFICIENT":
				name = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
			case word == "500" || word == "503" || word == "504" || word == "501":
				tried++
				fmt.Sscan(word, &status)
				if e := classify(status, http.Header{}, []byte("<html>"), time.Now()); e.Kind != row.Kind {
					t.Errorf("%s: %v, want %v", word, e.Kind, row.Kind)
				}
				continue
			case word == "404":
				tried++
				if e := classify(404, http.Header{}, []byte("<html>not found"), time.Now()); e.Kind != row.Kind {
					t.Errorf("404 HTML: %v, want %v", e.Kind, row.Kind)
				}
				continue
			case word == "BadRequest":
				family, name = "", ""
			case strings.HasPrefix(word, "*"):
				name = "CAMPAIGN" + strings.TrimPrefix(word, "*")
			case strings.HasSuffix(word, "*"):
				name = strings.TrimSuffix(word, "*") + "SOMETHING"
				if word == "EXCESSIVE_*" {
					name = "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"
				}
			case word != strings.ToUpper(word), word == "HTML":
				continue
			}
			tried++
			body := fmt.Sprintf(`{"error":{"code":%d,"message":"m","details":[{"@type":"type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure","errors":[{"errorCode":{%q:%q},"message":"n"}]}]}}`, status, family, name)
			if family == "" {
				body = `{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"description":"Unknown name \"foo\""}]}]}}`
			}
			e := classify(status, http.Header{}, []byte(body), time.Now())
			if e.Kind != row.Kind {
				t.Errorf("%s.%s: %v, want %v (%s)", family, name, e.Kind, row.Kind, row.Text)
			}
			if dead := row.Connection == "dead"; dead && name != "" && e.Err == nil {
				t.Errorf("%s is tried again with another token", name)
			}
			if row.Kind == providers.RateLimited && e.RetryAfter != quotaWait {
				t.Errorf("%s: waits %v", name, e.RetryAfter)
			}
		}
		if tried == 0 {
			t.Errorf("row %q is not known here", row.Text)
		}
	}
}
