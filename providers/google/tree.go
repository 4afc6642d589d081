package google

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
	"github.com/admux/admux/providers/internal/wire"
)

// rootsOnce is how many roots are asked at a time.
const rootsOnce = 4

// account is a customer that is not a manager.
type account struct {
	ID, Name, Currency, Zone, Status string
	Login                            string // the manager on the way to it, for login-customer-id; empty where the person has it themselves
	Test, Hidden                     bool
	raw                              json.RawMessage // as the hierarchy shows it
}

// open tells whether the account can be asked at all. A suspended one can be read.
func (a account) open() bool { return a.Status != "CANCELED" && a.Status != "CLOSED" }

// tree is what a person can reach, from every account that they have themselves down through the managers.
type tree struct {
	Accounts []account // by id; managers are not in it
	Left     []string  // roots that cannot be asked, and why
	login    map[string]string
	names    map[string]string // of managers
	at       time.Time
}

func (t *tree) find(id string) (account, bool) {
	i, ok := slices.BinarySearchFunc(t.Accounts, id, func(a account, id string) int { return compareIDs(a.ID, id) })
	if !ok {
		return account{}, false
	}
	return t.Accounts[i], true
}

// compareIDs orders ids as the numbers that they are.
func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// loginFor is the manager to name in a call for a customer; empty for none.
func (c *client) loginFor(ctx context.Context, customer string) (string, error) {
	if c.login != "" {
		return c.login, nil
	}
	t, err := c.accounts(ctx)
	if err != nil {
		return "", err
	}
	return t.login[customer], nil
}

// account finds an account of the connection. One that is malformed, a manager, or not the connection's does not exist
// for the caller.
func (c *client) account(ctx context.Context, org string) (account, error) {
	if !digits(org) || len(c.conn.Orgs) > 0 && !slices.Contains(c.conn.Orgs, org) {
		return account{}, notFound("account", org)
	}
	t, err := c.walkedFor(ctx, org)
	if err != nil {
		return account{}, err
	}
	a, ok := t.find(org)
	if !ok {
		return account{}, notFound("account", org)
	}
	return a, nil
}

type accessible struct {
	ResourceNames []string `json:"resourceNames"`
}

type customerClientRow struct {
	raw            json.RawMessage
	CustomerClient struct {
		ID              wire.ID `json:"id"`
		Level           wire.ID `json:"level"`
		DescriptiveName string  `json:"descriptiveName"`
		CurrencyCode    string  `json:"currencyCode"`
		TimeZone        string  `json:"timeZone"`
		Status          string  `json:"status"`
		Manager         bool    `json:"manager"`
		TestAccount     bool    `json:"testAccount"`
		Hidden          bool    `json:"hidden"`
	} `json:"customerClient"`
}

var clientFields = []string{
	"customer_client.id", "customer_client.level", "customer_client.descriptive_name", "customer_client.currency_code", "customer_client.time_zone",
	"customer_client.status", "customer_client.manager", "customer_client.test_account", "customer_client.hidden",
}

// roots are the accounts that the person has themselves, or the manager that the operator has named.
func (c *client) roots(ctx context.Context) ([]string, error) {
	if c.login != "" {
		return []string{c.login}, nil
	}
	r, err := c.request("customers:listAccessibleCustomers", "", "", nil)
	if err != nil {
		return nil, err
	}
	var list accessible
	if _, err := c.rest.JSON(ctx, r, &list); err != nil {
		return nil, err
	}
	out := make([]string, 0, len(list.ResourceNames))
	for _, name := range list.ResourceNames {
		if id := tail(name); digits(id) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, compareIDs)
	return slices.Compact(out), nil
}

// walk asks every root for all accounts below it, whatever the depth. A root that Google does not open (an account that is
// closed, or was never finished) is left out, and named; when it opens none, its refusal is the answer. where narrows the
// accounts.
func (c *client) walk(ctx context.Context, where []string) (*tree, error) {
	roots, err := c.roots(ctx)
	if err != nil {
		return nil, err
	}
	found := make([][]customerClientRow, len(roots))
	refused := make([]*providers.Error, len(roots))
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(rootsOnce)
	query := gaql{fields: clientFields, from: "customer_client", where: where, order: "customer_client.id"}.String()
	for i, root := range roots {
		g.Go(func() error {
			err := searchAs(inner, c, root, root, query, func(raw *json.RawMessage) error {
				var r customerClientRow
				if err := rest.Unmarshal(*raw, &r); err != nil {
					return fault(providers.Malformed, "", "a row of Google's answer cannot be understood: %v", err)
				}
				r.raw = *raw
				found[i] = append(found[i], r)
				return nil
			})
			e, ok := errors.AsType[*providers.Error](err)
			if ok && (e.Kind == providers.Forbidden || e.Kind == providers.NotFound) {
				refused[i] = e
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return c.grown(roots, found, refused)
}

// grown makes one tree of what the roots have answered. An account under several of them goes by the way that is the
// person's own, else by the first.
func (c *client) grown(roots []string, found [][]customerClientRow, refused []*providers.Error) (*tree, error) {
	t := &tree{login: map[string]string{}, names: map[string]string{}, at: c.now()}
	opened := 0
	for i, root := range roots {
		if e := refused[i]; e != nil {
			if c.login != "" {
				return nil, e
			}
			continue
		}
		opened++
		for _, r := range found[i] {
			t.add(root, r)
		}
	}
	if opened == 0 {
		if i := slices.IndexFunc(refused, func(e *providers.Error) bool { return !strings.HasSuffix(e.Code, ".CUSTOMER_NOT_ENABLED") }); i >= 0 {
			return nil, refused[i]
		}
	}
	slices.SortFunc(t.Accounts, func(a, b account) int { return compareIDs(a.ID, b.ID) })
	for i, root := range roots {
		if _, known := t.find(root); refused[i] != nil && !known { // else a manager shows it
			t.Left = append(t.Left, fmt.Sprintf("account %s: %s", root, refused[i].Message))
		}
	}
	return t, nil
}

func (t *tree) add(root string, r customerClientRow) {
	x := r.CustomerClient
	id := x.ID.String()
	login := root
	if id == root && !x.Manager {
		login = "" // the person's own
	}
	before, known := t.login[id]
	if known && (login != "" || before == "") {
		return
	}
	t.login[id] = login
	if x.Manager {
		t.names[id] = x.DescriptiveName
		return
	}
	t.Accounts = slices.DeleteFunc(t.Accounts, func(a account) bool { return known && a.ID == id })
	t.Accounts = append(t.Accounts, account{
		ID: id, Name: x.DescriptiveName, Currency: x.CurrencyCode, Zone: x.TimeZone, Status: x.Status, Login: login,
		Test: x.TestAccount, Hidden: x.Hidden, raw: r.raw,
	})
}
