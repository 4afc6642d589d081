package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (s *Sim) moderateDisplay(c *call) (any, *fault) {
	if c.r.URL.Query().Get("language") == "" {
		return nil, c.bad("language is required")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []any{}
	for _, e := range c.prof.lists["sd.creative"] {
		if want := c.r.URL.Query().Get("creativeIdFilter"); want != "" && !slices.Contains(strings.Split(want, ","), itoa(e.id)) {
			continue
		}
		out = append(out, obj{"creativeId": e.id, "creativeType": e.fields["creativeType"], "moderationStatus": displayModeration(e, c.now, s.opts.ReviewAfter), "policyViolations": []any{}})
	}
	return out, nil
}

func displayModeration(e *entity, now time.Time, after time.Duration) any {
	if e.fields["moderationStatus"] == "PENDING_REVIEW" && now.Sub(e.updated) >= after {
		return "APPROVED"
	}
	return e.fields["moderationStatus"]
}

func (s *Sim) moderationResults(c *call) (any, *fault) {
	in, f := c.object("adProgramType", "idType", "id", "maxResults", "moderationStatusFilter", "versionIdFilter", "nextToken")
	if f != nil {
		return nil, f
	}
	for _, n := range []string{"adProgramType", "idType", "id", "maxResults"} {
		if in[n] == nil {
			return nil, c.bad("%s is required", n)
		}
	}
	if _, ok := in["maxResults"].(json.Number); !ok {
		return nil, c.bad("maxResults must be a number")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	id, _ := idOf(in["id"])
	e := c.prof.find("sb.ad", id)
	if e == nil {
		return nil, c.fail(http.StatusNotFound, "NOT_FOUND", "Not found")
	}
	word, violations := "APPROVED", []any{}
	switch {
	case c.now.Before(e.until) || e.review == "PENDING":
		word = "IN_PROGRESS"
	case e.review == "REJECTED":
		word = "REJECTED"
		violations = append(violations, obj{"policyDescription": "Unsupported claim", "policyLinkUrl": "https://advertising.amazon.com/resources/ad-policy", "violatingTextContents": []any{}})
	}
	return obj{"moderationResults": []any{obj{"id": in["id"], "idType": in["idType"], "versionId": "1", "moderationStatus": word, "policyViolations": violations}}}, nil
}
