package all_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/all"
	google "github.com/admux/admux/providers/google/sim"
	linkedin "github.com/admux/admux/providers/linkedin/sim"
	meta "github.com/admux/admux/providers/meta/sim"
)

const (
	dDate, dHour, dWeek, dMonth = normalize.DimensionDate, normalize.DimensionHour, normalize.DimensionWeek, normalize.DimensionMonth
	dPlatform, dPosition        = normalize.DimensionPlatform, normalize.DimensionPlatformPosition
	dDevice, dCountry           = normalize.DimensionDevice, normalize.DimensionCountry
	dAge, dGender               = normalize.DimensionAge, normalize.DimensionGender
)

var everyDimension = []normalize.Dimension{dDate, dHour, dWeek, dMonth, dPlatform, dPosition, dDevice, dCountry, dAge, dGender}

// takes says which combinations a platform takes, in the words of contract/normalization.md, section 7.
var takes = map[string]func(normalize.Level, []normalize.Dimension) bool{
	"linkedinads": func(l normalize.Level, dims []normalize.Dimension) bool {
		return l != normalize.LevelKeyword && count(dims, dDate, dWeek, dMonth) <= 1 && count(dims, dPlatform, dPosition, dDevice, dCountry) <= 1 && count(dims, dHour, dAge, dGender) == 0
	},
	"googleads": func(l normalize.Level, dims []normalize.Dimension) bool {
		upper := l == normalize.LevelOrganization || l == normalize.LevelCampaign || l == normalize.LevelGroup
		others := count(dims, dPlatform, dPosition, dDevice, dAge, dGender)
		switch {
		case count(dims, dDate, dWeek, dMonth) > 1,
			count(dims, dHour) > 0 && (!upper || len(dims) > 1),
			count(dims, dCountry) > 0 && (!upper || others > 0),
			count(dims, dAge, dGender) > 0 && (!upper || count(dims, dPosition) > 0),
			count(dims, dAge, dGender) > 1:
			return false
		}
		return true
	},
	"metaads": func(l normalize.Level, dims []normalize.Dimension) bool {
		families := 0
		for _, f := range [][]normalize.Dimension{{dAge, dGender}, {dCountry}, {dHour}, {dPlatform, dPosition, dDevice}} {
			families += min(count(dims, f...), 1)
		}
		return l != normalize.LevelKeyword && count(dims, dDate, dWeek, dMonth) <= 1 && families <= 1
	},
}

// leavesOut says where a platform is known to leave something out: there its reports say so, and nowhere else.
var leavesOut = map[string]func(normalize.Level, []normalize.Dimension) bool{
	"linkedinads": func(_ normalize.Level, dims []normalize.Dimension) bool { return count(dims, dCountry) > 0 },
	"googleads": func(l normalize.Level, dims []normalize.Dimension) bool {
		below := l != normalize.LevelOrganization && l != normalize.LevelCampaign
		return l == normalize.LevelKeyword || count(dims, dCountry, dAge, dGender) > 0 || below && count(dims, dPosition) > 0
	},
	"metaads": func(_ normalize.Level, dims []normalize.Dimension) bool {
		return count(dims, dCountry, dAge, dGender) > 0
	},
}

func count(dims []normalize.Dimension, of ...normalize.Dimension) int {
	n := 0
	for _, d := range dims {
		if slices.Contains(of, d) {
			n++
		}
	}
	return n
}

// subsets are all sets of at most n dimensions.
func subsets(n int) [][]normalize.Dimension {
	out := [][]normalize.Dimension{nil}
	for _, d := range everyDimension {
		for _, s := range slices.Clone(out) {
			if len(s) < n {
				out = append(out, append(slices.Clone(s), d))
			}
		}
	}
	return out
}

// Each platform takes the combinations of up to three dimensions that the contract's table gives it, at each level, and
// refuses every other with the ones that it takes.
func TestMatrix_whatIsTakenAndWhatIsRefused(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, p := range opened(t) {
		r, taken := p.session.Reports, 0
		for _, l := range normalize.Levels() {
			for _, dims := range subsets(3) {
				_, err := r.Plan(providers.ReportQuery{
					Orgs: []normalize.Organization{{ID: "1", Currency: "USD", Timezone: "UTC"}}, Level: l, Dimensions: dims, Metrics: []normalize.Metric{normalize.MetricClicks}, Now: now,
					Range: normalize.DayRange{From: normalize.Day{Year: 2026, Month: 11, Dom: 1}, To: normalize.Day{Year: 2026, Month: 11, Dom: 8}},
				})
				want := takes[p.spec.ID](l, dims)
				switch {
				case want != (err == nil):
					t.Errorf("%s %s by %v: %v", p.spec.ID, l, dims, err)
				case err == nil:
					taken++
				case providers.KindOf(err) != providers.Rejected || slices.Contains(r.Levels, l) && !strings.Contains(err.Error(), r.Combinations):
					t.Errorf("%s %s by %v is refused without what is taken: %v", p.spec.ID, l, dims, err)
				}
			}
			if declared := slices.Contains(r.Levels, l); declared != takes[p.spec.ID](l, nil) {
				t.Errorf("%s declares level %s: %v", p.spec.ID, l, declared)
			}
		}
		for _, d := range everyDimension {
			if declared := slices.Contains(r.Dimensions, d); declared != takes[p.spec.ID](normalize.LevelCampaign, []normalize.Dimension{d}) {
				t.Errorf("%s declares %s: %v", p.spec.ID, d, declared)
			}
		}
		t.Logf("%s takes %d combinations", p.spec.ID, taken)
	}
}

// vocabulary are the values of dimensions.
var vocabulary = map[normalize.Dimension]*regexp.Regexp{
	dDate: regexp.MustCompile(`^\d{4}-\d\d-\d\d$`), dWeek: regexp.MustCompile(`^\d{4}-\d\d-\d\d$`), dMonth: regexp.MustCompile(`^\d{4}-\d\d$`),
	dHour:     regexp.MustCompile(`^\d{4}-\d\d-\d\dT([01]\d|2[0-3])$`),
	dDevice:   regexp.MustCompile(`^(MOBILE|TABLET|DESKTOP|CONNECTED_TV|OTHER|UNKNOWN)$`),
	dGender:   regexp.MustCompile(`^(MALE|FEMALE|UNKNOWN)$`),
	dAge:      regexp.MustCompile(`^(13-17|18-24|25-34|35-44|45-54|55-64|65\+|UNKNOWN)$`),
	dCountry:  regexp.MustCompile(`^([A-Z]{2}|UNKNOWN)$`),
	dPlatform: regexp.MustCompile(`^[A-Z][A-Z_]*$`), dPosition: regexp.MustCompile(`^[A-Z0-9][A-Z0-9_]*$`),
}

type token string

func (t token) Token(context.Context) (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: string(t), TokenType: "Bearer"}, nil
}
func (token) Reject(context.Context, *oauth2.Token) error { return nil }

// world is a simulated platform with one account.
type world struct {
	handler http.Handler
	access  string
	now     func() time.Time
	org     normalize.Organization
	words   map[string]map[string]string // of the contract's table: ours by dimension and the platform's own
}

func worlds() map[string]world {
	const accounts, campaigns, groups, ads, days = 1, 6, 2, 2, 16
	l := linkedin.New(linkedin.Options{Seed: 5, Accounts: accounts, Campaigns: campaigns, Groups: groups, Ads: ads, HistoryDays: days})
	g := google.New(google.Options{Seed: 5, Accounts: accounts, Campaigns: campaigns, Groups: groups, Ads: ads, HistoryDays: days})
	m := meta.New(meta.Options{Seed: 5, Accounts: accounts, Campaigns: campaigns, Groups: groups, Ads: ads, HistoryDays: days})
	la, ga, ma := l.Accounts()[0], g.Accounts()[0], m.Accounts()[0]
	return map[string]world{
		"linkedinads": {l, l.Grant().Access, l.Now, normalize.Organization{ID: la.ID, Currency: la.Currency, Timezone: "UTC"}, nil},
		"googleads":   {g, g.Grant().Access, g.Now, normalize.Organization{ID: ga.ID, Currency: ga.Currency, Timezone: ga.Zone}, nil},
		"metaads":     {m, m.Grant().Access, m.Now, normalize.Organization{ID: ma.ID, Currency: ma.Currency, Timezone: ma.Zone}, nil},
	}
}

var matrixKPIs = []normalize.Metric{normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost}

// Every combination of two dimensions that a platform takes, at every level, has words of the vocabulary only, and sums that
// are the ledger's for each object (creatives and keywords: for their groups) — or less, where it is said that something is left out.
func TestMatrix_sumsAreTheLedgers(t *testing.T) {
	t.Parallel()
	simulated, words := worlds(), tableOfWords(t)
	for _, p := range all.All() {
		w := simulated[p.Spec().ID]
		w.words = words[p.Spec().ID]
		t.Run(p.Spec().ID, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(w.handler)
			t.Cleanup(srv.Close)
			session := w.open(t, p, srv.URL)
			loc, err := time.LoadLocation(w.org.Timezone)
			if err != nil {
				t.Fatal(err)
			}
			today := normalize.DayOf(w.now().In(loc))
			days := normalize.DayRange{From: today.Add(-6), To: today.Add(-1)}
			books := ledger(t, srv.URL, w.org.ID, days)
			asked := 0
			for _, l := range normalize.Levels() {
				for _, dims := range subsets(2) {
					if takes[p.Spec().ID](l, dims) {
						asked++
						q := providers.ReportQuery{Orgs: []normalize.Organization{w.org}, Level: l, Dimensions: dims, Metrics: matrixKPIs, Range: days, Now: w.now(), Raw: len(dims) > 0}
						w.cell(t, session, q, books, leavesOut[p.Spec().ID](l, dims))
					}
				}
			}
			t.Logf("%d combinations", asked)
		})
	}
}

func (w world) open(t *testing.T, p providers.Provider, base string) *providers.Session {
	t.Helper()
	moved := map[string]string{}
	for _, h := range p.Spec().Hosts {
		moved[h] = base
	}
	tr, err := providers.NewTransport(http.DefaultTransport, p.Spec().Hosts, moved)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Open(providers.Conn{ID: "c1", Tokens: token(w.access)}, providers.Deps{
		HTTP: &http.Client{Transport: tr}, Now: w.now, Log: slog.New(slog.DiscardHandler),
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tableOfWords reads section 7 of the contract's table: by platform, dimension and the platform's own value.
func tableOfWords(t *testing.T) map[string]map[string]map[string]string {
	t.Helper()
	b, err := os.ReadFile("../conformance/normalization.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Dimensions struct {
			Map map[string]map[string]map[string]any
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]map[string]string{}
	for name, id := range map[string]string{"linkedin": "linkedinads", "googleads": "googleads", "meta": "metaads"} {
		out[id] = map[string]map[string]string{}
		for d, by := range file.Dimensions.Map {
			out[id][d] = map[string]string{}
			for own, ours := range by[name] {
				if s, ok := ours.(string); ok && own != "param" {
					out[id][d][own] = s
				}
			}
		}
	}
	return out
}

// book is a line of the ledger.
type book struct {
	Campaign, Group, Ad string
	Impressions, Clicks normalize.Decimal
	Cost                normalize.Decimal
}

func ledger(t *testing.T, base, org string, days normalize.DayRange) []book {
	t.Helper()
	resp, err := http.Get(fmt.Sprintf("%s/_sim/ledger?org=%s&from=%s&to=%s", base, org, days.From, days.To)) //nolint:noctx // of a test
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out []book
	for sc := bufio.NewScanner(resp.Body); sc.Scan(); {
		var b book
		if err := json.Unmarshal(sc.Bytes(), &b); err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	if len(out) < 10 {
		t.Fatalf("the ledger has %d lines", len(out))
	}
	return out
}

// of is the object that a line is held against at a level.
func (b book) of(l normalize.Level) string {
	switch l {
	case normalize.LevelCampaign:
		return b.Campaign
	case normalize.LevelGroup, normalize.LevelCreative, normalize.LevelKeyword:
		return b.Group
	case normalize.LevelAd:
		return b.Ad
	}
	return ""
}

// called holds what a platform itself calls a value against the contract's table, where that has a word for each.
func (w world) called(t *testing.T, d normalize.Dimension, ours string, own []string) {
	t.Helper()
	if d == dDate || d == dHour || d == dWeek || d == dMonth {
		if len(own) > 0 {
			t.Errorf("%s is called %q", d, own)
		}
		return
	}
	if len(own) == 0 && ours != "UNKNOWN" {
		t.Errorf("%s %s is called nothing", d, ours)
	}
	for _, v := range own {
		of := w.words[string(d)]
		want, has := of[v]
		switch {
		case !has && (d == dCountry || d == dPosition || of["*"] != "" || d == dAge && v == ours):
		case !has:
			t.Errorf("%s: the table does not have %q, which is answered as %s", d, v, ours)
		case want != ours:
			t.Errorf("%s: %q is answered as %s, the table says %s", d, v, ours, want)
		}
	}
}

func (w world) cell(t *testing.T, s *providers.Session, q providers.ReportQuery, books []book, short bool) {
	t.Helper()
	what := fmt.Sprint(q.Level, " by ", q.Dimensions)
	parts, err := s.Reports.Plan(q)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	got, want := map[string][]normalize.Decimal{}, map[string][]normalize.Decimal{}
	add := func(m map[string][]normalize.Decimal, key string, values ...normalize.Decimal) {
		if m[key] == nil {
			m[key] = make([]normalize.Decimal, len(values))
		}
		for i := range values {
			m[key][i] = m[key][i].Add(values[i])
		}
	}
	seen := map[string]bool{}
	var left []string
	for _, p := range parts {
		m := p.Meta
		for r, err := range s.Reports.Stream(t.Context(), p, &m) {
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			key := fmt.Sprint(r.Entity(q.Level).ID, r.Dims, r.Group.ID)
			if seen[key] {
				t.Errorf("%s: %s comes twice", what, key)
			}
			seen[key] = true
			for i, d := range q.Dimensions {
				if !vocabulary[d].MatchString(r.Dims[i]) {
					t.Errorf("%s: %s is %q", what, d, r.Dims[i])
				}
				var own []string
				if i < len(r.Raw) {
					own = r.Raw[i]
				}
				w.called(t, d, r.Dims[i], own)
			}
			e := r.Entity(q.Level).ID
			switch q.Level {
			case normalize.LevelOrganization:
				e = ""
			case normalize.LevelCreative, normalize.LevelKeyword:
				e = r.Group.ID
			}
			add(got, strings.TrimPrefix(e, "assetgroup:"), r.Values[0].D, r.Values[1].D, r.Values[2].D)
		}
		left = append(left, m.Left...)
	}
	if short != (len(left) > 0) {
		t.Errorf("%s: left out: %q", what, left)
	}
	for _, b := range books {
		add(want, b.of(q.Level), b.Impressions, b.Clicks, b.Cost)
	}
	for key, v := range want {
		for i := range v {
			have := normalize.Decimal{}
			if got[key] != nil {
				have = got[key][i]
			}
			// What a platform approximates may go over by a tenth.
			if c := have.Cmp(v[i]); c != 0 && (len(left) == 0 || have.Cmp(v[i].Mul(normalize.Scaled(11, 1))) > 0) {
				t.Errorf("%s: %s of %q is %s, the ledger has %s; left out: %q", what, matrixKPIs[i], key, have, v[i], left)
			}
		}
	}
	for key := range got {
		if want[key] == nil && !got[key][0].IsZero() {
			t.Errorf("%s: the ledger knows nothing of %q", what, key)
		}
	}
}
