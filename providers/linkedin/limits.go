package linkedin

import (
	"errors"
	"sync"
	"time"

	"github.com/admux/admux/providers"
)

// LinkedIn counts calls per endpoint, per app and per member of the app, until midnight UTC, publishes no numbers and
// sends no quota headers. A 429 may be a burst, which passes in seconds, or the day's quota. Which of the two shows
// only in time: when calls are refused for a quarter of an hour, it is the day's.
// https://learn.microsoft.com/linkedin/shared/api-guide/concepts/rate-limits

// burst is how long refusals are taken for a burst.
const burst = 15 * time.Minute

// throttle remembers since when an endpoint has done nothing but refuse.
type throttle struct {
	mu    sync.Mutex
	since map[string]time.Time
}

// bucket is what LinkedIn counts for: an endpoint, and the app and member behind a connection.
func bucket(resource, conn string) string { return platformID + ":" + resource + ":" + conn }

// buckets are the endpoints that are read, as Session.Buckets. What LinkedIn counts is told nowhere: it shows when calls
// are refused.
func (c *client) buckets([]string) []providers.Bucket {
	var out []providers.Bucket
	for _, e := range []string{
		"adAccounts", "adAccounts/adCampaignGroups", "adAccounts/adCampaigns", "adAccounts/creatives", "adAnalytics",
		"adTargetingEntities", "adTargetingFacets", "campaignConversions", "conversions", "images", "videos", "documents", "leadForms", "organizations", "posts", "uploads",
	} {
		out = append(out, providers.Bucket{Name: bucket(e, c.conn.ID), Title: e, Scope: "connection", Unit: "calls"})
	}
	return out
}

// answered clears a bucket after a success, and after a refusal sees whether it has become the day's quota.
func (t *throttle) answered(bucket string, err error, limits providers.Limiter, now time.Time) {
	e, ok := errors.AsType[*providers.Error](err)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		delete(t.since, bucket)
		return
	}
	if !ok || e.Kind != providers.RateLimited || e.Status == 0 || e.Code == codeDataLimit {
		return
	}
	first, refusing := t.since[bucket]
	midnight := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	if !refusing || midnight.Sub(first) > 24*time.Hour { // a refusal of an earlier day says nothing of this one
		if t.since == nil {
			t.since = map[string]time.Time{}
		}
		t.since[bucket] = now
		return
	}
	if now.Sub(first) < burst {
		return
	}
	e.Code, e.RetryAfter = codeDailyQuota, midnight.Sub(now)
	if limits != nil {
		limits.Observe(bucket, providers.LimitState{Reset: midnight, Block: e.RetryAfter})
	}
}
