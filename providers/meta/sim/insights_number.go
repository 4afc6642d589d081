package sim

import (
	"math/bits"
	"strconv"

	"github.com/admux/admux/providers/internal/simkit"
)

// mulDiv is (a × b + c) / d in 128 bits, for numbers that are not negative and
// a quotient that fits.
func mulDiv(a, b, d, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	lo, carry := bits.Add64(lo, uint64(c), 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(d))
	return int64(q)
}

// ratio is num × scale / den with six decimals, half up, as the shortest text:
// "1.277493", "4", "0".
func ratio(b []byte, num, scale, den int64) []byte {
	hi, lo := bits.Mul64(uint64(num), uint64(scale)*1_000_000)
	lo, carry := bits.Add64(lo, uint64(den)/2, 0)
	if hi+carry >= uint64(den) { // beyond any real report
		return append(b, '0')
	}
	q, _ := bits.Div64(hi+carry, lo, uint64(den))
	return simkit.AppendDecimal(b, int64(q), 6)
}

// spendText is money as `spend` has it: all decimals of the currency.
func spendText(b []byte, micros, offset int64) []byte {
	if offset == 1 || micros%10_000 != 0 {
		return simkit.AppendMicros(b, micros)
	}
	b = strconv.AppendInt(b, micros/simkit.Micro, 10)
	cents := micros % simkit.Micro / 10_000
	return append(b, '.', byte('0'+cents/10), byte('0'+cents%10))
}
