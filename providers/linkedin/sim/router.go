package sim

import (
	"net/http"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	s.requestIDs(w.Header())
	path := r.URL.EscapedPath()
	switch {
	case strings.HasPrefix(path, "/oauth/"):
		s.oauth(w, r)
	case path == "/v2/userinfo", path == "/v2/me":
		s.whoami(w, r)
	case strings.HasPrefix(path, "/rest/"):
		if f := s.rest(w, r); f != nil {
			f.write(w)
		}
	case strings.HasPrefix(path, uploadPath):
		if f := s.takeBytes(w, r); f != nil {
			f.write(w)
		}
	default: // unversioned Marketing calls died on 2024-12-16
		noResource(path).write(w)
	}
}

// requestIDs sets the headers that LinkedIn's support asks for.
func (s *Sim) requestIDs(h http.Header) {
	const hex = "0123456789ABCDEF"
	n := s.served.Add(1)
	id := make([]byte, 32)
	for i := range id {
		id[i] = hex[simkit.Hash(s.opts.Seed, n, uint64(i))%16]
	}
	h.Set("X-Li-Uuid", string(id[:22])+"==")
	h.Set("X-Li-Request-Id", string(id))
	h.Set("X-Li-Fabric", "prod-sim1")
}

// resource is one Rest.li collection.
type resource struct {
	internal string   // as 403 texts call it
	scopes   []string // any of them opens it; none = every approved app
	writes   []string // any of them opens what is not a read; nil = scopes
	serve    func(s *Sim, w http.ResponseWriter, q *request, rest []string) *fault
}

var (
	readAds  = []string{"r_ads", "rw_ads"}
	writeAds = []string{"rw_ads"}
	orgAdmin = []string{"r_organization_admin", "rw_organization_admin"}
	writeOrg = []string{"w_organization_social"}
	media    = []string{"r_organization_social", "w_organization_social"}
)

// resources are the top-level collections, by path.
func resources() map[string]resource {
	return map[string]resource{
		"adAccounts":          {"partnerApiAdAccounts", readAds, writeAds, (*Sim).adAccounts},
		"adAccountUsers":      {"partnerApiAdAccountUsers", readAds, writeAds, (*Sim).adAccountUsers},
		"adAnalytics":         {"partnerApiAdAnalytics", []string{"r_ads_reporting"}, nil, (*Sim).adAnalytics},
		"adTargetingFacets":   {"partnerApiAdTargetingFacets", nil, nil, (*Sim).adTargetingFacets},
		"adTargetingEntities": {"partnerApiAdTargetingEntities", nil, nil, (*Sim).adTargetingEntities},
		"audienceCounts":      {"partnerApiAudienceCounts", readAds, nil, (*Sim).audienceCounts},
		"conversions":         {"partnerApiConversions", []string{"r_ads", "rw_ads", "rw_conversions"}, []string{"rw_ads", "rw_conversions"}, (*Sim).conversions},
		"campaignConversions": {"partnerApiCampaignConversions", []string{"r_ads", "rw_ads", "rw_conversions"}, []string{"rw_ads", "rw_conversions"}, (*Sim).campaignConversions},
		"adBudgetPricing":     {"partnerApiAdBudgetPricing", readAds, nil, (*Sim).adBudgetPricing},
		"leadFormResponses":   {"partnerApiLeadFormResponses", []string{"r_marketing_leadgen_automation"}, nil, (*Sim).leadFormResponses},
		"leadForms":           {"partnerApiLeadForms", []string{"r_marketing_leadgen_automation"}, nil, (*Sim).leadForms},
		"organizationAcls":    {"partnerApiOrganizationAcls", orgAdmin, nil, (*Sim).organizationAcls},
		"organizations":       {"partnerApiOrganizations", orgAdmin, nil, (*Sim).organizations},
		"posts":               {"partnerApiPostsExternal", []string{"r_organization_social"}, writeOrg, (*Sim).postsResource},
		"images":              {"partnerApiImagesExternal", media, writeOrg, (*Sim).images},
		"videos":              {"partnerApiVideosExternal", media, writeOrg, (*Sim).videos},
		"documents":           {"partnerApiDocumentsExternal", media, writeOrg, (*Sim).documents},
	}
}

// rest serves /rest/…: token, version, grammar, scope and quota in that order,
// then the resource.
func (s *Sim) rest(w http.ResponseWriter, r *http.Request) *fault {
	q, f := untunnel(r)
	if f != nil {
		return f
	}
	if q.token, f = s.bearer(r); f != nil {
		return f
	}
	if q.version, f = s.version(r); f != nil {
		return f
	}
	simkit.Annotate(r.Context(), func(c *simkit.Call) { c.Version = q.version })
	q.path = strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/rest/"), "/")
	res, ok := s.resources[q.path[0]]
	if !ok {
		return noResource(r.URL.Path)
	}
	w.Header().Set("X-Restli-Protocol-Version", r.Header.Get("X-Restli-Protocol-Version"))
	if f := q.restli(); f != nil {
		return f
	}
	simkit.Annotate(r.Context(), func(c *simkit.Call) { c.Operation = q.path[0] + "." + q.operation() })
	scopes := res.scopes
	if q.verb != http.MethodGet && res.writes != nil {
		scopes = res.writes
	}
	if !granted(q.token.Scopes, scopes) {
		return denied(res.internal, q.operation(), q.release())
	}
	if f := s.limits.take(s.kit.Clock.Now(), endpoint(q.path), q.token); f != nil {
		return f
	}
	return res.serve(s, w, q, q.path[1:])
}

// endpoint names a path for quotas: ids left out.
func endpoint(path []string) string {
	if len(path) >= 3 {
		return path[0] + "/" + path[2]
	}
	return path[0]
}

func granted(have, any []string) bool {
	if len(any) == 0 {
		return true
	}
	return slices.ContainsFunc(have, func(h string) bool { return slices.Contains(any, h) })
}

// bearer settles who calls.
func (s *Sim) bearer(r *http.Request) (simkit.Token, *fault) {
	raw, ok := simkit.Bearer(r)
	if !ok {
		return simkit.Token{}, &fault{status: 401, service: 65604, code: "EMPTY_ACCESS_TOKEN", message: "Empty oauth2 access token"}
	}
	t, state := s.kit.OAuth.Check(raw)
	switch state {
	case simkit.TokenActive:
		return t, nil
	case simkit.TokenExpired:
		return t, &fault{status: 401, service: 65602, code: "EXPIRED_ACCESS_TOKEN", message: "The token used in the request has expired"}
	case simkit.TokenRevoked, simkit.TokenYoung: // a fresh token is refused with the same code for seconds
		return t, &fault{status: 401, service: 65601, code: "REVOKED_ACCESS_TOKEN", message: "The token used in the request has been revoked by the user"}
	}
	return t, &fault{status: 401, service: 65600, code: "INVALID_ACCESS_TOKEN", message: "Invalid access token"}
}

// methodNotAllowed is a Rest.li method the resource lacks.
func methodNotAllowed(q *request) *fault {
	return &fault{status: http.StatusMethodNotAllowed, message: "Method " + q.operation() + " is not supported on this resource", framework: true}
}
