package linkedin_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

// sentWrite is a write as it left.
type sentWrite struct {
	method, path, query, restli string
	auth                        string
	raw                         []byte
	body                        map[string]any
}

// recorder keeps the writes that pass through it.
type recorder struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []sentWrite
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet && req.Header.Get("X-Http-Method-Override") == "" {
		var raw []byte
		if req.Body != nil {
			raw, _ = io.ReadAll(req.Body)
			req.Body = io.NopCloser(bytes.NewReader(raw))
		}
		w := sentWrite{req.Method, strings.TrimPrefix(req.URL.EscapedPath(), "/rest/"), req.URL.RawQuery, req.Header.Get("X-RestLi-Method"), req.Header.Get("Authorization"), raw, nil}
		_ = json.Unmarshal(raw, &w.body)
		r.mu.Lock()
		r.sent = append(r.sent, w)
		r.mu.Unlock()
	}
	return r.next.RoundTrip(req)
}

func (r *recorder) writes() []sentWrite {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.sent)
}

func (r *recorder) forget() { r.mu.Lock(); r.sent = nil; r.mu.Unlock() }

// text is what all writes were about, for messages and comparisons.
func (r *recorder) text() string {
	var b strings.Builder
	for _, w := range r.writes() {
		b.WriteString(w.method + " " + w.path + " " + w.restli + " " + string(w.raw) + "\n")
	}
	return b.String()
}

// pen is a bench for writing to one account.
type pen struct {
	world
	rec   *recorder
	token string
}

// Accounts of the small world, by their currencies.
const (
	euros   = "503000001"
	dollars = "503000002"
	yen     = "503000003"
	thePage = "5001"
	germany = "urn:li:geo:101282230"
)

func withPen(t testing.TB, o sim.Options, with ...func(*providers.Conn, *providers.Deps)) pen {
	t.Helper()
	rec := &recorder{}
	w := connect(t, o, append(with, func(_ *providers.Conn, d *providers.Deps) {
		rec.next = d.HTTP.Transport
		d.HTTP = &http.Client{Transport: rec}
	})...)
	return pen{w, rec, w.sim.Grant().Access}
}

// stored is an object as the simulator has it.
func (d pen) stored(t testing.TB, path string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.base+"/rest/"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{"Authorization": "Bearer " + d.token, "LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"} {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // a test's read
	dec := json.NewDecoder(resp.Body)
	dec.UseNumber()
	var out map[string]any
	if err := dec.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (d pen) storedCampaign(t testing.TB, org, id string) map[string]any {
	return d.stored(t, "adAccounts/"+org+"/adCampaignGroups/"+id)
}

func (d pen) storedGroup(t testing.TB, org, id string) map[string]any {
	return d.stored(t, "adAccounts/"+org+"/adCampaigns/"+id)
}

func (d pen) storedAd(t testing.TB, org, id string) map[string]any {
	return d.stored(t, "adAccounts/"+org+"/creatives/urn%3Ali%3AsponsoredCreative%3A"+id)
}

// put is what stands at a path of names, as text.
func put(m map[string]any, path string) string {
	var v any = m
	for name := range strings.SplitSeq(path, ".") {
		below, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = below[name]
	}
	if v == nil {
		return ""
	}
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}

func dec(s string) *normalize.Decimal {
	d, err := normalize.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return &d
}

func to[T any](v T) *T { return &v }

// fieldsOf are the paths that are set in an object, down to its values, as the gateway names them.
func fieldsOf(v any) []string {
	b, _ := json.Marshal(v)
	var m map[string]any
	_ = json.Unmarshal(b, &m)
	var out []string
	var walk func(string, map[string]any)
	walk = func(prefix string, m map[string]any) {
		for k, v := range m {
			if below, ok := v.(map[string]any); ok {
				walk(prefix+k+".", below)
				continue
			}
			out = append(out, prefix+k)
		}
	}
	walk("", m)
	slices.Sort(out)
	return out
}

// wanted is a create of what is set in an object.
func wanted[T any](v T) providers.Write[T] { return providers.Write[T]{Object: v, Set: fieldsOf(v)} }

// made creates and fails the test when it is refused.
func made[T any](t testing.TB, c providers.Collection[T], v T) T {
	t.Helper()
	w, err := c.Create(t.Context(), wanted(v))
	if err != nil {
		t.Fatalf("%v\n%+v", err, v)
	}
	return w.Object
}

// patched is an update of one or several fields.
func patched[T any](before T, change func(*T), set ...string) providers.Write[T] {
	b, _ := json.Marshal(before)
	var after T
	_ = json.Unmarshal(b, &after)
	change(&after)
	return providers.Write[T]{Object: after, Before: &before, Set: set}
}

// covers checks that all that was asked for is in what came back.
func covers(t testing.TB, asked, got any) {
	t.Helper()
	a, _ := json.Marshal(asked)
	g, _ := json.Marshal(got)
	var want, have any
	_ = json.Unmarshal(a, &want)
	_ = json.Unmarshal(g, &have)
	lacks(t, "", want, have)
}

func lacks(t testing.TB, at string, want, have any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		h, _ := have.(map[string]any)
		for k, v := range want {
			lacks(t, at+"."+k, v, h[k])
		}
	case []any:
		h, _ := have.([]any)
		if len(h) != len(want) {
			t.Errorf("%s: asked for %v, came back as %v", at, want, have)
			return
		}
		for i, v := range want {
			lacks(t, at+"[]", v, h[i])
		}
	default:
		if !reflect.DeepEqual(want, have) {
			t.Errorf("%s: asked for %v, came back as %v", at, want, have)
		}
	}
}

func theCampaign(name string) normalize.Campaign {
	return normalize.Campaign{OrganizationID: euros, Name: name, Goal: normalize.GoalWebsiteTraffic}
}

func budgeted(name, amount string) normalize.Campaign {
	c := theCampaign(name)
	c.BudgetAmount, c.BudgetPeriod = dec(amount), normalize.BudgetPeriodDaily
	return c
}

func refusedAt(t testing.TB, err error, field string) {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Kind != providers.Rejected && e.Kind != providers.Invalid || e.Field != field || e.Status != 0 {
		t.Errorf("%v (%+v), want a refusal of %s by us", err, e, field)
	}
}

// generic is an object by its JSON names.
func generic(v any) any {
	b, _ := json.Marshal(v)
	var out any
	_ = json.Unmarshal(b, &out)
	return out
}

// headed is a server that answers POSTs by 201 with headers and no body, and GETs by path.
func headed(t *testing.T, headers map[string]string, gets map[string]string) (*providers.Session, func() string) {
	t.Helper()
	var mu sync.Mutex
	var sent []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			b, _ := io.ReadAll(r.Body)
			mu.Lock()
			sent = append(sent, string(b))
			mu.Unlock()
			for k, v := range headers {
				w.Header().Set(k, v)
			}
			w.WriteHeader(http.StatusCreated)
			return
		}
		body, ok := gets[strings.TrimPrefix(r.URL.EscapedPath(), "/rest/")]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	s := open(t, srv.URL, &staticTokens{token: "token-of-the-script"}, func() time.Time { return scriptNow })
	return s, func() string { mu.Lock(); defer mu.Unlock(); return strings.Join(sent, "\n") }
}

func decoded(body []byte) map[string]any {
	var m map[string]any
	_ = json.Unmarshal(body, &m)
	return m
}
