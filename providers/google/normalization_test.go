package google

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
	"github.com/admux/admux/providers/internal/rest"
)

// The tests of this file run every row of Google Ads in the normalization table, both ways. What a row says in words is
// built by hand, and a row that is not known here fails.

func TestNormalizationStatus(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, platformID)
	for _, level := range []string{"organization", "campaign", "group", "ad"} {
		rows := n.StatusRead(level)
		if len(rows) == 0 {
			t.Errorf("no rows for %s", level)
		}
		for _, p := range rows {
			got, known := readStatus(p.Wire), objectStatuses
			if level == "organization" {
				got, known = readCustomerStatus(p.Wire), []string{"ENABLED", "CANCELED", "SUSPENDED", "CLOSED", "UNKNOWN"}
			}
			if string(got) != p.Ours {
				t.Errorf("%s %s: %s, want %s", level, p.Wire, got, p.Ours)
			}
			if p.Wire != "UNSPECIFIED" && !slices.Contains(known, p.Wire) {
				t.Errorf("%s: a filter does not know %s", level, p.Wire)
			}
		}
	}
	for _, p := range n.StatusWrite() {
		got, err := writeStatus(normalize.Status(p.Ours))
		checkWrite(t, "status", p, got, err)
	}
	for _, p := range n.CreativeStatus() {
		want := p.Ours
		if want == "(switch)" {
			want = "ACTIVE"
		}
		kind, values, _ := strings.Cut(p.Wire, " ")
		for v := range strings.SplitSeq(values, "|") {
			var got normalize.Status
			switch kind {
			case "approval":
				got = creativeStatus("ENABLED", v, "REVIEWED")
			case "review":
				got = creativeStatus("ENABLED", "APPROVED", v)
			default:
				t.Fatalf("creative status row %q is not known here", p.Wire)
			}
			if string(got) != want {
				t.Errorf("creative %s %s: %s, want %s", kind, v, got, want)
			}
		}
	}
	if got := creativeStatus("REMOVED", "DISAPPROVED", "REVIEW_IN_PROGRESS"); got != normalize.StatusArchived {
		t.Errorf("a deleted creative: %s", got)
	}
}

func TestNormalizationEffectiveStatus(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, platformID)
	rank := n.Precedence()
	rows := n.EffectiveValues()
	var why []conformance.Pair
	for _, p := range rows {
		if reason, ok := strings.CutPrefix(p.Wire, "not_eligible_reasons."); ok {
			p.Wire = reason
			why = append(why, p)
		}
	}
	if len(why) == 0 {
		why = reasonsOf(t, n)
	}
	for _, p := range rows {
		if strings.Contains(p.Wire, ".") {
			continue
		}
		if got := effectiveStatus("ENABLED", p.Wire, nil); string(got) != p.Ours {
			t.Errorf("%s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	if len(why) < 20 {
		t.Fatalf("%d reasons of the table are found", len(why))
	}
	for _, p := range why {
		if got := effectiveStatus("ENABLED", "NOT_ELIGIBLE", []string{"HAS_ADS_DISAPPROVED", p.Wire}); string(got) != p.Ours {
			t.Errorf("%s: %s, want %s", p.Wire, got, p.Ours)
		}
		if got := effectiveStatus("ENABLED", "LIMITED", []string{p.Wire}); got != normalize.EffectiveStatusLimited {
			t.Errorf("a reason of an eligible object counts: %s", got)
		}
		for _, o := range why { // of two reasons the stronger one counts; PAUSED is a parent's, PENDING a review's
			strongest := p.Ours
			if last(rank, o.Ours) < last(rank, p.Ours) {
				strongest = o.Ours
			}
			if got := effectiveStatus("ENABLED", "NOT_ELIGIBLE", []string{p.Wire, o.Wire}); string(got) != strongest {
				t.Errorf("%s with %s: %s, want %s", p.Wire, o.Wire, got, strongest)
			}
		}
	}
	for own, want := range map[string]normalize.EffectiveStatus{"REMOVED": normalize.EffectiveStatusRemoved, "PAUSED": normalize.EffectiveStatusPaused} {
		if got := effectiveStatus(own, "ELIGIBLE", nil); got != want {
			t.Errorf("own %s, which Google has not caught up with: %s", own, got)
		}
	}
}

// reasonsOf reads the reasons of NOT_ELIGIBLE out of the table itself.
func reasonsOf(t *testing.T, n *conformance.Normalization) []conformance.Pair {
	t.Helper()
	var section struct {
		ReadEffective map[string]struct {
			Reasons map[string]string `json:"not_eligible_reasons"`
		} `json:"read_effective"`
	}
	if err := rest.Unmarshal(n.Section("status"), &section); err != nil {
		t.Fatal(err)
	}
	var out []conformance.Pair
	for wire, ours := range section.ReadEffective[platformID].Reasons {
		out = append(out, conformance.Pair{Wire: wire, Ours: ours})
	}
	return out
}

// last is the place of a value: the last one it comes at.
func last(rank []string, v string) int {
	for i, r := range slices.Backward(rank) {
		if r == v {
			return i
		}
	}
	return len(rank)
}

func TestNormalizationGoals(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, platformID)
	for _, p := range n.Read("goal") {
		wires := []string{p.Wire}
		if p.Wire == "(any other channel)" {
			wires = []string{"SEARCH", "DISPLAY", "VIDEO", "PERFORMANCE_MAX", "DEMAND_GEN", "HOTEL", ""}
		} else if p.Special {
			t.Fatalf("row %q is not known here", p.Wire)
		}
		for _, w := range wires {
			if got := readGoal(w); string(got) != p.Ours {
				t.Errorf("goal %s: %s, want %s", w, got, p.Ours)
			}
		}
	}
	for _, p := range n.Write("goal") {
		if _, err := writeGoal(normalize.Goal(p.Ours), normalize.ChannelText); p.Refused && err == nil {
			t.Errorf("goal %s is written, the table says %q", p.Ours, p.Text)
		}
	}
	checkRecipes(t, n)
	for _, p := range n.Read("optimization_goal") {
		strategy, apps := p.Wire, []string{""}
		if words, ok := strings.CutPrefix(p.Wire, "app "); ok {
			strategy, apps = "TARGET_CPA", nil
			for w := range strings.SplitSeq(words, ", ") {
				apps = append(apps, appGoals(w)...)
			}
		} else if p.Special {
			t.Fatalf("row %q is not known here", p.Wire)
		}
		for _, app := range apps {
			if got := optimizationGoal(strategy, app); string(got) != p.Ours {
				t.Errorf("optimization goal %s %s: %s, want %s", strategy, app, got, p.Ours)
			}
		}
	}
	for _, p := range n.Write("optimization_goal") {
		if !p.Refused {
			t.Errorf("optimization goal %s: the table has come to write it", p.Ours)
		}
	}
}

// appGoals are the values of an enumeration that a pattern of the table means.
func appGoals(pattern string) []string {
	var out []string
	for _, v := range []string{
		"OPTIMIZE_INSTALLS_TARGET_INSTALL_COST", "OPTIMIZE_INSTALLS_WITHOUT_TARGET_INSTALL_COST", "OPTIMIZE_IN_APP_CONVERSIONS_TARGET_INSTALL_COST",
		"OPTIMIZE_IN_APP_CONVERSIONS_TARGET_CONVERSION_COST", "OPTIMIZE_IN_APP_CONVERSIONS_WITHOUT_TARGET_CPA", "OPTIMIZE_RETURN_ON_ADVERTISING_SPEND",
		"OPTIMIZE_PRE_REGISTRATION_CONVERSION_VOLUME", "OPTIMIZE_TOTAL_VALUE_WITHOUT_TARGET_ROAS",
	} {
		if strings.HasPrefix(v, strings.TrimSuffix(pattern, "*")) {
			out = append(out, v)
		}
	}
	return out
}

// checkRecipes holds the bidding that stands for a goal to the table: "VIDEO: targetCpm; DISPLAY: manualCpm".
func checkRecipes(t *testing.T, n *conformance.Normalization) {
	t.Helper()
	var section struct {
		Recipes map[string]json.RawMessage `json:"recipes"`
	}
	var recipes map[string]string
	if err := rest.Unmarshal(n.Section("goal"), &section); err != nil {
		t.Fatal(err)
	}
	if err := rest.Unmarshal(section.Recipes[platformID], &recipes); err != nil || len(recipes) == 0 {
		t.Fatal("the table has lost its recipes", err)
	}
	for goal, rule := range recipes {
		goal = strings.Trim(goal, "()")
		if goal == "absent" {
			goal = ""
		}
		for part := range strings.SplitSeq(rule, ";") {
			channels, message, ok := strings.Cut(part, ":")
			if !ok {
				channels, message = "SEARCH", part
			}
			message, _, _ = strings.Cut(strings.TrimSpace(message), " ")
			for ch := range strings.SplitSeq(channels, ",") {
				got, err := writeGoal(normalize.Goal(goal), normalize.Channel(strings.TrimSpace(ch)))
				if err != nil || got != message {
					t.Errorf("goal %q on %s: %q, %v, the table says %q", goal, ch, got, err, rule)
				}
			}
		}
	}
}

func TestNormalizationFormats(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, platformID)
	for _, p := range n.Read("campaign.advertising_channel_type") {
		channel, sub, _ := strings.Cut(p.Wire, "/")
		if got := campaignChannel(channel, sub); string(got) != p.Ours {
			t.Errorf("channel %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, p := range n.Write("campaign.advertising_channel_type") {
		if strings.HasPrefix(p.Ours, "(") {
			continue
		}
		channel, sub, err := writeChannel(normalize.Channel(p.Ours))
		if p.Refused != (err != nil) || !strings.Contains(p.Text, channel) || !strings.Contains(p.Text, sub) {
			t.Errorf("channel %s: %s %s, %v, the table says %q", p.Ours, channel, sub, err, p.Text)
		}
		if err == nil && string(campaignChannel(channel, sub)) != p.Ours {
			t.Errorf("channel %s is not read back", p.Ours)
		}
	}
	if _, _, err := writeChannel(""); providers.KindOf(err) != providers.Rejected {
		t.Errorf("a campaign without a channel: %v", err)
	}
	for _, p := range n.Read("group.type") {
		got := groupChannel(p.Wire, normalize.ChannelApp)
		switch p.Ours {
		case "(campaign channel)":
			p.Ours = string(normalize.ChannelApp)
		}
		if p.Wire == "(asset group)" {
			got = groupOfAssets(&groupRow{}, account{}, nil).Type
		}
		if string(got) != p.Ours {
			t.Errorf("group type %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, p := range n.Write("group.type") {
		groupType, asset, err := writeGroupType(normalize.Channel(p.Ours))
		if p.Refused != (err != nil) || err == nil && groupType != p.Text && !(asset && p.Text == "asset group") {
			t.Errorf("group type %s: %s %v, %v, the table says %q", p.Ours, groupType, asset, err, p.Text)
		}
	}
	for _, p := range n.Read("creative_type") {
		got := creativeType(p.Wire)
		if p.Wire == "(asset group)" {
			got = creativeOfAssets(&adRow{}, account{}, content{}, nil).CreativeType
		}
		if string(got) != p.Ours {
			t.Errorf("creative type %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	if got := creativeType("TELEPATHY_AD"); got != normalize.CreativeTypeUnspecified {
		t.Errorf("a type that is not known yet: %s", got)
	}
	checkBudgets(t, n)
	checkBilling(t, n)
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
		t.Errorf("%s %s: %q, %v, the table says %q", field, p.Ours, got, err, p.Text)
	}
}
