package sim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/admux/admux/providers/linkedin/sim"
)

// world is a simulator over HTTP with a token that may do everything.
type world struct {
	t     *testing.T
	sim   *sim.Sim
	url   string
	token string
}

func start(t *testing.T, o sim.Options) *world {
	t.Helper()
	if o.Now == nil {
		o.Now = fixedNow
	}
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return &world{t, s, srv.URL, s.Grant().Access}
}

// answer is a decoded response.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (a answer) code() string { s, _ := a.body["code"].(string); return s }

func (a answer) message() string { s, _ := a.body["message"].(string); return s }

func (a answer) elements() []map[string]any {
	list, _ := a.body["elements"].([]any)
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i], _ = x.(map[string]any)
	}
	return out
}

func (a answer) nextToken() string {
	m, _ := a.body["metadata"].(map[string]any)
	s, _ := m["nextPageToken"].(string)
	return s
}

// do sends a request with the usual headers; extra ones come as "Name: value"
// and "Name:" removes one.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.t.Helper()
	var rd io.Reader
	if method != http.MethodGet && method != http.MethodDelete {
		rd = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, rd)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	req.Header.Set("LinkedIn-Version", "202609")
	req.Header.Set("X-Restli-Protocol-Version", "2.0.0")
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ":")
		if v = strings.TrimSpace(v); v == "" {
			req.Header.Del(k)
		} else {
			req.Header.Set(k, v)
		}
	}
	return w.send(req)
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
	d.Decode(&a.body) // not every answer is JSON
	return a
}

func (w *world) get(path string, headers ...string) answer {
	w.t.Helper()
	return w.do(http.MethodGet, path, "", headers...)
}

// ok is get that must succeed.
func (w *world) ok(path string, headers ...string) answer {
	w.t.Helper()
	a := w.get(path, headers...)
	if a.status != http.StatusOK {
		w.t.Fatalf("GET %s: %d %s", path, a.status, a.text)
	}
	return a
}

// refused asserts a status and code.
func (w *world) refused(a answer, status int, code string) {
	w.t.Helper()
	if a.status != status || a.code() != code {
		w.t.Errorf("answered %d %q, want %d %q: %.300s", a.status, a.code(), status, code, a.text)
	}
}

// control sends a body to a control path.
func (w *world) control(method, path, body string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.send(req)
}

const (
	accounts = "/rest/adAccounts"
	acct     = "/rest/adAccounts/503000001"
)
