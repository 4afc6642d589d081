package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers"
)

const goodList = `{"elements":[{"id":1},{"id":2},{"id":3}],"paging":{"total":3}}`

type item struct {
	ID int64 `json:"id"`
}

func readIDs(ctx context.Context, c *Client, url string) ([]int64, error) {
	var ids []int64
	_, err := c.Read(ctx, Request{Method: http.MethodGet, URL: url}, func(r io.Reader) error {
		ids = ids[:0]
		return Elements(r, "elements", func(e *item) error { ids = append(ids, e.ID); return nil }, nil)
	})
	return ids, err
}

// Each fault once: the read ends whole, with one call more. Each fault for ever: the right error after the budget, and
// never a short list.
func TestReadMeetsPlatformFaults(t *testing.T) {
	t.Parallel()
	faults := map[string]struct {
		f       fault
		kind    providers.Kind
		message string
		calls   int64 // when the fault stays
		heals   bool
	}{
		"429 without Retry-After":  {fault{status: 429, body: `{"code":"101","message":"Resource level throttle"}`}, providers.RateLimited, "Resource level throttle", 4, true},
		"429 with seconds":         {fault{status: 429, header: map[string]string{"Retry-After": "7"}}, providers.RateLimited, "429", 4, true},
		"500":                      {fault{status: 500, body: `{"message":"Internal"}`}, providers.Unavailable, "Internal", 4, true},
		"503 from an edge in HTML": {fault{status: 503, body: "<html>busy</html>"}, providers.Unavailable, "503", 4, true},
		"504":                      {fault{status: 504}, providers.Timeout, "504", 4, true},
		"cut, Content-Length":      {fault{cut: 30, framed: true}, providers.Malformed, "cut short", 4, true},
		"cut, chunked":             {fault{cut: 30}, providers.Malformed, "cut short", 4, true},
		"cut at an element":        {fault{cut: len(`{"elements":[{"id":1},{"id":2}`)}, providers.Malformed, "cut short", 4, true},
		"reset":                    {fault{reset: true}, providers.Unavailable, "not reached", 4, true},
		"stalled body":             {fault{stall: true}, providers.Timeout, "stalled", 4, true},
		"slow headers":             {fault{slow: true}, providers.Timeout, "no answer within", 4, true},
		"HTML with 200":            {fault{body: "<html>maintenance</html>"}, providers.Malformed, "cannot be understood", 4, true},
		"another shape with 200":   {fault{body: `{"message":"ok?"}`}, providers.Malformed, "no list", 4, true},
		"empty body":               {fault{status: 200}, providers.Malformed, "cut short", 4, true},
		"text after the end":       {fault{body: goodList + "x"}, providers.Malformed, "cannot be understood", 4, true},
		"redirect":                 {fault{status: 302, header: map[string]string{"Location": "https://elsewhere.example/"}}, providers.Malformed, "redirect", 1, false},
		"400":                      {fault{status: 400, body: `{"code":"PARAM_INVALID","message":"wrong"}`}, providers.Invalid, "wrong", 1, false},
		"403":                      {fault{status: 403}, providers.Forbidden, "403", 1, false},
		"404":                      {fault{status: 404}, providers.NotFound, "404", 1, false},
	}
	for name, tc := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.heals {
				p := newPlatform(t, goodList, tc.f)
				r := newRig(t, p)
				ids, err := readIDs(t.Context(), r.Client, p.URL)
				if err != nil || len(ids) != 3 || p.calls.Load() != 2 {
					t.Errorf("once: ids %v, err %v, calls %d; want 3 ids in 2 calls", ids, err, p.calls.Load())
				}
			}
			p := newPlatform(t, goodList, tc.f, tc.f, tc.f, tc.f, tc.f, tc.f)
			r := newRig(t, p)
			_, err := readIDs(t.Context(), r.Client, p.URL)
			e := asError(t, err)
			if e.Kind != tc.kind || !strings.Contains(e.Message, tc.message) || e.Platform != "test" || e.Uncertain {
				t.Errorf("for ever: %v %q of %q, want %v with %q", e.Kind, e.Message, e.Platform, tc.kind, tc.message)
			}
			if p.calls.Load() != tc.calls {
				t.Errorf("calls %d, want %d", p.calls.Load(), tc.calls)
			}
			if e.RequestID == "" && !tc.f.reset && !tc.f.slow {
				t.Error("the platform's request id is lost")
			}
		})
	}
}

func TestReadBacksOff(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	p := newPlatform(t, goodList, fault{status: 500}, fault{status: 429, header: map[string]string{"Retry-After": "7"}},
		fault{status: 429, header: map[string]string{"Retry-After": now.Add(90 * time.Second).Format(http.TimeFormat)}})
	r := newRig(t, p, func(c *Config) { c.Now = func() time.Time { return now } })
	if _, err := readIDs(t.Context(), r.Client, p.URL); err != nil {
		t.Fatal(err)
	}
	// Half of the first second by the injected rand, then what the platform said.
	want := []time.Duration{500 * time.Millisecond, 7 * time.Second, 90 * time.Second}
	if len(r.sleeps) != 3 || r.sleeps[0] != want[0] || r.sleeps[1] != want[1] || r.sleeps[2] != want[2] {
		t.Errorf("waits %v, want %v", r.sleeps, want)
	}
}

func TestReadDoesNotWaitLongerThanItsCallerLives(t *testing.T) {
	t.Parallel()
	simulated := func(c *Config) { c.Now = func() time.Time { return time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC) } }
	p := newPlatform(t, goodList, fault{status: 429, header: map[string]string{"Retry-After": "300"}})
	r := newRig(t, p, simulated)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := readIDs(ctx, r.Client, p.URL)
	e := asError(t, err)
	if e.Kind != providers.RateLimited || e.RetryAfter != 5*time.Minute || len(r.sleeps) != 0 || p.calls.Load() != 1 {
		t.Errorf("%v after %v, waits %v, calls %d", e.Kind, e.RetryAfter, r.sleeps, p.calls.Load())
	}
	p = newPlatform(t, goodList, fault{status: 429, header: map[string]string{"Retry-After": "20"}})
	r = newRig(t, p, simulated)
	if _, err := readIDs(ctx, r.Client, p.URL); err != nil || len(r.sleeps) != 1 {
		t.Errorf("a wait that its caller lives to see is not waited: %v, waits %v", err, r.sleeps)
	}
	p = newPlatform(t, goodList, fault{status: 429, header: map[string]string{"Retry-After": "3600"}})
	r = newRig(t, p)
	if _, err := readIDs(t.Context(), r.Client, p.URL); providers.KindOf(err) != providers.RateLimited || len(r.sleeps) != 0 {
		t.Errorf("without a deadline, an hour is waited: %v, waits %v", err, r.sleeps)
	}
}

func TestReadRenewsARefusedTokenOnce(t *testing.T) {
	t.Parallel()
	refusal := fault{status: 401, body: `{"code":"65602","message":"The token used in the request has expired"}`}
	p := newPlatform(t, goodList, refusal)
	r := newRig(t, p)
	ids, err := readIDs(t.Context(), r.Client, p.URL)
	if err != nil || len(ids) != 3 || r.vault.rejected != 1 || p.calls.Load() != 2 || len(r.sleeps) != 0 {
		t.Errorf("ids %v, err %v, rejected %d, calls %d, waits %v", ids, err, r.vault.rejected, p.calls.Load(), r.sleeps)
	}
	if got := p.seen[1].Header.Get("Authorization"); got != "Bearer "+canary+"-1" {
		t.Error("the second call does not carry the new token")
	}

	p = newPlatform(t, goodList, refusal, refusal, refusal)
	r = newRig(t, p)
	_, err = readIDs(t.Context(), r.Client, p.URL)
	if e := asError(t, err); e.Kind != providers.Unauthorized || e.Code != "65602" || r.vault.rejected != 1 || p.calls.Load() != 2 {
		t.Errorf("%v %s, rejected %d, calls %d", e.Kind, e.Code, r.vault.rejected, p.calls.Load())
	}

	p = newPlatform(t, goodList, refusal)
	r = newRig(t, p)
	r.vault.dead = &providers.Error{Kind: providers.Unauthorized, Platform: "test", Message: "the grant is gone"}
	_, err = readIDs(t.Context(), r.Client, p.URL)
	if e := asError(t, err); e.Message != "the grant is gone" {
		t.Errorf("error of Reject is lost: %v", e)
	}
}

// A token too young for the platform is the adapter's to tell: it is waited for, not renewed.
func TestReadWaitsForAYoungToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, goodList, fault{status: 401, body: `{}`})
	r := newRig(t, p, func(c *Config) {
		c.Classify = func(int, http.Header, []byte) *providers.Error {
			return &providers.Error{Kind: providers.Unavailable, Code: "65601", Message: "young", RetryAfter: 20 * time.Second}
		}
	})
	if _, err := readIDs(t.Context(), r.Client, p.URL); err != nil || r.vault.rejected != 0 || len(r.sleeps) != 1 || r.sleeps[0] != 20*time.Second {
		t.Errorf("err %v, rejected %d, waits %v", err, r.vault.rejected, r.sleeps)
	}
}

func TestReadEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, goodList, fault{stall: true})
	r := newRig(t, p, func(c *Config) { c.Timeouts.Idle = time.Minute })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := readIDs(ctx, r.Client, p.URL)
	e := asError(t, err)
	if e.Kind != providers.Timeout || !errors.Is(err, context.DeadlineExceeded) || p.calls.Load() != 1 {
		t.Errorf("%v, calls %d", e, p.calls.Load())
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if _, err = readIDs(ctx, r.Client, p.URL); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestReadMeetsACutGzip(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, goodList)
	_ = z.Close()
	whole := true
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		b := packed.Bytes()
		if !whole { // the framing is sound, only the packed text is short
			b = b[:len(b)-12]
		}
		_, _ = w.Write(b)
	}))
	defer srv.Close()
	r := newRig(t, newPlatform(t, ""))
	if ids, err := readIDs(t.Context(), r.Client, srv.URL); err != nil || len(ids) != 3 {
		t.Fatalf("whole: %v %v", ids, err)
	}
	whole = false
	_, err := readIDs(t.Context(), r.Client, srv.URL)
	if e := asError(t, err); e.Kind != providers.Malformed || !strings.Contains(e.Message, "cut short") {
		t.Errorf("cut: %v %v", e.Kind, e)
	}
}

func TestReadRefusesAnAnswerTooLarge(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, goodList)
	r := newRig(t, p, func(c *Config) { c.MaxBody = int64(len(goodList)) })
	if _, err := readIDs(t.Context(), r.Client, p.URL); err != nil {
		t.Fatalf("exactly the limit: %v", err)
	}
	r = newRig(t, p, func(c *Config) { c.MaxBody = int64(len(goodList)) - 1 })
	_, err := readIDs(t.Context(), r.Client, p.URL)
	if e := asError(t, err); e.Kind != providers.Malformed || !strings.Contains(e.Message, "larger") || p.calls.Load() != 2 {
		t.Errorf("%v %v, calls %d", e.Kind, e, p.calls.Load())
	}
}

func TestReadStopsWhenTheReaderWantsNoMore(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, goodList, fault{stall: true})
	r := newRig(t, p, func(c *Config) { c.Timeouts.Idle = time.Minute })
	_, err := r.Read(t.Context(), Request{Method: http.MethodGet, URL: p.URL}, func(body io.Reader) error {
		return Elements(body, "elements", func(*item) error { return ErrStop }, nil)
	})
	if !errors.Is(err, ErrStop) || p.calls.Load() != 1 {
		t.Errorf("%v, calls %d", err, p.calls.Load())
	}
}

// A slow consumer is not a stalled answer.
func TestReadIdleClockStopsWhileTheConsumerWorks(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, `{"elements":[`+strings.Repeat(`{"id":1},`, 100_000)+`{"id":1}]}`)
	r := newRig(t, p, func(c *Config) { c.Timeouts.Idle = 80 * time.Millisecond })
	n := 0
	_, err := r.Read(t.Context(), Request{Method: http.MethodGet, URL: p.URL}, func(body io.Reader) error {
		n = 0
		return Elements(body, "elements", func(*item) error {
			if n++; n == 2 {
				time.Sleep(160 * time.Millisecond)
			}
			return nil
		}, nil)
	})
	if err != nil || n != 100_001 || p.calls.Load() != 1 {
		t.Errorf("%v, n %d, calls %d", err, n, p.calls.Load())
	}
}

func TestReadSendsTheURLAsWritten(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, goodList)
	r := newRig(t, p, func(c *Config) { c.Header = http.Header{"X-Version": {"1"}, "Accept": {"a"}} })
	raw := "/rest/creatives/urn%3Ali%3AsponsoredCreative%3A1?q=criteria&search=(ids:List(urn%3Ali%3Ax%3A1),test:'')"
	_, err := r.Read(t.Context(), Request{
		Method: http.MethodGet, URL: p.URL + raw, Header: http.Header{"accept": {"b"}},
	}, func(io.Reader) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	got := p.seen[0]
	if got.RequestURI != raw {
		t.Errorf("sent %s\nwant %s", got.RequestURI, raw)
	}
	if got.Header.Get("X-Version") != "1" || got.Header.Get("Accept") != "b" {
		t.Errorf("headers %v", got.Header)
	}
}

func TestJSONResetsAndKeepsDigits(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, `{"b":9007199254740993,"any":{"n":0.1234567890123456789}}`, fault{body: `{"a":1,"b":[`})
	r := newRig(t, p)
	var into struct {
		A   int64          `json:"a"`
		B   int64          `json:"b"`
		Any map[string]any `json:"any"`
	}
	into.A = 5
	if _, err := r.JSON(t.Context(), Request{Method: http.MethodGet, URL: p.URL}, &into); err != nil {
		t.Fatal(err)
	}
	n, _ := into.Any["n"].(interface{ String() string })
	if into.A != 0 || into.B != 9007199254740993 || n == nil || n.String() != "0.1234567890123456789" {
		t.Errorf("%+v", into)
	}
}

// N2: a decode that is content early does not make a cut body a whole one.
func TestN2_ReadCountsOnlyABodyReadToItsEnd(t *testing.T) {
	t.Parallel()
	for _, f := range []fault{{cut: 30, framed: true}, {cut: 30}, {stall: true}} {
		p := newPlatform(t, goodList, f)
		r := newRig(t, p)
		decodes := 0
		_, err := r.Read(t.Context(), Request{Method: http.MethodGet, URL: p.URL}, func(body io.Reader) error {
			decodes++
			_, err := io.ReadFull(body, make([]byte, 10))
			return err
		})
		if err != nil || decodes != 2 || p.calls.Load() != 2 {
			t.Errorf("fault %+v: %v, %d decodes, %d calls; want the cut answer refused and one more", f, err, decodes, p.calls.Load())
		}
	}
}

// P5: who reads rows hears of each call before it is made, of repeated ones too.
func TestP5_ReadSaysThatItWaits(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, goodList, fault{status: 500})
	r := newRig(t, p)
	var seen []int64
	ctx := providers.WithIdle(t.Context(), func() { seen = append(seen, p.calls.Load()) })
	for range 2 {
		if _, err := readIDs(ctx, r.Client, p.URL); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(seen, []int64{0, 1, 2}) {
		t.Errorf("told after %v calls, want before each of three", seen)
	}
}
