package reports_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// order is which KPI each value of a row stands for in these tests.
var order = []normalize.Metric{normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost}

// asked keeps of each row the values that the question asks for.
func asked(rows func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error]) func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			var values []normalize.Value
			for r, err := range rows(p, m) {
				values = values[:0]
				for _, k := range p.Query.Metrics {
					if err == nil {
						values = append(values, r.Values[slices.Index(order, k)])
					}
				}
				r.Values = values
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// spender is a platform whose one account has rows of impressions, clicks and cost.
func spender(platform, account, currency string, rows ...normalize.Row) *fake {
	f := newFake(order...)
	f.platform, f.orgs = platform, []normalize.Organization{org(account, currency, "UTC")}
	f.rows = asked(these(rows...))
	return f
}

func TestOneReportOverManyConnections(t *testing.T) {
	t.Parallel()
	a := spender("alphaads", "1", "USD", campaign("11", nil, num("100"), num("10"), num("5.50")), campaign("12", nil, num("50"), num("1"), num("0.25")))
	b := spender("betaads", "1", "USD", campaign("11", nil, num("7"), num("3"), num("1.25")))
	base := serve(t, a, b)
	for _, path := range []string{"/ads/c1,c2/report", "/ads/all/report"} {
		tab := must[table](t, get(t, base+path, "type=IMPRESSIONS,CLICKS,COST,CPC&format=table"))
		got := map[string]string{}
		for _, r := range tab.Rows {
			got[fmt.Sprint(r["connection_id"], " ", r["platform"], " ", r["organization_id"], " ", r["campaign_id"])] = fmt.Sprint(r["impressions"], " ", r["cost"])
		}
		want := map[string]string{"c1 alphaads 1 11": "100 5.5", "c1 alphaads 1 12": "50 0.25", "c2 betaads 1 11": "7 1.25"}
		if !maps.Equal(got, want) {
			t.Errorf("%s: rows %v", path, got)
		}
		// CPC of all: 7.00 over 14 clicks, and no mean of means.
		if tt := tab.Totals; fmt.Sprint(tt["impressions"], " ", tt["clicks"], " ", tt["cost"], " ", tt["cpc"], " ", tt["currency"]) != "157 14 7 0.5 USD" {
			t.Errorf("%s: totals %v", path, tt)
		}
		if tab.Meta.Rows != 3 || len(tab.Meta.Connections) != 2 || tab.Meta.Currency != "USD" || len(tab.Meta.Errors) != 0 {
			t.Errorf("%s: meta %+v", path, tab.Meta)
		}
		if all := strings.HasPrefix(path, "/ads/all"); tab.Meta.Quality.Complete == all { // the paused one is named
			t.Errorf("%s: quality %+v", path, tab.Meta.Quality)
		}
	}
	objects := must[[]adsReport](t, get(t, base+"/ads/all/report", "type=COST"))
	var whose []string
	for _, o := range objects {
		whose = append(whose, o.ConnectionID+" "+o.Platform+" "+o.ID[:strings.LastIndex(o.ID, ":2026-11-17")])
	}
	if want := []string{"c1 alphaads campaign:1:11", "c1 alphaads campaign:1:12", "c2 betaads campaign:1:11"}; !slices.Equal(whose, want) {
		t.Errorf("objects %q", whose)
	}
	if one := must[[]adsReport](t, get(t, base+"/ads/c2/report", "type=COST")); len(one) != 1 || one[0].ConnectionID != "" {
		t.Errorf("one connection: %+v", one)
	}
}

// A ratio's total is over the connections that have both its parts.
func TestTotalsOverPlatformsThatDiffer(t *testing.T) {
	t.Parallel()
	a := spender("alphaads", "1", "USD", campaign("1", nil, num("100"), num("10"), num("5")))
	b := newFake(normalize.MetricImpressions, normalize.MetricCost)
	b.platform, b.orgs = "betaads", []normalize.Organization{org("2", "USD", "UTC")}
	b.rows = asked(these(campaign("2", nil, num("100"), num("0"), num("1000"))))
	base := serve(t, a, b)
	tab := must[table](t, get(t, base+"/ads/all/report", "type=COST,CLICKS,CPC,IMPRESSIONS&format=table"))
	if tt := tab.Totals; fmt.Sprint(tt["cost"], " ", tt["clicks"], " ", tt["cpc"]) != "1005 10 0.5" {
		t.Errorf("totals %v", tt)
	}
	if why := tab.Meta.Additivity; !strings.Contains(why["CPC"], "c2") || why["COST"] != "" {
		t.Errorf("of what the totals are: %v", why)
	}
	if len(tab.Meta.Unsupported) != 0 || !slices.Equal(tab.Meta.Connections[1].Unsupported, []string{"CLICKS", "CPC"}) {
		t.Errorf("unsupported: %v of all, %v of betaads", tab.Meta.Unsupported, tab.Meta.Connections[1].Unsupported)
	}
	b.orgs[0].Currency = "EUR"
	tab = must[table](t, get(t, serve(t, a, b)+"/ads/all/report", "type=COST,CPC,IMPRESSIONS&format=table"))
	if _, has := tab.Totals["cost"]; has || len(tab.By) != 2 || fmt.Sprint(tab.Totals["impressions"]) != "200" || tab.Meta.Additivity["COST"] == "" {
		t.Errorf("dollars and euros: %v %v %v", tab.Totals, tab.By, tab.Meta.Additivity)
	}
}

// An account that two connections see is read once.
func TestSharedAccountIsReadOnce(t *testing.T) {
	t.Parallel()
	a := spender("alphaads", "1", "USD", campaign("1", nil, num("100"), num("10"), num("5")))
	b := spender("alphaads", "1", "USD", campaign("1", nil, num("100"), num("10"), num("5")))
	b.orgs = append(b.orgs, org("2", "USD", "UTC"))
	tab := must[table](t, get(t, serve(t, a, b)+"/ads/c1,c2/report", "type=COST&format=table"))
	if len(tab.Rows) != 2 || fmt.Sprint(tab.Totals["cost"]) != "10" { // b's rows are told again for its account 2
		t.Errorf("%d rows, totals %v", len(tab.Rows), tab.Totals)
	}
	if !slices.Contains(tab.Meta.Quality.LeftOut, "c2: account 1 is read through the connection c1") {
		t.Errorf("left out: %q", tab.Meta.Quality.LeftOut)
	}
}

func failing(after int, err error) func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			for i := range after {
				if !yield(campaign(strconv.Itoa(i), nil, num("1"), num("1"), num("1")), nil) {
					return
				}
			}
			yield(normalize.Row{}, err)
		}
	}
}

func TestOneOfManyFails(t *testing.T) {
	t.Parallel()
	down := &providers.Error{Kind: providers.Unavailable, Platform: "betaads", Code: "9", Message: "down for maintenance", RequestID: "r-9", Status: 503}
	for name, spoil := range map[string]func(*fake){
		"accounts":     func(f *fake) { f.listErr = down },
		"opening":      func(f *fake) { f.refusal = down },
		"first row":    func(f *fake) { f.rows = asked(failing(0, down)) },
		"after 5 rows": func(f *fake) { f.rows = asked(failing(5, down)) },
		"panic": func(f *fake) {
			f.rows = func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] { panic("adapter's fault") }
		},
		"a level it has not": func(f *fake) { f.reports.Levels = []normalize.Level{normalize.LevelOrganization} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := spender("alphaads", "1", "USD", campaign("1", nil, num("100"), num("10"), num("5")))
			bad := spender("betaads", "2", "USD", campaign("1", nil, num("7"), num("3"), num("1.25")))
			spoil(bad)
			base := serve(t, good, bad) + "/ads/c1,c2/report"
			a := get(t, base, "type=COST")
			if a.status < 400 || !strings.Contains(string(a.body), `"connection_id":"c2"`) {
				t.Errorf("the call: %d %s", a.status, a.body)
			}
			tab := must[table](t, get(t, base, "type=COST,CLICKS&format=table&partial=allow"))
			if len(tab.Rows) != 1 || tab.Rows[0]["connection_id"] != "c1" || fmt.Sprint(tab.Totals["cost"]) != "5" || tab.Meta.Rows != 1 {
				t.Errorf("rows %v, totals %v", tab.Rows, tab.Totals)
			}
			if len(tab.Meta.Errors) != 1 || tab.Meta.Errors[0].ConnectionID != "c2" || tab.Meta.Quality.Complete || len(tab.Meta.Connections) != 1 {
				t.Fatalf("meta %+v", tab.Meta)
			}
			if p := tab.Meta.Errors[0].Problem; p["status"] == nil || p["code"] == nil {
				t.Errorf("problem %v", p)
			}
		})
	}
}

func TestAllOfManyFail(t *testing.T) {
	t.Parallel()
	f := spender("alphaads", "1", "USD")
	f.rows = asked(failing(3, &providers.Error{Kind: providers.RateLimited, Platform: "alphaads", Message: "slowly", RetryAfter: time.Minute}))
	p := refused(t, get(t, serve(t, f)+"/ads/c1/report", "type=COST&format=table&partial=allow"), http.StatusTooManyRequests)
	if p.Code != string(problem.CodeRateLimited) && p.Status != 429 {
		t.Errorf("%+v", p)
	}
}

func TestOrgOfOneOfMany(t *testing.T) {
	t.Parallel()
	a := spender("alphaads", "1", "USD", campaign("1", nil, num("100"), num("10"), num("5")))
	b := spender("betaads", "2", "USD", campaign("1", nil, num("7"), num("3"), num("1.25")))
	base := serve(t, a, b) + "/ads/all/report"
	tab := must[table](t, get(t, base, "type=COST&format=table&org_id=2"))
	if len(tab.Rows) != 1 || tab.Rows[0]["organization_id"] != "2" {
		t.Errorf("rows %v", tab.Rows)
	}
	if p := refused(t, get(t, base, "type=COST&org_id=3"), 400); !slices.Equal(p.fields(), []string{"org_id"}) {
		t.Errorf("%+v", p)
	}
}

// Nobody waits for the slowest to show what the others have, and nothing is lost or told twice on the way.
func TestConnectionsAreReadSideBySide(t *testing.T) {
	t.Parallel()
	const n, rows = 6, 3000
	gate := make(chan struct{})
	var fakes []*fake
	for i := range n {
		f := spender("p"+strconv.Itoa(i), strconv.Itoa(i), "USD")
		f.reports.Stream = func(ctx context.Context, p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
			return func(yield func(normalize.Row, error) bool) {
				if i == 0 { // waits until another connection has given all its rows
					select {
					case <-gate:
					case <-ctx.Done():
						yield(normalize.Row{}, ctx.Err())
						return
					}
				}
				r := campaign("", nil, num("1"), num("0.01"))
				for j := range rows {
					r.Campaign.ID = strconv.Itoa(j)
					r.Values[0] = num(strconv.Itoa(j))
					if !yield(r, nil) {
						return
					}
				}
				if i == 1 {
					close(gate)
				}
			}
		}
		fakes = append(fakes, f)
	}
	tab := must[table](t, get(t, serve(t, fakes...)+"/ads/all/report", "type=IMPRESSIONS,COST&format=table"))
	seen := map[string]int{}
	for _, r := range tab.Rows {
		if fmt.Sprint(r["impressions"]) != r["campaign_id"] {
			t.Fatalf("a row was changed on its way: %v", r)
		}
		seen[fmt.Sprint(r["platform"], r["campaign_id"])]++
	}
	if len(seen) != n*rows || len(tab.Rows) != n*rows {
		t.Errorf("%d rows, %d different", len(tab.Rows), len(seen))
	}
	if got := fmt.Sprint(tab.Totals["cost"]); got != "180" {
		t.Errorf("cost %s", got)
	}
}

// P6: six connections take as long as the slowest of them.
func BenchmarkP6_ManyConnections(b *testing.B) {
	pace := func(f *fake, rows int, each time.Duration) {
		f.reports.Stream = func(_ context.Context, p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
			return func(yield func(normalize.Row, error) bool) {
				r := campaign("1", nil, num("1"), num("0.01"))
				for j := range rows {
					if j%1000 == 0 {
						time.Sleep(each) // a page of the platform's
					}
					if !yield(r, nil) {
						return
					}
				}
			}
		}
	}
	for _, n := range []int{1, 6, 60} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var fakes []*fake
			for i := range n {
				f := spender("p"+strconv.Itoa(i), strconv.Itoa(i), "USD")
				pace(f, 20_000, 10*time.Millisecond)
				fakes = append(fakes, f)
			}
			url := serve(b, fakes...) + "/ads/all/report?type=IMPRESSIONS,COST&format=table"
			for b.Loop() {
				download(b, url)
			}
			b.ReportMetric(float64(20_000*n*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// What a platform keeps from the list of accounts is missing in a report over all of them, and the report says so.
func TestAccountsThatAreKeptAreNamed(t *testing.T) {
	t.Parallel()
	f := spender("alphaads", "1", "USD", campaign("1", nil, num("100"), num("10"), num("5")))
	f.left = []string{"account 9 is not opened"}
	base := serve(t, f) + "/ads/c1/report"
	tab := must[table](t, get(t, base, "type=COST&format=table"))
	if tab.Meta.Quality.Complete || !slices.Equal(tab.Meta.Quality.LeftOut, f.left) {
		t.Errorf("quality %+v", tab.Meta.Quality)
	}
	for _, format := range []string{"json", "csv", "ndjson", "table", "parquet"} {
		if a := get(t, base, "type=COST&format="+format); !slices.Equal(a.header.Values("X-Admux-Left-Out"), f.left) {
			t.Errorf("%s: %q", format, a.header.Values("X-Admux-Left-Out"))
		}
	}
	// What is learnt after the first byte comes behind the last.
	rows := f.rows
	f.rows = func(p providers.Part, m *providers.Meta) seqOf {
		return func(yield func(normalize.Row, error) bool) {
			for range 20_000 {
				if !yield(campaign("1", nil, num("1")), nil) {
					return
				}
			}
			m.Left = append(m.Left, "rows below a threshold")
		}
	}
	a := get(t, base, "type=COST&format=csv")
	if got := a.trailer.Values("X-Admux-Left-Out"); a.err != nil || !slices.Equal(got, append(f.left, "rows below a threshold")) {
		t.Errorf("trailer %q, %v", got, a.err)
	}
	f.rows = rows
	tab = must[table](t, get(t, base, "type=COST&format=table&org_id=1"))
	if !tab.Meta.Quality.Complete {
		t.Errorf("of the one account asked for: %+v", tab.Meta.Quality)
	}
}

// A connection that fails before its first row fails the call with a problem that names it, however many rows of the
// others had come by then; NDJSON names it in its last line.
func TestFailureBeforeTheFirstRowIsAProblem(t *testing.T) {
	t.Parallel()
	down := &providers.Error{Kind: providers.Unavailable, Platform: "betaads", Message: "down for maintenance", Status: 503}
	read := make(chan struct{})
	good := spender("alphaads", "1", "USD")
	good.reports.Stream = func(_ context.Context, p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			for i := range 20_000 {
				if !yield(campaign(strconv.Itoa(i), nil, make([]normalize.Value, len(p.Query.Metrics))...), nil) {
					return
				}
			}
			close(read)
		}
	}
	bad := spender("betaads", "2", "USD")
	bad.reports.Stream = func(context.Context, providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			<-read
			yield(normalize.Row{}, down)
		}
	}
	for _, format := range []string{"table", "csv", "parquet", "ndjson"} {
		read = make(chan struct{})
		a := get(t, serve(t, good, bad)+"/ads/all/report", "type=COST,CLICKS&format="+format)
		if a.err != nil || !strings.Contains(string(a.body), `"connection_id":"c2"`) || format != "ndjson" && a.status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %v %.200s", format, a.status, a.err, a.body)
		}
	}
}

// The accounts of one connection are read side by side too: a platform that makes a report for each takes its time once.
func TestAccountsAreReadSideBySide(t *testing.T) {
	t.Parallel()
	f := spender("alphaads", "1", "USD")
	f.orgs = append(f.orgs, org("2", "USD", "UTC"), org("3", "EUR", "UTC"))
	var wg sync.WaitGroup
	wg.Add(3)
	f.reports.Stream = func(_ context.Context, p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			wg.Done()
			wg.Wait() // for the other accounts to have begun
			yield(campaign(p.Org.ID, nil, num("1")), nil)
		}
	}
	tab := must[table](t, get(t, f.serve(t), "type=CLICKS&format=table"))
	if len(tab.Rows) != 3 || fmt.Sprint(tab.Totals["clicks"]) != "3" {
		t.Errorf("rows %v, totals %v", tab.Rows, tab.Totals)
	}
}
