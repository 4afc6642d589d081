package linkedin

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

const (
	apiBase         = "https://" + apiHost + "/rest/"
	headerVersion   = "LinkedIn-Version"
	headerProtocol  = "X-Restli-Protocol-Version"
	headerMethod    = "X-RestLi-Method"
	protocolVersion = "2.0.0"

	methodGet    = "GET"
	methodFinder = "FINDER"
	methodBatch  = "BATCH_GET"
	methodAll    = "GET_ALL"
)

// client calls the API for one connection.
type client struct {
	rest     *rest.Client
	bare     *rest.Client // sends no token: for uploads to signed addresses that want none
	provider *provider
	conn     providers.Conn
	tokens   *agedTokens // nil for a zero connection
	limits   providers.Limiter
	log      *slog.Logger
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error
	version  string // asked for by the operator
	known    known
}

func newClient(p *provider, conn providers.Conn, deps providers.Deps, version string) *client {
	c := &client{provider: p, conn: conn, limits: deps.Limits, log: deps.Log, now: deps.Now, sleep: deps.Sleep, version: version}
	if c.sleep == nil {
		c.sleep = sleepFor
	}
	cfg := rest.ConfigFrom(platformID, conn, deps)
	young := func() bool { return false }
	if conn.Tokens != nil {
		c.tokens = &agedTokens{Tokens: conn.Tokens}
		cfg.Tokens, young = c.tokens, func() bool { return c.tokens.young(deps.Now()) }
	}
	cfg.Attempts = youngTries
	cfg.Header = http.Header{headerProtocol: {protocolVersion}}
	cfg.RequestID = requestID
	cfg.Classify = func(status int, h http.Header, body []byte) *providers.Error {
		return classify(status, h, body, young(), deps.Now())
	}
	cfg.PassBucket = func(r *http.Request) (string, int) {
		path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/rest/")
		if !ok {
			return "", 0
		}
		return bucket(endpoint(path), conn.ID), 1
	}
	c.rest = rest.New(cfg)
	cfg.Tokens, cfg.Header = nil, nil
	c.bare = rest.New(cfg)
	return c
}

// sleepFor waits, unless the call ends before.
func sleepFor(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// call is one read. Path is below /rest/ and encoded; query is encoded.
type call struct {
	method string // of Rest.li
	path   string
	query  string
}

// read sends a call and hands the whole body of its answer to decode, which is called afresh at each attempt. A version
// that LinkedIn has retired is replaced by the newest one that it still answers.
func (c *client) read(ctx context.Context, k call, decode func(io.Reader) error) (http.Header, error) {
	resource := endpoint(k.path)
	for renewed := false; ; {
		tries := 0
		version := c.provider.versions.use(c.version, c.now())
		h, err := c.rest.Read(context.WithValue(ctx, attempts{}, &tries), c.request(k, resource, version), decode)
		if !renewed && exhausted(err, tries) {
			renewed = true
			if err := c.tokens.Reject(ctx, c.tokens.last.Load()); err != nil {
				return h, own(err)
			}
			continue
		}
		c.provider.throttle.answered(bucket(resource, c.conn.ID), err, c.limits, c.now())
		e, ok := errors.AsType[*providers.Error](err)
		if !ok || e.Status != http.StatusUpgradeRequired {
			return h, err
		}
		if !c.fallForward(ctx, version) {
			return h, deadVersion(e, version)
		}
	}
}

// fallForward gives up a version. It tells whether there is another one to try.
func (c *client) fallForward(ctx context.Context, version string) bool {
	now := c.now()
	news := c.provider.versions.refuse(version, now)
	next := c.provider.versions.use(c.version, now)
	if next == version {
		return false
	}
	if news {
		c.log.LogAttrs(ctx, slog.LevelWarn, "LinkedIn has retired the configured API version; reads use another one until the setting is changed",
			slog.String("platform", platformID), slog.String("setting", settingVersion),
			slog.String("version", version), slog.String("used", next))
	}
	return true
}

func deadVersion(e *providers.Error, version string) error {
	own := *e
	own.Kind, own.Field = providers.Unsupported, settingVersion
	own.Message = "LinkedIn no longer answers version " + version + ": change the setting " + settingVersion + " (" + e.Message + ")"
	return &own
}

func (c *client) request(k call, resource, version string) rest.Request {
	r := rest.Request{
		Method: http.MethodGet,
		URL:    apiBase + k.path,
		Header: http.Header{headerVersion: {version}, headerMethod: {k.method}},
		Bucket: bucket(resource, c.conn.ID),
	}
	switch {
	case len(k.query) > maxQuery: // a GET in the body of a POST
		r.Method, r.Body = http.MethodPost, []byte(k.query)
		r.Header["X-Http-Method-Override"] = []string{http.MethodGet}
		r.Header["Content-Type"] = []string{"application/x-www-form-urlencoded"}
	case k.query != "":
		r.URL += "?" + k.query
	}
	return r
}

// endpoint is what LinkedIn counts calls by: the resource without keys, as in "adAccounts/adCampaigns".
func endpoint(path string) string {
	parts := strings.Split(path, "/")
	switch {
	case len(parts) >= 3:
		return parts[0] + "/" + parts[2]
	default:
		return parts[0]
	}
}

// do passes a caller's request through, with the headers that LinkedIn cannot do without where the caller gave none.
func (c *client) do(ctx context.Context, req *http.Request) (*http.Response, error) {
	out := req.Clone(ctx)
	out.Header = maps.Clone(req.Header)
	if out.Header == nil {
		out.Header = http.Header{}
	}
	if out.Header.Get(headerVersion) == "" {
		out.Header.Set(headerVersion, c.provider.versions.use(c.version, c.now()))
	}
	return c.rest.Pass(ctx, out)
}
