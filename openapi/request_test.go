package openapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func newValidator(t testing.TB) *Validator {
	t.Helper()
	v, err := NewValidator(load(t))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func faultsText(faults []FieldError) string {
	lines := make([]string, 0, len(faults))
	for _, f := range faults {
		lines = append(lines, fmt.Sprintf("%s %s: %s", f.In, f.Field, f.Message))
	}
	return strings.Join(lines, "\n")
}

func TestRequestParameters(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	for url, want := range map[string]string{
		"/ads/c1/campaign":                                                                  "",
		"/ads/c1/campaign?limit=25":                                                         "",
		"/ads/c1/campaign?fields=id&fields=name&fields=raw":                                 "", // as the published SDK sends lists
		"/ads/c1/campaign?fields=id,name,raw&status=ACTIVE,PAUSED&goal=LEADS":               "",
		"/ads/c1/report?type=IMPRESSIONS,%20CLICKS,,&type=COST":                             "", // spaces and empty items do not count
		"/ads/c1/campaign?query=":                                                           "",
		"/ads/c1/campaign?updated_gte=2026-11-01&start_gte=2026-11-01T00:00:00.000Z":        "",
		"/ads/c1/campaign?end_lt=2026-11-01T00:00:00%2B01:00":                               "",
		"/ads/c1/asset/urn%3Ali%3Aimage%3AC5522AQ%2Fx%25":                                   "",
		"/ads/c1/report?type=IMPRESSIONS,7D_CLICK&dimension=DATE,COUNTRY&level=ad":          "",
		"/ads/c1/report?type=IMPRESSIONS&type=CLICKS&start_gte=2026-11-01&end_lt=2026-11-2": "query end_lt: must be a date such as 2026-11-20, or an RFC 3339 timestamp such as 2026-11-20T00:00:00Z (with + percent-encoded as %2B)",
		"/passthrough/c1/rest/adAccounts/1?q=search&anything=(1,2)":                         "",
		"/oauth/callback?state=s&code=c&iss=https%3A%2F%2Fexample.com":                      "", // platforms add parameters of their own
		"/healthz?_=1": "",

		"/ads/c1/campaign?limit=0":            "query limit: must be at least 1",
		"/ads/c1/campaign?limit=5000":         "query limit: must be at most 1000",
		"/ads/c1/campaign?limit=many":         "query limit: must be a whole number",
		"/ads/c1/campaign?limit=":             "query limit: must not be empty",
		"/ads/c1/campaign?limit=1&limit=2":    "query limit: is given more than once",
		"/ads/c1/campaign?order=descending":   "query order: is not one of asc, desc",
		"/ads/c1/campaign?statsu=ACTIVE":      "query statsu: is not a parameter of this call; did you mean status?",
		"/ads/c1/campaign?status=ACTIVE,ON":   "query status: item 2 is not one of UNSPECIFIED, ACTIVE, PAUSED, ARCHIVED, DRAFT, SCHEDULED_FOR_DELETION, PROCESSING, PROCESSING_FAILED",
		"/ads/c1/campaign?fields=id,naem":     "query fields: item 2 is not a field of the answer; did you mean name?",
		"/ads/c1/campaign?cursor=":            "query cursor: must not be empty",
		"/ads/c1/campaign?query=%zz":          "query query: is not a well-formed query string",
		"/ads/c1/campaign?updated_gte=1/1/26": "query updated_gte: must be a date such as 2026-11-20, or an RFC 3339 timestamp such as 2026-11-20T00:00:00Z (with + percent-encoded as %2B)",
		"/ads/c1/report?end_lt=2026-02-30":    "query end_lt: must be a date such as 2026-11-20, or an RFC 3339 timestamp such as 2026-11-20T00:00:00Z (with + percent-encoded as %2B)",
		"/ads/c1/report?type=IMPRESIONS":      "query type: item 1 is not a known value; did you mean IMPRESSIONS?",
		"/ads/c1/report?type=CLICKS&type=COTS,ROSA": "query type: item 2 is not a known value; did you mean COST?\n" +
			"query type: item 3 is not a known value; did you mean ROAS?",
		"/ads/c1/report?type=%D0%AF":       "query type: item 1 is not a known value",
		"/ads/c1/report?dimension=WEATHER": "query dimension: item 1 is not one of DATE, PLATFORM, PLATFORM_POSITION, DEVICE, HOUR, WEEK, MONTH, COUNTRY, AGE, GENDER",
		"/ads/c1/report?currency=eur":      "query currency: must be a three-letter ISO 4217 code such as EUR",
		"/ads/c1/report?limit=x&format=xml&typ=COST": "query typ: is not a parameter of this call; did you mean type?\n" +
			"query format: is not one of json, table, ndjson, csv, parquet\nquery limit: must be a whole number",
		"/unified/integration?summary=perhaps": "query summary: must be true or false",
	} {
		got := faultsText(v.Request(httptest.NewRequest(http.MethodGet, url, nil)))
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", url, got, want)
		}
	}
}

func TestRequestBodies(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	const connection = `"integration_type":"linkedinads","categories":["ads"],"permissions":["ads_report_read"],"environment":"Production"`
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "/unified/connection", `{` + connection + `,"auth":{"access_token":"t0ken"}}`, ""},
		{"POST", "/unified/connection", `{` + connection + `,"id":"c1","created_at":"2026-11-01T00:00:00Z"}`, ""}, // read-only fields come back with what was read
		{"POST", "/unified/connection", ``, "body body: is missing"},
		{"POST", "/unified/connection", `{`, "body body: is not well-formed JSON, or names a field twice"},
		{"POST", "/unified/connection", `{` + connection + `,"is_paused":true,"is_paused":false}`, "body body: is not well-formed JSON, or names a field twice"},
		{"POST", "/unified/connection", `[]`, "body body: must be an object"},
		{"POST", "/unified/connection", `{"categories":["ads"],"permissions":["all"],"environment":1}`, "body integration_type: is missing\n" +
			"body permissions.0: is not a known value\nbody environment: must be a text"},
		{"POST", "/unified/connection", `{` + connection + `,"auth":{"acces_token":"t0ken"}}`, "body auth.acces_token: is not a field of this object; did you mean access_token?"},
		{"PATCH", "/unified/connection/c1", `{"is_paused":true}`, ""},
		{"PATCH", "/unified/connection/c1", `{"external_xref":null}`, ""},
		{"PATCH", "/unified/connection/c1", `{"is_pausd":true,"Environment":"x"}`, "body Environment: is not a field of this object; did you mean environment?\n" +
			"body is_pausd: is not a field of this object; did you mean is_paused?"},
		{"PUT", "/unified/connection/c1", `{"is_paused":null,` + connection + `}`, "body is_paused: must not be null"},
		{"PUT", "/unified/integration/linkedinads/app", `{"client_id":"a","client_secret":"s3cret","extra":{"developer_token":7}}`, "body extra.developer_token: must be a text"},
		{"POST", "/passthrough/c1/rest/x", `not json`, ""},
		{"POST", "/ads/c1/insertionorder", `{"nonsense":1}`, ""}, // planned: the caller is told 501
		{"POST", "/unified/connection", strings.Repeat(" ", maxBody+1), "body body: is larger than 1 MiB"},
	} {
		req := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
		got := faultsText(v.Request(req))
		if !sameLines(got, c.want) {
			t.Errorf("%s %s %.200s\ngot  %s\nwant %s", c.method, c.path, c.body, got, c.want)
		}
		if back, err := io.ReadAll(req.Body); err != nil || string(back) != c.body {
			t.Errorf("%s %s: the handler would read %d bytes of %d: %v", c.method, c.path, len(back), len(c.body), err)
		}
	}
	req := httptest.NewRequest(http.MethodPost, "/unified/connection", strings.NewReader(`{}`))
	if got := faultsText(v.Request(req)); got != "body body: must be sent as Content-Type: application/json" {
		t.Error(got)
	}
}

// TestRequestLeavesABrokenBodyToItsHandler: what could not be read is answered by the handler, with 413 where a limit cut it.
func TestRequestLeavesABrokenBodyToItsHandler(t *testing.T) {
	t.Parallel()
	req := httptest.NewRequest(http.MethodPost, "/unified/connection", nil)
	req.Body = http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(`{"integration_type":"x"}`)), 10)
	req.Header.Set("Content-Type", "application/json")
	if got := newValidator(t).Request(req); got != nil {
		t.Errorf("refused: %v", got)
	}
	data, err := io.ReadAll(req.Body)
	if _, ok := errors.AsType[*http.MaxBytesError](err); !ok || string(data) != `{"integrat` {
		t.Errorf("the handler reads %q, %v", data, err)
	}
}

// sameLines compares faults whose order within a body is that of the library.
func sameLines(got, want string) bool {
	if len(got) != len(want) {
		return false
	}
	for line := range strings.SplitSeq(want, "\n") {
		if !strings.Contains(got, line) {
			return false
		}
	}
	return true
}

// TestRequestNeverRepeatsValues is about S3: what is sent may be a secret in the wrong place.
func TestRequestNeverRepeatsValues(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	const canary = "CANARY-s3cr3t-0451"
	for _, r := range v.Routes() {
		path := strings.NewReplacer("{path}", "rest").Replace(r.Path)
		for _, p := range r.path {
			path = strings.ReplaceAll(path, "{"+p.Name+"}", canary)
		}
		query := "?"
		for _, name := range r.queryNames {
			query += name + "=" + canary + "&" + name + "=" + canary + "&"
		}
		body := `{"id":["` + canary + `"],"client_id":{"x":"` + canary + `"},"permissions":["` + canary + `"],"created_at":"` + canary + `","auth":"` + canary + `","is_paused":"` + canary + `"}`
		req := httptest.NewRequest(r.Method, path+query, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", strings.Repeat(canary, 100))
		got := faultsText(r.Request(req, func(string) string { return canary }))
		if strings.Contains(got, canary) {
			t.Errorf("%s %s: %s", r.Method, r.Path, got)
		}
		if !r.Planned && len(r.query) > 3 && !r.extraQuery && got == "" {
			t.Errorf("%s %s: nothing was refused", r.Method, r.Path)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	for path, want := range map[string]string{
		"/ads/c1/campaign":                      "/ads/{connection_id}/campaign",
		"/ads/c1/report/changes":                "/ads/{connection_id}/report/changes",
		"/ads/c1/report/job1":                   "/ads/{connection_id}/report/{job_id}",
		"/ads/c1/target/urn%3Ali%3Ageo%3A1%2F2": "/ads/{connection_id}/target/{id}",
		"/passthrough/c1/rest/a%2Fb/c":          "/passthrough/{connection_id}/{path}",
		"/docs/docs.js":                         "/docs/{file}",
		"/ads/c1/nothing":                       "",
		"/ads/c1/campaign/":                     "",
		"/ads//campaign":                        "",
	} {
		got := ""
		if r, _, ok := v.Match("GET", path); ok {
			got = r.Path
		}
		if got != want {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
	_, params, _ := v.Match("GET", "/passthrough/c1/rest/a%2Fb/c")
	if params["path"] != "rest/a/b/c" || params["connection_id"] != "c1" {
		t.Error(params)
	}
}

func TestPathTemplate(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"/ads/:connection_id/campaign/:id":  "/ads/{connection_id}/campaign/{id}",
		"/passthrough/:connection_id/*path": "/passthrough/{connection_id}/{path}",
		"/healthz":                          "/healthz",
	} {
		if got := PathTemplate(pattern); got != want {
			t.Errorf("%s: %s", pattern, got)
		}
	}
}

func TestRouteIsKnownOrAnError(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	r, err := v.Route("get", "/ads/{connection_id}/campaign")
	if err != nil || r.ID != "listAdsCampaigns" || r.Scope != ScopeRead || r.Planned {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := v.Route("GET", "/ads/{connection_id}/nothing"); err == nil {
		t.Error("a route that is not there")
	}
	if r, err := v.Route("GET", "/ads/{connection_id}/insertionorder"); err != nil || !r.Planned {
		t.Errorf("%+v %v", r, err)
	}
}

func FuzzRequestBody(f *testing.F) {
	v := newValidator(f)
	r, err := v.Route("PATCH", "/unified/connection/{id}")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"is_paused":true,"auth":{"meta":{"a":[1,null]}}}`))
	f.Add([]byte(`{"permissions":[null],"auth":null,"expiry_date":1e999}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		req := httptest.NewRequest(http.MethodPatch, "/unified/connection/c1", strings.NewReader(string(body)))
		req.Header.Set("Content-Type", "application/json")
		r.Request(req, func(string) string { return "c1" })
		if back, err := io.ReadAll(req.Body); err != nil || string(back) != string(body) {
			t.Fatal("the body is not put back")
		}
	})
}

func FuzzRequestQuery(f *testing.F) {
	v := newValidator(f)
	r, err := v.Route("GET", "/ads/{connection_id}/report")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("type=IMPRESSIONS,,&start_gte=2026-02-30&fields=&limit=1e3&x;y=%")
	f.Fuzz(func(_ *testing.T, query string) {
		req := httptest.NewRequest(http.MethodGet, "/ads/c1/report", nil)
		req.URL.RawQuery = query
		r.Request(req, func(string) string { return "c1" })
	})
}

func BenchmarkRequestCampaignList(b *testing.B) {
	v := newValidator(b)
	r, err := v.Route("GET", "/ads/{connection_id}/campaign")
	if err != nil {
		b.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodGet, "/ads/conn_1/campaign?limit=25", nil)
	param := func(string) string { return "conn_1" }
	b.ReportAllocs()
	for b.Loop() {
		if faults := r.Request(req, param); faults != nil {
			b.Fatal(faults)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		doc, err := Load(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := NewValidator(doc); err != nil {
			b.Fatal(err)
		}
	}
}
