package linkedin

import (
	"slices"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Limits of adAnalytics. https://learn.microsoft.com/linkedin/marketing/integrations/ads-reporting/ads-reporting
const (
	maxRows    = 15_000 // of one answer; there is no paging
	maxColumns = 18     // fields are 20, of which dateRange and pivotValues are two
	reachDays  = 92     // reach of a longer range is null

	performanceYears = 10 // how far back numbers go
	memberYears      = 2
	dailyMonths      = 6 // how far back a range may begin and end within a month: past that ALL widens it to whole months

	deliveryRestates   = 7 // days that numbers may still change
	conversionRestates = 30
)

var reportDimensions = []normalize.Dimension{
	normalize.DimensionDate, normalize.DimensionWeek, normalize.DimensionMonth, normalize.DimensionPlatform,
	normalize.DimensionPlatformPosition, normalize.DimensionDevice, normalize.DimensionCountry,
}

const combinations = "one of PLATFORM, PLATFORM_POSITION, DEVICE, COUNTRY, or none, with one of DATE, WEEK, MONTH, or none"

func reports(c *client) providers.Reports {
	levels := make([]normalize.Level, len(levelSources))
	for i, s := range levelSources {
		levels[i] = s.level
	}
	return providers.Reports{
		Levels: levels, Dimensions: reportDimensions, Combinations: combinations, Metrics: declared(), Gaps: gaps(),
		Plan: plan, Stream: c.stream,
	}
}

// shape is a query in LinkedIn's terms.
type shape struct {
	source  levelSource
	grain   normalize.Dimension // DATE, WEEK, MONTH; empty: days are not told apart
	by      *breakdown          // nil: none
	columns []string            // of the main query, each once
	values  []int               // for each metric of the query: its column, or one of the two below
	reach   bool
}

// Positions in shape.values that are no column of the main query.
const (
	valueAbsent = -1
	valueReach  = -2
)

// plan refuses what LinkedIn cannot answer, and makes one part per account: the windows depend on how many objects the
// account has, which only the platform knows.
func plan(q providers.ReportQuery) ([]providers.Part, error) {
	s, err := shapeOf(q)
	if err != nil {
		return nil, err
	}
	if !q.Range.From.Before(q.Range.To) {
		return nil, fault(providers.Invalid, "end_lt", "the range is empty")
	}
	today := normalize.DayOf(q.Now.UTC())
	if err := within(q.Range.From, today, s.by != nil && s.by.member); err != nil {
		return nil, err
	}
	unsupported := s.fit(q, today)
	if len(unsupported) == len(q.Metrics) {
		return nil, fault(providers.Rejected, "type", "LinkedIn has none of these KPIs with these dimensions and this range: "+
			"reach is told for at most %d days, without a dimension or by MONTH, and not for parts of months more than %d months back; "+
			"conversion value, cards and reach not by COUNTRY", reachDays, dailyMonths)
	}
	meta := s.meta(q, today)
	meta.Unsupported = unsupported
	var parts []providers.Part
	for _, org := range q.Orgs {
		if only := q.Filter[normalize.LevelOrganization]; len(only) > 0 && !slices.ContainsFunc(only, func(id string) bool { return tail(id) == org.ID }) {
			continue
		}
		parts = append(parts, providers.Part{Query: q, Org: org, Meta: meta})
	}
	return parts, nil
}

// within refuses a first day that LinkedIn has forgotten.
func within(from, today normalize.Day, member bool) error {
	years := performanceYears
	if member {
		years = memberYears
	}
	first := normalize.Day{Year: today.Year - years, Month: today.Month, Dom: today.Dom}.Add(0)
	if from.Before(first) {
		return fault(providers.Rejected, "start_gte", "LinkedIn keeps these numbers for %d years: the first day there is, is %s", years, first)
	}
	return nil
}

// shapeOf reads the level, the dimensions and the metrics.
func shapeOf(q providers.ReportQuery) (*shape, error) {
	s := &shape{}
	var ok bool
	if s.source, ok = levelOf(q.Level); !ok {
		return nil, fault(providers.Rejected, "level", "LinkedIn has no level %s: it has organization, campaign, group, ad, creative", q.Level)
	}
	for _, d := range q.Dimensions {
		i := slices.IndexFunc(breakdowns, func(b breakdown) bool { return b.dimension == d })
		switch {
		case slices.Contains([]normalize.Dimension{normalize.DimensionDate, normalize.DimensionWeek, normalize.DimensionMonth}, d) && s.grain == "":
			s.grain = d
		case i >= 0 && s.by == nil:
			s.by = &breakdowns[i]
		default:
			return nil, fault(providers.Rejected, "dimension", "LinkedIn cannot combine %v: it takes %s", q.Dimensions, combinations)
		}
	}
	for level, ids := range q.Filter {
		source, ok := levelOf(level)
		if !ok {
			return nil, fault(providers.Rejected, "filter", "LinkedIn has no level %s", level)
		}
		for _, id := range ids {
			if _, ok := numeric(source.urn, id); !ok {
				return nil, fault(providers.Invalid, string(level)+"_id", "not an id of LinkedIn's: it has digits only")
			}
		}
	}
	for _, m := range q.Metrics {
		s.values = append(s.values, s.column(m))
	}
	return s, nil
}

func (s *shape) column(m normalize.Metric) int {
	src, ok := metricOf(m)
	switch {
	case !ok, s.by != nil && s.by.member && src.noMember:
		return valueAbsent
	case src.column == columnReach:
		s.reach = true
		return valueReach
	}
	i := slices.Index(s.columns, src.column)
	if i < 0 {
		i = len(s.columns)
		s.columns = append(s.columns, src.column)
	}
	return i
}

// fit takes reach out where LinkedIn cannot tell it for exactly the rows asked for, and lists what has no number.
func (s *shape) fit(q providers.ReportQuery, today normalize.Day) []normalize.Metric {
	if s.reach && !s.reachable(q.Range, today) {
		s.reach = false
		for i, v := range s.values {
			if v == valueReach {
				s.values[i] = valueAbsent
			}
		}
	}
	var out []normalize.Metric
	for i, v := range s.values {
		if v == valueAbsent {
			out = append(out, q.Metrics[i])
		}
	}
	return out
}

// reachable: reach is of one range and cannot be added, so each row needs its own. Ranges that ALL would widen to whole
// months are left out, as their number would be of other days.
func (s *shape) reachable(r normalize.DayRange, today normalize.Day) bool {
	if s.by != nil || s.grain != "" && s.grain != normalize.DimensionMonth {
		return false
	}
	if s.grain == "" && r.Len() > reachDays {
		return false
	}
	return !slices.ContainsFunc(s.periods(r), func(p normalize.DayRange) bool { return widens(p, today) })
}

// widens tells whether ALL would answer for whole months in place of the range.
func widens(r normalize.DayRange, today normalize.Day) bool {
	daily := normalize.DayOf(today.Start(time.UTC).AddDate(0, -dailyMonths, 1))
	return r.From.Before(daily) && (r.From.Dom != 1 || r.To.Dom != 1)
}

// granularity is how the main query counts: by day, so that periods can be added up exactly. Demographic numbers lose
// small values in each row, and so are asked for as a whole wherever that is exact.
func (s *shape) granularity(r normalize.DayRange, today normalize.Day) string {
	if s.by != nil && s.by.member && s.grain == "" && !widens(r, today) {
		return whole
	}
	return daily
}

// meta is what is known before the first row.
func (s *shape) meta(q providers.ReportQuery, today normalize.Day) providers.Meta {
	m := providers.Meta{
		Attribution: "per conversion rule of the account: clicks and views of the last 1, 7, 30, 90, 180 or 365 days",
		Honoured:    q.Window == "" || q.Window == "default",
		Restates:    deliveryRestates,
		Lag:         "near real time",
	}
	if s.conversions(q) {
		m.Restates = conversionRestates
	}
	m.FinalUntil = today.Add(-1 - m.Restates)
	if s.by != nil && s.by.member {
		m.Lag = "12 to 24 hours"
		m.Left = []string{"LinkedIn tells the 100 countries with most members per creative and day, leaves out those with fewer than 3 events, " +
			"and approximates: rows do not add up to the level's own numbers"}
	}
	return m
}

// conversions tells whether a KPI that restates with conversion windows is asked for.
func (s *shape) conversions(q providers.ReportQuery) bool {
	return slices.ContainsFunc(q.Metrics, func(k normalize.Metric) bool { m, ok := metricOf(k); return ok && m.conversion })
}

// periods cuts a range into what one row is of; first and last weeks and months hold only the days asked for.
func (s *shape) periods(r normalize.DayRange) []normalize.DayRange {
	var out []normalize.DayRange
	for from := r.From; from.Before(r.To); {
		to := s.end(from)
		if s.grain == "" || r.To.Before(to) {
			to = r.To
		}
		out = append(out, normalize.DayRange{From: from, To: to})
		from = to
	}
	return out
}

// begin is the first day of the period that d is in; end, the day after its last. Without a grain there is one period.
func (s *shape) begin(d normalize.Day) normalize.Day {
	switch s.grain {
	case normalize.DimensionDate:
		return d
	case normalize.DimensionWeek:
		return d.Monday()
	case normalize.DimensionMonth:
		return normalize.Day{Year: d.Year, Month: d.Month, Dom: 1}
	}
	return normalize.Day{}
}

func (s *shape) end(d normalize.Day) normalize.Day {
	switch s.grain {
	case normalize.DimensionDate:
		return d.Add(1)
	case normalize.DimensionWeek:
		return d.Monday().Add(7)
	case normalize.DimensionMonth:
		return normalize.DayOf(time.Date(d.Year, d.Month+1, 1, 0, 0, 0, 0, time.UTC))
	}
	return normalize.Day{}
}

// text is a period's value in a row.
func (s *shape) text(d normalize.Day) string {
	if s.grain == normalize.DimensionMonth {
		return d.MonthKey()
	}
	return d.String()
}
