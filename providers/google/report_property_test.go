package google

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/admux/admux/normalize"
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

// Windows of any size are the range, and none but the last ends within a week or a month: each row is of one query.
func TestN3_windowsAreTheRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawRange(t)
		s := &shape{grain: rapid.SampledFrom([]normalize.Dimension{"", "DATE", "HOUR", "WEEK", "MONTH"}).Draw(t, "grain")}
		var pieces []normalize.DayRange
		for from := r.From; from.Before(r.To); from = pieces[len(pieces)-1].To {
			pieces = append(pieces, s.window(from, r.To, rapid.IntRange(1, 60).Draw(t, "periods")))
			if len(pieces) > r.Len() {
				t.Fatalf("%v: %v", r, pieces)
			}
		}
		tiles(t, r, pieces)
		periods := map[normalize.Day]bool{}
		for i, p := range pieces {
			if i > 0 && s.grain != "" && s.begin(p.From) != p.From {
				t.Fatalf("%v begins within a %s", p, s.grain)
			}
		}
		for d := r.From; d.Before(r.To); d = d.Add(1) {
			periods[s.begin(d)] = true
		}
		if n := s.periodsIn(r); s.grain != "" && n != len(periods) {
			t.Fatalf("%v has %d of %s, counted are %d", r, len(periods), s.grain, n)
		}
	})
}
