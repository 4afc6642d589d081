package sim

import (
	"context"
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

// call is one Graph call: a whole request, or one item of a batch.
type call struct {
	sim     *Sim
	ctx     context.Context
	method  string   // GET, POST or DELETE, after ?method=
	version string   // "v26.0", as it was asked for; empty without one
	path    []string // decoded segments after the version
	params  params
	files   map[string]upload
	token   *token // nil where a call needs none
	base    string // "http://host" that the client used
	header  http.Header
	now     time.Time

	charged *account // whose quota the call counts against
	useCase string
	weight  int // data asked for so far
	inBatch bool
}

// upload is one file of a multipart body.
type upload struct {
	name string
	data []byte
}

// maxBody bounds what a request may carry.
const maxBody = 64 << 20

// newCall reads the request: query and body together, form, JSON or multipart.
func (s *Sim) newCall(r *http.Request) (*call, *graphError) {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	c := &call{
		sim: s, ctx: r.Context(), method: r.Method, params: params{}, files: map[string]upload{},
		base: scheme + r.Host, header: http.Header{}, now: s.kit.Clock.Now(),
	}
	if err := c.setPath(r.URL.EscapedPath()); err != nil {
		return c, err
	}
	if err := c.addQuery(r.URL.RawQuery); err != nil {
		return c, err
	}
	header, hasHeader := simkit.Bearer(r)
	if r.Method != http.MethodGet || r.ContentLength > 0 {
		if err := c.readBody(r); err != nil {
			return c, err
		}
	}
	if err := c.tunnel(); err != nil {
		return c, err
	}
	if hasHeader || isOAuthHeader(r) {
		if !hasHeader {
			_, header, _ = strings.Cut(r.Header.Get("Authorization"), " ")
		}
		if v := c.params.get("access_token"); v != "" && v != header {
			return c, invalidParam("The access token in the Authorization header and the access_token parameter differ")
		}
		c.params["access_token"] = header
	}
	return c, nil
}

func isOAuthHeader(r *http.Request) bool {
	scheme, _, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return ok && strings.EqualFold(scheme, "OAuth")
}

// setPath cuts the version off the path.
func (c *call) setPath(escaped string) *graphError {
	c.path = nil
	for seg := range strings.SplitSeq(strings.Trim(escaped, "/"), "/") {
		if seg == "" {
			continue
		}
		d, err := url.PathUnescape(seg)
		if err != nil {
			return &graphError{Code: 2500, Message: "Malformed path"}
		}
		c.path = append(c.path, d)
	}
	if len(c.path) > 0 && isVersion(c.path[0]) {
		c.version, c.path = c.path[0], c.path[1:]
	}
	return nil
}

func (c *call) addQuery(raw string) *graphError {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return invalidParam("Malformed query")
	}
	c.addForm(q)
	return nil
}

// addForm takes name[]=a and name[0]=a as an array.
func (c *call) addForm(q url.Values) {
	arrays := map[string][]any{}
	for k, vs := range q {
		name, index, ok := strings.Cut(k, "[")
		if ok && strings.HasSuffix(index, "]") && strings.Trim(index, "0123456789]") == "" {
			for _, v := range vs {
				arrays[name] = append(arrays[name], v)
			}
			continue
		}
		c.params[k] = vs[len(vs)-1]
	}
	for name, list := range arrays {
		c.params[name] = string(encode(list))
	}
}

func (c *call) readBody(r *http.Request) *graphError {
	kind := simkit.MediaType(r)
	if kind == "multipart/form-data" {
		return c.readMultipart(r)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		return invalidParam("Unreadable body")
	}
	if len(body) == 0 {
		return nil
	}
	switch kind {
	case "application/json":
		m, err := simkit.DecodeObject(body)
		if err != nil {
			return invalidParam("Malformed JSON body")
		}
		for k, v := range m {
			c.params[k] = paramText(v)
		}
		return nil
	case "application/x-www-form-urlencoded", "":
		return c.addQuery(string(body))
	}
	return invalidParam("Unsupported content type %s", kind)
}

func (c *call) readMultipart(r *http.Request) *graphError {
	_, ps, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || ps["boundary"] == "" {
		return invalidParam("Malformed multipart body")
	}
	return c.readParts(multipart.NewReader(io.LimitReader(r.Body, maxBody), ps["boundary"]))
}

func (c *call) readParts(m *multipart.Reader) *graphError {
	form := url.Values{}
	for {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			c.addForm(form)
			return nil
		}
		if err != nil {
			return invalidParam("Malformed multipart body")
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return invalidParam("Malformed multipart body")
		}
		if p.FileName() != "" {
			c.files[p.FormName()] = upload{p.FileName(), b}
		} else {
			form.Add(p.FormName(), string(b))
		}
	}
}

// tunnel takes the verb from ?method=, which only a POST may carry.
func (c *call) tunnel() *graphError {
	if m := strings.ToUpper(c.params.get("method")); m != "" && (c.method == http.MethodPost || m == c.method) {
		c.method = m
		delete(c.params, "method")
	}
	switch c.method {
	case http.MethodGet, http.MethodPost, http.MethodDelete:
		return nil
	}
	return &graphError{Code: 100, Type: "GraphMethodException", Message: "Unsupported " + strings.ToLower(c.method) + " request."}
}

// id is the first path segment.
func (c *call) id() string {
	if len(c.path) == 0 {
		return ""
	}
	return c.path[0]
}
