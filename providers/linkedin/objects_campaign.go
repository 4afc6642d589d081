package linkedin

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// campaigns are LinkedIn's campaign groups.
func campaigns(c *client) providers.Collection[normalize.Campaign] {
	return providers.Collection[normalize.Campaign]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterStatus},
		MaxPage: maxSearch,
		List:    overAccounts(c, c.campaignsPage),
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Campaign, error) {
			id, ok := numeric(urnCampaignGroup, ref.ID)
			if !ok {
				return normalize.Campaign{}, notFound("campaign group", ref.ID)
			}
			g, raw, account, err := getInAccount[campaignGroup](ctx, c, ref, func(account string) string {
				return "adAccounts/" + account + "/adCampaignGroups/" + id
			})
			if err != nil {
				return normalize.Campaign{}, err
			}
			items := []normalize.Campaign{campaignOf(&g, account, kept(ref.Raw, raw))}
			err = c.fillGoals(ctx, account, items, goalless(&g))
			return items[0], err
		},
		Fields: campaignFields, Create: c.createCampaign, Update: c.updateCampaign, Delete: c.deleteCampaign, Find: c.findCampaign, Batch: c.batchCampaigns,
	}
}

func (c *client) campaignsPage(ctx context.Context, account string, q providers.ListQuery, token string) ([]normalize.Campaign, string, []string, error) {
	statuses := searchStatuses(groupStatuses, q.Status)
	if len(statuses) == 0 {
		return nil, "", nil, nil
	}
	query, err := searchQuery(record("status", oneOf(statuses...)), q, token)
	if err != nil {
		return nil, "", nil, err
	}
	var without []string // ids of groups without an objective
	items, tr, err := collect(ctx, c, call{methodFinder, "adAccounts/" + account + "/adCampaignGroups", query}, q.Raw,
		func(g *campaignGroup, raw json.RawMessage) normalize.Campaign {
			without = append(without, goalless(g)...)
			return campaignOf(g, account, raw)
		})
	if err == nil && wants(q, "goal", "kpi") {
		err = c.fillGoals(ctx, account, items, without)
	}
	return items, tr.Metadata.NextPageToken, nil, err
}

func goalless(g *campaignGroup) []string {
	if g.ObjectiveType != "" {
		return nil
	}
	return []string{g.ID.String()}
}

// fillGoals gives campaigns whose campaign group has no objective that of its children, where all share one. LinkedIn
// keeps the objective on the child; on the group it is optional.
func (c *client) fillGoals(ctx context.Context, account string, items []normalize.Campaign, without []string) error {
	if len(without) == 0 {
		return nil
	}
	shared := map[string]string{} // group → objective of its children, "" when they differ
	criteria := record("campaignGroup", oneOf(urns(urnCampaignGroup, without)...), "status", oneOf(campaignStatuses...))
	err := everyPage(ctx, c, "adAccounts/"+account+"/adCampaigns", func(token string) string {
		return new(query).text("q", "search").add("search", criteria).page(maxSearch, token).
			fields("id", "campaignGroup", "objectiveType").String()
	}, func(child *campaign) {
		group := tail(child.CampaignGroup)
		if first, seen := shared[group]; !seen {
			shared[group] = child.ObjectiveType
		} else if first != child.ObjectiveType {
			shared[group] = ""
		}
	})
	if err != nil {
		return err
	}
	for i := range items {
		if slices.Contains(without, items[i].ID) {
			setGoal(&items[i], shared[items[i].ID])
		}
	}
	return nil
}
