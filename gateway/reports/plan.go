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
	accounts   []*stream.Account
	parts      []part
	none       error // why there is nothing to ask: the platform has no number for any of the KPIs
}

// part is a piece of the report: one account, one window.
type part struct {
	providers.Part
	account int // in plan.accounts
}

// newPlan refuses what the platform does not answer, before it is asked anything.
func newPlan(req *Request, conn Connection, r providers.Reports, orgs []normalize.Organization, now time.Time) (*plan, error) {
	if err := answerable(req, conn, r); err != nil {
		return nil, err
	}
	p := &plan{derivation: normalize.Derive(req.Metrics, supported(r, req.Level, req.Dimensions), req.Format.totals())}
	if len(p.derivation.Base) == 0 {
		p.none = problem.Rejected("type", conn.Platform+" has no number for any of the KPIs asked for at this level with these dimensions. "+takes(r))
		return p, nil
	}
	for _, o := range orgs {
		if req.Currency != "" && req.Currency != o.Currency {
			return nil, foreign(o.ID, o.Currency)
		}
		a, err := account(req, o, conn, now)
		if err != nil {
			return nil, err
		}
		p.accounts = append(p.accounts, a)
		parts, err := r.Plan(p.query(req, o, a, now))
		if err != nil {
			return nil, err
		}
		for _, pt := range parts {
			if pt.Async {
				return nil, problem.Unsupported("The platform makes this report in the background; report jobs are not there yet. Ask for fewer days or entities.")
			}
			p.parts = append(p.parts, part{pt, len(p.accounts) - 1})
		}
	}
	return p, nil
}

func (p *plan) query(req *Request, o normalize.Organization, a *stream.Account, now time.Time) providers.ReportQuery {
	return providers.ReportQuery{
		Orgs: []normalize.Organization{o}, Level: req.Level, Dimensions: req.Dimensions, Metrics: p.derivation.Base,
		Range: a.Range, Filter: req.Filter, Window: req.Attribution, Now: now,
	}
}

// answerable refuses what the platform does not declare.
func answerable(req *Request, conn Connection, r providers.Reports) error {
	if r.Plan == nil || r.Stream == nil && r.Submit == nil {
		return problem.Unsupported(conn.Platform + " has no reports.")
	}
	if r.Stream == nil {
		return problem.Unsupported(conn.Platform + " makes its reports in the background; report jobs are not there yet.")
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

// foreign refuses amounts in another currency than the account's.
func foreign(account, currency string) error {
	return problem.Unsupported("Amounts come in the account's own currency (account " + account + ": " + currency + "); conversion is not there yet.")
}
