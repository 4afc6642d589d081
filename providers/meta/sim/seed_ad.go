package sim

import (
	"fmt"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

func adFields(a *account, ad *simkit.Ad) obj {
	o := obj{
		"name": ad.Name, "creative_id": creativeID(ad), "source_ad_id": "0", "bid_type": "ABSOLUTE_OCPM",
		"last_updated_by_app_id": "119211728144504", "engagement_audience": false, "display_sequence": int64(0),
		"preview_shareable_link": "https://fb.me/adspreview/facebook/" + itoa(ad.ID%1_000_000_007),
		"tracking_specs": []any{
			obj{"action.type": []any{"offsite_conversion"}, "fb_pixel": []any{a.pixels.all[0].id}},
			obj{"action.type": []any{"post_engagement"}, "page": []any{itoa(a.src.PageID)}, "post": []any{itoa(ad.Creative.PostID)}},
		},
		"conversion_specs": []any{obj{"action.type": []any{"offsite_conversion"}, "conversion_id": []any{a.conversions.all[0].id}}},
	}
	if ad.Group.Campaign.Objective == simkit.Conversion {
		o["conversion_domain"] = "shop.example"
	}
	if ad.Review == "REJECTED" {
		o["ad_review_feedback"] = obj{"global": obj{"Personal attributes": "Ads must not contain content that asserts or implies personal attributes."}}
	}
	return o
}

// feed is an asset feed of a dynamic ad.
func feed(a *account, c *simkit.Creative) obj {
	images := []any{}
	for _, im := range a.seeded.images[:2] {
		images = append(images, obj{"hash": im.str("hash"), "adlabels": []any{}})
	}
	return obj{
		"images":               images,
		"bodies":               []any{obj{"text": c.Body}, obj{"text": c.Body + " Today only."}},
		"titles":               []any{obj{"text": c.Title}, obj{"text": "Now: " + c.Title}},
		"descriptions":         []any{obj{"text": "Free shipping"}},
		"link_urls":            []any{obj{"website_url": c.URL, "display_url": "shop.example"}},
		"call_to_action_types": []any{ctaOf(c.CTA)},
		"ad_formats":           []any{"SINGLE_IMAGE"},
		"optimization_type":    "REGULAR",
	}
}

// ctaOf is Meta's word for a call to action.
func ctaOf(cta string) string {
	switch cta {
	case "REGISTER":
		return "SIGN_UP"
	case "REQUEST_DEMO":
		return "GET_QUOTE"
	}
	return cta
}

// ctaValue is a call to action with its target.
func ctaValue(kind, link string) obj { return obj{"type": kind, "value": obj{"link": link}} }

// creativeFields renders what an ad shows in one of the shapes that Meta has:
// link, video, carousel, dynamic, catalogue, message and existing post.
func creativeFields(a *account, ad *simkit.Ad) obj {
	c := ad.Creative
	pageID, ig := itoa(a.src.PageID), a.instagram.id
	story := obj{"page_id": pageID, "instagram_user_id": ig}
	o := obj{
		"name":        clip(c.Title, 40) + " " + c.Created.Format("2006-01-02") + "-" + itoa(ad.ID%100_000),
		"object_type": "SHARE", "object_story_spec": story, "actor_id": pageID, "instagram_user_id": ig,
		"effective_object_story_id": fmt.Sprintf("%s_%d", pageID, c.PostID), "call_to_action_type": ctaOf(c.CTA),
		"title": c.Title, "body": c.Body, "use_page_actor_override": false, "enable_direct_install": false,
		"authorization_category": "NONE", "applink_treatment": "automatic",
		"degrees_of_freedom_spec": obj{"creative_features_spec": obj{
			"standard_enhancements": obj{"enroll_status": "OPT_OUT"}, "image_touchups": obj{"enroll_status": "OPT_IN"}}},
	}
	if ad.ID%3 == 0 {
		o["url_tags"] = "utm_source=meta&utm_campaign={{campaign.name}}"
	}
	image := imageOf(a, ad)
	switch {
	case c.Format == simkit.Spotlight: // an existing post, promoted
		delete(o, "object_story_spec")
		delete(o, "title")
		o["object_story_id"], o["object_type"] = o["effective_object_story_id"], "STATUS"
	case c.Format == simkit.Text: // dynamic
		o["asset_feed_spec"] = feed(a, c)
	case c.Format == simkit.Document || catalogueCampaign(ad.Group.Campaign):
		story["template_data"] = obj{"link": c.URL, "message": c.Body, "name": "{{product.name}}",
			"description": "{{product.price}}", "call_to_action": ctaValue("SHOP_NOW", c.URL)}
		o["product_set_id"], o["call_to_action_type"] = a.sets.all[0].id, "SHOP_NOW"
	case c.Format == simkit.Video || c.Format == simkit.Event:
		v := videoOf(a, ad)
		o["object_type"], o["video_id"] = "VIDEO", v.id
		story["video_data"] = obj{"video_id": v.id, "image_hash": image.str("hash"), "title": c.Title, "message": c.Body,
			"link_description": "Watch now", "call_to_action": ctaValue(ctaOf(c.CTA), c.URL)}
	case c.Format == simkit.Carousel:
		story["link_data"] = carousel(a, c)
	default:
		cta := ctaValue(ctaOf(c.CTA), c.URL)
		if c.Format == simkit.Message {
			cta = obj{"type": "MESSAGE_PAGE", "value": obj{"app_destination": "MESSENGER"}}
			o["call_to_action_type"] = "MESSAGE_PAGE"
		}
		if goalOf(ad.Group).destination == "ON_AD" {
			cta["value"] = obj{"lead_gen_form_id": a.forms.all[0].id}
		}
		story["link_data"] = obj{"link": c.URL, "message": c.Body, "name": c.Title, "description": "Free shipping",
			"caption": "shop.example", "image_hash": image.str("hash"), "call_to_action": cta}
		o["image_hash"], o["link_url"] = image.str("hash"), c.URL
	}
	return o
}

func carousel(a *account, c *simkit.Creative) obj {
	cards := []any{}
	for i, im := range a.seeded.images[:3] {
		cards = append(cards, obj{"link": fmt.Sprintf("%s&card=%d", c.URL, i+1), "name": fmt.Sprintf("%s (%d)", c.Title, i+1),
			"description": "Card", "image_hash": im.str("hash"), "call_to_action": ctaValue(ctaOf(c.CTA), c.URL)})
	}
	return obj{"link": c.URL, "message": c.Body, "caption": "shop.example", "multi_share_optimized": true,
		"multi_share_end_card": false, "child_attachments": cards, "call_to_action": ctaValue(ctaOf(c.CTA), c.URL)}
}

func imageOf(a *account, ad *simkit.Ad) *entity {
	return a.seeded.images[ad.Ordinal%len(a.seeded.images)]
}
func videoOf(a *account, ad *simkit.Ad) *entity {
	return a.seeded.videos[ad.Ordinal%len(a.seeded.videos)]
}

// clip cuts a text to n characters.
func clip(s string, n int) string {
	r := []rune(strings.ReplaceAll(s, "\n", " "))
	return string(r[:min(n, len(r))])
}
