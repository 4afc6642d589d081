package linkedin

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func TestTargeting(t *testing.T) {
	t.Parallel()
	labels := map[string]string{
		"urn:li:geo:1": "Germany", "urn:li:geo:2": "Bavaria, Germany", "urn:li:geo:3": "Munich, Bavaria, Germany", "urn:li:title:9": "Chief Financial Officer",
	}
	ref := func(urn string) normalize.TargetRef { return normalize.TargetRef{ID: urn, Name: labels[urn]} }
	yes := true
	for _, c := range []struct {
		name, wire string
		want       normalize.Targeting
	}{
		{"places by their names", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:profileLocations":["urn:li:geo:1","urn:li:geo:2","urn:li:geo:3"]}}]}}`,
			normalize.Targeting{Geographic: &normalize.GeographicTargeting{
				Countries: []normalize.TargetRef{ref("urn:li:geo:1")}, Regions: []normalize.TargetRef{ref("urn:li:geo:2")},
				Cities:        []normalize.CityTarget{{ID: "urn:li:geo:3", Name: labels["urn:li:geo:3"]}},
				LocationTypes: []normalize.LocationType{normalize.LocationTypeHome},
			}}},
		{"a place without a name keeps its id", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:locations":["urn:li:geo:77"]}}]}}`,
			normalize.Targeting{Audience: &normalize.AudienceTargeting{CombinationSpec: []normalize.AudienceCombination{{References: []normalize.TargetRef{{ID: "urn:li:geo:77"}}}}}}},
		{"neighbouring ages", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:ageRanges":["urn:li:ageRange:(35,54)","urn:li:ageRange:(25,34)"]}}]}}`,
			normalize.Targeting{Demographic: &normalize.DemographicTargeting{AgeMin: ptr[int64](25), AgeMax: ptr[int64](54)}}},
		{"ages without an end", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:ageRanges":["urn:li:ageRange:(55,2147483647)"]}}]}}`,
			normalize.Targeting{Demographic: &normalize.DemographicTargeting{AgeMin: ptr[int64](55)}}},
		{"the young and the old are no range", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:ageRanges":["urn:li:ageRange:(18,24)","urn:li:ageRange:(55,2147483647)"]}}]}}`,
			normalize.Targeting{Audience: &normalize.AudienceTargeting{CombinationSpec: []normalize.AudienceCombination{{References: []normalize.TargetRef{
				{ID: "urn:li:ageRange:(18,24)"}, {ID: "urn:li:ageRange:(55,2147483647)"}}}}}}},
		{"genders", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:genders":["urn:li:gender:FEMALE"]}}]}}`,
			normalize.Targeting{Demographic: &normalize.DemographicTargeting{Female: &yes}}},
		{"work", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:titles":["urn:li:title:9"]}}]},"exclude":{"or":{"urn:li:adTargetingFacet:seniorities":["urn:li:seniority:1"]}}}`,
			normalize.Targeting{Professional: &normalize.ProfessionalTargeting{
				JobTitles: []normalize.TargetRef{ref("urn:li:title:9")}, ExcludedSeniorities: []normalize.TargetRef{{ID: "urn:li:seniority:1"}}}}},
		{"both kinds of segments in one OR", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:audienceMatchingSegments":["urn:li:adSegment:1"],"urn:li:adTargetingFacet:dynamicSegments":["urn:li:adSegment:2"]}}]}}`,
			normalize.Targeting{Audience: &normalize.AudienceTargeting{CustomAudiences: []normalize.TargetRef{{ID: "urn:li:adSegment:1"}, {ID: "urn:li:adSegment:2"}}}}},
		{"one facet twice is an AND, which a list is not", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:interests":["urn:li:interest:1"]}},{"or":{"urn:li:adTargetingFacet:interests":["urn:li:interest:2"]}}]}}`,
			normalize.Targeting{Audience: &normalize.AudienceTargeting{Interests: []normalize.TargetRef{{ID: "urn:li:interest:1"}},
				CombinationSpec: []normalize.AudienceCombination{{Interests: []normalize.TargetRef{{ID: "urn:li:interest:2"}}}}}}},
		{"facets in one OR", `{"include":{"and":[{"or":{"urn:li:adTargetingFacet:memberBehaviors":["urn:li:memberBehavior:1"],"urn:li:adTargetingFacet:skills":["urn:li:skill:2"]}}]}}`,
			normalize.Targeting{Audience: &normalize.AudienceTargeting{CombinationSpec: []normalize.AudienceCombination{{
				Behaviors: []normalize.TargetRef{{ID: "urn:li:memberBehavior:1"}}, References: []normalize.TargetRef{{ID: "urn:li:skill:2"}}}}}}},
		{"excluded places", `{"exclude":{"or":{"urn:li:adTargetingFacet:locations":["urn:li:geo:1","urn:li:geo:3","urn:li:geo:77"]}}}`,
			normalize.Targeting{Geographic: &normalize.GeographicTargeting{ExcludedCountries: []normalize.TargetRef{ref("urn:li:geo:1")},
				ExcludedCities: []normalize.CityTarget{{ID: "urn:li:geo:3", Name: labels["urn:li:geo:3"]}}, ExcludedRegions: []normalize.TargetRef{{ID: "urn:li:geo:77"}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var w campaign
			if err := json.Unmarshal([]byte(`{"targetingCriteria":`+c.wire+`}`), &w); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(&c.want, readTargeting(&w, labels)); d != "" {
				t.Error(d)
			}
		})
	}
	off := readTargeting(&campaign{OffsiteDeliveryEnabled: &yes, AudienceExpansionEnabled: &yes}, nil)
	if !slices.Equal(off.Placement.Platforms, []string{onLinkedIn, onAudienceNetwork}) || !*off.Optimization.AdvantageAudience {
		t.Errorf("switches: %+v", off)
	}
}

func TestCallsToAction(t *testing.T) {
	t.Parallel()
	for _, label := range []string{"APPLY", "DOWNLOAD", "VIEW_QUOTE", "LEARN_MORE", "SIGN_UP", "SUBSCRIBE", "REGISTER", "REQUEST_DEMO", "JOIN", "ATTEND", "UNLOCK_FULL_DOCUMENT"} {
		back, err := writeCTA(readCTA(label))
		if err != nil || back != label {
			t.Errorf("%s reads as %s and is written as %s, %v", label, readCTA(label), back, err)
		}
	}
	for _, cta := range []string{"SHOP_NOW", "BOOK_NOW", "CONTACT_US"} {
		if _, err := writeCTA(cta); providers.KindOf(err) != providers.Rejected {
			t.Errorf("%s: %v", cta, err)
		}
	}
}

func TestPoliticalIntentBothWays(t *testing.T) {
	t.Parallel()
	for _, intent := range []string{"POLITICAL", "NOT_POLITICAL"} {
		if back, err := writePolitical(readPolitical(intent)); err != nil || back != intent {
			t.Errorf("%s: %s, %v", intent, back, err)
		}
	}
	if readPolitical("NOT_DECLARED") != nil || readPolitical("") != nil {
		t.Error("what is not declared reads as declared")
	}
}

func TestFrequencyBothWays(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"HOUR", "DAY", "WEEK", "MONTH"} {
		in := frequencyPreference{OptimizationType: "MAX_FREQUENCY", Frequency: 5}
		in.TimeSpan.Duration, in.TimeSpan.Unit = 7, unit
		if out, err := writeFrequency(*readFrequency(&in)); err != nil || out != in {
			t.Errorf("%+v is written as %+v, %v", in, out, err)
		}
	}
	for _, unit := range []normalize.TimeUnit{normalize.TimeUnitMinutes, normalize.TimeUnitLifetime, ""} {
		if _, err := writeFrequency(normalize.FrequencyCap{MaxImpressions: ptr[int64](1), TimeUnit: unit}); providers.KindOf(err) != providers.Rejected {
			t.Errorf("%s: %v", unit, err)
		}
	}
	if readFrequency(nil) != nil {
		t.Error("a cap out of nothing")
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`Close the books faster \(really\)`: "Close the books faster (really)", `C:\new`: `C:\new`, `a\\b \#tag \*x\*`: `a\b #tag *x*`, `end\`: `end\`, "": "",
	} {
		if got := plainText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCountries(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"United States": "US", "germany": "DE", "Türkiye": "TR", "United Kingdom": "GB", "Hong Kong SAR": "HK", "Côte d’Ivoire": "CI", "South Korea": "KR",
		"Georgia": "GE", "Georgia, United States": "UNKNOWN", "Bavaria": "UNKNOWN", "": "UNKNOWN",
	} {
		if got := countryCode(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if n := len(countryCodes()); n < 280 {
		t.Errorf("%d names", n)
	}
}

func TestCreativeContent(t *testing.T) {
	t.Parallel()
	var c creative
	var p post
	for body, into := range map[string]any{
		`{"id":"urn:li:sponsoredCreative:9","campaign":"urn:li:sponsoredCampaign:7","intendedStatus":"ACTIVE","isServing":true,"review":{"status":"APPROVED"},
		  "content":{"reference":"urn:li:share:5"},"leadgenCallToAction":{"destination":"urn:li:adForm:3","label":"APPLY"}}`: &c,
		`{"id":"urn:li:share:5","author":"urn:li:organization:5001","commentary":"Buy \\*now\\*","adContext":{"dscStatus":"ACTIVE"},
		  "content":{"carousel":{"cards":[{"media":{"id":"urn:li:image:A","title":"One"},"landingPage":"https://x.example/1"},{"media":{"id":"urn:li:image:B"}}]}}}`: &p,
	} {
		if err := json.Unmarshal([]byte(body), into); err != nil {
			t.Fatal(err)
		}
	}
	got := creativeOf(&c, "1", &campaign{CampaignGroup: "urn:li:sponsoredCampaignGroup:6"}, &p, nil)
	want := normalize.Creative{
		ID: "9", OrganizationID: "1", CampaignID: "6", GroupID: "7", Status: normalize.StatusActive, CreativeType: normalize.CreativeTypeAssetBased,
		Title: "One", Body: "Buy *now*", LinkURL: "https://x.example/1", CTA: "APPLY_NOW", Identity: "5001",
		ExternalCreativeReference: "urn:li:share:5", ItemID: "5",
		Promoted: []normalize.Promoted{{ID: "5001", Type: normalize.PromotedTypePageID}, {ID: "3", Type: normalize.PromotedTypeLeadFormID}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if m := mediaOf(&p); !slices.Equal(m, []string{"urn:li:image:A", "urn:li:image:B"}) {
		t.Errorf("media %v", m)
	}
	if ad := adOf(&c, "1", nil, contentOf(&c, &p), nil); ad.EffectiveStatus != normalize.EffectiveStatusServing || ad.AdCopy != "Buy *now*" || ad.CreativeIDs[0] != "9" {
		t.Errorf("%+v", ad)
	}
}
