package conformance

import (
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// reports asks every claimed level × dimension × metric, and compares with the ledger to the last digit.
func (s *suite) reports(t *testing.T) {
	r := s.session.Reports
	if r.Plan == nil {
		t.Log("not declared, not run: reports")
		return
	}
	for _, l := range r.Levels {
		for _, dims := range combinations(r.Dimensions) {
			t.Run(string(l)+" by "+dimsText(dims), func(t *testing.T) {
				t.Parallel()
				s.combination(t, l, dims)
			})
		}
	}
	t.Run("each metric alone", func(t *testing.T) { t.Parallel(); s.metricsAlone(t) })
	t.Run("each day alone", func(t *testing.T) { t.Parallel(); s.days(t) })
	t.Run("nothing in the range", func(t *testing.T) { t.Parallel(); s.emptyRange(t) })
	t.Run("filters", func(t *testing.T) { t.Parallel(); s.reportFilters(t) })
	t.Run("break frees the connection", func(t *testing.T) { t.Parallel(); s.breaks(t) })
}

// combinations: none, each dimension, and each with DATE.
func combinations(dims []normalize.Dimension) [][]normalize.Dimension {
	out := [][]normalize.Dimension{nil}
	dated := slices.Contains(dims, normalize.DimensionDate)
	for _, d := range dims {
		out = append(out, []normalize.Dimension{d})
		if dated && timeOf([]normalize.Dimension{d}) == "" {
			out = append(out, []normalize.Dimension{normalize.DimensionDate, d})
		}
	}
	return out
}

// question asks for every declared KPI.
func (e *env) question(l normalize.Level, dims []normalize.Dimension, days int) providers.ReportQuery {
	orgs := e.orgs()
	return providers.ReportQuery{
		Orgs: orgs, Level: l, Dimensions: dims, Metrics: e.session.Reports.KPIs(), Range: e.history(orgs[0], days), Now: e.sim.Now(),
	}
}

func (s *suite) combination(t *testing.T, l normalize.Level, dims []normalize.Dimension) {
	e := newEnv(t, s.h, dense)
	q := e.question(l, dims, 40)
	any := slices.ContainsFunc(s.session.Reports.Metrics, func(m providers.Metric) bool { return claims(m, l, dims) })
	got, metas, err := e.table(q)
	if err != nil {
		pe := e.refusal(err)
		switch {
		case !any && (pe.Kind == providers.Rejected || pe.Kind == providers.Unsupported):
			t.Logf("no metric is declared for it, and it is refused: %v", pe)
		case len(dims) > 1 && pe.Kind == providers.Rejected:
			t.Logf("the combination is refused: %v", pe)
		case len(dims) == 1 && pe.Kind == providers.Rejected && strings.Contains(pe.Message, strings.TrimSuffix(s.session.Reports.Combinations, ".")):
			t.Logf("the dimension is refused at this level, and what is taken is said: %v", pe)
		default:
			t.Fatalf("a declared level and dimension is refused: %v", err)
		}
		return
	}
	if !any {
		t.Error("nothing is declared for it, and Plan does not refuse it")
	}
	e.compare(q, got, metas)
}

// table is a report summed by cell, with what each row must be checked on the way.
func (e *env) table(q providers.ReportQuery) (map[cell][]normalize.Value, []providers.Meta, error) {
	e.t.Helper()
	got := map[cell][]normalize.Value{}
	shape := newShape(e, q)
	metas, err := e.run(e.t.Context(), q, func(p providers.Part, r *normalize.Row) {
		shape.check(p, r)
		k := cell{p.Org.ID, "", ""}
		k.entity = r.Entity(entityKey(q.Level)).ID
		if q.Level == normalize.LevelOrganization {
			k.entity = p.Org.ID
		}
		if d := timeOf(q.Dimensions); d != "" {
			k.when = period(d, r.Date)
		}
		if got[k] == nil {
			got[k] = make([]normalize.Value, len(q.Metrics))
		}
		for i := range r.Values {
			got[k][i] = got[k][i].Add(r.Values[i])
		}
	})
	return got, metas, err
}

// compare holds a report against the ledger.
func (e *env) compare(q providers.ReportQuery, got map[cell][]normalize.Value, metas []providers.Meta) {
	e.t.Helper()
	left := false
	for _, m := range metas {
		left = left || len(m.Left) > 0
	}
	if left {
		e.t.Logf("the platform leaves something out: %q: the sums are held against the ledger roughly", metas[0].Left)
	}
	want := e.ledger(q)
	for i, k := range q.Metrics {
		at := slices.Index(e.session.Reports.KPIs(), k)
		claimed := at >= 0 && claims(e.session.Reports.Metrics[at], q.Level, q.Dimensions)
		for _, m := range metas {
			if claimed == slices.Contains(m.Unsupported, k) {
				e.t.Errorf("%s: declared here %v, named in Meta.Unsupported %v", k, claimed, !claimed)
				break
			}
		}
		if !claimed {
			for c, v := range got {
				if v[i].OK {
					e.t.Errorf("%s is not declared here and has the number %s in %+v: missing is not zero", k, v[i].D, c)
					break
				}
			}
			continue
		}
		if j := slices.Index(ledgerMetrics[:], k); j >= 0 {
			e.column(k, i, j, got, want, left)
		}
	}
}

// column compares one KPI of the ledger, cell by cell; at most a few differences are told.
func (e *env) column(k normalize.Metric, i, j int, got map[cell][]normalize.Value, want map[cell]sums, left bool) {
	e.t.Helper()
	approximate := normalize.Scaled(11, 1) // numbers that the platform approximates may go over by a tenth
	wrong := 0
	for c, w := range want {
		var v normalize.Value
		if row := got[c]; row != nil {
			v = row[i]
		}
		if v.D.Cmp(w[j]) == 0 || left && v.D.Cmp(w[j].Mul(approximate)) <= 0 {
			continue
		}
		if wrong++; wrong <= 3 {
			e.t.Errorf("%s of %+v: %s (present %v), the ledger has %s", k, c, v.D, v.OK, w[j])
		}
	}
	for c, row := range got {
		if _, known := want[c]; !known && row[i].OK && !row[i].D.IsZero() {
			if wrong++; wrong <= 3 {
				e.t.Errorf("%s of %+v: %s, the ledger knows nothing of it", k, c, row[i].D)
			}
		}
	}
	if wrong > 3 {
		e.t.Errorf("%s: %d cells differ in all", k, wrong)
	}
}

// metricsAlone asks for every KPI by itself: columns must not depend on their neighbours.
func (s *suite) metricsAlone(t *testing.T) {
	e := newEnv(t, s.h, dense)
	r := s.session.Reports
	for _, m := range r.Metrics {
		l := r.Levels[0]
		if m.Levels != nil {
			l = m.Levels[0]
		}
		q := e.question(l, nil, 7)
		q.Metrics = []normalize.Metric{m.KPI}
		got, metas, err := e.table(q)
		if err != nil {
			t.Errorf("%s at level %s: %v", m.KPI, l, err)
			continue
		}
		e.compare(q, got, metas)
	}
}

// days: every day asked for alone is the ledger's day: no hour of a neighbour, no zone mistaken.
func (s *suite) days(t *testing.T) {
	e := newEnv(t, s.h, dense)
	r := s.session.Reports
	l := r.Levels[len(r.Levels)-1]
	for _, o := range e.orgs() {
		whole := e.history(o, 4)
		for _, one := range whole.Cut(1) {
			q := e.question(l, nil, 1)
			q.Orgs, q.Range = []normalize.Organization{o}, one
			got, metas, err := e.table(q)
			e.fatal("day "+one.From.String(), err)
			e.compare(q, got, metas)
		}
	}
}

func (s *suite) emptyRange(t *testing.T) {
	e := newEnv(t, s.h, dense)
	q := e.question(s.session.Reports.Levels[0], nil, 1)
	before := e.today(q.Orgs[0]).Add(-dense.HistoryDays - 40)
	q.Range = normalize.DayRange{From: before.Add(-3), To: before}
	_, err := e.run(t.Context(), q, func(_ providers.Part, r *normalize.Row) {
		for i, v := range r.Values {
			if v.OK && !v.D.IsZero() {
				t.Errorf("%s is %s where nothing delivered", q.Metrics[i], v.D)
			}
		}
	})
	e.fatal("a range without delivery", err)
}

// reportFilters: the ids of one entity of each level leave exactly its numbers.
func (s *suite) reportFilters(t *testing.T) {
	e := newEnv(t, s.h, dense)
	r := s.session.Reports
	for _, l := range []normalize.Level{normalize.LevelCampaign, normalize.LevelGroup, normalize.LevelAd} {
		if !slices.Contains(r.Levels, l) {
			continue
		}
		q := e.question(l, nil, 10)
		q.Orgs = q.Orgs[:1]
		facts := e.facts(q.Orgs[0], q.Range)
		if len(facts) == 0 {
			t.Fatal("the dense world delivers nothing")
		}
		keep := facts[len(facts)/2].entity(l)
		q.Filter = map[normalize.Level][]string{l: {keep}}
		got, _, err := e.table(q)
		if err != nil {
			t.Errorf("level %s filtered: %v", l, err)
			continue
		}
		for c, v := range got {
			if c.entity != keep && slices.ContainsFunc(v, func(v normalize.Value) bool { return v.OK && !v.D.IsZero() }) {
				t.Errorf("level %s filtered to %s answers %s", l, keep, c.entity)
			}
		}
		if len(got) == 0 {
			t.Errorf("level %s filtered to %s answers nothing", l, keep)
		}
	}
}

func (s *suite) breaks(t *testing.T) {
	if s.session.Reports.Stream == nil {
		t.Log("not declared, not run: stream")
		return
	}
	e := newEnv(t, s.h, dense)
	r := s.session.Reports
	parts, err := e.session.Reports.Plan(e.question(r.Levels[len(r.Levels)-1], dimsIf(r, normalize.DimensionDate), 60))
	e.fatal("plan", err)
	for range 20 { // twenty lost connections would show
		meta := parts[0].Meta
		for _, err := range e.session.Reports.Stream(t.Context(), parts[0], &meta) {
			e.fatal("stream", err)
			break
		}
	}
}

func dimsIf(r providers.Reports, want ...normalize.Dimension) []normalize.Dimension {
	var out []normalize.Dimension
	for _, d := range want {
		if slices.Contains(r.Dimensions, d) {
			out = append(out, d)
		}
	}
	return out
}
