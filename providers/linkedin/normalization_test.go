package linkedin

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
)

// The tests of this file run every LinkedIn row of the normalization table, both ways. What a row says in words is
// built by hand, and a row that is not known here fails.

func TestNormalizationStatus(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "linkedin")
	lists := map[string][]string{"organization": accountStatuses, "campaign": groupStatuses, "group": campaignStatuses, "ad": creativeStatuses}
	for level, sent := range lists {
		rows := n.StatusRead(level)
		if len(rows) == 0 {
			t.Errorf("no rows for %s", level)
		}
		for _, p := range rows {
			if got := readStatus(p.Wire); string(got) != p.Ours {
				t.Errorf("%s %s: %s, want %s", level, p.Wire, got, p.Ours)
			}
			if p.Wire != "CANCELLED" && !slices.Contains(sent, p.Wire) {
				t.Errorf("%s: a search does not name %s, which may hide objects", level, p.Wire)
			}
		}
	}
	for _, p := range n.StatusWrite() {
		got, err := writeStatus(normalize.Status(p.Ours))
		checkWrite(t, "status", p, got, err)
	}
	for _, p := range n.CreativeStatus() {
		var got normalize.Status
		switch kind, value, _ := strings.Cut(p.Wire, "."); {
		case kind == "review":
			got = creativeStatus("ACTIVE", value, nil)
		case strings.HasPrefix(p.Wire, "hold "):
			got = creativeStatus("ACTIVE", "", []string{strings.TrimPrefix(p.Wire, "hold ")})
		default:
			t.Fatalf("creative status row %q is not known here", p.Wire)
		}
		want := p.Ours
		if want == "(switch)" {
			want = "ACTIVE"
		}
		if string(got) != want {
			t.Errorf("creative %s: %s, want %s", p.Wire, got, want)
		}
	}
}

func TestNormalizationEffectiveStatus(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "linkedin")
	for _, p := range n.EffectiveOwn() {
		if got := effectiveStatus(p.Wire, []string{"RUNNABLE"}, true); string(got) != p.Ours {
			t.Errorf("own %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	rank := n.Precedence()
	values := n.EffectiveValues()
	for _, p := range values {
		if p.Special {
			if p.Wire != "(no hold reason, isServing true)" {
				t.Fatalf("row %q is not known here", p.Wire)
			}
			if got := effectiveStatus("ACTIVE", nil, true); string(got) != p.Ours {
				t.Errorf("%s: %s", p.Wire, got)
			}
			continue
		}
		if got := effectiveStatus("ACTIVE", []string{p.Wire}, false); string(got) != p.Ours {
			t.Errorf("%s: %s, want %s", p.Wire, got, p.Ours)
		}
		for _, o := range values { // of two holds the stronger one counts; PAUSED of a parent is the second PAUSED of the list
			if o.Special {
				continue
			}
			strongest := p.Ours
			if strength(rank, o.Ours) < strength(rank, p.Ours) {
				strongest = o.Ours
			}
			if got := effectiveStatus("ACTIVE", []string{p.Wire, o.Wire}, false); string(got) != strongest {
				t.Errorf("%s with %s: %s, want %s", p.Wire, o.Wire, got, strongest)
			}
		}
	}
}

// strength is the place of a value among those that holds can have: the last one it comes at.
func strength(rank []string, v string) int {
	for i, r := range slices.Backward(rank) {
		if r == v && (v != "PENDING" || i > 3) {
			return i
		}
	}
	return len(rank)
}

func TestNormalizationGoals(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "linkedin")
	for _, p := range n.Read("goal") {
		if got, _ := readGoal(p.Wire); string(got) != p.Ours {
			t.Errorf("goal %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, p := range n.Write("goal") {
		got, err := writeGoal(normalize.Goal(p.Ours), nil)
		if p.Ours == "UNSPECIFIED" { // as if absent
			p.Wire = ""
		}
		checkWrite(t, "goal", p, got, err)
	}
	if got, _ := writeGoal(normalize.GoalEngagement, &normalize.GoalKPI{Type: normalize.GoalKPITypeCpv}); got != "VIDEO_VIEW" {
		t.Errorf("engagement by view: %s", got)
	}
	for _, p := range n.Read("optimization_goal") {
		target, cost, objective := p.Wire, "CPM", "WEBSITE_VISIT"
		switch {
		case strings.HasPrefix(p.Wire, "NONE+"):
			target, cost = "NONE", strings.TrimPrefix(p.Wire, "NONE+")
		case p.Wire == "objective ENGAGEMENT with MAX_CLICK":
			target, objective = "MAX_CLICK", "ENGAGEMENT"
		case p.Special:
			t.Fatalf("row %q is not known here", p.Wire)
		}
		if got := readOptimizationGoal(target, cost, objective); string(got) != p.Ours {
			t.Errorf("optimization goal %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, p := range n.Write("optimization_goal") {
		got, objective, err := writeOptimizationGoal(normalize.OptimizationGoal(p.Ours))
		checkWrite(t, "optimization_goal", p, got, err)
		if err == nil && (!strings.Contains(p.Text, objective) || string(readOptimizationGoal(got, "CPM", objective)) != p.Ours) {
			t.Errorf("optimization goal %s: %s under %s, the table says %q", p.Ours, got, objective, p.Text)
		}
	}
}

func TestNormalizationFormats(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "linkedin")
	for _, p := range n.Read("billing_event") {
		if got := billing[p.Wire]; string(got) != p.Ours {
			t.Errorf("billing %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, p := range n.Write("billing_event") {
		got, err := writeBilling(normalize.BillingEvent(p.Ours))
		checkWrite(t, "billing_event", p, got, err)
	}
	for _, p := range n.Read("group.type") {
		got := readChannel("SPONSORED_UPDATES", p.Wire, p.Wire == "connectedTelevisionOnly")
		if string(got) != p.Ours || p.Wire == "EVENT_AD" && readChannel(p.Wire, "", false) != got {
			t.Errorf("group type %s: %s, want %s", p.Wire, got, p.Ours)
		}
	}
	for _, p := range n.Write("group.type") {
		shape, err := writeChannel(normalize.Channel(p.Ours))
		if p.Refused != (err != nil) {
			t.Errorf("group type %s: %v, the table says %q", p.Ours, err, p.Text)
		}
		if err != nil {
			continue
		}
		for _, word := range []string{shape.kind, shape.format} {
			if !strings.Contains(p.Text, word) {
				t.Errorf("group type %s: %+v, the table says %q", p.Ours, shape, p.Text)
			}
		}
		if strings.Contains(p.Text, "connectedTelevisionOnly") != shape.television || string(readChannel(shape.kind, shape.format, shape.television)) != p.Ours {
			t.Errorf("group type %s: %+v", p.Ours, shape)
		}
	}
	for _, p := range n.Read("campaign.advertising_channel_type") {
		if got := campaignOf(&campaignGroup{}, "1", nil).AdvertisingChannelType; string(got) != p.Ours {
			t.Errorf("channel: %s", got)
		}
	}
	for _, p := range n.Write("campaign.advertising_channel_type") {
		ours := strings.Trim(p.Ours, "()")
		if ours == "absent" {
			ours = ""
		}
		if err := writeCampaignChannel(normalize.Channel(ours)); p.Refused != (err != nil) {
			t.Errorf("channel %s: %v, the table says %q", p.Ours, err, p.Text)
		}
	}
	amount := normalize.Int(50)
	m := &money{CurrencyCode: "EUR"}
	m.Amount.Value = normalize.Some(amount)
	for _, p := range n.Read("budget.period") {
		var b budget
		switch p.Wire {
		case "dailyBudget":
			b = readBudget(m, nil)
		case "totalBudget":
			b = readBudget(nil, m)
		case "both":
			if b = readBudget(m, m); b.limit == nil {
				t.Error("the lifetime cap beside a daily budget is lost")
			}
		default:
			t.Fatalf("row %q is not known here", p.Wire)
		}
		if !strings.HasPrefix(p.Ours, string(b.period)) || b.amount.Cmp(amount) != 0 || b.currency != "EUR" {
			t.Errorf("budget %s: %+v, want %s", p.Wire, b, p.Ours)
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
	dark := json.RawMessage(`{}`)
	one := json.RawMessage(`{"x":1}`)
	posts := map[string]string{
		"image": `{"media":{"id":"urn:li:image:1"}}`, "article": `{"article":{"source":"https://x.example"}}`, "video": `{"media":{"id":"urn:li:video:1"}}`,
		"document": `{"media":{"id":"urn:li:document:1"}}`, "carousel": `{"carousel":{"cards":[{}]}}`, "multiImage": `{"multiImage":{"images":[{}]}}`,
	}
	for _, p := range conformance.NormalizationOf(t, "linkedin").Read("creative_type") {
		var c creative
		var sponsored []*post
		switch p.Wire {
		case "textAd":
			c.Content.TextAd = &textAd{}
		case "spotlight":
			c.Content.Spotlight = &spotlight{}
		case "follow":
			c.Content.Follow = one
		case "jobs":
			c.Content.Jobs = one
		case "document":
			c.Content.Document = one
		case "eventAd":
			c.Content.EventAd = one
		case "thirdPartyVastTagVideoAd":
			c.Content.VAST = one
		case "adInMailContent":
			c.Content.Reference = "urn:li:adInMailContent:1"
		case "post without adContext":
			sponsored = []*post{{}}
		case "post not readable":
			for format, want := range map[string]normalize.CreativeType{
				"STANDARD_UPDATE": "IMAGE", "SINGLE_VIDEO": "VIDEO", "CAROUSEL": "ASSET_BASED", "SPONSORED_UPDATE_NATIVE_DOCUMENT": "DOCUMENT", "": "UNSPECIFIED",
			} {
				if got := creativeType(&c, nil, format); got != want {
					t.Errorf("by format %s: %s, want %s", format, got, want)
				}
			}
			continue
		default:
			words := strings.Fields(p.Wire)
			if words[0] != "post" {
				t.Fatalf("row %q is not known here", p.Wire)
			}
			for kind := range strings.SplitSeq(words[len(words)-1], "|") {
				s := &post{AdContext: &dark}
				if err := json.Unmarshal([]byte(posts[kind]), &s.Content); err != nil {
					t.Fatal(kind, err)
				}
				sponsored = append(sponsored, s)
			}
		}
		if sponsored == nil {
			sponsored = []*post{nil}
		}
		for _, s := range sponsored {
			if got := creativeType(&c, s, ""); string(got) != p.Ours {
				t.Errorf("%s: %s, want %s", p.Wire, got, p.Ours)
			}
		}
	}
}

func TestNormalizationBids(t *testing.T) {
	t.Parallel()
	amount := normalize.Int(7)
	for _, row := range conformance.NormalizationOf(t, "linkedin").BidStrategies() {
		stem := ""
		for _, v := range row.Values {
			if strings.HasPrefix(v, "_") {
				v = stem + v
			}
			if i := strings.LastIndex(v, "MAXIMIZE_"); i >= 0 {
				stem = v[:i+len("MAXIMIZE")]
			}
			b := readBid(v, &amount)
			if b == nil || string(b.Type) != row.Ours || string(b.PerformanceGoalType) != row.KPI {
				t.Errorf("%s: %+v, want %s %s", v, b, row.Ours, row.KPI)
				continue
			}
			fixed, goal := b.FixedBidAmount != nil, b.PerformanceGoalAmount != nil
			if fixed != (row.Ours == "FIXED_BID") || goal != (row.Ours == "PERFORMANCE_GOAL") {
				t.Errorf("%s: amounts of %+v", v, b)
			}
			checkBidWrite(t, row, v, *b)
		}
	}
}

// checkBidWrite writes what was read, under the optimization goal that the value has.
func checkBidWrite(t *testing.T, row conformance.BidRow, v string, b normalize.BidStrategy) {
	t.Helper()
	goal := readOptimizationGoal(v, "CPM", "")
	target, cost, err := writeBid(b, goal, "")
	switch {
	case strings.HasPrefix(row.Write, "refused"), strings.HasSuffix(v, "_CONVERSIONS"):
		if err == nil {
			t.Errorf("%s is written as %s, the table says %q", v, target, row.Write)
		}
	case err != nil:
		t.Errorf("%s cannot be written back: %v", v, err)
	default:
		back := readBid(target, &cost)
		if back.Type != b.Type || back.PerformanceGoalType != b.PerformanceGoalType {
			t.Errorf("%s is written as %s, which is %+v", v, target, back)
		}
		if (b.Type == normalize.BidStrategyTypeMaximizeSpend) != cost.IsZero() {
			t.Errorf("%s: unitCost %s", v, cost)
		}
	}
	if strings.HasPrefix(v, "TARGET_") {
		if kept, _, err := writeBid(b, goal, v); err != nil || kept != v {
			t.Errorf("%s is not kept: %s, %v", v, kept, err)
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
		t.Errorf("%s %s: %q, %v, the table says %q", field, p.Ours, got, err, p.Text)
	}
}
