package sim

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// streamer is an answer that writes its whole body itself.
type streamer interface {
	WriteJSON(w *bufio.Writer) error
}

func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/dialog/oauth") {
		s.dialog(w, r)
		return
	}
	c, err := s.newCall(r)
	var v any
	if err == nil {
		v, err = s.answer(c)
	}
	s.respond(w, c, v, err)
}

// answer runs one request or batch.
func (s *Sim) answer(c *call) (any, *graphError) {
	if len(c.path) == 0 {
		return s.root(c)
	}
	return s.run(c)
}

// run settles version and token, then hands the call to what its path names.
func (s *Sim) run(c *call) (any, *graphError) {
	s.annotate(c)
	if c.params.has("date_format") { // gone for all versions since 2026-10-27
		return nil, invalidParam("The date_format parameter is no longer supported")
	}
	if err := s.settleVersion(c); err != nil {
		return nil, err
	}
	switch c.path[0] {
	case "oauth":
		return s.oauthPath(c)
	case "debug_token":
		return s.debugToken(c)
	}
	if err := s.tokens.authenticate(c); err != nil {
		return nil, err
	}
	switch c.path[0] {
	case "me":
		return s.me(c)
	case "search":
		return s.search(c)
	}
	return s.object(c)
}

// root is POST / (a batch) or the dead multi-id read.
func (s *Sim) root(c *call) (any, *graphError) {
	switch {
	case c.params.has("ids"): // gone for all versions since 2026-10-27
		return nil, invalidParam("The ids parameter is no longer supported")
	case c.method == http.MethodPost && c.params.has("batch"):
		return s.batch(c)
	}
	return nil, &graphError{Code: 100, Type: "GraphMethodException", Message: "Unsupported " + strings.ToLower(c.method) + " request. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"}
}

// annotate tells the call log what the request was.
func (s *Sim) annotate(c *call) {
	if c.inBatch {
		return
	}
	path := slices.Clone(c.path)
	if strings.ContainsAny(path[0], "0123456789") {
		path[0] = "{id}"
	}
	op := c.method + " " + strings.Join(path, "/")
	simkit.Annotate(c.ctx, func(k *simkit.Call) { k.Operation, k.Version = op, c.version })
}

// respond writes headers and body.
func (s *Sim) respond(w http.ResponseWriter, c *call, v any, e *graphError) {
	h := w.Header()
	s.stamp(h)
	s.usageHeaders(c)
	maps.Copy(h, c.header)
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	if e != nil {
		trace := s.trace()
		h.Set("X-Fb-Trace-Id", trace)
		if e.Code == 190 {
			h.Set("WWW-Authenticate", `OAuth "Facebook Platform" "invalid_token" `+strconv.Quote(e.Message))
		}
		w.WriteHeader(e.status())
		w.Write(encode(e.body(trace))) // a client that left is no error of ours
		return
	}
	w.WriteHeader(http.StatusOK)
	switch x := v.(type) {
	case streamer:
		out := bufio.NewWriterSize(w, 64<<10)
		if x.WriteJSON(out) == nil {
			out.Flush()
		}
	case json.RawMessage:
		w.Write(x)
	default:
		w.Write(encode(v))
	}
}

// stamp sets the headers that every answer carries, an injected one too.
func (s *Sim) stamp(h http.Header) {
	h.Set("X-Fb-Trace-Id", s.trace())
	h.Set("X-Fb-Request-Id", s.trace())
	h.Set("X-Fb-Rev", "1031000000")
}
