package sim

import (
	"math/bits"
	"slices"
	"strings"
)

// filters are the parsed `filtering` of a report: what an object must be, what
// a row's numbers must be, and which actions are listed.
type filters struct {
	objects []objectFilter
	numbers []numberFilter
	actions []textTest
	listed  map[string]bool // kinds whose effective_status is asked about
}

// textTest compares a text.
type textTest struct {
	op     string
	values []string
}

type objectFilter struct {
	kind  string // whose field: Campaign, AdSet, Ad
	field string
	test  textTest
	// partial tests (STARTS_WITH, CONTAIN …) do not touch the summary.
	partial bool
}

type numberFilter struct {
	field insightField
	op    string
	a, b  fraction
}

const (
	setOperators  = "EQUAL NOT_EQUAL IN NOT_IN"
	textOperators = setOperators + " CONTAIN NOT_CONTAIN CONTAINS_ANY CONTAINS_ALL NOT_CONTAINS_ANY STARTS_WITH ENDS_WITH"
	sizeOperators = "EQUAL NOT_EQUAL GREATER_THAN GREATER_THAN_OR_EQUAL LESS_THAN LESS_THAN_OR_EQUAL IN_RANGE NOT_IN_RANGE"
	filterObjects = "id name status effective_status objective buying_type optimization_goal"
)

// parseFilters reads [{"field":"ad.impressions","operator":"GREATER_THAN","value":0}].
func (q *insightQuery) parseFilters(s *Sim, p params) *graphError {
	q.filters.listed = map[string]bool{}
	list, _, err := p.array("filtering")
	if err != nil {
		return err
	}
	for i, x := range list {
		o, _ := x.(obj)
		name, ok1 := o["field"].(string)
		op, ok2 := o["operator"].(string)
		value, ok3 := o["value"]
		if !ok1 || !ok2 || !ok3 || len(o) != 3 {
			return invalidParam("Param filtering[%d] must have field, operator and value", i)
		}
		if !oneOfWords(insightOperatorNames, op) {
			return invalidParam("Param filtering[%d][operator] must be one of {%s}", i, strings.Join(strings.Fields(insightOperatorNames), ", "))
		}
		if err := q.addFilter(s, name, op, value); err != nil {
			return err
		}
	}
	return nil
}

func (q *insightQuery) addFilter(s *Sim, name, op string, value any) *graphError {
	bad := invalidParam("Filtering field %s with operation %s is not supported", name, strings.ToLower(op))
	kind, field := q.level, name
	if prefix, rest, ok := strings.Cut(name, "."); ok {
		field = rest
		i := slices.IndexFunc(insightLevels[1:], func(l struct{ name, kind string }) bool { return l.name == prefix })
		if i < 0 {
			return bad
		}
		kind = insightLevels[1+i].kind
	}
	switch {
	case field == "action_type":
		t, ok := testOf(op, value, textOperators)
		if !ok {
			return bad
		}
		q.filters.actions = append(q.filters.actions, t)
		return nil
	case oneOfWords(filterObjects, field):
		allowed := setOperators
		if field == "name" {
			allowed = textOperators
		}
		t, ok := testOf(op, value, allowed)
		if !ok || kind == "AdAccount" {
			return bad
		}
		if field == "effective_status" || field == "status" {
			q.filters.listed[kind] = true
		}
		q.filters.objects = append(q.filters.objects, objectFilter{kind, field, t, !oneOfWords(setOperators, op)})
		return nil
	}
	f, known := s.insights.fields[field]
	if !known || f.num == nil || kind != q.level || !oneOfWords(sizeOperators, op) {
		return bad
	}
	return q.addNumber(f, op, value, bad)
}

func (q *insightQuery) addNumber(f insightField, op string, value any, bad *graphError) *graphError {
	n := numberFilter{field: f, op: op}
	ends, isList := value.([]any)
	if ranged := strings.HasSuffix(op, "IN_RANGE"); ranged != isList || ranged && len(ends) != 2 {
		return bad
	}
	if !isList {
		ends = []any{value, value}
	}
	for i, to := range []*fraction{&n.a, &n.b} {
		text, _ := asText(ends[i])
		v, ok := parseFraction(text)
		if !ok {
			return bad
		}
		*to = v
	}
	q.width = max(q.width, f.width)
	q.filters.numbers = append(q.filters.numbers, n)
	return nil
}

func testOf(op string, value any, allowed string) (textTest, bool) {
	t := textTest{op: op}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, x := range list {
		v, ok := asText(x)
		if !ok {
			return t, false
		}
		t.values = append(t.values, v)
	}
	many := oneOfWords("IN NOT_IN CONTAINS_ANY CONTAINS_ALL NOT_CONTAINS_ANY", op)
	return t, oneOfWords(allowed, op) && many == isList && len(list) > 0
}

func (t textTest) holds(v string) bool {
	in := func(x string) bool { return strings.Contains(strings.ToLower(v), strings.ToLower(x)) }
	switch t.op {
	case "EQUAL", "IN":
		return slices.Contains(t.values, v)
	case "NOT_EQUAL", "NOT_IN":
		return !slices.Contains(t.values, v)
	case "CONTAIN", "CONTAINS_ANY":
		return slices.ContainsFunc(t.values, in)
	case "NOT_CONTAIN", "NOT_CONTAINS_ANY":
		return !slices.ContainsFunc(t.values, in)
	case "CONTAINS_ALL":
		return !slices.ContainsFunc(t.values, func(x string) bool { return !in(x) })
	case "STARTS_WITH":
		return strings.HasPrefix(v, t.values[0])
	}
	return strings.HasSuffix(v, t.values[0]) // ENDS_WITH
}

// action tells whether an action type is listed.
func (f *filters) action(kind string) bool {
	for _, t := range f.actions {
		if !t.holds(kind) {
			return false
		}
	}
	return true
}

// admits tells whether an ad, by itself and by what it belongs to, counts.
func (f *filters) admits(s *Sim, ad *entity, partial bool) bool {
	for _, o := range f.objects {
		if o.partial && !partial {
			continue
		}
		e := ad.up(o.kind)
		v := e.id
		if o.field != "id" {
			v = e.text(s, o.field)
		}
		if !o.test.holds(v) {
			return false
		}
	}
	return true
}

// passes tells whether a row's numbers are as asked for.
func (f *filters) passes(r *reportRow) bool {
	for _, n := range f.numbers {
		v := n.field.fraction(r)
		a, b := v.compare(n.a), v.compare(n.b)
		ok := false
		switch n.op {
		case "EQUAL":
			ok = a == 0
		case "NOT_EQUAL":
			ok = a != 0
		case "GREATER_THAN":
			ok = a > 0
		case "GREATER_THAN_OR_EQUAL":
			ok = a >= 0
		case "LESS_THAN":
			ok = a < 0
		case "LESS_THAN_OR_EQUAL":
			ok = a <= 0
		case "IN_RANGE":
			ok = a >= 0 && b <= 0
		case "NOT_IN_RANGE":
			ok = a < 0 || b > 0
		}
		if !ok {
			return false
		}
	}
	return true
}

// fraction is a number that is not negative.
type fraction struct{ num, den uint64 }

// fraction is a field's value in the units that it is shown in; 0 where there
// is none.
func (f *insightField) fraction(r *reportRow) fraction {
	num, den := f.num(r)
	switch {
	case den == 0:
		return fraction{0, 1}
	case f.spend:
		den *= 1_000_000
	case f.scale > 1:
		num *= f.scale
	}
	return fraction{uint64(num), uint64(den)}
}

func (x fraction) compare(y fraction) int {
	h1, l1 := bits.Mul64(x.num, y.den)
	h2, l2 := bits.Mul64(y.num, x.den)
	switch {
	case h1 != h2:
		if h1 < h2 {
			return -1
		}
		return 1
	case l1 < l2:
		return -1
	case l1 > l2:
		return 1
	}
	return 0
}

// parseFraction reads a plain decimal.
func parseFraction(text string) (fraction, bool) {
	f := fraction{0, 1}
	point := false
	if text == "" || len(text) > 18 {
		return f, false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c == '.' && !point:
			point = true
		case c < '0' || c > '9':
			return f, false
		default:
			f.num = f.num*10 + uint64(c-'0')
			if point {
				f.den *= 10
			}
		}
	}
	return f, true
}
