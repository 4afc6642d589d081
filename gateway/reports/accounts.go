package reports

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// accountsTTL is how long the accounts of a connection are taken as read: their currencies and zones hardly ever
// change, and new accounts are found at once when they are asked for by id.
const accountsTTL = 5 * time.Minute

// accountsMax is how many connections are remembered.
const accountsMax = 1000

// accounts remembers the ad accounts of connections.
type accounts struct {
	now func() time.Time

	mu    sync.Mutex
	known map[string]known
}

type known struct {
	at      time.Time
	version int64 // of the tokens they were read with
	orgs    []normalize.Organization
	left    []string // what the platform keeps from the list of accounts, and why
}

// list returns the accounts of a connection, at most accountsTTL old, or just read when fresh is set. The slice is
// shared: it is not to be changed.
func (a *accounts) list(ctx context.Context, conn Connection, s *providers.Session, fresh bool) ([]normalize.Organization, []string, error) {
	a.mu.Lock()
	k, ok := a.known[conn.ID]
	a.mu.Unlock()
	if age := a.now().Sub(k.at); ok && !fresh && k.version == conn.Version && age >= 0 && age < accountsTTL {
		return k.orgs, k.left, nil
	}
	if s.Organizations.List == nil {
		return nil, nil, problem.Unsupported(conn.Platform + " does not list its accounts, so that their currencies and time zones are not known.")
	}
	k = known{at: a.now(), version: conn.Version}
	for q := (providers.ListQuery{Size: max(s.Organizations.MaxPage, 1)}); ; {
		p, err := s.Organizations.List(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		k.orgs, k.left = append(k.orgs, p.Items...), append(k.left, p.Left...)
		if q.Cursor = p.Next; q.Cursor == "" {
			break
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.room()
	a.known[conn.ID] = k
	return k.orgs, k.left, nil
}

// room forgets what is too old, and everything when that is not enough.
func (a *accounts) room() {
	if len(a.known) < accountsMax {
		return
	}
	for id, k := range a.known {
		if a.now().Sub(k.at) >= accountsTTL {
			delete(a.known, id)
		}
	}
	if len(a.known) >= accountsMax {
		clear(a.known)
	}
}

func all(ids []string, orgs []normalize.Organization) bool {
	for _, id := range ids {
		if !slices.ContainsFunc(orgs, func(o normalize.Organization) bool { return o.ID == id }) {
			return false
		}
	}
	return true
}

func someOf(orgs []normalize.Organization) string {
	const most = 20
	if len(orgs) == 0 {
		return "it has none"
	}
	var ids []string
	for _, o := range orgs[:min(most, len(orgs))] {
		ids = append(ids, o.ID)
	}
	if len(orgs) > most {
		ids = append(ids, fmt.Sprintf("and %d more", len(orgs)-most))
	}
	return strings.Join(ids, ", ")
}

// account puts the question into the days of one account's zone.
func account(req *Request, o normalize.Organization, conn Connection, now time.Time) (*stream.Account, error) {
	zone, err := time.LoadLocation(o.Timezone)
	if err != nil || o.Timezone == "" || o.Timezone == "Local" {
		return nil, &providers.Error{Kind: providers.Malformed, Platform: conn.Platform,
			Message: "account " + o.ID + " has no time zone that is known, and so no days"}
	}
	days, err := req.Days(zone, o.ID, now)
	if err != nil {
		return nil, err
	}
	return &stream.Account{Connection: conn.ID, Platform: conn.Platform, ID: o.ID, Name: o.Name, Currency: o.Currency, Zone: zone, Range: days}, nil
}
