package ops

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	mostUpstream    = 50  // calls to platforms that are kept of one call of ours
	mostHeaderValue = 200 // bytes
)

// Upstream is a call to a platform, without its query, its body, and what of its headers is not known to be harmless.
type Upstream struct {
	At       time.Time         `json:"at"`
	Method   string            `json:"method"`
	Host     string            `json:"host"`
	Path     string            `json:"path"`
	Status   int               `json:"status,omitempty"` // none: there was no answer
	Time     int64             `json:"time_ms"`          // until the answer's headers
	Request  map[string]string `json:"request_headers,omitempty"`
	Response map[string]string `json:"response_headers,omitempty"`
}

// Upstream returns the calls to platforms that have been made, the first ones of many, and how many they were.
func (m *Meter) Upstream() ([]Upstream, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls), m.count
}

func (m *Meter) add(r *http.Request, res *http.Response, start time.Time, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.count++; len(m.calls) == mostUpstream {
		return
	}
	u := Upstream{At: start.UTC(), Method: r.Method, Host: r.URL.Host, Path: r.URL.EscapedPath(), Time: took.Milliseconds(), Request: redacted(r.Header)}
	if res != nil {
		u.Status, u.Response = res.StatusCode, redacted(res.Header)
	}
	m.calls = append(m.calls, u)
}

// harmless are the headers whose values are kept: what was asked for and how it was answered, never who asked. Of all
// others, whatever a platform may add, only the name is kept.
var harmless = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Content-Type": true, "Content-Length": true, "Content-Encoding": true, "Date": true, "User-Agent": true, "Retry-After": true,
	"Linkedin-Version": true, "X-Restli-Protocol-Version": true, "X-Restli-Method": true, "X-Http-Method-Override": true, "X-Restli-Id": true, "X-Linkedin-Id": true,
	"X-Li-Uuid": true, "X-Li-Fabric": true, "Request-Id": true, "X-Fb-Trace-Id": true, "X-Fb-Request-Id": true, "X-Fb-Rev": true, "Facebook-Api-Version": true, "X-App-Usage": true,
	"X-Ad-Account-Usage": true, "X-Business-Use-Case-Usage": true, "X-Fb-Ads-Insights-Throttle": true, "X-Goog-Api-Client": true, "Grpc-Status": true,
}

func redacted(h http.Header) map[string]string {
	if len(h) == 0 {
		return nil
	}
	out := make(map[string]string, len(h))
	for name, values := range h {
		if !harmless[name] {
			out[name] = "[redacted]"
			continue
		}
		v := strings.Join(values, ", ")
		out[name] = v[:min(len(v), mostHeaderValue)]
	}
	return out
}
