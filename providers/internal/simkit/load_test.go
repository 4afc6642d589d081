package simkit

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func smallLoad() Load {
	return Load{
		Account: LoadAccount{Name: "Acme", Currency: "EUR", TimeZone: "Asia/Tokyo"},
		Campaigns: []LoadCampaign{{Name: "C", Status: "active", Objective: "sales", Start: "2026-11-01", End: "2026-11-30", DailyBudget: "12.50",
			Groups: []LoadGroup{{Name: "G", Status: "paused", Ads: []LoadAd{{Name: "A", Status: "active", Headline: "H", Text: "T", URL: "https://a.example",
				Facts: []LoadFact{{Date: "2026-11-02", Impressions: 100, Clicks: 3, Cost: "1.23", Conversions: "0.5", ConversionValue: "9"}, {Date: "2026-11-05", Impressions: 1}}}}}}}},
	}
}

var loadTime = time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC) // the 25th in Tokyo

func TestLoadedFactsAreFinal(t *testing.T) {
	t.Parallel()
	w := NewWorld(Options{Seed: 1, Epoch: loadTime})
	before := len(w.List())
	a, err := w.Load(smallLoad(), loadTime)
	if err != nil || len(w.List()) != before+1 || w.Account(a.ID) != a || !a.Loaded {
		t.Fatal(err)
	}
	ad := a.Campaigns[0].Groups[0].Ads[0]
	if w.Ad(ad.ID) != ad || a.Campaigns[0].DailyBudget != 12_500_000 || a.Campaigns[0].End.In(a.Loc).Format(time.DateTime) != "2026-11-30 23:59:59" {
		t.Errorf("%+v", a.Campaigns[0])
	}
	d := Date(2026, 11, 2)
	for _, asOf := range []time.Time{loadTime, loadTime.AddDate(0, 3, 0)} {
		f := w.Day(ad, d, asOf)
		if f[Impressions] != 100 || f[Cost] != 1_230_000 || f.Conversions() != 500_000 || f[ConversionValue] != 9_000_000 || f[Clicks] != 3 {
			t.Errorf("%v", f)
		}
		var hours Fact
		for _, h := range w.Hours(ad, d, asOf) {
			hours.Add(&h)
		}
		if hours != f {
			t.Errorf("hours %v, day %v", hours, f)
		}
	}
	if sum := w.Sum(ad, d-100, d+100, loadTime); sum[Impressions] != 101 || !ad.Delivered(d, d+1) || ad.Delivered(d-5, d) {
		t.Errorf("%v", sum)
	}
	for i, days := range []Day{d, d + 3} {
		if ad.Days()[i] != days {
			t.Errorf("%v", ad.Days())
		}
	}
	b, err := w.Load(smallLoad(), loadTime)
	if err != nil || b.ID == a.ID || b.Campaigns[0].ID == a.Campaigns[0].ID || b.Assets[0].ID == a.Assets[0].ID {
		t.Error("a second load shares numbers with the first")
	}
}

func TestLoadRefusals(t *testing.T) {
	t.Parallel()
	w := NewWorld(Options{Seed: 1, Epoch: loadTime})
	before := len(w.List())
	for want, spoil := range map[string]func(*Load){
		"account.name":                                       func(l *Load) { l.Account.Name = "" },
		"account.currency":                                   func(l *Load) { l.Account.Currency = "eur" },
		"account.time_zone":                                  func(l *Load) { l.Account.TimeZone = "Mars/Olympus" },
		"campaigns[0].status":                                func(l *Load) { l.Campaigns[0].Status = "ACTIVE" },
		"campaigns[0].objective":                             func(l *Load) { l.Campaigns[0].Objective = "fun" },
		"campaigns[0].start":                                 func(l *Load) { l.Campaigns[0].Start = "1 May" },
		"campaigns[0].end":                                   func(l *Load) { l.Campaigns[0].End = "2026-10-01" },
		"campaigns[0].daily_budget":                          func(l *Load) { l.Campaigns[0].DailyBudget = "1.005" },
		"campaigns[0].groups[0].name":                        func(l *Load) { l.Campaigns[0].Groups[0].Name = "" },
		"campaigns[0].groups[0].ads[0].url":                  func(l *Load) { l.Campaigns[0].Groups[0].Ads[0].URL = "shop" },
		"campaigns[0].groups[0].ads[0].headline":             func(l *Load) { l.Campaigns[0].Groups[0].Ads[0].Headline = "" },
		"campaigns[0].groups[0].ads[0].facts[1].date":        func(l *Load) { l.Campaigns[0].Groups[0].Ads[0].Facts[1].Date = "2026-11-02" },
		"campaigns[0].groups[0].ads[0].facts[0].date":        func(l *Load) { l.Campaigns[0].Groups[0].Ads[0].Facts[0].Date = "2026-11-26" },
		"campaigns[0].groups[0].ads[0].facts[0].cost":        func(l *Load) { l.Campaigns[0].Groups[0].Ads[0].Facts[0].Cost = "-1" },
		"campaigns[0].groups[0].ads[0].facts[0]":             func(l *Load) { l.Campaigns[0].Groups[0].Ads[0].Facts[0].Clicks = 101 },
		"campaigns[0].groups[0].ads[0].facts[0].conversions": func(l *Load) { l.Campaigns[0].Groups[0].Ads[0].Facts[0].Conversions = "0.001" },
	} {
		l := smallLoad()
		spoil(&l)
		if _, err := w.Load(l, loadTime); err == nil || !strings.Contains(err.Error(), want+":") {
			t.Errorf("%s: %v", want, err)
		}
	}
	if len(w.List()) != before {
		t.Error("a refused load left something")
	}
	zoned := NewWorld(Options{Seed: 1, Epoch: loadTime, Zone: "UTC"})
	if _, err := zoned.Load(smallLoad(), loadTime); err == nil {
		t.Error("another zone was taken by a platform with one")
	}
}

func TestLoadPath(t *testing.T) {
	t.Parallel()
	k := &Kit{World: NewWorld(Options{Seed: 1, Epoch: loadTime}), Clock: NewClock(func() time.Time { return loadTime }), Faults: &Faults{}, Calls: &Calls{}}
	post := func(body string) (int, string) {
		w := httptest.NewRecorder()
		k.Handler(nil).ServeHTTP(w, httptest.NewRequest("POST", "/_sim/load", strings.NewReader(body)))
		return w.Code, w.Body.String()
	}
	const body = `{"account":{"name":"Acme","currency":"EUR"},"campaigns":[{"name":"C","status":"active","objective":"leads","groups":[{"name":"G","status":"active","ads":[]}]}]}`
	if status, text := post(body); status != 400 {
		t.Errorf("loaded without a hook: %s", text)
	}
	k.OnLoad = func(*Account, *Load) error { return nil }
	if status, text := post(body); status != 200 || !strings.Contains(text, `"groups":[{"id":"`) || !strings.Contains(text, `"ads":[]`) {
		t.Errorf("%d %s", status, text)
	}
	for _, bad := range []string{strings.Replace(body, `"campaigns"`, `"foo":1,"campaigns"`, 1), body + "{}", "null x", ""} {
		if status, text := post(bad); status != 400 {
			t.Errorf("%s: %d %s", bad, status, text)
		}
	}
}

func FuzzParseMicros(f *testing.F) {
	for _, s := range []string{"0", "12.34", "-0.000001", "999999999999.999999", ".5", "1.", "1e3", "--1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseMicros(s)
		if err != nil {
			return
		}
		if again, err := ParseMicros(FormatMicros(v)); err != nil || again != v {
			t.Errorf("%q is %d, written and read again %d (%v)", s, v, again, err)
		}
	})
}

func TestWholeGrantAndVerifier(t *testing.T) {
	t.Parallel()
	m := Member{ID: "m"}
	now := loadTime
	o := NewOAuth(OAuthConfig{Apps: []App{{ClientID: "c", ClientSecret: "s", RedirectURIs: []string{"r"}}}, Members: []Member{m},
		CodeTTL: time.Hour, AccessTTL: time.Hour, TokenLength: 40, WholeGrant: true, MaxRefresh: 2, KeepOnScopeChange: true}, NewClock(func() time.Time { return now }))
	code := o.Consent(ConsentRequest{ClientID: "c", Redirect: "r", Member: m, Scopes: []string{"a"}, Challenge: s256("secret")})
	if _, err := o.Exchange(code, "c", "s", "r"); !errors.Is(err, ErrVerifier) {
		t.Errorf("no verifier: %v", err)
	}
	one, err := o.ExchangeVerified(code, "c", "s", "r", "secret")
	if err != nil || !one.RefreshExpires.IsZero() {
		t.Fatal(err)
	}
	now = now.AddDate(5, 0, 0)
	if _, err := o.Refresh(one.Refresh, "c", "s"); err != nil {
		t.Errorf("a refresh token without end ended: %v", err)
	}
	two, three := o.Grant("c", m, []string{"b"}), o.Grant("c", m, nil)
	if _, err := o.Refresh(one.Refresh, "c", "s"); !errors.Is(err, ErrGrant) {
		t.Error("the oldest of three refresh tokens lives with a cap of two")
	}
	if !o.Revoke(two.Access) {
		t.Error("nothing revoked")
	}
	if _, err := o.Refresh(three.Refresh, "c", "s"); !errors.Is(err, ErrGrant) || o.Consented("c", m) {
		t.Error("the rest of the grant lives")
	}
	four := o.Grant("c", m, []string{"x", "y"})
	if long, err := o.Prolong(four.Access, "c", "s", 48*time.Hour); err != nil || long.Expires.Sub(now) != 48*time.Hour {
		t.Errorf("%v", err)
	}
	o.Narrow("c", "m", "y")
	if live, _ := o.Check(four.Access); len(live.Scopes) != 1 || o.RevokeMember("c", "m") != 2 {
		t.Errorf("%v", live.Scopes)
	}
}
