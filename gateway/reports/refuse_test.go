package reports_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

type (
	planQuery = providers.ReportQuery
	part      = providers.Part
)

func TestBadInput(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	base := f.serve(t)
	for name, c := range map[string]struct {
		query       string
		status      int
		field, says string
	}{
		"unknown KPI":              {"type=CLICKS,IMPRESION", 400, "type", "IMPRESSIONS"},
		"KPI near nothing":         {"type=ZZZZZZZZZZ", 400, "type", "nor near"},
		"KPI with odd characters":  {q("type", "CLICKS,<b>x</b>"), 400, "type", "item 2"},
		"unknown level":            {"level=account", 400, "level", "organization, campaign"},
		"unknown dimension":        {"dimension=DAY", 400, "dimension", "DATE"},
		"two calendars":            {"dimension=DATE,WEEK", 400, "dimension", "DATE and WEEK"},
		"unknown attribution":      {"attribution=3d_click", 400, "attribution", "7d_click"},
		"unknown format":           {"format=xml", 400, "format", "table"},
		"unknown parameter":        {"dimensions=DATE", 400, "dimensions", "near it: dimension"},
		"parameter near nothing":   {"qqqqqqqq=1", 400, "qqqqqqqq", "start_gte"},
		"limit":                    {"limit=0", 400, "limit", "1 to 1000000"},
		"limit that is no number":  {"limit=many", 400, "limit", "whole number"},
		"offset":                   {"offset=-1", 400, "offset", "from 0"},
		"order":                    {"order=up", 400, "order", "asc, desc"},
		"sort by what is not here": {"sort=created_at", 400, "sort", "name"},
		"sort by no column":        {"sort=spend&format=table", 400, "sort", "campaign_id"},
		"sort by is_final":         {"sort=is_final&format=table&dimension=DATE", 400, "sort", "clicks"},
		"bad escapes":              {"type=%zz", 400, "query", "URL-encoded"},
		"bad reconcile":            {"reconcile=yes", 400, "reconcile", "true"},
		"a format of no kind":      {"format=xlsx", 400, "format", "parquet"},
		"wait":                     {"wait=10", 501, "", "wait"},
		"raw":                      {"raw=a%3Db", 501, "", "raw"},
		"updated_gte":              {"updated_gte=2026-01-01", 501, "", "updated_gte"},
		"partial without a place":  {"partial=allow", 400, "partial", "format=table"},
		"a level it has not":       {"level=keyword", 422, "level", "organization, campaign, group, ad"},
		"a dimension it has not":   {"dimension=AGE", 422, "dimension", "one of DEVICE, PLATFORM with a calendar one"},
		"KPIs it has not":          {"type=REVENUE,ROAS", 422, "type", "no number"},
		"what is wrong goes first": {"wait=10&type=NOPE", 400, "type", ""},
	} {
		if !strings.Contains(c.query, "type=") {
			c.query += "&type=CLICKS"
		}
		p := refused(t, get(t, base, c.query), c.status)
		said := p.Detail
		for _, e := range p.Errors {
			said += " " + e.Message
		}
		if c.field != "" && !slices.Equal(p.fields(), []string{c.field}) || !strings.Contains(said, c.says) {
			t.Errorf("%s: %+v", name, p)
		}
		if strings.Contains(said, "<b>") {
			t.Errorf("%s repeats what was sent: %s", name, said)
		}
	}
	if len(f.queries) > 0 {
		t.Error("the platform was asked")
	}
	for _, fine := range []string{"type=clicks,CLICKS,", "type=CLICKS&type=CLICKS", "type=CLICKS&reconcile=false", "type=CLICKS&level=campaign&attribution=default&order=asc&limit=5&offset=0", "type=CLICKS&partial=deny"} {
		must[[]adsReport](t, get(t, base, fine))
	}
	p := refused(t, get(t, base, "type="+strings.Repeat("A,B,", 10)+strings.Repeat("x", 200)), http.StatusBadRequest)
	if len(p.Errors) > 20 {
		t.Errorf("%d errors", len(p.Errors))
	}
	var many []string
	for i := range 1100 {
		many = append(many, strings.Repeat("1", i%7)+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676)))
	}
	refused(t, get(t, base, "type=CLICKS&campaign_id="+strings.Join(many, ",")), http.StatusBadRequest)
}

func TestAccept(t *testing.T) {
	t.Parallel()
	base := newFake(normalize.MetricClicks).serve(t)
	const parquet = "application/vnd.apache.parquet"
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "application/json": "application/json", "application/*;q=0.1": "application/json",
		"text/html, */*;q=0.8": "application/json", "text/csv, application/json;q=0.5": "text/csv", "text/csv;q=0.4, application/json;q=0.5": "application/json",
		"application/x-ndjson": "application/x-ndjson", parquet: parquet, "application/json;q=0.0, text/csv": "text/csv",
		"text/html": "", "application/json;q=0": "",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"?type=CLICKS", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", accept)
		res, err := (&http.Client{}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		got, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
		if want == "" && res.StatusCode != http.StatusBadRequest || want != "" && (res.StatusCode != http.StatusOK || got != want) {
			t.Errorf("Accept: %s: %d %s", accept, res.StatusCode, got)
		}
	}
}

func TestConnections(t *testing.T) {
	t.Parallel()
	base := strings.TrimSuffix(newFake(normalize.MetricClicks).serve(t), "/ads/c1/report")
	for id, want := range map[string]int{"c1": 200, "c2": 404, "all": 200, "c1,c2": 404, " c1,": 200, ",": 404} {
		if a := get(t, base+"/ads/"+url.PathEscape(id)+"/report", "type=CLICKS"); a.status != want {
			t.Errorf("%s: %d %s", id, a.status, a.body)
		}
	}
}

func TestAttribution(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.reports.Attributions = []string{"default", "1d_click", "7d_click"}
	f.rows = func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		m.Attribution, m.Honoured = p.Query.Window, true
		return these()(p, m)
	}
	base := f.serve(t)
	if p := refused(t, get(t, base, "type=CLICKS&attribution=28d_click"), http.StatusUnprocessableEntity); !strings.Contains(p.Detail, "1d_click, 7d_click") {
		t.Errorf("%+v", p)
	}
	if got := must[table](t, get(t, base, "type=CLICKS&format=table&attribution=7d_click")).Meta.Attribution; got["asked"] != "7d_click" || got["used"] != "7d_click" || got["honoured"] != true {
		t.Errorf("%v", got)
	}
	if got := must[table](t, get(t, base, "type=CLICKS&format=table")).Meta.Attribution; got["asked"] != "default" || got["honoured"] != true {
		t.Errorf("%v", got)
	}
}

// KPIs that a platform has, and not at this level or with this dimension, have no number there.
func TestKPIsOfLevelsAndDimensions(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.reports.Metrics = append(f.reports.Metrics,
		providers.Metric{KPI: normalize.MetricCost, Levels: []normalize.Level{normalize.LevelAd}},
		providers.Metric{KPI: normalize.MetricImpressions, Dimensions: []normalize.Dimension{normalize.DimensionDate}})
	f.rows = these()
	base := f.serve(t)
	for query, want := range map[string]string{
		"level=campaign":                 "COST CPC",
		"level=ad":                       "",
		"level=ad&dimension=DEVICE":      "IMPRESSIONS CTR",
		"level=ad&dimension=DATE":        "",
		"level=ad&dimension=DATE,DEVICE": "IMPRESSIONS CTR",
	} {
		got := must[table](t, get(t, base, "format=table&type=CLICKS,COST,IMPRESSIONS,CTR,CPC&"+query))
		if have := strings.Join(got.Meta.Unsupported, " "); have != want {
			t.Errorf("%s: unsupported %s", query, have)
		}
	}
}

// What a part cannot answer is named; what only some parts lack makes the report incomplete.
func TestUnsupportedInParts(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks, normalize.MetricCost, normalize.MetricImpressions)
	f.orgs = []normalize.Organization{org("1", "USD", "UTC"), org("2", "USD", "UTC")}
	f.rows = func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		m.Unsupported = []normalize.Metric{normalize.MetricCost}
		if p.Org.ID == "2" {
			m.Unsupported = append(m.Unsupported, normalize.MetricImpressions)
		}
		return these()(p, m)
	}
	got := must[table](t, get(t, f.serve(t), "format=table&type=CLICKS,CPC,CTR")).Meta
	if !slices.Equal(got.Unsupported, []string{"CPC"}) || got.Quality.Complete || len(got.Quality.LeftOut) != 1 || !strings.HasPrefix(got.Quality.LeftOut[0], "CTR ") {
		t.Errorf("%+v", got)
	}
}

func TestPlatformWithoutReports(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.reports.Stream = nil
	refused(t, get(t, f.serve(t), "type=CLICKS"), http.StatusNotImplemented)
	f.reports.Submit = func(context.Context, part) (providers.Ticket, error) { return nil, nil }
	if p := refused(t, get(t, f.serve(t), "type=CLICKS"), http.StatusNotImplemented); !strings.Contains(p.Detail, "jobs") {
		t.Errorf("%+v", p)
	}
	f = newFake(normalize.MetricClicks)
	f.reports.Plan = func(q planQuery) ([]part, error) { return []part{{Query: q, Async: true}}, nil }
	refused(t, get(t, f.serve(t), "type=CLICKS"), http.StatusNotImplemented)
	f.reports.Plan = func(planQuery) ([]part, error) {
		return nil, &providers.Error{Kind: providers.Rejected, Platform: "testads", Message: "only one of DEVICE, PLATFORM"}
	}
	if p := refused(t, get(t, f.serve(t), "type=CLICKS"), http.StatusUnprocessableEntity); !strings.Contains(p.Detail, "only one of") {
		t.Errorf("%+v", p)
	}
}

var errCut = &providers.Error{Kind: providers.Malformed, Platform: "testads", Message: "the page was cut", RequestID: "r9"}

// cut yields n rows and then fails as an adapter does.
func cut(n int) func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			for r, err := range many(n)(p, m) {
				if !yield(r, err) {
					return
				}
			}
			yield(normalize.Row{}, errCut)
		}
	}
}

// A failure before bytes have left is a problem with the platform's own words; after that the client sees that the
// body is cut, in every shape.
func TestFailuresAreVisible(t *testing.T) {
	t.Parallel()
	const query = "type=CLICKS&dimension=DATE&start_gte=2024-01-01&end_lt=2026-01-01&format="
	for _, c := range []struct {
		shape string
		rows  int
		clean bool
	}{{"table", 0, true}, {"table", 50, true}, {"table", 50_000, false}, {"json", 0, true}, {"json", 50_000, true}, {"table&sort=clicks", 50_000, true}} {
		f := newFake(normalize.MetricClicks)
		f.rows = cut(c.rows)
		a := get(t, f.serve(t), query+c.shape)
		if c.clean {
			if p := refused(t, a, http.StatusBadGateway); !strings.Contains(p.Detail, "the page was cut") || !strings.Contains(string(a.body), `"request_id":"r9"`) {
				t.Errorf("%s after %d rows: %s", c.shape, c.rows, a.body)
			}
			continue
		}
		if !errors.Is(a.err, io.ErrUnexpectedEOF) {
			t.Errorf("%s after %d rows: the client saw %v after %d bytes", c.shape, c.rows, a.err, len(a.body))
		}
	}
}

// A caller who leaves frees the platform's connection.
func TestCallerWhoLeaves(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	ended := make(chan struct{})
	f.rows = func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			defer close(ended)
			many(1<<62)(p, m)(yield)
		}
	}
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.serve(t)+"?type=CLICKS&format=table&dimension=DATE", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadFull(res.Body, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	leave()
	<-ended
}
