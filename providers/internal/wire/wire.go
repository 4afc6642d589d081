// Package wire reads the odd JSON scalars of ad platforms, each once: numbers as text, ids as numbers, epochs in
// milliseconds. Every type tells absent (no member, null, an empty text) from a value.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/normalize"
)

// Number is a measure sent as a JSON number or as a text that holds one, kept exactly; the dust of binary arithmetic
// ("-2E-18") is zero. Absent: no member, null, "", and what platforms write for "no value": "--" and "-".
type Number struct{ normalize.Value }

// UnmarshalJSON refuses all but a number, a text that holds one, and the forms of absence.
func (n *Number) UnmarshalJSON(b []byte) error {
	*n = Number{}
	if d, ok := small(b); ok {
		n.Value = normalize.Some(d)
		return nil
	}
	if dust(b) {
		n.Value = normalize.Some(normalize.Decimal{})
		return nil
	}
	s, err := scalar(b)
	if err != nil {
		return fmt.Errorf("number: %w", err)
	}
	if s = strings.TrimSpace(s); s == "" || s == "--" || s == "-" {
		return nil
	}
	d, err := normalize.ParseMeasure(s)
	if err != nil {
		return err
	}
	n.Value = normalize.Some(d)
	return nil
}

// Decimal is a pointer to the number, nil when absent: the form of optional fields of normalize's objects.
func (n Number) Decimal() *normalize.Decimal {
	if !n.OK {
		return nil
	}
	return &n.D
}

// Amount is an exact number of money or of a count, as Number is but without taking dust for zero: an amount that
// is not exact is an error.
type Amount struct{ normalize.Value }

// UnmarshalJSON refuses all but a number, a text that holds one, null and "".
func (a *Amount) UnmarshalJSON(b []byte) error {
	*a = Amount{}
	if d, ok := small(b); ok {
		a.Value = normalize.Some(d)
		return nil
	}
	s, err := scalar(b)
	if err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	if s == "" {
		return nil
	}
	d, err := normalize.ParseDecimal(s)
	if err != nil {
		return err
	}
	a.Value = normalize.Some(d)
	return nil
}

// Decimal is a pointer to the amount, nil when absent.
func (a Amount) Decimal() *normalize.Decimal { return Number(a).Decimal() }

// ID is an id as text, sent as a text or as a whole number of any size: digits past 2^53 are kept. Empty is absent.
type ID string

// UnmarshalJSON refuses numbers that are not whole, booleans, objects and arrays.
func (id *ID) UnmarshalJSON(b []byte) error {
	*id = ""
	s, err := scalar(b)
	if err != nil {
		return fmt.Errorf("id: %w", err)
	}
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] != '"' && strings.ContainsAny(s, ".eE") {
		return errors.New("id: not a whole number")
	}
	*id = ID(s)
	return nil
}

// String is the id's text.
func (id ID) String() string { return string(id) }

// Millis is an instant sent as milliseconds since 1970, as a number or a text. Zero is absent: no ad platform runs
// something since 1970, and several write 0 for "no end".
type Millis struct{ at time.Time }

// MillisOf is for building bodies.
func MillisOf(t time.Time) Millis { return Millis{t} }

// UnmarshalJSON refuses fractions and years past 9999.
func (m *Millis) UnmarshalJSON(b []byte) error {
	*m = Millis{}
	n, err := whole(b)
	if err != nil || n == 0 {
		return err
	}
	at := time.UnixMilli(n).UTC()
	if at.Year() > 9999 || at.Year() < 1 {
		return errors.New("time: out of range")
	}
	m.at = at
	return nil
}

// MarshalJSON writes the number, or null for none.
func (m Millis) MarshalJSON() ([]byte, error) {
	if m.at.IsZero() {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, m.at.UnixMilli(), 10), nil
}

// IsZero tells whether there is no instant; encoders leave such a member out under omitzero.
func (m Millis) IsZero() bool { return m.at.IsZero() }

// Time is the instant in UTC, nil when absent.
func (m Millis) Time() *time.Time {
	if m.at.IsZero() {
		return nil
	}
	at := m.at
	return &at
}

// Seconds is Millis in whole seconds.
type Seconds struct{ at time.Time }

// UnmarshalJSON refuses fractions and years past 9999.
func (s *Seconds) UnmarshalJSON(b []byte) error {
	*s = Seconds{}
	n, err := whole(b)
	if err != nil || n == 0 {
		return err
	}
	at := time.Unix(n, 0).UTC()
	if at.Year() > 9999 || at.Year() < 1 {
		return errors.New("time: out of range")
	}
	s.at = at
	return nil
}

// Time is the instant in UTC, nil when absent.
func (s Seconds) Time() *time.Time { return Millis(s).Time() }

// small reads a plain number of at most 18 digits, 9 of them after the point, quoted or not: nearly every number of a
// report, without allocating. What it does not take is left to the general way.
func small(b []byte) (normalize.Decimal, bool) {
	if n := len(b); n > 2 && b[0] == '"' && b[n-1] == '"' {
		b = b[1 : n-1]
	}
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	var n int64
	digits, scale, point := 0, 0, false
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
			digits++
			if point {
				scale++
			}
		case c == '.' && !point && digits > 0:
			point = true
		default:
			return normalize.Decimal{}, false
		}
		if digits > 18 || scale > 9 {
			return normalize.Decimal{}, false
		}
	}
	if digits == 0 || point && scale == 0 {
		return normalize.Decimal{}, false
	}
	if neg {
		n = -n
	}
	return normalize.Scaled(n, uint8(scale)), true //nolint:gosec // at most 9
}

// dust tells the commonest forms of a zero that binary arithmetic has missed, a digit and an exponent of two: "-2E-18".
func dust(b []byte) bool {
	if n := len(b); n > 2 && b[0] == '"' && b[n-1] == '"' {
		b = b[1 : n-1]
	}
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	digit := func(i int) bool { return b[i] >= '0' && b[i] <= '9' }
	return len(b) == 5 && digit(0) && (b[1] == 'E' || b[1] == 'e') && b[2] == '-' && digit(3) && b[3] != '0' && digit(4)
}

// whole reads a whole number, or a text that holds one; null and "" are 0.
func whole(b []byte) (int64, error) {
	s, err := scalar(b)
	if err != nil || s == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, errors.New("time: not a whole number")
	}
	return n, nil
}

// scalar is the text of a JSON text or number, "" for null. Errors do not repeat what was sent.
func scalar(b []byte) (string, error) {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0:
		return "", errors.New("no value")
	case bytes.Equal(b, []byte("null")):
		return "", nil
	case b[0] == '"':
		if len(b) > 1 && b[len(b)-1] == '"' && bytes.IndexByte(b, '\\') < 0 {
			return string(b[1 : len(b)-1]), nil
		}
		var s string
		if json.Unmarshal(b, &s) != nil {
			return "", errors.New("not a text")
		}
		return s, nil
	case b[0] == '-' || b[0] >= '0' && b[0] <= '9':
		return string(b), nil
	}
	return "", errors.New("neither a number nor a text")
}
