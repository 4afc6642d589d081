package meta_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// sentWrite is a write as it left.
type sentWrite struct {
	method, path string
	form         url.Values
	body         string
}

// recorder keeps the writes that pass through it.
type recorder struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []sentWrite
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet {
		var body []byte
		if req.Body != nil {
			body, _ = io.ReadAll(req.Body)
			req.Body = io.NopCloser(bytes.NewReader(body))
		}
		form, _ := url.ParseQuery(string(body))
		r.mu.Lock()
		r.sent = append(r.sent, sentWrite{req.Method, req.URL.Path, form, string(body)})
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

// pen is a bench for writing to one account.
type pen struct {
	bench
	rec     *recorder
	account string
	token   string
}

// Accounts of the small world, by their currencies.
const (
	euros    = "901000000000001"
	dollars  = "901000000000002"
	yen      = "901000000000003"
	thePage  = "600000000000001"
	imageURL = "https://images.example/winter.jpg"
)

func withPen(t testing.TB, o sim.Options) pen {
	t.Helper()
	rec := &recorder{}
	b := connect(t, o, func(_ *providers.Conn, d *providers.Deps) {
		rec.next = d.HTTP.Transport
		d.HTTP = &http.Client{Transport: rec}
	})
	return pen{b, rec, euros, b.sim.Grant().Access}
}

// stored is a field of an object as the simulator has it.
func (d pen) stored(t testing.TB, id, fields string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.base+"/v26.0/"+id+"?fields="+url.QueryEscape(fields), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // a test's read
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func dec(s string) *normalize.Decimal {
	d, err := normalize.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return &d
}

func to[T any](v T) *T { return &v }

// fieldsOf are the paths of all that is set in an object, as the gateway names them: down to what is no object.
func fieldsOf(v any) []string {
	b, _ := json.Marshal(v)
	var m map[string]any
	_ = json.Unmarshal(b, &m)
	out := leaves(nil, "", m)
	slices.Sort(out)
	return out
}

func leaves(out []string, below string, m map[string]any) []string {
	for k, v := range m {
		if part, ok := v.(map[string]any); ok && len(part) > 0 {
			out = leaves(out, below+k+".", part)
			continue
		}
		out = append(out, below+k)
	}
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
	after := before
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
	m, ok := want.(map[string]any)
	if !ok {
		if !reflect.DeepEqual(want, have) {
			t.Errorf("%s: asked for %v, came back as %v", at, want, have)
		}
		return
	}
	h, _ := have.(map[string]any)
	for k, v := range m {
		lacks(t, at+"."+k, v, h[k])
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

// countries of the simulated targeting outside of the European Union, where Meta asks who pays.
func theGroup(campaign, name string) normalize.Group {
	return normalize.Group{
		CampaignID: campaign, Name: name, BudgetAmount: dec("20"), BudgetPeriod: normalize.BudgetPeriodDaily,
		Targeting: &normalize.Targeting{Geographic: &normalize.GeographicTargeting{Countries: []normalize.TargetRef{{ID: "US"}}}},
	}
}

func refusedAt(t testing.TB, err error, field string) {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Kind != providers.Rejected && e.Kind != providers.Invalid || e.Field != field {
		t.Errorf("%v (%+v), want a refusal of %s", err, e, field)
	}
}
