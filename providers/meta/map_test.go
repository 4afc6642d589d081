package meta

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
)

func readWire(t *testing.T, text string) *normalize.Targeting {
	t.Helper()
	var w adSet
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		t.Fatal(err)
	}
	return readTargeting(&w)
}

// sameNumbers compares decimals by their value.
var sameNumbers = cmp.Comparer(func(a, b normalize.Decimal) bool { return a.Cmp(b) == 0 })

func refsOf(ids ...string) []normalize.TargetRef {
	var out []normalize.TargetRef
	for _, id := range ids {
		out = append(out, normalize.TargetRef{ID: id})
	}
	return out
}

// TestNormalizationTargeting reads every part of a targeting that the table has for Meta. A part that is not known here
// fails; those that Meta refuses have nothing to read.
func TestNormalizationTargeting(t *testing.T) {
	t.Parallel()
	ten := normalize.Int(10)
	yes, no := true, false
	reads := map[string]struct {
		wire string
		want normalize.Targeting
	}{
		"geographic.countries, regions, cities": {
			`{"geo_locations":{"countries":["DE"],"regions":[{"key":"1500","name":"Berlin"}],"cities":[{"key":"2438000","name":"Bonn"}]},"excluded_geo_locations":{"countries":["AT"],"regions":[{"key":"7"}],"cities":[{"key":"8"}]}}`,
			normalize.Targeting{Geographic: &normalize.GeographicTargeting{
				Countries: refsOf("DE"), Regions: []normalize.TargetRef{{ID: "region:1500", Name: "Berlin"}}, Cities: []normalize.CityTarget{{ID: "city:2438000", Name: "Bonn"}},
				ExcludedCountries: refsOf("AT"), ExcludedRegions: refsOf("region:7"), ExcludedCities: []normalize.CityTarget{{ID: "city:8"}},
			}},
		},
		"cities[].radius": {
			`{"geo_locations":{"cities":[{"key":"1","radius":10,"distance_unit":"kilometer"},{"key":"2","radius":10,"distance_unit":"mile"}]}}`,
			normalize.Targeting{Geographic: &normalize.GeographicTargeting{Cities: []normalize.CityTarget{
				{ID: "city:1", Radius: &ten, RadiusUnit: normalize.RadiusUnitKilometers}, {ID: "city:2", Radius: &ten, RadiusUnit: normalize.RadiusUnitMiles},
			}}},
		},
		"postal_codes": {
			`{"geo_locations":{"zips":[{"key":"US:94110"}]},"excluded_geo_locations":{"zips":[{"key":"DE:10115"}]}}`,
			normalize.Targeting{Geographic: &normalize.GeographicTargeting{PostalCodes: refsOf("US:94110"), ExcludedPostalCodes: refsOf("DE:10115")}},
		},
		"us_dmas": {
			`{"geo_locations":{"geo_markets":[{"key":"COMSCORE_MARKET:2051","name":"Boston"}]}}`,
			normalize.Targeting{Geographic: &normalize.GeographicTargeting{USDMAs: []normalize.TargetRef{{ID: "COMSCORE_MARKET:2051", Name: "Boston"}}}},
		},
		"demographic.age_min/max": {`{"age_min":25,"age_max":65}`, normalize.Targeting{Demographic: &normalize.DemographicTargeting{AgeMin: ptr[int64](25), AgeMax: ptr[int64](65)}}},
		"demographic.male/female": {`{"genders":[2]}`, normalize.Targeting{Demographic: &normalize.DemographicTargeting{Female: &yes}}},
		"language":                {`{"locales":[6,24]}`, normalize.Targeting{Language: refsOf("locale:6", "locale:24")}},
		"audience.interests": {
			`{"flexible_spec":[{"interests":[{"id":"6003"}]}],"exclusions":{"interests":[{"id":"6004"}]}}`,
			normalize.Targeting{Audience: &normalize.AudienceTargeting{Interests: refsOf("6003"), ExcludedInterests: refsOf("6004")}},
		},
		"audience.behaviors": {
			`{"flexible_spec":[{"behaviors":[{"id":"6002"}]}],"exclusions":{"behaviors":[{"id":"6005"}]}}`,
			normalize.Targeting{Audience: &normalize.AudienceTargeting{Behaviors: refsOf("6002"), ExcludedBehaviors: refsOf("6005")}},
		},
		"audience.custom_audiences": {
			`{"custom_audiences":[{"id":"2384","name":"Buyers"}],"excluded_custom_audiences":[{"id":"2385"}]}`,
			normalize.Targeting{Audience: &normalize.AudienceTargeting{CustomAudiences: []normalize.TargetRef{{ID: "2384", Name: "Buyers"}}, ExcludedCustomAudiences: refsOf("2385")}},
		},
		"audience.lookalike_audiences": { // an ad set does not tell them from the others
			`{"custom_audiences":[{"id":"2384"}]}`, normalize.Targeting{Audience: &normalize.AudienceTargeting{CustomAudiences: refsOf("2384")}},
		},
		"audience.combination_spec": { // what is ORed across kinds, and a second entry of a kind, are no lists of ours
			`{"flexible_spec":[{"interests":[{"id":"1"}]},{"interests":[{"id":"2"}]},{"interests":[{"id":"3"}],"behaviors":[{"id":"4"}]},{"life_events":[{"id":"5"}]},{"education_statuses":[3],"work_positions":[{"id":"6"}]},{}]}`,
			normalize.Targeting{Audience: &normalize.AudienceTargeting{Interests: refsOf("1"), CombinationSpec: []normalize.AudienceCombination{
				{Interests: refsOf("2")}, {Interests: refsOf("3"), Behaviors: refsOf("4")}, {LifeEvents: refsOf("5")}, {References: refsOf("3", "6")},
			}}},
		},
		"device.types": {`{"device_platforms":["mobile","connected_tv"]}`, normalize.Targeting{Device: &normalize.DeviceTargeting{Types: refsOf("mobile", "connected_tv")}}},
		"device.user_os, user_device, carriers": {
			`{"user_os":["iOS_ver_17.0_and_above"],"user_device":["iPhone 15"],"wireless_carrier":["Wifi"]}`,
			normalize.Targeting{Device: &normalize.DeviceTargeting{UserOS: refsOf("iOS_ver_17.0_and_above"), UserDevice: refsOf("iPhone 15"), Carriers: refsOf("Wifi")}},
		},
		"placement.platforms": {
			`{"publisher_platforms":["facebook","audience_network","something_new"]}`,
			normalize.Targeting{Placement: &normalize.PlacementTargeting{Platforms: []string{"FACEBOOK", "META_AUDIENCE_NETWORK", "SOMETHING_NEW"}}},
		},
		"placement.*_positions": {
			`{"facebook_positions":["feed"],"instagram_positions":["reels"],"messenger_positions":["story"],"audience_network_positions":["classic"]}`,
			normalize.Targeting{Placement: &normalize.PlacementTargeting{
				FacebookPositions: []string{"feed"}, InstagramPositions: []string{"reels"}, MessengerPositions: []string{"story"}, AudienceNetworkPositions: []string{"classic"},
			}},
		},
		"optimization.advantage_audience":   {`{"targeting_automation":{"advantage_audience":1}}`, normalize.Targeting{Optimization: &normalize.TargetingOptimization{AdvantageAudience: &yes}}},
		"optimization.advantage_placements": {`{"targeting_automation":{"advantage_audience":0}}`, normalize.Targeting{Optimization: &normalize.TargetingOptimization{AdvantageAudience: &no}}},
	}
	for _, p := range conformance.NormalizationOf(t, "meta").Targeting() {
		switch p.Ours {
		case "lives on", "update", "required", "brand_safety", "schedule": // rules of writing, raw, and below
			continue
		}
		c, known := reads[p.Ours]
		if !known && !p.Refused {
			t.Errorf("the part %q is not known here", p.Ours)
		}
		if !known {
			continue
		}
		if c.want.Optimization == nil {
			c.want.Optimization = &normalize.TargetingOptimization{}
		}
		c.want.Optimization.AdvantagePlacements = ptr(c.want.Placement == nil)
		if d := cmp.Diff(&c.want, readWire(t, `{"targeting":`+c.wire+`}`), sameNumbers); d != "" {
			t.Errorf("%s: %s", p.Ours, d)
		}
	}
	got := readWire(t, `{"adset_schedule":[{"start_minute":540,"end_minute":1440,"days":[0,1,9]},{"start_minute":30,"end_minute":90,"days":[6]}],"targeting":{}}`).Schedule
	want := []normalize.Schedule{
		{DayOfWeek: normalize.DayOfWeekSunday, StartHour: 9, EndHour: 24}, {DayOfWeek: normalize.DayOfWeekMonday, StartHour: 9, EndHour: 24},
		{DayOfWeek: normalize.DayOfWeekSaturday, StartMinute: ptr[int64](30), EndHour: 1, EndMinute: ptr[int64](30)},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("schedule: %s", d)
	}
	if readWire(t, `{}`) != nil {
		t.Error("no targeting is not an empty one")
	}
}

func TestCategories(t *testing.T) {
	t.Parallel()
	for ours, wire := range categories {
		got, err := writeCategory(ours)
		if err != nil || !slices.Equal(got, []string{wire}) || readCategory(got) != ours {
			t.Errorf("%s is written as %v, %v", ours, got, err)
		}
	}
	if got := readCategory([]string{"NONE"}); got != "" {
		t.Errorf("NONE is %q", got)
	}
	if got := readCategory([]string{"CREDIT"}); got != "FINANCIAL" {
		t.Errorf("CREDIT is %q", got)
	}
	if _, err := writeCategory("GAMES"); providers.KindOf(err) != providers.Rejected {
		t.Errorf("an unknown one: %v", err)
	}
}

// Meta declares no categories by an empty list: a text is refused (trap 21).
func TestTrap21_CategoriesAreAList(t *testing.T) {
	t.Parallel()
	got, err := writeCategory("")
	if b, _ := json.Marshal(got); err != nil || string(b) != "[]" {
		t.Errorf("no category is written as %s, %v", b, err)
	}
}

// Offsets are Meta's own: a fixed ÷ 100 made of 5,000 yen 50 (trap 1).
func TestTrap01_OffsetsAreMetasOwn(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for currency, want := range map[string]string{"JPY": "5000", "HUF": "5000", "TWD": "5000", "COP": "5000", "EUR": "50", "BHD": "50", "JOD": "50"} {
		c, err := campaignOf(&campaign{DailyBudget: amount(t, `"5000"`), LifetimeBudget: amount(t, `"0"`), BidStrategy: "COST_CAP"}, currency, now, nil)
		if err != nil || c.BudgetAmount.String() != want || c.BudgetPeriod != normalize.BudgetPeriodDaily || c.Currency != currency {
			t.Errorf("5000 of %s: %v %v", currency, c.BudgetAmount, err)
		}
		g, err := groupOf(&adSet{BidStrategy: "COST_CAP", BidAmount: amount(t, `5000`)}, currency, now, nil)
		if err != nil || g.BidStrategy.PerformanceGoalAmount.String() != want || g.BudgetAmount != nil {
			t.Errorf("a bid of 5000 of %s: %+v %v", currency, g.BidStrategy, err)
		}
	}
	for _, currency := range []string{"XAU", "KWD", "eur", ""} {
		if _, err := fromMinor(currency, amount(t, `"5000"`)); providers.KindOf(err) != providers.Unsupported {
			t.Errorf("%q, which is not in Meta's table: %v", currency, err)
		}
		if _, err := toMinor(currency, "budget_amount", normalize.Int(5)); providers.KindOf(err) != providers.Unsupported {
			t.Errorf("%q is written: %v", currency, err)
		}
	}
	for d, currency := range map[string]string{"0.001": "EUR", "0.5": "JPY", "-1": "EUR", "1.234": "BHD"} {
		v, err := normalize.ParseDecimal(d)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := toMinor(currency, "budget_amount", v); providers.KindOf(err) != providers.Rejected {
			t.Errorf("%s %s is written as %d, %v", d, currency, n, err)
		}
	}
	// An object without an amount needs no currency that is known.
	if c, err := campaignOf(&campaign{DailyBudget: amount(t, `"0"`)}, "XAU", now, nil); err != nil || c.BudgetAmount != nil || c.BudgetPeriod != "" {
		t.Errorf("no budget: %+v %v", c, err)
	}
}

// Types on the wire vary by endpoint and version (trap 12).
func TestTrap12_TypesVary(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, body := range []string{
		`{"id":"7","daily_budget":"600","bid_amount":99,"start_time":"2026-11-05T09:30:00+0100","targeting":{"age_min":18,"locales":[6]}}`,
		`{"id":7,"daily_budget":600.0,"bid_amount":99.0,"start_time":1793867400,"targeting":{"age_min":"18","locales":["6"]}}`,
		`{"id":7,"daily_budget":600,"bid_amount":"99","start_time":"1793867400","targeting":{"age_min":18.0,"locales":[6]},"end_time":0}`,
		`{"id":"7","daily_budget":"600","bid_amount":99,"start_time":"2026-11-05T08:30:00Z","targeting":{"age_min":18,"locales":[6]},"end_time":"1969-12-31T16:00:00-0800"}`,
	} {
		var w adSet
		if err := json.Unmarshal([]byte(body), &w); err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		w.BidStrategy = bidCap
		g, err := groupOf(&w, "EUR", now, nil)
		if err != nil || g.ID != "7" || g.BudgetAmount.String() != "6" || g.BidAmount.String() != "0.99" || g.StartAt.Unix() != 1793867400 || g.EndAt != nil ||
			*g.Targeting.Demographic.AgeMin != 18 || g.Targeting.Language[0].ID != "locale:6" {
			t.Errorf("%s: %+v, %v", body, g, err)
		}
	}
	for body, want := range map[string]truth{`true`: true, `"true"`: true, `1`: true, `"1"`: true, `false`: false, `"false"`: false, `0`: false, `null`: false} {
		var got truth
		if err := got.UnmarshalJSON([]byte(body)); err != nil || got != want {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
	var got truth
	if err := got.UnmarshalJSON([]byte(`"yes"`)); err == nil {
		t.Error("yes is taken for a boolean")
	}
	for _, data := range []string{`{"blame_field_specs":[["daily_budget"]]}`, `"{\"blame_field_specs\":[[\"daily_budget\"]]}"`} {
		e := classify(400, nil, []byte(`{"error":{"code":"100","error_subcode":1885272,"message":"Invalid parameter","error_user_msg":"too low","error_data":`+data+`}}`))
		if e.Field != "budget_amount" || e.Code != "100/1885272" || e.Kind != providers.Rejected {
			t.Errorf("error_data %s: %+v", data, e)
		}
	}
}

func TestCreativeContent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wire, title, body, link, cta string
		urls, assets                 int // signed addresses; titles among the texts
	}{
		"a single image": {`{"object_story_spec":{"page_id":"6","link_data":{"link":"https://x.example","message":"m","name":"n","image_hash":"h","call_to_action":{"type":"SHOP_NOW","value":{"link":"https://y.example"}}}}}`,
			"n", "m", "https://x.example", "SHOP_NOW", 1, 0},
		"a video": {`{"object_story_spec":{"page_id":"6","video_data":{"video_id":"1","title":"n","message":"m","image_url":"https://t.example","call_to_action":{"type":"SIGN_UP","value":{"link":"https://x.example"}}}}}`,
			"n", "m", "https://x.example", "SIGN_UP", 1, 0},
		"a carousel": {`{"object_story_spec":{"page_id":"6","link_data":{"message":"m","child_attachments":[{"name":"one","link":"https://x.example","image_hash":"h"},{"name":"two","link":"https://z.example","image_hash":"i","call_to_action":{"type":"BUY_NOW"}}]}}}`,
			"one", "m", "https://x.example", "BUY_NOW", 2, 2},
		"a dynamic one": {`{"object_story_spec":{"page_id":"6"},"asset_feed_spec":{"titles":[{"text":"n"},{"text":"n2"}],"bodies":[{"text":"m"}],"link_urls":[{"website_url":"https://x.example"}],"call_to_action_types":["LEARN_MORE"],"images":[{"hash":"h"},{"hash":"i"}]}}`,
			"n", "m", "https://x.example", "LEARN_MORE", 2, 2},
		"a catalogue": {`{"product_set_id":"9","object_story_spec":{"page_id":"6","template_data":{"name":"{{product.name}}","message":"m","link":"https://x.example","call_to_action":{"type":"SHOP_NOW"}}},"thumbnail_url":"https://t.example"}`,
			"{{product.name}}", "m", "https://x.example", "SHOP_NOW", 1, 0},
		"flat copies only": {`{"title":"n","body":"m","link_url":"https://x.example","call_to_action_type":"SIGN_UP","image_url":"https://t.example"}`,
			"n", "m", "https://x.example", "SIGN_UP", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w adCreative
			if err := json.Unmarshal([]byte(c.wire), &w); err != nil {
				t.Fatal(err)
			}
			got := creativeOf(&w, map[string]string{"h": "https://h.example", "i": "https://i.example"}, nil)
			if got.Title != c.title || got.Body != c.body || got.LinkURL != c.link || got.CTA != c.cta || len(got.AssetURLs) != c.urls {
				t.Errorf("%+v", got)
			}
			if c.assets > 0 && (len(got.Texts.Titles) != c.assets || !json.Valid([]byte(got.Data))) || c.assets == 0 && got.Data != "" {
				t.Errorf("texts %+v, data %s", got.Texts, got.Data)
			}
			if w.Story != nil && (got.Identity != "6" || got.Promoted[0].ID != "6" || got.Promoted[0].Type != normalize.PromotedTypePageID) {
				t.Errorf("who speaks: %+v", got)
			}
			a := adOf(&ad{ID: "1", Creative: &adCreative{ID: "2", Title: w.Title, Body: w.Body, LinkURL: w.LinkURL, Story: w.Story, Feed: w.Feed, CallToActionType: w.CallToActionType}}, time.Now(), nil)
			if a.Headline != c.title || a.AdCopy != c.body || a.FinalURL != c.link || a.CTA != c.cta || !slices.Equal(a.CreativeIDs, []string{"2"}) {
				t.Errorf("as an ad: %+v", a)
			}
		})
	}
}
