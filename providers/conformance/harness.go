package conformance

import (
	"encoding/json"
	"iter"
	"net/url"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Harness is what a platform's conformance test brings.
type Harness struct {
	// Provider makes a fresh adapter: what one has learnt of its platform must not reach another test.
	Provider func() providers.Provider
	// Sim starts a fresh simulator, which t.Cleanup ends.
	Sim func(t testing.TB, o Options) Sim
	// APIPath is in the path of every API call and of no call of the authorization server; faults strike there only.
	APIPath string
	// ReportPath is in the path of every report call; empty: as APIPath.
	ReportPath string
	// Refusal is an error answer in the platform's own envelope. nil: messages and request ids are not compared.
	Refusal func(status int, message, requestID string) Fault
	// Queries are what a list needs besides an account: the query of a typeahead. By object.
	Queries map[providers.Object]providers.ListQuery
	// Settings of the connection.
	Settings map[string]string
	// Quirks turns an expectation off, with the platform's reason; each is printed.
	Quirks map[Quirk]string
}

// Quirk is an expectation that a platform cannot meet by nature.
type Quirk string

// The expectations that can be turned off.
const (
	// QuirkNoSecondAccount: a connection sees one account only.
	QuirkNoSecondAccount Quirk = "no second account"
	// QuirkForeignOrgVisible: an object is found under any account, as its id is the platform's only key.
	QuirkForeignOrgVisible Quirk = "objects are found under any account"
)

// Options is the world that a test wants. Counts of zero are the simulator's own choice; counts are per parent.
type Options struct {
	Seed                             uint64
	Accounts, Campaigns, Groups, Ads int
	HistoryDays                      int
	Dense                            bool // everything is active and delivers on every day of the history
}

// Sim is a simulated platform under a test's control. Served makes one of any simulator with the /_sim control paths.
type Sim interface {
	URL() string // every host of the Spec is moved there
	App() providers.App
	Now() time.Time
	// Consent opens an authorization URL as the user's browser would, allows or denies, and returns what the callback
	// is given.
	Consent(t testing.TB, authURL string, allow bool) url.Values
	Advance(time.Duration)
	Fault(Fault)
	ClearFaults()
	Calls() []Call
	// Expire and Revoke end tokens: "access", "refresh" or "all".
	Expire(what string)
	Revoke(what string)
	// Ledger yields the facts of an account, one per ad and day, days in the account's zone, to exclusive.
	Ledger(org string, days normalize.DayRange) iter.Seq2[Fact, error]
}

// Fault is one thing that goes wrong: the JSON of POST /_sim/fault. With a Status it answers in place of the platform;
// without, the platform acts and its answer is spoilt.
type Fault struct {
	Path          string            `json:"path,omitempty"`
	Query         string            `json:"query,omitempty"`
	Method        string            `json:"method,omitempty"`
	Status        int               `json:"status,omitempty"`
	Headers       map[string]string `json:"headers,omitempty"`
	Body          json.RawMessage   `json:"body,omitempty"` // a JSON string is sent as its text
	DelayMS       int               `json:"delay_ms,omitempty"`
	CutAfterBytes *int64            `json:"cut_after_bytes,omitempty"`
	Stall         bool              `json:"stall,omitempty"`
	Times         int               `json:"times,omitempty"` // 0 once, -1 always
	After         int               `json:"after,omitempty"` // matching requests let through first
}

// Call is one request that the simulator saw: a line of GET /_sim/calls.
type Call struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query"`
	Status int    `json:"status"`
}

// Fact is one line of the ledger.
type Fact struct {
	Org             string            `json:"org"`
	Campaign        string            `json:"campaign"`
	Group           string            `json:"group"`
	Ad              string            `json:"ad"`
	Date            normalize.Day     `json:"date"`
	Currency        string            `json:"currency"`
	Impressions     normalize.Decimal `json:"impressions"`
	Clicks          normalize.Decimal `json:"clicks"`
	Cost            normalize.Decimal `json:"cost"`
	Conversions     normalize.Decimal `json:"conversions"`
	ConversionValue normalize.Decimal `json:"conversion_value"`
}

// ledgerMetrics are the KPIs that the ledger knows, in the order of Fact.values.
var ledgerMetrics = [...]normalize.Metric{ //nolint:gochecknoglobals // a constant list
	normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost, normalize.MetricConversions, normalize.MetricConversionValue,
}

type sums [len(ledgerMetrics)]normalize.Decimal

func (f *Fact) values() sums {
	return sums{f.Impressions, f.Clicks, f.Cost, f.Conversions, f.ConversionValue}
}

func (s *sums) add(o sums) {
	for i := range s {
		s[i] = s[i].Add(o[i])
	}
}

// entity is the id of the fact's entity at a level; a creative is what an ad shows, so that its ids are the
// simulator's business.
func (f *Fact) entity(l normalize.Level) string {
	switch l {
	case normalize.LevelOrganization:
		return f.Org
	case normalize.LevelCampaign:
		return f.Campaign
	case normalize.LevelGroup:
		return f.Group
	case normalize.LevelAd:
		return f.Ad
	}
	return ""
}
