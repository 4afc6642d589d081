package conformance

import (
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

var platforms = []string{"linkedin", "googleads", "meta", "tiktok", "amazon", "microsoft"}

// Every row of every platform can be read, and says something.
func TestNormalizationReads(t *testing.T) {
	t.Parallel()
	for _, p := range platforms {
		n := NormalizationOf(t, p)
		for name, rows := range map[string][]Pair{
			"status campaign": n.StatusRead("campaign"), "effective": n.EffectiveValues(), "status write": n.StatusWrite(),
			"goal": n.Read("goal"), "goal write": n.Write("goal"), "optimization": n.Read("optimization_goal"),
			"billing": n.Read("billing_event"), "creative": n.Read("creative_type"), "channel": n.Read("campaign.advertising_channel_type"),
			"group type": n.Read("group.type"), "budget": n.Read("budget.period"), "budget write": n.Write("budget.period"), "targeting": n.Targeting(),
		} {
			if len(rows) == 0 {
				t.Errorf("%s: %s has no rows", p, name)
			}
			for _, r := range rows {
				if r.Wire == "" && r.Ours == "" {
					t.Errorf("%s: %s: an empty row: %+v", p, name, r)
				}
			}
		}
		if len(n.BidStrategies()) == 0 || len(n.Errors()) == 0 || len(n.KPIs()) < 5 || len(n.Dimensions()) < 8 || len(n.LevelPivots()) < 5 || len(n.Precedence()) < 5 {
			t.Errorf("%s: bids %d errors %d kpis %d dimensions %d", p, len(n.BidStrategies()), len(n.Errors()), len(n.KPIs()), len(n.Dimensions()))
		}
		for _, k := range n.KPIs() {
			if _, ok := normalize.Lookup(k.Metric); !ok {
				t.Errorf("%s: KPI %s is not in the dictionary", p, k.Metric)
			}
		}
		for _, s := range []string{"goal", "optimization_goal", "billing_event"} {
			for _, r := range n.Read(s) {
				if r.Ours != "" && !r.Special && r.Ours != strings.ToUpper(r.Ours) {
					t.Errorf("%s: %s: %+v", p, s, r)
				}
			}
		}
	}
}

func TestNormalizationOfLinkedIn(t *testing.T) {
	t.Parallel()
	n := NormalizationOf(t, "linkedin")
	find := func(rows []Pair, by func(Pair) bool) Pair {
		t.Helper()
		for _, r := range rows {
			if by(r) {
				return r
			}
		}
		t.Fatal("row not found")
		return Pair{}
	}
	ours := func(v string) func(Pair) bool { return func(p Pair) bool { return p.Ours == v } }
	wire := func(v string) func(Pair) bool { return func(p Pair) bool { return p.Wire == v } }
	if r := find(n.Write("goal"), ours("REACH")); !r.Alias || r.Wire != "BRAND_AWARENESS" {
		t.Errorf("%+v", r)
	}
	if r := find(n.Write("goal"), ours("APP_PROMOTION")); !r.Refused {
		t.Errorf("%+v", r)
	}
	if r := find(n.Write("budget.period"), ours("TOTAL")); !r.Alias || r.Wire != "LIFETIME" {
		t.Errorf("%+v", r)
	}
	if r := find(n.StatusWrite(), ours("ARCHIVED")); r.Wire != "ARCHIVED" || r.Text != "ARCHIVED (PAUSED first when ACTIVE)" {
		t.Errorf("%+v", r)
	}
	if r := find(n.Write("billing_event"), ours("IMPRESSIONS")); r.Wire != "CPM" {
		t.Errorf("%+v", r)
	}
	if r := find(n.Read("goal"), wire("VIDEO_VIEW")); r.Ours != "ENGAGEMENT" || r.Special {
		t.Errorf("%+v", r)
	}
	if r := find(n.Read("optimization_goal"), wire("NONE+CPC")); !r.Special {
		t.Errorf("%+v", r)
	}
	for _, e := range n.Errors() {
		if strings.HasPrefix(e.Text, "401 65600") && (e.Kind != providers.Unauthorized || len(e.Cases) != 1 || e.Cases[0].Status != 401 || strings.Join(e.Cases[0].Codes, " ") != "65600 65602") {
			t.Errorf("%+v", e)
		}
		if strings.HasPrefix(e.Text, "400 STATUS_CHANGE") && len(e.Cases) != 3 {
			t.Errorf("%+v", e)
		}
	}
}

func TestPayloads(t *testing.T) {
	t.Setenv(PayloadsEnv, "")
	if Payloads(t, "linkedin") != nil {
		t.Error("files without a folder")
	}
	dir := t.TempDir()
	t.Setenv(PayloadsEnv, dir)
	rec := &recordingT{TB: t}
	rec.run(func() { Payloads(rec, "linkedin") })
	if !rec.failed {
		t.Error("a folder without the platform does not fail")
	}
}
