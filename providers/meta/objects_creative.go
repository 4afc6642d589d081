package meta

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
)

// creativeContent are the fields that a creative's content is made of.
var creativeContent = []string{
	"id", "title", "body", "link_url", "image_url", "image_hash", "video_id", "thumbnail_url", "call_to_action_type", "object_story_spec",
	"asset_feed_spec", "product_set_id",
}

var creativeObject = fieldMap{
	order: slices.Concat(creativeContent, []string{
		"account_id", "name", "status", "object_story_id", "effective_object_story_id", "source_instagram_media_id", "url_tags", "object_type",
		"adlabels{id,name}",
	}),
	of: map[string][]string{
		"": {"id", "account_id"}, "name": {"name"}, "status": {"status"},
		"title": creativeContent, "body": creativeContent, "link_url": creativeContent, "cta": creativeContent, "texts": creativeContent, "data": creativeContent,
		"asset_urls": creativeContent, "creative_type": slices.Concat(creativeContent, []string{"object_story_id", "source_instagram_media_id"}),
		"promoted": creativeContent, "identity": {"object_story_spec"}, "url_tags": {"url_tags"}, "item_id": {"object_story_id"},
		"external_creative_reference": {"effective_object_story_id"}, "labels": {"adlabels{id,name}"},
	},
}

func creativeReader(c *client) reader[adCreative, normalize.Creative] {
	return reader[adCreative, normalize.Creative]{
		c, "ad creative", creativeObject.order, func(w *adCreative) string { return w.AccountID.String() },
		func(ctx context.Context, w *adCreative, raw json.RawMessage) (normalize.Creative, error) {
			items, err := c.dressCreatives(ctx, w.AccountID.String(), []wireCreative{{*w, raw}}, true)
			if err != nil {
				return normalize.Creative{}, err
			}
			return items[0], nil
		},
	}
}

// creatives are the account's own objects, which ads refer to, one or many: a list below a campaign or a group goes by
// its ads.
func creatives(c *client) providers.Collection[normalize.Creative] {
	byAccount, read := overAccounts(c, c.creativesPage), creativeReader(c)
	return writer[normalize.Creative]{
		what: read.what, fields: creativeWrites, get: read.get, many: read.many, create: (*desk).createCreative, update: (*desk).updateCreative,
	}.into(c, providers.Collection[normalize.Creative]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterCampaign, providers.FilterGroup},
		MaxPage: maxCreatives,
		List: func(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Creative], error) {
			if q.Campaign != "" || q.Group != "" {
				return c.creativesOfAds(ctx, q)
			}
			return byAccount(ctx, q)
		},
		Get:  read.get,
		Find: c.findCreative,
	})
}

// wireCreative is a creative as Meta sent it.
type wireCreative struct {
	adCreative
	raw json.RawMessage
}

func (c *client) creativesPage(ctx context.Context, account string, q providers.ListQuery, at place) ([]normalize.Creative, *place, []string, error) {
	k := call{
		path: node(account) + "/adcreatives", lane: lane{account: account},
		params: url.Values{"fields": {strings.Join(creativeObject.list(q), ",")}},
	}
	found, next, err := onePage(ctx, c, k, q, at, maxCreatives, func(w *adCreative, raw json.RawMessage) (wireCreative, bool, error) {
		return wireCreative{*w, raw}, true, nil
	})
	if err != nil {
		return nil, nil, nil, err
	}
	items, err := c.dressCreatives(ctx, account, found, wants(q, "asset_urls"))
	return items, next, nil, err
}

// creativesOfAds lists the creatives that the ads of a campaign or a group show, each once.
func (c *client) creativesOfAds(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Creative], error) {
	none := providers.Page[normalize.Creative]{}
	accounts, left, err := c.accountsFor(ctx, q)
	if err != nil {
		return none, err
	}
	var all []normalize.Creative
	for _, account := range accounts {
		found, err := c.creativesShown(ctx, account, q)
		if err != nil {
			return none, err
		}
		all = append(all, found...)
	}
	p, err := page.Slice(q, all)
	p.Left = left
	return p, own(err)
}

func (c *client) creativesShown(ctx context.Context, account string, q providers.ListQuery) ([]normalize.Creative, error) {
	expanded := "creative{" + strings.Join(creativeObject.list(q), ",") + "}"
	k, ok := listCall(account, "ads", "ad", fieldMap{order: []string{"id", "campaign_id", "adset_id", expanded}}, adEffective, q, nil)
	if !ok {
		return nil, nil
	}
	k.params.Set("fields", "id,campaign_id,adset_id,"+expanded)
	if err := withParams(k.params, q.Params); err != nil {
		return nil, err
	}
	type shown struct {
		CampaignID string          `json:"campaign_id"`
		AdSetID    string          `json:"adset_id"`
		Creative   json.RawMessage `json:"creative"`
	}
	var found []wireCreative
	var where []shown
	seen := map[string]bool{}
	for a, err := range edge[shown](ctx, c, k, maxCreatives, nil) {
		if err != nil {
			return nil, err
		}
		w := wireCreative{raw: kept(q.Raw, a.Creative)}
		if len(a.Creative) == 0 {
			continue
		}
		if err := json.Unmarshal(a.Creative, &w.adCreative); err != nil {
			return nil, fault(providers.Malformed, "", "a creative of Meta's cannot be understood: %v", err)
		}
		if id := w.ID.String(); id != "" && !seen[id] {
			seen[id] = true
			found, where = append(found, w), append(where, *a)
		}
	}
	items, err := c.dressCreatives(ctx, account, found, wants(q, "asset_urls"))
	for i := range items {
		items[i].CampaignID = where[i].CampaignID
		if q.Group != "" {
			items[i].GroupID = where[i].AdSetID
		}
	}
	return items, err
}

// dressCreatives makes our creatives, with the addresses of images that Meta keeps in the account's library.
func (c *client) dressCreatives(ctx context.Context, account string, list []wireCreative, urls bool) ([]normalize.Creative, error) {
	var byHash map[string]string
	if urls {
		var hashes []string
		for i := range list {
			text := contentOf(&list[i].adCreative)
			if len(text.hashes) > 1 || len(text.urls) == 0 {
				hashes = add(hashes, text.hashes...)
			}
		}
		var err error
		if byHash, err = c.imageURLs(ctx, account, hashes); err != nil {
			return nil, err
		}
	}
	items := make([]normalize.Creative, len(list))
	for i := range list {
		items[i] = creativeOf(&list[i].adCreative, byHash, list[i].raw)
		if items[i].OrganizationID == "" {
			items[i].OrganizationID = account
		}
	}
	return items, nil
}
