package sim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/admux/admux/providers/linkedin/sim"
)

func TestTrap02_QueryEncoding(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	good := []string{
		accounts + "?q=search&search=(status:(values:List(ACTIVE,CANCELED)),test:false)",
		accounts + "?q=search&search=(id:(values:List(urn%3Ali%3AsponsoredAccount%3A503000001)))&fields=id,name",
		accounts + "?q=search&search=(name:(values:List(Acme%20US%2C%20Inc.%20%22Main%22)))",
		acct + "/adCampaigns?q=search&search=(status:(values:List()))",
	}
	for _, path := range good {
		w.ok(path)
	}
	if a := w.ok(good[2]); len(a.elements()) != 1 {
		t.Errorf("a name with a comma and quotes: %d found", len(a.elements()))
	}
	bad := map[string]string{
		accounts + "?q=search&search=" + url.QueryEscape("(status:(values:List(ACTIVE)))"):               "PARAM_INVALID",
		accounts + "?q=search&search=(id:(values:List(urn:li:sponsoredAccount:503000001)))":              "PARAM_INVALID",
		accounts + "?q=search&search=(status:(values:List(ACTIVE))":                                      "PARAM_INVALID",
		accounts + "?q=search&search=(status:(values:List(ACTIVE)))x":                                    "PARAM_INVALID",
		accounts + "?q=search&search=(status:(values:List(RUNNING)))":                                    "PARAM_INVALID",
		accounts + "?q=search&search=(color:(values:List(RED)))":                                         "PARAM_INVALID",
		accounts + "?q=search&search=(status:ACTIVE)":                                                    "PARAM_INVALID",
		accounts + "?q=search&search.status.values[0]=ACTIVE":                                            "QUERY_PARAM_NOT_ALLOWED",
		accounts + "?q=search&color=red":                                                                 "QUERY_PARAM_NOT_ALLOWED",
		accounts + "?q=search&pageSize=1&pageSize=2":                                                     "PARAM_INVALID",
		accounts + "?q=search&fields=List(id,name)":                                                      "PARAM_INVALID",
		accounts + "?q=search&pageSize=":                                                                 "PARAM_INVALID",
		accounts + "?q=search&search=(status:(values:List(%zz)))":                                        "PARAM_INVALID",
		acct + "/adCampaigns?q=search&search=(id:(values:List(urn%253Ali%253AsponsoredCampaign%253A1)))": "PARAM_INVALID",
	}
	for path, code := range bad {
		if a := w.get(path); a.status != 400 || a.code() != code {
			t.Errorf("%s: %d %s, want 400 %s", path, a.status, a.code(), code)
		}
	}
}

func TestProtocolOne(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	const one = "X-Restli-Protocol-Version:"
	a := w.ok(accounts+"?q=search&search.status.values[0]=ACTIVE&search.id.values[0]=urn:li:sponsoredAccount:503000001&search.id.values[1]=urn:li:sponsoredAccount:503000002", one)
	if len(a.elements()) != 2 {
		t.Errorf("%d accounts, want 2", len(a.elements()))
	}
	w.ok("/rest/adAccountUsers?q=accounts&count=1&start=0&accounts=urn:li:sponsoredAccount:503000001", one)
	a = w.ok("/rest/adAnalytics?q=analytics&pivot=CAMPAIGN&timeGranularity=DAILY&count=10000&start=0&dateRange.start.day=1&dateRange.start.month=11&dateRange.start.year=2026"+
		"&dateRange.end.day=3&dateRange.end.month=11&dateRange.end.year=2026&accounts[0]=urn:li:sponsoredAccount:503000001&fields=dateRange,pivotValues,impressions", one)
	if len(a.elements()) == 0 {
		t.Error("no rows")
	}
	for _, path := range []string{
		accounts + "?q=search&search=(status:(values:List(ACTIVE)))",
		accounts + "?q=search&search.status.values[0]=ACTIVE&search.status.values[2]=DRAFT",
		accounts + "?q=search&search.status.values=ACTIVE&search.status.values.x=1",
		accounts + "?q=search&search.status.values[x]=ACTIVE",
	} {
		w.refused(w.get(path, one), 400, "PARAM_INVALID")
	}
	if a := w.get(accounts+"?q=search", "X-Restli-Protocol-Version: 3.0.0"); a.status != 400 {
		t.Errorf("protocol 3: %d", a.status)
	}
}

func TestRestliMethodHeader(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	creatives := acct + "/creatives?q=criteria&pageSize=2"
	if a := w.get(creatives); a.status != 400 {
		t.Errorf("creatives without FINDER: %d", a.status)
	}
	for _, h := range []string{"FINDER", "finder", "Finder"} {
		w.ok(creatives, "X-RestLi-Method: "+h)
	}
	if a := w.get(accounts + "?ids=List(503000001)"); a.status != 400 {
		t.Errorf("batch without a method header: %d", a.status)
	}
	w.ok(accounts+"?ids=List(503000001)", "X-RestLi-Method: batch_get")
	for _, h := range []string{"CREATE", "NONSENSE", "BATCH_GET"} {
		if a := w.get(accounts+"?q=search", "X-RestLi-Method: "+h); a.status != 400 {
			t.Errorf("GET q=search as %s: %d", h, a.status)
		}
	}
	if a := w.do("POST", acct+"/adCampaigns/720000001", `{"patch":{"$set":{"name":"x"}}}`); a.status != 405 && a.status != 400 {
		t.Errorf("partial update without its header: %d", a.status)
	}
	if a := w.do("PATCH", acct, `{}`); a.status != 405 {
		t.Errorf("PATCH: %d", a.status)
	}
}

func TestTunnelling(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	query := "q=search&search=(status:(values:List(ACTIVE)))&pageSize=1"
	plain := w.ok(accounts + "?" + query)
	form := []string{"Content-Type: application/x-www-form-urlencoded", "X-HTTP-Method-Override: GET"}
	a := w.do("POST", accounts, query, append(form, "X-RestLi-Method: FINDER")...)
	if a.status != 200 || a.text != plain.text {
		t.Errorf("tunnelled: %d %s", a.status, a.text)
	}
	a = w.do("POST", accounts, query, form...) // the method is inferred here too
	if a.status != 200 {
		t.Errorf("tunnelled without a method: %d", a.status)
	}
	long := accounts + "?q=search&search=(name:(values:List(" + strings.Repeat("x", 4001) + ")))"
	if a := w.get(long); a.status != http.StatusRequestURITooLong || !strings.Contains(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("a long URL: %d %s", a.status, a.header.Get("Content-Type"))
	}
	_, q, _ := strings.Cut(long, "?")
	if a := w.do("POST", accounts, q, form...); a.status != 200 {
		t.Errorf("the same tunnelled: %d", a.status)
	}
	if a := w.do("POST", accounts, query, "Content-Type: application/json", "X-HTTP-Method-Override: GET"); a.status != 400 {
		t.Errorf("tunnelled as JSON: %d", a.status)
	}
	body := "--b\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nids=List(610000002)\r\n--b\r\nContent-Type: application/json\r\n\r\n" +
		`{"entities":{"610000002":{"patch":{"$set":{"name":"tunnelled"}}}}}` + "\r\n--b--"
	a = w.do("POST", acct+"/adCampaignGroups", body, "Content-Type: multipart/mixed; boundary=b", "X-HTTP-Method-Override: POST", "X-RestLi-Method: BATCH_PARTIAL_UPDATE")
	if a.status != 200 || !strings.Contains(a.text, `"610000002":{"status":204}`) {
		t.Errorf("multipart: %d %s", a.status, a.text)
	}
	for _, c := range w.sim.Calls() {
		if c.Tunnelled && c.Method == "GET" && c.Query == "" {
			t.Errorf("the log lost a tunnelled query: %+v", c)
		}
	}
}

func TestProjection(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	a := w.ok(acct + "?fields=id,changeAuditStamps:(created:(time)),referenceInfo:(organization:(localizedName)),nothing")
	stamps, _ := a.body["changeAuditStamps"].(map[string]any)
	created, _ := stamps["created"].(map[string]any)
	if len(a.body) != 3 || len(stamps) != 1 || len(created) != 1 || created["time"] == nil {
		t.Errorf("projected to %s", a.text)
	}
	if a := w.ok(acct); a.body["referenceInfo"] != nil {
		t.Error("referenceInfo came without being asked for")
	}
}

func TestPathsThatDoNotExist(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for path, status := range map[string]int{
		"/rest/nothing?q=search":                          404,
		acct + "/nothing":                                 404,
		accounts + "/1":                                   404,
		accounts + "/abc":                                 400,
		acct + "/adCampaigns/1":                           404,
		acct + "/creatives/830000001":                     400, // creatives are keyed by URN
		"/rest/adAccounts/503000007":                      403, // somebody else's
		"/rest/adAccounts/503000007/adCampaigns?q=search": 403,
		"/rest/posts/urn%3Ali%3AadInMailContent%3A1":      400,
	} {
		if a := w.get(path); a.status != status {
			t.Errorf("%s: %d, want %d", path, a.status, status)
		}
	}
	w.ok(acct + "/creatives/urn%3Ali%3AsponsoredCreative%3A830000001")
}
