package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// tape stands before a simulated platform. Recording, it keeps the platform's answer to each request; playing, it gives
// the bytes out again, so that the platform costs next to nothing. What it has no answer for goes to the platform.
type tape struct {
	*platform

	mu      sync.Mutex
	playing bool
	idle    bool // nobody asks for what was asked
	answers map[string]*recorded
	asked   []asked
	// sent is when the first answer with rows of a report had been written whole.
	sent time.Time
}

// asked is one request of the adapter's, enough to send it again.
type asked struct {
	Method, URI string // URI is the path and the query
	Header      http.Header
	Body        []byte
}

type recorded struct {
	status int
	header http.Header
	body   []byte // packed, where the platform packs
}

func newTape(p *platform) *tape { return &tape{platform: p, answers: map[string]*recorded{}} }

// rewind forgets which requests were seen, and from here on answers from what is recorded.
func (t *tape) rewind() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.playing, t.idle, t.asked, t.sent = true, false, nil, time.Time{}
}

// stopWatching returns the requests since the tape was rewound; those that follow are not kept.
func (t *tape) stopWatching() []asked {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.idle = true
	return t.asked
}

// seen are the requests since the tape was rewound.
func (t *tape) seen() []asked {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked
}

// firstSent is when the first answer with rows had left.
func (t *tape) firstSent() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sent
}

func (t *tape) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	packed := t.packs(r)
	key := fmt.Sprintf("%s %s %t\n%s", r.Method, r.URL.RequestURI(), packed, body)
	t.mu.Lock()
	if !t.idle {
		t.asked = append(t.asked, asked{r.Method, r.URL.RequestURI(), r.Header.Clone(), body})
	}
	a, known := t.answers[key], t.playing
	t.mu.Unlock()
	if !known || a == nil {
		if a, err = t.live(r, body, packed); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if a.status < http.StatusMultipleChoices { // of a run that is waited for, the last answer stays: that it is done
			t.mu.Lock()
			t.answers[key] = a
			t.mu.Unlock()
		}
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
	_ = http.NewResponseController(w).Flush()
	if t.isReport(r) && a.status == http.StatusOK {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.sent.IsZero() {
			t.sent = time.Now()
		}
	}
}

// live asks the simulator, and packs its answer where the platform would.
func (t *tape) live(r *http.Request, body []byte, packed bool) (*recorded, error) {
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.Header.Del("Accept-Encoding")
	rec := httptest.NewRecorder()
	t.handler.ServeHTTP(rec, r)
	a := &recorded{status: rec.Code, header: rec.Header(), body: rec.Body.Bytes()}
	a.header.Del("Content-Length")
	if !packed || len(a.body) == 0 {
		return a, nil
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if _, err := z.Write(a.body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	a.header.Set("Content-Encoding", "gzip")
	a.body = buf.Bytes()
	return a, nil
}
