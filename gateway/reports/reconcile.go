package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// check compares the sums of one connection's rows with the numbers that a level above says of itself, over the whole
// range: one more small report an account. Amounts are compared in the currency of their rows, before any conversion.
type check struct {
	conn    Connection
	level   normalize.Level
	dims    []normalize.Dimension
	above   normalize.Level // whose numbers the sums are compared with; the level itself: without the dimensions
	gaps    []providers.Gap
	metrics []normalize.Metric // that are compared
	why     string             // why nothing is compared; empty: it is

	accounts []*accountCheck // in the order of the plan's

	ask   *ask  // of the last row
	place []int // of its metrics in metrics; -1: not compared
}

// accountCheck is what is compared of an account.
type accountCheck struct {
	*stream.Account
	why   string
	by    map[string]*weighing
	loose bool   // rows do not name the object above: the account's sums are compared
	lacks []bool // of metrics: one of the sides has no number
}

// weighing holds both sides of what is compared for one object.
type weighing struct {
	name, currency string
	sides          [2]side // of the report's rows, and of the level above
}

type side struct {
	rows int64
	sums []normalize.Value
}

// maxPairs bounds what is remembered of an account: past it its sums are compared as a whole.
const maxPairs = 200_000

// rank is how far down the objects of a level stand.
func rank(l normalize.Level) int {
	return min(slices.Index(normalize.Levels(), l), slices.Index(normalize.Levels(), normalize.LevelAd))
}

// parent is the level that a report's sums are compared with: not deeper than the level, not above what the filter names,
// as an object's own number knows nothing of a filter below it. The level itself is one where dimensions cut its numbers up.
func (r *Request) parent() (normalize.Level, bool) {
	up := map[normalize.Level]normalize.Level{
		normalize.LevelOrganization: normalize.LevelOrganization, normalize.LevelCampaign: normalize.LevelOrganization,
		normalize.LevelGroup: normalize.LevelCampaign, normalize.LevelAd: normalize.LevelCampaign,
		normalize.LevelCreative: normalize.LevelGroup, normalize.LevelKeyword: normalize.LevelGroup,
	}[r.Level]
	for l := range r.Filter {
		if rank(l) > rank(up) {
			up = l
		}
	}
	switch {
	case rank(up) >= rank(r.Level):
		return r.Level, len(r.Dimensions) > 0
	default:
		return up, true
	}
}

// reconcile refuses what has nothing above it.
func (p *params) reconcile(r *Request) {
	if !r.Reconcile {
		return
	}
	if _, ok := r.parent(); !ok {
		p.bad("reconcile", "there is nothing above to compare with: an account is the highest level, and no object's own number knows "+
			"of a filter at this level or below it; leave reconcile or the filter out, or ask for a lower level or a dimension")
	}
}

// newCheck plans the comparison; nil when none is asked for.
func newCheck(req *Request, conn Connection, r providers.Reports, p *plan) *check {
	if !req.Reconcile {
		return nil
	}
	c := &check{conn: conn, level: req.Level, dims: req.Dimensions, gaps: r.Gaps}
	c.above, _ = req.parent()
	for !slices.Contains(r.Levels, c.above) && c.above != normalize.LevelOrganization {
		c.above = normalize.Levels()[max(rank(c.above)-1, 0)]
	}
	least := 0
	for l := range req.Filter {
		least = max(least, rank(l))
	}
	if !slices.Contains(r.Levels, c.above) || rank(c.above) < least {
		c.why = conn.Platform + " has no level above this one to compare with"
		return c
	}
	has := supported(r, c.above, nil)
	for i, m := range p.derivation.Base {
		made := p.conversion != nil && i == p.conversion.usd
		if k, _ := normalize.Lookup(m); k.Additivity == normalize.AdditiveSum && slices.Contains(has, m) && !made {
			c.metrics = append(c.metrics, m)
		}
	}
	if len(c.metrics) == 0 {
		c.why = "none of the KPIs can be added up, or " + conn.Platform + " has none of them at level " + string(c.above)
	}
	return c
}

// compareWith plans the report of the level above for the newest account. A platform that refuses it has nothing to
// compare with, which is no fault of the report asked for.
func (p *plan) compareWith(req *Request, r providers.Reports, o normalize.Organization, a *stream.Account, now time.Time) error {
	c := p.check
	if c == nil {
		return nil
	}
	ac := &accountCheck{Account: a, why: c.why, by: map[string]*weighing{}, lacks: make([]bool, len(c.metrics))}
	c.accounts = append(c.accounts, ac)
	if ac.why != "" {
		return nil
	}
	k := &ask{metrics: c.metrics, day: -1, above: true}
	q := p.query(req, k, o, a, now)
	q.Level, q.Raw = c.above, false
	parts, err := r.Plan(q)
	if providers.KindOf(err) == providers.Rejected || providers.KindOf(err) == providers.Unsupported {
		ac.why = "level " + string(c.above) + " is refused: " + err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	return p.add(req, r, parts, part{ask: k})
}

// take adds a row of either side, before a filter by name: the level above has none.
func (c *check) take(s *source, src *normalize.Row, p *part) error {
	a := c.accounts[p.account]
	if a.why != "" {
		return nil
	}
	if len(src.Values) != len(p.ask.metrics) {
		return malformed(s, "a row of the report does not fit the question")
	}
	c.places(p.ask)
	e := src.Entity(c.above)
	if c.above == normalize.LevelOrganization {
		e = normalize.Entity{ID: a.ID, Name: a.Name}
	}
	pr := a.pair(e, cmp.Or(src.Currency, a.Currency), len(c.metrics))
	of := &pr.sides[0]
	if p.ask.above {
		of = &pr.sides[1]
	}
	of.rows++
	for i, v := range src.Values {
		if at := c.place[i]; at >= 0 {
			of.sums[at] = of.sums[at].Add(v)
		}
	}
	return nil
}

// places finds the metrics of a question among those that are compared.
func (c *check) places(k *ask) {
	if c.ask == k {
		return
	}
	c.ask, c.place = k, c.place[:0]
	for _, m := range k.metrics {
		c.place = append(c.place, slices.Index(c.metrics, m))
	}
}

// pair is that of an object above, or of the account where that is not known.
func (a *accountCheck) pair(e normalize.Entity, currency string, n int) *weighing {
	if e.ID == "" || len(a.by) >= maxPairs {
		a.loose = true
	}
	pr := a.by[e.ID]
	if pr == nil && len(a.by) >= maxPairs {
		e = normalize.Entity{}
		pr = a.by[""]
	}
	if pr == nil {
		pr = &weighing{currency: strings.Clone(currency)}
		for i := range pr.sides {
			pr.sides[i].sums = make([]normalize.Value, n)
		}
		a.by[strings.Clone(e.ID)] = pr
	}
	if pr.name == "" {
		pr.name = strings.Clone(e.Name)
	}
	return pr
}

// ended notes what a part, once read, turned out to have no number for.
func (c *check) ended(p *part, m *providers.Meta) {
	a := c.accounts[p.account]
	for _, k := range slices.Concat(m.Unsupported, p.ask.lacks) {
		if i := slices.Index(c.metrics, k); i >= 0 {
			a.lacks[i] = true
		}
	}
}
