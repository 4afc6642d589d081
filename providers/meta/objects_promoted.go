package meta

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
)

// promotedSource lists one kind of what can be promoted.
type promotedSource struct {
	kind  normalize.PromotedType
	edge  string
	owner owner
}

// owner is what the edge of a source hangs on.
type owner int

const (
	ofPerson owner = iota
	ofAccount
	ofBusiness
	ofCatalog
)

// promotedSources. Lead forms hang on pages and want a page's own token; store addresses, events and offers have no list.
var promotedSources = []promotedSource{
	{normalize.PromotedTypePageID, "accounts", ofPerson},
	{normalize.PromotedTypePixelID, "adspixels", ofAccount},
	{normalize.PromotedTypeCustomConversionID, "customconversions", ofAccount},
	{normalize.PromotedTypeAppID, "advertisable_applications", ofAccount},
	{normalize.PromotedTypeCatalogID, "owned_product_catalogs", ofBusiness},
	{normalize.PromotedTypeProductSetID, "product_sets", ofCatalog},
}

// promoted are the pages that the person may advertise for, the pixels, conversions and apps of the accounts, and the
// catalogues of the businesses with their product sets.
func promoted(c *client) providers.Collection[normalize.Promoted] {
	return providers.Collection[normalize.Promoted]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterType},
		MaxPage: maxSearch,
		List:    c.listPromoted,
		Get:     c.getPromoted,
	}
}

// getPromoted looks an id up in one source after the other: Meta does not say what a bare number is of.
func (c *client) getPromoted(ctx context.Context, ref providers.Ref) (normalize.Promoted, error) {
	none := notFound("page, pixel, conversion, app or catalogue", ref.ID)
	if !digitsOnly(ref.ID) {
		return normalize.Promoted{}, none
	}
	_, err := get(ctx, c, call{path: ref.ID, params: url.Values{"fields": {"id"}}}, nil)
	if providers.KindOf(err) == providers.NotFound {
		return normalize.Promoted{}, none
	}
	var hidden error
	for _, s := range promotedSources {
		found, _, err := c.promotedBy(ctx, s, providers.ListQuery{Org: ref.Org, Raw: ref.Raw, Params: ref.Params})
		if err != nil {
			if _, skip := skipped("", err); !skip {
				return normalize.Promoted{}, err
			}
			hidden = err
			continue
		}
		if i := slices.IndexFunc(found, func(p normalize.Promoted) bool { return p.ID == ref.ID }); i >= 0 {
			return found[i], nil
		}
	}
	if hidden != nil { // it may be among what could not be read
		return normalize.Promoted{}, hidden
	}
	return normalize.Promoted{}, none
}

// listPromoted reads each source whole and cuts pages from what they give: there are few of each.
func (c *client) listPromoted(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Promoted], error) {
	all, left, err := c.allPromoted(ctx, q)
	if err != nil {
		return providers.Page[normalize.Promoted]{}, err
	}
	p, err := page.Slice(q, all)
	if q.Cursor == "" {
		p.Left = left
	}
	return p, own(err)
}

func (c *client) allPromoted(ctx context.Context, q providers.ListQuery) (all []normalize.Promoted, left []string, err error) {
	for _, s := range promotedSources {
		if len(q.Type) > 0 && !slices.Contains(q.Type, string(s.kind)) {
			continue
		}
		found, why, err := c.promotedBy(ctx, s, q)
		if err != nil {
			reason, skip := skipped(string(s.kind), err)
			if !skip || len(q.Type) > 0 {
				return nil, nil, err
			}
			left = append(left, reason)
			continue
		}
		for _, w := range why {
			left = add(left, w)
		}
		for _, p := range found {
			if !slices.ContainsFunc(all, func(o normalize.Promoted) bool { return o.ID == p.ID && o.Type == p.Type }) {
				all = append(all, p)
			}
		}
	}
	return all, left, nil
}

func (c *client) promotedBy(ctx context.Context, s promotedSource, q providers.ListQuery) (all []normalize.Promoted, left []string, err error) {
	owners, left, err := c.ownersOf(ctx, s.owner, q)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range owners {
		k := call{path: o + "/" + s.edge, params: url.Values{"fields": {"id,name"}}} // a page's own token is among the rest
		if id, ok := accountID(o); ok && s.owner == ofAccount {
			k.lane.account = id
		}
		if err := withParams(k.params, q.Params); err != nil {
			return nil, nil, err
		}
		for at := (cursor{Limit: maxPage}); ; {
			before := len(all)
			info, err := readPage(ctx, c, k, at, q.Raw, func() { all = all[:before] }, func(w *named, raw json.RawMessage) error {
				all = append(all, normalize.Promoted{ID: w.ID.String(), Name: w.Name, Type: s.kind, Raw: raw})
				return nil
			})
			if err != nil {
				return nil, nil, err
			}
			if !info.More {
				break
			}
			at = info.Next
		}
	}
	return all, left, nil
}

// ownersOf are the paths of what the edges of a source hang on.
func (c *client) ownersOf(ctx context.Context, o owner, q providers.ListQuery) (paths, left []string, err error) {
	switch o {
	case ofPerson:
		return []string{"me"}, nil, nil
	case ofAccount:
		ids, left, err := c.accountsFor(ctx, providers.ListQuery{Org: q.Org})
		for _, id := range ids {
			paths = append(paths, node(id))
		}
		return paths, left, err
	case ofBusiness:
		list, why, err := c.businesses(ctx)
		for _, b := range list {
			paths = append(paths, b.ID.String())
		}
		if why != "" {
			left = []string{"catalogues of businesses (scope business_management): " + why}
		}
		return paths, left, err
	}
	catalogs, left, err := c.promotedBy(ctx, promotedSource{normalize.PromotedTypeCatalogID, "owned_product_catalogs", ofBusiness}, providers.ListQuery{})
	for _, p := range catalogs {
		paths = append(paths, p.ID)
	}
	return paths, left, err
}
