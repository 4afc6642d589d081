package middleware

import (
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"github.com/admux/admux/gateway/problem"
)

// maxBuckets is how many callers are remembered before the idle ones are forgotten.
const maxBuckets = 10_000

// Limiter is the gateway's own limit: one token bucket per caller, in this process.
type Limiter struct {
	rate  rate.Limit
	burst int
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

// NewLimiter allows each caller perSecond requests on average, and burst at once.
func NewLimiter(perSecond float64, burst int, now func() time.Time) *Limiter {
	return &Limiter{rate: rate.Limit(perSecond), burst: max(burst, 1), now: now, buckets: map[string]*rate.Limiter{}}
}

// RateLimit refuses what a caller sends beyond its rate, and tells in headers how much is left. who names the caller.
func (l *Limiter) RateLimit(who func(*gin.Context) string) gin.HandlerFunc {
	policy := fmt.Sprintf("%d;w=%d", l.burst, l.seconds(float64(l.burst)))
	limit := strconv.Itoa(l.burst)
	return func(c *gin.Context) {
		now := l.now()
		b := l.bucket(who(c), now)
		ok := b.AllowN(now, 1)
		left := max(b.TokensAt(now), 0)
		h := c.Writer.Header()
		h.Set("RateLimit-Policy", policy)
		h.Set("RateLimit-Limit", limit)
		h.Set("RateLimit-Remaining", strconv.Itoa(int(left)))
		h.Set("RateLimit-Reset", strconv.Itoa(l.seconds(float64(l.burst)-left)))
		if !ok {
			wait := time.Duration(math.Ceil(max((1-left)/float64(l.rate), 1))) * time.Second
			problem.Write(c, problem.RateLimited(fmt.Sprintf(
				"The gateway allows this API key %s requests a second, and %d at once.", strconv.FormatFloat(float64(l.rate), 'f', -1, 64), l.burst), wait))
			return
		}
		c.Next()
	}
}

// seconds is how long n tokens take to come back.
func (l *Limiter) seconds(n float64) int { return int(math.Ceil(max(n, 0) / float64(l.rate))) }

func (l *Limiter) bucket(who string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.buckets[who]; b != nil {
		return b
	}
	if len(l.buckets) >= maxBuckets {
		for k, b := range l.buckets { // a full bucket is the same as a new one
			if b.TokensAt(now) >= float64(l.burst) {
				delete(l.buckets, k)
			}
		}
	}
	b := rate.NewLimiter(l.rate, l.burst)
	l.buckets[who] = b
	return b
}
