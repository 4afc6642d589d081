package storetest

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/store"
)

func testFlows(t *testing.T, b bench) {
	var offset atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	s := Open(t, b.newURL(t), Keyring(t), store.Options{Now: clock})
	ws := Workspace(t, s)
	begin := func(id string) store.Flow {
		f := store.Flow{ID: id, WorkspaceID: ws, IntegrationType: "linkedinads", ExpiresAt: moment().Add(10 * time.Minute),
			FlowDetails: store.FlowDetails{State: "caller's own", Verifier: "pkce", Permissions: []string{"ads_report_read"}, SuccessRedirect: "https://a.example/?x=1"}}
		if err := s.CreateFlow(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		return f
	}

	want := begin("once")
	got := must[store.Flow](t)(s.TakeFlowAnyWorkspace(t.Context(), "once"))
	got.CreatedAt = time.Time{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-made +read):\n%s", diff)
	}
	if _, err := s.TakeFlowAnyWorkspace(t.Context(), "once"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a flow was taken twice: %v", err)
	}

	for i := range 10 {
		id := "race-" + strconv.Itoa(i)
		begin(id)
		var won atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := s.TakeFlowAnyWorkspace(t.Context(), id); err == nil {
					won.Add(1)
				} else if !errors.Is(err, store.ErrNotFound) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d of 8 callbacks took one flow", won.Load())
		}
	}

	begin("late")
	offset.Store(int64(10*time.Minute + time.Second))
	if _, err := s.TakeFlowAnyWorkspace(t.Context(), "late"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an expired flow was taken: %v", err)
	}
}
