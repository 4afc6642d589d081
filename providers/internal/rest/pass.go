package rest

import (
	"context"
	"io"
	"math"
	"net/http"

	"github.com/admux/admux/providers"
)

// Pass sends a caller's request with our authorization and limits. Any status is an answer, a redirect too. A refused
// token is told to Tokens.Reject, and the request repeated once when it reads and has no body. The body streams
// without a size limit under the idle clock; the caller closes it.
func (c *Client) Pass(ctx context.Context, req *http.Request) (*http.Response, error) {
	repeat := (req.Method == http.MethodGet || req.Method == http.MethodHead) && (req.Body == nil || req.Body == http.NoBody)
	for {
		out := req.Clone(ctx)
		out.RequestURI = ""
		out.Header.Del("Authorization")
		out.Header.Del("Cookie")
		bucket, cost := "", 0
		if c.cfg.PassBucket != nil {
			bucket, cost = c.cfg.PassBucket(out)
		}
		x, err := c.send(ctx, out, bucket, cost)
		if err != nil {
			return nil, err
		}
		if x.resp.StatusCode == http.StatusUnauthorized && repeat && x.token != nil {
			repeat = false
			x.close(providers.OutcomeRefused, nil)
			if err := c.cfg.Tokens.Reject(ctx, x.token); err != nil {
				return nil, c.own(ctx, err)
			}
			continue
		}
		if b, ok := x.resp.Body.(*body); ok {
			b.left = math.MaxInt64
		}
		x.resp.Body = &passed{Reader: x.resp.Body, x: x, body: x.resp.Body}
		return x.resp, nil
	}
}

// passed ends the exchange when the caller closes the body.
type passed struct {
	io.Reader
	x    *exchange
	body io.Closer
}

func (p *passed) Close() error {
	err := p.body.Close()
	p.x.watch.end()
	e := ClassifyStatus(p.x.resp.StatusCode, nil, nil) // the body was the caller's: it was not looked at
	e.RequestID = p.x.id
	p.x.leave(outcomeOfStatus(e.Status), e)
	return err
}

func outcomeOfStatus(status int) providers.Outcome {
	switch {
	case status == http.StatusInternalServerError: // one resource's fault says nothing of the host
		return providers.OutcomeUnknown
	case status > http.StatusNotImplemented:
		return providers.OutcomeBad
	case status >= 400:
		return providers.OutcomeRefused
	}
	return providers.OutcomeGood
}
