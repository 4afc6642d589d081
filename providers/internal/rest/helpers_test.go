package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
)

// canary is the token of every test: it must be seen nowhere but in the Authorization header.
const canary = "canary-token-7f3a9c"

// fault is what the platform of a test does to one call. The zero fault answers well.
type fault struct {
	status int
	header map[string]string
	body   string
	cut    int  // bytes of the good body after which the connection is closed
	framed bool // the cut body has a Content-Length; else it is chunked
	slow   bool // no headers until the client gives up
	stall  bool // half of the body, then nothing until the client gives up
	reset  bool // the connection is closed before a byte
}

// platform answers one fault per call, then well.
type platform struct {
	*httptest.Server
	good   string
	mu     sync.Mutex
	faults []fault
	calls  atomic.Int64
	seen   []*http.Request
}

func newPlatform(t *testing.T, good string, faults ...fault) *platform {
	t.Helper()
	p := &platform{good: good, faults: faults}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *platform) next(r *http.Request) fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, r)
	if len(p.faults) == 0 {
		return fault{}
	}
	f := p.faults[0]
	p.faults = p.faults[1:]
	return f
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.calls.Add(1)
	_, _ = io.Copy(io.Discard, r.Body)
	f := p.next(r)
	w.Header().Set("X-Request-Id", fmt.Sprintf("req-%d", p.calls.Load()))
	for k, v := range f.header {
		w.Header().Set(k, v)
	}
	switch {
	case f.reset:
		panic(http.ErrAbortHandler)
	case f.slow:
		<-r.Context().Done()
	case f.stall:
		_, _ = io.WriteString(w, p.good[:len(p.good)/2])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	case f.cut > 0:
		if f.framed {
			w.Header().Set("Content-Length", fmt.Sprint(len(p.good)))
		}
		_, _ = io.WriteString(w, p.good[:f.cut])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case f.status != 0:
		w.WriteHeader(f.status)
		_, _ = io.WriteString(w, f.body)
	case f.body != "":
		_, _ = io.WriteString(w, f.body)
	default:
		_, _ = io.WriteString(w, p.good)
	}
}

// vault is a Tokens whose Reject makes a new token.
type vault struct {
	mu       sync.Mutex
	n        int
	rejected int
	dead     error // of Reject
}

func (v *vault) Token(context.Context) (*oauth2.Token, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return &oauth2.Token{AccessToken: fmt.Sprintf("%s-%d", canary, v.n)}, nil
}

func (v *vault) Reject(context.Context, *oauth2.Token) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rejected++
	if v.dead == nil {
		v.n++
	}
	return v.dead
}

// rig is a client with its sleeps and log kept.
type rig struct {
	*Client
	vault  *vault
	sleeps []time.Duration
	log    *bytes.Buffer
}

func newRig(t *testing.T, p *platform, change ...func(*Config)) *rig {
	t.Helper()
	r := &rig{vault: &vault{}, log: &bytes.Buffer{}}
	cfg := Config{
		Platform: "test", HTTP: p.Client(), Tokens: r.vault,
		Log:       slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		RequestID: func(h http.Header) string { return h.Get("X-Request-Id") },
		Classify: func(status int, h http.Header, b []byte) *providers.Error {
			e := ClassifyStatus(status, h, b)
			var env struct{ Code, Message string }
			if json.Unmarshal(b, &env) == nil && env.Message != "" {
				e.Code, e.Message = env.Code, env.Message
			}
			return e
		},
		Timeouts: providers.Timeouts{Headers: 150 * time.Millisecond, Idle: 150 * time.Millisecond},
		Sleep:    func(_ context.Context, d time.Duration) error { r.sleeps = append(r.sleeps, d); return nil },
		Rand:     func() float64 { return 0.5 },
	}
	for _, f := range change {
		f(&cfg)
	}
	r.Client = New(cfg)
	return r
}

func asError(t *testing.T, err error) *providers.Error {
	t.Helper()
	e, ok := err.(*providers.Error) //nolint:errorlint // Read promises an *Error, not one in a chain
	if !ok {
		t.Fatalf("error %T %v, want *providers.Error", err, err)
	}
	return e
}
