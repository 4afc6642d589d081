package meta

import (
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
)

// adStatuses are all that an ad can have.
//
//nolint:gochecknoglobals // a table
var adStatuses = []string{
	"ACTIVE", "PAUSED", "DELETED", "ARCHIVED", "PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED", "PENDING_BILLING_INFO",
	"CAMPAIGN_PAUSED", "ADSET_PAUSED", "IN_PROCESS", "WITH_ISSUES",
}

// filter is an entry of the parameter filtering; entries are ANDed.
type filter struct {
	Field    string   `json:"field"`
	Operator string   `json:"operator"`
	Value    []string `json:"value"`
}

const (
	opIn    = "IN"
	opNotIn = "NOT_IN"
)

// dates is an entry of time_range: both days are in it.
type dates struct {
	Since normalize.Day `json:"since"`
	Until normalize.Day `json:"until"`
}

func datesOf(r normalize.DayRange) dates { return dates{r.From, r.To.Add(-1)} }

// piece is a part of the report that is asked for at once: some days, and of the objects those that the filters leave.
type piece struct {
	days normalize.DayRange
	only []filter
	// level and known are what the piece can be split by: objects of a level, as far as they are known to be in it. nil:
	// not yet listed.
	level int
	known []string
}

// maxURL is how long a query may be for a GET. Longer ones are asked for in the form of a report run.
const maxURL = 6000

// ask is what is asked of a piece: the level and the columns.
type ask struct {
	wire string
	lay  *layout
}

// params are the parameters of a call.
func (r *run) params(a ask, p piece) url.Values {
	q := url.Values{
		"level":  {a.wire},
		"fields": {strings.Join(r.fields(a), ",")},
	}
	switch {
	case r.s.daily():
		q.Set("time_range", js(datesOf(p.days)))
		q.Set("time_increment", "1")
	case r.s.grain != "":
		var ranges []dates
		for _, period := range r.s.periods(p.days) {
			ranges = append(ranges, datesOf(period))
		}
		q.Set("time_ranges", js(ranges))
	default:
		q.Set("time_range", js(datesOf(p.days)))
		q.Set("time_increment", "all_days")
	}
	if len(r.s.breakdowns) > 0 {
		q.Set("breakdowns", js(r.s.breakdowns))
	}
	if len(a.lay.windows) > 0 {
		q.Set("action_attribution_windows", js(a.lay.windows))
	}
	filters := slices.Concat(r.entityFilters(), p.only)
	if a.wire != wireAccount { // an account's own numbers hold everything
		filters = append([]filter{inAnyStatus(a.wire)}, filters...)
	}
	if len(filters) > 0 {
		q.Set("filtering", js(filters))
	}
	return q
}

// fields are the numbers of an ask, and the names of the objects. The names of breakdowns must not be among them.
func (r *run) fields(a ask) []string {
	var out []string
	for _, l := range levelSources[1:4] {
		if a.wire == wireAccount {
			break
		}
		out = append(out, l.id+"_id", l.id+"_name")
		if l.wire == a.wire {
			break
		}
	}
	if a.lay.byEvent {
		out = append(out, "objective")
	}
	return append(out, a.lay.fields...)
}

// entityFilters are those of the report's filter.
func (r *run) entityFilters() []filter {
	var out []filter
	for _, l := range levelSources[1:4] {
		if ids := r.part.Query.Filter[l.level]; len(ids) > 0 {
			out = append(out, filter{l.id + ".id", opIn, ids})
		}
	}
	if ids := r.part.Query.Filter[normalize.LevelCreative]; len(ids) > 0 {
		out = append(out, filter{"ad.id", opIn, r.objects.showing(ids)})
	}
	return out
}

// inAnyStatus is the filter that brings archived and deleted objects of a level in. Without it they are left out, and
// children add up to less than their parent, which holds them.
// https://developers.facebook.com/docs/marketing-api/best-practices/storing_adobjects
func inAnyStatus(level string) filter {
	statuses := []string{"ACTIVE", "PAUSED", "DELETED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES"}
	switch level {
	case "adset":
		statuses = append(statuses, "CAMPAIGN_PAUSED")
	case "ad":
		statuses = adStatuses
	}
	return filter{level + ".effective_status", opIn, statuses}
}

// filters are those of a list of ads that the report is of.
func (r *run) filters() []filter {
	out := []filter{inAnyStatus("ad")}
	for _, l := range levelSources[1:4] {
		if ids := r.part.Query.Filter[l.level]; len(ids) > 0 {
			out = append(out, filter{l.id + ".id", opIn, ids})
		}
	}
	return out
}

// periods cuts days into what one row is of; first and last weeks and months hold only the days asked for.
func (s *shape) periods(r normalize.DayRange) []normalize.DayRange {
	if s.daily() {
		return r.Cut(1)
	}
	if s.grain == "" {
		return []normalize.DayRange{r}
	}
	var out []normalize.DayRange
	for from := r.From; from.Before(r.To); {
		to := s.begin(from).Add(7)
		if s.grain == normalize.DimensionMonth {
			to = s.begin(s.begin(from).Add(31))
		}
		if r.To.Before(to) {
			to = r.To
		}
		out = append(out, normalize.DayRange{From: from, To: to})
		from = to
	}
	return out
}

// How much one report run is asked for. Larger ones are refused, fail or never end.
const (
	maxPeriods   = 26  // weeks or months of one call
	maxDays      = 90  // by day, without a breakdown
	valuesPerRun = 300 // days times the values that an object has on a day
)

// windows cuts days into pieces of a size that is likely to pass.
func (s *shape) windows(r normalize.DayRange) []normalize.DayRange {
	if s.whole() {
		return []normalize.DayRange{r}
	}
	n := maxPeriods
	if s.daily() {
		n = min(max(valuesPerRun/s.spread(), 7), maxDays)
	}
	var out []normalize.DayRange
	for group := range slices.Chunk(s.periods(r), n) {
		out = append(out, normalize.DayRange{From: group[0].From, To: group[len(group)-1].To})
	}
	return out
}

// spread is how many rows of Meta's an object may have in a period.
func (s *shape) spread() int {
	n := 1
	for _, b := range s.by {
		n *= b.spread
	}
	return n
}
