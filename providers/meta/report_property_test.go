package meta

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// drawRange is a range of up to four years that may begin and end on any day: the ends of months, the 29th of February and
// the days on which clocks change among them.
func drawRange(t *rapid.T) normalize.DayRange {
	from := normalize.Day{Year: 2023, Month: 1, Dom: 1}.Add(rapid.IntRange(0, 1500).Draw(t, "first day"))
	if rapid.Bool().Draw(t, "at the end of a month") {
		from = normalize.Day{Year: from.Year, Month: from.Month, Dom: 1}.Add(31)
		from = normalize.Day{Year: from.Year, Month: from.Month, Dom: 1}.Add(-rapid.IntRange(0, 2).Draw(t, "before it"))
	}
	return normalize.DayRange{From: from, To: from.Add(rapid.IntRange(1, 1500).Draw(t, "days"))}
}

// tiles checks that pieces are the range, in order, without a hole and without an overlap.
func tiles(t *rapid.T, whole normalize.DayRange, pieces []normalize.DayRange) {
	next := whole.From
	for _, p := range pieces {
		if p.From != next || !p.From.Before(p.To) {
			t.Fatalf("%v of %v does not follow %s", p, whole, next)
		}
		next = p.To
	}
	if next != whole.To {
		t.Fatalf("%v ends at %s", whole, next)
	}
}

// Windows, periods and the halves of what was too large are the range; none cuts a week or a month, whose rows are of one
// question each.
func TestN3_windowsAreTheRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := providers.ReportQuery{Level: normalize.LevelAd, Metrics: []normalize.Metric{normalize.MetricClicks}, Range: drawRange(t)}
		if g := rapid.SampledFrom([]normalize.Dimension{"", "DATE", "WEEK", "MONTH"}).Draw(t, "grain"); g != "" {
			q.Dimensions = append(q.Dimensions, g)
		}
		if by := rapid.SampledFrom([]normalize.Dimension{"", "HOUR", "PLATFORM_POSITION", "COUNTRY"}).Draw(t, "by"); by != "" {
			q.Dimensions = append(q.Dimensions, by)
		}
		s, err := shapeOf(q)
		if err != nil {
			t.Fatal(err)
		}
		tiles(t, q.Range, s.periods(q.Range))
		windows := s.windows(q.Range)
		tiles(t, q.Range, windows)
		r := &run{s: s, part: providers.Part{Query: q}, ask: ask{wire: wireAccount}}
		for i, w := range windows {
			if i > 0 && !s.whole() && s.begin(w.From) != w.From {
				t.Fatalf("%v begins within a %s", w, s.grain)
			}
			halves, err := r.split(t.Context(), piece{days: w})
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case halves == nil && len(s.periods(w)) > 1:
				t.Fatalf("%v is not cut", w)
			case halves != nil:
				tiles(t, w, []normalize.DayRange{halves[0].days, halves[1].days})
				if !s.whole() && s.begin(halves[1].days.From) != halves[1].days.From {
					t.Fatalf("%v begins within a %s", halves[1].days, s.grain)
				}
			}
		}
	})
}
