package providers

import (
	"slices"
	"time"
)

// BucketState is what is known of a bucket. It is what replicas share, as JSON.
type BucketState struct {
	Limit     int           `json:"limit,omitempty"`
	Remaining int           `json:"remaining,omitempty"`
	Percent   bool          `json:"percent,omitempty"`
	Reset     time.Time     `json:"reset,omitzero"`
	Gap       time.Duration `json:"gap,omitempty"`
	Next      time.Time     `json:"next,omitzero"`    // with a Gap: the first moment that nobody has reserved
	Blocked   time.Time     `json:"blocked,omitzero"` // no call before
	Window    time.Duration `json:"window,omitempty"`
	Spent     []Spent       `json:"spent,omitempty"` // in a Window, the oldest first
	Seen      time.Time     `json:"seen,omitzero"`   // when the platform last said something, or a call was last counted
}

// Spent is how many calls were counted in a slot of a window.
type Spent struct {
	At    time.Time `json:"at"` // its beginning
	Calls int       `json:"calls"`
}

// slots is how many pieces a window is counted in: a call counts until its whole piece has left the window, which
// wastes one of them.
const slots = 60

func (s *BucketState) slot() time.Duration { return max(s.Window/slots, time.Millisecond) }

// believed is for how long a Gap without an end is kept, and a state that nothing renews is shown.
const believed = 5 * time.Minute

// observe takes in what the platform said; false: nothing that was not known.
func (s *BucketState) observe(now time.Time, o LimitState) bool {
	before := *s
	if o.Limit > 0 {
		s.Limit = o.Limit
	}
	if o.Window > 0 {
		s.Window = o.Window
		if before.Window == o.Window && before.Limit == s.Limit && o.Block == 0 {
			return false
		}
	}
	if !o.Reset.IsZero() || o.Percent {
		s.Percent, s.Remaining, s.Reset, s.Gap = o.Percent, o.Remaining, o.Reset, o.Gap
	}
	if o.Gap > 0 {
		s.Gap = o.Gap
		if o.Reset.IsZero() {
			s.Reset = now.Add(believed)
		}
	}
	if until := now.Add(o.Block); o.Block > 0 && until.After(s.Blocked) {
		s.Blocked = until
	}
	s.Seen = now
	return true
}

// merge takes in what another replica knows and this one does not.
func (s *BucketState) merge(o BucketState) {
	if o.Blocked.After(s.Blocked) {
		s.Blocked = o.Blocked
	}
	if o.Next.After(s.Next) {
		s.Next = o.Next
	}
	if o.Window > 0 {
		s.Window, s.Limit, s.Spent = o.Window, o.Limit, o.Spent
	}
	if o.Seen.After(s.Seen) {
		s.Limit, s.Remaining, s.Percent, s.Reset, s.Gap, s.Seen = o.Limit, o.Remaining, o.Percent, o.Reset, o.Gap, o.Seen
	}
}

// counted tells whether calls are counted down to Reset.
func (s *BucketState) counted(now time.Time) bool {
	return !s.Percent && s.Gap == 0 && now.Before(s.Reset)
}

// paced tells whether calls are kept apart.
func (s *BucketState) paced(now time.Time) bool { return s.Gap > 0 && now.Before(s.Reset) }

// wait is how long the bucket is closed to a call of this cost. A call that costs more than a whole period holds is let
// through when the period is untouched.
func (s *BucketState) wait(now time.Time, cost int) time.Duration {
	if d := s.Blocked.Sub(now); d > 0 {
		return d
	}
	if s.counted(now) && s.Remaining < cost && (s.Limit == 0 || s.Remaining < s.Limit) {
		return s.Reset.Sub(now)
	}
	return 0
}

func (s *BucketState) spend(now time.Time, cost int) {
	if s.counted(now) {
		s.Remaining -= cost
	}
}

// Used is what is spent of Limit; ok is false where it is not known.
func (s *BucketState) Used(now time.Time) (used int, ok bool) {
	switch {
	case s.Window > 0:
		return s.inWindow(now), true
	case s.Limit == 0 || s.Seen.IsZero():
		return 0, false
	case s.Percent && now.Sub(s.Seen) > believed && now.After(s.Blocked):
		return 0, false // it has come down since, nobody knows how far
	case !s.Percent && !now.Before(s.Reset):
		return 0, !s.Reset.IsZero()
	}
	return s.Limit - s.Remaining, true
}

// Resets is when Used comes down to nothing, as far as that is known; zero: it is not.
func (s *BucketState) Resets(now time.Time) time.Time {
	switch {
	case s.Window > 0 && len(s.Spent) > 0:
		return s.Spent[len(s.Spent)-1].At.Add(s.Window + s.slot())
	case now.Before(s.Blocked):
		return s.Blocked
	case now.Before(s.Reset):
		return s.Reset
	}
	return time.Time{}
}

// inWindow counts the calls that the window still holds.
func (s *BucketState) inWindow(now time.Time) int {
	n := 0
	for _, p := range s.Spent {
		if now.Before(p.At.Add(s.Window + s.slot())) {
			n += p.Calls
		}
	}
	return n
}

// room is how long until the window has room for a call of this cost; more than it ever holds goes when it is empty.
func (s *BucketState) room(now time.Time, cost int) time.Duration {
	free := s.Limit - s.inWindow(now)
	if free >= cost {
		return 0
	}
	var until time.Time
	for _, p := range s.Spent {
		end := p.At.Add(s.Window + s.slot())
		if !now.Before(end) {
			continue
		}
		free, until = free+p.Calls, end
		if free >= cost {
			break
		}
	}
	if until.IsZero() {
		return 0
	}
	return until.Sub(now)
}

// reserve counts up to want calls in the window now, at least need of them, and returns how many it did.
func (s *BucketState) reserve(now time.Time, need, want int) int {
	s.Spent = slices.DeleteFunc(slices.Clone(s.Spent), func(p Spent) bool { return !now.Before(p.At.Add(s.Window + s.slot())) })
	free := s.Limit - s.inWindow(now)
	if free < need && len(s.Spent) > 0 {
		return 0
	}
	n := max(need, min(want, free))
	at := now.Truncate(s.slot())
	if last := len(s.Spent) - 1; last >= 0 && !s.Spent[last].At.Before(at) {
		s.Spent[last].Calls += n
	} else {
		s.Spent = append(s.Spent, Spent{at, n})
	}
	s.Seen = now
	return n
}

// idle tells whether nothing of the bucket matters any more.
func (s *BucketState) idle(now time.Time) bool {
	return !now.Before(s.Blocked) && !now.Before(s.Reset) && (s.Window == 0 || s.inWindow(now) == 0)
}

func (s *BucketState) clone() BucketState {
	c := *s
	c.Spent = slices.Clone(s.Spent)
	return c
}
