package reports

import (
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// plan is a report that can be run: what to ask of the platform, and how its rows become the answer's.
type plan struct {
	derivation normalize.Derivation
	conversion *conversion // nil: no amount is converted
	accounts   []*stream.Account
	parts      []part
	none       error  // why there is nothing to ask: the platform has no number for any of the KPIs
	check      *check // of reconcile=true; nil: nothing is compared
}

// byAccount lists the parts by account, in their order.
func (p *plan) byAccount() [][]part {
	out := make([][]part, len(p.accounts))
	for _, pt := range p.parts {
		out[pt.account] = append(out[pt.account], pt)
	}
	return slices.DeleteFunc(out, func(parts []part) bool { return len(parts) == 0 })
}

// part is a piece of the report: one account, one window.
type part struct {
	providers.Part
	account int    // in plan.accounts
	ask     *ask   // what the platform is asked in it
	key     string // of a part that the platform makes in the background

	hold   *holding               // what is kept of it; nil: nothing can be
	replay bool                   // it is answered from what is kept
	only   map[normalize.Day]bool // days that periods begin with whose rows are wanted; nil: all
}

// newPlan refuses what the platform does not answer, before it is asked anything.
func newPlan(req *Request, conn Connection, r providers.Reports, orgs []normalize.Organization, now time.Time, ex exchange) (*plan, error) {
	if err := answerable(req, conn, r); err != nil {
		return nil, err
	}
	p := &plan{}
	p.derivation, p.conversion = derive(req, r, ex)
	if len(p.derivation.Base) == 0 {
		p.none = problem.Rejected("type", conn.Platform+" has no number for any of the KPIs asked for at this level with these dimensions. "+takes(r))
		return p, nil
	}
	if err := p.convertible(orgs); err != nil {
		return nil, err
	}
	p.check = newCheck(req, conn, r, p)
	for _, o := range orgs {
		a, err := account(req, o, conn, now)
		if err != nil {
			return nil, err
		}
		p.accounts = append(p.accounts, a)
		asks, err := p.asks(req, conn, r, a, now)
		if err != nil {
			return nil, err
		}
		for _, k := range asks {
			parts, err := r.Plan(p.query(req, k, o, a, now))
			if err != nil {
				return nil, k.refused(p.conversion, err)
			}
			if err := p.add(req, r, parts, part{ask: k}); err != nil {
				return nil, err
			}
		}
		if err := p.compareWith(req, r, o, a, now); err != nil {
			return nil, err
		}
	}
	nameParts(conn, p.parts)
	return p, nil
}

// add takes parts of the newest account.
func (p *plan) add(req *Request, r providers.Reports, parts []providers.Part, as part) error {
	for _, pt := range parts {
		pt.Async = pt.Async || r.Stream == nil || pt.Large && req.whole && r.Submit != nil
		if pt.Async && !req.whole {
			return errBackground
		}
		as.Part, as.account = pt, len(p.accounts)-1
		p.parts = append(p.parts, as)
	}
	return nil
}

// answerable refuses what the platform does not declare.
func answerable(req *Request, conn Connection, r providers.Reports) error {
	if r.Plan == nil || r.Stream == nil && r.Submit == nil {
		return problem.Unsupported(conn.Platform + " has no reports.")
	}
	if !slices.Contains(r.Levels, req.Level) {
		return problem.Rejected("level", conn.Platform+" has no reports at this level. "+takes(r))
	}
	for _, d := range req.Dimensions {
		if !slices.Contains(r.Dimensions, d) {
			return problem.Rejected("dimension", conn.Platform+" does not split reports by "+string(d)+". "+takes(r))
		}
	}
	if w := req.Attribution; w != "" && len(r.Attributions) > 0 && !slices.Contains(r.Attributions, w) {
		return problem.Rejected("attribution", conn.Platform+" takes the windows "+strings.Join(r.Attributions, ", "))
	}
	return nil
}

// takes says what a platform answers.
func takes(r providers.Reports) string {
	s := "It takes the levels " + strings.Join(words(r.Levels), ", ") + ", and the dimensions " + strings.Join(words(r.Dimensions), ", ")
	if r.Combinations != "" {
		s += ": " + r.Combinations
	}
	return strings.TrimSuffix(s, ".")
}

// supported lists the KPIs that the platform has at a level with these dimensions.
func supported(r providers.Reports, l normalize.Level, dims []normalize.Dimension) []normalize.Metric {
	var out []normalize.Metric
	for _, m := range r.Metrics {
		if m.Levels != nil && !slices.Contains(m.Levels, l) {
			continue
		}
		if m.Dimensions != nil && slices.ContainsFunc(dims, func(d normalize.Dimension) bool { return !slices.Contains(m.Dimensions, d) }) {
			continue
		}
		out = append(out, m.KPI)
	}
	return out
}
