package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// task is one asynchronous report.
type task struct {
	id      string
	account *account
	q       *query
	format  string
	titles  bool // the title row is for people
	name    string
	created time.Time
	polls   int
	status  string // CANCELED or FAILED once it is so
}

const (
	taskLife     = 30 * 24 * time.Hour
	fileLife     = time.Hour
	tasksPerHour = 500
)

// createTask is POST /report/task/create/.
func (s *Sim) createTask(c *call) (any, *apiError) {
	if s.reports.settings().NoAsync {
		return nil, refuse(codeAllowList, "The app is not in the allowlist of this API.")
	}
	q, err := s.readQuery(c, true)
	if err != nil {
		return nil, err
	}
	a := q.accounts[0]
	t := &task{account: a, q: q, format: c.str("output_format"), titles: true, name: c.str("file_name"), created: c.now}
	if v, ok := c.params["enable_report_title_translation"].(bool); ok {
		t.titles = v
	}
	switch t.format {
	case "":
		t.format = "CSV_STRING"
	case "XLSX_DOWNLOAD":
		return nil, badParam("output_format: XLSX_DOWNLOAD is not simulated.")
	}
	if len(t.name) > 255 || strings.ContainsAny(t.name, "/@#$%^&*()[]") {
		return nil, badParam("file_name: Invalid file name.")
	}
	recent := 0
	for _, x := range a.tasks {
		if c.now.Sub(x.created) < time.Hour {
			recent++
		}
	}
	if recent >= tasksPerHour {
		return nil, refuse(codeAppRate, "Too many report tasks. Please try again later.")
	}
	s.reports.mu.Lock()
	s.reports.tasks++
	n := s.reports.tasks
	s.reports.mu.Unlock()
	h, l := simkit.Hash(s.opts.Seed, 91, n), simkit.Hash(s.opts.Seed, 92, n)
	t.id = fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", h>>32, h>>16&0xffff, h&0xfff, l>>52, l&0xffffffffffff)
	if t.name == "" {
		t.name = "report_" + t.id
	}
	a.tasks[t.id] = t
	return obj{"task_id": t.id}, nil
}

func (s *Sim) taskOf(c *call) (*task, *apiError) {
	if c.str("task_id") == "" {
		return nil, missing("task_id")
	}
	t := c.account.tasks[c.str("task_id")]
	if t == nil || c.now.Sub(t.created) > taskLife {
		return nil, refuse(codeNotFound, "The task %s does not exist.", c.str("task_id"))
	}
	return t, nil
}

// state is how far a task is: it moves when it is looked at.
func (s *Sim) state(t *task) string {
	o := s.reports.settings()
	polls := o.Polls
	if polls == 0 {
		polls = 2
	}
	switch {
	case t.status != "":
		return t.status
	case polls > 0 && t.polls > polls:
		if o.Outcome == "FAILED" || o.Outcome == "CANCELED" {
			t.status = o.Outcome
			return t.status
		}
		return "SUCCESS"
	case t.polls <= 1:
		return "QUEUING"
	}
	return "PROCESSING"
}

// checkTask is GET /report/task/check/.
func (s *Sim) checkTask(c *call) (any, *apiError) {
	t, err := s.taskOf(c)
	if err != nil {
		return nil, err
	}
	t.polls++
	status := s.state(t)
	message := ""
	if status == "FAILED" {
		message = "Internal error, please retry."
	}
	return obj{"status": status, "message": message}, nil
}

// cancelTask is POST /report/task/cancel/.
func (s *Sim) cancelTask(c *call) (any, *apiError) {
	t, err := s.taskOf(c)
	if err != nil {
		return nil, err
	}
	if s.state(t) == "SUCCESS" {
		return nil, badParam("The task has finished and cannot be canceled.")
	}
	t.status = "CANCELED"
	return obj{"status": t.status}, nil
}

// downloadTask is GET /report/task/download/: the bare CSV, or where it lies.
func (s *Sim) downloadTask(c *call) (any, *apiError) {
	t, err := s.taskOf(c)
	if err != nil {
		return nil, err
	}
	if s.state(t) != "SUCCESS" {
		return nil, refuse(codeNotReady, "The task is not ready.")
	}
	if t.format == "CSV_STRING" {
		c.kind, c.raw = "text/csv; charset=utf-8", func(w io.Writer) error { return s.writeCSV(w, t) }
		return nil, nil
	}
	ends := c.now.Add(fileLife).Unix()
	return obj{"output_format": t.format, "file_name": t.name + ".csv",
		"download_url": fmt.Sprintf("%s/report_file/%s/%s.csv?x-expires=%d&x-signature=%s", c.base, t.account.id, t.id, ends, s.fileSign(t.id, ends))}, nil
}

// setReports is /_sim/reports: other switches, where the body names them.
func (s *Sim) setReports(w http.ResponseWriter, r *http.Request) {
	in := s.reports.settings()
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.reports.mu.Lock()
	defer s.reports.mu.Unlock()
	s.reports.opts, s.reports.kept, s.reports.order = in, map[string]*keptRows{}, nil
	w.WriteHeader(http.StatusNoContent)
}
