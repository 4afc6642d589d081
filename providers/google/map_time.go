package google

import (
	"strings"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// zoneOf is the zone of an account's days and of its campaigns' times.
func zoneOf(a account) (*time.Location, error) {
	loc, err := time.LoadLocation(a.Zone)
	if err != nil || a.Zone == "" {
		return nil, fault(providers.Malformed, "", "account %s is in a time zone that is not known here: %q", a.ID, a.Zone)
	}
	return loc, nil
}

// noEnd is what Google's own interface stored for a campaign without an end.
const noEnd = "2037-12-30"

// startAt reads a wall clock time of the account; nil when there is none.
func startAt(s string, loc *time.Location) *time.Time {
	civil, ok := civilOf(s)
	if !ok {
		return nil
	}
	at := instant(civil, loc)
	return &at
}

// endAt is the instant after the last second that a campaign runs; nil when it runs on.
func endAt(s string, loc *time.Location) *time.Time {
	civil, ok := civilOf(s)
	if !ok || strings.HasPrefix(s, noEnd) {
		return nil
	}
	at := instant(civil.Add(time.Second), loc)
	return &at
}

// civilOf reads what a clock shows, as if it were UTC's.
func civilOf(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// instant is when a clock of the zone shows civil. Midnight is where the day begins, also where clocks skip it.
func instant(civil time.Time, loc *time.Location) time.Time {
	h, m, s := civil.Clock()
	if h == 0 && m == 0 && s == 0 {
		return normalize.DayOf(civil).Start(loc)
	}
	y, month, d := civil.Date()
	return time.Date(y, month, d, h, m, s, 0, loc)
}
