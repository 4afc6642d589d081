package sim

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Quota is how many calls fit into a second, a minute and a day; 0 is any.
type Quota struct {
	QPS int `json:"qps"`
	QPM int `json:"qpm"`
	QPD int `json:"qpd"`
}

// Limits are the quotas. They belong to the app, whoever its users are.
type Limits struct {
	App Quota `json:"app"`
	// Paths are quotas of single endpoints.
	Paths map[string]Quota `json:"paths"`
	// AdvertiserQPS is how often one account's path may be called a second.
	AdvertiserQPS int `json:"advertiser_qps"`
}

// BasicLimits are the published quotas of the basic tier.
func BasicLimits() Limits {
	return Limits{App: Quota{10, 600, 864_000}, Paths: map[string]Quota{
		"/ad/create/": {5, 150, 86_400}, "/report/task/create/": {2, 60, 4500}, "/gmv_max/report/get/": {8, 240, 20_000},
	}}
}

type bucket struct {
	second, minute, day int64
	n                   Quota
}

type limiter struct {
	mu      sync.Mutex
	limits  Limits
	buckets map[string]*bucket
}

func newLimiter(l Limits) *limiter { return &limiter{limits: l, buckets: map[string]*bucket{}} }

// take counts a call; it tells whether the call fits.
func (l *limiter) take(key string, q Quota, now time.Time) bool {
	b := l.buckets[key]
	if b == nil {
		b = &bucket{}
		l.buckets[key] = b
	}
	second := now.Unix()
	if b.second != second {
		b.second, b.n.QPS = second, 0
	}
	if b.minute != second/60 {
		b.minute, b.n.QPM = second/60, 0
	}
	if b.day != second/86_400 { // days of UTC
		b.day, b.n.QPD = second/86_400, 0
	}
	b.n.QPS++
	b.n.QPM++
	b.n.QPD++
	return (q.QPS == 0 || b.n.QPS <= q.QPS) && (q.QPM == 0 || b.n.QPM <= q.QPM) && (q.QPD == 0 || b.n.QPD <= q.QPD)
}

// app counts a call against the app and its endpoint. There is no header that
// tells what is left, and no Retry-After.
func (l *limiter) app(c *call) *apiError {
	if c.token.ClientID == "" {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.take("app "+c.token.ClientID, l.limits.App, c.now) {
		return refuse(codeAppRate, "App reaches the QPS limit.")
	}
	if q, ok := l.limits.Paths[c.path]; ok && !l.take(c.path+" "+c.token.ClientID, q, c.now) {
		return refuse(codeAppRate, "Due to too many requests, requests from App %s are temporarily restricted.", c.token.ClientID)
	}
	return nil
}

// advertiser counts a call against the account on this path.
func (l *limiter) advertiser(c *call) *apiError {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := l.limits.AdvertiserQPS; n > 0 && !l.take("advertiser "+c.account.id+c.path, Quota{QPS: n}, c.now) {
		return refuse(codeAccountRate, "Advertiser (%s)'s QPS (%d) reaches QPS limit %d for current path, request is temporarily restricted.", c.account.id, n+1, n)
	}
	return nil
}

// setLimits is /_sim/limits: new quotas; counts start again.
func (s *Sim) setLimits(w http.ResponseWriter, r *http.Request) {
	var in Limits
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.limits.mu.Lock()
	defer s.limits.mu.Unlock()
	s.limits.limits, s.limits.buckets = in, map[string]*bucket{}
	w.WriteHeader(http.StatusNoContent)
}
