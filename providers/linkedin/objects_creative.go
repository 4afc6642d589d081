package linkedin

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// maxCreatives is the most that a search of creatives answers at once.
const maxCreatives = 100

// ads and creatives are one object: a creative carries the status and its place in a campaign, and the content.
func ads(c *client) providers.Collection[normalize.Ad] {
	turn := func(ctx context.Context, account string, page []wireCreative, q providers.ListQuery) ([]normalize.Ad, []string, error) {
		around, err := c.around(ctx, account, page, wants(q, "campaign_id", "ad_type"),
			wants(q, "ad_copy", "headline", "description", "final_url", "cta", "promoted"))
		if err != nil {
			return nil, nil, err
		}
		items := make([]normalize.Ad, len(page))
		for i := range page {
			w := &page[i]
			items[i] = adOf(&w.creative, account, around.parents[tail(w.Campaign)], contentOf(&w.creative, around.posts[w.Content.Reference]), w.raw)
		}
		return items, around.left(), nil
	}
	return providers.Collection[normalize.Ad]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterGroup, providers.FilterStatus},
		MaxPage: maxCreatives,
		List: overAccounts(c, func(ctx context.Context, account string, q providers.ListQuery, token string) ([]normalize.Ad, string, []string, error) {
			return creativesPage(ctx, c, account, q, searchStatuses(creativeStatuses, q.Status), token, turn)
		}),
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Ad, error) {
			return getCreative(ctx, c, ref, turn)
		},
		Fields: adFields, Create: c.createAd, Update: c.updateAd, Delete: c.deleteCreative, Find: c.findAd,
	}
}

func creatives(c *client) providers.Collection[normalize.Creative] {
	turn := func(ctx context.Context, account string, page []wireCreative, q providers.ListQuery) ([]normalize.Creative, []string, error) {
		around, err := c.around(ctx, account, page, wants(q, "campaign_id", "creative_type"),
			wants(q, "body", "title", "link_url", "cta", "creative_type", "asset_urls", "promoted", "identity"))
		if err != nil {
			return nil, nil, err
		}
		items := make([]normalize.Creative, len(page))
		for i := range page {
			w := &page[i]
			items[i] = creativeOf(&w.creative, account, around.parents[tail(w.Campaign)], around.posts[w.Content.Reference], w.raw)
		}
		if wants(q, "asset_urls") {
			err = c.fillAssetURLs(ctx, items, page, around.posts)
		}
		return items, around.left(), err
	}
	return providers.Collection[normalize.Creative]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterGroup},
		MaxPage: maxCreatives,
		List: overAccounts(c, func(ctx context.Context, account string, q providers.ListQuery, token string) ([]normalize.Creative, string, []string, error) {
			return creativesPage(ctx, c, account, q, creativeStatuses, token, turn)
		}),
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Creative, error) {
			return getCreative(ctx, c, ref, turn)
		},
		Fields: creativeFields, Create: c.createCreative, Update: c.updateCreative, Delete: c.deleteCreative, Find: c.findCreative,
	}
}

// wireCreative is a creative as LinkedIn sent it.
type wireCreative struct {
	creative
	raw json.RawMessage
}

type turnCreatives[T any] func(ctx context.Context, account string, page []wireCreative, q providers.ListQuery) (items []T, left []string, err error)

func creativesPage[T any](ctx context.Context, c *client, account string, q providers.ListQuery, statuses []string, token string, turn turnCreatives[T]) ([]T, string, []string, error) {
	b := new(query).text("q", "criteria")
	if len(statuses) == 0 {
		return nil, "", nil, nil
	}
	if q.Group != "" {
		id, ok := numeric(urnCampaign, q.Group)
		if !ok {
			return nil, "", nil, nil
		}
		b.list("campaigns", urns(urnCampaign, []string{id}))
	}
	query, err := finish(b.list("intendedStatuses", statuses), q, token)
	if err != nil {
		return nil, "", nil, err
	}
	page, tr, err := collect(ctx, c, call{methodFinder, "adAccounts/" + account + "/creatives", query}, q.Raw,
		func(w *creative, raw json.RawMessage) wireCreative { return wireCreative{*w, raw} })
	if err != nil {
		return nil, "", nil, err
	}
	items, left, err := turn(ctx, account, page, q)
	return items, tr.Metadata.NextPageToken, left, err
}

func getCreative[T any](ctx context.Context, c *client, ref providers.Ref, turn turnCreatives[T]) (T, error) {
	var none T
	id, ok := numeric(urnCreative, ref.ID)
	if !ok {
		return none, notFound("creative", ref.ID)
	}
	w, raw, account, err := getInAccount[creative](ctx, c, ref, func(account string) string {
		return "adAccounts/" + account + "/creatives/" + esc(urn(urnCreative, id))
	})
	if err != nil {
		return none, err
	}
	items, _, err := turn(ctx, account, []wireCreative{{w, kept(ref.Raw, raw)}}, providers.ListQuery{})
	if err != nil {
		return none, err
	}
	return items[0], nil
}

// surroundings is what LinkedIn keeps of creatives in other objects.
type surroundings struct {
	parents map[string]*campaign // by campaign id
	posts   map[string]*post     // by URN
	unread  map[int]int          // how many posts there are not, by status
}

// left says what of the creatives' content cannot be seen.
func (s surroundings) left() []string { return leftOfPosts("what is said in", s.unread) }

// around reads the campaigns and the posts of creatives, each once. Posts need a scope of their own, and a role on their
// page: those that may not be read, or are gone, are absent.
func (c *client) around(ctx context.Context, account string, page []wireCreative, withParents, withPosts bool) (surroundings, error) {
	s := surroundings{parents: map[string]*campaign{}, posts: map[string]*post{}}
	var campaignIDs, references []string
	for i := range page {
		campaignIDs = append(campaignIDs, some(tail(page[i].Campaign))...)
		if ref := page[i].Content.Reference; isPost(ref) {
			references = append(references, ref)
		}
	}
	if withParents {
		_, err := getBatch(ctx, c, "adAccounts/"+account+"/adCampaigns", unique(campaignIDs),
			asked{fields: []string{"id", "campaignGroup", "type", "format", "connectedTelevisionOnly"}},
			func(id string, w *campaign, _ json.RawMessage) { s.parents[id] = w })
		if err != nil {
			return s, err
		}
	}
	if withPosts {
		var err error
		if s.unread, err = c.posts(ctx, unique(references), s.posts); err != nil {
			return s, err
		}
	}
	return s, nil
}

// posts reads posts into out. A post that may not be read or is gone is not an error: unread counts them by status.
func (c *client) posts(ctx context.Context, references []string, out map[string]*post) (unread map[int]int, err error) {
	unread = map[int]int{}
	for chunk := range slices.Chunk(references, maxBatch) {
		missing, err := getBatch(ctx, c, "posts", chunk, asked{}, func(id string, p *post, _ json.RawMessage) { out[id] = p })
		switch {
		case providers.KindOf(err) == providers.Forbidden: // the scope is missing: so it is for every post
			unread[http.StatusForbidden] += len(chunk)
			continue
		case err != nil:
			return nil, err
		}
		for _, status := range missing {
			unread[status]++
		}
	}
	return unread, nil
}

// fillAssetURLs adds the addresses of a creative's media, which are signed and run out.
func (c *client) fillAssetURLs(ctx context.Context, items []normalize.Creative, page []wireCreative, posts map[string]*post) error {
	var all []string
	shown := make([][]string, len(page))
	for i := range page {
		shown[i] = contentOf(&page[i].creative, posts[page[i].Content.Reference]).media
		all = append(all, shown[i]...)
	}
	found, _, err := c.media(ctx, unique(all), nil)
	if err != nil {
		return err
	}
	for i := range items {
		for _, u := range shown[i] {
			if m := found[u]; m != nil && m.DownloadURL != "" {
				items[i].AssetURLs = append(items[i].AssetURLs, m.DownloadURL)
			}
		}
	}
	return nil
}

func unique(ids []string) []string {
	slices.Sort(ids)
	return slices.Compact(ids)
}
