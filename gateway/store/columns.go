package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// micros is a moment in a column: microseconds since 1970 UTC. NULL is the zero time, which means never.
type micros struct{ time.Time }

func (m micros) Value() (driver.Value, error) {
	if m.IsZero() {
		return nil, nil
	}
	return m.UnixMicro(), nil
}

func (m *micros) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		m.Time = time.Time{}
	case int64:
		m.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("a moment cannot be read from %T", v)
	}
	return nil
}

// text is a list or map in a column, as JSON.
type text[T any] struct{ V T }

func (t text[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(t.V)
	return string(b), err
}

func (t *text[T]) Scan(v any) error {
	switch v := v.(type) {
	case string:
		return json.Unmarshal([]byte(v), &t.V)
	case []byte:
		return json.Unmarshal(v, &t.V)
	}
	return fmt.Errorf("JSON cannot be read from %T", v)
}

// list stores an empty list for nil, so that a column never reads null.
func list[T any](v []T) text[[]T] {
	if v == nil {
		v = []T{}
	}
	return text[[]T]{v}
}
