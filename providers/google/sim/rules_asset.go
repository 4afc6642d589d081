package sim

import (
	"bytes"
	"encoding/base64"
	"image"
	"slices"
	"strings"

	_ "image/gif"  // what images an advertiser may send
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
)

// assetTypes is asset.type by the field that holds the data.
func (t *tx) assetData(o obj) string {
	for _, f := range t.s.schema.messages["Asset"].order {
		if f.oneof == "asset_data" && o[f.name] != nil {
			return f.name
		}
	}
	return ""
}

func (t *tx) createAsset(o obj, _ operation) (*entity, []adsError) {
	field := t.assetData(o)
	if field == "" {
		return nil, []adsError{issue("assetError", "ASSET_DATA_IS_MISSING", "The required asset data is missing.")}
	}
	if errs := t.policy(o, ""); len(errs) > 0 {
		return nil, errs
	}
	if field == "image_asset" {
		img, errs := t.imageAsset(o)
		if len(errs) > 0 {
			return nil, errs
		}
		o["image_asset"] = img
	}
	if field == "text_asset" && text(o, "text_asset.text") == "" {
		return nil, []adsError{required("text_asset.text")}
	}
	if field == "youtube_video_asset" && len(text(o, "youtube_video_asset.youtube_video_id")) != 11 {
		return nil, []adsError{issue("fieldError", "INVALID_VALUE", "The field's value is invalid.").at("youtube_video_asset.youtube_video_id")}
	}
	o["type"] = strings.ToUpper(strings.TrimSuffix(field, "_asset"))
	o["source"] = "ADVERTISER"
	if old := t.sameAsset(field, o); old != nil { // equal content is one asset
		if name := text(o, "name"); name != "" && name != text(t.s.tree(old), "name") {
			return nil, []adsError{issue("assetError", "DUPLICATE_ASSETS_WITH_DIFFERENT_FIELD_VALUE", "An asset with the same content has another name.").at("name").because(old.name())}
		}
		return old, nil
	}
	return t.put("asset", key{a: t.fresh()}, nil, o), nil
}

// sameAsset finds an asset with the same content.
func (t *tx) sameAsset(field string, o obj) *entity {
	if field != "text_asset" && field != "image_asset" && field != "youtube_video_asset" {
		return nil
	}
	want := string(appendJSON(nil, o[field]))
	for _, e := range t.s.list(t.cust, "asset") {
		if x := t.s.tree(e)[field]; x != nil && string(appendJSON(nil, x)) == want {
			return e
		}
	}
	return nil
}

const maxImage = 5 << 20

// imageAsset reads what a picture is; the bytes themselves are not kept.
func (t *tx) imageAsset(o obj) (obj, []adsError) {
	data, _ := base64.StdEncoding.DecodeString(text(o, "image_asset.data")) // decoded once before
	bad := func(code, message string) (obj, []adsError) {
		return nil, []adsError{issue("imageError", code, "%s", message).at("image_asset.data")}
	}
	if len(data) == 0 {
		return nil, []adsError{required("image_asset.data")}
	}
	if len(data) > maxImage {
		return bad("FILE_TOO_LARGE", "The image is too large.")
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return bad("INVALID_IMAGE", "The image is not valid.")
	}
	sum := int64(0)
	for _, b := range data {
		sum = (sum*31 + int64(b)) % 1_000_000_007
	}
	return obj{"file_size": int64(len(data)), "mime_type": "IMAGE_" + strings.ToUpper(format),
		"full_size": obj{"url": imageURL(int(sum)), "width_pixels": int64(cfg.Width), "height_pixels": int64(cfg.Height)}}, nil
}

func (t *tx) updateAsset(e *entity, _, next obj, _ []string) (obj, []adsError) {
	if text(next, "type") == "TEXT" || text(next, "type") == "IMAGE" && text(next, "name") == "" {
		return nil, []adsError{issue("assetError", "CANNOT_MODIFY_ASSET_NAME", "The asset's name cannot be modified.").at("name")}
	}
	return next, t.policy(next, "")
}

// slotTypes are the asset types that a field type takes.
var slotTypes = map[string]string{
	"HEADLINE": "TEXT", "LONG_HEADLINE": "TEXT", "DESCRIPTION": "TEXT", "BUSINESS_NAME": "TEXT", "MARKETING_IMAGE": "IMAGE",
	"SQUARE_MARKETING_IMAGE": "IMAGE", "PORTRAIT_MARKETING_IMAGE": "IMAGE", "LOGO": "IMAGE", "LANDSCAPE_LOGO": "IMAGE", "AD_IMAGE": "IMAGE",
	"YOUTUBE_VIDEO": "YOUTUBE_VIDEO", "SITELINK": "SITELINK", "CALLOUT": "CALLOUT", "CALL": "CALL", "LEAD_FORM": "LEAD_FORM", "MEDIA_BUNDLE": "MEDIA_BUNDLE",
	"STRUCTURED_SNIPPET": "STRUCTURED_SNIPPET", "PRICE": "PRICE", "PROMOTION": "PROMOTION", "CALL_TO_ACTION_SELECTION": "CALL_TO_ACTION",
}

// link checks and puts an asset link.
func (t *tx) link(kind, parent string, o obj) (*entity, []adsError) {
	up, errs := t.parent(o, parent, parent)
	asset, more := t.parent(o, "asset", "asset")
	errs = append(errs, more...)
	field := text(o, "field_type")
	if field == "" {
		errs = append(errs, required("field_type"))
	}
	if len(errs) > 0 {
		return nil, errs
	}
	have := text(t.s.tree(asset), "type")
	switch want, known := slotTypes[field]; {
	case !known:
		return nil, []adsError{issue("assetLinkError", "UNSUPPORTED_FIELD_TYPE", "The field type is not supported.").at("field_type").because(field)}
	case want != have:
		return nil, []adsError{issue("assetLinkError", "FIELD_TYPE_INCOMPATIBLE_WITH_ASSET_TYPE", "The asset's type does not go with the field type.").at("field_type").because(field)}
	}
	k := key{up.key.a, asset.key.a, field}
	if old := t.s.find(t.cust, kind, k); old != nil && old.status() != "REMOVED" {
		if kind == "asset_group_asset" {
			return nil, []adsError{issue("assetGroupAssetError", "DUPLICATE_RESOURCE", "The asset is linked already.").because(old.name())}
		}
		return nil, []adsError{issue("mutateError", "RESOURCE_ALREADY_EXISTS", "Resource already exists.").because(old.name())}
	}
	setDefault(o, "status", "ENABLED")
	o["source"], o["primary_status"] = "ADVERTISER", "PENDING"
	return t.put(kind, k, up, o), nil
}

func (t *tx) createCampaignAsset(o obj, _ operation) (*entity, []adsError) {
	return t.link("campaign_asset", "campaign", o)
}

func (t *tx) createAssetGroupAsset(o obj, _ operation) (*entity, []adsError) {
	return t.link("asset_group_asset", "asset_group", o)
}

func (t *tx) removeAssetGroupAsset(e *entity, op operation) []adsError {
	t.groups = append(t.groups, checkpoint{e.up, append(slices.Clone(op.path), step("remove"))})
	return nil
}

func (t *tx) createAssetGroup(o obj, op operation) (*entity, []adsError) {
	campaign, errs := t.parent(o, "campaign", "campaign")
	if len(errs) > 0 {
		return nil, errs
	}
	if text(t.s.tree(campaign), "advertising_channel_type") != "PERFORMANCE_MAX" {
		return nil, []adsError{issue("assetGroupError", "CANNOT_ADD_ASSET_GROUP_FOR_CAMPAIGN_TYPE", "Asset groups cannot be added to campaigns of this type.").at("campaign").because(campaign.name())}
	}
	if errs := t.assetGroupChecks(campaign, nil, o); len(errs) > 0 {
		return nil, errs
	}
	setDefault(o, "status", "ENABLED")
	o["ad_strength"] = "PENDING"
	e := t.put("asset_group", key{a: t.fresh()}, campaign, o)
	t.groups = append(t.groups, checkpoint{e, append(slices.Clone(op.path), step("create"))})
	return e, nil
}

func (t *tx) assetGroupChecks(campaign, e *entity, o obj) []adsError {
	var errs []adsError
	name := text(o, "name")
	switch n := len([]rune(name)); {
	case n == 0:
		errs = append(errs, required("name"))
	case n > 128:
		errs = append(errs, issue("stringLengthError", "TOO_LONG", "Too long.").at("name").because(name))
	case t.taken("asset_group", campaign, e, name):
		errs = append(errs, issue("assetGroupError", "DUPLICATE_NAME", "Each asset group of a campaign has a name of its own.").at("name").because(name))
	}
	if urls, _ := o["final_urls"].([]string); len(urls) == 0 {
		errs = append(errs, issue("assetGroupError", "FINAL_URL_REQUIRED", "A final URL is required.").at("final_urls"))
	}
	if text(o, "path2") != "" && text(o, "path1") == "" {
		errs = append(errs, issue("assetGroupError", "PATH1_REQUIRED_WHEN_PATH2_IS_SET", "path2 needs path1.").at("path1"))
	}
	return errs
}

func (t *tx) updateAssetGroup(e *entity, _, next obj, _ []string) (obj, []adsError) {
	if errs := t.assetGroupChecks(e.up, e, next); len(errs) > 0 {
		return nil, errs
	}
	return next, nil
}

func (t *tx) createSignal(o obj, _ operation) (*entity, []adsError) {
	group, errs := t.parent(o, "asset_group", "asset_group")
	if len(errs) > 0 {
		return nil, errs
	}
	var content any
	for _, f := range []string{"audience", "search_theme", "local_services_id"} {
		if o[f] != nil {
			content = obj{f: o[f]}
		}
	}
	if content == nil {
		return nil, []adsError{required("signal")}
	}
	id := criterionID("signal", content.(obj))
	k := key{a: group.key.a, b: id}
	if t.s.find(t.cust, "asset_group_signal", k) != nil {
		return nil, []adsError{issue("mutateError", "RESOURCE_ALREADY_EXISTS", "Resource already exists.")}
	}
	o["approval_status"] = "UNDER_REVIEW"
	return t.put("asset_group_signal", k, group, o), nil
}

// minimums are what an asset group needs at least.
var minimums = []struct {
	field, code string
	n           int
	brand       bool // hangs on the campaign when brand guidelines are on
}{
	{"HEADLINE", "NOT_ENOUGH_HEADLINE_ASSET", 3, false}, {"LONG_HEADLINE", "NOT_ENOUGH_LONG_HEADLINE_ASSET", 1, false},
	{"DESCRIPTION", "NOT_ENOUGH_DESCRIPTION_ASSET", 2, false}, {"MARKETING_IMAGE", "NOT_ENOUGH_MARKETING_IMAGE_ASSET", 1, false},
	{"SQUARE_MARKETING_IMAGE", "NOT_ENOUGH_SQUARE_MARKETING_IMAGE_ASSET", 1, false},
	{"BUSINESS_NAME", "NOT_ENOUGH_BUSINESS_NAME_ASSET", 1, true}, {"LOGO", "NOT_ENOUGH_LOGO_ASSET", 1, true},
}

// finish checks what holds for a request as a whole.
func (t *tx) finish() []adsError {
	var errs []adsError
	for _, p := range t.groups {
		if t.s.find(t.cust, "asset_group", p.e.key) != p.e || p.e.status() == "REMOVED" {
			continue
		}
		have := t.linked("asset_group_asset", p.e)
		guided := t.s.tree(p.e.up)["brand_guidelines_enabled"] == true
		for _, m := range minimums {
			if have[m.field] < m.n && (!m.brand || !guided) {
				errs = append(errs, issue("assetGroupError", m.code, "Not enough assets of field type %s: %d of %d.", m.field, have[m.field], m.n).under(p.path))
			}
		}
	}
	for _, p := range t.camps {
		have := t.linked("campaign_asset", p.e)
		if have["BUSINESS_NAME"] == 0 {
			errs = append(errs, issue("campaignError", "REQUIRED_BUSINESS_NAME_ASSET_NOT_LINKED", "A business name asset must be linked to the campaign.").under(p.path))
		}
		if have["LOGO"] == 0 {
			errs = append(errs, issue("campaignError", "REQUIRED_LOGO_ASSET_NOT_LINKED", "A logo asset must be linked to the campaign.").under(p.path))
		}
	}
	return errs
}

// linked counts the live links under an object, by field type.
func (t *tx) linked(kind string, up *entity) map[string]int {
	out := map[string]int{}
	for _, e := range t.s.list(t.cust, kind) {
		if e.up == up && e.status() != "REMOVED" {
			out[e.key.c]++
		}
	}
	return out
}
