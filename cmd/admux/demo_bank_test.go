package main

import (
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/gateway/rates"
)

// The demo converts on any day: its bank publishes for all of them what the gateway reads.
func TestBank(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), time.Date(2031, 1, 1, 20, 0, 0, 0, time.UTC), time.Now()} {
		got, err := rates.Parse(strings.NewReader(bankFile(now)))
		if err != nil || len(got) < 60*29 {
			t.Errorf("%s: %d rates, %v", now, len(got), err)
		}
	}
}
