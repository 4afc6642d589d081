package stream

import (
	"io"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
)

// chunk is how many bytes are gathered before they are written.
const chunk = 32 << 10

// out gathers JSON bytes and touches the response only when the first chunk leaves: until then a failure can still be
// answered properly.
type out struct {
	w         io.Writer
	mediaType string
	buf       []byte
	sent      bool
}

func newOut(w io.Writer, mediaType string) out {
	return out{w: w, mediaType: mediaType, buf: make([]byte, 0, chunk+4<<10)}
}

// Sent tells whether bytes have left.
func (o *out) Sent() bool { return o.sent }

func (o *out) text(s string) { o.buf = append(o.buf, s...) }

// quote appends a JSON string; bytes that are not UTF-8 become U+FFFD.
func (o *out) quote(s string) { o.buf = appendQuote(o.buf, s) }

func appendQuote(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // its only error is invalid UTF-8, which it has replaced
	return b
}

// spill writes once enough is gathered.
func (o *out) spill() error {
	if len(o.buf) < chunk {
		return nil
	}
	return o.write()
}

func (o *out) write() error {
	if rw, ok := o.w.(http.ResponseWriter); ok && !o.sent {
		rw.Header().Set("Content-Type", o.mediaType)
	}
	o.sent = true
	_, err := o.w.Write(o.buf)
	o.buf = o.buf[:0]
	return err
}

// Flush lets what was gathered go, to the caller where the response is one over HTTP.
func (o *out) Flush() error {
	if len(o.buf) == 0 {
		return nil
	}
	if err := o.write(); err != nil {
		return err
	}
	if rw, ok := o.w.(http.ResponseWriter); ok {
		_ = http.NewResponseController(rw).Flush() // not every writer can; a caller who has left is met by the next write
	}
	return nil
}

// Fail breaks an HTTP answer off: net/http closes the connection without the end of the body, so that no client takes
// a part for the whole.
func (o *out) Fail(error) { panic(http.ErrAbortHandler) }
