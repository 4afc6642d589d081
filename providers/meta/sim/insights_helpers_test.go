package sim_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

// desk is a simulator over HTTP with a token that may do everything.
type desk struct {
	t     *testing.T
	sim   *sim.Sim
	url   string
	token string
}

func tuesday() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC) }

// noLimits lets a test call as often as it likes.
func noLimits() sim.Limits {
	return sim.Limits{Score: -1, Insights: -1, Management: -1, InsightsWeight: -1, Mutations: -1}
}

func openDesk(t *testing.T, o sim.Options) *desk {
	t.Helper()
	if o.Now == nil {
		o.Now = tuesday
	}
	if o.Limits == (sim.Limits{}) {
		o.Limits = noLimits()
	}
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return &desk{t, s, srv.URL, s.Grant().Access}
}

// reply is a decoded answer.
type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (r reply) rows() []map[string]any {
	list, _ := r.body["data"].([]any)
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i], _ = x.(map[string]any)
	}
	return out
}

// fault is the error's code and subcode.
func (r reply) fault() string {
	e, _ := r.body["error"].(map[string]any)
	if e == nil {
		return ""
	}
	if e["error_subcode"] == nil {
		return fmt.Sprint(e["code"])
	}
	return fmt.Sprint(e["code"], "/", e["error_subcode"])
}

func (r reply) message() string {
	e, _ := r.body["error"].(map[string]any)
	s, _ := e["message"].(string)
	return s
}

func (r reply) next() string {
	p, _ := r.body["paging"].(map[string]any)
	s, _ := p["next"].(string)
	return s
}

func (d *desk) send(method, target string, form url.Values) reply {
	d.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(d.t.Context(), method, target, body)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	r := reply{status: resp.StatusCode, header: resp.Header, text: string(b)}
	dec := json.NewDecoder(strings.NewReader(r.text))
	dec.UseNumber()
	_ = dec.Decode(&r.body) // a control answer may be no object
	return r
}

func pairs(kv []string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(kv); i += 2 {
		q.Set(kv[i], kv[i+1])
	}
	return q
}

// get reads a path below the version with parameters "name", "value", ….
func (d *desk) get(path string, kv ...string) reply {
	d.t.Helper()
	return d.send(http.MethodGet, d.url+"/v26.0/"+path+"?"+pairs(kv).Encode(), nil)
}

func (d *desk) post(path string, kv ...string) reply {
	d.t.Helper()
	return d.send(http.MethodPost, d.url+"/v26.0/"+path, pairs(kv))
}

// all reads every page by paging.next.
func (d *desk) all(path string, kv ...string) []map[string]any {
	d.t.Helper()
	r := d.get(path, kv...)
	var out []map[string]any
	for range 5000 {
		if r.status != http.StatusOK {
			d.t.Fatalf("%s: %d %.400s", path, r.status, r.text)
		}
		out = append(out, r.rows()...)
		next := r.next()
		if next == "" {
			return out
		}
		if !strings.HasPrefix(next, d.url) {
			d.t.Fatalf("next leads away: %s", next)
		}
		r = d.send(http.MethodGet, next, nil)
	}
	d.t.Fatalf("%s has no last page", path)
	return nil
}

func (d *desk) wants(r reply, status int, fault string) {
	d.t.Helper()
	if r.status != status || r.fault() != fault {
		d.t.Errorf("answered %d %q, want %d %q: %.300s", r.status, r.fault(), status, fault, r.text)
	}
}

// node is an account's path.
func (d *desk) node(i int) string { return "act_" + d.sim.Accounts()[i].ID }

func ranged(since, until string) string {
	return fmt.Sprintf(`{"since":%q,"until":%q}`, since, until)
}

// fact is a line of the ledger.
type ledgerLine struct {
	Campaign, Group, Ad, Date string
	Impressions, Clicks       int64
	Cost                      string
	Conversions               json.Number
	ConversionValue           string `json:"conversion_value"`
}

// totals are exact sums by name.
type totals map[string]*big.Rat

func (t totals) add(name, value string) {
	v, ok := new(big.Rat).SetString(value)
	if !ok {
		v = new(big.Rat)
	}
	if t[name] == nil {
		t[name] = new(big.Rat)
	}
	t[name].Add(t[name], v)
}

func (t totals) text(name string) string {
	if t[name] == nil {
		return "0"
	}
	return t[name].RatString()
}

// ledger reads the truth, `to` exclusive.
func (d *desk) ledger(account int, from, to string) []ledgerLine {
	d.t.Helper()
	r := d.send(http.MethodGet, fmt.Sprintf("%s/_sim/ledger?org=%s&from=%s&to=%s", d.url, d.sim.Accounts()[account].ID, from, to), nil)
	var out []ledgerLine
	sc := bufio.NewScanner(strings.NewReader(r.text))
	for sc.Scan() {
		var l ledgerLine
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			d.t.Fatal(err, sc.Text())
		}
		out = append(out, l)
	}
	return out
}

func sumLedger(lines []ledgerLine) totals {
	t := totals{}
	for _, l := range lines {
		t.add("impressions", fmt.Sprint(l.Impressions))
		t.add("clicks", fmt.Sprint(l.Clicks))
		t.add("spend", l.Cost)
		t.add("conversions", l.Conversions.String())
		t.add("value", l.ConversionValue)
	}
	return t
}

// entries are an array's values by action type.
func entries(row map[string]any, field, key string) map[string]string {
	out := map[string]string{}
	list, _ := row[field].([]any)
	for _, x := range list {
		m, _ := x.(map[string]any)
		if v, ok := m[key].(string); ok {
			out[m["action_type"].(string)] = v
		}
	}
	return out
}

// viewsOf are the views of the event that an objective is about, by priority.
func viewsOf(objective string) []string {
	switch objective {
	case "OUTCOME_LEADS", "LEAD_GENERATION":
		return []string{"lead", "onsite_conversion.lead_grouped", "offsite_conversion.fb_pixel_lead"}
	case "OUTCOME_APP_PROMOTION", "APP_INSTALLS":
		return []string{"omni_app_install", "mobile_app_install", "app_install"}
	}
	return []string{"omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase", "onsite_conversion.purchase", "app_custom_event.fb_mobile_purchase"}
}

// sumRows adds rows as a right reader does: one view of one event a row.
func sumRows(rows []map[string]any) totals {
	t := totals{}
	for _, row := range rows {
		for _, name := range []string{"impressions", "clicks", "spend"} {
			if v, ok := row[name].(string); ok {
				t.add(name, v)
			}
		}
		objective, _ := row["objective"].(string)
		actions, values := entries(row, "actions", "value"), entries(row, "action_values", "value")
		for name, by := range map[string]map[string]string{"conversions": actions, "value": values} {
			for _, v := range viewsOf(objective) {
				if n, ok := by[v]; ok {
					t.add(name, n)
					break
				}
			}
		}
	}
	return t
}

func (d *desk) sameTotals(what string, got, want totals, names ...string) {
	d.t.Helper()
	for _, n := range names {
		if got.text(n) != want.text(n) {
			d.t.Errorf("%s: %s is %s, the ledger has %s", what, n, got.text(n), want.text(n))
		}
	}
}

// everything lists the archived and deleted too.
func everything(level string) string {
	return fmt.Sprintf(`[{"field":"%s.effective_status","operator":"NOT_IN","value":["NONE"]}]`, level)
}
