package google_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

// sent records the mutates that leave, as they leave.
type sent struct {
	http.RoundTripper
	mu   sync.Mutex
	list []mutation
	hear func(mutation) // nil: nobody listens
}

type mutation struct {
	Operations   []map[string]map[string]any `json:"mutateOperations"`
	ValidateOnly bool                        `json:"validateOnly"`
	Partial      bool                        `json:"partialFailure"`

	path, login, body string
}

func (s *sent) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, ":mutate") {
		raw, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(raw))
		var m mutation
		_ = json.Unmarshal(raw, &m)
		m.path, m.login, m.body = r.URL.Path, r.Header.Get("login-customer-id"), string(raw)
		s.mu.Lock()
		s.list = append(s.list, m)
		if s.hear != nil {
			s.hear(m)
		}
		s.mu.Unlock()
	}
	return s.RoundTripper.RoundTrip(r)
}

// take answers the mutates since the last take.
func (s *sent) take() []mutation {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.list
	s.list = nil
	return out
}

// writer is a world whose mutates are recorded.
type writer struct {
	world
	sent *sent
	org  string
}

func writing(t testing.TB, account int, o sim.Options) writer {
	t.Helper()
	out := writer{sent: &sent{}}
	out.world = connect(t, o, func(_ *providers.Conn, d *providers.Deps) {
		out.sent.RoundTripper = d.HTTP.Transport
		d.HTTP = &http.Client{Transport: out.sent}
	})
	out.org = out.sim.Accounts()[account].ID
	return out
}

var smallWorld = sim.Options{Seed: 1, Campaigns: 2, Groups: 1, Ads: 1, HistoryDays: 1}

func dec(s string) *normalize.Decimal {
	d, err := normalize.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return &d
}

func to[T any](v T) *T { return &v }

func searchCampaign(name string) normalize.Campaign {
	return normalize.Campaign{
		Name: name, AdvertisingChannelType: normalize.ChannelSearch, BudgetAmount: dec("50"), HasEUPoliticalAds: to(false),
	}
}

func (w writer) campaign(t *testing.T, o normalize.Campaign) normalize.Campaign {
	t.Helper()
	got, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: o})
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return got.Object
}

// patch changes a campaign as the gateway would.
func (w writer) patch(t *testing.T, before normalize.Campaign, set []string, change func(*normalize.Campaign), dry bool) (providers.Written[normalize.Campaign], error) {
	t.Helper()
	after := before
	change(&after)
	return w.Campaigns.Update(t.Context(), providers.Ref{Org: w.org, ID: before.ID}, providers.Write[normalize.Campaign]{
		Org: w.org, Object: after, Before: &before, Set: set, DryRun: dry,
	})
}

func (m mutation) String() string {
	b, _ := json.Marshal(m)
	return string(b)
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// blamedOf is the field that an error names; "-" of none.
func blamedOf(err error) string {
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return e.Field
	}
	return "-"
}

func uncertain(err error) bool {
	e, ok := errors.AsType[*providers.Error](err)
	return ok && e.Uncertain
}

// stored is what Google has of an object: the first row of a query, as it stands there.
func (w writer) stored(t testing.TB, query string) string {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://googleads.googleapis.com/v25/customers/"+w.org+"/googleAds:search", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := w.Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var page struct{ Results []json.RawMessage }
	raw, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(raw, &page)
	}
	if err != nil || resp.StatusCode != http.StatusOK || len(page.Results) == 0 {
		t.Fatalf("%s: %d %s %v", query, resp.StatusCode, raw, err)
	}
	var out bytes.Buffer
	if err := json.Compact(&out, page.Results[0]); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
