package google

import (
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// How long Google keeps numbers, and how long they change.
// https://developers.google.com/google-ads/api/docs/deprecations, https://support.google.com/google-ads/answer/2544985
const (
	fineMonths  = 37 // by hour, day and week
	coarseYears = 11
	reachDays   = 92 // unique users of a longer range are refused

	deliveryRestates   = 3 // days
	conversionRestates = 30
	mostRestates       = 90
)

var reportDimensions = []normalize.Dimension{
	normalize.DimensionDate, normalize.DimensionHour, normalize.DimensionWeek, normalize.DimensionMonth, normalize.DimensionPlatform,
	normalize.DimensionPlatformPosition, normalize.DimensionDevice, normalize.DimensionCountry, normalize.DimensionAge, normalize.DimensionGender,
}

var reportLevels = normalize.Levels()

const combinations = "PLATFORM, DEVICE and PLATFORM_POSITION with each other and one of DATE, WEEK, MONTH; " +
	"HOUR alone, at organization, campaign, group; COUNTRY at organization, campaign, group, with one of DATE, WEEK, MONTH; " +
	"AGE or GENDER at organization, campaign, group, with PLATFORM, DEVICE and one of DATE, WEEK, MONTH"

func reports(c *client) providers.Reports {
	r := &reporter{c}
	return providers.Reports{
		Levels: reportLevels, Dimensions: reportDimensions, Combinations: combinations, Metrics: declared(), Gaps: gaps(),
		Plan: plan, Stream: r.stream,
	}
}

// shape is a query in Google's terms.
type shape struct {
	level   normalize.Level
	depth   depth               // of the rows that Google is asked for: the level's, or that of a filter below it
	view    view                // what is asked in place of the level's own resource
	grain   normalize.Dimension // DATE, HOUR, WEEK, MONTH; empty: days are not told apart
	splits  []split             // the other dimensions, in the query's order
	metrics []metric            // of the query
	absent  []bool              // for each metric: there is no number
	slots   [numColumns]int     // where a column's value stands in a row of the table; -1: not kept
	width   int                 // values of a row of the table
	columns []figure            // to ask for
	below   []figure            // those that an account's own resource lacks: of its campaigns, added up
	leads   bool                // the query by category of conversion is needed, for leads, for revenue
	revenue bool
	filter  filter
	joins   bool // several of Google's rows may make one of ours
}

// plan refuses what Google cannot answer, and makes one part per account: how the range is cut depends on how much
// there is.
func plan(q providers.ReportQuery) ([]providers.Part, error) {
	if !q.Range.From.Before(q.Range.To) {
		return nil, fault(providers.Invalid, "end_lt", "the range is empty")
	}
	var parts []providers.Part
	for _, org := range q.Orgs {
		s, err := shapeOf(q)
		if err != nil {
			return nil, err
		}
		if only := q.Filter[normalize.LevelOrganization]; len(only) > 0 && !slices.Contains(only, org.ID) {
			continue
		}
		meta := s.meta(q, org)
		meta.Unsupported = s.unsupported(q)
		if len(meta.Unsupported) == len(q.Metrics) {
			return nil, fault(providers.Rejected, "type", "Google has none of these KPIs at this level with these dimensions and this range: "+
				"people reached for at most %d days, at organization and campaign, without a dimension; impression shares at campaign, group and keyword, "+
				"by DATE, WEEK, MONTH, PLATFORM, DEVICE; leads not by PLATFORM_POSITION; video, viewability and social numbers not by COUNTRY", reachDays)
		}
		parts = append(parts, providers.Part{Query: q, Org: org, Meta: meta})
	}
	return parts, nil
}

// shapeOf reads the level, the dimensions, the filter and the metrics.
func shapeOf(q providers.ReportQuery) (*shape, error) {
	s := &shape{level: q.Level}
	if s.depth = depthOf(q.Level); s.depth == 0 {
		return nil, fault(providers.Rejected, "level", "Google has no level %s: it has organization, campaign, group, ad, creative, keyword", q.Level)
	}
	if err := s.dimensions(q); err != nil {
		return nil, err
	}
	if err := s.narrow(q.Filter); err != nil {
		return nil, err
	}
	if err := s.combination(q); err != nil {
		return nil, err
	}
	s.choose(q)
	s.joins = s.depth != depthOf(s.level) || len(s.splits) > 0 || s.leads || s.revenue || len(s.below) > 0
	return s, nil
}

// dimensions sorts them into the one that tells days apart and the others.
func (s *shape) dimensions(q providers.ReportQuery) error {
	for _, d := range q.Dimensions {
		if slices.Contains([]normalize.Dimension{normalize.DimensionDate, normalize.DimensionHour, normalize.DimensionWeek, normalize.DimensionMonth}, d) {
			if s.grain != "" {
				return s.refuse(q)
			}
			s.grain = d
			continue
		}
		sp, ok := splitOf(d)
		if !ok || slices.ContainsFunc(s.splits, func(o split) bool { return o.dimension == d }) {
			return s.refuse(q)
		}
		if sp.view != viewNone {
			if s.view != viewNone {
				return s.refuse(q)
			}
			s.view = sp.view
		}
		s.splits = append(s.splits, sp)
	}
	return nil
}

// combination refuses what Google does not split so.
func (s *shape) combination(q providers.ReportQuery) error {
	upper := s.level == normalize.LevelOrganization || s.level == normalize.LevelCampaign || s.level == normalize.LevelGroup
	has := func(d normalize.Dimension) bool {
		return slices.ContainsFunc(s.splits, func(o split) bool { return o.dimension == d })
	}
	switch {
	case s.grain == normalize.DimensionHour && (!upper || len(s.splits) > 0),
		s.view != viewNone && !upper,
		s.view == viewGeographic && len(s.splits) > 1,
		s.view != viewNone && has(normalize.DimensionPlatformPosition):
		return s.refuse(q)
	case s.depth == depthAd && s.view != viewNone, s.depth == depthAd && s.grain == normalize.DimensionHour:
		return fault(providers.Rejected, "ad_id", "Google does not tell the numbers of single ads by %v", q.Dimensions)
	case s.level == normalize.LevelKeyword && len(s.filter.ads)+len(s.filter.adAssets) > 0:
		return fault(providers.Rejected, "ad_id", "Google does not tell the numbers of keywords by ad")
	}
	return nil
}

func (s *shape) refuse(q providers.ReportQuery) error {
	return fault(providers.Rejected, "dimension", "Google cannot combine %v at level %s: it takes %s", q.Dimensions, q.Level, combinations)
}

// choose decides what has a number, and which columns it takes.
func (s *shape) choose(q providers.ReportQuery) {
	s.columns = slices.Clone(everyQuery)
	for i := range s.slots {
		s.slots[i] = -1
	}
	for _, k := range q.Metrics {
		m, ok := metricOf(k)
		absent := !ok || !m.has(s.level, q.Dimensions) || !m.within(s.resource()) ||
			m.of[0] == colUniqueUsers && ok && q.Range.Len() > reachDays
		s.metrics, s.absent = append(s.metrics, m), append(s.absent, absent)
		if absent {
			continue
		}
		for _, c := range m.columns() {
			s.keep(c)
		}
	}
}

// keep gives a column its place in the rows of the table; an averaged one is followed by its weight.
func (s *shape) keep(c figure) {
	if s.slots[c] >= 0 {
		return
	}
	s.slots[c] = s.width
	s.width++
	if columnSources[c].join == joinWeighted {
		s.width++
	}
	switch c {
	case colLeads:
		s.leads = true
	case colRevenue:
		s.revenue = true
	default:
		if lacks(s.resource(), c) {
			s.below = append(s.below, c)
		} else if !slices.Contains(s.columns, c) {
			s.columns = append(s.columns, c)
		}
	}
}

// unsupported lists the metrics without a number.
func (s *shape) unsupported(q providers.ReportQuery) []normalize.Metric {
	var out []normalize.Metric
	for i, absent := range s.absent {
		if absent {
			out = append(out, q.Metrics[i])
		}
	}
	return out
}

// unlike names the KPIs that asset groups do not have.
func (s *shape) unlike() string {
	var names []string
	for i := range s.metrics {
		if m := &s.metrics[i]; !s.absent[i] && !m.within(resourceAssetGroups) {
			names = append(names, string(m.kpi))
		}
	}
	return strings.Join(names, ", ")
}

// meta is what is known before the first row.
func (s *shape) meta(q providers.ReportQuery, org normalize.Organization) providers.Meta {
	m := providers.Meta{
		Attribution: "per conversion action: clicks of the last 1 to 90 days (30 unless set), views of the last 1 to 30 (1 unless set), " +
			"data-driven or last click; conversions are dated by the ad interaction",
		Honoured: q.Window == "" || q.Window == "default",
		Restates: deliveryRestates,
		Lag:      "under 3 hours; a day is complete at 03:00 of the next in the account's zone, conversions not by last click after 15 hours",
		Left:     s.left(q, today(q.Now, org)),
	}
	if s.restates() {
		m.Restates = conversionRestates
	}
	switch s.view {
	case viewAge, viewGender:
		m.Lag = "until 18:00 Pacific time of the next day"
	case viewGeographic:
		m.Lag = "until 06:00 of the next day in the account's zone"
	}
	m.FinalUntil = today(q.Now, org).Add(-1 - m.Restates)
	return m
}

// restates tells whether a KPI that changes with the conversion windows is answered.
func (s *shape) restates() bool {
	for i := range s.metrics {
		if !s.absent[i] && s.metrics[i].restate {
			return true
		}
	}
	return false
}

// left says what Google leaves out of such a report.
func (s *shape) left(q providers.ReportQuery, today normalize.Day) []string {
	var out []string
	switch {
	case s.view == viewGeographic && s.depth >= depthGroup:
		out = append(out, "Google tells countries of ad groups only: what has no known place is left out, and so are Performance Max campaigns where there are any")
	case s.view == viewGeographic:
		out = append(out, "COUNTRY is where people are: what has no known place is left out")
	case s.view != viewNone:
		out = append(out, "Google tells age and gender of ad groups only: Performance Max campaigns are left out where there are any")
	case s.level == normalize.LevelKeyword:
		out = append(out, "keyword rows hold what keywords brought: traffic without a keyword, such as that of Performance Max, is left out")
	case s.slotted() && s.assets():
		out = append(out, "Google does not tell the position of Performance Max ads: asset groups are left out where there are any")
	}
	if fine := monthsBefore(today, fineMonths); q.Range.From.Before(fine) && s.grain != normalize.DimensionMonth {
		if s.grain == "" {
			out = append(out, "Google keeps numbers by day for 37 months: of months before that, it may have only whole ones")
		} else {
			out = append(out, "Google keeps numbers by hour, day and week for 37 months: there may be none before "+fine.String())
		}
	}
	if first := monthsBefore(today, 12*coarseYears); q.Range.From.Before(first) {
		out = append(out, "Google keeps numbers for 11 years: there are none before "+first.String())
	}
	return out
}

// today is the account's.
func today(now time.Time, org normalize.Organization) normalize.Day {
	loc, err := time.LoadLocation(org.Timezone)
	if err != nil { // the last place where it is still today, so that nothing counts as final too early
		loc = time.FixedZone("", -12*3600)
	}
	return normalize.DayOf(now.In(loc))
}

func monthsBefore(d normalize.Day, n int) normalize.Day {
	return normalize.DayOf(time.Date(d.Year, d.Month-time.Month(n), d.Dom, 12, 0, 0, 0, time.UTC))
}
