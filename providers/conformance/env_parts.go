package conformance

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
)

// purse is the connection's Tokens: what Reject does is what the gateway does, a refresh.
type purse struct {
	e        *env
	mu       sync.Mutex
	tok      *oauth2.Token
	all      []*oauth2.Token
	rejected int
}

func (p *purse) set(t *oauth2.Token) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tok = t
	p.all = append(p.all, t)
}

// Token implements providers.Tokens.
func (p *purse) Token(context.Context) (*oauth2.Token, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tok, nil
}

// Reject implements providers.Tokens.
func (p *purse) Reject(ctx context.Context, used *oauth2.Token) error {
	p.mu.Lock()
	p.rejected++
	current := p.tok
	p.mu.Unlock()
	if current.AccessToken != used.AccessToken {
		return nil
	}
	if current.RefreshToken == "" && !p.e.spec.Auth.Rotates && !p.e.spec.Auth.Prolongs {
		p.set(p.e.grant()) // the platform gives none: the user consents again
		return nil
	}
	next, err := p.e.refresh(ctx, current)
	if err != nil {
		return err
	}
	p.set(next)
	return nil
}

func (p *purse) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rejected
}

func (p *purse) secrets() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]string{}
	if s := p.e.sim.App().ClientSecret; s != "" {
		out["client secret"] = s
	}
	for i, t := range p.all {
		out[fmt.Sprintf("access token %d", i)] = t.AccessToken
		if t.RefreshToken != "" {
			out[fmt.Sprintf("refresh token %d", i)] = t.RefreshToken
		}
	}
	return out
}

// noteLimiter lets everything pass and keeps what it was told.
type noteLimiter struct {
	mu     sync.Mutex
	waits  map[string]int
	blocks map[string]time.Duration
}

// Wait implements providers.Limiter.
func (l *noteLimiter) Wait(ctx context.Context, bucket string, cost int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waits == nil {
		l.waits, l.blocks = map[string]int{}, map[string]time.Duration{}
	}
	l.waits[bucket] += cost
	return context.Cause(ctx)
}

// Observe implements providers.Limiter.
func (l *noteLimiter) Observe(bucket string, s providers.LimitState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.blocks == nil {
		l.waits, l.blocks = map[string]int{}, map[string]time.Duration{}
	}
	l.blocks[bucket] = max(l.blocks[bucket], s.Block)
}

// wireTap keeps the URLs that are sent, and counts the answers that are left open.
type wireTap struct {
	next http.RoundTripper
	open atomic.Int64 // bodies that nobody has closed
	mu   sync.Mutex
	sent []string
}

// RoundTrip implements http.RoundTripper.
func (w *wireTap) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.sent = append(w.sent, r.URL.String())
	w.mu.Unlock()
	resp, err := w.next.RoundTrip(r)
	if err == nil {
		w.open.Add(1)
		resp.Body = &tappedBody{ReadCloser: resp.Body, open: &w.open}
	}
	return resp, err
}

type tappedBody struct {
	io.ReadCloser
	open *atomic.Int64
	once sync.Once
}

// Close implements io.Closer.
func (b *tappedBody) Close() error {
	b.once.Do(func() { b.open.Add(-1) })
	return b.ReadCloser.Close()
}

func (w *wireTap) urls() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.sent...)
}

func (w *wireTap) count(path string) int {
	n := 0
	for _, u := range w.urls() {
		if strings.Contains(u, path) {
			n++
		}
	}
	return n
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
