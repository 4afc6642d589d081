package calls

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/paging"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
)

var start = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// log is a workspace's log of calls behind HTTP.
type log struct {
	t         *testing.T
	store     *store.Store
	workspace string
	sign      paging.Signer
	h         http.Handler
}

func newLog(t *testing.T) *log {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	ring := storetest.Keyring(t)
	s := storetest.Open(t, storetest.SQLite(t), ring, store.Options{Now: func() time.Time { return start.Add(time.Hour) }})
	l := &log{t: t, store: s, workspace: storetest.Workspace(t, s), sign: ring}
	e := gin.New()
	h := &Handler{Store: s, Sign: ring, Workspace: func(*gin.Context) string { return l.workspace }, BaseURL: func(*gin.Context) string { return "" }}
	e.GET("/unified/apicall", h.List)
	l.h = e
	return l
}

// add logs calls, two in each second.
func (l *log) add(from, to int) {
	l.t.Helper()
	for n := from; n < to; n++ {
		call := store.Call{ID: fmt.Sprintf("call-%03d", n), WorkspaceID: l.workspace, Type: "inbound", Name: "listAdsCampaigns", Method: "GET",
			Path: "/ads/c1/campaign", Status: "200", CreatedAt: start.Add(time.Duration(n/2) * time.Second)}
		if _, ok := l.store.AddAPICall(call); !ok {
			l.t.Fatal("dropped")
		}
	}
	if err := l.store.FlushAPICalls(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
}

// page reads one page: the numbers of its calls, and the address of the next one.
func (l *log) page(target string) (ids []string, next string) {
	l.t.Helper()
	rec := httptest.NewRecorder()
	l.h.ServeHTTP(rec, httptest.NewRequestWithContext(l.t.Context(), http.MethodGet, target, nil))
	var rows []struct{ ID string }
	if err := json.Unmarshal(rec.Body.Bytes(), &rows); err != nil || rec.Code != http.StatusOK {
		l.t.Fatalf("%s: %d %s", target, rec.Code, rec.Body)
	}
	for _, r := range rows {
		ids = append(ids, strings.TrimPrefix(r.ID, "call-"))
	}
	next, _, _ = strings.Cut(strings.TrimPrefix(rec.Header().Get("Link"), "<"), ">")
	return ids, next
}

// Calls come in between two pages all the time: none is answered twice, and none that was there is left out.
func TestList_newCallsDoNotMoveThePages(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"?limit=3", "?limit=3&order=desc&sort=created_at", "?limit=3&order=asc"} {
		l := newLog(t)
		l.add(0, 10)
		var got []string
		at, pages := "/unified/apicall"+query, 0
		for ; at != "" && pages < 100; pages++ {
			var ids []string
			ids, at = l.page(at)
			got = append(got, ids...)
			if pages < 3 {
				l.add(100+5*pages, 105+5*pages)
			}
		}
		seen := slices.Compact(slices.Sorted(slices.Values(got)))
		if len(seen) != len(got) {
			t.Errorf("%s: answered twice: %v", query, got)
		}
		for n := range 10 {
			if !slices.Contains(got, fmt.Sprintf("%03d", n)) {
				t.Errorf("%s: call %d is missing: %v", query, n, got)
			}
		}
		if strings.Contains(query, "asc") != (len(got) == 25) { // of the oldest first, the new ones are at the end
			t.Errorf("%s: %v", query, got)
		}
	}
}

func TestList_offsetAndOlderCursors(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.add(0, 10)
	want := []string{"005", "004", "003"}
	if got, next := l.page("/unified/apicall?limit=3&offset=4"); !slices.Equal(got, want) {
		t.Errorf("by offset: %v", got)
	} else if got, _ := l.page(next); !slices.Equal(got, []string{"002", "001", "000"}) {
		t.Errorf("behind it: %v", got)
	}
	r := httptest.NewRequest(http.MethodGet, "/unified/apicall?limit=3", nil)
	cursor, err := paging.NewSealer(l.sign, r.URL.Query(), "apicall", l.workspace).Seal(map[string]int{"f": 4})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := l.page("/unified/apicall?limit=3&cursor=" + cursor); !slices.Equal(got, want) {
		t.Errorf("a cursor that an older version gave: %v", got)
	}
}
