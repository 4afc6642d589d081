package passthrough

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/providers"
)

// Connection is a connection of the caller's workspace, ready to be asked.
type Connection struct {
	Platform string // as people call it
	Hosts    []string
	Session  *providers.Session
}

// Config is what the handler needs of the gateway.
type Config struct {
	// Open finds a connection of the caller's workspace. Its error is answered as it is; explain is applied to the
	// errors of the session.
	Open func(*gin.Context) (conn Connection, explain func(error) error, err error)
	// MayWrite tells whether the caller's key has the scope to change things; its error is answered.
	MayWrite func(*gin.Context) error
}

// Handler answers for the platforms' own paths.
type Handler struct{ cfg Config }

// New makes the handler.
func New(cfg Config) *Handler { return &Handler{cfg} }

// Serve answers one call. The path is checked before the connection is looked up: a bad one costs nothing.
func (h *Handler) Serve(c *gin.Context) {
	path, reason := clean(after(c))
	if reason != "" {
		problem.Write(c, problem.InvalidFields(problem.Field{Field: "path", In: "path", Message: reason}))
		return
	}
	if changes(c.Request) {
		if err := h.cfg.MayWrite(c); err != nil {
			problem.Write(c, err)
			return
		}
	}
	conn, explain, err := h.cfg.Open(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	if conn.Session.Do == nil || len(conn.Hosts) == 0 {
		problem.Write(c, problem.Unsupported(conn.Platform+" cannot be called directly."))
		return
	}
	req, err := outgoing(c.Request, conn.Hosts[0], path)
	if err != nil {
		problem.Write(c, problem.InvalidFields(problem.Field{Field: "path", In: "path", Message: "is not a valid path"}))
		return
	}
	res, err := conn.Session.Do(req.Context(), req)
	if err != nil {
		problem.Write(c, explain(err))
		return
	}
	defer res.Body.Close()
	answer(c, res)
}

// after is what follows the connection's id, still escaped: gin's own value is decoded.
func after(c *gin.Context) string {
	parts := strings.SplitN(c.Request.URL.EscapedPath(), "/", 4) // "", passthrough, id, path
	if len(parts) < 4 {
		return ""
	}
	return parts[3]
}

// outgoing is the request to the platform. Its address is put together from parts, so that nothing of the path can be
// read as a host.
func outgoing(in *http.Request, host, path string) (*http.Request, error) {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, err
	}
	u := &url.URL{Scheme: "https", Host: host, Path: plain, RawPath: path, RawQuery: in.URL.RawQuery}
	if u.EscapedPath() != path { // net/url would write the path in another way than the caller did
		return nil, errors.New("path does not survive")
	}
	body := in.Body
	if in.ContentLength == 0 {
		body = http.NoBody
	}
	out, err := http.NewRequestWithContext(in.Context(), in.Method, "https://"+host, body)
	if err != nil {
		return nil, err
	}
	out.URL, out.Host, out.ContentLength = u, host, in.ContentLength
	out.Header = forward(in.Header, mine)
	return out, nil
}

// answer sends the platform's answer on, as it arrives. One that breaks off cuts the caller's connection too.
func answer(c *gin.Context, res *http.Response) {
	h := c.Writer.Header()
	for name, values := range forward(res.Header, theirs) {
		if name == problem.HeaderRequestID { // ours names this call; theirs names the platform's
			name = "X-Upstream-Request-Id"
		}
		h[name] = values
	}
	c.Status(res.StatusCode)
	c.Writer.WriteHeaderNow()
	if c.Request.Method == http.MethodHead || res.StatusCode == http.StatusNotModified || res.StatusCode == http.StatusNoContent {
		return
	}
	var w io.Writer = c.Writer
	if live(res) {
		w = flusher{c.Writer}
	}
	if _, err := io.Copy(w, res.Body); err != nil {
		_ = c.Error(err)
		panic(http.ErrAbortHandler)
	}
}

// live tells whether the answer is one that its readers want piece by piece.
func live(res *http.Response) bool {
	t, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return res.ContentLength < 0 || err == nil && t == "text/event-stream"
}

// flusher sends each piece at once.
type flusher struct{ gin.ResponseWriter }

func (f flusher) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	if err == nil {
		f.Flush()
	}
	return n, err
}

// ReadFrom hides that of the wrapped writer, which would not flush.
func (f flusher) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{f}, r) }
