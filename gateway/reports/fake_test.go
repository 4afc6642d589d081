package reports_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// fake is a platform whose answers a test writes down. It stands behind the handler as an adapter does.
type fake struct {
	orgs    []normalize.Organization
	reports providers.Reports
	// rows are those of one account; they may look at the part's query and write to meta.
	rows func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error]
	now  time.Time

	version  int64
	platform string   // testads when it is empty
	refusal  error    // of opening the connection
	listErr  error    // of listing its accounts
	left     []string // what it keeps from the list

	mu      sync.Mutex
	queries []providers.ReportQuery
	lists   int
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func org(id, currency, zone string) normalize.Organization {
	return normalize.Organization{ID: id, Name: "Account " + id, Currency: currency, Timezone: zone}
}

// newFake is a platform with one account in dollars and UTC that has the KPIs named.
func newFake(kpis ...normalize.Metric) *fake {
	f := &fake{orgs: []normalize.Organization{org("1", "USD", "UTC")}, now: noon}
	f.reports = providers.Reports{
		Levels:       []normalize.Level{normalize.LevelOrganization, normalize.LevelCampaign, normalize.LevelGroup, normalize.LevelAd},
		Dimensions:   []normalize.Dimension{normalize.DimensionDate, normalize.DimensionWeek, normalize.DimensionMonth, normalize.DimensionDevice, normalize.DimensionPlatform},
		Combinations: "one of DEVICE, PLATFORM with a calendar one",
	}
	for _, k := range kpis {
		f.reports.Metrics = append(f.reports.Metrics, providers.Metric{KPI: k, Source: "x"})
	}
	f.reports.Plan = func(q providers.ReportQuery) ([]providers.Part, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.queries = append(f.queries, q)
		return []providers.Part{{Query: q, Org: q.Orgs[0]}}, nil
	}
	f.reports.Stream = func(_ context.Context, p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		if f.rows == nil {
			return func(func(normalize.Row, error) bool) {}
		}
		return f.rows(p, m)
	}
	return f
}

// these are rows that a test lists.
func these(rows ...normalize.Row) func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

func (f *fake) session() *providers.Session {
	return &providers.Session{
		Organizations: providers.Collection[normalize.Organization]{MaxPage: 2, List: func(_ context.Context, q providers.ListQuery) (providers.Page[normalize.Organization], error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.lists++
			if f.listErr != nil {
				return providers.Page[normalize.Organization]{}, f.listErr
			}
			from := 0
			if q.Cursor != "" {
				from = len(q.Cursor)
			}
			to := min(from+q.Size, len(f.orgs))
			p := providers.Page[normalize.Organization]{Items: f.orgs[from:to]}
			if from == 0 {
				p.Left = f.left
			}
			if to < len(f.orgs) {
				p.Next = strings.Repeat("x", to)
			}
			return p, nil
		}},
		Reports: f.reports,
	}
}

// serve starts the handler over HTTP as the gateway mounts it, with one connection.
func (f *fake) serve(t testing.TB) string {
	t.Helper()
	return serve(t, f) + "/ads/c1/report"
}

// serve starts the handler with connections c1, c2, … of workspace w1, each of a platform of its own.
func serve(t testing.TB, fakes ...*fake) string {
	t.Helper()
	return serveWith(t, func(*reports.Config) {}, fakes...)
}

// serveWith is serve with something of the configuration changed.
func serveWith(t testing.TB, change func(*reports.Config), fakes ...*fake) string {
	t.Helper()
	gin.SetMode(gin.TestMode)
	var ids []string
	for i := range fakes {
		ids = append(ids, "c"+strconv.Itoa(i+1))
	}
	cfg := reports.Config{
		Load: func(_ context.Context, workspace, id string) (*providers.Session, reports.Connection, error) {
			i := slices.Index(ids, id)
			if workspace != "w1" || i < 0 {
				return nil, reports.Connection{}, problem.NotFound("connection")
			}
			f := fakes[i]
			if f.refusal != nil {
				return nil, reports.Connection{}, f.refusal
			}
			return f.session(), reports.Connection{ID: id, Platform: cmp.Or(f.platform, "testads"), Version: f.version}, nil
		},
		All:       func(context.Context, string) ([]string, []string, error) { return ids, []string{"c0"}, nil },
		Workspace: func(*gin.Context) string { return "w1" },
		Problem:   problem.Write,
		Now:       func() time.Time { return fakes[0].now },
		Log:       slog.New(slog.DiscardHandler),
		SpoolDir:  t.TempDir(),
	}
	change(&cfg)
	h := reports.New(cfg)
	e := gin.New() // without gin's recovery, which swallows http.ErrAbortHandler
	e.GET("/ads/:connection_id/report", h.Get)
	e.GET("/ads/:connection_id/report/changes", h.Changes)
	srv := httptest.NewUnstartedServer(e)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL
}

type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // of reading the body to its end

	trailer http.Header
}

func get(t testing.TB, base, query string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"?"+query, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, b, err, res.Trailer}
}

// must decodes a 200.
func must[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if a.err != nil || a.status != http.StatusOK {
		t.Fatalf("status %d, err %v: %s", a.status, a.err, a.body)
	}
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.300s", err, a.body)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("more than one JSON value: %.300s", a.body)
	}
	return v
}

// table is an answer in format=table.
type table struct {
	Columns []string         `json:"columns"`
	Rows    []map[string]any `json:"rows"`
	Totals  map[string]any   `json:"totals"`
	By      []map[string]any `json:"totals_by_currency"`
	Meta    struct {
		Rows        int               `json:"rows"`
		Unsupported []string          `json:"unsupported"`
		Additivity  map[string]string `json:"additivity"`
		Attribution map[string]any    `json:"attribution"`
		Currency    string            `json:"currency"`
		TimeZone    string            `json:"time_zone"`
		StartGTE    string            `json:"start_gte"`
		EndLT       string            `json:"end_lt"`
		FinalUntil  string            `json:"final_until"`
		Restates    int               `json:"restates_for_days"`
		DataAsOf    string            `json:"data_as_of"`
		Quality     struct {
			Complete bool     `json:"complete"`
			LeftOut  []string `json:"left_out"`
		} `json:"quality"`
		Errors []struct {
			ConnectionID string         `json:"connection_id"`
			Platform     string         `json:"platform"`
			Problem      map[string]any `json:"problem"`
		} `json:"errors"`
		Connections []struct {
			ConnectionID string           `json:"connection_id"`
			Unsupported  []string         `json:"unsupported"`
			RequestIDs   []string         `json:"request_ids"`
			Requests     int              `json:"requests"`
			Accounts     []map[string]any `json:"accounts"`
		} `json:"connections"`
	} `json:"meta"`
}

// adsReport is an object of the contract.
type adsReport struct {
	ID, Currency   string
	ConnectionID   string           `json:"connection_id"`
	Platform       string           `json:"platform"`
	OrganizationID string           `json:"organization_id"`
	StartAt        string           `json:"start_at"`
	EndAt          string           `json:"end_at"`
	Metrics        []map[string]any `json:"metrics"`
}

// prob is a problem document.
type prob struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Errors []struct{ Field, Message string }
}

func refused(t testing.TB, a answer, status int) prob {
	t.Helper()
	var p prob
	if a.err != nil || a.status != status || a.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("got %d (%v), want %d: %s", a.status, a.err, status, a.body)
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p prob) fields() []string {
	var out []string
	for _, e := range p.Errors {
		out = append(out, e.Field)
	}
	slices.Sort(out)
	return out
}

func num(s string) normalize.Value {
	d, err := normalize.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return normalize.Some(d)
}

var absent normalize.Value

func day(s string) normalize.Day {
	d, err := normalize.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func campaign(id string, dims []string, values ...normalize.Value) normalize.Row {
	r := normalize.Row{Campaign: normalize.Entity{ID: id, Name: "Campaign " + id}, Dims: dims, Values: values}
	if len(dims) > 0 {
		if d, err := normalize.ParseDay(dims[0]); err == nil {
			r.Date = d
		}
	}
	return r
}

func q(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}
