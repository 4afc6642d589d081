package sim

import (
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// fact is what an ad did on a day of its account's zone, as it is known at asOf:
// the ledger itself.
func (s *Sim) fact(ad *simkit.Ad, d simkit.Day, asOf time.Time) simkit.Fact {
	return s.kit.World.Day(ad, d, asOf)
}

// hours are the day's hours in order, 23 to 25 of them.
func (s *Sim) hours(ad *simkit.Ad, d simkit.Day, asOf time.Time) []simkit.Fact {
	return s.kit.World.Hours(ad, d, asOf)
}
