package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// route is one endpoint.
type route struct {
	method  string
	run     func(*call) (any, *apiError)
	params  map[string]string // names and types
	scopes  []int64           // any of them is enough; none: no token needed
	account bool              // advertiser_id is required and must be granted
	files   bool              // takes multipart bodies
	open    bool              // the handler judges the body's names itself
	v2      bool
	sandbox bool
	loose   bool // tolerates the missing slash
	write   bool // changes objects
	lock    bool // changes what is no object
	bare    bool // takes its locks itself
}

const prefix = "/open_api/"

func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == "/portal/auth" || path == "/marketing_api/auth":
		s.portal(w, r)
	case strings.HasPrefix(path, "/report_file/"):
		s.reportFile(w, r)
	case strings.HasPrefix(path, prefix):
		s.api(w, r, strings.TrimPrefix(path, prefix))
	default:
		s.lost(w)
	}
}

// lost is a path that reaches no handler: no envelope.
func (s *Sim) lost(w http.ResponseWriter) {
	s.stamp(w.Header())
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(http.StatusNotFound)
	w.Write([]byte("404 page not found"))
}

func (s *Sim) api(w http.ResponseWriter, r *http.Request, rest string) {
	version, path, _ := strings.Cut(rest, "/")
	path = "/" + path
	rt, ok := s.routes[path]
	if !ok {
		rt, ok = s.routes[path+"/"]
		ok = ok && rt.loose
	}
	c := &call{sim: s, http: r, route: rt, path: path, params: obj{}, files: map[string]upload{}, now: s.kit.Clock.Now(), header: http.Header{}}
	simkit.Annotate(r.Context(), func(k *simkit.Call) { k.Operation, k.Version, k.Query = path, version, hideSecret(k.Query) })
	switch {
	case slices.Contains([]string{"v1.0", "v1.1", "v1.2", "v2"}, version):
		s.respond(w, c, nil, refuse(codeVersion, "The API version %s is offline. Please upgrade to v1.3.", version))
	case !ok || version != "v1.3" && (version != "v2.0" || !s.opts.V2 || !rt.v2):
		s.lost(w)
	case r.Method != rt.method:
		s.stamp(w.Header())
		http.Error(w, "405 method not allowed", http.StatusMethodNotAllowed)
	case s.opts.Sandbox && !rt.sandbox:
		s.respond(w, c, nil, refuse(codeNotInSandbox, "This API is not supported in the sandbox environment."))
	default:
		data, err := s.answer(c)
		s.respond(w, c, data, err)
	}
}

// answer settles who calls, how often and for which account, then runs it.
func (s *Sim) answer(c *call) (any, *apiError) {
	if err := s.authenticate(c); err != nil {
		return nil, err
	}
	if err := s.limits.app(c); err != nil {
		return nil, err
	}
	if err := c.read(); err != nil {
		return nil, err
	}
	if err := s.permit(c); err != nil {
		return nil, err
	}
	switch {
	case c.route.bare:
	case c.route.write:
		s.mu.Lock()
		defer s.mu.Unlock()
		defer s.edits.Add(1)
	case c.route.lock:
		s.mu.Lock()
		defer s.mu.Unlock()
	default:
		s.mu.RLock()
		defer s.mu.RUnlock()
	}
	return c.route.run(c)
}

// permit wants the route's permission and the account.
func (s *Sim) permit(c *call) *apiError {
	if len(c.route.scopes) > 0 && !s.can(c.token, c.route.scopes) {
		return refuse(codePermission, "Permission error: The access token lacks the required scope for endpoint '%s(method=%s)'. Please first check if the request method is correct then ask the user to generate a new access token and reauthorize your API App with the necessary API scopes.", c.path, c.http.Method)
	}
	if !c.route.account {
		return nil
	}
	id := c.str("advertiser_id")
	if id == "" {
		return missing("advertiser_id")
	}
	a, err := s.grantedAccount(c, id)
	if err != nil {
		return err
	}
	c.account = a
	if c.route.write && a.src.Status == simkit.Canceled {
		return refuse(codePermission, "No permission to operate advertiser %s: the account is suspended.", id)
	}
	return s.limits.advertiser(c)
}

func (s *Sim) grantedAccount(c *call, id string) (*account, *apiError) {
	if !isID(id) {
		return nil, badParam("advertiser_id: Not a valid id")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	a := s.byID[id]
	if a == nil || !s.grants[c.token.Member.ID][id] {
		return nil, noAdvertiser(id)
	}
	return a, nil
}

// isID tells whether a text is a decimal number of a sane length.
func isID(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

// respond writes the envelope, or the raw body that a handler asked for.
func (s *Sim) respond(w http.ResponseWriter, c *call, data any, e *apiError) {
	h := w.Header()
	s.stamp(h)
	maps.Copy(h, c.header)
	if e == nil && c.raw != nil {
		h.Set("Content-Type", c.kind)
		if c.raw(w) != nil {
			panic(http.ErrAbortHandler)
		}
		return
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	code, message := 0, "OK"
	if e != nil {
		code, message, data = e.Code, e.Message, e.Data
	}
	if data == nil {
		data = obj{}
	}
	var b bytes.Buffer
	b.WriteString(`{"code":` + strconv.Itoa(code) + `,"message":`)
	b.Write(encode(message))
	b.WriteString(`,"request_id":"` + s.requestID() + `","data":`)
	if text, ok := data.(json.RawMessage); ok {
		b.Write(text)
	} else {
		b.Write(encode(data))
	}
	b.WriteByte('}')
	w.Write(b.Bytes()) // a client that left is no error of ours
}

// encode is JSON as TikTok sends it: HTML is left as it is.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("sim: " + err.Error()) // only values of our own making come here
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// requestID is the trace that support asks for: a time and hexadecimal digits.
func (s *Sim) requestID() string {
	n := s.served.Add(1)
	return s.kit.Clock.Now().Format("20060102150405") + fmt.Sprintf("%016X%04X", simkit.Hash(s.opts.Seed, 31, n), n&0xffff)
}

// stamp sets the headers that every answer carries, an injected one too.
func (s *Sim) stamp(h http.Header) {
	n := s.served.Add(1)
	h.Set("X-Tt-Logid", s.kit.Clock.Now().Format("20060102150405")+fmt.Sprintf("%016X", simkit.Hash(s.opts.Seed, 32, n)))
	h.Set("X-Tt-Trace-Id", fmt.Sprintf("00-%016x%08x-01", simkit.Hash(s.opts.Seed, 33, n), n))
	h.Set("X-Tt-Trace-Host", "01simulated")
}

// hideSecret masks the app's secret, which TikTok takes in a query.
func hideSecret(query string) string {
	parts := strings.Split(query, "&")
	for i, p := range parts {
		if name, _, ok := strings.Cut(p, "="); ok && (name == "secret" || name == "auth_code") {
			parts[i] = name + "=***"
		}
	}
	return strings.Join(parts, "&")
}
