package meta_test

import (
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// TestTrap09_WhatIsPutAwayIsNotWritten: edges hide what is archived or deleted. It is no candidate of a lost create, its
// parent stands for no new one, and nothing but its name is written.
func TestTrap09_WhatIsPutAwayIsNotWritten(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	try := providers.Try{Since: d.sim.Now()}
	c := made(t, d.Campaigns, budgeted("gone", "50"))
	g := theGroup(made(t, d.Campaigns, theCampaign("parent")).ID, "gone")
	group := made(t, d.Groups, g)
	if _, err := d.Campaigns.Delete(t.Context(), providers.Ref{ID: c.ID}, false); err != nil {
		t.Fatal(err)
	}
	try.Until = d.sim.Now()
	if found, err := d.Campaigns.Find(t.Context(), wanted(budgeted("gone", "50")), try); err != nil || len(found) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
	deleted, err := d.Campaigns.Get(t.Context(), providers.Ref{ID: c.ID})
	if err != nil {
		t.Fatal(err)
	}
	d.rec.forget()
	_, err = d.Campaigns.Update(t.Context(), providers.Ref{ID: c.ID}, patched(deleted, func(c *normalize.Campaign) { c.Status = normalize.StatusActive }, "status"))
	if providers.KindOf(err) != providers.Conflict || len(d.rec.writes()) != 0 {
		t.Errorf("%v, sent %+v", err, d.rec.writes())
	}
	x := theGroup(c.ID, "below it")
	if _, err := d.Groups.Create(t.Context(), wanted(x)); providers.KindOf(err) != providers.Conflict || len(d.rec.writes()) != 0 {
		t.Errorf("%v, sent %+v", err, d.rec.writes())
	}
	if up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: c.ID}, patched(deleted, func(c *normalize.Campaign) { c.Name = "was" }, "name")); err != nil || up.Object.Name != "was" {
		t.Errorf("%+v, %v", up, err)
	}
	// A group is still found when its campaign has been archived since.
	parent, err := d.Campaigns.Get(t.Context(), providers.Ref{ID: g.CampaignID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: parent.ID}, patched(parent, func(c *normalize.Campaign) { c.Status = normalize.StatusArchived }, "status")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Groups.Find(t.Context(), wanted(g), try); err != nil {
		t.Errorf("%s: %v", group.ID, err)
	}
}

// TestTrap22_NoTokenInWhatIsWritten: the token goes in its header alone, also with the app's proof, and in no error.
func TestTrap22_NoTokenInWhatIsWritten(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	made(t, d.Campaigns, theCampaign("quiet"))
	batched(t, d.Campaigns, creates(theCampaign("quiet 1"), theCampaign("quiet 2")))
	d.hasImage(t, 17)
	d.hasVideo(t)
	for _, w := range d.rec.writes() {
		if strings.Contains(w.body+w.path, d.token) {
			t.Errorf("%s %s holds the token", w.method, w.path)
		}
	}
	for _, body := range []string{
		`{"error":{"message":"Error validating ` + scriptToken + `","code":100,"error_subcode":1885272}}`,
		`{"error":{"message":"cannot","code":1,"error_user_msg":"https://graph.facebook.com/?access_token=` + scriptToken + `"}}`,
	} {
		for _, status := range []int{200, 400} {
			s, _ := scripted(t, map[string]func(asked) (int, string){
				"act_1": euro, "act_1/campaigns": answer(status, body), "": inBatch(t, func(int) string { return item(status, "", body) }),
			})
			o := theCampaign("told")
			o.OrganizationID = "1"
			_, err := s.Campaigns.Create(t.Context(), wanted(o))
			for _, err := range []error{err, batched(t, s.Campaigns, creates(o))[0].Err} {
				if err == nil || strings.Contains(err.Error(), scriptToken) {
					t.Errorf("%v", err)
				}
			}
		}
	}
}
