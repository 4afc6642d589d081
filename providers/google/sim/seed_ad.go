package sim

import (
	"fmt"

	"github.com/admux/admux/providers/internal/simkit"
)

// groupType is ad_group.type by channel; Demand Gen's have none.
var groupType = map[string]string{
	"SEARCH": "SEARCH_STANDARD", "DISPLAY": "DISPLAY_STANDARD", "VIDEO": "VIDEO_TRUE_VIEW_IN_STREAM", "SHOPPING": "SHOPPING_PRODUCT_ADS",
}

func (s *Sim) adGroupObj(e *entity, g *simkit.Group) obj {
	sp, p := s.spec(g.Campaign), simkit.Micro*perUnit(e.c.currency)
	n := int64(simkit.Hash(s.opts.Seed, 41, uint64(g.ID)) % 40)
	if e.c.src.Loaded {
		n = 1
	}
	o := obj{
		"name": g.Name, "status": googleStatus(g.Status), "campaign": e.up.name(), "base_ad_group": e.name(),
		"ad_rotation_mode":            [...]string{"OPTIMIZE", "OPTIMIZE", "ROTATE_FOREVER"}[n%3],
		"optimized_targeting_enabled": (sp.channel == "DISPLAY" || sp.channel == "DEMAND_GEN") && n%2 == 0,
		"cpc_bid_micros":              p/10 + n*unit(e.c.currency), "cpm_bid_micros": 4*p + n*unit(e.c.currency),
		"target_cpa_micros": int64(0), "cpv_bid_micros": int64(0), "target_cpm_micros": unit(e.c.currency),
		"effective_target_cpa_micros": int64(0), "effective_target_roas": 0.0,
	}
	if t := groupType[sp.channel]; t != "" {
		o["type"] = t
	}
	switch sp.strategy {
	case "target_cpa", "portfolio", "maximize_conversions":
		o["target_cpa_micros"], o["effective_target_cpa_micros"], o["effective_target_cpa_source"] = 9*p, 9*p, "CAMPAIGN_BIDDING_STRATEGY"
	case "target_roas":
		o["effective_target_roas"], o["effective_target_roas_source"] = 4.25, "CAMPAIGN_BIDDING_STRATEGY"
	case "target_cpv":
		o["cpv_bid_micros"] = p / 20 / unit(e.c.currency) * unit(e.c.currency)
	}
	if sp.channel == "DISPLAY" {
		o["targeting_setting"] = obj{"target_restrictions": []any{
			obj{"targeting_dimension": "AUDIENCE", "bid_only": false}, obj{"targeting_dimension": "AGE_RANGE", "bid_only": true}}}
	}
	return o
}

// adType is ad.type by the message that holds the ad's data.
var adType = map[string]string{
	"responsive_search_ad": "RESPONSIVE_SEARCH_AD", "responsive_display_ad": "RESPONSIVE_DISPLAY_AD", "image_ad": "IMAGE_AD",
	"video_ad": "VIDEO_TRUEVIEW_IN_STREAM_AD", "video_responsive_ad": "VIDEO_RESPONSIVE_AD", "shopping_product_ad": "SHOPPING_PRODUCT_AD",
	"demand_gen_multi_asset_ad": "DEMAND_GEN_MULTI_ASSET_AD", "demand_gen_carousel_ad": "DEMAND_GEN_CAROUSEL_AD",
	"demand_gen_video_responsive_ad": "DEMAND_GEN_VIDEO_RESPONSIVE_AD", "expanded_text_ad": "EXPANDED_TEXT_AD",
	"display_upload_ad": "HTML5_UPLOAD_AD", "app_ad": "APP_AD", "text_ad": "TEXT_AD",
}

func (s *Sim) adObj(e *entity, x *simkit.Ad) obj {
	sp := s.spec(x.Group.Campaign)
	ad := obj{
		"resource_name": fmt.Sprintf("%s/ads/%d", customerName(e.c.id), x.ID), "id": x.ID, "added_by_google_ads": false,
	}
	kind, data := s.adData(e.c, sp, x)
	ad[kind], ad["type"] = data, adType[kind]
	if kind != "shopping_product_ad" {
		ad["final_urls"] = []string{urlOf(x)}
	}
	if kind == "image_ad" || sp.channel == "DEMAND_GEN" || sp.channel == "VIDEO" {
		ad["name"] = oneLine(x.Name) // text ads have no name
	}
	o := obj{
		"resource_name": e.name(), "status": googleStatus(x.Status), "ad_group": e.up.name(), "ad": ad,
		"policy_summary": policy(x), "ad_strength": [...]string{"GOOD", "EXCELLENT", "AVERAGE", "POOR"}[x.Ordinal%4],
	}
	if x.Ordinal%17 == 0 && !x.AccountOf().Loaded {
		o["labels"] = []string{resourceName(e.c.id, "label", key{a: labelID})}
	}
	return o
}

// policy is policy_summary by what became of the review.
func policy(x *simkit.Ad) obj {
	switch {
	case x.Review == "REJECTED":
		return obj{"review_status": "REVIEWED", "approval_status": "DISAPPROVED", "policy_topic_entries": []any{
			obj{"topic": "DESTINATION_NOT_WORKING", "type": "PROHIBITED"}}}
	case x.Review == "PENDING":
		return obj{"review_status": "REVIEW_IN_PROGRESS"}
	case x.Ordinal%19 == 6 && !x.AccountOf().Loaded:
		return obj{"review_status": "REVIEWED", "approval_status": "APPROVED_LIMITED", "policy_topic_entries": []any{
			obj{"topic": "TRADEMARKS_IN_AD_TEXT", "type": "LIMITED"}}}
	}
	return obj{"review_status": "REVIEWED", "approval_status": "APPROVED"}
}

func texts(list ...string) []any {
	out := make([]any, len(list))
	for i, t := range list {
		out[i] = obj{"text": t}
	}
	return out
}

// clip shortens to what a field takes.
func clip(t string, n int) string {
	r := []rune(oneLine(t))
	return string(r[:min(n, len(r))])
}

// adData is the message that makes an ad its kind.
func (s *Sim) adData(c *customer, sp *spec, x *simkit.Ad) (string, obj) {
	title, body := clip(x.Creative.Title, 30), clip(x.Creative.Body, 90)
	if body == "" {
		body = title
	}
	asset := func(kind simkit.Format, n int) obj { return obj{"asset": s.assetName(c, kind, n)} }
	switch {
	case sp.channel == "SHOPPING":
		return "shopping_product_ad", obj{}
	case sp.channel == "DISPLAY" && x.Ordinal%4 == 1 && !c.src.Loaded:
		return "image_ad", obj{"pixel_width": int64(300), "pixel_height": int64(250), "mime_type": "IMAGE_PNG", "name": oneLine(x.Name),
			"image_url": imageURL(x.Ordinal), "preview_pixel_width": int64(300), "preview_pixel_height": int64(250), "image_asset": asset(simkit.Image, 2)}
	case sp.channel == "DISPLAY":
		return "responsive_display_ad", obj{
			"headlines": texts(title, "Free returns"), "long_headline": obj{"text": clip(x.Creative.Title+" today", 90)}, "descriptions": texts(body),
			"business_name": "Acme", "marketing_images": []any{asset(simkit.Image, 0)}, "square_marketing_images": []any{asset(simkit.Image, 1)},
			"format_setting": "ALL_FORMATS", "call_to_action_text": "Learn more", "allow_flexible_color": true}
	case sp.channel == "VIDEO" && x.Ordinal%3 == 1:
		return "video_responsive_ad", obj{"headlines": texts(title), "long_headlines": texts(body), "descriptions": texts(body),
			"call_to_actions": texts("SHOP NOW"), "videos": []any{asset(simkit.Video, 1)}}
	case sp.channel == "VIDEO":
		return "video_ad", obj{"video": asset(simkit.Video, 0), "in_stream": obj{"action_button_label": "Shop now", "action_headline": clip(title, 15)}}
	case sp.channel == "DEMAND_GEN" && x.Group.Format == simkit.Carousel:
		return "demand_gen_carousel_ad", obj{"business_name": "Acme", "logo_image": asset(simkit.Image, 2), "headline": obj{"text": title},
			"description": obj{"text": body}, "call_to_action_text": "Shop now", "carousel_cards": []any{
				obj{"asset": resourceName(c.id, "asset", key{a: cardAsset(c, 0)})}, obj{"asset": resourceName(c.id, "asset", key{a: cardAsset(c, 1)})}}}
	case sp.channel == "DEMAND_GEN" && x.Group.Format == simkit.Video:
		return "demand_gen_video_responsive_ad", obj{"headlines": texts(title), "long_headlines": texts(body), "descriptions": texts(body),
			"videos": []any{asset(simkit.Video, 0)}, "logo_images": []any{asset(simkit.Image, 2)}, "business_name": obj{"text": "Acme"}}
	case sp.channel == "DEMAND_GEN":
		return "demand_gen_multi_asset_ad", obj{"business_name": "Acme", "headlines": texts(title, "Free returns"), "descriptions": texts(body),
			"marketing_images": []any{asset(simkit.Image, 0)}, "square_marketing_images": []any{asset(simkit.Image, 1)},
			"logo_images": []any{asset(simkit.Image, 2)}, "call_to_action_text": "Learn more"}
	case x.Ordinal%23 == 5 && !c.src.Loaded: // what is left of an old kind
		return "expanded_text_ad", obj{"headline_part1": title, "headline_part2": "Since 1999", "description": body, "path1": "offers"}
	}
	return "responsive_search_ad", s.searchAd(c, x, title, body)
}

func (s *Sim) searchAd(c *customer, x *simkit.Ad, title, body string) obj {
	if c.src.Loaded {
		return obj{"headlines": texts(title, "Order today", "Free returns"), "descriptions": texts(body, "Order today.")}
	}
	return obj{
		"headlines": []any{
			obj{"text": title, "pinned_field": "HEADLINE_1", "asset_performance_label": "GOOD", "policy_summary_info": obj{"review_status": "REVIEWED", "approval_status": "APPROVED"}},
			obj{"text": fmt.Sprintf("Offer no. %d", x.Ordinal%1000), "asset_performance_label": "LEARNING"}, obj{"text": "Free returns", "asset_performance_label": "BEST"}},
		"descriptions": []any{obj{"text": body}, obj{"text": "Order today, delivered tomorrow."}}, "path1": "winter", "path2": "sale",
	}
}

func imageURL(n int) string {
	return fmt.Sprintf("https://tpc.googlesyndication.com/simgad/%d", 1_000_000_000_000+n)
}

func (s *Sim) assetGroupObj(e *entity, g *simkit.Group) obj {
	return obj{
		"name": clip(g.Name, 128), "status": googleStatus(g.Status), "campaign": e.up.name(),
		"final_urls": []string{fmt.Sprintf("https://shop.example/c/%d", g.ID%1000)}, "path1": "sale", "path2": "",
		"ad_strength":    [...]string{"GOOD", "EXCELLENT", "AVERAGE"}[g.ID%3],
		"asset_coverage": obj{"ad_strength_action_items": []any{}},
	}
}
