package sim

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

// defaultLimit is how many elements a page of an edge holds when limit is not
// sent, maxLimit what the sim gives at most (assumed: Meta documents none).
const (
	defaultLimit = 25
	maxLimit     = 5000
)

// withheld marks the cursor of a page that was answered empty once; no encoded
// cursor ends so by itself.
const withheld = "QQ"

// Cursors are opaque to clients. Inside: the key of the element they stand
// behind or before, and how deep in the list it lies.
func encodeCursor(key string, depth int) string {
	return "QVFIU" + base64.RawURLEncoding.EncodeToString([]byte(key+"|"+strconv.Itoa(depth)))
}

func decodeCursor(c string) (key string, depth int, ok bool) {
	body, ok := strings.CutPrefix(c, "QVFIU")
	if !ok {
		return "", 0, false
	}
	body = strings.TrimSuffix(body, withheld)
	b, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return "", 0, false
	}
	text := string(b)
	i := strings.LastIndexByte(text, '|')
	if i < 0 {
		return "", 0, false
	}
	depth, err = strconv.Atoi(text[i+1:])
	return text[:i], depth, err == nil && depth >= 0
}

func badCursor() *graphError {
	return invalidParam("Invalid cursors values")
}

// pageAsk is the page that a call asks for.
type pageAsk struct {
	limit         int
	after, before string
	afterDepth    int
}

func (c *call) ask(p params, def int) (pageAsk, *graphError) {
	w := pageAsk{limit: def}
	if n, ok, err := p.integer("limit"); err != nil {
		return w, err
	} else if ok {
		if n < 0 {
			return w, invalidParam("Param limit must be a positive integer")
		}
		w.limit = int(min(n, maxLimit))
		if n == 0 {
			w.limit = def
		}
	}
	var ok bool
	if a := p.get("after"); a != "" {
		if w.after, w.afterDepth, ok = decodeCursor(a); !ok {
			return w, badCursor()
		}
		if d := c.sim.paging().Depth; d > 0 && w.afterDepth >= d {
			return w, invalidParam("The After Cursor specified exceeds the max limit supported by this endpoint")
		}
	}
	if b := p.get("before"); b != "" {
		if w.before, w.afterDepth, ok = decodeCursor(b); !ok {
			return w, badCursor()
		}
	}
	return w, nil
}

// page cuts a list of known length whose elements are only numbered: reports,
// search answers. It gives the elements' range and the paging object.
func (c *call) page(path string, p params, total int) (from, to int, paging obj, err *graphError) {
	w, err := c.ask(p, defaultLimit)
	if err != nil {
		return 0, 0, nil, err
	}
	switch {
	case w.after != "":
		n, e := strconv.Atoi(w.after)
		if e != nil {
			return 0, 0, nil, badCursor()
		}
		from = min(max(n, 0), total)
		to = min(from+w.limit, total)
	case w.before != "":
		n, e := strconv.Atoi(w.before)
		if e != nil {
			return 0, 0, nil, badCursor()
		}
		to = min(max(n-1, 0), total)
		from = max(0, to-w.limit)
	default:
		to = min(w.limit, total)
	}
	if from == to {
		return from, to, nil, nil
	}
	paging = c.pagingOf(path, p, encodeCursor(strconv.Itoa(from+1), from), encodeCursor(strconv.Itoa(to), to), from > 0, to < total)
	return from, to, paging, nil
}

// pagingOf is the paging object: the cursors always, next and previous where
// there is more.
func (c *call) pagingOf(path string, p params, before, after string, hasPrevious, hasNext bool) obj {
	out := obj{"cursors": obj{"before": before, "after": after}}
	if hasNext {
		out["next"] = c.next(path, p, "after", after)
	}
	if hasPrevious {
		out["previous"] = c.next(path, p, "before", before)
	}
	return out
}

// next is an absolute address on the simulator's own base, the token in it.
func (c *call) next(path string, p params, cursor, value string) string {
	q := url.Values{}
	for k, v := range p {
		if k != "after" && k != "before" && k != "method" && k != "batch" {
			q.Set(k, v)
		}
	}
	q.Set("access_token", c.token.raw)
	if !p.has("limit") {
		q.Set("limit", strconv.Itoa(defaultLimit))
	}
	q.Set(cursor, value)
	return c.base + "/" + c.version + "/" + path + "?" + q.Encode()
}
