package gaql

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// checkOperator refuses operators that the field's type does not take.
func checkOperator(f *Field, c Condition) error {
	text := f.Type == TypeString || f.Type == TypeResourceName
	ordered := !text && f.Type != TypeEnum && f.Type != TypeBoolean
	var ok bool
	switch c.Op {
	case "IS NULL", "IS NOT NULL":
		ok = true
	case "CONTAINS ANY", "CONTAINS ALL", "CONTAINS NONE":
		ok = f.Repeated
	case "LIKE", "NOT LIKE", "REGEXP_MATCH", "NOT REGEXP_MATCH":
		ok = text && !f.Repeated
	case "DURING":
		ok = f.Type == TypeDate && !f.Repeated
	case "=", "!=", "IN", "NOT IN":
		ok = !f.Repeated
	default:
		ok = ordered && !f.Repeated
	}
	if !ok {
		return refuse("OPERATOR_FIELD_MISMATCH", c.Field, "operator %s cannot be used with field '%s'.", c.Op, c.Field)
	}
	return nil
}

// matcher compiles a condition on a field that is no core date segment. An
// absent value satisfies negative operators only.
func (p *Plan) matcher(f *Field, c Condition) (func(Value) bool, error) {
	switch c.Op {
	case "IS NULL":
		return Value.IsZero, nil
	case "IS NOT NULL":
		return func(v Value) bool { return !v.IsZero() }, nil
	case "LIKE", "NOT LIKE", "REGEXP_MATCH", "NOT REGEXP_MATCH":
		return matchPattern(c)
	case "DURING":
		return p.matchDuring(c)
	}
	values := make([]Value, len(c.Values))
	for i, l := range c.Values {
		v, err := parseValue(f, l)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	if len(values) > 8 && c.Op == "IN" && f.Type != TypeDate && values[0].kind != floatValue {
		return amongMany(values), nil
	}
	return matchValues(c.Op, values, comparer(f)), nil
}

func matchValues(op Op, want []Value, compare func(a, b Value) int) func(Value) bool {
	among := func(v Value) bool {
		return slices.ContainsFunc(want, func(w Value) bool { return compare(v, w) == 0 })
	}
	has := func(v Value) func(Value) bool {
		return func(w Value) bool { return slices.Contains(v.list, w.text) }
	}
	order := func(ok func(int) bool) func(Value) bool {
		return func(v Value) bool { return !v.IsZero() && ok(compare(v, want[0])) }
	}
	switch op {
	case "=", "IN":
		return among
	case "!=", "NOT IN":
		return func(v Value) bool { return !among(v) }
	case "<":
		return order(func(n int) bool { return n < 0 })
	case "<=":
		return order(func(n int) bool { return n <= 0 })
	case ">":
		return order(func(n int) bool { return n > 0 })
	case ">=":
		return order(func(n int) bool { return n >= 0 })
	case "BETWEEN":
		return func(v Value) bool { return !v.IsZero() && compare(v, want[0]) >= 0 && compare(v, want[1]) <= 0 }
	case "CONTAINS ANY":
		return func(v Value) bool { return slices.ContainsFunc(want, has(v)) }
	case "CONTAINS ALL":
		return func(v Value) bool { return !slices.ContainsFunc(want, func(w Value) bool { return !has(v)(w) }) }
	}
	return func(v Value) bool { return !slices.ContainsFunc(want, has(v)) } // CONTAINS NONE
}

// amongMany answers a long list of exact values by a set.
func amongMany(want []Value) func(Value) bool {
	type key struct {
		num  int64
		text string
	}
	set := make(map[key]bool, len(want))
	for _, w := range want {
		set[key{w.num, w.text}] = true
	}
	return func(v Value) bool { return !v.IsZero() && set[key{v.num, v.text}] }
}

// comparer orders values of the field.
func comparer(f *Field) func(a, b Value) int {
	switch {
	case f.metric != nil && f.metric.micro:
		return func(a, b Value) int { return cmp.Compare(float64(a.num)/million, b.float()) }
	case f.Type == TypeDate:
		// A bound without a time of day means the whole day.
		return func(a, b Value) int {
			if len(b.text) == len(time.DateOnly) {
				return strings.Compare(a.text[:min(len(a.text), len(b.text))], b.text)
			}
			return strings.Compare(a.text, b.text)
		}
	}
	return compareValues
}

// compareValues orders values of one type; an absent one comes first.
func compareValues(a, b Value) int {
	switch {
	case a.kind == absent || b.kind == absent:
		return cmp.Compare(min(a.kind, 1), min(b.kind, 1))
	case a.kind == textValue && b.kind == textValue:
		return strings.Compare(a.text, b.text)
	case a.kind == floatValue || b.kind == floatValue:
		return cmp.Compare(a.float(), b.float())
	}
	return cmp.Compare(a.num, b.num)
}

// parseValue reads a literal as the field's type. Elements of repeated fields
// stay texts, as lists hold them.
func parseValue(f *Field, l Literal) (Value, error) {
	bad := refuse("BAD_VALUE", l.Text, "invalid value %s for field '%s'.", l, f.Name)
	switch f.Type {
	case TypeInt64, TypeInt32:
		n, err := strconv.ParseInt(l.Text, 10, 64)
		if err != nil || l.Kind == Word {
			return Value{}, bad
		}
		if f.Repeated {
			return Text(l.Text), nil
		}
		return Int(n), nil
	case TypeDouble, TypeFloat:
		x, err := strconv.ParseFloat(l.Text, 64)
		if err != nil || l.Kind == Word || !number(l.Text) {
			return Value{}, bad
		}
		return Float(x), nil
	case TypeBoolean:
		if l.Kind == Number || !strings.EqualFold(l.Text, "true") && !strings.EqualFold(l.Text, "false") {
			return Value{}, bad
		}
		return Bool(strings.EqualFold(l.Text, "true")), nil
	case TypeEnum:
		if !slices.Contains(f.Enum, l.Text) {
			return Value{}, refuse("BAD_ENUM_CONSTANT", l.Text, "invalid enum constant %s for field '%s'.", l, f.Name)
		}
		return Text(l.Text), nil
	case TypeDate:
		return parseTime(l)
	}
	if l.Kind != String {
		return Value{}, refuse("INVALID_STRING_VALUE", l.Text, "field '%s' takes a quoted string.", f.Name)
	}
	return Text(l.Text), nil
}

// parseTime reads a date or a date time of the account.
func parseTime(l Literal) (Value, error) {
	if l.Kind == String {
		if d, ok := parseDate(l.Text); ok {
			return Text(d.String()), nil
		}
		if _, err := time.Parse("2006-01-02 15:04:05", l.Text); err == nil {
			return Text(l.Text), nil
		}
	}
	return Value{}, refuse("INVALID_DATE_FORMAT", l.Text, "invalid date %s; the form is yyyy-MM-dd.", l)
}

// parseDate reads yyyy-MM-dd or yyyyMMdd.
func parseDate(s string) (simkit.Day, bool) {
	if len(s) == 8 && digits(s) {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	d, err := simkit.ParseDay(s)
	return d, err == nil
}

func (p *Plan) matchDuring(c Condition) (func(Value) bool, error) {
	first, last, ok := during(c.Values[0].Text, p.env.today())
	if !ok || c.Values[0].Kind != Word {
		return nil, invalidDuring(c)
	}
	from, to := first.String(), last.String()
	return func(v Value) bool {
		day := v.text[:min(len(v.text), 10)]
		return !v.IsZero() && day >= from && day <= to
	}, nil
}

func invalidDuring(c Condition) error {
	return refuse("INVALID_VALUE_WITH_DURING_OPERATOR", c.Values[0].Text, "DURING takes a date function, not %s.", c.Values[0])
}

func matchPattern(c Condition) (func(Value) bool, error) {
	l := c.Values[0]
	negative := strings.HasPrefix(string(c.Op), "NOT")
	var re *regexp.Regexp
	var err error
	if strings.HasSuffix(string(c.Op), "LIKE") {
		if re, err = likePattern(l); err != nil {
			return nil, err
		}
	} else {
		if l.Kind != String {
			return nil, refuse("INVALID_STRING_VALUE", l.Text, "REGEXP_MATCH takes a quoted string.")
		}
		if _, err = regexp.Compile(l.Text); err == nil {
			re, err = regexp.Compile(`\A(?:` + l.Text + `)\z`)
		}
		if err != nil {
			return nil, refuse("BAD_VALUE", l.Text, "invalid regular expression.")
		}
	}
	return func(v Value) bool {
		return (!v.IsZero() && re.MatchString(v.text)) != negative
	}, nil
}

// likePattern is LIKE as a regular expression: % is any run, _ one character,
// and a bracket holds one of [ ] % _ as itself.
func likePattern(l Literal) (*regexp.Regexp, error) {
	bad := refuse("INVALID_VALUE_WITH_LIKE_OPERATOR", l.Text, "invalid pattern %s for LIKE.", l)
	if l.Kind != String {
		return nil, bad
	}
	var b strings.Builder
	b.WriteString(`(?is)\A`)
	for rest := l.Text; rest != ""; {
		switch rest[0] {
		case '%':
			b.WriteString(`.*`)
		case '_':
			b.WriteString(`.`)
		case '[':
			if len(rest) < 3 || rest[2] != ']' || !strings.ContainsRune("[]%_", rune(rest[1])) {
				return nil, bad
			}
			b.WriteString(regexp.QuoteMeta(rest[1:2]))
			rest = rest[2:]
		default:
			n := strings.IndexAny(rest, "%_[")
			if n < 0 {
				n = len(rest)
			}
			b.WriteString(regexp.QuoteMeta(rest[:n]))
			rest = rest[n-1:]
		}
		rest = rest[1:]
	}
	re, err := regexp.Compile(b.String() + `\z`)
	if err != nil {
		return nil, bad
	}
	return re, nil
}
