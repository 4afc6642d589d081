package gateway

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/ads"
	"github.com/admux/admux/gateway/audit"
	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/calls"
	"github.com/admux/admux/gateway/connections"
	"github.com/admux/admux/gateway/guard"
	"github.com/admux/admux/gateway/integrations"
	"github.com/admux/admux/gateway/jobs"
	"github.com/admux/admux/gateway/middleware"
	"github.com/admux/admux/gateway/ops"
	"github.com/admux/admux/gateway/passthrough"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/quota"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/openapi"
)

// handlers are the parts that answer.
type handlers struct {
	ads          *ads.Handler
	reports      *reports.Handler
	jobs         *jobs.Service
	passthrough  *passthrough.Handler
	integrations *integrations.Handler
	connections  *connections.Handler
	calls        *calls.Handler
	quota        *quota.Handler
	guard        *guard.Handler
	audit        *audit.Handler

	document, docs, docsFile gin.HandlerFunc
}

func (s *Server) handlers(doc *openapi3.T, v *openapi.Validator) (handlers, error) {
	sign := s.cfg.Store.Keyring()
	json, err := openapi.JSON(doc, s.cfg.Registry.IDs())
	if err != nil {
		return handlers{}, fmt.Errorf("gateway: %w", err)
	}
	h := handlers{
		ads:     ads.New(ads.Config{Open: s.openObjects, Sign: sign, BaseURL: s.baseURL, Unspecified: s.metrics.Unspecified, Writes: s.writes()}),
		reports: s.reports, jobs: s.jobs,
		passthrough: passthrough.New(passthrough.Config{Open: s.openDirect, MayWrite: mayWrite}),
		connections: connections.NewHandler(s.connections, s.keys, problem.Write),
		calls:       &calls.Handler{Store: s.cfg.Store, Sign: sign, Workspace: workspaceOf, BaseURL: s.baseURL},
		quota:       quota.New(quota.Config{Open: s.openQuota, State: s.limiter.State, Now: s.cfg.Now}),
		document:    ops.Document(json),
	}
	h.guard = &guard.Handler{Service: s.guard, Workspace: workspaceOf, Connection: s.owned}
	h.audit = &audit.Handler{Store: s.cfg.Store, Sign: sign, Workspace: workspaceOf, BaseURL: s.baseURL, Undo: h.ads.Undo}
	h.docs, h.docsFile = ops.Pages(openapi.Docs(), openapi.DocsCSP)
	h.integrations, err = s.integrations(v)
	return h, err
}

// engine is the router with what every request passes.
func (s *Server) engine() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode) // else gin prints every route
	e := gin.New()
	// Ids hold ":", "/" and "%" (LinkedIn URNs): paths are matched as they were sent, and their values decoded once, by
	// middleware.Params. gin's own decoding takes "+" for a space.
	e.UseEscapedPath, e.UnescapePathValues = true, false
	e.RedirectTrailingSlash, e.RedirectFixedPath, e.HandleMethodNotAllowed = false, false, true
	if err := e.SetTrustedProxies(s.cfg.TrustedProxies); err != nil {
		return nil, fmt.Errorf("gateway: trusted proxies: %w", err)
	}
	e.Use(
		middleware.RequestID(),
		middleware.Log(middleware.Logging{Log: s.cfg.Log, Now: s.cfg.Now, Who: who, Observe: s.metrics.Request,
			Quiet: map[string]bool{"/healthz": true, "/readyz": true, "/metrics": true}}),
		middleware.Recover(s.cfg.Log),
		middleware.Secure(),
		middleware.CORS(s.cfg.AllowOrigins),
		middleware.Params(),
	)
	e.NoRoute(func(c *gin.Context) { problem.Write(c, problem.NotFound("path")) })
	e.NoMethod(func(c *gin.Context) { problem.Write(c, problem.Method()) })
	return e, nil
}

// limits is the gateway's own limit; it does nothing when it is turned off.
func (s *Server) limits() gin.HandlerFunc {
	if s.cfg.RateLimit < 0 {
		return func(*gin.Context) {}
	}
	return middleware.NewLimiter(s.cfg.RateLimit, s.cfg.RateBurst, s.cfg.Now).RateLimit(func(c *gin.Context) string {
		if p, ok := auth.FromContext(c.Request.Context()); ok {
			return p.KeyID
		}
		return "ip " + c.ClientIP()
	})
}

// chain is what a request of one route passes before its answer.
func (s *Server) chain(r route, op *openapi.Route, limit gin.HandlerFunc) []gin.HandlerFunc {
	ends, body := middleware.Timeout(s.cfg.RequestTimeout), s.cfg.MaxBody
	upstream := strings.HasPrefix(r.pattern, "/ads/") || strings.HasPrefix(r.pattern, "/passthrough/")
	switch {
	case strings.HasSuffix(r.pattern, "/report"), strings.HasSuffix(r.pattern, "/changes"), strings.HasSuffix(r.pattern, "/result"):
		ends = middleware.Silence(s.cfg.ReportTimeout)
	case strings.HasSuffix(r.pattern, "/batch"):
		ends = middleware.Timeout(s.cfg.ReportTimeout)
	case strings.HasPrefix(r.pattern, "/passthrough/"):
		ends, body = middleware.Timeout(s.cfg.PassthroughTimeout), s.cfg.MaxPassthroughBody
	}
	list := []gin.HandlerFunc{middleware.Stall(s.cfg.StallTimeout)}
	if s.service(r.pattern) {
		return append(list, ends, r.answer)
	}
	if r.scope != none {
		list = append(list, s.keys.Require(auth.Scope(r.scope), problem.Write))
	} else {
		list = append(list, s.optionalKey(r.pattern))
	}
	if list = append(list, limit); !strings.HasPrefix(r.pattern, "/passthrough/") {
		list = append(list, middleware.Compress())
	}
	if upstream || strings.HasSuffix(r.pattern, "/undo") { // which writes to a platform too
		record := calls.Recorder{Add: s.cfg.Store.AddAPICall, Now: s.cfg.Now, Workspace: workspaceOf, Connection: connectionOf}
		list = append(list, visited, taken, record.Record(op.ID))
	}
	if op.MaxBody > 1<<20 { // files, and many objects at once
		body = max(body, op.MaxBody)
	}
	list = append(list, ends, middleware.Body(body, s.cfg.StallTimeout), checked(op))
	if r.answer == nil {
		return append(list, later(r.later))
	}
	return append(list, r.answer)
}

// service tells whether a path is for machines and browsers that have no key, and is not limited.
func (s *Server) service(pattern string) bool {
	switch pattern {
	case "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/:file":
		return true
	}
	return false
}

// optionalKey reads the key of a request that needs none. One that is sent has to be right. The OAuth flow reads its
// own keys.
func (s *Server) optionalKey(pattern string) gin.HandlerFunc {
	if pattern != "/unified/integration/workspace/:workspace_id" {
		return func(*gin.Context) {}
	}
	return func(c *gin.Context) {
		if c.GetHeader("Authorization") == "" {
			return
		}
		p, err := s.keys.Authenticate(c)
		if err != nil {
			problem.Write(c, err)
			return
		}
		c.Request = c.Request.WithContext(auth.WithPrincipal(c.Request.Context(), p))
	}
}
