package sim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/providers/meta/sim"
)

func TestVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	for _, v := range []string{"v26.0", "v25.0"} {
		a := w.get("/" + v + "/" + act + "/campaigns")
		if a.status != 200 || a.header.Get("Facebook-Api-Version") != v || a.header.Get("X-Ad-Api-Version-Warning") != "" {
			t.Errorf("%s: %d %v", v, a.status, a.header)
		}
		if next := text(w.get("/"+v+"/"+act+"/campaigns", "limit", "1").body, "paging", "next"); !strings.HasPrefix(next, w.url+"/"+v+"/") {
			t.Errorf("next changes the version: %s", next)
		}
	}
	old := w.get("/v24.0/" + act + "/campaigns")
	if h := old.header.Get("X-Ad-Api-Version-Warning"); old.status != 200 || h != "The call has been auto-upgraded to v25.0 as v24.0 has been deprecated" {
		t.Errorf("v24.0: %d %q", old.status, h)
	}
	refused(t, w.do(http.MethodPost, "/v24.0/"+act+"/campaigns", "name", "x"), 400, "2635", "")
	refused(t, w.get("/v24.0/"+act+"/insights"), 400, "2635", "")
	refused(t, w.get("/"+act+"/campaigns"), 400, "2635", "") // unversioned
	refused(t, w.get("/v99.0/"+act), 400, "2500", "")
	if a := w.get("/me"); a.status != 200 {
		t.Errorf("Graph's core needs no version: %s", a.text)
	}
	strict := newWorld(t, sim.Options{NoAutoUpgrade: true})
	refused(t, strict.get("/v24.0/"+act), 400, "2635", "")
}

func TestTrap10_DeadParametersAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	refused(t, w.get("/v26.0/", "ids", act), 400, "100", "")
	refused(t, w.get("/v25.0/", "ids", act), 400, "100", "")
	refused(t, w.get(act+"/campaigns", "date_format", "U"), 400, "100", "")
	if a := w.get(act+"/campaigns", "pretty", "1", "debug", "all"); a.status != 200 || strings.Contains(a.text, "\n") {
		t.Errorf("pretty and debug are ignored: %s", a.text)
	}
}

func TestTrap16_MissingAndForbiddenLookAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	a := w.get("120399999999999999")
	refused(t, a, 400, "100", "33")
	if text(a.body, "error", "type") != "GraphMethodException" {
		t.Errorf("type: %s", a.text)
	}
	refused(t, w.get("act_1"), 400, "100", "33")
}

func TestBodiesAreFormJSONOrMultipart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	values := map[string]any{"name": "Ünï \"c\"", "objective": "OUTCOME_TRAFFIC", "special_ad_categories": []string{"HOUSING"}, "daily_budget": 5000, "status": "PAUSED"}
	asJSON, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	form := w.do(http.MethodPost, act+"/campaigns", "name", "Ünï \"c\"", "objective", "OUTCOME_TRAFFIC", "special_ad_categories", `["HOUSING"]`, "daily_budget", "5000", "status", "PAUSED")
	var parts bytes.Buffer
	m := multipart.NewWriter(&parts)
	for k, v := range values {
		part, err := m.CreateFormField(k)
		if err != nil {
			t.Fatal(err)
		}
		if list, ok := v.([]string); ok {
			v = `["` + list[0] + `"]`
		}
		fmt.Fprint(part, v)
	}
	m.Close()
	made := []answer{form,
		w.post(act+"/campaigns", "application/json", bytes.NewReader(asJSON)), w.post(act+"/campaigns", m.FormDataContentType(), &parts)}
	for i, a := range made {
		if a.status != 200 {
			t.Fatalf("body %d: %s", i, a.text)
		}
		got := w.ok(text(a.body, "id"), "fields", "name,daily_budget,special_ad_categories,status,objective")
		if text(got, "name") != "Ünï \"c\"" || got["daily_budget"] != "5000" || text(got, "status") != "PAUSED" || fmt.Sprint(got["special_ad_categories"]) != "[HOUSING]" {
			t.Errorf("body %d: %v", i, got)
		}
	}
	refused(t, w.post(act+"/campaigns", "application/json", strings.NewReader(`[1]`)), 400, "100", "")
	refused(t, w.post(act+"/campaigns", "text/plain", strings.NewReader(`x`)), 400, "100", "")
}

// post sends a body as it is; the token stays in the query string.
func (w *world) post(path, kind string, body io.Reader) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+"/v26.0/"+path+"?access_token="+w.token, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	return w.send(req)
}

func TestVerbsAreTunnelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	if a := w.do(http.MethodPost, act+"/campaigns", "method", "get", "limit", "1"); len(elements(a.body)) != 1 {
		t.Errorf("get: %s", a.text)
	}
	id := ids(w.data(act + "/campaigns"))[0]
	if a := w.do(http.MethodPost, id, "method", "delete"); at(a.body, "success") != true {
		t.Fatalf("delete: %s", a.text)
	}
	if s := text(w.ok(id, "fields", "status"), "status"); s != "DELETED" {
		t.Errorf("status: %s", s)
	}
	refused(t, w.do(http.MethodPut, act, "name", "x"), 400, "100", "")
}

// batch sends items and gives the parsed replies; a null one is nil.
func (w *world) batch(items string, pairs ...string) []map[string]any {
	w.t.Helper()
	a := w.do(http.MethodPost, "/v26.0/", append([]string{"batch", items}, pairs...)...)
	var out []map[string]any
	if err := json.Unmarshal([]byte(a.text), &out); err != nil || a.status != 200 {
		w.t.Fatalf("batch: %d %s", a.status, a.text)
	}
	return out
}

func TestBatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	out := w.batch(`[{"method":"GET","relative_url":"` + act + `/campaigns?limit=1&fields=name"},{"method":"GET","relative_url":"v25.0/act_1"},{"method":"POST","relative_url":"` + act + `/campaigns","body":"name=B&objective=OUTCOME_TRAFFIC&special_ad_categories=%5B%5D&daily_budget=900"}]`)
	if len(out) != 3 || fmt.Sprint(out[0]["code"]) != "200" || fmt.Sprint(out[1]["code"]) != "400" || fmt.Sprint(out[2]["code"]) != "200" {
		t.Fatalf("%v", out)
	}
	if !strings.Contains(out[0]["body"].(string), `"data":[{"id":`) || !strings.Contains(out[1]["body"].(string), `"error_subcode":33`) {
		t.Errorf("%v", out)
	}
	names := fmt.Sprint(out[0]["headers"])
	for _, h := range []string{"X-Business-Use-Case-Usage", "X-Ad-Account-Usage", "X-App-Usage"} {
		if !strings.Contains(names, h) {
			t.Errorf("an item lacks %s: %s", h, names)
		}
	}
	bare := w.batch(`[{"method":"GET","relative_url":"me"}]`, "include_headers", "false")
	if bare[0]["headers"] != nil {
		t.Errorf("headers came: %v", bare)
	}
}

func TestBatchItemsRefer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	list := `{"method":"GET","name":"list","relative_url":"` + act + `/campaigns?limit=2","omit_response_on_success":%v}`
	refer := `{"method":"GET","relative_url":"` + act + `/adsets?filtering=[{\"field\":\"campaign.id\",\"operator\":\"IN\",\"value\":[{result=list:$.data[0].id}]}]&fields=campaign_id"}`
	shown := w.batch("[" + fmt.Sprintf(list, false) + "," + refer + "]")
	if shown[0] == nil || shown[1] == nil || !strings.Contains(shown[1]["body"].(string), `"campaign_id"`) {
		t.Errorf("%v", shown)
	}
	omitted := w.batch("[" + fmt.Sprintf(list, true) + "," + refer + "]")
	if omitted[0] != nil || omitted[1] == nil {
		t.Errorf("%v", omitted)
	}
	failed := w.batch(`[{"method":"GET","name":"a","relative_url":"act_1"},{"method":"GET","relative_url":"me","depends_on":"a"},{"method":"GET","relative_url":"me"}]`)
	if fmt.Sprint(failed[0]["code"]) != "400" || failed[1] != nil || failed[2] == nil {
		t.Errorf("what depends on a failure is not executed: %v", failed)
	}
	many := strings.TrimSuffix(strings.Repeat(`{"method":"GET","relative_url":"me"},`, 51), ",")
	refused(t, w.do(http.MethodPost, "/v26.0/", "batch", "["+many+"]"), 400, "100", "")
}

func TestErrorDataIsTextInTheEnvelope(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	a := w.do(http.MethodPost, accountID(w, 0)+"/campaigns", "name", "x", "objective", "OUTCOME_SALES", "special_ad_categories", "[]", "daily_budget", "3")
	refused(t, a, 400, "100", "1885272")
	if got := at(a.body, "error", "error_data"); got != `{"blame_field_specs":[["daily_budget"]]}` {
		t.Errorf("error_data is %T %v", got, got)
	}
	if at(a.body, "error", "is_transient") != false || text(a.body, "error", "error_user_title") == "" || text(a.body, "error", "error_user_msg") == "" {
		t.Errorf("%s", a.text)
	}
	if a.header.Get("X-Fb-Trace-Id") != text(a.body, "error", "fbtrace_id") {
		t.Error("header and body name different traces")
	}
}

func TestFaultsCarryARequestID(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	if err := w.sim.Fault(sim.Fault{Path: "/campaigns", Status: 400, Body: json.RawMessage(`{"error":{"code":17,"error_subcode":2446079,"message":"x","type":"OAuthException"}}`), Times: 1}); err != nil {
		t.Fatal(err)
	}
	a := w.get(accountID(w, 0) + "/campaigns")
	if a.status != 400 || text(a.body, "error", "code") != "17" || a.header.Get("X-Fb-Trace-Id") == "" {
		t.Errorf("%d %s %v", a.status, a.text, a.header)
	}
	w.ok(accountID(w, 0) + "/campaigns")
}
