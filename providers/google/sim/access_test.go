package sim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/google/sim"
)

func TestVersionsAndPaths(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for _, v := range []string{"v23", "v24", "v25", "v26"} {
		a := w.do("POST", "/"+v+"/customers/"+first+"/googleAds:search", `{"query":"SELECT campaign.foo FROM campaign"}`)
		w.refused(a, 400, "queryError.UNRECOGNIZED_FIELD")
		if !strings.Contains(a.text, "googleads."+v+".errors.GoogleAdsFailure") {
			t.Errorf("%s: %s", v, a.text)
		}
		id := a.header.Get("request-id")
		if len(id) != 22 || !strings.Contains(a.text, `"requestId": "`+id+`"`) {
			t.Errorf("request-id %q is not in the body", id)
		}
	}
	for _, path := range []string{"/v22/customers/1/googleAds:search", "/v27/customers/1/googleAds:search", "/v26/customers/1/nothing:mutate", "/v26/customers/1/googleAds:foo", "/", "/v26"} {
		if a := w.do("POST", path, "{}"); a.status != 404 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s", path, a.status, a.header.Get("Content-Type"))
		}
	}
}

func TestFrontEndRefusals(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	q := "SELECT customer.id FROM customer"
	reason := func(a answer) string {
		for _, r := range []string{"CREDENTIALS_MISSING", "ACCESS_TOKEN_TYPE_UNSUPPORTED", "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"} {
			if strings.Contains(a.text, `"reason": "`+r+`"`) && strings.Contains(a.text, "google.rpc.ErrorInfo") {
				return r
			}
		}
		return a.failure()
	}
	expect := func(name string, a answer, status int, want string) {
		t.Helper()
		if a.status != status || reason(a) != want {
			t.Errorf("%s: %d %q, want %d %q: %s", name, a.status, reason(a), status, want, a.text)
		}
	}
	expect("no token", w.search(first, q, "Authorization:"), 401, "CREDENTIALS_MISSING")
	expect("unknown token", w.search(first, q, "Authorization: Bearer ya29.nothing"), 401, "ACCESS_TOKEN_TYPE_UNSUPPORTED")
	expect("scope", w.search(first, q, "Authorization: Bearer "+w.sim.Grant("openid").Access), 403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
	expect("no ads account", w.search(first, q, "Authorization: Bearer "+w.sim.GrantTo(2).Access), 401, "authenticationError.NOT_ADS_USER")
	expect("fine, developer token ignored", w.search(first, q, "developer-token: rubbish"), 200, "")
	w.sim.Advance(time.Hour)
	expect("expired", w.search(first, q), 401, "ACCESS_TOKEN_EXPIRED")
	w.token = w.sim.Grant().Access
	for body, want := range map[string]string{
		`{"query":"` + q + `","foo":1}`:                    `Unknown name \"foo\": Cannot find field.`,
		`{"query":"` + q + `","searchSettings":{"bar":1}}`: `Unknown name \"bar\" at 'search_settings': Cannot find field.`,
		`{"query":5}`: `Invalid value at 'query' (TYPE_STRING), 5`,
		`{"query":`:   "Unexpected end of string",
		`[]`:          "Root element must be a message",
	} {
		a := w.do("POST", "/v26/customers/"+first+"/googleAds:search", body)
		if a.status != 400 || !strings.Contains(a.text, want) || !strings.Contains(a.text, "google.rpc.BadRequest") {
			t.Errorf("%s: %d %s", body, a.status, a.text)
		}
	}
	if a := w.do("POST", "/v26/customers/"+first+"/googleAds:search?foo=1", "{}"); a.status != 400 || !strings.Contains(a.text, "Cannot bind query parameter") {
		t.Errorf("a query parameter: %d %s", a.status, a.text)
	}
	snake := `{"query":"` + q + `","page_token":"","search_settings":{"return_total_results_count":true}}`
	if a := w.do("POST", "/v26/customers/"+first+"/googleAds:search", snake); a.status != 200 || a.body["totalResultsCount"] != "1" {
		t.Errorf("snake_case: %d %s", a.status, a.text)
	}
}

func TestTrap04_LoginCustomerIDIsAPath(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for _, c := range []struct {
		customer, login string
		status          int
		code            string
	}{
		{first, top, 200, ""},
		{first, "9000000002", 200, ""}, // the sub-manager is on the path
		{first, "", 403, "authorizationError.USER_PERMISSION_DENIED"},
		{first, "9000000003", 403, "authorizationError.USER_PERMISSION_DENIED"},
		{first, first, 403, "authorizationError.USER_PERMISSION_DENIED"},
		{first, "900-000-0001", 400, "headerError.INVALID_LOGIN_CUSTOMER_ID"},
		{"421-000-0001", top, 400, "requestError.INVALID_CUSTOMER_ID"},
		{direct, "", 200, ""},
		{direct, direct, 200, ""},
		{direct, top, 200, ""},
		{direct, "9000000003", 403, "authorizationError.USER_PERMISSION_DENIED"}, // a manager it is not under, though he is a direct user
		{"4210000003", "9000000003", 200, ""},
		{"4210000003", top, 200, ""},
		{"4210000005", top, 403, "authorizationError.CUSTOMER_NOT_ENABLED"},
		{"4210000009", "", 403, "authorizationError.CUSTOMER_NOT_ENABLED"},
		{"4210000007", top, 403, "authorizationError.USER_PERMISSION_DENIED"},
		{"1111111111", top, 401, "authenticationError.CUSTOMER_NOT_FOUND"},
		{top, "", 200, ""},
		{top, top, 200, ""},
	} {
		w.login = c.login
		a := w.search(c.customer, "SELECT customer.id FROM customer")
		if a.status != c.status || a.failure() != c.code {
			t.Errorf("%s as %q: %d %q, want %d %q", c.customer, c.login, a.status, a.failure(), c.status, c.code)
		}
	}
}

func TestHierarchy(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	a := w.do("GET", "/v26/customers:listAccessibleCustomers", "", "login-customer-id:")
	if a.status != 200 || fmt.Sprint(a.body["resourceNames"]) != "[customers/9000000001 customers/9000000003 customers/9100000001 customers/4210000004 customers/4210000005 customers/4210000009]" {
		t.Errorf("%d %v", a.status, a.body)
	}
	var got []string
	for _, r := range w.rows(top, "SELECT customer_client.id, customer_client.level, customer_client.manager, customer_client.status, customer_client.hidden, customer_client.test_account FROM customer_client") {
		got = append(got, strings.Join([]string{str(r, "customerClient.level"), str(r, "customerClient.id"), str(r, "customerClient.status"), str(r, "customerClient.manager"), str(r, "customerClient.hidden")}, " "))
	}
	slices.Sort(got)
	want := []string{
		"0 9000000001 ENABLED true false", "1 4210000003 ENABLED false false", "1 4210000004 ENABLED false false", "1 4210000005 CANCELED false false",
		"1 4210000006 ENABLED false false", "1 4210000010 ENABLED false true", "1 9000000002 ENABLED true false",
		"2 4210000001 ENABLED false false", "2 4210000002 ENABLED false false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	w.refused(w.search(top, "SELECT metrics.clicks FROM customer"), 400, "queryError.REQUESTED_METRICS_FOR_MANAGER")
	w.refused(w.do("POST", "/v26/customers/"+top+"/campaigns:mutate", `{"operations":[{"remove":"customers/9000000001/campaigns/1"}]}`), 400, "requestError.CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT")
	if rows := w.rows(direct, "SELECT customer_client.id FROM customer_client"); len(rows) != 1 {
		t.Errorf("a client lists %d rows", len(rows))
	}
	made := w.do("POST", "/v26/customers/"+top+":createCustomerClient", `{"customerClient":{"descriptiveName":"New","currencyCode":"EUR","timeZone":"Europe/Berlin"}}`)
	name, _ := made.body["resourceName"].(string)
	if made.status != 200 || len(w.rows(strings.TrimPrefix(name, "customers/"), "SELECT customer.id FROM customer")) != 1 {
		t.Errorf("createCustomerClient: %d %s", made.status, made.text)
	}
}

func TestReadOnlyUserMayNotWrite(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	w.login, w.token = "", w.sim.GrantTo(1).Access
	if a := w.search(first, "SELECT customer.id FROM customer"); a.status != 200 {
		t.Fatal(a.text)
	}
	w.refused(w.mutate("labels", `{"create":{"name":"x"}}`, ""), 403, "authorizationError.ACTION_NOT_PERMITTED")
}

func TestTrap05_AccessLevels(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Limits: sim.Limits{Level: "TEST"}})
	q := "SELECT customer.id FROM customer"
	w.refused(w.search(first, q), 403, "authorizationError.CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION")
	if a := w.search("4210000008", q, "login-customer-id: 9100000001"); a.status != 200 {
		t.Errorf("a test account: %d %s", a.status, a.text)
	}
	w.control("/_sim/limits", `{"level":"EXPLORER","operations_per_day":3}`)
	for range 3 {
		if a := w.search(first, q); a.status != 200 {
			t.Fatal(a.text)
		}
	}
	a := w.search(first, q)
	w.refused(a, 429, "quotaError.RESOURCE_EXHAUSTED")
	if a.header.Get("Retry-After") != "" || !strings.Contains(a.text, `"retryDelay": "86400s"`) || !strings.Contains(a.text, `"rateScope": "DEVELOPER"`) {
		t.Errorf("%v %s", a.header, a.text)
	}
	w.sim.Advance(24 * time.Hour)
	w.token = w.sim.Grant().Access
	if a := w.search(first, q); a.status != 200 {
		t.Errorf("a day later: %s", a.text)
	}
	w.control("/_sim/limits", `{"customer_burst":1}`)
	w.search(first, q)
	a = w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", `{"query":"`+q+`"}`)
	w.refused(a, 429, "quotaError.RESOURCE_TEMPORARILY_EXHAUSTED")
	if len(a.list) != 1 || !strings.Contains(a.text, `"retryDelay": "5s"`) || !strings.Contains(a.text, `"rateScope": "ACCOUNT"`) {
		t.Errorf("%s", a.text)
	}
	if a := w.search(direct, q); a.status != 200 {
		t.Errorf("another customer: %s", a.text)
	}
}

func (w *world) control(path, body string) {
	w.t.Helper()
	if a := w.do("POST", path, body); a.status/100 != 2 {
		w.t.Fatalf("%s: %d %s", path, a.status, a.text)
	}
}
