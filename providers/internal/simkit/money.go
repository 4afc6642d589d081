package simkit

import "strconv"

// Micro is one unit in the ledger's decimals: costs, values and conversions
// are kept as millionths.
const Micro = 1_000_000

// AppendMicros appends v millionths as the shortest exact decimal ("98.41",
// "3", "-0.000001").
func AppendMicros(b []byte, v int64) []byte { return AppendDecimal(b, v, 6) }

// AppendDecimal appends v × 10^-places as the shortest exact decimal.
func AppendDecimal(b []byte, v int64, places int) []byte {
	if v < 0 {
		b = append(b, '-')
		v = -v
	}
	unit := int64(1)
	for range places {
		unit *= 10
	}
	b = strconv.AppendInt(b, v/unit, 10)
	frac := v % unit
	if frac == 0 {
		return b
	}
	b = append(b, '.')
	for unit /= 10; frac > 0; unit /= 10 {
		b = append(b, byte('0'+frac/unit))
		frac %= unit
	}
	return b
}

// FormatMicros is AppendMicros as a string.
func FormatMicros(v int64) string { return string(AppendMicros(nil, v)) }

// minorUnit is the quantum, in micros, that money of a currency is drawn in:
// the coarsest that any of the platforms prints, so that one world's sums are
// exact on all of them.
func minorUnit(currency string) int64 {
	switch currency {
	case "JPY", "HUF", "KRW":
		return Micro
	default:
		return Micro / 100
	}
}
