package rest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/admux/admux/providers"
)

// ErrStop ends a Read early without an error of the platform: decode returns it when its consumer wants no more. The
// rest of the body is not read and Read returns ErrStop.
var ErrStop = errors.New("rest: the reader wants no more")

// Read sends a request that changes nothing (a tunnelled GET by POST too) and hands each attempt's whole 2xx body to
// decode. Retries (Retryable or Malformed; Retry-After first, else full jitter; within ctx) cover headers and body: a
// cut or stalled body, or one that decode refuses, is tried again, so decode must start afresh at each call. Only a
// body read to its end counts. A refused token is told to Tokens.Reject once, then tried again with the new token. The answer's
// header is returned; every error is an *Error, but ErrStop.
func (c *Client) Read(ctx context.Context, r Request, decode func(io.Reader) error) (http.Header, error) {
	rejected := false
	for n := 1; ; n++ {
		x, h, err := c.readOnce(ctx, r, decode)
		if err == nil || errors.Is(err, ErrStop) {
			return h, err
		}
		e, ok := errors.AsType[*providers.Error](err)
		if !ok {
			return nil, err
		}
		if r.Final != nil && r.Final() || r.Enough != nil && r.Enough(e) {
			return nil, err
		}
		if refused(x, e) && !rejected {
			rejected = true
			if err := c.cfg.Tokens.Reject(ctx, x.token); err != nil {
				return nil, c.own(ctx, err)
			}
			n--
			continue
		}
		wait, again := c.again(ctx, x, e, r.Bucket, n)
		if !again {
			return nil, err
		}
		c.cfg.Log.LogAttrs(ctx, slog.LevelDebug, "platform call is tried again", slog.String("platform", c.cfg.Platform),
			slog.Int("attempt", n+1), slog.String("kind", e.Kind.String()), slog.Duration("wait", wait))
		if c.cfg.Sleep(ctx, wait) != nil {
			return nil, err // the caller has gone: what went wrong before says more
		}
	}
}

// refused tells whether the platform refused the token of a call: with a 401, or in other words that Classify knows.
func refused(x *exchange, e *providers.Error) bool {
	return x != nil && x.token != nil && e.Status != 0 && e.Kind == providers.Unauthorized && !errors.Is(e.Err, ErrFinal)
}

func (c *Client) readOnce(ctx context.Context, r Request, decode func(io.Reader) error) (*exchange, http.Header, error) {
	x, err := c.open(ctx, r)
	if err != nil {
		return x, nil, err
	}
	if s := x.resp.StatusCode; s < 200 || s > 299 {
		e := x.refusal()
		x.close(outcomeOf(e), e)
		return x, nil, e
	}
	err = decode(x.resp.Body)
	if errors.Is(err, ErrStop) {
		x.close(providers.OutcomeGood, nil)
		return x, x.resp.Header, ErrStop
	}
	if err == nil {
		_, err = io.Copy(io.Discard, x.resp.Body)
	}
	if err == nil {
		x.close(providers.OutcomeGood, nil)
		return x, x.resp.Header, nil
	}
	e := x.unreadable(err)
	x.close(outcomeOf(e), e)
	return x, nil, e
}

// unreadable explains a 2xx answer that could not be taken: cut, stalled, too large, or not what it should be.
func (x *exchange) unreadable(err error) *providers.Error {
	ended := err
	if b, ok := x.resp.Body.(*body); ok && b.err != nil && !errors.Is(b.err, io.EOF) {
		ended = b.err // decoders wrap it in their own words
		if e := x.broken(ended); e != nil {
			return e
		}
	} else if x.outer.Err() != nil {
		return x.broken(err)
	}
	if e, ok := errors.AsType[*providers.Error](err); ok { // the adapter's own word
		own := *e
		own.Platform, own.Status = x.c.cfg.Platform, x.resp.StatusCode
		if own.RequestID == "" {
			own.RequestID = x.id
		}
		x.scrub(&own)
		return &own
	}
	e := &providers.Error{Kind: providers.Malformed, Platform: x.c.cfg.Platform, Status: x.resp.StatusCode, RequestID: x.id, Err: ended}
	switch {
	case errors.Is(ended, errTooLarge):
		e.Message, e.Err = "the platform's answer is larger than a page may be", errors.Join(errTooLarge, ErrFinal)
	case errors.Is(ended, io.ErrUnexpectedEOF), ended != err: //nolint:errorlint // one and the same error is meant, not its kind
		e.Message = "the platform's answer was cut short"
	default:
		e.Message = "the platform's answer cannot be understood: " + err.Error()
	}
	x.scrub(e)
	return e
}

// JSON is Read into a value, which each attempt decodes from zero. Numbers are kept exact: in an any they are
// json.Number. The body must be one JSON value. into may be nil when only success matters.
func (c *Client) JSON(ctx context.Context, r Request, into any) (http.Header, error) {
	return c.Read(ctx, r, func(body io.Reader) error { return decodeInto(body, into) })
}
