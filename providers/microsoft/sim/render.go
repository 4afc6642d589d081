package sim

import (
	"encoding/json"
	"strconv"
	"strings"
)

// part is one property of an answer.
type part struct {
	name, kind string
	value      any
}

type answer []part

// render writes an answer: every property of every object, in the published
// order, null when empty; the optional ones only when asked for.
func (t *tables) render(a answer, asked map[string]bool) []byte {
	b := []byte{'{'}
	for i, p := range a {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, p.name)
		b = append(b, ':')
		b = t.appendValue(b, parseShape(p.kind), p.value, asked)
	}
	return append(b, '}')
}

func (t *tables) appendValue(b []byte, s *shape, v any, asked map[string]bool) []byte {
	switch x := v.(type) {
	case nil:
		return append(b, "null"...)
	case []any:
		if s.kind != "array" {
			return appendJSON(b, v)
		}
		b = append(b, '[')
		for i, e := range x {
			if i > 0 {
				b = append(b, ',')
			}
			b = t.appendValue(b, s.elem, e, asked)
		}
		return append(b, ']')
	case obj:
		return t.appendObject(b, s, x, asked)
	}
	return appendJSON(b, v)
}

func (t *tables) appendObject(b []byte, s *shape, o obj, asked map[string]bool) []byte {
	disc, _ := o["Type"].(string)
	c := t.find(s.name, disc)
	if c == nil {
		return appendJSON(b, o)
	}
	b = append(b, '{')
	first := true
	for i := range c.props {
		p := &c.props[i]
		v, has := o[p.name]
		if p.optional && !t.wanted(c, p, asked, has) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendJSON(b, p.name)
		b = append(b, ':')
		b = t.appendValue(b, p.of, v, asked)
	}
	return append(b, '}')
}

// askedAs are the names under which optional properties are asked for, where
// they are not their own.
var askedAs = map[string]string{
	"Campaign.StartDate": "LifetimeBudgetFields", "Campaign.EndDate": "LifetimeBudgetFields",
	"Campaign.UseCampaignLevelDates": "LifetimeBudgetFields", "Campaign.BidStrategyScope": "BidStrategyId",
	"Campaign.GoalIds": "CampaignConversionGoal", "MaxConversionValueBiddingScheme.MaxCpc": "MaxConversionValueWithMaxCpc",
	"ManualCpcBiddingScheme.ManualCpc": "ManualCpc", "ManualCpaBiddingScheme.ManualCpi": "ManualCpi",
	"ImageAsset.TargetWidth": "ImageTargetDimension", "ImageAsset.TargetHeight": "ImageTargetDimension",
}

// wanted tells whether an optional property is sent: when asked for by name, or
// when it has a value and nobody can ask for it.
func (t *tables) wanted(c *class, p *property, asked map[string]bool, has bool) bool {
	name := p.name
	if n := askedAs[c.name+"."+p.name]; n != "" {
		name = n
	}
	if asked[name] {
		return true
	}
	return has && !t.asks[name]
}

func appendJSON(b []byte, v any) []byte {
	switch x := v.(type) {
	case string:
		if plain(x) {
			return append(append(append(b, '"'), x...), '"')
		}
	case bool:
		return strconv.AppendBool(b, x)
	case int64:
		return strconv.AppendInt(b, x, 10)
	case json.Number:
		return append(b, x...)
	}
	var w strings.Builder
	e := json.NewEncoder(&w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return append(b, "null"...)
	}
	return append(b, strings.TrimSuffix(w.String(), "\n")...)
}

// plain tells whether a text needs no escape.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// flagSet is the set of a flag text; nil text is the empty set.
func flagSet(v any) map[string]bool {
	out := map[string]bool{}
	text, _ := v.(string)
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" && one != "None" {
			out[one] = true
		}
	}
	return out
}
