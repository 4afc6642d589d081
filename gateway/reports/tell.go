package reports

import (
	"net/http"
	"slices"

	"github.com/admux/admux/gateway/left"
	"github.com/admux/admux/gateway/stream"
)

// telling says in a header what a report leaves out, in shapes that have no place for it too: what is known before the
// first row, or all of it where nothing has left until the end. Of an answer that has begun, a trailer says the rest.
type telling struct {
	stream.Writer
	header http.Header
	known  func() []string // before the first row; nil: nothing
}

// Begin implements stream.Writer.
func (t *telling) Begin() error {
	if t.known != nil {
		left.Write(t.header, t.known())
	}
	return t.Writer.Begin()
}

// Flush implements stream.Flusher.
func (t *telling) Flush() error {
	if f, ok := t.Writer.(stream.Flusher); ok {
		return f.Flush()
	}
	return nil
}

// End implements stream.Writer.
func (t *telling) End(totals *stream.Totals, meta *stream.Meta) error {
	if meta != nil {
		if t.Sent() {
			left.WriteTrailer(t.header, meta.Quality.LeftOut)
		} else {
			left.Write(t.header, meta.Quality.LeftOut)
		}
	}
	return t.Writer.End(totals, meta)
}

// foreseen is what the plan says that a report will leave out.
func foreseen(req *Request, srcs []*source, paused []string) []string {
	var out []string
	add := func(id, reason string) {
		if req.Several {
			reason = id + ": " + reason
		}
		if !slices.Contains(out, reason) {
			out = append(out, reason)
		}
	}
	for _, s := range srcs {
		if s.plan == nil {
			continue
		}
		for _, n := range s.note {
			add(s.conn.ID, n)
		}
		for _, p := range s.plan.parts {
			if p.ask.above {
				continue // what it leaves out is none of this report's
			}
			for _, l := range p.Meta.Left {
				add(s.conn.ID, l)
			}
		}
	}
	for _, id := range paused {
		out = append(out, id+": is paused")
	}
	return out
}
