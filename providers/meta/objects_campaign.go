package meta

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

var campaignObject = fieldMap{
	order: []string{
		"id", "account_id", "name", "objective", "status", "configured_status", "effective_status", "buying_type", "bid_strategy", "daily_budget",
		"lifetime_budget", "budget_remaining", "spend_cap", "special_ad_categories", "adlabels{id,name}", "start_time", "stop_time",
		"created_time", "updated_time", "issues_info",
	},
	of: map[string][]string{
		"": {"id", "account_id"}, "name": {"name"}, "goal": {"objective"}, "kpi": {"objective"}, "status": {"status"},
		"effective_status": {"effective_status", "start_time", "stop_time"}, "category": {"special_ad_categories"}, "labels": {"adlabels{id,name}"},
		"budget_amount": budgetFields, "budget_period": budgetFields, "budget_unit": budgetFields, "bid_strategy": append([]string{"bid_strategy"}, budgetFields...),
		"start_at": {"start_time"}, "end_at": {"stop_time"}, "created_at": {"created_time"}, "updated_at": {"updated_time"},
	},
}

var budgetFields = []string{"daily_budget", "lifetime_budget"}

// moneyFields are those of ours that need the account's currency.
var moneyFields = []string{"currency", "budget_amount", "budget_period", "budget_unit", "bid_strategy", "bid_amount"}

func campaignReader(c *client) reader[campaign, normalize.Campaign] {
	return reader[campaign, normalize.Campaign]{
		c, "campaign", campaignObject.order, func(w *campaign) string { return w.AccountID.String() },
		func(ctx context.Context, w *campaign, raw json.RawMessage) (normalize.Campaign, error) {
			f, err := c.accountFacts(ctx, w.AccountID.String())
			if err != nil {
				return normalize.Campaign{}, err
			}
			return campaignOf(w, f.Currency, c.now(), raw)
		},
	}
}

func campaigns(c *client) providers.Collection[normalize.Campaign] {
	read := campaignReader(c)
	return writer[normalize.Campaign]{
		what: read.what, fields: campaignFields, get: read.get, many: read.many, create: (*desk).createCampaign, update: (*desk).updateCampaign,
	}.into(c, providers.Collection[normalize.Campaign]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterStatus, providers.FilterUpdatedSince},
		MaxPage: maxPage,
		List:    overAccounts(c, c.campaignsPage),
		Get:     read.get,
		Find:    c.findCampaign,
	})
}

func (c *client) campaignsPage(ctx context.Context, account string, q providers.ListQuery, at place) ([]normalize.Campaign, *place, []string, error) {
	currency, err := c.currencyFor(ctx, account, q)
	if err != nil {
		return nil, nil, nil, err
	}
	var where []condition
	if !q.UpdatedSince.IsZero() { // this edge has no updated_since
		where = append(where, condition{"campaign.updated_time", "GREATER_THAN", q.UpdatedSince.Unix() - 1})
	}
	k, ok := listCall(account, "campaigns", "campaign", campaignObject, campaignEffective, q, where)
	if !ok {
		return nil, nil, nil, nil
	}
	items, next, err := onePage(ctx, c, k, q, at, maxPage, func(w *campaign, raw json.RawMessage) (normalize.Campaign, bool, error) {
		item, err := campaignOf(w, currency, c.now(), raw)
		return item, asked(q.Status, item.Status) && changedSince(q, w.UpdatedTime), err
	})
	var left []string
	if !q.UpdatedSince.IsZero() && at.After == "" {
		left = []string{"campaigns of which only the budget or the spend cap was changed: Meta does not move updated_time then"}
	}
	return items, next, left, err
}

// currencyFor is the account's currency where amounts are wanted; empty where they are not.
func (c *client) currencyFor(ctx context.Context, account string, q providers.ListQuery) (string, error) {
	if !q.Raw && !wants(q, moneyFields...) {
		return "", nil
	}
	f, err := c.accountFacts(ctx, account)
	return f.Currency, err
}

// listCall is the call of an edge of ad objects below an account. The conditions are Meta's own filters; a status is
// looked for among the effective ones, as Meta has no filter on the switch. ok is false when nothing can match.
func listCall(account, edge, prefix string, fields fieldMap, level []string, q providers.ListQuery, where []condition) (k call, ok bool) {
	statuses, all := searchStatuses(level, q.Status)
	if !all {
		if len(statuses) == 0 {
			return call{}, false
		}
		where = append(where, condition{prefix + ".effective_status", "IN", statuses})
	}
	for _, parent := range []struct{ field, id string }{{"campaign.id", q.Campaign}, {"adset.id", q.Group}} {
		if parent.id == "" {
			continue
		}
		if !digitsOnly(parent.id) {
			return call{}, false // an id that cannot be one has no children
		}
		where = append(where, condition{parent.field, "IN", []string{parent.id}})
	}
	names := fields.list(q)
	if len(q.Status) > 0 {
		names = with(names, "status")
	}
	if !q.UpdatedSince.IsZero() {
		names = with(names, "updated_time")
	}
	params := url.Values{"fields": {strings.Join(names, ",")}}
	if len(where) > 0 {
		params.Set("filtering", js(where))
	}
	return call{path: node(account) + "/" + edge, params: params, lane: lane{account: account}}, true
}

func with(list []string, name string) []string { return add(slices.Clip(list), name) }

// changedSince looks through what Meta has filtered: its instants are whole seconds, and an edge may go by more or less.
func changedSince(q providers.ListQuery, updated stamp) bool {
	return q.UpdatedSince.IsZero() || !updated.at.Before(q.UpdatedSince)
}
