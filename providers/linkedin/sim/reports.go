package sim

import (
	"bufio"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// LinkedIn's limits of adAnalytics.
const (
	maxRows      = 15_000 // silently: nothing tells that rows were cut
	maxFields    = 20     // dateRange and pivotValues counted
	reachDays    = 92
	detailMonths = 6 // beyond it ALL rounds to whole months
)

// report is a parsed adAnalytics query.
type report struct {
	finder      string
	pivots      []pivot
	names       []string
	granularity string
	from, to    simkit.Day // to inclusive
	rangeDays   int        // of the query, before rounding
	ads         []*simkit.Ad
	fields      []string // metrics, in the order asked for
	metrics     []metric
	withDates   bool
	withPivots  bool
	count       int
	sortBy      string
	descending  bool
}

func (s *Sim) adAnalytics(w http.ResponseWriter, q *request, rest []string) *fault {
	if len(rest) > 0 || q.method != "FINDER" {
		return methodNotAllowed(q)
	}
	switch q.finder() {
	case "analytics", "statistics":
	case "attributedRevenueMetrics":
		return s.revenue(w, q)
	default:
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	r, f := s.parseReport(q)
	if f != nil {
		return f
	}
	if f := s.limits.valuesSpent(s.kit.Clock.Now()); f != nil {
		return f
	}
	w.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriterSize(w, 32<<10) // rows flow: an answer of 15,000 needs no memory
	rows := s.run(r, out)
	s.limits.spendValues(s.kit.Clock.Now(), int64(rows)*int64(max(1, len(r.fields))))
	fmt.Fprintf(out, `],"paging":{"start":0,"count":%d,"links":[`, r.count)
	if rows == r.count && rows < maxRows {
		// A next link whose request is then refused, as seen in the field.
		fmt.Fprintf(out, `{"rel":"next","type":"application/json","href":%q}`, nextHref(q, r.count, r.count))
	}
	out.WriteString(`]}}`)
	out.Flush() // a client that left is no error of ours
	return nil
}

var reportParams = []string{
	"q", "dateRange", "timeGranularity", "accounts", "campaignGroups", "campaigns", "creatives", "shares",
	"companies", "campaignType", "objectiveType", "sortBy", "count", "start",
}

func (s *Sim) parseReport(q *request) (*report, *fault) {
	r := &report{finder: q.finder()}
	own := "pivot"
	if r.finder == "statistics" {
		own = "pivots"
	}
	if f := q.params.only(append(slices.Clone(reportParams), own)...); f != nil {
		return nil, f
	}
	for _, step := range []func(*request, *report) *fault{
		s.parsePivots, s.parseRange, s.parseFields, s.parseFacets, s.parseCount,
	} {
		if f := step(q, r); f != nil {
			return nil, f
		}
	}
	return r, nil
}

func (s *Sim) parsePivots(q *request, r *report) *fault {
	known := s.pivotTable
	all := make([]string, 0, len(known))
	for name := range known {
		all = append(all, name)
	}
	if r.finder == "analytics" {
		name, ok, f := q.params.enum("pivot", all)
		if !ok {
			return paramMissing("pivot")
		}
		if f != nil {
			return refusedPivot(q.params.values["pivot"].text)
		}
		if name == "OBJECTIVE_TYPE" {
			return fieldInvalid("pivot", "Pivot OBJECTIVE_TYPE is not supported by the analytics finder")
		}
		r.names = []string{name}
	} else {
		names, ok, f := q.params.texts("pivots", true)
		if !ok {
			return paramMissing("pivots")
		}
		if f != nil {
			return f
		}
		if len(names) == 0 || len(names) > 3 {
			return fieldInvalid("pivots", "Between one and three pivots are supported")
		}
		r.names = names
	}
	for _, name := range r.names {
		p, ok := known[name]
		if !ok {
			return refusedPivot(name)
		}
		if p.member && r.finder == "statistics" {
			return fieldInvalid("pivots", "Pivot "+name+" is not supported by the statistics finder")
		}
		if p.since > q.version {
			return paramInvalid("pivot", "Pivot "+name+" is not available in version "+q.version)
		}
		r.pivots = append(r.pivots, p)
	}
	return nil
}

func (s *Sim) parseRange(q *request, r *report) *fault {
	g, ok, f := q.params.enum("timeGranularity", []string{"ALL", "DAILY", "MONTHLY", "YEARLY"})
	if !ok {
		return paramMissing("timeGranularity")
	}
	if f != nil {
		return f
	}
	r.granularity = g
	v, ok := q.params.values["dateRange"]
	if !ok {
		return paramMissing("dateRange")
	}
	today := simkit.DayOf(s.kit.Clock.Now())
	from, to, f := dateRange(v, today)
	if f != nil {
		return f
	}
	r.rangeDays = int(to-from) + 1
	if g == "ALL" && from < monthsBefore(today, detailMonths) {
		y, m, _ := from.Date()
		from = simkit.Date(y, m, 1)
		y, m, _ = to.Date()
		to = simkit.Date(y, m+1, 1) - 1
	}
	r.from, r.to = from, to
	return nil
}

func monthsBefore(d simkit.Day, n int) simkit.Day {
	y, m, dd := d.Date()
	return simkit.Date(y, m-n, dd)
}

// dateRange reads (start:(year,month,day),end:(…)); the end is inclusive and
// today when it is missing.
func dateRange(v value, today simkit.Day) (from, to simkit.Day, f *fault) {
	bad := paramInvalid("dateRange", "")
	if v.kind != record {
		return 0, 0, bad
	}
	for k := range v.rec {
		if k != "start" && k != "end" {
			return 0, 0, bad
		}
	}
	start, ok := v.rec["start"]
	if !ok {
		return 0, 0, bad
	}
	from, ok = calendarDay(start)
	to = today
	if end, given := v.rec["end"]; given && ok {
		to, ok = calendarDay(end)
	}
	if !ok {
		return 0, 0, bad
	}
	if from > to {
		return 0, 0, fieldInvalid("dateRange", "Start date must not be after end date")
	}
	return from, to, nil
}

func calendarDay(v value) (simkit.Day, bool) {
	if v.kind != record || len(v.rec) != 3 {
		return 0, false
	}
	var n [3]int
	for i, k := range [...]string{"year", "month", "day"} {
		x, err := strconv.Atoi(v.rec[k].text)
		if err != nil {
			return 0, false
		}
		n[i] = x
	}
	if n[0] < 1970 || n[0] > 9999 {
		return 0, false
	}
	d := simkit.Date(n[0], n[1], n[2])
	y, m, dd := d.Date()
	return d, y == n[0] && m == n[1] && dd == n[2]
}

func (s *Sim) parseFields(q *request, r *report) *fault {
	names := []string{"impressions", "clicks"} // what comes when nothing is asked for
	if q.params.fields != "" {
		names = strings.Split(q.params.fields, ",")
	}
	if len(names) > maxFields {
		return fieldInvalid("fields", fmt.Sprintf("At most %d fields can be requested", maxFields))
	}
	for _, n := range names {
		switch n {
		case "dateRange":
			r.withDates = true
			continue
		case "pivotValues":
			r.withPivots = true
			continue
		}
		m, ok := s.metricTable[n]
		if !ok || m.since > q.version {
			return paramInvalid("fields", "Invalid field "+n)
		}
		if f := r.combines(n, m); f != nil {
			return f
		}
		r.fields = append(r.fields, n)
		r.metrics = append(r.metrics, m)
	}
	return nil
}

// combines refuses a metric that does not go with the pivots.
func (r *report) combines(name string, m metric) *fault {
	if !m.allows(r.names) {
		return fieldInvalid("fields", "Metric "+name+" is not supported for the requested pivot")
	}
	for _, p := range r.pivots {
		if p.member && m.noMember {
			return fieldInvalid("fields", "Metric "+name+" is not supported with pivot "+p.name)
		}
	}
	return nil
}

func (s *Sim) parseCount(q *request, r *report) *fault {
	start, f := q.params.number("start", 0, 0, 1<<31-1)
	if f != nil {
		return f
	}
	if start > 0 { // the first page takes start and count, following pages do not exist
		return badRequest("Pagination is not supported for this finder")
	}
	count, f := q.params.number("count", s.opts.DefaultReportCount, 1, 1<<31-1)
	if f != nil {
		return f
	}
	r.count = min(count, maxRows)
	v, ok := q.params.values["sortBy"]
	if !ok {
		return nil
	}
	by := map[string]string{
		"COST_IN_LOCAL_CURRENCY": "costInLocalCurrency", "IMPRESSIONS": "impressions", "CLICKS": "clicks",
		"ONE_CLICK_LEADS": "oneClickLeads", "OPENS": "opens", "SENDS": "sends", "EXTERNAL_WEBSITE_CONVERSIONS": "externalWebsiteConversions",
	}
	if v.kind != record || by[v.rec["field"].text] == "" {
		return paramInvalid("sortBy", "")
	}
	r.sortBy = by[v.rec["field"].text]
	switch v.rec["order"].text {
	case "DESCENDING":
		r.descending = true
	case "ASCENDING", "":
	default:
		return paramInvalid("sortBy", "")
	}
	return nil
}

// retention is how far back numbers are kept.
func (r *report) retention(today simkit.Day) simkit.Day {
	years := 10
	for _, p := range r.pivots {
		if p.member {
			years = 2
		}
	}
	return monthsBefore(today, 12*years)
}

// asOf is the moment up to which numbers are known to this report.
func (s *Sim) asOf(r *report) time.Time {
	now := s.kit.Clock.Now()
	for _, p := range r.pivots {
		if p.member { // only whole days that ended long enough ago
			return simkit.DayOf(now.Add(-memberDelay)).Start(time.UTC)
		}
	}
	return now
}
