package gateway

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/quota"
	"github.com/admux/admux/providers"
)

// What one replica heard of a limit, another shows; what nobody knows is left out.
func TestQuota_isSharedByReplicas(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me := b.tenant()
	path := "/ads/" + me.connection + "/quota"
	want := []any{
		map[string]any{"name": "app", "scope": "app", "unit": "calls"},
		map[string]any{"name": "reports", "scope": "account", "organization_id": "5001", "unit": "percent"},
	}
	a := b.get(path, me.keys["read"])
	if diff := cmp.Diff(want, list(t, a)); a.status != http.StatusOK || diff != "" {
		t.Fatalf("%d %s", a.status, diff)
	}
	other := providers.NewSharedLimiter(time.Now, quota.Shared(b.store), slog.New(slog.DiscardHandler))
	other.Observe("fakeads:account:5001", providers.LimitState{Limit: 100, Remaining: 4, Percent: true, Block: time.Hour})
	other.Observe("fakeads:app", providers.LimitState{Limit: 50, Window: time.Hour})
	for range 3 {
		if err := other.Wait(t.Context(), "fakeads:app", 1); err != nil {
			t.Fatal(err)
		}
	}
	deadline := time.Now().Add(10 * time.Second) // what is heard is written behind
	for {
		got := list(t, b.get(path, me.keys["read"]))
		if len(got) == 2 && field(got[0], "used") == 3.0 && field(got[0], "remaining") == 47.0 && field(got[1], "used") == 96.0 &&
			field(got[1], "limit") == 100.0 && field(got[1], "blocked_until") != nil && field(got[0], "resets_at") != nil && field(got[0], "as_of") != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v", got)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if a := b.get(path, b.tenant().keys["read"]); a.status != http.StatusNotFound {
		t.Errorf("another workspace: %d", a.status)
	}
}

// list is the answer's JSON.
func list(t *testing.T, a answer) []any {
	t.Helper()
	var v []any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func field(v any, name string) any {
	m, _ := v.(map[string]any)
	return m[name]
}
