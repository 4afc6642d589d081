package google

import (
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
)

// organizations are the accounts that are not managers, wherever in a hierarchy they are: cancelled and closed ones too,
// though nothing below them can be read, and hidden ones, which are hidden from the managers' own pages only. The list is
// walked anew at its first page.
func organizations(c *client) providers.Collection[normalize.Organization] {
	return providers.Collection[normalize.Organization]{
		Filters: []providers.Filter{providers.FilterOrg},
		MaxPage: maxPage,
		List:    c.listOrganizations,
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Organization, error) {
			a, err := c.account(ctx, ref.ID)
			if err != nil {
				return normalize.Organization{}, err
			}
			t, err := c.accounts(ctx)
			if err != nil {
				return normalize.Organization{}, err
			}
			return organizationOf(a, t.names, ref.Raw), noParams(ref.Params)
		},
	}
}

func (c *client) listOrganizations(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Organization], error) {
	none := providers.Page[normalize.Organization]{}
	if q.Org != "" && !digits(q.Org) {
		return none, notFound("account", q.Org)
	}
	if err := noParams(q.Params); err != nil {
		return none, err
	}
	t, err := c.treeOf(ctx, q)
	if err != nil {
		return none, err
	}
	var all []normalize.Organization
	for _, a := range t.Accounts {
		switch {
		case len(c.conn.Orgs) > 0 && !slices.Contains(c.conn.Orgs, a.ID):
		case q.Org != "" && a.ID != q.Org:
		default:
			all = append(all, organizationOf(a, t.names, q.Raw))
		}
	}
	if q.Org != "" && len(all) == 0 {
		if _, known := t.find(q.Org); !known {
			return none, notFound("account", q.Org)
		}
	}
	p, err := page.Slice(q, all)
	if q.Cursor == "" {
		p.Left = t.Left
	}
	return p, own(err)
}

// noParams refuses what a caller wants to add to the queries of a hierarchy, whose answers serve others too.
func noParams(params map[string]string) error {
	if len(params) > 0 {
		return fault(providers.Invalid, "raw", "the list of accounts takes no parameters of Google Ads")
	}
	return nil
}

// treeOf walks for a list: narrowed to the account asked for, or whole, which then serves other calls as well.
func (c *client) treeOf(ctx context.Context, q providers.ListQuery) (*tree, error) {
	switch {
	case q.Org != "":
		return c.walk(ctx, []string{"customer_client.id = " + q.Org})
	case q.Cursor != "":
		return c.accounts(ctx)
	}
	return c.walked(ctx, 0)
}

// closedAccount says why nothing of an account is read.
func closedAccount(id string) string {
	return "account " + id + " is cancelled: Google Ads no longer opens it"
}
