package sim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/google/sim"
)

func fixedNow() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC) }

const (
	first  = "4210000001" // EUR, Berlin, below the sub-manager
	direct = "4210000004" // USD, UTC, the admin is a direct user
	top    = "9000000001"
)

// world is a simulator over HTTP with a token that reaches everything it may.
type world struct {
	t     *testing.T
	sim   *sim.Sim
	url   string
	token string
	login string // login-customer-id of every call; "" = none
}

func start(t *testing.T, o sim.Options) *world {
	t.Helper()
	if o.Now == nil {
		o.Now = fixedNow
	}
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	w := &world{t: t, sim: s, url: srv.URL, token: s.Grant().Access}
	if o.Accounts != 1 && !o.Flat {
		w.login = top
	}
	return w
}

// answer is a decoded response.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
	list   []map[string]any // when the body is an array
}

// failure is the first GoogleAdsError as family.CODE; "" when there is none.
func (a answer) failure() string {
	body := a.body
	if body == nil && len(a.list) > 0 {
		body = a.list[len(a.list)-1]
	}
	e, _ := body["error"].(map[string]any)
	details, _ := e["details"].([]any)
	for _, d := range details {
		errs, _ := d.(map[string]any)["errors"].([]any)
		if len(errs) == 0 {
			continue
		}
		for family, code := range errs[0].(map[string]any)["errorCode"].(map[string]any) {
			return family + "." + code.(string)
		}
	}
	return ""
}

// do sends a request with the usual headers; extra ones come as "Name: value"
// and "Name:" removes one.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.t.Helper()
	var rd io.Reader
	if method != http.MethodGet {
		rd = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, rd)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	if w.login != "" {
		req.Header.Set("login-customer-id", w.login)
	}
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ":")
		if v = strings.TrimSpace(v); v == "" {
			req.Header.Del(k)
		} else {
			req.Header.Set(k, v)
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(b)}
	decode(a.text, &a.body)
	decode(a.text, &a.list)
	return a
}

func decode(text string, into any) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	d.Decode(into) // not every answer is JSON, nor of this shape
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// search sends a query to googleAds:search.
func (w *world) search(customer, query string, headers ...string) answer {
	w.t.Helper()
	return w.do("POST", "/v26/customers/"+customer+"/googleAds:search", `{"query":`+quoted(query)+`}`, headers...)
}

// rows is search that must succeed with one page.
func (w *world) rows(customer, query string) []map[string]any {
	w.t.Helper()
	a := w.search(customer, query)
	if a.status != http.StatusOK || a.body["nextPageToken"] != nil {
		w.t.Fatalf("%s: %d %.600s", query, a.status, a.text)
	}
	list, _ := a.body["results"].([]any)
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i], _ = x.(map[string]any)
	}
	return out
}

// str follows a dotted path in a row; "" when absent.
func str(row map[string]any, path string) string {
	var v any = row
	for p := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

// refused asserts a status and an error code.
func (w *world) refused(a answer, status int, code string) {
	w.t.Helper()
	if a.status != status || a.failure() != code {
		w.t.Errorf("answered %d %q, want %d %q: %.500s", a.status, a.failure(), status, code, a.text)
	}
}
