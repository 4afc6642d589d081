package gaql

import "iter"

// Rows yields the results, one compact JSON object each. The bytes are reused:
// they are whole until the next row. An error is the source's and the last
// pair.
func (p *Plan) Rows(src Source) iter.Seq2[[]byte, error] { return p.Page(src, 0, -1) }

// Page yields at most n of the rows that Rows yields, from the offset on; the
// ones before are not written. A negative n means all.
func (p *Plan) Page(src Source, offset, n int) iter.Seq2[[]byte, error] {
	end := p.query.Limit
	if n >= 0 && (end == 0 || offset+n < end) {
		end = offset + n
	}
	bounded := p.query.Limit > 0 || n >= 0
	return func(yield func([]byte, error) bool) {
		if bounded && offset >= end {
			return
		}
		var buf []byte
		at, going := 0, true
		err := p.ordered(src, end, func(r *row) bool {
			at++
			if at > offset {
				buf = p.appendRow(buf[:0], r)
				going = yield(buf, nil)
			}
			return going && (!bounded || at < end)
		})
		if err != nil && going {
			yield(nil, err)
		}
	}
}

// Count is the number of rows, LIMIT aside.
func (p *Plan) Count(src Source) (int, error) {
	n := 0
	err := p.each(src.Objects(&p.want), func(*row) bool { n++; return true })
	return n, err
}

// Summary is the summary row over all rows, LIMIT aside: {"metrics":{…}}. It
// is nil when no metric is selected.
func (p *Plan) Summary(src Source) ([]byte, error) {
	if len(p.metrics) == 0 {
		return nil, nil
	}
	var total Sums
	err := p.each(src.Objects(&p.want), func(r *row) bool {
		total.add(&r.group.sums)
		return true
	})
	if err != nil {
		return nil, err
	}
	return append(p.appendMetrics([]byte{'{'}, &total), '}'), nil
}
