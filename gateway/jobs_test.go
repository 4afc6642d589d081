package gateway

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

type reportJob struct {
	ID, State string
	Error     struct {
		Code           string
		ReauthorizeURL string `json:"reauthorize_url"`
	}
}

// endOf waits for a job's end.
func (b *bed) endOf(path, key string) (j reportJob) {
	b.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		a := b.get(path, key)
		if err := json.Unmarshal([]byte(a.body), &j); err != nil || a.status != http.StatusOK {
			b.t.Fatalf("%d %s: %v", a.status, a.body, err)
		}
		if j.State != "queued" && j.State != "running" {
			return j
		}
	}
	b.t.Fatalf("%s stays %s", path, j.State)
	return j
}

func (b *bed) startJob(me tenant, query string) string {
	b.t.Helper()
	a := b.do(http.MethodPost, "/ads/"+me.connection+"/report?"+query, me.keys["read"], "")
	path, ok := strings.CutPrefix(a.header.Get("Location"), b.http.URL)
	if a.status != http.StatusAccepted || !ok {
		b.t.Fatalf("%d %s %s", a.status, a.header.Get("Location"), a.body)
	}
	return path
}

// TestReportJob is a job through the whole gateway: each answer is as the document says (bed.do), and a report that was
// made in the background is for the connection's health what any other is.
func TestReportJob(t *testing.T) {
	t.Parallel()
	b, stop := running(t, func(*Config) {}, nil)
	me := b.tenant()
	path := b.startJob(me, "format=table&type=COST,CLICKS")
	if j := b.endOf(path, me.keys["read"]); j.State != "completed" {
		t.Fatalf("%+v", j)
	}
	conn, err := b.store.Connection(t.Context(), me.workspace, me.connection)
	if err != nil || conn.Health.HealthyAt.IsZero() {
		t.Errorf("the connection's health: %+v, %v", conn.Health, err)
	}
	for format, want := range map[string]string{"": `"totals":{"cost":1.23`, "json": `"value":1.23`, "csv": ",1.23,1.23,EUR", "ndjson": `"cost":1.23`, "parquet": "PAR1"} {
		query := ""
		if format != "" {
			query = "?format=" + format
		}
		if a := b.get(path+"/result"+query, me.keys["read"]); a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", format, a.status, a.body)
		}
	}
	if a := b.get(path+"/result?format=xlsx", me.keys["read"]); a.status != http.StatusBadRequest {
		t.Errorf("%d", a.status)
	}
	if a := b.get("/ads/"+me.connection+"/report?format=csv&type=COST&wait=20", me.keys["read"]); a.status != http.StatusOK || !strings.Contains(a.body, "1.23") {
		t.Errorf("wait: %d %s", a.status, a.body)
	}
	if a := b.get("/ads/"+me.connection+"/report?wait=301", me.keys["read"]); a.status != http.StatusBadRequest {
		t.Errorf("wait: %d", a.status)
	}
	if a := b.do(http.MethodDelete, path, me.keys["read"], ""); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestReportJob_refusedGrant: a job that fails for its grant says where to consent anew, as the report itself would.
func TestReportJob_refusedGrant(t *testing.T) {
	t.Parallel()
	b, stop := running(t, func(*Config) {}, nil)
	me := b.tenant()
	b.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/report" {
			return false
		}
		http.Error(w, "no", http.StatusUnauthorized)
		return true
	}
	path := b.startJob(me, "type=COST")
	if j := b.endOf(path, me.keys["read"]); j.State != "failed" || j.Error.Code != "connection_unauthorized" || !strings.Contains(j.Error.ReauthorizeURL, "reauthorize=") {
		t.Errorf("%+v", j)
	}
	if a := b.get(path+"/result", me.keys["read"]); a.status != http.StatusUnauthorized || !strings.Contains(a.body, "reauthorize=") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// A report is not ended by its length, only once nothing of it has left for as long as is set; the caller is told, and what
// to do.
func TestReportSilence(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *Config) { c.RequestTimeout, c.ReportTimeout = 10*time.Minute, 50*time.Millisecond })
	me := b.tenant()
	b.answer = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/report" {
			<-r.Context().Done()
		}
		return false
	}
	a := b.get("/ads/"+me.connection+"/report?type=COST", me.keys["read"])
	if a.status != http.StatusGatewayTimeout || !strings.Contains(a.body, "Nothing of the report has left within the gateway's own limit of 50ms") {
		t.Errorf("%d %s", a.status, a.body)
	}
}
