package sim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/admux/admux/providers/google/sim"
)

// big is one account of 2,000 ads that deliver every day of three years.
var big = sim.Options{Seed: 1, Now: fixedNow, Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		sim.New(big)
	}
}

// BenchmarkMillionRows streams a report of ads by day.
func BenchmarkMillionRows(b *testing.B) {
	s := sim.New(big)
	srv := httptest.NewServer(s)
	defer srv.Close()
	token := s.Grant().Access
	const q = `SELECT ad_group_ad.ad.id, ad_group.id, campaign.id, segments.date, metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.conversions FROM ad_group_ad WHERE segments.date BETWEEN '2025-07-12' AND '2026-11-23'`
	for b.Loop() {
		req, _ := http.NewRequest("POST", srv.URL+"/v26/customers/4210000001/googleAds:searchStream", strings.NewReader(`{"query":`+quoted(q)+`}`))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if err != nil || resp.StatusCode != 200 {
			b.Fatal(resp.StatusCode, err)
		}
		b.ReportMetric(float64(n), "bytes")
		resp.Body.Close()
	}
}

// BenchmarkList5000 lists the campaigns of one large account.
func BenchmarkList5000(b *testing.B) {
	s := sim.New(sim.Options{Seed: 1, Now: fixedNow, Accounts: 1, Campaigns: 5000, Groups: 1, Ads: 1})
	srv := httptest.NewServer(s)
	defer srv.Close()
	token := s.Grant().Access
	for b.Loop() {
		req, _ := http.NewRequest("POST", srv.URL+"/v26/customers/4210000001/googleAds:searchStream", strings.NewReader(`{"query":"SELECT campaign.id, campaign.name, campaign.primary_status, campaign_budget.amount_micros FROM campaign"}`))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
			b.Fatal(resp.StatusCode, err)
		}
		resp.Body.Close()
	}
}
