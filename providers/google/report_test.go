package google_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

var byDate = []normalize.Dimension{normalize.DimensionDate}

// checkAdDays holds rows against what adDays answers: each ad and day once, in the order of days.
func checkAdDays(t *testing.T, rows []normalize.Row, ads int, days normalize.DayRange) {
	t.Helper()
	if len(rows) != ads*days.Len() {
		t.Errorf("%d rows, want %d", len(rows), ads*days.Len())
	}
	seen := map[string]bool{}
	last := normalize.Day{}
	for _, r := range rows {
		key := r.Ad.ID + " " + r.Dims[0]
		if seen[key] {
			t.Fatalf("%s comes twice", key)
		}
		seen[key] = true
		if r.Date.Before(last) {
			t.Fatalf("%s comes after %s", r.Date, last)
		}
		last = r.Date
		var ad int
		_, _ = fmt.Sscanf(r.Ad.ID, "8~%d", &ad)
		if want := normalize.Int(int64(r.Date.Dom * ad)); r.Values[0].D.Cmp(want) != 0 || r.Campaign.Name != "c" || r.Group.ID != "8" || r.Ad.Name != fmt.Sprintf("n%d", ad) {
			t.Fatalf("row %+v, want %s", r, want)
		}
	}
}

func TestReportWindows(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, adDays(20))
	q := lastWeek(normalize.LevelAd, byDate, normalize.MetricImpressions)
	q.Range.From = q.Range.To.Add(-700)
	rows, meta, err := readReport(t, s, q)
	if err != nil {
		t.Fatal(err)
	}
	checkAdDays(t, rows, 20, q.Range)
	if n := len(script.of("ad_group_ad")); n < 2 || n > 6 {
		t.Errorf("%d queries for 700 days", n)
	}
	next := q.Range.From
	for _, a := range script.of("ad_group_ad") {
		if a.first != next || a.login != "1" {
			t.Errorf("asked from %s to %s through %q, want from %s", a.first, a.last, a.login, next)
		}
		next = a.last.Add(1)
	}
	if len(meta.RequestIDs) == 0 || len(meta.Left) != 0 {
		t.Errorf("meta %+v", meta)
	}
}

// Google's refusals of what takes too long or costs too much: the range is cut, and no row comes twice.
func TestReportHalves(t *testing.T) {
	t.Parallel()
	for _, code := range [][2]string{{"internalError", "DEADLINE_EXCEEDED"}, {"quotaError", "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"}} {
		for dim, rowsWant := range map[normalize.Dimension]int{normalize.DimensionDate: 30, normalize.DimensionMonth: 2, "": 1} {
			t.Run(code[1]+" "+string(dim), func(t *testing.T) {
				t.Parallel()
				s, script := reportScript(t, func(q asked) (int, string) {
					if q.from != "campaign" {
						return 0, ""
					}
					if q.last.Sub(q.first) > 4 {
						status := 504
						if code[0] == "quotaError" {
							status = 429
						}
						return refused(status, code[0], code[1])
					}
					var rows []string
					for d := q.first; !q.last.Before(d); d = d.Add(1) {
						at := d
						if dim == normalize.DimensionMonth {
							at.Dom = 1
						}
						seg := fmt.Sprintf(`"segments":{"date":"%s","month":"%s"},`, at, at)
						if dim != normalize.DimensionDate && d != q.first { // one row a query
							continue
						}
						n := 1
						if dim != normalize.DimensionDate {
							n = q.last.Sub(q.first) + 1
						}
						rows = append(rows, fmt.Sprintf(`{"campaign":{"id":"7","name":"c"},%s"metrics":{"impressions":"%d","topImpressionPercentage":0.5,"searchTopImpressionShare":0.25}}`, seg, n))
						if dim == normalize.DimensionMonth && q.first.Month != q.last.Month {
							t.Errorf("a window over two months: %s to %s", q.first, q.last)
						}
					}
					return 200, results(rows...)
				})
				q := lastWeek(normalize.LevelCampaign, nil, normalize.MetricImpressions, normalize.MetricTopImpressionRatePercent, normalize.MetricTopImpressionShare)
				if dim != "" {
					q.Dimensions = []normalize.Dimension{dim}
				} else {
					q.Metrics = q.Metrics[:2]
				}
				q.Range.From = q.Range.To.Add(-30)
				rows, meta, err := readReport(t, s, q)
				if err != nil {
					t.Fatal(err)
				}
				sum := normalize.Decimal{}
				for _, r := range rows {
					sum = sum.Add(r.Values[0].D)
					if got := r.Values[1].D.String(); got != "50" {
						t.Errorf("rate %s", got)
					}
				}
				if len(rows) != rowsWant || sum.Cmp(normalize.Int(30)) != 0 {
					t.Errorf("%d rows that add up to %s", len(rows), sum)
				}
				if dim == normalize.DimensionMonth && (rows[0].Values[2].OK || len(meta.Left) == 0) {
					t.Errorf("a share of several pieces is %v, left %v", rows[0].Values[2], meta.Left)
				}
				if len(script.queries) > 100 {
					t.Errorf("%d queries", len(script.queries))
				}
			})
		}
	}
}

// A day that cannot be had is an error, told as Google says it.
func TestReportGivesUp(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, func(q asked) (int, string) {
		if q.from == "campaign" {
			return refused(504, "internalError", "DEADLINE_EXCEEDED")
		}
		return 0, ""
	})
	rows, _, err := readReport(t, s, lastWeek(normalize.LevelCampaign, byDate, normalize.MetricImpressions))
	if providers.KindOf(err) != providers.Timeout || len(rows) != 0 || !strings.Contains(err.Error(), "said DEADLINE_EXCEEDED") {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if n := len(script.of("campaign")); n > 30 {
		t.Errorf("%d queries", n)
	}
}

// Several ads of one campaign, asked for by their ids, are one row of it.
func TestReportAddsUpWhatTheFilterNames(t *testing.T) {
	t.Parallel()
	s, _ := reportScript(t, adDays(3))
	q := lastWeek(normalize.LevelCampaign, byDate, normalize.MetricImpressions, normalize.MetricCost)
	q.Filter = only(normalize.LevelAd, "8~1", "8~2", "8~3")
	rows, _, err := readReport(t, s, q)
	if err != nil || len(rows) != 7 {
		t.Fatal(len(rows), err)
	}
	for _, r := range rows {
		if r.Campaign.ID != "7" || r.Values[0].D.Cmp(normalize.Int(int64(6*r.Date.Dom))) != 0 || r.Values[1].D.String() != "4.5" || r.Ad.ID != "" {
			t.Errorf("row %+v", r)
		}
	}
}

// What is a share of impressions is averaged over them, exactly; what cannot be added has no number, and that is said.
func TestReportAverages(t *testing.T) {
	t.Parallel()
	s, _ := reportScript(t, func(q asked) (int, string) {
		if q.from != "ad_group" {
			return 0, ""
		}
		return 200, results(
			`{"campaign":{"id":"7","name":"c"},"metrics":{"impressions":"100","topImpressionPercentage":0.5,"activeViewImpressions":"10","activeViewMeasurableImpressions":"40","searchTopImpressionShare":0.3,"videoQuartileP25Rate":0.333}}`,
			`{"campaign":{"id":"7","name":"c"},"metrics":{"impressions":"300","topImpressionPercentage":0.1,"activeViewImpressions":"30","activeViewMeasurableImpressions":"60","searchTopImpressionShare":0.5,"videoQuartileP25Rate":0.01}}`,
			`{"campaign":{"id":"7","name":"c"},"metrics":{"impressions":"50","clicks":"1"}}`,
			`{"campaign":{"id":"9","name":"d"},"metrics":{"impressions":"3","topImpressionPercentage":0.3333333333333333,"searchTopImpressionShare":0.0999}}`,
		)
	})
	q := lastWeek(normalize.LevelCampaign, nil, normalize.MetricTopImpressionRatePercent, normalize.MetricActiveViewDistViewable, normalize.MetricActiveViewDistUnmeasurable,
		normalize.MetricNotViewableImpressions, normalize.MetricVideoQuartile25, normalize.MetricTopImpressionShare)
	q.Filter = only(normalize.LevelGroup, "1", "2", "3")
	rows, meta, err := readReport(t, s, q)
	if err != nil || len(rows) != 2 {
		t.Fatal(len(rows), err)
	}
	for i, want := range [][]string{
		{"20", "0.0888889", "0.777778", "60", "36", ""}, // (50 × 100 + 10 × 300) ÷ 400; what has no rate does not count
		{"33.33333333333333", "", "", "", "", "0.0999"},
	} {
		for j, w := range want {
			v := rows[i].Values[j]
			if got := v.D.String(); v.OK != (w != "") || w != "" && got != w {
				t.Errorf("%s of campaign %s: %s (%v), want %q", q.Metrics[j], rows[i].Campaign.ID, got, v.OK, w)
			}
		}
	}
	if !strings.Contains(strings.Join(meta.Left, "|"), "cannot be added up") {
		t.Errorf("left %q", meta.Left)
	}
}

// Breaking off frees the connection and is no error.
func TestReportBreak(t *testing.T) {
	t.Parallel()
	s, _ := reportScript(t, adDays(10))
	parts, err := s.Reports.Plan(lastWeek(normalize.LevelAd, byDate, normalize.MetricImpressions))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range s.Reports.Stream(t.Context(), parts[0], new(providers.Meta)) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Error(n)
	}
}

// A version that lacks a metric, or a resource that does: the number is absent and said to be, and the others come.
func TestReportPrunes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lacks       string
		level       normalize.Level
		unsupported []normalize.Metric
		left        string
		rows        int
	}{
		"a metric":             {"metrics.youtube_likes", normalize.LevelCampaign, []normalize.Metric{normalize.MetricLikes}, "", 1},
		"a metric of all":      {"metrics.view_through_conversions", normalize.LevelCampaign, nil, "", 1},
		"an asset group's":     {"asset_group metrics.engagements", normalize.LevelGroup, nil, "asset groups: ENGAGEMENTS", 2},
		"an asset group's day": {"asset_group segments.date", normalize.LevelGroup, nil, "left out", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, script := reportScript(t, nil)
			script.answer = func(q asked) (int, string) {
				resource, field, only := strings.Cut(c.lacks, " ")
				if !only {
					resource, field = q.from, c.lacks
				}
				switch {
				case q.text == "": // of googleAdsFields
					list := []string{"segments.date", "metrics.impressions", "metrics.clicks", "metrics.cost_micros", "metrics.all_conversions", "metrics.view_through_conversions", "metrics.youtube_likes", "metrics.engagements"}
					list = slices.DeleteFunc(list, func(f string) bool { return f == field })
					return 200, fmt.Sprintf(`{"metrics":["%s"],"segments":["%s"]}`, strings.Join(list, `","`), strings.Join(list, `","`))
				case q.from == resource && (strings.Contains(q.text, field+",") || strings.Contains(q.text, field+" FROM")):
					return refused(400, "queryError", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE")
				case q.from == "asset_group":
					return 200, results(`{"campaign":{"id":"7"},"assetGroup":{"id":"5"},"metrics":{"impressions":"3","youtubeLikes":"1","engagements":"1"},"segments":{"date":"2026-11-20"}}`)
				}
				return 200, results(`{"campaign":{"id":"7"},"adGroup":{"id":"8"},"metrics":{"impressions":"3","youtubeLikes":"1","engagements":"1"},"segments":{"date":"2026-11-20"}}`)
			}
			q := lastWeek(c.level, byDate, normalize.MetricLikes, normalize.MetricImpressions)
			if strings.HasSuffix(c.lacks, "engagements") {
				q.Metrics[0] = normalize.MetricEngagements
			}
			rows, meta, err := readReport(t, s, q)
			if err != nil || len(rows) != c.rows || !slices.Equal(meta.Unsupported, c.unsupported) || !strings.Contains(strings.Join(meta.Left, "|"), c.left) || (c.left == "") != (len(meta.Left) == 0) {
				t.Fatalf("%d rows, %v, unsupported %v, left %q", len(rows), err, meta.Unsupported, meta.Left)
			}
			for _, r := range rows {
				if r.Values[1].D.String() != "3" || (len(c.unsupported) > 0 && r.Values[0].OK) {
					t.Errorf("row %+v", r)
				}
			}
		})
	}
}
