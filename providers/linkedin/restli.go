package linkedin

import (
	"strconv"
	"strings"

	"github.com/admux/admux/normalize"
)

// Rest.li 2.0 query grammar: a value is a primitive, List(v,v) or (key:value,key:value). The structure stays literal;
// every primitive is percent-encoded as encodeURIComponent does, and , ( ) ' : besides. url.Values would escape the
// structure, which the server refuses as PARAM_INVALID. https://linkedin.github.io/rest.li/spec/protocol

// maxQuery is the length above which a query is tunnelled in the body of a POST: LinkedIn answers 414 to longer ones.
const maxQuery = 4000

const hexDigits = "0123456789ABCDEF"

// esc encodes a primitive.
func esc(s string) string {
	if s == "" {
		return "''"
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := range len(s) {
		if c := s[i]; plain(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}

// plain tells the characters that encodeURIComponent and Rest.li both leave alone.
func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.!~*", c) >= 0
}

// listOf is List(…) of primitives.
func listOf(values ...string) string {
	enc := make([]string, len(values))
	for i, v := range values {
		enc[i] = esc(v)
	}
	return "List(" + strings.Join(enc, ",") + ")"
}

// record is (key:value,…) of keys and values that are encoded already.
func record(pairs ...string) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(pairs[i])
		b.WriteByte(':')
		b.WriteString(pairs[i+1])
	}
	b.WriteByte(')')
	return b.String()
}

// oneOf is how search criteria name their values.
func oneOf(values ...string) string { return record("values", listOf(values...)) }

// query is a query string under construction, in the order written.
type query struct{ b strings.Builder }

// add appends a parameter whose value is encoded already.
func (q *query) add(name, value string) *query {
	if q.b.Len() > 0 {
		q.b.WriteByte('&')
	}
	q.b.WriteString(name)
	q.b.WriteByte('=')
	q.b.WriteString(value)
	return q
}

func (q *query) text(name, value string) *query           { return q.add(name, esc(value)) }
func (q *query) int(name string, n int) *query            { return q.add(name, strconv.Itoa(n)) }
func (q *query) list(name string, values []string) *query { return q.add(name, listOf(values...)) }

// fields is the one parameter in the grammar of protocol 1: a comma list, not encoded.
func (q *query) fields(names ...string) *query { return q.add("fields", strings.Join(names, ",")) }

// page asks a search for one page; token is "" for the first.
func (q *query) page(size int, token string) *query {
	q.add("sortOrder", "ASCENDING").int("pageSize", size)
	if token != "" {
		q.text("pageToken", token)
	}
	return q
}

// own adds a caller's parameter as it is. What would end or split the query is escaped, the Rest.li structure is not.
func (q *query) own(name, value string) *query {
	var b strings.Builder
	for i := range len(value) {
		if c := value[i]; plain(c) || strings.IndexByte("(),:'%/=@$;", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + string(hexDigits[c>>4]) + string(hexDigits[c&15]))
		}
	}
	return q.add(esc(name), b.String())
}

// ownParams decide what is read and how it is paged, in lower case: a caller's must not stand beside them.
var ownParams = []string{"q", "search", "fields", "pagesize", "pagetoken", "start", "count", "sortorder", "ids"}

// has tells whether a parameter is there already.
func (q *query) has(name string) bool {
	return strings.Contains("&"+q.b.String(), "&"+esc(name)+"=")
}

func (q *query) String() string { return q.b.String() }

func restliDay(d normalize.Day) string {
	return record("year", strconv.Itoa(d.Year), "month", strconv.Itoa(int(d.Month)), "day", strconv.Itoa(d.Dom))
}

// restliRange is a dateRange; LinkedIn's end is inclusive.
func restliRange(r normalize.DayRange) string {
	return record("start", restliDay(r.From), "end", restliDay(r.To.Add(-1)))
}

// The entity types of URNs.
const (
	urnAccount       = "sponsoredAccount"
	urnCampaignGroup = "sponsoredCampaignGroup"
	urnCampaign      = "sponsoredCampaign"
	urnCreative      = "sponsoredCreative"
	urnOrganization  = "organization"
)

func urn(kind, id string) string { return "urn:li:" + kind + ":" + id }

func urns(kind string, ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = urn(kind, tail(id))
	}
	return out
}

// tail is the id at the end of a URN; a bare id is its own tail.
func tail(s string) string {
	if !strings.HasPrefix(s, "urn:") {
		return s
	}
	if i := strings.IndexByte(s, '('); i >= 0 { // a tuple, as in urn:li:staffCountRange:(51,200), is one key
		return s[i:]
	}
	return s[strings.LastIndexByte(s, ':')+1:]
}

// kindOf is the entity type of a URN: "image" of urn:li:image:C4E. Empty when s is none.
func kindOf(s string) string {
	parts := strings.SplitN(s, ":", 4)
	if len(parts) < 4 || parts[0] != "urn" {
		return ""
	}
	return parts[2]
}

// numeric is the numeric tail of an id or URN of a kind; ok is false for anything else, which no object can have.
func numeric(kind, id string) (string, bool) {
	if k := kindOf(id); k != "" && k != kind {
		return "", false
	}
	t := tail(id)
	return t, digitsOnly(t) && len(t) <= 19 && t[0] != '0'
}
