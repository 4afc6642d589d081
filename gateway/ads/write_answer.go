package ads

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/providers"
)

// outcome is the answer to a write that went well.
type outcome struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header,omitempty"`
	Body   string            `json:"body,omitempty"` // byte for byte
}

func (o outcome) answer(c *gin.Context) {
	for name, value := range o.Header {
		c.Header(name, value)
	}
	if o.Body == "" {
		c.Status(o.Status)
		return
	}
	c.Header("Content-Type", "application/json")
	c.Status(o.Status)
	_, _ = io.WriteString(c.Writer, o.Body) // a caller who has left is nobody's error
}

// detached goes on when the caller leaves: what has been begun at a platform is brought to its end and noted. The time
// that the request has stays.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	out := context.WithoutCancel(ctx)
	if at, ok := ctx.Deadline(); ok {
		return context.WithDeadline(out, at)
	}
	return context.WithCancel(out)
}

// noting is the time to keep what came of a write, also when the request's own is over.
func noting(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}

// done makes the answer of an object as the platform then has it.
func (w writing[T]) done(ctx context.Context, v T, checked providers.Checked, entry string) (outcome, error) {
	out := outcome{Status: http.StatusOK, Header: map[string]string{headerETag: etag(v)}}
	if w.r.dry {
		out.Header[headerDryRun] = string(checked)
	}
	if entry != "" {
		out.Header[headerAudit] = entry
	}
	if w.r.view.raw && !w.r.dry {
		again, err := w.col.Get(ctx, providers.Ref{Org: v.Facts().Organization, ID: v.Facts().ID, Raw: true})
		if err == nil {
			v = again
		}
	}
	var body bytes.Buffer
	if err := encodeOne(w.r.view, &body, encoder(&body), &v); err != nil {
		return out, err
	}
	out.Body = body.String()
	return out, nil
}
