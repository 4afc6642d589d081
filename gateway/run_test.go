package gateway

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/providers"
)

// running starts a gateway on a port of its own. stop ends it and returns what Run returned.
func running(t *testing.T, change func(*Config), platform http.RoundTripper) (b *bed, stop func() error) {
	t.Helper()
	b = newBed(t, change, func(c *Config) {
		if platform != nil {
			c.Transport = platform
		}
	})
	if err := b.server.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.server.Run(ctx) }()
	return b, func() error { cancel(); return <-done }
}

func (b *bed) live(target, key string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.server.PublicURL()+target, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	return http.DefaultClient.Do(req)
}

// held is a platform that answers when it is told to.
type held struct{ asked, release chan struct{} }

func (h held) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case h.asked <- struct{}{}:
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
	select {
	case <-h.release:
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"Items":[{"id":"1"}]}`)), Request: r}, nil
}

// TestRun_drains: what is under way when the gateway is told to stop is answered, and Run returns nil.
func TestRun_drains(t *testing.T) {
	t.Parallel()
	platform := held{make(chan struct{}), make(chan struct{})}
	b, stop := running(t, func(c *Config) { c.ShutdownTimeout = time.Minute }, platform)
	me := b.tenant()
	answered := make(chan string, 1)
	go func() {
		res, err := b.live("/ads/"+me.connection+"/campaign?fields=id", me.keys["read"])
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		answered <- fmt.Sprint(res.StatusCode, " ", string(body), err)
	}()
	<-platform.asked
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for b.get("/readyz", "").status != http.StatusServiceUnavailable { // by the second server of the test's own
		time.Sleep(time.Millisecond)
	}
	close(platform.release)
	if got := <-answered; got != `200 [{"id":"1"}]<nil>` {
		t.Errorf("the request under way got %s", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Run returned %v", err)
	}
	if _, err := b.live("/healthz", ""); err == nil {
		t.Error("the port is still open")
	}
}

// TestRun_cutsWhatDoesNotEnd: a request that outlives the time for shutting down is told why it ends.
func TestRun_cutsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	platform := held{make(chan struct{}), make(chan struct{})}
	b, stop := running(t, func(c *Config) { c.ShutdownTimeout = 20 * time.Millisecond }, platform)
	me := b.tenant()
	answered := make(chan int, 1)
	go func() {
		res, err := b.live("/ads/"+me.connection+"/campaign", me.keys["read"])
		if err != nil {
			answered <- 0
			return
		}
		defer res.Body.Close()
		answered <- res.StatusCode
	}()
	<-platform.asked
	if err := stop(); err != nil {
		t.Errorf("Run returned %v", err)
	}
	if got := <-answered; got != http.StatusServiceUnavailable {
		t.Errorf("the request under way got %d", got)
	}
}

func TestConfig_everyFaultAtOnce(t *testing.T) {
	t.Parallel()
	_, err := New(t.Context(), Config{Listen: "nowhere", PublicURL: "ads.example.com", BaseURLs: map[string]string{"api.x": "ftp://y"},
		TrustedProxies: []string{"everyone"}, AllowOrigins: []string{"https://x/path"}, RequestTimeout: -1, MaxBody: -1})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{"registry", "store", "log", "listen", "public URL", "base URL of api.x", "trusted proxy", "allowed origin", "request timeout", "body limit"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not among the faults:\n%v", part, err)
		}
	}
}

func TestConfig_showsNoSecret(t *testing.T) {
	t.Parallel()
	c := Config{Apps: map[string]providers.App{"fakeads": {ClientSecret: canarySecret, Extra: map[string]string{"developer_token": canaryToken}}}}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("config", slog.Any("config", c))
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), log.String()} {
		if strings.Contains(text, canarySecret) || strings.Contains(text, canaryToken) || !strings.Contains(text, "fakeads") {
			t.Errorf("shown as %s", text)
		}
	}
}

// TestReadyz_database: a database that does not answer makes the gateway unready, in words that tell nothing of it.
func TestReadyz_database(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), storetest.SQLite(t), storetest.Keyring(t), store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	b := newBed(t, func(c *Config) { c.Store = st })
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if got := b.get("/readyz", ""); got.status != 503 || strings.Contains(got.body, "sql") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := b.get("/healthz", ""); got.status != 200 {
		t.Errorf("alive: %d", got.status)
	}
}
