package sim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

// noon is when the tests' world is looked at: a Tuesday.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

type world struct {
	t     *testing.T
	sim   *sim.Sim
	url   string
	token string
}

func newWorld(t *testing.T, o sim.Options) *world {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return &world{t, s, srv.URL, s.Grant().Access}
}

type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (w *world) send(req *http.Request) answer {
	w.t.Helper()
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
	d := json.NewDecoder(strings.NewReader(a.text))
	d.UseNumber()
	if err := d.Decode(&a.body); err != nil {
		a.body = nil // an array, or a page
	}
	return a
}

// do sends a call: parameters in pairs, in the query of a GET or DELETE, in the
// form of a POST. The token goes along unless one is given.
func (w *world) do(method, path string, pairs ...string) answer {
	w.t.Helper()
	q := url.Values{"access_token": {w.token}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	if q.Get("access_token") == "-" {
		q.Del("access_token")
	}
	if !strings.HasPrefix(path, "/") {
		path = "/v26.0/" + path
	}
	target, body := w.url+path, io.Reader(nil)
	if method == http.MethodPost {
		body = strings.NewReader(q.Encode())
	} else {
		target += "?" + q.Encode()
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, target, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return w.send(req)
}

func (w *world) get(path string, pairs ...string) answer {
	w.t.Helper()
	return w.do(http.MethodGet, path, pairs...)
}

// ok is get that must succeed.
func (w *world) ok(path string, pairs ...string) map[string]any {
	w.t.Helper()
	a := w.get(path, pairs...)
	if a.status != http.StatusOK {
		w.t.Fatalf("GET %s: %d %s", path, a.status, a.text)
	}
	return a.body
}

// data is the elements of a list that must succeed.
func (w *world) data(path string, pairs ...string) []map[string]any {
	w.t.Helper()
	return elements(w.ok(path, pairs...))
}

func elements(body map[string]any) []map[string]any {
	list, _ := body["data"].([]any)
	out := []map[string]any{}
	for _, x := range list {
		out = append(out, x.(map[string]any))
	}
	return out
}

// walk follows paging.next to the end.
func (w *world) walk(path string, pairs ...string) (all []map[string]any, pages int) {
	w.t.Helper()
	body := w.ok(path, pairs...)
	for {
		pages++
		all = append(all, elements(body)...)
		next := text(body, "paging", "next")
		if next == "" {
			return all, pages
		}
		if !strings.HasPrefix(next, w.url+"/v26.0/") {
			w.t.Fatalf("next is not on the simulator's own base: %s", next)
		}
		req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, next, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		a := w.send(req)
		if a.status != http.StatusOK {
			w.t.Fatalf("next: %d %s", a.status, a.text)
		}
		body = a.body
	}
}

// at digs into an answer by names.
func at(v any, path ...string) any {
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

func text(v any, path ...string) string {
	switch x := at(v, path...).(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return ""
}

// refused wants an error of a code, subcode ("" = none) and HTTP status.
func refused(t *testing.T, a answer, status int, code, subcode string) {
	t.Helper()
	if a.status != status || text(a.body, "error", "code") != code || text(a.body, "error", "error_subcode") != subcode {
		t.Fatalf("got %d %s, want %d with code %s/%s", a.status, a.text, status, code, subcode)
	}
	if text(a.body, "error", "fbtrace_id") == "" || text(a.body, "error", "type") == "" || text(a.body, "error", "message") == "" {
		t.Errorf("envelope lacks a part: %s", a.text)
	}
}

func ids(list []map[string]any) []string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, text(x, "id"))
	}
	return out
}

func accountID(w *world, i int) string { return "act_" + w.sim.Accounts()[i].ID }
