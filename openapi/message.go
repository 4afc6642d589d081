package openapi

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// schemaFault is one place where a value does not match its schema.
type schemaFault struct {
	path []string // from the value's root
	err  *openapi3.SchemaError
}

// collect walks an error of the library down to the schema errors that say something.
func collect(err error, into *[]schemaFault) {
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself: errors.As would stop at the first
	case nil:
	case openapi3.MultiError:
		for _, one := range e {
			collect(one, into)
		}
	case *openapi3.SchemaError:
		before := len(*into)
		if _, custom := xMessage(e.Schema); !custom && e.SchemaField == "allOf" && e.Origin != nil {
			// allOf only wraps a reference here, to give it a description: the cause is below it.
			collect(errors.Unwrap(e.Origin), into)
		}
		if len(*into) == before {
			*into = append(*into, schemaFault{path: e.JSONPointer(), err: e})
		}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			collect(one, into)
		}
	case interface{ Unwrap() error }:
		collect(e.Unwrap(), into)
	}
}

// message says what would be right, and never what was sent.
func (f schemaFault) message() string {
	s := f.err.Schema
	if custom, ok := xMessage(s); ok {
		return custom
	}
	switch f.err.SchemaField {
	case "enum":
		return enumMessage(s, f.err.Value)
	case "type":
		return "must be " + typeName(s)
	case "required":
		return "is missing"
	case "minimum":
		return "must be at least " + number(s.Min)
	case "maximum":
		return "must be at most " + number(s.Max)
	case "minLength":
		if s.MinLength == 1 {
			return "must not be empty"
		}
		return fmt.Sprintf("must have at least %d characters", s.MinLength)
	case "maxLength":
		return fmt.Sprintf("must have at most %d characters", *s.MaxLength)
	case "minItems":
		return fmt.Sprintf("must have at least %d items", s.MinItems)
	case "maxItems":
		return fmt.Sprintf("must have at most %d items", *s.MaxItems)
	case "format":
		return "must be a " + s.Format
	case "nullable":
		return "must not be null"
	}
	return "does not match the document (" + cmp.Or(f.err.SchemaField, "schema") + ")"
}

func number(n *float64) string {
	if n == nil {
		return "its limit"
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

func xMessage(s *openapi3.Schema) (string, bool) {
	if s == nil {
		return "", false
	}
	text, ok := s.Extensions["x-message"].(string)
	return text, ok
}

func typeName(s *openapi3.Schema) string {
	switch {
	case s.Type.Is(openapi3.TypeInteger):
		return "a whole number"
	case s.Type.Is(openapi3.TypeNumber):
		return "a number"
	case s.Type.Is(openapi3.TypeBoolean):
		return "true or false"
	case s.Type.Is(openapi3.TypeArray):
		return "a list"
	case s.Type.Is(openapi3.TypeObject):
		return "an object"
	case s.Type.Is(openapi3.TypeString):
		return "a text"
	}
	return "of another type"
}

func enumMessage(s *openapi3.Schema, value any) string {
	words := make([]string, 0, len(s.Enum))
	for _, e := range s.Enum {
		words = append(words, fmt.Sprint(e))
	}
	text, _ := value.(string)
	if near := nearby(text, words); near != "" {
		return "is not a known value" + near
	}
	if len(words) <= 12 {
		return "is not one of " + strings.Join(words, ", ")
	}
	return "is not a known value"
}

// nearby proposes known words that resemble what was sent: "; did you mean A or B?", or nothing. The proposals are words of
// the document, so that nothing of the value comes back.
func nearby(sent string, known []string) string {
	const most = 3
	if sent == "" || len(sent) > 64 {
		return ""
	}
	type candidate struct {
		word string
		far  int
	}
	var near []candidate
	for _, word := range known {
		far := distance(strings.ToLower(sent), strings.ToLower(word))
		if far <= max(1, min(len(sent), len(word))/3) {
			near = append(near, candidate{word, far})
		}
	}
	if len(near) == 0 {
		return ""
	}
	slices.SortFunc(near, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.word, b.word)) })
	words := make([]string, 0, most)
	for _, c := range near[:min(most, len(near))] {
		words = append(words, c.word)
	}
	return "; did you mean " + strings.Join(words, " or ") + "?"
}

// distance counts the letters to insert, delete, replace, or swap with their neighbour, to make b of a.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
