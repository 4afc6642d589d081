package simkit

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Call is one request as the simulator saw it. It holds no token, code or
// secret: headers are not kept and secret parameters are masked.
type Call struct {
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	Path   string    `json:"path"` // escaped, as it came
	Query  string    `json:"query"`
	// Tunnelled tells that Method and Query came inside another request.
	Tunnelled bool `json:"tunnelled,omitempty"`
	// Operation is the platform's own name of the call, where it has one.
	Operation string `json:"operation,omitempty"`
	Version   string `json:"version,omitempty"`
	Status    int    `json:"status"`
	Bytes     int64  `json:"bytes"`
	// Cut tells that a fault ended the answer early.
	Cut bool `json:"cut,omitempty"`
}

// maxCalls bounds the log; older calls fall out.
const maxCalls = 200_000

// Calls is the log of requests, in order of arrival.
type Calls struct {
	mu   sync.Mutex
	list []*Call
}

// All copies the log.
func (c *Calls) All() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Call, len(c.list))
	for i, p := range c.list {
		out[i] = *p
	}
	return out
}

// Count tells how many calls match: method and path contain the given texts
// (empty = any).
func (c *Calls) Count(method, path string) int {
	n := 0
	for _, x := range c.All() {
		if (method == "" || x.Method == method) && strings.Contains(x.Path, path) {
			n++
		}
	}
	return n
}

// Reset empties the log.
func (c *Calls) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = nil
}

func (c *Calls) add(call *Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) >= maxCalls {
		c.list = c.list[maxCalls/10:]
	}
	c.list = append(c.list, call)
}

func (c *Calls) edit(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

type callKey struct{}

// Annotate lets the platform's handler say what the request really was, for
// the log: the tunnelled method and query, the operation, the version.
func Annotate(ctx context.Context, f func(*Call)) {
	if n, ok := ctx.Value(callKey{}).(*note); ok {
		n.calls.edit(func() { f(n.call) })
	}
}

type note struct {
	calls *Calls
	call  *Call
}

var secretParams = []string{"access_token", "refresh_token", "client_secret", "code", "token", "state"}

// MaskQuery hides the values of parameters that carry secrets.
func MaskQuery(raw string) string {
	parts := strings.Split(raw, "&")
	for i, p := range parts {
		k, _, ok := strings.Cut(p, "=")
		name, err := url.QueryUnescape(k)
		if err != nil {
			name = k
		}
		for _, s := range secretParams {
			if ok && strings.EqualFold(name, s) {
				parts[i] = k + "=***"
			}
		}
	}
	return strings.Join(parts, "&")
}

// log wraps h so that every request is in the log while and after it runs.
func (c *Calls) log(clock *Clock, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := &Call{
			Time: clock.Now(), Method: r.Method, Path: r.URL.EscapedPath(), Query: MaskQuery(r.URL.RawQuery),
		}
		c.add(call)
		rec := &recorder{ResponseWriter: w}
		defer func() {
			c.edit(func() { call.Status, call.Bytes, call.Cut = rec.status, rec.n, rec.cut })
		}()
		h.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), callKey{}, &note{c, call})))
	})
}

type recorder struct {
	http.ResponseWriter
	status int
	n      int64
	cut    bool
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.n += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
