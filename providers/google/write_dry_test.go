package google_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// attempt is a dry run of one write.
func attempt[T normalize.Object](t *testing.T, col providers.Collection[T], org, id string, o T, set ...string) (providers.Written[T], error) {
	t.Helper()
	in := providers.Write[T]{Org: org, Object: o, Set: set, DryRun: true}
	if id == "" {
		return col.Create(t.Context(), in)
	}
	ref := providers.Ref{Org: org, ID: id}
	before, err := col.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	in.Before = &before
	return col.Update(t.Context(), ref, in)
}

// Every dry run is Google's own check, of the very operations that would be sent, and changes nothing.
func TestDryRunsOfEveryKindAreGooglesOwn(t *testing.T) {
	w := writing(t, 0, smallWorld)
	parent := w.manual(t)
	g := w.group(t, normalize.Group{CampaignID: parent.ID, Name: "Wet"})
	c := w.creative(t, searchCreative(g.ID))
	w.sent.take()
	renamed, active, another := g, normalize.Ad{Status: normalize.StatusActive}, c
	renamed.Name, another.LinkURL = "Dry", "https://shop.example/dry"
	for name, run := range map[string]func() (providers.Checked, error){
		"a group": func() (providers.Checked, error) {
			r, err := attempt(t, w.Groups, w.org, "", normalize.Group{CampaignID: parent.ID, Name: "Dry"})
			return r.Checked, err
		},
		"its name": func() (providers.Checked, error) {
			r, err := attempt(t, w.Groups, w.org, g.ID, renamed, "name")
			return r.Checked, err
		},
		"its end": func() (providers.Checked, error) {
			r, err := w.Groups.Delete(t.Context(), providers.Ref{Org: w.org, ID: g.ID}, true)
			return r.Checked, err
		},
		"a creative": func() (providers.Checked, error) {
			r, err := attempt(t, w.Creatives, w.org, "", searchCreative(g.ID))
			return r.Checked, err
		},
		"its link": func() (providers.Checked, error) {
			r, err := attempt(t, w.Creatives, w.org, c.ID, another, "link_url")
			return r.Checked, err
		},
		"its ad": func() (providers.Checked, error) {
			r, err := attempt(t, w.Ads, w.org, c.ID, active, "status")
			return r.Checked, err
		},
		"the ad's end": func() (providers.Checked, error) {
			r, err := w.Ads.Delete(t.Context(), providers.Ref{Org: w.org, ID: c.ID}, true)
			return r.Checked, err
		},
		"an asset": func() (providers.Checked, error) {
			r, err := attempt(t, w.Assets, w.org, "", normalize.Asset{Type: normalize.AssetTypeText, Content: base64.StdEncoding.EncodeToString([]byte("Dry"))})
			return r.Checked, err
		},
	} {
		checked, err := run()
		if err != nil || checked != providers.CheckedByPlatform {
			t.Errorf("%s: checked by %q: %v", name, checked, err)
		}
		for _, m := range w.sent.take() {
			if !m.ValidateOnly {
				t.Errorf("%s is written: %v", name, m)
			}
		}
	}
	if list := all(t, w.Groups, providers.ListQuery{Org: w.org, Campaign: parent.ID}); len(list) != 1 || list[0].Name != "Wet" || list[0].Status != normalize.StatusPaused {
		t.Errorf("groups are %s", jsonOf(t, list))
	}
	if list := all(t, w.Creatives, providers.ListQuery{Org: w.org, Group: g.ID}); len(list) != 1 || list[0].LinkURL != c.LinkURL {
		t.Errorf("creatives are %s", jsonOf(t, list))
	}
	for _, x := range all(t, w.Assets, providers.ListQuery{Org: w.org}) {
		if x.Name == "Dry" {
			t.Error("the asset is made")
		}
	}
	// What Google would refuse, its check refuses, and that is no uncertainty.
	if _, err := attempt(t, w.Groups, w.org, "", normalize.Group{CampaignID: parent.ID, Name: "Wet"}); providers.KindOf(err) != providers.Conflict || uncertain(err) {
		t.Errorf("two of one name: %v", err)
	}
}

func TestEveryFieldOfAnAssetMakesItsTrip(t *testing.T) {
	w := writing(t, 0, smallWorld)
	var bundle bytes.Buffer
	z := zip.NewWriter(&bundle)
	f, err := z.Create("index.html")
	if err == nil {
		_, err = f.Write([]byte("<html></html>"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	base := func(*testing.T, cell) form { return form{"type": "TEXT", "content": text("Warm coats")} }
	trips(t, w, w.Assets, base, "asset", func(a normalize.Asset) string { return "asset.id = " + a.ID }, []cell{
		{path: "organization_id", create: `"` + w.org + `"`},
		{path: "type", create: `"MEDIA_BUNDLE"`, base: map[string]string{"name": `"bundle"`, "content": `"` + base64.StdEncoding.EncodeToString(bundle.Bytes()) + `"`}, stored: "asset.type", was: "MEDIA_BUNDLE"},
		{path: "name", create: `"A hero"`, base: map[string]string{"type": `"IMAGE"`, "content": `"` + picture(t, 20, 10) + `"`}, stored: "asset.name", was: "A hero"},
		{path: "content", create: `"` + text("Größe & Wärme") + `"`, reads: "null", stored: "asset.text_asset.text", was: "Größe"},
		{path: "url", create: `"https://www.youtube.com/watch?v=abcdefghijk"`, base: map[string]string{"type": `"YOUTUBE_VIDEO"`, "content": `""`}, stored: "asset.youtube_video_asset.youtube_video_id", was: `"abcdefghijk"`},
	})
	got, err := w.Assets.Create(t.Context(), providers.Write[normalize.Asset]{Org: w.org, Object: normalize.Asset{Type: normalize.AssetTypeImage, Name: "sized", Content: picture(t, 640, 480)}})
	if err != nil || got.Object.Width == nil || *got.Object.Width != 640 || *got.Object.Height != 480 || got.Object.MimeType != "image/png" || !strings.HasPrefix(got.Object.URL, "https://") {
		t.Errorf("%s %v", jsonOf(t, got.Object), err)
	}
}
