package linkedin

import (
	"context"
	"encoding/json"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func (c *client) batchCampaigns(ctx context.Context, ops []providers.Op[normalize.Campaign]) ([]providers.Done[normalize.Campaign], error) {
	return batched[normalize.Campaign]{
		c: c, kind: groupKind, create: c.newCampaign, update: c.campaignChange, remove: c.deleteCampaign, single: campaigns(c), read: c.readCampaigns,
	}.run(ctx, ops)
}

func (c *client) readCampaigns(ctx context.Context, account string, ids []string) (map[string]normalize.Campaign, error) {
	var items []normalize.Campaign
	var without []string
	_, err := getBatch(ctx, c, groupKind.all(account), ids, asked{}, func(_ string, g *campaignGroup, _ json.RawMessage) {
		without = append(without, goalless(g)...)
		items = append(items, campaignOf(g, account, nil))
	})
	if err == nil {
		err = c.fillGoals(ctx, account, items, without)
	}
	out := map[string]normalize.Campaign{}
	for _, o := range items {
		out[o.ID] = o
	}
	return out, err
}

func (c *client) batchGroups(ctx context.Context, ops []providers.Op[normalize.Group]) ([]providers.Done[normalize.Group], error) {
	return batched[normalize.Group]{
		c: c, kind: campaignKind, create: c.newGroup, update: c.groupChange, remove: c.deleteGroup, single: groups(c), read: c.readGroups,
	}.run(ctx, ops)
}

func (c *client) readGroups(ctx context.Context, account string, ids []string) (map[string]normalize.Group, error) {
	var page []wireGroup
	_, err := getBatch(ctx, c, campaignKind.all(account), ids, asked{}, func(_ string, w *campaign, _ json.RawMessage) {
		page = append(page, wireGroup{campaign: *w})
	})
	if err != nil {
		return nil, err
	}
	items, err := c.dressGroups(ctx, account, page, providers.ListQuery{})
	out := map[string]normalize.Group{}
	for _, o := range items {
		out[o.ID] = o
	}
	return out, err
}
