package rest

import (
	"testing"

	"github.com/admux/admux/providers"
)

// One path that answers 500 must not close the host for a connection's other paths.
func TestAFaultOfOneResourceDoesNotCloseTheHost(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]providers.Outcome{
		200: providers.OutcomeGood, 404: providers.OutcomeRefused, 500: providers.OutcomeUnknown,
		502: providers.OutcomeBad, 503: providers.OutcomeBad, 504: providers.OutcomeBad,
	} {
		if got := outcomeOfStatus(status); got != want {
			t.Errorf("%d passed through: %v, want %v", status, got, want)
		}
		e := &providers.Error{Kind: providers.Unavailable, Status: status}
		if status >= 500 && outcomeOf(e) != want {
			t.Errorf("%d: %v, want %v", status, outcomeOf(e), want)
		}
	}
}
