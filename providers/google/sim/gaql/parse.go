package gaql

import (
	"strconv"
	"strings"
)

// Parse reads a query of GoogleAdsService by its grammar alone: names are not
// looked up. A refusal is an *Error.
func Parse(text string) (*Query, error) { return parse(text, true) }

// parse reads a query; withFrom tells the two services apart: FROM is obligatory
// in GoogleAdsService and forbidden in GoogleAdsFieldService.
func parse(text string, withFrom bool) (*Query, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	return p.query(withFrom)
}

type parser struct {
	tokens []token
	at     int
}

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return token{}
}

func (p *parser) next() token {
	t := p.peek()
	p.at++
	return t
}

// accept takes the keywords when they come next, all of them.
func (p *parser) accept(keywords ...string) bool {
	for i, k := range keywords {
		if p.at+i >= len(p.tokens) || !p.tokens[p.at+i].is(k) {
			return false
		}
	}
	p.at += len(keywords)
	return true
}

func (p *parser) acceptSymbol(s string) bool {
	if p.peek().symbol(s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) unexpected() error {
	t := p.peek()
	if t.kind == tokenEnd {
		return refuse("UNEXPECTED_END_OF_QUERY", "", "unexpected end of query.")
	}
	return refuse("UNEXPECTED_INPUT", t.text, "unexpected input %s.", t.text)
}

func (p *parser) query(withFrom bool) (*Query, error) {
	if !p.accept("SELECT") {
		return nil, refuse("EXPECTED_SELECT", p.peek().text, "expected SELECT.")
	}
	q := &Query{}
	var err error
	if q.Select, err = p.fields(); err != nil {
		return nil, err
	}
	if err := p.from(q, withFrom); err != nil {
		return nil, err
	}
	for _, clause := range []func(*Query) error{p.where, p.order, p.limit, p.parameters} {
		if err := clause(q); err != nil {
			return nil, err
		}
	}
	if p.peek().kind != tokenEnd {
		return nil, p.unexpected()
	}
	return q, nil
}

func (p *parser) fields() ([]string, error) {
	var names []string
	for {
		name, err := p.field()
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		if !p.acceptSymbol(",") {
			return names, nil
		}
	}
}

// field reads [a-z][a-zA-Z0-9._]*. Anything else in its place, a parenthesis
// too, is a bad field name.
func (p *parser) field() (string, error) {
	t := p.peek()
	if t.kind == tokenEnd || t.symbol("*") {
		return "", p.unexpected()
	}
	if t.kind != tokenWord || t.text[0] < 'a' || t.text[0] > 'z' ||
		strings.HasSuffix(t.text, ".") || strings.Contains(t.text, "..") {
		return "", refuse("BAD_FIELD_NAME", t.text, "invalid field name '%s'.", t.text)
	}
	p.at++
	return t.text, nil
}

func (p *parser) from(q *Query, withFrom bool) error {
	if !withFrom {
		if p.peek().is("FROM") {
			return refuse("UNEXPECTED_FROM_CLAUSE", "FROM", "FROM is not allowed here.")
		}
		return nil
	}
	if t := p.peek(); !p.accept("FROM") {
		if t.kind == tokenEnd || t.is("WHERE") || t.is("ORDER") || t.is("LIMIT") || t.is("PARAMETERS") {
			return refuse("EXPECTED_FROM", t.text, "expected FROM.")
		}
		return p.unexpected()
	}
	t := p.peek()
	if t.kind == tokenEnd {
		return p.unexpected()
	}
	if t.kind != tokenWord || t.text[0] < 'a' || t.text[0] > 'z' || strings.Contains(t.text, ".") {
		return refuse("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", t.text, "invalid resource '%s' in FROM.", t.text)
	}
	p.at++
	q.From = t.text
	return nil
}

func (p *parser) order(q *Query) error {
	if !p.accept("ORDER") {
		return nil
	}
	if !p.accept("BY") {
		return refuse("EXPECTED_BY", p.peek().text, "expected BY after ORDER.")
	}
	for {
		name, err := p.field()
		if err != nil {
			return err
		}
		o := Ordering{Field: name, Desc: p.accept("DESC")}
		if !o.Desc {
			p.accept("ASC")
		}
		q.Order = append(q.Order, o)
		if !p.acceptSymbol(",") {
			return nil
		}
	}
}

func (p *parser) limit(q *Query) error {
	if !p.accept("LIMIT") {
		return nil
	}
	t := p.next()
	if t.kind == tokenEnd {
		return p.unexpected()
	}
	n, err := strconv.ParseInt(t.text, 10, 32)
	if t.kind != tokenNumber || err != nil {
		return refuse("BAD_LIMIT_VALUE", t.text, "invalid LIMIT %s.", t.text)
	}
	if n < 1 {
		return refuse("LIMIT_VALUE_TOO_LOW", t.text, "LIMIT must be positive.")
	}
	q.Limit = int(n)
	return nil
}

func (p *parser) parameters(q *Query) error {
	if !p.accept("PARAMETERS") {
		return nil
	}
	for {
		name := p.next()
		if name.kind == tokenEnd {
			return p.unexpected()
		}
		if name.kind != tokenWord || name.text != "include_drafts" && name.text != "omit_unselected_resource_names" {
			return refuse("BAD_PARAMETER_NAME", name.text, "unknown parameter '%s'.", name.text)
		}
		if !p.acceptSymbol("=") {
			return p.unexpected()
		}
		value := p.next()
		if value.kind == tokenEnd {
			return p.unexpected()
		}
		if !value.is("true") && !value.is("false") {
			return refuse("BAD_PARAMETER_VALUE", value.text, "parameter '%s' is true or false.", name.text)
		}
		q.Parameters = append(q.Parameters, Parameter{name.text, strings.ToLower(value.text)})
		if !p.acceptSymbol(",") {
			return nil
		}
	}
}
