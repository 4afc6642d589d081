package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// counting is a platform that answers a body with itself and the number of calls, and refuses one.
func counting(calls *int) *platform {
	return &platform{
		packs:    acceptsGzip,
		isReport: func(r *http.Request) bool { return r.URL.Path == "/report" },
		handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			*calls++
			body, _ := io.ReadAll(r.Body)
			if string(body) == "bad" {
				w.WriteHeader(http.StatusTooManyRequests)
			}
			w.Header().Set("X-Request-Id", "one")
			_, _ = io.WriteString(w, string(body)+strings.Repeat("!", *calls))
		}),
	}
}

func post(t *testing.T, h http.Handler, path, body, encoding string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTape(t *testing.T) {
	t.Parallel()
	calls := 0
	tape := newTape(counting(&calls))
	post(t, tape, "/report", "a", "identity")
	post(t, tape, "/report", "a", "identity")
	if calls != 2 {
		t.Fatalf("recording, the platform saw %d calls of 2", calls)
	}
	tape.rewind()
	if got := post(t, tape, "/report", "a", "identity"); calls != 2 || got.Body.String() != "a!!" || got.Header().Get("X-Request-Id") != "one" {
		t.Errorf("played back after %d calls: %q", calls, got.Body)
	}
	if got := post(t, tape, "/report", "b", "identity"); calls != 3 || got.Body.String() != "b!!!" {
		t.Errorf("another body was taken for the same: %q", got.Body)
	}
	if got := post(t, tape, "/report?x=1", "a", "identity"); got.Body.String() != "a!!!!" {
		t.Errorf("another query was taken for the same: %q", got.Body)
	}
	for range 2 {
		if got := post(t, tape, "/report", "bad", "identity"); got.Code != http.StatusTooManyRequests {
			t.Errorf("a refusal became %d", got.Code)
		}
	}
	if calls != 6 {
		t.Errorf("a refusal was kept: %d calls", calls)
	}
	if seen := tape.seen(); len(seen) != 5 || seen[0].URI != "/report" || string(seen[1].Body) != "b" {
		t.Errorf("saw %+v", seen)
	}
}

func TestTape_packs(t *testing.T) {
	t.Parallel()
	calls := 0
	tape := newTape(counting(&calls))
	tape.rewind()
	plain := strings.Repeat("row ", 10_000)
	for range 2 {
		got := post(t, tape, "/report", plain, "gzip")
		if got.Header().Get("Content-Encoding") != "gzip" || got.Body.Len() > len(plain)/10 {
			t.Fatalf("not packed: %d bytes", got.Body.Len())
		}
		z, err := gzip.NewReader(bytes.NewReader(got.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(z); err != nil || string(body) != plain+"!" {
			t.Errorf("%d bytes came of %d: %v", len(body), len(plain)+1, err)
		}
	}
	if got := post(t, tape, "/report", plain, "identity"); got.Header().Get("Content-Encoding") != "" || !strings.HasPrefix(got.Body.String(), plain) {
		t.Error("packed for one who did not ask for it")
	}
	if calls != 2 {
		t.Errorf("%d calls", calls)
	}
}

func TestTape_firstSent(t *testing.T) {
	t.Parallel()
	calls := 0
	tape := newTape(counting(&calls))
	tape.rewind()
	post(t, tape, "/accounts", "a", "")
	post(t, tape, "/report", "bad", "")
	if !tape.firstSent().IsZero() {
		t.Error("what holds no rows was taken for the first page of a report")
	}
	begun := time.Now()
	post(t, tape, "/report", "a", "")
	first := tape.firstSent()
	post(t, tape, "/report", "b", "")
	if first.Before(begun) || !tape.firstSent().Equal(first) {
		t.Errorf("begun %v, first %v, then %v", begun, first, tape.firstSent())
	}
}

// TestFloor: the floor sends what it is told to, packed or not, and does not pass over an answer that is cut.
func TestFloor(t *testing.T) {
	t.Parallel()
	calls := 0
	p := counting(&calls)
	p.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	tape := newTape(p)
	srv := httptest.NewServer(tape)
	defer srv.Close()
	for body, good := range map[string]bool{`{"rows":[1,2,{"a":"b"}]}`: true, `{"rows":[1,2`: false} {
		for _, encoding := range []string{"gzip", "identity"} {
			err := readOnce(t.Context(), srv.Client(), srv.URL, asked{http.MethodPost, "/report", http.Header{"Accept-Encoding": {encoding}}, []byte(body)})
			if (err == nil) != good {
				t.Errorf("%s %s: %v", encoding, body, err)
			}
		}
	}
	if len(tape.seen()) != 4 {
		t.Errorf("%d calls of 4", len(tape.seen()))
	}
}

func TestLineCounter(t *testing.T) {
	t.Parallel()
	var l lineCounter
	for _, part := range []string{"a,b\r\n1,\"two\nli", "nes, \"\"quoted\"\"\n\"\r\n", "2,3\r\n"} {
		_, _ = l.Write([]byte(part))
	}
	if l.n != 3 || l.first.IsZero() {
		t.Errorf("%d lines, expected 3; first %v", l.n, l.first)
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	a := sample{each: []time.Duration{3, 1}, took: time.Second, cpu: 8}
	a.join(sample{each: []time.Duration{2, 9}, took: time.Second, cpu: 4})
	if a.median() != 3 || a.perSecond() != 2 || a.cpuEach() != 3 {
		t.Errorf("median %v, %v a second, %v CPU", a.median(), a.perSecond(), a.cpuEach())
	}
}

func TestRun_refuses(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-platform", "tiktok"}, {"-rows", "1000"}, {"-rows", "1000000000"}, {"-callers", "none"}, {"-rounds", "0"}, {"-long", "5"},
	} {
		if err := run(t.Context(), args); err == nil || !strings.Contains(err.Error(), args[0]) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
