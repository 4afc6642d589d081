package google_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

func TestTrap11_NumbersInTextAndAbsence(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, func(h heard) (int, string) {
		if strings.Contains(h.query, "FROM campaign ") {
			return 200, `{"results":[
				{"campaign":{"id":"9007199254740993","name":"zero","status":"PAUSED","biddingStrategyType":"TARGET_SPEND","targetSpend":{"cpcBidCeilingMicros":"0"}},"campaignBudget":{"id":"1","amountMicros":"0","period":"DAILY"}},
				{"campaign":{"id":"9007199254740995","status":"ENABLED","biddingStrategyType":"MAXIMIZE_CONVERSION_VALUE","maximizeConversionValue":{"targetRoas":3.1}},"campaignBudget":{"id":"2","amountMicros":"1234567","period":"DAILY"}}]}`
		}
		return 0, ""
	})
	got := all(t, s.Campaigns, providers.ListQuery{})
	if len(got) != 2 || got[0].ID != "9007199254740993" || got[1].ID != "9007199254740995" {
		t.Fatalf("%+v", got)
	}
	if a := got[0].BudgetAmount; a == nil || !a.IsZero() {
		t.Errorf("a budget of 0 that is told: %v", a)
	}
	if got[0].BidAmount != nil || got[0].Labels != nil || got[0].EndAt != nil || got[0].FrequencyCap != nil {
		t.Errorf("what is absent has a value: %+v", got[0])
	}
	if got[1].BudgetAmount.String() != "1.234567" || got[1].BidStrategy.TargetROAS.String() != "3.1" || got[1].KPI.Amount.String() != "3.1" {
		t.Errorf("%+v", got[1])
	}
}

func TestTrap12_PagingByKeyWithoutOffset(t *testing.T) {
	t.Parallel()
	served, answered := 0, 0
	s, script := scripted(t, campaignsByKey(t, 5_000, &served, &answered))
	seen := map[string]bool{}
	biggest := 0
	q := providers.ListQuery{Org: "1000000001", Size: s.Campaigns.MaxPage, Fields: []string{"id", "name"}}
	for {
		p, err := s.Campaigns.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		biggest = max(biggest, len(p.Items))
		for _, c := range p.Items {
			if seen[c.ID] {
				t.Fatalf("%s comes twice", c.ID)
			}
			seen[c.ID] = true
		}
		if p.Next == "" {
			break
		}
		q.Cursor = p.Next
	}
	if len(seen) != 5_000 || biggest > s.Campaigns.MaxPage || served > 6 || answered > 5_000 {
		t.Errorf("%d campaigns in %d calls of %d rows, at most %d held at once", len(seen), served, answered, biggest)
	}
	for _, h := range script.asking("FROM campaign ") {
		if strings.Contains(h.query, "OFFSET") || !strings.Contains(h.query, "ORDER BY campaign.id LIMIT") {
			t.Errorf("%s", h.query)
		}
	}
	if _, err := s.Campaigns.Get(t.Context(), providers.Ref{Org: "1000000001", ID: "999999"}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("an answer without rows: %v", err)
	}
	if _, err := s.Campaigns.Get(t.Context(), providers.Ref{ID: "1"}); providers.KindOf(err) != providers.Invalid {
		t.Errorf("an id without its account: %v", err)
	}
}

// campaignsByKey answers queries of campaigns 1…n as the platform does.
func campaignsByKey(t testing.TB, n int, calls, answered *int) func(heard) (int, string) {
	t.Helper()
	after, limit, equal := regexp.MustCompile(`campaign\.id > (\d+)`), regexp.MustCompile(`LIMIT (\d+)`), regexp.MustCompile(`campaign\.id = (\d+)`)
	number := func(re *regexp.Regexp, s string) int {
		m := re.FindStringSubmatch(s)
		if m == nil {
			return 0
		}
		v, _ := strconv.Atoi(m[1])
		return v
	}
	return func(h heard) (int, string) {
		if !strings.Contains(h.query, " FROM campaign ") || equal.MatchString(h.query) {
			return 0, ""
		}
		*calls++
		from, size := number(after, h.query), number(limit, h.query)
		rows := []string{}
		for id := from + 1; id <= n && len(rows) < size; id++ {
			rows = append(rows, fmt.Sprintf(`{"campaign":{"resourceName":"customers/1/campaigns/%d","id":"%d","name":"Campaign %d","status":"ENABLED"}}`, id, id, id))
		}
		*answered += len(rows)
		if len(rows) == 0 {
			return 200, `{"fieldMask":"campaign.id"}`
		}
		return 200, `{"results":[` + strings.Join(rows, ",") + `]}`
	}
}

// A list goes on behind objects that come and go: what stands before the cursor does not move what stands after it.
func TestTrap12_CursorWhileObjectsChange(t *testing.T) {
	t.Parallel()
	removed := map[int]bool{}
	after, limit := regexp.MustCompile(`campaign\.id > (\d+)`), regexp.MustCompile(`LIMIT (\d+)`)
	total := 40
	s, _ := scripted(t, func(h heard) (int, string) {
		if !strings.Contains(h.query, " FROM campaign ") {
			return 0, ""
		}
		from := 0
		if m := after.FindStringSubmatch(h.query); m != nil {
			from, _ = strconv.Atoi(m[1])
		}
		size, _ := strconv.Atoi(limit.FindStringSubmatch(h.query)[1])
		rows := []string{}
		for id := from + 1; id <= total && len(rows) < size; id++ {
			if !removed[id] {
				rows = append(rows, fmt.Sprintf(`{"campaign":{"id":"%d","status":"ENABLED"}}`, id))
			}
		}
		return 200, `{"results":[` + strings.Join(rows, ",") + `]}`
	})
	var got []string
	q := providers.ListQuery{Size: 7}
	for page := 1; ; page++ {
		p, err := s.Campaigns.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Items {
			got = append(got, c.ID)
		}
		removed[page] = true // long answered
		if page == 2 {
			total = 43 // added at the end
		}
		if p.Next == "" {
			break
		}
		q.Cursor = p.Next
	}
	if len(got) != 43 || got[0] != "1" || got[42] != "43" || len(slices.Compact(slices.Clone(got))) != 43 {
		t.Errorf("%v", got)
	}
}

func TestTrap16_RemovedIsHiddenAtEveryLevel(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	every := []string{"ACTIVE", "PAUSED", "ARCHIVED", "UNSPECIFIED"}
	archived := 0
	for _, org := range readable(t, w.Session) {
		gone := map[string]bool{}
		for _, c := range all(t, w.Campaigns, providers.ListQuery{Org: org.ID, Status: []string{"ARCHIVED"}}) {
			gone[c.ID] = true
			archived++
		}
		for _, g := range all(t, w.Groups, providers.ListQuery{Org: org.ID, Status: every}) {
			if gone[g.CampaignID] || g.Status == normalize.StatusArchived {
				gone[g.ID] = true
			}
		}
		for _, c := range all(t, w.Campaigns, providers.ListQuery{Org: org.ID}) {
			if gone[c.ID] {
				t.Errorf("removed campaign %s is listed", c.ID)
			}
		}
		for _, g := range all(t, w.Groups, providers.ListQuery{Org: org.ID, Fields: []string{"status"}}) {
			if gone[g.ID] || gone[g.CampaignID] {
				t.Errorf("group %s is listed, which is removed or in a removed campaign", g.ID)
			}
		}
		listed := map[string]bool{}
		for _, a := range all(t, w.Ads, providers.ListQuery{Org: org.ID}) {
			listed[a.ID] = true
			if gone[a.GroupID] || gone[a.CampaignID] || a.Status == normalize.StatusArchived {
				t.Errorf("ad %s is listed, which is removed or below what is", a.ID)
			}
		}
		below := 0
		for _, a := range all(t, w.Ads, providers.ListQuery{Org: org.ID, Status: every}) {
			if gone[a.GroupID] || gone[a.CampaignID] {
				below++
				if a.EffectiveStatus != normalize.EffectiveStatusRemoved {
					t.Errorf("ad %s below a removed object: %s", a.ID, a.EffectiveStatus)
				}
			} else if a.Status != normalize.StatusArchived && !listed[a.ID] {
				t.Errorf("ad %s is hidden", a.ID)
			}
		}
		for _, c := range all(t, w.Creatives, providers.ListQuery{Org: org.ID}) {
			if gone[c.GroupID] || gone[c.CampaignID] {
				t.Errorf("creative %s is listed", c.ID)
			}
		}
	}
	if archived == 0 {
		t.Error("the world has no removed campaign: nothing is shown")
	}
}

func TestTrap19_TimesAreTheAccountsWallClock(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, func(h heard) (int, string) {
		if strings.Contains(h.query, "FROM campaign ") {
			return 200, `{"results":[
				{"campaign":{"id":"1","status":"ENABLED","startDateTime":"2026-03-29 00:00:00","endDateTime":"2026-10-25 23:59:59"}},
				{"campaign":{"id":"2","status":"ENABLED","startDateTime":"2026-07-01 09:30:00","endDateTime":"2037-12-30 23:59:59"}},
				{"campaign":{"id":"3","status":"ENABLED","startDateTime":"2026-12-01 00:00:00","endDateTime":"2026-12-01 11:59:59"}}]}`
		}
		return 0, ""
	})
	got := all(t, s.Campaigns, providers.ListQuery{})
	for i, want := range [][2]string{ // the last second is part of the flight; clocks change on 29 March and 25 October
		{"2026-03-28T23:00:00Z", "2026-10-25T23:00:00Z"}, {"2026-07-01T07:30:00Z", ""}, {"2026-11-30T23:00:00Z", "2026-12-01T11:00:00Z"},
	} {
		if at := got[i].StartAt.UTC().Format(time.RFC3339); at != want[0] {
			t.Errorf("start of %s: %s, want %s", got[i].ID, at, want[0])
		}
		end := ""
		if got[i].EndAt != nil {
			end = got[i].EndAt.UTC().Format(time.RFC3339)
		}
		if end != want[1] {
			t.Errorf("end of %s: %q, want %q", got[i].ID, end, want[1])
		}
	}
}

func TestTrap22_UnknownValuesAreUnspecified(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, func(h heard) (int, string) {
		if strings.Contains(h.query, "FROM campaign ") {
			return 200, `{"results":[{"campaign":{"id":"1","status":"UNKNOWN","primaryStatus":"UNKNOWN","advertisingChannelType":"UNKNOWN","biddingStrategyType":"HOLOGRAPHIC",
				"containsEuPoliticalAdvertising":"UNKNOWN","newField":{"deep":[1,{"x":null}]}},"campaignBudget":{"period":"UNKNOWN","amountMicros":"5"}}]}`
		}
		return 0, ""
	})
	c := all(t, s.Campaigns, providers.ListQuery{})[0]
	if c.Status != normalize.StatusUnspecified || c.EffectiveStatus != normalize.EffectiveStatusUnspecified || c.Goal != normalize.GoalUnspecified ||
		c.AdvertisingChannelType != "" || c.BidStrategy != nil || c.HasEUPoliticalAds != nil || c.BudgetPeriod != "" || c.BudgetAmount != nil {
		t.Errorf("%+v", c)
	}
}

func TestTrap23_TextsAreQuoted(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	org := all(t, w.Organizations, providers.ListQuery{})[0].ID
	whole := all(t, w.Campaigns, providers.ListQuery{Org: org, Fields: []string{"name"}})
	for _, q := range []string{
		"' OR campaign.id > 0 OR campaign.name LIKE '", `\`, `\'`, "%", "_", "[", "]", "[a]", "100%", "a' AND campaign.status = 'REMOVED", "\n", "x\ny", "'", `"`, "é", "sEaRcH",
	} {
		var want []string
		for _, c := range whole {
			if strings.Contains(strings.ToLower(c.Name), strings.ToLower(q)) {
				want = append(want, c.ID)
			}
		}
		var got []string
		for _, c := range all(t, w.Campaigns, providers.ListQuery{Org: org, Query: q, Fields: []string{"name"}}) {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", q, got, want)
		}
	}
	for _, id := range []string{"1 OR 1=1", "1) OR (1", "-1", "0x1", "", "１"} {
		if _, err := w.Campaigns.Get(t.Context(), providers.Ref{Org: org, ID: id}); providers.KindOf(err) != providers.NotFound {
			t.Errorf("id %q: %v", id, err)
		}
		if got := all(t, w.Groups, providers.ListQuery{Org: org, Campaign: id}); id != "" && len(got) > 0 {
			t.Errorf("campaign %q has groups", id)
		}
	}
	if _, err := w.Campaigns.List(t.Context(), providers.ListQuery{Org: org, Size: 1, Params: map[string]string{"select": "campaign.id FROM campaign; x"}}); providers.KindOf(err) != providers.Invalid {
		t.Errorf("a field that is none: %v", err)
	}
}
