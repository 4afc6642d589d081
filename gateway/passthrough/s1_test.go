package passthrough

import (
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// attempts are paths that try to lead a call off the platform's host, or up from where it starts. EVIL stands for a
// listener of the test's own.
func attempts() []string {
	hosts := []string{"EVIL", "127.0.0.1", "localhost", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0177.0.0.1", "0x7f000001",
		"2130706433", "127.1", "0", "evil.example.", "metadata.google.internal", "api.fake.example.evil.example", "api.fake.example@EVIL", "user:pw@EVIL",
		"api.fake.example%00.EVIL", "EVIL%23.api.fake.example", "１２７.０.０.１", "ⓛocalhost"}
	var out []string
	for _, h := range hosts {
		for _, form := range []string{"https://H/", "http://H/latest/meta-data", "//H/", "///H/", "/%2fH/", "%2f%2fH/x", "https:%2f%2fH%2f", "https%3a%2f%2fH",
			"https:/H", `\\H\x`, "%5c%5cH", "ftp://H/", "@H/", "x@H/", ".@H/"} {
			out = append(out, strings.ReplaceAll(form, "H", h))
		}
	}
	for _, up := range []string{"..", "%2e%2e", "%2E%2e", ".%2e", "%2e.", "%252e%252e", "%25252e%25252e", "..;", "..;x=1", "%2e%2e;", "..%00", "..%09", "..%20", "%c0%ae%c0%ae",
		"%e0%80%ae%e0%80%ae", "%ef%bc%8e%ef%bc%8e", "．．", "‥", "%e2%80%a5", "%u002e%u002e", ".", "%2e", "..%5c", `..\`} {
		for _, form := range []string{"U", "U/", "U/x", "rest/U/x", "rest/U", "rest/U/U/admin", "rest%2fU%2fx", "rest/a%2fU/x", "rest%252fU%252fx", "/U/x"} {
			out = append(out, strings.ReplaceAll(form, "U", up))
		}
	}
	return append(out, "", "/", "rest%0d%0aHost:%20evil", "rest%0aX:%20y", "rest%0d", "rest%00", "rest%09x", "rest%7f", "%", "rest%zz", "rest%2", "rest//x", "rest%2f%2fx", "rest/%2f/x",
		"rest\\x", "rest%5cx", "rest%255cx", "rest%25%35%63x", "file:///etc/passwd", "data:text/plain,x", "javascript:alert(1)", "gopher://127.0.0.1:25/x", "rest%3fx=y", "rest%23x",
		"rest/[::1]", "http:", "https:", "https:evil.example", "HTTPS://EVIL", "hTTp:%2f/EVIL", "rest%c2%85x", "rest%e2%80%a8x", "rest/%ff%fe")
}

// TestS1_passthroughStaysOnTheHost: no path of the corpus makes a connection to another address than the platform's, none
// carries a byte of the token elsewhere, and every one that could be read as an address or a way up is refused.
func TestS1_passthroughStaysOnTheHost(t *testing.T) {
	t.Parallel()
	evil, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var visits atomic.Int32
	go func() {
		for {
			conn, err := evil.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = evil.Close() })
	b := newBed(t, true, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })

	list := attempts()
	if len(list) < 200 {
		t.Fatalf("only %d attempts", len(list))
	}
	for _, a := range list {
		a = strings.ReplaceAll(a, "EVIL", evil.Addr().String())
		for _, line := range []string{"GET /passthrough/c1/" + a, "GET http://" + evil.Addr().String() + "/passthrough/c1/" + a} {
			status, answer := b.raw(t, line)
			if strings.Contains(answer, secret) {
				t.Errorf("%s: the answer holds the token", line)
			}
			if got := b.taken(); status != http.StatusBadRequest || len(got) > 0 {
				t.Errorf("%s: %d, and the platform saw %v", line, status, got)
			}
		}
	}
	if got := b.elsewhere(); len(got) > 0 || visits.Load() > 0 {
		t.Errorf("connections elsewhere: %v, %d visits", got, visits.Load())
	}
	t.Logf("%d attempts", 2*len(list))
}

// TestS1_redirectsAreNotFollowed: a platform that sends the call elsewhere is answered as it is.
func TestS1_redirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		b := newBed(t, true, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://evil.example/x")
			w.WriteHeader(status)
		})
		got, answer := b.raw(t, "GET /passthrough/c1/rest/x")
		if got != status || !strings.Contains(answer, "evil.example/x") || len(b.elsewhere()) > 0 || len(b.taken()) != 1 {
			t.Errorf("%d: got %d %s", status, got, answer)
		}
	}
}

// FuzzClean: what is let through starts with one slash, survives net/url as it is, and has no part that leads up.
func FuzzClean(f *testing.F) {
	for _, a := range attempts() {
		f.Add(a)
	}
	f.Add("rest/adAccounts/503000001/creatives/urn%3Ali%3AsponsoredCreative%3A1")
	f.Fuzz(func(t *testing.T, path string) {
		got, reason := clean(path)
		if reason != "" {
			return
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://gateway/passthrough/c1/x", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		out, err := outgoing(req, host, got)
		if err != nil {
			t.Fatalf("%q became %q: %v", path, got, err)
		}
		if out.URL.Host != host || !strings.HasPrefix(out.URL.RequestURI(), "/") || strings.HasPrefix(out.URL.RequestURI(), "//") ||
			strings.Contains(out.URL.Path+"/", "/../") || strings.Contains(out.URL.Path, `\`) {
			t.Errorf("%q became %s", path, out.URL)
		}
	})
}
