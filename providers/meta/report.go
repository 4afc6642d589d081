package meta

import (
	"slices"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Limits of insights. https://developers.facebook.com/docs/marketing-api/insights/best-practices
const (
	retentionMonths = 37 // how far back numbers go
	detailMonths    = 13 // unique counts with a breakdown, and everything by hour

	restates = 28 // days that numbers may still change
	lag      = "15 minutes"
)

func reports(c *client) providers.Reports {
	levels := make([]normalize.Level, len(levelSources))
	for i, s := range levelSources {
		levels[i] = s.level
	}
	return providers.Reports{
		Levels: levels, Dimensions: slices.Clone(reportDimensions), Combinations: combinations, Metrics: declared(), Gaps: gaps(),
		Attributions: slices.Clone(attributions),
		Plan:         plan, Stream: c.stream,
		Submit: c.submitReport, Poll: c.pollReport, Fetch: c.fetchReport, Cancel: c.cancelReport,
	}
}

// shape is a query in Meta's terms.
type shape struct {
	source     levelSource
	wire       string              // the level asked for
	grain      normalize.Dimension // DATE, WEEK, MONTH; empty: periods are not told apart
	hourly     bool
	by         []breakdown // of the query, in its order
	breakdowns []string    // Meta's
	lay        *layout
	people     *layout // asked for by a query of its own; nil: none
	// merged: several rows of Meta's make one of ours.
	merged bool
}

// plan refuses what Meta cannot answer, and makes one part per account. Whether it is read at once or by report runs
// shows when it is asked for: how many objects an account has only the platform knows.
func plan(q providers.ReportQuery) ([]providers.Part, error) {
	s, err := shapeOf(q)
	if err != nil {
		return nil, err
	}
	if !q.Range.From.Before(q.Range.To) {
		return nil, fault(providers.Invalid, "end_lt", "the range is empty")
	}
	var parts []providers.Part
	for _, org := range q.Orgs {
		if only := q.Filter[normalize.LevelOrganization]; len(only) > 0 && !slices.ContainsFunc(only, func(id string) bool { digits, ok := accountID(id); return ok && digits == org.ID }) {
			continue
		}
		today := todayOf(q, org)
		if err := s.within(q.Range.From, today); err != nil {
			return nil, err
		}
		unsupported := s.fit(q, today)
		if len(unsupported) == len(q.Metrics) {
			return nil, fault(providers.Rejected, "type", "Meta has none of these KPIs with these dimensions and this range: people (reach, unique clicks) "+
				"are not told by DEVICE and HOUR, nor by another breakdown for days more than %d months back; video and conversions not by HOUR; "+
				"conversions after a click not under a view window", detailMonths)
		}
		meta := s.meta(q, today)
		meta.Unsupported = unsupported
		parts = append(parts, providers.Part{Query: q, Org: org, Large: s.expected(q.Range, q.Level != normalize.LevelOrganization) > certainly, Meta: meta})
	}
	return parts, nil
}

// todayOf is the day that the account's zone has.
func todayOf(q providers.ReportQuery, org normalize.Organization) normalize.Day {
	zone, err := time.LoadLocation(org.Timezone)
	if err != nil {
		zone = time.UTC
	}
	return normalize.DayOf(q.Now.In(zone))
}

// monthsBack is the first day that is not more than n months before d.
func monthsBack(d normalize.Day, n int) normalize.Day {
	return normalize.Day{Year: d.Year, Month: d.Month - time.Month(n), Dom: d.Dom}.Add(0)
}

// within refuses a first day that Meta has forgotten.
func (s *shape) within(from, today normalize.Day) error {
	months, what := retentionMonths, "numbers"
	if s.hourly {
		months, what = detailMonths, "numbers by HOUR"
	}
	if first := monthsBack(today, months); from.Before(first) {
		return fault(providers.Rejected, "start_gte", "Meta keeps %s for %d months: the first day there is, is %s", what, months, first)
	}
	return nil
}

// shapeOf reads the level, the dimensions, the filter and the attribution.
func shapeOf(q providers.ReportQuery) (*shape, error) {
	s := &shape{}
	var ok bool
	if s.source, ok = levelOf(q.Level); !ok {
		return nil, fault(providers.Rejected, "level", "Meta has no level %s: it has organization, campaign, group, ad, creative", q.Level)
	}
	if !slices.Contains(attributions, q.Window) && q.Window != "" {
		return nil, fault(providers.Rejected, "attribution", "Meta takes the windows %v", attributions)
	}
	for _, d := range q.Dimensions {
		if !s.take(d) {
			return nil, fault(providers.Rejected, "dimension", "Meta cannot combine %v: it takes %s", q.Dimensions, combinations)
		}
	}
	for level, ids := range q.Filter {
		if _, ok := levelOf(level); !ok {
			return nil, fault(providers.Rejected, "filter", "Meta has no level %s", level)
		}
		for _, id := range ids {
			if _, account := accountID(id); !digitsOnly(id) && (level != normalize.LevelOrganization || !account) {
				return nil, fault(providers.Invalid, string(level)+"_id", "not an id of Meta's: it has digits only")
			}
		}
	}
	s.wire = s.source.wire
	s.layOut(q, func(m metric) bool { return true })
	return s, nil
}

// take adds a dimension; false: it does not go with the others.
func (s *shape) take(d normalize.Dimension) bool {
	b, ok := breakdownOf(d)
	if !ok {
		if !slices.Contains(reportDimensions, d) || s.grain != "" {
			return false
		}
		s.grain = d
		return true
	}
	if slices.ContainsFunc(s.by, func(x breakdown) bool { return x.family != b.family || x.dimension == d }) {
		return false
	}
	s.by = append(s.by, b)
	s.hourly = s.hourly || d == normalize.DimensionHour
	for _, name := range b.needs {
		if !slices.Contains(s.breakdowns, name) {
			s.breakdowns = append(s.breakdowns, name)
		}
	}
	return true
}

// layOut chooses what is asked for. An account's conversions are those of its campaigns, as the objective says which
// count, and as Meta answers nothing where campaigns of several kinds of attribution would be added up; people can only
// be counted over the whole account.
func (s *shape) layOut(q providers.ReportQuery, keep func(metric) bool) {
	goes := func(m metric) bool {
		return keep(m) && !slices.ContainsFunc(s.by, func(b breakdown) bool { return !m.goes(b.dimension) })
	}
	s.wire, s.people = s.source.wire, nil
	s.lay = newLayout(q.Metrics, q.Window, goes)
	if s.wire == wireAccount && slices.Contains(s.lay.fields, fieldActions) {
		s.wire = "campaign"
		people := newLayout(q.Metrics, q.Window, func(m metric) bool { return goes(m) && m.people })
		if people.width > 0 {
			s.people = people
		}
		s.lay = newLayout(q.Metrics, q.Window, func(m metric) bool { return goes(m) && !m.people })
	}
	device := slices.ContainsFunc(s.by, func(b breakdown) bool { return b.dimension == normalize.DimensionDevice })
	s.merged = s.wire != s.source.wire || s.source.level == normalize.LevelCreative || device || s.hourly
}

// fit takes people out where Meta no longer tells them, and lists what has no number.
func (s *shape) fit(q providers.ReportQuery, today normalize.Day) []normalize.Metric {
	old := q.Range.From.Before(monthsBack(today, detailMonths)) && len(s.by) > 0
	s.layOut(q, func(m metric) bool { return !old || !m.people })
	var out []normalize.Metric
	for i, k := range q.Metrics {
		if s.lay.numbers[i].absent && (s.people == nil || s.people.numbers[i].absent) {
			out = append(out, k)
		}
	}
	return out
}

// meta is what is known before the first row.
func (s *shape) meta(q providers.ReportQuery, today normalize.Day) providers.Meta {
	m := providers.Meta{Attribution: q.Window, Honoured: true, Restates: restates, Lag: lag, FinalUntil: today.Add(-1 - restates)}
	if q.Window == "" || q.Window == defaultWindow {
		m.Attribution = windowInWords
	}
	if slices.ContainsFunc(s.by, func(b breakdown) bool { return b.partial }) {
		m.Left = []string{"Meta leaves what it cannot tell the person's age, gender or country of out of these rows: they need not add up to the level's own numbers"}
	}
	return m
}

// daily tells whether a row of Meta's is of one day.
func (s *shape) daily() bool { return s.grain == normalize.DimensionDate || s.hourly }

// whole tells whether days are not told apart.
func (s *shape) whole() bool { return s.grain == "" && !s.hourly }

// begin is the first day of the period that d is in.
func (s *shape) begin(d normalize.Day) normalize.Day {
	switch {
	case s.daily():
		return d
	case s.grain == normalize.DimensionWeek:
		return d.Monday()
	case s.grain == normalize.DimensionMonth:
		return normalize.Day{Year: d.Year, Month: d.Month, Dom: 1}
	}
	return normalize.Day{}
}
