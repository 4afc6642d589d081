package sim

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// obj is a JSON object.
type obj = map[string]any

// call is one API call.
type call struct {
	sim    *Sim
	http   *http.Request
	route  route
	path   string // below the version: "/campaign/get/"
	params obj    // decoded; numbers are json.Number
	files  map[string]upload
	base   string // "http://host" that the client used
	now    time.Time

	token   simkit.Token
	account *account
	header  http.Header // what the answer carries besides
	raw     func(io.Writer) error
	kind    string // content type of raw
}

// upload is one file of a multipart body.
type upload struct {
	name string
	data []byte
}

// maxBody bounds what a request may carry.
const maxBody = 64 << 20

// read takes the parameters: of a GET from the query, else from a JSON body; of
// a POST from a JSON or a multipart body.
func (c *call) read() *apiError {
	r := c.http
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	c.base = scheme + r.Host
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return badParam("Malformed query string")
	}
	if r.Method == http.MethodGet {
		return c.readGet(query)
	}
	switch kind := simkit.MediaType(r); kind {
	case "multipart/form-data":
		return c.readMultipart()
	case "application/json":
		return c.readJSON()
	default:
		return badParam("Content-Type %q is not supported, please use application/json", kind)
	}
}

func (c *call) readGet(query url.Values) *apiError {
	for name, values := range query {
		if len(values) > 1 {
			return badParam("%s: Repeated parameter. Please use a JSON array", name)
		}
		v, err := c.route.param(name, values[0])
		if err != nil {
			return err
		}
		c.params[name] = v
	}
	if len(query) > 0 || c.http.ContentLength == 0 {
		return nil
	}
	return c.readJSON() // a GET with a body is documented for reports
}

// param reads one query parameter: strings raw, everything else as JSON text.
func (r route) param(name, text string) (any, *apiError) {
	kind, known := r.params[name]
	if !known {
		if r.ignores(name) {
			return text, nil
		}
		return nil, badParam("%s: Unknown field.", name)
	}
	if kind == "string" {
		return text, nil
	}
	if kind == "boolean" {
		text = strings.ToLower(text) // the official Python client writes False
	}
	v, err := decodeJSON(text)
	if err != nil || !isKind(v, kind) {
		return nil, badParam("%s: Not a valid %s.", name, kind)
	}
	return v, nil
}

// ignores names the parameters that this endpoint leaves unread without a word.
// The platform is thought to leave all unknown ones unread; here the others are
// refused, so that a wrong name is noticed.
func (r route) ignores(name string) bool {
	switch name {
	case "order_field", "order_type", "sort_field", "sort_type":
		return true
	case "lifetime": // an old name that a connector in wide use still sends to reports
		return r.params["query_lifetime"] != ""
	}
	return false
}

func decodeJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("sim: something follows the JSON value")
	}
	return v, nil
}

// isKind tells whether a decoded value is of a schema's type. Numbers are
// numbers: quoted ones are refused.
func isKind(v any, kind string) bool {
	head, _, _ := strings.Cut(kind, "<")
	switch head {
	case "string", "enum", "datetime_utc":
		_, ok := v.(string)
		return ok
	case "array":
		_, ok := v.([]any)
		return ok
	case "object":
		_, ok := v.(obj)
		return ok
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "integer":
		n, ok := v.(json.Number)
		return ok && !strings.ContainsAny(n.String(), ".eE")
	case "number":
		_, ok := v.(json.Number)
		return ok
	}
	return true
}

func (c *call) readJSON() *apiError {
	body, err := io.ReadAll(io.LimitReader(c.http.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		return badParam("Unreadable request body")
	}
	m, err := simkit.DecodeObject(body)
	if err != nil {
		return badParam("Request body is not a valid JSON object")
	}
	for name, v := range m {
		kind, known := c.route.params[name]
		switch {
		case !known && c.route.open, !known && c.route.ignores(name):
		case !known:
			return badParam("%s: Unknown field.", name)
		case v != nil && !isKind(v, kind):
			return badParam("%s: Not a valid %s", name, kind)
		}
		if v != nil {
			c.params[name] = v
		}
	}
	return nil
}

func (c *call) readMultipart() *apiError {
	_, ps, err := mime.ParseMediaType(c.http.Header.Get("Content-Type"))
	if err != nil || ps["boundary"] == "" || !c.route.files {
		return badParam("Malformed multipart body")
	}
	m := multipart.NewReader(io.LimitReader(c.http.Body, maxBody), ps["boundary"])
	for {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badParam("Malformed multipart body")
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return badParam("Malformed multipart body")
		}
		if p.FileName() != "" {
			c.files[p.FormName()] = upload{p.FileName(), b}
			continue
		}
		if err := c.formField(p.FormName(), string(b)); err != nil {
			return err
		}
	}
}

func (c *call) formField(name, text string) *apiError {
	kind, known := c.route.params[name]
	if !known {
		return badParam("%s: Unknown field.", name)
	}
	if kind == "string" {
		c.params[name] = text
		return nil
	}
	v, err := decodeJSON(strings.ToLower(text)) // the Python client writes True
	if err != nil || !isKind(v, kind) {
		return badParam("%s: Not a valid %s", name, kind)
	}
	c.params[name] = v
	return nil
}

// str, num and list read a parameter; absent is empty.
func (c *call) str(name string) string { return str(c.params, name) }

func str(o obj, name string) string {
	s, _ := o[name].(string)
	return s
}

func (c *call) has(name string) bool { _, ok := c.params[name]; return ok }

func (c *call) flag(name string) bool {
	b, _ := c.params[name].(bool)
	return b
}

// strings reads a list of strings; a list of anything else is refused.
func stringsOf(o obj, name string) ([]string, *apiError) {
	list, _ := o[name].([]any)
	out := make([]string, 0, len(list))
	for i, v := range list {
		s, ok := v.(string)
		if !ok {
			return nil, badParam("%s.%d: Not a valid string", name, i)
		}
		out = append(out, s)
	}
	return out, nil
}

// whole reads an integer within bounds.
func (c *call) whole(name string, absent, low, high int64) (int64, *apiError) {
	n, ok := c.params[name].(json.Number)
	if !ok {
		return absent, nil
	}
	v, err := n.Int64()
	if err != nil || v < low || v > high {
		return 0, badParam("%s: Must be between %d and %d.", name, low, high)
	}
	return v, nil
}
