package meta

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/admux/admux/providers"
)

// Meta counts calls in several limits at once and tells on every answer how much of each is used, in percent. A limit
// that is reached answers HTTP 400, without Retry-After, and every further call makes the block last longer: so calls
// are spread from 80 percent on, and held from 95.
// https://developers.facebook.com/docs/marketing-api/overview/rate-limiting

const (
	slowFrom = 80.0 // percent
	holdFrom = 95.0
	// widestGap is between two calls just before they are held. 60 points of the small tier come back in 300 seconds.
	widestGap = 5 * time.Second
	// leastHold is how long calls are held at least, and for how long a percentage is believed without a newer one.
	leastHold = time.Minute

	readCost  = 1 // points of the account's score
	writeCost = 3
)

// Kinds of lanes, in Meta's words.
const (
	kindManagement = "ads_management"
	kindInsights   = "ads_insights"
	kindApp        = "app"
)

// lane is what Meta counts a call for. The account's two use cases are counted apart.
type lane struct {
	account  string // digits; empty where it is not known
	insights bool
}

func (l lane) kind() string {
	if l.insights {
		return kindInsights
	}
	return kindManagement
}

// lanes names the buckets of one connection, and is its limiter: a call waits for the app's lane and then for its
// account's. Two accounts never wait for one another but through the app's.
type lanes struct {
	providers.Limiter        // of the process; may be nil
	app               string // whose calls Meta counts together: the app; the connection where the app is not known
	now               func() time.Time
}

// newLanes paces nothing where neither the app nor the connection is known: strangers would share its lanes.
func newLanes(conn providers.Conn, deps providers.Deps) *lanes {
	l := &lanes{Limiter: deps.Limits, app: conn.App.ClientID, now: deps.Now}
	switch {
	case l.app == "" && conn.ID == "":
		l.Limiter = nil
	case l.app == "":
		l.app = "connection-" + conn.ID
	}
	return l
}

func (l *lanes) ofAccount(kind, account string) string {
	return platformID + ":account:" + kind + ":" + l.app + "/" + account
}

func (l *lanes) ofApp(kind string) string { return platformID + ":app:" + kind + ":" + l.app }

// bucket is the lane of a call as the limiter knows it. A call of no known account counts for the app alone.
func (l *lanes) bucket(k lane) string {
	switch {
	case k.account != "":
		return l.ofAccount(k.kind(), k.account)
	case k.insights:
		return l.ofApp(kindInsights)
	}
	return l.ofApp(kindApp)
}

// lane is the way back from a bucket.
func (l *lanes) lane(bucket string) lane {
	rest, ok := strings.CutPrefix(bucket, platformID+":account:")
	if !ok {
		return lane{insights: bucket == l.ofApp(kindInsights)}
	}
	kind, id, _ := strings.Cut(rest, ":")
	return lane{account: id[strings.LastIndex(id, "/")+1:], insights: kind == kindInsights}
}

// buckets is Session.Buckets.
func (l *lanes) buckets(orgs []string) []providers.Bucket {
	out := []providers.Bucket{
		{Name: l.ofApp(kindApp), Title: kindApp, Scope: "app", Unit: "percent"},
		{Name: l.ofApp(kindInsights), Title: kindInsights, Scope: "app", Unit: "percent"},
	}
	for _, org := range orgs {
		id, ok := accountID(org)
		if !ok {
			continue
		}
		for _, kind := range []string{kindManagement, kindInsights} {
			out = append(out, providers.Bucket{Name: l.ofAccount(kind, id), Title: kind, Scope: "account", Org: org, Unit: "percent"})
		}
	}
	return out
}

// Wait implements providers.Limiter: the widest lane first.
func (l *lanes) Wait(ctx context.Context, bucket string, cost int) error {
	if l.Limiter == nil {
		return nil
	}
	wide := []string{l.ofApp(kindApp)}
	if l.lane(bucket).insights {
		wide = append(wide, l.ofApp(kindInsights))
	}
	for _, b := range wide {
		if b == bucket {
			continue
		}
		if err := l.Limiter.Wait(ctx, b, 1); err != nil {
			return err
		}
	}
	return l.Limiter.Wait(ctx, bucket, cost)
}

// Observe implements providers.Limiter.
func (l *lanes) Observe(bucket string, s providers.LimitState) {
	if l.Limiter != nil && bucket != "" {
		l.Limiter.Observe(bucket, s)
	}
}

// reading is what an answer says of one lane: the highest of the percentages that concern it.
type reading struct {
	percent float64
	regain  time.Duration // until calls are taken again, as Meta estimates
}

func (r *reading) add(percent float64, regain time.Duration) {
	r.percent, r.regain = max(r.percent, percent), max(r.regain, regain)
}

// state is what follows from a reading.
func (r reading) state(now time.Time) providers.LimitState {
	s := providers.LimitState{Limit: 100, Remaining: int(max(0, 100-math.Ceil(r.percent))), Percent: true, Reset: now}
	switch {
	case r.percent >= holdFrom || r.regain > 0:
		s.Block = max(r.regain, leastHold)
		s.Reset = now.Add(s.Block)
	case r.percent >= slowFrom:
		s.Gap = time.Duration(float64(widestGap) * (r.percent - slowFrom) / (holdFrom - slowFrom))
		s.Reset = now.Add(leastHold)
	}
	return s
}

// usage is the union of the elements of the four headers. Percentages may pass 100.
type usage struct {
	Type         string  `json:"type"`
	CallCount    float64 `json:"call_count"`
	CPUTime      float64 `json:"total_cputime"`
	TotalTime    float64 `json:"total_time"`
	RegainMin    float64 `json:"estimated_time_to_regain_access"`
	AccountUtil  float64 `json:"acc_id_util_pct"`
	AppUtil      float64 `json:"app_id_util_pct"`
	ResetSeconds float64 `json:"reset_time_duration"`
	Tier         string  `json:"ads_api_access_tier"`
}

func (u *usage) percent() float64 { return max(u.CallCount, u.CPUTime, u.TotalTime) }

func (u *usage) regain() time.Duration { return span(u.RegainMin, time.Minute) }

// span bounds what a header may make us wait: a day.
func span(n float64, unit time.Duration) time.Duration {
	if !(n > 0) {
		return 0
	}
	return time.Duration(min(n*float64(unit), float64(24*time.Hour)))
}

// quotas is what the four headers of an answer say. A header that is missing or cannot be read says nothing.
type quotas struct {
	app, score, insights *usage
	business             map[string][]usage // by the id of a business or an account
}

func quotasOf(h http.Header) quotas {
	var q quotas
	read := func(name string, into any) {
		if v := h.Get(name); v != "" {
			_ = json.Unmarshal([]byte(v), into) // a part that is understood is better than none
		}
	}
	read("X-App-Usage", &q.app)
	read("X-Ad-Account-Usage", &q.score)
	read("X-Fb-Ads-Insights-Throttle", &q.insights)
	read("X-Business-Use-Case-Usage", &q.business)
	return q
}

// readings are what an answer to a call in lane k says, by bucket.
func (l *lanes) readings(k lane, q quotas) map[string]*reading {
	out := map[string]*reading{}
	add := func(bucket string, percent float64, regain time.Duration) {
		if out[bucket] == nil {
			out[bucket] = &reading{}
		}
		out[bucket].add(percent, regain)
	}
	if u := q.app; u != nil {
		add(l.ofApp(kindApp), u.percent(), u.regain())
	}
	if u := q.insights; u != nil {
		add(l.ofApp(kindInsights), u.AppUtil, 0)
		if k.account != "" {
			add(l.ofAccount(kindInsights, k.account), u.AccountUtil, 0)
		}
	}
	if u := q.score; u != nil && k.account != "" { // the score is of the account, whatever it is called for
		regain := time.Duration(0)
		if u.AccountUtil >= holdFrom {
			regain = span(u.ResetSeconds, time.Second)
		}
		add(l.ofAccount(kindManagement, k.account), u.AccountUtil, regain)
		add(l.ofAccount(kindInsights, k.account), u.AccountUtil, regain)
	}
	for id, uses := range q.business {
		account := strings.TrimPrefix(id, "act_")
		// The key is the account, or the business behind it. One that stands alone beside another account is that business.
		if k.account != "" && account != k.account && len(q.business) == 1 {
			account = k.account
		}
		for i := range uses {
			if t := uses[i].Type; t == kindManagement || t == kindInsights {
				add(l.ofAccount(t, account), uses[i].percent(), uses[i].regain())
			}
		}
	}
	return out
}

// heed records the headers of an answer to a call in a bucket.
func (l *lanes) heed(bucket string, h http.Header) {
	if l.Limiter == nil {
		return
	}
	now := l.now()
	for name, r := range l.readings(l.lane(bucket), quotasOf(h)) {
		l.Observe(name, r.state(now))
	}
}
