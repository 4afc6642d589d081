package rest

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/admux/admux/providers"
)

// Write sends once, and never again: a retried create would spend twice. into may be nil; a *[]byte is given the answer as
// it comes, where it may be empty.
//
// An error with Uncertain set means that the platform may have done it: the connection was lost after the request may
// have left, the answer could not be read, or the platform failed within (5xx, 408). A refused token is told to
// Tokens.Reject; as the platform did nothing, the error is then Retryable and the caller may send the write again.
func (c *Client) Write(ctx context.Context, r Request, into any) (http.Header, error) {
	x, err := c.open(ctx, r)
	if err != nil {
		if e, ok := errors.AsType[*providers.Error](err); ok && x != nil && !x.sent.never(e) {
			e.Uncertain = true
		}
		return nil, err
	}
	if s := x.resp.StatusCode; s < 200 || s > 299 {
		e := x.refusal()
		e.Uncertain = e.Uncertain || s < 400 || s == http.StatusRequestTimeout || s >= 500 && s != http.StatusNotImplemented
		x.close(outcomeOf(e), e)
		if refused(x, e) {
			return nil, c.renewed(ctx, x, e)
		}
		return nil, e
	}
	if err := take(x.resp.Body, into); err != nil {
		e := x.unreadable(err)
		e.Uncertain = true
		x.close(outcomeOf(e), e)
		return nil, e
	}
	x.close(providers.OutcomeGood, nil)
	return x.resp.Header, nil
}

// take decodes an answer, or keeps it as it is.
func take(r io.Reader, into any) error {
	raw, ok := into.(*[]byte)
	if !ok {
		return decodeInto(r, into)
	}
	b, err := io.ReadAll(r)
	*raw = b
	return err
}

// renewed replaces the token of a refused write. The refusal becomes a passing one when there is a new token.
func (c *Client) renewed(ctx context.Context, x *exchange, e *providers.Error) error {
	if err := c.cfg.Tokens.Reject(ctx, x.token); err != nil {
		return c.own(ctx, err)
	}
	e.Kind = providers.Unavailable
	e.Message = "the platform refused the access token, which has been renewed; nothing was changed: " + e.Message
	return e
}
