package google_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
)

// Conversion windows are the account's own, and tell how long days change.
func TestReportHorizon(t *testing.T) {
	t.Parallel()
	action := func(primary bool, status string, click, view int) string {
		return fmt.Sprintf(`{"conversionAction":{"id":"1","status":"%s","includeInConversionsMetric":%v,"clickThroughLookbackWindowDays":"%d","viewThroughLookbackWindowDays":"%d"}}`, status, primary, click, view)
	}
	for name, c := range map[string]struct {
		actions string
		status  int
		kpi     normalize.Metric
		want    int
	}{
		"delivery":         {"", 200, normalize.MetricImpressions, 3},
		"none":             {"", 200, normalize.MetricConversions, 30},
		"one week":         {action(true, "ENABLED", 7, 1), 200, normalize.MetricConversions, 7},
		"longest":          {action(true, "ENABLED", 7, 1) + "," + action(true, "ENABLED", 60, 1), 200, normalize.MetricConversions, 60},
		"secondary":        {action(true, "ENABLED", 7, 1) + "," + action(false, "ENABLED", 90, 1), 200, normalize.MetricConversions, 7},
		"secondary in all": {action(true, "ENABLED", 7, 1) + "," + action(false, "ENABLED", 90, 1), 200, normalize.MetricAllConversions, 90},
		"removed":          {action(true, "ENABLED", 7, 1) + "," + action(true, "REMOVED", 90, 1), 200, normalize.MetricConversions, 7},
		"short":            {action(true, "ENABLED", 1, 1), 200, normalize.MetricLeads, 3},
		"views":            {action(true, "ENABLED", 90, 14), 200, normalize.MetricViewThroughConversions, 14},
		"not allowed":      {"", 403, normalize.MetricConversions, 90},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, script := reportScript(t, func(q asked) (int, string) {
				switch {
				case q.from != "conversion_action":
					return 0, ""
				case c.status != 200:
					return refused(c.status, "authorizationError", "ACTION_NOT_PERMITTED")
				}
				return 200, `{"results":[` + c.actions + `]}`
			})
			for range 2 {
				_, meta, err := readReport(t, s, lastWeek(normalize.LevelCampaign, byDate, c.kpi))
				today := normalize.DayOf(reportNow)
				if err != nil || meta.Restates != c.want || meta.FinalUntil != today.Add(-1-c.want) {
					t.Errorf("restates %d, final until %s, %v; want %d", meta.Restates, meta.FinalUntil, err, c.want)
				}
				if !strings.Contains(meta.Attribution, "per conversion action") || !meta.Honoured {
					t.Errorf("attribution %q", meta.Attribution)
				}
			}
			if n := len(script.of("conversion_action")); n > 1 {
				t.Errorf("the windows were read %d times", n)
			}
		})
	}
}

// What is older than Google keeps is not asked for, and said to be missing.
func TestReportRetention(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dim   normalize.Dimension
		from  string
		first string
		left  string
	}{
		{normalize.DimensionDate, "2020-01-01", "2023-09-24", "37 months"},
		{normalize.DimensionDate, "2023-11-01", "2023-11-01", ""},
		{normalize.DimensionMonth, "2020-01-01", "2020-01-01", ""},
		{normalize.DimensionMonth, "2010-01-01", "2015-10-24", "11 years"},
		{"", "2020-01-01", "2020-01-01", "whole ones"},
	} {
		s, script := reportScript(t, nil)
		q := lastWeek(normalize.LevelCampaign, nil, normalize.MetricImpressions)
		if c.dim != "" {
			q.Dimensions = []normalize.Dimension{c.dim}
		}
		q.Range.From, _ = normalize.ParseDay(c.from)
		_, meta, err := readReport(t, s, q)
		if err != nil {
			t.Fatal(err)
		}
		if got := script.of("campaign")[0].first.String(); got != c.first {
			t.Errorf("%s from %s: asked from %s, want %s", c.dim, c.from, got, c.first)
		}
		if said := strings.Join(meta.Left, "|"); (c.left == "") != (said == "") || !strings.Contains(said, c.left) {
			t.Errorf("%s from %s: left %q", c.dim, c.from, said)
		}
	}
}

// The days asked for are the account's, and nothing of tomorrow is.
func TestReportDaysAreTheAccounts(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, nil)
	org := reportOrg
	org.Timezone = "Pacific/Auckland" // 23:00 of the 24th
	q := lastWeek(normalize.LevelCampaign, byDate, normalize.MetricImpressions)
	q.Orgs, q.Now = []normalize.Organization{org}, reportNow.Add(3*3600e9) // 02:00 of the 25th there
	q.Range = normalize.DayRange{From: normalize.Day{Year: 2026, Month: 11, Dom: 20}, To: normalize.Day{Year: 2026, Month: 12, Dom: 20}}
	_, meta, err := readReport(t, s, q)
	if err != nil {
		t.Fatal(err)
	}
	if a := script.of("campaign")[0]; a.first.Dom != 20 || a.last != (normalize.Day{Year: 2026, Month: 11, Dom: 25}) || len(script.of("campaign")) != 1 {
		t.Errorf("asked %s to %s", a.first, a.last)
	}
	if meta.FinalUntil.Dom != 21 {
		t.Errorf("final until %s", meta.FinalUntil)
	}
}

// People reached are told for 92 days at most, and for exactly what is asked.
func TestReportReach(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]bool{92: true, 93: false} {
		s, script := reportScript(t, func(q asked) (int, string) {
			if q.from != "campaign" {
				return 0, ""
			}
			return 200, results(`{"campaign":{"id":"7","name":"c"},"metrics":{"impressions":"9","uniqueUsers":"4"}}`)
		})
		q := lastWeek(normalize.LevelCampaign, nil, normalize.MetricUniqueImpressions, normalize.MetricImpressions)
		q.Range.From = q.Range.To.Add(-days)
		rows, meta, err := readReport(t, s, q)
		if err != nil || len(rows) != 1 || rows[0].Values[0].OK != want || (len(meta.Unsupported) == 0) != want || rows[0].Values[1].D.String() != "9" {
			t.Errorf("%d days: %+v, unsupported %v, %v", days, rows, meta.Unsupported, err)
		}
		if asks := strings.Contains(script.of("campaign")[0].text, "unique_users"); asks != want {
			t.Errorf("%d days: asked for reach %v", days, asks)
		}
		q.Metrics = q.Metrics[:1]
		if _, err := s.Reports.Plan(q); (err == nil) != want {
			t.Errorf("%d days: %v", days, err)
		}
	}
}
