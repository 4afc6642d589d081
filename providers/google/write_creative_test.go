package google_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

func searchCreative(group string) normalize.Creative {
	return normalize.Creative{
		GroupID: group, LinkURL: "https://shop.example/winter", Path1: "winter", URLTags: "utm_source=x",
		Texts: &normalize.CreativeTexts{Titles: []string{"Winter sale", "Warm coats", "Free returns"}, Bodies: []string{"Up to 40% off.", "Order today."}},
	}
}

func (w writer) creative(t *testing.T, o normalize.Creative) normalize.Creative {
	t.Helper()
	got, err := w.Creatives.Create(t.Context(), providers.Write[normalize.Creative]{Org: w.org, Object: o})
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return got.Object
}

func (w writer) patchCreative(t *testing.T, before normalize.Creative, set []string, change func(*normalize.Creative)) (normalize.Creative, error) {
	t.Helper()
	after := before
	if before.Texts != nil {
		texts := *before.Texts
		after.Texts = &texts
	}
	change(&after)
	got, err := w.Creatives.Update(t.Context(), providers.Ref{Org: w.org, ID: before.ID}, providers.Write[normalize.Creative]{Org: w.org, Object: after, Before: &before, Set: set})
	return got.Object, err
}

// Trap 15: content goes by the ad, the switch by the ad in its group.
func TestTrap15_AnAdsContentAndItsSwitchAreWrittenApart(t *testing.T) {
	w := writing(t, 0, smallWorld)
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "Ads"})
	w.sent.take()
	o := searchCreative(g.ID)
	c := w.creative(t, o)
	if s := w.sent.take(); len(s) != 1 || !strings.Contains(s[0].String(), `"status":"PAUSED"`) {
		t.Errorf("sent %v", s)
	}
	if c.LinkURL != o.LinkURL || c.Path1 != o.Path1 || c.URLTags != o.URLTags || jsonOf(t, c.Texts) != jsonOf(t, o.Texts) || c.GroupID != g.ID ||
		c.CreativeType != normalize.CreativeTypeAssetBased || c.Title != "Winter sale" {
		t.Errorf("read back %s", jsonOf(t, c))
	}
	c, err := w.patchCreative(t, c, []string{"title", "status", "path1", "link_url"}, func(o *normalize.Creative) {
		o.Title, o.Status, o.Path1, o.LinkURL = "Spring sale", normalize.StatusActive, "", "https://shop.example/spring"
	})
	if err != nil {
		t.Fatal(err)
	}
	s := w.sent.take()
	if len(s) != 1 || len(s[0].Operations) != 2 {
		t.Fatalf("sent %v", s)
	}
	if s[0].Operations[0]["adGroupAdOperation"]["updateMask"] != any("status") ||
		s[0].Operations[1]["adOperation"]["updateMask"] != any("responsiveSearchAd.headlines,responsiveSearchAd.path1,finalUrls") {
		t.Errorf("sent %v", s)
	}
	if !slices.Equal(c.Texts.Titles, []string{"Spring sale", "Warm coats", "Free returns"}) || c.Path1 != "" || c.LinkURL != "https://shop.example/spring" {
		t.Errorf("read back %s", jsonOf(t, c))
	}
	if _, err := w.patchCreative(t, c, []string{"title", "texts.bodies"}, func(*normalize.Creative) {}); err != nil || len(w.sent.take()) > 0 {
		t.Errorf("nothing differs: %v", err)
	}
	if r, err := w.Creatives.Delete(t.Context(), providers.Ref{Org: w.org, ID: c.ID}, false); err != nil || r.Effect != providers.EffectRemoved {
		t.Fatal(r, err)
	}
	if ad, err := w.Ads.Get(t.Context(), providers.Ref{Org: w.org, ID: c.ID}); err != nil || ad.Status != normalize.StatusArchived {
		t.Errorf("the ad is its creative: %s %v", ad.Status, err)
	}
}

func TestWhatACreativeCannotBeIsRefusedBeforeAnythingIsSent(t *testing.T) {
	w := writing(t, 0, smallWorld)
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "Ads"})
	w.sent.take()
	for field, change := range map[string]func(*normalize.Creative){
		"texts.titles":  func(o *normalize.Creative) { o.Texts.Titles = o.Texts.Titles[:2] },
		"texts.bodies":  func(o *normalize.Creative) { o.Texts.Bodies[0] = strings.Repeat("é", 91) },
		"title":         func(o *normalize.Creative) { o.Title = "Another" },
		"link_url":      func(o *normalize.Creative) { o.LinkURL = "shop.example" },
		"path1":         func(o *normalize.Creative) { o.Path1, o.Path2 = "", "x" },
		"group_id":      func(o *normalize.Creative) { o.GroupID = "1" },
		"creative_type": func(o *normalize.Creative) { o.CreativeType = normalize.CreativeTypeVideo },
		"status":        func(o *normalize.Creative) { o.Status = normalize.StatusDraft },
	} {
		t.Run(field, func(t *testing.T) {
			o := searchCreative(g.ID)
			change(&o)
			_, err := w.Creatives.Create(t.Context(), providers.Write[normalize.Creative]{Org: w.org, Object: o})
			if e, ok := errors.AsType[*providers.Error](err); !ok || e.Field != field || e.Kind != providers.Rejected || len(w.sent.take()) > 0 {
				t.Errorf("%v", err)
			}
		})
	}
}

// Google counts wide characters twice: fifteen of them fill a headline of thirty.
func TestWideCharactersCountTwice(t *testing.T) {
	w := writing(t, 2, smallWorld)
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "広告"})
	o := searchCreative(g.ID)
	o.Texts.Titles[1] = strings.Repeat("冬", 15)
	if c := w.creative(t, o); c.Texts.Titles[1] != o.Texts.Titles[1] {
		t.Errorf("read back %q", c.Texts.Titles)
	}
	w.sent.take()
	o.Texts.Titles[1] += "!"
	if _, err := w.Creatives.Create(t.Context(), providers.Write[normalize.Creative]{Org: w.org, Object: o}); blamedOf(err) != "texts.titles" || len(w.sent.take()) > 0 {
		t.Error(err)
	}
}

func TestAnAdIsTheOneOfItsCreative(t *testing.T) {
	w := writing(t, 0, smallWorld)
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "Ads"})
	c := w.creative(t, searchCreative(g.ID))
	w.sent.take()
	in := providers.Write[normalize.Ad]{Org: w.org, Object: normalize.Ad{GroupID: g.ID, CreativeIDs: []string{c.ID}}}
	got, err := w.Ads.Create(t.Context(), in)
	if err != nil || got.Object.ID != c.ID || got.Object.Status != normalize.StatusPaused || len(w.sent.take()) > 0 {
		t.Fatal(got.Object, err)
	}
	in.Object.Status = normalize.StatusActive
	if got, err = w.Ads.Create(t.Context(), in); err != nil || got.Object.Status != normalize.StatusActive {
		t.Fatal(got.Object.Status, err)
	}
	found, err := w.Ads.Find(t.Context(), in, providers.Try{})
	if err != nil || len(found) != 1 {
		t.Error(found, err)
	}
	in.Object.CreativeIDs = []string{g.ID + "~1"}
	if _, err := w.Ads.Create(t.Context(), in); blamedOf(err) != "creative_ids" {
		t.Error(err)
	}
}

func TestALostCreativeIsFound(t *testing.T) {
	w := writing(t, 0, smallWorld)
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "Ads"})
	in := providers.Write[normalize.Creative]{Org: w.org, Object: searchCreative(g.ID)}
	if found, err := w.Creatives.Find(t.Context(), in, providers.Try{}); err != nil || len(found) != 0 {
		t.Fatal(found, err)
	}
	if err := w.sim.Fault(sim.Fault{Path: "googleAds:mutate", CutAfterBytes: new(int64)}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Creatives.Create(t.Context(), in); !uncertain(err) {
		t.Fatal(err)
	}
	if found, err := w.Creatives.Find(t.Context(), in, providers.Try{}); err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
}

func TestAssetsAreMadeOfTheirContent(t *testing.T) {
	w := writing(t, 0, smallWorld)
	png := "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
	for name, o := range map[string]normalize.Asset{
		"text":  {Type: normalize.AssetTypeText, Content: base64.StdEncoding.EncodeToString([]byte("Warm coats"))},
		"video": {Type: normalize.AssetTypeYoutubeVideo, URL: "https://www.youtube.com/watch?v=abcdefghijk"},
		"image": {Type: normalize.AssetTypeImage, Name: "hero", Content: png},
	} {
		t.Run(name, func(t *testing.T) {
			in := providers.Write[normalize.Asset]{Org: w.org, Object: o}
			got, err := w.Assets.Create(t.Context(), in)
			if err != nil || got.Object.Type != o.Type || o.Name != "" && got.Object.Name != o.Name || o.URL != "" && got.Object.URL != o.URL {
				t.Fatal(jsonOf(t, got.Object), err)
			}
			found, err := w.Assets.Find(t.Context(), in, providers.Try{})
			if err != nil || len(found) != 1 || found[0].ID != got.Object.ID {
				t.Error(found, err)
			}
		})
	}
	if w.Assets.Delete != nil || w.Assets.Update != nil {
		t.Error("Google deletes no asset")
	}
	for field, o := range map[string]normalize.Asset{
		"content": {Type: normalize.AssetTypeImage, Name: "x", Content: base64.StdEncoding.EncodeToString([]byte("text"))},
		"url":     {Type: normalize.AssetTypeImage, URL: "https://x.example/a.png"},
		"name":    {Type: normalize.AssetTypeImage, Content: png},
	} {
		if _, err := w.Assets.Create(t.Context(), providers.Write[normalize.Asset]{Org: w.org, Object: o}); blamedOf(err) != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
