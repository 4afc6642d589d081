package connections

import (
	"testing"
	"time"
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
