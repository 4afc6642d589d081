package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/middleware"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/openapi"
	"github.com/admux/admux/providers"
)

const (
	none  = openapi.ScopeNone
	read  = openapi.ScopeRead
	write = openapi.ScopeWrite
	admin = openapi.ScopeAdmin

	get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
)

// route is one operation of the document: what answers it, and what its key needs. A nil handler is one that this
// version does not serve: later says so in its place.
type route struct {
	method  string
	pattern string
	scope   openapi.Scope
	answer  gin.HandlerFunc
	later   string
}

// routes is every route, in the document's order.
func (s *Server) routes(h handlers) []route {
	const (
		orders   = "None of the platforms of this version has insertion orders: use campaign and group."
		contract = "This version of admux does not serve this part of the contract yet."
	)
	return []route{
		{get, "/ads/:connection_id/organization", read, h.ads.List(providers.ObjectOrganization), ""},
		{post, "/ads/:connection_id/organization", write, h.ads.Create(providers.ObjectOrganization), ""},
		{get, "/ads/:connection_id/organization/:id", read, h.ads.Get(providers.ObjectOrganization), ""},
		{put, "/ads/:connection_id/organization/:id", write, h.ads.Update(providers.ObjectOrganization), ""},
		{patch, "/ads/:connection_id/organization/:id", write, h.ads.Update(providers.ObjectOrganization), ""},
		{del, "/ads/:connection_id/organization/:id", write, h.ads.Delete(providers.ObjectOrganization), ""},

		{get, "/ads/:connection_id/campaign", read, h.ads.List(providers.ObjectCampaign), ""},
		{post, "/ads/:connection_id/campaign", write, h.ads.Create(providers.ObjectCampaign), ""},
		{get, "/ads/:connection_id/campaign/:id", read, h.ads.Get(providers.ObjectCampaign), ""},
		{put, "/ads/:connection_id/campaign/:id", write, h.ads.Update(providers.ObjectCampaign), ""},
		{patch, "/ads/:connection_id/campaign/:id", write, h.ads.Update(providers.ObjectCampaign), ""},
		{del, "/ads/:connection_id/campaign/:id", write, h.ads.Delete(providers.ObjectCampaign), ""},

		{get, "/ads/:connection_id/group", read, h.ads.List(providers.ObjectGroup), ""},
		{post, "/ads/:connection_id/group", write, h.ads.Create(providers.ObjectGroup), ""},
		{get, "/ads/:connection_id/group/:id", read, h.ads.Get(providers.ObjectGroup), ""},
		{put, "/ads/:connection_id/group/:id", write, h.ads.Update(providers.ObjectGroup), ""},
		{patch, "/ads/:connection_id/group/:id", write, h.ads.Update(providers.ObjectGroup), ""},
		{del, "/ads/:connection_id/group/:id", write, h.ads.Delete(providers.ObjectGroup), ""},

		{get, "/ads/:connection_id/ad", read, h.ads.List(providers.ObjectAd), ""},
		{post, "/ads/:connection_id/ad", write, h.ads.Create(providers.ObjectAd), ""},
		{get, "/ads/:connection_id/ad/:id", read, h.ads.Get(providers.ObjectAd), ""},
		{put, "/ads/:connection_id/ad/:id", write, h.ads.Update(providers.ObjectAd), ""},
		{patch, "/ads/:connection_id/ad/:id", write, h.ads.Update(providers.ObjectAd), ""},
		{del, "/ads/:connection_id/ad/:id", write, h.ads.Delete(providers.ObjectAd), ""},

		{get, "/ads/:connection_id/creative", read, h.ads.List(providers.ObjectCreative), ""},
		{post, "/ads/:connection_id/creative", write, h.ads.Create(providers.ObjectCreative), ""},
		{get, "/ads/:connection_id/creative/:id", read, h.ads.Get(providers.ObjectCreative), ""},
		{put, "/ads/:connection_id/creative/:id", write, h.ads.Update(providers.ObjectCreative), ""},
		{patch, "/ads/:connection_id/creative/:id", write, h.ads.Update(providers.ObjectCreative), ""},
		{del, "/ads/:connection_id/creative/:id", write, h.ads.Delete(providers.ObjectCreative), ""},

		{get, "/ads/:connection_id/asset", read, h.ads.List(providers.ObjectAsset), ""},
		{post, "/ads/:connection_id/asset", write, h.ads.Create(providers.ObjectAsset), ""},
		{get, "/ads/:connection_id/asset/:id", read, h.ads.Get(providers.ObjectAsset), ""},

		{get, "/ads/:connection_id/target", read, h.ads.List(providers.ObjectTarget), ""},
		{get, "/ads/:connection_id/target/:id", read, h.ads.Get(providers.ObjectTarget), ""},

		{get, "/ads/:connection_id/promoted", read, h.ads.List(providers.ObjectPromoted), ""},
		{get, "/ads/:connection_id/promoted/:id", read, h.ads.Get(providers.ObjectPromoted), ""},

		{get, "/ads/:connection_id/insertionorder", read, nil, orders},
		{post, "/ads/:connection_id/insertionorder", write, nil, orders},
		{get, "/ads/:connection_id/insertionorder/:id", read, nil, orders},
		{put, "/ads/:connection_id/insertionorder/:id", write, nil, orders},
		{patch, "/ads/:connection_id/insertionorder/:id", write, nil, orders},
		{del, "/ads/:connection_id/insertionorder/:id", write, nil, orders},

		{get, "/ads/:connection_id/report", read, h.reports.Get, ""},
		{post, "/ads/:connection_id/report", read, h.jobs.Create, ""},
		{get, "/ads/:connection_id/report/changes", read, h.reports.Changes, ""},
		{get, "/ads/:connection_id/report/:job_id", read, h.jobs.Get, ""},
		{del, "/ads/:connection_id/report/:job_id", read, h.jobs.Delete, ""},
		{get, "/ads/:connection_id/report/:job_id/result", read, h.jobs.Result, ""},
		{post, "/ads/:connection_id/:object/batch", write, h.ads.Batch(), ""},
		{get, "/ads/:connection_id/quota", read, h.quota.List, ""},

		{get, "/passthrough/:connection_id/*path", read, h.passthrough.Serve, ""},
		{post, "/passthrough/:connection_id/*path", write, h.passthrough.Serve, ""},
		{put, "/passthrough/:connection_id/*path", write, h.passthrough.Serve, ""},
		{patch, "/passthrough/:connection_id/*path", write, h.passthrough.Serve, ""},
		{del, "/passthrough/:connection_id/*path", write, h.passthrough.Serve, ""},

		{get, "/unified/integration", read, h.integrations.List, ""},
		{get, "/unified/integration/workspace/:workspace_id", none, h.integrations.Workspace, ""},
		{get, "/unified/integration/auth/:workspace_id/:integration_type", none, h.connections.Begin, ""},
		{get, "/oauth/callback", none, h.connections.Callback, ""},
		{put, "/unified/integration/:integration_type/app", admin, h.connections.PutApp, ""},

		{get, "/unified/connection", read, h.connections.List, ""},
		{post, "/unified/connection", write, h.connections.Create, ""},
		{get, "/unified/connection/:id", read, h.connections.Get, ""},
		{put, "/unified/connection/:id", write, h.connections.Put, ""},
		{patch, "/unified/connection/:id", write, h.connections.Patch, ""},
		{del, "/unified/connection/:id", write, h.connections.Delete, ""},

		{get, "/unified/connection/:id/guardrail", read, h.guard.Get, ""},
		{put, "/unified/connection/:id/guardrail", admin, h.guard.Put, ""},
		{get, "/unified/guardrail", read, h.guard.Get, ""},
		{put, "/unified/guardrail", admin, h.guard.Put, ""},
		{get, "/unified/audit", read, h.audit.List, ""},
		{post, "/unified/audit/:id/undo", write, h.audit.Take, ""},

		{get, "/unified/apicall", read, h.calls.List, ""},
		{get, "/unified/apicall/:id", read, h.calls.Get, ""},

		{get, "/unified/environment", read, nil, contract},
		{post, "/unified/environment", admin, nil, contract},
		{del, "/unified/environment/:env", admin, nil, contract},
		{get, "/unified/issue", read, nil, contract},
		{get, "/unified/issue/:id", read, nil, contract},
		{get, "/unified/notification", read, nil, contract},
		{get, "/unified/webhook", read, nil, contract},
		{post, "/unified/webhook", write, nil, contract},
		{get, "/unified/webhook/:id", read, nil, contract},
		{put, "/unified/webhook/:id", write, nil, contract},
		{patch, "/unified/webhook/:id", write, nil, contract},
		{del, "/unified/webhook/:id", write, nil, contract},
		{put, "/unified/webhook/:id/trigger", write, nil, contract},
		{patch, "/unified/webhook/:id/trigger", write, nil, contract},
		{get, "/unified/workspace/secretsmanager", read, nil, contract},
		{post, "/unified/workspace/secretsmanager", admin, nil, contract},
		{get, "/unified/workspace/secretsmanager/:id", read, nil, contract},
		{del, "/unified/workspace/secretsmanager/:id", admin, nil, contract},

		{get, "/healthz", none, s.health.Live, ""},
		{get, "/readyz", none, s.health.Ready, ""},
		{get, "/metrics", none, gin.WrapH(s.metrics.Handler()), ""},
		{get, "/openapi.json", none, h.document, ""},
		{get, "/docs", none, h.docs, ""},
		{get, "/docs/:file", none, h.docsFile, ""},
	}
}

// check holds the routes against the document: each route is an operation, with its scope, served or planned as the
// document says; each operation has a route. Every miss is named.
func check(list []route, v *openapi.Validator) error {
	var faults []error
	seen := map[*openapi.Route]bool{}
	for _, r := range list {
		op, err := v.Route(r.method, openapi.PathTemplate(r.pattern))
		switch {
		case err != nil:
			faults = append(faults, err)
			continue
		case op.Scope != r.scope:
			faults = append(faults, fmt.Errorf("%s %s: the document asks for scope %s, the route for %s", r.method, r.pattern, op.Scope, r.scope))
		case op.Planned != (r.answer == nil):
			faults = append(faults, fmt.Errorf("%s %s: planned in the document: %t, in the code: %t", r.method, r.pattern, op.Planned, r.answer == nil))
		}
		seen[op] = true
	}
	for _, op := range v.Routes() {
		if !seen[op] {
			faults = append(faults, fmt.Errorf("%s %s: an operation of the document without a route", op.Method, op.Path))
		}
	}
	return errors.Join(faults...)
}

// mount puts every route behind what it needs.
func (s *Server) mount(doc *openapi3.T) (http.Handler, error) {
	v, err := openapi.NewValidator(doc)
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	h, err := s.handlers(doc, v)
	if err != nil {
		return nil, err
	}
	list := s.routes(h)
	if err := check(list, v); err != nil {
		return nil, fmt.Errorf("gateway: code and document have parted: %w", err)
	}
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	limit := s.limits()
	for _, r := range list {
		op, err := v.Route(r.method, openapi.PathTemplate(r.pattern))
		if err != nil {
			return nil, err
		}
		engine.Handle(r.method, r.pattern, s.chain(r, op, limit)...)
		if r.method == get && !spends(r.pattern) {
			engine.Handle(http.MethodHead, r.pattern, s.chain(r, op, limit)...) // net/http leaves the body out
		}
	}
	return engine, nil
}

// spends tells the GETs of the OAuth flow, which are not safe: the look of a link checker would use up what the person
// needs.
func spends(pattern string) bool {
	return pattern == "/oauth/callback" || strings.HasPrefix(pattern, "/unified/integration/auth/")
}

// later answers for what this version does not serve.
func later(why string) gin.HandlerFunc {
	return func(c *gin.Context) { problem.Write(c, problem.Unsupported(why)) }
}

// checked turns the document's faults into ours.
func checked(op *openapi.Route) gin.HandlerFunc {
	return middleware.Validate(func(r *http.Request, param func(string) string) []problem.Field {
		faults := op.Request(r, param)
		if len(faults) == 0 {
			return nil
		}
		out := make([]problem.Field, len(faults))
		for i, f := range faults {
			out[i] = problem.Field(f)
		}
		return out
	})
}
