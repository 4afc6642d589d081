package meta

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// slack is by how much Meta's clock may stand apart from ours, and how long after we gave up it may still have done what
// it was asked for.
const slack = time.Minute

// within tells whether something was made while a try lasted. Meta counts whole seconds.
func within(made *time.Time, try providers.Try) bool {
	return made != nil && !made.Before(try.Since.Add(-slack).Truncate(time.Second)) && !made.After(try.Until.Add(slack))
}

// find looks through what an edge has of late for objects of a name that were made while a try lasted. The name is compared
// here, to the letter; edges hide what is archived or deleted, which a create never makes.
func find[W, T any](ctx context.Context, c *client, account, edge string, k call, turn func(*W) (T, error), match func(T) bool) ([]T, error) {
	k.path, k.lane = node(account)+"/"+edge, lane{account: account}
	var out []T
	q := providers.ListQuery{Size: maxPage}
	for at := (place{Account: account}); ; {
		items, next, err := onePage(ctx, c, k, q, at, maxPage, func(w *W, _ json.RawMessage) (T, bool, error) {
			item, err := turn(w)
			return item, err == nil && match(item), err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
		if next == nil {
			return out, nil
		}
		at = *next
	}
}

func (c *client) findCampaign(ctx context.Context, w providers.Write[normalize.Campaign], try providers.Try) ([]normalize.Campaign, error) {
	account, err := c.accountToWrite(w.Org, w.Object.OrganizationID, "")
	if err != nil {
		return nil, err
	}
	f, err := c.accountFacts(ctx, account)
	if err != nil {
		return nil, err
	}
	k := call{params: url.Values{"fields": {strings.Join(campaignObject.order, ",")}}}
	k.params.Set("filtering", js([]condition{{"campaign.updated_time", "GREATER_THAN", try.Since.Add(-slack).Unix() - 1}}))
	return find(ctx, c, account, "campaigns", k, func(w *campaign) (normalize.Campaign, error) { return campaignOf(w, f.Currency, c.now(), nil) },
		func(o normalize.Campaign) bool { return o.Name == w.Object.Name && within(o.CreatedAt, try) })
}

func (c *client) findGroup(ctx context.Context, w providers.Write[normalize.Group], try providers.Try) ([]normalize.Group, error) {
	account, err := c.accountOf(ctx, w.Object.CampaignID)
	if err == nil && account == "" {
		err = notFound("campaign", w.Object.CampaignID)
	}
	if err != nil {
		return nil, err
	}
	f, err := c.accountFacts(ctx, account)
	if err != nil {
		return nil, err
	}
	k := call{params: lately(groupObject, "campaign.id", w.Object.CampaignID, try)}
	return find(ctx, c, account, "adsets", k, func(w *adSet) (normalize.Group, error) { return groupOf(w, f.Currency, c.now(), nil) },
		func(o normalize.Group) bool {
			return o.Name == w.Object.Name && o.CampaignID == w.Object.CampaignID && within(o.CreatedAt, try)
		})
}

func (c *client) findAd(ctx context.Context, w providers.Write[normalize.Ad], try providers.Try) ([]normalize.Ad, error) {
	account, err := c.accountOf(ctx, w.Object.GroupID)
	if err == nil && account == "" {
		err = notFound("ad set", w.Object.GroupID)
	}
	if err != nil {
		return nil, err
	}
	k := call{params: lately(adObject, "adset.id", w.Object.GroupID, try)}
	return find(ctx, c, account, "ads", k, func(w *ad) (normalize.Ad, error) { return adOf(w, c.now(), nil), nil },
		func(o normalize.Ad) bool {
			return o.Name == w.Object.Name && o.GroupID == w.Object.GroupID && within(o.CreatedAt, try)
		})
}

// lately asks an edge for what was changed, and so for what was made, since a try below a parent.
func lately(fields fieldMap, parent, id string, try providers.Try) url.Values {
	params := url.Values{"fields": {strings.Join(fields.order, ",")}, "filtering": {js([]condition{{parent, "IN", []string{id}}})}}
	since(params, providers.ListQuery{UpdatedSince: try.Since.Add(-slack)})
	return params
}
