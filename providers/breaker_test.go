package providers

import (
	"testing"
	"time"
)

func TestBreakerOpensTriesAndCloses(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	b := NewBreakers(func() time.Time { return now })
	call := func(o Outcome) bool {
		leave, wait := b.Enter("h")
		if leave == nil {
			if wait <= 0 {
				t.Errorf("refused without a wait")
			}
			return false
		}
		leave(o)
		leave(OutcomeBad) // counts once
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
	if leave, _ := b.Enter("other"); leave == nil {
		t.Error("another host is refused")
	}
	now = now.Add(coolDown)
	trial, _ := b.Enter("h")
	if trial == nil {
		t.Fatal("no trial")
	}
	if call(OutcomeGood) {
		t.Error("two trials at once")
	}
	trial(OutcomeBad)
	if call(OutcomeGood) {
		t.Error("closed by a trial that failed")
	}
	now = now.Add(coolDown)
	trial, _ = b.Enter("h")
	trial(OutcomeUnknown) // its caller left: the next one tries
	if !call(OutcomeGood) || !call(OutcomeGood) {
		t.Error("not closed by a trial that went well")
	}
}

func TestRetryBudget(t *testing.T) {
	t.Parallel()
	b := NewBreakers(time.Now)
	n := 0
	for b.Retry("h") {
		n++
	}
	if n != retryBurst {
		t.Errorf("%d retries at once", n)
	}
	for range 11 { // ten and a bit: tenths do not add up exactly
		leave, _ := b.Enter("h")
		leave(OutcomeGood)
	}
	if !b.Retry("h") || b.Retry("h") {
		t.Error("ten successes do not pay one retry")
	}
	var none *Breakers
	leave, _ := none.Enter("h")
	leave(OutcomeBad)
	if !none.Retry("h") {
		t.Error("a nil *Breakers refuses")
	}
}
