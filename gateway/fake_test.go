package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/openapi"
	"github.com/admux/admux/providers"
	"golang.org/x/oauth2"
)

// The canaries are secrets that a test looks for where they must not be (S3).
const (
	canaryToken   = "canary-access-token-0123456789"
	canaryRefresh = "canary-refresh-token-0123456789"
	canarySecret  = "canary-client-secret-0123456789"

	fakeHost = "api.fake.example"
)

// fakeProvider is a platform of a few campaigns, reached over HTTP.
type fakeProvider struct{}

func (fakeProvider) Spec() providers.Spec {
	return providers.Spec{
		ID: "fakeads", Name: "Fake Ads", APIVersion: "v7", Sunset: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC), Hosts: []string{fakeHost, "auth.fake.example"},
		DocsURL: "https://docs.fake.example",
		Auth:    providers.AuthSpec{Endpoint: oauth2.Endpoint{AuthURL: "https://auth.fake.example/authorize", TokenURL: "https://auth.fake.example/token"}, Scopes: []string{"ads"}},
	}
}

func (fakeProvider) Open(conn providers.Conn, deps providers.Deps) (*providers.Session, error) {
	f := fakeSession{conn, deps}
	return &providers.Session{
		Campaigns: providers.Collection[normalize.Campaign]{MaxPage: 100, Filters: []providers.Filter{providers.FilterStatus},
			List: func(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Campaign], error) {
				var page providers.Page[normalize.Campaign]
				err := f.json(ctx, fmt.Sprintf("/campaigns?count=%d&start=%s", q.Size, q.Cursor), &page)
				return page, err
			},
			Get: func(ctx context.Context, r providers.Ref) (normalize.Campaign, error) {
				var one normalize.Campaign
				err := f.json(ctx, "/campaigns/"+r.ID, &one)
				return normalize.Campaign{ID: r.ID, Name: "one", Status: normalize.StatusActive, OrganizationID: r.Org}, err
			},
		},
		Organizations: providers.Collection[normalize.Organization]{MaxPage: 10,
			List: func(context.Context, providers.ListQuery) (providers.Page[normalize.Organization], error) {
				return providers.Page[normalize.Organization]{Items: []normalize.Organization{{ID: "5001", Name: "Main", Currency: "EUR", Timezone: "UTC"}}}, nil
			},
			Get: func(context.Context, providers.Ref) (normalize.Organization, error) {
				return normalize.Organization{ID: "5001", Currency: "EUR", Timezone: "UTC"}, nil
			},
		},
		Targets: providers.Collection[normalize.Target]{MaxPage: 10, Requires: []providers.Filter{providers.FilterQuery}, Filters: []providers.Filter{providers.FilterQuery},
			List: func(context.Context, providers.ListQuery) (providers.Page[normalize.Target], error) {
				panic("the target list is broken")
			},
			Get: func(_ context.Context, r providers.Ref) (normalize.Target, error) {
				return normalize.Target{ID: r.ID, Name: "target"}, nil
			},
		},
		InsertionOrders: providers.Collection[normalize.InsertionOrder]{Use: "campaign"},
		Reports: providers.Reports{
			Levels: []normalize.Level{normalize.LevelCampaign}, Dimensions: []normalize.Dimension{normalize.DimensionDate},
			Metrics: []providers.Metric{{KPI: "IMPRESSIONS"}, {KPI: "CLICKS"}, {KPI: "COST"}},
			Plan: func(q providers.ReportQuery) ([]providers.Part, error) {
				var parts []providers.Part
				for _, o := range q.Orgs {
					parts = append(parts, providers.Part{Query: q, Org: o})
				}
				return parts, nil
			},
			Stream: func(ctx context.Context, p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
				return func(yield func(normalize.Row, error) bool) {
					if err := f.json(ctx, "/report", new(any)); err != nil {
						yield(normalize.Row{}, err)
						return
					}
					row := normalize.Row{Organization: normalize.Entity{ID: p.Org.ID}, Campaign: normalize.Entity{ID: "c", Name: "C"}, Currency: "EUR",
						Dims: make([]string, len(p.Query.Dimensions)), Values: make([]normalize.Value, len(p.Query.Metrics))}
					for i := range row.Values {
						row.Values[i] = normalize.Some(normalize.Scaled(123, 2))
					}
					yield(row, nil)
				}
			},
		},
		Do: func(ctx context.Context, r *http.Request) (*http.Response, error) {
			token, err := conn.Tokens.Token(ctx)
			if err != nil {
				return nil, err
			}
			r.Header.Set("Authorization", "Bearer "+token.AccessToken)
			return deps.HTTP.Do(r.WithContext(ctx))
		},
		Buckets: func(orgs []string) []providers.Bucket {
			out := []providers.Bucket{{Name: "fakeads:app", Title: "app", Scope: "app", Unit: "calls"}}
			for _, o := range orgs {
				out = append(out, providers.Bucket{Name: "fakeads:account:" + o, Title: "reports", Scope: "account", Org: o, Unit: "percent"})
			}
			return out
		},
	}, nil
}

type fakeSession struct {
	conn providers.Conn
	deps providers.Deps
}

// json asks the platform, and classifies what it answers.
func (f fakeSession) json(ctx context.Context, path string, into any) error {
	fail := func(k providers.Kind, status int, msg string) error {
		return &providers.Error{Kind: k, Platform: "fakeads", Status: status, Code: "FAKE", Message: msg, RequestID: "up-7", RetryAfter: 3 * time.Second}
	}
	token, err := f.conn.Tokens.Token(ctx)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+fakeHost+path, http.NoBody)
	if err != nil {
		return fail(providers.Invalid, 0, "the path is not valid")
	}
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	res, err := f.deps.HTTP.Do(req)
	if err != nil {
		return &providers.Error{Kind: providers.Unavailable, Platform: "fakeads", Message: "not reached", Err: err}
	}
	defer res.Body.Close()
	kinds := map[int]providers.Kind{401: providers.Unauthorized, 403: providers.Forbidden, 404: providers.NotFound, 429: providers.RateLimited, 500: providers.Unavailable}
	if k, bad := kinds[res.StatusCode]; bad {
		return fail(k, res.StatusCode, "the platform says no")
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return &providers.Error{Kind: providers.Malformed, Platform: "fakeads", Message: "not JSON", Status: res.StatusCode, Err: err}
	}
	return nil
}

// syncBuffer is a log that several requests write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// bed is a whole gateway over a real store, in front of a platform.
type bed struct {
	t      *testing.T
	server *Server
	http   *httptest.Server
	store  *store.Store
	dbPath string
	log    *syncBuffer
	doc    *openapi.Validator

	answer func(w http.ResponseWriter, r *http.Request) bool // the platform's odd answers; false: the usual one
}

// tenant is a workspace with a key of each scope and a connection.
type tenant struct {
	workspace, connection string
	keys                  map[string]string
}

func newBed(t *testing.T, change ...func(*Config)) *bed {
	t.Helper()
	b := &bed{t: t, log: &syncBuffer{}}
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.answer != nil && b.answer(w, r) {
			return
		}
		if r.Header.Get("Authorization") != "Bearer "+canaryToken {
			http.Error(w, "whose call is this", http.StatusUnauthorized)
			return
		}
		switch {
		case strings.HasPrefix(r.URL.Path, "/campaigns/missing"):
			http.NotFound(w, r)
		case r.URL.Path == "/campaigns":
			_, _ = io.WriteString(w, `{"Items":[{"id":"1","name":"One","status":"ACTIVE","goal":"UNSPECIFIED"},{"id":"2","name":"Two","status":"PAUSED","budget_amount":12.34}]}`)
		default:
			_, _ = io.WriteString(w, `{}`)
		}
	}))
	t.Cleanup(platform.Close)
	url := storetest.SQLite(t)
	b.dbPath = strings.TrimPrefix(url, "sqlite:")
	b.store = storetest.Open(t, url, storetest.Keyring(t), store.Options{})
	cfg := Config{
		Listen: "127.0.0.1:0", Registry: providers.NewRegistry(fakeProvider{}), Store: b.store, Version: "test", ResultsURL: t.TempDir(),
		BaseURLs: map[string]string{fakeHost: platform.URL, "auth.fake.example": platform.URL},
		Apps:     map[string]providers.App{"fakeads": {ClientID: "client", ClientSecret: canarySecret}},
		Log:      slog.New(slog.NewJSONHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	if b.server, err = New(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	b.http = httptest.NewServer(b.server.Handler())
	t.Cleanup(b.http.Close)
	if b.doc, err = document(); err != nil {
		t.Fatal(err)
	}
	return b
}

// document is read once for all tests: it is large.
var document = sync.OnceValues(func() (*openapi.Validator, error) {
	doc, err := openapi.Load(context.Background())
	if err != nil {
		return nil, err
	}
	return openapi.NewValidator(doc)
})

func (b *bed) tenant() tenant {
	b.t.Helper()
	ws := storetest.Workspace(b.t, b.store)
	out := tenant{workspace: ws, keys: map[string]string{"none": ""}}
	for _, scope := range []auth.Scope{auth.Read, auth.Write, auth.Admin} {
		key, _, err := b.server.Keys().Generate(b.t.Context(), ws, "test", scope)
		if err != nil {
			b.t.Fatal(err)
		}
		out.keys[string(scope)] = key.Reveal()
	}
	now := time.Now().UTC()
	conn, err := b.store.CreateConnection(b.t.Context(), store.Connection{
		WorkspaceID: ws, IntegrationType: "fakeads", Environment: "Production", ExternalXref: "user-1", Orgs: []store.Org{{ID: "5001"}},
	}, store.Grant{AccessToken: canaryToken, RefreshToken: canaryRefresh, ObtainedAt: now, Expiry: now.Add(24 * time.Hour)}, time.Time{})
	if err != nil {
		b.t.Fatal(err)
	}
	out.connection = conn.ID
	return out
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   string
}

// code is the code of a problem; "" for anything else.
func (a answer) code() string {
	var p struct {
		Code      string `json:"code"`
		RequestID string `json:"request_id"`
	}
	if json.Unmarshal([]byte(a.body), &p) != nil {
		return ""
	}
	return p.Code
}

// do sends a request and holds the answer against the document.
func (b *bed) do(method, target, key, body string, headers ...string) answer {
	b.t.Helper()
	var in io.Reader = http.NoBody
	if body != "" {
		in = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.http.URL+target, in)
	if err != nil {
		b.t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, target, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, target, err)
	}
	if res.Header.Get("X-Request-Id") == "" {
		b.t.Errorf("%s %s: no request id", method, target)
	}
	if r, _, ok := b.doc.Match(method, req.URL.EscapedPath()); ok {
		if err := b.doc.Response(method, r.Path, res.StatusCode, res.Header, raw); err != nil {
			b.t.Errorf("%s: %v\n%s", target, err, raw)
		}
	}
	return answer{res.StatusCode, res.Header, string(raw)}
}

func (b *bed) get(target, key string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, target, key, "")
}
