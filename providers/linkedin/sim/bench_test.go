package sim_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/linkedin/sim"
)

// threeYears is the world of the memory bench: one account, 2,000 creatives,
// three years of days, every one delivering.
func threeYears() sim.Options {
	return sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true, Now: fixedNow}
}

func BenchmarkNewThreeYears(b *testing.B) {
	for b.Loop() {
		sim.New(threeYears())
	}
}

func ask(tb testing.TB, s *sim.Sim, token, path string) int {
	tb.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("LinkedIn-Version", "202609")
	r.Header.Set("X-Restli-Protocol-Version", "2.0.0")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		tb.Fatalf("%d %s", w.Code, w.Body)
	}
	return strings.Count(w.Body.String(), `"dateRange"`)
}

const twentyFields = "fields=dateRange,pivotValues,impressions,clicks,costInLocalCurrency,costInUsd,externalWebsiteConversions," +
	"externalWebsitePostClickConversions,externalWebsitePostViewConversions,conversionValueInLocalCurrency,likes,comments,shares," +
	"follows,totalEngagements,otherEngagements,landingPageClicks,videoViews,oneClickLeads,companyPageClicks"

func BenchmarkReport15000Rows(b *testing.B) {
	s := sim.New(threeYears())
	token := s.Grant().Access
	s.OAuth(func(*sim.OAuthSettings) {})
	b.ResetTimer()
	for b.Loop() {
		s.Advance(5 * time.Minute) // the throttle on metric values
		if n := ask(b, s, token, analytics("dateRange="+days("2025-01-01", "2026-11-23"), twentyFields)); n != 15_000 {
			b.Fatalf("%d rows", n)
		}
	}
}
