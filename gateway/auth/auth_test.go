package auth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
)

// counting counts how often the store is asked, and can be broken.
type counting struct {
	*store.Store
	asked  atomic.Int64
	broken atomic.Bool
	during func() // runs after the row is read, before it is returned
}

func (c *counting) APIKeyByHashAnyWorkspace(ctx context.Context, hash []byte) (store.APIKey, error) {
	c.asked.Add(1)
	if c.broken.Load() {
		return store.APIKey{}, errors.New("database is away")
	}
	row, err := c.Store.APIKeyByHashAnyWorkspace(ctx, hash)
	if c.during != nil {
		c.during()
	}
	return row, err
}

type bench struct {
	store *counting
	keys  *Keys
	ws    string
	now   atomic.Int64 // seconds past the start
}

func newBench(t *testing.T, size int) *bench {
	t.Helper()
	s := storetest.Open(t, "sqlite::memory:", storetest.Keyring(t), store.Options{})
	b := &bench{store: &counting{Store: s}, ws: storetest.Workspace(t, s)}
	start := time.Now()
	b.keys = New(b.store, Options{Size: size, Now: func() time.Time { return start.Add(time.Duration(b.now.Load()) * time.Second) }})
	return b
}

func (b *bench) key(t *testing.T, scopes ...Scope) (string, store.APIKey) {
	t.Helper()
	key, row, err := b.keys.Generate(t.Context(), b.ws, "test", scopes...)
	if err != nil {
		t.Fatal(err)
	}
	return key.Reveal(), row
}

func TestVerify(t *testing.T) {
	t.Parallel()
	b := newBench(t, 0)
	key, row := b.key(t, Write)
	if !strings.HasPrefix(key, row.Prefix) || len(row.Prefix) > 12 {
		t.Errorf("prefix %q", row.Prefix)
	}
	for range 5 {
		p, err := b.keys.Verify(t.Context(), key)
		if err != nil || p.Workspace != b.ws || p.KeyID != row.ID {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	if n := b.store.asked.Load(); n != 1 {
		t.Errorf("5 checks asked the store %d times", n)
	}
	b.now.Store(11)
	if _, err := b.keys.Verify(t.Context(), key); err != nil || b.store.asked.Load() != 2 {
		t.Errorf("after the TTL: %v, asked %d times", err, b.store.asked.Load())
	}
	for _, bad := range []string{"", "x", key[1:], key + "A", keyPrefix, keyPrefix + strings.Repeat("A", 43), strings.ToUpper(key)} {
		if _, err := b.keys.Verify(t.Context(), bad); !errors.Is(err, ErrInvalidKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	rows, err := b.store.APIKeys(t.Context(), b.ws)
	if err != nil || rows[0].LastUsedAt.IsZero() {
		t.Errorf("use is not recorded: %+v, %v", rows, err)
	}
}

func TestRevokeHoldsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, 0)
	key, row := b.key(t, Read)
	elsewhere := New(b.store, Options{Now: b.keys.opts.Now})
	for _, k := range []*Keys{b.keys, elsewhere} {
		if _, err := k.Verify(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.keys.Revoke(t.Context(), b.ws, row.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.keys.Verify(t.Context(), key); !errors.Is(err, ErrInvalidKey) {
		t.Errorf("in the same process: %v", err)
	}
	b.now.Store(10)
	if _, err := elsewhere.Verify(t.Context(), key); !errors.Is(err, ErrInvalidKey) {
		t.Errorf("elsewhere, after the TTL: %v", err)
	}
}

// A check that read the row just before the revocation must not bring the key back.
func TestRevokeRacesVerify(t *testing.T) {
	t.Parallel()
	b := newBench(t, 0)
	key, row := b.key(t, Read)
	b.store.during = func() {
		b.store.during = nil
		if err := b.keys.Revoke(t.Context(), b.ws, row.ID); err != nil {
			t.Error(err)
		}
	}
	_, _ = b.keys.Verify(t.Context(), key) // this one may still pass
	if _, err := b.keys.Verify(t.Context(), key); !errors.Is(err, ErrInvalidKey) {
		t.Errorf("a revoked key is cached: %v", err)
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	for range 10 {
		key, _ := b.key(t, Read)
		if _, err := b.keys.Verify(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(b.keys.cache); n > 3 {
		t.Errorf("%d keys cached", n)
	}
}

func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t, 0)
	if _, _, err := b.keys.Generate(t.Context(), b.ws, "x"); err == nil {
		t.Error("a key without a scope")
	}
	if _, _, err := b.keys.Generate(t.Context(), b.ws, "x", "root"); err == nil {
		t.Error("a key with an unknown scope")
	}
	if _, _, err := b.keys.Generate(t.Context(), "ws_none", "x", Read); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a key of no workspace: %v", err)
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		has  []Scope
		need Scope
		want bool
	}{
		{[]Scope{Read}, Read, true}, {[]Scope{Read}, Write, false}, {[]Scope{Write}, Read, true}, {[]Scope{Admin}, Write, true},
		{[]Scope{Write}, Admin, false}, {[]Scope{Read, Admin}, Admin, true}, {nil, Read, false}, {[]Scope{Admin}, "root", false}, {[]Scope{"root"}, Read, false},
	} {
		if got := (Principal{Scopes: tc.has}).May(tc.need); got != tc.want {
			t.Errorf("%v may %s: %t", tc.has, tc.need, got)
		}
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.TestMode)
	b := newBench(t, 0)
	reader, _ := b.key(t, Read)
	writer, _ := b.key(t, Write)
	r := gin.New()
	ok := func(c *gin.Context) {
		p, found := FromContext(c.Request.Context())
		if !found || p.Workspace != b.ws {
			t.Errorf("the handler sees %+v", p)
		}
		c.String(http.StatusOK, "in")
	}
	r.GET("/read", b.keys.Require(Read, problem.Write), ok)
	r.GET("/write", b.keys.Require(Write, problem.Write), ok)
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)

	unknown := keyPrefix + strings.Repeat("A", 43)
	for name, tc := range map[string]struct {
		path    string
		headers []string
		want    int
		says    string
	}{
		"bearer":      {"/read", []string{"Bearer " + reader}, 200, "in"},
		"bare":        {"/read", []string{reader}, 200, "in"},
		"lower case":  {"/read", []string{"bearer  " + reader}, 200, "in"},
		"none":        {"/read", nil, 401, "Authorization"},
		"empty":       {"/read", []string{"Bearer "}, 401, ""},
		"unknown":     {"/read", []string{"Bearer " + unknown}, 401, "not valid"},
		"basic":       {"/read", []string{"Basic " + reader}, 401, ""},
		"two headers": {"/read", []string{reader, reader}, 401, ""},
		"no scope":    {"/write", []string{reader}, 403, "write"},
		"scope":       {"/write", []string{writer}, 200, "in"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+tc.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header["Authorization"] = tc.headers
		status, body := do(t, req)
		if status != tc.want || !strings.Contains(body, tc.says) {
			t.Errorf("%s: %d %s", name, status, body)
		}
		for _, key := range []string{reader, writer, unknown} {
			if strings.Contains(body, key) {
				t.Errorf("%s: the answer shows the key", name)
			}
		}
	}
	b.store.broken.Store(true)
	b.now.Store(60)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/read", nil)
	req.Header.Set("Authorization", reader)
	if status, body := do(t, req); status != 503 || strings.Contains(body, "database is away") {
		t.Errorf("without a database: %d %s", status, body)
	}
}

func do(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var out strings.Builder
	var v any
	if json.NewDecoder(res.Body).Decode(&v) == nil {
		_ = json.NewEncoder(&out).Encode(v)
		return res.StatusCode, out.String()
	}
	return res.StatusCode, "in"
}
