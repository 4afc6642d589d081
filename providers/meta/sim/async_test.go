package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

// start posts a report and gives the run's id.
func (d *desk) start(kv ...string) string {
	d.t.Helper()
	r := d.post(d.node(0)+"/insights", kv...)
	id, _ := r.body["report_run_id"].(string)
	if r.status != http.StatusOK || id == "" {
		d.t.Fatalf("no run: %d %s", r.status, r.text)
	}
	return id
}

func (r reply) progress() string {
	return fmt.Sprint(r.body["async_status"], " ", r.body["async_percent_completion"])
}

// TestTrap03_HundredPercentIsNotDone follows a run on a clock that moves.
func TestTrap03_HundredPercentIsNotDone(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3, Insights: sim.InsightsOptions{ClockOnly: true, JobSeconds: 100}})
	id := d.start("level", "campaign", "fields", ledgerFields, "date_preset", "last_7d", "time_increment", "1")
	for _, step := range []struct {
		wait    time.Duration
		want    string
		running bool
	}{
		{0, "Job Not Started 0", true}, {30 * time.Second, "Job Started 0", true}, {30 * time.Second, "Job Running 60", true},
		{30 * time.Second, "Job Running 100", true}, {20 * time.Second, "Job Completed 100", false},
	} {
		if !step.running {
			early := d.get(id + "/insights")
			d.wants(early, http.StatusBadRequest, "2601/1815107")
			if e := early.body["error"].(map[string]any); e["is_transient"] != true {
				t.Errorf("too early is not transient: %s", early.text)
			}
		}
		d.sim.Advance(step.wait)
		r := d.get(id)
		if r.progress() != step.want || (r.body["is_running"] == true) != step.running || (r.body["time_completed"] == nil) != step.running {
			t.Errorf("after %s more: %s", step.wait, r.text)
		}
		if r.body["id"] != id || r.body["account_id"] != d.sim.Accounts()[0].ID || r.body["date_start"] != "2026-11-17" || r.body["date_stop"] != "2026-11-23" {
			t.Errorf("the run is %s", r.text)
		}
	}
	sync := d.all(d.node(0)+"/insights", "level", "campaign", "fields", ledgerFields, "date_preset", "last_7d", "time_increment", "1")
	if async := d.all(id+"/insights", "limit", "3"); fmt.Sprint(async) != fmt.Sprint(sync) || len(async) < 10 {
		t.Errorf("the run has %d rows, a GET %d", len(async), len(sync))
	}
	if r := d.get(id, "fields", "async_status"); fmt.Sprint(r.body) != fmt.Sprintf("map[async_status:Job Completed id:%s]", id) {
		t.Errorf("one field: %s", r.text)
	}
	d.wants(d.get(id, "fields", "async_stat"), http.StatusBadRequest, "100")
}

// TestAsyncOnAClockThatStands: reads move a run on too.
func TestAsyncOnAClockThatStands(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	id := d.start("fields", "spend")
	var seen []string
	for range 6 {
		seen = append(seen, d.get(id).progress())
	}
	if got := strings.Join(seen, ", "); got != "Job Not Started 0, Job Started 0, Job Running 40, Job Running 60, Job Running 100, Job Completed 100" {
		t.Error(got)
	}
}

// TestTrap16_ARunIsNotVisibleAtOnce: right after the POST the node is unknown.
func TestTrap16_ARunIsNotVisibleAtOnce(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3, Insights: sim.InsightsOptions{HiddenPolls: 2}})
	id := d.start("fields", "spend")
	d.wants(d.get(id), http.StatusBadRequest, "100/33")
	d.wants(d.get(id), http.StatusBadRequest, "100/33")
	if r := d.get(id); r.progress() != "Job Not Started 0" {
		t.Error(r.text)
	}
}

// TestTrap12_ReportRunIDIsANumberOrAText as the simulator is told.
func TestTrap12_ReportRunIDIsANumberOrAText(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3, Insights: sim.InsightsOptions{NumericRunIDs: true}})
	r := d.post(d.node(0)+"/insights", "fields", "spend")
	if _, ok := r.body["report_run_id"].(json.Number); !ok {
		t.Error(r.text)
	}
}

// TestAsyncFates: what becomes of runs is ordered by the control path.
func TestAsyncFates(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3, Insights: sim.InsightsOptions{ClockOnly: true}})
	control(d, `{"fates":["failed","too_large","skipped","stuck","running","completed"],"job_seconds":10}`, http.StatusOK)
	var ids []string
	for range 7 {
		ids = append(ids, d.start("fields", "spend"))
	}
	d.sim.Advance(time.Hour)
	for i, want := range []string{
		"Job Failed 100 -2 2490547", "Job Failed 100 -3 1504045", "Job Skipped 0 <nil> <nil>", "Job Not Started 0 <nil> <nil>",
		"Job Running 100 <nil> <nil>", "Job Completed 100 <nil> <nil>", "Job Completed 100 <nil> <nil>",
	} {
		r := d.get(ids[i])
		if got := fmt.Sprint(r.progress(), " ", r.body["error_code"], " ", r.body["error_subcode"]); got != want {
			t.Errorf("run %d is %s, want %s", i, got, want)
		}
		if i < 2 && (r.body["error_message"] == nil || r.body["error_user_msg"] == nil || r.body["error_user_title"] == nil) {
			t.Errorf("run %d explains nothing: %s", i, r.text)
		}
		if i < 5 {
			d.wants(d.get(ids[i]+"/insights"), http.StatusBadRequest, "2601/1815107")
		}
	}
	control(d, `{"fates":["lost"]}`, http.StatusBadRequest)
	control(d, `{"no_such_switch":1}`, http.StatusBadRequest)
}

func control(d *desk, body string, status int) {
	d.t.Helper()
	resp, err := http.Post(d.url+"/_sim/insights", "application/json", strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != status {
		d.t.Errorf("%s answers %d", body, resp.StatusCode)
	}
}

// TestAsyncRunsEnd: by DELETE, after 30 days, and for anybody else.
func TestAsyncRunsEnd(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	id := d.start("fields", "spend")
	stranger := *d
	stranger.token = d.sim.GrantTo(2).Access
	stranger.wants(stranger.get(id), http.StatusBadRequest, "100/33")
	viewer := *d
	viewer.token = d.sim.GrantTo(1).Access
	viewer.wants(viewer.get(id), http.StatusBadRequest, "100/33")
	if r := d.send(http.MethodDelete, d.url+"/v26.0/"+id, nil); r.text != `{"success":true}` {
		t.Error(r.text)
	}
	d.wants(d.get(id), http.StatusBadRequest, "100/33")
	id = d.start("fields", "spend")
	d.sim.Advance(30*24*time.Hour - time.Second)
	if r := d.get(id); r.progress() != "Job Completed 100" {
		t.Error(r.text)
	}
	d.sim.Advance(time.Second)
	d.wants(d.get(id), http.StatusBadRequest, "100/33")
	d.wants(d.post(d.node(0)+"/insights", "fields", "age"), http.StatusBadRequest, "100") // refused before it runs
}

// TestInsightsCaps: too much for a GET must run asynchronously, too much for
// both is refused, and heavy pages ask for less data.
func TestInsightsCaps(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3, Insights: sim.InsightsOptions{SyncRows: 2000, AsyncRows: 8000, PageCells: 300}})
	ask := func(days int, kv ...string) []string {
		since := tuesday().AddDate(0, 0, -days).Format(time.DateOnly)
		return append(kv, "level", "ad", "time_increment", "1", "fields", "ad_id,impressions,spend", "time_range", ranged(since, "2026-11-23"))
	}
	path := d.node(0) + "/insights"
	if r := d.get(path, ask(10, "limit", "100")...); r.status != http.StatusOK {
		t.Fatal(r.text)
	}
	seen := map[string]bool{}
	for days := 70; days < 90; days++ {
		r := d.get(path, ask(days)...)
		seen[r.fault()] = true
	}
	if len(seen) != 2 || !seen["100/1504018"] || !seen["2/1504038"] {
		t.Errorf("time-outs look like %v", seen)
	}
	d.wants(d.get(path, ask(300)...), http.StatusBadRequest, "100/1487534")
	ad := d.get(path, ask(1)...).rows()[0]["ad_id"].(string) // what filters leave counts
	if r := d.get(path, ask(300, "filtering", `[{"field":"ad.id","operator":"IN","value":["`+ad+`"]}]`)...); r.status != http.StatusOK {
		t.Error(r.text)
	}
	heavy := d.get(path, ask(10, "limit", "500")...)
	d.wants(heavy, http.StatusInternalServerError, "1")
	if !strings.HasPrefix(heavy.message(), "Please reduce the amount of data") {
		t.Error(heavy.message())
	}
	id := d.start(ask(40)...)
	for d.get(id).progress() != "Job Completed 100" {
	}
	if rows := d.all(id+"/insights", "limit", "100"); len(rows) < 500 {
		t.Errorf("%d rows", len(rows))
	}
	id = d.start(ask(300)...)
	for range 6 {
		d.get(id)
	}
	if r := d.get(id); fmt.Sprint(r.body["error_code"]) != "-3" {
		t.Errorf("a run that is too large: %s", r.text)
	}
}

// TestAsyncReachBeyond13Months: ten such runs a day have reach.
func TestAsyncReachBeyond13Months(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3, HistoryDays: 600, Dense: true, Accounts: 1, Campaigns: 1, Groups: 1, Ads: 1})
	for i := range 11 {
		r := d.post(d.node(0)+"/insights", "fields", "reach", "breakdowns", "age", "time_range", ranged("2025-10-01", "2025-10-02"))
		if r.header.Get("X-Fb-Ads-Insights-Reach-Throttle") == "" {
			t.Error("no header of the reach limit")
		}
		id := r.body["report_run_id"].(string)
		for d.get(id).progress() != "Job Completed 100" {
		}
		if got := d.get(id + "/insights").rows()[0]["reach"] != nil; got != (i < 10) {
			t.Errorf("run %d has reach: %v", i, got)
		}
	}
}

// TestInsightsInsideFields: insights.date_preset(…){…} of nodes and edges.
func TestInsightsInsideFields(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	r := d.get(d.node(0)+"/campaigns", "fields", "name,insights.date_preset(last_7d).time_increment(1).limit(2){spend,impressions}", "limit", "3")
	var found map[string]any
	for _, c := range r.rows() {
		if c["insights"] != nil {
			found = c
		}
	}
	if found == nil {
		t.Fatal(r.text)
	}
	in := found["insights"].(map[string]any)
	rows := in["data"].([]any)
	want := d.get(found["id"].(string)+"/insights", "date_preset", "last_7d", "time_increment", "1", "limit", "2", "fields", "spend,impressions").rows()
	if len(rows) != 2 || fmt.Sprint(rows[0]) != fmt.Sprint(want[0]) {
		t.Errorf("%v, want %v", rows, want)
	}
	next, _ := in["paging"].(map[string]any)["next"].(string)
	if more := d.send(http.MethodGet, next, nil); len(more.rows()) != 2 {
		t.Errorf("next of the expansion: %s", more.text)
	}
	d.wants(d.get(d.node(0)+"/campaigns", "fields", "insights{age}"), http.StatusBadRequest, "100")
}

// BenchmarkMillionRows reads 2,000 ads × 500 days of a report run by pages.
func BenchmarkMillionRows(b *testing.B) {
	for name, fields := range map[string]string{
		"plain": "ad_id,impressions,clicks,spend", "actions": "ad_id,campaign_id,objective,impressions,clicks,spend,actions,action_values",
	} {
		for _, limit := range []int{100, 1000} {
			b.Run(fmt.Sprint(name, limit), func(b *testing.B) {
				s := sim.New(sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true, Now: tuesday, Limits: noLimits()})
				for b.Loop() {
					if n := readRun(b, s, fields, limit); n != 1_000_000 {
						b.Fatalf("%d rows", n)
					}
				}
			})
		}
	}
}

func readRun(b *testing.B, s *sim.Sim, fields string, limit int) int {
	b.Helper()
	token := s.Grant().Access
	ask := func(method, path string, kv ...string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(method, "/v26.0/"+path+"?access_token="+token+"&"+pairs(kv).Encode(), nil))
		if w.Code != http.StatusOK {
			b.Fatalf("%d %.300s", w.Code, w.Body)
		}
		return w
	}
	var run struct {
		ID string `json:"report_run_id"`
	}
	_ = json.Unmarshal(ask(http.MethodPost, "act_"+s.Accounts()[0].ID+"/insights", "level", "ad", "time_increment", "1", "fields", fields,
		"time_range", ranged("2025-07-12", "2026-11-23")).Body.Bytes(), &run)
	for !strings.Contains(ask(http.MethodGet, run.ID).Body.String(), "Job Completed") {
	}
	n, after := 0, ""
	for {
		body := ask(http.MethodGet, run.ID+"/insights", "limit", fmt.Sprint(limit), "after", after).Body.String()
		n += strings.Count(body, `"date_start"`)
		_, paging, _ := strings.Cut(body, `"paging":`)
		if !strings.Contains(paging, `"next":`) {
			return n
		}
		_, after, _ = strings.Cut(paging, `"after":"`)
		after, _, _ = strings.Cut(after, `"`)
	}
}
