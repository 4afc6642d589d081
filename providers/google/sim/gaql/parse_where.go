package gaql

// maxListValues bounds IN and CONTAINS lists; one more answers
// FILTER_HAS_TOO_MANY_VALUES.
const maxListValues = 20_000

// The operators that are words, longest first.
var wordOps = [...][]string{
	{"NOT", "REGEXP_MATCH"}, {"NOT", "LIKE"}, {"NOT", "IN"},
	{"CONTAINS", "ANY"}, {"CONTAINS", "ALL"}, {"CONTAINS", "NONE"},
	{"REGEXP_MATCH"}, {"LIKE"}, {"IN"}, {"DURING"}, {"BETWEEN"},
}

func (p *parser) where(q *Query) error {
	if !p.accept("WHERE") {
		return nil
	}
	for {
		c, err := p.condition()
		if err != nil {
			return err
		}
		q.Where = append(q.Where, c)
		if !p.accept("AND") {
			return nil
		}
	}
}

func (p *parser) condition() (Condition, error) {
	name, err := p.field()
	if err != nil {
		return Condition{}, err
	}
	c := Condition{Field: name}
	if c.Op, err = p.operator(); err != nil {
		return c, err
	}
	switch c.Op {
	case "IS NULL", "IS NOT NULL":
		return c, nil
	case "BETWEEN":
		return c, p.between(&c)
	case "IN", "NOT IN", "CONTAINS ANY", "CONTAINS ALL", "CONTAINS NONE":
		return c, p.list(&c)
	}
	if p.peek().symbol("(") {
		return c, refuse("EXPECTED_SINGLE_VALUE", string(c.Op), "operator %s takes a single value.", c.Op)
	}
	v, err := p.literal()
	c.Values = []Literal{v}
	return c, err
}

func (p *parser) operator() (Op, error) {
	t := p.peek()
	if t.kind == tokenSymbol {
		switch t.text {
		case "=", "!=", ">", ">=", "<", "<=":
			p.at++
			return Op(t.text), nil
		}
	}
	if p.accept("IS", "NOT", "NULL") {
		return "IS NOT NULL", nil
	}
	if p.accept("IS", "NULL") {
		return "IS NULL", nil
	}
	for _, words := range wordOps {
		if p.accept(words...) {
			if len(words) == 2 {
				return Op(words[0] + " " + words[1]), nil
			}
			return Op(words[0]), nil
		}
	}
	if t.kind == tokenEnd {
		return "", p.unexpected()
	}
	return "", refuse("BAD_OPERATOR", t.text, "invalid operator %s.", t.text)
}

func (p *parser) literal() (Literal, error) {
	t := p.peek()
	switch t.kind {
	case tokenString:
		p.at++
		return Literal{String, t.text}, nil
	case tokenNumber:
		p.at++
		return Literal{Number, t.text}, nil
	case tokenWord:
		for i := range len(t.text) {
			if t.text[i] == '.' {
				return Literal{}, refuse("BAD_VALUE", t.text, "invalid value %s.", t.text)
			}
		}
		p.at++
		return Literal{Word, t.text}, nil
	}
	return Literal{}, p.unexpected()
}

func (p *parser) between(c *Condition) error {
	for i := range 2 {
		switch t := p.peek(); {
		case t.kind == tokenEnd || t.is("AND"):
			return refuse("EXPECTED_VALUE_WITH_BETWEEN_OPERATOR", c.Field, "BETWEEN takes two values.")
		case t.kind == tokenSymbol:
			return refuse("INVALID_VALUE_WITH_BETWEEN_OPERATOR", t.text, "invalid value for BETWEEN.")
		}
		v, err := p.literal()
		if err != nil {
			return err
		}
		c.Values = append(c.Values, v)
		if i == 0 && !p.accept("AND") {
			return refuse("EXPECTED_AND", p.peek().text, "expected AND in BETWEEN.")
		}
	}
	if c.Values[0].Kind != c.Values[1].Kind {
		return refuse("PROHIBITED_VALUE_COMBINATION_WITH_BETWEEN_OPERATOR", c.Field, "both values of BETWEEN must be of one kind.")
	}
	return nil
}

func (p *parser) list(c *Condition) error {
	if !p.acceptSymbol("(") {
		if p.peek().kind == tokenEnd {
			return p.unexpected()
		}
		return refuse("EXPECTED_LIST", p.peek().text, "operator %s takes a list.", c.Op)
	}
	c.List = true
	if p.peek().symbol(")") {
		return refuse("PROHIBITED_EMPTY_LIST_IN_CONDITION", c.Field, "the list of '%s' is empty.", c.Field)
	}
	for {
		v, err := p.literal()
		if err != nil {
			return err
		}
		c.Values = append(c.Values, v)
		if v.Kind != c.Values[0].Kind {
			return refuse("PROHIBITED_VALUE_COMBINATION_IN_LIST", v.Text, "all values of a list must be of one kind.")
		}
		if p.acceptSymbol(")") {
			break
		}
		if !p.acceptSymbol(",") {
			return p.unexpected()
		}
	}
	if len(c.Values) > maxListValues {
		return refuse("FILTER_HAS_TOO_MANY_VALUES", c.Field, "a list holds at most %d values.", maxListValues)
	}
	return nil
}
