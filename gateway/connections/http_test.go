package connections

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
)

// gateway serves the handlers as the routes will.
type gateway struct {
	*bench
	srv                     *httptest.Server
	reader, writer, foreign string // keys
	foreignWS               string
	seen                    bytes.Buffer // every answer, headers and body
}

func newGateway(t *testing.T, o benchOptions) *gateway {
	t.Helper()
	g := &gateway{bench: newBench(t, o)}
	keys := auth.New(g.store, auth.Options{})
	g.foreignWS = storetest.Workspace(t, g.store)
	for key, of := range map[*string]struct {
		ws    string
		scope auth.Scope
	}{&g.reader: {g.ws, auth.Read}, &g.writer: {g.ws, auth.Write}, &g.foreign: {g.foreignWS, auth.Admin}} {
		secret, _, err := keys.Generate(t.Context(), of.ws, "test", of.scope)
		if err != nil {
			t.Fatal(err)
		}
		*key = secret.Reveal()
	}
	h, r := NewHandler(g.Service, keys, problem.Write), gin.New()
	r.GET("/unified/integration/auth/:workspace_id/:integration_type", h.Begin)
	r.GET("/oauth/callback", h.Callback)
	r.PUT("/unified/integration/:integration_type/app", keys.Require(auth.Write, problem.Write), h.PutApp)
	r.GET("/unified/connection", keys.Require(auth.Read, problem.Write), h.List)
	r.POST("/unified/connection", keys.Require(auth.Write, problem.Write), h.Create)
	r.GET("/unified/connection/:id", keys.Require(auth.Read, problem.Write), h.Get)
	r.PATCH("/unified/connection/:id", keys.Require(auth.Write, problem.Write), h.Patch)
	r.PUT("/unified/connection/:id", keys.Require(auth.Write, problem.Write), h.Put)
	r.DELETE("/unified/connection/:id", keys.Require(auth.Write, problem.Write), h.Delete)
	g.srv = httptest.NewServer(r)
	t.Cleanup(g.srv.Close)
	if _, err := g.store.UpdateWorkspace(t.Context(), g.ws, func(w *store.Workspace) error {
		w.Redirects = []string{"https://app.example/done", "https://app.example/deep/", "http://127.0.0.1/"}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return g
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("not an object: %s", r.body)
	}
	return v
}

// fields are the names of a problem's errors.
func (r reply) fields(t *testing.T) (names []string) {
	t.Helper()
	list, _ := r.json(t)["errors"].([]any)
	for _, e := range list {
		names = append(names, e.(map[string]any)["field"].(string))
	}
	return names
}

func (g *gateway) do(t *testing.T, method, path, key, body string, accept ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, g.srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if len(accept) > 0 {
		req.Header.Set("Accept", accept[0])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Header.Write(&g.seen)
	g.seen.Write(b)
	return reply{res.StatusCode, res.Header, string(b)}
}

func (g *gateway) begin(t *testing.T, key string, params ...string) reply {
	t.Helper()
	q := url.Values{}
	for i := 0; i < len(params); i += 2 {
		q.Add(params[i], params[i+1])
	}
	return g.do(t, "GET", "/unified/integration/auth/"+g.ws+"/vendorads?"+q.Encode(), key, "")
}

// consent plays the person at the vendor's page and returns the query that the browser comes back with.
func (g *gateway) consent(t *testing.T, page string) url.Values {
	t.Helper()
	u, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	challenge := q.Get("code_challenge")
	if challenge == "" {
		sum := sha256.Sum256(nil)
		challenge = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return url.Values{"code": {g.vendor.code(challenge, q.Get("redirect_uri"))}, "state": {q.Get("state")}}
}

func (g *gateway) callback(t *testing.T, q url.Values, accept ...string) reply {
	t.Helper()
	return g.do(t, "GET", "/oauth/callback?"+q.Encode(), "", "", accept...)
}

func (g *gateway) count(t *testing.T) int {
	t.Helper()
	rows, err := g.store.Connections(t.Context(), g.ws, store.ConnectionFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

func TestFlow(t *testing.T) {
	t.Parallel()
	for _, pkce := range []bool{true, false} {
		g := newGateway(t, benchOptions{adapter: adapter{pkce: pkce}})
		r := g.begin(t, "", "success_redirect", "https://app.example/done?tab=2", "state", "a b&c=d", "external_xref", "cust-1", "env", "Sandbox", "scopes", "ads_campaign_read,profile", "scopes", "ads_read")
		if r.status != 200 || !strings.HasPrefix(r.header.Get("Content-Type"), "text/plain") {
			t.Fatalf("begin: %d %s", r.status, r.body)
		}
		page, err := url.Parse(r.body)
		if err != nil {
			t.Fatal(err)
		}
		q := page.Query()
		if "http://"+page.Host != g.vendor.srv.URL || page.Path != "/consent" || q.Get("theme") != "dark" || q.Get("prompt") != "consent" ||
			q.Get("scope") != "profile ads_read" || q.Get("redirect_uri") != "https://gw.example/oauth/callback" || strings.Contains(r.body, "+") ||
			(q.Get("code_challenge_method") == "S256") != pkce {
			t.Errorf("the consent page is %s", r.body)
		}
		back := g.consent(t, r.body)
		r = g.callback(t, back)
		to, err := url.Parse(r.header.Get("Location"))
		if err != nil || r.status != 302 {
			t.Fatalf("callback: %d %s", r.status, r.body)
		}
		id := to.Query().Get("id")
		if to.Host != "app.example" || to.Query().Get("tab") != "2" || to.Query().Get("state") != "a b&c=d" || id == "" {
			t.Errorf("sent to %s", to)
		}
		c, grant, err := g.store.Grant(t.Context(), g.ws, id)
		if err != nil {
			t.Fatal(err)
		}
		if c.ExternalXref != "cust-1" || c.Environment != "Sandbox" || !slices.Equal(c.Permissions, []string{"ads_campaign_read"}) ||
			len(c.Orgs) != 2 || c.Orgs[0].Currency != "EUR" || !slices.Equal(grant.Scopes, []string{"ads_read"}) || c.Tokens.RefreshDueAt.IsZero() {
			t.Errorf("stored %+v", c)
		}
		for _, h := range []string{"Referrer-Policy", "Cache-Control"} {
			if r.header.Get(h) == "" {
				t.Errorf("callback without %s", h)
			}
		}
		if r = g.callback(t, back); r.status != 400 || g.count(t) != 1 {
			t.Errorf("a replayed callback: %d, %d connections", r.status, g.count(t))
		}
		got := g.do(t, "GET", "/unified/connection/"+id, g.reader, "").json(t)
		if got["integration_name"] != "Vendor Ads" || got["auth"] != nil || got["is_paused"] != false {
			t.Errorf("shown as %v", got)
		}
		noCanary(t, "an answer", g.seen.String())
		noCanary(t, "the log", g.logs.String())
	}
}

func TestFlowThatEndsBadly(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{adapter: adapter{pkce: true}})
	fresh := func(params ...string) url.Values {
		t.Helper()
		r := g.begin(t, g.writer, params...)
		if r.status != 200 {
			t.Fatalf("begin: %d %s", r.status, r.body)
		}
		return g.consent(t, r.body)
	}
	ok, bad := []string{"success_redirect", "https://other.example/ok", "state", "s"}, []string{"failure_redirect", "https://other.example/bad?x=1"}
	other := newGateway(t, benchOptions{adapter: adapter{pkce: true}})
	foreign := other.consent(t, other.begin(t, other.writer).body)

	denied := fresh(append(ok, bad...)...)
	denied.Del("code")
	denied.Set("error", "user_cancelled_authorize")
	denied.Set("error_description", "no\r\nSet-Cookie: x")
	wrongCode := fresh(ok...)
	wrongCode.Set("code", "stolen")
	noCode := fresh(ok...)
	noCode.Del("code")
	tampered := fresh(ok...)
	tampered.Set("state", tampered.Get("state")+"x")
	unsigned := fresh(ok...)
	unsigned.Set("state", strings.Split(unsigned.Get("state"), ".")[0])
	expired := fresh(ok...)

	for name, tc := range map[string]struct {
		query  url.Values
		status int
		to     string // where the browser goes
		failed string
	}{
		"denied":     {denied, 302, "https://other.example/bad", "user_cancelled_authorize"},
		"wrong code": {wrongCode, 302, "https://other.example/ok", "exchange_failed"},
		"no code":    {noCode, 302, "https://other.example/ok", "invalid_request"},
		"tampered":   {tampered, 400, "", ""},
		"unsigned":   {unsigned, 400, "", ""},
		"foreign":    {foreign, 400, "", ""},
		"no state":   {url.Values{"code": {"x"}}, 400, "", ""},
	} {
		r := g.callback(t, tc.query)
		to := r.header.Get("Location")
		if r.status != tc.status || !strings.HasPrefix(to, tc.to) {
			t.Errorf("%s: %d to %q: %s", name, r.status, to, r.body)
			continue
		}
		if tc.to != "" {
			u, _ := url.Parse(to)
			if q := u.Query(); q.Get("error") != tc.failed || q.Get("state") != "s" || q.Get("id") != "" {
				t.Errorf("%s: sent to %s", name, to)
			}
		}
	}
	g.clock.advance(flowFor + time.Second)
	if r := g.callback(t, expired); r.status != 400 {
		t.Errorf("expired: %d %s", r.status, r.body)
	}
	if n := g.count(t); n != 0 {
		t.Errorf("%d connections were made", n)
	}
	// A grant that the platform does not honour makes no connection either.
	refused := fresh(ok...)
	g.vendor.with(func() { g.vendor.dead = true })
	if r := g.callback(t, refused); !strings.Contains(r.header.Get("Location"), "error=access_denied") || g.count(t) != 0 {
		t.Errorf("a grant that does not work: %d to %s", r.status, r.header.Get("Location"))
	}
	noCanary(t, "an answer", g.seen.String())
	noCanary(t, "the log", g.logs.String())
}

func TestFlowWithoutRedirect(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	r := g.callback(t, g.consent(t, g.begin(t, g.writer).body))
	if r.status != 200 || r.json(t)["id"] == nil {
		t.Errorf("for a program: %d %s", r.status, r.body)
	}
	r = g.callback(t, g.consent(t, g.begin(t, g.writer).body), "text/html,application/xhtml+xml")
	if r.status != 200 || !strings.Contains(r.body, `id="connection">conn_`) || r.header.Get("Content-Security-Policy") == "" {
		t.Errorf("for a person: %d %s", r.status, r.body)
	}
	r = g.callback(t, url.Values{"state": {"<script>"}, "code": {"x"}}, "text/html")
	if r.status != 400 || strings.Contains(r.body, "<script>") || !strings.Contains(r.body, "Not connected") {
		t.Errorf("a failure for a person: %d %s", r.status, r.body)
	}
}

func TestBeginAdmits(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	for name, tc := range map[string]struct {
		path, key string
		params    []string
		status    int
	}{
		"allow-listed":          {"", "", []string{"success_redirect", "https://app.example/done"}, 200},
		"beneath":               {"", "", []string{"success_redirect", "https://app.example/deep/er?x=1"}, 200},
		"loopback, any port":    {"", "", []string{"success_redirect", "http://127.0.0.1:4711/x"}, 200},
		"redirect=true":         {"", "", []string{"success_redirect", "https://app.example/done", "redirect", "true"}, 302},
		"nothing":               {"", "", nil, 401},
		"not listed":            {"", "", []string{"success_redirect", "https://evil.example/done"}, 401},
		"failure not listed":    {"", "", []string{"success_redirect", "https://app.example/done", "failure_redirect", "https://evil.example/"}, 401},
		"listed with a key":     {"", g.writer, []string{"success_redirect", "https://evil.example/done"}, 200},
		"read key":              {"", g.reader, nil, 403},
		"foreign key":           {"", g.foreign, []string{"success_redirect", "https://app.example/done"}, 404},
		"invalid key":           {"", "admux_x", []string{"success_redirect", "https://app.example/done"}, 401},
		"fragment":              {"", g.writer, []string{"success_redirect", "https://app.example/done#x"}, 400},
		"script":                {"", g.writer, []string{"success_redirect", "javascript:alert(1)"}, 400},
		"relative":              {"", g.writer, []string{"success_redirect", "//app.example/done"}, 400},
		"unknown scope":         {"", g.writer, []string{"scopes", "everything"}, 400},
		"unknown workspace":     {"/unified/integration/auth/ws_none/vendorads", "", nil, 404},
		"unknown platform":      {"/unified/integration/auth/" + g.ws + "/nosuch", g.writer, nil, 404},
		"state with a NUL":      {"", g.writer, []string{"state", "\x00"}, 400},
		"made-up renewal":       {"", "", []string{"reauthorize", "ws~conn~9999999999.AAAA"}, 400},
		"workspace not text":    {"/unified/integration/auth/%00%ff/vendorads", "", nil, 404},
		"external_xref too big": {"", g.writer, []string{"external_xref", strings.Repeat("x", 257)}, 400},
	} {
		var r reply
		if tc.path != "" {
			r = g.do(t, "GET", tc.path, tc.key, "")
		} else {
			r = g.begin(t, tc.key, tc.params...)
		}
		if r.status != tc.status {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

// A connection that has died is renewed by its reauthorize URL, keeps its id, and only by somebody who sees its accounts.
func TestReauthorize(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	c := g.expired(t)
	if err := g.store.MarkUnhealthy(t.Context(), g.ws, c.ID, 1, CodeRefreshRefused, time.Time{}); err != nil {
		t.Fatal(err)
	}
	bound, err := g.Load(t.Context(), g.ws, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = bound[0].Session.Organizations.List(t.Context(), listAll)
	told := problem.From(bound[0].Explain(err))
	if told.Status != 401 || told.Code != problem.CodeConnection || told.ReauthorizeURL == "" {
		t.Fatalf("a dead connection answers %+v", told)
	}
	u, err := url.Parse(told.ReauthorizeURL)
	if err != nil || u.Host != "gw.example" {
		t.Fatal(told.ReauthorizeURL)
	}
	begin := func() string {
		r := g.do(t, "GET", u.RequestURI(), "", "")
		if r.status != 302 {
			t.Fatalf("begin: %d %s", r.status, r.body)
		}
		return r.header.Get("Location")
	}

	g.vendor.with(func() { g.vendor.accounts = []string{"somebody-else's"} })
	if r := g.callback(t, g.consent(t, begin())); r.status != 409 {
		t.Errorf("another person's accounts: %d %s", r.status, r.body)
	}
	g.vendor.with(func() { g.vendor.accounts = []string{"acc-1", "acc-9"} })
	r := g.callback(t, g.consent(t, begin()))
	if r.status != 200 || r.json(t)["id"] != c.ID || r.json(t)["last_unhealthy_code"] != nil || g.count(t) != 1 {
		t.Errorf("renewed: %d %s", r.status, r.body)
	}
	if _, err = bound[0].Session.Organizations.List(t.Context(), listAll); err != nil {
		t.Errorf("after the renewal: %v", err)
	}
	g.clock.advance(reauthorizeFor)
	if r := g.do(t, "GET", u.RequestURI(), "", ""); r.status != 400 {
		t.Errorf("an old link: %d", r.status)
	}
}
