package google_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google"
)

// gaqlScript answers queries by a function; those of conversion actions and countries have an answer of their own unless
// the function has one.
type gaqlScript struct {
	mu      sync.Mutex
	queries []asked
	answer  func(asked) (int, string)
	stream  func(asked, http.ResponseWriter) bool // in place of answer; false: not answered
}

// asked is a query that a script was asked.
type asked struct {
	text, from, login string
	n                 int // how often the same was asked before
	first, last       normalize.Day
}

var (
	fromOf    = regexp.MustCompile(` FROM ([a-z_]+)`)
	betweenOf = regexp.MustCompile(`segments\.date BETWEEN '([0-9-]+)' AND '([0-9-]+)'`)
)

func (s *gaqlScript) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Query string `json:"query"`
	}
	raw, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(raw, &body)
	q := asked{text: body.Query, login: r.Header.Get("login-customer-id")}
	if m := fromOf.FindStringSubmatch(q.text); m != nil {
		q.from = m[1]
	}
	if m := betweenOf.FindStringSubmatch(q.text); m != nil {
		q.first, _ = normalize.ParseDay(m[1])
		q.last, _ = normalize.ParseDay(m[2])
	}
	s.mu.Lock()
	for _, before := range s.queries {
		if before.text == q.text {
			q.n++
		}
	}
	s.queries = append(s.queries, q)
	s.mu.Unlock()
	w.Header().Set("request-id", fmt.Sprintf("rq-%d", len(q.text)))
	if s.stream != nil && strings.HasSuffix(r.URL.Path, ":searchStream") && s.stream(q, w) {
		return
	}
	status, text := http.StatusOK, `{"fieldMask":"x"}`
	if s.answer != nil {
		if st, tx := s.answer(q); st != 0 {
			status, text = st, tx
		}
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// of lists the queries on a resource, in the order in which they came.
func (s *gaqlScript) of(from string) []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []asked
	for _, q := range s.queries {
		if q.from == from {
			out = append(out, q)
		}
	}
	return out
}

var reportNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

var reportOrg = normalize.Organization{ID: "1000000001", Name: "One", Currency: "EUR", Timezone: "UTC"}

// reportScript opens a session to a script.
func reportScript(t testing.TB, answer func(asked) (int, string)) (*providers.Session, *gaqlScript) {
	t.Helper()
	s := &gaqlScript{answer: answer}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return reportSession(t, srv.URL, "token-of-the-script", func() time.Time { return reportNow }, map[string]string{"login_customer_id": "1"}), s
}

// fixedToken is a Tokens that has one.
type fixedToken string

func (f fixedToken) Token(context.Context) (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: string(f), TokenType: "Bearer"}, nil
}

func (f fixedToken) Reject(context.Context, *oauth2.Token) error {
	return &providers.Error{Kind: providers.Unauthorized, Message: "the grant has ended"}
}

// reportSession opens a session whose hosts are at base.
func reportSession(t testing.TB, base, token string, now func() time.Time, settings map[string]string) *providers.Session {
	t.Helper()
	p := google.New()
	hosts := p.Spec().Hosts
	moved := map[string]string{}
	for _, h := range hosts {
		moved[h] = base
	}
	tr, err := providers.NewTransport(http.DefaultTransport, hosts, moved)
	if err != nil {
		t.Fatal(err)
	}
	session, err := p.Open(providers.Conn{ID: "c1", Tokens: fixedToken(token), Settings: settings}, providers.Deps{
		HTTP: &http.Client{Transport: tr}, Now: now, Log: slog.New(slog.DiscardHandler),
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// readReport runs every part of a query and returns the rows, and the meta of the last part.
func readReport(t testing.TB, s *providers.Session, q providers.ReportQuery) ([]normalize.Row, providers.Meta, error) {
	t.Helper()
	parts, err := s.Reports.Plan(q)
	if err != nil {
		return nil, providers.Meta{}, err
	}
	var rows []normalize.Row
	var meta providers.Meta
	for _, p := range parts {
		meta = p.Meta
		for row, err := range s.Reports.Stream(t.Context(), p, &meta) {
			if err != nil {
				return rows, meta, err
			}
			rows = append(rows, row.Clone())
		}
	}
	return rows, meta, nil
}

// lastWeek is a query of seven days by level, dimensions and metrics.
func lastWeek(l normalize.Level, dims []normalize.Dimension, ms ...normalize.Metric) providers.ReportQuery {
	today := normalize.DayOf(reportNow)
	return providers.ReportQuery{
		Orgs: []normalize.Organization{reportOrg}, Level: l, Dimensions: dims, Metrics: ms,
		Range: normalize.DayRange{From: today.Add(-7), To: today}, Now: reportNow,
	}
}

// results frames rows as one part of a stream.
func results(rows ...string) string {
	if len(rows) == 0 {
		return `[{"fieldMask":"x","requestId":"r"}]`
	}
	return `[{"results":[` + strings.Join(rows, ",") + `],"fieldMask":"x","requestId":"r"}]`
}

// refused is an error envelope with one code.
func refused(status int, family, code string) (int, string) {
	return status, fmt.Sprintf(`[{"error":{"code":%d,"message":"generic","status":"X","details":[{"@type":"type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure",`+
		`"errors":[{"errorCode":{"%s":"%s"},"message":"said %s"}],"requestId":"rq"}]}}]`, status, family, code, code)
}

// adDays answers queries on ads with n ads, one row each and day of the query, impressions being day of month × ad.
func adDays(n int) func(asked) (int, string) {
	return func(q asked) (int, string) {
		if q.from != "ad_group_ad" {
			return 0, ""
		}
		var rows []string
		for ad := 1; ad <= n; ad++ {
			for d := q.first; !q.last.Before(d); d = d.Add(1) {
				rows = append(rows, fmt.Sprintf(`{"campaign":{"id":"7","name":"c"},"adGroup":{"id":"8","name":"g"},"adGroupAd":{"ad":{"id":"%d","name":"n%d"}},`+
					`"metrics":{"impressions":"%d","clicks":"1","costMicros":"1500000","allConversions":0,"viewThroughConversions":"0"},"segments":{"date":"%s"}}`, ad, ad, d.Dom*ad, d))
			}
		}
		return 200, results(rows...)
	}
}
