package meta

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Fields of the library's objects. Of a video little can be relied on: version 26 took most of its fields away, and some
// are not there while it is encoded.
var (
	imageFields = []string{"id", "account_id", "hash", "name", "url", "width", "height", "status", "created_time", "updated_time"}
	videoFields = []string{"id", "title", "source", "picture", "created_time", "updated_time"}
)

// hashBatch is how many images are asked for by hash at once.
const hashBatch = 50

// assets are the images and the videos of the accounts' libraries: an image is known by its hash, a video by its number.
func assets(c *client) providers.Collection[normalize.Asset] {
	return providers.Collection[normalize.Asset]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterType},
		MaxPage: maxPage,
		List:    overAccounts(c, c.assetsPage),
		Get:     c.getAsset,
		Fields:  assetFields,
		Create:  c.createAsset,
		Delete:  c.deleteAsset,
		Find:    c.findAsset,
	}
}

// assetsPage reads the images of an account, and after them its videos.
func (c *client) assetsPage(ctx context.Context, account string, q providers.ListQuery, at place) ([]normalize.Asset, *place, []string, error) {
	images, videos := asksFor(q, normalize.AssetTypeImage), asksFor(q, normalize.AssetTypeVideo)
	if at.Stage == 0 && !images {
		at = place{Account: account, Stage: 1}
	}
	if at.Stage == 0 {
		items, next, err := c.imagesPage(ctx, account, q, at)
		if err == nil && next == nil && videos {
			next = &place{Account: account, Stage: 1}
		}
		return items, next, nil, err
	}
	if !videos {
		return nil, nil, nil, nil
	}
	items, next, err := c.videosPage(ctx, account, q, at)
	return items, next, nil, err
}

func asksFor(q providers.ListQuery, t normalize.AssetType) bool {
	return len(q.Type) == 0 || slices.Contains(q.Type, string(t))
}

func (c *client) imagesPage(ctx context.Context, account string, q providers.ListQuery, at place) ([]normalize.Asset, *place, error) {
	k := call{path: node(account) + "/adimages", params: url.Values{"fields": {strings.Join(imageFields, ",")}}, lane: lane{account: account}}
	return onePage(ctx, c, k, q, at, maxPage, func(w *adImage, raw json.RawMessage) (normalize.Asset, bool, error) {
		return imageOf(w, account, raw), w.Status != "DELETED", nil
	})
}

func (c *client) videosPage(ctx context.Context, account string, q providers.ListQuery, at place) ([]normalize.Asset, *place, error) {
	for {
		fields := c.stillKnown(videoFields)
		k := call{path: node(account) + "/advideos", params: url.Values{"fields": {strings.Join(fields, ",")}}, lane: lane{account: account}}
		items, next, err := onePage(ctx, c, k, q, at, maxVideos, func(w *adVideo, raw json.RawMessage) (normalize.Asset, bool, error) {
			return videoOf(w, account, raw), true, nil
		})
		if !c.forget(err, fields) {
			return items, next, err
		}
	}
}

// stillKnown leaves out fields that this version has been seen not to have.
func (c *client) stillKnown(fields []string) []string {
	c.known.mu.Lock()
	defer c.known.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return slices.Contains(c.known.refused, f) })
}

// forget leaves out from now on a field that Meta says there is not. It tells whether to ask again.
func (c *client) forget(err error, fields []string) bool {
	name, missing := missingField(err)
	if !missing || name == "id" || !slices.Contains(fields, name) {
		return false
	}
	c.known.mu.Lock()
	defer c.known.mu.Unlock()
	c.known.refused = add(c.known.refused, name)
	return true
}

func imageOf(w *adImage, account string, raw json.RawMessage) normalize.Asset {
	out := normalize.Asset{
		ID: w.Hash, OrganizationID: account, Name: w.Name, Type: normalize.AssetTypeImage, URL: w.URL,
		CreatedAt: w.CreatedTime.time(), UpdatedAt: w.UpdatedTime.time(), Raw: raw,
	}
	if n, err := wholeNumber(w.Width.D); w.Width.OK && err == nil {
		out.Width = &n
	}
	if n, err := wholeNumber(w.Height.D); w.Height.OK && err == nil {
		out.Height = &n
	}
	return out
}

func videoOf(w *adVideo, account string, raw json.RawMessage) normalize.Asset {
	return normalize.Asset{
		ID: w.ID.String(), OrganizationID: account, Name: w.Title, Type: normalize.AssetTypeVideo, URL: w.Source,
		CreatedAt: w.CreatedTime.time(), UpdatedAt: w.UpdatedTime.time(), Raw: raw,
	}
}

// imageHash is the hash of an image's id: itself, or what stands behind the account in Meta's node id. Hashes are 32
// hexadecimal digits, and so never a video's number of up to 20.
func imageHash(id string) (account, hash string, ok bool) {
	hash = id
	if before, after, found := strings.Cut(id, ":"); found {
		account, hash = before, after
		if !digitsOnly(account) {
			return "", "", false
		}
	}
	hex := strings.IndexFunc(hash, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }) < 0
	return account, hash, hex && len(hash) == 32
}

// getAsset finds an image by its hash in the accounts, or reads a video, which knows no account: a video is looked for in
// the accounts' libraries.
func (c *client) getAsset(ctx context.Context, ref providers.Ref) (normalize.Asset, error) {
	none := normalize.Asset{}
	account, hash, image := imageHash(ref.ID)
	if !image && !digitsOnly(ref.ID) {
		return none, notFound("image or video", ref.ID)
	}
	if len(ref.Params) > 0 {
		return none, fault(providers.Invalid, "raw", "an asset is looked for in a list: raw parameters go with lists only")
	}
	q := providers.ListQuery{Org: ref.Org, Raw: ref.Raw, Size: maxPage}
	if account != "" && ref.Org == "" {
		q.Org = account
	}
	accounts, _, err := c.accountsFor(ctx, q)
	if err != nil {
		return none, err
	}
	for _, account := range accounts {
		found, err := c.lookUp(ctx, account, hash, image, ref)
		if err != nil || found.ID != "" {
			return found, err
		}
	}
	return none, notFound("image or video", ref.ID)
}

// lookUp finds one asset of an account; the zero one when it is not there.
func (c *client) lookUp(ctx context.Context, account, hash string, image bool, ref providers.Ref) (normalize.Asset, error) {
	var out normalize.Asset
	if image {
		err := c.images(ctx, account, []string{hash}, ref.Raw, func(w *adImage, raw json.RawMessage) {
			if w.Hash == hash {
				out = imageOf(w, account, raw)
			}
		})
		return out, err
	}
	q := providers.ListQuery{Raw: ref.Raw, Size: maxVideos}
	for at := (place{Account: account, Stage: 1}); ; {
		items, next, err := c.videosPage(ctx, account, q, at)
		if err != nil {
			return out, err
		}
		if i := slices.IndexFunc(items, func(a normalize.Asset) bool { return a.ID == ref.ID }); i >= 0 {
			return items[i], nil
		}
		if next == nil {
			return out, nil
		}
		at = *next
	}
}

// images reads images by their hashes. Those that are not there are not given.
func (c *client) images(ctx context.Context, account string, hashes []string, raw bool, each func(*adImage, json.RawMessage)) error {
	for chunk := range slices.Chunk(hashes, hashBatch) {
		k := call{
			path: node(account) + "/adimages", lane: lane{account: account},
			params: url.Values{"fields": {strings.Join(imageFields, ",")}, "hashes": {js(chunk)}},
		}
		at := cursor{Limit: hashBatch}
		for {
			type image struct {
				w   adImage
				raw json.RawMessage
			}
			var got []image
			info, err := readPage(ctx, c, k, at, raw, func() { got = got[:0] }, func(w *adImage, r json.RawMessage) error {
				got = append(got, image{*w, r})
				return nil
			})
			if err != nil {
				return err
			}
			for i := range got {
				each(&got[i].w, got[i].raw)
			}
			if !info.More {
				break
			}
			at = info.Next
		}
	}
	return nil
}

// imageURLs are the addresses of images by hash. They are signed and run out. A library that may not be read leaves
// creatives without them.
func (c *client) imageURLs(ctx context.Context, account string, hashes []string) (map[string]string, error) {
	urls := map[string]string{}
	err := c.images(ctx, account, hashes, false, func(w *adImage, _ json.RawMessage) { urls[w.Hash] = w.URL })
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Kind == providers.Forbidden {
		return urls, nil
	}
	return urls, err
}
