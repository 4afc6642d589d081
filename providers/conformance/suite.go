package conformance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/admux/admux/providers"
)

// The worlds of the suite. small has a few of everything; dense delivers everywhere, so that what must be found is
// known beforehand.
var (
	small = Options{Seed: 7}                                                                                 //nolint:gochecknoglobals // constant
	dense = Options{Seed: 11, Accounts: 2, Campaigns: 2, Groups: 2, Ads: 3, HistoryDays: 70, Dense: true}    //nolint:gochecknoglobals // constant
	many  = Options{Seed: 13, Accounts: 1, Campaigns: 5, Groups: 10, Ads: 20, HistoryDays: 120, Dense: true} //nolint:gochecknoglobals // constant: 120,000 rows of a day and an ad
	lots  = Options{Seed: 17, Accounts: 1, Campaigns: 25, Groups: 3, Ads: 2, HistoryDays: 3, Dense: true}    //nolint:gochecknoglobals // constant: lists of several pages
)

type suite struct {
	h       Harness
	session *providers.Session // of a zero Conn: what is declared
}

// Run runs every subject that the provider's declaration calls for, and prints what it does not. Subjects run in
// parallel, each test with a fresh simulator.
func Run(t *testing.T, h Harness) {
	t.Helper()
	p := h.Provider()
	session, err := p.Open(providers.Conn{}, providers.Deps{})
	if err != nil {
		t.Fatalf("Open of a zero Conn: %v", err)
	}
	s := &suite{h: h, session: session}
	for _, line := range s.undeclared() {
		t.Log(line)
	}
	for q, why := range h.Quirks {
		t.Logf("turned off: %s: %s", q, why)
	}
	if s.session.Reports.Stream != nil {
		t.Run("memory", s.memory) // alone: it measures the process
	}
	for _, subject := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"support", s.support}, {"auth", s.auth}, {"accounts", s.accounts}, {"lists", s.lists}, {"filters", s.filters},
		{"ids", s.ids}, {"reports", s.reports}, {"money", s.money}, {"truncation", s.truncation},
		{"errors", s.errors}, {"limits", s.limits}, {"leaks", s.leaks},
	} {
		t.Run(subject.name, func(t *testing.T) {
			t.Parallel()
			subject.run(t)
		})
	}
}

// undeclared says what is not run because the provider does not declare it.
func (s *suite) undeclared() []string {
	var out []string
	say := func(format string, a ...any) { out = append(out, "not declared, not run: "+fmt.Sprintf(format, a...)) }
	for _, o := range providers.Support(s.session) {
		if o.Object == providers.ObjectReport {
			continue
		}
		var missing []string
		for _, verb := range []struct {
			name string
			ok   bool
		}{{"list", o.List}, {"get", o.Get}, {"create", o.Create}, {"update", o.Update}, {"delete", o.Delete}} {
			if !verb.ok {
				missing = append(missing, verb.name)
			}
		}
		if len(missing) > 0 {
			use := ""
			if o.Use != "" {
				use = " (use " + o.Use + ")"
			}
			say("%s: %s%s", o.Object, strings.Join(missing, ", "), use)
		}
	}
	r := s.session.Reports
	if r.Stream == nil {
		say("reports: stream")
	}
	if r.Submit == nil {
		say("reports: submit, poll, fetch, cancel")
	}
	if s.session.Do == nil {
		say("passthrough")
	}
	return out
}

func (s *suite) quirk(t *testing.T, q Quirk) bool {
	t.Helper()
	why, off := s.h.Quirks[q]
	if off {
		t.Logf("turned off: %s: %s", q, why)
	}
	return off
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if p != "" && strings.Contains(s, p) {
			return true
		}
	}
	return false
}
