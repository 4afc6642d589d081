package sim

import (
	"slices"
	"strings"
	"time"
)

// release is one version of the Marketing API. Until is when ads calls with it
// expired; zero is not announced.
type release struct {
	name        string
	from, until time.Time
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// calendar is Meta's published one, oldest first.
func calendar() []release {
	return []release{
		{"v22.0", day(2025, 1, 21), day(2026, 2, 19)},
		{"v23.0", day(2025, 5, 29), day(2026, 6, 9)},
		{"v24.0", day(2025, 10, 8), day(2026, 10, 6)},
		{"v25.0", day(2026, 2, 18), time.Time{}},
		{"v26.0", day(2026, 7, 29), time.Time{}},
	}
}

// isVersion tells whether a path segment is a version ("v26.0").
func isVersion(s string) bool {
	major, ok := strings.CutPrefix(s, "v")
	if !ok {
		return false
	}
	major, minor, ok := strings.Cut(major, ".")
	digits := func(t string) bool { return t != "" && strings.Trim(t, "0123456789") == "" }
	return ok && digits(major) && digits(minor)
}

// newest is the version that a token-less or unversioned Graph call gets.
const newest = "v26.0"

// live lists the living versions at a moment, oldest first.
func (s *Sim) live(now time.Time) []string {
	if len(s.opts.LiveVersions) > 0 {
		return s.opts.LiveVersions
	}
	var out []string
	for _, r := range calendar() {
		if !now.Before(r.from) && (r.until.IsZero() || now.Before(r.until)) {
			out = append(out, r.name)
		}
	}
	if len(out) == 0 {
		return []string{newest} // a clock before the calendar begins
	}
	return out
}

// graphPath tells whether a path needs no Marketing version: it belongs to Graph's core, whose
// versions live two years.
func graphPath(path []string) bool {
	if len(path) == 0 {
		return false
	}
	switch path[0] {
	case "oauth", "debug_token":
		return true
	case "me":
		return len(path) == 1 || path[1] == "permissions" || path[1] == "accounts" || path[1] == "businesses"
	}
	return false
}

// settleVersion refuses unversioned and dead calls, or upgrades them: a read of
// an expired version is served by the next living one with a warning, because
// that endpoint did not change; writes and insights did (assumed: which).
func (s *Sim) settleVersion(c *call) *graphError {
	live := s.live(c.now)
	core := graphPath(c.path)
	if c.version == "" && core {
		c.version = live[len(live)-1]
	}
	if slices.Contains(live, c.version) {
		c.header.Set("Facebook-Api-Version", c.version)
		return nil
	}
	known := slices.IndexFunc(calendar(), func(r release) bool { return r.name == c.version })
	switch {
	case c.version == "":
		return dead(live)
	case known < 0 && (len(c.version) > len("v22.0") || c.version > newest):
		return unknownPath(c.version + "/" + strings.Join(c.path, "/"))
	case core && known >= 0:
		c.header.Set("Facebook-Api-Version", c.version)
		return nil
	case known < 0 || s.opts.NoAutoUpgrade || c.method != "GET" || slices.Contains(c.path, "insights"):
		return dead(live)
	}
	c.header.Set("X-Ad-Api-Version-Warning", "The call has been auto-upgraded to "+live[0]+" as "+c.version+" has been deprecated")
	c.header.Set("Facebook-Api-Version", live[0])
	c.version = live[0]
	return nil
}

func dead(live []string) *graphError {
	return &graphError{Code: 2635, Message: "(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: " + live[len(live)-1] + "."}
}
