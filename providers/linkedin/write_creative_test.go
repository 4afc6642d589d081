package linkedin_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

const anImage = "urn:li:image:C4E00AQexample"

func theCreative(group, name string) normalize.Creative {
	return normalize.Creative{
		GroupID: group, Name: name, Title: "Try it", Body: "Close the books faster (really) #1 *now* " + name, LinkURL: "https://shop.example/cfo?a=b", CTA: "LEARN_MORE",
		Data: `{"images":["` + anImage + `"]}`, Promoted: []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}},
	}
}

// groupFor makes a group for creatives.
func groupFor(t testing.TB, d pen, goal normalize.Goal, kind normalize.Channel) normalize.Group {
	t.Helper()
	g := theGroup(parentFor(t, d, goal).ID, "group for "+string(goal)+string(kind))
	g.Type = kind
	g.Promoted = []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}}
	return made(t, d.Groups, g)
}

func TestWriteCreative_RoundTrip(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	group := groupFor(t, d, normalize.GoalWebsiteTraffic, normalize.ChannelImage)
	asked := theCreative(group.ID, "CFO image B 🎯")
	asked.Identity, asked.CreativeType = thePage, normalize.CreativeTypeImage
	got := made(t, d.Creatives, asked)
	asked.Data = ""
	covers(t, asked, got)
	s := d.storedAd(t, euros, got.ID)
	if put(s, "campaign") != "urn:li:sponsoredCampaign:"+group.ID || put(s, "name") != asked.Name {
		t.Errorf("stored %v", s)
	}
	p := d.stored(t, "posts/"+strings.ReplaceAll(put(s, "content.reference"), ":", "%3A"))
	if put(p, "author") != "urn:li:organization:"+thePage || put(p, "content.media.id") != anImage || put(p, "adContext.dscAdAccount") != "urn:li:sponsoredAccount:"+euros {
		t.Errorf("post %v", p)
	}
	if put(p, "commentary") != `Close the books faster \(really\) \#1 \*now\* CFO image B 🎯` {
		t.Errorf("a stray character would cut the text short: %s", put(p, "commentary"))
	}
	ad, err := d.Ads.Get(t.Context(), providers.Ref{ID: got.ID})
	if err != nil || ad.GroupID != group.ID || ad.Status != normalize.StatusDraft {
		t.Errorf("%+v, %v", ad, err)
	}
	d.rec.forget()
	up, err := d.Creatives.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, func(c *normalize.Creative) { c.Name = "renamed" }, "name", "title", "body"))
	if err != nil || up.Object.Name != "renamed" || d.rec.text() != `POST adAccounts/503000001/creatives/urn%3Ali%3AsponsoredCreative%3A`+got.ID+` PARTIAL_UPDATE {"patch":{"$set":{"name":"renamed"}}}`+"\n" {
		t.Errorf("%v\n%s", err, d.rec.text())
	}
	d.rec.forget()
	if again, err := d.Creatives.Update(t.Context(), providers.Ref{ID: got.ID}, patched(up.Object, func(*normalize.Creative) {}, "name", "status", "cta", "promoted", "body")); err != nil ||
		len(d.rec.writes()) != 0 || !reflect.DeepEqual(again.Object, up.Object) {
		t.Errorf("%v\n%s", err, d.rec.text())
	}
}

// What was never reviewed is not made paused: it is a draft then, which does not run either.
func TestTrap14_PausedBecomesADraft(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	group := groupFor(t, d, normalize.GoalWebsiteTraffic, "")
	for asked, want := range map[normalize.Status]string{"": "DRAFT", normalize.StatusPaused: "DRAFT", normalize.StatusDraft: "DRAFT", normalize.StatusActive: "ACTIVE"} {
		c := theCreative(group.ID, "asked to be "+string(asked))
		c.Status = asked
		got := made(t, d.Creatives, c)
		if put(d.storedAd(t, euros, got.ID), "intendedStatus") != want {
			t.Errorf("%q: %+v", asked, got)
		}
		ad, err := d.Ads.Get(t.Context(), providers.Ref{ID: got.ID})
		if err != nil || string(ad.Status) != want {
			t.Errorf("%q: %+v, %v", asked, ad, err)
		}
		if want != "DRAFT" {
			continue
		}
		// A draft that was never reviewed is deleted, and not put away.
		d.rec.forget()
		_, err = d.Ads.Update(t.Context(), providers.Ref{ID: ad.ID}, patched(ad, func(a *normalize.Ad) { a.Status = normalize.StatusArchived }, "status"))
		if providers.KindOf(err) != providers.Conflict || len(d.rec.writes()) != 0 {
			t.Errorf("archived: %v", err)
		}
		if r, err := d.Ads.Delete(t.Context(), providers.Ref{ID: ad.ID}, false); err != nil || r.Effect != providers.EffectRemoved || d.rec.writes()[0].method != "DELETE" {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

// Text and media never change: another creative is made, and nothing is sent.
func TestTrap13_CreativesAreImmutable(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Creatives, theCreative(groupFor(t, d, normalize.GoalWebsiteTraffic, "").ID, "immutable"))
	d.rec.forget()
	for field, change := range map[string]func(*normalize.Creative){
		"title": func(c *normalize.Creative) { c.Title = "x" }, "body": func(c *normalize.Creative) { c.Body = "x" },
		"link_url": func(c *normalize.Creative) { c.LinkURL = "https://x.example/" }, "cta": func(c *normalize.Creative) { c.CTA = "SIGN_UP" },
		"group_id": func(c *normalize.Creative) { c.GroupID = "1" }, "item_id": func(c *normalize.Creative) { c.ItemID = "7" },
		"promoted": func(c *normalize.Creative) { c.Promoted[0].ID = "7" },
	} {
		_, err := d.Creatives.Update(t.Context(), providers.Ref{ID: c.ID}, patched(c, change, field))
		if providers.KindOf(err) != providers.Conflict || !strings.Contains(err.Error(), "make a new") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %s", d.rec.text())
	}
}

func TestWriteCreative_Kinds(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	for name, c := range map[string]struct {
		goal   normalize.Goal
		group  normalize.Channel
		change func(*normalize.Creative)
		want   normalize.CreativeType
	}{
		"video":    {normalize.GoalWebsiteTraffic, normalize.ChannelVideo, func(c *normalize.Creative) { c.Data = `{"videos":["urn:li:video:C5F10AQexample"]}` }, normalize.CreativeTypeVideo},
		"document": {normalize.GoalWebsiteTraffic, "", func(c *normalize.Creative) { c.Data = `{"documents":["urn:li:document:D4E10AQexample"]}` }, normalize.CreativeTypeDocument},
		"carousel": {normalize.GoalWebsiteTraffic, normalize.ChannelCarousel, func(c *normalize.Creative) {
			c.Title, c.Data = "one", `{"images":["urn:li:image:1","urn:li:image:2"],"titles":["one","two"]}`
		}, normalize.CreativeTypeAssetBased},
		"text": {normalize.GoalWebsiteTraffic, normalize.ChannelText, func(c *normalize.Creative) {
			c.Title, c.Body, c.CTA, c.Data, c.Promoted = "Close the books", "In a day", "", "", nil
		}, normalize.CreativeTypeStandard},
		"share": {normalize.GoalWebsiteTraffic, "", func(c *normalize.Creative) {
			*c = normalize.Creative{GroupID: c.GroupID, Name: c.Name, ItemID: "7000000000000000004"}
		}, ""},
		"lead form": {normalize.GoalLeads, "", func(c *normalize.Creative) {
			c.CTA, c.LinkURL = "APPLY_NOW", ""
			c.Promoted = append(c.Promoted, normalize.Promoted{ID: "9000001", Type: normalize.PromotedTypeLeadFormID})
		}, normalize.CreativeTypeImage},
	} {
		asked := theCreative(groupFor(t, d, c.goal, c.group).ID, name)
		c.change(&asked)
		got := made(t, d.Creatives, asked)
		asked.Data = ""
		covers(t, asked, got)
		if c.want != "" && got.CreativeType != c.want {
			t.Errorf("%s became %s", name, got.CreativeType)
		}
		if name != "lead form" {
			continue
		}
		d.rec.forget()
		up, err := d.Creatives.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, func(c *normalize.Creative) { c.CTA = "SIGN_UP" }, "cta"))
		if err != nil || up.Object.CTA != "SIGN_UP" || len(d.rec.writes()) != 1 || put(d.rec.writes()[0].body, "patch.$set.leadgenCallToAction.label") != "SIGN_UP" {
			t.Errorf("%v\n%s", err, d.rec.text())
		}
	}
}

func TestWriteCreative_RefusedBeforeSending(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	image, text := groupFor(t, d, normalize.GoalWebsiteTraffic, normalize.ChannelImage), groupFor(t, d, normalize.GoalWebsiteTraffic, normalize.ChannelText)
	leads := groupFor(t, d, normalize.GoalLeads, "")
	d.rec.forget()
	for _, c := range []struct {
		field  string
		change func(*normalize.Creative)
	}{
		{"group_id", func(c *normalize.Creative) { c.GroupID = "999" }},
		{"status", func(c *normalize.Creative) { c.Status = normalize.StatusArchived }},
		{"creative_type", func(c *normalize.Creative) { c.CreativeType = normalize.CreativeTypeNative }},
		{"data", func(c *normalize.Creative) { c.Data = "" }},
		{"data", func(c *normalize.Creative) { c.Data = `{"images":["https://x.example/x.png"]}` }},
		{"data", func(c *normalize.Creative) { c.Data = `{"pictures":[]}` }},
		{"data", func(c *normalize.Creative) { c.Data = `{"videos":["urn:li:video:1"]}` }}, // the group shows images
		{"body", func(c *normalize.Creative) { c.Body = "" }},
		{"body", func(c *normalize.Creative) { c.Body = strings.Repeat("x", 601) }},
		{"title", func(c *normalize.Creative) { c.Title = strings.Repeat("x", 201) }},
		{"link_url", func(c *normalize.Creative) { c.LinkURL = "shop.example" }},
		{"cta", func(c *normalize.Creative) { c.CTA = "SHOP_NOW" }},
		{"promoted", func(c *normalize.Creative) { c.Promoted[0].Type = normalize.PromotedTypePixelID }},
		{"promoted", func(c *normalize.Creative) { c.Identity = "7" }},
		{"promoted", func(c *normalize.Creative) { c.GroupID = leads.ID }},
		{"title", func(c *normalize.Creative) {
			c.GroupID, c.CTA, c.Data, c.Title = text.ID, "", "", strings.Repeat("x", 26)
		}},
		{"cta", func(c *normalize.Creative) { c.GroupID = text.ID }},
		{"body", func(c *normalize.Creative) { c.Title, c.LinkURL, c.Data, c.ItemID = "", "", "", "7000000000000000001" }},
		{"item_id", func(c *normalize.Creative) { *c = normalize.Creative{GroupID: c.GroupID, ItemID: "7"} }},
	} {
		o := theCreative(image.ID, "refused")
		c.change(&o)
		_, err := d.Creatives.Create(t.Context(), wanted(o))
		refusedAt(t, err, c.field)
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %s", d.rec.text())
	}
}

// An ad is the creative where that is; elsewhere it is a new one that shows the same.
func TestWriteAd(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{ReviewAfter: time.Minute})
	group, other := groupFor(t, d, normalize.GoalWebsiteTraffic, normalize.ChannelImage), groupFor(t, d, normalize.GoalWebsiteTraffic, "")
	c := made(t, d.Creatives, theCreative(group.ID, "shown twice"))
	d.rec.forget()
	same := made(t, d.Ads, normalize.Ad{GroupID: group.ID, CreativeIDs: []string{c.ID}, Name: "the ad", Status: normalize.StatusActive})
	if same.ID != c.ID || same.Name != "the ad" || same.Status != normalize.StatusActive || len(d.rec.writes()) != 1 {
		t.Errorf("%+v\n%s", same, d.rec.text())
	}
	d.rec.forget()
	new := made(t, d.Ads, normalize.Ad{GroupID: other.ID, CreativeIDs: []string{c.ID}, Name: "elsewhere"})
	if new.ID == c.ID || new.GroupID != other.ID || new.Headline != same.Headline || new.AdCopy != same.AdCopy || new.Status != normalize.StatusDraft {
		t.Errorf("%+v\n%s", new, d.rec.text())
	}
	if put(d.storedAd(t, euros, new.ID), "content.reference") != put(d.storedAd(t, euros, c.ID), "content.reference") {
		t.Error("the new ad shows another post")
	}
	d.sim.Advance(time.Hour)
	same, err := d.Ads.Get(t.Context(), providers.Ref{ID: same.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []normalize.Status{normalize.StatusPaused, normalize.StatusActive, normalize.StatusPaused, normalize.StatusArchived} {
		d.rec.forget()
		up, err := d.Ads.Update(t.Context(), providers.Ref{ID: same.ID}, patched(same, func(a *normalize.Ad) { a.Status = status }, "status"))
		if err != nil || up.Object.Status != status || len(d.rec.writes()) != 1 {
			t.Fatalf("%s: %v\n%s", status, err, d.rec.text())
		}
		same = up.Object
	}
	if r, err := d.Ads.Delete(t.Context(), providers.Ref{ID: same.ID}, false); err != nil || r.Effect != providers.EffectRemoved || put(d.storedAd(t, euros, same.ID), "intendedStatus") != "PENDING_DELETION" {
		t.Errorf("%+v, %v", r, err)
	}
	d.rec.forget()
	_, err = d.Ads.Update(t.Context(), providers.Ref{ID: same.ID}, patched(same, func(a *normalize.Ad) { a.Name = "gone" }, "name"))
	if providers.KindOf(err) != providers.Conflict {
		t.Errorf("a deleted ad was changed: %v", err)
	}
	if _, err := d.Ads.Delete(t.Context(), providers.Ref{ID: same.ID}, false); providers.KindOf(err) != providers.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
	for field, ad := range map[string]normalize.Ad{
		"creative_ids": {GroupID: group.ID, CreativeIDs: []string{"1"}}, "group_id": {GroupID: "x", CreativeIDs: []string{new.ID}},
		"status": {GroupID: group.ID, CreativeIDs: []string{new.ID}, Status: normalize.StatusArchived},
	} {
		_, err := d.Ads.Create(t.Context(), wanted(ad))
		refusedAt(t, err, field)
	}
	_, err = d.Ads.Create(t.Context(), wanted(normalize.Ad{GroupID: group.ID}))
	refusedAt(t, err, "creative_ids")
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %s", d.rec.text())
	}
}
