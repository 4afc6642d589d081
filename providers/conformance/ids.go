package conformance

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// ids: they are text, keep every digit, find their object again, and find nothing when they are wrong.
func (s *suite) ids(t *testing.T) {
	for _, c := range collections(s.session) {
		t.Run(string(c.object), func(t *testing.T) {
			t.Parallel()
			s.idsOf(t, c.object)
		})
	}
}

func (s *suite) idsOf(t *testing.T, o providers.Object) {
	e := newEnv(t, s.h, small)
	c := of(e.session, o)
	orgs := e.orgs()
	known := map[string]bool{}
	for _, org := range orgs {
		items, err := e.walk(t.Context(), c, e.query(c, org.ID))
		e.fatal("list", err)
		for _, f := range items {
			known[f.ID] = true
			if n := strings.ToLower(f.ID); strings.HasPrefix(n, "nan") || len(n) > 2 && n[0] >= '0' && n[0] <= '9' && strings.Contains(n, "e+") {
				t.Errorf("id %q has been a float", f.ID)
			}
		}
		if c.get == nil {
			continue
		}
		for _, f := range sample(items) {
			got, err := c.get(t.Context(), providers.Ref{Org: org.ID, ID: f.ID})
			if err != nil {
				t.Errorf("get of the listed %s: %v", f.ID, err)
				continue
			}
			if got.ID != f.ID || got.Name != f.Name || got.Status != f.Status || got.Campaign != f.Campaign || got.Group != f.Group {
				t.Errorf("get and list differ: %+v, %+v", got, f)
			}
		}
	}
	if c.get == nil {
		t.Logf("not declared, not run: get of %s", o)
		return
	}
	for _, id := range wrongIDs(known) {
		_, err := c.get(t.Context(), providers.Ref{Org: orgs[0].ID, ID: id})
		if err == nil {
			t.Errorf("get of %q finds something", id)
			continue
		}
		if pe := e.refusal(err); pe.Kind != providers.NotFound {
			t.Errorf("get of %q: kind %v, want not found", id, pe.Kind)
		}
	}
	s.foreign(e, c, orgs)
}

// foreign: an object of one account is not found under another.
func (s *suite) foreign(e *env, c collection, orgs []normalize.Organization) {
	if len(orgs) < 2 || c.object == providers.ObjectOrganization || !c.takes(providers.FilterOrg) {
		return
	}
	if _, off := s.h.Quirks[QuirkForeignOrgVisible]; off {
		return
	}
	for i, org := range orgs {
		items, err := e.walk(e.t.Context(), c, e.query(c, org.ID))
		e.fatal("list", err)
		if len(items) == 0 || items[0].Organization == "" {
			continue
		}
		other := orgs[(i+1)%len(orgs)].ID
		_, err = c.get(e.t.Context(), providers.Ref{Org: other, ID: items[0].ID})
		if err == nil {
			e.t.Errorf("%s %s of account %s is found under %s", c.object, items[0].ID, org.ID, other)
		} else if pe := e.refusal(err); pe.Kind != providers.NotFound {
			e.t.Errorf("%s of another account: kind %v, want not found", c.object, pe.Kind)
		}
		return
	}
}

// sample is the first and the last few, and the longest id.
func sample(items []normalize.Facts) []normalize.Facts {
	if len(items) <= 6 {
		return items
	}
	out := append(slices.Clone(items[:3]), items[len(items)-2:]...)
	return append(out, slices.MaxFunc(items, func(a, b normalize.Facts) int { return len(a.ID) - len(b.ID) }))
}

// wrongIDs: one like the others that does not exist, and what people send by mistake. Past 2^53 the neighbour of an id
// is what a float makes of it.
func wrongIDs(known map[string]bool) []string {
	out := []string{"no-such-id", "0", "../../me", "a/b", "1 OR 1=1", "%00", "9007199254740993999"}
	largest := new(big.Int)
	for id := range known {
		if n, ok := new(big.Int).SetString(id, 10); ok && n.Cmp(largest) > 0 {
			largest = n
		}
	}
	if largest.Sign() > 0 {
		for _, near := range []int64{1, 7, 1000} {
			out = append(out, new(big.Int).Add(largest, big.NewInt(near)).String())
		}
	}
	return slices.DeleteFunc(out, func(id string) bool { return known[id] })
}
