package linkedin

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// apiVersion is a release of the Marketing API and the day on which it stops answering.
type apiVersion struct {
	name   string
	sunset time.Time
}

// knownVersions is LinkedIn's calendar, newest first. There was no 202512 and no 202412. For 202608 only the month of
// the sunset is published: its first day is taken.
// https://learn.microsoft.com/linkedin/marketing/integrations/migrations
var knownVersions = []apiVersion{
	{"202609", day(2027, 9, 15)}, {"202608", day(2027, 8, 1)}, {"202607", day(2027, 7, 15)}, {"202606", day(2027, 6, 15)},
	{"202605", day(2027, 5, 15)}, {"202604", day(2027, 4, 15)}, {"202603", day(2027, 3, 16)}, {"202602", day(2027, 2, 15)},
	{"202601", day(2027, 1, 15)}, {"202511", day(2026, 11, 16)}, {"202510", day(2026, 10, 15)}, {"202509", day(2026, 9, 15)},
	{"202508", day(2026, 8, 17)},
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func newestVersion() apiVersion { return knownVersions[0] }

// plausibleVersion takes YYYYMM and YYYYMM.RR.
func plausibleVersion(s string) bool {
	month, patch, dotted := strings.Cut(s, ".")
	return len(month) == 6 && digitsOnly(month) && month[4:] >= "01" && month[4:] <= "12" && (!dotted || len(patch) == 2 && digitsOnly(patch))
}

func digitsOnly(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// forgetRefusal is how long a version that answered 426 is taken for dead.
const forgetRefusal = 6 * time.Hour

// versions remembers which versions LinkedIn has refused, so that one call pays for the discovery and not each.
type versions struct {
	mu      sync.Mutex
	refused map[string]time.Time
}

// refuse records a 426. It tells whether that is news.
func (v *versions) refuse(name string, now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	at, known := v.refused[name]
	if v.refused == nil {
		v.refused = map[string]time.Time{}
	}
	v.refused[name] = now
	return !known || now.Sub(at) >= forgetRefusal
}

// use returns the version to ask for in place of want: want itself while it answers, else the newest known one that has
// not been refused and whose sunset is ahead; want when there is none.
func (v *versions) use(want string, now time.Time) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	dead := func(name string) bool {
		at, ok := v.refused[name]
		return ok && now.Sub(at) < forgetRefusal
	}
	if !dead(want) {
		return want
	}
	i := slices.IndexFunc(knownVersions, func(k apiVersion) bool { return !dead(k.name) && now.Before(k.sunset) })
	if i < 0 {
		return want
	}
	return knownVersions[i].name
}
