package google_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// raw sends operations of Google's own as they are.
func (w writer) raw(t testing.TB, operations string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://googleads.googleapis.com/v25/customers/"+w.org+"/googleAds:mutate", strings.NewReader(`{"mutateOperations":[`+operations+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := w.Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	w.sent.take()
}

// Texts that stay keep the place that somebody has pinned them to.
func TestTextsKeepTheirPins(t *testing.T) {
	w := writing(t, 0, smallWorld)
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "Ads"})
	c := w.creative(t, searchCreative(g.ID))
	_, ad, _ := strings.Cut(c.ID, "~")
	w.raw(t, `{"adOperation":{"update":{"resourceName":"customers/`+w.org+`/ads/`+ad+`","responsiveSearchAd":{"headlines":[{"text":"Winter sale","pinnedField":"HEADLINE_1"},{"text":"Warm coats"},{"text":"Free returns"}]}},"updateMask":"responsiveSearchAd.headlines"}}`)
	if _, err := w.patchCreative(t, c, []string{"texts.titles"}, func(o *normalize.Creative) { o.Texts.Titles = []string{"Winter sale", "Warm hats", "Free returns"} }); err != nil {
		t.Fatal(err)
	}
	got := w.stored(t, "SELECT ad_group_ad.ad.responsive_search_ad.headlines FROM ad_group_ad WHERE ad_group_ad.ad.id = "+ad)
	if strings.Count(got, "HEADLINE_1") != 1 || !strings.Contains(got, "Warm hats") || strings.Contains(got, "Warm coats") {
		t.Error(got)
	}
}

// What a targeting of ours cannot say stays at Google, whatever else of it is changed.
func TestCriteriaThatOursCannotSayStay(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Kept")
	o.Targeting = &normalize.Targeting{Geographic: &normalize.GeographicTargeting{Countries: []normalize.TargetRef{{ID: "DE"}}}}
	c := w.campaign(t, o)
	campaign := `"campaign":"customers/` + w.org + `/campaigns/` + c.ID + `"`
	w.raw(t, `{"campaignCriterionOperation":{"create":{`+campaign+`,"negative":true,"ipBlock":{"ipAddress":"192.0.2.1/32"}}}},`+
		`{"campaignCriterionOperation":{"create":{`+campaign+`,"proximity":{"geoPoint":{"latitudeInMicroDegrees":52520000,"longitudeInMicroDegrees":13400000},"radius":10,"radiusUnits":"KILOMETERS"}}}},`+
		`{"campaignCriterionOperation":{"create":{`+campaign+`,"device":{"type":"MOBILE"},"bidModifier":1.3}}}`)
	c, err := w.Campaigns.Get(t.Context(), providers.Ref{Org: w.org, ID: c.ID})
	if err != nil || len(c.Targeting.Geographic.Cities) != 1 || c.Targeting.Geographic.Cities[0].Radius == nil {
		t.Fatalf("%s %v", jsonOf(t, c.Targeting), err)
	}
	kinds := func() string {
		var out []string
		for _, kind := range []string{"IP_BLOCK", "PROXIMITY", "DEVICE"} {
			out = append(out, w.stored(t, "SELECT campaign_criterion.type, campaign_criterion.bid_modifier, campaign_criterion.criterion_id FROM campaign_criterion WHERE campaign_criterion.status != 'REMOVED' AND campaign.id = "+c.ID+" AND campaign_criterion.type = "+kind))
		}
		return strings.Join(out, " ")
	}
	before := kinds()
	got, err := w.patch(t, c, []string{"targeting.geographic.countries", "targeting.geographic.cities", "targeting.device.types"}, func(o *normalize.Campaign) {
		geo := *o.Targeting.Geographic
		geo.Countries = []normalize.TargetRef{{ID: "AT"}}
		targeting := *o.Targeting
		targeting.Geographic = &geo
		o.Targeting = &targeting
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	if sent := w.sent.take(); len(sent) != 1 || len(sent[0].Operations) != 2 {
		t.Errorf("sent %v", sent)
	}
	if after := kinds(); after != before {
		t.Errorf("there is %s, there was %s", after, before)
	}
	if g := got.Object.Targeting.Geographic; len(g.Countries) != 1 || g.Countries[0].ID != "geoTargetConstants/2040" || len(g.Cities) != 1 {
		t.Errorf("read back %s", jsonOf(t, g))
	}
	w.sent.take()
	for name, change := range map[string]func(*normalize.GeographicTargeting){
		"another radius": func(g *normalize.GeographicTargeting) { g.Cities[0].Radius = dec("11") },
		"a new circle": func(g *normalize.GeographicTargeting) {
			g.Cities = append(g.Cities, normalize.CityTarget{ID: "1003854", Radius: dec("5")})
		},
	} {
		_, err = w.patch(t, got.Object, []string{"targeting.geographic.cities"}, func(o *normalize.Campaign) {
			geo := normalize.GeographicTargeting{Cities: []normalize.CityTarget{o.Targeting.Geographic.Cities[0]}}
			change(&geo)
			o.Targeting = &normalize.Targeting{Geographic: &geo}
		}, false)
		if blamedOf(err) != "targeting.geographic.cities" || len(w.sent.take()) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err = w.patch(t, got.Object, []string{"targeting.geographic.cities"}, func(o *normalize.Campaign) { o.Targeting = nil }, false); err != nil || len(got.Object.Targeting.Geographic.Cities) > 0 {
		t.Errorf("the circle cannot be given up: %s %v", jsonOf(t, got.Object.Targeting.Geographic), err)
	}
}
