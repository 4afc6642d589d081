package passthrough

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/middleware"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/providers"
)

const (
	host   = "api.fake.example"
	secret = "canary-access-token"
)

// seen is a request as the platform got it.
type seen struct {
	method, target, host, body string
	header                     http.Header
}

// bed is a gateway in front of a platform. Every address that is dialled is kept, so that a test sees when a call goes
// elsewhere.
type bed struct {
	gateway  *httptest.Server
	platform *httptest.Server

	mu     sync.Mutex
	calls  []seen
	dialed []string
}

func newBed(t *testing.T, mayWrite bool, answer http.HandlerFunc) *bed {
	t.Helper()
	b := &bed{}
	b.platform = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.calls = append(b.calls, seen{r.Method, r.RequestURI, r.Host, string(body), r.Header.Clone()})
		b.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(b.platform.Close)
	dial := &net.Dialer{}
	transport, err := providers.NewTransport(&http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		b.mu.Lock()
		b.dialed = append(b.dialed, addr)
		b.mu.Unlock()
		return dial.DialContext(ctx, network, addr)
	}}, []string{host}, map[string]string{host: b.platform.URL})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	session := &providers.Session{Do: func(ctx context.Context, r *http.Request) (*http.Response, error) {
		r.Header.Set("Authorization", "Bearer "+secret)
		return client.Do(r.WithContext(ctx))
	}}
	h := New(Config{
		Open: func(c *gin.Context) (Connection, func(error) error, error) {
			return Connection{Platform: "Fake Ads", Hosts: []string{host}, Session: session}, func(err error) error { return err }, nil
		},
		MayWrite: func(*gin.Context) error {
			if !mayWrite {
				return problem.MissingScope("write")
			}
			return nil
		},
	})
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.UseEscapedPath, e.UnescapePathValues, e.RedirectTrailingSlash = true, false, false
	e.Use(middleware.RequestID(), middleware.Secure(), middleware.Params())
	e.Any("/passthrough/:connection_id/*path", h.Serve)
	b.gateway = httptest.NewServer(e)
	t.Cleanup(b.gateway.Close)
	return b
}

// raw sends a request line as it is: no client of Go's would send what the corpus holds.
func (b *bed) raw(t *testing.T, line string, headers ...string) (status int, answer string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", b.gateway.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	method, target, _ := strings.Cut(line, " ")
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n%s\r\n", method, target, strings.Join(append(headers, ""), "\r\n"))
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, fmt.Sprint(res.Header) + string(body)
}

// taken returns what has reached the platform since the last call.
func (b *bed) taken() []seen {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.calls
	b.calls = nil
	return out
}

// elsewhere lists addresses that were dialled and are not the platform's.
func (b *bed) elsewhere() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, a := range b.dialed {
		if a != b.platform.Listener.Addr().String() {
			out = append(out, a)
		}
	}
	return out
}
