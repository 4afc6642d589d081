package gaql

import (
	"math"
	"strings"
)

type valueKind uint8

const (
	absent valueKind = iota
	intValue
	floatValue
	boolValue
	textValue
	listValue
	jsonValue
)

// Value is what an object holds in a field. The zero Value is an absent one.
type Value struct {
	kind valueKind
	num  int64  // also a boolean, and the bits of a double
	text string // also JSON
	list []string
}

// Text is a string, an enum constant, a date or a resource name.
func Text(s string) Value { return Value{kind: textValue, text: s} }

// Int is an int64 or an int32; the field's type decides how it is written.
func Int(n int64) Value { return Value{kind: intValue, num: n} }

// Float is a double.
func Float(f float64) Value { return Value{kind: floatValue, num: int64(math.Float64bits(f))} }

// Bool is a boolean.
func Bool(b bool) Value {
	v := Value{kind: boolValue}
	if b {
		v.num = 1
	}
	return v
}

// List is a repeated string, enum or int64.
func List(texts []string) Value { return Value{kind: listValue, list: texts} }

// JSON is a message or a repeated message, ready encoded in camelCase. An empty
// list is left out of rows; an empty message is written, its presence says something.
func JSON(encoded []byte) Value { return Value{kind: jsonValue, text: string(encoded)} }

// IsZero says that the value is absent.
func (v Value) IsZero() bool { return v.kind == absent }

// empty says that proto3 JSON leaves the value out although it is there.
func (v Value) empty(f *Field) bool {
	switch v.kind {
	case absent:
		return true
	case listValue:
		return len(v.list) == 0
	case jsonValue:
		t := strings.TrimSpace(v.text)
		return t == "" || t == "null" || f.Repeated && t == "[]"
	case textValue:
		if f.Type == TypeEnum {
			return v.text == "" || v.text == "UNSPECIFIED"
		}
		return v.text == "" && !f.Optional
	case floatValue:
		return v.float() == 0 && !f.Optional
	default:
		return v.num == 0 && !f.Optional
	}
}

// float is the number in the value.
func (v Value) float() float64 {
	if v.kind == floatValue {
		return math.Float64frombits(uint64(v.num))
	}
	return float64(v.num)
}
