package providers

import (
	"strconv"
	"testing"
	"time"
)

func TestBreakerOpensTriesAndCloses(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	b := NewBreakers(func() time.Time { return now })
	call := func(o Outcome) bool {
		leave, closed := b.Enter("h", "c")
		if closed != nil {
			if closed.Wait <= 0 {
				t.Errorf("refused without a wait")
			}
			return false
		}
		leave(o, nil)
		leave(OutcomeBad, nil) // counts once
		return true
	}
	for range openAfter - 1 {
		call(OutcomeBad)
	}
	call(OutcomeUnknown)
	call(OutcomeRefused) // an answer: the host is well
	for range openAfter {
		if !call(OutcomeBad) {
			t.Fatal("open too early")
		}
	}
	if call(OutcomeGood) {
		t.Fatal("not open")
	}
	if leave, _ := b.Enter("other", "c"); leave == nil {
		t.Error("another host is refused")
	}
	now = now.Add(coolDown)
	trial, _ := b.Enter("h", "c")
	if trial == nil {
		t.Fatal("no trial")
	}
	if call(OutcomeGood) {
		t.Error("two trials at once")
	}
	trial(OutcomeBad, nil)
	if call(OutcomeGood) {
		t.Error("closed by a trial that failed")
	}
	now = now.Add(coolDown)
	trial, _ = b.Enter("h", "c")
	trial(OutcomeUnknown, nil) // its caller left: the next one tries
	if !call(OutcomeGood) || !call(OutcomeGood) {
		t.Error("not closed by a trial that went well")
	}
}

func TestRetryBudget(t *testing.T) {
	t.Parallel()
	b := NewBreakers(time.Now)
	n := 0
	for b.Retry("h", "c") {
		n++
	}
	if n != retryBurst {
		t.Errorf("%d retries at once", n)
	}
	for range 11 { // ten and a bit: tenths do not add up exactly
		leave, _ := b.Enter("h", "c")
		leave(OutcomeGood, nil)
	}
	if !b.Retry("h", "c") || b.Retry("h", "c") {
		t.Error("ten successes do not pay one retry")
	}
	if !b.Retry("h", "other") {
		t.Error("a connection has spent the retries of another")
	}
	var none *Breakers
	leave, _ := none.Enter("h", "c")
	leave(OutcomeBad, nil)
	if !none.Retry("h", "c") {
		t.Error("a nil *Breakers refuses")
	}
}

// One owner's account that fails must not take the platform from the others; a platform that fails several owners is down.
func TestBreakerIsOneConnectionsUntilSeveralFail(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	b := NewBreakers(func() time.Time { return now })
	said := &Error{Message: "overloaded"}
	call := func(conn string, o Outcome) *Closed {
		leave, closed := b.Enter("h", conn)
		if closed == nil {
			leave(o, said)
		}
		return closed
	}
	for range 20 * openAfter {
		call("bad", OutcomeBad)
	}
	if closed := call("bad", OutcomeGood); closed == nil || closed.Last == nil || closed.Last.Message != "overloaded" {
		t.Errorf("the failing connection: %+v", closed)
	}
	if call("well", OutcomeGood) != nil {
		t.Fatal("one connection has closed the host for another")
	}
	for _, conn := range []string{"a", "b", "well", "a", "b", "well", "a", "b"} { // a success in between: not down
		call(conn, map[bool]Outcome{true: OutcomeGood, false: OutcomeBad}[conn == "well"])
	}
	if call("new", OutcomeUnknown) != nil {
		t.Fatal("closed although another connection is served")
	}
	for _, conn := range []string{"a", "b", "a", "b", "c"} {
		call(conn, OutcomeBad)
	}
	closed := call("new", OutcomeGood)
	if closed == nil {
		t.Fatal("several connections have failed in a row, and the host is not left alone")
	}
	if closed.Last != nil {
		t.Errorf("repeats what was said to another connection: %v", closed.Last)
	}
	now = now.Add(coolDown)
	var trials []Leave
	for _, conn := range []string{"d", "e", "f", "g", "h"} {
		if leave, closed := b.Enter("h", conn); closed == nil {
			trials = append(trials, leave)
		}
	}
	if len(trials) != several {
		t.Errorf("%d trials at once", len(trials))
	}
	for _, leave := range trials {
		leave(OutcomeBad, nil)
	}
	if call("new", OutcomeGood) == nil {
		t.Error("not closed again after trials that failed")
	}
	now = now.Add(coolDown)
	if call("d", OutcomeBad) != nil || call("new", OutcomeGood) != nil {
		t.Error("one connection's failing trial keeps the others out")
	}
	for _, conn := range []string{"i", "j", "k", "l", "m", "n"} {
		if leave, closed := b.Enter("h", conn); closed == nil {
			defer leave(OutcomeGood, nil)
			continue
		}
		t.Error("the host is not healthy after a success")
	}
}

func TestBreakerForgetsWhatIsHealthy(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	b := NewBreakers(func() time.Time { return now })
	for i := range 5 * manyCircuits {
		leave, _ := b.Enter("h", strconv.Itoa(i))
		leave(OutcomeGood, nil)
	}
	if n := len(b.hosts["h"].circuits); n != 0 {
		t.Errorf("%d kept of healthy connections", n)
	}
	first, _ := b.Enter("h", "c")
	second, _ := b.Enter("h", "c")
	first(OutcomeGood, nil)
	second(OutcomeBad, nil) // must count, though the first has ended well meanwhile
	if c := b.hosts["h"].circuits["c"]; c == nil || c.failures != 1 {
		t.Errorf("a failure beside a success is lost: %+v", c)
	}
	for i := range manyCircuits {
		leave, _ := b.Enter("h", strconv.Itoa(i))
		leave(OutcomeBad, nil)
		leave, _ = b.Enter("h", "well")
		leave(OutcomeGood, nil)
	}
	now = now.Add(2 * time.Hour)
	b.Retry("h", "new")
	if n := len(b.hosts["h"].circuits); n > 2 {
		t.Errorf("%d kept of connections that are silent", n)
	}
}
