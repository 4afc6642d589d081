package meta_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// picture is a PNG of a size, as base64.
func picture(t testing.TB, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, 100))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func (d pen) hasImage(t testing.TB, width int) normalize.Asset {
	t.Helper()
	return made(t, d.Assets, normalize.Asset{OrganizationID: euros, Name: "banner.png", Type: normalize.AssetTypeImage, Content: picture(t, width)})
}

func (d pen) hasVideo(t testing.TB) normalize.Asset {
	t.Helper()
	return made(t, d.Assets, normalize.Asset{OrganizationID: euros, Name: "clip", Type: normalize.AssetTypeVideo, URL: "https://videos.example/clip.mp4"})
}

func TestWriteAd_RoundTrip(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	g := made(t, d.Groups, theGroup(made(t, d.Campaigns, theCampaign("ads")).ID, "ads"))
	one, two := made(t, d.Creatives, theCreative("one")), made(t, d.Creatives, theCreative("two"))
	asked := normalize.Ad{OrganizationID: euros, GroupID: g.ID, Name: "Video A", CreativeIDs: []string{one.ID}}
	got := made(t, d.Ads, asked)
	covers(t, asked, got)
	if got.Status != normalize.StatusPaused || got.CampaignID != g.CampaignID || d.stored(t, got.ID, "status")["status"] != "PAUSED" {
		t.Errorf("%+v", got)
	}
	for _, c := range []struct {
		set, sent string
		change    func(*normalize.Ad)
	}{
		{"creative_ids", `{"creative_id":"` + two.ID + `"}`, func(a *normalize.Ad) { a.CreativeIDs = []string{two.ID} }},
		{"name", "renamed", func(a *normalize.Ad) { a.Name = "renamed" }},
		{"status", "ACTIVE", func(a *normalize.Ad) { a.Status = normalize.StatusActive }},
	} {
		d.rec.forget()
		p := patched(got, c.change, c.set)
		up, err := d.Ads.Update(t.Context(), providers.Ref{ID: got.ID}, p)
		if err != nil {
			t.Fatal(err)
		}
		name := map[string]string{"creative_ids": "creative"}[c.set]
		if name == "" {
			name = c.set
		}
		if w := d.rec.writes(); len(w) != 1 || len(w[0].form) != 1 || w[0].form.Get(name) != c.sent {
			t.Errorf("%s: sent %+v", c.set, w)
		}
		got = up.Object
		if got.CreativeIDs[0] != two.ID {
			t.Errorf("%s: %+v", c.set, got)
		}
	}
	d.rec.forget()
	for field, change := range map[string]func(*normalize.Ad){
		"group_id":     func(a *normalize.Ad) { a.GroupID = "120399999999999999" },
		"creative_ids": func(a *normalize.Ad) { a.CreativeIDs = []string{one.ID, two.ID} },
		"name":         func(a *normalize.Ad) { a.Name = strings.Repeat("ä", 401) },
		"status":       func(a *normalize.Ad) { a.Status = normalize.StatusArchived },
	} {
		a := asked
		change(&a)
		_, err := d.Ads.Create(t.Context(), wanted(a))
		refusedAt(t, err, field)
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %+v", d.rec.writes())
	}
	if _, err := d.Ads.Delete(t.Context(), providers.Ref{ID: got.ID}, false); err != nil {
		t.Error(err)
	}
	if got, err := d.Ads.Get(t.Context(), providers.Ref{ID: got.ID}); err != nil || got.EffectiveStatus != normalize.EffectiveStatusRemoved {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWriteCreative_RoundTrip(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	banner, other, clip := d.hasImage(t, 101), d.hasImage(t, 102), d.hasVideo(t)
	page := []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}}
	post := all(t, d.Creatives, providers.ListQuery{Org: euros})
	story := ""
	for _, c := range post {
		if c.ExternalCreativeReference != "" {
			story = c.ExternalCreativeReference
		}
	}
	media := func(v map[string][]string) string { b, _ := json.Marshal(v); return string(b) }
	for _, c := range []struct {
		kind  normalize.CreativeType
		asked normalize.Creative
		lost  []string // what is asked for and comes back in another place
	}{
		{normalize.CreativeTypeImage, theCreative("by address"), nil},
		{normalize.CreativeTypeImage, normalize.Creative{
			Title: "H", Body: "T", LinkURL: "https://shop.example/", CTA: "LEARN_MORE", Identity: thePage, URLTags: "utm_source=meta",
			Texts: &normalize.CreativeTexts{Titles: []string{"H"}, Descriptions: []string{"D"}}, Data: media(map[string][]string{"images": {banner.ID}}),
		}, []string{"Data", "Texts"}},
		{normalize.CreativeTypeVideo, normalize.Creative{
			Title: "H", Body: "T", LinkURL: "https://shop.example/", CTA: "LEARN_MORE", Promoted: page,
			Data: media(map[string][]string{"videos": {clip.ID}, "images": {banner.ID}}),
		}, []string{"Data"}},
		{normalize.CreativeTypeAssetBased, normalize.Creative{
			Title: "One", LinkURL: "https://shop.example/", CTA: "SHOP_NOW", Promoted: page,
			Texts: &normalize.CreativeTexts{Titles: []string{"One", "Two"}, Bodies: []string{"A", "B", "C"}, Descriptions: []string{"X"}},
			Data:  media(map[string][]string{"images": {banner.ID, other.ID}}),
		}, []string{"Data"}},
		{normalize.CreativeTypeShare, normalize.Creative{ItemID: story}, nil},
	} {
		c.asked.OrganizationID = euros
		if c.asked.Name == "" {
			c.asked.Name = "a creative of type " + string(c.kind)
		}
		c.asked.CreativeType = c.kind
		w, err := d.Creatives.Create(t.Context(), wanted(c.asked))
		if err != nil {
			t.Errorf("%s: %v", c.kind, err)
			continue
		}
		want := c.asked
		for _, f := range c.lost {
			reflect.ValueOf(&want).Elem().FieldByName(f).SetZero()
		}
		covers(t, want, w.Object)
		if c.kind == normalize.CreativeTypeAssetBased {
			var data map[string][]string
			_ = json.Unmarshal([]byte(w.Object.Data), &data)
			if !reflect.DeepEqual(data["images"], []string{banner.ID, other.ID}) {
				t.Errorf("%s", w.Object.Data)
			}
		}
	}
}

func TestWriteCreative_RefusedBeforeSending(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	for _, c := range []struct {
		field  string
		change func(*normalize.Creative)
	}{
		{"promoted", func(c *normalize.Creative) { c.Promoted = nil }},
		{"promoted", func(c *normalize.Creative) { c.Identity = "1" }},
		{"link_url", func(c *normalize.Creative) { c.LinkURL = "shop" }},
		{"asset_urls", func(c *normalize.Creative) { c.AssetURLs = nil }},
		{"asset_urls", func(c *normalize.Creative) { c.AssetURLs = []string{"file:///etc/passwd"} }},
		{"creative_type", func(c *normalize.Creative) { c.CreativeType = normalize.CreativeTypeAudio }},
		{"creative_type", func(c *normalize.Creative) { c.CreativeType = normalize.CreativeTypeVideo }},
		{"title", func(c *normalize.Creative) { c.Texts = &normalize.CreativeTexts{Titles: []string{"Other", "Another"}} }},
		{"texts.long_headlines", func(c *normalize.Creative) { c.Texts = &normalize.CreativeTexts{LongHeadlines: []string{"x"}} }},
		{"data", func(c *normalize.Creative) { c.Data = `{"imges":["x"]}` }},
		{"data", func(c *normalize.Creative) { c.Data = `{"images":["x"]}` }},
		{"name", func(c *normalize.Creative) { c.Name = "" }},
		{"item_id", func(c *normalize.Creative) { c.ItemID = "17" }},
	} {
		x := theCreative("refused")
		c.change(&x)
		_, err := d.Creatives.Create(t.Context(), wanted(x))
		refusedAt(t, err, c.field)
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %+v", d.rec.writes())
	}
	w := wanted(theCreative("dry"))
	w.DryRun = true
	got, err := d.Creatives.Create(t.Context(), w)
	if err != nil || got.Checked != providers.CheckedByPlatform {
		t.Errorf("%+v, %v", got, err)
	}
	for _, c := range all(t, d.Creatives, providers.ListQuery{Org: euros}) {
		if c.Name == "dry" {
			t.Error("a dry run made a creative")
		}
	}
}

func TestWriteAsset(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	since := d.sim.Now()
	asked := normalize.Asset{OrganizationID: euros, Name: "banner", Type: normalize.AssetTypeImage, Content: picture(t, 120)}
	dry := wanted(asked)
	dry.DryRun = true
	if got, err := d.Assets.Create(t.Context(), dry); err != nil || got.Checked != providers.CheckedByRules || len(d.rec.writes()) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	got := made(t, d.Assets, asked)
	if got.Name != "banner.png" || got.Type != normalize.AssetTypeImage || got.OrganizationID != euros || len(got.ID) != 32 {
		t.Errorf("%+v", got)
	}
	if again := made(t, d.Assets, asked); again.ID != got.ID {
		t.Errorf("the same content is %s and %s", got.ID, again.ID)
	}
	try := providers.Try{Since: since, Until: d.sim.Now().Add(time.Second)}
	if found, err := d.Assets.Find(t.Context(), wanted(asked), try); err != nil || len(found) != 1 || found[0].ID != got.ID {
		t.Errorf("%+v, %v", found, err)
	}
	video := normalize.Asset{OrganizationID: euros, Name: "clip", Type: normalize.AssetTypeVideo, URL: "https://videos.example/clip.mp4"}
	clip := made(t, d.Assets, video)
	if clip.Name != "clip" || clip.Type != normalize.AssetTypeVideo {
		t.Errorf("%+v", clip)
	}
	if found, err := d.Assets.Find(t.Context(), wanted(video), try); err != nil || len(found) != 1 || found[0].ID != clip.ID {
		t.Errorf("%+v, %v", found, err)
	}
	made(t, d.Assets, normalize.Asset{OrganizationID: euros, Name: "inline.mp4", Type: normalize.AssetTypeVideo, Content: base64.StdEncoding.EncodeToString([]byte("\x00\x00\x00\x18ftypmp42 and so on"))})
	d.rec.forget()
	for field, change := range map[string]func(*normalize.Asset){
		"type":    func(a *normalize.Asset) { a.Type = normalize.AssetTypeText },
		"url":     func(a *normalize.Asset) { a.URL, a.Content = imageURL, "" },
		"content": func(a *normalize.Asset) { a.Content = base64.StdEncoding.EncodeToString([]byte("<svg/>")) },
		"name":    func(a *normalize.Asset) { a.Name = "" },
	} {
		a := asked
		change(&a)
		_, err := d.Assets.Create(t.Context(), wanted(a))
		refusedAt(t, err, field)
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %+v", d.rec.writes())
	}
	ref := providers.Ref{Org: euros, ID: got.ID}
	if _, err := d.Assets.Delete(t.Context(), ref, false); err != nil {
		t.Error(err)
	}
	if _, err := d.Assets.Delete(t.Context(), ref, false); providers.KindOf(err) != providers.NotFound {
		t.Errorf("again: %v", err)
	}
	if _, err := d.Assets.Delete(t.Context(), providers.Ref{Org: euros, ID: clip.ID}, false); providers.KindOf(err) != providers.Unsupported {
		t.Errorf("a video: %v", err)
	}
}

// Who pays for ads in the European Union is asked for, and never guessed.
func TestWriteGroup_DeclarationsAreNotGuessed(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	for account, declared := range map[string]bool{euros: true, dollars: false} { // one has its own declaration
		c := theCampaign("eu")
		c.OrganizationID = account
		g := theGroup(made(t, d.Campaigns, c).ID, "eu")
		g.Targeting.Geographic.Countries = refs("DE")
		_, err := d.Groups.Create(t.Context(), wanted(g))
		e, refusal := errors.AsType[*providers.Error](err)
		if declared != (err == nil) || refusal && (e.Code != "100/3858152" || e.Field != "targeting.geographic" || !strings.Contains(e.Message, "default_dsa_payor")) {
			t.Errorf("%s: %v", account, err)
		}
	}
	for _, w := range d.rec.writes() {
		if w.form.Has("dsa_payor") || w.form.Has("dsa_beneficiary") {
			t.Errorf("sent %v", w.form)
		}
	}
}
