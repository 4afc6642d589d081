package sim

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// call is one request to the API.
type call struct {
	s         *Sim
	w         http.ResponseWriter
	r         *http.Request
	version   string // "v26"
	requestID string
	rpc       string // Service.Method
	token     simkit.Token
	c         *customer // nil for calls without a customer
	arg       string    // what the path names besides
	compact   bool
}

// route is one method of the API.
type route struct {
	verb     string
	rpc      string
	customer bool // {cid} in the path
	stream   bool // errors come inside an array
	serve    func(*call) *apiError
	arg      string
	raw      bool // below /resumable/upload, its body may be anything
}

func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	if s.oauth(w, r) {
		return
	}
	id := s.requestID()
	w.Header().Set("request-id", id)
	below, resumable := strings.CutPrefix(r.URL.Path, "/resumable/upload/")
	if !resumable {
		below = strings.TrimPrefix(r.URL.Path, "/")
	}
	version, path, ok := strings.Cut(below, "/")
	if !ok || !slices.Contains(s.opts.LiveVersions, version) {
		page404(w, r)
		return
	}
	rt, cid, ok := s.route(path)
	if !ok || r.Method != rt.verb || rt.raw != resumable {
		page404(w, r)
		return
	}
	simkit.Annotate(r.Context(), func(c *simkit.Call) { c.Version, c.Operation = version, rt.rpc })
	c := &call{s: s, w: w, r: r, version: version, requestID: id, rpc: rt.rpc, arg: rt.arg}
	defer c.zip()()
	if err := c.run(rt, cid); err != nil {
		c.fail(err, rt.stream)
	}
}

func (c *call) run(rt route, cid string) *apiError {
	if err := c.system(); err != nil {
		return err
	}
	if err := c.authenticate(); err != nil {
		return err
	}
	if rt.verb == http.MethodPost && !rt.raw && simkit.MediaType(c.r) != "application/json" {
		return badRequest("", "Invalid content type: application/json is expected.") // assumed
	}
	if err := c.direct(rt, cid); err != nil {
		return err
	}
	return rt.serve(c)
}

// route finds the method of a path below the version.
func (s *Sim) route(path string) (rt route, cid string, ok bool) {
	rest, verb, _ := strings.Cut(path, ":")
	switch parts := strings.Split(rest, "/"); {
	case path == "customers:listAccessibleCustomers":
		return route{verb: "GET", rpc: "CustomerService.ListAccessibleCustomers", serve: (*call).listAccessible}, "", true
	case path == "geoTargetConstants:suggest":
		return route{verb: "POST", rpc: "GeoTargetConstantService.SuggestGeoTargetConstants", serve: (*call).suggest}, "", true
	case path == "googleAdsFields:search":
		return route{verb: "POST", rpc: "GoogleAdsFieldService.SearchGoogleAdsFields", serve: (*call).searchFields}, "", true
	case len(parts) == 2 && parts[0] == "googleAdsFields" && verb == "":
		return route{verb: "GET", rpc: "GoogleAdsFieldService.GetGoogleAdsField", serve: (*call).getField, arg: parts[1]}, "", true
	case len(parts) == 2 && parts[0] == "customers" && verb == "mutate":
		return route{verb: "POST", rpc: "CustomerService.MutateCustomer", customer: true, serve: (*call).mutateCustomer}, parts[1], true
	case len(parts) == 2 && parts[0] == "customers" && verb == "createCustomerClient":
		return route{verb: "POST", rpc: "CustomerService.CreateCustomerClient", customer: true, serve: (*call).createClient}, parts[1], true
	case len(parts) == 3 && parts[0] == "customers" && parts[2] == "googleAds":
		rt, ok := map[string]route{
			"search":       {rpc: "GoogleAdsService.Search", serve: (*call).search},
			"searchStream": {rpc: "GoogleAdsService.SearchStream", serve: (*call).searchStream, stream: true},
			"mutate":       {rpc: "GoogleAdsService.Mutate", serve: (*call).mutateAll},
		}[verb]
		rt.verb, rt.customer = "POST", true
		return rt, parts[1], ok
	case len(parts) == 3 && parts[0] == "customers" && parts[2] == "youTubeVideoUploads" && verb == "create":
		return route{verb: "POST", rpc: "YouTubeVideoUploadService.CreateYouTubeVideoUpload", customer: true, raw: true, serve: (*call).upload}, parts[1], true
	case len(parts) == 3 && parts[0] == "customers" && verb == "mutate":
		col, ok := s.schema.collections[parts[2]]
		return route{verb: "POST", rpc: col.noun + "Service.Mutate" + strings.TrimSuffix(strings.TrimPrefix(col.request, "Mutate"), "Request"),
			customer: true, serve: (*call).mutateOne, arg: parts[2]}, parts[1], ok
	}
	return route{}, "", false
}

// system reads the front end's own parameters; any other is refused.
func (c *call) system() *apiError {
	for name, v := range c.r.URL.Query() {
		switch name {
		case "alt", "$alt":
			if v[0] != "json" {
				return badRequest("", "Invalid value for alt: only json is served here.")
			}
		case "upload_id": // of a resumable upload
		case "prettyPrint", "$prettyPrint":
			c.compact = v[0] == "false"
		default:
			return badRequest("", "Invalid JSON payload received. Unknown name \""+name+"\": Cannot bind query parameter.")
		}
	}
	return nil
}

// method is the full name of the call, as error details spell it.
func (c *call) method() string {
	return "google.ads.googleads." + c.version + ".services." + c.rpc
}

// authenticate settles who calls. What Google's front end refuses carries no
// GoogleAdsFailure.
func (c *call) authenticate() *apiError {
	const missing = "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
	raw, ok := simkit.Bearer(c.r)
	if !ok {
		return errorInfo(401, "CREDENTIALS_MISSING", missing, c.method())
	}
	t, state := c.s.kit.OAuth.Check(raw)
	c.token = t
	switch state {
	case simkit.TokenUnknown:
		return errorInfo(401, "ACCESS_TOKEN_TYPE_UNSUPPORTED", "", c.method())
	case simkit.TokenExpired, simkit.TokenYoung:
		return errorInfo(401, "ACCESS_TOKEN_EXPIRED", "", c.method())
	case simkit.TokenRevoked:
		return refuse("authenticationError", "OAUTH_TOKEN_REVOKED", "The OAuth access token was revoked.")
	}
	if !slices.Contains(t.Scopes, adsScope) {
		return errorInfo(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "Request had insufficient authentication scopes.", c.method())
	}
	return nil
}

// direct settles which customer is meant and whether the caller may reach it
// the way he says.
func (c *call) direct(rt route, cid string) *apiError {
	now := c.s.kit.Clock.Now()
	c.s.mu.RLock()
	roots := len(c.s.graph.roots[c.token.Member.ID])
	c.s.mu.RUnlock()
	if roots == 0 && (rt.customer || rt.rpc == "CustomerService.ListAccessibleCustomers") {
		return refuse("authenticationError", "NOT_ADS_USER", "User in the cookie is not a valid Ads user.")
	}
	if !rt.customer {
		return c.s.limits.spend(now, c.token.ClientID, false, 1)
	}
	id, ok := customerID(cid)
	if !ok {
		e := refuse("requestError", "INVALID_CUSTOMER_ID", "Invalid customer ID '%s'.", cid)
		e.errs[0].trigger = cid
		return e
	}
	login := int64(0)
	if h := c.r.Header.Get("login-customer-id"); h != "" {
		if login, ok = customerID(h); !ok {
			return refuse("headerError", "INVALID_LOGIN_CUSTOMER_ID", "The login customer ID could not be validated.")
		}
	}
	if err := c.access(id, login); err != nil {
		return err
	}
	return c.s.limits.take(now, id)
}

func (c *call) access(id, login int64) *apiError {
	c.c = c.s.customer(id)
	if c.c == nil {
		return refuse("authenticationError", "CUSTOMER_NOT_FOUND", "No customer found for the provided customer id.")
	}
	c.s.mu.RLock()
	allowed := c.s.graph.allows(c.token.Member.ID, login, id)
	c.s.mu.RUnlock()
	level := c.s.limits.level()
	switch {
	case !allowed:
		return refuse("authorizationError", "USER_PERMISSION_DENIED", "User doesn't have permission to access customer. Note: If you're accessing a client customer, the manager's customer ID must be set in the 'login-customer-id' header. See https://developers.google.com/google-ads/api/docs/concepts/call-structure#cid")
	case level == "TEST" && !c.c.test:
		return refuse("authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", "The Google Cloud project is only approved for use with test accounts.")
	case c.c.status != "ENABLED":
		return refuse("authorizationError", "CUSTOMER_NOT_ENABLED", "The customer account can't be accessed because it is not yet enabled or has been deactivated.")
	}
	return nil
}

// spend counts operations against the project's day.
func (c *call) spend(n int) *apiError {
	return c.s.limits.spend(c.s.kit.Clock.Now(), c.token.ClientID, c.c != nil && c.c.test, n)
}

// decode reads the body as a message.
func (c *call) decode(name string) (obj, *apiError) {
	body, err := simkit.ReadBody(c.r)
	if err != nil {
		return nil, badRequest("", "Request payload could not be read.")
	}
	o, err := c.s.schema.decode(name, body)
	if bad, ok := errors.AsType[*unreadableError](err); ok {
		return nil, badRequest(bad.field, bad.description)
	}
	return o, nil
}

// reply writes a message.
func (c *call) reply(o obj) *apiError {
	c.write(http.StatusOK, appendJSON(nil, o))
	return nil
}

func (c *call) fail(e *apiError, inArray bool) {
	b := appendJSON(nil, e.envelope(c.version, c.requestID))
	if inArray {
		b = append(append([]byte{'['}, b...), ']')
	}
	c.write(e.http, b)
}

func (c *call) write(status int, compact []byte) {
	h := c.w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Vary", "Origin, X-Origin, Referer")
	b := compact
	if !c.compact {
		b = append(appendPretty(make([]byte, 0, len(compact)*3/2), compact, 0), '\n')
	}
	if _, zipped := c.w.(*zipWriter); !zipped {
		h.Set("Content-Length", strconv.Itoa(len(b)))
	}
	c.w.WriteHeader(status)
	c.w.Write(b) // a client that left is no error of ours
}

// zipWriter compresses what is written.
type zipWriter struct {
	http.ResponseWriter
	gz *gzip.Writer
}

func (z *zipWriter) Write(b []byte) (int, error) { return z.gz.Write(b) }

// FlushError lets a stream's chunks out.
func (z *zipWriter) FlushError() error {
	if err := z.gz.Flush(); err != nil {
		return err
	}
	return http.NewResponseController(z.ResponseWriter).Flush()
}

// zip compresses the answer for clients that ask for it the way Google's front
// end wants to be asked: in Accept-Encoding, and gzip in the User-Agent.
func (c *call) zip() (done func()) {
	if !strings.Contains(c.r.Header.Get("Accept-Encoding"), "gzip") || !strings.Contains(c.r.UserAgent(), "gzip") {
		return func() {}
	}
	c.w.Header().Set("Content-Encoding", "gzip")
	z := &zipWriter{c.w, gzip.NewWriter(c.w)}
	c.w = z
	return func() { z.gz.Close() } // a client that left is no error of ours
}

// requestID is a fresh 22-character id.
func (s *Sim) requestID() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	n := s.served.Add(1)
	b := make([]byte, 22)
	for i := range b {
		b[i] = letters[simkit.Hash(s.opts.Seed, 99, n, uint64(i))%64]
	}
	return string(b)
}

func (c *call) listAccessible() *apiError {
	c.s.mu.RLock()
	var names []string
	for _, id := range c.s.graph.roots[c.token.Member.ID] {
		names = append(names, customerName(id))
	}
	c.s.mu.RUnlock()
	return c.reply(obj{"resource_names": names})
}

// queryOf is the GAQL of a request (what faults and the call log know as its
// query), or the URL's query of one that carries none. The body stays readable.
func queryOf(r *http.Request) string {
	if r.Body == nil || !strings.Contains(r.URL.Path, "/googleAds:search") {
		return r.URL.RawQuery
	}
	body, err := simkit.ReadBody(r)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	var in struct {
		Query string `json:"query"`
	}
	if err != nil || json.Unmarshal(body, &in) != nil {
		return r.URL.RawQuery
	}
	simkit.Annotate(r.Context(), func(c *simkit.Call) { c.Query = in.Query })
	return in.Query
}
