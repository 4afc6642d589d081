package meta

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/admux/admux/providers"
)

// refusedBy blocks what a throttle is wider than: the whole app, or both lanes of an account.
func (l *lanes) refusedBy(bucket string, e *providers.Error, wait time.Duration) {
	code, sub, _ := strings.Cut(e.Code, "/")
	k, s := l.lane(bucket), providers.LimitState{Block: wait}
	switch {
	case code == "4" && k.insights:
		l.Observe(l.ofApp(kindInsights), s)
	case code == "4", code == "341":
		l.Observe(l.ofApp(kindApp), s)
	case k.account == "":
	case code == "17", code == "613" && sub != "5044001":
		l.Observe(l.ofAccount(kindManagement, k.account), s)
		l.Observe(l.ofAccount(kindInsights, k.account), s)
	}
}

// Waits after a throttle that says none. Calls of the score's small tier are blocked for 300 seconds, of the large one
// for 60. How long Meta stops what it takes for abuse is not published.
const (
	scoreWaitSmall = 300 * time.Second
	scoreWaitLarge = 60 * time.Second
	mutationWait   = 5 * time.Second // 100 a second are taken
	abuseWait      = 15 * time.Minute
	unknownWait    = time.Minute
	fullTier       = "standard_access"
)

// throttleWait is how long a throttled lane is left alone: what the headers estimate, and never less than the limit's own
// block.
func throttleWait(code, sub int64, h http.Header) time.Duration {
	q := quotasOf(h)
	told, tier := time.Duration(0), ""
	only := map[int64]string{80000: kindInsights, 80004: kindManagement}[code] // another use case's wait is not this one's
	for _, uses := range q.business {
		for i := range uses {
			if only == "" || uses[i].Type == only {
				told, tier = max(told, uses[i].regain()), cmp.Or(tier, uses[i].Tier)
			}
		}
	}
	for _, u := range []*usage{q.app, q.insights} {
		if u != nil {
			told, tier = max(told, u.regain()), cmp.Or(tier, u.Tier)
		}
	}
	if u := q.score; u != nil {
		told, tier = max(told, span(u.ResetSeconds, time.Second)), cmp.Or(u.Tier, tier)
	}
	least := unknownWait
	switch {
	case sub == 5044001:
		return mutationWait
	case code == 613 && sub == 0:
		least = abuseWait
	case code == 17 && sub == 2446079, code == 613 && sub == 1487742:
		least = scoreWaitSmall
		if tier == fullTier {
			least = scoreWaitLarge
		}
	}
	return max(told, least)
}
