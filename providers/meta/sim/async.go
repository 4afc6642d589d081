package sim

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// asyncRun is one asynchronous report: an AdReportRun.
type asyncRun struct {
	id      string
	account *account
	user    string
	query   *insightQuery
	params  params
	started time.Time
	fate    string
	polls   int
	hidden  int // reads that still find nothing
	done    time.Time
}

// The fates of a run that InsightsOptions can order.
const (
	fateCompleted = "completed"
	fateFailed    = "failed"
	fateTooLarge  = "too_large"
	fateSkipped   = "skipped"
	fateStuck     = "stuck"
	fateRunning   = "running"
)

var asyncFates = [...]string{fateCompleted, fateFailed, fateTooLarge, fateSkipped, fateStuck, fateRunning}

const (
	firstRun = 1400000000000001
	// runLife is how long a run's id is good for.
	runLife = 30 * 24 * time.Hour
	// reachPerDay is how many reports with reach by breakdowns beyond 13 months an
	// account may run a day.
	reachPerDay = 10
)

// accountOf is the account that a run reports on.
func (r *asyncRun) accountOf() *account { return r.account }

// startRun answers POST /{node}/insights. What is wrong with the parameters is
// refused at once; what is too large fails later.
func (s *Sim) startRun(c *call, e *entity, fs []field) (any, *graphError) {
	q, err := s.parseInsights(c, e, c.params, fs)
	if err != nil {
		return nil, err
	}
	k := s.insights
	o := k.options()
	tooLarge := beyond(s.newRunner(q).weight(o.AsyncRows), o.AsyncRows)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget(c.now)
	r := &asyncRun{
		id: strconv.FormatInt(k.nextRun, 10), account: e.account, query: q, started: c.now,
		params: c.params.without("limit", "after", "before", "access_token", "appsecret_proof", "method"),
		fate:   fateCompleted, hidden: k.opts.HiddenPolls, user: c.token.userID,
	}
	k.nextRun += 1 + int64(simkit.Hash(s.opts.Seed, uint64(k.nextRun))%97)
	if len(k.opts.Fates) > 0 {
		r.fate, k.opts.Fates = k.opts.Fates[0], k.opts.Fates[1:]
	}
	if tooLarge {
		r.fate = fateTooLarge
	}
	if q.noReach {
		k.grantReach(c, r)
	}
	k.runs[r.id] = r
	k.order = append(k.order, r)
	if k.opts.NumericRunIDs {
		n, _ := strconv.ParseInt(r.id, 10, 64)
		return obj{"report_run_id": n}, nil
	}
	return obj{"report_run_id": r.id}, nil
}

// grantReach lets a run have reach that a GET would leave out, some times a day.
func (k *insightsDesk) grantReach(c *call, r *asyncRun) {
	key := r.account.id + r.query.today.String()
	k.reach[key]++
	r.query.noReach = k.reach[key] > reachPerDay
	used := min(100, 100*k.reach[key]/reachPerDay)
	c.header.Set("X-Fb-Ads-Insights-Reach-Throttle", string(encode(obj{r.account.digits: used})))
}

// forget drops runs that are past their life.
func (k *insightsDesk) forget(now time.Time) {
	for len(k.order) > 0 && now.Sub(k.order[0].started) >= runLife {
		delete(k.runs, k.order[0].id)
		k.order = k.order[1:]
	}
}

// runOf finds a run by its id; nil when it is none of ours, deleted or expired.
func (s *Sim) runOf(id string) *asyncRun {
	k := s.insights
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget(s.kit.Clock.Now())
	return k.runs[id]
}

// serveRun answers GET and DELETE /{run} and GET /{run}/insights.
func (s *Sim) serveRun(c *call, r *asyncRun, rest []string) (any, *graphError) {
	switch {
	case r.user != c.token.userID: // somebody else's run
		return nil, noObject(c.method, r.id)
	case len(rest) == 1 && rest[0] == "insights" && c.method == http.MethodGet:
		return s.fetchRun(c, r)
	case len(rest) > 0:
		return nil, noObject(c.method, r.id)
	case c.method == http.MethodGet:
		return s.readRun(c, r)
	case c.method == http.MethodDelete:
		s.insights.drop(r)
		return obj{"success": true}, nil
	}
	return nil, noObject(c.method, r.id)
}

func (k *insightsDesk) drop(r *asyncRun) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.runs, r.id)
	k.order = slices.DeleteFunc(k.order, func(x *asyncRun) bool { return x == r })
}

// runState is what a run's node says of its progress.
type runState struct {
	status  string
	percent int
	ended   time.Time // zero: not yet
}

// state tells how far a run is. With a read it counts the read, and is hidden
// as long as the run is not to be seen.
func (k *insightsDesk) state(r *asyncRun, now time.Time, read bool) (st runState, hidden bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if read && r.hidden > 0 {
		r.hidden--
		return st, true
	}
	total := k.opts.jobTime()
	age := now.Sub(r.started)
	if !k.opts.ClockOnly {
		age += total / 5 * time.Duration(r.polls)
	}
	if read {
		r.polls++
	}
	st = r.progress(age, total)
	if st.status == statusRunning || st.status == statusStarted || st.status == statusNotStarted {
		return st, false
	}
	if r.done.IsZero() {
		r.done = now
	}
	st.ended = r.done
	return st, false
}

// The states of a run.
const (
	statusNotStarted = "Job Not Started"
	statusStarted    = "Job Started"
	statusRunning    = "Job Running"
	statusCompleted  = "Job Completed"
	statusFailed     = "Job Failed"
	statusSkipped    = "Job Skipped"
)

// progress: a fifth of the time unstarted, a fifth started, the rest running,
// and at the end at 100 % though not done.
func (r *asyncRun) progress(age, total time.Duration) runState {
	part := math.Inf(1)
	if total > 0 {
		part = float64(age) / float64(total)
	}
	switch {
	case r.fate == fateStuck, part < 0.2:
		return runState{status: statusNotStarted}
	case part < 0.4:
		return runState{status: statusStarted}
	case part < 0.8:
		return runState{status: statusRunning, percent: int(part * 100)}
	case part < 1, r.fate == fateRunning:
		return runState{status: statusRunning, percent: 100}
	}
	switch r.fate {
	case fateFailed, fateTooLarge:
		return runState{status: statusFailed, percent: 100}
	case fateSkipped:
		return runState{status: statusSkipped}
	}
	return runState{status: statusCompleted, percent: 100}
}

// readRun answers the run's node.
func (s *Sim) readRun(c *call, r *asyncRun) (any, *graphError) {
	st, hidden := s.insights.state(r, c.now, true)
	if hidden {
		return nil, noObject(c.method, r.id)
	}
	all := r.node(st)
	fs, err := c.fields()
	if err != nil {
		return nil, err
	}
	if len(fs) == 0 {
		return all, nil
	}
	out := obj{"id": r.id}
	for _, f := range fs {
		if !oneOfWords(runFields, f.name) {
			return nil, invalidParam("Tried accessing nonexisting field (%s) on node type (AdReportRun)", f.name)
		}
		if v, ok := all[f.name]; ok {
			out[f.as()] = v
		}
	}
	return out, nil
}

const runFields = `account_id async_percent_completion async_report_url async_status date_start date_stop emails error_code
error_message error_subcode error_user_msg error_user_title friendly_name id is_async_export is_bookmarked is_running
schedule_id time_completed time_ref`

// node is the AdReportRun. is_running is left out when it is false.
func (r *asyncRun) node(st runState) obj {
	q := r.query
	o := obj{
		"id": r.id, "account_id": r.account.digits, "time_ref": r.started.Unix(),
		"async_status": st.status, "async_percent_completion": st.percent,
		"date_start": q.first().String(), "date_stop": q.last().String(),
	}
	if st.ended.IsZero() {
		o["is_running"] = true
	} else {
		o["time_completed"] = st.ended.Unix()
	}
	if st.status != statusFailed || strings.Compare(q.version, "v25.0") < 0 {
		return o
	}
	o["error_code"], o["error_subcode"] = -2, 2490547
	o["error_message"], o["error_user_title"] = "The report run failed.", "Report failed"
	o["error_user_msg"] = "The report could not be generated. Please try again later."
	if r.fate == fateTooLarge {
		o["error_code"], o["error_subcode"] = -3, 1504045
		o["error_message"], o["error_user_title"] = "The report is too large.", "Report too large"
		o["error_user_msg"] = "Please ask for a shorter time range or fewer breakdowns."
	}
	return o
}

// fetchRun answers a page of a run's rows, once it is completed: 100 % alone
// does not do.
func (s *Sim) fetchRun(c *call, r *asyncRun) (any, *graphError) {
	st, _ := s.insights.state(r, c.now, false)
	if st.status != statusCompleted {
		return nil, &graphError{Code: 2601, Subcode: 1815107, Transient: st.ended.IsZero(),
			Message:   "(#2601) Error accessing adreport job.",
			UserTitle: "Loading Async Report Failed", UserMsg: "Sorry, the report data you are trying to access is not available yet."}
	}
	for name := range c.params {
		if !oneOfWords("access_token appsecret_proof appsecret_time limit after before locale pretty debug method fields format suppress_http_code include_headers", name) {
			return nil, invalidParam("Unknown parameter %s", name)
		}
	}
	q := *r.query
	q.asOf, q.limit = st.ended, defaultInsightLimit
	q.after, q.before = unquote(c.params.get("after")), unquote(c.params.get("before"))
	if err := q.parseLimit(c.params); err != nil {
		return nil, err
	}
	q.id = simkit.Hash(q.id, simkit.HashString(r.id))
	body, err := s.newRunner(&q).answer(c, r.id+"/insights", c.params)
	if err != nil {
		return nil, err
	}
	return body, nil
}
