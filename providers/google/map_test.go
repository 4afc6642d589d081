package google

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/rest"
)

// criteriaOf reads criteria out of JSON, as the platform sends them.
func criteriaOf(t *testing.T, list string) []criterion {
	t.Helper()
	var out []criterion
	if err := rest.Unmarshal([]byte(list), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// asJSON is what a caller sees.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTargeting(t *testing.T) {
	t.Parallel()
	geo := map[string]geoTarget{
		"2276": {Name: "Germany", TargetType: "Country"}, "1003854": {Name: "Berlin", TargetType: "City"}, "20228": {Name: "Bavaria", TargetType: "State"},
		"9041082": {Name: "10115", TargetType: "Postal Code"}, "200501": {Name: "New York NY", TargetType: "DMA Region"},
	}
	for _, c := range []struct{ name, criteria, want string }{
		{"nothing", `[]`, `null`},
		{"places", `[{"type":"LOCATION","location":{"geoTargetConstant":"geoTargetConstants/2276"},"negative":false},
			{"type":"LOCATION","location":{"geoTargetConstant":"geoTargetConstants/1003854"},"negative":true},
			{"type":"LOCATION","location":{"geoTargetConstant":"geoTargetConstants/20228"}},
			{"type":"LOCATION","location":{"geoTargetConstant":"geoTargetConstants/9041082"}},
			{"type":"LOCATION","location":{"geoTargetConstant":"geoTargetConstants/200501"},"negative":true},
			{"criterionId":"88001","type":"PROXIMITY","displayName":"10 km around Berlin","proximity":{"radius":10.5,"radiusUnits":"KILOMETERS"}}]`,
			`{"geographic":{"cities":[{"id":"88001","name":"10 km around Berlin","radius":10.5,"radius_unit":"KILOMETERS"}],"countries":[{"id":"geoTargetConstants/2276","name":"Germany"}],` +
				`"excluded_cities":[{"id":"geoTargetConstants/1003854","name":"Berlin"}],"excluded_us_dmas":[{"id":"geoTargetConstants/200501","name":"New York NY"}],` +
				`"postal_codes":[{"id":"geoTargetConstants/9041082","name":"10115"}],"regions":[{"id":"geoTargetConstants/20228","name":"Bavaria"}]}}`},
		{"ages by what is left out", `[{"type":"AGE_RANGE","negative":true,"ageRange":{"type":"AGE_RANGE_18_24"}},{"type":"AGE_RANGE","negative":true,"ageRange":{"type":"AGE_RANGE_UNDETERMINED"}},
			{"type":"AGE_RANGE","negative":true,"ageRange":{"type":"AGE_RANGE_65_UP"}}]`, `{"demographic":{"age_max":64,"age_min":25}}`},
		{"ages by what is named, open above", `[{"type":"AGE_RANGE","ageRange":{"type":"AGE_RANGE_65_UP"}},{"type":"AGE_RANGE","ageRange":{"type":"AGE_RANGE_55_64"}}]`,
			`{"demographic":{"age_min":55}}`},
		{"ages with a hole have no place", `[{"type":"AGE_RANGE","negative":true,"ageRange":{"type":"AGE_RANGE_35_44"}}]`, `null`},
		{"both genders are everybody", `[{"type":"GENDER","gender":{"type":"MALE"}},{"type":"GENDER","gender":{"type":"FEMALE"}}]`, `null`},
		{"one gender", `[{"type":"GENDER","negative":true,"gender":{"type":"MALE"}}]`, `{"demographic":{"female":true}}`},
		{"income and children", `[{"type":"INCOME_RANGE","incomeRange":{"type":"INCOME_RANGE_90_UP"}},{"type":"PARENTAL_STATUS","negative":true,"parentalStatus":{"type":"PARENT"}}]`,
			`{"demographic":{"parental_statuses":["NOT_A_PARENT"],"incomes":["INCOME_RANGE_90_UP"]}}`},
		{"a device left out", `[{"type":"DEVICE","device":{"type":"MOBILE"},"bidModifier":1.2},{"type":"DEVICE","device":{"type":"CONNECTED_TV"},"bidModifier":0}]`,
			`{"device":{"types":[{"id":"MOBILE"},{"id":"TABLET"},{"id":"DESKTOP"}]}}`},
		{"keywords", `[{"type":"KEYWORD","keyword":{"text":"coat","matchType":"PHRASE"}},{"type":"KEYWORD","negative":true,"keyword":{"text":"free","matchType":"BROAD"}}]`,
			`{"content":{"excluded_keywords":[{"match_type":"BROAD","text":"free"}],"keywords":[{"match_type":"PHRASE","text":"coat"}]}}`},
		{"audiences", `[{"type":"USER_INTEREST","displayName":"Travel","userInterest":{"userInterestCategory":"customers/1/userInterests/9"}},
			{"type":"USER_LIST","negative":true,"displayName":"Buyers","userList":{"userList":"customers/1/userLists/5"}},
			{"type":"USER_LIST","displayName":"Like buyers","userList":{"userList":"customers/1/userLists/6"}},
			{"type":"AUDIENCE","displayName":"Mixed","audience":{"audience":"customers/1/audiences/7"}}]`,
			`{"audience":{"custom_audiences":[{"id":"customers/1/audiences/7","name":"Mixed"}],"excluded_custom_audiences":[{"id":"customers/1/userLists/5","name":"Buyers"}],` +
				`"interests":[{"id":"customers/1/userInterests/9","name":"Travel"}],"lookalike_audiences":[{"id":"customers/1/userLists/6","name":"Like buyers"}]}}`},
		{"content", `[{"type":"TOPIC","topic":{"topicConstant":"topicConstants/3","path":["","Arts","Film"]}},{"type":"PLACEMENT","negative":true,"placement":{"url":"x.example"}},
			{"type":"YOUTUBE_CHANNEL","youtubeChannel":{"channelId":"UC1"}},{"type":"YOUTUBE_VIDEO","negative":true,"youtubeVideo":{"videoId":"v1"}},
			{"type":"CONTENT_LABEL","negative":true,"contentLabel":{"type":"TRAGEDY"}}]`,
			`{"brand_safety":{"excluded_content_labels":["TRAGEDY"]},"content":{"excluded_urls":["x.example"],"topics":[{"id":"topicConstants/3","name":"Arts \u003e Film"}],` +
				`"video":{"excluded_youtube_videos":["v1"],"youtube_channels":["UC1"]}}}`},
		{"hours", `[{"type":"AD_SCHEDULE","bidModifier":1.5,"adSchedule":{"dayOfWeek":"TUESDAY","startHour":0,"startMinute":"ZERO","endHour":24,"endMinute":"ZERO"}},
			{"type":"AD_SCHEDULE","adSchedule":{"dayOfWeek":"MONDAY","startHour":9,"startMinute":"FIFTEEN","endHour":17,"endMinute":"FORTY_FIVE"}}]`,
			`{"schedule":[{"day_of_week":"MONDAY","end_hour":17,"end_minute":45,"start_hour":9,"start_minute":15},{"bid_modifier":1.5,"day_of_week":"TUESDAY","end_hour":24,"end_minute":0,"start_hour":0,"start_minute":0}]}`},
		{"what is new", `[{"type":"MIND_READING","displayName":"?"}]`, `null`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tr := &targeting{geo: geo, alikes: map[string]bool{"6": true}}
			for _, x := range criteriaOf(t, c.criteria) {
				tr.add(&x)
			}
			if got := asJSON(t, tr.whole()); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCampaignTargeting(t *testing.T) {
	t.Parallel()
	var c campaign
	if err := rest.Unmarshal([]byte(`{"networkSettings":{"targetGoogleSearch":true,"targetSearchNetwork":false,"targetContentNetwork":true},
		"geoTargetTypeSetting":{"positiveGeoTargetType":"PRESENCE"},"targetingSetting":{"targetRestrictions":[{"targetingDimension":"AGE_RANGE","bidOnly":false},{"targetingDimension":"AUDIENCE","bidOnly":true}]}}`), &c); err != nil {
		t.Fatal(err)
	}
	want := `{"geographic":{"presence_type":"PRESENCE"},"optimization":{"mode":"OBSERVATION"},"placement":{"platforms":["GOOGLE_SEARCH","GOOGLE_DISPLAY"]}}`
	if got := asJSON(t, campaignTargeting(nil, &c)); got != want {
		t.Errorf("%s", got)
	}
	if got := asJSON(t, groupTargeting(nil, &adGroup{OptimizedTargetingEnable: true})); got != `{"optimization":{"advantage_audience":true}}` {
		t.Errorf("%s", got)
	}
}

func TestCreativeContent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, ad string
		want     content
	}{
		{"responsive search", `{"responsiveSearchAd":{"headlines":[{"text":"A","pinnedField":"HEADLINE_1"},{"text":"B"}],"descriptions":[{"text":"C"}],"path1":"p"}}`,
			content{titles: []string{"A", "B"}, bodies: []string{"C"}, path1: "p"}},
		{"responsive display", `{"responsiveDisplayAd":{"headlines":[{"text":"A"}],"longHeadline":{"text":"Long"},"descriptions":[{"text":"C"}],"callToActionText":"Shop Now","marketingImages":[{"asset":"customers/1/assets/7"}],"logoImages":[{"asset":"customers/1/assets/8"}]}}`,
			content{titles: []string{"A"}, long: []string{"Long"}, bodies: []string{"C"}, cta: "SHOP_NOW", images: []string{"customers/1/assets/7", "customers/1/assets/8"}}},
		{"expanded text", `{"expandedTextAd":{"headlinePart1":"A","headlinePart2":"B","description":"C","path2":"q"}}`,
			content{titles: []string{"A", "B"}, bodies: []string{"C"}, path2: "q"}},
		{"image", `{"imageAd":{"pixelWidth":"300","pixelHeight":"250","imageUrl":"https://i.example/1"}}`,
			content{urls: []string{"https://i.example/1"}, width: ptr(int64(300)), height: ptr(int64(250))}},
		{"demand gen carousel", `{"demandGenCarouselAd":{"headline":{"text":"A"},"description":{"text":"C"},"callToActionText":"Mehr erfahren","logoImage":{"asset":"customers/1/assets/9"}}}`,
			content{titles: []string{"A"}, bodies: []string{"C"}, cta: "Mehr erfahren", images: []string{"customers/1/assets/9"}}},
		{"in feed video", `{"videoAd":{"video":{"asset":"customers/1/assets/5"},"inFeed":{"headline":"A","description1":"C"}}}`,
			content{titles: []string{"A"}, bodies: []string{"C"}}},
		{"a kind that is new", `{"smellAd":{"scent":"rose"}}`, content{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var a ad
			if err := rest.Unmarshal([]byte(c.ad), &a); err != nil {
				t.Fatal(err)
			}
			if got := contentOf(&a); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestAssetGroupIsGroupAdAndCreative(t *testing.T) {
	t.Parallel()
	var g groupRow
	var r adRow
	row := []byte(`{"assetGroup":{"id":"77","name":"Winter","status":"ENABLED","primaryStatus":"NOT_ELIGIBLE","primaryStatusReasons":["CAMPAIGN_PAUSED","ASSET_GROUP_UNDER_REVIEW"],
		"finalUrls":["https://x.example"],"path1":"p"},"campaign":{"id":"9","advertisingChannelType":"PERFORMANCE_MAX","biddingStrategyType":"MAXIMIZE_CONVERSION_VALUE","maximizeConversionValue":{"targetRoas":3.5}}}`)
	for _, into := range []any{&g, &r} {
		if err := rest.Unmarshal(row, into); err != nil {
			t.Fatal(err)
		}
	}
	shown := content{titles: []string{"T1", "T2"}, bodies: []string{"B"}, urls: []string{"https://i.example"}}
	group, ad, creative := groupOfAssets(&g, account{ID: "1", Currency: "EUR"}, nil), adOfAssets(&r, account{ID: "1"}, shown, nil), creativeOfAssets(&r, account{ID: "1"}, shown, nil)
	if group.ID != "assetgroup:77" || ad.ID != group.ID || creative.ID != group.ID || ad.GroupID != group.ID || creative.GroupID != group.ID || group.CampaignID != "9" {
		t.Errorf("%+v %+v %+v", group, ad, creative)
	}
	if group.EffectiveStatus != normalize.EffectiveStatusPaused || creative.Status != normalize.StatusProcessing || group.BidStrategy.TargetROAS.String() != "3.5" {
		t.Errorf("%+v %+v", group, creative)
	}
	if creative.Title != "T1" || len(creative.Texts.Titles) != 2 || ad.Headline != "T1" || ad.Path1 != "p" || creative.LinkURL != "https://x.example" || creative.AssetURLs[0] != "https://i.example" {
		t.Errorf("%+v %+v", ad, creative)
	}
}
