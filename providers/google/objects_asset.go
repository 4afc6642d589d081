package google

import (
	"context"
	"maps"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

var assetColumns = columnsOf(
	[]column{always("asset.id"), always("asset.type")},
	needed("name", "asset.name", "asset.text_asset.text", "asset.youtube_video_asset.youtube_video_title"),
	needed("url", "asset.image_asset.full_size.url", "asset.youtube_video_asset.youtube_video_id"),
	needed("width", "asset.image_asset.full_size.width_pixels"), needed("height", "asset.image_asset.full_size.height_pixels"),
	needed("file_size", "asset.image_asset.file_size"), needed("mime_type", "asset.image_asset.mime_type"),
	needed(onlyRaw, "asset.source", "asset.final_urls"),
)

// assets are the images, texts, YouTube videos and media bundles of an account's library. Google keeps them for ever.
func assets(c *client) providers.Collection[normalize.Asset] {
	return providers.Collection[normalize.Asset]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterType},
		MaxPage: maxPage,
		List:    overAccounts(c, staged(c.assetsAfter)),
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Asset, error) {
			a, err := c.needOrg(ctx, ref)
			if err != nil {
				return normalize.Asset{}, err
			}
			if !digits(ref.ID) {
				return normalize.Asset{}, notFound("asset", ref.ID)
			}
			items, err := c.assetsWhere(ctx, a, queryOf(ref), gaql{where: []string{"asset.id = " + ref.ID, assetsOf(nil)}, limit: 1})
			return one(items, err, "asset", ref.ID)
		},
	}
}

// assetsOf is the condition for types of ours; none asked for means all of them. It is empty when there is no such type.
func assetsOf(types []string) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(assetTypes)) {
		if len(types) == 0 || slices.Contains(types, string(assetTypes[name])) {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "asset.type IN " + gaqlStrings(list)
}

func (c *client) assetsAfter(ctx context.Context, a account, q providers.ListQuery, after string, size int) ([]normalize.Asset, string, bool, error) {
	ofType := assetsOf(q.Type)
	if ofType == "" {
		return nil, "", false, nil
	}
	items, err := c.assetsWhere(ctx, a, q, byKey(gaql{where: []string{ofType}}, "asset.id", after, size))
	return keyed(items, err, size, func(x normalize.Asset) string { return x.ID })
}

func (c *client) assetsWhere(ctx context.Context, a account, q providers.ListQuery, query gaql) ([]normalize.Asset, error) {
	var err error
	if query.fields, err = selected(assetColumns, q); err != nil {
		return nil, err
	}
	query.from = "asset"
	found, err := read[assetRow](ctx, c, a, query, q.Raw)
	items := make([]normalize.Asset, len(found))
	for i := range found {
		items[i] = assetOf(&found[i].row.Asset, a, found[i].raw)
	}
	return items, err
}
