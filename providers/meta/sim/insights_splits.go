package sim

import (
	"fmt"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// breakdown is one column that splits what an ad did. Its values may hang on
// the value of the column before it.
type breakdown struct {
	name   string
	hidden bool // splits, but is no column: keeps joint and single splits equal
	values func(a *adFacts, before string) []string
	// fixed tells that an ad has one value (its asset), and nothing is split.
	fixed bool
}

const (
	hourlyAdvertiser = "hourly_stats_aggregated_by_advertiser_time_zone"
	hourlyAudience   = "hourly_stats_aggregated_by_audience_time_zone"
)

func valuesOf(list string) func(*adFacts, string) []string {
	v := strings.Fields(list)
	return func(*adFacts, string) []string { return v }
}

// under gives a split whose values hang on the value before it.
func under(lists map[string]string) func(*adFacts, string) []string {
	split := make(map[string][]string, len(lists))
	for k, v := range lists {
		split[k] = strings.Split(v, ",")
	}
	return func(_ *adFacts, before string) []string { return split[before] }
}

// breakdownTable is every combination of data breakdowns that may be asked for,
// by its sorted names.
func breakdownTable() map[string][]breakdown {
	positions := under(map[string]string{
		"facebook":         "feed,facebook_stories,facebook_reels,marketplace,right_hand_column,search",
		"instagram":        "feed,instagram_stories,instagram_reels,instagram_explore_grid_home",
		"audience_network": "an_classic,rewarded_video", "messenger": "messenger_stories", "threads": "threads_feed",
	})
	regions := under(map[string]string{
		"US": "California,New York,Texas", "DE": "Berlin,Bayern,Nordrhein-Westfalen", "GB": "England,Scotland",
		"JP": "Tokyo,Osaka Prefecture", "IN": "Maharashtra,Delhi", "FR": "Île-de-France,Occitanie",
		"HU": "Budapest,Pest megye", "unknown": "Unknown",
	})
	age := breakdown{name: "age", values: valuesOf("18-24 25-34 35-44 45-54 55-64 65+ 13-17 Unknown")}
	gender := breakdown{name: "gender", values: valuesOf("female male unknown")}
	country := breakdown{name: "country", values: valuesOf("US DE GB JP IN FR HU unknown")}
	platform := breakdown{name: "publisher_platform", values: valuesOf("facebook instagram audience_network messenger threads")}
	position := breakdown{name: "platform_position", values: positions}
	device := breakdown{name: "impression_device", values: valuesOf("iphone android_smartphone desktop ipad android_tablet other")}
	kind := breakdown{name: "device_platform", values: valuesOf("mobile_app desktop mobile_web")}
	unseen := func(b breakdown) breakdown { b.hidden = true; return b }
	t := map[string][]breakdown{
		"age": {age}, "gender": {unseen(age), gender}, "age,gender": {age, gender},
		"country": {country}, "region": {unseen(country), {name: "region", values: regions}},
		"publisher_platform":                                     {platform},
		"platform_position,publisher_platform":                   {platform, position},
		"impression_device,publisher_platform":                   {platform, unseen(position), device},
		"impression_device,platform_position,publisher_platform": {platform, position, device},
		"device_platform":                                        {unseen(platform), kind},
		"device_platform,publisher_platform":                     {platform, kind},
		"comscore_market":                                        {{name: "comscore_market", values: valuesOf("2001 2051 2072 unknown")}},
		"product_id":                                             {{name: "product_id", values: productsOf}},
		"frequency_value":                                        {{name: "frequency_value", values: valuesOf("1 2 3 4 5 6-10 11+")}},
		hourlyAdvertiser:                                         {{name: hourlyAdvertiser, values: hoursOf}},
		hourlyAudience:                                           {{name: hourlyAudience, values: hoursOf}},
		"app_id,skan_conversion_id":                              nil, // no app of this world sends postbacks
	}
	for name, of := range assetBreakdowns() {
		t[name] = []breakdown{{name: name, values: of, fixed: true}}
	}
	return t
}

func productsOf(a *adFacts, _ string) []string {
	out := make([]string, 3)
	for i := range out {
		out[i] = fmt.Sprintf("SKU-%d, Winter jacket %d", 1000+i, i+1)
	}
	return out
}

func hoursOf(*adFacts, string) []string {
	out := make([]string, 24)
	for h := range out {
		out[h] = fmt.Sprintf("%02d:00:00 - %02d:59:59", h, h)
	}
	return out
}

// assetBreakdowns split by the ad's own material. Their values are objects:
// JSON text here.
func assetBreakdowns() map[string]func(*adFacts, string) []string {
	one := func(text func(a *adFacts, id string) obj) func(*adFacts, string) []string {
		return func(a *adFacts, _ string) []string {
			id := fmt.Sprint(180_000_000_000_000_000 + int64(a.key>>12))
			o := text(a, id)
			o["id"] = id
			return []string{string(encode(o))}
		}
	}
	text := func(of func(*simkit.Creative) string) func(*adFacts, string) []string {
		return one(func(a *adFacts, _ string) obj { return obj{"text": of(a.ad.Creative)} })
	}
	media := func(a *adFacts, id string) obj {
		return obj{"hash": fmt.Sprintf("%032x", a.key), "url": "https://scontent.example/" + id + ".jpg"}
	}
	return map[string]func(*adFacts, string) []string{
		"image_asset": one(media), "video_asset": one(media),
		"title_asset":       text(func(c *simkit.Creative) string { return c.Title }),
		"body_asset":        text(func(c *simkit.Creative) string { return c.Body }),
		"description_asset": text(func(c *simkit.Creative) string { return c.Title + " – today" }),
		"link_url_asset":    one(func(a *adFacts, _ string) obj { return obj{"website_url": a.ad.Creative.URL} }),
		"call_to_action_asset": one(func(a *adFacts, _ string) obj {
			return obj{"name": a.ad.Creative.CTA}
		}),
		"ad_format_asset": text(func(c *simkit.Creative) string { return strings.ToLower(string(c.Format)) }),
	}
}

// weightsOf are an ad's own shares over a split's values.
func (a *adFacts) weightsOf(name, before string, n int) []int64 {
	w := make([]int64, n)
	for i := range w {
		w[i] = (1 + int64(simkit.Hash(a.key, simkit.HashString(name), simkit.HashString(before), uint64(i))%9)) * 60 / int64(1+i)
	}
	return w
}
