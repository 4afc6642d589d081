package google

import (
	"errors"
	"slices"
	"time"

	"github.com/admux/admux/normalize"
)

// delivered tells whether there is anything in a row. Google answers with rows of zeros for every object there ever was
// unless it is asked for segments, and with none of them when it is: here a row is always of something.
func (r *reportRow) delivered(p *pass) bool {
	for _, c := range p.numbers {
		if v := &r.columns[c]; v.OK && !v.D.IsZero() {
			return true
		}
	}
	return false
}

// byCategory keeps what the category of the conversions counts for.
func (r *reportRow) byCategory() error {
	c := string(r.text(placeCategory))
	if c == "" {
		return errAnonymous
	}
	if !slices.Contains(leadCategories, c) {
		r.columns[colLeads] = normalize.Value{}
	}
	if !slices.Contains(revenueCategories, c) {
		r.columns[colRevenue] = normalize.Value{}
	}
	return nil
}

// convert turns Google's units into ours. Quartiles are rates over impressions: where nothing was shown there is no rate,
// and nobody got there.
func (r *reportRow) convert(p *pass) {
	shown := r.columns[colImpressions]
	for _, c := range p.numbers {
		v := &r.columns[c]
		switch u := columnSources[c].unit; {
		case u == unitRate && !v.OK && shown.OK && shown.D.IsZero():
			*v = normalize.Some(normalize.Decimal{})
		case !v.OK || u == unitPlain:
		case u == unitMicros:
			v.D = v.D.Mul(normalize.Scaled(1, 6))
		case u == unitMillis:
			v.D = v.D.Mul(normalize.Scaled(1, 3))
		case u == unitPercent:
			v.D = v.D.Mul(normalize.Int(100))
		case u == unitRate && shown.OK:
			v.D = v.D.Mul(shown.D).Round(0)
		case u == unitRate:
			*v = normalize.Value{}
		}
	}
}

// parseDay reads YYYY-MM-DD.
func parseDay(b []byte) (normalize.Day, error) {
	var n [3]int
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return normalize.Day{}, errors.New("a row has no day")
	}
	for i, at := range [...][2]int{{0, 4}, {5, 7}, {8, 10}} {
		for _, c := range b[at[0]:at[1]] {
			if c < '0' || c > '9' {
				return normalize.Day{}, errors.New("a row has no day")
			}
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	if n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 {
		return normalize.Day{}, errors.New("a row has no day")
	}
	return normalize.Day{Year: n[0], Month: time.Month(n[1]), Dom: n[2]}, nil
}
