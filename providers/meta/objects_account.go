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

// Most elements that an edge is asked for at once. Meta documents no maximum; these are in common use.
const (
	maxPage      = 500
	maxCreatives = 50 // they are heavy
	maxVideos    = 200
)

// accountFields are read of every account; rawAccountFields besides when the caller wants the object as it is.
var (
	accountFields    = []string{"id", "account_id", "name", "account_status", "currency", "timezone_name", "business{id,name}", "created_time"}
	rawAccountFields = []string{"disable_reason", "timezone_id", "timezone_offset_hours_utc", "amount_spent", "balance", "spend_cap", "min_daily_budget", "owner", "user_tasks"}
)

const businessField = "business{id,name}"

func organizations(c *client) providers.Collection[normalize.Organization] {
	return providers.Collection[normalize.Organization]{
		Filters: []providers.Filter{providers.FilterOrg},
		MaxPage: maxPage,
		List:    c.listOrganizations,
		Get: func(ctx context.Context, ref providers.Ref) (normalize.Organization, error) {
			id, err := c.account(ref.ID)
			if err != nil {
				return normalize.Organization{}, err
			}
			a, err := c.readAccount(ctx, id, accountFieldsFor(ref.Raw), ref.Params)
			if err != nil {
				return normalize.Organization{}, err
			}
			return organizationOf(&a.adAccount, kept(ref.Raw, a.raw)), nil
		},
		Fields: organizationFields,
		Update: c.updateOrganization,
	}
}

func accountFieldsFor(raw bool) []string {
	if raw {
		return slices.Concat(accountFields, rawAccountFields)
	}
	return accountFields
}

// listOrganizations cuts pages from all the accounts that the grant sees: one may be seen in several ways, and is listed
// once.
func (c *client) listOrganizations(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Organization], error) {
	var all []account
	var left []string
	var err error
	switch {
	case q.Org != "":
		var id string
		if id, err = c.account(q.Org); err == nil {
			var a account
			a, err = c.readAccount(ctx, id, accountFieldsFor(q.Raw), q.Params)
			all = []account{a}
		}
	case len(c.conn.Orgs) > 0:
		for _, id := range c.conn.Orgs {
			var a account
			a, err = c.readAccount(ctx, id, accountFieldsFor(q.Raw), q.Params)
			if providers.KindOf(err) == providers.NotFound { // the others can still be listed
				left, err = append(left, "account "+id+": "+err.Error()), nil
				continue
			}
			if err != nil {
				break
			}
			all = append(all, a)
		}
	case len(q.Params) > 0:
		err = fault(providers.Invalid, "raw", "accounts come from several lists of Meta's: raw parameters go with org_id only")
	default:
		all, left, err = c.allAccounts(ctx, q.Raw, q.Cursor != "")
	}
	if err != nil {
		return providers.Page[normalize.Organization]{}, err
	}
	items := make([]normalize.Organization, len(all))
	for i := range all {
		items[i] = organizationOf(&all[i].adAccount, kept(q.Raw, all[i].raw))
	}
	p, err := page.Slice(q, items)
	if q.Cursor == "" {
		p.Left = left
	}
	return p, own(err)
}

// allAccounts reads the accounts that the person or system user has a role on, and those of the businesses that they
// are in: owned, and worked for. What needs a scope that the grant lacks is named in left. kept allows what was read
// within the last minute.
func (c *client) allAccounts(ctx context.Context, raw, kept bool) ([]account, []string, error) {
	c.known.mu.Lock()
	all, left, fresh := c.known.accounts, c.known.left, c.now().Sub(c.known.at) < keepKnown
	c.known.mu.Unlock()
	if kept && fresh && !raw {
		return all, left, nil
	}
	all, left = []account{}, nil
	seen := map[string]bool{}
	take := func(path string) error {
		found, why, err := c.accountsAt(ctx, path, raw)
		for _, a := range found {
			if id := a.AccountID.String(); !seen[id] {
				seen[id] = true
				all = append(all, a)
				c.remember(&a.adAccount)
			}
		}
		if why != "" && !slices.Contains(left, why) {
			left = append(left, why)
		}
		return err
	}
	if err := take("me/adaccounts"); err != nil {
		return nil, nil, err
	}
	businesses, why, err := c.businesses(ctx)
	if err != nil {
		return nil, nil, err
	}
	if why != "" {
		left = append(left, why)
	}
	for _, b := range businesses {
		for _, edge := range []string{"owned_ad_accounts", "client_ad_accounts"} {
			if err := take(b.ID.String() + "/" + edge); err != nil {
				why, skip := skipped("accounts of the business "+b.Name, err)
				if !skip {
					return nil, nil, err
				}
				left = append(left, why)
			}
		}
	}
	c.known.mu.Lock()
	c.known.accounts, c.known.left, c.known.at = all, left, c.now()
	c.known.mu.Unlock()
	return all, left, nil
}

// accountsAt reads a whole edge of accounts.
func (c *client) accountsAt(ctx context.Context, path string, raw bool) (all []account, left string, err error) {
	fields := accountFieldsFor(raw)
	at := cursor{Limit: maxPage}
	for {
		k := call{path: path, params: url.Values{"fields": {strings.Join(fields, ",")}}}
		before := len(all)
		info, err := readPage(ctx, c, k, at, raw, func() { all = all[:before] }, func(a *adAccount, r json.RawMessage) error {
			all = append(all, account{*a, r})
			return nil
		})
		if fewer, again := withoutBusiness(err, fields); again {
			fields, left = fewer, "the business of each account: Meta shows it with the scope business_management"
			continue
		}
		if err != nil {
			return nil, "", err
		}
		if !info.More {
			return all, left, nil
		}
		at = info.Next
	}
}

// businesses are those that the person is in; left says why there are none to be seen.
func (c *client) businesses(ctx context.Context) (all []named, left string, err error) {
	k := call{path: "me/businesses", params: url.Values{"fields": {"id,name"}}}
	for b, err := range edge[named](ctx, c, k, maxPage, nil) {
		if err != nil {
			if why, skip := skipped("accounts that are only reached through a business (scope business_management)", err); skip {
				return nil, why, nil
			}
			return nil, "", err
		}
		all = append(all, *b)
	}
	return all, "", nil
}
