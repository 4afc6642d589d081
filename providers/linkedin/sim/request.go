package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// request is a Rest.li request after tunnelling, protocol and access checks.
type request struct {
	*http.Request
	verb    string   // after X-HTTP-Method-Override
	path    []string // raw (escaped) segments below /rest
	rawQry  string
	body    []byte
	proto   int
	method  string // Rest.li method, upper case
	version string // YYYYMM
	token   simkit.Token
	params  *params
	mask    mask
}

// maxQuery is where LinkedIn's edge answers 414 instead of the API.
const maxQuery = 4000

// untunnel reads the request and undoes query tunnelling: a POST with
// X-HTTP-Method-Override whose body is the query, or multipart/mixed of the
// query and the real body.
func untunnel(r *http.Request) (*request, *fault) {
	q := &request{Request: r, verb: r.Method, rawQry: r.URL.RawQuery}
	if len(q.rawQry) > maxQuery {
		return nil, &fault{status: http.StatusRequestURITooLong, html: html414}
	}
	if r.Method == http.MethodPost && r.ContentLength == 0 && r.Header.Get("Content-Length") == "" && len(r.TransferEncoding) == 0 {
		return nil, &fault{status: http.StatusLengthRequired, message: "Length Required"}
	}
	body, err := simkit.ReadBody(r)
	if err != nil {
		return nil, badRequest(err.Error())
	}
	override := strings.ToUpper(r.Header.Get("X-HTTP-Method-Override"))
	if override == "" {
		q.body = body
		return q, nil
	}
	if r.Method != http.MethodPost || !slices.Contains([]string{"GET", "PUT", "POST", "DELETE"}, override) {
		return nil, badRequest("Invalid X-HTTP-Method-Override")
	}
	q.verb = override
	switch simkit.MediaType(r) {
	case "application/x-www-form-urlencoded":
		q.rawQry = joinQuery(q.rawQry, string(body))
	case "multipart/mixed":
		if f := q.multipart(body); f != nil {
			return nil, f
		}
	default:
		return nil, badRequest("Unsupported content type for a tunneled query")
	}
	simkit.Annotate(r.Context(), func(c *simkit.Call) {
		c.Tunnelled, c.Method, c.Query = true, q.verb, simkit.MaskQuery(q.rawQry)
	})
	return q, nil
}

func joinQuery(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}

func (q *request) multipart(body []byte) *fault {
	_, ps, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil {
		return badRequest("Malformed Content-Type")
	}
	m := multipart.NewReader(bytes.NewReader(body), ps["boundary"])
	for {
		p, err := m.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badRequest("Malformed multipart body")
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return badRequest("Malformed multipart body")
		}
		switch t, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); t {
		case "application/x-www-form-urlencoded":
			q.rawQry = joinQuery(q.rawQry, string(b))
		case "application/json":
			q.body = b
		default:
			return badRequest("Unsupported part in a tunneled query")
		}
	}
}

// restli settles protocol, Rest.li method, parameters and projection.
func (q *request) restli() *fault {
	switch v := q.Header.Get("X-Restli-Protocol-Version"); v {
	case "":
		q.proto = 1 // absent means 1.0.0, another query grammar
	case "1.0.0":
		q.proto = 1
	case "2.0.0":
		q.proto = 2
	default:
		return badRequest(fmt.Sprintf("Rest.li protocol version %s used by the client is not supported!", v))
	}
	var f *fault
	if q.params, f = parseQuery(q.rawQry, q.proto); f != nil {
		return f
	}
	if q.mask, f = parseMask(q.params.fields); f != nil {
		return f
	}
	return q.settleMethod()
}

var verbOf = map[string]string{
	"GET": "GET", "GET_ALL": "GET", "BATCH_GET": "GET", "FINDER": "GET", "BATCH_FINDER": "GET",
	"CREATE": "POST", "BATCH_CREATE": "POST", "PARTIAL_UPDATE": "POST", "BATCH_PARTIAL_UPDATE": "POST",
	"ACTION": "POST", "UPDATE": "PUT", "BATCH_UPDATE": "PUT", "DELETE": "DELETE", "BATCH_DELETE": "DELETE",
}

// settleMethod reads X-RestLi-Method (any case) or infers it where LinkedIn
// does: never for batches and partial updates.
func (q *request) settleMethod() *fault {
	if h := strings.ToUpper(q.Header.Get("X-RestLi-Method")); h != "" {
		verb, ok := verbOf[h]
		if !ok {
			return badRequest("Invalid X-RestLi-Method: " + h)
		}
		if verb != q.verb {
			return badRequest(fmt.Sprintf("X-RestLi-Method %s does not go with HTTP %s", h, q.verb))
		}
		if q.params.has("ids") != strings.HasPrefix(h, "BATCH_") && h != "BATCH_CREATE" && h != "BATCH_FINDER" {
			return badRequest(fmt.Sprintf("X-RestLi-Method %s does not fit the parameters", h))
		}
		if h == "FINDER" && !q.params.has("q") {
			return paramMissing("q")
		}
		q.method = h
		return nil
	}
	switch {
	case q.params.has("ids"):
		return badRequest("X-RestLi-Method header is required for batch requests")
	case q.verb == "GET" && q.params.has("q"):
		q.method = "FINDER"
	case q.verb == "GET":
		q.method = "GET"
	case q.verb == "POST" && q.params.has("action"):
		q.method = "ACTION"
	case q.verb == "POST":
		q.method = "CREATE"
	case q.verb == "PUT":
		q.method = "UPDATE"
	case q.verb == "DELETE":
		q.method = "DELETE"
	default:
		return &fault{status: http.StatusMethodNotAllowed, message: "Method Not Allowed"}
	}
	return nil
}

// finder is the q parameter of a finder call.
func (q *request) finder() string {
	if q.method != "FINDER" {
		return ""
	}
	return q.params.values["q"].text
}

// key decodes a path segment that is a simple key.
func key(segment string) (string, *fault) {
	s, err := url.PathUnescape(segment)
	if err != nil || s == "" {
		return "", badRequest("Key parameter value is malformed")
	}
	return s, nil
}

// operation is the method as 403 texts print it.
func (q *request) operation() string {
	if q.method == "FINDER" {
		return "FINDER-" + q.finder()
	}
	return q.method
}

// release is the version as texts print it: a day appended.
func (q *request) release() string { return q.version + "01" }
