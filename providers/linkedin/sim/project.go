package sim

import "strings"

// mask is a parsed `fields` projection: a name to the mask of its inside, nil
// for everything.
type mask map[string]mask

// parseMask reads a,b,c:(d,e:(f)). List(…) is not a mask.
func parseMask(s string) (mask, *fault) {
	if s == "" {
		return nil, nil
	}
	r := &maskReader{s: s}
	m, ok := r.names(0)
	if !ok || r.i != len(s) {
		return nil, paramInvalid("fields", "")
	}
	return m, nil
}

type maskReader struct {
	s string
	i int
}

func (r *maskReader) names(depth int) (mask, bool) {
	if depth > maxDepth {
		return nil, false
	}
	m := mask{}
	for {
		n := strings.IndexAny(r.s[r.i:], ",:()")
		if n < 0 {
			n = len(r.s) - r.i
		}
		name := r.s[r.i : r.i+n]
		if name == "" || strings.ContainsAny(name, " '\"=&") {
			return nil, false
		}
		r.i += n
		m[name] = nil
		if strings.HasPrefix(r.s[r.i:], ":(") {
			r.i += 2
			inner, ok := r.names(depth + 1)
			if !ok || r.i >= len(r.s) || r.s[r.i] != ')' {
				return nil, false
			}
			r.i++
			m[name] = inner
		}
		if r.i < len(r.s) && r.s[r.i] == ',' {
			r.i++
			continue
		}
		return m, true
	}
}

// apply keeps what the mask names; unknown names are ignored, as Rest.li does.
func (m mask) apply(v any) any {
	if m == nil {
		return v
	}
	switch v := v.(type) {
	case obj:
		out := obj{}
		for name, inner := range m {
			if x, ok := v[name]; ok {
				out[name] = inner.apply(x)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = m.apply(x)
		}
		return out
	}
	return v
}

// names tells whether the mask names a field at its top.
func (m mask) names(field string) bool { _, ok := m[field]; return ok }
