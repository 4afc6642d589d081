package linkedin

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

// Windows and periods are the range; a period holds all of its days and no other.
func TestN3_windowsAreTheRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := providers.ReportQuery{Level: normalize.LevelAd, Metrics: []normalize.Metric{normalize.MetricClicks}, Range: drawRange(t)}
		if g := rapid.SampledFrom([]normalize.Dimension{"", "DATE", "WEEK", "MONTH"}).Draw(t, "grain"); g != "" {
			q.Dimensions = append(q.Dimensions, g)
		}
		if by := rapid.SampledFrom([]normalize.Dimension{"", "PLATFORM", "DEVICE", "COUNTRY"}).Draw(t, "by"); by != "" {
			q.Dimensions = append(q.Dimensions, by)
		}
		s, err := shapeOf(q)
		if err != nil {
			t.Fatal(err)
		}
		r := &run{s: s, part: providers.Part{Query: q}}
		windows := r.windows(rapid.IntRange(0, 40_000).Draw(t, "objects"))
		tiles(t, q.Range, windows)
		periods := s.periods(q.Range)
		tiles(t, q.Range, periods)
		seen := map[normalize.Day]bool{}
		for _, p := range periods {
			if s.grain != "" && seen[s.begin(p.From)] {
				t.Fatalf("%v is of a %s that came before", p, s.grain)
			}
			seen[s.begin(p.From)] = true
			for d := p.From; d.Before(p.To); d = d.Add(1) {
				if s.grain != "" && s.begin(d) != s.begin(p.From) {
					t.Fatalf("%s is not of the %s of %s", d, s.grain, p.From)
				}
			}
		}
	})
}
