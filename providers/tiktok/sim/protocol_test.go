package sim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/tiktok/sim"
)

func (w *world) raw(method, path, body string) answer {
	w.t.Helper()
	req := w.request(method, w.url+path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	return w.send(req)
}

// TestTrap2TheSlash belongs to the path, and dead versions are dead.
func TestTrap2TheSlash(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for path, status := range map[string]int{
		"/open_api/v1.3/campaign/get?advertiser_id=1": 404, "/open_api/v1.3/no/such/": 404, "/other": 404,
		"/open_api/v2.0/report/integrated/get/": 404, "/open_api/v1.3/user/info": 200,
	} {
		a := w.raw(http.MethodGet, path, "")
		if a.status != status || status == 404 && a.text != "404 page not found" {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
	if a := w.raw(http.MethodPost, "/open_api/v1.3/campaign/get/", "{}"); a.status != 405 {
		t.Errorf("wrong verb: %d", a.status)
	}
	wantCode(t, w.raw(http.MethodGet, "/open_api/v1.2/campaign/get/", ""), "40006")
}

// TestTrap12ParametersAreJSON: no commas, no repeated keys, no quoted numbers;
// a wrong sort is not even noticed.
func TestTrap12ParametersAreJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := "?advertiser_id=" + w.account(0)
	base := "/open_api/v1.3/campaign/get/"
	for query, code := range map[string]string{
		"&page=1&page_size=5":                  "0",
		"&fields=campaign_id,budget":           "40002",
		"&fields=campaign_id&fields=budget":    "40002",
		`&fields=["campaign_id","budget"]`:     "0",
		`&fields=["budget"]&fields=["budget"]`: "40002",
		`&page="1"`:                            "40002",
		"&page=1.0":                            "40002",
		"&page_number=1":                       "40002",
		"&order_field=spend&sort_field=cost":   "0",
		`&filtering={"campaign_ids":"1"}`:      "40002",
		`&filtering={"campaign_ids":[1]}`:      "40002",
		`&filtering={"campaign_ids":["1"]}x`:   "40002",
	} {
		if a := w.raw(http.MethodGet, base+adv+strings.NewReplacer(`"`, "%22", "{", "%7B", "}", "%7D", "[", "%5B", "]", "%5D").Replace(query), ""); text(a.body, "code") != code {
			t.Errorf("%s: %s", query, a.text[:min(200, len(a.text))])
		}
	}
	wantRefused(t, w.get(base[len("/open_api/v1.3"):], obj{}), "40002", "advertiser_id")
	report := `{"advertiser_id":"` + w.account(0) + `","report_type":"BASIC","data_level":"AUCTION_ADVERTISER","dimensions":["advertiser_id"],"start_date":"2026-11-01","end_date":"2026-11-02","page":1}`
	if a := w.raw(http.MethodGet, "/open_api/v1.3/report/integrated/get/", report); len(rows(w.data(a))) != 1 {
		t.Errorf("a GET with a body: %s", a.text)
	}
}

// TestTrap1ErrorsAreHTTP200, and nothing tells how much is left of a quota.
func TestTrap1ErrorsAreHTTP200(t *testing.T) {
	t.Parallel()
	now := noon
	w := newWorld(t, sim.Options{Limits: sim.BasicLimits(), Now: func() time.Time { return now }})
	for range 10 {
		w.data(w.get("/user/info/", nil))
	}
	a := w.get("/user/info/", nil)
	wantRefused(t, a, "40100", "QPS limit")
	for h := range a.header {
		if h := strings.ToLower(h); strings.Contains(h, "retry") || strings.Contains(h, "ratelimit") {
			t.Errorf("header %s", h)
		}
	}
	now = now.Add(time.Second)
	w.data(w.get("/user/info/", nil))
	w.control(http.MethodPost, "limits", `{"advertiser_qps":1}`)
	list := obj{"advertiser_id": w.account(0)}
	w.data(w.get("/campaign/get/", list))
	wantRefused(t, w.get("/campaign/get/", list), "40133", w.account(0))
	w.data(w.get("/adgroup/get/", list))
	w.control(http.MethodPost, "limits", `{"paths":{"/report/task/create/":{"qps":1}}}`)
	w.data(w.post("/report/task/create/", daily(w.account(0))))
	wantCode(t, w.post("/report/task/create/", daily(w.account(0))), "40100")
}

// TestFaultsCarryATrace too.
func TestFaultsCarryATrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	body, err := json.Marshal(obj{"code": 51010, "message": "internal timeout", "request_id": "1", "data": obj{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.sim.Fault(sim.Fault{Path: "/user/info/", Status: 200, Body: body}); err != nil {
		t.Fatal(err)
	}
	a := w.get("/user/info/", nil)
	if text(a.body, "code") != "51010" || a.header.Get("X-Tt-Logid") == "" {
		t.Errorf("%s %v", a.text, a.header)
	}
	w.data(w.get("/user/info/", nil))
}

// TestSandbox has fewer endpoints and no secondary_status.
func TestSandbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Sandbox: true, V2: true})
	app := w.sim.App()
	wantCode(t, w.get("/oauth2/advertiser/get/", obj{"app_id": app.ClientID, "secret": app.ClientSecret}), "40008")
	for _, o := range rows(w.data(w.get("/campaign/get/", obj{"advertiser_id": w.account(0)}))) {
		if _, has := o["secondary_status"]; has {
			t.Fatal("secondary_status in the sandbox")
		}
	}
	p := "/open_api/v2.0/report/integrated/get/?report_type=BASIC&data_level=AUCTION_ADVERTISER&dimensions=%5B%22advertiser_id%22%5D&start_date=2026-11-01&end_date=2026-11-02&advertiser_id=" + w.account(0)
	w.data(w.raw(http.MethodGet, p, ""))
}
