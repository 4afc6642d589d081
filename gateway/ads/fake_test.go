package ads

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// world is a platform with campaigns in memory, which counts what it is asked.
type world struct {
	campaigns []normalize.Campaign
	claims    []providers.Filter
	requires  []providers.Filter
	maxPage   int
	failAt    int // the page that fails; 0: none
	pages     atomic.Int32
	last      atomic.Pointer[providers.ListQuery]
	ref       atomic.Pointer[providers.Ref]
	left      func(page int) []string // what is kept from a page; nil: nothing
}

func (w *world) list(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Campaign], error) {
	n := int(w.pages.Add(1))
	w.last.Store(&q)
	if n == w.failAt {
		return providers.Page[normalize.Campaign]{}, &providers.Error{Kind: providers.Malformed, Platform: "fakeads", Message: "the page broke off", RequestID: "up-3", Status: 200}
	}
	if q.Size < 1 || q.Size > w.maxPage {
		return providers.Page[normalize.Campaign]{}, fmt.Errorf("size %d is out of range", q.Size)
	}
	f := normalize.Filter{Organization: q.Org, Campaign: q.Campaign, Status: q.Status, Query: q.Query, UpdatedSince: q.UpdatedSince}
	var all []normalize.Campaign
	for _, c := range w.campaigns {
		if f.Match(c.Facts()) {
			all = append(all, c)
		}
	}
	at, _ := strconv.Atoi(q.Cursor)
	to := min(at+q.Size, len(all))
	page := providers.Page[normalize.Campaign]{Items: slices.Clone(all[min(at, len(all)):to])}
	if to < len(all) {
		page.Next = strconv.Itoa(to)
	}
	if w.left != nil {
		page.Left = w.left(n)
	}
	for i := range page.Items {
		page.Items[i].Raw = json.RawMessage(`{"theirs": "` + page.Items[i].ID + `"}`) // also when nobody asked
	}
	return page, ctx.Err()
}

func (w *world) get(_ context.Context, r providers.Ref) (normalize.Campaign, error) {
	w.ref.Store(&r)
	for _, c := range w.campaigns {
		if c.ID == r.ID {
			if r.Org == "" && len(w.requires) > 0 {
				return normalize.Campaign{}, &providers.Error{Kind: providers.Invalid, Platform: "fakeads", Field: "org_id", Message: "the account is needed"}
			}
			if r.Raw {
				c.Raw = json.RawMessage(`{"theirs":true}`)
			}
			return c, nil
		}
	}
	return normalize.Campaign{}, &providers.Error{Kind: providers.NotFound, Platform: "fakeads", Message: "no such campaign", Status: 404, RequestID: "up-1"}
}

func (w *world) session() *providers.Session {
	return &providers.Session{
		Organizations: providers.Collection[normalize.Organization]{Get: func(_ context.Context, r providers.Ref) (normalize.Organization, error) {
			if r.ID != "1" && r.ID != "2" {
				return normalize.Organization{}, &providers.Error{Kind: providers.NotFound, Platform: "fakeads", Message: "no such account"}
			}
			return normalize.Organization{ID: r.ID}, nil
		}},
		Promoted: providers.Collection[normalize.Promoted]{MaxPage: 10, List: func(context.Context, providers.ListQuery) (providers.Page[normalize.Promoted], error) {
			return providers.Page[normalize.Promoted]{}, nil
		}},
		Campaigns:       providers.Collection[normalize.Campaign]{Filters: w.claims, Requires: w.requires, MaxPage: w.maxPage, List: w.list, Get: w.get},
		InsertionOrders: providers.Collection[normalize.InsertionOrder]{Use: "group"},
		Targets: providers.Collection[normalize.Target]{MaxPage: 10, List: func(context.Context, providers.ListQuery) (providers.Page[normalize.Target], error) {
			return providers.Page[normalize.Target]{Items: []normalize.Target{{ID: "t1", Name: "Berlin"}, {ID: "t2", Name: "Aachen"}}}, nil
		}},
	}
}

// campaigns makes n of them, with statuses, names, dates and budgets that repeat at different rates.
func campaigns(n int) []normalize.Campaign {
	statuses := []normalize.Status{normalize.StatusActive, normalize.StatusPaused, normalize.StatusArchived, normalize.StatusDraft}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	out := make([]normalize.Campaign, n)
	for i := range out {
		created, updated := day.AddDate(0, 0, i%17), day.AddDate(0, 0, i%23)
		budget := normalize.Scaled(int64(1000+i), 2)
		out[i] = normalize.Campaign{ID: strconv.Itoa(1000 + i), Name: fmt.Sprintf("%c campaign & co", 'a'+i%7), Status: statuses[i%4],
			OrganizationID: strconv.Itoa(i % 3), CreatedAt: &created, UpdatedAt: &updated, BudgetAmount: &budget, Currency: "EUR",
			Goal: normalize.GoalLeads}
		if i%11 == 0 {
			out[i].UpdatedAt = nil
		}
	}
	return out
}

type client struct {
	t *testing.T
	h http.Handler
}

// serve puts the handlers of a world behind HTTP. orgs are the accounts that its connection knows.
func serve(t *testing.T, w *world, orgs ...string) client {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	h := New(Config{
		Open: func(c *gin.Context, _ providers.Object) (Connection, func(error) error, error) {
			id := c.Param("connection_id")
			if strings.HasPrefix(id, "foreign") {
				return Connection{}, nil, problem.NotFound("connection")
			}
			return Connection{ID: id, Platform: "Fake Ads", Type: "fakeads", Session: w.session(), Orgs: orgs}, func(err error) error { return err }, nil
		},
		Sign:    storetest.Keyring(t),
		BaseURL: func(*gin.Context) string { return "https://gw.example" },
	})
	e := gin.New()
	for _, o := range Objects() {
		e.GET("/ads/:connection_id/"+string(o), h.List(o))
		e.GET("/ads/:connection_id/"+string(o)+"/:id", h.Get(o))
	}
	return client{t, e}
}

func (c client) get(target string) *httptest.ResponseRecorder {
	c.t.Helper()
	rec := httptest.NewRecorder()
	c.h.ServeHTTP(rec, httptest.NewRequestWithContext(c.t.Context(), http.MethodGet, strings.TrimPrefix(target, "https://gw.example"), nil))
	return rec
}

// page reads a list: the ids, and the address of the next page.
func (c client) page(target string) (ids []string, next string) {
	c.t.Helper()
	rec := c.get(target)
	if rec.Code != http.StatusOK {
		c.t.Fatalf("%s: %d %s", target, rec.Code, rec.Body)
	}
	var items []struct{ ID string }
	if err := json.Unmarshal(rec.Body.Bytes(), &items); err != nil || items == nil {
		c.t.Fatalf("%s: %v %s", target, err, rec.Body)
	}
	for _, it := range items {
		ids = append(ids, it.ID)
	}
	if link := rec.Header().Get("Link"); link != "" {
		next, _, _ = strings.Cut(strings.TrimPrefix(link, "<"), ">")
	}
	return ids, next
}

// walk follows the links to the end.
func (c client) walk(target string) (ids []string, pages int) {
	c.t.Helper()
	for next := target; next != ""; pages++ {
		var some []string
		if some, next = c.page(next); pages > 10_000 {
			c.t.Fatal("the list does not end")
		}
		ids = append(ids, some...)
	}
	return ids, pages
}

// refusal reads a problem.
func (c client) refusal(target string, status int) problem.Body {
	c.t.Helper()
	rec := c.get(target)
	var b problem.Body
	if err := json.Unmarshal(rec.Body.Bytes(), &b); err != nil || rec.Code != status || b.Status != status {
		c.t.Fatalf("%s: got %d %s, want %d", target, rec.Code, rec.Body, status)
	}
	return b
}

// benchHandler answers one small list at each call.
func benchHandler(b *testing.B, w *world) func() {
	b.Helper()
	gin.SetMode(gin.ReleaseMode)
	h := New(Config{
		Open: func(c *gin.Context, _ providers.Object) (Connection, func(error) error, error) {
			return Connection{ID: "c1", Platform: "Fake Ads", Type: "fakeads", Session: w.session()}, func(err error) error { return err }, nil
		},
		Sign:    storetest.Keyring(b),
		BaseURL: func(*gin.Context) string { return "" },
	})
	e := gin.New()
	e.GET("/ads/:connection_id/campaign", h.List(providers.ObjectCampaign))
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/ads/c1/campaign?limit=25&status=ACTIVE,PAUSED,ARCHIVED,DRAFT", nil)
	return func() { e.ServeHTTP(httptest.NewRecorder(), r) }
}
