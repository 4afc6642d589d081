package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// toySim is a platform of the suite's own, to prove the suite with: accounts, campaigns, groups, ads with ids past
// 2^53, and a report in pages of at most 1,000 rows.
type toySim struct {
	t    testing.TB
	srv  *httptest.Server
	o    Options
	orgs []toyOrg

	mu     sync.Mutex
	off    time.Duration
	tokens map[string]bool // access tokens that are good
	fresh  map[string]bool // refresh tokens that are good
	codes  map[string]bool
	n      int
	faults []*toyFault
	freed  chan struct{}
	calls  []Call
	built  map[string][]any // reports by their question
}

type toyFault struct {
	Fault
	seen, struck int
}

type toyOrg struct {
	id, currency, zone string
	ads                []toyAd
}

type toyAd struct {
	n                   int64
	campaign, group, id int64
	status              string
}

const (
	toyFirst  = int64(9007199254741001) // past 2^53, odd: a float loses it
	toySecret = "toy-client-secret-canary"
)

func newToySim(t testing.TB, o Options) *toySim {
	if o.Accounts == 0 {
		o.Accounts = 2
	}
	if o.Campaigns == 0 {
		o.Campaigns, o.Groups, o.Ads, o.HistoryDays = 2, 2, 3, 60
	}
	s := &toySim{t: t, o: o, tokens: map[string]bool{}, fresh: map[string]bool{}, codes: map[string]bool{}, freed: make(chan struct{})}
	id := toyFirst
	for a := range o.Accounts {
		org := toyOrg{id: strconv.FormatInt(id, 10), currency: []string{"USD", "JPY"}[a%2], zone: []string{"UTC", "America/New_York"}[a%2]}
		id += 2
		for range o.Campaigns {
			campaign := id
			id += 2
			for range o.Groups {
				group := id
				id += 2
				for range o.Ads {
					st := "ON"
					if !o.Dense && id%3 == 0 {
						st = "OFF"
					}
					org.ads = append(org.ads, toyAd{n: id - toyFirst, campaign: campaign, group: group, id: id, status: st})
					id += 2
				}
			}
		}
		s.orgs = append(s.orgs, org)
	}
	s.srv = httptest.NewServer(s)
	t.Cleanup(s.srv.Close)
	return s
}

func (s *toySim) URL() string { return s.srv.URL }
func (s *toySim) App() providers.App {
	return providers.App{ClientID: "toy", ClientSecret: toySecret, RedirectURL: "https://admux.example/callback"}
}

func (s *toySim) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC).Add(s.off) // still yesterday in New York
}

func (s *toySim) Advance(d time.Duration) { s.mu.Lock(); defer s.mu.Unlock(); s.off += d }

func (s *toySim) Consent(t testing.TB, authURL string, allow bool) url.Values {
	u, err := url.Parse(authURL)
	if err != nil || !strings.HasPrefix(authURL, s.URL()) {
		t.Fatalf("consent at %s: %v", authURL, err)
	}
	back := url.Values{"state": {u.Query().Get("state")}}
	if !allow {
		back.Set("error", "access_denied")
		return back
	}
	back.Set("code", s.mint(s.codes, "code"))
	return back
}

func (s *toySim) mint(into map[string]bool, kind string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	v := fmt.Sprintf("toy-%s-canary-%d", kind, s.n)
	into[v] = true
	return v
}

func (s *toySim) Expire(what string) { s.Revoke(what) }
func (s *toySim) Revoke(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if what != "refresh" {
		clear(s.tokens)
	}
	if what != "access" {
		clear(s.fresh)
	}
}

func (s *toySim) Fault(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &toyFault{Fault: f})
}

func (s *toySim) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	close(s.freed)
	s.freed = make(chan struct{})
}

func (s *toySim) Calls() []Call { s.mu.Lock(); defer s.mu.Unlock(); return slices.Clone(s.calls) }

// fact of an ad and a day; whole tenths of a cent, so that floats show.
func toyFact(org toyOrg, a toyAd, d normalize.Day) Fact {
	day := int64(d.Sub(normalize.Day{Year: 2020, Month: 1, Dom: 1}))
	n := (a.n*7 + day*3) % 97
	return Fact{
		Org: org.id, Campaign: fmt.Sprint(a.campaign), Group: fmt.Sprint(a.group), Ad: fmt.Sprint(a.id), Date: d, Currency: org.currency,
		Impressions: normalize.Int(100 + n), Clicks: normalize.Int(n / 5), Cost: normalize.Scaled(1001+n*13, 3),
		Conversions: normalize.Scaled(n%7, 1), ConversionValue: normalize.Scaled((n%7)*1234567, 6),
	}
}

func (s *toySim) Ledger(org string, days normalize.DayRange) iter.Seq2[Fact, error] {
	return func(yield func(Fact, error) bool) {
		for _, o := range s.orgs {
			if o.id != org {
				continue
			}
			for d := s.clip(o, days.From); d.Before(days.To) && d.Before(s.today(o)); d = d.Add(1) {
				for _, a := range o.ads {
					if !yield(toyFact(o, a, d), nil) {
						return
					}
				}
			}
		}
	}
}

func (s *toySim) today(o toyOrg) normalize.Day {
	loc, err := time.LoadLocation(o.zone)
	if err != nil {
		s.t.Error(err)
		return normalize.Day{}
	}
	return normalize.DayOf(s.Now().In(loc))
}

func (s *toySim) clip(o toyOrg, d normalize.Day) normalize.Day {
	if first := s.today(o).Add(-s.o.HistoryDays); d.Before(first) {
		return first
	}
	return d
}

func (s *toySim) take(r *http.Request) (Fault, <-chan struct{}, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if !strings.Contains(r.URL.Path, f.Path) || f.Times >= 0 && f.struck >= f.Times {
			continue
		}
		if f.seen++; f.seen <= f.After {
			continue
		}
		f.struck++
		return f.Fault, s.freed, true
	}
	return Fault{}, nil, false
}

func (s *toySim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls = append(s.calls, Call{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery})
	s.mu.Unlock()
	f, freed, bad := s.take(r)
	switch {
	case !bad:
		s.serve(w, r)
	case f.Status != 0:
		for k, v := range f.Headers {
			w.Header().Set(k, v)
		}
		var body string
		_ = json.Unmarshal(f.Body, &body)
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, body)
	default:
		rec := httptest.NewRecorder()
		s.serve(rec, r)
		b := rec.Body.Bytes()
		if f.CutAfterBytes != nil && int(*f.CutAfterBytes) >= len(b) {
			_, _ = w.Write(b)
			return
		}
		if f.CutAfterBytes != nil && *f.CutAfterBytes > 0 {
			_, _ = w.Write(b[:*f.CutAfterBytes])
			_ = http.NewResponseController(w).Flush()
		}
		if f.Stall {
			select {
			case <-r.Context().Done():
			case <-freed:
			}
		}
		panic(http.ErrAbortHandler)
	}
}

func (s *toySim) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/oauth/token" {
		s.token(w, r)
		return
	}
	w.Header().Set("X-Request-Id", "req-toy")
	s.mu.Lock()
	good := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	s.mu.Unlock()
	if !good {
		toyRefuse(w, 401, "BAD_TOKEN", "the token is not good")
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	if len(parts) == 1 && parts[0] == "accounts" {
		var all []any
		for _, o := range s.orgs {
			all = append(all, map[string]any{"id": json.Number(o.id), "name": "Account " + o.id, "currency": o.currency, "zone": o.zone})
		}
		toyPage(w, r, all)
		return
	}
	i := slices.IndexFunc(s.orgs, func(o toyOrg) bool { return len(parts) > 2 && o.id == parts[1] })
	switch {
	case i < 0 || len(parts) < 3:
		toyRefuse(w, 404, "NOT_FOUND", "no such account")
	case parts[2] == "report":
		s.report(w, r, s.orgs[i])
	default:
		s.objects(w, r, s.orgs[i], parts[2:])
	}
}

func (s *toySim) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.mu.Lock()
	good := r.Form.Get("client_secret") == toySecret && (s.codes[r.Form.Get("code")] || s.fresh[r.Form.Get("refresh_token")])
	delete(s.codes, r.Form.Get("code"))
	s.mu.Unlock()
	if !good {
		w.WriteHeader(400)
		_, _ = io.WriteString(w, `{"error":"invalid_grant"}`)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"access_token": s.mint(s.tokens, "access"), "refresh_token": s.mint(s.fresh, "refresh"), "token_type": "bearer", "expires_in": 86400 * 365 * 10,
	})
}

func toyRefuse(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "message": message})
}

func toyPage(w http.ResponseWriter, r *http.Request, all []any) {
	start, _ := strconv.Atoi(r.URL.Query().Get("start"))
	count, _ := strconv.Atoi(r.URL.Query().Get("count"))
	lo := min(start, len(all))
	hi := min(lo+min(max(count, 1), 1000), len(all))
	_ = json.NewEncoder(w).Encode(map[string]any{"items": append([]any{}, all[lo:hi]...), "more": hi < len(all)})
}

func (s *toySim) objects(w http.ResponseWriter, r *http.Request, o toyOrg, parts []string) {
	var all []any
	seen := map[int64]bool{}
	for _, a := range o.ads {
		obj := map[string]any{"campaign": a.campaign, "status": a.status}
		id := a.id
		switch parts[0] {
		case "campaigns":
			id, obj["status"] = a.campaign, "ON"
		case "groups":
			id, obj["status"] = a.group, "ON"
		case "ads":
			obj["group"] = a.group
		default:
			toyRefuse(w, 404, "NOT_FOUND", "no such path")
			return
		}
		obj["id"], obj["name"] = id, fmt.Sprint("Name ", id)
		q := r.URL.Query()
		if seen[id] || q.Get("status") != "" && obj["status"] != q.Get("status") || q.Get("campaign") != "" && fmt.Sprint(a.campaign) != q.Get("campaign") {
			continue
		}
		seen[id] = true
		if len(parts) == 2 && parts[1] == fmt.Sprint(id) {
			_ = json.NewEncoder(w).Encode(obj)
			return
		}
		all = append(all, obj)
	}
	if len(parts) > 1 {
		toyRefuse(w, 404, "NOT_FOUND", "no such object")
		return
	}
	toyPage(w, r, all)
}
