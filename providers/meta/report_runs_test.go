package meta_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// A run that fails, expires or sticks is made up for by smaller ones: of days, then of objects. Each row comes once.
func TestReportMakesUpForRuns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		dims    []normalize.Dimension
		days    int
		periods int
		fails   func(run int, days normalize.DayRange, filters string) string
	}{
		{"fails once by chance", []normalize.Dimension{"DATE"}, 60, 60, func(run int, _ normalize.DayRange, _ string) string {
			return map[int]string{0: failedRun}[run]
		}},
		{"expires", []normalize.Dimension{"DATE"}, 60, 60, func(run int, _ normalize.DayRange, _ string) string {
			return map[int]string{0: skipped, 1: skipped}[run]
		}},
		{"sticks", []normalize.Dimension{"DATE"}, 60, 60, func(_ int, days normalize.DayRange, _ string) string {
			if days.Len() > 20 {
				return stuck
			}
			return ""
		}},
		{"too large, by day", []normalize.Dimension{"DATE"}, 60, 60, func(_ int, days normalize.DayRange, _ string) string {
			if days.Len() > 7 {
				return outsized
			}
			return ""
		}},
		{"too large, as a whole", nil, 60, 1, func(_ int, _ normalize.DayRange, filters string) string {
			if strings.Count(filters, "operator") < 4 { // the statuses', and three of halves
				return outsized
			}
			return ""
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := &desk{ads: 120, campaigns: 4}
			d.states = func(run int, a said) []string {
				p := spans(a.params)
				if state := c.fails(run, normalize.DayRange{From: p[0].From, To: p[len(p)-1].To}, a.params.Get("filtering")); state != "" {
					return []string{running, state}
				}
				return []string{completed}
			}
			d.reply = func(_ *desk, a said) (int, string, bool) {
				if a.method == http.MethodGet && a.path == "act_901/insights" {
					status, body := failed(100, 1504018, "time out")
					return status, body, true
				}
				return 0, "", false
			}
			q := question(normalize.LevelAd, deskDays(c.days), c.dims...)
			rows, _, err := told(t, d.session(t), q)
			if err != nil {
				t.Fatal(err)
			}
			whole(t, d, q, rows, c.periods)
			if d.leftover() != 0 {
				t.Errorf("%d runs are left", d.leftover())
			}
		})
	}
}

// What no smaller piece would cure is an error, with Meta's own words, and not a hundred runs.
func TestReportGivesUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state string
		kind  providers.Kind
		says  string
		most  int
	}{
		"forbidden":       {forbidden, providers.Forbidden, "no permission", 1},
		"always fails":    {failedRun, providers.Unavailable, "does not say why", 140},
		"always sticks":   {stuck, providers.Timeout, "does not go on", 140},
		"never completes": {running, providers.Timeout, "does not go on", 140},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &desk{ads: 120, campaigns: 4, states: func(int, said) []string { return []string{c.state} }}
			q := question(normalize.LevelAd, deskDays(60), "DATE")
			rows, _, err := told(t, d.session(t), q)
			if providers.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) || len(rows) != 0 {
				t.Errorf("%d rows, %v", len(rows), err)
			}
			if n := len(d.calls(http.MethodPost, "/insights")); n > c.most {
				t.Errorf("%d runs", n)
			}
			if d.leftover() != 0 {
				t.Errorf("%d runs are left", d.leftover())
			}
		})
	}
}

// A platform that takes no run is not asked for smaller ones.
func TestReportRunIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, sub, most int
		kind            providers.Kind
	}{{2, 0, 4, providers.Unavailable}, {100, 33, 1, providers.NotFound}, {2, 1504041, 1, providers.Invalid}} {
		d := &desk{ads: 200, campaigns: 2}
		d.reply = func(_ *desk, a said) (int, string, bool) {
			if a.method != http.MethodPost {
				return 0, "", false
			}
			status, body := failed(c.code, c.sub, "no")
			return status, body, true
		}
		_, _, err := told(t, d.session(t), question(normalize.LevelAd, deskDays(60), "DATE"))
		if n := len(d.calls(http.MethodPost, "/insights")); providers.KindOf(err) != c.kind || n > c.most {
			t.Errorf("%d/%d: %v after %d calls", c.code, c.sub, err, n)
		}
	}
}

// What is too much or takes too long at once is made by a run.
func TestReportTooLargeAtOnce(t *testing.T) {
	t.Parallel()
	for _, code := range [][2]int{{100, 1487534}, {100, 1504018}, {2, 1504038}} {
		d := &desk{ads: 10, campaigns: 2}
		d.reply = func(_ *desk, a said) (int, string, bool) {
			if a.method != http.MethodGet || a.path != "act_901/insights" {
				return 0, "", false
			}
			status, body := failed(code[0], code[1], "too much")
			return status, body, true
		}
		q := question(normalize.LevelAd, deskDays(20), "DATE")
		rows, _, err := told(t, d.session(t), q)
		if err != nil || len(d.calls(http.MethodGet, "act_901/insights")) != 1 {
			t.Fatalf("%v: %v", code, err)
		}
		whole(t, d, q, rows, 20)
	}
}

// A run goes on while its node cannot be read.
func TestReportOutlastsFailingPolls(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 200, campaigns: 2}
	fails := 6 // more than a read is tried
	d.reply = func(_ *desk, a said) (int, string, bool) {
		if a.method == http.MethodGet && a.path == "7000" && fails > 0 {
			fails--
			status, body := failed(2, 0, "Service temporarily unavailable")
			return status, body, true
		}
		return 0, "", false
	}
	q := question(normalize.LevelAd, deskDays(60), "DATE")
	rows, _, err := told(t, d.session(t), q)
	if err != nil || len(d.calls(http.MethodPost, "/insights")) != 1 {
		t.Fatal(err)
	}
	whole(t, d, q, rows, 60)
}

// A caller who leaves takes his run with him.
func TestReportIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	polls := 0
	d := &desk{ads: 200, campaigns: 2, states: func(int, said) []string {
		if polls++; polls == 3 {
			cancel()
		}
		return []string{running}
	}}
	s := d.session(t)
	parts, err := s.Reports.Plan(question(normalize.LevelAd, deskDays(60), "DATE"))
	if err != nil {
		t.Fatal(err)
	}
	var m providers.Meta
	var got error
	for _, err := range s.Reports.Stream(ctx, parts[0], &m) {
		got = err
	}
	if !errors.Is(got, context.Canceled) || d.leftover() != 0 || polls > 4 {
		t.Errorf("%v after %d polls, %d runs left", got, polls, d.leftover())
	}
}

// Rows that have left do not come again: what ends a result in its middle is an error.
func TestReportEndsInTheMiddle(t *testing.T) {
	t.Parallel()
	for code, message := range map[int]string{1: "Please reduce the amount of data you're asking for, then retry your request", 2601: "not loadable", 100: "gone"} {
		endsInTheMiddle(t, code, map[int]int{100: 33}[code], message)
	}
}

func endsInTheMiddle(t *testing.T, code, sub int, message string) {
	t.Helper()
	d := &desk{ads: 200, campaigns: 2}
	d.reply = func(_ *desk, a said) (int, string, bool) {
		if a.params.Get("after") == "2000" && strings.HasPrefix(a.path, "7") {
			status, body := failed(code, sub, message)
			return status, body, true
		}
		return 0, "", false
	}
	rows, _, err := told(t, d.session(t), question(normalize.LevelAd, deskDays(60), "DATE"))
	if providers.KindOf(err) != providers.Unavailable || len(rows) != 2000 || d.leftover() != 0 || len(d.calls(http.MethodPost, "/insights")) != 1 {
		t.Errorf("%d rows and %v", len(rows), err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		seen[r.Ad.ID+r.Dims[0]] = true
	}
	if len(seen) != len(rows) {
		t.Errorf("%d of %d rows are distinct", len(seen), len(rows))
	}
}

// A page that is cut is read again from its begin: its rows come once.
func TestReportOfCutPages(t *testing.T) {
	t.Parallel()
	for _, ads := range []int{40, 200} { // at once, and by a run
		d := &desk{ads: ads, campaigns: 2}
		cuts := map[string]bool{}
		d.cut = func(c said) bool {
			k := c.path + c.params.Get("after")
			first := c.method == http.MethodGet && strings.HasSuffix(c.path, "insights") && !cuts[k]
			cuts[k] = true
			return first
		}
		q := question(normalize.LevelAd, deskDays(50), "DATE")
		rows, _, err := told(t, d.session(t), q)
		if err != nil {
			t.Fatal(err)
		}
		whole(t, d, q, rows, 50)
	}
}

// Pages that move while they are read at once show by a row that comes twice: the report is made by a run instead.
func TestReportOfMovingPages(t *testing.T) {
	t.Parallel()
	d := &desk{ads: 60, campaigns: 2}
	d.reply = func(d *desk, a said) (int, string, bool) {
		if a.method != http.MethodGet || a.path != "act_901/insights" || a.params.Get("after") == "" {
			return 0, "", false
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		all := d.rowsOf(a)
		return 200, d.pageOf(append(all[:1:1], all...), a.params), true // one more row came in at the front
	}
	q := question(normalize.LevelAd, deskDays(30), "DATE")
	rows, _, err := told(t, d.session(t), q)
	if err != nil {
		t.Fatal(err)
	}
	whole(t, d, q, rows, 30)
	if len(d.calls(http.MethodPost, "/insights")) != 1 {
		t.Error("no report run was made")
	}
}

// Submit, Poll, Fetch over a restart: the ticket is all that is kept.
func TestReportTicket(t *testing.T) {
	t.Parallel()
	for name, state := range map[string]string{"good": completed, "one fails": failedRun} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &desk{ads: 30, campaigns: 3}
			d.states = func(run int, _ said) []string {
				if run == 1 {
					return []string{"unseen", running, state}
				}
				return []string{"unseen", running, completed}
			}
			q := question(normalize.LevelAd, deskDays(200), "DATE")
			s := d.session(t)
			parts, err := s.Reports.Plan(q)
			if err != nil {
				t.Fatal(err)
			}
			ticket, err := s.Reports.Submit(t.Context(), parts[0])
			if err != nil || strings.Contains(string(ticket), deskToken) {
				t.Fatalf("%s %v", ticket, err)
			}
			s = d.session(t) // a restart
			polls := 0
			for {
				p, err := s.Reports.Poll(t.Context(), ticket)
				if err != nil {
					t.Fatal(err)
				}
				if polls++; p.Done {
					break
				}
				if p.Wait <= 0 || p.Fraction >= 1 || polls > 10 {
					t.Fatalf("%+v", p)
				}
			}
			var rows []normalize.Row
			var m providers.Meta
			for row, err := range s.Reports.Fetch(t.Context(), ticket, &m) {
				if err != nil {
					t.Fatal(err)
				}
				rows = append(rows, row.Clone())
			}
			whole(t, d, q, rows, 200)
			if d.leftover() != 0 || m.Restates != 28 || len(m.RequestIDs) == 0 {
				t.Errorf("%d runs left, %+v", d.leftover(), m)
			}
		})
	}
	d := &desk{ads: 3, campaigns: 3}
	s := d.session(t)
	parts, _ := s.Reports.Plan(question(normalize.LevelAd, deskDays(200), "DATE"))
	ticket, err := s.Reports.Submit(t.Context(), parts[0])
	if err != nil || s.Reports.Cancel(t.Context(), ticket) != nil || d.leftover() != 0 {
		t.Errorf("cancel: %v, %d left", err, d.leftover())
	}
	if err := s.Reports.Cancel(t.Context(), ticket); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if _, err := s.Reports.Poll(t.Context(), []byte(`{"v":1,"runs":[{"id":"../me"}]}`)); providers.KindOf(err) != providers.Invalid {
		t.Errorf("a made up ticket: %v", err)
	}
}
