package google_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

func TestTrap11_ZeroIsThereAndAbsentIsNot(t *testing.T) {
	t.Parallel()
	s, _ := reportScript(t, func(q asked) (int, string) {
		if q.from != "campaign" {
			return 0, ""
		}
		return 200, results(
			`{"campaign":{"id":"9007199254740993","name":"c"},"metrics":{"impressions":"5","clicks":"0","conversions":0,"topImpressionPercentage":0}}`,
			`{"campaign":{"id":"2","name":"c"},"metrics":{"impressions":"5","clicks":null}}`,
			`{"campaign":{"id":"3","name":"dead"},"metrics":{"impressions":"0","clicks":"0","costMicros":"0"}}`,
		)
	})
	q := lastWeek(normalize.LevelCampaign, nil, normalize.MetricClicks, normalize.MetricConversions, normalize.MetricTopImpressionRatePercent, normalize.MetricVideoQuartile25, normalize.MetricLikes)
	rows, _, err := readReport(t, s, q)
	if err != nil || len(rows) != 2 {
		t.Fatal(len(rows), err)
	}
	if rows[0].Campaign.ID != "2" || rows[1].Campaign.ID != "9007199254740993" {
		t.Errorf("ids %s, %s", rows[0].Campaign.ID, rows[1].Campaign.ID)
	}
	for i, v := range rows[1].Values {
		if v.OK != (i < 3) || !v.D.IsZero() {
			t.Errorf("%s is %v where it was sent as %v", q.Metrics[i], v, i < 3)
		}
	}
	for i, v := range rows[0].Values {
		if v.OK {
			t.Errorf("%s is %v where nothing was sent", q.Metrics[i], v)
		}
	}
}

func TestTrap12_NoRowsIsNoError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `[{"fieldMask":"campaign.id","requestId":"r"}]`, `[{"results":[]}]`} {
		s, _ := reportScript(t, func(asked) (int, string) { return 200, body })
		rows, meta, err := readReport(t, s, lastWeek(normalize.LevelCampaign, byDate, normalize.MetricClicks))
		if err != nil || len(rows) != 0 || len(meta.Left) != 0 {
			t.Errorf("%s: %d rows, %v", body, len(rows), err)
		}
	}
}

func TestTrap16_RemovedObjectsKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, nil)
	for _, l := range normalize.Levels() {
		if _, _, err := readReport(t, s, lastWeek(l, byDate, normalize.MetricCost, normalize.MetricLeads)); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range script.queries {
		if strings.Contains(a.text, "metrics.") && strings.Contains(a.text, "status") {
			t.Errorf("a report filters by status: %s", a.text)
		}
	}
}

func TestTrap20_ManagersHaveNoNumbers(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 4, HistoryDays: 10})
	q := lastWeek(normalize.LevelOrganization, nil, normalize.MetricCost)
	q.Orgs, q.Now = []normalize.Organization{{ID: "9000000001", Timezone: "UTC"}}, w.sim.Now()
	q.Range = w.lastDays(t, q.Orgs[0], 5)
	if rows, _, err := readReport(t, w.Session, q); providers.KindOf(err) != providers.Invalid || len(rows) != 0 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestTrap21_NamesOfTheVersionWeSpeak(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, nil)
	if _, _, err := readReport(t, s, lastWeek(normalize.LevelCampaign, byDate, s.Reports.KPIs()...)); err != nil {
		t.Fatal(err)
	}
	for _, a := range script.of("campaign") {
		if strings.Contains(a.text, "metrics.video_views") || !strings.Contains(a.text, "category") && !strings.Contains(a.text, "metrics.video_trueview_views") {
			t.Errorf("old names: %s", a.text)
		}
	}
}

func TestTrap22_ValuesNewerThanTheVersion(t *testing.T) {
	t.Parallel()
	row := func(segments string, n int) string {
		return fmt.Sprintf(`{"campaign":{"id":"1","name":"c"},"metrics":{"impressions":"%d"},"segments":{%s}}`, n, segments)
	}
	s, _ := reportScript(t, func(q asked) (int, string) {
		if q.from != "campaign" {
			return 0, ""
		}
		return 200, results(
			row(`"device":"MOBILE","slot":"SEARCH_SIDE","adNetworkType":"SEARCH"`, 1), row(`"device":"MOBILE","slot":"SEARCH_OTHER","adNetworkType":"SEARCH"`, 2),
			row(`"device":"UNKNOWN","slot":"UNKNOWN","adNetworkType":"UNKNOWN"`, 4), row(``, 8), row(`"slot":"MIXED"`, 16), row(`"device":"WATCH","slot":"SKY","adNetworkType":"MOON"`, 32),
		)
	})
	rows, _, err := readReport(t, s, lastWeek(normalize.LevelCampaign, []normalize.Dimension{normalize.DimensionDevice, normalize.DimensionPlatformPosition, normalize.DimensionPlatform}, normalize.MetricImpressions))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range rows {
		got[strings.Join(r.Dims, " ")] = r.Values[0].D.String()
	}
	want := map[string]string{"MOBILE SEARCH_OTHER GOOGLE_SEARCH": "3", "UNKNOWN UNKNOWN UNKNOWN": "28", "OTHER SKY MOON": "32"}
	if len(got) != len(rows) || len(got) != len(want) {
		t.Errorf("rows %v", got)
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %q, want %s", k, got[k], v)
		}
	}
}

func TestTrap23_NothingOfTheCallersIsReadAsAQuery(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, func(q asked) (int, string) {
		if q.from != "campaign" {
			return 0, ""
		}
		return 200, results(`{"campaign":{"id":"1","name":"O'Brien \"and\" sons\\ \u00e9"},"metrics":{"impressions":"1"},"segments":{"date":"2026-11-20"}}`)
	})
	for level, ids := range map[normalize.Level][]string{
		normalize.LevelCampaign: {"1) OR campaign.id IN (2", "", "1 ", "-1", "１"}, normalize.LevelGroup: {"assetgroup:1'", "assetgroup:", "1~2"},
		normalize.LevelAd: {"1~2') --", "1", "1~", "~1", "assetgroup:x"},
	} {
		for _, id := range ids {
			q := lastWeek(normalize.LevelCampaign, byDate, normalize.MetricCost)
			q.Filter = only(level, id)
			if _, err := s.Reports.Plan(q); providers.KindOf(err) != providers.Invalid {
				t.Errorf("%s %q: %v", level, id, err)
			}
		}
	}
	if len(script.queries) > 0 {
		t.Error("the platform was asked")
	}
	rows, _, err := readReport(t, s, lastWeek(normalize.LevelCampaign, byDate, normalize.MetricCost))
	if err != nil || len(rows) != 1 || rows[0].Campaign.Name != `O'Brien "and" sons\ é` {
		t.Errorf("%+v, %v", rows, err)
	}
}
