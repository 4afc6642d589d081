package google_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

// Performance Max: the campaign, and then the group, the ad and the creative in one.
func TestAPerformanceMaxCampaignAndItsAssetGroup(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Everywhere")
	o.AdvertisingChannelType, o.Goal = normalize.ChannelPerformanceMax, normalize.GoalSales
	o.Targeting = &normalize.Targeting{Geographic: &normalize.GeographicTargeting{Countries: []normalize.TargetRef{{ID: "DE"}}}, Language: []normalize.TargetRef{{ID: "1001"}}}
	c := w.campaign(t, o)
	if got := w.stored(t, "SELECT campaign.bidding_strategy_type, campaign.brand_guidelines_enabled FROM campaign WHERE campaign.id = "+c.ID); !strings.Contains(got, "MAXIMIZE_CONVERSION_VALUE") || !strings.Contains(got, `"brandGuidelinesEnabled":false`) {
		t.Error(got)
	}
	wide, square, logo := w.image(t, "wide", 1200, 628), w.image(t, "square", 300, 300), w.image(t, "logo", 128, 128)
	base := normalize.Creative{
		CampaignID: c.ID, Name: "All of it", LinkURL: "https://shop.example/", Path1: "winter",
		Texts: &normalize.CreativeTexts{Titles: []string{"Winter sale", "Warm coats", "Free returns"}, LongHeadlines: []string{"Everything for the winter"}, Bodies: []string{"Up to 40% off.", "Order today."}},
		Data:  jsonOf(t, map[string]any{"images": []string{wide, square}, "logos": []string{logo}, "business_name": "Warm coats"}),
	}
	in := providers.Write[normalize.Creative]{Org: w.org, Object: base}
	w.sent.take()
	dry := in
	dry.DryRun = true
	if got, err := w.Creatives.Create(t.Context(), dry); err != nil || got.Checked != providers.CheckedByPlatform {
		t.Fatal(got, err)
	}
	if err := w.sim.Fault(sim.Fault{Path: "googleAds:mutate", CutAfterBytes: new(int64)}); err != nil {
		t.Fatal(err)
	}
	w.sent.take()
	if _, err := w.Creatives.Create(t.Context(), in); !uncertain(err) {
		t.Fatal(err)
	}
	if sent := w.sent.take(); len(sent) != 1 || len(sent[0].Operations) != 6+1+10 { // a text that is used twice is made once
		t.Errorf("sent %v", sent)
	}
	found, err := w.Creatives.Find(t.Context(), in, providers.Try{})
	if err != nil || len(found) != 1 || !strings.HasPrefix(found[0].ID, "assetgroup:") {
		t.Fatalf("%s %v", jsonOf(t, found), err)
	}
	in.Object.Name = "Another"
	got, err := w.Creatives.Create(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	x := got.Object
	slices.Sort(x.Texts.Titles)
	if x.LinkURL != base.LinkURL || x.Path1 != "winter" || x.CampaignID != c.ID || x.Status != normalize.StatusPaused || len(x.AssetURLs) != 3 ||
		!slices.Equal(x.Texts.Titles, []string{"Free returns", "Warm coats", "Winter sale"}) || len(x.Texts.Bodies) != 2 || len(x.Texts.LongHeadlines) != 1 {
		t.Errorf("read back %s", jsonOf(t, x))
	}
	g, err := w.Groups.Get(t.Context(), providers.Ref{Org: w.org, ID: x.ID})
	if err != nil || g.Name != "Another" || g.CampaignID != c.ID || g.Status != normalize.StatusPaused {
		t.Errorf("the group is %s: %v", jsonOf(t, g), err)
	}
	ad, err := w.Ads.Create(t.Context(), providers.Write[normalize.Ad]{Org: w.org, Object: normalize.Ad{GroupID: x.ID, CreativeIDs: []string{x.ID}, Status: normalize.StatusActive}})
	if err != nil || ad.Object.ID != x.ID || ad.Object.Status != normalize.StatusActive {
		t.Errorf("the ad is %s: %v", jsonOf(t, ad.Object), err)
	}
}

func TestWhatAnAssetGroupCannotBeIsRefusedBeforeAnythingIsSent(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Everywhere")
	o.AdvertisingChannelType = normalize.ChannelPerformanceMax
	c, search := w.campaign(t, o), w.manual(t)
	wide, square, logo := w.image(t, "wide", 1200, 628), w.image(t, "square", 300, 300), w.image(t, "logo", 128, 128)
	data := func(images, logos []string) string {
		return jsonOf(t, map[string]any{"images": images, "logos": logos, "business_name": "Acme"})
	}
	w.sent.take()
	for name, x := range map[string]struct {
		field  string
		change func(*normalize.Creative)
	}{
		"no name":         {"name", func(o *normalize.Creative) { o.Name = "" }},
		"few titles":      {"texts.titles", func(o *normalize.Creative) { o.Texts.Titles = o.Texts.Titles[:2] }},
		"one body":        {"texts.bodies", func(o *normalize.Creative) { o.Texts.Bodies = o.Texts.Bodies[:1] }},
		"no long one":     {"texts.long_headlines", func(o *normalize.Creative) { o.Texts.LongHeadlines = nil }},
		"no logo":         {"data", func(o *normalize.Creative) { o.Data = data([]string{wide, square}, nil) }},
		"no square":       {"data", func(o *normalize.Creative) { o.Data = data([]string{wide}, []string{logo}) }},
		"tags":            {"url_tags", func(o *normalize.Creative) { o.URLTags = "a=b" }},
		"a cta":           {"cta", func(o *normalize.Creative) { o.CTA = "SHOP_NOW" }},
		"another kind":    {"creative_type", func(o *normalize.Creative) { o.CreativeType = normalize.CreativeTypeImage }},
		"no such parent":  {"campaign_id", func(o *normalize.Creative) { o.CampaignID = "1" }},
		"a search parent": {"group_id", func(o *normalize.Creative) { o.CampaignID = search.ID }},
		"no parent":       {"group_id", func(o *normalize.Creative) { o.CampaignID = "" }},
		"no link":         {"link_url", func(o *normalize.Creative) { o.LinkURL = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			o := normalize.Creative{
				CampaignID: c.ID, Name: "All of it", LinkURL: "https://shop.example/", Data: data([]string{wide, square}, []string{logo}),
				Texts: &normalize.CreativeTexts{Titles: []string{"Winter sale", "Warm coats", "Free returns"}, LongHeadlines: []string{"Everything for the winter"}, Bodies: []string{"Up to 40% off.", "Order today."}},
			}
			x.change(&o)
			if _, err := w.Creatives.Create(t.Context(), providers.Write[normalize.Creative]{Org: w.org, Object: o}); blamedOf(err) != x.field || len(w.sent.take()) > 0 {
				t.Errorf("%v of %s", err, blamedOf(err))
			}
		})
	}
	for field, change := range map[string]func(*normalize.Campaign){
		"bid_strategy.type": func(o *normalize.Campaign) {
			o.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid}
		},
		"targeting.device": func(o *normalize.Campaign) {
			o.Targeting = &normalize.Targeting{Device: &normalize.DeviceTargeting{Types: []normalize.TargetRef{{ID: "MOBILE"}}}}
		},
		"frequency_cap": func(o *normalize.Campaign) {
			o.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to(int64(1)), TimeUnit: normalize.TimeUnitDays}
		},
		"targeting.placement.platforms": func(o *normalize.Campaign) {
			o.Targeting = &normalize.Targeting{Placement: &normalize.PlacementTargeting{Platforms: []string{"GOOGLE_SEARCH"}}}
		},
	} {
		o := o
		o.Name = "Refused"
		change(&o)
		if _, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: o}); blamedOf(err) != field || len(w.sent.take()) > 0 {
			t.Errorf("%s: %v of %s", field, err, blamedOf(err))
		}
	}
	if _, err := w.Groups.Create(t.Context(), providers.Write[normalize.Group]{Org: w.org, Object: normalize.Group{CampaignID: c.ID, Name: "Assets"}}); blamedOf(err) != "campaign_id" || len(w.sent.take()) > 0 {
		t.Errorf("a group without what it shows: %v", err)
	}
}
