package store

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a token, a client secret or the like. Printed, logged or marshalled in any way it shows [redacted], and
// SQL refuses it: only Reveal gives the value, so that a search for Reveal finds every place where a secret leaves.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String implements fmt.Stringer.
func (s Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return redacted }

// Format implements fmt.Formatter, so that no verb shows the value.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Value implements driver.Valuer by refusing: a secret reaches SQL sealed or not at all.
func (s Secret) Value() (driver.Value, error) {
	return nil, errors.New("store: a secret was about to reach SQL unsealed")
}

// reveal and conceal turn whole maps, for the envelopes.
func reveal(m map[string]Secret) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v.Reveal()
	}
	return out
}

func conceal(m map[string]string) map[string]Secret {
	out := make(map[string]Secret, len(m))
	for k, v := range m {
		out[k] = Secret(v)
	}
	return out
}
