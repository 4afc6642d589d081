package sim

import (
	"sync"
	"time"
)

// Limits are the quotas. The zero value has none: a project with standard access.
type Limits struct {
	// Level is the Cloud project's access level: TEST, EXPLORER, BASIC or
	// STANDARD; empty is STANDARD.
	Level string `json:"level"`
	// OperationsPerDay replaces the level's count per rolling 24 hours.
	OperationsPerDay int `json:"operations_per_day"`
	// CustomerBurst is the most calls for one customer in BurstSeconds (1 when
	// 0); 0 is no limit. Google publishes no numbers.
	CustomerBurst int `json:"customer_burst"`
	BurstSeconds  int `json:"burst_seconds"`
}

// perDay is what a level allows in a rolling 24 hours, on production and on test
// accounts; -1 is no limit.
var perDay = map[string]struct{ production, test int }{
	"TEST": {0, 15_000}, "EXPLORER": {2_880, 15_000}, "BASIC": {15_000, 15_000}, "STANDARD": {-1, -1},
}

type spending struct {
	at time.Time
	n  int
}

type limiter struct {
	mu    sync.Mutex
	l     Limits
	used  map[string][]spending // by project and kind of account
	burst map[int64][]time.Time // by customer
}

func newLimiter(l Limits) *limiter {
	return &limiter{l: l, used: map[string][]spending{}, burst: map[int64][]time.Time{}}
}

func (x *limiter) set(l Limits) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.l, x.used, x.burst = l, map[string][]spending{}, map[int64][]time.Time{}
}

// level is the project's access level.
func (x *limiter) level() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.l.Level == "" {
		return "STANDARD"
	}
	return x.l.Level
}

const day = 24 * time.Hour

// spend counts n operations of a project; test tells what they work on.
func (x *limiter) spend(now time.Time, project string, test bool, n int) *apiError {
	x.mu.Lock()
	defer x.mu.Unlock()
	limit := perDay["STANDARD"].production
	if v, ok := perDay[x.l.Level]; ok {
		limit = v.production
		if test {
			limit = v.test
		}
	}
	if x.l.OperationsPerDay > 0 {
		limit = x.l.OperationsPerDay
	}
	if limit < 0 {
		return nil
	}
	k := project
	if test {
		k += " test"
	}
	list := x.used[k]
	for len(list) > 0 && now.Sub(list[0].at) >= day {
		list = list[1:]
	}
	total := 0
	for _, u := range list {
		total += u.n
	}
	x.used[k] = list
	if total+n > limit {
		wait := time.Hour
		if len(list) > 0 {
			wait = list[0].at.Add(day).Sub(now)
		}
		return quotaRefusal("RESOURCE_EXHAUSTED", "DEVELOPER", "Number of operations for basic access", wait)
	}
	x.used[k] = append(list, spending{now, n})
	return nil
}

// take counts one call for a customer.
func (x *limiter) take(now time.Time, customer int64) *apiError {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.l.CustomerBurst == 0 {
		return nil
	}
	span := time.Duration(max(1, x.l.BurstSeconds)) * time.Second
	list := x.burst[customer]
	for len(list) > 0 && now.Sub(list[0]) >= span {
		list = list[1:]
	}
	x.burst[customer] = list
	if len(list) >= x.l.CustomerBurst {
		return quotaRefusal("RESOURCE_TEMPORARILY_EXHAUSTED", "ACCOUNT", "Requests per customer", max(span-now.Sub(list[0]), 5*time.Second))
	}
	x.burst[customer] = append(list, now)
	return nil
}
