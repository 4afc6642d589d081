package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/admux/admux/openapi"
)

// document is the API's document, loaded once.
var document = sync.OnceValues(func() (*openapi.Validator, error) {
	doc, err := openapi.Load(context.Background())
	if err != nil {
		return nil, err
	}
	return openapi.NewValidator(doc)
})

// api is a caller of one gateway. Every answer that it sees is held against the document.
type api struct {
	t    *testing.T
	base string
	key  string // empty: none is sent
}

// answer is one whole response.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newAPI(t *testing.T, demo announced) *api { return &api{t: t, base: demo.URL, key: demo.APIKey} }

func (a *api) withKey(key string) *api { return &api{t: a.t, base: a.base, key: key} }

// get reads a path, escaped already, and wants a 200.
func (a *api) get(path string, query url.Values, into any) answer {
	a.t.Helper()
	got := a.do(http.MethodGet, path, query, nil)
	if got.status != http.StatusOK {
		a.t.Fatalf("GET %s?%s: %d %s", path, query.Encode(), got.status, got.body)
	}
	got.decode(a.t, into)
	return got
}

func (a *api) do(method, path string, query url.Values, body []byte) answer {
	a.t.Helper()
	return a.send(method, path, query, body, nil)
}

func (a *api) send(method, path string, query url.Values, body []byte, header map[string]string) answer {
	a.t.Helper()
	target := a.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, target, bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if a.key != "" {
		req.Header.Set("Authorization", "Bearer "+a.key)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	got := answer{resp.StatusCode, resp.Header, raw}
	a.hold(method, path, got)
	return got
}

// hold checks an answer against the document, and that no secret of the simulated platform is in it.
func (a *api) hold(method, path string, got answer) {
	a.t.Helper()
	for _, secret := range canaries() {
		if bytes.Contains(got.body, []byte(secret)) {
			a.t.Errorf("%s %s answers with a secret (%s…)", method, path, secret)
		}
	}
	doc, err := document()
	if err != nil {
		a.t.Fatal(err)
	}
	route, _, ok := doc.Match(method, path)
	if !ok {
		return // a 404 of no route of ours
	}
	if err := doc.Response(method, route.Path, got.status, got.header, got.body); err != nil {
		a.t.Errorf("not as the document says: %v", err)
	}
}

func (a answer) decode(t *testing.T, into any) {
	t.Helper()
	if into == nil {
		return
	}
	dec := json.NewDecoder(bytes.NewReader(a.body))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%v: %.300s", err, a.body)
	}
}

// problem is what an error answer says.
func (a answer) problem(t *testing.T) (code string, fields []string) {
	t.Helper()
	var p struct {
		Code   string
		Errors []struct{ Field string }
	}
	a.decode(t, &p)
	for _, e := range p.Errors {
		fields = append(fields, e.Field)
	}
	return p.Code, fields
}

// canaries begin every secret of the demo's simulated platforms: tokens, codes, and the app's own secret. None may ever
// be seen outside the sealed columns.
func canaries() []string {
	return []string{"AQVsim", "AQWsim", "AQTsim", "admux-demo-secret"}
}

func ads(connection, object string) string {
	return "/ads/" + url.PathEscape(connection) + "/" + object
}

// list reads a whole list by its cursors.
func (a *api) list(path string, query url.Values) []map[string]any {
	a.t.Helper()
	var all []map[string]any
	for next := path + "?" + query.Encode(); next != ""; {
		at, err := url.Parse(next)
		if err != nil {
			a.t.Fatal(err)
		}
		var page []map[string]any
		got := a.get(at.EscapedPath(), at.Query(), &page)
		all = append(all, page...)
		next = nextLink(got.header.Get("Link"))
	}
	return all
}

func nextLink(header string) string {
	target, rel, ok := strings.Cut(strings.TrimPrefix(header, "<"), ">")
	if !ok || !strings.Contains(rel, `rel="next"`) {
		return ""
	}
	return target
}
