package connections

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

var listAll = providers.ListQuery{Size: 100}

func TestCreate(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	access, refresh := g.vendor.grant()
	body := func(change func(auth map[string]any, top map[string]any)) string {
		auth := map[string]any{"access_token": access, "refresh_token": refresh, "expires_in": 3600, "name": "Eva", "emails": []string{"e@x.example"},
			"meta": map[string]any{"login": "canary-login", "plan": "pro"}, "dev_api_key": "canary-dev-key"}
		top := map[string]any{"integration_type": "vendorads", "categories": []string{"ads"}, "permissions": []string{"ads_report_read"},
			"environment": "Sandbox", "external_xref": "cust", "auth": auth}
		if change != nil {
			change(auth, top)
		}
		b, _ := json.Marshal(top)
		return string(b)
	}
	r := g.do(t, "POST", "/unified/connection", g.writer, body(nil))
	if r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	id, _ := r.json(t)["id"].(string)
	c, grant, err := g.store.Grant(t.Context(), g.ws, id)
	if err != nil {
		t.Fatal(err)
	}
	if grant.AccessToken.Reveal() != access || grant.Settings["login"].Reveal() != "canary-login" || grant.Settings["developer_token"].Reveal() != "canary-dev-key" ||
		c.Profile.Name != "Eva" || c.Profile.Meta["plan"] != "pro" || c.Profile.Meta["login"] != nil || len(c.Orgs) != 2 || c.Environment != "Sandbox" {
		t.Errorf("stored %+v", c)
	}
	for name, tc := range map[string]struct {
		change func(auth, top map[string]any)
		status int
		field  string
	}{
		"dead tokens":      {func(a, _ map[string]any) { a["access_token"], a["refresh_token"] = "canary-x", "canary-y" }, 422, "auth"},
		"no auth":          {func(_, top map[string]any) { delete(top, "auth") }, 400, "auth"},
		"no tokens":        {func(a, _ map[string]any) { delete(a, "access_token"); delete(a, "refresh_token") }, 400, "auth.access_token"},
		"useless field":    {func(a, _ map[string]any) { a["pem"] = "canary-pem" }, 400, "auth.pem"},
		"foreign address":  {func(a, _ map[string]any) { a["api_url"] = "https://evil.example/" }, 400, "auth.api_url"},
		"half an app":      {func(a, _ map[string]any) { a["client_id"] = "x" }, 400, "auth.client_id"},
		"unknown platform": {func(_, top map[string]any) { top["integration_type"] = "nosuch" }, 400, "integration_type"},
		"unknown field":    {func(_, top map[string]any) { top["colour"] = 1 }, 400, "colour"},
		"unknown auth":     {func(a, _ map[string]any) { a["colour"] = 1 }, 400, "auth.colour"},
		"permission":       {func(_, top map[string]any) { top["permissions"] = []string{"root"} }, 400, "permissions"},
		"other category":   {func(_, top map[string]any) { top["categories"] = []string{"crm"} }, 400, "categories"},
		"type of a token":  {func(a, _ map[string]any) { a["access_token"] = 12 }, 400, "auth.access_token"},
		"NUL":              {func(_, top map[string]any) { top["external_xref"] = "\x00" }, 400, "external_xref"},
	} {
		r := g.do(t, "POST", "/unified/connection", g.writer, body(tc.change))
		if r.status != tc.status || !slices.Contains(r.fields(t), tc.field) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	for _, odd := range []string{"", "null", "[]", "{", `"x"`, `{"auth":[]}`} {
		if r := g.do(t, "POST", "/unified/connection", g.writer, odd); r.status != 400 {
			t.Errorf("%q: %d %s", odd, r.status, r.body)
		}
	}
	if r := g.do(t, "POST", "/unified/connection", g.writer, body(func(_, top map[string]any) { top["secretsmanager_id"] = "sm" })); r.status != 501 {
		t.Errorf("secrets manager: %d", r.status)
	}
	// An access token that has expired is renewed before it is judged.
	r = g.do(t, "POST", "/unified/connection", g.writer, body(func(a, _ map[string]any) {
		delete(a, "expires_in")
		a["expiry_date"] = "2020-01-01T00:00:00Z"
	}))
	if r.status != 200 || g.vendor.calls() == 0 {
		t.Errorf("an expired access token: %d %s", r.status, r.body)
	}
	noCanary(t, "an answer", g.seen.String())
	noCanary(t, "the log", g.logs.String())
}

func TestChangeAndDelete(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	c := g.connect(t, time.Hour)
	path := "/unified/connection/" + c.ID
	r := g.do(t, "PATCH", path, g.writer, `{"is_paused":true,"external_xref":"new","permissions":["ads_ad_read"],"id":"conn_other","created_at":"x"}`)
	if v := r.json(t); r.status != 200 || v["is_paused"] != true || v["external_xref"] != "new" || v["environment"] != "Production" || v["id"] != c.ID {
		t.Errorf("%d %s", r.status, r.body)
	}
	if _, err := g.Load(t.Context(), g.ws, c.ID); problem.From(err).Status != 409 {
		t.Errorf("a paused connection: %v", err)
	}
	if ids, paused, err := g.Readable(t.Context(), g.ws); err != nil || len(ids) != 0 || !slices.Equal(paused, []string{c.ID}) {
		t.Errorf("readable %q, paused %q, %v", ids, paused, err)
	}
	r = g.do(t, "PATCH", path, g.writer, `{"is_paused":null,"external_xref":null}`)
	if v := r.json(t); v["is_paused"] != false || v["external_xref"] != nil {
		t.Errorf("null does not clear: %s", r.body)
	}
	// Written back as it was read, nothing changes and no token is lost.
	whole := g.do(t, "GET", path, g.reader, "").body
	if r = g.do(t, "PUT", path, g.writer, whole); r.status != 200 {
		t.Errorf("written back: %d %s", r.status, r.body)
	}
	if _, grant, err := g.store.Grant(t.Context(), g.ws, c.ID); err != nil || grant.RefreshToken.Reveal() == "" {
		t.Errorf("the tokens are gone: %v", err)
	}
	for body, status := range map[string]int{`{"integration_type":"googleads"}`: 422, `{"integration_type":"vendorads"}`: 200, `{"categories":["crm"]}`: 422,
		`{"is_pased":true}`: 400, `{"auth":{"access_token":"canary-no"}}`: 422, `{"is_paused":"yes"}`: 400} {
		if r := g.do(t, "PATCH", path, g.writer, body); r.status != status {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	access, _ := g.vendor.grant()
	r = g.do(t, "PATCH", path, g.writer, `{"auth":{"access_token":"`+access+`"}}`)
	if _, grant, err := g.store.Grant(t.Context(), g.ws, c.ID); r.status != 200 || err != nil || grant.AccessToken.Reveal() != access {
		t.Errorf("new tokens: %d %s", r.status, r.body)
	}
	if r = g.do(t, "DELETE", path, g.reader, ""); r.status != 403 {
		t.Errorf("a read key deletes: %d", r.status)
	}
	if r = g.do(t, "DELETE", path, g.writer, ""); r.status != 200 || r.body != "" {
		t.Errorf("delete: %d %s", r.status, r.body)
	}
	g.vendor.with(func() {
		if len(g.vendor.revoked) != 1 {
			t.Errorf("revoked %v", g.vendor.revoked)
		}
	})
	if r = g.do(t, "GET", path, g.reader, ""); r.status != 404 {
		t.Errorf("after delete: %d", r.status)
	}
	noCanary(t, "an answer", g.seen.String())
}

// S2: another workspace's connection is not there, whatever is done to it.
func TestS2_ForeignConnection(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	c := g.connect(t, time.Hour)
	for _, id := range []string{c.ID, "conn_none", "%00", "..%2f" + c.ID} {
		for method, body := range map[string]string{"GET": "", "PATCH": `{"is_paused":true}`, "PUT": `{}`, "DELETE": ""} {
			if r := g.do(t, method, "/unified/connection/"+id, g.foreign, body); r.status != 404 {
				t.Errorf("%s %s: %d %s", method, id, r.status, r.body)
			}
		}
	}
	if r := g.do(t, "GET", "/unified/connection", g.foreign, ""); r.body != "[]" {
		t.Errorf("list: %s", r.body)
	}
	if _, err := g.Load(t.Context(), g.foreignWS, c.ID); problem.From(err).Status != 404 {
		t.Errorf("load: %v", err)
	}
	if g.reload(t, c).Paused {
		t.Error("a foreign key paused it")
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	var want []string
	for range 5 {
		want = append(want, g.connect(t, time.Hour).ID)
		g.clock.advance(time.Second)
	}
	ids := func(r reply) (out []string) {
		var rows []map[string]any
		if err := json.Unmarshal([]byte(r.body), &rows); err != nil {
			t.Fatalf("%d %s", r.status, r.body)
		}
		for _, row := range rows {
			out = append(out, row["id"].(string))
		}
		return out
	}
	var got []string
	next, pages := "/unified/connection?limit=2&order=desc&sort=created_at", 0
	for next != "" {
		r := g.do(t, "GET", next, g.reader, "")
		got = append(got, ids(r)...)
		link, _, _ := strings.Cut(strings.TrimPrefix(r.header.Get("Link"), "<"), ">")
		next, pages = strings.TrimPrefix(link, "https://gw.example"), pages+1
	}
	slices.Reverse(got)
	if !slices.Equal(got, want) || pages != 3 {
		t.Errorf("%d pages give %v", pages, got)
	}
	if got := ids(g.do(t, "GET", "/unified/connection?limit=2&offset=3", g.reader, "")); !slices.Equal(got, want[3:]) {
		t.Errorf("offset: %v", got)
	}
	if got := ids(g.do(t, "GET", "/unified/connection?categories=crm,hris", g.reader, "")); len(got) != 0 {
		t.Errorf("another category: %v", got)
	}
	if got := ids(g.do(t, "GET", "/unified/connection?categories=crm&categories=ads", g.reader, "")); len(got) != 5 {
		t.Errorf("categories: %v", got)
	}
	link := g.do(t, "GET", "/unified/connection?limit=2", g.reader, "").header.Get("Link")
	_, cursor, _ := strings.Cut(link, "cursor=")
	cursor, _, _ = strings.Cut(cursor, "&")
	for query, field := range map[string]string{"limit=0": "limit", "limit=1001": "limit", "limit=x": "limit", "offset=-1": "offset", "sort=colour": "sort", "order=up": "order",
		"updated_gte=yesterday": "updated_gte", "cursor=x": "cursor", "order=desc&cursor=" + cursor: "cursor"} {
		if r := g.do(t, "GET", "/unified/connection?"+query, g.reader, ""); r.status != 400 || !slices.Contains(r.fields(t), field) {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
}

func TestPutApp(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	path := "/unified/integration/vendorads/app"
	r := g.do(t, "PUT", path, g.writer, `{"client_id":"own","client_secret":"canary-own","extra":{"developer_token":"canary-dev"}}`)
	if v := r.json(t); r.status != 200 || v["client_id"] != "own" || v["redirect_url"] != "https://gw.example/oauth/callback" || v["client_secret"] != nil {
		t.Errorf("%d %s", r.status, r.body)
	}
	page := g.begin(t, g.writer).body
	if u, _ := url.Parse(page); u.Query().Get("client_id") != "own" {
		t.Errorf("the workspace's own app does not go first: %s", page)
	}
	for body, field := range map[string]string{`{}`: "client_secret", `{"client_id":"a","client_secret":"b","extra":{"x":"y"}}`: "extra.x",
		`{"client_id":"a","client_secret":"b","redirect_url":"ftp://x"}`: "redirect_url", `{"client":1}`: "body"} {
		if r := g.do(t, "PUT", path, g.writer, body); r.status != 400 || !slices.Contains(r.fields(t), field) {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := g.do(t, "PUT", "/unified/integration/nosuch/app", g.writer, `{}`); r.status != 404 {
		t.Errorf("unknown platform: %d", r.status)
	}
	noCanary(t, "an answer", g.seen.String())
}

func TestNoAppIsSaid(t *testing.T) {
	t.Parallel()
	g := newGateway(t, benchOptions{})
	g.cfg.Apps = nil
	if r := g.begin(t, g.writer); r.status != 409 || !strings.Contains(r.body, "/unified/integration/vendorads/app") {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// Who shows connections to their owners can tell them ahead when they have to consent again.
func TestConnectionTellsWhenItsGrantEnds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		adapter adapter
		bare    bool          // the platform gives no refresh token
		left    time.Duration // of the refresh token; 0: not told
		want    time.Duration // from now; 0: never
	}{
		"the refresh token ends":            {adapter{}, false, day(300), day(300)},
		"the refresh token has no end":      {adapter{}, false, 0, 0},
		"each refresh prolongs it":          {adapter{rotates: true}, false, day(30), 0},
		"there is none, and the token ends": {adapter{}, true, 0, day(60)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, benchOptions{adapter: tc.adapter})
			grant := store.Grant{AccessToken: "a", RefreshToken: "r", ObtainedAt: g.clock.now(), Expiry: g.clock.now().Add(day(60))}
			if tc.bare {
				grant.RefreshToken = ""
			}
			if tc.left > 0 {
				grant.RefreshExpiry = g.clock.now().Add(tc.left)
			}
			c, err := g.store.CreateConnection(t.Context(), store.Connection{WorkspaceID: g.ws, IntegrationType: "vendorads"}, grant,
				due(providers.Spec{Auth: providers.AuthSpec{Rotates: tc.adapter.rotates}}, grant))
			if err != nil {
				t.Fatal(err)
			}
			got := g.do(t, "GET", "/unified/connection/"+c.ID, g.reader, "").json(t)
			var want any
			if tc.want > 0 {
				want = g.clock.now().Add(tc.want).UTC().Format(time.RFC3339)
			}
			if got["auth_expires_at"] != want {
				t.Errorf("%v, want %v", got["auth_expires_at"], want)
			}
			body, _ := json.Marshal(got)
			if r := g.do(t, "PUT", "/unified/connection/"+c.ID, g.writer, string(body)); r.status != 200 {
				t.Errorf("written back as it was read: %d %s", r.status, r.body)
			}
		})
	}
}
