// Package media fetches the files that callers name by their address, for platforms that take only what they hold. It
// reaches public addresses and no others: nobody can look at the gateway's own network through it.
package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// Most is how large a file may be. Larger ones are uploaded to the platforms themselves, through /passthrough.
const Most = 24 << 20

// Why a file was not fetched; callers may be told.
var (
	ErrAddress = errors.New("must be an https address on port 443, without a user")
	ErrPrivate = errors.New("does not lead to a public address")
	ErrLarge   = fmt.Errorf("leads to a file of more than %d MiB", Most>>20)
	ErrMissing = errors.New("could not be fetched: it did not answer 200 with a whole file in time")
)

const (
	longest   = 30 * time.Second
	redirects = 3
)

// Fetcher fetches files. It is safe for concurrent use.
type Fetcher struct {
	client *http.Client
	port   string // "443"
}

// New makes a Fetcher.
func New() *Fetcher { return newFetcher(public, "443") }

func newFetcher(allowed func(netip.Addr) bool, port string) *Fetcher {
	f := &Fetcher{port: port}
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address) // as the name was resolved: what it is resolved to later does not matter
		if err != nil || !allowed(at.Addr().Unmap()) {
			return ErrPrivate
		}
		return nil
	}}
	f.client = &http.Client{
		Timeout: longest,
		// Proxy stays nil: a proxy would look the name up itself.
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: longest, ForceAttemptHTTP2: true,
			DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > redirects {
				return http.ErrUseLastResponse
			}
			return f.check(r.URL)
		},
	}
	return f
}

func (f *Fetcher) check(u *url.URL) error {
	if u.Scheme != "https" || u.User != nil || u.Hostname() == "" || u.Port() != "" && u.Port() != f.port {
		return ErrAddress
	}
	return nil
}

// Fetch returns the file at an address. Its error is one of this package's: it tells nothing of what was found there.
func (f *Fetcher) Fetch(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || f.check(u) != nil {
		return nil, ErrAddress
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, ErrAddress
	}
	req.Header.Set("User-Agent", "admux")
	res, err := f.client.Do(req)
	if err != nil {
		return nil, why(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, ErrMissing
	}
	if res.ContentLength > Most {
		return nil, ErrLarge
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, Most+1))
	switch {
	case err != nil, len(body) == 0:
		return nil, ErrMissing
	case len(body) > Most:
		return nil, ErrLarge
	}
	return body, nil
}

func why(err error) error {
	for _, known := range []error{ErrPrivate, ErrAddress} {
		if errors.Is(err, known) {
			return known
		}
	}
	return ErrMissing
}

// internal are networks that are not the public internet, though an address of theirs looks as if it were of it.
var internal = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("168.63.129.16/32"), // a cloud's own host
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// public tells whether an address is of the public internet.
func public(a netip.Addr) bool {
	return a.IsValid() && a.Zone() == "" && a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(internal, func(p netip.Prefix) bool { return p.Contains(a) })
}
