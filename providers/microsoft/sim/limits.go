package sim

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Limits are the quotas; Microsoft publishes none of the numbers.
type Limits struct {
	// UserPerMinute and CustomerPerMinute hold the calls of a user and of a customer
	// in a sliding minute (117); 0 is no limit.
	UserPerMinute     int `json:"user_per_minute"`
	CustomerPerMinute int `json:"customer_per_minute"`
	// Reports is how many reports a user may have in the making (207); 0 is ten,
	// negative none.
	Reports int `json:"reports"`
	// BulkPerHour holds the bulk downloads of an account (4204); 0 is no limit.
	BulkPerHour int `json:"bulk_per_hour"`
}

type limiter struct {
	mu   sync.Mutex
	l    Limits
	seen map[string][]time.Time
}

func newLimiter(l Limits) *limiter { return &limiter{l: l, seen: map[string][]time.Time{}} }

// spend counts one use of a key in a sliding window; false is over the limit.
func (x *limiter) spend(key string, limit int, window time.Duration, now time.Time) bool {
	list := x.seen[key]
	for len(list) > 0 && now.Sub(list[0]) >= window {
		list = list[1:]
	}
	ok := limit <= 0 || len(list) < limit
	if ok {
		list = append(list, now)
	}
	x.seen[key] = list
	return ok
}

// take counts one call. Reporting has its own limit.
func (x *limiter) take(c *call) *fault {
	x.mu.Lock()
	defer x.mu.Unlock()
	user := x.spend("user "+c.user.member.ID, x.l.UserPerMinute, time.Minute, c.now)
	customer := x.spend("customer "+c.customer, x.l.CustomerPerMinute, time.Minute, c.now)
	if !user || !customer {
		return general(http.StatusTooManyRequests, 117, "")
	}
	if c.op.service == "Bulk" && c.op.name != "GetBulkDownloadStatus" && !x.spend("bulk "+c.acc.id, x.l.BulkPerHour, time.Hour, c.now) {
		return refuse(4204, "")
	}
	return nil
}

func (x *limiter) reports() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.l.Reports == 0 {
		return 10
	}
	return x.l.Reports
}

func decodeControl(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
	return err == nil
}

// controlLimits is POST /_sim/limits: a Limits that replaces the one in force.
func (s *Sim) controlLimits(w http.ResponseWriter, r *http.Request) {
	var l Limits
	if !decodeControl(w, r, &l) {
		return
	}
	s.limits.mu.Lock()
	defer s.limits.mu.Unlock()
	s.limits.l, s.limits.seen = l, map[string][]time.Time{}
	w.WriteHeader(http.StatusNoContent)
}
