package conformance

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// byDay is the finest question: the lowest level of the ledger, a row a day.
func (e *env) byDay(days int) providers.ReportQuery {
	r := e.session.Reports
	l := r.Levels[0]
	for _, x := range r.Levels {
		if x == normalize.LevelAd || x == normalize.LevelGroup && l != normalize.LevelAd {
			l = x
		}
	}
	q := e.question(l, dimsIf(r, normalize.DimensionDate), days)
	q.Metrics = nil
	for _, m := range r.Metrics {
		for _, k := range ledgerMetrics {
			if m.KPI == k && claims(m, l, q.Dimensions) {
				q.Metrics = append(q.Metrics, k)
			}
		}
	}
	return q
}

// truncation: whatever ends an answer early, the rows are all there or there is an error.
func (s *suite) truncation(t *testing.T) {
	for _, at := range []int64{0, 1, 60, 700, 5000} {
		t.Run(fmt.Sprintf("N2_report cut after %d bytes", at), func(t *testing.T) {
			t.Parallel()
			if s.session.Reports.Plan == nil {
				t.Log("not declared, not run: reports")
				return
			}
			e := newEnv(t, s.h, dense)
			q := e.byDay(60)
			s.cut(e, at, s.reportPath(), func() (string, error) {
				got, metas, err := e.table(q)
				if err == nil {
					e.compare(q, got, metas)
				}
				return fmt.Sprint(len(got), " cells"), err
			})
		})
		t.Run(fmt.Sprintf("N2_list cut after %d bytes", at), func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, s.h, lots)
			c, ok := s.longest(e)
			if !ok {
				t.Log("not declared, not run: lists inside an account")
				return
			}
			q := e.query(c, e.orgs()[0].ID)
			q.Size = min(q.Size, 20)
			s.cut(e, at, s.h.APIPath, func() (string, error) {
				items, err := e.walk(t.Context(), c, q)
				return fmt.Sprint(ids(items)), err
			})
		})
	}
}

func (s *suite) reportPath() string {
	if s.h.ReportPath != "" {
		return s.h.ReportPath
	}
	return s.h.APIPath
}

// longest is the collection inside an account that is worth paging: ads, else groups, else campaigns.
func (s *suite) longest(e *env) (collection, bool) {
	for _, o := range []providers.Object{providers.ObjectAd, providers.ObjectGroup, providers.ObjectCampaign} {
		if c := of(e.session, o); c.list != nil {
			return c, true
		}
	}
	return collection{}, false
}

// cut spoils one answer in the middle of a read, then every one.
func (s *suite) cut(e *env, at int64, path string, read func() (string, error)) {
	whole, err := read()
	e.fatal("undisturbed", err)
	e.sim.Fault(Fault{Path: path, CutAfterBytes: &at, After: 1})
	again, err := read()
	switch {
	case err != nil:
		e.t.Errorf("one answer cut after %d bytes is not got over: %v", at, e.refusal(err))
	case again != whole:
		e.t.Errorf("one answer cut after %d bytes: %.200s in place of %.200s", at, again, whole)
	}
	e.sim.ClearFaults()
	e.sim.Fault(Fault{Path: path, CutAfterBytes: &at, Times: -1})
	part, err := read()
	if err == nil {
		if part == whole {
			e.t.Logf("no answer is longer than %d bytes", at)
			return
		}
		e.t.Fatalf("every answer is cut after %d bytes, and the read ends well: a part passes for the whole", at)
	}
	if pe := e.refusal(err); pe.Kind != providers.Malformed && pe.Kind != providers.Unavailable && pe.Kind != providers.Timeout {
		e.t.Errorf("cut answers: kind %v: %v", pe.Kind, pe)
	}
}

// memoryGrowth is how much more of the heap may live at the end of a report than at its first rows.
const memoryGrowth = 32 << 20

// memory reads more than 100,000 rows: all of them, and without keeping them. The platform's caps on one answer are met
// on the way.
func (s *suite) memory(t *testing.T) {
	t.Run("N2_100000 rows in bounded memory", func(t *testing.T) {
		if testing.Short() {
			t.Skip("left out: -short")
		}
		e := newEnv(t, s.h, many)
		q := e.byDay(many.HistoryDays)
		var live []uint64
		var got sums
		rows := 0
		metas, err := e.run(t.Context(), q, func(_ providers.Part, r *normalize.Row) {
			if rows%20_000 == 10_000 {
				live = append(live, liveHeap())
			}
			rows++
			for i, v := range r.Values {
				for j, k := range ledgerMetrics {
					if k == q.Metrics[i] {
						got[j] = got[j].Add(v.D)
					}
				}
			}
		})
		e.fatal("report", err)
		var want sums
		facts := 0
		for _, o := range q.Orgs {
			for f, err := range e.sim.Ledger(o.ID, q.Range) {
				e.fatal("ledger", err)
				want.add(f.values())
				facts++
			}
		}
		for _, m := range metas {
			if len(m.Left) > 0 {
				t.Errorf("something is left out: %q", m.Left)
			}
		}
		if rows < facts || facts < 100_000 {
			t.Errorf("%d rows, the ledger has %d facts", rows, facts)
		}
		for j, k := range ledgerMetrics {
			if at := indexOf(q.Metrics, k); at >= 0 && got[j].Cmp(want[j]) != 0 {
				t.Errorf("%s: %s, the ledger has %s", k, got[j], want[j])
			}
		}
		if len(live) < 2 {
			return
		}
		growth := int64(live[len(live)-1]) - int64(live[0])
		t.Logf("%d rows; live heap %d KiB at row 10,000, %d KiB at the end", rows, live[0]>>10, live[len(live)-1]>>10)
		if growth > memoryGrowth {
			t.Errorf("the heap grew by %d KiB", growth>>10)
		}
	})
}

func indexOf(list []normalize.Metric, m normalize.Metric) int {
	for i, x := range list {
		if x == m {
			return i
		}
	}
	return -1
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
