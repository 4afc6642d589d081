package linkedin_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin"
	"github.com/admux/admux/providers/linkedin/sim"
)

func TestTrap01_V1_ADeadVersionFallsForward(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	with := func(setting string) func(*providers.Conn, *providers.Deps) {
		return func(c *providers.Conn, d *providers.Deps) {
			c.Settings = map[string]string{"api_version": setting}
			d.Log = slog.New(slog.NewTextHandler(&log, nil))
		}
	}
	w := connect(t, sim.Options{LiveVersions: []string{"202608"}}, with("202511"))
	if got := all(t, w.Organizations, providers.ListQuery{}); len(got) == 0 {
		t.Fatal("nothing was listed")
	}
	all(t, w.Organizations, providers.ListQuery{})
	refused := 0
	for _, c := range w.sim.Calls() {
		if c.Status == http.StatusUpgradeRequired {
			refused++
		}
	}
	if refused != 2 { // 202511, then 202609; what was learnt then serves every call
		t.Errorf("%d calls were refused", refused)
	}
	if !strings.Contains(log.String(), "202511") || !strings.Contains(log.String(), "api_version") || !strings.Contains(log.String(), "WARN") {
		t.Errorf("the log says %q", log.String())
	}
	none := connect(t, sim.Options{LiveVersions: []string{"209901"}}, with("202609"))
	_, err := none.Organizations.List(t.Context(), providers.ListQuery{Size: 1})
	e, _ := err.(*providers.Error) //nolint:errorlint // the maker's own
	if e == nil || e.Kind != providers.Unsupported || e.Field != "api_version" || !strings.Contains(e.Message, "api_version") {
		t.Errorf("with no version left: %+v", err)
	}
	if _, err := linkedin.New().Open(providers.Conn{Settings: map[string]string{"api_version": "latest"}}, providers.Deps{}); providers.KindOf(err) != providers.Invalid {
		t.Errorf("a version that is none: %v", err)
	}
}

func TestTrap02_QueryEncoding(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/adCampaigns": answer(200, `{"elements":[]}`),
	})
	if _, err := s.Groups.List(t.Context(), providers.ListQuery{Org: "1", Campaign: "61", Status: []string{"PAUSED"}, Size: 5}); err != nil {
		t.Fatal(err)
	}
	want := "q=search&search=(status:(values:List(PAUSED)),campaignGroup:(values:List(urn%3Ali%3AsponsoredCampaignGroup%3A61)))&sortOrder=ASCENDING&pageSize=5"
	if got := script.calls("adAccounts/1/adCampaigns"); len(got) != 1 || got[0].query != want {
		t.Errorf("on the wire %v, want %s", got, want)
	}
}

func TestTrap06_EnumSpelling(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/adCampaignGroups": answer(200, `{"elements":[
			{"id":1,"status":"CANCELLED","objectiveType":"WEBSITE_CONVERSION"},{"id":2,"status":"CANCELED","objectiveType":"WEBSITE_CONVERSIONS"},
			{"id":3,"status":"SOMETHING_NEW","objectiveType":"VIDEO_VIEW"}]}`),
	})
	got := all(t, s.Campaigns, providers.ListQuery{Org: "1"})
	if got[0].Status != normalize.StatusArchived || got[1].Status != normalize.StatusArchived || got[2].Status != normalize.StatusUnspecified {
		t.Errorf("statuses: %v %v %v", got[0].Status, got[1].Status, got[2].Status)
	}
	if got[0].Goal != normalize.GoalSales || got[1].Goal != normalize.GoalUnspecified || got[2].Goal != normalize.GoalEngagement || got[2].KPI.Type != normalize.GoalKPITypeCpv {
		t.Errorf("goals: %+v", got)
	}
	if q := script.calls("adAccounts/1/adCampaignGroups")[0].query; !strings.Contains(q, "CANCELED") || strings.Contains(q, "CANCELLED") || !strings.Contains(q, "REMOVED") {
		t.Errorf("statuses sent: %s", q)
	}
}

func TestTrap07_CampaignIsOurGroup(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/adCampaignGroups": answer(200, `{"elements":[{"id":1,"status":"ACTIVE"},{"id":2,"status":"ACTIVE"},{"id":3,"status":"ACTIVE"},{"id":4,"status":"ACTIVE","objectiveType":"LEAD_GENERATION"}]}`),
		"adAccounts/1/adCampaigns": answer(200, `{"elements":[
			{"id":11,"campaignGroup":"urn:li:sponsoredCampaignGroup:1","objectiveType":"WEBSITE_VISIT"},{"id":12,"campaignGroup":"urn:li:sponsoredCampaignGroup:1","objectiveType":"WEBSITE_VISIT"},
			{"id":21,"campaignGroup":"urn:li:sponsoredCampaignGroup:2","objectiveType":"WEBSITE_VISIT"},{"id":22,"campaignGroup":"urn:li:sponsoredCampaignGroup:2","objectiveType":"VIDEO_VIEW"},
			{"id":23,"campaignGroup":"urn:li:sponsoredCampaignGroup:2","objectiveType":"WEBSITE_VISIT"}]}`),
	})
	var goals []normalize.Goal
	for _, c := range all(t, s.Campaigns, providers.ListQuery{Org: "1"}) {
		goals = append(goals, c.Goal)
		if c.BudgetAmount != nil {
			t.Errorf("a budget out of nothing: %+v", c)
		}
	}
	if want := []normalize.Goal{normalize.GoalWebsiteTraffic, normalize.GoalUnspecified, normalize.GoalUnspecified, normalize.GoalLeads}; !slices.Equal(goals, want) {
		t.Errorf("goals %v, want %v: one that all children share, differing, no children, its own", goals, want)
	}
	for _, g := range all(t, s.Groups, providers.ListQuery{Org: "1", Fields: []string{"id"}}) {
		if g.CampaignID == "" {
			t.Errorf("LinkedIn's campaign is our group, with a campaign above it: %+v", g)
		}
	}
}

func TestTrap15_IdsDiffer(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 2})
	org := all(t, w.Organizations, providers.ListQuery{})[1] // its ids are past 2^53
	ads := all(t, w.Ads, providers.ListQuery{Org: org.ID})
	if len(ads) == 0 || len(ads[0].ID) < 16 {
		t.Fatalf("ads %+v", ads)
	}
	for _, id := range []string{ads[0].ID, "urn:li:sponsoredCreative:" + ads[0].ID} {
		got, err := w.Ads.Get(t.Context(), providers.Ref{Org: org.ID, ID: id})
		if err != nil || got.ID != ads[0].ID || got.GroupID != ads[0].GroupID {
			t.Errorf("%s: %+v, %v", id, got, err)
		}
	}
	if _, err := w.Ads.Get(t.Context(), providers.Ref{Org: org.ID, ID: "urn:li:sponsoredCampaign:" + ads[0].ID}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("the URN of another kind: %v", err)
	}
	if got, err := w.Ads.Get(t.Context(), providers.Ref{ID: ads[0].ID}); err != nil || got.OrganizationID != org.ID {
		t.Errorf("without its account, of several: %+v, %v", got, err)
	}
}

func TestTrap16_PagingDiffersPerResource(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1, Campaigns: 3, Groups: 5, Ads: 10})
	if n := len(all(t, w.Ads, providers.ListQuery{})); n != 150 || w.Ads.MaxPage != 100 || w.Groups.MaxPage != 1000 {
		t.Errorf("%d ads in pages of %d", n, w.Ads.MaxPage)
	}
	all(t, w.Groups, providers.ListQuery{})
	all(t, w.Promoted, providers.ListQuery{Type: []string{"CUSTOM_CONVERSION_ID"}})
	for _, c := range w.sim.Calls() {
		byToken := strings.Contains(c.Query, "pageSize=")
		byStart := strings.Contains(c.Query, "start=")
		if strings.HasSuffix(c.Path, "/conversions") != byStart || byStart && byToken || c.Status != 200 {
			t.Errorf("%d %s?%s", c.Status, c.Path, c.Query)
		}
	}
}

func TestTrap23_R6_RefreshTokensEnd(t *testing.T) {
	t.Parallel()
	spec := linkedin.New().Spec().Auth
	if spec.RefreshMargin < 7*24*time.Hour || spec.PKCE || spec.Revoke != nil {
		t.Errorf("margin %v, PKCE %v", spec.RefreshMargin, spec.PKCE)
	}
	answers := []string{
		`{"access_token":"new-1","expires_in":5184000,"scope":"r_ads,rw_ads"}`,
		`{"access_token":"new-2","expires_in":5184000,"refresh_token":"other","refresh_token_expires_in":28512000}`,
		`{"error":"invalid_grant","error_description":"The provided authorization grant or refresh token is invalid, expired or revoked."}`,
		`{"error":"invalid_client","error_description":"Client authentication failed"}`,
		`<html>`,
	}
	statuses := []int{200, 200, 400, 401, 503}
	var n int
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "refresh_token" || r.FormValue("client_secret") != "s3cr3t" || r.Header.Get("Authorization") != "" {
			t.Errorf("form %v", r.Form)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(statuses[n])
		_, _ = io.WriteString(w, answers[n])
		n++
	}))
	defer srv.Close()
	tr, err := providers.NewTransport(http.DefaultTransport, []string{"www.linkedin.com"}, map[string]string{"www.linkedin.com": srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	client, app := &http.Client{Transport: tr}, providers.App{ClientID: "77abc", ClientSecret: "s3cr3t"}
	old := &oauth2.Token{AccessToken: "old", RefreshToken: "kept"}
	tok, err := spec.Refresh(t.Context(), app, client, old)
	if err != nil || tok.RefreshToken != "kept" || tok.Extra("scope") != "r_ads rw_ads" {
		t.Errorf("no refresh token comes back: %+v, %v", tok, err)
	}
	if at, ok := tok.Extra("obtained_at").(time.Time); !ok || time.Since(at) > time.Minute {
		t.Errorf("obtained at %v", at)
	}
	if tok, err = spec.Refresh(t.Context(), app, client, old); err != nil || tok.RefreshToken != "other" || tok.Extra("refresh_token_expires_in") != int64(28512000) {
		t.Errorf("another one comes back: %+v, %v", tok, err)
	}
	for _, want := range []providers.Kind{providers.Unauthorized, providers.Forbidden, providers.Unavailable} {
		_, err := spec.Refresh(t.Context(), app, client, old)
		if providers.KindOf(err) != want || strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "kept") {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if _, err := spec.Refresh(t.Context(), app, client, &oauth2.Token{AccessToken: "old"}); providers.KindOf(err) != providers.Unauthorized || !strings.Contains(err.Error(), "consent again") {
		t.Errorf("an app without refresh tokens: %v", err)
	}
}

const revoked = `{"status":401,"serviceErrorCode":65601,"code":"REVOKED_ACCESS_TOKEN","message":"The token used in the request has been revoked by the user"}`

func TestTrap24_ANewTokenCanBeRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		age                time.Duration
		refusals, rejected int
		ok                 bool
	}{
		{"a young token is waited for", 5 * time.Second, 2, 0, true},
		{"a young token that is never taken is revoked", 5 * time.Second, 99, 1, false},
		{"an old one is revoked", 5 * time.Minute, 99, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			left := c.refusals
			var waits []time.Duration
			tokens := &staticTokens{token: "fresh", obtained: scriptNow.Add(-c.age)}
			s, _ := scripted(t, map[string]func(string) (int, string){
				"adAccounts/1": func(string) (int, string) {
					if left--; left >= 0 {
						return 401, revoked
					}
					return 200, `{"id":1}`
				},
			}, func(conn *providers.Conn, d *providers.Deps) {
				conn.Tokens = tokens
				d.Sleep = func(_ context.Context, w time.Duration) error { waits = append(waits, w); return nil }
			})
			_, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"})
			if (err == nil) != c.ok || tokens.rejected != c.rejected || !c.ok && providers.KindOf(err) != providers.Unauthorized {
				t.Errorf("%v, refused %d times", err, tokens.rejected)
			}
			total := time.Duration(0)
			for _, w := range waits {
				total += w
			}
			if c.refusals > 2 && c.age < time.Minute && total != time.Minute || c.age > time.Minute && total != 0 {
				t.Errorf("waited %v in all", total)
			}
		})
	}
}

func TestTrap25_ForbiddenNamesTheResource(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAnalytics": answer(403, `{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: adAnalytics.FINDER-analytics.20260901"}`),
	})
	_, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelOrganization, Metrics: truth[:1], Range: daysOf(3), Now: scriptNow})
	if providers.KindOf(err) != providers.Forbidden || !strings.Contains(err.Error(), "adAnalytics.FINDER-analytics.20260901") || !strings.Contains(err.Error(), "r_ads_reporting") {
		t.Errorf("%v", err)
	}
	if n := len(script.calls("adAnalytics")); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestTrap26_PostsNeedOtherScopes(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1})
	adsOnly := open(t, w.base, &staticTokens{token: w.sim.Grant("r_ads", "r_ads_reporting").Access}, w.sim.Now)
	full, bare := all(t, w.Creatives, providers.ListQuery{}), all(t, adsOnly.Creatives, providers.ListQuery{})
	if len(full) == 0 || len(full) != len(bare) {
		t.Fatalf("%d creatives, %d for an ads-only token", len(full), len(bare))
	}
	texts := 0
	for i := range full {
		if full[i].ID != bare[i].ID || full[i].Status != bare[i].Status {
			t.Errorf("%+v and %+v", full[i], bare[i])
		}
		if full[i].Body != "" && bare[i].Body == "" {
			texts++
		}
	}
	if texts == 0 {
		t.Error("no text is told apart")
	}
	_, err := adsOnly.Assets.List(t.Context(), providers.ListQuery{Size: 10})
	if err == nil || providers.KindOf(err) == providers.Forbidden && !strings.Contains(err.Error(), "r_organization_social") {
		page, _ := adsOnly.Assets.List(t.Context(), providers.ListQuery{Size: 10})
		if err != nil || len(page.Left) == 0 {
			t.Errorf("a list of assets without the scope is short in silence: %+v, %v", page, err)
		}
	}
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/creatives": answer(200, `{"elements":[{"id":"urn:li:sponsoredCreative:1","content":{"reference":"urn:li:share:1"}},
			{"id":"urn:li:sponsoredCreative:2","content":{"reference":"urn:li:share:2"}},{"id":"urn:li:sponsoredCreative:3","content":{"reference":"urn:li:share:3"}}]}`),
		"posts": answer(200, `{"results":{"urn%3Ali%3Ashare%3A1":{"id":"urn:li:share:1","content":{"media":{"id":"urn:li:image:A"}}}},
			"errors":{"urn%3Ali%3Ashare%3A2":{"status":403},"urn:li:share:3":{"status":404}}}`),
		"images": answer(200, `{"results":{"urn:li:image:A":{"id":"urn:li:image:A","downloadUrl":"https://x.example/a"}}}`),
	})
	page, err := s.Assets.List(t.Context(), providers.ListQuery{Org: "1", Size: 10})
	if err != nil || len(page.Items) != 1 || page.Items[0].URL != "https://x.example/a" || len(page.Left) != 2 {
		t.Errorf("one of three posts is readable: %+v, %v", page, err)
	}
}

func TestTrap27_SegmentLimitIsPermanent(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1": answer(429, `{"status":429,"code":"SEGMENT_LIMIT_EXCEEDED","message":"1000 segments"}`),
		"adAccounts/2": answer(429, `{"status":429,"message":"The data request limit has been exceeded. More than 45 million metric values were requested in a 5-minute window."}`),
	}, func(_ *providers.Conn, d *providers.Deps) {
		d.Sleep = func(context.Context, time.Duration) error { return context.Canceled }
	})
	_, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"})
	if n := len(script.calls("adAccounts/1")); providers.KindOf(err) != providers.Rejected || n != 1 {
		t.Errorf("%v after %d calls", err, n)
	}
	_, err = s.Organizations.Get(t.Context(), providers.Ref{ID: "2"})
	e, _ := err.(*providers.Error) //nolint:errorlint // the maker's own
	if e == nil || e.Kind != providers.RateLimited || e.RetryAfter != 330*time.Second || e.Code != "ADANALYTICS_DATA_LIMIT" {
		t.Errorf("the limit of metric values: %+v", err)
	}
}

func TestTrap29_AThrottleMayLastForTheDay(t *testing.T) {
	t.Parallel()
	now := scriptNow
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1": answer(429, `{"status":429,"serviceErrorCode":101,"message":"Resource level throttle limit for calls to this resource is reached."}`),
	}, func(_ *providers.Conn, d *providers.Deps) { d.Now = func() time.Time { return now } })
	get := func() *providers.Error {
		_, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"})
		e, ok := err.(*providers.Error) //nolint:errorlint // the maker's own
		if !ok || e.Kind != providers.RateLimited {
			t.Fatalf("%v", err)
		}
		return e
	}
	if e := get(); e.Code == "DAILY_QUOTA" || e.RetryAfter > time.Minute {
		t.Errorf("the first refusals: %+v", e)
	}
	now = now.Add(16 * time.Minute)
	if e := get(); e.Code != "DAILY_QUOTA" || e.RetryAfter != 13*time.Hour+44*time.Minute {
		t.Errorf("after a quarter of an hour of refusals: %+v", e)
	}
	now = time.Date(2026, 11, 25, 0, 5, 0, 0, time.UTC)
	if e := get(); e.Code == "DAILY_QUOTA" {
		t.Errorf("the next day: %+v", e)
	}
}
