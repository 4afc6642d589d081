package sim

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// serveInsights answers GET /{node}/insights, at once, and POST, which starts a
// report run.
func (s *Sim) serveInsights(c *call, e *entity) (any, *graphError) {
	fs, err := c.fields()
	if err != nil {
		return nil, err
	}
	switch c.method {
	case http.MethodGet:
		q, err := s.parseInsights(c, e, c.params, fs)
		if err != nil {
			return nil, err
		}
		return s.syncInsights(c, q, e.id+"/insights", c.params)
	case http.MethodPost:
		return s.startRun(c, e, fs)
	}
	return nil, noObject(c.method, e.id)
}

// expandInsights answers insights.date_preset(…){…} inside a node's fields:
// nothing at all where there are no rows.
func (s *Sim) expandInsights(c *call, e *entity, args params, fs []field) (any, *graphError) {
	q, err := s.parseInsights(c, e, args, fs)
	if err != nil {
		return nil, err
	}
	p := args.without()
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.name
	}
	p["fields"] = strings.Join(names, ",")
	body, err := s.syncInsights(c, q, e.id+"/insights", p)
	if err != nil {
		return nil, err
	}
	if len(q.summary) == 0 && strings.HasPrefix(string(body), emptyPage) {
		return nil, nil
	}
	return json.RawMessage(body), nil
}

const emptyPage = `{"data":[]`

// jsonBody is a finished answer, written as it is.
type jsonBody []byte

// WriteJSON writes the body.
func (b jsonBody) WriteJSON(w *bufio.Writer) error {
	_, err := w.Write(b)
	return err
}

// syncInsights answers one page at once, unless the whole report is too much
// for that.
func (s *Sim) syncInsights(c *call, q *insightQuery, path string, p params) (jsonBody, *graphError) {
	x := s.newRunner(q)
	o := s.insights.options()
	switch n := x.weight(o.SyncRows); {
	case beyond(n, o.AsyncRows):
		return nil, userError(1487534, "Too much data", "There is too much data to return. Please query a shorter time range or fewer fields and objects.")
	case beyond(n, o.SyncRows):
		return nil, timedOut(q.id)
	}
	body, err := x.answer(c, path, p)
	if err == nil {
		err = s.usage.insightsWeight(c, q.node.account, float64(x.rows)/rowsPerPoint)
	}
	return body, err
}

// rowsPerPoint is how many rows cost as much as a call (assumed).
const rowsPerPoint = 1000

// timedOut is a synchronous report that took too long; Meta has two ways to
// say so.
func timedOut(draw uint64) *graphError {
	const title, msg = "Request Timed Out", "The request took too long. Please query a smaller date range or use the asynchronous endpoint."
	if draw%2 == 0 {
		return &graphError{Code: 100, Subcode: 1504018, Message: "Invalid parameter", UserTitle: title, UserMsg: msg}
	}
	return &graphError{Code: 2, Subcode: 1504038, Message: "Service temporarily unavailable", UserTitle: title, UserMsg: msg}
}

// cursor is where a page ends: the row of a slot in a unit, or the place in a
// sorted report.
type cursor struct{ unit, slot int }

func (q *insightQuery) encode(c cursor) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d.%x", c.unit, c.slot, q.id))
}

func (q *insightQuery) decode(text string) (cursor, *graphError) {
	var c cursor
	var id uint64
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "%d.%d.%x", &c.unit, &c.slot, &id)
	}
	if err != nil || id != q.id || c.unit < 0 || c.slot < 0 {
		return c, invalidParam("Invalid cursors values")
	}
	return c, nil
}

// insightPage is what one answer carries.
type insightPage struct {
	body        []byte // the answer so far, up to the last row
	n           int
	first, last cursor
	more        bool // rows follow
	earlier     bool // rows came before
}

func (p *insightPage) add(at cursor, r *reportRow) {
	if p.n == 0 {
		p.first = at
	} else {
		p.body = append(p.body, ',')
	}
	p.last = at
	p.n++
	p.body = r.append(p.body)
}

// answer makes the page that the query asks for.
func (x *runner) answer(c *call, path string, p params) (jsonBody, *graphError) {
	pg, err := x.page()
	if err != nil {
		return nil, err
	}
	if beyond(pg.n*max(1, len(x.q.fields)), x.sim.insights.options().PageCells) {
		return nil, tooMuch()
	}
	x.rows = pg.n
	b := append(pg.body, ']')
	if pg.n > 0 {
		paging := c.pagingOf(path, p, x.q.encode(pg.first), x.q.encode(pg.last), pg.earlier, pg.more)
		b = append(append(b, `,"paging":`...), encode(paging)...)
	}
	if x.q.summary != nil || x.q.count {
		b = append(append(b, `,"summary":`...), x.summary()...)
	}
	return append(b, '}'), nil
}

// rowRoom is about how many bytes a row takes.
func (q *insightQuery) rowRoom() int {
	n := 64
	for _, f := range q.fields {
		n += 32
		if f.actions {
			n += 1000
		}
	}
	return n
}

// maxRoom bounds the memory that a page claims before it has rows.
const maxRoom = 1000

func (x *runner) page() (*insightPage, *graphError) {
	p := &insightPage{body: make([]byte, 0, 1024+min(x.q.limit, maxRoom)*x.q.rowRoom())}
	p.body = append(p.body, `{"data":[`...)
	if x.q.before != "" {
		at, err := x.q.decode(x.q.before)
		if err != nil {
			return nil, err
		}
		x.backward(p, at)
		return p, nil
	}
	at := cursor{0, -1}
	if x.q.after != "" {
		var err *graphError
		if at, err = x.q.decode(x.q.after); err != nil {
			return nil, err
		}
		p.earlier = true
	}
	if x.q.sort != nil {
		x.slice(p, at.unit+min(1, at.slot+1), x.q.limit)
		return p, nil
	}
	x.forward(p, at)
	return p, nil
}

// forward fills the page with what comes after a cursor, and looks one row on.
func (x *runner) forward(p *insightPage, at cursor) {
	for u := at.unit; u < x.units(); u++ {
		if !x.unit(u, func(slot int, r *reportRow) bool {
			if u == at.unit && slot <= at.slot {
				return true
			}
			if p.n == x.q.limit {
				p.more = true
				return false
			}
			p.add(cursor{u, slot}, r)
			return true
		}) {
			return
		}
	}
}

// backward fills the page with what comes before a cursor.
func (x *runner) backward(p *insightPage, at cursor) {
	p.more = true
	if x.q.sort != nil {
		from := max(0, at.unit-x.q.limit)
		x.slice(p, from, at.unit-from)
		return
	}
	found, start, skip := 0, 0, 0
	for u := min(at.unit, x.units()-1); u >= 0 && found <= x.q.limit; u-- {
		n := 0
		x.unit(u, func(slot int, _ *reportRow) bool {
			if u < at.unit || slot < at.slot {
				n++
			}
			return true
		})
		found += n
		start = u
	}
	skip = max(0, found-x.q.limit)
	p.earlier = skip > 0
	left := min(found, x.q.limit)
	for u := start; left > 0 && u < x.units(); u++ {
		x.unit(u, func(slot int, r *reportRow) bool {
			if skip > 0 {
				skip--
				return true
			}
			p.add(cursor{u, slot}, r)
			left--
			return left > 0
		})
	}
}

// slice takes a part of the sorted report.
func (x *runner) slice(p *insightPage, from, n int) {
	rows := x.sorted()
	from = min(from, len(rows))
	p.earlier = from > 0
	for i := from; i < min(len(rows), from+n); i++ {
		if p.n > 0 {
			p.body = append(p.body, ',')
		} else {
			p.first = cursor{i, 0}
		}
		p.body = append(p.body, rows[i].json...)
		p.last = cursor{i, 0}
		p.n++
	}
	p.more = from+p.n < len(rows)
}
