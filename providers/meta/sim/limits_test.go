package sim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

// usage reads a usage header.
func usage(t *testing.T, a answer, name string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(a.header.Get(name)), &out); err != nil {
		t.Fatalf("%s: %q", name, a.header.Get(name))
	}
	return out
}

func TestTrap11_ThrottlesAre400WithoutRetryAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Limits: sim.Limits{Tier: "development_access"}})
	act := accountID(w, 0)
	var last answer
	for range 60 {
		if last = w.get(act + "/campaigns"); last.status != 200 {
			t.Fatalf("refused too early: %s", last.text)
		}
	}
	u := usage(t, last, "X-Ad-Account-Usage")
	if u["acc_id_util_pct"].(float64) != 100 || u["reset_time_duration"].(float64) != 300 || u["ads_api_access_tier"] != "development_access" {
		t.Errorf("%v", u)
	}
	over := w.get(act + "/campaigns")
	refused(t, over, 400, "17", "2446079")
	if over.header.Get("Retry-After") != "" || over.header.Get("X-Ad-Account-Usage") == "" {
		t.Errorf("%v", over.header)
	}
	if a := w.get(accountID(w, 1) + "/campaigns"); a.status != 200 {
		t.Errorf("another account suffers: %s", a.text)
	}
	w.sim.Advance(299 * time.Second)
	refused(t, w.get(act+"/campaigns"), 400, "17", "2446079") // and the block starts anew
	w.sim.Advance(299 * time.Second)
	refused(t, w.get(act+"/campaigns"), 400, "17", "2446079")
	w.sim.Advance(301 * time.Second)
	w.ok(act + "/campaigns")
}

func TestWritesCostThreePoints(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Limits: sim.Limits{Score: 100}})
	w.campaign(0)
	a := w.get(accountID(w, 0))
	if u := usage(t, a, "X-Ad-Account-Usage"); u["acc_id_util_pct"].(float64) != 4 {
		t.Errorf("a write and a read: %v", u)
	}
	w.sim.Advance(300 * time.Second)
	if u := usage(t, w.get(accountID(w, 0)), "X-Ad-Account-Usage"); u["acc_id_util_pct"].(float64) != 1 {
		t.Errorf("it did not fall: %v", u)
	}
}

func TestBusinessUseCasesAreCountedApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Limits: sim.Limits{Management: 4, Insights: 2}})
	act := accountID(w, 0)
	kind := func(a answer) map[string]any {
		list := usage(t, a, "X-Business-Use-Case-Usage")[w.sim.Accounts()[0].ID].([]any)
		return list[0].(map[string]any)
	}
	if k := kind(w.get(act + "/campaigns")); k["type"] != "ads_management" || k["call_count"].(float64) != 25 {
		t.Errorf("%v", k)
	}
	report := w.get(act+"/insights", "fields", "spend")
	if k := kind(report); k["type"] != "ads_insights" || k["call_count"].(float64) != 50 {
		t.Errorf("%v", k)
	}
	if th := usage(t, report, "X-Fb-Ads-Insights-Throttle"); th["acc_id_util_pct"] == nil || th["app_id_util_pct"] == nil {
		t.Errorf("%v", th)
	}
	w.get(act+"/insights", "fields", "spend")
	over := w.get(act+"/insights", "fields", "spend")
	refused(t, over, 400, "80000", "2446079")
	if k := kind(over); k["estimated_time_to_regain_access"].(float64) < 1 || k["estimated_time_to_regain_access"].(float64) > 60 {
		t.Errorf("minutes to wait: %v", k)
	}
	w.ok(act + "/campaigns") // another lane
	w.sim.Advance(61 * time.Minute)
	if a := w.get(act+"/insights", "fields", "spend"); a.status != 200 {
		t.Errorf("an hour later: %s", a.text)
	}
	for range 4 {
		w.get(act + "/campaigns")
	}
	refused(t, w.get(act+"/campaigns"), 400, "80004", "2446079")
}

func TestTheAppHasALimitToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Limits: sim.Limits{App: 2}})
	w.ok("me")
	if u := usage(t, w.get("me"), "X-App-Usage"); u["call_count"].(float64) != 100 {
		t.Errorf("%v", u)
	}
	refused(t, w.get("me"), 400, "4", "")
	w.ok(accountID(w, 0)) // marketing calls are outside Graph's buckets
}

func TestMutationsPerSecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Limits: sim.Limits{Mutations: 2}})
	w.campaign(0)
	w.campaign(0)
	refused(t, w.do(http.MethodPost, accountID(w, 0)+"/campaigns", "name", "x"), 400, "613", "5044001")
}

func TestLimitsCanBeChangedWhileItRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	control := func(path, body string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/_sim/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return w.send(req).status
	}
	if got := control("limits", `{"score":1}`); got != 204 {
		t.Fatalf("limits: %d", got)
	}
	w.ok(accountID(w, 0))
	refused(t, w.get(accountID(w, 0)), 400, "17", "2446079")
	if control("limits", `{"nonsense":1}`) != 400 || control("paging", `{"short":true}`) != 204 {
		t.Error("control paths read loosely")
	}
}
