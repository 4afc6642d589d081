package reports

import (
	"encoding/binary"

	"github.com/admux/admux/gateway/reports/spool"
)

// gate holds the rows of several connections back until each has given its first one, or has ended: what fails then is
// told by a proper problem that names the connection, and not by an answer that breaks off.
type gate struct {
	sorter  *spool.Sorter
	codec   *codec
	waiting map[*source]bool
	n       uint64
}

// shut closes the gate where it serves: rows that are put in order do not leave early anyway, and NDJSON tells a failure
// in its last line, so that fast platforms need not wait for slow ones.
func (r *runner) shut() {
	if len(r.srcs) < 2 || r.sorter != nil || r.fold != nil || r.req.Format == FormatNDJSON {
		return
	}
	g := &gate{sorter: spool.New(r.spool), codec: newCodec(r.req, accountsOf(r.live())), waiting: map[*source]bool{}}
	for _, s := range r.live() {
		if len(s.plan.parts) > 0 {
			g.waiting[s] = true
		}
	}
	r.gate = g
}

func (g *gate) close() {
	if g != nil {
		g.sorter.Close()
	}
}

// hold keeps a row of the account with this number.
func (g *gate) hold(r *runner, account int) error {
	g.n++
	r.key = binary.BigEndian.AppendUint64(r.key[:0], g.n)
	return g.sorter.Add(r.key, g.codec.encode(&r.row, account))
}

// started notes that a connection has given a row or has ended, and opens the gate with the last of them.
func (r *runner) started(s *source) error {
	if r.gate == nil {
		return nil
	}
	delete(r.gate.waiting, s)
	if len(r.gate.waiting) > 0 {
		return nil
	}
	return r.unlock()
}

// unlock lets the rows go that were held, in the order in which they came.
func (r *runner) unlock() error {
	g := r.gate
	if g == nil {
		return nil
	}
	r.gate = nil
	defer g.sorter.Close()
	for rec, err := range g.sorter.Sorted() {
		if err != nil {
			return err
		}
		row, _, err := g.codec.decode(rec.Val)
		if err != nil {
			return err
		}
		if err := r.begin(); err != nil {
			return err
		}
		if err := r.w.Row(row); err != nil {
			return err
		}
	}
	return nil
}
