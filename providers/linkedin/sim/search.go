package sim

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// criterion is one field of a search: what an entity holds there, and what a
// value in the query may be. It returns ok=false for a value that is not one.
type criterion struct {
	of    func(e *entity) string
	check func(v string) (string, bool)
}

func field(name string) func(*entity) string {
	return func(e *entity) string { s, _ := e.data[name].(string); return s }
}

func anyText(v string) (string, bool) { return v, true }

func oneOf(symbols []string) func(string) (string, bool) {
	return func(v string) (string, bool) {
		if v == "CANCELLED" { // the search list shows both spellings
			v = "CANCELED"
		}
		return v, slices.Contains(symbols, v)
	}
}

// idOf accepts the URN and, where the docs show it, the bare number.
func idOf(typ string) func(string) (string, bool) {
	return func(v string) (string, bool) {
		if n, ok := numberURN(v, typ); ok {
			return itoa(n), true
		}
		return v, v != "" && strings.Trim(v, "0123456789") == ""
	}
}

func ownID(e *entity) string { return itoa(e.id) }

// filter is a parsed search: every criterion must hold.
type filter []func(*entity) bool

func (f filter) match(e *entity) bool {
	for _, ok := range f {
		if !ok(e) {
			return false
		}
	}
	return true
}

// parseSearch reads search=(status:(values:List(…)),test:false).
func parseSearch(v value, known map[string]criterion) (filter, *fault) {
	if v.kind != record {
		return nil, paramInvalid("search", "")
	}
	var out filter
	for name, inner := range v.rec {
		if name == "test" {
			b, _, f := boolean("search", inner)
			if f != nil {
				return nil, f
			}
			out = append(out, func(e *entity) bool { t, _ := e.data["test"].(bool); return t == b })
			continue
		}
		c, ok := known[name]
		if !ok {
			return nil, paramInvalid("search", "Unknown criterion "+name)
		}
		if inner.kind != record || len(inner.rec) != 1 {
			return nil, paramInvalid("search", "")
		}
		f, flt := valuesFilter("search", inner.rec["values"], c)
		if flt != nil {
			return nil, flt
		}
		out = append(out, f)
	}
	return out, nil
}

func valuesFilter(param string, v value, c criterion) (func(*entity) bool, *fault) {
	given, f := texts(param, v)
	if f != nil {
		return nil, f
	}
	set := map[string]bool{}
	for _, g := range given {
		n, ok := c.check(g)
		if !ok {
			return nil, paramInvalid(param, "Invalid value "+g)
		}
		set[n] = true
	}
	return func(e *entity) bool { return set[c.of(e)] }, nil
}

// tooMany is the most entities a search answers without a page size.
const tooMany = 1000

// page is a cursor page over entities: pageSize and an opaque pageToken.
type page struct {
	size       int
	limit      int
	sized      bool
	descending bool
	after      int64
	from       bool
	tag        uint64
}

// parsePage reads the cursor parameters. start is refused on search finders from
// version 202401 on; a count is taken and means nothing (Singer's tap sends one
// in its probe).
func (s *Sim) parsePage(q *request, limit int) (page, *fault) {
	p := page{size: min(100, limit), limit: limit, tag: s.pageTag(q)}
	if q.params.has("start") {
		return p, paramNotAllowed("start")
	}
	if _, f := q.params.number("count", 10, 1, 1<<31-1); f != nil {
		return p, f
	}
	var f *fault
	p.sized = q.params.has("pageSize")
	if p.size, f = q.params.number("pageSize", p.size, 1, limit); f != nil {
		return p, f
	}
	order, _, f := q.params.enum("sortOrder", []string{"ASCENDING", "DESCENDING"})
	if f != nil {
		return p, f
	}
	p.descending = order == "DESCENDING"
	token, given, f := q.params.text("pageToken")
	if f != nil {
		return p, f
	}
	if given {
		b, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(b) != 16 || binary.BigEndian.Uint64(b) != p.tag {
			return p, paramInvalid("pageToken", "Invalid page token")
		}
		p.after, p.from = int64(binary.BigEndian.Uint64(b[8:])^p.tag), true
	}
	return p, nil
}

// pageTag binds a token to its query: the token of another search is invalid.
func (s *Sim) pageTag(q *request) uint64 {
	parts := strings.Split(q.rawQry, "&")
	parts = slices.DeleteFunc(parts, func(p string) bool {
		return strings.HasPrefix(p, "pageToken=") || strings.HasPrefix(p, "pageSize=") || strings.HasPrefix(p, "fields=")
	})
	slices.Sort(parts)
	return simkit.Hash(s.opts.Seed, simkit.HashString(q.URL.EscapedPath()), simkit.HashString(strings.Join(parts, "&")), simkit.HashString(q.token.Member.ID))
}

func (p page) token(last int64) string {
	b := binary.BigEndian.AppendUint64(nil, p.tag)
	b = binary.BigEndian.AppendUint64(b, uint64(last)^p.tag)
	return base64.RawURLEncoding.EncodeToString(b)
}

// cut takes the page out of all matches, which come in order of id.
func (p page) cut(all []*entity) (items []*entity, next string, f *fault) {
	if !p.sized && p.limit == tooMany && len(all) > tooMany {
		return nil, "", &fault{status: 400, message: "Request would return too many entities. "}
	}
	if p.descending {
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	i := 0
	if p.from {
		for i < len(all) && (!p.descending && all[i].id <= p.after || p.descending && all[i].id >= p.after) {
			i++
		}
	}
	end := min(i+p.size, len(all))
	if end < len(all) {
		next = p.token(all[end-1].id)
	}
	return all[i:end], next, nil
}

// answer writes a cursor page. Index paging stands beside it, as in recorded
// answers, and means nothing.
func answer(w http.ResponseWriter, q *request, elements []any, next string, withPaging obj) {
	meta := obj{}
	if next != "" {
		meta["nextPageToken"] = next
	}
	body := obj{"elements": q.mask.apply(elements), "metadata": meta}
	if withPaging != nil {
		body["paging"] = withPaging
	}
	writeJSON(w, http.StatusOK, body)
}

func emptyPaging() obj { return obj{"start": int64(0), "count": int64(10), "links": []any{}} }

// indexed answers a start/count finder.
func indexed(w http.ResponseWriter, q *request, all []any, limit int, total int) *fault {
	start, f := q.params.number("start", 0, 0, 1<<31-1)
	if f != nil {
		return f
	}
	count, f := q.params.number("count", 10, 1, 1<<31-1)
	if f != nil {
		return f
	}
	if count > limit {
		return badRequest("Specified count is larger than " + itoa(int64(limit)))
	}
	end := min(start+count, len(all))
	links := []any{}
	if end < len(all) {
		links = append(links, obj{"rel": "next", "type": "application/json", "href": nextHref(q, end, count)})
	}
	paging := obj{"start": int64(start), "count": int64(count), "links": links}
	if total >= -1 {
		paging["total"] = int64(total)
	}
	writeJSON(w, http.StatusOK, obj{"elements": q.mask.apply(all[min(start, end):end]), "paging": paging})
	return nil
}

func nextHref(q *request, start, count int) string {
	parts := slices.DeleteFunc(strings.Split(q.rawQry, "&"), func(p string) bool {
		return strings.HasPrefix(p, "start=") || strings.HasPrefix(p, "count=")
	})
	return q.URL.EscapedPath() + "?" + strings.Join(append(parts, "start="+itoa(int64(start)), "count="+itoa(int64(count))), "&")
}
