package media

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// S1 for files: no address makes the gateway reach its own network, whatever it is written as.
func TestS1_internalAddressesAreNotReached(t *testing.T) {
	t.Parallel()
	var visits atomic.Int32
	evil := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { visits.Add(1); _, _ = io.WriteString(w, "secret") }))
	t.Cleanup(evil.Close)
	_, port, err := net.SplitHostPort(evil.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	f := newFetcher(public, port)                                                                                    // so that only the address can save it
	f.client.Transport.(*http.Transport).TLSClientConfig = evil.Client().Transport.(*http.Transport).TLSClientConfig //nolint:forcetypeassert // made above
	for _, host := range []string{"127.0.0.1", "localhost", "127.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]",
		"[64:ff9b::7f00:1]", "localhost.", "LOCALHOST"} {
		if body, err := f.Fetch(t.Context(), "https://"+host+":"+port+"/x"); err == nil || strings.Contains(err.Error(), "secret") || body != nil {
			t.Errorf("%s: %q %v", host, body, err)
		}
	}
	if visits.Load() != 0 {
		t.Errorf("%d visits", visits.Load())
	}
	for address, allowed := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "127.0.0.53": false,
		"224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false, "168.63.129.16": false, "fd00::1": false, "fe80::1": false, "ff02::1": false, "::1": false, "::": false,
		"fd00:ec2::254": false, "64:ff9b::a00:1": false, "2002:7f00:1::": false, "::7f00:1": false, "fec0::1": false,
	} {
		if public(netip.MustParseAddr(address)) != allowed {
			t.Errorf("%s: public %t", address, !allowed)
		}
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	var to string
	web := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/file":
			_, _ = io.WriteString(w, "picture "+r.Header.Get("Authorization")+r.Header.Get("Cookie"))
		case "/moved":
			http.Redirect(w, r, "/file", http.StatusFound)
		case "/away":
			http.Redirect(w, r, to, http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/large":
			_, _ = w.Write(make([]byte, Most+1))
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "picture")
		case "/empty":
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(web.Close)
	u, err := url.Parse(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") }))
	t.Cleanup(plain.Close)
	to = plain.URL
	f := newFetcher(func(netip.Addr) bool { return true }, u.Port())
	f.client.Transport.(*http.Transport).TLSClientConfig = web.Client().Transport.(*http.Transport).TLSClientConfig //nolint:forcetypeassert // made above
	for path, want := range map[string]error{
		"/file": nil, "/moved": nil, "/away": ErrAddress, "/loop": ErrMissing, "/large": ErrLarge, "/cut": ErrMissing, "/empty": ErrMissing, "/none": ErrMissing,
	} {
		body, err := f.Fetch(t.Context(), web.URL+path)
		if !errors.Is(err, want) || want == nil && string(body) != "picture " {
			t.Errorf("%s: %q %v, want %v", path, body, err, want)
		}
	}
	for _, address := range []string{plain.URL, "file:///etc/passwd", "https://user:pw@" + u.Host + "/file", "https:///file", "https://" + u.Hostname() + ":22/", "gopher://x/", "//x", ""} {
		if _, err := f.Fetch(t.Context(), address); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
