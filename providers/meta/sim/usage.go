package sim

import (
	"math"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Limits are the quotas; zero fields take the tier's own, negative ones are none.
type Limits struct {
	// Tier is standard_access (Meta's Full, the default) or development_access
	// (Limited).
	Tier string `json:"tier"`
	// Score caps an account's API-level score (a read is 1 point, a write 3); it
	// falls to nothing in DecaySeconds (300) and blocks for BlockSeconds.
	Score        int `json:"score"`
	DecaySeconds int `json:"decay_seconds"`
	BlockSeconds int `json:"block_seconds"`
	// Management, Insights and Audiences are business use case calls per account
	// and hour.
	Management int `json:"management"`
	Insights   int `json:"insights"`
	Audiences  int `json:"audiences"`
	// App is calls of the app per hour that belong to no ad account.
	App int `json:"app"`
	// InsightsWeight is what the app may spend on reports in five minutes; every
	// report call is 1 and heavy ones more.
	InsightsWeight int `json:"insights_weight"`
	// Mutations are writes per second of an app on an account.
	Mutations int `json:"mutations"`
	// BudgetChanges are edits of an ad set's budget per hour.
	BudgetChanges int `json:"budget_changes"`
}

func fallback(p *int, v int) {
	if *p == 0 {
		*p = v
	}
}

// filled gives every limit its number.
func (l Limits) filled() Limits {
	limited := l.Tier == "development_access"
	pick := func(dev, full int) int {
		if limited {
			return dev
		}
		return full
	}
	if l.Tier == "" {
		l.Tier = "standard_access"
	}
	fallback(&l.Score, pick(60, 9000))
	fallback(&l.DecaySeconds, 300)
	fallback(&l.BlockSeconds, pick(300, 60))
	fallback(&l.Management, pick(300, 100_000))
	fallback(&l.Insights, pick(600, 190_000))
	fallback(&l.Audiences, pick(5000, 190_000))
	fallback(&l.App, 200*1000)
	fallback(&l.InsightsWeight, 100_000)
	fallback(&l.Mutations, 100)
	fallback(&l.BudgetChanges, 4)
	return l
}

// usage counts what is spent.
type usage struct {
	mu       sync.Mutex
	asked    Limits // as given
	l        Limits // with every number filled in
	app      hourly
	reports  score // of the app
	accounts map[string]*accountUsage
}

type accountUsage struct {
	score     score
	reports   score
	blocked   time.Time
	cases     map[string]*hourly
	mutations []time.Time
	budgets   map[string][]time.Time // of ad sets and campaigns
	caps      []time.Time            // changes of the account's spend cap
}

// score rises by calls and falls evenly with time.
type score struct {
	points float64
	at     time.Time
}

func (x *score) now(t time.Time, limit, decay int) float64 {
	if d := t.Sub(x.at).Seconds(); d > 0 && decay > 0 {
		x.points = math.Max(0, x.points-d*float64(limit)/float64(decay))
	}
	x.at = t
	return x.points
}

// hourly counts calls of the last sixty minutes, a minute at a time.
type hourly struct {
	minutes [60]int
	last    int64
}

func (h *hourly) count(t time.Time) int {
	m := t.Unix() / 60
	for i := range min(m-h.last, 60) {
		h.minutes[(m-i)%60] = 0
	}
	h.last = max(m, h.last)
	n := 0
	for _, k := range h.minutes {
		n += k
	}
	return n
}

func (h *hourly) add(t time.Time) {
	h.count(t)
	h.minutes[h.last%60]++
}

// regain is how many minutes pass until the count falls below the limit.
func (h *hourly) regain(t time.Time, limit int) int {
	n := h.count(t)
	for i := 1; i <= 60; i++ {
		if n < limit {
			return i - 1
		}
		n -= h.minutes[(h.last+int64(i))%60]
	}
	return 60
}

func newUsage(l Limits) *usage {
	return &usage{asked: l, l: l.filled(), accounts: map[string]*accountUsage{}}
}

func (u *usage) set(l Limits) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked, u.l, u.accounts, u.app, u.reports = l, l.filled(), map[string]*accountUsage{}, hourly{}, score{}
}

func (s *Sim) setLimits(w http.ResponseWriter, r *http.Request) {
	var l Limits
	if decodeControl(w, r, &l) {
		s.usage.set(l)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (u *usage) of(digits string) *accountUsage {
	a := u.accounts[digits]
	if a == nil {
		a = &accountUsage{cases: map[string]*hourly{}, budgets: map[string][]time.Time{}}
		u.accounts[digits] = a
	}
	return a
}

func (a *accountUsage) useCase(name string) *hourly {
	h := a.cases[name]
	if h == nil {
		h = &hourly{}
		a.cases[name] = h
	}
	return h
}

// Use cases that business-use-case limits count by.
const (
	forManagement = "ads_management"
	forInsights   = "ads_insights"
	forAudiences  = "custom_audience"
)

// useCaseOf names what a path's calls count as.
func useCaseOf(c *call) string {
	last := c.path[len(c.path)-1]
	switch {
	case last == "insights", c.sim.runOf(c.path[0]) != nil:
		return forInsights
	case last == "customaudiences":
		return forAudiences
	}
	return forManagement
}

func throttled(code, subcode int, text, title string) *graphError {
	return &graphError{Code: code, Subcode: subcode, Message: text, UserTitle: title, UserMsg: "There have been too many calls. Wait a bit and try again."}
}

// charge counts a call against its account, or against the app when it has none.
func (s *Sim) charge(c *call, a *account) *graphError {
	u := s.usage
	u.mu.Lock()
	defer u.mu.Unlock()
	if a == nil {
		u.app.add(c.now)
		if over(u.app.count(c.now), u.l.App) {
			return throttled(4, 0, "(#4) Application request limit reached", "")
		}
		return nil
	}
	c.charged, c.useCase = a, useCaseOf(c)
	x := u.of(a.digits)
	if c.now.Before(x.blocked) { // calls while blocked extend the block
		x.blocked = c.now.Add(time.Duration(u.l.BlockSeconds) * time.Second)
		return throttled(17, 2446079, "User request limit reached", "Ad Account Has Too Many API Calls")
	}
	points := 1.0
	if c.method != http.MethodGet {
		points = 3
	}
	x.score.now(c.now, u.l.Score, u.l.DecaySeconds)
	x.score.points += points
	if u.l.Score > 0 && x.score.points > float64(u.l.Score) {
		x.blocked = c.now.Add(time.Duration(u.l.BlockSeconds) * time.Second)
		return throttled(17, 2446079, "User request limit reached", "Ad Account Has Too Many API Calls")
	}
	h := x.useCase(c.useCase)
	h.add(c.now)
	if c.useCase == forInsights {
		if err := u.report(c.now, x, 1); err != nil {
			return err
		}
	}
	if over(h.count(c.now), u.caseLimit(c.useCase, a)) {
		code := map[string]int{forManagement: 80004, forInsights: 80000, forAudiences: 80003}[c.useCase]
		return throttled(code, 2446079, "(#"+itoa(int64(code))+") There have been too many calls from this ad-account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.", "")
	}
	return u.mutation(c, x)
}

func over(n, limit int) bool { return limit > 0 && n > limit }

// mutation holds writes of an app on an account to so many a second.
func (u *usage) mutation(c *call, x *accountUsage) *graphError {
	if c.method == http.MethodGet || c.useCase == forInsights || u.l.Mutations < 0 {
		return nil
	}
	x.mutations = slices.DeleteFunc(x.mutations, func(t time.Time) bool { return c.now.Sub(t) >= time.Second })
	if len(x.mutations) >= u.l.Mutations {
		return throttled(613, 5044001, "(#613) Calls to this api have exceeded the rate limit.", "")
	}
	x.mutations = append(x.mutations, c.now)
	return nil
}

// caseLimit is an hour's calls: what Limits say, else the tier's number, which
// grows with the account's active ads or audiences.
func (u *usage) caseLimit(useCase string, a *account) int {
	switch useCase {
	case forInsights:
		if u.asked.Insights != 0 {
			return u.asked.Insights
		}
		return u.l.Insights + 400*a.activeAds()
	case forAudiences:
		if u.asked.Audiences != 0 {
			return u.asked.Audiences
		}
		return min(u.l.Audiences+40*len(a.seeded.audiences), 700_000)
	}
	if u.asked.Management != 0 {
		return u.asked.Management
	}
	return u.l.Management + 40*a.activeAds()
}

// activeAds counts what is switched on, for the limits.
func (a *account) activeAds() int { return int(a.active.Load()) }
