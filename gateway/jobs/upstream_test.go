package jobs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// upstream is a platform over HTTP: rows as they come, or reports that it makes in the background.
type upstream struct {
	url string

	rows    atomic.Int64 // of a report
	gate    atomic.Int64 // rows that leave before it waits; negative: it never waits
	open    atomic.Int64 // streams under way
	streams atomic.Int64 // that were begun
	gone    atomic.Int64 // streams whose reader left
	refuse  atomic.Int64 // how many of the next streams are 503
	reject  atomic.Bool  // streams are refused for good
	ready   atomic.Bool  // reports in the background are done

	mu        sync.Mutex
	submitted int
	polled    int
	fetched   int
	cancelled int
	onSubmit  func()
}

func newUpstream(t testing.TB) *upstream {
	u := &upstream{}
	u.rows.Store(40)
	u.gate.Store(-1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /rows", u.serveRows)
	count := func(n *int) {
		u.mu.Lock()
		defer u.mu.Unlock()
		*n++
	}
	mux.HandleFunc("POST /reports", func(w http.ResponseWriter, _ *http.Request) {
		count(&u.submitted)
		if u.onSubmit != nil {
			u.onSubmit()
		}
		_, _ = fmt.Fprintf(w, `{"id":"r%d"}`, u.count(&u.submitted))
	})
	mux.HandleFunc("GET /reports/{id}", func(w http.ResponseWriter, _ *http.Request) {
		count(&u.polled)
		_, _ = fmt.Fprintf(w, `{"done":%t,"fraction":0.5}`, u.ready.Load())
	})
	mux.HandleFunc("GET /reports/{id}/rows", func(w http.ResponseWriter, r *http.Request) {
		count(&u.fetched)
		u.serveRows(w, r)
	})
	mux.HandleFunc("DELETE /reports/{id}", func(http.ResponseWriter, *http.Request) { count(&u.cancelled) })
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	u.url = srv.URL
	return u
}

func (u *upstream) count(n *int) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return *n
}

func (u *upstream) serveRows(w http.ResponseWriter, r *http.Request) {
	if u.reject.Load() {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if u.refuse.Add(-1) >= 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	u.streams.Add(1)
	u.open.Add(1)
	defer u.open.Add(-1)
	out := bufio.NewWriter(w)
	for i := range u.rows.Load() {
		for gate := u.gate.Load(); gate >= 0 && i >= gate; gate = u.gate.Load() {
			_ = out.Flush()
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
				u.gone.Add(1)
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
		_, _ = fmt.Fprintf(out, "%d %d.%02d\n", i, i, i%100)
	}
	_, _ = fmt.Fprintln(out, "end")
	_ = out.Flush()
}

// session is the adapter. Connections whose ids begin with "async" have their reports made in the background.
func session(url, connection string) *providers.Session {
	async := strings.HasPrefix(connection, "async")
	a := adapter{url}
	reports := providers.Reports{
		Levels:     []normalize.Level{normalize.LevelCampaign},
		Dimensions: []normalize.Dimension{normalize.DimensionDate},
		Metrics:    []providers.Metric{{KPI: normalize.MetricClicks}, {KPI: normalize.MetricCost}},
		Plan: func(q providers.ReportQuery) ([]providers.Part, error) {
			return []providers.Part{{Query: q, Org: q.Orgs[0], Async: async, Meta: providers.Meta{FinalUntil: q.Range.From}}}, nil
		},
		Stream: func(ctx context.Context, p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
			return a.rows(ctx, "/rows", p.Query, m)
		},
	}
	if async {
		reports.Submit, reports.Poll, reports.Cancel = a.submit, a.poll, a.cancel
		reports.Fetch = func(ctx context.Context, t providers.Ticket, m *providers.Meta) iter.Seq2[normalize.Row, error] {
			return a.rows(ctx, "/reports/"+string(t)+"/rows", providers.ReportQuery{Metrics: make([]normalize.Metric, 2)}, m)
		}
	}
	return &providers.Session{
		Organizations: providers.Collection[normalize.Organization]{MaxPage: 10,
			List: func(context.Context, providers.ListQuery) (providers.Page[normalize.Organization], error) {
				return providers.Page[normalize.Organization]{Items: []normalize.Organization{{ID: "of-" + connection, Name: "Account", Currency: "EUR", Timezone: "UTC"}}}, nil
			}},
		Reports: reports,
	}
}

type adapter struct{ url string }

func (a adapter) call(ctx context.Context, method, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.url+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		return nil, &providers.Error{Kind: providers.Unavailable, Platform: "testads", Message: "not reached", Err: err}
	}
	kinds := map[int]providers.Kind{503: providers.Unavailable, 422: providers.Rejected}
	if k, bad := kinds[res.StatusCode]; bad {
		_ = res.Body.Close()
		return nil, &providers.Error{Kind: k, Platform: "testads", Status: res.StatusCode, Code: "NO", Message: "the platform says no", RequestID: "up-9"}
	}
	return res, nil
}

func (a adapter) rows(ctx context.Context, path string, q providers.ReportQuery, m *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(yield func(normalize.Row, error) bool) {
		res, err := a.call(ctx, http.MethodGet, path)
		if err != nil {
			yield(normalize.Row{}, err)
			return
		}
		defer res.Body.Close()
		m.RequestIDs = append(m.RequestIDs, "up-1")
		in := bufio.NewScanner(res.Body)
		for in.Scan() {
			id, cost, ok := strings.Cut(in.Text(), " ")
			if !ok {
				return // "end"
			}
			n, _ := strconv.Atoi(id)
			d, err := normalize.ParseDecimal(cost)
			row := normalize.Row{Campaign: normalize.Entity{ID: id, Name: "Campaign " + id}, Currency: "EUR",
				Values: []normalize.Value{normalize.Some(normalize.Scaled(int64(n), 0)), normalize.Some(d)}[:len(q.Metrics)]}
			if !yield(row, err) {
				return
			}
		}
		yield(normalize.Row{}, &providers.Error{Kind: providers.Unavailable, Platform: "testads", Message: "cut short", Err: errors.Join(in.Err(), io.ErrUnexpectedEOF)})
	}
}

func (a adapter) json(ctx context.Context, method, path string, into any) error {
	res, err := a.call(ctx, method, path)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(into)
}

func (a adapter) submit(ctx context.Context, _ providers.Part) (providers.Ticket, error) {
	var made struct{ ID string }
	err := a.json(ctx, http.MethodPost, "/reports", &made)
	return providers.Ticket(made.ID), err
}

func (a adapter) poll(ctx context.Context, t providers.Ticket) (providers.Progress, error) {
	var p providers.Progress
	err := a.json(ctx, http.MethodGet, "/reports/"+string(t), &p)
	return p, err
}

func (a adapter) cancel(ctx context.Context, t providers.Ticket) error {
	res, err := a.call(ctx, http.MethodDelete, "/reports/"+string(t))
	if err == nil {
		_ = res.Body.Close()
	}
	return err
}
