package providers

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTransportMovesAHost(t *testing.T) {
	t.Parallel()
	var got *http.Request
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r }))
	defer srv.Close()
	// Rest.li: a colon in a path or a query and its escape are not the same, so that the adapter's spelling must stay.
	const raw = "/rest/creatives/urn%3Ali%3Acreative%3A1/a:b%2Fc?q=x&ids=List(urn%3Ali%3A1,2)&e='%20'"
	for _, base := range []string{srv.URL, srv.URL + "/", srv.URL + "/linkedin", srv.URL + "/linkedin/", srv.URL + "/a%2Fb"} {
		tr, err := NewTransport(http.DefaultTransport, []string{"api.test", "other.test"}, map[string]string{"api.test": base})
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.test"+raw, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := tr.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		prefix := strings.TrimSuffix(strings.TrimPrefix(base, srv.URL), "/")
		if got.RequestURI != prefix+raw || got.Host != strings.TrimPrefix(srv.URL, "http://") {
			t.Errorf("base %s: %s at %s, want %s", base, got.RequestURI, got.Host, prefix+raw)
		}
		if req.URL.Host != "api.test" {
			t.Error("the caller's request is changed")
		}
	}
}

// closing tells whether it was closed: a transport must close the body of a request that it refuses.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

// S1: nothing but the platform's own hosts is reached, however a host is written.
func TestS1_TransportReachesThePlatformsHostsOnly(t *testing.T) {
	t.Parallel()
	next := roundTripper(func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent to %s", r.URL)
		return nil, errors.New("sent")
	})
	tr, err := NewTransport(next, []string{"api.test", "moved.test"}, map[string]string{"moved.test": "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{
		"https://elsewhere.example/", "http://api.test/", "https://api.test./", "https://api.test:443/", "https://api.test:8443/",
		"https://API.TEST.elsewhere.example/", "https://api.test@elsewhere.example/", "https://127.0.0.1/", "https://[::1]/",
		"https://[::ffff:127.0.0.1]/", "https://0x7f000001/", "https://017700000001/", "https://169.254.169.254/latest", "https://moved.test./",
		"https://moved.test:1/", "ftp://api.test/", "https://api.test%2eelsewhere.example/",
	} {
		body := &closing{Reader: strings.NewReader("secret")}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, raw, body)
		if err != nil {
			continue // refused earlier still
		}
		if _, err = tr.RoundTrip(req); !errors.Is(err, ErrForeignHost) || !body.closed {
			t.Errorf("%s: %v, body closed %v", raw, err, body.closed)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransportRefusesOddBases(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "api.test", "/x", "ftp://x", "http://u:p@x", "http://", "http://a b"} {
		if _, err := NewTransport(http.DefaultTransport, nil, map[string]string{"h": base}); err == nil {
			t.Errorf("base %q is taken", base)
		}
	}
}

func TestRoute(t *testing.T) {
	t.Parallel()
	base := map[string]string{"www.test": "http://127.0.0.1:9000/linkedin/", "plain.test": "http://127.0.0.1:9000"}
	for in, want := range map[string]string{
		"https://www.test/oauth/v2/authorization?a=b%3Ac": "http://127.0.0.1:9000/linkedin/oauth/v2/authorization?a=b%3Ac",
		"https://plain.test/a%3Ab":                        "http://127.0.0.1:9000/a%3Ab",
		"https://www.test/a%3Ab":                          "http://127.0.0.1:9000/linkedin/a%3Ab",
		"https://unmoved.test/x":                          "https://unmoved.test/x",
		"://":                                             "://",
	} {
		if got := Route(in, base); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
