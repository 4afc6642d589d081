package connections

import (
	"testing"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/providers"
)

// Where a revocation ends all that a person has given to the app, deleting one connection must not cut another: the grant
// is revoked with the last of them.
func TestDeleteDoesNotCutAnotherConnection(t *testing.T) {
	t.Parallel()
	for _, whole := range []bool{true, false} {
		g := newGateway(t, benchOptions{adapter: adapter{whole: whole}})
		first, second := g.connect(t, time.Hour), g.connect(t, time.Hour)
		revoked := func() (n int) {
			g.vendor.with(func() { n = len(g.vendor.revoked) })
			return n
		}
		if r := g.do(t, "DELETE", "/unified/connection/"+first.ID, g.writer, ""); r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		if n := revoked(); whole && n != 0 || !whole && n != 1 {
			t.Errorf("whole grant %v: %d revoked with the first", whole, n)
		}
		if r := g.do(t, "DELETE", "/unified/connection/"+second.ID, g.writer, ""); r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		if n := revoked(); whole && n != 1 || !whole && n != 2 {
			t.Errorf("whole grant %v: %d revoked with both", whole, n)
		}
	}
}

// A platform that refuses the grant itself, without a refresh being of any use, makes the connection unhealthy.
func TestRefusedGrantIsUnhealthy(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	c := g.connect(t, time.Hour)
	bound, err := g.Load(t.Context(), g.ws, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	said := bound[0].Explain(&providers.Error{Kind: providers.Unauthorized, Platform: "vendorads", Code: "TOKEN_REVOKED", Message: "the grant has ended"})
	if p := problem.From(said); p.Status != 401 || p.ReauthorizeURL == "" {
		t.Errorf("%+v", p)
	}
	got, err := g.store.Connection(t.Context(), g.ws, c.ID)
	if err != nil || got.Health.UnhealthyCode != CodeTokenRejected {
		t.Errorf("health %+v, %v", got.Health, err)
	}
	// A call that works again says that it is well again.
	bound, err = g.Load(t.Context(), g.ws, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	bound[0].Healthy(t.Context())
	if got, err = g.store.Connection(t.Context(), g.ws, c.ID); err != nil || got.Health.UnhealthyCode != "" {
		t.Errorf("health %+v, %v", got.Health, err)
	}
}
