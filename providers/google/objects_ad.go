package google

import (
	"context"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Fields of an ad's content, by its kind. Repeated messages are asked for whole: their parts cannot be.
var (
	textFields = []string{
		"text_ad.headline", "text_ad.description1", "text_ad.description2",
		"expanded_text_ad.headline_part1", "expanded_text_ad.headline_part2", "expanded_text_ad.headline_part3",
		"expanded_text_ad.description", "expanded_text_ad.description2", "expanded_text_ad.path1", "expanded_text_ad.path2",
		"expanded_dynamic_search_ad.description", "expanded_dynamic_search_ad.description2",
		"responsive_search_ad.headlines", "responsive_search_ad.descriptions", "responsive_search_ad.path1", "responsive_search_ad.path2",
		"responsive_display_ad.headlines", "responsive_display_ad.long_headline", "responsive_display_ad.descriptions", "responsive_display_ad.call_to_action_text",
		"legacy_responsive_display_ad.short_headline", "legacy_responsive_display_ad.long_headline", "legacy_responsive_display_ad.description",
		"legacy_responsive_display_ad.call_to_action_text",
		"app_ad.headlines", "app_ad.descriptions", "app_engagement_ad.headlines", "app_engagement_ad.descriptions",
		"app_pre_registration_ad.headlines", "app_pre_registration_ad.descriptions",
		"local_ad.headlines", "local_ad.descriptions", "local_ad.path1", "local_ad.path2", "smart_campaign_ad.headlines", "smart_campaign_ad.descriptions",
		"demand_gen_multi_asset_ad.headlines", "demand_gen_multi_asset_ad.descriptions", "demand_gen_multi_asset_ad.call_to_action_text",
		"demand_gen_carousel_ad.headline", "demand_gen_carousel_ad.description", "demand_gen_carousel_ad.call_to_action_text",
		"demand_gen_video_responsive_ad.headlines", "demand_gen_video_responsive_ad.long_headlines", "demand_gen_video_responsive_ad.descriptions",
		"demand_gen_product_ad.headline", "demand_gen_product_ad.description",
		"video_responsive_ad.headlines", "video_responsive_ad.long_headlines", "video_responsive_ad.descriptions",
		"video_ad.in_stream.action_button_label", "video_ad.in_stream.action_headline",
		"video_ad.in_feed.headline", "video_ad.in_feed.description1", "video_ad.in_feed.description2",
	}
	imageFields = []string{
		"image_ad.image_url", "image_ad.image_asset.asset", "responsive_display_ad.marketing_images", "responsive_display_ad.square_marketing_images",
		"responsive_display_ad.logo_images", "responsive_display_ad.square_logo_images", "app_ad.images", "app_engagement_ad.images",
		"app_pre_registration_ad.images", "local_ad.marketing_images", "local_ad.logo_images", "demand_gen_multi_asset_ad.marketing_images",
		"demand_gen_multi_asset_ad.square_marketing_images", "demand_gen_multi_asset_ad.portrait_marketing_images",
		"demand_gen_multi_asset_ad.tall_portrait_marketing_images", "demand_gen_multi_asset_ad.logo_images", "demand_gen_multi_asset_ad.classic_display_images",
		"demand_gen_carousel_ad.logo_image", "demand_gen_video_responsive_ad.logo_images", "demand_gen_video_responsive_ad.companion_banners",
		"demand_gen_product_ad.logo_image", "video_responsive_ad.logo_images", "video_responsive_ad.companion_banners",
	}
)

func ofAd(fields ...string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = "ad_group_ad.ad." + f
	}
	return out
}

var adKeys = []column{always("campaign.id"), always("ad_group.id"), always("ad_group_ad.ad.id"), always("ad_group_ad.status")}

var adColumns = columnsOf(adKeys,
	needed("name", "ad_group_ad.ad.name"), needed("final_url", "ad_group_ad.ad.final_urls"), needed("display_url", "ad_group_ad.ad.display_url"),
	needed("ad_type", "ad_group.type", "campaign.advertising_channel_type", "campaign.advertising_channel_sub_type"),
	needed("effective_status", "ad_group_ad.primary_status", "ad_group_ad.primary_status_reasons", "ad_group.status", "campaign.status"),
	needed("headline description cta path1 path2", ofAd(textFields...)...), adRawColumns,
)

// adRawColumns are asked for with raw only.
var adRawColumns = needed(onlyRaw, "ad_group_ad.ad.type", "ad_group_ad.ad.final_mobile_urls", "ad_group_ad.ad.tracking_url_template",
	"ad_group_ad.ad.final_url_suffix", "ad_group_ad.policy_summary.approval_status", "ad_group_ad.policy_summary.review_status",
	"ad_group_ad.policy_summary.policy_topic_entries", "ad_group_ad.ad_strength", "ad_group_ad.ad_group", "ad_group_ad.labels", "ad_group_ad.action_items")

// assetAdColumns are the fields of an asset group as an ad.
var assetAdColumns = columnsOf(
	[]column{always("campaign.id"), always("asset_group.id"), always("asset_group.status")}, needed("name", "asset_group.name"),
	needed("final_url link_url", "asset_group.final_urls"), needed("path1", "asset_group.path1"), needed("path2", "asset_group.path2"),
	needed("effective_status status", "asset_group.primary_status", "asset_group.primary_status_reasons", "campaign.status"),
	needed(onlyRaw, "asset_group.campaign", "asset_group.final_mobile_urls", "asset_group.ad_strength"),
)

var adFilters = []providers.Filter{providers.FilterOrg, providers.FilterCampaign, providers.FilterGroup, providers.FilterStatus, providers.FilterQuery}

// ads are the ads of ad groups, and asset groups, which Performance Max mixes its ads of.
func ads(c *client) providers.Collection[normalize.Ad] {
	k := adsOf()
	return providers.Collection[normalize.Ad]{Filters: adFilters, MaxPage: maxPage, List: overAccounts(c, k.fetch(c)), Get: k.get(c)}
}

func adsOf() adKind[normalize.Ad] {
	return adKind[normalize.Ad]{
		columns: adColumns, of: adOf, ofAssets: adOfAssets, content: []string{"headline", "description", "cta"},
		id: func(x normalize.Ad) string { return x.ID },
	}
}

// adRowsAfter reads the ads after a key, in the order of ad groups and ads. There is no OR in GAQL: first what is left of
// the key's ad group, then the ad groups after it.
func (c *client) adRowsAfter(ctx context.Context, a account, q providers.ListQuery, query gaql, after string, size int) ([]got[adRow], error) {
	query.order = "ad_group.id, ad_group_ad.ad.id"
	var out []got[adRow]
	group, number, _ := strings.Cut(after, "~")
	if after != "" {
		rest := query
		rest.where = append(slices.Clip(rest.where), "ad_group.id = "+group, "ad_group_ad.ad.id > "+number)
		rest.limit = size
		found, err := read[adRow](ctx, c, a, rest, q.Raw)
		if err != nil || len(found) >= size || q.Group != "" {
			return found, err
		}
		out = found
		query.where = append(slices.Clip(query.where), "ad_group.id > "+group)
	}
	query.limit = size - len(out)
	found, err := read[adRow](ctx, c, a, query, q.Raw)
	return append(out, found...), err
}

// adsWhere are the conditions of a list of ads. ok is false when nothing can match.
func adsWhere(q providers.ListQuery) (where []string, ok bool) {
	where, ok = byStatus(q.Status, "ad_group_ad.status", "ad_group.status", "campaign.status")
	if ok {
		where, ok = byName(where, "ad_group_ad.ad.name", q.Query)
	}
	if ok {
		where, ok = inCampaign(where, q.Campaign)
	}
	if ok && q.Group != "" {
		var asset bool
		var number string
		number, asset, ok = parseGroup(q.Group)
		where, ok = append(where, "ad_group.id = "+number), ok && !asset
	}
	return where, ok
}

// assetAdsWhere are the same of a list of asset groups.
func assetAdsWhere(q providers.ListQuery) (where []string, ok bool) {
	where, ok = groupsOf(q, "asset_group")
	if ok && q.Group != "" {
		var asset bool
		var number string
		number, asset, ok = parseGroup(q.Group)
		where, ok = append(where, "asset_group.id = "+number), ok && asset
	}
	return where, ok
}
