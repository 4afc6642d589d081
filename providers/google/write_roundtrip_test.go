package google_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const (
	places  = "targeting.geographic."
	display = `"DISPLAY"`
)

func TestEveryFieldOfACampaignMakesItsTrip(t *testing.T) {
	w := writing(t, 0, smallWorld)
	n := 0
	base := func(t *testing.T, _ cell) form {
		n++
		return formOf(t, searchCampaign(fmt.Sprintf("Trip %d", n)))
	}
	one := func(kind normalize.TargetType) string { s, _ := refs(t, w, kind, 3); return s }
	two := func(kind normalize.TargetType) string { _, s := refs(t, w, kind, 3); return s }
	cells := []cell{
		{path: "name", create: `"Trip named"`, update: `"Trip \"renamed\" \\ 日本"`, stored: "campaign.name", was: `"name":"Trip named"`, is: `"name":"Trip \"renamed\" \\ 日本"`},
		{path: "advertising_channel_type", create: display, stored: "campaign.advertising_channel_type", was: `"DISPLAY"`},
		{path: "has_eu_political_ads", create: `false`, update: `true`, stored: "campaign.contains_eu_political_advertising",
			was: `"DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"`, is: `"CONTAINS_EU_POLITICAL_ADVERTISING"`},
		{path: "budget_amount", create: `12.34`, update: `9999999.99`, stored: "campaign_budget.amount_micros", was: `"amountMicros":"12340000"`, is: `"amountMicros":"9999999990000"`},
		{path: "budget_period", base: map[string]string{"end_at": `"2027-06-01T00:00:00+02:00"`}, create: `"LIFETIME"`, stored: "campaign_budget.total_amount_micros", was: `"totalAmountMicros":"50000000"`},
		{path: "budget_unit", create: `"CURRENCY"`}, {path: "currency", create: `"EUR"`}, {path: "organization_id", create: `"` + w.org + `"`},
		{path: "status", create: `"ACTIVE"`, update: `"PAUSED"`, stored: "campaign.status", was: `"ENABLED"`, is: `"PAUSED"`},
		{path: "goal", create: `"LEADS"`, reads: `"UNSPECIFIED"`, stored: "campaign.bidding_strategy_type", was: `"MAXIMIZE_CONVERSIONS"`},
		{path: "bid_strategy", create: `{"performance_goal_type":"CPC","type":"MAXIMIZE_SPEND"}`, update: `{"performance_goal_type":"CPA","type":"MAXIMIZE_SPEND"}`,
			stored: "campaign.bidding_strategy_type", was: `"TARGET_SPEND"`, is: `"MAXIMIZE_CONVERSIONS"`},
		{path: "bid_strategy.performance_goal_amount", base: map[string]string{"bid_strategy": `{"performance_goal_type":"CPA","type":"PERFORMANCE_GOAL"}`},
			create: `12.5`, update: `13.07`, stored: "campaign.maximize_conversions.target_cpa_micros", was: `"12500000"`, is: `"13070000"`},
		{path: "bid_strategy.performance_goal_type", base: map[string]string{"bid_strategy": `{"type":"MAXIMIZE_SPEND"}`}, create: `"CPC"`, update: `"CPA"`},
		{path: "bid_strategy.target_roas", base: map[string]string{"bid_strategy": `{"performance_goal_type":"UNSPECIFIED","type":"PERFORMANCE_GOAL"}`},
			create: `3.5`, update: `4.25`, stored: "campaign.maximize_conversion_value.target_roas", was: `"targetRoas":3.5`, is: `"targetRoas":4.25`},
		{path: "bid_amount", create: `1.2`, update: `0.8`, stored: "campaign.target_spend.cpc_bid_ceiling_micros", was: `"1200000"`, is: `"800000"`},
		{path: "kpi", create: `{"amount":12.5,"type":"CPA"}`, update: `{"amount":2.5,"string_value":"ROAS","type":"OTHER"}`},
		{path: "start_at", create: `"2027-03-01T00:00:00+01:00"`, update: `"2027-04-01T00:00:00+02:00"`, stored: "campaign.start_date_time", was: `"2027-03-01 00:00:00"`, is: `"2027-04-01 00:00:00"`},
		{path: "end_at", create: `"2027-04-01T00:00:00+02:00"`, update: `"2027-12-01T00:00:00+01:00"`, stored: "campaign.end_date_time", was: `"2027-03-31 23:59:59"`, is: `"2027-11-30 23:59:59"`},
		{path: "frequency_cap", base: map[string]string{"advertising_channel_type": display}, create: `{"max_impressions":3,"time_unit":"DAYS","time_unit_count":1}`,
			update: `{"max_impressions":7,"time_unit":"WEEKS","time_unit_count":2}`, stored: "campaign.frequency_caps", was: `"cap":3`, is: `"timeLength":2`},
		{path: "targeting.placement.platforms", create: `["GOOGLE_SEARCH","GOOGLE_SEARCH_PARTNERS"]`, update: `["GOOGLE_SEARCH","GOOGLE_DISPLAY"]`, cleared: `["GOOGLE_SEARCH"]`,
			stored: "campaign.network_settings.target_search_network", was: `"targetSearchNetwork":true`, is: `"targetSearchNetwork":false`},
		{path: places + "presence_type", create: `"PRESENCE"`, update: `"PRESENCE"`, cleared: `"PRESENCE_OR_INTEREST"`},
		{path: "targeting.optimization.mode", create: `"OBSERVATION"`, update: `"TARGETING"`},
		{path: "targeting.device.types", create: `[{"id":"DESKTOP"},{"id":"TABLET"}]`, update: `[{"id":"MOBILE"}]`},
		{path: "targeting.device.carriers", create: one(normalize.TargetTypeCarrier), update: two(normalize.TargetTypeCarrier)},
		{path: "targeting.device.user_device", create: one(normalize.TargetTypeDeviceModel), update: two(normalize.TargetTypeDeviceModel)},
		{path: "targeting.device.user_os", create: one(normalize.TargetTypeOSVersion), update: two(normalize.TargetTypeOSVersion)},
		{path: "targeting.schedule", create: `[{"day_of_week":"MONDAY","end_hour":18,"end_minute":0,"start_hour":8,"start_minute":0}]`,
			update: `[{"bid_modifier":1.2,"day_of_week":"TUESDAY","end_hour":24,"end_minute":0,"start_hour":8,"start_minute":15}]`},
		{path: "targeting.content.excluded_keywords", create: `[{"match_type":"PHRASE","text":"free"}]`, update: `[{"match_type":"EXACT","text":"free"},{"match_type":"BROAD","text":"gratis"}]`},
		{path: "targeting.brand_safety.excluded_content_labels", create: `["TRAGEDY"]`, update: `["PROFANITY","TRAGEDY"]`},
		{path: "targeting.language", create: one(normalize.TargetTypeLocale), update: two(normalize.TargetTypeLocale)},
	}
	for name, kind := range map[string]normalize.TargetType{
		"countries": normalize.TargetTypeCountry, "regions": normalize.TargetTypeRegion, "cities": normalize.TargetTypeCity,
		"postal_codes": normalize.TargetTypeZip, "us_dmas": normalize.TargetTypeUSDma,
	} {
		cells = append(cells, cell{path: places + name, create: one(kind), update: two(kind)}, cell{path: places + "excluded_" + name, create: one(kind), update: two(kind)})
	}
	trips(t, w, w.Campaigns, base, "campaign", func(c normalize.Campaign) string { return "campaign.id = " + c.ID }, cells)
}

func TestEveryFieldOfAGroupMakesItsTrip(t *testing.T) {
	w := writing(t, 0, smallWorld)
	parents := map[string]string{}
	for name, b := range map[string]normalize.BidStrategy{
		"manual": {Type: normalize.BidStrategyTypeFixedBid},
		"cpa":    {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeCpa},
		"roas":   {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeUnspecified, TargetROAS: dec("2")},
	} {
		o := searchCampaign("Parent " + name)
		o.BidStrategy = &b
		parents[name] = w.campaign(t, o).ID
	}
	native := searchCampaign("Parent native")
	native.AdvertisingChannelType = normalize.ChannelNative
	nativeID := w.campaign(t, native).ID
	shown := searchCampaign("Parent display")
	shown.AdvertisingChannelType = normalize.ChannelDisplay
	shownID := w.campaign(t, shown).ID
	w.sent.take()
	n := 0
	base := func(t *testing.T, c cell) form {
		n++
		parent := parents["manual"]
		switch {
		case c.path == "targeting.language" || strings.HasPrefix(c.path, places):
			parent = nativeID
		case strings.Contains(c.path, "performance_goal"):
			parent = parents["cpa"]
		case strings.Contains(c.path, "interests"):
			parent = shownID
		case strings.Contains(c.path, "roas"):
			parent = parents["roas"]
		}
		return formOf(t, normalize.Group{Name: fmt.Sprintf("Trip %d", n), CampaignID: parent})
	}
	one := func(kind normalize.TargetType) string { s, _ := refs(t, w, kind, 3); return s }
	two := func(kind normalize.TargetType) string { _, s := refs(t, w, kind, 3); return s }
	cells := []cell{
		{path: "organization_id", create: `"` + w.org + `"`}, {path: "campaign_id", create: `"` + parents["manual"] + `"`}, {path: "currency", create: `"EUR"`},
		{path: "type", create: `"SEARCH"`, stored: "ad_group.type", was: `"SEARCH_STANDARD"`},
		{path: "optimization_goal", create: `"LINK_CLICKS"`}, {path: "billing_event", create: `"LINK_CLICKS"`},
		{path: "name", create: `"Trip named"`, update: `"Trip's end"`, stored: "ad_group.name", was: `"Trip named"`, is: `"Trip's end"`},
		{path: "status", create: `"ACTIVE"`, update: `"PAUSED"`, stored: "ad_group.status", was: `"ENABLED"`, is: `"PAUSED"`},
		{path: "bid_strategy", create: `{"fixed_bid_amount":1,"type":"FIXED_BID"}`, update: `{"fixed_bid_amount":2,"type":"FIXED_BID"}`, stored: "ad_group.cpc_bid_micros", was: `"1000000"`, is: `"2000000"`},
		{path: "bid_strategy.fixed_bid_amount", base: map[string]string{"bid_strategy": `{"type":"FIXED_BID"}`}, create: `0.5`, update: `0.51`, stored: "ad_group.cpc_bid_micros", was: `"500000"`, is: `"510000"`},
		{path: "bid_strategy.performance_goal_amount", base: map[string]string{"bid_strategy": `{"performance_goal_type":"CPA","type":"PERFORMANCE_GOAL"}`}, create: `7.5`, update: `8`,
			stored: "ad_group.target_cpa_micros", was: `"7500000"`, is: `"8000000"`},
		{path: "bid_strategy.performance_goal_type", base: map[string]string{"bid_strategy": `{"type":"MAXIMIZE_SPEND"}`}, create: `"CPA"`, update: `"CPA"`},
		{path: "bid_strategy.target_roas", base: map[string]string{"bid_strategy": `{"performance_goal_type":"UNSPECIFIED","type":"PERFORMANCE_GOAL"}`}, create: `3`, update: `4.5`, cleared: `2`,
			stored: "ad_group.target_roas", was: `"targetRoas":3`, is: `"targetRoas":4.5`},
		{path: "bid_amount", create: `0.85`, update: `0.9`, stored: "ad_group.cpc_bid_micros", was: `"850000"`, is: `"900000"`},
		{path: "creative_selection", create: `"ROUND_ROBIN"`, update: `"OPTIMIZED"`, stored: "ad_group.ad_rotation_mode", was: `"ROTATE_FOREVER"`, is: `"OPTIMIZE"`},
		{path: "targeting.optimization.advantage_audience", create: `false`, update: `true`, cleared: `false`, stored: "ad_group.optimized_targeting_enabled", is: `true`},
		{path: "targeting.optimization.mode", create: `"OBSERVATION"`, update: `"TARGETING"`},
		{path: "targeting.demographic", create: `{"age_max":44,"age_min":25,"female":true}`, update: `{"age_min":55,"incomes":["INCOME_RANGE_50_60"],"parental_statuses":["PARENT"]}`},
		{path: "targeting.audience.interests", create: one(normalize.TargetTypeInterest), update: two(normalize.TargetTypeInterest)},
		{path: "targeting.audience.excluded_interests", create: one(normalize.TargetTypeInterest), update: two(normalize.TargetTypeInterest)},
		{path: "targeting.audience.custom_audiences", create: one(normalize.TargetTypeUserList), update: two(normalize.TargetTypeUserList)},
		{path: "targeting.audience.excluded_custom_audiences", create: one(normalize.TargetTypeUserList), update: two(normalize.TargetTypeUserList)},
		{path: "targeting.content.keywords", create: `[{"match_type":"PHRASE","text":"winter coat"}]`, update: `[{"match_type":"EXACT","text":"coat"},{"match_type":"PHRASE","text":"winter coat"}]`},
		{path: "targeting.content.excluded_keywords", create: `[{"match_type":"BROAD","text":"free"}]`, update: `[{"match_type":"EXACT","text":"free"}]`},
		{path: "targeting.content.topics", create: one(normalize.TargetTypeTopic), update: two(normalize.TargetTypeTopic)},
		{path: "targeting.content.excluded_topics", create: one(normalize.TargetTypeTopic), update: two(normalize.TargetTypeTopic)},
		{path: "targeting.content.urls", create: `["shop.example"]`, update: `["news.example","shop.example"]`},
		{path: "targeting.content.excluded_urls", create: `["shop.example"]`, update: `["news.example"]`},
		{path: "targeting.content.video.youtube_channels", create: `["UCabcdefghijklmnopqrstuv"]`, update: `["UCbbcdefghijklmnopqrstuv"]`},
		{path: "targeting.content.video.excluded_youtube_channels", create: `["UCabcdefghijklmnopqrstuv"]`, update: `["UCbbcdefghijklmnopqrstuv"]`},
		{path: "targeting.content.video.youtube_videos", create: `["abcdefghijk"]`, update: `["bbcdefghijk"]`},
		{path: "targeting.content.video.excluded_youtube_videos", create: `["abcdefghijk"]`, update: `["bbcdefghijk"]`},
		{path: "targeting.language", create: one(normalize.TargetTypeLocale), update: two(normalize.TargetTypeLocale)},
	}
	for name, kind := range map[string]normalize.TargetType{
		"countries": normalize.TargetTypeCountry, "regions": normalize.TargetTypeRegion, "cities": normalize.TargetTypeCity,
		"postal_codes": normalize.TargetTypeZip, "us_dmas": normalize.TargetTypeUSDma,
	} {
		cells = append(cells, cell{path: places + name, create: one(kind), update: two(kind)}, cell{path: places + "excluded_" + name, create: one(kind), update: two(kind)})
	}
	trips(t, w, w.Groups, base, "ad_group", func(g normalize.Group) string { return "ad_group.id = " + g.ID }, cells)
}

// picture is a PNG of a size.
func picture(t testing.TB, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func (w writer) image(t testing.TB, name string, width, height int) string {
	t.Helper()
	got, err := w.Assets.Create(t.Context(), providers.Write[normalize.Asset]{Org: w.org, Object: normalize.Asset{Type: normalize.AssetTypeImage, Name: name, Content: picture(t, width, height)}})
	if err != nil {
		t.Fatal(err)
	}
	return got.Object.ID
}

func TestEveryFieldOfACreativeMakesItsTrip(t *testing.T) {
	w := writing(t, 0, smallWorld)
	parent := w.manual(t).ID
	search := w.group(t, normalize.Group{CampaignID: parent, Name: "Search"}).ID
	shown := searchCampaign("Display")
	shown.AdvertisingChannelType = normalize.ChannelDisplay
	displayed := w.group(t, normalize.Group{CampaignID: w.campaign(t, shown).ID, Name: "Display"}).ID
	wide, square := w.image(t, "wide", 1200, 628), w.image(t, "square", 300, 300)
	w.sent.take()
	data := fmt.Sprintf(`"{\"images\":[\"%s\",\"%s\"],\"business_name\":\"Acme\"}"`, wide, square)
	base := func(t *testing.T, c cell) form {
		switch c.path {
		case "cta", "texts.long_headlines":
			return form{"group_id": displayed, "link_url": "https://shop.example/a", "title": "Sale", "body": "Order today.", "data": valueOf(t, data),
				"texts": map[string]any{"long_headlines": []any{"Everything for the winter"}}}
		case "name", "data":
			return form{"group_id": displayed, "link_url": "https://shop.example/a", "creative_type": "IMAGE", "name": "An image", "data": fmt.Sprintf(`{"images":["%s"]}`, square)}
		}
		return formOf(t, searchCreative(search))
	}
	const field = "ad_group_ad.ad."
	cells := []cell{
		{path: "organization_id", create: `"` + w.org + `"`}, {path: "group_id", create: `"` + search + `"`}, {path: "campaign_id", create: `"` + parent + `"`}, {path: "creative_type", create: `"ASSET_BASED"`},
		{path: "name", create: `"Named"`, stored: field + "name", was: `"name":"Named"`},
		{path: "data", create: fmt.Sprintf(`"{\"images\":[\"%s\"]}"`, wide), reads: "null", stored: field + "image_ad.image_asset.asset", was: "/assets/" + wide + `"`},
		{path: "status", create: `"ACTIVE"`, reads: `"PROCESSING"`, update: `"PAUSED"`, stored: "ad_group_ad.status", was: `"ENABLED"`, is: `"PAUSED"`},
		{path: "title", base: map[string]string{"texts.titles": `["One","Two","Three"]`}, create: `"One"`, update: `"Another one"`, stored: field + "responsive_search_ad.headlines", was: `"One"`, is: `"Another one"`},
		{path: "body", base: map[string]string{"texts.bodies": `["One.","Two."]`}, create: `"One."`, update: `"Another one."`, stored: field + "responsive_search_ad.descriptions", was: `"One."`, is: `"Another one."`},
		{path: "texts.titles", create: `["One","Two","Three"]`, update: `["Three","Two","One","Four"]`},
		{path: "texts.bodies", create: `["One.","Two."]`, update: `["Two.","Three."]`},
		{path: "texts.long_headlines", create: `["All for the winter"]`, update: `["All for the spring"]`, stored: field + "responsive_display_ad.long_headline", was: "winter", is: "spring"},
		{path: "link_url", create: `"https://shop.example/b?x=1"`, update: `"https://shop.example/c"`, stored: field + "final_urls", was: "/b?x=1", is: "/c"},
		{path: "path1", create: `"winter"`, update: `"spring"`, stored: field + "responsive_search_ad.path1", was: "winter", is: "spring"},
		{path: "path2", create: `"sale"`, update: `"new"`, stored: field + "responsive_search_ad.path2", was: "sale", is: "new"},
		{path: "url_tags", create: `"utm_source=a"`, update: `"utm_source=b"`, stored: field + "final_url_suffix", was: "=a", is: "=b"},
		{path: "cta", create: `"SHOP_NOW"`, update: `"LEARN_MORE"`, stored: field + "responsive_display_ad.call_to_action_text", was: "Shop now", is: "Learn more"},
	}
	trips(t, w, w.Creatives, base, "ad_group_ad", func(c normalize.Creative) string {
		group, ad, _ := strings.Cut(c.ID, "~")
		return "ad_group.id = " + group + " AND ad_group_ad.ad.id = " + ad
	}, cells)
}
