package main

import (
	"net/http"
	"strings"
	"time"

	google "github.com/admux/admux/providers/google/sim"
	linkedin "github.com/admux/admux/providers/linkedin/sim"
	meta "github.com/admux/admux/providers/meta/sim"
)

// platform is a simulated platform with one account, whose every ad delivers on every day.
type platform struct {
	id      string // the integration type
	handler http.Handler
	client  [2]string // id and secret of the app
	tokens  [2]string // access and refresh
	epoch   time.Time // the world's today
	// packs tells whether the platform packs its answer to a request.
	packs func(*http.Request) bool
	// isReport tells the requests that are answered by rows of a report.
	isReport func(*http.Request) bool
}

// size is how much there is to report on.
type size struct {
	ads  int // a multiple of 100: ten campaigns of ten groups
	days int
}

func (s size) rows() int { return s.ads * s.days }

func (s size) world() world { return world{10, 10, s.ads / 100} }

// platforms lists the names that -platform takes, in the order of the table.
func platforms() []string { return []string{"linkedin", "google", "meta"} }

// history is how far back the worlds go: no report asks for more.
const history = 1030

// world is how many children each parent has.
type world struct{ campaigns, groups, ads int }

func newPlatform(name string, of world) *platform {
	switch name {
	case "linkedin":
		s := linkedin.New(linkedin.Options{Seed: 1, Accounts: 1, Campaigns: of.campaigns, Groups: of.groups, Ads: of.ads, HistoryDays: history, Dense: true,
			Limits: linkedin.Limits{AppPerDay: 1 << 30, MemberPerDay: 1 << 30, Burst: 1 << 30, MetricValues: 1 << 40}})
		t := s.Grant()
		return &platform{"linkedinads", s, [2]string{s.App().ClientID, s.App().ClientSecret}, [2]string{t.Access, t.Refresh}, s.Epoch(),
			acceptsGzip, func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/adAnalytics") }}
	case "google":
		s := google.New(google.Options{Seed: 1, Accounts: 1, Campaigns: of.campaigns, Groups: of.groups, Ads: of.ads, HistoryDays: history, Dense: true})
		t := s.Grant()
		return &platform{"googleads", s, [2]string{s.App().ClientID, s.App().ClientSecret}, [2]string{t.Access, t.Refresh}, s.Epoch(),
			// https://developers.google.com/google-ads/api/rest/common/search#compression: of both headers
			func(r *http.Request) bool { return acceptsGzip(r) && strings.Contains(r.UserAgent(), "gzip") },
			func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, ":searchStream") }}
	case "meta":
		s := meta.New(meta.Options{Seed: 1, Accounts: 1, Campaigns: of.campaigns, Groups: of.groups, Ads: of.ads, HistoryDays: history, Dense: true,
			Limits: meta.Limits{Score: -1, Management: -1, Insights: -1, Audiences: -1, App: -1}})
		t := s.Grant()
		return &platform{"metaads", s, [2]string{s.App().ClientID, s.App().ClientSecret}, [2]string{t.Access, ""}, s.Epoch(),
			acceptsGzip, func(r *http.Request) bool {
				return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/insights")
			}}
	}
	return nil
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// first is the first day of a report of so many days that ends before the world's today.
func (p *platform) first(days int) time.Time { return p.epoch.AddDate(0, 0, -days-1) }
