package google

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

const (
	headerLogin = "login-customer-id"
	headerToken = "developer-token"

	// A large query may be computed for minutes before its first row, and between two parts of its answer.
	streamHeaders = 5 * time.Minute
	streamIdle    = 2 * time.Minute
)

// client calls the API for one connection.
type client struct {
	rest   *rest.Client // pages, in memory
	stream *rest.Client // answers of any size, read row by row
	conn   providers.Conn
	forest *forest
	memory *reportMemory
	limits *paced // nil: no pacing
	log    *slog.Logger
	now    func() time.Time
	base   string // of every call: host and version
	login  string // the manager that the operator has named
	known  known
}

func newClient(p *provider, conn providers.Conn, deps providers.Deps, o options) *client {
	c := &client{conn: conn, forest: p.forest, memory: p.memory, log: deps.Log, now: deps.Now, base: "https://" + apiHost + "/" + o.version + "/", login: o.login}
	if conn.ID == "" { // nobody's in particular: nothing is kept for others to find
		c.forest = &forest{}
	}
	cfg := rest.ConfigFrom(platformID, conn, deps)
	if deps.Limits != nil {
		c.limits = newPaced(deps.Limits, conn, o.access)
		cfg.Limits, cfg.Throttled = c.limits, c.limits.throttled
	}
	cfg.Header = http.Header{"Content-Type": {"application/json"}}
	if o.developerToken != "" {
		cfg.Header.Set(headerToken, o.developerToken)
	}
	cfg.RequestID = requestID
	cfg.Classify = func(status int, h http.Header, body []byte) *providers.Error {
		return classify(status, h, body, deps.Now())
	}
	c.rest = rest.New(cfg)
	cfg.MaxBody = math.MaxInt64
	if cfg.Timeouts.Headers == 0 {
		cfg.Timeouts.Headers = streamHeaders
	}
	if cfg.Timeouts.Idle == 0 {
		cfg.Timeouts.Idle = streamIdle
	}
	cfg.Classify = func(status int, h http.Header, body []byte) *providers.Error {
		return tooMuch(classify(status, h, body, deps.Now()))
	}
	c.stream = rest.New(cfg)
	return c
}

// request is a call for an account, through the manager that opens it. customer is empty for calls without one.
func (c *client) request(path, customer, login string, body any) (rest.Request, error) {
	r := rest.Request{Method: http.MethodGet, URL: c.base + path, Header: http.Header{}, Bucket: bucketOf(c.conn, customer)}
	if login != "" {
		r.Header.Set(headerLogin, login)
	}
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return r, fault(providers.Invalid, "", "the query cannot be sent: %v", err)
		}
		r.Method, r.Body = http.MethodPost, b
	}
	return r, nil
}

// searchBody asks for one page. Its size is Google's: a page size is refused.
type searchBody struct {
	Query     string `json:"query"`
	PageToken string `json:"pageToken,omitempty"`
}

// searchTrailer is what stands beside the rows of a page. The fields that were asked for are told always.
type searchTrailer struct {
	NextPageToken string `json:"nextPageToken"`
	FieldMask     string `json:"fieldMask"`
}

// search reads a query to its end, a page of at most 10,000 rows at a time. A page that fails is read again whole, before
// any of its rows is handed on.
func search[T any](ctx context.Context, c *client, customer, query string, each func(*T) error) error {
	login, err := c.loginFor(ctx, customer)
	if err != nil {
		return err
	}
	return searchAs(ctx, c, customer, login, query, each)
}

// searchAs is search through a manager that the caller knows.
func searchAs[T any](ctx context.Context, c *client, customer, login, query string, each func(*T) error) error {
	for token := ""; ; {
		r, err := c.request("customers/"+customer+"/googleAds:search", customer, login, searchBody{query, token})
		if err != nil {
			return err
		}
		var page []T
		var tr searchTrailer
		_, err = c.rest.Read(ctx, r, func(body io.Reader) error {
			page, tr = page[:0], searchTrailer{}
			err := rest.Elements(body, "results", func(v *T) error {
				page = append(page, *v)
				return nil
			}, &tr)
			if errors.Is(err, rest.ErrNoElements) && tr.FieldMask != "" { // no rows: an answer all the same
				return nil
			}
			return err
		})
		if err != nil {
			return c.forget(err)
		}
		for i := range page {
			if err := each(&page[i]); err != nil {
				return err
			}
		}
		switch tr.NextPageToken {
		case "":
			return nil
		case token:
			return fault(providers.Malformed, "", "Google's paging leads back to the page it has just given")
		}
		token = tr.NextPageToken
	}
}

// tooMuch keeps a query from being sent again that Google cannot answer in time or at the price: a smaller one may do.
func tooMuch(e *providers.Error) *providers.Error {
	if e.Kind == providers.Timeout || strings.Contains(e.Code, ".EXCESSIVE_") {
		e.Err = errors.Join(rest.ErrFinal, e.Err)
	}
	return e
}

// pathCustomer finds the account in a path of the API.
var pathCustomer = regexp.MustCompile(`^/(?:resumable/upload/)?v[0-9]+/customers/([0-9]+)(?:[/:]|$)`)

// do passes a caller's request through, with the headers that Google cannot do without where the caller gave none.
func (c *client) do(ctx context.Context, req *http.Request) (*http.Response, error) {
	out := req.Clone(ctx)
	out.Header = maps.Clone(req.Header)
	if out.Header == nil {
		out.Header = http.Header{}
	}
	customer := ""
	if m := pathCustomer.FindStringSubmatch(req.URL.Path); m != nil && req.URL.Host == apiHost {
		customer = m[1]
	}
	if len(c.conn.Orgs) > 0 && customer != "" && !slices.Contains(c.conn.Orgs, customer) {
		return nil, notFound("customer", customer)
	}
	if customer != "" && out.Header.Get(headerLogin) == "" {
		login, err := c.loginFor(ctx, customer)
		if err != nil {
			return nil, err
		}
		if login != "" {
			out.Header.Set(headerLogin, login)
		}
	}
	if c.limits != nil && req.URL.Host == apiHost {
		if err := c.limits.Wait(ctx, bucketOf(c.conn, customer), 1); err != nil {
			return nil, own(err)
		}
	}
	return c.rest.Pass(ctx, out)
}
