package openapi

import (
	"net/http"
	"strings"
	"testing"
)

func TestResponse(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	const problem = `{"type":"urn:admux:problem:not_found","title":"Not found","status":404,"code":"not_found","request_id":"r1"}`
	const table = `{"columns":["campaign_id","7d_click"],"rows":[{"campaign_id":"1","7d_click":1.5}],"totals":{"cost":1,"currency":"EUR"},` +
		`"meta":{"level":"campaign","type":["7D_CLICK"],"rows":1,"additivity":{},"unsupported":[],"quality":{"complete":true,"left_out":[]},"connections":[]}}`
	for _, c := range []struct {
		name, method, template string
		status                 int
		contentType, body      string
		want                   string // part of the error; "" for none
	}{
		{"a list", "GET", "/ads/{connection_id}/campaign", 200, "application/json; charset=utf-8", `[{"id":"1","budget_amount":1500.50,"raw":{"any":[1]}}]`, ""},
		{"an undocumented field", "GET", "/ads/{connection_id}/campaign", 200, "application/json", `[{"id":"1","budget":1}]`, "0.budget is not in the document"},
		{"a wrong type", "GET", "/ads/{connection_id}/campaign", 200, "application/json", `[{"id":1}]`, "0.id must be a text"},
		{"a value that is no enum's", "GET", "/ads/{connection_id}/campaign", 200, "application/json", `[{"status":"ON"}]`, "0.status is not one of"},
		{"a null", "GET", "/ads/{connection_id}/campaign", 200, "application/json", `[{"name":null}]`, "0.name must not be null"},
		{"an object for a list", "GET", "/ads/{connection_id}/campaign", 200, "application/json", `{}`, "must be a list"},
		{"not JSON", "GET", "/ads/{connection_id}/campaign", 200, "application/json", `[`, "not JSON"},
		{"an undocumented status", "GET", "/ads/{connection_id}/campaign", 418, "application/json", `[]`, "status is not documented"},
		{"an undocumented media type", "GET", "/ads/{connection_id}/campaign", 200, "text/csv", "a", "undocumented media type"},
		{"a problem", "GET", "/ads/{connection_id}/campaign/{id}", 404, "application/problem+json", problem, ""},
		{"a problem of another status", "GET", "/ads/{connection_id}/campaign/{id}", 400, "application/problem+json", problem, "status 404"},
		{"a problem with a code of its own", "GET", "/ads/{connection_id}/campaign/{id}", 404, "application/problem+json", strings.Replace(problem, `"not_found","req`, `"gone","req`, 1), "code is not"},
		{"a secret", "GET", "/unified/connection/{id}", 200, "application/json", `{"integration_type":"x","categories":["ads"],"permissions":[],"environment":"p","auth":{"access_token":"t"}}`, "auth"},
		{"a report", "GET", "/ads/{connection_id}/report", 200, "application/json", `[{"id":"a","metrics":[{"type":"COST","value":412.07,"campaign":{"id":"1","name":"n"}}]}]`, ""},
		{"a report with an unknown KPI", "GET", "/ads/{connection_id}/report", 200, "application/json", `[{"metrics":[{"type":"COSTS","value":1}]}]`, "0.metrics.0.type is not a known value"},
		{"a table", "GET", "/ads/{connection_id}/report", 200, "application/json", table, ""},
		{"a table with a KPI as text", "GET", "/ads/{connection_id}/report", 200, "application/json", strings.Replace(table, "1.5", `"1.5"`, 1), "rows.0.7d_click must be a number"},
		{"a table without totals", "GET", "/ads/{connection_id}/report", 200, "application/json", `{"meta":{},"columns":[],"rows":[]}`, "totals is missing"},
		{"a redirect", "GET", "/oauth/callback", 302, "text/html", `<a href="/">Found</a>`, ""},
		{"a deletion", "DELETE", "/unified/connection/{id}", 200, "", "", ""},
		{"a deletion with a body", "DELETE", "/unified/connection/{id}", 200, "application/json", "{}", "with a body"},
		{"passthrough", "GET", "/passthrough/{connection_id}/{path}", 418, "text/plain", "short and stout", ""},
		{"metrics", "GET", "/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", "up 1", ""},
		{"a page", "GET", "/docs", 200, "text/html; charset=utf-8", "<!doctype html>", ""},
	} {
		header := http.Header{"Content-Type": {c.contentType}, "X-Request-Id": {"r1"}, "Location": {"/"}}
		err := v.Response(c.method, c.template, c.status, header, []byte(c.body))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, not %s", c.name, err, c.want)
		}
	}
	if err := v.Response("GET", "/healthz", 200, http.Header{"Content-Type": {"application/json"}}, []byte(`{"status":"ok"}`)); err == nil || !strings.Contains(err.Error(), "X-Request-Id") {
		t.Errorf("a response without X-Request-Id: %v", err)
	}
}
