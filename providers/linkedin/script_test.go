package linkedin_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// The tests of this file are named after the numbered traps of LinkedIn's API. Those that the simulator does not set
// are set by a scripted server.

// said is a request that a scripted server saw.
type said struct{ method, path, query, version string }

// script answers each path below /rest/ by a function of the query, tunnelled or not.
type script struct {
	mu     sync.Mutex
	seen   []said
	routes map[string]func(query string) (int, string)
}

func scripted(t *testing.T, routes map[string]func(string) (int, string), with ...func(*providers.Conn, *providers.Deps)) (*providers.Session, *script) {
	t.Helper()
	s := &script{routes: routes}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return open(t, srv.URL, &staticTokens{token: "token-of-the-script"}, func() time.Time { return scriptNow }, with...), s
}

var scriptNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.RawQuery
	if r.Header.Get("X-Http-Method-Override") != "" {
		b, _ := io.ReadAll(r.Body)
		query = string(b)
	}
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/rest/")
	s.mu.Lock()
	s.seen = append(s.seen, said{r.Method, path, query, r.Header.Get("LinkedIn-Version")})
	s.mu.Unlock()
	status, body := http.StatusNotFound, `{"status":404,"message":"not in the script"}`
	if f := s.routes[path]; f != nil {
		status, body = f(query)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (s *script) calls(path string) []said {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.seen), func(c said) bool { return c.path != path })
}

func answer(status int, body string) func(string) (int, string) {
	return func(string) (int, string) { return status, body }
}

var org1 = normalize.Organization{ID: "1", Name: "One", Currency: "EUR", Timezone: "UTC"}

func daysOf(n int) normalize.DayRange {
	today := normalize.DayOf(scriptNow)
	return normalize.DayRange{From: today.Add(-n), To: today}
}

// analytics answers for creatives 1…n in a script: one impression each and day, cut at limit rows. echo is the count
// that the answer says it was cut to; 0 leaves it out.
func analytics(n, limit, echo int) func(string) (int, string) {
	number := regexp.MustCompile(`start:\(year:(\d+),month:(\d+),day:(\d+)\),end:\(year:(\d+),month:(\d+),day:(\d+)\)`)
	creatives := regexp.MustCompile(`creatives=List\(([^)]*)\)`)
	return func(query string) (int, string) {
		if strings.Contains(query, "start=") || !strings.Contains(query, "count=15000") {
			return 400, `{"status":400,"code":"QUERY_PARAM_NOT_ALLOWED","message":"start"}`
		}
		m := number.FindStringSubmatch(query)
		at := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
		from := normalize.Day{Year: at(1), Month: time.Month(at(2)), Dom: at(3)}
		to := normalize.Day{Year: at(4), Month: time.Month(at(5)), Dom: at(6)}.Add(1)
		var ids []string
		if list := creatives.FindStringSubmatch(query); list != nil {
			for u := range strings.SplitSeq(list[1], ",") {
				ids = append(ids, u[strings.LastIndex(u, "%3A")+3:])
			}
		} else {
			for i := range n {
				ids = append(ids, strconv.Itoa(i+1))
			}
		}
		if strings.Contains(query, "pivot=ACCOUNT") {
			return 200, fmt.Sprintf(`{"elements":[{"pivotValues":["urn:li:sponsoredAccount:1"],"dateRange":{"start":{"year":%d,"month":%d,"day":%d}},"impressions":%d}]}`,
				from.Year, from.Month, from.Dom, n*to.Sub(from))
		}
		var rows []string
		for d := from; d.Before(to) && len(rows) < limit; d = d.Add(1) {
			for _, id := range ids {
				if len(rows) == limit {
					break
				}
				day := fmt.Sprintf(`{"year":%d,"month":%d,"day":%d}`, d.Year, d.Month, d.Dom)
				rows = append(rows, fmt.Sprintf(`{"dateRange":{"start":%s,"end":%s},"pivotValues":["urn:li:sponsoredCreative:%s"],"impressions":1}`, day, day, id))
			}
		}
		paging := ""
		if echo > 0 {
			paging = fmt.Sprintf(`,"paging":{"start":0,"count":%d,"links":[]}`, echo)
		}
		return 200, `{"elements":[` + strings.Join(rows, ",") + `]` + paging + `}`
	}
}

// creativesOf lists creatives 1…n on one page.
func creativesOf(n int) func(string) (int, string) {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":"urn:li:sponsoredCreative:%d","name":"n%d","campaign":"urn:li:sponsoredCampaign:7"}`, i+1, i+1)
	}
	return answer(200, `{"elements":[`+strings.Join(items, ",")+`]}`)
}
