package gateway

import (
	"context"
	"strings"

	"github.com/admux/admux/gateway/integrations"
	"github.com/admux/admux/openapi"
	"github.com/admux/admux/providers"
)

// integrations computes the support matrix of every platform.
func (s *Server) integrations(v *openapi.Validator) (*integrations.Handler, error) {
	return integrations.New(integrations.Config{
		Registry: s.cfg.Registry,
		Session: func(p providers.Provider) (*providers.Session, error) {
			return p.Open(providers.Conn{}, providers.Deps{Log: s.cfg.Log, Now: s.cfg.Now})
		},
		Served: servedOf(v),
		Active: func(ctx context.Context, workspace, integrationType string) (bool, error) {
			_, ok, err := s.connections.App(ctx, workspace, integrationType)
			return ok, err
		},
		Exists: func(ctx context.Context, workspace string) error {
			_, err := s.cfg.Store.Workspace(ctx, workspace)
			return err
		},
		Workspace: workspaceOf, Sign: s.cfg.Store.Keyring(), BaseURL: s.baseURL,
	})
}

// served is what the document says of this version: an operation that is not planned, and the parameters of each list.
type served struct {
	methods map[string]bool
	takes   map[string]bool
}

func servedOf(v *openapi.Validator) served {
	out := served{map[string]bool{}, map[string]bool{}}
	for _, r := range v.Routes() {
		rest, ok := strings.CutPrefix(r.Path, "/ads/{connection_id}/")
		if !ok || r.Planned {
			continue
		}
		object, id, single := strings.Cut(rest, "/")
		if single && id != "{id}" {
			continue
		}
		out.methods[object+" "+methodName(r.Method, single)] = true
		if single || r.Method != get {
			continue
		}
		for _, p := range r.Operation.Parameters {
			out.takes[object+" "+p.Value.Name] = true
		}
	}
	return out
}

func methodName(method string, single bool) string {
	switch {
	case method == get && !single:
		return "list"
	case method == get:
		return "get"
	case method == post:
		return "create"
	case method == del:
		return "remove"
	}
	return "update"
}

// Method implements integrations.Served.
func (s served) Method(o providers.Object, method string) bool {
	return s.methods[string(o)+" "+method]
}

// Takes implements integrations.Served.
func (s served) Takes(o providers.Object, parameter string) bool {
	return s.takes[string(o)+" "+parameter]
}
