package google_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

func (w writer) pausing(c normalize.Campaign, change func(*normalize.Campaign), set ...string) providers.Op[normalize.Campaign] {
	after := c
	change(&after)
	return providers.Op[normalize.Campaign]{
		Ref: providers.Ref{Org: w.org, ID: c.ID}, Write: providers.Write[normalize.Campaign]{Org: w.org, Object: after, Before: &c, Set: set},
	}
}

// Trap 14: a partial failure is answered with 200, and tells by place which operations failed.
func TestTrap14_APartOfABatchMayFail(t *testing.T) {
	w := writing(t, 0, smallWorld)
	var list []normalize.Campaign
	for i := range 4 {
		list = append(list, w.campaign(t, searchCampaign(fmt.Sprintf("Batch %d", i))))
	}
	w.sent.take()
	rename := func(name string) func(*normalize.Campaign) { return func(o *normalize.Campaign) { o.Name = name } }
	got, err := w.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{
		w.pausing(list[0], rename("Batch 3"), "name"), // taken
		w.pausing(list[1], rename("Renamed"), "name"),
		{Write: providers.Write[normalize.Campaign]{Org: w.org, Object: searchCampaign("New")}}, // several operations: by itself
		w.pausing(list[2], rename(" "), "name"),                                                 // ours to refuse
		w.pausing(list[3], func(*normalize.Campaign) {}, "name"),                                // nothing to send
		w.pausing(list[2], func(o *normalize.Campaign) { o.BudgetAmount = dec("75") }, "budget_amount"),
		{Ref: providers.Ref{Org: w.org, ID: "1"}, Remove: true},
		w.pausing(list[1], func(o *normalize.Campaign) { o.Status = normalize.StatusActive }, "status"), // once more
	})
	if err != nil || len(got) != 8 {
		t.Fatalf("%d results: %v", len(got), err)
	}
	for i, want := range []providers.Kind{providers.Conflict, 0, 0, providers.Rejected, 0, 0, providers.NotFound, 0} {
		if providers.KindOf(got[i].Err) != want {
			t.Errorf("operation %d: %v", i, got[i].Err)
		}
	}
	if blamedOf(got[0].Err) != "name" || uncertain(got[0].Err) {
		t.Errorf("the first: %v of %s", got[0].Err, blamedOf(got[0].Err))
	}
	if got[1].Written.Object.Name != "Renamed" || got[2].Written.Object.Name != "New" || got[2].Written.Object.ID == "" || got[4].Written.Object.ID != list[3].ID ||
		got[5].Written.Object.BudgetAmount.String() != "75" || got[7].Written.Object.Status != normalize.StatusActive || got[7].Written.Object.Name != "Renamed" {
		t.Errorf("written %s", jsonOf(t, got))
	}
	sent := w.sent.take()
	if len(sent) != 3 || !sent[0].Partial || len(sent[0].Operations) != 3 || sent[1].Partial || sent[2].Partial {
		t.Errorf("sent %v", sent)
	}
	if c, err := w.Campaigns.Get(t.Context(), providers.Ref{Org: w.org, ID: list[0].ID}); err != nil || c.Name != "Batch 0" {
		t.Errorf("what failed has changed: %s %v", c.Name, err)
	}
}

func TestBatchesOfEveryKind(t *testing.T) {
	w := writing(t, 0, smallWorld)
	parent := w.manual(t)
	var groups []providers.Op[normalize.Group]
	for i := range 3 {
		groups = append(groups, providers.Op[normalize.Group]{Write: providers.Write[normalize.Group]{Org: w.org, Object: normalize.Group{CampaignID: parent.ID, Name: fmt.Sprintf("Batch %d", i)}}})
	}
	w.sent.take()
	made, err := w.Groups.Batch(t.Context(), groups)
	if err != nil {
		t.Fatal(err)
	}
	var ads []providers.Op[normalize.Creative]
	for i, g := range made {
		if g.Err != nil || g.Written.Object.Name != fmt.Sprintf("Batch %d", i) || g.Written.Object.Status != normalize.StatusPaused {
			t.Fatalf("group %d: %s %v", i, jsonOf(t, g.Written), g.Err)
		}
		ads = append(ads, providers.Op[normalize.Creative]{Write: providers.Write[normalize.Creative]{Org: w.org, Object: searchCreative(g.Written.Object.ID)}})
	}
	creatives, err := w.Creatives.Batch(t.Context(), ads)
	if err != nil {
		t.Fatal(err)
	}
	var off []providers.Op[normalize.Ad]
	for i, c := range creatives {
		if c.Err != nil || c.Written.Object.GroupID != made[i].Written.Object.ID {
			t.Fatalf("creative %d: %s %v", i, jsonOf(t, c.Written), c.Err)
		}
		off = append(off, providers.Op[normalize.Ad]{Ref: providers.Ref{Org: w.org, ID: c.Written.Object.ID}, Remove: true})
	}
	gone, err := w.Ads.Batch(t.Context(), off)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range gone {
		if x.Err != nil || x.Removal.Effect != providers.EffectRemoved {
			t.Errorf("ad %d: %+v %v", i, x.Removal, x.Err)
		}
	}
	if n := len(w.sent.take()); n != 3 {
		t.Errorf("%d mutates, want one for each batch", n)
	}
}

func TestALostBatchIsUncertainToTheLast(t *testing.T) {
	w := writing(t, 0, smallWorld)
	one, two := w.campaign(t, searchCampaign("One")), w.campaign(t, searchCampaign("Two"))
	w.sent.take()
	if err := w.sim.Fault(sim.Fault{Path: "googleAds:mutate", CutAfterBytes: new(int64)}); err != nil {
		t.Fatal(err)
	}
	active := func(o *normalize.Campaign) { o.Status = normalize.StatusActive }
	got, err := w.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{w.pausing(one, active, "status"), w.pausing(two, active, "status")})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range got {
		if !uncertain(x.Err) {
			t.Errorf("operation %d: %v", i, x.Err)
		}
	}
	if n := len(w.sent.take()); n != 1 {
		t.Errorf("a batch was sent %d times", n)
	}
}

func TestADryBatchChangesNothing(t *testing.T) {
	w := writing(t, 0, smallWorld)
	c := w.campaign(t, searchCampaign("Dry"))
	op := w.pausing(c, func(o *normalize.Campaign) { o.Name = "Wet" }, "name")
	op.Write.DryRun = true
	got, err := w.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{op})
	if err != nil || got[0].Err != nil || got[0].Written.Checked != providers.CheckedByPlatform {
		t.Fatal(got, err)
	}
	if s := w.stored(t, "SELECT campaign.name FROM campaign WHERE campaign.id = "+c.ID); !strings.Contains(s, `"Dry"`) {
		t.Error(s)
	}
}
