package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/store"
)

func testCalls(t *testing.T, b bench) {
	s := b.store(t)
	ws := Workspace(t, s)
	at := moment()
	call := store.Call{WorkspaceID: ws, ConnectionID: "conn_1", IntegrationType: "linkedinads", Environment: "Production", ExternalXref: "u",
		Type: "inbound", Name: "listAdsCampaigns", Method: "GET", Path: "/ads/conn_1/campaign", Status: "200", Size: 1 << 40, PlatformTime: 12, Time: 15,
		IPAddress: "192.0.2.1", UserAgent: "sdk", Billable: true, CreatedAt: at}
	first, ok := s.AddAPICall(call)
	failed := call
	failed.Error, failed.Status, failed.Billable, failed.UserAgent, failed.CreatedAt = "boom", "502", false, "bad\x00\xff"+strings.Repeat("é", 2000), at.Add(time.Second)
	second, ok2 := s.AddAPICall(failed)
	if !ok || !ok2 {
		t.Fatal("dropped")
	}
	if err := s.FlushAPICalls(t.Context()); err != nil {
		t.Fatal(err)
	}
	call.ID = first
	if diff := cmp.Diff(call, must[store.Call](t)(s.APICall(t.Context(), ws, first))); diff != "" {
		t.Errorf("read back (-made +read):\n%s", diff)
	}
	if _, err := s.APICall(t.Context(), ws, "call_none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown id: %v", err)
	}
	yes, no := true, false
	for name, tc := range map[string]struct {
		filter store.CallFilter
		want   []string
	}{
		"newest first": {store.CallFilter{}, []string{second, first}},
		"asc":          {store.CallFilter{Asc: true}, []string{first, second}},
		"failed":       {store.CallFilter{Failed: &yes}, []string{second}},
		"fine":         {store.CallFilter{Failed: &no}, []string{first}},
		"billable":     {store.CallFilter{Billable: &yes}, []string{first}},
		"since":        {store.CallFilter{UpdatedGTE: at.Add(time.Second)}, []string{second}},
		"connection":   {store.CallFilter{ConnectionID: "conn_2"}, nil},
		"page":         {store.CallFilter{Limit: 1, Offset: 1}, []string{first}},
	} {
		var got []string
		for _, c := range must[[]store.Call](t)(s.APICalls(t.Context(), ws, tc.filter)) {
			got = append(got, c.ID)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if n := must[int64](t)(s.PruneAPICallsAnyWorkspace(t.Context(), at, 1)); n != 1 {
		t.Errorf("%d dropped beyond a count of 1", n)
	}
	if n := must[int64](t)(s.PruneAPICallsAnyWorkspace(t.Context(), at.Add(time.Hour), 0)); n != 1 {
		t.Errorf("%d dropped by age", n)
	}
}
