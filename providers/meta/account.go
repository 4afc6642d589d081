package meta

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// facts are what an account decides for all that is in it.
type facts struct {
	ID, Name, Currency, Timezone string
	tz                           *time.Location
}

func factsOf(a *adAccount) facts {
	f := facts{ID: a.AccountID.String(), Name: a.Name, Currency: a.Currency, Timezone: a.Timezone}
	if loc, err := time.LoadLocation(a.Timezone); err == nil && a.Timezone != "" {
		f.tz = loc
	}
	return f
}

// account is an ad account as Meta sent it.
type account struct {
	adAccount
	raw json.RawMessage
}

// accountID is the digits of an account's id, with or without act_.
func accountID(s string) (string, bool) {
	s = strings.TrimPrefix(s, "act_")
	return s, digitsOnly(s)
}

// account checks an account's id against the connection. An id that cannot be one, or is not the connection's, does not
// exist for the caller.
func (c *client) account(org string) (string, error) {
	id, ok := accountID(org)
	if !ok || len(c.conn.Orgs) > 0 && !slices.Contains(c.conn.Orgs, id) {
		return "", notFound("ad account", org)
	}
	return id, nil
}

// accountsFor lists the accounts that a list goes over: the one asked for, else the one that the parent asked for is in,
// else those of the connection, else all that the grant sees. left says which of them could not be looked for.
func (c *client) accountsFor(ctx context.Context, q providers.ListQuery) (ids, left []string, err error) {
	if q.Org != "" {
		id, err := c.account(q.Org)
		return []string{id}, nil, err
	}
	if len(c.conn.Orgs) == 1 {
		return c.conn.Orgs, nil, nil
	}
	for _, parent := range []string{q.Group, q.Campaign} {
		if parent == "" {
			continue
		}
		id, err := c.accountOf(ctx, parent)
		if err != nil || id == "" {
			return nil, nil, err
		}
		return []string{id}, nil, nil
	}
	if len(c.conn.Orgs) > 0 {
		return c.conn.Orgs, nil, nil
	}
	all, left, err := c.allAccounts(ctx, false, true)
	for i := range all {
		ids = append(ids, all[i].AccountID.String())
	}
	return ids, left, err
}

// accountOf is the account that a campaign or ad set is in; empty when there is no such object for the caller.
func (c *client) accountOf(ctx context.Context, id string) (string, error) {
	if !digitsOnly(id) {
		return "", nil
	}
	var w struct {
		AccountID string `json:"account_id"`
	}
	_, err := get(ctx, c, call{path: id, params: url.Values{"fields": {"account_id"}}}, &w)
	if _, missing := missingField(err); missing || providers.KindOf(err) == providers.NotFound {
		return "", nil
	}
	if err == nil && len(c.conn.Orgs) > 0 && !slices.Contains(c.conn.Orgs, w.AccountID) {
		return "", nil
	}
	return w.AccountID, err
}

// accountFacts looks an account up once.
func (c *client) accountFacts(ctx context.Context, id string) (facts, error) {
	c.known.mu.Lock()
	f, ok := c.known.facts[id]
	c.known.mu.Unlock()
	if ok {
		return f, nil
	}
	a, err := c.readAccount(ctx, id, []string{"id", "account_id", "name", "currency", "timezone_name"}, nil)
	if err != nil {
		return facts{}, err
	}
	c.remember(&a.adAccount)
	return factsOf(&a.adAccount), nil
}

func (c *client) remember(a *adAccount) {
	c.known.mu.Lock()
	defer c.known.mu.Unlock()
	if c.known.facts == nil {
		c.known.facts = map[string]facts{}
	}
	c.known.facts[a.AccountID.String()] = factsOf(a)
}

// readAccount reads one account. The business behind it is left out where the grant may not see it.
func (c *client) readAccount(ctx context.Context, id string, fields []string, extra map[string]string) (account, error) {
	for {
		k := call{path: node(id), params: url.Values{"fields": {strings.Join(fields, ",")}}, lane: lane{account: id}}
		if err := withParams(k.params, extra); err != nil {
			return account{}, err
		}
		raw, _, err := c.getRaw(ctx, k)
		if fewer, again := withoutBusiness(err, fields); again {
			fields = fewer
			continue
		}
		if err != nil {
			return account{}, hiddenNode(err, "ad account", id)
		}
		a := account{raw: raw}
		if err := rest.Unmarshal(raw, &a.adAccount); err != nil {
			return account{}, fault(providers.Malformed, "", "Meta's answer for the account %s cannot be understood: %v", id, err)
		}
		return a, nil
	}
}

// withoutBusiness takes the business out of the fields when it is what may not be read. Meta refuses the whole answer.
func withoutBusiness(err error, fields []string) ([]string, bool) {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Kind != providers.Forbidden || !slices.Contains(fields, businessField) || !strings.Contains(e.Message, "business_management") {
		return nil, false
	}
	return slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return f == businessField || f == "owner" }), true
}
