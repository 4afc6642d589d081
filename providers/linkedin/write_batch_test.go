package linkedin_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

func TestWriteBatch_Campaigns(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	old := made(t, d.Campaigns, budgeted("old", "20"))
	gone := made(t, d.Campaigns, theCampaign("to go"))
	d.rec.forget()
	change := func(before normalize.Campaign, f func(*normalize.Campaign), set ...string) providers.Op[normalize.Campaign] {
		return providers.Op[normalize.Campaign]{Ref: providers.Ref{ID: before.ID}, Write: patched(before, f, set...)}
	}
	create := func(c normalize.Campaign) providers.Op[normalize.Campaign] {
		return providers.Op[normalize.Campaign]{Write: wanted(c)}
	}
	running := theCampaign("running")
	running.Status = normalize.StatusActive
	dry := create(theCampaign("dry"))
	dry.Write.DryRun = true
	done, err := d.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{
		create(budgeted("first", "50")),
		create(budgeted("refused by us", "50.001")),
		create(running),
		change(old, func(c *normalize.Campaign) { c.BudgetAmount = dec("30") }, "budget_amount"),
		change(old, func(c *normalize.Campaign) { c.Name = "older" }, "name"),
		change(old, func(*normalize.Campaign) {}, "name"),
		{Ref: providers.Ref{ID: gone.ID}, Remove: true},
		{Ref: providers.Ref{ID: "999"}, Remove: true},
		dry,
	})
	if err != nil || len(done) != 9 {
		t.Fatalf("%d results, %v", len(done), err)
	}
	for i, want := range []string{"first PAUSED", "", "running ACTIVE", "old PAUSED", "older PAUSED", "old PAUSED", "", "", "dry PAUSED"} {
		if got := done[i].Written.Object; want != "" && (done[i].Err != nil || got.Name+" "+string(got.Status) != want) {
			t.Errorf("%d: %+v, %v, want %s", i, got, done[i].Err, want)
		}
	}
	if done[0].Written.Object.BudgetAmount.String() != "50" || done[3].Written.Object.BudgetAmount.String() != "30" {
		t.Errorf("%+v", done)
	}
	refusedAt(t, done[1].Err, "budget_amount")
	if done[6].Err != nil || done[6].Removal.Effect != providers.EffectRemoved || providers.KindOf(done[7].Err) != providers.NotFound || done[8].Written.Checked != providers.CheckedByRules {
		t.Errorf("%+v %+v %+v", done[6], done[7], done[8])
	}
	calls := map[string]int{}
	for _, w := range d.rec.writes() {
		calls[w.restli]++
	}
	if fmt.Sprint(calls) != "map[BATCH_CREATE:1 BATCH_PARTIAL_UPDATE:2 PARTIAL_UPDATE:1]" {
		t.Errorf("%v\n%s", calls, d.rec.text())
	}
	if put(d.storedCampaign(t, euros, done[0].Written.Object.ID), "status") != "PAUSED" {
		t.Error("not paused at LinkedIn")
	}
}

// Changes of one object follow each other.
func TestWriteBatch_Groups(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := parentFor(t, d, normalize.GoalWebsiteTraffic)
	var ops []providers.Op[normalize.Group]
	for i := range 5 {
		g := theGroup(parent.ID, fmt.Sprintf("group %d", i))
		ops = append(ops, providers.Op[normalize.Group]{Write: wanted(g)})
	}
	d.rec.forget()
	done, err := d.Groups.Batch(t.Context(), ops)
	if err != nil || len(d.rec.writes()) != 1 {
		t.Fatalf("%v\n%s", err, d.rec.text())
	}
	var ids []string
	for i, r := range done {
		if r.Err != nil || r.Written.Object.Name != fmt.Sprintf("group %d", i) {
			t.Errorf("%d: %+v, %v", i, r.Written.Object, r.Err)
		}
		ids = append(ids, r.Written.Object.ID)
	}
	var changes []providers.Op[normalize.Group]
	for _, r := range done {
		if r.Err == nil {
			changes = append(changes, providers.Op[normalize.Group]{Ref: providers.Ref{ID: r.Written.Object.ID}, Write: patched(r.Written.Object, func(g *normalize.Group) { g.BudgetAmount = dec("33") }, "budget_amount")})
		}
	}
	again := changes[0]
	again.Write = patched(*again.Write.Before, func(g *normalize.Group) { g.BudgetAmount = dec("34") }, "budget_amount")
	changes = append(changes, again)
	d.rec.forget()
	done, err = d.Groups.Batch(t.Context(), changes)
	if err != nil || len(d.rec.writes()) != 2 {
		t.Fatalf("%v\n%s", err, d.rec.text())
	}
	for i, r := range done {
		want := map[bool]string{true: "34", false: "33"}[i == len(ids)]
		if r.Err != nil || r.Written.Object.BudgetAmount.String() != want || i < len(ids) && r.Written.Object.ID != ids[i] {
			t.Errorf("%d: %+v, %v", i, r.Written.Object, r.Err)
		}
	}
}

// The answers of a batch are read item by item, and an item that has none is of unknown outcome.
func TestWriteBatch_EveryItemHasAnAnswer(t *testing.T) {
	t.Parallel()
	account := answer(200, `{"id":1,"currency":"EUR","reference":"urn:li:organization:5001"}`)
	for body, want := range map[string][]string{
		`{"elements":[{"status":201,"id":"71"},{"status":201,"id":72}]}`:                                                             {"", ""},
		`{"elements":[{"status":201,"id":"71"},{"status":400,"error":{"status":400,"code":"FIELD_VALUE_TOO_LOW","message":"low"}}]}`: {"", "rejected"},
		`{"elements":[{"status":500},{"status":201,"id":"72"}]}`:                                                                     {"unavailable?", ""},
		`{"elements":[{"status":201,"id":"71"}]}`:                                                                                    {"malformed?", "malformed?"},
		`{"elements":[{"status":201},{"status":201,"id":"72"}]}`:                                                                     {"malformed?", ""},
	} {
		s, _ := scripted(t, map[string]func(string) (int, string){
			"adAccounts/1": account,
			"adAccounts/1/adCampaignGroups": func(query string) (int, string) {
				if query == "" {
					return 200, body
				}
				return 200, `{"results":{"71":{"id":71,"name":"a","status":"ACTIVE","objectiveType":"WEBSITE_VISIT"},"72":{"id":72,"name":"b","status":"ACTIVE","objectiveType":"WEBSITE_VISIT"}},"errors":{}}`
			},
		})
		op := func(name string) providers.Op[normalize.Campaign] {
			c := theCampaign(name)
			c.OrganizationID, c.Status = "1", normalize.StatusActive
			return providers.Op[normalize.Campaign]{Write: wanted(c)}
		}
		done, err := s.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{op("a"), op("b")})
		if err != nil || len(done) != 2 {
			t.Fatal(err)
		}
		for i, r := range done {
			got := ""
			if e, ok := errors.AsType[*providers.Error](r.Err); ok {
				if got = e.Kind.String(); e.Uncertain {
					got += "?"
				}
			}
			if got != want[i] || got == "" && r.Written.Object.ID != fmt.Sprint(71+i) {
				t.Errorf("%s: item %d: %q %+v, want %q", body, i, got, r, want[i])
			}
		}
	}
}

// What a batch made and could not finish is taken back, each object alone; a change that failed says so.
func TestWriteBatch_TakenBack(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	old := made(t, d.Campaigns, theCampaign("old"))
	if err := d.sim.Fault(sim.Fault{Path: "/adCampaignGroups", Query: "ids=List", Method: "POST", Status: 400, Body: []byte(`{"status":400,"code":"FIELD_VALUE_TOO_LOW","message":"refused by the test"}`)}); err != nil {
		t.Fatal(err)
	}
	done, err := d.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{
		{Write: wanted(theCampaign("one"))}, {Write: wanted(theCampaign("two"))},
		{Ref: providers.Ref{ID: old.ID}, Write: patched(old, func(c *normalize.Campaign) { c.Name = "older" }, "name")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range done {
		e, ok := errors.AsType[*providers.Error](r.Err)
		if !ok || e.Kind != providers.Rejected || e.Uncertain || (i < 2) != strings.Contains(e.Message, "deleted again") {
			t.Errorf("%d: %+v", i, e)
		}
	}
	for _, c := range all(t, d.Campaigns, providers.ListQuery{Org: euros}) {
		if (c.Name == "one" || c.Name == "two") && c.EffectiveStatus != normalize.EffectiveStatusRemoved || c.Name == "older" {
			t.Errorf("it stays: %+v", c)
		}
	}
}

// What many operations share is read once.
func TestWriteBatch_ReadsOnceWhatIsShared(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := parentFor(t, d, normalize.GoalWebsiteTraffic)
	var ops []providers.Op[normalize.Group]
	for i := range 60 {
		ops = append(ops, providers.Op[normalize.Group]{Write: wanted(theGroup(parent.ID, fmt.Sprintf("one of many, %d", i)))})
	}
	d.sim.ResetCalls()
	done, err := d.Groups.Batch(t.Context(), ops)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range done {
		if r.Err != nil || r.Written.Object.Name != fmt.Sprintf("one of many, %d", i) {
			t.Errorf("%d: %+v, %v", i, r.Written.Object, r.Err)
		}
	}
	if n := len(d.sim.Calls()); n > 40 {
		t.Errorf("%d calls for 60 groups", n)
	}
}
