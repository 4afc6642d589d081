package rates

import (
	"fmt"
	"strings"

	"github.com/admux/admux/normalize"
)

// UnknownError names currencies that there are no rates of.
type UnknownError struct{ Currencies []string }

// Error implements error.
func (e *UnknownError) Error() string {
	return "the European Central Bank has no reference rate of " + strings.Join(e.Currencies, ", ")
}

// OutsideError says that a day is before the first rate of a currency, or after the last one of a currency that has none
// any more.
type OutsideError struct {
	Currency    string
	First, Last normalize.Day // one of them
}

// Error implements error.
func (e *OutsideError) Error() string {
	if e.First.IsZero() {
		return fmt.Sprintf("the last reference rate of %s there is, is that of %s", e.Currency, e.Last)
	}
	return fmt.Sprintf("the first reference rate of %s there is, is that of %s", e.Currency, e.First)
}

// StaleError says that the last rate before a day is too old to be that day's: newer ones should have been fetched.
type StaleError struct {
	Currency  string
	Day, Last normalize.Day // Last is no day where there is a hole between older and newer rates
}

// Error implements error.
func (e *StaleError) Error() string {
	if e.Last.IsZero() {
		return fmt.Sprintf("there is no reference rate of %s of the %d days until %s", e.Currency, MaxAge, e.Day)
	}
	return fmt.Sprintf("the newest reference rate of %s there is, is that of %s, and it holds for %d days only", e.Currency, e.Last, MaxAge)
}
