package sim

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The versions LinkedIn has published, with their last day; a version lives at
// least twelve months, one appears a month, and there is no 202412 and no
// 202512. 202608's day was not published in what we read; mid-month assumed.
// learn.microsoft.com/linkedin/marketing/versioning and /integrations/migrations
var calendar = map[string]string{
	"202508": "2026-08-17", "202509": "2026-09-15", "202510": "2026-10-15", "202511": "2026-11-16",
	"202601": "2027-01-15", "202602": "2027-02-15", "202603": "2027-03-16", "202604": "2027-04-15",
	"202605": "2027-05-15", "202606": "2027-06-15", "202607": "2027-07-15", "202608": "2027-08-16",
	"202609": "2027-09-15",
}

var (
	versionForm = regexp.MustCompile(`^\d{6}(\.\d{1,2})?$`)
	monthForm   = regexp.MustCompile(`^\d{6}$`)
)

// version reads the LinkedIn-Version header and refuses what is not active.
func (s *Sim) version(r *http.Request) (string, *fault) {
	h := strings.TrimSpace(r.Header.Get("LinkedIn-Version"))
	if h == "" {
		return "", &fault{status: 400, code: "VERSION_MISSING",
			message: "A version must be present. Please specify a version by adding the LinkedIn-Version header."}
	}
	month, _, _ := strings.Cut(h, ".")
	if !versionForm.MatchString(h) || !s.live(month) {
		day := month
		if monthForm.MatchString(month) {
			day += "01" // the text prints the version with a day
		}
		return "", &fault{status: http.StatusUpgradeRequired, code: "NONEXISTENT_VERSION",
			message: fmt.Sprintf("Requested version %s is not active", day)}
	}
	return month, nil
}

func (s *Sim) live(month string) bool {
	if s.opts.LiveVersions != nil {
		return slices.Contains(s.opts.LiveVersions, month)
	}
	last, ok := calendar[month]
	if !ok {
		return false
	}
	born, err := time.Parse("200601", month)
	if err != nil {
		return false
	}
	end, err := time.Parse(time.DateOnly, last)
	now := s.kit.Clock.Now()
	return err == nil && !now.Before(born) && now.Before(end.AddDate(0, 0, 1))
}
