package google

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
	"github.com/admux/admux/providers/internal/wire"
)

// promotedRow is a row of any of the sources.
type promotedRow struct {
	ConversionAction struct {
		ID   wire.ID `json:"id"`
		Name string  `json:"name"`
	} `json:"conversionAction"`
	Asset    asset    `json:"asset"`
	Campaign campaign `json:"campaign"`
}

// promotedSource lists one kind of what can be promoted. Apps and merchants are known by the campaigns that promote them.
type promotedSource struct {
	kind  normalize.PromotedType
	query gaql
	is    func(id string) string // the condition for one of them; nil: it is looked for in the list
	of    func(*promotedRow) (id, name string)
}

var promotedSources = []promotedSource{
	{
		normalize.PromotedTypeCustomConversionID,
		gaql{fields: []string{"conversion_action.id", "conversion_action.name", "conversion_action.category", "conversion_action.status", "conversion_action.type"},
			from: "conversion_action", where: []string{"conversion_action.status = 'ENABLED'"}, order: "conversion_action.id"},
		func(id string) string { return "conversion_action.id = " + id },
		func(r *promotedRow) (string, string) { return r.ConversionAction.ID.String(), r.ConversionAction.Name },
	},
	{
		normalize.PromotedTypeLeadFormID,
		gaql{fields: []string{"asset.id", "asset.name", "asset.type"}, from: "asset", where: []string{"asset.type = 'LEAD_FORM'"}, order: "asset.id"},
		func(id string) string { return "asset.id = " + id },
		func(r *promotedRow) (string, string) { return r.Asset.ID.String(), r.Asset.Name },
	},
	{
		normalize.PromotedTypeAppID,
		gaql{fields: []string{"campaign.id", "campaign.app_campaign_setting.app_id", "campaign.app_campaign_setting.app_store"}, from: "campaign",
			where: []string{"campaign.advertising_channel_type = 'MULTI_CHANNEL'", "campaign.status != 'REMOVED'"}, order: "campaign.id"},
		nil, func(r *promotedRow) (string, string) { return r.Campaign.AppCampaignSetting.AppID, "" },
	},
	{
		normalize.PromotedTypeCatalogID,
		gaql{fields: []string{"campaign.id", "campaign.shopping_setting.merchant_id"}, from: "campaign",
			where: []string{"campaign.advertising_channel_type IN ('SHOPPING', 'PERFORMANCE_MAX', 'DEMAND_GEN')", "campaign.status != 'REMOVED'"}, order: "campaign.id"},
		nil, func(r *promotedRow) (string, string) {
			if id := r.Campaign.ShoppingSetting.MerchantID.String(); id != "0" {
				return id, ""
			}
			return "", ""
		},
	},
}

// promoted are conversion actions and lead forms, and the apps and merchants whose products campaigns promote.
func promoted(c *client) providers.Collection[normalize.Promoted] {
	return providers.Collection[normalize.Promoted]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterType},
		MaxPage: maxPage,
		List:    c.listPromoted,
		Get:     c.getPromoted,
	}
}

// listPromoted reads each source whole and cuts pages from what they give: there are few of each.
func (c *client) listPromoted(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Promoted], error) {
	none := providers.Page[normalize.Promoted]{}
	if len(q.Params) > 0 {
		if _, err := selected(nil, q); err != nil {
			return none, err
		}
	}
	accounts, left, err := c.accountsOf(ctx, q.Org)
	if err != nil {
		return none, err
	}
	var all []normalize.Promoted
	seen := map[string]bool{} // a manager's conversion actions show in each of its accounts
	for _, s := range promotedSources {
		if len(q.Type) > 0 && !slices.Contains(q.Type, string(s.kind)) {
			continue
		}
		for _, a := range accounts {
			found, err := c.promotedBy(ctx, a, s, s.query, q)
			if err != nil {
				return none, err
			}
			for _, x := range found {
				if key := string(s.kind) + " " + x.ID; !seen[key] {
					seen[key] = true
					all = append(all, x)
				}
			}
		}
	}
	p, err := page.Slice(q, all)
	p.Left = left
	return p, own(err)
}

func (c *client) promotedBy(ctx context.Context, a account, s promotedSource, query gaql, q providers.ListQuery) ([]normalize.Promoted, error) {
	cols := make([]column, len(query.fields))
	for i, f := range query.fields {
		cols[i] = always(f)
	}
	var err error
	if query.fields, err = selected(cols, q); err != nil {
		return nil, err
	}
	found, err := read[promotedRow](ctx, c, a, query, q.Raw)
	if err != nil {
		return nil, err
	}
	var out []normalize.Promoted
	for i := range found {
		if id, name := s.of(&found[i].row); id != "" {
			out = append(out, normalize.Promoted{ID: id, Name: name, Type: s.kind, Raw: kept(q.Raw, found[i].raw)})
		}
	}
	return out, nil
}

// kept is the platform's object when it was asked for.
func kept(want bool, raw json.RawMessage) json.RawMessage {
	if !want {
		return nil
	}
	return raw
}

// getPromoted finds what an id is of. Numbers of two kinds may be the same: the first kind that has it is meant.
func (c *client) getPromoted(ctx context.Context, ref providers.Ref) (normalize.Promoted, error) {
	a, err := c.needOrg(ctx, ref)
	if err != nil {
		return normalize.Promoted{}, err
	}
	for _, s := range promotedSources {
		query := s.query
		if s.is != nil {
			if !digits(ref.ID) {
				continue
			}
			query.where = append(slices.Clone(query.where), s.is(ref.ID))
		}
		found, err := c.promotedBy(ctx, a, s, query, queryOf(ref))
		if err != nil {
			return normalize.Promoted{}, err
		}
		for _, x := range found {
			if x.ID == ref.ID {
				return x, nil
			}
		}
	}
	return normalize.Promoted{}, notFound("conversion action, lead form, app or merchant", ref.ID)
}
