package gateway

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/openapi"
)

// TestRoutes_equalTheDocument: New holds routes and document against each other; here it is seen to.
func TestRoutes_equalTheDocument(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	doc, err := openapi.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h, err := b.server.handlers(doc, b.doc)
	if err != nil {
		t.Fatal(err)
	}
	list := b.server.routes(h)
	if err := check(list, b.doc); err != nil {
		t.Fatal(err)
	}
	wrong := map[string]func([]route) []route{
		"a route is missing":  func(l []route) []route { return l[1:] },
		"a route is unknown":  func(l []route) []route { return append(l, route{get, "/nowhere", read, h.document, ""}) },
		"a scope differs":     func(l []route) []route { l[0].scope = write; return l },
		"served, not planned": func(l []route) []route { l[0].answer = nil; return l },
		"planned, but answers": func(l []route) []route {
			l[slices.IndexFunc(l, func(r route) bool { return r.answer == nil })].answer = h.document
			return l
		},
	}
	for name, change := range wrong {
		if check(change(slices.Clone(list)), b.doc) == nil {
			t.Errorf("%s: not seen", name)
		}
	}
}

func TestGateway_reads(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me := b.tenant()
	key, at := me.keys["read"], "/ads/"+me.connection
	for _, tt := range []struct {
		target, key string
		status      int
		has         string
	}{
		{at + "/campaign", key, 200, `"budget_amount":12.34`},
		{at + "/campaign?fields=name", key, 200, `[{"id":"1","name":"One"},{"id":"2","name":"Two"}]`},
		{at + "/campaign/1", key, 200, `"id":"1"`},
		{at + "/organization", key, 200, `"5001"`},
		{at + "/report?type=IMPRESSIONS,COST", key, 200, `"IMPRESSIONS"`},
		{at + "/report?type=IMPRESIONS", key, 400, "IMPRESSIONS"},
		{at + "/group", key, 501, "Fake Ads"},
		{at + "/insertionorder", key, 501, "campaign"},
		{at + "/campaign?limit=5000", key, 400, `"limit"`},
		{at + "/campaign?statsu=ACTIVE", key, 400, `"statsu"`},
		{at + "/campaign?cursor=abc", key, 400, `"cursor"`},
		{at + "/campaign/missing", key, 404, `"up-7"`},
		{at + "/target", key, 400, `"query"`},
		{"/ads/nope/campaign", key, 404, "connection"},
		{at + "/campaign", "", 401, "unauthorized"},
		{at + "/campaign", "admux_wrong", 401, "unauthorized"},
		{"/unified/apicall?limit=1", key, 200, ``},
		{"/unified/integration?type=fakeads", key, 200, `"api_sunset_on":"2027-01-31"`},
		{"/unified/integration?type=none", key, 200, `[]`},
		{"/unified/integration?categories=crm,ads&summary=true", key, 200, `"fakeads"`},
		{"/unified/integration?categories=crm,%20ads", key, 200, `"fakeads"`},
		{at + "/target?query=x&type=LOCAL", key, 400, `did you mean LOCALE?"`},
		{"/unified/integration/workspace/" + me.workspace, key, 200, `"ads_campaign"`},
		{"/unified/integration/workspace/" + me.workspace, "", 200, `"fakeads"`},
		{"/unified/integration/workspace/ws_none", "", 404, "workspace"},
		{"/unified/connection", key, 200, me.connection},
		{"/passthrough/" + me.connection + "/v7/x?y=1", key, 200, "{}"},
		{"/passthrough/" + me.connection + "/%2e%2e/x", key, 400, `"path"`},
		{"/healthz", "", 200, `"version":"test"`},
		{"/readyz", "", 200, `"schema":"ok"`},
		{"/metrics", "", 200, "admux_http_requests_total"},
		{"/openapi.json", "", 200, `"fakeads"`},
		{"/docs", "", 200, "<"},
		{"/docs/docs.js", "", 200, ""},
		{"/docs/none.js", "", 404, "not_found"},
		{"/nowhere", key, 404, "not_found"},
	} {
		got := b.get(tt.target, tt.key)
		if got.status != tt.status || !strings.Contains(got.body, tt.has) {
			t.Errorf("%s: %d %.300s\nwant %d with %s", tt.target, got.status, got.body, tt.status, tt.has)
		}
		if got.status >= 400 && got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: sent as %s", tt.target, got.header.Get("Content-Type"))
		}
	}
	if got := b.do(http.MethodPut, "/healthz", "", ""); got.status != 405 || !strings.Contains(got.header.Get("Allow"), "GET") {
		t.Errorf("another method: %d %v", got.status, got.header)
	}
	if got := b.get("/unified/integration/workspace/"+me.workspace, ""); strings.Contains(got.body, "support") || strings.Contains(got.body, "is_active") {
		t.Errorf("without a key: %s", got.body)
	}
}

// TestGateway_supportIsTrue: what the matrix says of lists and gets is what the paths answer.
func TestGateway_supportIsTrue(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me := b.tenant()
	var list []struct {
		Support map[string]struct {
			Methods map[string]bool
			OrgID   string `json:"list_org_id"`
			Query   string `json:"list_query"`
		}
	}
	if err := json.Unmarshal([]byte(b.get("/unified/integration", me.keys["read"]).body), &list); err != nil || len(list) != 1 || len(list[0].Support) != 10 {
		t.Fatalf("%v %+v", err, list)
	}
	for name, s := range list[0].Support {
		object := strings.TrimPrefix(name, "ads_")
		if object == "report" {
			continue
		}
		query := ""
		if s.Query == "supported-required" {
			query = "?query=broken" // a platform that cannot list without it
		}
		if object != "target" { // its list is broken on purpose
			if got := b.get("/ads/"+me.connection+"/"+object+query, me.keys["read"]); (got.status == 200) != s.Methods["list"] {
				t.Errorf("list %s: %d, support says %v", object, got.status, s)
			}
		}
		if got := b.get("/ads/"+me.connection+"/"+object+"/5001", me.keys["read"]); (got.status == 200) != s.Methods["get"] {
			t.Errorf("get %s: %d, support says %v", object, got.status, s)
		}
	}
	if s := list[0].Support["ads_target"]; s.Query != "supported-required" || s.OrgID != "supported" {
		t.Errorf("target: %+v", s)
	}
}

// TestGateway_idsOnEveryPath: an id with ":", "/", "%" and "+" arrives as it is (LinkedIn URNs).
func TestGateway_idsOnEveryPath(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me := b.tenant()
	id := "urn:li:sponsoredCreative:1/2 +50%&x?é"
	for _, object := range []string{"campaign", "target"} {
		got := b.get("/ads/"+me.connection+"/"+object+"/"+url.PathEscape(id)+"?fields=id", me.keys["read"])
		if want, _ := json.Marshal(id); got.status != 200 && object == "target" || object == "target" && !strings.Contains(got.body, strings.ReplaceAll(string(want), `\u0026`, "&")) {
			t.Errorf("%s: %d %s", object, got.status, got.body)
		}
	}
	for _, r := range b.doc.Routes() {
		if !strings.Contains(r.Path, "{") {
			continue
		}
		path := r.Path
		for name := range strings.SplitSeq(r.Path, "{") {
			if name, _, ok := strings.Cut(name, "}"); ok && name != "path" {
				path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(id))
			}
		}
		path = strings.ReplaceAll(path, "{path}", "a/"+url.PathEscape("urn:li:x:1"))
		got := b.do(r.Method, path, me.keys["admin"], "")
		if got.code() == "not_found" && strings.Contains(got.body, "no such path") || got.status == 405 || got.status == 500 {
			t.Errorf("%s %s: %d %s", r.Method, path, got.status, got.body)
		}
	}
}

func TestGateway_faultsOfThePlatform(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me := b.tenant()
	for status, want := range map[int]struct {
		status int
		code   string
	}{403: {403, "forbidden"}, 404: {404, "not_found"}, 429: {429, "rate_limited"}, 500: {503, "upstream_unavailable"}, 401: {401, "connection_unauthorized"}} {
		b.answer = func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, "no", status)
			return true
		}
		got := b.get("/ads/"+me.connection+"/campaign", me.keys["read"])
		if got.status != want.status || got.code() != want.code || !strings.Contains(got.body, `"request_id":"up-7"`) {
			t.Errorf("%d became %d %s", status, got.status, got.body)
		}
		if status == 429 && got.header.Get("Retry-After") != "3" {
			t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
		}
		if status == 401 && !strings.Contains(got.body, "reauthorize_url") {
			t.Errorf("where to consent anew is missing: %s", got.body)
		}
	}
}

func TestGateway_panicIsAFault(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me := b.tenant()
	got := b.get("/ads/"+me.connection+"/target?query=x", me.keys["read"])
	if got.status != 500 || got.code() != "internal" || strings.Contains(got.body, "broken") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if id := got.header.Get("X-Request-Id"); !strings.Contains(got.body, id) || !strings.Contains(b.log.String(), id) || !strings.Contains(b.log.String(), "the target list is broken") {
		t.Errorf("the log does not tell of %s", id)
	}
}

// TestGateway_cutStream: http.ErrAbortHandler passes the recovery, so that the caller sees that the answer is not whole.
func TestGateway_cutStream(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	e, ok := b.server.handler.(*gin.Engine)
	if !ok {
		t.Fatal("the handler is no engine")
	}
	e.GET("/cut", func(c *gin.Context) {
		_, _ = io.WriteString(c.Writer, "part")
		c.Writer.Flush()
		panic(http.ErrAbortHandler)
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.http.URL+"/cut", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the caller saw %v", err)
	}
}

func TestGateway_rateLimit(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *Config) { c.RateLimit, c.RateBurst = 0.01, 3 })
	me, other := b.tenant(), b.tenant()
	for i := range 3 {
		if got := b.get("/unified/connection", me.keys["read"]); got.status != 200 || got.header.Get("RateLimit-Remaining") != []string{"2", "1", "0"}[i] {
			t.Fatalf("%d: %d %v", i, got.status, got.header)
		}
	}
	got := b.get("/unified/connection", me.keys["read"])
	if got.status != 429 || got.code() != "rate_limited" || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "gateway") {
		t.Errorf("%d %s %v", got.status, got.body, got.header)
	}
	if got := b.get("/unified/connection", other.keys["read"]); got.status != 200 {
		t.Errorf("another key is limited too: %d", got.status)
	}
}

func TestGateway_callsAreLogged(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me, other := b.tenant(), b.tenant()
	first := b.get("/ads/"+me.connection+"/campaign?limit=2&raw=secret%3Dhush", me.keys["read"]).header.Get("X-Request-Id")
	b.get("/ads/"+me.connection+"/campaign/missing", me.keys["read"])
	b.get("/passthrough/"+me.connection+"/v7/x?token=hush", me.keys["read"])
	b.do(http.MethodGet, "/ads/"+me.connection+"/group", me.keys["read"], "", "X-Request-Id", "mine-1")
	if err := b.store.FlushAPICalls(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := b.get("/unified/apicall?limit=3", me.keys["read"])
	var rows []map[string]any
	if err := json.Unmarshal([]byte(got.body), &rows); err != nil || len(rows) != 3 || !strings.Contains(got.header.Get("Link"), "cursor=") {
		t.Fatalf("%d %s %v", got.status, got.body, got.header)
	}
	if strings.Contains(got.body, "hush") {
		t.Errorf("a value of a query was kept: %s", got.body)
	}
	one := b.get("/unified/apicall/"+first, me.keys["read"])
	for _, has := range []string{`"name":"listAdsCampaigns"`, `"status":"200"`, `"integration_type":"fakeads"`, `"external_xref":"user-1"`, me.connection,
		`"upstream_count":1`, `"host":"` + fakeHost + `"`, `"path":"/campaigns"`, `"status":200`, `"Authorization":"[redacted]"`, `"Content-Type":"`, `"time_ms":`} {
		if !strings.Contains(one.body, has) {
			t.Errorf("%s is not in %s", has, one.body)
		}
	}
	if failed := b.get("/unified/apicall?error=true&order=asc", me.keys["read"]); !strings.Contains(failed.body, `"error":"not_found"`) || !strings.Contains(failed.body, `"error":"not_supported"`) || strings.Contains(failed.body, first) {
		t.Errorf("failed calls: %s", failed.body)
	}
	if got := b.get("/unified/apicall/"+first, other.keys["admin"]); got.status != 404 {
		t.Errorf("another workspace sees the call: %d", got.status)
	}
	if got := b.get("/unified/apicall", other.keys["admin"]); got.body != "[]" {
		t.Errorf("another workspace sees calls: %s", got.body)
	}
}

func TestGateway_requestID(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	for sent, kept := range map[string]bool{"abc-DEF_1": true, "": false, strings.Repeat("x", 129): false, "a b": false, "a\"b": false, "<x>": false} {
		if got := b.do(http.MethodGet, "/healthz", "", "", "X-Request-Id", sent).header.Get("X-Request-Id"); (got == sent) != kept {
			t.Errorf("%q was answered as %q", sent, got)
		}
	}
}
