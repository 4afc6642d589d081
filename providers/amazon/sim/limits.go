package sim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Limits are the rate limits. Amazon publishes no numbers: zero is none.
type Limits struct {
	// Burst is the weight of calls in BurstSeconds (10 when 0) that a client has
	// on a profile; a list with extended data weighs five.
	Burst        int `json:"burst"`
	BurstSeconds int `json:"burst_seconds"`
	// RetryAfter sends the header, as the ads endpoints do and the creation of
	// reports does not.
	RetryAfter bool `json:"retry_after"`
	// HTML answers a refusal with the gateway's page.
	HTML bool `json:"html"`
	// ReportCreates is how many reports of a type a profile may create in a minute.
	ReportCreates int `json:"report_creates"`
	// PollSeconds is the least time between two looks at one report.
	PollSeconds int `json:"poll_seconds"`
}

type spent struct {
	at     time.Time
	weight int
}

type limiter struct {
	mu   sync.Mutex
	l    Limits
	used map[string][]spent
}

func newLimiter(l Limits) *limiter { return &limiter{l: l, used: map[string][]spent{}} }

func (s *Sim) setLimits(w http.ResponseWriter, r *http.Request) {
	var l Limits
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		writeJSON(w, http.StatusBadRequest, obj{"error": err.Error()})
		return
	}
	s.limiter.mu.Lock()
	defer s.limiter.mu.Unlock()
	s.limiter.l, s.limiter.used = l, map[string][]spent{}
	w.WriteHeader(http.StatusNoContent)
}

// window counts weight in a sliding window; it tells how long to wait when full.
func (x *limiter) window(key string, now time.Time, span time.Duration, most, weight int) (time.Duration, bool) {
	list, sum := x.used[key], 0
	for len(list) > 0 && now.Sub(list[0].at) >= span {
		list = list[1:]
	}
	for _, e := range list {
		sum += e.weight
	}
	if sum+weight > most {
		x.used[key] = list
		if len(list) == 0 {
			return span, false
		}
		return span - now.Sub(list[0].at), false
	}
	x.used[key] = append(list, spent{now, weight})
	return 0, true
}

// take counts a call.
func (x *limiter) take(c *call) *fault {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.l.Burst == 0 {
		return nil
	}
	span := time.Duration(x.l.BurstSeconds) * time.Second
	if span == 0 {
		span = 10 * time.Second
	}
	wait, ok := x.window(c.token.ClientID+c.r.Header.Get(headerScope), c.now, span, x.l.Burst, max(1, c.route.weight))
	if ok {
		return nil
	}
	return x.throttled(c, wait, true)
}

// extended charges the rest of a list with extended data.
func (x *limiter) extended(c *call) *fault {
	whole := c.route
	defer func() { c.route = whole }()
	c.route = &route{family: whole.family, weight: 4}
	return x.take(c)
}

func (x *limiter) throttled(c *call, wait time.Duration, retry bool) *fault {
	f := c.fail(http.StatusTooManyRequests, "THROTTLED", "Too Many Requests")
	if c.route.family == reports {
		f = gateway(http.StatusTooManyRequests, "Too Many Requests")
	}
	if x.l.HTML {
		f = &fault{status: http.StatusTooManyRequests, body: "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n"}
	}
	if retry && x.l.RetryAfter && c.route.family != reports {
		f.header = map[string]string{"Retry-After": strconv.Itoa(max(1, int((wait+time.Second-1)/time.Second)))}
	}
	return f
}
