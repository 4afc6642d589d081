package sim

import (
	"maps"
	"math"
	"slices"
	"time"
)

// report spends the app's and the account's insights budget. The caller holds
// u.mu.
func (u *usage) report(now time.Time, x *accountUsage, weight float64) *graphError {
	u.reports.now(now, u.l.InsightsWeight, u.l.DecaySeconds)
	x.reports.now(now, u.l.InsightsWeight, u.l.DecaySeconds)
	u.reports.points += weight
	x.reports.points += weight
	if u.l.InsightsWeight > 0 && u.reports.points > float64(u.l.InsightsWeight) {
		return throttled(4, 1504022, "(#4) Application request limit reached", "Loading Insights Failed")
	}
	return nil
}

// insightsWeight adds the weight of a heavy report to what its call has spent.
func (u *usage) insightsWeight(c *call, a *account, weight float64) *graphError {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.report(c.now, u.of(a.digits), weight)
}

// budgetChange holds edits of one node's budget to four an hour; more block it
// for an hour.
func (u *usage) budgetChange(c *call, e *entity) *graphError {
	u.mu.Lock()
	defer u.mu.Unlock()
	x := u.of(e.account.digits)
	list := slices.DeleteFunc(x.budgets[e.id], func(t time.Time) bool { return c.now.Sub(t) >= time.Hour })
	if u.l.BudgetChanges > 0 && len(list) >= u.l.BudgetChanges {
		x.budgets[e.id] = append(list, c.now) // trying while blocked goes on blocking
		return &graphError{Code: 613, Subcode: 1487632, Message: "(#613) Calls to this api have exceeded the rate limit.",
			UserTitle: "Ad Set Budget Changed Too Often", UserMsg: "You can change your ad set's budget 4 times per hour."}
	}
	x.budgets[e.id] = append(list, c.now)
	return nil
}

// capChange holds changes of the account's spend cap to ten a day.
func (u *usage) capChange(c *call, a *account) *graphError {
	u.mu.Lock()
	defer u.mu.Unlock()
	x := u.of(a.digits)
	x.caps = slices.DeleteFunc(x.caps, func(t time.Time) bool { return c.now.Sub(t) >= 24*time.Hour })
	if len(x.caps) >= 10 {
		return &graphError{Code: 17, Subcode: 1885172, Message: "User request limit reached", UserTitle: "Spend Limit Changed Too Often",
			UserMsg: "The account spending limit can be changed 10 times a day."}
	}
	x.caps = append(x.caps, c.now)
	return nil
}

// percent of a limit; an absent limit is never used up.
func percent(used float64, limit int) int {
	if limit <= 0 {
		return 0
	}
	return int(math.Ceil(used * 100 / float64(limit)))
}

// usageHeaders writes what the call's limits stand at, on every answer.
func (s *Sim) usageHeaders(c *call) {
	u := s.usage
	u.mu.Lock()
	defer u.mu.Unlock()
	share := percent(float64(u.app.count(c.now)), u.l.App)
	c.header.Set("X-App-Usage", string(encode(obj{"call_count": share, "total_time": share, "total_cputime": share})))
	if c.charged == nil {
		return
	}
	a, x := c.charged, u.of(c.charged.digits)
	points := x.score.now(c.now, u.l.Score, u.l.DecaySeconds)
	reset := 0
	if u.l.Score > 0 {
		reset = int(math.Ceil(points * float64(u.l.DecaySeconds) / float64(u.l.Score)))
	}
	if c.now.Before(x.blocked) {
		reset = max(reset, int(x.blocked.Sub(c.now)/time.Second))
	}
	c.header.Set("X-Ad-Account-Usage", string(encode(obj{
		"acc_id_util_pct": hundredths(points, u.l.Score), "reset_time_duration": reset, "ads_api_access_tier": u.l.Tier,
	})))
	cases := []any{u.caseUsage(c.useCase, x, a, c.now)}
	for _, other := range slices.Sorted(maps.Keys(x.cases)) {
		if other != c.useCase {
			cases = append(cases, u.caseUsage(other, x, a, c.now))
		}
	}
	c.header.Set("X-Business-Use-Case-Usage", string(encode(obj{a.digits: cases})))
	c.header.Set("X-Fb-Ads-Insights-Throttle", string(encode(obj{
		"app_id_util_pct":     hundredths(u.reports.now(c.now, u.l.InsightsWeight, u.l.DecaySeconds), u.l.InsightsWeight),
		"acc_id_util_pct":     hundredths(x.reports.now(c.now, u.l.InsightsWeight, u.l.DecaySeconds), u.l.InsightsWeight),
		"ads_api_access_tier": u.l.Tier,
	})))
}

// caseUsage is one entry of the business use case header. Minutes to wait are
// only told once the limit is passed. The caller holds u.mu.
func (u *usage) caseUsage(name string, x *accountUsage, a *account, now time.Time) obj {
	h, limit := x.useCase(name), u.caseLimit(name, a)
	count, wait := percent(float64(h.count(now)), limit), 0
	if count > 100 {
		wait = max(1, h.regain(now, limit))
	}
	return obj{
		"type": name, "call_count": count, "total_cputime": count / 2, "total_time": count / 2,
		"estimated_time_to_regain_access": wait, "ads_api_access_tier": u.l.Tier,
	}
}

// hundredths is a percentage with two decimals.
func hundredths(used float64, limit int) float64 {
	if limit <= 0 {
		return 0
	}
	return math.Round(used*10_000/float64(limit)) / 100
}
