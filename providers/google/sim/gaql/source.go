package gaql

import (
	"iter"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// Source is the world that a plan reads.
type Source interface {
	// Objects yields the objects of w.From in the order of their ids, removed
	// ones too. An error ends the query.
	Objects(w *Want) iter.Seq2[Object, error]
}

// Object is one object of the FROM resource, joined with its parents.
type Object interface {
	// Value is what the object or a joined one holds in the attribute, under
	// its GAQL name. It is asked once per object, not per row. The resource_name
	// of a join that is empty is absent, and its part of the row is left out.
	Value(field string) Value
	// Facts yields what happened in [w.First, w.Last], days ascending. Facts of
	// the same day and split add up. The Fact may be reused once yielded.
	Facts(w *Want) iter.Seq[*Fact]
}

// Want says what a plan needs to know. It is read only.
type Want struct {
	From string
	// First and Last are both inside. Without a date filter First is NoDay and
	// Last is today.
	First, Last simkit.Day
	// Hours asks for facts by the hour.
	Hours bool
	// Splits are the selected segments that do not follow from day and hour.
	Splits []string
	// Resources are the joined resources whose attributes the query uses.
	Resources []string
	// Metrics are the metrics that the query uses.
	Metrics []string
	// Conversions says that a conversion segment splits: only counters of
	// conversions matter.
	Conversions bool
}

// Has says that the segment is among Splits.
func (w *Want) Has(segment string) bool { return slices.Contains(w.Splits, segment) }

// Fact is what one object did on one day, in one split.
type Fact struct {
	Day simkit.Day
	// Hour is 0…23 of the account's day, read when Want.Hours.
	Hour int
	// Splits are the values of Want.Splits in their order.
	Splits []Value
	Sums   Sums
}

// trafficOnly lists the resources whose rows exist by traffic alone.
var trafficOnly = map[string]bool{
	"geographic_view": true, "user_location_view": true, "search_term_view": true, "campaign_search_term_view": true,
	"landing_page_view": true, "expanded_landing_page_view": true, "detail_placement_view": true,
	"group_placement_view": true, "shopping_performance_view": true, "click_view": true, "performance_max_placement_view": true,
}

func (p *Plan) compileWant() {
	w := &p.want
	w.From, w.First, w.Last = p.from.name, NoDay, p.env.today()
	if p.firstDay.set {
		w.First = p.firstDay.day
	}
	if p.lastDay.set {
		w.Last = p.lastDay.day
	}
	p.splits = map[string]int{}
	for _, f := range p.segments {
		switch f.segment {
		case hourSegment:
			w.Hours = true
		case splitSegment:
			p.splits[f.Name] = len(w.Splits)
			w.Splits = append(w.Splits, f.Name)
		}
		w.Conversions = w.Conversions || conversionSegment(f.Name)
	}
	for _, f := range p.usedMetrics {
		w.Metrics = append(w.Metrics, f.Name)
	}
	for _, name := range p.query.names() {
		resource, _, _ := strings.Cut(name, ".")
		if slices.Contains(p.from.joins, resource) && !slices.Contains(w.Resources, resource) {
			w.Resources = append(w.Resources, resource)
		}
	}
	p.facts = len(p.usedMetrics) > 0 || len(p.segments) > 0 || trafficOnly[p.from.name]
}

// names lists every field that the query names.
func (q *Query) names() []string {
	names := slices.Clone(q.Select)
	for _, c := range q.Where {
		names = append(names, c.Field)
	}
	for _, o := range q.Order {
		names = append(names, o.Field)
	}
	return names
}
