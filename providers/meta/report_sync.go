package meta

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/admux/admux/normalize"
)

// Sizes of pages. Meta documents no largest one; clients in wide use ask for a thousand.
const (
	pageRows   = 1000
	leastRows  = 50   // a page that must be smaller than this is not worth a call: the report goes by a report run
	syncRows   = 3000 // more than this is made by a report run, whose result does not move while it is read
	certainly  = 4000 // rows that are expected: nothing smaller is tried
	typicalSet = 20   // objects that an account is expected to have, before it has said
)

// sync reads a piece at once, unless it is large: then it reads nothing and returns false. No row leaves before the last
// page is there: until then the piece may still turn out to be large.
func (r *run) sync(ctx context.Context, p piece) (bool, error) {
	k := call{path: node(r.part.Org.ID) + "/insights", lane: lane{account: r.part.Org.ID, insights: true}, params: r.params(r.ask, p)}
	if r.large || r.expected(p.days) > certainly || len(k.params.Encode()) > maxURL {
		return false, nil
	}
	pg := r.page(r.ask.lay)
	pg.cut(0)
	pg.summed = true
	defer func() { pg.summed = false }()
	for at := (cursor{Limit: pageRows}); ; {
		have := len(pg.rows)
		info, err := fetchPage(ctx, r.c, k, at, func(body io.Reader, tr *trailer) error { pg.cut(have); return pg.read(body, p.days, tr) })
		if tooLarge(err) || unexplained(err) {
			r.large = true
			pg.cut(0)
			return false, nil
		}
		if err != nil {
			return false, err
		}
		r.noted(info)
		if !info.More {
			break
		}
		if at = info.Next; len(pg.rows) >= syncRows || at.Limit < leastRows {
			r.large = true
			pg.cut(0)
			return false, nil
		}
	}
	if pg.twice() { // rows have moved between two pages, so that some may be missing as well
		pg.cut(0)
		r.large = true
		return false, nil
	}
	return true, r.settle(ctx, pg, r.rows)
}

// expected is how many rows a piece is expected to have.
func (r *run) expected(days normalize.DayRange) int {
	return r.s.expected(days, r.ask.wire != wireAccount)
}

// expected is how many rows some days are expected to have, of objects or of the account alone.
func (s *shape) expected(days normalize.DayRange, objects bool) int {
	n := len(s.periods(days)) * s.spread()
	if objects {
		n *= typicalSet
	}
	return n
}

// twice tells whether a row of Meta's is there twice.
func (p *rowPage) twice() bool {
	seen := make(map[uint64]bool, len(p.rows))
	for i := range p.rows {
		if seen[p.rows[i].sum] {
			return true
		}
		seen[p.rows[i].sum] = true
	}
	return false
}

// tooLarge tells whether a smaller piece or a report run may succeed where this failed.
func tooLarge(err error) bool {
	if err == nil {
		return false
	}
	switch codeOf(err) {
	case "100/1487534", "100/1504018", "2/1504038", "-3/1504045":
		return true
	}
	return errors.Is(err, errGoAsync) || errors.Is(err, errTooMuch)
}

// unexplained tells whether Meta calls a failure an unknown error (1), even after all tries: a report run may still succeed.
func unexplained(err error) bool {
	code := codeOf(err)
	return code == "1" || strings.HasPrefix(code, "1/")
}
