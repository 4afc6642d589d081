package sim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// ReportOptions are the switches of asynchronous reports.
type ReportOptions struct {
	// Polls is how many looks find a report unfinished: PENDING at first, then
	// PROCESSING; 0 is two, negative none.
	Polls int `json:"polls"`
	// AfterSeconds finishes a report by the clock, however seldom it is looked at;
	// 0 is 300.
	AfterSeconds int `json:"after_seconds"`
	// Fates order what becomes of the next reports: completed, failed, stuck,
	// no_url (finished, and no file), late_429 (accepted, and answered 429),
	// cancelled.
	Fates []string `json:"fates"`
	// URLSeconds is how long a file's URL is good for; 0 is an hour.
	URLSeconds int `json:"url_seconds"`
	// Plain sends every file under one kind of headers, without a
	// Content-Encoding; else they vary, as they do on Amazon.
	Plain bool `json:"plain"`
}

var fates = []string{"completed", "failed", "stuck", "no_url", "late_429", "cancelled"}

// report is one asynchronous report.
type report struct {
	id      string
	prof    *profile
	client  string
	key     string // what makes a duplicate
	body    obj    // the answer's fixed part
	config  *reportConfig
	fate    string
	created time.Time
	updated time.Time
	done    time.Time
	looked  time.Time
	polls   int
	status  string
	size    int
}

// reportDesk keeps the reports and the last files.
type reportDesk struct {
	mu    sync.Mutex
	opts  ReportOptions
	byID  map[string]*report
	live  map[string]*report // unfinished, by key
	n     uint64
	files map[string][]byte
	order []string
}

func newReportDesk(o ReportOptions) *reportDesk {
	return &reportDesk{opts: o, byID: map[string]*report{}, live: map[string]*report{}, files: map[string][]byte{}}
}

func (s *Sim) setReports(w http.ResponseWriter, r *http.Request) {
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	if r.Method == http.MethodPost {
		o := s.desk.opts
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		err := d.Decode(&o)
		if err != nil || slices.ContainsFunc(o.Fates, func(f string) bool { return !slices.Contains(fates, f) }) {
			writeJSON(w, http.StatusBadRequest, obj{"error": "simkit: these are no report options"})
			return
		}
		s.desk.opts = o
	}
	writeJSON(w, http.StatusOK, s.desk.opts)
}

func (s *Sim) reportRoutes(add adder) {
	rt := route{family: reports}
	at := func(pattern string, serve func(*call) (any, *fault)) {
		r := rt
		r.serve = serve
		if strings.HasPrefix(pattern, "POST") { // plain JSON is taken too
			r.media, r.plainBody, r.anyAccept = "application/vnd.createasyncreportrequest.v3+json", true, true
			r.accept = "application/vnd.createasyncreportresponse.v3+json"
		}
		add(pattern, r)
	}
	at("POST /reporting/reports", s.createReport)
	at("GET /reporting/reports/{id}", s.getReport)
	at("DELETE /reporting/reports/{id}", s.deleteReport)
}

func (s *Sim) createReport(c *call) (any, *fault) {
	in, f := c.object("name", "startDate", "endDate", "configuration")
	if f != nil {
		return nil, f
	}
	config, f := c.parseReport(in)
	if f != nil {
		return nil, f
	}
	s.limiter.mu.Lock()
	if most := s.limiter.l.ReportCreates; most > 0 {
		if wait, ok := s.limiter.window("report "+itoa(c.prof.id)+config.typeID, c.now, time.Minute, most, 1); !ok {
			f = s.limiter.throttled(c, wait, false)
		}
	}
	s.limiter.mu.Unlock()
	if f != nil {
		return nil, f
	}
	d := s.desk
	d.mu.Lock()
	defer d.mu.Unlock()
	key := itoa(c.prof.id) + c.token.ClientID + config.key()
	if old := d.live[key]; old != nil {
		d.settle(old, c.now)
		if d.live[key] != nil {
			return nil, c.fail(http.StatusTooEarly, "425", "The Request is a duplicate of : "+old.id)
		}
	}
	d.n++
	r := &report{id: uuid(s.opts.Seed, 51, d.n), prof: c.prof, client: c.token.ClientID, key: key, config: config, fate: "completed",
		created: c.now, updated: c.now, status: "PENDING"}
	r.body = obj{"reportId": r.id, "name": in["name"], "startDate": in["startDate"], "endDate": in["endDate"], "configuration": in["configuration"]}
	if conf := in["configuration"].(obj); conf["filters"] == nil {
		conf["filters"] = nil
	}
	if len(d.opts.Fates) > 0 {
		r.fate, d.opts.Fates = d.opts.Fates[0], d.opts.Fates[1:]
	}
	d.byID[r.id], d.live[key] = r, r
	if r.fate == "late_429" {
		r.fate = "completed"
		return nil, gateway(http.StatusTooManyRequests, "Too Many Requests")
	}
	return r.shown(nil), nil
}

// settle moves a report on, by looks and by the clock.
func (d *reportDesk) settle(r *report, now time.Time) {
	if r.status != "PENDING" && r.status != "PROCESSING" || r.fate == "stuck" {
		return
	}
	polls, after := cmp.Or(d.opts.Polls, 2), time.Duration(cmp.Or(d.opts.AfterSeconds, 300))*time.Second
	if r.polls < polls && now.Sub(r.created) < after {
		if r.polls > 0 && r.polls >= polls/2 {
			r.status, r.updated = "PROCESSING", now
		}
		return
	}
	r.status = map[string]string{"failed": "FAILED", "cancelled": "CANCELLED"}[r.fate]
	if r.status == "" {
		r.status = "COMPLETED"
	}
	r.done, r.updated = now, now
	delete(d.live, r.key)
}

// shown is the report as the API tells it.
func (r *report) shown(add obj) obj {
	out := obj{"status": r.status, "createdAt": stampText(r.created), "updatedAt": stampText(r.updated),
		"generatedAt": nil, "failureReason": nil, "fileSize": nil, "url": nil, "urlExpiresAt": nil}
	maps.Copy(out, r.body)
	maps.Copy(out, add)
	return out
}

func (d *reportDesk) find(c *call) *report {
	r := d.byID[c.r.PathValue("id")]
	if r == nil || r.prof != c.prof || r.client != c.token.ClientID {
		return nil
	}
	return r
}

func (s *Sim) getReport(c *call) (any, *fault) {
	d := s.desk
	s.limiter.mu.Lock()
	least := time.Duration(s.limiter.l.PollSeconds) * time.Second
	s.limiter.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.find(c)
	if r == nil {
		return nil, c.fail(http.StatusNotFound, "404", "Report not found")
	}
	if least > 0 && c.now.Sub(r.looked) < least {
		return nil, gateway(http.StatusTooManyRequests, "Too Many Requests")
	}
	r.looked = c.now
	d.settle(r, c.now)
	r.polls++
	switch {
	case r.status == "FAILED":
		return r.shown(obj{"failureReason": "Report generation failed due to an internal error."}), nil
	case r.status != "COMPLETED":
		return r.shown(nil), nil
	case r.fate == "no_url":
		return r.shown(obj{"generatedAt": stampText(r.done)}), nil
	}
	if r.size == 0 {
		r.size = len(s.file(r))
	}
	life := time.Duration(cmp.Or(d.opts.URLSeconds, 3600)) * time.Second
	return r.shown(obj{"generatedAt": stampText(r.done), "fileSize": r.size,
		"url": s.signed(c.r, "offline-report-storage-us-east-1-prod", r.id, c.now, life), "urlExpiresAt": stampText(c.now.Add(life))}), nil
}

func (s *Sim) deleteReport(c *call) (any, *fault) {
	d := s.desk
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.find(c)
	if r == nil {
		return nil, c.fail(http.StatusNotFound, "404", "Report not found")
	}
	d.settle(r, c.now)
	if r.status == "PENDING" || r.status == "PROCESSING" {
		r.status, r.updated = "CANCELLED", c.now
		delete(d.live, r.key)
	}
	return obj{"reportId": r.id, "code": "200", "detail": "Report deleted"}, nil
}

// keptFiles is how many files are remembered; older ones are made again, and
// come out the same, for they are cut at the moment the report was done.
const keptFiles = 6

// file is the report's bytes, packed. The desk's lock is held.
func (s *Sim) file(r *report) []byte {
	d := s.desk
	if b := d.files[r.id]; b != nil {
		return b
	}
	var buf bytes.Buffer
	s.writeReport(&buf, r)
	d.files[r.id] = buf.Bytes()
	if d.order = append(d.order, r.id); len(d.order) > keptFiles {
		delete(d.files, d.order[0])
		d.order = d.order[1:]
	}
	return buf.Bytes()
}

// key is what two reports have in common when one is refused as a duplicate. The
// name does not count, and neither do timeUnit and the columns of dates: a DAILY
// and a SUMMARY report of one type are taken for one (assumed, from reports of
// it).
func (rc *reportConfig) key() string {
	columns := slices.DeleteFunc(slices.Clone(rc.columns), func(n string) bool { return n == "date" || n == "startDate" || n == "endDate" })
	slices.Sort(columns)
	by := slices.Sorted(slices.Values(rc.groupBy))
	filters, _ := json.Marshal(rc.filters)
	return strings.Join([]string{rc.typeID, rc.from.String(), rc.to.String(), strings.Join(by, ","), strings.Join(slices.Compact(columns), ","), string(filters)}, "|")
}

func dayIn(t time.Time, loc *time.Location) simkit.Day { return simkit.DayOf(t.In(loc)) }
