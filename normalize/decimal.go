package normalize

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/quagmt/udecimal"
)

// maxScale is the most digits after the point that a Decimal holds.
const maxScale = 19

// ErrInexact says that a number has more digits after the point than a Decimal holds.
var ErrInexact = errors.New("normalize: number has more than 19 digits after the point")

// Decimal is an exact decimal number of any size with up to 19 digits after the point. The zero value is 0.
// It leaves as the shortest exact JSON number. Operations do not allocate for numbers of everyday size.
type Decimal struct{ d udecimal.Decimal }

// Int makes a whole Decimal.
func Int(n int64) Decimal { return Decimal{udecimal.MustFromInt64(n, 0)} }

// Scaled makes n / 10^scale: Scaled(1234, 2) is 12.34, Scaled(n, 6) reads micros. Scale is at most 19.
func Scaled(n int64, scale uint8) Decimal {
	return Decimal{udecimal.MustFromInt64(n, min(scale, maxScale))}
}

// ParseDecimal reads plain and scientific notation ("98.4193", "-2E-3"). A number that it cannot hold exactly is
// ErrInexact; anything that is not a number is an error that does not repeat the text.
func ParseDecimal(s string) (Decimal, error) {
	// Of long texts udecimal takes a second sign.
	if d, err := udecimal.Parse(s); err == nil && strings.LastIndexAny(s, "+-") <= 0 && s[0] != '+' {
		return Decimal{d}, nil
	}
	r, err := parseRat(s)
	if err != nil {
		return Decimal{}, err
	}
	return fromRat(r)
}

// ParseMeasure reads a number of a report as ParseDecimal does, for platforms that compute in binary floating point:
// their dust (|x| < 1e-9, such as "-2E-18") is the zero that it stands for, and a number with more digits after the
// point than a Decimal holds ("0.00033333333333333335") is rounded to those, half to even.
func ParseMeasure(s string) (Decimal, error) {
	d, err := ParseDecimal(s)
	if errors.Is(err, ErrInexact) {
		r, rerr := parseRat(s)
		if rerr != nil {
			return Decimal{}, rerr
		}
		d = roundRat(r, maxScale)
	} else if err != nil {
		return Decimal{}, err
	}
	if d.d.PrecUint() > 9 && d.Abs().Cmp(Scaled(1, 9)) < 0 {
		return Decimal{}, nil
	}
	return d, nil
}

func parseRat(s string) (*big.Rat, error) {
	if len(s) == 0 || len(s) > 200 || strings.ContainsAny(s, "/_xXpPbBoOiInN+ \t") && !sciOnly(s) {
		return nil, errors.New("normalize: not a decimal number")
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if n, err := strconv.Atoi(s[i+1:]); err != nil || n > 400 || n < -400 {
			return nil, errors.New("normalize: not a decimal number")
		}
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, errors.New("normalize: not a decimal number")
	}
	return r, nil
}

// sciOnly tells whether the only odd sign of s is the plus of an exponent, as in "1.5E+3".
func sciOnly(s string) bool {
	i := strings.IndexAny(s, "eE")
	return i > 0 && strings.Count(s, "+") == 1 && i+1 < len(s) && s[i+1] == '+' && !strings.ContainsAny(s, "/_xXpPbBoOiInN \t")
}

func fromRat(r *big.Rat) (Decimal, error) {
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(pow10(maxScale)))
	if !scaled.IsInt() {
		return Decimal{}, ErrInexact
	}
	return fromScaledBig(scaled.Num(), maxScale)
}

func fromScaledBig(n *big.Int, scale int) (Decimal, error) {
	neg := n.Sign() < 0
	digits := new(big.Int).Abs(n).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	text := digits[:len(digits)-scale]
	if scale > 0 {
		text += "." + digits[len(digits)-scale:]
	}
	if neg {
		text = "-" + text
	}
	d, err := udecimal.Parse(text)
	if err != nil {
		return Decimal{}, fmt.Errorf("normalize: %w", err)
	}
	return Decimal{d}, nil
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// Add returns d + e.
func (d Decimal) Add(e Decimal) Decimal { return Decimal{d.d.Add(e.d)} }

// Sub returns d - e.
func (d Decimal) Sub(e Decimal) Decimal { return Decimal{d.d.Sub(e.d)} }

// Mul returns d × e: exact when the digits after the point of both add up to at most 19, else rounded half to even there.
func (d Decimal) Mul(e Decimal) Decimal {
	if d.d.Prec()+e.d.Prec() <= maxScale {
		return Decimal{d.d.Mul(e.d)}
	}
	return roundRat(new(big.Rat).Mul(d.rat(), e.rat()), maxScale)
}

// Ratio returns d / e rounded once, half to even, to scale digits after the point. ok is false when e is zero.
func (d Decimal) Ratio(e Decimal, scale uint8) (q Decimal, ok bool) {
	if e.d.IsZero() {
		return Decimal{}, false
	}
	raw, err := d.d.Div(e.d)
	return d.rounded(e, raw, err == nil, min(scale, maxScale)), true
}

const (
	// RatioDigits is how many digits a computed ratio has after the point, and a smaller one than 0.1 after its zeros.
	RatioDigits = 6
	// ratioScale is the most that it has after the point.
	ratioScale = 18
)

// Quotient returns d / e as ratios leave, rounded once, half to even: to RatioDigits after the point, or to as many that
// are significant where the first ones are zeros, so that what is not zero does not become it. ok is false when e is zero.
func (d Decimal) Quotient(e Decimal) (q Decimal, ok bool) {
	if e.d.IsZero() {
		return Decimal{}, false
	}
	raw, err := d.d.Div(e.d)
	scale := uint8(RatioDigits)
	if err == nil && !d.d.IsZero() {
		scale = min(scale+leadingZeros(raw), ratioScale)
	}
	return d.rounded(e, raw, err == nil, scale), true
}

// leadingZeros counts the zeros between the point and the first other digit of a number below 1.
func leadingZeros(d udecimal.Decimal) uint8 {
	_, hi, lo, scale, ok := d.ToHiLo()
	switch {
	case !ok: // of large numbers
		below := strings.TrimPrefix(d.Abs().String(), "0.")
		return uint8(len(below) - len(strings.TrimLeft(below, "0"))) //nolint:gosec // at most 19
	case hi > 0: // it has more digits than there are after the point
		return 0
	}
	for ; lo > 0 && scale > 0; lo /= 10 {
		scale--
	}
	return scale
}

// rounded is d / e to scale digits after the point; raw is what Div makes of it.
func (d Decimal) rounded(e Decimal, raw udecimal.Decimal, divided bool, scale uint8) Decimal {
	if divided && scale < maxScale {
		// Div cuts at 19 digits. Only a tail of exactly one half could hide a remainder that decides the rounding.
		cut := raw.Trunc(scale)
		tail := raw.Sub(cut).Abs()
		if tail.Cmp(udecimal.MustFromInt64(5, scale+1)) != 0 {
			return Decimal{raw.RoundBank(scale)}
		}
	}
	return roundRat(new(big.Rat).Quo(d.rat(), e.rat()), int(scale))
}

// Round rounds half to even to scale digits after the point.
func (d Decimal) Round(scale uint8) Decimal { return Decimal{d.d.RoundBank(scale)} }

func (d Decimal) rat() *big.Rat {
	r, _ := new(big.Rat).SetString(d.d.String())
	return r
}

func roundRat(r *big.Rat, scale int) Decimal {
	num := new(big.Int).Mul(r.Num(), pow10(scale))
	q, m := new(big.Int).QuoRem(num, r.Denom(), new(big.Int))
	twice := new(big.Int).Lsh(m.Abs(m), 1)
	if c := twice.Cmp(r.Denom()); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(int64(r.Sign())))
	}
	out, err := fromScaledBig(q, scale)
	if err != nil { // digits of a big.Int always parse
		return Decimal{}
	}
	return out
}

// Cmp returns -1, 0 or 1.
func (d Decimal) Cmp(e Decimal) int { return d.d.Cmp(e.d) }

// Abs returns |d|.
func (d Decimal) Abs() Decimal { return Decimal{d.d.Abs()} }

// Neg returns -d.
func (d Decimal) Neg() Decimal { return Decimal{d.d.Neg()} }

// IsZero tells whether d is 0.
func (d Decimal) IsZero() bool { return d.d.IsZero() }

// Sign returns -1, 0 or 1.
func (d Decimal) Sign() int { return d.d.Sign() }

// Scale returns the digits after the point, trailing zeros left out.
func (d Decimal) Scale() int {
	s := d.d.String()
	if i := strings.IndexByte(s, '.'); i >= 0 {
		return len(s) - i - 1
	}
	return 0
}

// String is the shortest exact text: no exponent, no trailing zeros.
func (d Decimal) String() string { return d.d.String() }

// Append appends String to b.
func (d Decimal) Append(b []byte) []byte {
	if neg, hi, lo, scale, ok := d.d.ToHiLo(); ok && hi == 0 {
		return appendSmall(b, neg, lo, int(scale))
	}
	b, _ = d.d.AppendText(b) // a decimal of a valid value always has a text
	return b
}

// appendSmall writes n / 10^scale.
func appendSmall(b []byte, neg bool, n uint64, scale int) []byte {
	if n == 0 {
		return append(b, '0')
	}
	for ; scale > 0 && n%10 == 0; scale-- {
		n /= 10
	}
	if neg {
		b = append(b, '-')
	}
	if scale == 0 {
		return strconv.AppendUint(b, n, 10)
	}
	var digits [24]byte
	at := len(digits)
	for ; scale > 0; scale-- {
		at--
		digits[at] = byte('0' + n%10)
		n /= 10
	}
	at--
	digits[at] = '.'
	return append(strconv.AppendUint(b, n, 10), digits[at:]...)
}

// UnmarshalText reads what Append wrote, without allocating for numbers of everyday size.
func (d *Decimal) UnmarshalText(b []byte) error {
	if err := d.d.UnmarshalText(b); err != nil {
		return errors.New("normalize: not a decimal number")
	}
	return nil
}

// MarshalJSON writes a JSON number.
func (d Decimal) MarshalJSON() ([]byte, error) { return d.Append(make([]byte, 0, 24)), nil }

// UnmarshalJSON reads a JSON number, or a string that holds one, exactly. null leaves d as it is.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	v, err := ParseDecimal(strings.Trim(string(b), `"`))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
