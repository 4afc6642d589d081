package linkedin

import (
	"context"
	"encoding/json"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// groups are LinkedIn's campaigns.
func groups(c *client) providers.Collection[normalize.Group] {
	return providers.Collection[normalize.Group]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterCampaign, providers.FilterStatus},
		MaxPage: maxSearch,
		List:    overAccounts(c, c.groupsPage),
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Group, error) {
			id, ok := numeric(urnCampaign, ref.ID)
			if !ok {
				return normalize.Group{}, notFound("campaign", ref.ID)
			}
			w, raw, account, err := getInAccount[campaign](ctx, c, ref, func(account string) string {
				return "adAccounts/" + account + "/adCampaigns/" + id
			})
			if err != nil {
				return normalize.Group{}, err
			}
			items, err := c.dressGroups(ctx, account, []wireGroup{{w, kept(ref.Raw, raw)}}, providers.ListQuery{})
			if err != nil {
				return normalize.Group{}, err
			}
			return items[0], nil
		},
		Fields: groupFields, Create: c.createGroup, Update: c.updateGroup, Delete: c.deleteGroup, Find: c.findGroup, Batch: c.batchGroups,
	}
}

// wireGroup is a campaign as LinkedIn sent it.
type wireGroup struct {
	campaign
	raw json.RawMessage
}

func (c *client) groupsPage(ctx context.Context, account string, q providers.ListQuery, token string) ([]normalize.Group, string, []string, error) {
	statuses := searchStatuses(campaignStatuses, q.Status)
	if len(statuses) == 0 {
		return nil, "", nil, nil
	}
	criteria := []string{"status", oneOf(statuses...)}
	if q.Campaign != "" {
		id, ok := numeric(urnCampaignGroup, q.Campaign)
		if !ok {
			return nil, "", nil, nil // an id that cannot be one has no groups
		}
		criteria = append(criteria, "campaignGroup", oneOf(urn(urnCampaignGroup, id)))
	}
	query, err := searchQuery(record(criteria...), q, token)
	if err != nil {
		return nil, "", nil, err
	}
	page, tr, err := collect(ctx, c, call{methodFinder, "adAccounts/" + account + "/adCampaigns", query}, q.Raw,
		func(w *campaign, raw json.RawMessage) wireGroup { return wireGroup{*w, raw} })
	if err != nil {
		return nil, "", nil, err
	}
	items, err := c.dressGroups(ctx, account, page, q)
	return items, tr.Metadata.NextPageToken, nil, err
}

// dressGroups makes our groups, with what LinkedIn keeps elsewhere: the names of what is targeted, and whether the
// campaign group spreads one budget over them.
func (c *client) dressGroups(ctx context.Context, account string, page []wireGroup, q providers.ListQuery) ([]normalize.Group, error) {
	var labels map[string]string
	if wants(q, "targeting") {
		var all []string
		for i := range page {
			all = append(all, targetURNs(&page[i].campaign)...)
		}
		var err error
		if labels, err = c.labels(ctx, all); err != nil {
			return nil, err
		}
	}
	var parents map[string]*campaignGroup
	if wants(q, "budget_allocation_type") {
		var err error
		if parents, err = c.parentGroups(ctx, account, page); err != nil {
			return nil, err
		}
	}
	items := make([]normalize.Group, len(page))
	for i := range page {
		items[i] = groupOf(&page[i].campaign, account, labels, page[i].raw)
		if parents != nil {
			items[i].BudgetAllocationType = allocation(parents[items[i].CampaignID])
		}
	}
	return items, nil
}

// parentGroups reads the campaign groups of campaigns, each once.
func (c *client) parentGroups(ctx context.Context, account string, page []wireGroup) (map[string]*campaignGroup, error) {
	out := map[string]*campaignGroup{}
	var ids []string
	for i := range page {
		id := tail(page[i].CampaignGroup)
		if _, seen := out[id]; !seen && id != "" {
			out[id] = nil
			ids = append(ids, id)
		}
	}
	_, err := getBatch(ctx, c, "adAccounts/"+account+"/adCampaignGroups", ids, asked{fields: []string{"id", "budgetOptimization"}},
		func(id string, g *campaignGroup, _ json.RawMessage) { out[id] = g })
	return out, err
}
