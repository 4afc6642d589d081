package sim

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// ReportOptions are the reporting service's switches.
type ReportOptions struct {
	// PendingPolls is how often a report answers Pending before Success; 0 is once,
	// negative not at all.
	PendingPolls int `json:"pending_polls"`
	// Errors makes the next so many reports end as Error.
	Errors int `json:"errors"`
	// WholeSplits lets the geographic and the age and gender report cover all
	// traffic; without it they leave out what has no such attribute.
	WholeSplits bool `json:"whole_splits"`
}

const (
	reportLife = 24 * time.Hour
	urlLife    = 5 * time.Minute
	// inTheMaking is how long a report that nobody asks after counts as unfinished.
	inTheMaking = time.Minute
)

// reportJob is one report asked for.
type reportJob struct {
	id, user  string
	submitted time.Time
	spec      *reportSpec
	polls     int
	done      bool
	failed    bool
}

type reportDesk struct {
	mu   sync.Mutex
	o    ReportOptions
	jobs map[string]*reportJob
	next int64
}

func newReportDesk(o ReportOptions) *reportDesk {
	return &reportDesk{o: o, jobs: map[string]*reportJob{}, next: 30000000000000}
}

func (d *reportDesk) wholeSplits() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.o.WholeSplits
}

// controlReports is POST /_sim/reports: ReportOptions that replace those in force.
func (s *Sim) controlReports(w http.ResponseWriter, r *http.Request) {
	var o ReportOptions
	if !decodeControl(w, r, &o) {
		return
	}
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	s.desk.o = o
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sim) submitReport(c *call) (answer, *fault) {
	in, ok := c.in["ReportRequest"].(obj)
	if !ok {
		return nil, refuse(2001, "")
	}
	spec, f := s.reportSpec(c, in)
	if f != nil {
		return nil, f
	}
	d, limit := s.desk, s.limits.reports()
	d.mu.Lock()
	defer d.mu.Unlock()
	pending := 0
	for _, j := range d.jobs {
		if !j.done && j.user == c.user.member.ID && c.now.Sub(j.submitted) < inTheMaking {
			pending++
		}
	}
	if limit > 0 && pending >= limit {
		return nil, refuse(207, "")
	}
	d.next++
	j := &reportJob{id: itoa(d.next), user: c.user.member.ID, submitted: c.now, spec: spec}
	if d.o.Errors > 0 {
		d.o.Errors--
		j.failed = true
	}
	spec.id = j.id
	d.jobs[j.id] = j
	return answer{{"ReportRequestId", "string", j.id}}, nil
}

func (s *Sim) pollReport(c *call) (answer, *fault) {
	id, _ := c.in["ReportRequestId"].(string)
	if id == "" || strings.Trim(id, "0123456789") != "" {
		return nil, refuse(2100, "")
	}
	status, j := s.desk.poll(id, c)
	if j == nil {
		return nil, refuse(2101, "")
	}
	link := any(nil)
	if status == "Success" && s.anyRow(j.spec) {
		link = s.storageURL(c.base, "reports", j.id+".zip", c.now.Add(urlLife))
	}
	return answer{{"ReportRequestStatus", "object<ReportRequestStatus>", obj{"ReportDownloadUrl": link, "Status": status}}}, nil
}

// poll counts one look at a report; nil is none that the caller may see.
func (d *reportDesk) poll(id string, c *call) (string, *reportJob) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.jobs[id]
	if j == nil || j.user != c.user.member.ID || c.now.Sub(j.submitted) >= reportLife {
		return "", nil
	}
	pending := d.o.PendingPolls
	if pending == 0 {
		pending = 1
	}
	if j.polls++; j.polls <= pending && !j.done {
		return "Pending", j
	}
	j.done = true
	if j.failed {
		return "Error", j
	}
	return "Success", j
}

// storageURL is a pre-signed address of a file.
func (s *Sim) storageURL(base, container, name string, expires time.Time) string {
	se := expires.UTC().Format("2006-01-02T15:04:05Z")
	return fmt.Sprintf("%s/storage/%s/%s?skoid=%s&sv=2026-02-06&se=%s&sp=r&sig=%s", base, container, name,
		s.guid(7), strings.ReplaceAll(se, ":", "%3A"), s.signature(container, name, se))
}

func (s *Sim) signature(container, name, se string) string {
	h := simkit.Hash(s.opts.Seed, 99, simkit.HashString(container+"/"+name+"?"+se))
	return fmt.Sprintf("%016x%016x", h, simkit.Hash(h))
}

// download serves the storage host: a signed address that still holds, without
// any other credential.
func (s *Sim) download(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Ms-Request-Id", s.guid(s.served.Add(1)))
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/storage/"), "/")
	q := r.URL.Query()
	expires, err := time.Parse(time.RFC3339, q.Get("se"))
	switch {
	case len(parts) != 2 || r.Method != http.MethodGet:
		http.NotFound(w, r)
	case r.Header.Get("Authorization") != "":
		storageError(w, http.StatusBadRequest, "InvalidAuthenticationInfo", "Authentication information is not given in the correct format.")
	case err != nil || q.Get("sig") != s.signature(parts[0], parts[1], q.Get("se")) || !s.kit.Clock.Now().Before(expires):
		storageError(w, http.StatusForbidden, "AuthenticationFailed", "Server failed to authenticate the request. Signature not valid in the specified time frame.")
	case parts[0] == "reports":
		s.sendReport(w, strings.TrimSuffix(parts[1], ".zip"))
	case parts[0] == "bulk":
		s.sendBulk(w, parts[1])
	case parts[0] == "geo":
		s.sendGeo(w, parts[1])
	default:
		http.NotFound(w, r)
	}
}

func storageError(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	w.Write([]byte("\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" + code + "</Code><Message>" + text + "</Message></Error>"))
}

// reportSpec is a report that passed all checks.
type reportSpec struct {
	id, name, kind      string
	columns             []*column
	names               []string
	aggregation         string
	from, to            simkit.Day // to exclusive
	asOf                time.Time
	zoneName            string
	noHeader, noColumns bool
	noFooter, v2        bool
	comma               byte
	scope               []reportScope
	filter              reportFilter
	level               int
	splits              []*split
	whole               bool
}

// reportScope is one account, or a campaign or group of it.
type reportScope struct {
	acc             *account
	campaign, group *entity
}

func (s *Sim) reportSpec(c *call, in obj) (*reportSpec, *fault) {
	kind, _ := in["Type"].(string)
	report := strings.TrimSuffix(kind, "Request")
	known, ok := s.tab.columns[report]
	if !ok || report == kind {
		return nil, refuse(2002, "")
	}
	if len(known) == 0 {
		return nil, &fault{status: http.StatusBadRequest, code: 204, message: "The simulator makes no " + report + "."}
	}
	text := func(name string) string { v, _ := in[name].(string); return v }
	flag := func(name string) bool { v, _ := in[name].(bool); return v }
	sp := &reportSpec{name: text("ReportName"), kind: report, asOf: c.now, noHeader: flag("ExcludeReportHeader"),
		noColumns: flag("ExcludeColumnHeaders"), noFooter: flag("ExcludeReportFooter"), v2: text("FormatVersion") == "2.0", comma: ',',
		aggregation: text("Aggregation"), whole: s.desk.wholeSplits()}
	switch {
	case len(sp.name) > 200:
		return nil, refuse(2006, "")
	case text("Format") == "Xml":
		return nil, &fault{status: http.StatusBadRequest, code: 204, message: "The simulator makes no Xml."}
	case text("Format") == "Tsv":
		sp.comma = '\t'
	case text("FormatVersion") != "" && text("FormatVersion") != "1.0" && !sp.v2:
		return nil, refuse(201, "FormatVersion")
	}
	if sp.name == "" {
		sp.name = kind + "_" + strings.ReplaceAll(s.guid(s.served.Load()), "-", "")
	}
	if f := sp.selectColumns(known, in); f != nil {
		return nil, f
	}
	if f := s.reportTime(sp, c, in, flag("ReturnOnlyCompleteData")); f != nil {
		return nil, f
	}
	if f := sp.filter.read(in); f != nil {
		return nil, f
	}
	scope, _ := in["Scope"].(obj)
	return sp, s.reportScope(sp, c, scope)
}
