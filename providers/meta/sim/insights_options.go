package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"
)

// InsightsOptions are the switches of reports. The zero value behaves like the
// platform, with thresholds of this simulator's own: Meta publishes none.
// They are settable at run time by POST /_sim/insights with their JSON names.
type InsightsOptions struct {
	// SyncRows is how many rows a GET may have to compute, over all its pages,
	// before it times out (100/1504018, 2/1504038); 0 is 100,000. Negative: no
	// bound.
	SyncRows int `json:"sync_rows"`
	// AsyncRows is the same for a report run, which then fails with -3/1504045,
	// and the point where a GET is refused outright (100/1487534); 0 is
	// 5,000,000. Negative: no bound.
	AsyncRows int `json:"async_rows"`
	// PageCells is how many values (rows × fields) one page may carry before
	// "reduce the amount of data" (500, code 1); 0 is 200,000. Negative: no bound.
	PageCells int `json:"page_cells"`
	// JobSeconds is how long a report run takes; 0 is 5. Each read of the run
	// counts as a fifth of it, so that a job also ends on a clock that stands,
	// unless ClockOnly is set.
	JobSeconds int  `json:"job_seconds"`
	ClockOnly  bool `json:"clock_only"`
	// HiddenPolls is how many reads of a new run find no such object (100/33).
	HiddenPolls int `json:"hidden_polls"`
	// NumericRunIDs sends report_run_id as a number, as the documentation prints.
	NumericRunIDs bool `json:"numeric_run_ids"`
	// KeylessHours gives an object that could deliver and did not a row of zeros
	// without the hour, as has been seen with hourly breakdowns.
	KeylessHours bool `json:"keyless_hours"`
	// Fates are what becomes of the next runs, in order: "completed", "failed",
	// "too_large", "skipped", "stuck" (0 % for ever), "running" (100 % but
	// running for ever). Later runs complete.
	Fates []string `json:"fates"`
}

const (
	defaultSyncRows   = 100_000
	defaultAsyncRows  = 5_000_000
	defaultPageCells  = 200_000
	defaultJobSeconds = 5
)

func (o *InsightsOptions) defaults() {
	for _, d := range []struct {
		to   *int
		want int
	}{
		{&o.SyncRows, defaultSyncRows}, {&o.AsyncRows, defaultAsyncRows},
		{&o.PageCells, defaultPageCells}, {&o.JobSeconds, defaultJobSeconds},
	} {
		if *d.to == 0 {
			*d.to = d.want
		}
	}
}

// beyond tells whether n passes a bound.
func beyond(n, bound int) bool { return bound >= 0 && n > bound }

// insightsDesk holds what reports keep between calls: the switches, the runs,
// and what never changes about an ad's reporting.
type insightsDesk struct {
	mu      sync.Mutex
	opts    InsightsOptions
	runs    map[string]*asyncRun
	order   []*asyncRun // by age
	nextRun int64
	reach   map[string]int // expensive reach requests, by account and day

	ads    sync.Map // *simkit.Ad → *adFacts
	sorted sortedCache
	splits map[string][]breakdown
	fields map[string]insightField
	views  [viewSets][events][]eventView
	plain  []plainAction
}

func newInsightsDesk(o InsightsOptions) *insightsDesk {
	o.defaults()
	o.Fates = slices.Clone(o.Fates)
	return &insightsDesk{
		opts: o, runs: map[string]*asyncRun{}, nextRun: firstRun, reach: map[string]int{},
		splits: breakdownTable(), fields: insightFields(), views: eventViews(), plain: plainActions(),
	}
}

func (k *insightsDesk) options() InsightsOptions {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.opts
}

// controlInsights is /_sim/insights: GET tells the switches, POST changes those
// that the body names.
func (s *Sim) controlInsights(w http.ResponseWriter, r *http.Request) {
	now := s.insights.options()
	if r.Method == http.MethodPost {
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&now); err != nil {
			http.Error(w, "a JSON object of InsightsOptions: "+err.Error(), http.StatusBadRequest)
			return
		}
		for _, f := range now.Fates {
			if !slices.Contains(asyncFates[:], f) {
				http.Error(w, "no fate "+f, http.StatusBadRequest)
				return
			}
		}
		s.SetInsights(now)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(encode(s.insights.options())) // a client that left is no error of ours
}

// SetInsights replaces the switches of reports; what is zero takes its default.
func (s *Sim) SetInsights(o InsightsOptions) {
	o.defaults()
	o.Fates = slices.Clone(o.Fates)
	s.insights.mu.Lock()
	defer s.insights.mu.Unlock()
	s.insights.opts = o
}

func (o InsightsOptions) jobTime() time.Duration { return time.Duration(o.JobSeconds) * time.Second }
