package sim

import (
	"encoding/base64"
	"fmt"

	"github.com/admux/admux/providers/internal/simkit"
)

// Where the account's other objects are numbered; each account has its own run.
const (
	labelID      = 17_000_000_001
	textAssetID  = 91_000_000_001
	convActionID = 7_600_000_001
	userListID   = 8_100_000_001
	audienceID   = 8_200_000_001
	customAudID  = 8_300_000_001
	combinedID   = 8_400_000_001
)

// seedOthers fills the tables that fewer queries need, ready rendered.
func (s *Sim) seedOthers(c *customer) {
	if c.src == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.seedAssets(c)
	s.seedConversionActions(c)
	if !c.src.Loaded {
		s.seedLists(c)
	}
	for _, t := range []string{"campaign", "ad_group", "asset_group"} {
		if c.tables[t] == nil {
			c.tables[t] = newTable()
		}
	}
	for _, e := range c.tables["campaign"].list {
		if x, ok := e.src.(*simkit.Campaign); ok {
			for _, o := range s.campaignCriteria(c, x) {
				c.criterion("campaign_criterion", "campaign", e, o)
			}
			s.seedCampaignLinks(c, e, x)
		}
	}
	for _, e := range c.tables["ad_group"].list {
		if g, ok := e.src.(*simkit.Group); ok {
			for _, o := range s.groupCriteria(c, g) {
				c.criterion("ad_group_criterion", "ad_group", e, o)
			}
		}
	}
	for _, e := range c.tables["asset_group"].list {
		if g, ok := e.src.(*simkit.Group); ok {
			s.seedAssetGroup(c, e, g)
		}
	}
}

// write puts a ready tree into a table and names it.
func (c *customer) write(kind string, k key, up *entity, o obj) *entity {
	e := &entity{kind: kind, key: k, up: up, data: o, st: text(o, "status")}
	o["resource_name"] = resourceName(c.id, kind, k)
	if !compound[kind] {
		o["id"] = k.a
	}
	return c.put(e)
}

// criterion puts a criterion under its parent; o holds its criterion_id.
func (c *customer) criterion(kind, parent string, up *entity, o obj) *entity {
	o[parent] = resourceName(c.id, parent, up.key)
	return c.write(kind, key{a: up.key.a, b: number(o, "criterion_id")}, up, o)
}

// assetName is the n-th seeded asset of a kind, counted around.
func (s *Sim) assetName(c *customer, kind simkit.Format, n int) string {
	var of []*simkit.Asset
	for _, a := range c.src.Assets {
		if a.Kind == kind {
			of = append(of, a)
		}
	}
	if len(of) == 0 { // a loaded account has texts only, and one picture
		return resourceName(c.id, "asset", key{a: textAssetID + 900})
	}
	return resourceName(c.id, "asset", key{a: of[n%len(of)].ID})
}

func (s *Sim) seedAssets(c *customer) {
	put := func(id int64, o obj) {
		o["source"] = "ADVERTISER"
		c.write("asset", key{a: id}, nil, o)
	}
	for i, a := range c.src.Assets {
		name := oneLine(a.Name)
		switch a.Kind {
		case simkit.Image:
			put(a.ID, obj{"name": name, "type": "IMAGE", "image_asset": obj{"file_size": int64(40_000 + i*977), "mime_type": "IMAGE_JPEG",
				"full_size": obj{"url": imageURL(int(a.ID % 100_000)), "width_pixels": int64(a.Width), "height_pixels": int64(a.Height)}}})
		case simkit.Video:
			put(a.ID, obj{"name": name, "type": "YOUTUBE_VIDEO", "youtube_video_asset": obj{
				"youtube_video_id": youtubeID(a.ID), "youtube_video_title": name}})
		}
	}
	text := []string{"Winter sale", "Warm coats", "Free returns", "Coats, jackets and boots for the whole family", "Up to 40% off until Sunday.",
		"Order today, delivered tomorrow.", "Acme's own"}
	for i, t := range text {
		put(textAssetID+int64(i), obj{"type": "TEXT", "text_asset": obj{"text": t}})
	}
	put(textAssetID+900, obj{"name": "logo", "type": "IMAGE", "image_asset": obj{"file_size": int64(9_216), "mime_type": "IMAGE_PNG",
		"full_size": obj{"url": imageURL(1), "width_pixels": int64(512), "height_pixels": int64(512)}}})
	if c.src.Loaded {
		return
	}
	put(textAssetID+20, obj{"type": "SITELINK", "name": "Sale page", "sitelink_asset": obj{"link_text": "Sale", "description1": "All that is reduced", "description2": "Until Sunday"},
		"final_urls": []string{"https://shop.example/sale"}})
	put(textAssetID+21, obj{"type": "CALLOUT", "callout_asset": obj{"callout_text": "Free shipping"}})
	put(textAssetID+22, obj{"type": "CALL", "call_asset": obj{"country_code": "DE", "phone_number": "030 000000"}})
	put(textAssetID+23, obj{"type": "LEAD_FORM", "name": "Newsletter", "lead_form_asset": obj{"business_name": "Acme", "call_to_action_type": "SIGN_UP",
		"headline": "Stay warm", "description": "Hear of sales first", "privacy_policy_url": "https://shop.example/privacy"}})
	put(textAssetID+24, obj{"type": "MEDIA_BUNDLE", "name": "banner.zip", "media_bundle_asset": obj{}})
	for i := range 2 {
		put(cardAsset(c, i), obj{"type": "DEMAND_GEN_CAROUSEL_CARD", "name": fmt.Sprintf("card %d", i+1), "demand_gen_carousel_card_asset": obj{
			"marketing_image_asset": s.assetName(c, simkit.Image, i), "headline": "Look closer", "call_to_action_text": "Shop now"}})
	}
}

func cardAsset(_ *customer, i int) int64 { return textAssetID + 30 + int64(i) }

func youtubeID(n int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("%08d", n%100_000_000)))
}

// actionSpec is a conversion action and its part of an ad's conversions.
type actionSpec struct {
	name, category, kind string
	primary              bool
	click, view          int64 // lookback windows, days
	weight               int64 // of the primary conversions
	status               string
}

// actionSpecs are what every account counts. The secondary ones are in
// all_conversions only.
var actionSpecs = []actionSpec{
	{"Purchase", "PURCHASE", "WEBPAGE", true, 30, 1, 62, "ENABLED"},
	{"Lead form", "SUBMIT_LEAD_FORM", "WEBPAGE", true, 90, 1, 25, "ENABLED"},
	{"Phone call from ads", "PHONE_CALL_LEAD", "AD_CALL", true, 60, 1, 13, "ENABLED"},
	{"Newsletter sign-up", "SIGNUP", "WEBPAGE", false, 30, 1, 0, "ENABLED"},
	{"Key page view", "PAGE_VIEW", "WEBPAGE", false, 7, 1, 0, "ENABLED"},
	{"Purchase (old tag)", "PURCHASE", "WEBPAGE", false, 30, 1, 0, "REMOVED"},
}

func actionID(c *customer, i int) int64 { return convActionID + int64(c.src.Index)*100 + int64(i) }

func actionName(c *customer, i int) string {
	return resourceName(c.id, "conversion_action", key{a: actionID(c, i)})
}

func (s *Sim) seedConversionActions(c *customer) {
	for i, a := range actionSpecs {
		o := obj{
			"name": a.name, "status": a.status, "type": a.kind, "category": a.category, "origin": "WEBSITE",
			"owner_customer": customerName(c.id), "primary_for_goal": a.primary, "include_in_conversions_metric": a.primary,
			"click_through_lookback_window_days": a.click, "view_through_lookback_window_days": a.view,
			"counting_type": "ONE_PER_CLICK", "value_settings": obj{"default_value": 0.0, "default_currency_code": c.currency, "always_use_default_value": false},
			"attribution_model_settings": obj{"attribution_model": "GOOGLE_SEARCH_ATTRIBUTION_DATA_DRIVEN", "data_driven_model_status": "AVAILABLE"},
		}
		if a.category == "PURCHASE" {
			o["counting_type"] = "MANY_PER_CLICK"
		}
		if a.kind == "AD_CALL" {
			o["origin"], o["phone_call_duration_seconds"] = "CALL_FROM_ADS", int64(60)
		}
		c.write("conversion_action", key{a: actionID(c, i)}, nil, o)
	}
}

func (s *Sim) seedLists(c *customer) {
	for i, name := range []string{"VIP", "Tested, don't touch"} {
		c.write("label", key{a: labelID + int64(i)}, nil, obj{"name": name, "status": "ENABLED",
			"text_label": obj{"background_color": "#EA4335", "description": "made by hand"}})
	}
	c.write("bidding_strategy", key{a: portfolioID(c)}, nil, obj{"name": "Portfolio CPA", "status": "ENABLED", "type": "TARGET_CPA",
		"currency_code": c.currency, "effective_currency_code": c.currency, "campaign_count": int64(1), "non_removed_campaign_count": int64(1),
		"target_cpa": obj{"target_cpa_micros": 11 * simkit.Micro * perUnit(c.currency)}})
	for i, name := range []string{"All visitors, 30 days", "Cart abandoners", "Customers' emails"} {
		o := obj{"name": name, "membership_status": "OPEN", "membership_life_span": int64(30), "size_for_display": int64(12_000 + i*700),
			"size_for_search": int64(9_000 + i*500), "type": "RULE_BASED", "read_only": false, "eligible_for_search": true, "eligible_for_display": true,
			"description": "", "access_reason": "OWNED", "account_user_list_status": "ENABLED", "size_range_for_display": "TEN_THOUSAND_TO_FIFTY_THOUSAND"}
		if i == 2 {
			o["type"], o["match_rate_percentage"] = "CRM_BASED", 61
			o["crm_based_user_list"] = obj{"upload_key_type": "CONTACT_INFO", "data_source_type": "FIRST_PARTY"}
		}
		c.write("user_list", key{a: userListID + int64(i)}, nil, o)
	}
	c.write("custom_audience", key{a: customAudID}, nil, obj{"name": "Searched for skis", "status": "ENABLED", "type": "SEARCH", "description": "",
		"members": []any{obj{"member_type": "KEYWORD", "keyword": "ski boots"}}})
	c.write("combined_audience", key{a: combinedID}, nil, obj{"name": "Visitors, no customers", "status": "ENABLED", "description": ""})
	c.write("audience", key{a: audienceID}, nil, obj{"name": "Parents 25–44", "status": "ENABLED", "scope": "CUSTOMER", "description": "", "dimensions": []any{
		obj{"age": obj{"age_ranges": []any{obj{"min_age": 25, "max_age": 44}}, "include_undetermined": false}}}})
}

func (s *Sim) seedCampaignLinks(c *customer, e *entity, x *simkit.Campaign) {
	sp := s.spec(x)
	link := func(asset int64, field string) {
		c.write("campaign_asset", key{e.key.a, asset, field}, e, obj{"campaign": e.name(), "asset": resourceName(c.id, "asset", key{a: asset}),
			"field_type": field, "status": "ENABLED", "source": "ADVERTISER", "primary_status": "ELIGIBLE"})
	}
	if c.src.Loaded {
		return
	}
	if sp.channel == "SEARCH" {
		link(textAssetID+20, "SITELINK")
		link(textAssetID+21, "CALLOUT")
	}
	if sp.pmax() && sp.k%2 == 1 {
		link(textAssetID+6, "BUSINESS_NAME")
		link(textAssetID+900, "LOGO")
	}
	if sp.k == 0 {
		for i := range int64(2) {
			c.write("campaign_label", key{a: e.key.a, b: labelID + i}, e, obj{"campaign": e.name(), "label": resourceName(c.id, "label", key{a: labelID + i})})
		}
	}
}

// assetSlots are what a seeded asset group holds: offsets of the text assets,
// or kinds of pictures.
var assetSlots = []struct {
	field string
	text  int
	kind  simkit.Format
	n     int
}{
	{field: "HEADLINE", text: 0}, {field: "HEADLINE", text: 1}, {field: "HEADLINE", text: 2}, {field: "LONG_HEADLINE", text: 3},
	{field: "DESCRIPTION", text: 4}, {field: "DESCRIPTION", text: 5}, {field: "BUSINESS_NAME", text: 6},
	{field: "MARKETING_IMAGE", kind: simkit.Image}, {field: "SQUARE_MARKETING_IMAGE", kind: simkit.Image, n: 1},
	{field: "LOGO", text: 900}, {field: "YOUTUBE_VIDEO", kind: simkit.Video},
}

func (s *Sim) seedAssetGroup(c *customer, e *entity, g *simkit.Group) {
	guided := s.spec(g.Campaign).k%2 == 1 // brand guidelines: name and logo hang on the campaign
	for i, slot := range assetSlots {
		if guided && (slot.field == "BUSINESS_NAME" || slot.field == "LOGO") {
			continue
		}
		name := resourceName(c.id, "asset", key{a: textAssetID + int64(slot.text)})
		if slot.kind != "" {
			name = s.assetName(c, slot.kind, slot.n)
		}
		_, _, k, _ := parseName(name)
		c.write("asset_group_asset", key{e.key.a, k.a, slot.field}, e, obj{"asset_group": e.name(), "asset": name, "field_type": slot.field,
			"status": "ENABLED", "source": "ADVERTISER", "primary_status": [...]string{"ELIGIBLE", "ELIGIBLE", "PENDING"}[i%3],
			"policy_summary": obj{"review_status": "REVIEWED", "approval_status": "APPROVED"}})
	}
	c.write("asset_group_signal", key{a: e.key.a, b: audienceID}, e, obj{"asset_group": e.name(), "approval_status": "APPROVED",
		"audience": obj{"audience": resourceName(c.id, "audience", key{a: audienceID})}})
	c.write("asset_group_signal", key{a: e.key.a, b: 9_000_001}, e, obj{"asset_group": e.name(), "approval_status": "APPROVED",
		"search_theme": obj{"text": "winter coats"}})
}
