package sim

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// ctaOf is TikTok's word for a call to action.
func ctaOf(word string) string {
	switch word {
	case "LEARN_MORE", "SIGN_UP":
		return word
	case "DOWNLOAD":
		return "DOWNLOAD_NOW"
	case "REGISTER":
		return "SIGN_UP"
	}
	return "CONTACT_US"
}

func adFields(e *entity) obj {
	ad := e.ad
	o := obj{
		"advertiser_id": e.account.id, "campaign_id": e.parent.parent.id, "campaign_name": e.parent.parent.title(),
		"adgroup_id": e.parent.id, "adgroup_name": e.parent.title(),
		"ad_name": ad.Name, "ad_text": adText(ad), "call_to_action": ctaOf(ad.Creative.CTA), "landing_page_url": ad.Creative.URL,
		"identity_type": "CUSTOMIZED_USER", "identity_id": itoa(e.account.src.PageID), "display_name": e.account.src.PageName,
		"is_aco": false, "is_new_structure": true, "creative_authorized": false, "deeplink": "", "deeplink_type": "NORMAL",
		"fallback_type": "UNSET", "app_name": "", "playable_url": "", "vast_moat_enabled": false,
		"viewability_postbid_partner": "UNSET", "brand_safety_postbid_partner": "UNSET",
	}
	maps.Copy(o, mediaFields(e))
	if !e.account.src.Loaded {
		adVariety(o, e)
	}
	return o
}

// adVariety gives some ads what not all have: a post of somebody else's in place
// of a film, a call to action by id, numbers past 2^53.
func adVariety(o obj, e *entity) {
	switch e.wireObjective() {
	case "LEAD_GENERATION":
		o["page_id"] = json.Number(itoa(e.account.src.PageID + 900))
	case "WEB_CONVERSIONS":
		o["tracking_pixel_id"] = json.Number(pixelID(e.account))
	}
	if e.auto != manual {
		return
	}
	if e.num%5 == 1 {
		o["call_to_action_id"] = itoa(e.account.src.PageID + 700)
		delete(o, "call_to_action")
	}
	if e.num%7 == 3 && o["ad_format"] == "SINGLE_VIDEO" { // a Spark Ad
		o["tiktok_item_id"], o["dark_post_status"] = itoa(e.ad.Creative.PostID), "ON"
		o["identity_type"], o["identity_id"] = "AUTH_CODE", itoa(e.account.src.PageID+1)
		o["image_ids"] = []any{}
		delete(o, "video_id")
		delete(o, "ad_text")
	}
}

// adText is the world's text without what TikTok refuses.
func adText(ad *simkit.Ad) string {
	text := strings.Map(func(r rune) rune {
		if isEmoji(r) {
			return -1
		}
		return r
	}, ad.Creative.Title+" "+ad.Creative.Body)
	return strings.TrimSpace(text)
}

// mediaFields are an ad's pictures and films.
func mediaFields(e *entity) obj {
	var images []any
	video := ""
	for _, x := range e.ad.Creative.Assets {
		as := e.account.byAsset["#"+itoa(x.ID)]
		switch {
		case as == nil:
		case as.video:
			video = as.id
		default:
			images = append(images, as.id)
		}
	}
	switch {
	case video != "":
		if cover := e.account.firstImage(); cover != "" {
			images = []any{cover}
		}
		return obj{"ad_format": "SINGLE_VIDEO", "video_id": video, "image_ids": images}
	case len(images) > 1:
		return obj{"ad_format": "CAROUSEL_ADS", "image_ids": images, "music_id": "7039283726183726181"}
	}
	return obj{"ad_format": "SINGLE_IMAGE", "image_ids": images}
}

// creativeInfo is one creative of a Smart+ ad.
func creativeInfo(e *entity, k int) obj {
	media := mediaFields(e)
	info := obj{
		"ad_format": media["ad_format"], "identity_type": "CUSTOMIZED_USER", "identity_id": itoa(e.account.src.PageID),
		"identity_authorized_bc_id": "0", "tiktok_item_id": "", "aigc_disclosure_type": "NOT_DECLARED", "image_info": []any{},
	}
	var images []any
	list, _ := media["image_ids"].([]any)
	for _, id := range list {
		images = append(images, obj{"web_uri": id})
	}
	if images != nil {
		info["image_info"] = images
	}
	if v, ok := media["video_id"]; ok {
		info["video_info"] = obj{"video_id": v, "file_name": fmt.Sprintf("cut %d.mp4", k+1)}
	}
	if info["ad_format"] == "CAROUSEL_ADS" {
		info["music_info"] = obj{"music_id": "7039283726183726181"}
	}
	return info
}
