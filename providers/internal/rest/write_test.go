package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers"
)

func TestWriteIsNeverRepeated(t *testing.T) {
	t.Parallel()
	const good = `{"id":"1"}`
	for name, tc := range map[string]struct {
		f         fault
		kind      providers.Kind
		uncertain bool
	}{
		"429":          {fault{status: 429}, providers.RateLimited, false},
		"400":          {fault{status: 400}, providers.Invalid, false},
		"409":          {fault{status: 409}, providers.Conflict, false},
		"501":          {fault{status: 501}, providers.Unsupported, false},
		"500":          {fault{status: 500}, providers.Unavailable, true},
		"503":          {fault{status: 503}, providers.Unavailable, true},
		"504":          {fault{status: 504}, providers.Timeout, true},
		"408":          {fault{status: 408}, providers.Timeout, true},
		"redirect":     {fault{status: 307, header: map[string]string{"Location": "/elsewhere"}}, providers.Malformed, true},
		"reset":        {fault{reset: true}, providers.Unavailable, true},
		"slow headers": {fault{slow: true}, providers.Timeout, true},
		"stall":        {fault{stall: true}, providers.Timeout, true},
		"cut":          {fault{cut: 4, framed: true}, providers.Malformed, true},
		"not JSON":     {fault{body: "<html>"}, providers.Malformed, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, good, tc.f)
			// Long enough for the call to arrive on a busy machine: what never left would be certain.
			r := newRig(t, p, func(c *Config) { c.Timeouts = providers.Timeouts{Headers: time.Second, Idle: time.Second} })
			var into struct{ ID string }
			_, err := r.Write(t.Context(), Request{Method: http.MethodPost, URL: p.URL, Body: []byte(`{}`), Write: true}, &into)
			e := asError(t, err)
			if e.Kind != tc.kind || e.Uncertain != tc.uncertain || p.calls.Load() != 1 {
				t.Errorf("%v uncertain %v calls %d (%v)", e.Kind, e.Uncertain, p.calls.Load(), e)
			}
			if e.Uncertain && e.Retryable() {
				t.Error("an uncertain write is retryable")
			}
		})
	}
}

func TestWriteThatNeverLeftIsCertain(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, "{}")
	r := newRig(t, p)
	p.Close() // nobody listens
	_, err := r.Write(t.Context(), Request{Method: http.MethodPost, URL: p.URL, Body: []byte(`{}`)}, nil)
	if e := asError(t, err); e.Kind != providers.Unavailable || e.Uncertain {
		t.Errorf("%v uncertain %v", e.Kind, e.Uncertain)
	}

	guarded, err := providers.NewTransport(http.DefaultTransport, []string{"api.test"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r = newRig(t, newPlatform(t, ""), func(c *Config) { c.HTTP = &http.Client{Transport: guarded} })
	_, err = r.Write(t.Context(), Request{Method: http.MethodPost, URL: "https://elsewhere.example/x?access_token=" + canary}, nil)
	if e := asError(t, err); e.Kind != providers.Invalid || e.Uncertain || strings.Contains(e.Error(), canary) {
		t.Errorf("%v uncertain %v: %v", e.Kind, e.Uncertain, e)
	}
}

func TestWriteOfARefusedToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, "{}", fault{status: 401, body: `{"code":"65602","message":"expired"}`})
	r := newRig(t, p)
	_, err := r.Write(t.Context(), Request{Method: http.MethodPost, URL: p.URL}, nil)
	e := asError(t, err)
	if p.calls.Load() != 1 || r.vault.rejected != 1 || !e.Retryable() || e.Uncertain || e.Code != "65602" {
		t.Errorf("calls %d rejected %d: %v retryable %v", p.calls.Load(), r.vault.rejected, e.Kind, e.Retryable())
	}
}

func TestPass(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, "the body", fault{status: 401}, fault{status: 302, header: map[string]string{"Location": "https://elsewhere.example/"}})
	r := newRig(t, p, func(c *Config) { c.Header = http.Header{"X-Version": {"1"}} })
	get := func(method, body string) *http.Response {
		t.Helper()
		var b io.Reader
		if body != "" {
			b = strings.NewReader(body)
		}
		req, err := http.NewRequestWithContext(t.Context(), method, p.URL+"/x?a=b%3Ac", b)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer of-the-caller")
		req.Header.Set("Cookie", "session=1")
		resp, err := r.Pass(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	resp := get(http.MethodGet, "") // refused, renewed, then the redirect as it is
	_ = resp.Body.Close()
	if resp.StatusCode != 302 || p.calls.Load() != 2 || r.vault.rejected != 1 {
		t.Errorf("status %d calls %d rejected %d", resp.StatusCode, p.calls.Load(), r.vault.rejected)
	}
	last := p.seen[1]
	if last.Header.Get("Authorization") != "Bearer "+canary+"-1" || last.Header.Get("Cookie") != "" || last.Header.Get("X-Version") != "1" || last.RequestURI != "/x?a=b%3Ac" {
		t.Errorf("sent %s %v", last.RequestURI, last.Header)
	}
	resp = get(http.MethodGet, "")
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || string(text) != "the body" {
		t.Errorf("%q %v", text, err)
	}
	p.mu.Lock()
	p.faults = []fault{{status: 401}}
	p.mu.Unlock()
	before := p.calls.Load()
	resp = get(http.MethodPost, "x")
	_ = resp.Body.Close()
	if resp.StatusCode != 401 || p.calls.Load() != before+1 {
		t.Errorf("a refused POST: status %d, %d calls", resp.StatusCode, p.calls.Load()-before)
	}
}

// S3: no token in a log, an error, or a URL that is printed.
func TestS3_NoSecretInLogsAndErrors(t *testing.T) {
	t.Parallel()
	echo := `{"code":"` + canary + `-0","message":"bad token ` + canary + `-0"}`
	for _, f := range []fault{{status: 400, body: echo}, {status: 500, body: echo}, {reset: true}, {body: canary}, {slow: true}, {status: 302}} {
		p := newPlatform(t, goodList, f, f, f, f)
		r := newRig(t, p)
		_, err := readIDs(t.Context(), r.Client, p.URL+"/?access_token="+canary+"&client%5Fsecret="+canary+"&pageToken="+canary+"&q=kept")
		_, werr := r.Write(t.Context(), Request{Method: http.MethodPost, URL: p.URL + "/oauth?code=" + canary, Body: []byte("client_secret=" + canary)}, nil)
		for _, text := range []string{err.Error(), asError(t, err).Code, errText(err), r.log.String()} {
			if strings.Contains(text, canary) {
				t.Errorf("fault %+v: secret in %q", f, text)
			}
		}
		if werr != nil && strings.Contains(errText(werr), canary) {
			t.Errorf("secret in %q", werr)
		}
		if !strings.Contains(r.log.String(), "q=kept") || !strings.Contains(r.log.String(), "access_token=redacted") {
			t.Errorf("log does not show the call: %s", r.log)
		}
	}
}

func errText(err error) string {
	var all strings.Builder
	for e := err; e != nil; {
		all.WriteString(e.Error() + "\n")
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			break
		}
		e = u.Unwrap()
	}
	return all.String()
}

// L2: a platform that is down for ten minutes sees at most 1.1 × the calls of its callers, and is in use again within
// 30 seconds of its return.
func TestL2_RetryAmplificationAndRecovery(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fault{"down": {status: 503}, "storm of 429": {status: 429, header: map[string]string{"Retry-After": "1"}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
			clock := func() time.Time { return now }
			p := newPlatform(t, goodList)
			breakers := providers.NewBreakers(clock)
			r := newRig(t, p, func(c *Config) {
				c.Now, c.Breakers = clock, breakers
				c.Sleep = func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil }
			})
			callers, good := int64(0), 0
			for end := now.Add(10 * time.Minute); now.Before(end); now = now.Add(time.Second) {
				p.mu.Lock()
				p.faults = []fault{f, f, f, f, f}
				p.mu.Unlock()
				callers++
				if _, err := readIDs(t.Context(), r.Client, p.URL); err == nil {
					good++
				}
			}
			p.mu.Lock()
			p.faults = nil
			p.mu.Unlock()
			if calls := p.calls.Load(); float64(calls) > 1.1*float64(callers) || good > 0 {
				t.Errorf("%d calls for %d callers, %d good", calls, callers, good)
			}
			back := now
			for {
				if _, err := readIDs(t.Context(), r.Client, p.URL); err == nil {
					break
				}
				now = now.Add(time.Second)
			}
			if d := now.Sub(back); d > 30*time.Second {
				t.Errorf("in use again after %v", d)
			}
		})
	}
}

func TestOpenCircuitSaysSo(t *testing.T) {
	t.Parallel()
	down := fault{status: 503, body: `{"code":"BUSY","message":"overloaded, ` + canary + `-0"}`}
	p := newPlatform(t, goodList, down, down, down, down, down, down, down, down)
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	r := newRig(t, p, func(c *Config) {
		c.Now = func() time.Time { return now }
		c.Breakers = providers.NewBreakers(c.Now)
	})
	var e *providers.Error
	for range 3 {
		_, err := readIDs(t.Context(), r.Client, p.URL)
		e = asError(t, err)
	}
	if !errors.Is(e, providers.ErrCircuitOpen) || e.Kind != providers.Unavailable || e.RetryAfter <= 0 || p.calls.Load() != 5 {
		t.Errorf("%v %v %v, calls %d", e.Kind, e, e.RetryAfter, p.calls.Load())
	}
	if e.Code != "BUSY" || e.Status != 503 || e.RequestID != "req-5" || !strings.Contains(e.Message, "overloaded") {
		t.Errorf("the platform's last answer is lost: %q %d %q %q", e.Code, e.Status, e.RequestID, e.Message)
	}
	if strings.Contains(errText(e), canary) {
		t.Errorf("repeats the token: %v", e)
	}
}

// An answer that may be empty is taken as it comes; one that is cut short is still an error.
func TestWriteTakesAnAnswerAsItComes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", `{"id":"1"}`, "plain"} {
		p := newPlatform(t, body)
		r := newRig(t, p)
		got := []byte("before")
		if _, err := r.Write(t.Context(), Request{Method: http.MethodPost, URL: p.URL, Body: []byte(`{}`), Write: true}, &got); err != nil || string(got) != body {
			t.Errorf("%q: %q, %v", body, got, err)
		}
	}
	p := newPlatform(t, `{"id":"1"}`, fault{cut: 4, framed: true})
	r := newRig(t, p)
	var got []byte
	_, err := r.Write(t.Context(), Request{Method: http.MethodPost, URL: p.URL, Body: []byte(`{}`), Write: true}, &got)
	if e := asError(t, err); e.Kind != providers.Malformed || !e.Uncertain {
		t.Errorf("%+v", e)
	}
}
