package simkit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is one thing that goes wrong. A fault with a Status answers instead of
// the platform; one without lets the platform act and spoils the answer, so
// that a write can be carried out and its answer lost.
type Fault struct {
	// Path matches when the request's path starts with it or contains it; empty
	// matches every path. Query is a part of the (tunnelled too) query.
	Path   string `json:"path,omitempty"`
	Query  string `json:"query,omitempty"`
	Method string `json:"method,omitempty"`

	Status  int               `json:"status,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	// Body is sent as it is when it is a JSON string, else as JSON.
	Body json.RawMessage `json:"body,omitempty"`
	// DelayMS holds the answer back.
	DelayMS int `json:"delay_ms,omitempty"`
	// CutAfterBytes breaks the connection after so many bytes of the body; 0
	// breaks it before the first.
	CutAfterBytes *int64 `json:"cut_after_bytes,omitempty"`
	// Stall keeps the connection open without another byte: after CutAfterBytes
	// bytes when set, else before the first; until the client leaves or the
	// faults are cleared.
	Stall bool `json:"stall,omitempty"`

	// Times is how often it strikes: 0 once, -1 always. After skips the first
	// matching requests.
	Times int `json:"times,omitempty"`
	After int `json:"after,omitempty"`
}

// Body makes a Fault's Body of a text.
func Body(s string) json.RawMessage {
	b, _ := json.Marshal(s) // a string always marshals
	return b
}

// Bytes makes a Fault's CutAfterBytes.
func Bytes(n int64) *int64 { return &n }

// Faults is the plan: armed faults in order, the first match strikes.
type Faults struct {
	// Stamp sets the headers that every answer of the platform carries (its
	// request id), before a fault's own; nil sets none.
	Stamp func(http.Header)
	// QueryOf is what a fault's Query is looked for in, for platforms that carry
	// queries in bodies; it must leave the body readable. nil is the URL's query.
	QueryOf func(*http.Request) string

	mu      sync.Mutex
	armed   []*armed
	cleared chan struct{}
}

type armed struct {
	Fault
	seen, struck int
}

// Arm adds a fault to the plan.
func (f *Faults) Arm(x Fault) error {
	if x.Status != 0 && (x.Status < 100 || x.Status > 599) {
		return fmt.Errorf("simkit: status %d", x.Status)
	}
	if x.Times == 0 {
		x.Times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, &armed{Fault: x})
	return nil
}

// Clear disarms everything and lets stalled answers end.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = nil
	if f.cleared != nil {
		close(f.cleared)
		f.cleared = nil
	}
}

func (f *Faults) take(r *http.Request, query string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.armed {
		if !a.matches(r, query) || a.Times >= 0 && a.struck >= a.Times {
			continue
		}
		a.seen++
		if a.seen <= a.After {
			continue
		}
		a.struck++
		return a.Fault, true
	}
	return Fault{}, false
}

func (a *armed) matches(r *http.Request, query string) bool {
	path := r.URL.EscapedPath()
	return (a.Method == "" || strings.EqualFold(a.Method, r.Method)) &&
		strings.Contains(path, a.Path) && strings.Contains(query, a.Query)
}

func (f *Faults) released() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cleared == nil {
		f.cleared = make(chan struct{})
	}
	return f.cleared
}

// wrap puts the plan before h.
func (f *Faults) wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.RawQuery
		if f.QueryOf != nil {
			query = f.QueryOf(r)
		}
		x, ok := f.take(r, query)
		if !ok {
			h.ServeHTTP(w, r)
			return
		}
		if x.DelayMS > 0 {
			select {
			case <-time.After(time.Duration(x.DelayMS) * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
		if x.CutAfterBytes != nil || x.Stall {
			c := &cutter{ResponseWriter: w, left: -1, stall: x.Stall, gone: r.Context().Done(), released: f.released()}
			c.left = 0
			if x.CutAfterBytes != nil {
				c.left = *x.CutAfterBytes
			}
			w = c
		}
		if x.Status == 0 {
			h.ServeHTTP(w, r)
			return
		}
		if f.Stamp != nil {
			f.Stamp(w.Header())
		}
		x.answer(w)
	})
}

func (x Fault) answer(w http.ResponseWriter) {
	body := []byte(x.Body)
	var text string
	if json.Unmarshal(x.Body, &text) == nil {
		body = []byte(text)
	} else {
		w.Header().Set("Content-Type", "application/json")
	}
	for k, v := range x.Headers {
		w.Header().Set(k, v)
	}
	w.WriteHeader(x.Status)
	w.Write(body)
}

// cutter lets some bytes through, then breaks or stalls the connection.
type cutter struct {
	http.ResponseWriter
	left     int64
	stall    bool
	gone     <-chan struct{}
	released <-chan struct{}
}

func (c *cutter) WriteHeader(status int) {
	if c.left == 0 && status != http.StatusNoContent && !c.stall {
		c.end()
	}
	c.ResponseWriter.WriteHeader(status)
	if status == http.StatusNoContent || status == http.StatusCreated {
		c.end() // no body follows that could be cut
	}
}

func (c *cutter) Write(b []byte) (int, error) {
	if int64(len(b)) < c.left {
		n, err := c.ResponseWriter.Write(b)
		c.left -= int64(n)
		return n, err
	}
	if c.left > 0 {
		c.ResponseWriter.Write(b[:c.left])
	}
	http.NewResponseController(c.ResponseWriter).Flush()
	c.end()
	return len(b), nil
}

func (c *cutter) end() {
	if c.stall {
		select {
		case <-c.gone:
		case <-c.released:
		}
	}
	if r, ok := c.ResponseWriter.(*recorder); ok {
		r.cut = true
	}
	panic(http.ErrAbortHandler)
}
