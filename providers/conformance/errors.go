package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers"
)

// budget is the most requests that one read may cost when the platform fails for ever.
const budget = 12

const (
	faultMessage = "message-of-the-platform-4711"
	faultID      = "request-id-4712"
)

// platformFault is one thing that goes wrong on the platform's side.
type platformFault struct {
	name    string
	fault   func(s *suite) Fault
	kinds   []providers.Kind
	envelop bool // the answer carries message and request id
	wait    time.Duration
}

func text(s string) json.RawMessage {
	b, _ := json.Marshal(s) // a text always marshals
	return b
}

// refusal is an error answer in the platform's envelope, as far as the harness knows it.
func (s *suite) refusal(status int) Fault {
	if s.h.Refusal != nil {
		return s.h.Refusal(status, faultMessage, faultID)
	}
	return Fault{Status: status, Body: text(`{"message":"` + faultMessage + `"}`)}
}

func status(n int, headers ...string) func(*suite) Fault {
	return func(s *suite) Fault {
		f := s.refusal(n)
		for i := 0; i+1 < len(headers); i += 2 {
			if f.Headers == nil {
				f.Headers = map[string]string{}
			}
			f.Headers[headers[i]] = headers[i+1]
		}
		return f
	}
}

func plainFault(f Fault) func(*suite) Fault { return func(*suite) Fault { return f } }

func bytesPtr(n int64) *int64 { return &n }

func platformFaults() []platformFault {
	kinds := func(k ...providers.Kind) []providers.Kind { return k }
	return []platformFault{
		{"429 with Retry-After", status(429, "Retry-After", "7"), kinds(providers.RateLimited), true, 7 * time.Second},
		{"429 without Retry-After", status(429), kinds(providers.RateLimited), true, 0},
		{"401", status(401), kinds(providers.Unauthorized), true, 0},
		{"500", status(500), kinds(providers.Unavailable), true, 0},
		{"503 from an edge, in HTML", plainFault(Fault{Status: 503, Body: text("<html><body>busy</body></html>")}), kinds(providers.Unavailable), false, 0},
		{"504", status(504), kinds(providers.Timeout, providers.Unavailable), true, 0},
		{"cut connection", plainFault(Fault{CutAfterBytes: bytesPtr(40)}), kinds(providers.Malformed, providers.Unavailable), false, 0},
		{"connection closed before the answer", plainFault(Fault{CutAfterBytes: bytesPtr(0)}), kinds(providers.Malformed, providers.Unavailable), false, 0},
		{"not JSON", plainFault(Fault{Status: 200, Body: text("<html><body>maintenance</body></html>")}), kinds(providers.Malformed), false, 0},
		{"empty body", plainFault(Fault{Status: 200, Body: text("")}), kinds(providers.Malformed), false, 0},
		{"stalled body", plainFault(Fault{CutAfterBytes: bytesPtr(40), Stall: true}), kinds(providers.Timeout), false, 0},
		{"stalled before the answer", plainFault(Fault{Stall: true}), kinds(providers.Timeout), false, 0},
	}
}

// patience: only an answer that stalls needs a session that gives up soon.
func (pf platformFault) patience() []change {
	if strings.HasPrefix(pf.name, "stalled") {
		return []change{quick}
	}
	return nil
}

// errors runs the table of faults on lists and on reports.
func (s *suite) errors(t *testing.T) {
	if s.h.Refusal == nil {
		t.Log("the harness knows no error envelope: messages and request ids are not compared")
	}
	for _, pf := range platformFaults() {
		t.Run("list: "+pf.name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, s.h, lots, pf.patience()...)
			c, ok := s.longest(e)
			if !ok {
				t.Log("not declared, not run: lists inside an account")
				return
			}
			q := e.query(c, e.orgs()[0].ID)
			q.Size = min(q.Size, 20)
			s.meets(e, pf, s.h.APIPath, func() (string, error) {
				items, err := e.walk(t.Context(), c, q)
				return fmt.Sprint(ids(items)), err
			})
		})
		if s.session.Reports.Plan == nil {
			continue
		}
		t.Run("report: "+pf.name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, s.h, dense, pf.patience()...)
			q := e.byDay(60)
			s.meets(e, pf, s.reportPath(), func() (string, error) {
				got, metas, err := e.table(q)
				if err == nil {
					e.compare(q, got, metas)
				}
				return fmt.Sprint(len(got), " cells"), err
			})
		})
	}
}

// meets: a fault once is got over and the result is whole; a fault for ever is the right error, after few calls.
func (s *suite) meets(e *env, pf platformFault, path string, read func() (string, error)) {
	e.t.Helper()
	before := e.wire.count("")
	whole, err := read()
	e.fatal("undisturbed", err)
	f := pf.fault(s)
	f.Path, f.After = path, min(1, e.wire.count("")-before-1) // in the middle, when there is one
	e.sim.Fault(f)
	again, err := read()
	switch {
	case err != nil:
		e.t.Errorf("once: not got over: %v", e.refusal(err))
	case again != whole:
		e.t.Errorf("once: %.200s in place of %.200s", again, whole)
	}
	if pf.wait > 0 && !slices.ContainsFunc(e.slept(), func(d time.Duration) bool { return d >= pf.wait }) {
		e.t.Errorf("once: waits %v, the platform asked for %v", e.slept(), pf.wait)
	}
	if slices.Contains(pf.kinds, providers.Unauthorized) && e.purse.count() != 1 {
		e.t.Errorf("once: the token was rejected %d times", e.purse.count())
	}
	e.sim.ClearFaults()
	f.Times = -1
	e.sim.Fault(f)
	before = e.wire.count(path)
	_, err = read()
	if err == nil {
		e.t.Fatal("for ever: the read ends well: a part passes for the whole")
	}
	pe := e.refusal(err)
	if !slices.Contains(pf.kinds, pe.Kind) {
		e.t.Errorf("for ever: kind %v, want %v: %v", pe.Kind, pf.kinds, pe)
	}
	if n := e.wire.count(path) - before; n > budget {
		e.t.Errorf("for ever: %d calls, at most %d", n, budget)
	}
	s.said(e, pf, f, pe)
}

// said: the error carries what the platform told.
func (s *suite) said(e *env, pf platformFault, f Fault, pe *providers.Error) {
	e.t.Helper()
	if f.Status >= 400 && pe.Status != f.Status {
		e.t.Errorf("status %d of the platform is told as %d", f.Status, pe.Status)
	}
	if v := f.Headers["Retry-After"]; v != "" {
		if n, _ := strconv.Atoi(v); pe.RetryAfter != time.Duration(n)*time.Second {
			e.t.Errorf("Retry-After %s is told as %v", v, pe.RetryAfter)
		}
	}
	if s.h.Refusal == nil || !pf.envelop {
		return
	}
	if !strings.Contains(pe.Message, faultMessage) {
		e.t.Errorf("the platform's message is lost: %q", pe.Message)
	}
	if pe.RequestID != faultID {
		e.t.Errorf("the platform's request id is lost: %q", pe.RequestID)
	}
}
