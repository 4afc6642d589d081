package providers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// NewTransport wraps next so that only the hosts of a platform are reached: an adapter or a passthrough call that
// names another host fails before a byte or a token leaves. base moves hosts elsewhere ("api.linkedin.com" →
// "http://127.0.0.1:9000"), which is how a simulator stands in for a platform without the adapter knowing.
func NewTransport(next http.RoundTripper, hosts []string, base map[string]string) (http.RoundTripper, error) {
	t := &transport{next: next, hosts: hosts, base: make(map[string]*url.URL, len(base))}
	for host, raw := range base {
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" || u.User != nil || !slices.Contains([]string{"http", "https"}, u.Scheme) {
			return nil, fmt.Errorf("base url of %s: not an absolute http(s) URL", host)
		}
		t.base[host] = u
	}
	return t, nil
}

// ErrForeignHost is in the chain of the error for a host that is not one of the platform's: nothing was sent.
var ErrForeignHost = errors.New("not one of the platform's hosts")

type transport struct {
	next  http.RoundTripper
	hosts []string
	base  map[string]*url.URL
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !slices.Contains(t.hosts, r.URL.Host) {
		closeBody(r)
		return nil, fmt.Errorf("%w: %q", ErrForeignHost, r.URL.Host)
	}
	to, moved := t.base[r.URL.Host]
	if !moved {
		if r.URL.Scheme != "https" {
			closeBody(r)
			return nil, fmt.Errorf("%w over http, only over https: %q", ErrForeignHost, r.URL.Host)
		}
		return t.next.RoundTrip(r)
	}
	r2 := r.Clone(r.Context())
	r2.URL, r2.Host = move(r.URL, to), to.Host
	return t.next.RoundTrip(r2)
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}

// Route rewrites one URL as NewTransport would: the authorization page of a simulated platform, which the caller's
// browser opens and no client of ours.
func Route(raw string, base map[string]string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	to, err := url.Parse(base[u.Host])
	if err != nil || to.Host == "" {
		return raw
	}
	return move(u, to).String()
}

// move keeps the escaped form of the path as it was written: %3A and : are not the same to every platform.
func move(u, to *url.URL) *url.URL {
	moved := *u
	moved.Scheme, moved.Host = to.Scheme, to.Host
	moved.Path = strings.TrimSuffix(to.Path, "/") + u.Path
	moved.RawPath = strings.TrimSuffix(to.EscapedPath(), "/") + u.EscapedPath()
	return &moved
}
