package meta_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/providers"
)

// asked is a request that a scripted server saw.
type asked struct {
	method, path string
	query        url.Values
	form         url.Values
	header       http.Header
	raw          string // the whole URL
}

// script answers each path below the version by a function.
type script struct {
	mu     sync.Mutex
	seen   []asked
	routes map[string]func(asked) (int, string)
}

var scriptNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

const scriptToken = "EAABtoken-of-the-script"

func scripted(t testing.TB, routes map[string]func(asked) (int, string), with ...func(*providers.Conn, *providers.Deps)) (*providers.Session, *script) {
	t.Helper()
	s := &script{routes: routes}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return open(t, srv.URL, &staticTokens{token: scriptToken}, func() time.Time { return scriptNow }, with...), s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	a := asked{r.Method, path, r.URL.Query(), form, r.Header.Clone(), r.URL.String()}
	s.mu.Lock()
	s.seen = append(s.seen, a)
	s.mu.Unlock()
	status, text := 400, `{"error":{"message":"(#100) not in the script: `+path+`","type":"GraphMethodException","code":100,"error_subcode":33}}`
	if f := s.routes[path]; f != nil {
		status, text = f(a)
	}
	w.Header().Set("X-Fb-Trace-Id", "trace-1")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func (s *script) calls(path string) []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.seen), func(a asked) bool { return path != "" && a.path != path })
}

func answer(status int, body string) func(asked) (int, string) {
	return func(asked) (int, string) { return status, body }
}

func refusal(code, subcode int, message string) (int, string) {
	b, _ := json.Marshal(map[string]any{"error": map[string]any{
		"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "Atrace",
	}})
	return 400, string(b)
}

const tooMuch = `{"error":{"message":"Please reduce the amount of data you're asking for, then retry your request","code":1}}`

// edgeOf answers an edge of the elements 1…n, by cursor. most is what a page holds whatever is asked for; heavy is the most
// that may be asked for at once.
func edgeOf(n, most, heavy int, element func(int) string) func(asked) (int, string) {
	return func(a asked) (int, string) {
		limit, err := strconv.Atoi(a.query.Get("limit"))
		if err != nil {
			limit = 25
		}
		if limit > heavy {
			return 500, tooMuch
		}
		from, _ := strconv.Atoi(strings.TrimPrefix(a.query.Get("after"), "c"))
		to := min(from+min(limit, most), n)
		var items []string
		for i := from; i < to; i++ {
			items = append(items, element(i+1))
		}
		paging := `"cursors":{"before":"c` + strconv.Itoa(from) + `","after":"c` + strconv.Itoa(to) + `"}`
		if to < n {
			paging += `,"next":"https://graph.facebook.com/v26.0/` + a.path + `?access_token=` + scriptToken + `&after=c` + strconv.Itoa(to) + `"`
		}
		return 200, `{"data":[` + strings.Join(items, ",") + `],"paging":{` + paging + `}}`
	}
}

func campaignNumber(i int) string {
	return `{"id":"` + strconv.Itoa(1000+i) + `","account_id":"1","name":"c","status":"ACTIVE","effective_status":"ACTIVE","daily_budget":"5000"}`
}

var euro = answer(200, `{"id":"act_1","account_id":"1","name":"One","currency":"EUR","timezone_name":"Europe/Berlin"}`)
