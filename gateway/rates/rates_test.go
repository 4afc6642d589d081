package rates

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/normalize"
)

// world is a service over an empty database and the file of a bank that a test writes.
type world struct {
	*Service
	store *store.Store

	mu     sync.Mutex
	status int
	body   string
	asked  int
	now    time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{status: http.StatusOK, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.asked++
		if w.status == http.StatusFound {
			http.Redirect(rw, r, w.body, w.status)
			return
		}
		rw.WriteHeader(w.status)
		_, _ = rw.Write([]byte(w.body))
	}))
	t.Cleanup(srv.Close)
	w.store = storetest.Open(t, storetest.SQLite(t), storetest.Keyring(t), store.Options{})
	var err error
	w.Service, err = New(Config{Store: w.store, URL: srv.URL + "/secret-of-a-mirror.xml", Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) table(t *testing.T, from, to string, currencies ...string) *Table {
	t.Helper()
	tab, err := w.Table(t.Context(), currencies, normalize.DayRange{From: day(t, from), To: day(t, to)})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestFetch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.body = file("2026-11-23 USD 1.2 JPY 200", "2026-11-20 USD 1.25 JPY 190")
	if err := w.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Monday's rate; Friday's holds over the weekend; what was not fetched is the snapshot's.
	tab := w.table(t, "2026-11-19", "2026-11-25", "USD", "JPY")
	for d, want := range map[string]string{"2026-11-20": "1.25", "2026-11-21": "1.25", "2026-11-22": "1.25", "2026-11-23": "1.2", "2026-11-24": "1.2"} {
		p, err := tab.At("USD", day(t, d))
		if err != nil || p.PerEuro.String() != want || tab.Source(p) != SourceECB {
			t.Errorf("%s: %+v, %v", d, p, err)
		}
	}
	if p, err := tab.At("USD", day(t, "2026-11-19")); err != nil || !p.Bundled || p.Day.String() != "2026-11-19" || !strings.Contains(tab.Source(p), "2026-11-20 bundled with admux: approximate") {
		t.Errorf("before what was fetched: %+v, %v, %s", p, err, tab.Source(p))
	}
}

// A bad file changes nothing, and no error tells the address, which may hold a password.
func TestBadFileChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := file("2026-11-23 USD 1.2", "2026-11-20 USD 1.25")
	w.body = good
	if err := w.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(w.store.Rates(t.Context(), []string{"USD"}, day(t, "2026-01-01"), day(t, "2027-01-01")))
	other := file("2026-11-23 USD 1.3", "2026-11-20 USD 1.35")
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"cut": {200, other[:len(other)-9]}, "not there": {404, other}, "broken": {500, ""}, "of tomorrow": {200, file("2026-11-25 USD 1.3")},
		"elsewhere": {http.StatusFound, "http://example.invalid/x.xml"},
	} {
		w.status, w.body = answer.status, answer.body
		err := w.Fetch(t.Context())
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
		if after := fmt.Sprint(w.store.Rates(t.Context(), []string{"USD"}, day(t, "2026-01-01"), day(t, "2027-01-01"))); after != before {
			t.Errorf("%s: %s", name, after)
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if due, err := w.due(t.Context()); !due || err != nil {
		t.Errorf("with nothing fetched: %t, %v", due, err)
	}
	w.body = file("2026-11-20 USD 1.25") // a Friday
	if err := w.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{
		"2026-11-20T14:00:00Z": false, "2026-11-21T23:00:00Z": false, "2026-11-22T23:00:00Z": false,
		"2026-11-23T15:00:00Z": false, "2026-11-23T15:30:00Z": true, "2026-11-24T08:00:00Z": true, // 16:10 in Frankfurt is 15:10 in winter
	} {
		w.now, _ = time.Parse(time.RFC3339, at)
		if due, err := w.due(t.Context()); due != want || err != nil {
			t.Errorf("%s: %t, %v", at, due, err)
		}
	}
}

func TestRunFetchesAtOnceAndEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.body = file("2026-11-23 USD 1.2")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if spans, err := w.store.RateSpans(t.Context()); err == nil && spans["USD"].Last.String() == "2026-11-23" {
			break
		}
	}
	cancel()
	if err := <-done; err != nil || w.asked != 1 {
		t.Errorf("asked %d times, %v", w.asked, err)
	}
}

func TestWhatIsNotKnownIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tab := w.table(t, "2024-10-01", "2027-01-01", "USD", "ARS", "BGN")
	if _, err := tab.At("ARS", day(t, "2026-11-20")); !is[*UnknownError](err) || tab.Knows("ARS") || !tab.Knows("EUR") {
		t.Errorf("pesos: %v", err)
	}
	if e, ok := errors.AsType[*OutsideError](second(tab.At("USD", day(t, "2024-10-31")))); !ok || e.First.String() != "2024-11-01" {
		t.Errorf("before the first: %v", e)
	}
	if e, ok := errors.AsType[*OutsideError](second(tab.At("BGN", day(t, "2026-11-20")))); !ok || e.Last.String() != "2025-12-31" {
		t.Errorf("leva: %v", e)
	}
	if _, err := tab.At("USD", day(t, "2026-11-30")); err != nil {
		t.Errorf("ten days later: %v", err)
	}
	if e, ok := errors.AsType[*StaleError](second(tab.At("USD", day(t, "2026-12-01")))); !ok || e.Last.String() != "2026-11-20" {
		t.Errorf("eleven days later: %v", e)
	}
	// A hole between old rates and new ones.
	w.body = file("2027-03-01 USD 1.2")
	w.now = time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC)
	if err := w.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	tab = w.table(t, "2027-01-01", "2027-03-03", "USD")
	if e, ok := errors.AsType[*StaleError](second(tab.At("USD", day(t, "2027-02-10")))); !ok || !e.Last.IsZero() {
		t.Errorf("in the hole: %v", e)
	}
	if err := tab.Cover("USD", normalize.DayRange{From: day(t, "2027-03-01"), To: day(t, "2027-03-03")}); err != nil {
		t.Error(err)
	}
	if err := tab.Cover("USD", normalize.DayRange{From: day(t, "2027-02-28"), To: day(t, "2027-03-03")}); err == nil {
		t.Error("a range with a day without a rate is covered")
	}
}

func is[E error](err error) bool { _, ok := errors.AsType[E](err); return ok }

func second[T any](_ T, err error) error { return err }

// The snapshot covers its days without a hole, for each currency that it ends with.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	s, err := readSnapshot(bundledCSV)
	if err != nil {
		t.Fatal(err)
	}
	if s.last.String() != "2026-11-20" || !strings.Contains(bundledCSV, "Bundled snapshot of 2026-11-20") || !strings.Contains(bundledCSV, "Approximate") {
		t.Errorf("the snapshot is of %s, and has to say so", s.last)
	}
	if len(s.points) != 30 || len(bundledCSV) > 64<<10 {
		t.Errorf("%d currencies in %d bytes", len(s.points), len(bundledCSV))
	}
	for c, list := range s.points {
		for i := 1; i < len(list); i++ {
			if list[i].Day.Sub(list[i-1].Day) > MaxAge || jumps(list[i-1].PerEuro, list[i].PerEuro) || jumps(list[i].PerEuro, list[i-1].PerEuro) {
				t.Errorf("%s from %s to %s", c, list[i-1].Day, list[i].Day)
			}
		}
	}
	for name, bad := range map[string]string{"empty": "", "no days": "day,USD\n", "an order": "day,USD\n2026-01-02,1\n2026-01-01,1\n", "a rate": "day,USD\n2026-01-02,x\n"} {
		if _, err := readSnapshot(bad); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// A day's rate stays once it is published, or once there is nothing more to wait for.
func TestSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.body = file("2026-11-20 USD 1.2 GBP 0.8", "2026-11-18 USD 1.2 GBP 0.8")
	w.now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	if err := w.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	tab := w.table(t, "2026-11-10", "2026-11-25", "USD", "GBP", "JPY")
	for _, c := range []struct {
		to, day string
		want    bool
	}{
		{"GBP", "2026-11-18", true}, {"GBP", "2026-11-20", true}, {"GBP", "2026-11-22", true}, {"GBP", "2026-11-23", false}, {"GBP", "2026-11-19", true}, {"GBP", "2026-11-17", false}, // the snapshot has both; on the 19th the bank was closed
		{"EUR", "2026-11-22", true}, {"EUR", "2026-11-24", false}, {"JPY", "2026-11-18", false}, {"USD", "2026-11-24", true},
	} {
		if f, err := tab.Factor("USD", c.to, day(t, c.day)); err != nil || f.Settled != c.want {
			t.Errorf("%+v: %+v, %v", c, f, err)
		}
	}
	// On a day on which the bank was closed the last published rate holds, also where the question ends with it.
	for _, until := range []string{"2026-11-20", "2026-11-25"} {
		tab = w.table(t, "2026-11-19", until, "GBP")
		if p, err := tab.At("GBP", day(t, "2026-11-19")); err != nil || p.Bundled || p.Day != day(t, "2026-11-18") {
			t.Errorf("until %s: %+v, %v", until, p, err)
		}
	}
}
