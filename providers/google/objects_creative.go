package google

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

var creativeColumns = columnsOf(adKeys,
	needed("name", "ad_group_ad.ad.name"), needed("link_url", "ad_group_ad.ad.final_urls"), needed("url_tags", "ad_group_ad.ad.final_url_suffix"),
	needed("creative_type", "ad_group_ad.ad.type"), needed("labels", "ad_group_ad.labels"),
	needed("status", "ad_group_ad.policy_summary.approval_status", "ad_group_ad.policy_summary.review_status"),
	needed("title body cta path1 path2 texts", ofAd(textFields...)...), needed("asset_urls", ofAd(imageFields...)...),
	needed("width", "ad_group_ad.ad.image_ad.pixel_width"), needed("height", "ad_group_ad.ad.image_ad.pixel_height"), adRawColumns,
)

// creatives are the content of the same objects: Google has no creative of its own.
func creatives(c *client) providers.Collection[normalize.Creative] {
	k := creativesOf(c)
	return providers.Collection[normalize.Creative]{Filters: adFilters, MaxPage: maxPage, List: overAccounts(c, k.fetch(c)), Get: k.get(c)}
}

func creativesOf(c *client) adKind[normalize.Creative] {
	return adKind[normalize.Creative]{
		columns: creativeColumns, of: creativeOf, ofAssets: creativeOfAssets, content: []string{"title", "body", "cta", "texts", "asset_urls"},
		dress: c.dressCreatives, id: func(x normalize.Creative) string { return x.ID },
		status: func(x normalize.Creative) normalize.Status { return x.Status },
	}
}

// adKind is how ads, or creatives, are made of one and the same rows.
type adKind[T any] struct {
	columns  []column
	of       func(*adRow, account, json.RawMessage) T
	ofAssets func(*adRow, account, content, json.RawMessage) T
	content  []string // fields of ours for which an asset group's assets are read
	dress    func(context.Context, account, providers.ListQuery, []got[adRow], []T) error
	id       func(T) string
	// status is set where it is more than the switch: a creative's tells of its review too.
	status func(T) normalize.Status
}

func (k adKind[T]) fetch(c *client) fetch[T] {
	ads := func(ctx context.Context, a account, q providers.ListQuery, after string, size int) ([]T, string, bool, error) {
		where, ok := adsWhere(k.asked(q))
		if !ok {
			return nil, "", false, nil
		}
		fields, err := selected(k.columns, q)
		if err != nil {
			return nil, "", false, err
		}
		found, err := c.adRowsAfter(ctx, a, q, gaql{fields: fields, from: "ad_group_ad", where: where}, after, size)
		if err != nil {
			return nil, "", false, err
		}
		items, err := k.made(ctx, a, q, found)
		return k.page(q, items, err, size, k.id)
	}
	assetGroups := func(ctx context.Context, a account, q providers.ListQuery, after string, size int) ([]T, string, bool, error) {
		where, ok := assetAdsWhere(k.asked(q))
		if !ok {
			return nil, "", false, nil
		}
		items, err := k.assetGroups(ctx, c, a, q, byKey(gaql{where: where}, "asset_group.id", after, size))
		return k.page(q, items, err, size, func(x T) string { number, _, _ := parseGroup(k.id(x)); return number })
	}
	return staged(ads, assetGroups)
}

// asked is the query with the statuses that decide which rows are read: what is in review or refused is switched on or off
// besides.
func (k adKind[T]) asked(q providers.ListQuery) providers.ListQuery {
	if k.status != nil && (slices.Contains(q.Status, string(normalize.StatusProcessing)) || slices.Contains(q.Status, string(normalize.StatusProcessingFailed))) {
		q.Status = append(slices.Clone(q.Status), string(normalize.StatusActive), string(normalize.StatusPaused), string(normalize.StatusUnspecified))
	}
	return q
}

// kept drops what was read for its switch and has another status.
func (k adKind[T]) kept(q providers.ListQuery, items []T) []T {
	if k.status == nil || len(q.Status) == 0 {
		return items
	}
	return slices.DeleteFunc(items, func(x T) bool { return !slices.Contains(q.Status, string(k.status(x))) })
}

// page is a stage's answer: the last row decides where the next page begins, whether it is kept or not.
func (k adKind[T]) page(q providers.ListQuery, items []T, err error, size int, key func(T) string) ([]T, string, bool, error) {
	items, last, full, err := keyed(items, err, size, key)
	return k.kept(q, items), last, full, err
}

func (k adKind[T]) get(c *client) func(context.Context, providers.Ref) (T, error) {
	return func(ctx context.Context, ref providers.Ref) (T, error) {
		var none T
		a, err := c.needOrg(ctx, ref)
		if err != nil {
			return none, err
		}
		group, ad, asset, ok := parseAd(ref.ID)
		if !ok {
			return none, notFound("ad or asset group", ref.ID)
		}
		q := queryOf(ref)
		var items []T
		if asset {
			items, err = k.assetGroups(ctx, c, a, q, gaql{where: []string{"asset_group.id = " + group}, limit: 1})
			return one(items, err, "asset group", ref.ID)
		}
		query := gaql{from: "ad_group_ad", where: []string{"ad_group.id = " + group, "ad_group_ad.ad.id = " + ad}, limit: 1}
		if query.fields, err = selected(k.columns, q); err != nil {
			return none, err
		}
		found, err := read[adRow](ctx, c, a, query, q.Raw)
		if err == nil {
			items, err = k.made(ctx, a, q, found)
		}
		return one(items, err, "ad", ref.ID)
	}
}

// many reads ads, and asset groups, by their ids.
func (k adKind[T]) many(c *client) func(context.Context, account, []string) ([]T, error) {
	return func(ctx context.Context, a account, ids []string) ([]T, error) {
		var ads, assets []string
		for _, id := range ids {
			group, ad, asset, _ := parseAd(id)
			if asset {
				assets = append(assets, group)
			} else {
				ads = append(ads, ad)
			}
		}
		var q providers.ListQuery
		var out []T
		if len(ads) > 0 {
			fields, err := selected(k.columns, q)
			if err != nil {
				return nil, err
			}
			found, err := read[adRow](ctx, c, a, gaql{fields: fields, from: "ad_group_ad", where: []string{"ad_group_ad.ad.id IN " + gaqlIDs(ads)}}, false)
			if err == nil {
				out, err = k.made(ctx, a, q, found)
			}
			if err != nil {
				return nil, err
			}
		}
		if len(assets) == 0 {
			return out, nil
		}
		more, err := k.assetGroups(ctx, c, a, q, gaql{where: []string{"asset_group.id IN " + gaqlIDs(assets)}})
		return append(out, more...), err
	}
}

// made turns rows of ads into ours.
func (k adKind[T]) made(ctx context.Context, a account, q providers.ListQuery, found []got[adRow]) ([]T, error) {
	items := make([]T, len(found))
	for i := range found {
		items[i] = k.of(&found[i].row, a, found[i].raw)
	}
	if k.dress == nil {
		return items, nil
	}
	return items, k.dress(ctx, a, q, found, items)
}

// assetGroups reads asset groups, and the assets that they show.
func (k adKind[T]) assetGroups(ctx context.Context, c *client, a account, q providers.ListQuery, query gaql) ([]T, error) {
	var err error
	if query.fields, err = selected(assetAdColumns, q); err != nil {
		return nil, err
	}
	query.from = "asset_group"
	found, err := read[adRow](ctx, c, a, query, q.Raw)
	if err != nil {
		return nil, err
	}
	shown := map[string]content{}
	if wants(q, k.content...) {
		ids := make([]string, len(found))
		for i := range found {
			ids[i] = found[i].row.AssetGroup.ID.String()
		}
		if shown, err = c.assetsOfGroups(ctx, a, ids); err != nil {
			return nil, err
		}
	}
	items := make([]T, len(found))
	for i := range found {
		items[i] = k.ofAssets(&found[i].row, a, shown[found[i].row.AssetGroup.ID.String()], found[i].raw)
	}
	return items, nil
}

var groupAssetFields = []string{
	"asset_group.id", "asset_group_asset.field_type", "asset_group_asset.status", "asset.id", "asset.type", "asset.text_asset.text",
	"asset.image_asset.full_size.url", "asset.call_to_action_asset.call_to_action",
}

// assetsOfGroups reads what asset groups show, by asset group.
func (c *client) assetsOfGroups(ctx context.Context, a account, ids []string) (map[string]content, error) {
	out := map[string]content{}
	for chunk := range slices.Chunk(ids, idsOnce) {
		query := gaql{fields: groupAssetFields, from: "asset_group_asset", where: []string{"asset_group.id IN " + gaqlIDs(chunk), "asset_group_asset.status = 'ENABLED'"}}
		err := search(ctx, c, a.ID, query.String(), func(r *assetGroupAssetRow) error {
			id := r.AssetGroup.ID.String()
			shown := out[id]
			shown.addAsset(r.AssetGroupAsset.FieldType, &r.Asset)
			out[id] = shown
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// addAsset puts an asset where its slot in the asset group is.
func (c *content) addAsset(slot string, x *asset) {
	text := some(x.TextAsset.Text)
	switch slot {
	case "HEADLINE":
		c.titles = append(c.titles, text...)
	case "LONG_HEADLINE":
		c.long = append(c.long, text...)
	case "DESCRIPTION", "LONG_DESCRIPTION":
		c.bodies = append(c.bodies, text...)
	case "CALL_TO_ACTION_SELECTION":
		c.cta = x.CallToActionAsset.CallToAction
	default:
		c.urls = append(c.urls, some(x.ImageAsset.FullSize.URL)...)
	}
}

// dressCreatives adds the addresses of images, which ads name as assets, and the names of labels.
func (c *client) dressCreatives(ctx context.Context, a account, q providers.ListQuery, found []got[adRow], items []normalize.Creative) error {
	var labels, images []string
	shown := make([][]string, len(found))
	for i := range found {
		x := &found[i].row.AdGroupAd
		content := contentOf(&x.Ad)
		shown[i] = content.images
		images, labels = append(images, shown[i]...), append(labels, x.Labels...)
	}
	names, err := c.labelNames(ctx, a, labels)
	if err != nil {
		return err
	}
	urls, err := c.imageURLs(ctx, a, images)
	if err != nil {
		return err
	}
	for i := range items {
		items[i].Labels = named(found[i].row.AdGroupAd.Labels, names)
		for _, image := range shown[i] {
			items[i].AssetURLs = append(items[i].AssetURLs, some(urls[tail(image)])...)
		}
	}
	return nil
}

// imageURLs are the addresses of image assets, given as resource names, by id.
func (c *client) imageURLs(ctx context.Context, a account, images []string) (map[string]string, error) {
	ids := make([]string, 0, len(images))
	for _, name := range images {
		if id := tail(name); digits(id) {
			ids = append(ids, id)
		}
	}
	out := map[string]string{}
	for chunk := range slices.Chunk(unique(ids), idsOnce) {
		query := gaql{fields: []string{"asset.id", "asset.image_asset.full_size.url"}, from: "asset", where: []string{"asset.id IN " + gaqlIDs(chunk)}}
		err := search(ctx, c, a.ID, query.String(), func(r *assetRow) error {
			out[r.Asset.ID.String()] = r.Asset.ImageAsset.FullSize.URL
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
