package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// maxDifferences is how many differences of a connection are listed, the largest first.
const maxDifferences = 100

// tell says what is not the same.
func (c *check) tell(q *stream.Quality, asOf time.Time) {
	r := &stream.Reconciled{Level: c.above, Type: append([]normalize.Metric{}, c.metrics...)}
	q.Reconciled = r
	for _, a := range c.accounts {
		if a.why != "" {
			q.LeftOut = append(q.LeftOut, "reconcile: account "+a.ID+" is not compared: "+a.why)
			continue
		}
		at := c.above
		if a.loose {
			at = normalize.LevelOrganization
			a.whole(len(c.metrics))
		}
		for _, id := range slices.Sorted(maps.Keys(a.by)) {
			r.Entities++
			q.Differences = append(q.Differences, c.differences(a, at, id, asOf)...)
		}
	}
	r.Differences = len(q.Differences)
	q.LeftOut = append(q.LeftOut, c.sentences(q.Differences)...)
	slices.SortStableFunc(q.Differences, func(a, b stream.Difference) int { return b.Difference.Abs().Cmp(a.Difference.Abs()) })
	q.Differences = q.Differences[:min(len(q.Differences), maxDifferences)]
}

// whole adds the objects of an account up.
func (a *accountCheck) whole(n int) {
	sum := &weighing{name: a.Name, currency: a.Currency}
	for i := range sum.sides {
		sum.sides[i].sums = make([]normalize.Value, n)
	}
	for _, pr := range a.by {
		sum.currency = pr.currency
		for i := range sum.sides {
			sum.sides[i].rows += pr.sides[i].rows
			for j, v := range pr.sides[i].sums {
				sum.sides[i].sums[j] = sum.sides[i].sums[j].Add(v)
			}
		}
	}
	a.by = map[string]*weighing{a.ID: sum}
}

// differences of one object that are beyond what the platform allows itself.
func (c *check) differences(a *accountCheck, level normalize.Level, id string, asOf time.Time) []stream.Difference {
	var out []stream.Difference
	pr := a.by[id]
	for i, m := range c.metrics {
		here, there := pr.sides[0].sums[i], pr.sides[1].sums[i]
		d := here.D.Sub(there.D)
		if a.lacks[i] || d.IsZero() || d.Abs().Cmp(c.slack(a, pr, i)) <= 0 {
			continue
		}
		diff := stream.Difference{ConnectionID: c.conn.ID, OrganizationID: a.ID, Level: level, ID: id, Name: pr.name, Type: m,
			ThisLevel: number(here), LevelAbove: number(there), Difference: d, Reason: c.reason(a, m, asOf)}
		if normalize.Monetary(m) {
			diff.Currency = pr.currency
		}
		out = append(out, diff)
	}
	return out
}

func number(v normalize.Value) *normalize.Decimal {
	if !v.OK {
		return nil
	}
	return &v.D
}

// slack is how far two right sums may be apart.
func (c *check) slack(a *accountCheck, pr *weighing, i int) normalize.Decimal {
	var out normalize.Decimal
	rows, days := pr.sides[0].rows+pr.sides[1].rows, int64(a.Range.Len())
	dated := slices.Contains(c.dims, normalize.DimensionDate) || slices.Contains(c.dims, normalize.DimensionHour)
	for k := range c.gaps {
		g := &c.gaps[k]
		if !g.Of(c.level, c.above, c.dims, c.metrics[i]) {
			continue
		}
		n := rows
		switch {
		case g.Daily && dated: // those of the level above are of the whole range
			n = pr.sides[0].rows + pr.sides[1].rows*days
		case g.Daily:
			n = rows * days
		}
		out = out.Add(g.PerRow.Mul(normalize.Int(n))).Add(g.Share.Mul(pr.sides[1].sums[i].D.Abs()))
	}
	return out
}

// reason is why a difference need not surprise.
func (c *check) reason(a *accountCheck, m normalize.Metric, asOf time.Time) string {
	var why []string
	for k := range c.gaps {
		if g := &c.gaps[k]; !g.Tolerance() && g.Of(c.level, c.above, c.dims, m) {
			why = append(why, g.Reason)
		}
	}
	if today := normalize.DayOf(asOf.In(a.Zone)); len(why) == 0 && today.Before(a.Range.To) {
		why = append(why, "today is in the range, and may have moved between the two readings")
	}
	return strings.Join(why, "; ")
}

// sentences say it in a line for each KPI, for those who read no list.
func (c *check) sentences(all []stream.Difference) []string {
	var out []string
	for _, m := range c.metrics {
		n := 0
		worst := stream.Difference{}
		for _, d := range all {
			if d.Type != m {
				continue
			}
			if n++; d.Difference.Abs().Cmp(worst.Difference.Abs()) > 0 {
				worst = d
			}
		}
		if n == 0 {
			continue
		}
		s := fmt.Sprintf("reconcile: %s differs from the level above in %d of its objects; most at %s %s: %s here, %s there", m, n,
			worst.Level, worst.ID, shown(worst.ThisLevel), shown(worst.LevelAbove))
		if worst.Reason != "" {
			s += " (" + worst.Reason + ")"
		}
		out = append(out, s)
	}
	return out
}

func shown(d *normalize.Decimal) string {
	if d == nil {
		return "no row"
	}
	return d.String()
}
