package stream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

func row(name string) *stream.Row {
	r := &stream.Row{Account: &stream.Account{Connection: "c", Platform: "p", ID: "1", Zone: time.UTC, Range: normalize.DayRange{
		From: normalize.Day{Year: 2026, Month: 11, Dom: 1}, To: normalize.Day{Year: 2026, Month: 11, Dom: 8}}}}
	r.Organization.ID = "1"
	r.Campaign = normalize.Entity{ID: "9", Name: name}
	r.Values = []normalize.Value{normalize.Some(normalize.Int(5))}
	return r
}

func schema(dims ...normalize.Dimension) stream.Schema {
	return stream.Schema{Level: normalize.LevelCampaign, Dimensions: dims, Metrics: []normalize.Metric{normalize.MetricClicks}}
}

// Nothing touches the response until there is a chunk or the end: an early failure is still a clean answer.
func TestNothingLeavesEarly(t *testing.T) {
	t.Parallel()
	for _, w := range []func(http.ResponseWriter) stream.Writer{
		func(rw http.ResponseWriter) stream.Writer { return stream.NewTable(rw, schema(), stream.Page{}, nil) },
		func(rw http.ResponseWriter) stream.Writer {
			return stream.NewContract(rw, schema(), stream.Page{}, nil)
		},
	} {
		rec := httptest.NewRecorder()
		sw := w(rec)
		if err := errors.Join(sw.Begin(), sw.Row(row("x"))); err != nil {
			t.Fatal(err)
		}
		if sw.Sent() || rec.Body.Len() > 0 || len(rec.Header()) > 0 {
			t.Errorf("%d bytes and %v have left", rec.Body.Len(), rec.Header())
		}
		for range 1000 {
			if err := sw.Row(row("x")); err != nil {
				t.Fatal(err)
			}
		}
		if !sw.Sent() || rec.Header().Get("Content-Type") != "application/json" {
			t.Errorf("sent: %v, %v", sw.Sent(), rec.Header())
		}
		func() {
			defer func() {
				if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
					t.Errorf("a failure in mid-stream ends with %v", err)
				}
			}()
			sw.Fail(errors.New("cut"))
		}()
	}
}

// What the client does not take is an error, not a silent loss.
func TestWriteErrorsAreReturned(t *testing.T) {
	t.Parallel()
	w := stream.NewTable(broken{}, schema(), stream.Page{}, nil)
	err := w.Begin()
	for i := 0; err == nil && i < 10_000; i++ {
		err = w.Row(row("x"))
	}
	if err == nil {
		t.Error("no error")
	}
	if err := stream.NewContract(broken{}, schema(), stream.Page{}, nil).End(&stream.Totals{}, &stream.Meta{}); err == nil {
		t.Error("no error at the end")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the client has left") }

func TestCalendar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dims []normalize.Dimension
		want normalize.Dimension
	}{
		{nil, ""}, {[]normalize.Dimension{"DEVICE"}, ""}, {[]normalize.Dimension{"DEVICE", "WEEK"}, "WEEK"}, {[]normalize.Dimension{"HOUR", "DATE"}, "DATE"}, {[]normalize.Dimension{"HOUR"}, "HOUR"},
	} {
		if got := schema(c.dims...).Calendar(); got != c.want {
			t.Errorf("%v: %s", c.dims, got)
		}
	}
	// HOUR beside DATE: an object a day, its numbers by hour.
	r := row("x")
	r.Date = normalize.Day{Year: 2026, Month: 11, Dom: 2}
	r.Dims = []string{"2026-11-02T13", "2026-11-02"}
	var b bytes.Buffer
	w := stream.NewContract(&b, schema("HOUR", "DATE"), stream.Page{}, nil)
	if err := errors.Join(w.Begin(), w.Row(r), w.End(nil, nil)); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, `"start_at":"2026-11-02T00:00:00Z","end_at":"2026-11-03T00:00:00Z"`) || !strings.Contains(s, `"dimension":"HOUR","dimension_value":"2026-11-02T13"`) {
		t.Error(s)
	}
}

// Whatever a name holds, the answer is JSON and says it back; bytes that are no text become U+FFFD.
func FuzzNames(f *testing.F) {
	f.Add("plain", "9")
	f.Add("\"\\\n\x00\xff\u2028<é🚀", "urn:li:1%2F:")
	f.Fuzz(func(t *testing.T, name, id string) {
		r := row(name)
		r.Campaign.ID, r.Dims = id, []string{name}
		var table, objects bytes.Buffer
		s := schema(normalize.DimensionDevice)
		for _, w := range []stream.Writer{stream.NewTable(&table, s, stream.Page{}, nil), stream.NewContract(&objects, s, stream.Page{}, nil)} {
			if err := errors.Join(w.Begin(), w.Row(r), w.End(&stream.Totals{}, &stream.Meta{})); err != nil {
				t.Fatal(err)
			}
		}
		var flat struct{ Rows []map[string]any }
		var array []struct {
			Metrics []struct {
				Campaign *struct{ Name string }
				Value    string `json:"dimension_value"`
			}
		}
		if err := errors.Join(json.Unmarshal(table.Bytes(), &flat), json.Unmarshal(objects.Bytes(), &array)); err != nil {
			t.Fatalf("%v\n%s\n%s", err, &table, &objects)
		}
		want := name
		if !utf8.ValidString(name) {
			return
		}
		if got, has := flat.Rows[0]["campaign_name"]; has != (want != "") || has && got != want {
			t.Fatalf("%q → %q", want, got)
		}
		if m := array[0].Metrics[0]; m.Value != want || m.Campaign != nil && m.Campaign.Name != want || (m.Campaign == nil) != (id == "") {
			t.Fatalf("%q → %+v", want, m)
		}
	})
}
