package google

import (
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// campaignColumns are the fields of a campaign's query. Those of the bidding are read for all that is made of them.
var campaignColumns = columnsOf(
	[]column{always("campaign.id"), always("campaign.status")},
	needed("name", "campaign.name"),
	needed("effective_status", "campaign.primary_status", "campaign.primary_status_reasons"),
	needed("advertising_channel_type goal bid_strategy bid_amount", "campaign.advertising_channel_type", "campaign.advertising_channel_sub_type"),
	needed("start_at", "campaign.start_date_time"), needed("end_at", "campaign.end_date_time"),
	needed("has_eu_political_ads", "campaign.contains_eu_political_advertising"),
	needed("frequency_cap", "campaign.frequency_caps"), needed("labels", "campaign.labels"),
	needed("budget_amount budget_period budget_unit", "campaign_budget.amount_micros", "campaign_budget.total_amount_micros", "campaign_budget.period"),
	needed("budget_amount budget_period campaign_budget_identifier", "campaign_budget.id"),
	needed("targeting", "campaign.network_settings.target_google_search", "campaign.network_settings.target_search_network",
		"campaign.network_settings.target_content_network", "campaign.geo_target_type_setting.positive_geo_target_type", "campaign.targeting_setting.target_restrictions"),
	biddingColumns("bid_strategy bid_amount kpi"),
	// Asked for with raw only: what ours does not hold.
	needed(onlyRaw, "campaign.serving_status", "campaign.bidding_strategy_system_status", "campaign.optimization_score", "campaign.tracking_url_template",
		"campaign.final_url_suffix", "campaign.payment_mode", "campaign_budget.name", "campaign_budget.explicitly_shared", "campaign_budget.reference_count",
		"campaign_budget.delivery_method", "campaign.campaign_budget", "campaign.app_campaign_setting.app_id", "campaign.app_campaign_setting.app_store",
		"campaign.shopping_setting.merchant_id"),
)

// biddingColumns are the fields that tell how a campaign bids.
func biddingColumns(ours string) []column {
	return needed(ours, "campaign.bidding_strategy_type", "campaign.bidding_strategy",
		"campaign.maximize_conversions.target_cpa_micros", "campaign.maximize_conversions.cpc_bid_ceiling_micros",
		"campaign.maximize_conversion_value.target_roas", "campaign.maximize_conversion_value.cpc_bid_ceiling_micros",
		"campaign.target_cpa.target_cpa_micros", "campaign.target_cpa.cpc_bid_ceiling_micros",
		"campaign.target_roas.target_roas", "campaign.target_roas.cpc_bid_ceiling_micros",
		"campaign.target_spend.cpc_bid_ceiling_micros", "campaign.target_cpc.target_cpc_micros")
}

// campaigns are Google's campaigns, each with its budget.
func campaigns(c *client) providers.Collection[normalize.Campaign] {
	return providers.Collection[normalize.Campaign]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterStatus, providers.FilterQuery},
		MaxPage: maxPage,
		List:    overAccounts(c, staged(c.campaignsAfter)),
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Campaign, error) {
			a, err := c.needOrg(ctx, ref)
			if err != nil {
				return normalize.Campaign{}, err
			}
			if !digits(ref.ID) {
				return normalize.Campaign{}, notFound("campaign", ref.ID)
			}
			items, err := c.campaignsWhere(ctx, a, queryOf(ref), gaql{where: []string{"campaign.id = " + ref.ID}, limit: 1})
			return one(items, err, "campaign", ref.ID)
		},
	}
}

// one is the only item of an answer by id. An empty answer is how Google says that there is none.
func one[T any](items []T, err error, what, id string) (T, error) {
	if err == nil && len(items) == 0 {
		err = notFound(what, id)
	}
	if err != nil {
		var none T
		return none, err
	}
	return items[0], nil
}

func (c *client) campaignsAfter(ctx context.Context, a account, q providers.ListQuery, after string, size int) ([]normalize.Campaign, string, bool, error) {
	where, ok := byStatus(q.Status, "campaign.status")
	if ok {
		where, ok = byName(where, "campaign.name", q.Query)
	}
	if !ok {
		return nil, "", false, nil
	}
	items, err := c.campaignsWhere(ctx, a, q, byKey(gaql{where: where}, "campaign.id", after, size))
	return keyed(items, err, size, func(x normalize.Campaign) string { return x.ID })
}

// keyed is a stage's answer: the last key of a full page is where the next one begins.
func keyed[T any](items []T, err error, size int, key func(T) string) ([]T, string, bool, error) {
	if err != nil || len(items) == 0 {
		return nil, "", false, err
	}
	return items, key(items[len(items)-1]), len(items) >= size, nil
}

// campaignsWhere reads the campaigns of a query, and what Google keeps of them elsewhere, once for all of them.
func (c *client) campaignsWhere(ctx context.Context, a account, q providers.ListQuery, query gaql) ([]normalize.Campaign, error) {
	loc, err := zoneOf(a)
	if err != nil {
		return nil, err
	}
	if query.fields, err = selected(campaignColumns, q); err != nil {
		return nil, err
	}
	query.from = "campaign"
	found, err := read[campaignRow](ctx, c, a, query, q.Raw)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	list := make([]*campaign, len(found))
	var labels []string
	for i := range found {
		list[i] = &found[i].row.Campaign
		ids[i] = list[i].ID.String()
		labels = append(labels, list[i].Labels...)
	}
	if wants(q, "bid_strategy", "bid_amount", "kpi") {
		if err := c.fillPortfolios(ctx, a, list); err != nil {
			return nil, err
		}
	}
	var targets map[string]*normalize.Targeting
	if wants(q, "targeting") {
		if targets, err = c.targetingOf(ctx, a, campaignLevel, ids); err != nil {
			return nil, err
		}
	}
	names, err := c.labelNames(ctx, a, labels)
	if err != nil {
		return nil, err
	}
	items := make([]normalize.Campaign, len(found))
	for i := range found {
		items[i] = campaignOf(&found[i].row, a, loc, found[i].raw)
		if wants(q, "targeting") {
			items[i].Targeting = campaignTargeting(targets[ids[i]], list[i])
		}
		items[i].Labels = named(list[i].Labels, names)
	}
	return items, nil
}

// named are the names of labels, in order. A label without a name is gone.
func named(labels []string, names map[string]string) []string {
	var out []string
	for _, l := range labels {
		out = append(out, some(names[tail(l)])...)
	}
	slices.Sort(out)
	return out
}
