package sim

import (
	"sync"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// Limits are the simulator's quotas. LinkedIn publishes no numbers: each
// endpoint has one quota a day per application and one per member of it, both
// reset at midnight UTC. 0 is no limit.
type Limits struct {
	AppPerDay    int `json:"app_per_day"`
	MemberPerDay int `json:"member_per_day"`
	// Burst is the most calls in BurstSeconds (10 when 0), of everything.
	Burst        int `json:"burst"`
	BurstSeconds int `json:"burst_seconds"`
	// RetryAfter sends the header; whether LinkedIn does is not documented.
	RetryAfter bool `json:"retry_after"`
	// MetricValues is adAnalytics' throttle per five minutes; 0 is LinkedIn's 45
	// million.
	MetricValues int64 `json:"metric_values"`
}

type limiter struct {
	mu     sync.Mutex
	l      Limits
	day    int64
	used   map[string]int
	burst  []time.Time
	values []spentValues
}

type spentValues struct {
	at time.Time
	n  int64
}

func newLimiter(l Limits) *limiter { return &limiter{l: l, used: map[string]int{}} }

func (x *limiter) set(l Limits) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.l, x.used, x.burst, x.values = l, map[string]int{}, nil, nil
}

const throttled = "Resource level throttle limit for calls to this resource is reached."

func (x *limiter) refuse(wait time.Duration) *fault {
	f := &fault{status: 429, service: 101, code: "TOO_MANY_REQUESTS", message: throttled}
	if x.l.RetryAfter {
		f.retryAfter = max(1, int((wait+time.Second-1)/time.Second))
	}
	return f
}

// take counts one call.
func (x *limiter) take(now time.Time, endpoint string, t simkit.Token) *fault {
	x.mu.Lock()
	defer x.mu.Unlock()
	if d := now.Unix() / 86400; d != x.day {
		x.day, x.used = d, map[string]int{}
	}
	midnight := time.Unix((x.day+1)*86400, 0).Sub(now)
	app, member := t.ClientID+" "+endpoint, t.ClientID+" "+t.Member.ID+" "+endpoint
	if x.l.AppPerDay > 0 && x.used[app] >= x.l.AppPerDay ||
		x.l.MemberPerDay > 0 && x.used[member] >= x.l.MemberPerDay {
		return x.refuse(midnight)
	}
	if x.l.Burst > 0 {
		span := time.Duration(x.l.BurstSeconds) * time.Second
		if span == 0 {
			span = 10 * time.Second
		}
		for len(x.burst) > 0 && now.Sub(x.burst[0]) >= span {
			x.burst = x.burst[1:]
		}
		if len(x.burst) >= x.l.Burst {
			// Protection against bursts answers without an envelope.
			f := x.refuse(span - now.Sub(x.burst[0]))
			f.code, f.service, f.message, f.bare = "", 0, "Rate limit exceeded", true
			return f
		}
		x.burst = append(x.burst, now)
	}
	x.used[app]++
	x.used[member]++
	return nil
}

const valuesWindow = 5 * time.Minute

// valuesSpent refuses a report once the window's values are spent.
func (x *limiter) valuesSpent(now time.Time) *fault {
	x.mu.Lock()
	defer x.mu.Unlock()
	limit := x.l.MetricValues
	if limit == 0 {
		limit = 45_000_000
	}
	for len(x.values) > 0 && now.Sub(x.values[0].at) >= valuesWindow {
		x.values = x.values[1:]
	}
	total := int64(0)
	for _, v := range x.values {
		total += v.n
	}
	if total < limit {
		return nil
	}
	f := &fault{status: 429, message: "The data request limit has been exceeded. More than 45 million metric values were requested in a 5-minute window."}
	if x.l.RetryAfter {
		f.retryAfter = int(valuesWindow / time.Second)
	}
	return f
}

// spendValues counts metric values that a report has answered.
func (x *limiter) spendValues(now time.Time, n int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.values = append(x.values, spentValues{now, n})
}
