package sim

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/admux/admux/providers/google/sim/gaql"
)

// streamFault breaks streams in their middle: an error as the array's last
// element, under 200.
type streamFault struct {
	mu    sync.Mutex
	after int
	times int
	code  string
	drip  time.Duration
}

// setStream arms a stream fault: POST /_sim/stream
// {"after_rows":2,"times":1,"code":"TRANSIENT_ERROR","drip_ms":0}.
func (s *Sim) setStream(w http.ResponseWriter, r *http.Request) {
	var in struct {
		AfterRows int    `json:"after_rows"`
		Times     int    `json:"times"`
		Code      string `json:"code"`
		DripMS    int    `json:"drip_ms"`
	}
	if !controlBody(w, r, &in) {
		return
	}
	s.FailStream(in.AfterRows, in.Times, in.Code)
	s.faulty.mu.Lock()
	s.faulty.drip = time.Duration(in.DripMS) * time.Millisecond
	s.faulty.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// FailStream lets the next times searchStream calls end with an error element
// (internalError code; empty is TRANSIENT_ERROR) after so many rows, under the
// 200 that has gone out.
func (s *Sim) FailStream(afterRows, times int, code string) {
	if code == "" {
		code = "TRANSIENT_ERROR"
	}
	s.faulty.mu.Lock()
	defer s.faulty.mu.Unlock()
	s.faulty.after, s.faulty.times, s.faulty.code = afterRows, times, code
}

func (f *streamFault) take() (after int, code string, drip time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.times <= 0 {
		return -1, "", f.drip
	}
	f.times--
	return f.after, f.code, f.drip
}

// streamer writes the chunks of one searchStream answer.
type streamer struct {
	c     *call
	plan  *gaql.Plan
	query string
	buf   []byte
	begun bool // something has left
	first bool // no chunk yet
	rows  int  // of the open chunk
	err   error
}

func (c *call) searchStream() *apiError {
	in, bad := c.decode("SearchGoogleAdsStreamRequest")
	if bad != nil {
		return bad
	}
	query := text(in, "query")
	plan, bad := c.compile(query)
	if bad != nil {
		return bad
	}
	if bad := c.spend(1); bad != nil {
		return bad
	}
	after, code, drip := c.s.faulty.take()
	x := &streamer{c: c, plan: plan, query: query, first: true}
	src := c.s.source(c.c)
	setting := text(in, "summary_row_setting")
	n := 0
	if setting != "SUMMARY_ROW_ONLY" {
		for row, err := range plan.Rows(src) {
			if err != nil {
				return x.broken(fromGAQL(err))
			}
			if n == after {
				return x.broken(refuse("internalError", code, "An internal error has occurred."))
			}
			n++
			if x.row(row); x.err != nil {
				return nil
			}
			if drip > 0 && n%c.s.opts.ChunkRows == 0 {
				select {
				case <-time.After(drip):
				case <-c.r.Context().Done():
					return nil
				}
			}
		}
	}
	if n == after {
		return x.broken(refuse("internalError", code, "An internal error has occurred."))
	}
	x.end()
	if setting == "SUMMARY_ROW_WITH_RESULTS" || setting == "SUMMARY_ROW_ONLY" {
		if sum, err := plan.Summary(src); err == nil && sum != nil {
			x.element(append(append([]byte(`{"summaryRow":`), sum...), x.tail()...))
		}
	}
	if x.first { // no rows: one element that says which fields were asked
		x.element([]byte(`{"fieldMask":` + strconv.Quote(plan.FieldMask()) + x.id() + `}`))
	}
	x.raw("]")
	x.flush()
	return nil
}

// id is what each element carries; the first tells the query's cost too.
func (x *streamer) id() string {
	t := `,"requestId":` + strconv.Quote(x.c.requestID)
	if x.first {
		t += `,"queryResourceConsumption":"` + itoa(consumption(x.query)) + `"`
	}
	return t
}

func (x *streamer) tail() string {
	return `,"fieldMask":` + strconv.Quote(x.plan.FieldMask()) + x.id() + `}`
}

func (x *streamer) raw(t string) { x.buf = append(x.buf, t...) }

// open writes what stands before an element.
func (x *streamer) open() {
	if !x.begun && len(x.buf) == 0 {
		x.raw("[")
	} else {
		x.raw("\r\n,\r\n")
	}
}

// element writes a whole element.
func (x *streamer) element(compact []byte) {
	x.open()
	x.print(compact, 0)
	x.first = false
}

func (x *streamer) print(compact []byte, depth int) {
	if x.c.compact {
		x.buf = append(x.buf, compact...)
		return
	}
	x.buf = appendPretty(x.buf, compact, depth)
}

func (x *streamer) row(row []byte) {
	pretty := !x.c.compact
	if x.rows == 0 {
		x.open()
		x.raw(`{`)
		if pretty {
			x.raw("\n  ")
		}
		x.raw(`"results":`)
		if pretty {
			x.raw(" [\n    ")
		} else {
			x.raw("[")
		}
	} else if x.raw(","); pretty {
		x.raw("\n    ")
	}
	x.print(row, 2)
	if x.rows++; x.rows == x.c.s.opts.ChunkRows {
		x.end()
		x.flush()
		return
	}
	if len(x.buf) > 256<<10 {
		x.flush()
	}
}

// end closes the open chunk.
func (x *streamer) end() {
	if x.rows == 0 {
		return
	}
	x.rows = 0
	if x.c.compact {
		x.raw("]" + x.tail())
	} else {
		x.raw("\n  ],\n  \"fieldMask\": " + strconv.Quote(x.plan.FieldMask()))
		x.raw(",\n  \"requestId\": " + strconv.Quote(x.c.requestID))
		if x.first {
			x.raw(",\n  \"queryResourceConsumption\": \"" + itoa(consumption(x.query)) + "\"")
		}
		x.raw("\n}")
	}
	x.first = false
}

func (x *streamer) flush() {
	if !x.begun {
		x.begun = true
		x.c.w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		x.c.w.WriteHeader(http.StatusOK)
	}
	if _, err := x.c.w.Write(x.buf); err != nil {
		x.err = err
	}
	http.NewResponseController(x.c.w).Flush() // not every writer can; then it goes out later
	x.buf = x.buf[:0]
}

// broken ends a stream with an error: as any refusal while nothing has left,
// else as the array's last element under the 200 that is out.
func (x *streamer) broken(e *apiError) *apiError {
	if !x.begun && len(x.buf) == 0 {
		return e
	}
	x.end()
	x.element(appendJSON(nil, e.envelope(x.c.version, x.c.requestID)))
	x.raw("]")
	x.flush()
	return nil
}
