package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/ads"
	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/connections"
	"github.com/admux/admux/gateway/passthrough"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/quota"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// visit is which connections a request has opened: for the log of calls, for their health, and for saying where to
// consent anew.
type visit struct {
	mu     sync.Mutex
	bounds []*connections.Bound
	failed map[string]bool // by connection, of an answer that others made whole
}

type visitKey struct{}

// visited prepares a request that may open connections, and notes afterwards that the platform accepted the grant.
func visited(c *gin.Context) {
	v := &visit{}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), visitKey{}, v))
	c.Next()
	if c.Writer.Status() >= http.StatusBadRequest {
		return
	}
	for _, b := range v.all() {
		if !v.failed[b.Connection.ID] {
			b.Healthy(c.Request.Context())
		}
	}
}

// taken says for whom the platforms are called: workspaces that wait for one limit take turns.
func taken(c *gin.Context) {
	c.Request = c.Request.WithContext(providers.WithTenant(c.Request.Context(), workspaceOf(c)))
}

func visitOf(ctx context.Context) *visit {
	v, ok := ctx.Value(visitKey{}).(*visit)
	if !ok {
		return &visit{}
	}
	return v
}

func (v *visit) add(b *connections.Bound) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.bounds = append(v.bounds, b)
}

func (v *visit) all() []*connections.Bound {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.bounds)
}

// connectionOf is the one connection of a request, once it is known to be the workspace's own.
func connectionOf(c *gin.Context) (store.Connection, bool) {
	if all := visitOf(c.Request.Context()).all(); len(all) == 1 {
		return all[0].Connection, true
	}
	return store.Connection{}, false
}

// explain adds to a refused grant where its owner can consent anew. Of several connections, the error says whose it is.
func explain(ctx context.Context, err error) error {
	v := visitOf(ctx)
	named, isNamed := errors.AsType[*problem.ConnectionError](err)
	for _, b := range v.all() {
		switch {
		case !isNamed:
			return b.Explain(err)
		case b.Connection.ID == named.Connection:
			v.fail(named.Connection)
			return problem.Of(named.Connection, b.Explain(named.Err))
		}
	}
	return err
}

func (v *visit) fail(connection string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.failed == nil {
		v.failed = map[string]bool{}
	}
	v.failed[connection] = true
}

// workspaceOf is the workspace of the request's key; "" without a key.
func workspaceOf(c *gin.Context) string {
	p, _ := auth.FromContext(c.Request.Context())
	return p.Workspace
}

// who names a request's caller in the access log.
func who(c *gin.Context) []slog.Attr {
	var attrs []slog.Attr
	if p, ok := auth.FromContext(c.Request.Context()); ok {
		attrs = append(attrs, slog.String("workspace", p.Workspace), slog.String("key", p.KeyID))
	}
	if conn, ok := connectionOf(c); ok {
		attrs = append(attrs, slog.String("connection", conn.ID), slog.String("platform", conn.IntegrationType))
	}
	return attrs
}

// open finds a connection of a workspace, and opens a session of its platform. need is the connection's permission; "":
// none in particular.
func (s *Server) open(ctx context.Context, workspace, id, need string) (*connections.Bound, error) {
	bounds, err := s.connections.Load(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	b := bounds[0]
	visitOf(ctx).add(b)
	if allowed := b.Connection.Permissions; need != "" && len(allowed) > 0 && !slices.Contains(allowed, need) {
		return nil, problem.Forbidden(fmt.Sprintf("The connection lacks the permission %q.", need))
	}
	return b, nil
}

// The three functions below give ads, reports and passthrough the connection in the form that each asks for.

func (s *Server) openObjects(c *gin.Context, o providers.Object) (ads.Connection, func(error) error, error) {
	ctx := c.Request.Context()
	b, err := s.open(ctx, workspaceOf(c), c.Param("connection_id"), "ads_"+string(o)+"_read")
	if err != nil {
		return ads.Connection{}, nil, err
	}
	return objectsOf(b), b.Explain, nil
}

func (s *Server) openReport(ctx context.Context, workspace, id string) (*providers.Session, reports.Connection, error) {
	b, err := s.open(ctx, workspace, id, "ads_report_read")
	if err != nil {
		return nil, reports.Connection{}, err
	}
	return b.Session, reports.Connection{
		ID: b.Connection.ID, Platform: b.Connection.IntegrationType, Version: b.Connection.Tokens.Version, Setup: b.Setup,
	}, nil
}

func (s *Server) openQuota(c *gin.Context) (quota.Connection, error) {
	b, err := s.open(c.Request.Context(), workspaceOf(c), c.Param("connection_id"), "")
	if err != nil {
		return quota.Connection{}, err
	}
	return quota.Connection{Session: b.Session, Orgs: orgIDs(b)}, nil
}

func orgIDs(b *connections.Bound) []string {
	ids := make([]string, len(b.Connection.Orgs))
	for i, o := range b.Connection.Orgs {
		ids[i] = o.ID
	}
	return ids
}

func (s *Server) openDirect(c *gin.Context) (passthrough.Connection, func(error) error, error) {
	b, err := s.open(c.Request.Context(), workspaceOf(c), c.Param("connection_id"), "")
	if err != nil {
		return passthrough.Connection{}, nil, err
	}
	spec := b.Provider.Spec()
	return passthrough.Connection{Platform: spec.Name, Hosts: spec.Hosts, Session: b.Session}, b.Explain, nil
}

// mayWrite tells whether the request's key has the scope to change things.
func mayWrite(c *gin.Context) error {
	if p, ok := auth.FromContext(c.Request.Context()); ok && p.May(auth.Write) {
		return nil
	}
	return problem.MissingScope(string(auth.Write))
}
