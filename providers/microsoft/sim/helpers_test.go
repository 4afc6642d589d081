package sim_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/microsoft/sim"
)

// noon is when the tests' world is looked at: a Tuesday.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

type world struct {
	t     *testing.T
	sim   *sim.Sim
	url   string
	token string
	acc   sim.AccountInfo
}

func newWorld(t *testing.T, o sim.Options) *world {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return &world{t, s, srv.URL, s.Grant().Access, s.Accounts()[0]}
}

// on is the same world with another account.
func (w *world) on(i int) *world {
	c := *w
	c.acc = w.sim.Accounts()[i]
	return &c
}

type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (w *world) send(req *http.Request) reply {
	w.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := reply{status: resp.StatusCode, header: resp.Header, text: string(b)}
	d := json.NewDecoder(strings.NewReader(a.text))
	d.UseNumber()
	if err := d.Decode(&a.body); err != nil {
		a.body = nil
	}
	return a
}

// do sends a call with the headers of the world's account; pairs change headers,
// "-" takes one away.
func (w *world) do(method, path, body string, pairs ...string) reply {
	w.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/CampaignManagement/v13/" + path
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for k, v := range map[string]string{"Authorization": "Bearer " + w.token, "DeveloperToken": w.sim.App().DeveloperToken,
		"Content-Type": "application/json", "CustomerId": w.acc.CustomerID, "CustomerAccountId": w.acc.ID} {
		req.Header.Set(k, v)
	}
	for i := 0; i < len(pairs); i += 2 {
		if req.Header.Set(pairs[i], pairs[i+1]); pairs[i+1] == "-" {
			req.Header.Del(pairs[i])
		}
	}
	return w.send(req)
}

// ok is a POST that must succeed.
func (w *world) ok(path, body string) map[string]any {
	w.t.Helper()
	return w.okDo(http.MethodPost, path, body)
}

func (w *world) okDo(method, path, body string) map[string]any {
	w.t.Helper()
	a := w.do(method, path, body)
	if a.status != 200 || a.body == nil {
		w.t.Fatalf("%s %s %s: %d %s", method, path, body, a.status, a.text)
	}
	return a.body
}

func (w *world) control(method, path, body string) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+"/_sim/"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.send(req)
}

// at digs into an answer by names.
func at(v any, path ...string) any {
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

func text(v any, path ...string) string {
	switch x := at(v, path...).(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return ""
}

// list is a list of an answer; holes are nil.
func list(v any, name string) []any {
	l, _ := at(v, name).([]any)
	return l
}

// codeOf is the first code of a refusal, whatever its envelope.
func codeOf(a reply) string {
	for _, name := range []string{"Errors", "OperationErrors", "PartialErrors", "NestedPartialErrors"} {
		for _, x := range list(a.body, name) {
			return text(x, "Code")
		}
	}
	return ""
}

func refused(t *testing.T, a reply, status int, code string) {
	t.Helper()
	if a.status != status || codeOf(a) != code {
		t.Errorf("got %d %s, want %d with code %s", a.status, a.text, status, code)
	}
	if a.header.Get("TrackingId") == "" || a.status != 200 && text(a.body, "TrackingId") != a.header.Get("TrackingId") {
		t.Errorf("tracking id %q: %s", a.header.Get("TrackingId"), a.text)
	}
}

func ids(l []any) []string {
	var out []string
	for _, x := range l {
		out = append(out, text(x, "Id"))
	}
	return out
}

// submit asks for a report and waits for it; it gives the address, empty when
// there is nothing.
func (w *world) submit(request string) string {
	w.t.Helper()
	a := w.ok("/Reporting/v13/GenerateReport/Submit", `{"ReportRequest":`+request+`}`)
	for range 5 {
		p := w.ok("/Reporting/v13/GenerateReport/Poll", `{"ReportRequestId":"`+text(a, "ReportRequestId")+`"}`)
		if text(p, "ReportRequestStatus", "Status") != "Pending" {
			return text(p, "ReportRequestStatus", "ReportDownloadUrl")
		}
	}
	w.t.Fatal("the report stays pending")
	return ""
}

func (w *world) file(address string) string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	a := w.send(req)
	if a.status != 200 {
		w.t.Fatalf("download: %d %s", a.status, a.text)
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(a.text)), int64(len(a.text)))
	if err != nil || len(z.File) != 1 {
		w.t.Fatalf("archive: %v", err)
	}
	f, err := z.File[0].Open()
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

// rows are a report's rows by column name, everything else left out.
func (w *world) rows(request string) []map[string]string {
	w.t.Helper()
	address := w.submit(request)
	if address == "" {
		return nil
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.file(address), "\ufeff")))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	var out []map[string]string
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, v := range line {
			row[all[0][i]] = v
		}
		out = append(out, row)
	}
	return out
}

// request is a bare report request: no preamble, no trailer.
func (w *world) request(kind, aggregation, from, to string, columns ...string) string {
	day := func(s string) string {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			w.t.Fatal(err)
		}
		return d.Format(`{"Day":2,"Month":1,"Year":2006}`)
	}
	b, _ := json.Marshal(columns)
	return `{"Type":"` + kind + `PerformanceReportRequest","Format":"Csv","FormatVersion":"2.0","ExcludeReportHeader":true,"ExcludeReportFooter":true,` +
		`"Aggregation":"` + aggregation + `","Columns":` + string(b) + `,"Scope":{"AccountIds":["` + w.acc.ID + `"]},` +
		`"Time":{"CustomDateRangeStart":` + day(from) + `,"CustomDateRangeEnd":` + day(to) + `,"ReportTimeZone":"AmsterdamBerlinBernRomeStockholmVienna"}}`
}
