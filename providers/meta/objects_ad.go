package meta

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const scheduleField = "adset{id,start_time,end_time}"

// adContent is what of an ad's creative makes the texts of the ad.
var adContent = "creative{" + strings.Join(creativeContent, ",") + "}"

var adObject = fieldMap{
	order: []string{
		"id", "account_id", "campaign_id", "adset_id", "name", "status", "configured_status", "effective_status", adContent, scheduleField,
		"ad_review_feedback", "tracking_specs", "created_time", "updated_time", "issues_info",
	},
	of: map[string][]string{
		"": {"id", "account_id", "campaign_id", "adset_id"}, "name": {"name"}, "status": {"status"}, "effective_status": {"effective_status", scheduleField},
		"creative_ids": {"creative{id}"}, "headline": {adContent}, "ad_copy": {adContent}, "description": {adContent}, "final_url": {adContent},
		"cta": {adContent}, "promoted": {adContent}, "creative_asset_url": {adContent},
		"created_at": {"created_time"}, "updated_at": {"updated_time"},
	},
}

// maxFullAds is how many ads are asked for at once with what they show.
const maxFullAds = 100

func adReader(c *client) reader[ad, normalize.Ad] {
	return reader[ad, normalize.Ad]{
		c, "ad", adObject.order, func(w *ad) string { return w.AccountID.String() },
		func(_ context.Context, w *ad, raw json.RawMessage) (normalize.Ad, error) {
			if w.AdSetID == "" {
				return normalize.Ad{}, notFound("ad", w.ID.String())
			}
			return adOf(w, c.now(), raw), nil
		},
	}
}

func ads(c *client) providers.Collection[normalize.Ad] {
	read := adReader(c)
	return writer[normalize.Ad]{
		what: read.what, fields: adFields, get: read.get, many: read.many, create: (*desk).createAd, update: (*desk).updateAd,
	}.into(c, providers.Collection[normalize.Ad]{
		Filters: []providers.Filter{
			providers.FilterOrg, providers.FilterCampaign, providers.FilterGroup, providers.FilterStatus, providers.FilterUpdatedSince,
		},
		MaxPage: maxPage,
		List:    overAccounts(c, c.adsPage),
		Get:     read.get,
		Find:    c.findAd,
	})
}

func (c *client) adsPage(ctx context.Context, account string, q providers.ListQuery, at place) ([]normalize.Ad, *place, []string, error) {
	k, ok := listCall(account, "ads", "ad", adObject, adEffective, q, nil)
	if !ok {
		return nil, nil, nil, nil
	}
	since(k.params, q)
	most := maxPage
	if strings.Contains(k.params.Get("fields"), adContent) {
		most = maxFullAds
	} else if wants(q, "creative_ids") {
		k.params.Set("fields", k.params.Get("fields")+",creative{id}")
	}
	items, next, err := onePage(ctx, c, k, q, at, most, func(w *ad, raw json.RawMessage) (normalize.Ad, bool, error) {
		item := adOf(w, c.now(), raw)
		return item, asked(q.Status, item.Status) && changedSince(q, w.UpdatedTime), nil
	})
	return items, next, nil, err
}
