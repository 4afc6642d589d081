package sim

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
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
	switch {
	case t.format == "":
		t.format = "CSV_STRING"
	case t.format == "XLSX_DOWNLOAD":
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

func (s *Sim) fileSign(id string, ends int64) string {
	return fmt.Sprintf("%016x", simkit.Hash(s.opts.Seed, 93, simkit.HashString(id), uint64(ends)))
}

// reportFile serves a finished report by its signed address, without a token.
func (s *Sim) reportFile(w http.ResponseWriter, r *http.Request) {
	s.stamp(w.Header())
	var ends int64
	_, err := fmt.Sscan(r.URL.Query().Get("x-expires"), &ends)
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/report_file/"), "/")
	if err != nil || len(parts) != 2 || s.kit.Clock.Now().Unix() > ends {
		http.Error(w, "expired", http.StatusForbidden)
		return
	}
	id := strings.TrimSuffix(parts[1], ".csv")
	s.mu.RLock()
	var t *task
	if a := s.byID[parts[0]]; a != nil {
		t = a.tasks[id]
	}
	s.mu.RUnlock()
	if t == nil || r.URL.Query().Get("x-signature") != s.fileSign(id, ends) {
		http.Error(w, "forbidden", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	if s.writeCSV(w, t) != nil {
		panic(http.ErrAbortHandler)
	}
}

// writeCSV streams the report, an object at a time, so that memory does not grow
// with it and writers need not wait for a slow reader.
func (s *Sim) writeCSV(w io.Writer, t *task) error {
	q := t.q
	buf := bufio.NewWriterSize(w, 64<<10)
	out := csv.NewWriter(buf)
	s.mu.RLock()
	subjects, _ := q.subjects(s)
	s.mu.RUnlock()
	if err := out.Write(q.titles(t.titles)); err != nil {
		return err
	}
	if q.order != "" {
		return s.writeOrdered(out, buf, q, subjects)
	}
	line := make([]string, 0, len(q.dims)+len(q.metrics))
	for i := range subjects {
		s.mu.RLock()
		var lines [][]string
		for r := range q.rows(s, subjects[i:i+1]) {
			lines = append(lines, slices.Clone(s.csvLine(line[:0], q, r)))
		}
		s.mu.RUnlock()
		for _, l := range lines {
			if err := out.Write(l); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return buf.Flush()
}

func (s *Sim) writeOrdered(out *csv.Writer, buf *bufio.Writer, q *query, subjects []subject) error {
	type keyed struct {
		v    int64
		line []string
	}
	var all []keyed
	s.mu.RLock()
	for r := range q.rows(s, subjects) {
		v, _ := simkit.ParseMicros(s.metricText(q, r, q.order))
		all = append(all, keyed{v, s.csvLine(nil, q, r)})
	}
	s.mu.RUnlock()
	slices.SortStableFunc(all, func(a, b keyed) int {
		if q.ascending {
			return compareDesc(b.v, a.v)
		}
		return compareDesc(a.v, b.v)
	})
	for _, k := range all {
		if err := out.Write(k.line); err != nil {
			return err
		}
	}
	out.Flush()
	return buf.Flush()
}

func (s *Sim) csvLine(line []string, q *query, r *reportRow) []string {
	for _, d := range q.dims {
		v := q.dimension(r, d)
		if d == "country_code" {
			v = countryName(v) // a known fault of this door
		}
		line = append(line, v)
	}
	for _, m := range q.metrics {
		line = append(line, s.metricText(q, r, m))
	}
	return line
}

func (q *query) titles(people bool) []string {
	names := append(slices.Clone(q.dims), q.metrics...)
	if !people {
		return names
	}
	for i, n := range names {
		switch n {
		case "spend":
			names[i] = "Cost"
		case "stat_time_day":
			names[i] = "By Day"
		case "conversion":
			names[i] = "Conversions"
		case "ctr", "cpc", "cpm":
			names[i] = strings.ToUpper(n) + " (Destination)"
		default:
			names[i] = strings.ReplaceAll(displayText(n), " Id", " ID")
		}
	}
	return names
}

func countryName(code string) string {
	for _, r := range regions() {
		if r.level == "COUNTRY" && r.code == code {
			return r.name
		}
	}
	return code
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
