package linkedin

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
)

// accountsOf lists the accounts that a list goes over: the one asked for, else those of the connection, else all that
// the member sees.
func (c *client) accountsOf(ctx context.Context, org string) ([]string, error) {
	if org != "" {
		id, err := c.account(org)
		return []string{id}, err
	}
	if len(c.conn.Orgs) > 0 {
		return c.conn.Orgs, nil
	}
	c.known.mu.Lock()
	cached, fresh := c.known.accounts, c.now().Sub(c.known.at) < keepKnown
	c.known.mu.Unlock()
	if fresh {
		return cached, nil
	}
	all := []string{}
	criteria := record("status", oneOf(accountStatuses...))
	err := everyPage(ctx, c, "adAccounts", func(token string) string {
		return new(query).text("q", "search").add("search", criteria).page(maxSearch, token).fields("id").String()
	}, func(a *adAccount) { all = append(all, a.ID.String()) })
	if err != nil {
		return nil, err
	}
	c.known.mu.Lock()
	c.known.accounts, c.known.at = all, c.now()
	c.known.mu.Unlock()
	return all, nil
}

// account checks an account's id against the connection. An id that cannot be one, or is not the connection's, does not
// exist for the caller.
func (c *client) account(org string) (string, error) {
	id, ok := numeric(urnAccount, org)
	if !ok || len(c.conn.Orgs) > 0 && !slices.Contains(c.conn.Orgs, id) {
		return "", notFound("ad account", org)
	}
	return id, nil
}

// getInAccount reads a single object, whose path needs its account. LinkedIn's ids are its own over all accounts: where
// the caller names none, each account of the connection is asked until one has the object.
func getInAccount[W any](ctx context.Context, c *client, ref providers.Ref, path func(account string) string) (W, json.RawMessage, string, error) {
	var none W
	accounts, err := c.accountsOf(ctx, ref.Org)
	if err != nil {
		return none, nil, "", err
	}
	err = fault(providers.Forbidden, "org_id", "the connection sees no ad account")
	for _, account := range accounts {
		w, raw, failed := getOne[W](ctx, c, path(account), ref.Params)
		if failed == nil {
			return w, raw, account, nil
		}
		if err = failed; providers.KindOf(failed) != providers.NotFound {
			break
		}
	}
	return none, nil, "", err
}

// maxSearch is the most that a search by token answers at once.
const maxSearch = 1000

func organizations(c *client) providers.Collection[normalize.Organization] {
	return providers.Collection[normalize.Organization]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterStatus},
		MaxPage: maxSearch,
		List:    c.listOrganizations,
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Organization, error) {
			id, err := c.account(ref.ID)
			if err != nil {
				return normalize.Organization{}, err
			}
			a, raw, err := getOne[adAccount](ctx, c, "adAccounts/"+id, ref.Params)
			if err != nil {
				return normalize.Organization{}, err
			}
			return organizationOf(&a, kept(ref.Raw, raw)), nil
		},
		Fields: organizationFields, Update: c.updateOrganization,
	}
}

// listOrganizations reads a page of the accounts that the member sees, of the connection's own where it is limited.
func (c *client) listOrganizations(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Organization], error) {
	var at page.Position
	if err := page.Open(q, &at); err != nil {
		return providers.Page[normalize.Organization]{}, own(err)
	}
	statuses := searchStatuses(accountStatuses, q.Status)
	if len(statuses) == 0 {
		return providers.Page[normalize.Organization]{}, nil
	}
	ids := c.conn.Orgs
	if q.Org != "" {
		id, err := c.account(q.Org)
		if err != nil {
			return providers.Page[normalize.Organization]{}, err
		}
		ids = []string{id}
	}
	criteria := []string{"status", oneOf(statuses...)}
	if len(ids) > 0 {
		criteria = append(criteria, "id", oneOf(urns(urnAccount, ids)...))
	}
	query, err := searchQuery(record(criteria...), q, at.Token)
	if err != nil {
		return providers.Page[normalize.Organization]{}, err
	}
	items, tr, err := collect(ctx, c, call{methodFinder, "adAccounts", query}, q.Raw, func(a *adAccount, raw json.RawMessage) normalize.Organization {
		return organizationOf(a, raw)
	})
	p := providers.Page[normalize.Organization]{Items: items}
	if tr.Metadata.NextPageToken != "" {
		p.Next = page.Seal(page.Position{Token: tr.Metadata.NextPageToken}, q)
	}
	return p, err
}

// kept is the platform's object when it was asked for.
func kept(want bool, raw json.RawMessage) json.RawMessage {
	if !want {
		return nil
	}
	return raw
}
