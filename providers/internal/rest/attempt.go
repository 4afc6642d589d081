package rest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
)

// maxErrorBody is how much of a refusal is read: envelopes are small, error pages of proxies need not be whole.
const maxErrorBody = 1 << 20

var (
	errSlowHeaders = errors.New("no answer in time")
	errStalled     = errors.New("the answer stalled")
	errTooLarge    = errors.New("the answer is larger than a page may be")
)

// ErrFinal, as the Err of an *Error, keeps a read from being tried again though its Kind is Retryable: another attempt
// would end the same. An adapter's Classify may set it.
var ErrFinal = errors.New("another attempt would end the same")

// exchange is one request on the wire and its answer.
type exchange struct {
	c     *Client
	req   *http.Request
	host  string
	token *oauth2.Token
	leave providers.Leave
	outer context.Context //nolint:containedctx // the caller's, to tell its end from ours
	watch *watch
	began time.Time
	sent  sentTrace

	resp *http.Response
	id   string // the platform's request id
}

// sentTrace tells whether a byte of the request can have left.
type sentTrace struct{ wanted, got bool }

func (s *sentTrace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { s.wanted = true },
		GotConn: func(httptrace.GotConnInfo) { s.got = true },
	}
}

// never is true only when no connection was had for the request.
func (s *sentTrace) never(err error) bool {
	return s.wanted && !s.got || errors.Is(err, providers.ErrForeignHost)
}

// open sends r and returns with the answer's headers. The caller closes the exchange.
func (c *Client) open(ctx context.Context, r Request) (*exchange, error) {
	providers.Idle(ctx)
	req, err := c.build(ctx, r)
	if err != nil {
		return nil, err
	}
	acceptPacked(req)
	x, err := c.send(ctx, req, r.Bucket, r.Cost)
	if err == nil {
		c.unpack(x.resp)
	}
	return x, err
}

func (c *Client) build(ctx context.Context, r Request) (*http.Request, error) {
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil { // its text would repeat the URL
		return nil, &providers.Error{Kind: providers.Invalid, Platform: c.cfg.Platform, Message: "the request cannot be made into a URL"}
	}
	for k, v := range r.Header {
		req.Header[http.CanonicalHeaderKey(k)] = v
	}
	return req, nil
}

// send authorizes, waits for the limiter and the breaker, and does req, whose own headers win over Config.Header.
func (c *Client) send(ctx context.Context, req *http.Request, bucket string, cost int) (*exchange, error) {
	x := &exchange{c: c, host: req.URL.Host, outer: ctx}
	for k, v := range c.cfg.Header {
		if k = http.CanonicalHeaderKey(k); req.Header[k] == nil {
			req.Header[k] = v
		}
	}
	if c.cfg.Limits != nil && bucket != "" {
		if err := c.cfg.Limits.Wait(ctx, bucket, max(cost, 1)); err != nil {
			return nil, c.own(ctx, err)
		}
	}
	if c.cfg.Tokens != nil {
		tok, err := c.cfg.Tokens.Token(ctx)
		if err != nil {
			return nil, c.own(ctx, err)
		}
		x.token = tok
		c.used.add(tok.AccessToken)
		c.cfg.Authorize(req, tok)
	}
	leave, closed := c.cfg.Breakers.Enter(x.host, c.cfg.Conn)
	if closed != nil {
		return nil, c.circuitOpen(closed)
	}
	x.leave = leave
	inner, cancel := context.WithCancelCause(ctx)
	x.watch = newWatch(inner, cancel, c.cfg.Timeouts.Headers)
	x.req = req.WithContext(httptrace.WithClientTrace(inner, x.sent.hooks()))
	x.began = c.cfg.Now()
	resp, err := c.http.Do(x.req)
	x.watch.rest()
	if err != nil {
		e := x.transportError(err)
		x.log(0)
		x.close(outcomeOf(e), e)
		return x, e
	}
	x.resp = resp
	resp.Body = &body{rc: resp.Body, watch: x.watch, idle: c.cfg.Timeouts.Idle, left: c.cfg.MaxBody}
	if c.cfg.RequestID != nil {
		x.id = c.cfg.RequestID(resp.Header)
	}
	if c.cfg.Observe != nil {
		c.cfg.Observe(bucket, resp.StatusCode, resp.Header)
	}
	x.log(resp.StatusCode)
	return x, nil
}

// circuitOpen is the error of a call that is not made. It repeats what the platform last said to this connection, and
// nothing that it said to another: that may be another owner's.
func (c *Client) circuitOpen(closed *providers.Closed) *providers.Error {
	e := &providers.Error{
		Kind: providers.Unavailable, Platform: c.cfg.Platform, RetryAfter: closed.Wait, Err: errors.Join(providers.ErrCircuitOpen, ErrFinal),
		Message: "the platform failed several calls in a row and is tried again shortly",
	}
	if last := closed.Last; last != nil {
		e.Code, e.Status, e.RequestID = last.Code, last.Status, last.RequestID
		e.Message += "; its last answer: " + c.used.scrub(last.Message)
	}
	return e
}

// close frees the connection and tells the breaker. e is how the call failed; nil: it did not.
func (x *exchange) close(o providers.Outcome, e *providers.Error) {
	if x.resp != nil {
		_ = x.resp.Body.Close()
	}
	x.watch.end()
	x.leave(o, e)
}

// refusal turns an answer other than 2xx into its error.
func (x *exchange) refusal() *providers.Error {
	c, status := x.c, x.resp.StatusCode
	if status < 400 {
		return &providers.Error{
			Kind: providers.Malformed, Platform: c.cfg.Platform, Status: status, RequestID: x.id, Err: ErrFinal,
			Message: "the platform answered with a redirect, which its API does not do",
		}
	}
	text, _ := io.ReadAll(io.LimitReader(x.resp.Body, maxErrorBody)) // what came of a refusal still says what it is
	e := c.cfg.Classify(status, x.resp.Header, text)
	if e == nil {
		e = ClassifyStatus(status, x.resp.Header, text)
	}
	e.Platform = cmp.Or(e.Platform, c.cfg.Platform)
	e.Status = cmp.Or(e.Status, status)
	e.RequestID = cmp.Or(e.RequestID, x.id)
	if e.RetryAfter == 0 && e.Retryable() {
		e.RetryAfter = RetryAfter(x.resp.Header, c.cfg.Now())
	}
	x.scrub(e)
	return e
}

// scrub takes the tokens out of what a platform repeats of them.
func (x *exchange) scrub(e *providers.Error) { x.c.Scrub(e) }

// Scrub takes the tokens that were sent out of an error that an adapter has read in the body of an answer.
func (c *Client) Scrub(e *providers.Error) {
	for _, s := range []*string{&e.Message, &e.Code, &e.Field, &e.RequestID} {
		*s = c.used.scrub(*s)
	}
}

// transportError explains a call that ended without headers.
func (x *exchange) transportError(err error) *providers.Error {
	e := x.broken(err)
	if e == nil {
		e = &providers.Error{Kind: providers.Unavailable, Message: "the platform was not reached", Err: withoutURL(err)}
		if errors.Is(err, providers.ErrForeignHost) {
			e.Kind, e.Message, e.Err = providers.Invalid, "the host is not one of the platform's", providers.ErrForeignHost
		}
	}
	e.Platform = x.c.cfg.Platform
	return e
}

// broken explains the end of a call by time: the caller's, ours, or the network's. nil when it was not time.
func (x *exchange) broken(err error) *providers.Error {
	var e *providers.Error
	if nerr, ok := errors.AsType[net.Error](err); ok && nerr.Timeout() {
		e = &providers.Error{Kind: providers.Timeout, Message: "the platform did not answer in time", Err: withoutURL(err)}
	}
	switch cause := x.watch.cause(); {
	case x.outer.Err() != nil:
		e = timeUp(x.outer)
	case errors.Is(cause, errSlowHeaders):
		e = &providers.Error{Kind: providers.Timeout, Err: cause, Message: "the platform sent no answer within " + x.c.cfg.Timeouts.Headers.String()}
	case errors.Is(cause, errStalled):
		e = &providers.Error{Kind: providers.Timeout, Err: cause, Message: "the platform's answer stalled: nothing came for " + x.c.cfg.Timeouts.Idle.String()}
	}
	if e != nil {
		e.Platform, e.RequestID = x.c.cfg.Platform, x.id
		if x.resp != nil {
			e.Status = x.resp.StatusCode
		}
	}
	return e
}

// timeUp is the error of a call whose caller's time is over or who has gone.
func timeUp(ctx context.Context) *providers.Error {
	return &providers.Error{Kind: providers.Timeout, Message: "the time allowed for the call ran out", Err: context.Cause(ctx)}
}

// own makes an *Error of what Limits and Tokens return, without touching theirs.
func (c *Client) own(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		e := timeUp(ctx)
		e.Platform = c.cfg.Platform
		return e
	}
	if e, ok := errors.AsType[*providers.Error](err); ok {
		if e.Platform != "" {
			return err
		}
		own := *e
		own.Platform = c.cfg.Platform
		return &own
	}
	return &providers.Error{Kind: providers.Unavailable, Platform: c.cfg.Platform, Message: "the call could not be prepared", Err: err}
}

// withoutURL leaves out url.Error, whose text repeats the query.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func outcomeOf(e *providers.Error) providers.Outcome {
	switch {
	case e == nil:
		return providers.OutcomeGood
	case errors.Is(e.Err, context.Canceled), errors.Is(e.Err, context.DeadlineExceeded), e.Kind == providers.Malformed,
		e.Status == http.StatusInternalServerError: // as in outcomeOfStatus
		return providers.OutcomeUnknown
	case e.Kind == providers.Timeout, e.Kind == providers.Unavailable && (e.Status == 0 || e.Status >= 500):
		return providers.OutcomeBad
	case e.Status == 0:
		return providers.OutcomeUnknown
	}
	return providers.OutcomeRefused
}

func (x *exchange) log(status int) {
	log := x.c.cfg.Log
	if !log.Enabled(x.outer, slog.LevelDebug) {
		return
	}
	log.LogAttrs(x.outer, slog.LevelDebug, "platform call",
		slog.String("platform", x.c.cfg.Platform), slog.String("method", x.req.Method), slog.String("url", RedactURL(x.req.URL)),
		slog.Int("status", status), slog.Int64("ms", x.c.cfg.Now().Sub(x.began).Milliseconds()), slog.String("upstream_request_id", x.id))
}
