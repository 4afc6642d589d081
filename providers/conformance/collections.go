package conformance

import (
	"context"
	"fmt"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// collection is a Collection of any type, seen through the facts of its objects.
type collection struct {
	object   providers.Object
	filters  []providers.Filter
	requires []providers.Filter
	maxPage  int
	writes   bool
	list     func(context.Context, providers.ListQuery) (listed, error)
	get      func(context.Context, providers.Ref) (normalize.Facts, error) // nil: not declared
}

type listed struct {
	items []normalize.Facts
	next  string
	left  []string
}

func erase[T normalize.Object](o providers.Object, c providers.Collection[T]) collection {
	out := collection{object: o, filters: c.Filters, requires: c.Requires, maxPage: c.MaxPage, writes: c.Create != nil || c.Update != nil || c.Delete != nil}
	if c.List != nil {
		out.list = func(ctx context.Context, q providers.ListQuery) (listed, error) {
			p, err := c.List(ctx, q)
			if err != nil {
				return listed{}, err
			}
			facts := make([]normalize.Facts, len(p.Items))
			for i, v := range p.Items {
				facts[i] = v.Facts()
			}
			return listed{facts, p.Next, p.Left}, nil
		}
	}
	if c.Get != nil {
		out.get = func(ctx context.Context, r providers.Ref) (normalize.Facts, error) {
			v, err := c.Get(ctx, r)
			if err != nil {
				return normalize.Facts{}, err
			}
			return v.Facts(), nil
		}
	}
	return out
}

// collections lists those that can be listed.
func collections(s *providers.Session) []collection {
	all := []collection{
		erase(providers.ObjectOrganization, s.Organizations), erase(providers.ObjectCampaign, s.Campaigns), erase(providers.ObjectGroup, s.Groups),
		erase(providers.ObjectAd, s.Ads), erase(providers.ObjectCreative, s.Creatives), erase(providers.ObjectAsset, s.Assets),
		erase(providers.ObjectTarget, s.Targets), erase(providers.ObjectPromoted, s.Promoted), erase(providers.ObjectInsertionOrder, s.InsertionOrders),
	}
	return slices.DeleteFunc(all, func(c collection) bool { return c.list == nil })
}

func (c collection) takes(f providers.Filter) bool {
	return slices.Contains(c.filters, f) || slices.Contains(c.requires, f)
}

// query is the least that lists the collection in an account.
func (e *env) query(c collection, org string) providers.ListQuery {
	q := e.h.Queries[c.object]
	if c.takes(providers.FilterOrg) && c.object != providers.ObjectOrganization {
		q.Org = org
	}
	q.Size = c.maxPage
	return q
}

// walk lists every page of q, and checks what each page must be.
func (e *env) walk(ctx context.Context, c collection, q providers.ListQuery) ([]normalize.Facts, error) {
	e.t.Helper()
	var out []normalize.Facts
	seen := map[string]bool{}
	for {
		p, err := c.list(ctx, q)
		if err != nil {
			return out, err
		}
		if len(p.items) > q.Size {
			e.t.Errorf("%s: a page of %d items, asked for %d", c.object, len(p.items), q.Size)
		}
		for _, f := range p.items {
			key := f.Organization + "\x00" + f.ID
			if f.ID == "" {
				e.t.Errorf("%s: an item without an id", c.object)
			}
			if seen[key] {
				e.t.Errorf("%s: %s comes twice", c.object, f.ID)
			}
			seen[key] = true
		}
		out = append(out, p.items...)
		if p.next == "" {
			return out, nil
		}
		if p.next == q.Cursor {
			return out, fmt.Errorf("the cursor of a page leads to itself")
		}
		q.Cursor = p.next
	}
}

func ids(items []normalize.Facts) []string {
	out := make([]string, len(items))
	for i, f := range items {
		out[i] = f.ID
	}
	return out
}

func sortedIDs(items []normalize.Facts) []string {
	out := ids(items)
	slices.Sort(out)
	return out
}
