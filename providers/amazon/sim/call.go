package sim

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

type obj = map[string]any

// call is one request to an API host.
type call struct {
	s      *Sim
	w      http.ResponseWriter
	r      *http.Request
	route  *route
	region string
	now    time.Time
	token  simkit.Token
	prof   *profile
	kind   *kind
}

// family is how a surface spells its errors.
type family int

const (
	modern  family = iota // {"code","message","errors"}: SP v3, SB v4, portfolios
	old                   // {"code","details","requestId"}: SD, SB v3, profiles
	reports               // {"code","detail"}
	assets                // {"message"}
	listing               // {"message","requestId","errors"}: audiences, locations
	exports               // {"code","details"}
)

// fault is a refused call.
type fault struct {
	status int
	body   any
	header map[string]string
}

// answer is a body with another status than 200, or other headers.
type answer struct {
	status int
	body   any
	header map[string]string
}

func status(code int, body any) answer { return answer{status: code, body: body} }

// fail makes the surface's own error. A code of digits is the HTTP status; word
// codes stay words on the surfaces that have them.
func (c *call) fail(code int, word, text string) *fault {
	var b any
	switch c.route.family {
	case modern:
		b = obj{"code": word, "message": text}
	case reports:
		b = obj{"code": strconv.Itoa(code), "detail": text}
	case assets:
		b = obj{"message": text}
	case listing:
		b = obj{"message": text, "requestId": c.w.Header().Get("X-Amzn-Requestid"), "errors": []any{obj{"errorType": word, "fieldName": "", "message": text}}}
	case exports:
		b = obj{"code": strconv.Itoa(code), "details": text}
	default:
		b = obj{"code": word, "details": text, "requestId": c.w.Header().Get("X-Amz-Rid")}
	}
	return &fault{status: code, body: b}
}

func (c *call) bad(format string, args ...any) *fault {
	word := "INVALID_ARGUMENT"
	return c.fail(http.StatusBadRequest, word, sprintf(format, args...))
}

// gateway is an answer of what stands in front of every surface.
func gateway(code int, text string) *fault { return &fault{status: code, body: obj{"message": text}} }

const (
	headerClient     = "Amazon-Advertising-API-ClientId"
	headerClientNew  = "Amazon-Ads-ClientId"
	headerScope      = "Amazon-Advertising-API-Scope"
	headerAdsAccount = "Amazon-Ads-AccountId"
)

// authenticate settles token and client id.
func (c *call) authenticate() *fault {
	raw, ok := simkit.Bearer(c.r)
	if !ok {
		return gateway(http.StatusUnauthorized, "Unauthorized")
	}
	client := c.r.Header.Get(headerClient)
	if client == "" {
		client = c.r.Header.Get(headerClientNew)
	}
	if client == "" {
		return c.fail(http.StatusUnauthorized, "UNAUTHORIZED", "ClientId header is missing") // text assumed
	}
	t, state := c.s.kit.OAuth.Check(raw)
	if state != simkit.TokenActive {
		return c.fail(http.StatusUnauthorized, "UNAUTHORIZED", "HTTP 401 Unauthorized") // text assumed
	}
	if t.ClientID != client {
		return c.fail(http.StatusUnauthorized, "UNAUTHORIZED", "ClientId does not match the access token")
	}
	need := "advertising::campaign_management"
	if c.route.scope != "" {
		need = c.route.scope
	}
	if !slices.Contains(t.Scopes, need) && !slices.Contains(t.Scopes, "cpc_advertising:campaign_management") {
		return c.fail(http.StatusForbidden, "ACCESS_DENIED", "Access denied: the token has no scope "+need)
	}
	c.token = t
	return nil
}

// scoped finds the profile that the Scope header names. The wrong host does not
// know it, and never redirects.
func (c *call) scoped() *fault {
	raw := c.r.Header.Get(headerScope)
	if raw == "" {
		return c.fail(http.StatusUnauthorized, "UNAUTHORIZED", "Scope header is missing")
	}
	id, err := strconv.ParseInt(raw, 10, 64)
	if err != nil {
		return c.fail(http.StatusUnauthorized, "UNAUTHORIZED", "Not authorized to access scope "+raw)
	}
	p := c.s.profileOf(id)
	switch {
	case p == nil || p.region != c.region:
		code := http.StatusUnauthorized
		if c.route.family == old {
			code = http.StatusBadRequest // the surfaces differ; which does what is not documented
		}
		return c.fail(code, "UNAUTHORIZED", "No matching advertiser found for scope "+raw)
	case p.role(c.token.Member.ID) == "":
		return c.fail(http.StatusUnauthorized, "401", "Not authorized to access scope "+raw)
	case p.kind == "agency":
		return c.fail(http.StatusForbidden, "403", "Not authorized to access this advertiser")
	case c.route.write && p.role(c.token.Member.ID) != "edit":
		return c.fail(http.StatusForbidden, "ACCESS_DENIED", "Not authorized to manage this advertiser")
	case c.route.product == sd && p.noDisplay:
		return c.fail(http.StatusForbidden, "403", "Advertiser is not authorized for Sponsored Display.")
	}
	c.prof = p
	return nil
}

func (s *Sim) profileOf(id int64) *profile {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.profiles {
		if p.id == id {
			return p
		}
	}
	return nil
}

// mediaTypes holds the request to the surface's vendor type. They are compared
// without case, as Amazon does.
func (c *call) mediaTypes() *fault {
	rt := c.route
	if rt.media == "" {
		return nil
	}
	contentType, accept := simkit.MediaType(c.r), c.r.Header.Get("Accept")
	hasBody := c.r.Method == http.MethodPost || c.r.Method == http.MethodPut
	plain := contentType == "application/json" && rt.plainBody
	if hasBody && !strings.EqualFold(contentType, rt.media) && !plain {
		return c.fail(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Cannot consume content type")
	}
	anything := accept == "" || strings.Contains(accept, "*/*") && !strings.Contains(accept, "vnd.")
	if plain && anything && rt.needAccept {
		return c.fail(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Cannot consume content type")
	}
	want := rt.media
	if rt.accept != "" {
		want = rt.accept
	}
	if !anything && !strings.Contains(strings.ToLower(accept), strings.ToLower(want)) && !rt.anyAccept {
		return c.fail(http.StatusNotAcceptable, "NOT_ACCEPTABLE", "Not acceptable")
	}
	return nil
}

func (c *call) read() ([]byte, *fault) {
	b, err := simkit.ReadBody(c.r)
	if err != nil {
		return nil, c.fail(http.StatusRequestEntityTooLarge, "CONTENT_TOO_LARGE", "Request body is too large")
	}
	return b, nil
}

// object reads a JSON object and refuses names that are not among known.
func (c *call) object(known ...string) (obj, *fault) {
	b, f := c.read()
	if f != nil {
		return nil, f
	}
	if len(strings.TrimSpace(string(b))) == 0 {
		return obj{}, nil
	}
	m, err := simkit.DecodeObject(b)
	if err != nil {
		return nil, c.bad("Could not parse the request body")
	}
	for k := range m {
		if !slices.Contains(known, k) {
			return nil, c.bad("Unrecognized field \"%s\"", k)
		}
	}
	return m, nil
}

// array reads a bare array of objects.
func (c *call) array(limit int) ([]obj, *fault) {
	b, f := c.read()
	if f != nil {
		return nil, f
	}
	list, err := decodeArray(b)
	switch {
	case err != nil:
		return nil, c.bad("Could not parse the request body: a JSON array of objects is expected")
	case len(list) == 0 || len(list) > limit:
		return nil, c.bad("The request must hold 1 to %d items", limit)
	}
	return list, nil
}

// decodeArray reads exactly one JSON array of objects, numbers as they stand.
func decodeArray(b []byte) ([]obj, error) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var list []obj
	if err := d.Decode(&list); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the array")
	}
	if slices.ContainsFunc(list, func(o obj) bool { return o == nil }) {
		return nil, errors.New("null is no object")
	}
	return list, nil
}

// idOf reads an id that may be a number or a text of digits.
func idOf(v any) (int64, bool) {
	text := ""
	switch x := v.(type) {
	case json.Number:
		text = x.String()
	case string:
		text = x
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0
}
