package middleware

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

func serve(t *testing.T, h ...gin.HandlerFunc) *httptest.Server {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.UseEscapedPath, e.UnescapePathValues = true, false
	e.Any("/x/:id", h...)
	s := httptest.NewServer(e)
	t.Cleanup(s.Close)
	return s
}

func call(t *testing.T, s *httptest.Server, method, target string, body io.Reader, header ...string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+target, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res, string(raw), err
}

func TestLog_oneLineWithoutSecrets(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Unix(0, 0)
	clock := func() time.Time { now = now.Add(1500 * time.Microsecond); return now }
	counted := ""
	s := serve(t, RequestID(), Log(Logging{Log: slog.New(slog.NewJSONHandler(&out, nil)), Now: clock,
		Who: func(*gin.Context) []slog.Attr { return []slog.Attr{slog.String("workspace", "ws_1")} },
		Observe: func(method, route string, status int, _ time.Duration) {
			counted = method + " " + route + " " + http.StatusText(status)
		}}),
		func(c *gin.Context) { problem.Write(c, problem.NotFound("thing")) })
	_, _, err := call(t, s, http.MethodGet, "/x/secret-in-path?token=hush", nil, "X-Request-Id", "req-9")
	if err != nil {
		t.Fatal(err)
	}
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	for key, want := range map[string]any{"msg": "request", "request_id": "req-9", "method": "GET", "route": "/x/:id", "status": 404.0, "ms": 1.5, "workspace": "ws_1", "code": "not_found", "level": "INFO"} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}
	if strings.Contains(out.String(), "hush") || strings.Contains(out.String(), "secret-in-path") {
		t.Errorf("the line tells too much: %s", out.String())
	}
	if counted != "GET /x/:id Not Found" {
		t.Errorf("counted %q", counted)
	}
}

func TestRecover(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	plain := serve(t, RequestID(), Recover(log), func(*gin.Context) { panic("secret plan") })
	res, body, err := call(t, plain, http.MethodGet, "/x/1", nil)
	if err != nil || res.StatusCode != 500 || strings.Contains(body, "secret plan") || !strings.Contains(out.String(), "secret plan") {
		t.Errorf("%v %s", err, body)
	}
	begun := serve(t, RequestID(), Recover(log), func(c *gin.Context) {
		_, _ = c.Writer.WriteString("part")
		c.Writer.Flush()
		panic("late")
	})
	if _, _, err := call(t, begun, http.MethodGet, "/x/1", nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a panic after the first byte: the caller saw %v", err)
	}
	cut := serve(t, Recover(log), func(c *gin.Context) {
		_, _ = c.Writer.WriteString("part")
		c.Writer.Flush()
		panic(http.ErrAbortHandler)
	})
	if _, _, err := call(t, cut, http.MethodGet, "/x/1", nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a stream that was cut on purpose: the caller saw %v", err)
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	s := serve(t, Params(), func(c *gin.Context) { c.String(200, c.Param("id")) })
	for sent, want := range map[string]string{"a%2Fb%3A%25": "a/b:%", "urn:li:x:1": "urn:li:x:1", "a+b%2Bc": "a+b+c", "%252F": "%2F", "%C3%A9": "é"} {
		if _, got, err := call(t, s, http.MethodGet, "/x/"+sent, nil); err != nil || got != want {
			t.Errorf("%s became %q, want %q (%v)", sent, got, want, err)
		}
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	l := NewLimiter(2, 4, func() time.Time { return now })
	s := serve(t, l.RateLimit(func(c *gin.Context) string { return c.Param("id") }), func(c *gin.Context) { c.Status(204) })
	ask := func(who string) *http.Response {
		res, _, err := call(t, s, http.MethodGet, "/x/"+who, nil)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	for range 4 {
		if res := ask("a"); res.StatusCode != 204 {
			t.Fatalf("%d %v", res.StatusCode, res.Header)
		}
	}
	res := ask("a")
	if res.StatusCode != 429 || res.Header.Get("Retry-After") != "1" || res.Header.Get("RateLimit-Limit") != "4" ||
		res.Header.Get("RateLimit-Remaining") != "0" || res.Header.Get("RateLimit-Reset") != "2" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	if res := ask("b"); res.StatusCode != 204 {
		t.Errorf("another caller: %d", res.StatusCode)
	}
	now = now.Add(500 * time.Millisecond)
	if res := ask("a"); res.StatusCode != 204 {
		t.Errorf("after the wait: %d", res.StatusCode)
	}
	for i := range maxBuckets + 10 { // callers who are gone are forgotten
		now = now.Add(time.Second)
		l.bucket(time.Duration(i).String(), now)
	}
	if len(l.buckets) > maxBuckets {
		t.Errorf("%d buckets are kept", len(l.buckets))
	}
}

func TestTimeout_saysWhoseLimit(t *testing.T) {
	t.Parallel()
	s := serve(t, RequestID(), Timeout(10*time.Millisecond), func(c *gin.Context) {
		<-c.Request.Context().Done()
		problem.Write(c, c.Request.Context().Err())
	})
	res, body, err := call(t, s, http.MethodGet, "/x/1", nil)
	if err != nil || res.StatusCode != 504 || !strings.Contains(body, "gateway's own limit of 10ms") {
		t.Errorf("%v %s", err, body)
	}
}

// An answer that moves may take as long as it takes; one that does not is ended, and so is its caller's waiting.
func TestSilence(t *testing.T) {
	t.Parallel()
	const limit, pause = time.Hour, 40 * time.Minute
	for _, tt := range []struct {
		name  string
		parts int // that leave before it falls silent
		quiet time.Duration
		ended bool
	}{{"moves", 50, pause, false}, {"falls silent", 50, limit, true}, {"never says anything", 0, limit, true}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				gin.SetMode(gin.ReleaseMode)
				e := gin.New()
				var cause error
				e.GET("/", Silence(limit), func(c *gin.Context) {
					for i := range tt.parts {
						time.Sleep(pause)
						if i%2 == 0 {
							_, _ = c.Writer.WriteString("a row")
						} else {
							_, _ = c.Writer.Write([]byte("a row"))
						}
					}
					select {
					case <-c.Request.Context().Done():
					case <-time.After(tt.quiet):
						synctest.Wait()
					}
					cause = context.Cause(c.Request.Context())
				})
				w := httptest.NewRecorder()
				e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
				if tt.ended != (cause != nil) || tt.ended && !strings.Contains(cause.Error(), "gateway's own limit of 1h") {
					t.Errorf("ended by %v", cause)
				}
				if w.Body.Len() != tt.parts*len("a row") {
					t.Errorf("%d bytes came", w.Body.Len())
				}
			})
		})
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	s := serve(t, Body(10, time.Minute), func(c *gin.Context) {
		raw, err := io.ReadAll(c.Request.Body)
		if err != nil {
			problem.Write(c, err)
			return
		}
		// The deadline of the body must not end the request while the answer is made.
		if err := context.Cause(c.Request.Context()); err != nil {
			problem.Write(c, err)
			return
		}
		c.String(200, string(raw))
	})
	if res, body, err := call(t, s, http.MethodPost, "/x/1", strings.NewReader("0123456789")); err != nil || res.StatusCode != 200 || body != "0123456789" {
		t.Errorf("%v %s", err, body)
	}
	if res, body, err := call(t, s, http.MethodPost, "/x/1", strings.NewReader("0123456789a")); err != nil || res.StatusCode != 413 || !strings.Contains(body, "10 bytes") {
		t.Errorf("told length: %v %s", err, body)
	}
	if res, body, err := call(t, s, http.MethodPost, "/x/1", io.MultiReader(strings.NewReader("0123456789a"))); err != nil || res.StatusCode != 413 {
		t.Errorf("untold length: %v %s", err, body)
	}
}

func TestStall_cutsWhoDoesNotRead(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	s := serve(t, Stall(50*time.Millisecond), func(c *gin.Context) {
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		for range 1000 {
			if _, err := c.Writer.Write(chunk); err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/x/1", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := <-ended; err == nil {
		t.Error("a gigabyte was written to nobody")
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	s := serve(t, Secure(), CORS([]string{"https://app.example"}), func(c *gin.Context) { c.Status(204) })
	off := serve(t, Secure(), CORS(nil), func(c *gin.Context) { c.Status(204) })
	for origin, allowed := range map[string]bool{"https://app.example": true, "https://evil.example": false, "null": false} {
		res, _, err := call(t, s, http.MethodOptions, "/x/1", nil, "Origin", origin, "Access-Control-Request-Method", "GET")
		if err != nil || (res.Header.Get("Access-Control-Allow-Origin") == origin) != allowed || res.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %v %v", origin, res.Header, err)
		}
		if res, _, err := call(t, off, http.MethodGet, "/x/1", nil, "Origin", origin); err != nil || res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("turned off: %v %v", res.Header, err)
		}
	}
}
