package reports_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// shelf keeps a report and gives it back over HTTP.
type shelf struct {
	*reports.Handler
	url string
	web http.Handler
	q   reports.Question
	in  func() io.Reader
}

func newShelf(t testing.TB, fakes ...*fake) *shelf {
	t.Helper()
	gin.SetMode(gin.TestMode)
	ids := []string{}
	for i := range fakes {
		ids = append(ids, "c"+strconv.Itoa(i+1))
	}
	s := &shelf{}
	s.Handler = reports.New(reports.Config{
		Load: func(_ context.Context, workspace, id string) (*providers.Session, reports.Connection, error) {
			i := slices.Index(ids, id)
			if workspace != "w1" || i < 0 {
				return nil, reports.Connection{}, problem.NotFound("connection")
			}
			return fakes[i].session(), reports.Connection{ID: id, Platform: "testads"}, fakes[i].refusal
		},
		All:       func(context.Context, string) ([]string, []string, error) { return ids, []string{"c0"}, nil },
		Workspace: func(*gin.Context) string { return "w1" },
		Problem:   problem.Write, Now: func() time.Time { return fakes[0].now }, Log: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir(),
	})
	e := gin.New()
	e.GET("/ads/:connection_id/report", s.Get)
	e.POST("/ads/:connection_id/report", func(c *gin.Context) {
		q, err := s.Ask(c)
		if err != nil {
			problem.Write(c, err)
			return
		}
		s.q = q
	})
	e.GET("/result", func(c *gin.Context) { s.Result(c, s.q, s.in()) })
	srv := httptest.NewUnstartedServer(e)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	s.url, s.web = srv.URL, e
	return s
}

// ask asks for a report as a job does.
func (s *shelf) ask(t testing.TB, connections, query string) {
	t.Helper()
	res, err := http.Post(s.url+"/ads/"+connections+"/report?"+query, "", http.NoBody) //nolint:noctx,forbidigo // of a test
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("ask: %v, %v", res, err)
	}
	_ = res.Body.Close()
}

// keep makes the report and puts it on the shelf.
func (s *shelf) keep(t testing.TB) []byte {
	t.Helper()
	r, err := s.Prepare(t.Context(), s.q)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Write(t.Context(), &b, nil, noon); err != nil {
		t.Fatal(err)
	}
	s.in = func() io.Reader { return bytes.NewReader(b.Bytes()) }
	return b.Bytes()
}

func manyRows(account string) func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		m.FinalUntil, m.Attribution, m.Honoured, m.RequestIDs, m.Left = day("2026-11-20"), "7d_click", true, []string{"r-" + account}, []string{"small cells"}
		var rows []normalize.Row
		days := 1
		if slices.Contains(p.Query.Dimensions, normalize.DimensionDate) {
			days = 3
		}
		for i := range 300 {
			for d := range days {
				r := campaign(account+strconv.Itoa(1000-i), nil, make([]normalize.Value, len(p.Query.Metrics))...)
				r.Campaign.Name = "Ünï, \"" + strconv.Itoa(i%7) + "\"\n"
				for _, dim := range p.Query.Dimensions {
					if dim == normalize.DimensionDate {
						r.Date = day("2026-11-19").Add(d)
						r.Dims = append(r.Dims, r.Date.String())
					} else {
						r.Dims = append(r.Dims, "MOBILE")
					}
				}
				for k := range r.Values {
					if (i+k+d)%5 > 0 {
						r.Values[k] = normalize.Some(normalize.Scaled(int64(i*1000+d*10+k), 3))
					}
				}
				rows = append(rows, r)
			}
		}
		return these(rows...)(p, m)
	}
}

// A report that was kept answers in every shape, byte for byte, as the report that is asked for in that shape.
func TestKeptEqualsAsked(t *testing.T) {
	t.Parallel()
	one := newFake(normalize.MetricClicks, normalize.MetricImpressions, normalize.MetricCost)
	one.orgs = append(one.orgs, org("2", "JPY", "Asia/Tokyo"))
	one.rows = func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		return manyRows(p.Org.ID)(p, m)
	}
	two := newFake(normalize.MetricClicks, normalize.MetricCost)
	two.orgs = []normalize.Organization{org("9", "EUR", "Europe/Berlin")}
	two.rows = manyRows("9")
	broken := newFake(normalize.MetricClicks)
	broken.listErr = &providers.Error{Kind: providers.Unavailable, Platform: "testads", Message: "away", RequestID: "up-1"}
	for _, c := range []struct{ connections, query string }{
		{"c1", "dimension=DATE"},
		{"c1", "dimension=DATE,DEVICE&type=CLICKS,CTR,COST&order=desc"},
		{"c1", "type=CLICKS,CPC&fields=metrics,id"},
		{"c1", "sort=name&limit=5&offset=3&dimension=DATE"},
		{"c1,c2", "dimension=DATE&type=COST,CTR"},
		{"c1", "sort=cost&order=desc&format=table&dimension=DATE&limit=10"},
		{"c1", "query=5&format=csv&dimension=DATE&fields=campaign_id,cost,is_final"},
		{"all", "partial=allow&format=table"},
	} {
		s := newShelf(t, one, two, broken)
		s.ask(t, c.connections, c.query+"&wait=7")
		s.keep(t)
		for _, f := range []string{"", "json", "table", "ndjson", "csv", "parquet"} {
			q, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			given := ""
			if f != "" {
				q.Set("format", f)
				given = "format=" + f
			}
			shape := q.Get("format")
			rowsAlone := q.Get("sort") == "" && q.Get("limit") == "" && q.Get("order") == "" && shape != "" && shape != "json"
			if rowsAlone {
				q.Set("limit", "1000000") // else the rows come as they come
			}
			want := get(t, s.url+"/ads/"+c.connections+"/report", q.Encode())
			got := get(t, s.url+"/result", given)
			if got.err != nil || got.status != want.status || got.header.Get("Content-Type") != want.header.Get("Content-Type") {
				t.Fatalf("%s %s: %d %v %s, want %d: %.300s", c.query, f, got.status, got.err, got.header.Get("Content-Type"), want.status, got.body)
			}
			switch {
			case got.status != http.StatusOK: // refused alike
			case shape == "parquet" && rowsAlone: // the limit stands in its footer, whose lengths differ
			case shape == "table": // meta.errors' keys are in another order
				a, b := must[map[string]any](t, got), must[map[string]any](t, want)
				if rowsAlone {
					delete(b["meta"].(map[string]any), "limit")
				}
				if diff := cmp.Diff(b, a); diff != "" {
					t.Errorf("%s %s (-asked +kept):\n%s", c.query, f, diff)
				}
			case !bytes.Equal(got.body, want.body):
				at := 0
				for at < min(len(got.body), len(want.body)) && got.body[at] == want.body[at] {
					at++
				}
				t.Errorf("%s %s: from byte %d on\n got %.300s\nwant %.300s", c.query, f, at, got.body[at:], want.body[at:])
			}
		}
	}
}

func TestKeptByAccept(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.rows = these(campaign("1", nil, num("2")))
	s := newShelf(t, f)
	s.ask(t, "c1", "format=table&type=CLICKS")
	s.keep(t)
	for accept, want := range map[string]string{"": "application/json", "*/*": "application/json", "text/csv": "text/csv; charset=utf-8; header=present",
		"application/x-ndjson": "application/x-ndjson", "image/png": problem.MediaType} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/result", http.NoBody)
		req.Header.Set("Accept", accept)
		res, err := (&http.Client{}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.Header.Get("Content-Type") != want || accept == "*/*" && !strings.Contains(string(b), "columns") {
			t.Errorf("%s: %s %s", accept, res.Header.Get("Content-Type"), b)
		}
	}
}

// A kept report that is cut anywhere, or whose reading fails, is never answered as a whole one.
func TestKeptCutIsNeverWhole(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks, normalize.MetricImpressions, normalize.MetricCost)
	f.rows = manyRows("1")
	s := newShelf(t, f)
	s.ask(t, "c1", "format=csv&dimension=DATE")
	whole := s.keep(t)
	for cut := 0; cut < len(whole); cut += max(1, len(whole)/97) {
		s.in = func() io.Reader { return bytes.NewReader(whole[:cut]) }
		if a := get(t, s.url+"/result", ""); a.status == http.StatusOK && a.err == nil {
			t.Fatalf("cut at %d of %d: %d bytes taken for the whole", cut, len(whole), len(a.body))
		}
		s.in = func() io.Reader {
			return io.MultiReader(bytes.NewReader(whole[:cut]), iotest.ErrReader(errors.New("the bucket is away")))
		}
		a := get(t, s.url+"/result", "format=ndjson")
		last := a.body[bytes.LastIndexByte(bytes.TrimSpace(a.body), '\n')+1:]
		if a.status == http.StatusOK && a.err == nil && !bytes.HasPrefix(last, []byte(`{"error":`)) {
			t.Fatalf("cut at %d: %.200s", cut, last)
		}
	}
	s.in = func() io.Reader { return io.MultiReader(bytes.NewReader(whole), strings.NewReader("more")) }
	if a := get(t, s.url+"/result", ""); a.status == http.StatusOK && a.err == nil {
		t.Error("bytes after the end are passed over")
	}
}

// FuzzKept: whatever stands in the bucket, reading it neither panics nor answers what was not kept.
func FuzzKept(f *testing.F) {
	one := newFake(normalize.MetricClicks)
	one.rows = these(campaign("1", nil, num("2.5")), campaign("2", nil, absent))
	s := newShelf(f, one)
	s.ask(f, "c1", "format=csv&type=CLICKS")
	r, err := s.Prepare(f.Context(), s.q)
	if err != nil {
		f.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Write(f.Context(), &b, nil, noon); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:b.Len()/2])
	f.Add([]byte("admux report 2\n"))
	const magic = "admux report 2\n"
	unpack, _ := zstd.NewReader(nil)
	pack, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	frames, err := unpack.DecodeAll(b.Bytes()[len(magic):], nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frames)
	f.Fuzz(func(t *testing.T, raw []byte) {
		packed := append([]byte(magic), pack.EncodeAll(raw, nil)...) // so that what is inside is reached
		if !bytes.HasPrefix(raw, []byte(magic)) {
			raw = packed
		}
		s.in = func() io.Reader { return bytes.NewReader(raw) }
		w := httptest.NewRecorder()
		cut := func() (cut bool) {
			defer func() {
				p := recover()
				if cut = p == http.ErrAbortHandler; p != nil && !cut { //nolint:errorlint // a panic is no chain
					panic(p)
				}
			}()
			s.web.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/result", http.NoBody))
			return false
		}()
		if body := w.Body.Bytes(); !cut && w.Code == http.StatusOK && !bytes.HasPrefix(body, []byte("connection_id,")) {
			t.Errorf("%q", body)
		}
	})
}

// The parts that a platform makes in the background are named by what they ask: a later plan finds them again.
func TestPiecesKeepTheirNames(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.orgs = append(f.orgs, org("2", "USD", "UTC"))
	f.reports.Plan = func(q providers.ReportQuery) ([]providers.Part, error) {
		return []providers.Part{{Query: q, Org: q.Orgs[0], Async: true}, {Query: q, Org: q.Orgs[0], Async: true}}, nil
	}
	s := newShelf(t, f)
	refused(t, get(t, s.url+"/ads/c1/report", "type=CLICKS"), http.StatusNotImplemented)
	names := func() (out []string) {
		s.ask(t, "c1", "type=CLICKS&campaign_id=2,1")
		r, err := s.Prepare(t.Context(), s.q)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Pieces() {
			out = append(out, p.Key)
		}
		return out
	}
	first := names()
	if again := names(); !slices.Equal(first, again) || len(slices.Compact(slices.Sorted(slices.Values(first)))) != 4 {
		t.Errorf("%v, then %v", first, again)
	}
	f.now = f.now.AddDate(0, 0, 1)
	if later := names(); slices.Contains(first, later[0]) {
		t.Error("other days have the same name")
	}
	s.q.At = noon // a question keeps its own moment
	r, err := s.Prepare(t.Context(), s.q)
	if err != nil || r.Pieces()[0].Key != first[0] {
		t.Errorf("%v", err)
	}
}
