package meta

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers"
)

var limitsNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// notes is a limiter that keeps what it was told last, and what was waited for.
type notes struct {
	told   map[string]providers.LimitState
	waited []string
}

func (n *notes) Wait(_ context.Context, bucket string, cost int) error {
	n.waited = append(n.waited, fmt.Sprintf("%s %d", bucket, cost))
	return nil
}

func (n *notes) Observe(bucket string, s providers.LimitState) {
	if n.told == nil {
		n.told = map[string]providers.LimitState{}
	}
	n.told[bucket] = s
}

func lanesFor(l providers.Limiter) *lanes {
	return newLanes(providers.Conn{ID: "c", App: providers.App{ClientID: "77"}}, providers.Deps{Limits: l, Now: func() time.Time { return limitsNow }})
}

const (
	manage1   = "metaads:account:ads_management:77/1"
	insights1 = "metaads:account:ads_insights:77/1"
	manage2   = "metaads:account:ads_management:77/2"
	wholeApp  = "metaads:app:app:77"
	appReport = "metaads:app:ads_insights:77"
)

func TestUsageHeaders(t *testing.T) {
	t.Parallel()
	state := func(remaining int, gap, block, reset time.Duration) providers.LimitState {
		return providers.LimitState{Limit: 100, Remaining: remaining, Percent: true, Gap: gap, Block: block, Reset: limitsNow.Add(reset)}
	}
	for _, c := range []struct {
		name, header, text string
		lane               lane
		want               map[string]providers.LimitState
	}{
		{"the app", "x-app-usage", `{"call_count":28,"total_time":25,"total_cputime":25}`, lane{account: "1"}, map[string]providers.LimitState{wholeApp: state(72, 0, 0, 0)}},
		{"the account's score is of both use cases", "X-Ad-Account-Usage", `{"acc_id_util_pct":9.67,"reset_time_duration":100,"ads_api_access_tier":"standard_access"}`,
			lane{account: "1"}, map[string]providers.LimitState{manage1: state(90, 0, 0, 0), insights1: state(90, 0, 0, 0)}},
		{"at 80 percent nothing is slowed yet", "X-App-Usage", `{"call_count":80}`, lane{}, map[string]providers.LimitState{wholeApp: state(20, 0, 0, time.Minute)}},
		{"a third of the way from 80 to 95", "X-App-Usage", `{"call_count":85}`, lane{}, map[string]providers.LimitState{wholeApp: state(15, widestGap/3, 0, time.Minute)}},
		{"the highest of the three counts", "X-App-Usage", `{"call_count":1,"total_time":2,"total_cputime":90}`, lane{}, map[string]providers.LimitState{wholeApp: state(10, 2*widestGap/3, 0, time.Minute)}},
		{"from 95 percent on calls are held", "X-App-Usage", `{"call_count":95}`, lane{}, map[string]providers.LimitState{wholeApp: state(5, 0, time.Minute, time.Minute)}},
		{"past 100 percent", "X-App-Usage", `{"call_count":250}`, lane{}, map[string]providers.LimitState{wholeApp: state(0, 0, time.Minute, time.Minute)}},
		{"the score's reset in seconds", "X-Ad-Account-Usage", `{"acc_id_util_pct":96,"reset_time_duration":200}`, lane{account: "1"},
			map[string]providers.LimitState{manage1: state(4, 0, 200*time.Second, 200*time.Second), insights1: state(4, 0, 200*time.Second, 200*time.Second)}},
		{"the estimate in minutes", "X-Business-Use-Case-Usage", `{"1":[{"type":"ads_management","call_count":100,"estimated_time_to_regain_access":7}]}`, lane{account: "1"},
			map[string]providers.LimitState{manage1: state(0, 0, 7*time.Minute, 7*time.Minute)}},
		{"use cases are lanes of their own", "X-Business-Use-Case-Usage", `{"act_1":[{"type":"ads_insights","call_count":97},{"type":"ads_management","call_count":3},{"type":"pages","call_count":100}]}`,
			lane{account: "1"}, map[string]providers.LimitState{insights1: state(3, 0, time.Minute, time.Minute), manage1: state(97, 0, 0, 0)}},
		{"a business stands for its account", "X-Business-Use-Case-Usage", `{"501":[{"type":"ads_management","call_count":97}]}`, lane{account: "1"},
			map[string]providers.LimitState{manage1: state(3, 0, time.Minute, time.Minute)}},
		{"other accounts beside the called one", "X-Business-Use-Case-Usage", `{"1":[{"type":"ads_management","call_count":1}],"2":[{"type":"ads_management","call_count":97}]}`, lane{account: "1"},
			map[string]providers.LimitState{manage1: state(99, 0, 0, 0), manage2: state(3, 0, time.Minute, time.Minute)}},
		{"reports of the app and of the account", "X-FB-Ads-Insights-Throttle", `{"app_id_util_pct":100,"acc_id_util_pct":10}`, lane{account: "1", insights: true},
			map[string]providers.LimitState{appReport: state(0, 0, time.Minute, time.Minute), insights1: state(90, 0, 0, 0)}},
		{"a header that cannot be read", "X-App-Usage", `{"call_count":`, lane{account: "1"}, nil},
		{"no news", "X-Other", `1`, lane{account: "1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := &notes{}
			l := lanesFor(n)
			h := http.Header{}
			h.Set(c.header, c.text)
			l.heed(l.bucket(c.lane), h)
			if !maps.Equal(n.told, c.want) {
				t.Errorf("%+v, want %+v", n.told, c.want)
			}
		})
	}
}

func TestOneAnswerToldOncePerLane(t *testing.T) {
	t.Parallel()
	n := &notes{}
	l := lanesFor(n)
	h := http.Header{}
	h.Set("X-Ad-Account-Usage", `{"acc_id_util_pct":96,"reset_time_duration":100}`)
	h.Set("X-Business-Use-Case-Usage", `{"1":[{"type":"ads_management","call_count":3}]}`)
	l.heed(manage1, h)
	if got := n.told[manage1]; got.Block != 100*time.Second || got.Remaining != 4 {
		t.Errorf("the lower of two percentages wins: %+v", got)
	}
}

func TestCallsWaitForTheAppAndTheirLane(t *testing.T) {
	t.Parallel()
	for want, k := range map[string]lane{
		wholeApp + " 1, " + manage1 + " 3":                        {account: "1"},
		wholeApp + " 1, " + appReport + " 1, " + insights1 + " 3": {account: "1", insights: true},
		wholeApp + " 3":                      {},
		wholeApp + " 1, " + appReport + " 3": {insights: true},
	} {
		n := &notes{}
		l := lanesFor(n)
		if err := l.Wait(t.Context(), l.bucket(k), writeCost); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(n.waited, ", "); got != want {
			t.Errorf("%+v waits for %s, want %s", k, got, want)
		}
		if back := l.lane(l.bucket(k)); back != k {
			t.Errorf("%+v comes back as %+v", k, back)
		}
	}
	var names []string
	for _, b := range lanesFor(nil).buckets([]string{"1", "act_2", "x"}) {
		names = append(names, b.Name)
		if b.Unit != "percent" || b.Title == "" || (b.Scope == "account") != (b.Org != "") {
			t.Errorf("%+v", b)
		}
	}
	for _, want := range []string{wholeApp, appReport, manage1, insights1, manage2} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not among %v", want, names)
		}
	}
}

// Throttles are HTTP 400 without Retry-After (trap 11): each stops what it is about, for as long as it takes.
func TestTrap11_ThrottlesAre400(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		headers    map[string]string
		lane       lane
		wait       time.Duration
		blocked    []string // besides the call's own lane
	}{
		{"the score of the small tier", `{"code":17,"error_subcode":2446079}`, map[string]string{"X-Ad-Account-Usage": `{"acc_id_util_pct":100,"reset_time_duration":30,"ads_api_access_tier":"development_access"}`},
			lane{account: "1"}, 300 * time.Second, []string{manage1, insights1}},
		{"the score of the large tier", `{"code":17,"error_subcode":2446079}`, map[string]string{"X-Ad-Account-Usage": `{"acc_id_util_pct":100,"reset_time_duration":30,"ads_api_access_tier":"standard_access"}`},
			lane{account: "1"}, time.Minute, []string{manage1, insights1}},
		{"the score of an unknown tier", `{"code":613,"error_subcode":1487742}`, nil, lane{account: "1"}, 300 * time.Second, []string{manage1, insights1}},
		{"management", `{"code":80004,"error_subcode":2446079}`, map[string]string{"X-Business-Use-Case-Usage": `{"1":[{"type":"ads_management","estimated_time_to_regain_access":4},{"type":"ads_insights","estimated_time_to_regain_access":50}]}`},
			lane{account: "1"}, 4 * time.Minute, nil},
		{"insights", `{"code":80000,"error_subcode":2446079}`, map[string]string{"X-Business-Use-Case-Usage": `{"1":[{"type":"ads_insights","estimated_time_to_regain_access":50}]}`},
			lane{account: "1", insights: true}, 50 * time.Minute, nil},
		{"the app", `{"code":4}`, nil, lane{account: "1"}, time.Minute, []string{wholeApp}},
		{"the app's reports", `{"code":4,"error_subcode":1504022}`, nil, lane{account: "1", insights: true}, time.Minute, []string{appReport}},
		{"too many changes a second", `{"code":613,"error_subcode":5044001}`, nil, lane{account: "1"}, mutationWait, nil},
		{"abuse", `{"code":613}`, nil, lane{account: "1"}, abuseWait, []string{manage1, insights1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			for k, v := range c.headers {
				h.Set(k, v)
			}
			e := classify(400, h, []byte(`{"error":`+c.body+`}`))
			if e.Kind != providers.RateLimited || e.RetryAfter != c.wait {
				t.Errorf("%v, wait %v, want %v", e.Kind, e.RetryAfter, c.wait)
			}
			n := &notes{}
			l := lanesFor(n)
			l.refusedBy(l.bucket(c.lane), e, e.RetryAfter)
			got := slices.Sorted(maps.Keys(n.told))
			slices.Sort(c.blocked)
			if !slices.Equal(got, c.blocked) {
				t.Errorf("blocked %v, want %v", got, c.blocked)
			}
			for _, s := range n.told {
				if s.Block != c.wait {
					t.Errorf("blocked for %v", s.Block)
				}
			}
		})
	}
}

func TestHeadersBoundTheWait(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	h.Set("X-Business-Use-Case-Usage", `{"1":[{"type":"ads_management","estimated_time_to_regain_access":1e300}]}`)
	if got := throttleWait(80004, 0, h); got != 24*time.Hour {
		t.Errorf("%v", got)
	}
	h.Set("X-Business-Use-Case-Usage", `{"1":[{"type":"ads_management","estimated_time_to_regain_access":-5}]}`)
	if got := throttleWait(80004, 0, h); got != unknownWait {
		t.Errorf("%v", got)
	}
}
