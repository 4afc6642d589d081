package gaql

import (
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// conversionSegment says that the segment splits conversions only.
func conversionSegment(name string) bool {
	switch name {
	case "segments.external_conversion_source", "segments.new_versus_returning_customers":
		return true
	}
	return strings.HasPrefix(name, "segments.conversion_") && name != "segments.conversion_value_rule_primary_dimension"
}

// checkSegments refuses segments that some used metric is not split by.
func (p *Plan) checkSegments() error {
	for _, s := range p.segments {
		if s.Name == "segments.ad_sub_network_type" && !p.selects("segments.ad_network_type") {
			return refuse("REQUIRED_SEGMENT_FIELD_MISSING", "segments.ad_network_type",
				"'%s' must be selected with 'segments.ad_network_type'.", s.Name)
		}
		for _, m := range p.usedMetrics {
			if !splits(s, m) && !p.repeats(s) {
				return refuse("PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE", s.Name,
					"cannot use segment '%s' with metric '%s'.", s.Name, m.Name)
			}
		}
	}
	return nil
}

// repeats says that impressions stand beside the segment all the same, repeated
// in each of its rows: the click types of shopping.
func (p *Plan) repeats(s *Field) bool {
	return s.Name == "segments.click_type" && p.from.name == "shopping_performance_view"
}

// splits says whether the platform splits the metric by the segment.
func splits(s, m *Field) bool {
	share := m.metric.kind == shareMetric || m.metric.kind == lostMetric
	switch {
	case conversionSegment(s.Name):
		return m.metric.conversion
	case s.Name == "segments.click_type":
		return !m.metric.perImpression // impressions repeat for every click type
	case s.segment == hourSegment, strings.HasPrefix(s.Name, "segments.product_"):
		return !share
	}
	return true
}

func (p *Plan) selects(name string) bool {
	return slices.ContainsFunc(p.selected, func(f *Field) bool { return f.Name == name })
}

// changeReport is a resource that lists changes: bounded both ways in time,
// and in rows.
type changeReport struct {
	field, family string
	days          int
}

var changeReports = map[string]changeReport{
	"change_status": {"change_status.last_change_date_time", "changeStatusError", 90},
	"change_event":  {"change_event.change_date_time", "changeEventError", 30},
}

const maxChanges = 10_000

// checkChanges holds change_status and change_event to a recent range with
// two ends and to a LIMIT.
func (p *Plan) checkChanges() error {
	r, ok := changeReports[p.from.name]
	if !ok {
		return nil
	}
	fail := func(code, message string) error {
		return &Error{Family: r.family, Code: code, Message: message, Trigger: r.field}
	}
	first, last := p.changeRange(r.field)
	switch {
	case first == "" || last == "":
		return fail("CHANGE_DATE_RANGE_INFINITE", "The query must filter '"+r.field+"' by a finite range.")
	case first > last:
		return fail("CHANGE_DATE_RANGE_NEGATIVE", "The range of '"+r.field+"' ends before it begins.")
	case first < (p.env.today() - simkit.Day(r.days)).String():
		return fail("START_DATE_TOO_OLD", "The range of '"+r.field+"' begins too long ago.")
	case p.query.Limit == 0:
		return fail("LIMIT_NOT_SPECIFIED", "The query must have a LIMIT.")
	case p.query.Limit > maxChanges:
		return fail("INVALID_LIMIT_CLAUSE", "LIMIT is at most 10000.")
	}
	return nil
}

// changeRange is the widest first and the last time that conditions allow, as
// text; a last day without time of day reaches to its end.
func (p *Plan) changeRange(field string) (first, last string) {
	from := func(s string) {
		if s > first {
			first = s
		}
	}
	to := func(s string) {
		if len(s) == len("2026-11-01") {
			s += " 23:59:59.999999"
		}
		if last == "" || s < last {
			last = s
		}
	}
	for _, c := range p.query.Where {
		if c.Field != field || len(c.Values) == 0 {
			continue
		}
		begin, end := c.Values[0].Text, c.Values[len(c.Values)-1].Text
		switch c.Op {
		case "=", "BETWEEN":
			from(begin)
			to(end)
		case ">", ">=":
			from(begin)
		case "<", "<=":
			to(end)
		case "DURING":
			if a, b, ok := during(begin, p.env.today()); ok {
				from(a.String())
				to(b.String())
			}
		}
	}
	return first, last
}

const maxClickDays = 90

// checkClicks holds click_view to one single recent day.
func (p *Plan) checkClicks() error {
	if p.from.name != "click_view" {
		return nil
	}
	if !p.firstDay.set || !p.lastDay.set || p.firstDay.day != p.lastDay.day {
		return &Error{Family: "clickViewError", Code: "EXPECTED_FILTER_ON_A_SINGLE_DAY", Trigger: "segments.date",
			Message: "Queries of click_view must filter on one single day."}
	}
	if p.firstDay.day < p.env.today()-maxClickDays {
		return &Error{Family: "clickViewError", Code: "DATE_TOO_OLD", Trigger: p.firstDay.day.String(),
			Message: "click_view reaches back 90 days."}
	}
	return nil
}
