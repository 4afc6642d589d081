package reports

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/gateway/problem"
)

// params reads a query string and gathers what is wrong with it, so that a caller sees all of it at once.
type params struct {
	q     url.Values
	wrong []problem.Field
	later string // the first thing asked for that there is not yet, as a sentence
}

// Bounds of what is read and answered, far above any honest question.
const (
	maxItems = 1000 // of one list
	maxWrong = 20
)

func (p *params) bad(name, format string, args ...any) {
	if len(p.wrong) >= maxWrong {
		return
	}
	p.wrong = append(p.wrong, problem.Field{Field: name, In: "query", Message: fmt.Sprintf(format, args...)})
}

// notYet notes something that is understood and cannot be answered.
func (p *params) notYet(sentence string) {
	if p.later == "" {
		p.later = sentence
	}
}

// err is a 400 before a 501: what is wrong stays wrong when more can be answered.
func (p *params) err() error {
	switch {
	case len(p.wrong) > 0:
		return problem.InvalidFields(p.wrong...)
	case p.later != "":
		return problem.Unsupported(p.later)
	}
	return nil
}

// one reads a value that may be given once; empty is not given.
func (p *params) one(name string) string {
	v := p.q[name]
	if len(v) > 1 {
		p.bad(name, "is given %d times", len(v))
	}
	if len(v) == 0 {
		return ""
	}
	return strings.TrimSpace(v[0])
}

// list reads values that are separated by commas or given several times; repeats are taken once.
func (p *params) list(name string) []string {
	var out []string
	for _, v := range p.q[name] {
		for item := range strings.SplitSeq(v, ",") {
			item = strings.TrimSpace(item)
			if item == "" || slices.Contains(out, item) {
				continue
			}
			if len(out) == maxItems {
				p.bad(name, "has more than %d items", maxItems)
				return nil
			}
			out = append(out, item)
		}
	}
	return out
}

// choice reads one of a few words.
func (p *params) choice(name string, words ...string) string {
	v := p.one(name)
	if v != "" && !slices.Contains(words, v) {
		p.bad(name, "is none of %s", strings.Join(words, ", "))
		return ""
	}
	return v
}

// number reads a whole number; 0 when it is not given.
func (p *params) number(name string, least, most int) int {
	v := p.one(name)
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		p.bad(name, "is not a whole number from %d to %d", least, most)
		return 0
	}
	return n
}

// named is how a message names an item of a list: by itself when it is a plain word, else by its place, so that no
// message carries what a caller pasted by mistake.
func named(item string, place int) string {
	plain := func(r rune) bool {
		return r == '_' || r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
	}
	if len(item) <= 40 && strings.IndexFunc(item, func(r rune) bool { return !plain(r) }) < 0 {
		return item
	}
	return fmt.Sprintf("item %d", place+1)
}
