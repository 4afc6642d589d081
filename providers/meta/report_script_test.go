package meta_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta"
)

// desk is a scripted insights edge: ads that each have one impression a day, in as many campaigns and ad sets as it is
// told. What the simulator does not do, its hooks do.
type desk struct {
	ads, campaigns int
	limit          int // most rows of a page; 0: as asked

	// reply, where set, may answer a call in the desk's place.
	reply func(d *desk, c said) (status int, body string, handled bool)
	// states are those that the run of a number goes through, from poll to poll; nil: it is done at once.
	states func(run int, c said) []string
	// cut, where set, says whether an answer ends after its first half.
	cut func(c said) bool
	// row, where set, writes a row in the desk's place.
	row func(c said, ad int, from, to normalize.Day) string

	mu   sync.Mutex
	seen []said
	runs []*deskRun
}

// said is a call that the desk saw.
type said struct {
	method, path string
	params       url.Values
}

type deskRun struct {
	ask     said
	rows    []string // once read
	polls   int
	deleted bool
}

const deskToken = "EAABdesktoken"

var (
	deskNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	deskOrg = normalize.Organization{ID: "901", Name: "Desk", Currency: "EUR", Timezone: "Europe/Berlin"}
)

func (d *desk) session(t testing.TB) *providers.Session {
	t.Helper()
	srv := httptest.NewServer(d)
	t.Cleanup(srv.Close)
	return sessionAt(t, srv.URL, deskToken, func() time.Time { return deskNow })
}

// oneToken is a connection's only token.
type oneToken string

func (o oneToken) Token(context.Context) (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: string(o), TokenType: "Bearer"}, nil
}

func (oneToken) Reject(context.Context, *oauth2.Token) error {
	return &providers.Error{Kind: providers.Unauthorized, Message: "the grant has ended"}
}

// sessionAt opens a session whose hosts are at base, and for which waiting takes no time.
func sessionAt(t testing.TB, base, token string, now func() time.Time) *providers.Session {
	t.Helper()
	p := meta.New()
	moved := map[string]string{}
	for _, h := range p.Spec().Hosts {
		moved[h] = base
	}
	tr, err := providers.NewTransport(http.DefaultTransport, p.Spec().Hosts, moved)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Open(providers.Conn{ID: "c1", Tokens: oneToken(token)}, providers.Deps{
		HTTP: &http.Client{Transport: tr}, Now: now, Log: slog.New(slog.DiscardHandler),
		Sleep: func(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := said{method: r.Method, params: r.URL.Query()}
	_, c.path, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.Method == http.MethodPost {
		b, _ := io.ReadAll(r.Body)
		c.params, _ = url.ParseQuery(string(b))
	}
	d.mu.Lock()
	d.seen = append(d.seen, c)
	d.mu.Unlock()
	w.Header().Set("X-Fb-Trace-Id", "trace")
	status, body, handled := 0, "", false
	if d.reply != nil {
		status, body, handled = d.reply(d, c)
	}
	if !handled {
		status, body = d.serve(c)
	}
	if d.cut != nil && d.cut(c) {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = io.WriteString(w, body[:len(body)/2])
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (d *desk) serve(c said) (int, string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	first, rest, _ := strings.Cut(c.path, "/")
	if n, err := strconv.Atoi(first); err == nil && n >= 7000 && n < 7000+len(d.runs) {
		return d.serveRun(d.runs[n-7000], n, c, rest)
	}
	switch {
	case c.path == "act_901/insights" && c.method == http.MethodPost:
		d.runs = append(d.runs, &deskRun{ask: c})
		return 200, fmt.Sprintf(`{"report_run_id":%d}`, 7000+len(d.runs)-1)
	case c.path == "act_901/insights":
		return 200, d.pageOf(d.rowsOf(c), c.params)
	case first == "act_901":
		return 200, d.pageOf(d.list(rest), c.params)
	}
	return failed(100, 33, "Unsupported get request")
}

func failed(code, sub int, message string) (int, string) {
	status := 400
	if code == 1 {
		status = 500
	}
	return status, fmt.Sprintf(`{"error":{"message":%q,"type":"OAuthException","code":%d,"error_subcode":%d,"fbtrace_id":"t1"}}`, message, code, sub)
}

func (d *desk) serveRun(run *deskRun, n int, c said, rest string) (int, string) {
	switch {
	case run.deleted:
		return failed(100, 33, "gone")
	case c.method == http.MethodDelete:
		run.deleted = true
		return 200, `{"success":true}`
	case rest == "insights":
		if run.rows == nil {
			run.rows = d.rowsOf(run.ask)
		}
		return 200, d.pageOf(run.rows, c.params)
	}
	states := []string{`"async_status":"Job Completed","async_percent_completion":100`}
	if d.states != nil {
		states = d.states(n-7000, run.ask)
	}
	state := states[min(run.polls, len(states)-1)]
	run.polls++
	if state == "unseen" {
		return failed(100, 33, "not yet")
	}
	return 200, fmt.Sprintf(`{"id":"%d",%s}`, n, state)
}

// pageOf cuts a list as Graph does. The link to the next page holds the token: it must never be used nor told.
func (d *desk) pageOf(all []string, params url.Values) string {
	from, _ := strconv.Atoi(params.Get("after"))
	limit, _ := strconv.Atoi(params.Get("limit"))
	if d.limit > 0 {
		limit = min(limit, d.limit)
	}
	to := min(from+limit, len(all))
	paging := ""
	if to < len(all) {
		paging = fmt.Sprintf(`,"paging":{"cursors":{"after":"%d"},"next":"https://graph.facebook.com/v26.0/x?access_token=%s&after=%d"}`, to, deskToken, to)
	}
	return `{"data":[` + strings.Join(all[from:to], ",") + `]` + paging + `}`
}

func (d *desk) campaignOf(ad int) int { return ad % d.campaigns }

func (d *desk) list(edge string) []string {
	var out []string
	n := map[string]int{"campaigns": d.campaigns, "adsets": d.campaigns, "ads": d.ads}[edge]
	for i := range n {
		out = append(out, map[string]string{"campaigns": `{"id":"1%03d"}`, "adsets": `{"id":"2%03d"}`, "ads": `{"id":"3%03d","creative":{"id":"4%03d","name":"k"}}`}[edge])
		out[i] = strings.ReplaceAll(out[i], "%03d", fmt.Sprintf("%03d", i))
	}
	return out
}

// rowsOf answers a question as the documentation of insights says.
func (d *desk) rowsOf(c said) []string {
	var filters []struct {
		Field, Operator string
		Value           []string
	}
	_ = json.Unmarshal([]byte(c.params.Get("filtering")), &filters)
	var out []string
	for _, days := range spans(c.params) {
		for ad := range d.ads {
			ids := map[string]string{"campaign.id": fmt.Sprintf("1%03d", d.campaignOf(ad)), "adset.id": fmt.Sprintf("2%03d", d.campaignOf(ad)), "ad.id": fmt.Sprintf("3%03d", ad)}
			left := slices.ContainsFunc(filters, func(f struct {
				Field, Operator string
				Value           []string
			}) bool {
				id, ok := ids[f.Field]
				return ok && slices.Contains(f.Value, id) == (f.Operator == "NOT_IN")
			})
			if left {
				continue
			}
			if d.row != nil {
				out = append(out, d.row(c, ad, days.From, days.To.Add(-1)))
				continue
			}
			out = append(out, fmt.Sprintf(`{"campaign_id":"%s","campaign_name":"c","adset_id":"%s","adset_name":"g","ad_id":"%s","ad_name":"a","objective":"OUTCOME_SALES",`+
				`"impressions":"%d","spend":"0.1","date_start":"%s","date_stop":"%s"}`, ids["campaign.id"], ids["adset.id"], ids["ad.id"], days.Len(), days.From, days.To.Add(-1)))
		}
	}
	return out
}

// spans are the periods that a call asks for.
func spans(params url.Values) []normalize.DayRange {
	type dates struct{ Since, Until normalize.Day }
	var ranges []dates
	if text := params.Get("time_ranges"); text != "" {
		_ = json.Unmarshal([]byte(text), &ranges)
	} else {
		ranges = make([]dates, 1)
		_ = json.Unmarshal([]byte(params.Get("time_range")), &ranges[0])
	}
	var out []normalize.DayRange
	for _, r := range ranges {
		whole := normalize.DayRange{From: r.Since, To: r.Until.Add(1)}
		if params.Get("time_increment") == "1" {
			out = append(out, whole.Cut(1)...)
		} else {
			out = append(out, whole)
		}
	}
	return out
}

func (d *desk) calls(method, path string) []said {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.seen), func(c said) bool { return c.method != method || !strings.HasSuffix(c.path, path) })
}

// leftover counts the runs that were not deleted.
func (d *desk) leftover() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, r := range d.runs {
		if !r.deleted {
			n++
		}
	}
	return n
}

func deskDays(n int) normalize.DayRange {
	today := normalize.DayOf(deskNow)
	return normalize.DayRange{From: today.Add(-n), To: today}
}

func question(l normalize.Level, days normalize.DayRange, dims ...normalize.Dimension) providers.ReportQuery {
	return providers.ReportQuery{Orgs: []normalize.Organization{deskOrg}, Level: l, Dimensions: dims,
		Metrics: []normalize.Metric{normalize.MetricImpressions, normalize.MetricCost}, Range: days, Now: deskNow}
}

// told runs every part of a query and returns the rows, and the meta of the last part.
func told(t testing.TB, s *providers.Session, q providers.ReportQuery) ([]normalize.Row, providers.Meta, error) {
	t.Helper()
	parts, err := s.Reports.Plan(q)
	if err != nil {
		return nil, providers.Meta{}, err
	}
	var rows []normalize.Row
	var m providers.Meta
	for _, p := range parts {
		m = providers.Meta{}
		for row, err := range s.Reports.Stream(t.Context(), p, &m) {
			if err != nil {
				return rows, m, err
			}
			rows = append(rows, row.Clone())
		}
	}
	return rows, m, nil
}

// whole fails unless the rows are each there once: ads × periods, with the impressions of all days.
func whole(t *testing.T, d *desk, q providers.ReportQuery, rows []normalize.Row, periods int) {
	t.Helper()
	seen := map[string]bool{}
	sum := normalize.Decimal{}
	for _, r := range rows {
		k := r.Ad.ID + r.Creative.ID + r.Group.ID + r.Campaign.ID + fmt.Sprint(r.Dims)
		if seen[k] {
			t.Fatalf("%s comes twice", k)
		}
		seen[k] = true
		sum = sum.Add(r.Values[0].D)
	}
	if want := d.ads * q.Range.Len(); len(rows) != d.ads*periods || sum.Cmp(normalize.Int(int64(want))) != 0 {
		t.Fatalf("%d rows with %s impressions; want %d with %d", len(rows), sum, d.ads*periods, want)
	}
}
