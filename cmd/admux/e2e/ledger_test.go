package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// facts are the sums of one campaign's day, or of whatever the key of a ledger stands for.
type facts struct {
	impressions, clicks, cost, conversions, value big.Rat
}

// ledger asks the simulated platform itself what happened: the truth that a report must equal. The key of each fact is
// made by group.
func ledger(t *testing.T, simulator, org, from, to string, group func(fact) string) map[string]*facts {
	t.Helper()
	query := url.Values{"org": {org}, "from": {from}, "to": {to}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, simulator+"/_sim/ledger?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("ledger: %s", resp.Status)
	}
	sums := map[string]*facts{}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		var f fact
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatalf("ledger: %v: %s", err, lines.Text())
		}
		key := group(f)
		if sums[key] == nil {
			sums[key] = &facts{}
		}
		sums[key].add(t, f)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return sums
}

// fact is one line of the ledger: an ad's day.
type fact struct {
	Org, Campaign, Group, Ad, Date, Currency string
	Impressions, Clicks, Conversions         json.Number
	Cost                                     string
	ConversionValue                          string `json:"conversion_value"`
}

func (f *facts) add(t *testing.T, one fact) {
	t.Helper()
	f.impressions.Add(&f.impressions, number(t, one.Impressions.String()))
	f.clicks.Add(&f.clicks, number(t, one.Clicks.String()))
	f.cost.Add(&f.cost, number(t, one.Cost))
	f.conversions.Add(&f.conversions, number(t, one.Conversions.String()))
	f.value.Add(&f.value, number(t, one.ConversionValue))
}

func number(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// digits is the shortest exact decimal of a number that has one.
func digits(r *big.Rat) string {
	n, exact := r.FloatPrec()
	if !exact {
		return "not a decimal: " + r.String()
	}
	return r.FloatString(n)
}

// ratio is a/b to six decimals, or to six digits after the zeros there, half to even, in its shortest form: computed here
// with fractions alone, not with the code under test. Without a denominator there is no ratio.
func ratio(a, b *big.Rat) (text string, ok bool) {
	if b.Sign() == 0 {
		return "", false
	}
	q, places := new(big.Rat).Quo(a, b), 6
	for x := new(big.Rat).Set(q); x.Sign() > 0 && x.Cmp(big.NewRat(1, 10)) < 0; places++ {
		x.Mul(x, big.NewRat(10, 1))
	}
	return digits(roundEven(q, places)), true
}

func (f *facts) expect() map[string]string {
	want := map[string]string{
		"IMPRESSIONS": digits(&f.impressions), "CLICKS": digits(&f.clicks), "COST": digits(&f.cost), "CONVERSIONS": digits(&f.conversions),
	}
	if ctr, ok := ratio(&f.clicks, &f.impressions); ok {
		want["CTR"] = ctr
	}
	if cpc, ok := ratio(&f.cost, &f.clicks); ok {
		want["CPC"] = cpc
	}
	if roas, ok := ratio(&f.value, &f.cost); ok {
		want["ROAS"] = roas
	}
	return want
}

// adsReport is what a partner reads of the contract's AdsReport.
type adsReport struct {
	ConnectionID   string    `json:"connection_id"`
	OrganizationID string    `json:"organization_id"`
	Currency       string    `json:"currency"`
	StartAt        time.Time `json:"start_at"`
	EndAt          time.Time `json:"end_at"`
	Metrics        []struct {
		Type           string      `json:"type"`
		Value          json.Number `json:"value"`
		Dimension      string      `json:"dimension"`
		DimensionValue string      `json:"dimension_value"`
		Campaign       *struct {
			ID string `json:"id"`
		} `json:"campaign"`
	} `json:"metrics"`
}

const showsReport = "IMPRESSIONS,CLICKS,COST,CONVERSIONS,CTR,CPC,ROAS"

// TestReport_equalsLedger is the first promise: the numbers of one report over all platforms are the simulated platforms'
// own, digit for digit, in each account's own days.
func TestReport_equalsLedger(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	a := newAPI(t, demo)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	from, to := today.AddDate(0, 0, -9).Format(time.DateOnly), today.AddDate(0, 0, -2).Format(time.DateOnly)

	var reports []adsReport
	a.get("/ads/all/report", url.Values{"type": {showsReport}, "dimension": {"DATE"}, "level": {"campaign"}, "start_gte": {from}, "end_lt": {to}}, &reports)
	got := map[string]map[string]map[string]string{}
	for _, r := range reports {
		if got[r.ConnectionID] == nil {
			got[r.ConnectionID] = map[string]map[string]string{}
		}
		r.metrics(t, got[r.ConnectionID])
	}
	for _, c := range demo.Connections {
		t.Run(c.IntegrationType, func(t *testing.T) {
			a := newAPI(t, demo)
			want := map[string]map[string]string{}
			for _, org := range a.list(ads(c.ID, "organization"), nil) {
				id := fmt.Sprint(org["id"])
				if closed(c, org) {
					continue
				}
				sums := ledger(t, demo.Simulators[c.IntegrationType], id, from, to, func(f fact) string { return id + " " + f.Campaign + " " + f.Date })
				for key, f := range sums {
					want[key] = f.expect()
				}
			}
			compare(t, got[c.ID], want)
		})
	}
}

// metrics gathers the numbers of an entry by account, campaign and day.
func (r *adsReport) metrics(t *testing.T, into map[string]map[string]string) {
	t.Helper()
	for _, m := range r.Metrics {
		if m.Dimension != "DATE" || m.Campaign == nil {
			t.Fatalf("a metric without its day or campaign: %+v", m)
		}
		key := r.OrganizationID + " " + m.Campaign.ID + " " + m.DimensionValue
		if into[key] == nil {
			into[key] = map[string]string{}
		}
		if before, twice := into[key][m.Type]; twice {
			t.Errorf("%s %s comes twice: %s and %s", key, m.Type, before, m.Value)
		}
		into[key][m.Type] = m.Value.String()
	}
}

// TestCLI_reportEqualsLedger holds the same for the command line, by ad and over a range of its own.
func TestCLI_reportEqualsLedger(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	for _, c := range demo.Connections {
		t.Run(c.IntegrationType, func(t *testing.T) {
			t.Parallel()
			byAd(t, demo, c)
		})
	}
}

func byAd(t *testing.T, demo announced, c connectionLine) {
	t.Helper()
	a := newAPI(t, demo)
	connection := c.ID
	today := time.Now().UTC().Truncate(24 * time.Hour)
	from, to := today.AddDate(0, 0, -40).Format(time.DateOnly), today.AddDate(0, 0, -10).Format(time.DateOnly)

	done := admux(t, []string{"ADMUX_URL=" + demo.URL, "ADMUX_API_KEY=" + demo.APIKey},
		"report", connection, "--type", showsReport, "--level", "ad", "--dimension", "DATE", "--start", from, "--end", to, "--format", "ndjson")
	if done.code != 0 {
		t.Fatalf("exit %d: %s", done.code, done.stderr)
	}
	got := map[string]map[string]string{}
	for line := range strings.Lines(done.stdout) {
		var row map[string]any
		dec := json.NewDecoder(strings.NewReader(line))
		dec.UseNumber()
		if err := dec.Decode(&row); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		values := map[string]string{}
		for kpi := range strings.SplitSeq(showsReport, ",") {
			if v, present := row[strings.ToLower(kpi)]; present {
				values[kpi] = fmt.Sprint(v)
			}
		}
		// What stands for an ad of another kind says so in its id; the platform's own id follows.
		ad := strings.TrimPrefix(fmt.Sprint(row["ad_id"]), "assetgroup:")
		got[fmt.Sprint(row["organization_id"], " ", ad, " ", row["date"])] = values
	}
	want := map[string]map[string]string{}
	for _, org := range a.list(ads(connection, "organization"), nil) {
		id := fmt.Sprint(org["id"])
		if closed(c, org) {
			continue
		}
		sums := ledger(t, demo.Simulators[c.IntegrationType], id, from, to, func(f fact) string { return id + " " + f.Ad + " " + f.Date })
		for key, f := range sums {
			want[key] = f.expect()
		}
	}
	compare(t, got, want)
}

// closed tells whether an account cannot be read any more: Google opens no cancelled one, and reports say so.
func closed(c connectionLine, org map[string]any) bool {
	return c.IntegrationType == "googleads" && org["status"] == "ARCHIVED"
}

// alike wants the same digits. A value that the ledger has as nothing a platform may leave out, and with it what is made of
// it: Meta sends no value of conversions that are worth nothing.
func alike(got, want map[string]string) bool {
	if _, has := got["ROAS"]; !has && want["ROAS"] == "0" {
		want = maps.Clone(want)
		delete(want, "ROAS")
	}
	return maps.Equal(got, want)
}

// compare wants the same keys and, in each, the same digits. What the ledger has as zero a report may leave out as a
// row, but never as another number.
func compare(t *testing.T, got, want map[string]map[string]string) {
	t.Helper()
	if len(want) < 10 {
		t.Fatalf("the ledger has %d facts: nothing is proved", len(want))
	}
	faults := 0
	fault := func(format string, args ...any) {
		if faults++; faults <= 20 {
			t.Errorf(format, args...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] == nil {
			fault("%s is missing: %v", key, want[key])
			continue
		}
		if !alike(got[key], want[key]) {
			fault("%s is %v, the ledger says %v", key, got[key], want[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if want[key] == nil {
			fault("%s is not in the ledger: %v", key, got[key])
		}
	}
	if faults > 0 {
		t.Errorf("%d of %d differ", faults, len(want))
	}
}
