package sim

import (
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// First numbers of the small nodes, by kind; each account has a hundred of them.
const (
	pixelBase      = 700000000000001
	conversionBase = 710000000000001
	audienceBase   = 23840000000000001
	formBase       = 680000000000001
	catalogueBase  = 660000000000001
	setBase        = 670000000000001
	appBase        = 800000000000001
	instagramBase  = 17841400000000001
)

// seedAssets makes what campaigns refer to. The caller holds s.mu, or is New.
func (s *Sim) seedAssets(a *account) {
	for _, as := range assetsOf(a.src) {
		switch as.Kind {
		case simkit.Image:
			s.attach(imageNode(a, as), &a.images)
		case simkit.Video:
			s.attach(videoNode(a, as), &a.videos)
		}
	}
	n := int64(a.src.Index)
	small := func(kind string, base int64, k int, data obj, to ...*list) *entity {
		e := &entity{kind: kind, id: itoa(base + n*100 + int64(k)), account: a, created: a.src.Created.AddDate(0, 0, k), data: data}
		e.now.Store(&written{status: "ACTIVE", updated: e.created})
		return s.attach(e, to...)
	}
	a.application = small("Application", appBase, 0, obj{"name": "Acme Shop", "category": "Shopping",
		"object_store_urls":   obj{"itunes": "https://apps.apple.com/app/id1445566777", "google_play": "https://play.google.com/store/apps/details?id=example.acme"},
		"supported_platforms": []any{"IOS", "ANDROID"}})
	a.instagram = small("InstagramUser", instagramBase, 0, obj{"username": fmt.Sprintf("acme_%d", n+1), "name": a.name, "followers_count": int64(4200)})
	a.catalogue = small("ProductCatalog", catalogueBase, 0, obj{"name": "Acme products", "vertical": "commerce", "product_count": int64(1280)})
	for k, name := range []string{"All products", "Shoes, \"sale\" 👟"} {
		small("ProductSet", setBase, k, obj{"name": name, "product_count": int64(1280 / (k + 1))}, &a.sets)
	}
	for k, name := range []string{"Acme web pixel", "Old shop"} {
		small("AdsPixel", pixelBase, k, obj{"name": name, "is_unavailable": k == 1, "data_use_setting": "ADVERTISING_AND_ANALYTICS",
			"first_party_cookie_status": "FIRST_PARTY_COOKIE_ENABLED", "enable_automatic_matching": true}, &a.pixels)
	}
	for k, name := range []string{"Purchase over 100", "Newsletter"} {
		small("CustomConversion", conversionBase, k, obj{"name": name, "custom_event_type": []string{"PURCHASE", "COMPLETE_REGISTRATION"}[k],
			"is_archived": k == 1, "is_unavailable": false, "rule": `{"and":[{"event":{"eq":"Purchase"}}]}`,
			"default_conversion_value": int64(0)}, &a.conversions)
	}
	s.seedAudiences(a, small)
	s.seedForms(a, small)
	a.seeded = seededAssets{slices.Clip(a.images.all), slices.Clip(a.videos.all), slices.Clip(a.audiences.all)}
	page := &entity{kind: "Page", id: itoa(a.src.PageID), account: a, created: a.src.Created, data: obj{
		"name": a.src.PageName, "category": "Brand", "category_list": []any{idName("1605186416478696", "Brand")},
		"link": "https://www.facebook.com/" + itoa(a.src.PageID), "fan_count": int64(12000), "username": fmt.Sprintf("acme%d", n+1),
		"instagram_business_account": obj{"id": a.instagram.id},
	}}
	s.attach(page)
}

// assetsOf are the world's pictures and films; a loaded account, which has none,
// gets a few so that its ads can show something.
func assetsOf(src *simkit.Account) []*simkit.Asset {
	if len(src.Assets) > 0 {
		return src.Assets
	}
	var out []*simkit.Asset
	for k, kind := range []simkit.Format{simkit.Image, simkit.Image, simkit.Image, simkit.Video} {
		out = append(out, &simkit.Asset{ID: 131000000000001 + int64(src.Index)*10 + int64(k), Account: src, Kind: kind,
			Name: fmt.Sprintf("%s %d", kind, k+1), Width: 1200, Height: 628, Duration: 15 * time.Second, Created: src.Created})
	}
	return out
}

// hashOf is an image's identity: 32 hexadecimal digits.
func hashOf(seed uint64) string {
	var b [16]byte
	for i := range b {
		b[i] = byte(simkit.Hash(seed, 55, uint64(i)))
	}
	return hex.EncodeToString(b[:])
}

func imageNode(a *account, as *simkit.Asset) *entity {
	hash := hashOf(uint64(as.ID))
	e := &entity{kind: "AdImage", id: a.digits + ":" + hash, account: a, created: as.Created, data: obj{
		"hash": hash, "name": as.Name + ".png", "width": int64(as.Width), "height": int64(as.Height),
		"original_width": int64(as.Width), "original_height": int64(as.Height),
		"permalink_url":                       "https://www.facebook.com/ads/image/?d=" + hash,
		"is_associated_creatives_in_adgroups": true,
	}}
	e.now.Store(&written{status: "ACTIVE", updated: as.Created})
	return e
}

func videoNode(a *account, as *simkit.Asset) *entity {
	e := &entity{kind: "AdVideo", id: itoa(as.ID), account: a, created: as.Created, data: obj{
		"title": as.Name + ".mp4", "description": "Film of the season", "length": as.Duration.Seconds(), "published": true,
		"permalink_url": "/watch/?v=" + itoa(as.ID), "views": int64(1200), "content_category": "OTHER",
		"format": []any{obj{"embed_html": "<iframe></iframe>", "filter": "native", "height": as.Height, "width": as.Width}},
	}}
	e.now.Store(&written{status: "ready", updated: as.Created})
	return e
}

type smallNode func(kind string, base int64, k int, data obj, to ...*list) *entity

func (s *Sim) seedAudiences(a *account, small smallNode) {
	kinds := []struct{ name, subtype string }{
		{"Website visitors, 30 days", "WEBSITE"}, {"Newsletter list", "CUSTOM"}, {"Buyers 180 d", "WEBSITE"},
		{"Lookalike (DE, 1%) – Buyers", "LOOKALIKE"}, {"Video viewers 75 %", "ENGAGEMENT"}, {"App users", "APP"},
	}
	for k, x := range kinds {
		made := a.src.Created.AddDate(0, 0, k).Unix()
		data := obj{
			"name": x.name, "description": x.name, "subtype": x.subtype, "is_value_based": false, "retention_days": int64(30),
			"approximate_count_lower_bound": int64(4700 * (k + 1)), "approximate_count_upper_bound": int64(5500 * (k + 1)),
			"delivery_status":  obj{"code": 200, "description": "This audience is ready for use."},
			"operation_status": obj{"code": 200, "description": "Normal"},
			// Booleans come as words in some places.
			"permission_for_actions": obj{"can_edit": true, "can_see_insight": "True", "can_share": "True",
				"subtype_supports_lookalike": "True", "supports_recipient_lookalike": "False"},
			"data_source":  obj{"type": "UNKNOWN", "sub_type": "ANYTHING", "creation_params": "[]"},
			"time_created": made, "time_updated": made + 300, "time_content_updated": made + 300,
		}
		switch x.subtype {
		case "LOOKALIKE":
			data["lookalike_spec"] = obj{"country": "DE", "ratio": 0.01, "type": "custom_ratio",
				"origin": []any{obj{"id": a.audiences.all[2].id, "name": kinds[2].name, "type": "custom_audience"}}}
		case "CUSTOM":
			data["customer_file_source"] = "USER_PROVIDED_ONLY"
		}
		small("CustomAudience", audienceBase, k, data, &a.audiences)
	}
}

func (s *Sim) seedForms(a *account, small smallNode) {
	for k, name := range []string{"Newsletter form", "Demo request, Q4"} {
		small("LeadgenForm", formBase, k, obj{
			"name": name, "status": []string{"ACTIVE", "ARCHIVED"}[k], "locale": "en_US", "page_id": itoa(a.src.PageID),
			"leads_count": int64(12), "privacy_policy_url": "https://shop.example/privacy", "follow_up_action_url": "https://shop.example/thanks",
			"questions": []any{
				obj{"key": "full_name", "label": "Full name", "type": "FULL_NAME", "id": itoa(formBase + 50)},
				obj{"key": "email", "label": "E-mail", "type": "EMAIL", "id": itoa(formBase + 51)},
				obj{"key": "company_size", "label": "How big is your company?", "type": "CUSTOM", "id": itoa(formBase + 52),
					"options": []any{obj{"key": "1-10", "value": "1-10"}, obj{"key": "11+", "value": "11+"}}},
			},
		}, &a.forms)
	}
}

// accountFields are an account's own; money and status are computed.
func accountFields(a *account) obj {
	o := obj{
		"name": a.name, "currency": a.currency, "timezone_name": a.loc.String(), "disable_reason": 0, "owner": "501000000000001",
		"spend_cap": "0", "balance": itoa(a.minor(84 * simkit.Micro)), "is_personal": int64(0), "fb_entity": int64(85),
		"min_daily_budget": a.minor(simkit.Micro), "min_campaign_group_spend_cap": itoa(a.minor(100 * simkit.Micro)),
		"business_city": "Berlin", "business_country_code": countryOf(a), "business_name": "Acme", "business_street": "",
		"business_street2": "", "business_zip": "", "capabilities": []any{"CAN_CREATE_CALL_ADS", "CAN_USE_REACH_AND_FREQUENCY"},
		"can_create_brand_lift_study": false, "end_advertiser": "501000000000001", "end_advertiser_name": "Acme Group",
		"funding_source":           itoa(282526245425000 + a.src.ID%1000),
		"funding_source_details":   obj{"id": itoa(282526245425000 + a.src.ID%1000), "type": 1},
		"has_migrated_permissions": true, "is_attribution_spec_system_default": true, "is_direct_deals_enabled": false,
		"is_notifications_enabled": true, "is_prepay_account": false, "is_tax_id_required": false,
		"offsite_pixels_tos_accepted": true, "timezone_id": timezoneID(a.loc.String()),
		"tos_accepted": obj{"web_custom_audience_tos": 1},
	}
	if a.status == 2 {
		o["disable_reason"] = 1
	}
	if a.currency == "EUR" && a.src.Index == 0 {
		o["default_dsa_beneficiary"], o["default_dsa_payor"] = "Acme GmbH", "Acme GmbH"
	}
	return o
}

// timezoneID is Meta's number of a zone; those the world uses (assumed but for
// Berlin's 47 and Los Angeles's 1).
func timezoneID(zone string) int {
	switch zone {
	case "Europe/Berlin":
		return 47
	case "America/Los_Angeles":
		return 1
	case "Asia/Tokyo":
		return 71
	case "Europe/Budapest":
		return 61
	case "Asia/Kolkata":
		return 68
	case "America/New_York":
		return 7
	}
	return 0
}

// accountStatusName is the documented word for a number.
func accountStatusName(n int) string {
	names := map[int]string{1: "ACTIVE", 2: "DISABLED", 3: "UNSETTLED", 7: "PENDING_RISK_REVIEW", 8: "PENDING_SETTLEMENT",
		9: "IN_GRACE_PERIOD", 100: "PENDING_CLOSURE", 101: "CLOSED"}
	return names[n]
}
