package gaql

import (
	"strconv"
	"strings"
)

// Query is a parsed query; its fields are not looked up yet.
type Query struct {
	Select []string
	// From is empty in queries of GoogleAdsFieldService.
	From  string
	Where []Condition
	Order []Ordering
	// Limit is 0 when there is none.
	Limit      int
	Parameters []Parameter
}

// Op is an operator in its canonical spelling: "=", "NOT IN", "IS NULL".
type Op string

// Condition compares a field with values: none for IS NULL, two for BETWEEN.
type Condition struct {
	Field  string
	Op     Op
	Values []Literal
	// List says that the values stood in parentheses.
	List bool
}

// LiteralKind tells how a value was written.
type LiteralKind int

// The kinds of values.
const (
	String LiteralKind = iota
	Number
	Word // enum constant, TRUE, FALSE, date function
)

// Literal is a value as written; a string is unescaped.
type Literal struct {
	Kind LiteralKind
	Text string
}

// Ordering is one field of ORDER BY.
type Ordering struct {
	Field string
	Desc  bool
}

// Parameter is one setting of PARAMETERS.
type Parameter struct {
	Name, Value string
}

// String prints the query; parsing it again gives the same Query.
func (q *Query) String() string {
	var b strings.Builder
	b.WriteString("SELECT " + strings.Join(q.Select, ", "))
	if q.From != "" {
		b.WriteString(" FROM " + q.From)
	}
	for i, c := range q.Where {
		b.WriteString([]string{" WHERE ", " AND "}[min(i, 1)] + c.String())
	}
	for i, o := range q.Order {
		b.WriteString([]string{" ORDER BY ", ", "}[min(i, 1)] + o.Field)
		if o.Desc {
			b.WriteString(" DESC")
		}
	}
	if q.Limit > 0 {
		b.WriteString(" LIMIT " + strconv.Itoa(q.Limit))
	}
	for i, p := range q.Parameters {
		b.WriteString([]string{" PARAMETERS ", ", "}[min(i, 1)] + p.Name + " = " + p.Value)
	}
	return b.String()
}

// String prints the condition.
func (c Condition) String() string {
	out := c.Field + " " + string(c.Op)
	if c.List {
		texts := make([]string, len(c.Values))
		for i, v := range c.Values {
			texts[i] = v.String()
		}
		return out + " (" + strings.Join(texts, ", ") + ")"
	}
	for i, v := range c.Values {
		out += []string{" ", " AND "}[min(i, 1)] + v.String()
	}
	return out
}

// String prints the value, quoted and escaped when it is a string.
func (l Literal) String() string {
	if l.Kind != String {
		return l.Text
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(l.Text) + "'"
}
