package sim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/tiktok/sim"
)

// task runs an asynchronous report to its end.
func (w *world) task(p obj) string {
	w.t.Helper()
	id := text(w.data(w.post("/report/task/create/", p)), "task_id")
	one := obj{"advertiser_id": p["advertiser_id"], "task_id": id}
	for range 5 {
		if text(w.data(w.get("/report/task/check/", one)), "status") == "SUCCESS" {
			return w.get("/report/task/download/", one).text
		}
	}
	w.t.Fatal("the task does not end")
	return ""
}

func daily(org string) obj {
	return obj{"advertiser_id": org, "report_type": "BASIC", "data_level": "AUCTION_CAMPAIGN", "dimensions": []string{"campaign_id", "stat_time_day"}, "metrics": []string{"spend", "clicks"}, "start_date": "2026-06-01", "end_date": "2026-11-20"}
}

// TestATaskGoesThroughItsStates and its file is a bare CSV with a title for
// people, unless told otherwise.
func TestATaskGoesThroughItsStates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	org := w.account(0)
	id := text(w.data(w.post("/report/task/create/", daily(org))), "task_id")
	one := obj{"advertiser_id": org, "task_id": id}
	wantCode(t, w.get("/report/task/download/", one), "40201")
	var seen []string
	for range 3 {
		seen = append(seen, text(w.data(w.get("/report/task/check/", one)), "status"))
	}
	if strings.Join(seen, " ") != "QUEUING PROCESSING SUCCESS" {
		t.Errorf("states %v", seen)
	}
	a := w.get("/report/task/download/", one)
	if !strings.HasPrefix(a.text, "Campaign ID,By Day,Cost,Clicks\n") {
		t.Errorf("file %.80q", a.text)
	}
	wantCode(t, w.post("/report/task/cancel/", one), "40002")
	other := obj{"advertiser_id": w.account(1), "task_id": id}
	wantCode(t, w.get("/report/task/check/", other), "40007")
}

// TestAFileToFetch has an address that lives an hour and needs no token.
func TestAFileToFetch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	p := daily(w.account(0))
	p["output_format"], p["enable_report_title_translation"] = "CSV_DOWNLOAD", false
	id := text(w.data(w.post("/report/task/create/", p)), "task_id")
	one := obj{"advertiser_id": w.account(0), "task_id": id}
	for range 3 {
		w.get("/report/task/check/", one)
	}
	address := text(w.data(w.get("/report/task/download/", one)), "download_url")
	w.token = ""
	if a := w.send(w.request(http.MethodGet, address, nil)); a.status != 200 || !strings.HasPrefix(a.text, "campaign_id,stat_time_day,spend,clicks\n") {
		t.Errorf("%d %.80s", a.status, a.text)
	}
	if a := w.send(w.request(http.MethodGet, address+"0", nil)); a.status != 403 {
		t.Errorf("a forged address answers %d", a.status)
	}
	w.sim.Advance(61 * time.Minute)
	if a := w.send(w.request(http.MethodGet, address, nil)); a.status != 403 {
		t.Errorf("an old address answers %d", a.status)
	}
}

// TestTaskScripts: failure, no allow-list, cancellation, country names.
func TestTaskScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	org := w.account(0)
	w.control(http.MethodPost, "reports", `{"outcome":"FAILED"}`)
	one := obj{"advertiser_id": org, "task_id": text(w.data(w.post("/report/task/create/", daily(org))), "task_id")}
	status := ""
	for range 3 {
		status = text(w.data(w.get("/report/task/check/", one)), "status")
	}
	if status != "FAILED" {
		t.Errorf("ended %s", status)
	}
	w.control(http.MethodPost, "reports", `{"outcome":"","no_async":true}`)
	wantCode(t, w.post("/report/task/create/", daily(org)), "40118")
	w.control(http.MethodPost, "reports", `{"no_async":false}`)
	one["task_id"] = text(w.data(w.post("/report/task/create/", daily(org))), "task_id")
	if text(w.data(w.post("/report/task/cancel/", one)), "status") != "CANCELED" || text(w.data(w.get("/report/task/check/", one)), "status") != "CANCELED" {
		t.Error("not cancelled")
	}
	p := daily(org)
	p["report_type"], p["dimensions"] = "AUDIENCE", []string{"campaign_id", "country_code"}
	if text := w.task(p); !strings.Contains(text, ",United States,") || strings.Contains(text, ",US,") {
		t.Errorf("countries: %.200s", text)
	}
	p["metrics"] = []string{"reach"}
	wantRefused(t, w.post("/report/task/create/", p), "40002", "Conflict")
	p["metrics"] = `["spend"]`
	wantRefused(t, w.post("/report/task/create/", p), "40002", "metrics")
}

// TestTrap31TodayIsStale in the asynchronous reports, but for the last refresh;
// the days before are not.
func TestTrap31TodayIsStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Now: func() time.Time { return noon.Add(3 * time.Hour) }})
	sum := func(day string) (task, sync string) {
		p := obj{"advertiser_id": w.account(0), "report_type": "BASIC", "data_level": "AUCTION_ADVERTISER", "dimensions": []string{"advertiser_id"},
			"metrics": []string{"impressions"}, "start_date": day, "end_date": day}
		return strings.TrimSpace(w.task(p)), text(rows(w.data(w.get("/report/integrated/get/", p)))[0], "metrics", "impressions")
	}
	if task, sync := sum("2026-11-24"); strings.HasSuffix(task, ","+sync) {
		t.Errorf("today: %q has the %s of now", task, sync)
	}
	if task, sync := sum("2026-11-23"); !strings.HasSuffix(task, ","+sync) {
		t.Errorf("yesterday: %q lacks %s", task, sync)
	}
}
