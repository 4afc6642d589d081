package conformance

import (
	"slices"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func (s *suite) accounts(t *testing.T) {
	e := newEnv(t, s.h, small)
	orgs := e.orgs()
	for _, o := range orgs {
		if len(o.Currency) != 3 {
			t.Errorf("account %s: currency %q", o.ID, o.Currency)
		}
		if _, err := location(o); err != nil {
			t.Errorf("account %s: zone: %v", o.ID, err)
		}
	}
	if len(orgs) < 2 {
		if !s.quirk(t, QuirkNoSecondAccount) {
			t.Error("the connection sees one account of a world of several")
		}
		return
	}
	only := orgs[len(orgs)-1].ID
	limited := e.open(func(c *providers.Conn, _ *providers.Deps) { c.Orgs = []string{only} })
	for o, err := range limited.Organizations.All(t.Context(), providers.ListQuery{Size: limited.Organizations.MaxPage}) {
		e.fatal("accounts of a limited connection", err)
		if o.ID != only {
			t.Errorf("a connection limited to %s sees %s", only, o.ID)
		}
	}
}

func (s *suite) lists(t *testing.T) {
	for _, c := range collections(s.session) {
		t.Run(string(c.object), func(t *testing.T) {
			t.Parallel()
			s.pages(t, c.object)
		})
	}
	t.Run("equal the ledger", func(t *testing.T) { t.Parallel(); s.listsEqualLedger(t) })
}

// of finds the same collection in a session.
func of(s *providers.Session, o providers.Object) collection {
	for _, c := range collections(s) {
		if c.object == o {
			return c
		}
	}
	return collection{}
}

// pages lists one kind in pages of one, two, three, all but one, all and more items: always the same list.
func (s *suite) pages(t *testing.T, o providers.Object) {
	e := newEnv(t, s.h, lots)
	c := of(e.session, o)
	org := e.orgs()[0].ID
	q := e.query(c, org)
	whole, err := e.walk(t.Context(), c, q)
	e.fatal("list", err)
	n := len(whole)
	if n == 0 {
		t.Logf("the simulated account has no %s: paging is not shown", o)
		return
	}
	sizes := []int{n - 1, n, n + 1, (n + 2) / 3}
	if n <= 40 {
		sizes = append(sizes, 1, 2)
	}
	slices.Sort(sizes)
	for _, size := range slices.Compact(sizes) {
		if size < 1 || size > c.maxPage {
			continue
		}
		q.Size = size
		got, err := e.walk(t.Context(), c, q)
		e.fatal("list", err)
		if !slices.Equal(ids(got), ids(whole)) {
			t.Errorf("pages of %d: %d items, in one page: %d (or another order)", size, len(got), n)
		}
	}
	s.cursors(e, c, q)
}

// cursors: a cursor belongs to its query; a break asks for nothing more.
func (s *suite) cursors(e *env, c collection, q providers.ListQuery) {
	q.Size = 1
	first, err := c.list(e.t.Context(), q)
	e.fatal("list", err)
	if first.next == "" {
		return
	}
	for name, cursor := range map[string]string{"damaged": "x" + first.next, "cut": first.next[:len(first.next)/2], "invented": "AAAAAAAAAAAAAAAA"} {
		bad := q
		bad.Cursor = cursor
		_, err := c.list(e.t.Context(), bad)
		if err == nil {
			e.t.Errorf("%s: a cursor that is %s is taken", c.object, name)
			continue
		}
		if pe := e.refusal(err); pe.Kind != providers.Invalid || pe.Field != "cursor" {
			e.t.Errorf("%s: a cursor that is %s: kind %v, field %q", c.object, name, pe.Kind, pe.Field)
		}
	}
	if q.Org != "" {
		other := q
		other.Cursor, other.Org = first.next, q.Org+"0"
		if _, err := c.list(e.t.Context(), other); err == nil {
			e.t.Errorf("%s: a cursor of another account is taken", c.object)
		}
	}
}

// listsEqualLedger: in a world where everything delivers, the lists are what the ledger knows, no more and no less.
func (s *suite) listsEqualLedger(t *testing.T) {
	e := newEnv(t, s.h, dense)
	for _, org := range e.orgs() {
		facts := e.facts(org, e.history(org, dense.HistoryDays))
		for _, lvl := range []struct {
			object providers.Object
			level  normalize.Level
		}{
			{providers.ObjectCampaign, normalize.LevelCampaign}, {providers.ObjectGroup, normalize.LevelGroup}, {providers.ObjectAd, normalize.LevelAd},
		} {
			c := of(e.session, lvl.object)
			if c.list == nil {
				continue
			}
			var want []string
			for i := range facts {
				want = append(want, facts[i].entity(lvl.level))
			}
			slices.Sort(want)
			want = slices.Compact(want)
			got, err := e.walk(t.Context(), c, e.query(c, org.ID))
			e.fatal(string(lvl.object), err)
			have := sortedIDs(got)
			for _, id := range want {
				if _, found := slices.BinarySearch(have, id); !found {
					t.Errorf("account %s: %s %s delivers and is not listed", org.ID, lvl.object, id)
				}
			}
			for _, f := range got {
				if f.Organization != org.ID {
					t.Errorf("%s %s of account %q, asked for %s", lvl.object, f.ID, f.Organization, org.ID)
				}
			}
		}
	}
}
