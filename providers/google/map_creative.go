package google

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/admux/admux/normalize"
)

// creativeTypes is the form of an ad by its type. What is missing, newer ones included, is UNSPECIFIED.
var creativeTypes = map[string]normalize.CreativeType{
	"TEXT_AD": normalize.CreativeTypeStandard, "EXPANDED_TEXT_AD": normalize.CreativeTypeStandard, "EXPANDED_DYNAMIC_SEARCH_AD": normalize.CreativeTypeStandard,
	"HOTEL_AD": normalize.CreativeTypeStandard, "SHOPPING_SMART_AD": normalize.CreativeTypeStandard, "SHOPPING_PRODUCT_AD": normalize.CreativeTypeStandard,
	"SHOPPING_COMPARISON_LISTING_AD": normalize.CreativeTypeStandard, "CALL_AD": normalize.CreativeTypeStandard, "TRAVEL_AD": normalize.CreativeTypeStandard,
	"HTML5_UPLOAD_AD": normalize.CreativeTypeStandard, "DYNAMIC_HTML5_AD": normalize.CreativeTypeStandard, "LEGACY_APP_INSTALL_AD": normalize.CreativeTypeStandard,

	"IMAGE_AD": normalize.CreativeTypeImage,

	"VIDEO_AD": normalize.CreativeTypeVideo, "VIDEO_BUMPER_AD": normalize.CreativeTypeVideo, "VIDEO_NON_SKIPPABLE_IN_STREAM_AD": normalize.CreativeTypeVideo,
	"VIDEO_TRUEVIEW_IN_STREAM_AD": normalize.CreativeTypeVideo, "VIDEO_RESPONSIVE_AD": normalize.CreativeTypeVideo,
	"IN_FEED_VIDEO_AD": normalize.CreativeTypeVideo, "DEMAND_GEN_VIDEO_RESPONSIVE_AD": normalize.CreativeTypeVideo,

	"YOUTUBE_AUDIO_AD": normalize.CreativeTypeAudio,

	"RESPONSIVE_SEARCH_AD": normalize.CreativeTypeAssetBased, "RESPONSIVE_DISPLAY_AD": normalize.CreativeTypeAssetBased,
	"LEGACY_RESPONSIVE_DISPLAY_AD": normalize.CreativeTypeAssetBased, "APP_AD": normalize.CreativeTypeAssetBased, "APP_ENGAGEMENT_AD": normalize.CreativeTypeAssetBased,
	"APP_PRE_REGISTRATION_AD": normalize.CreativeTypeAssetBased, "LOCAL_AD": normalize.CreativeTypeAssetBased, "SMART_CAMPAIGN_AD": normalize.CreativeTypeAssetBased,
	"DEMAND_GEN_MULTI_ASSET_AD": normalize.CreativeTypeAssetBased, "DEMAND_GEN_CAROUSEL_AD": normalize.CreativeTypeAssetBased,
	"DEMAND_GEN_PRODUCT_AD": normalize.CreativeTypeAssetBased,
}

func creativeType(adType string) normalize.CreativeType {
	return cmp.Or(creativeTypes[adType], normalize.CreativeTypeUnspecified)
}

// content is what an ad shows, from whichever member of it says so.
type content struct {
	titles, long, bodies []string
	path1, path2, cta    string
	images               []string // resource names of assets
	urls                 []string // of images that are no assets
	width, height        *int64
}

func contentOf(a *ad) content {
	switch {
	case a.Text != nil:
		return content{titles: some(a.Text.Headline), bodies: some(a.Text.Description1, a.Text.Description2)}
	case a.ExpandedText != nil:
		t := a.ExpandedText
		return content{titles: some(t.Headline1, t.Headline2, t.Headline3), bodies: some(t.Description, t.Description2), path1: t.Path1, path2: t.Path2}
	case a.ExpandedDynamicSearch != nil:
		return content{bodies: some(a.ExpandedDynamicSearch.Description, a.ExpandedDynamicSearch.Description2)}
	case a.Image != nil:
		out := content{urls: some(a.Image.ImageURL), width: a.Image.Width.ptr(), height: a.Image.Height.ptr()}
		if a.Image.ImageAsset != nil {
			out.images = some(a.Image.ImageAsset.Asset)
		}
		return out
	case a.Video != nil:
		return contentOfVideo(a.Video)
	case a.LegacyResponsiveDisplay != nil:
		l := a.LegacyResponsiveDisplay
		return content{titles: some(l.ShortHeadline), long: some(l.LongHeadline), bodies: some(l.Description), cta: readCTA(l.CallToAction)}
	}
	for _, m := range []*mixed{
		a.ResponsiveSearch, a.ResponsiveDisplay, a.App, a.AppEngagement, a.AppPreRegistration, a.Local, a.SmartCampaign,
		a.DemandGenMultiAsset, a.DemandGenCarousel, a.DemandGenVideo, a.DemandGenProduct, a.VideoResponsive,
	} {
		if m != nil {
			return contentOfMixed(m)
		}
	}
	return content{}
}

func contentOfVideo(v *videoAd) content {
	var out content
	if v.InFeed != nil {
		out.titles, out.bodies = some(v.InFeed.Headline), some(v.InFeed.Description1, v.InFeed.Description2)
	}
	if v.InStream != nil {
		out.cta = readCTA(v.InStream.ActionButtonLabel)
		out.titles = append(out.titles, some(v.InStream.ActionHeadline)...)
	}
	return out
}

func contentOfMixed(m *mixed) content {
	out := content{titles: texts(m.Headlines), long: texts(m.LongHeadlines), bodies: texts(m.Descriptions), path1: m.Path1, path2: m.Path2,
		cta: readCTA(m.CallToAction), images: m.images()}
	for _, one := range []struct {
		text *textAsset
		list *[]string
	}{{m.Headline, &out.titles}, {m.LongHeadline, &out.long}, {m.Description, &out.bodies}} {
		if one.text != nil {
			*one.list = append(*one.list, some(one.text.Text)...)
		}
	}
	return out
}

func texts(list []textAsset) []string {
	var out []string
	for _, t := range list {
		out = append(out, some(t.Text)...)
	}
	return out
}

// some lists what is not empty.
func some(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// sharedCTAs are the calls to action that every platform has; Google's are texts, in the language of the ad.
var sharedCTAs = map[string]string{
	"learn more": "LEARN_MORE", "sign up": "SIGN_UP", "download": "DOWNLOAD", "subscribe": "SUBSCRIBE", "apply now": "APPLY_NOW",
	"shop now": "SHOP_NOW", "book now": "BOOK_NOW", "contact us": "CONTACT_US", "get quote": "GET_QUOTE",
}

func readCTA(text string) string {
	if s, ok := sharedCTAs[strings.ToLower(strings.TrimSpace(text))]; ok {
		return s
	}
	return text
}

// head is the first of a list; empty of none.
func head(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// textsOf lists every variant where there are several.
func (c *content) textsOf() *normalize.CreativeTexts {
	if len(c.titles) < 2 && len(c.bodies) < 2 && len(c.long) == 0 {
		return nil
	}
	return &normalize.CreativeTexts{Titles: c.titles, LongHeadlines: c.long, Bodies: c.bodies}
}

// adOf makes our ad of an ad in its ad group.
func adOf(r *adRow, a account, raw json.RawMessage) normalize.Ad {
	x, shown := &r.AdGroupAd, contentOf(&r.AdGroupAd.Ad)
	id := adID(r.AdGroup.ID.String(), x.Ad.ID.String())
	return normalize.Ad{
		ID: id, OrganizationID: a.ID, CampaignID: r.Campaign.ID.String(), GroupID: r.AdGroup.ID.String(), CreativeIDs: []string{id}, Name: x.Ad.Name,
		AdType: groupChannel(r.AdGroup.Type, campaignChannel(r.Campaign.ChannelType, r.Campaign.ChannelSubType)),
		Status: readStatus(x.Status), EffectiveStatus: effectiveStatus(x.Status, x.PrimaryStatus, x.PrimaryStatusReasons, r.AdGroup.Status, r.Campaign.Status),
		Headline: cmp.Or(head(shown.titles), head(shown.long)), Description: head(shown.bodies), CTA: shown.cta,
		FinalURL: head(x.Ad.FinalURLs), DisplayURL: x.Ad.DisplayURL, Path1: shown.path1, Path2: shown.path2, Raw: raw,
	}
}

// adOfAssets makes our ad of an asset group: Performance Max has no ads, and mixes them of the group's assets.
func adOfAssets(r *adRow, a account, shown content, raw json.RawMessage) normalize.Ad {
	g := &r.AssetGroup
	id := assetGroupID(g.ID.String())
	return normalize.Ad{
		ID: id, OrganizationID: a.ID, CampaignID: r.Campaign.ID.String(), GroupID: id, CreativeIDs: []string{id}, Name: g.Name,
		AdType: normalize.ChannelPerformanceMax,
		Status: readStatus(g.Status), EffectiveStatus: effectiveStatus(g.Status, g.PrimaryStatus, g.PrimaryStatusReasons, r.Campaign.Status),
		Headline: head(shown.titles), Description: head(shown.bodies), CTA: shown.cta,
		FinalURL: head(g.FinalURLs), Path1: g.Path1, Path2: g.Path2, Raw: raw,
	}
}

// creativeOf makes our creative of the same ad: what is shown. The addresses of its images are the caller's to add.
func creativeOf(r *adRow, a account, raw json.RawMessage) normalize.Creative {
	x, shown := &r.AdGroupAd, contentOf(&r.AdGroupAd.Ad)
	out := creativeOfContent(shown)
	out.ID, out.OrganizationID = adID(r.AdGroup.ID.String(), x.Ad.ID.String()), a.ID
	out.CampaignID, out.GroupID, out.Name = r.Campaign.ID.String(), r.AdGroup.ID.String(), x.Ad.Name
	out.CreativeType = creativeType(x.Ad.Type)
	out.Status = creativeStatus(x.Status, x.PolicySummary.ApprovalStatus, x.PolicySummary.ReviewStatus)
	out.LinkURL, out.URLTags, out.Raw = head(x.Ad.FinalURLs), x.Ad.FinalURLSuffix, raw
	return out
}

// creativeOfAssets makes our creative of an asset group.
func creativeOfAssets(r *adRow, a account, shown content, raw json.RawMessage) normalize.Creative {
	g := &r.AssetGroup
	out := creativeOfContent(shown)
	id := assetGroupID(g.ID.String())
	out.ID, out.OrganizationID, out.CampaignID, out.GroupID, out.Name = id, a.ID, r.Campaign.ID.String(), id, g.Name
	out.CreativeType, out.Status = normalize.CreativeTypeAssetBased, assetGroupCreativeStatus(g)
	out.LinkURL, out.Path1, out.Path2, out.Raw = head(g.FinalURLs), g.Path1, g.Path2, raw
	return out
}

func creativeOfContent(shown content) normalize.Creative {
	return normalize.Creative{
		Title: cmp.Or(head(shown.titles), head(shown.long)), Body: head(shown.bodies), CTA: shown.cta, Path1: shown.path1, Path2: shown.path2,
		Texts: shown.textsOf(), AssetURLs: shown.urls, Width: shown.width, Height: shown.height,
	}
}
