package sim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/tiktok/sim"
)

// noon is when the tests' world is looked at: a Tuesday.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func tuesday() time.Time { return noon }

type obj = map[string]any

type world struct {
	t     *testing.T
	sim   *sim.Sim
	url   string
	token string
}

func newWorld(t *testing.T, o sim.Options) *world {
	t.Helper()
	if o.Now == nil {
		o.Now = tuesday
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
	body   obj
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
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if d.Decode(&a.body) != nil {
		a.body = nil
	}
	return a
}

func (w *world) request(method, target string, body io.Reader) *http.Request {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, target, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.token != "" {
		req.Header.Set("Access-Token", w.token)
	}
	return req
}

// get sends a GET: texts raw, everything else as JSON text.
func (w *world) get(path string, params obj) answer {
	w.t.Helper()
	q := url.Values{}
	for k, v := range params {
		if s, ok := v.(string); ok {
			q.Set(k, s)
			continue
		}
		b, err := json.Marshal(v)
		if err != nil {
			w.t.Fatal(err)
		}
		q.Set(k, string(b))
	}
	return w.send(w.request(http.MethodGet, w.url+"/open_api/v1.3"+path+"?"+q.Encode(), nil))
}

func (w *world) post(path string, body obj) answer {
	w.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	req := w.request(http.MethodPost, w.url+"/open_api/v1.3"+path, bytes.NewReader(b))
	req.Header.Set("Content-Type", "application/json")
	return w.send(req)
}

func (w *world) control(method, path, body string) answer {
	w.t.Helper()
	return w.send(w.request(method, w.url+"/_sim/"+path, strings.NewReader(body)))
}

// data is what a call that must succeed says.
func (w *world) data(a answer) obj {
	w.t.Helper()
	wantCode(w.t, a, "0")
	d, _ := a.body["data"].(obj)
	return d
}

func wantCode(t *testing.T, a answer, code string) {
	t.Helper()
	if a.status != http.StatusOK || text(a.body, "code") != code {
		t.Fatalf("got HTTP %d %.600s, want code %s", a.status, a.text, code)
	}
	if len(text(a.body, "request_id")) < 20 || text(a.body, "message") == "" || a.header.Get("X-Tt-Logid") == "" {
		t.Errorf("the envelope lacks a part: %.300s %v", a.text, a.header)
	}
	if _, ok := a.body["data"]; !ok {
		t.Errorf("no data: %.300s", a.text)
	}
}

func wantRefused(t *testing.T, a answer, code, part string) {
	t.Helper()
	wantCode(t, a, code)
	if !strings.Contains(text(a.body, "message"), part) {
		t.Errorf("message %q lacks %q", text(a.body, "message"), part)
	}
}

// walk turns the pages of a list.
func (w *world) walk(path string, params obj) []obj {
	w.t.Helper()
	var all []obj
	for page := 1; ; page++ {
		p := obj{"page": page}
		maps.Copy(p, params)
		d := w.data(w.get(path, p))
		all = append(all, rows(d)...)
		var total int
		if err := json.Unmarshal([]byte(text(d, "page_info", "total_page")), &total); err != nil {
			w.t.Fatal(err)
		}
		if page >= total {
			return all
		}
	}
}

func rows(d obj) []obj {
	list, _ := d["list"].([]any)
	out := make([]obj, 0, len(list))
	for _, x := range list {
		out = append(out, x.(obj))
	}
	return out
}

func at(v any, path ...string) any {
	for _, p := range path {
		m, ok := v.(obj)
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

func (w *world) account(i int) string { return w.sim.Accounts()[i].ID }
