package meta

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const parentField = "campaign{id,bid_strategy,daily_budget,lifetime_budget}"

var groupObject = fieldMap{
	order: []string{
		"id", "account_id", "campaign_id", "name", "status", "configured_status", "effective_status", "daily_budget", "lifetime_budget",
		"budget_remaining", "billing_event", "optimization_goal", "bid_strategy", "bid_amount", "bid_constraints", "destination_type",
		"promoted_object", "attribution_spec", "frequency_control_specs", "adset_schedule", "pacing_type", "targeting", "learning_stage_info",
		parentField, "start_time", "end_time", "created_time", "updated_time", "issues_info",
	},
	of: map[string][]string{
		"": {"id", "account_id", "campaign_id"}, "name": {"name"}, "status": {"status"},
		"effective_status": {"effective_status", "learning_stage_info", "start_time", "end_time"},
		"budget_amount":    budgetFields, "budget_period": budgetFields, "budget_unit": budgetFields, "budget_allocation_type": {parentField},
		"billing_event": {"billing_event"}, "optimization_goal": {"optimization_goal"},
		"bid_strategy": {"bid_strategy", "bid_amount", "bid_constraints", "optimization_goal", parentField},
		"bid_amount":   {"bid_strategy", "bid_amount", "optimization_goal", parentField},
		"promoted":     {"promoted_object"}, "frequency_cap": {"frequency_control_specs"}, "targeting": {"targeting", "adset_schedule"},
		"start_at": {"start_time"}, "end_at": {"end_time"}, "created_at": {"created_time"}, "updated_at": {"updated_time"},
	},
}

func groupReader(c *client) reader[adSet, normalize.Group] {
	return reader[adSet, normalize.Group]{
		c, "ad set", groupObject.order, func(w *adSet) string { return w.AccountID.String() },
		func(ctx context.Context, w *adSet, raw json.RawMessage) (normalize.Group, error) {
			f, err := c.accountFacts(ctx, w.AccountID.String())
			if err != nil {
				return normalize.Group{}, err
			}
			g, err := groupOf(w, f.Currency, c.now(), raw)
			if err != nil {
				return normalize.Group{}, err
			}
			items := []normalize.Group{g}
			return items[0], c.nameLanguages(ctx, items)
		},
	}
}

// groups are Meta's ad sets.
func groups(c *client) providers.Collection[normalize.Group] {
	read := groupReader(c)
	return writer[normalize.Group]{
		what: read.what, fields: groupFields, get: read.get, many: read.many, create: (*desk).createGroup, update: (*desk).updateGroup,
		ahead: groupsAhead, explain: explained,
	}.into(c, providers.Collection[normalize.Group]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterCampaign, providers.FilterStatus, providers.FilterUpdatedSince},
		MaxPage: maxPage,
		List:    overAccounts(c, c.groupsPage),
		Get:     read.get,
		Find:    c.findGroup,
	})
}

func (c *client) groupsPage(ctx context.Context, account string, q providers.ListQuery, at place) ([]normalize.Group, *place, []string, error) {
	currency, err := c.currencyFor(ctx, account, q)
	if err != nil {
		return nil, nil, nil, err
	}
	k, ok := listCall(account, "adsets", "adset", groupObject, adSetEffective, q, nil)
	if !ok {
		return nil, nil, nil, nil
	}
	since(k.params, q)
	items, next, err := onePage(ctx, c, k, q, at, maxPage, func(w *adSet, raw json.RawMessage) (normalize.Group, bool, error) {
		item, err := groupOf(w, currency, c.now(), raw)
		return item, asked(q.Status, item.Status) && changedSince(q, w.UpdatedTime), err
	})
	if err == nil && wants(q, "targeting") {
		err = c.nameLanguages(ctx, items)
	}
	return items, next, nil, err
}

// since asks an edge for what has changed, from the second before on.
func since(params url.Values, q providers.ListQuery) {
	if !q.UpdatedSince.IsZero() {
		params.Set("updated_since", strconv.FormatInt(q.UpdatedSince.Unix()-1, 10))
	}
}

// nameLanguages gives the languages that are targeted their names: an ad set has their numbers only. They are right
// without.
func (c *client) nameLanguages(ctx context.Context, items []normalize.Group) error {
	var names map[string]string
	for i := range items {
		t := items[i].Targeting
		if t == nil {
			continue
		}
		for j := range t.Language {
			if names == nil {
				var err error
				if names, err = c.languages(ctx); err != nil {
					return err
				}
			}
			t.Language[j].Name = names[t.Language[j].ID]
		}
	}
	return nil
}

// languages are the names of all languages by our id of them, looked up once.
func (c *client) languages(ctx context.Context) (map[string]string, error) {
	c.known.mu.Lock()
	names := c.known.languages
	c.known.mu.Unlock()
	if names != nil {
		return names, nil
	}
	names = map[string]string{}
	k := call{path: "search", params: url.Values{"type": {"adlocale"}, "q": {""}}}
	for s, err := range edge[searched](ctx, c, k, maxSearch, nil) {
		if err != nil {
			if k := providers.KindOf(err); k == providers.Forbidden || k == providers.Invalid {
				break
			}
			return nil, err
		}
		names[keyed(keyLocale, s.Key.String())] = strings.TrimSpace(s.Name)
	}
	c.known.mu.Lock()
	c.known.languages = names
	c.known.mu.Unlock()
	return names, nil
}
