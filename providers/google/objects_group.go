package google

import (
	"context"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// maxGroups is the most groups of a page: each may have thousands of keywords in its targeting.
const maxGroups = 200

// parentColumns are the fields of a group's campaign.
var parentColumns = columnsOf(
	[]column{always("campaign.id")}, needed("effective_status", "campaign.status"),
	needed("type bid_strategy bid_amount billing_event", "campaign.advertising_channel_type", "campaign.advertising_channel_sub_type"),
	needed("billing_event", "campaign.payment_mode"), needed("optimization_goal", "campaign.app_campaign_setting.bidding_strategy_goal_type"),
	needed("promoted", "campaign.app_campaign_setting.app_id", "campaign.shopping_setting.merchant_id"),
	biddingColumns("bid_strategy bid_amount optimization_goal billing_event"),
)

var groupColumns = columnsOf(
	[]column{always("ad_group.id"), always("ad_group.status")}, parentColumns,
	needed("name", "ad_group.name"), needed("type", "ad_group.type"), needed("creative_selection", "ad_group.ad_rotation_mode"),
	needed("effective_status", "ad_group.primary_status", "ad_group.primary_status_reasons"),
	needed("bid_strategy bid_amount", "ad_group.cpc_bid_micros", "ad_group.cpm_bid_micros", "ad_group.cpv_bid_micros", "ad_group.target_cpa_micros",
		"ad_group.target_cpc_micros", "ad_group.target_cpm_micros", "ad_group.target_cpv_micros", "ad_group.target_roas"),
	needed("targeting", "ad_group.optimized_targeting_enabled", "ad_group.targeting_setting.target_restrictions"),
	needed(onlyRaw, "ad_group.campaign", "ad_group.tracking_url_template", "ad_group.final_url_suffix", "ad_group.labels", "ad_group.effective_cpc_bid_micros",
		"ad_group.effective_target_cpa_micros", "ad_group.effective_target_roas", "ad_group.exclude_demographic_expansion"),
)

var assetGroupColumns = columnsOf(
	[]column{always("asset_group.id"), always("asset_group.status")}, parentColumns,
	needed("name", "asset_group.name"), needed("effective_status", "asset_group.primary_status", "asset_group.primary_status_reasons"),
	needed(onlyRaw, "asset_group.campaign", "asset_group.final_urls", "asset_group.final_mobile_urls", "asset_group.path1", "asset_group.path2", "asset_group.ad_strength"),
)

// groups are ad groups, and the asset groups of Performance Max, which has no ad groups.
func groups(c *client) providers.Collection[normalize.Group] {
	return providers.Collection[normalize.Group]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterCampaign, providers.FilterStatus, providers.FilterQuery},
		MaxPage: maxGroups,
		List:    overAccounts(c, staged(c.adGroupsAfter, c.assetGroupsAfter)),
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Group, error) {
			a, err := c.needOrg(ctx, ref)
			if err != nil {
				return normalize.Group{}, err
			}
			number, asset, ok := parseGroup(ref.ID)
			if !ok {
				return normalize.Group{}, notFound("ad group or asset group", ref.ID)
			}
			var items []normalize.Group
			if asset {
				items, err = c.assetGroupsWhere(ctx, a, queryOf(ref), gaql{where: []string{"asset_group.id = " + number}, limit: 1})
			} else {
				items, err = c.adGroupsWhere(ctx, a, queryOf(ref), gaql{where: []string{"ad_group.id = " + number}, limit: 1})
			}
			return one(items, err, "ad group or asset group", ref.ID)
		},
	}
}

// inCampaign adds the condition on the campaign. ok is false for an id that cannot be one: it has no children.
func inCampaign(where []string, campaign string) (out []string, ok bool) {
	if campaign == "" {
		return where, true
	}
	return append(where, "campaign.id = "+campaign), digits(campaign)
}

// groupsOf are the conditions of a list of groups.
func groupsOf(q providers.ListQuery, resource string) (where []string, ok bool) {
	where, ok = byStatus(q.Status, resource+".status", "campaign.status")
	if ok {
		where, ok = byName(where, resource+".name", q.Query)
	}
	if ok {
		where, ok = inCampaign(where, q.Campaign)
	}
	return where, ok
}

func (c *client) adGroupsAfter(ctx context.Context, a account, q providers.ListQuery, after string, size int) ([]normalize.Group, string, bool, error) {
	where, ok := groupsOf(q, "ad_group")
	if !ok {
		return nil, "", false, nil
	}
	items, err := c.adGroupsWhere(ctx, a, q, byKey(gaql{where: where}, "ad_group.id", after, size))
	return keyed(items, err, size, func(g normalize.Group) string { return g.ID })
}

func (c *client) assetGroupsAfter(ctx context.Context, a account, q providers.ListQuery, after string, size int) ([]normalize.Group, string, bool, error) {
	where, ok := groupsOf(q, "asset_group")
	if !ok {
		return nil, "", false, nil
	}
	items, err := c.assetGroupsWhere(ctx, a, q, byKey(gaql{where: where}, "asset_group.id", after, size))
	return keyed(items, err, size, func(g normalize.Group) string { number, _, _ := parseGroup(g.ID); return number })
}

func (c *client) adGroupsWhere(ctx context.Context, a account, q providers.ListQuery, query gaql) ([]normalize.Group, error) {
	found, err := c.groupRows(ctx, a, q, query, "ad_group", groupColumns)
	if err != nil {
		return nil, err
	}
	var targets map[string]*normalize.Targeting
	if wants(q, "targeting") {
		ids := make([]string, len(found))
		for i := range found {
			ids[i] = found[i].row.AdGroup.ID.String()
		}
		if targets, err = c.targetingOf(ctx, a, groupLevel, ids); err != nil {
			return nil, err
		}
	}
	items := make([]normalize.Group, len(found))
	for i := range found {
		items[i] = groupOf(&found[i].row, a, found[i].raw)
		if wants(q, "targeting") {
			items[i].Targeting = groupTargeting(targets[items[i].ID], &found[i].row.AdGroup)
		}
	}
	return items, nil
}

func (c *client) assetGroupsWhere(ctx context.Context, a account, q providers.ListQuery, query gaql) ([]normalize.Group, error) {
	found, err := c.groupRows(ctx, a, q, query, "asset_group", assetGroupColumns)
	if err != nil {
		return nil, err
	}
	items := make([]normalize.Group, len(found))
	for i := range found {
		items[i] = groupOfAssets(&found[i].row, a, found[i].raw)
	}
	return items, nil
}

// groupRows reads groups with their campaigns, whose bidding is theirs.
func (c *client) groupRows(ctx context.Context, a account, q providers.ListQuery, query gaql, from string, cols []column) ([]got[groupRow], error) {
	var err error
	if query.fields, err = selected(cols, q); err != nil {
		return nil, err
	}
	query.from = from
	found, err := read[groupRow](ctx, c, a, query, q.Raw)
	if err != nil || !wants(q, "bid_strategy", "bid_amount") {
		return found, err
	}
	list := make([]*campaign, len(found))
	for i := range found {
		list[i] = &found[i].row.Campaign
	}
	return found, c.fillPortfolios(ctx, a, list)
}
