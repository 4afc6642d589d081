package google_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google"
	"github.com/admux/admux/providers/google/sim"
)

// The tests of this file are named after the numbered traps of the Google Ads API. Those that the simulator does not set
// are set by a scripted server.

func TestTrap04_LoginCustomerIsTheWayToTheAccount(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	reached := 0
	for _, a := range w.sim.Accounts() {
		if !a.Reachable || a.Status != "ENABLED" {
			continue
		}
		if _, err := w.Campaigns.List(t.Context(), providers.ListQuery{Org: a.ID, Size: 10}); err != nil {
			t.Errorf("account %s, to be reached through %q: %v", a.ID, a.Login, err)
		}
		reached++
	}
	if reached < 4 {
		t.Errorf("%d accounts", reached)
	}
	// An account under two managers, one of which the person has lost since: the way is looked for again.
	manager := "2000000002"
	s, script := scripted(t, func(h heard) (int, string) {
		switch {
		case h.path == "customers:listAccessibleCustomers":
			return 200, `{"resourceNames":["customers/` + manager + `"]}`
		case strings.Contains(h.query, "FROM customer_client"):
			return 200, clientRows(clientRow(1000000001, 1, false, "ENABLED"))
		case h.login != manager:
			return 403, adsFailure(403, "authorizationError", "USER_PERMISSION_DENIED", "")
		}
		return 0, ""
	})
	get := func() error {
		_, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "1000000001", Size: 1})
		return err
	}
	if err := get(); err != nil {
		t.Error(err)
	}
	manager = "2000000003"
	if err := get(); providers.KindOf(err) != providers.Forbidden {
		t.Errorf("through a manager that is lost: %v", err)
	}
	if err := get(); err != nil {
		t.Errorf("the lost way is kept: %v", err)
	}
	for _, h := range script.asking("FROM campaign ") {
		if strings.Contains(h.login, "-") {
			t.Errorf("hyphens in %q", h.login)
		}
	}
}

func TestTrap05_DeveloperTokenIsNotNeeded(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{"": "", "dev-token-1": "dev-token-1"} {
		s, script := scripted(t, func(heard) (int, string) { return 0, "" }, func(c *providers.Conn, _ *providers.Deps) {
			c.App.Extra = map[string]string{"developer_token": setting}
		})
		if _, err := s.Campaigns.List(t.Context(), providers.ListQuery{Size: 1}); err != nil {
			t.Fatal(err)
		}
		for _, h := range script.asking("") {
			if h.developer != want {
				t.Errorf("developer-token %q, want %q", h.developer, want)
			}
		}
	}
	// Each walk of the accounts is paid for: what one call has found serves the next ones, of other sessions too.
	p := google.New()
	w := connect(t, sim.Options{Seed: 5})
	tokens := &purse{token: w.sim.Grant().Access}
	for range 3 {
		s := openWith(t, p, w.base, tokens, w.sim.Now)
		if _, err := s.Campaigns.List(t.Context(), providers.ListQuery{Size: 5}); err != nil {
			t.Fatal(err)
		}
	}
	walks := 0
	for _, c := range w.sim.Calls() {
		if strings.HasSuffix(c.Path, "customers:listAccessibleCustomers") {
			walks++
		}
	}
	if walks != 1 {
		t.Errorf("the accounts are walked %d times", walks)
	}
}

// An account that comes while the accounts are remembered is found, and one that there is not is not looked for at each call.
func TestTrap05_NewAccountIsLookedForOnce(t *testing.T) {
	t.Parallel()
	second := ""
	s, script := scripted(t, func(h heard) (int, string) {
		if strings.Contains(h.query, "FROM customer_client") {
			rows := []string{clientRow(1000000001, 1, false, "ENABLED")}
			if second != "" {
				rows = append(rows, clientRow(1000000002, 1, false, "ENABLED"))
			}
			return 200, clientRows(rows...)
		}
		return 0, ""
	})
	list := func(org string) error {
		_, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: org, Size: 1})
		return err
	}
	if err := list("1000000001"); err != nil {
		t.Fatal(err)
	}
	second = "1000000002"
	if err := list(second); err != nil {
		t.Errorf("a new account: %v", err)
	}
	before := len(script.asking("FROM customer_client"))
	for range 5 {
		if err := list("1000000003"); providers.KindOf(err) != providers.NotFound {
			t.Errorf("no account: %v", err)
		}
	}
	if n := len(script.asking("FROM customer_client")) - before; n != 1 {
		t.Errorf("an account that there is not is looked for %d times", n)
	}
}

func TestTrap05_OperationsAreCounted(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]int{"test": 15_000, "explorer": 2_880, "basic": 15_000, "standard": 0, "": 0} {
		limits := &tally{}
		s, script := scripted(t, func(heard) (int, string) { return 0, "" }, func(c *providers.Conn, d *providers.Deps) {
			c.App.ClientID, d.Limits = "123456789012-abc.apps.googleusercontent.com", limits
			if level != "" {
				c.Settings = map[string]string{"access_level": level}
			}
		})
		if _, err := s.Campaigns.List(t.Context(), providers.ListQuery{Size: 1}); err != nil {
			t.Fatal(err)
		}
		project := "googleads:project:123456789012"
		if n := len(script.asking("")); limits.waits[project] != n {
			t.Errorf("%d calls count %d operations of the project", n, limits.waits[project])
		}
		if got := limits.states[project]; got.Limit != want || want > 0 && got.Window != 24*time.Hour {
			t.Errorf("access %q: %+v, want %d in 24 hours", level, got, want)
		}
		names := map[string]bool{}
		for _, b := range s.Buckets([]string{"1000000001"}) {
			names[b.Name] = true
		}
		for b := range limits.waits {
			if !names[b] {
				t.Errorf("calls count in %s, which Buckets does not name", b)
			}
		}
	}
	_, err := google.New().Open(providers.Conn{Settings: map[string]string{"access_level": "golden"}}, providers.Deps{})
	if providers.KindOf(err) != providers.Invalid {
		t.Errorf("an access level that is none: %v", err)
	}
}

// tally lets everything pass and keeps what it was told.
type tally struct {
	waits  map[string]int
	states map[string]providers.LimitState
}

func (l *tally) Wait(_ context.Context, bucket string, cost int) error {
	if l.waits == nil {
		l.waits = map[string]int{}
	}
	l.waits[bucket] += cost
	return nil
}

func (l *tally) Observe(bucket string, s providers.LimitState) {
	if l.states == nil {
		l.states = map[string]providers.LimitState{}
	}
	l.states[bucket] = s
}

// A refusal by quota says whose it is: an account's holds up that account, the project's holds up all.
func TestQuotaScopes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scope   string
		project time.Duration
	}{{"ACCOUNT", 0}, {"DEVELOPER", 7 * time.Second}} {
		limits := &tally{}
		left := 1
		s, _ := scripted(t, func(h heard) (int, string) {
			if strings.Contains(h.query, "FROM campaign ") && left > 0 {
				left--
				return 429, adsFailure(429, "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", `"quotaErrorDetails":{"rateScope":"`+c.scope+`","rateName":"Requests","retryDelay":"7s"}`)
			}
			return 0, ""
		}, func(conn *providers.Conn, d *providers.Deps) { conn.App.ClientID, d.Limits = "1-a", limits })
		if _, err := s.Campaigns.List(t.Context(), providers.ListQuery{Size: 1}); err != nil {
			t.Fatal(err)
		}
		if got := limits.states["googleads:customer:1000000001"].Block; got != 7*time.Second {
			t.Errorf("%s: the account waits %v", c.scope, got)
		}
		if got := limits.states["googleads:project:1"].Block; got != c.project {
			t.Errorf("%s: the project waits %v", c.scope, got)
		}
	}
}

func TestTrap20_AccountsOfAHierarchy(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	listed := map[string]normalize.Organization{}
	p, err := w.Organizations.List(t.Context(), providers.ListQuery{Size: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range p.Items {
		if _, twice := listed[o.ID]; twice {
			t.Errorf("%s comes twice", o.ID)
		}
		listed[o.ID] = o
	}
	for _, a := range w.sim.Accounts() {
		o, ok := listed[a.ID]
		if want := a.Reachable && a.Status != "UNKNOWN"; ok != want { // a sign-up that was never finished cannot be asked
			t.Errorf("account %s (%s, reachable %v) is listed: %v", a.ID, a.Status, a.Reachable, ok)
			continue
		}
		if ok && (o.Currency != a.Currency || o.Timezone != a.Zone || o.Name != a.Name || (o.Status == normalize.StatusActive) != (a.Status == "ENABLED")) {
			t.Errorf("%+v, want %+v", o, a)
		}
		if ok && o.ParentID != "" && (len(o.Managers) != 1 || o.Managers[0].ID != o.ParentID || o.Managers[0].Name == "") {
			t.Errorf("managers of %s: %+v", o.ID, o.Managers)
		}
	}
	if len(p.Left) == 0 || !strings.Contains(strings.Join(p.Left, " "), "4210000009") {
		t.Errorf("an account that was never finished is left out without a word: %v", p.Left)
	}
	// Of a cancelled account nothing can be read, and lists and reports say so.
	cancelled := listed["4210000005"]
	if cancelled.Status != normalize.StatusArchived {
		t.Fatalf("the cancelled account is %+v", cancelled)
	}
	campaigns, err := w.Campaigns.List(t.Context(), providers.ListQuery{Size: 10})
	if err != nil || !strings.Contains(strings.Join(campaigns.Left, " "), cancelled.ID) {
		t.Errorf("campaigns: %v, left %q", err, campaigns.Left)
	}
	parts, err := w.Reports.Plan(providers.ReportQuery{
		Orgs: []normalize.Organization{cancelled}, Level: normalize.LevelCampaign, Metrics: []normalize.Metric{normalize.MetricClicks},
		Range: normalize.DayRange{From: normalize.DayOf(w.sim.Now()).Add(-7), To: normalize.DayOf(w.sim.Now())}, Now: w.sim.Now(),
	})
	if err != nil || len(parts) == 0 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	meta := parts[0].Meta
	for row, err := range w.Reports.Stream(t.Context(), parts[0], &meta) {
		t.Errorf("a row %+v, %v", row, err)
	}
	if !strings.Contains(strings.Join(meta.Left, " "), cancelled.ID) {
		t.Errorf("report: left %q", meta.Left)
	}
}

func TestTrap21_OneVersionIsPinned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ setting, path string }{{"", "/v25/"}, {"v26", "/v26/"}} {
		w := connect(t, sim.Options{Seed: 5, Accounts: 1}, func(conn *providers.Conn, _ *providers.Deps) {
			conn.Settings = map[string]string{"api_version": c.setting}
		})
		for _, n := range []int{
			len(all(t, w.Campaigns, providers.ListQuery{})), len(all(t, w.Groups, providers.ListQuery{})), len(all(t, w.Creatives, providers.ListQuery{})),
			len(all(t, w.Targets, providers.ListQuery{})), len(all(t, w.Promoted, providers.ListQuery{})), len(all(t, w.Assets, providers.ListQuery{})),
		} {
			if n == 0 {
				t.Errorf("version %q: an empty list", c.setting)
			}
		}
		for _, call := range w.sim.Calls() {
			if strings.HasPrefix(call.Path, "/v") && !strings.HasPrefix(call.Path, c.path) {
				t.Errorf("version %q: %s", c.setting, call.Path)
			}
		}
	}
	dead := connect(t, sim.Options{Seed: 5, Accounts: 1}, func(conn *providers.Conn, _ *providers.Deps) { conn.Settings = map[string]string{"api_version": "v19"} })
	_, err := dead.Organizations.List(t.Context(), providers.ListQuery{Size: 1})
	if e, ok := errors.AsType[*providers.Error](err); !ok || e.Kind != providers.Unsupported || e.Field != "api_version" {
		t.Errorf("a version that is gone: %v", err)
	}
	for _, bad := range []string{"25", "v25.1", "v26_1", "v0", "latest", "v25/../v1"} {
		if _, err := google.New().Open(providers.Conn{Settings: map[string]string{"api_version": bad}}, providers.Deps{}); providers.KindOf(err) != providers.Invalid {
			t.Errorf("version %q is taken: %v", bad, err)
		}
	}
}

// The three things that a 401 means: the token, the person, the account.
func TestUnauthenticatedHasThreeMeanings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		kind       providers.Kind
		rejected   int
	}{
		{"the token has expired", adsFailure(401, "authenticationError", "OAUTH_TOKEN_EXPIRED", ""), 0, 1},
		{"the front end says so", `{"error":{"code":401,"message":"m","status":"UNAUTHENTICATED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_EXPIRED","domain":"googleapis.com"}]}}`, 0, 1},
		{"nobody with Google Ads", adsFailure(401, "authenticationError", "NOT_ADS_USER", ""), providers.Unauthorized, 0},
		{"two steps are asked for", adsFailure(401, "authenticationError", "TWO_STEP_VERIFICATION_NOT_ENROLLED", ""), providers.Unauthorized, 0},
		{"no such account", adsFailure(401, "authenticationError", "CUSTOMER_NOT_FOUND", ""), providers.NotFound, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			left := 1
			tokens := &purse{token: "one", next: []string{"two"}}
			s, _ := scripted(t, func(h heard) (int, string) {
				if strings.Contains(h.query, "FROM campaign ") && left > 0 {
					left--
					return http.StatusUnauthorized, c.body
				}
				return 0, ""
			}, func(conn *providers.Conn, _ *providers.Deps) { conn.Tokens = tokens })
			_, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "1000000001", Size: 1})
			if providers.KindOf(err) != c.kind || tokens.rejected != c.rejected {
				t.Errorf("%v; the token was rejected %d times", err, tokens.rejected)
			}
			if e, ok := errors.AsType[*providers.Error](err); ok && (e.RequestID != "rq-1" || !strings.HasPrefix(e.Code, "authenticationError.") || !strings.Contains(e.Message, "said ")) {
				t.Errorf("%+v", e)
			}
		})
	}
}

// Passthrough goes the way to the account of its path, unless the caller names another.
func TestPassthroughNamesTheManager(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, func(h heard) (int, string) {
		switch {
		case h.path == "customers:listAccessibleCustomers":
			return 200, `{"resourceNames":["customers/2000000002"]}`
		case strings.Contains(h.query, "FROM customer_client"):
			return 200, clientRows(clientRow(2000000002, 0, true, "ENABLED"), clientRow(1000000001, 2, false, "ENABLED"))
		}
		return 0, ""
	})
	for i, c := range []struct{ path, own, want string }{
		{"/v25/customers/1000000001/googleAds:search", "", "2000000002"}, {"/v26/customers/1000000001/campaigns:mutate", "3", "3"},
		{"/v25/customers/1000000001:mutate", "", "2000000002"}, {"/v25/googleAdsFields:search", "", ""}, {"/v25/customers/7777777777/googleAds:search", "", ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://googleads.googleapis.com"+c.path, strings.NewReader(fmt.Sprintf(`{"query":"pass %d"}`, i)))
		if err != nil {
			t.Fatal(err)
		}
		if c.own != "" {
			req.Header.Set("login-customer-id", c.own)
		}
		resp, err := s.Do(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := script.asking(fmt.Sprintf("pass %d", i)); len(got) != 1 || got[0].login != c.want {
			t.Errorf("%s: %+v, want login %q", c.path, got, c.want)
		}
	}
}
