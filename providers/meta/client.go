package meta

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

const (
	proofParam  = "appsecret_proof"
	tokenParam  = "access_token"
	formType    = "application/x-www-form-urlencoded"
	warnVersion = "X-Ad-Api-Version-Warning"
)

// client calls the API for one connection.
type client struct {
	rest    *rest.Client
	warned  *sync.Map // versions that were upgraded behind our back
	conn    providers.Conn
	lanes   *lanes
	log     *slog.Logger
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error
	version string
	known   known
}

func newClient(p *provider, conn providers.Conn, deps providers.Deps, version string) *client {
	c := &client{warned: &p.warned, conn: conn, lanes: newLanes(conn, deps), log: deps.Log, now: deps.Now, sleep: deps.Sleep, version: version}
	if c.sleep == nil {
		c.sleep = pause
	}
	cfg := rest.ConfigFrom(platformID, conn, deps)
	cfg.RequestID = requestID
	cfg.Classify = classify
	cfg.Authorize = c.authorize
	cfg.Limits = c.lanes
	cfg.Throttled = c.lanes.refusedBy
	cfg.Observe = func(bucket string, _ int, h http.Header) {
		c.lanes.heed(bucket, h)
		c.warn(h)
	}
	c.rest = rest.New(cfg)
	return c
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// authorize puts the token into the header, never into the URL, and beside it the proof that we hold the app's secret.
// Meta takes the proof only together with the token that it was made of, so it is made anew at each attempt.
// https://developers.facebook.com/docs/graph-api/guides/secure-requests
func (c *client) authorize(r *http.Request, t *oauth2.Token) {
	t.SetAuthHeader(r)
	if used, ok := r.Context().Value(usedToken{}).(*string); ok {
		*used = t.AccessToken
	}
	if c.conn.App.ClientSecret == "" {
		return
	}
	sep := "&"
	if r.URL.RawQuery == "" {
		sep = ""
	}
	r.URL.RawQuery += sep + proofParam + "=" + proof(c.conn.App.ClientSecret, t.AccessToken)
}

func proof(secret, token string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}

// warn says once that Meta answers with another version than was asked for.
func (c *client) warn(h http.Header) {
	text := h.Get(warnVersion)
	if text == "" {
		return
	}
	if _, warned := c.warned.LoadOrStore(c.version, true); !warned {
		c.log.Warn("Meta has retired the configured API version and answers with another one; change the setting",
			slog.String("platform", platformID), slog.String("setting", settingVersion), slog.String("version", c.version), slog.String("said", text))
	}
}

// call is one request. The path is below the version and needs no encoding: ids, numbers and Meta's words.
type call struct {
	path   string
	params url.Values
	lane   lane
}

// js is the JSON text of a parameter that is a list or an object.
func js(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // lists and maps of texts and numbers always marshal
		return ""
	}
	return string(b)
}

// node is the path of an ad account.
func node(account string) string { return "act_" + account }

func (c *client) request(method string, k call) rest.Request {
	r := rest.Request{
		Method: method, URL: "https://" + apiHost + "/" + c.version + "/" + k.path,
		Header: http.Header{"Accept": {"application/json"}}, Bucket: c.lanes.bucket(k.lane), Cost: readCost,
	}
	switch {
	case method == http.MethodPost:
		r.Body, r.Cost = []byte(k.params.Encode()), writeCost
		r.Header["Content-Type"] = []string{formType}
	case len(k.params) > 0:
		r.URL += "?" + k.params.Encode()
	}
	return r
}

// get reads one value.
func get(ctx context.Context, c *client, k call, into any) (http.Header, error) {
	return c.send(ctx, c.request(http.MethodGet, k), into)
}

// getRaw reads one value as Meta sent it.
func (c *client) getRaw(ctx context.Context, k call) (json.RawMessage, http.Header, error) {
	var raw json.RawMessage
	h, err := get(ctx, c, k, &raw)
	return raw, h, err
}

// submit posts a form that changes nothing, such as the order of a report. It is tried again as a read is.
func (c *client) submit(ctx context.Context, k call, into any) (http.Header, error) {
	return c.send(ctx, c.request(http.MethodPost, k), into)
}

// remove deletes what submit made. Deleting twice does no harm.
func (c *client) remove(ctx context.Context, k call) error {
	r := c.request(http.MethodDelete, k)
	r.Cost = writeCost
	_, err := c.send(ctx, r, nil)
	return err
}

// send does a request whose answer is one value; into may be nil. A success that holds an error is an error.
func (c *client) send(ctx context.Context, r rest.Request, into any) (http.Header, error) {
	var h http.Header
	got, err := c.rest.Read(ctx, r, func(body io.Reader) error {
		b, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		if err := hidden(b); err != nil {
			return err
		}
		if into == nil {
			return nil
		}
		return rest.Unmarshal(b, into)
	})
	if got != nil {
		h = got
	}
	return h, own(err)
}

// hidden is the error inside an answer that claims success. Others than objects, and none, are nil.
func hidden(b []byte) error {
	var env envelope
	if err := json.Unmarshal(b, &env); err == nil && env.Error != nil {
		return env.Error.explain(http.StatusOK, nil)
	}
	return nil
}

// own names the platform on an error of the kit.
func own(err error) error {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Platform != "" {
		return err
	}
	own := *e
	own.Platform = platformID
	return &own
}
