package linkedin

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// mediaPaths are the resources that answer for a URN.
var mediaPaths = map[string]string{"image": "images", "video": "videos", "document": "documents"}

// assets are images, videos and documents. LinkedIn lists them by account only to chosen partners, so they are found as
// everybody else finds them: creatives → posts → media. That needs r_organization_social. What stays hidden (a post that
// may not be read or is gone) is told in Page.Left; when nothing at all may be read, the list is refused.
//
// One walk over the account finds every URN; a page is a piece of them in order, so that an asset that many creatives
// show comes once. Each page of another session costs the walk again.
func assets(c *client) providers.Collection[normalize.Asset] {
	return providers.Collection[normalize.Asset]{
		Filters: []providers.Filter{providers.FilterOrg},
		MaxPage: maxSearch,
		List:    overAccounts(c, c.assetsPage),
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Asset, error) {
			path, ok := mediaPaths[kindOf(ref.ID)]
			if !ok {
				return normalize.Asset{}, notFound("image, video or document", ref.ID)
			}
			m, raw, err := getOne[media](ctx, c, path+"/"+esc(ref.ID), ref.Params)
			if err != nil {
				return normalize.Asset{}, err
			}
			if at := tail(m.MediaLibrary.AssociatedAccount); at != "" && ref.Org != "" && at != ref.Org {
				return normalize.Asset{}, notFound("image, video or document in account "+ref.Org, ref.ID)
			}
			return assetOf(ref.ID, &m, ref.Org, kept(ref.Raw, raw)), nil
		},
		Fields: assetFields, Create: c.createAsset,
	}
}

func assetOf(id string, m *media, account string, raw json.RawMessage) normalize.Asset {
	a := normalize.Asset{ID: id, OrganizationID: account}
	switch kindOf(id) { // a document has no type of ours
	case "image":
		a.Type = normalize.AssetTypeImage
	case "video":
		a.Type = normalize.AssetTypeVideo
	}
	if m == nil {
		return a
	}
	a.Name, a.URL, a.Raw = m.MediaLibrary.AssetName, m.DownloadURL, raw
	if a.OrganizationID == "" {
		a.OrganizationID = tail(m.MediaLibrary.AssociatedAccount)
	}
	return a
}

// inventory is what a walk over an account's creatives has found.
type inventory struct {
	urns []string // of media, in order
	left []string // what could not be seen
}

func (c *client) assetsPage(ctx context.Context, account string, q providers.ListQuery, after string) ([]normalize.Asset, string, []string, error) {
	inv, err := c.inventory(ctx, account, after != "")
	if err != nil {
		return nil, "", nil, err
	}
	from := 0
	if after != "" {
		var found bool
		if from, found = slices.BinarySearch(inv.urns, after); found {
			from++
		}
	}
	to := min(from+q.Size, len(inv.urns))
	page := inv.urns[from:to]
	found, raws, err := c.media(ctx, slices.Clone(page), q.Params)
	if err != nil {
		return nil, "", nil, err
	}
	items := make([]normalize.Asset, len(page))
	for i, u := range page {
		items[i] = assetOf(u, found[u], account, kept(q.Raw, raws[u]))
	}
	next := ""
	if to < len(inv.urns) {
		next = inv.urns[to-1]
	}
	left := inv.left
	if hidden := len(page) - len(found); hidden > 0 {
		left = append(slices.Clone(left), fmt.Sprintf("of %d images, videos or documents LinkedIn tells no more than the id", hidden))
	}
	return items, next, left, nil
}

// inventory walks an account's creatives for the media they show. What the first page of a list has found serves the
// pages that follow it.
func (c *client) inventory(ctx context.Context, account string, follows bool) (inventory, error) {
	c.known.mu.Lock()
	cached, ok := c.known.media[account]
	c.known.mu.Unlock()
	if ok && follows && c.now().Sub(cached.at) < keepKnown {
		return cached.inventory, nil
	}
	references, urns := map[string]bool{}, map[string]bool{}
	err := everyPage(ctx, c, "adAccounts/"+account+"/creatives", func(token string) string {
		return new(query).text("q", "criteria").list("intendedStatuses", creativeStatuses).page(maxCreatives, token).fields("id", "content").String()
	}, func(w *creative) {
		if ref := w.Content.Reference; isPost(ref) {
			references[ref] = true
		}
		for _, u := range contentOf(w, nil).media {
			urns[u] = true
		}
	})
	if err != nil {
		return inventory{}, err
	}
	posts := map[string]*post{}
	unread, err := c.posts(ctx, slices.Sorted(maps.Keys(references)), posts)
	if err != nil {
		return inventory{}, err
	}
	for _, p := range posts {
		for _, u := range mediaOf(p) {
			urns[u] = true
		}
	}
	if len(urns) == 0 && unread[http.StatusForbidden] > 0 {
		return inventory{}, fault(providers.Forbidden, "",
			"LinkedIn lists assets through the posts that creatives sponsor, and none of %d may be read: that needs the scope r_organization_social and a role on the page", unread[http.StatusForbidden])
	}
	inv := inventory{urns: slices.Sorted(maps.Keys(urns)), left: leftOfPosts("media of", unread)}
	c.known.mu.Lock()
	if c.known.media == nil {
		c.known.media = map[string]keptInventory{}
	}
	c.known.media[account] = keptInventory{inv, c.now()}
	c.known.mu.Unlock()
	return inv, nil
}

// leftOfPosts says what is left out, of posts that could not be read.
func leftOfPosts(what string, unread map[int]int) []string {
	var left []string
	if n := unread[http.StatusForbidden]; n > 0 {
		left = append(left, fmt.Sprintf("%s %d posts that may not be read (scope r_organization_social, and a role on the page)", what, n))
	}
	other := 0
	for status, n := range unread {
		if status != http.StatusForbidden {
			other += n
		}
	}
	if other > 0 {
		left = append(left, fmt.Sprintf("%s %d posts that LinkedIn no longer has", what, other))
	}
	return left
}

// media reads images, videos and documents. Those that may not be read or are gone are absent.
func (c *client) media(ctx context.Context, urns []string, params map[string]string) (map[string]*media, map[string]json.RawMessage, error) {
	found, raws := map[string]*media{}, map[string]json.RawMessage{}
	for _, kind := range slices.Sorted(maps.Keys(mediaPaths)) {
		var ids []string
		for _, u := range urns {
			if kindOf(u) == kind {
				ids = append(ids, u)
			}
		}
		for chunk := range slices.Chunk(ids, maxBatch) {
			_, err := getBatch(ctx, c, mediaPaths[kind], chunk, asked{params: params}, func(id string, m *media, raw json.RawMessage) {
				found[id], raws[id] = m, raw
			})
			if err != nil && providers.KindOf(err) != providers.Forbidden {
				return nil, nil, err
			}
		}
	}
	return found, raws, nil
}
