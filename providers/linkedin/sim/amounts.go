package sim

import (
	"errors"
	"strconv"
	"strings"
)

var errAmount = errors.New("sim: not a decimal amount")

// parseMicros reads a decimal string of at most six places.
func parseMicros(s string) (int64, error) {
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) > 6 || whole == "" || strings.HasPrefix(whole, "-") || strings.HasPrefix(whole, "+") {
		return 0, errAmount
	}
	frac += strings.Repeat("0", 6-len(frac))
	n, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil {
		return 0, errAmount
	}
	return n, nil
}
