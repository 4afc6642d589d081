package meta

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
	"github.com/admux/admux/providers/internal/wire"
)

// The tests of this file run every row of Meta's of the normalization table, both ways. What a row says in words is built
// by hand, and a row that is not known here fails.

func TestNormalizationStatus(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "meta")
	for _, p := range n.StatusRead("organization") {
		if got := readAccountStatus(digits(t, p.Wire)); string(got) != p.Ours {
			t.Errorf("account %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, level := range []string{"organization", "campaign", "group", "ad"} {
		rows := n.StatusRead(level)
		if len(rows) == 0 {
			t.Errorf("no rows for %s", level)
		}
		for _, p := range rows {
			if got := readStatus(p.Wire); level != "organization" && string(got) != p.Ours {
				t.Errorf("%s %s: %s, want %s", level, p.Wire, got, p.Ours)
			}
		}
	}
	for _, p := range n.StatusWrite() {
		got, err := writeStatus(normalize.Status(p.Ours))
		checkWrite(t, "status", p, got, err)
	}
	for _, p := range n.CreativeStatus() {
		if got := readCreativeStatus(p.Wire); string(got) != p.Ours {
			t.Errorf("creative %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
}

func digits(t *testing.T, s string) wire.Number {
	t.Helper()
	var n wire.Number
	if err := n.UnmarshalJSON([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return n
}

func amount(t *testing.T, s string) wire.Amount { t.Helper(); return wire.Amount(digits(t, s)) }

func TestNormalizationEffectiveStatus(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "meta")
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	before, after := now.Add(-time.Hour), now.Add(time.Hour)
	rows := n.EffectiveValues()
	if len(rows) == 0 {
		t.Fatal("no rows")
	}
	for _, p := range rows {
		if p.Special {
			t.Fatalf("row %q is not known here", p.Wire)
		}
		if got := effectiveStatus(p.Wire, "", &before, &after, now); string(got) != p.Ours {
			t.Errorf("%s: %s, want %s", p.Wire, got, p.Ours)
		}
		ended := p.Ours
		if slices.Contains([]string{"SERVING", "LEARNING", "LIMITED", "PENDING"}, ended) {
			ended = "ENDED"
		}
		if got := effectiveStatus(p.Wire, "", nil, &before, now); string(got) != ended {
			t.Errorf("%s past its end: %s, want %s", p.Wire, got, ended)
		}
		ahead := p.Ours
		if ahead == "SERVING" {
			ahead = "PENDING"
		}
		if got := effectiveStatus(p.Wire, "", &after, nil, now); string(got) != ahead {
			t.Errorf("%s before its start: %s, want %s", p.Wire, got, ahead)
		}
		if !slices.Contains(adEffective, p.Wire) {
			t.Errorf("no search asks for %s", p.Wire)
		}
	}
	var stages struct {
		Read map[string]struct {
			Learning map[string]string `json:"learning_stage_info.status"`
		} `json:"read_effective"`
	}
	if err := json.Unmarshal(n.Section("status"), &stages); err != nil || len(stages.Read["meta"].Learning) != 3 {
		t.Fatal(err, stages)
	}
	for stage, want := range stages.Read["meta"].Learning {
		if got := effectiveStatus("ACTIVE", stage, &before, nil, now); string(got) != want {
			t.Errorf("learning %s: %s, want %s", stage, got, want)
		}
		if got := effectiveStatus("PAUSED", stage, &before, nil, now); got != normalize.EffectiveStatusPaused {
			t.Errorf("learning %s of a paused ad set: %s", stage, got)
		}
		if got := effectiveStatus("ACTIVE", stage, nil, &before, now); got != normalize.EffectiveStatusEnded {
			t.Errorf("learning %s past its end: %s", stage, got)
		}
	}
}

func TestNormalizationGoals(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "meta")
	for _, p := range n.Read("goal") {
		got, video := readGoal(p.Wire)
		if string(got) != p.Ours || video != (p.Wire == "VIDEO_VIEWS") {
			t.Errorf("goal %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, p := range n.Write("goal") {
		got, group, err := writeGoal(normalize.Goal(p.Ours), nil)
		if p.Ours == "UNSPECIFIED" { // as if absent
			p.Wire = ""
		}
		checkWrite(t, "goal", p, got, err)
		if strings.Contains(p.Text, "group default REACH") != (group == "REACH") {
			t.Errorf("goal %s: ad sets are for %q, the table says %q", p.Ours, group, p.Text)
		}
	}
	if got, group, _ := writeGoal(normalize.GoalEngagement, &normalize.GoalKPI{Type: normalize.GoalKPITypeCpv}); got != "OUTCOME_ENGAGEMENT" || group != "THRUPLAY" {
		t.Errorf("engagement by view: %s, ad sets for %s", got, group)
	}
	for _, p := range n.Read("optimization_goal") {
		if got := optimizationGoals[p.Wire]; string(got) != p.Ours {
			t.Errorf("optimization goal %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, p := range n.Write("optimization_goal") {
		got, err := writeOptimizationGoal(normalize.OptimizationGoal(p.Ours), "OUTCOME_TRAFFIC", false)
		want := strings.TrimRight(p.Wire, ";,")
		if err != nil || got.goal != want || !strings.Contains(p.Text, got.destination) || strings.Contains(p.Text, "destination_type") != (got.destination != "") {
			t.Errorf("optimization goal %s: %+v, %v, the table says %q", p.Ours, got, err, p.Text)
		}
		if under, objectives, ok := strings.Cut(p.Text, "(not under "); ok {
			for o := range strings.SplitSeq(strings.Trim(objectives, ")"), ", ") {
				if _, err := writeOptimizationGoal(normalize.OptimizationGoal(p.Ours), "OUTCOME_"+o, false); providers.KindOf(err) != providers.Rejected {
					t.Errorf("%s under %s: %v", under, o, err)
				}
			}
		}
	}
	if got, err := writeOptimizationGoal(normalize.OptimizationGoalConversions, "OUTCOME_SALES", true); err != nil || got.goal != "VALUE" {
		t.Errorf("conversions for a return: %+v, %v", got, err)
	}
}

func TestNormalizationFormats(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "meta")
	for _, p := range n.Read("billing_event") {
		if got := billing[p.Wire]; string(got) != p.Ours {
			t.Errorf("billing %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, p := range n.Write("billing_event") {
		got, err := writeBilling(normalize.BillingEvent(p.Ours))
		checkWrite(t, "billing_event", p, got, err)
	}
	now := time.Now()
	for _, p := range n.Read("campaign.advertising_channel_type") {
		if c, err := campaignOf(&campaign{}, "", now, nil); err != nil || string(c.AdvertisingChannelType) != p.Ours {
			t.Errorf("channel %s: %s, want %s", p.Wire, c.AdvertisingChannelType, p.Ours)
		}
	}
	for _, p := range n.Read("group.type") {
		if g, err := groupOf(&adSet{}, "", now, nil); err != nil || string(g.Type) != p.Ours {
			t.Errorf("group type %s: %s, want %s", p.Wire, g.Type, p.Ours)
		}
	}
	for _, section := range []string{"campaign.advertising_channel_type", "group.type"} {
		for _, p := range n.Write(section) {
			ours := strings.Trim(p.Ours, "()")
			if ours == "absent" {
				ours = ""
			}
			if err := writeChannel("type", normalize.Channel(ours)); p.Refused != (err != nil) {
				t.Errorf("%s %s: %v, the table says %q", section, p.Ours, err, p.Text)
			}
		}
	}
	for _, p := range n.Read("budget.period") {
		var daily, lifetime wire.Amount
		switch p.Wire {
		case "daily_budget":
			daily, lifetime = amount(t, `"5000"`), amount(t, `"0"`)
		case "lifetime_budget":
			daily, lifetime = amount(t, `"0"`), amount(t, `"5000"`)
		default:
			t.Fatalf("row %q is not known here", p.Wire)
		}
		b, err := readBudget("EUR", daily, lifetime)
		if err != nil || string(b.period) != p.Ours || b.amount.String() != "50" {
			t.Errorf("budget %s: %+v, %v, want %s", p.Wire, b, err, p.Ours)
		}
	}
	for _, p := range n.Write("budget.period") {
		got, err := budgetField(normalize.BudgetPeriod(p.Ours))
		if p.Ours == "TOTAL" { // an alias
			p.Text, _ = budgetField(normalize.BudgetPeriodLifetime)
		}
		if p.Refused != (err != nil) || !strings.Contains(p.Text, got) {
			t.Errorf("budget %s: %q, %v, the table says %q", p.Ours, got, err, p.Text)
		}
	}
}

func TestNormalizationCreativeType(t *testing.T) {
	t.Parallel()
	bodies := map[string][]string{
		"asset_feed_spec":              {`{"asset_feed_spec":{"bodies":[{"text":"a"}]},"object_story_spec":{"link_data":{"image_hash":"h"}}}`},
		"link_data.child_attachments":  {`{"object_story_spec":{"link_data":{"child_attachments":[{"name":"a"},{"name":"b"}],"image_hash":"h"}}}`},
		"product_set_id|template_data": {`{"product_set_id":"7"}`, `{"object_story_spec":{"template_data":{"link":"https://x.example"}}}`},
		"video_data":                   {`{"object_story_spec":{"video_data":{"video_id":"1","image_hash":"h"}}}`},
		"link_data|photo_data with image": {
			`{"object_story_spec":{"link_data":{"image_hash":"h"}}}`, `{"object_story_spec":{"link_data":{"picture":"https://x.example/p.jpg"}}}`,
			`{"object_story_spec":{"photo_data":{"image_hash":"h"}}}`,
		},
		"object_story_id without object_story_spec": {`{"object_story_id":"6_1"}`},
		"source_instagram_media_id":                 {`{"source_instagram_media_id":"17"}`},
		"(else)":                                    {`{}`, `{"object_story_spec":{"link_data":{"link":"https://x.example"}}}`, `{"effective_object_story_id":"6_1"}`},
	}
	for _, p := range conformance.NormalizationOf(t, "meta").Read("creative_type") {
		list, known := bodies[p.Wire]
		if !known {
			t.Fatalf("row %q is not known here", p.Wire)
		}
		for _, body := range list {
			var c adCreative
			if err := json.Unmarshal([]byte(body), &c); err != nil {
				t.Fatal(err)
			}
			if got := creativeOf(&c, nil, nil).CreativeType; string(got) != p.Ours {
				t.Errorf("%s: %s, want %s", body, got, p.Ours)
			}
		}
	}
}

func TestNormalizationBids(t *testing.T) {
	t.Parallel()
	rows := conformance.NormalizationOf(t, "meta").BidStrategies()
	if len(rows) == 0 {
		t.Fatal("no rows")
	}
	twelve := normalize.Int(12)
	for _, row := range rows {
		for _, v := range row.Values {
			if v == "(manual bid)" {
				if _, err := writeBid(normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid, FixedBidAmount: &twelve}, nil); providers.KindOf(err) != providers.Rejected {
					t.Errorf("a fixed bid: %v", err)
				}
				continue
			}
			b, ceiling := readBid(v, "LINK_CLICKS", &twelve, amount(t, "25000"))
			if b == nil || !strings.HasPrefix(row.Ours, string(b.Type)) {
				t.Fatalf("%s: %+v, want %s", v, b, row.Ours)
			}
			if (ceiling != nil) != strings.Contains(row.Amounts, "ceiling") || (b.PerformanceGoalAmount != nil) != strings.Contains(row.Amounts, "performance_goal_amount") ||
				(b.TargetROAS != nil) != strings.Contains(row.Amounts, "roas_average_floor") {
				t.Errorf("%s: %+v, ceiling %v; the table says %q", v, b, ceiling, row.Amounts)
			}
			if b.TargetROAS != nil && b.TargetROAS.String() != "2.5" {
				t.Errorf("a return of 2.5 reads %s", b.TargetROAS)
			}
			order, err := writeBid(*b, ceiling)
			if err != nil || order.strategy != v {
				t.Errorf("%s is written as %+v, %v", v, order, err)
			}
		}
	}
	for goal, want := range map[string]normalize.PerformanceGoalType{
		"LINK_CLICKS": "CPC", "OFFSITE_CONVERSIONS": "CPA", "LEAD_GENERATION": "CPA", "QUALITY_LEAD": "CPA", "APP_INSTALLS": "CPA", "LANDING_PAGE_VIEWS": "CPA",
		"CONVERSATIONS": "CPA", "THRUPLAY": "AV_VIEWED", "REACH": "REACH", "IMPRESSIONS": "UNSPECIFIED", "VALUE": "UNSPECIFIED", "POST_ENGAGEMENT": "UNSPECIFIED", "": "UNSPECIFIED",
	} {
		if b, _ := readBid("COST_CAP", goal, &twelve, wire.Amount{}); b.PerformanceGoalType != want {
			t.Errorf("a cost for %s is %s, want %s", goal, b.PerformanceGoalType, want)
		}
	}
	if b, c := readBid("SOMETHING_NEW", "", &twelve, wire.Amount{}); b != nil || c != nil {
		t.Errorf("an unknown strategy: %+v %v", b, c)
	}
}

// TestNormalizationMoney reads and writes an amount of 1234 minor units in every currency of Meta's table.
func TestNormalizationMoney(t *testing.T) {
	t.Parallel()
	var section struct {
		Minor map[string]json.RawMessage `json:"minor_offsets"`
	}
	var offsets map[string]json.RawMessage
	if err := json.Unmarshal(conformance.NormalizationOf(t, "meta").Section("money"), &section); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(section.Minor["meta"], &offsets); err != nil {
		t.Fatal(err)
	}
	var whole []string
	if err := json.Unmarshal(offsets["1"], &whole); err != nil || len(whole) != 11 || string(offsets["default"]) != "100" {
		t.Fatalf("%v %v", err, offsets)
	}
	for _, c := range whole {
		if !wholeUnits[c] || hundredths[c] {
			t.Errorf("%s is counted in whole units", c)
		}
	}
	if len(wholeUnits) != len(whole) {
		t.Errorf("whole units: %v", wholeUnits)
	}
	for _, table := range []map[string]bool{wholeUnits, hundredths} {
		for c := range table {
			want := "12.34"
			if wholeUnits[c] {
				want = "1234"
			}
			d, err := fromMinor(c, amount(t, `"1234"`))
			if err != nil || d.String() != want {
				t.Errorf("1234 minor units of %s: %v, %v", c, d, err)
				continue
			}
			if n, err := toMinor(c, "budget_amount", *d); err != nil || n != 1234 {
				t.Errorf("%s %s are written as %d, %v", d, c, n, err)
			}
		}
	}
}

func checkWrite(t *testing.T, field string, p conformance.Pair, got string, err error) {
	t.Helper()
	if p.Refused {
		e, ok := err.(*providers.Error) //nolint:errorlint // the maker's own
		if !ok || e.Kind != providers.Rejected || e.Field == "" || !strings.Contains(e.Message, p.Ours) {
			t.Errorf("%s %s: %q, %v, want a refusal that names both", field, p.Ours, got, err)
		}
		return
	}
	if err != nil || got != p.Wire {
		t.Errorf("%s %s: %q, %v, the table says %q", field, p.Ours, got, err, fmt.Sprint(p.Text))
	}
}
