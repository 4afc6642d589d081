package gaql

import "testing"

func TestDuring(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"TODAY": {"2026-11-24", "2026-11-24"}, "YESTERDAY": {"2026-11-23", "2026-11-23"},
		"LAST_7_DAYS": {"2026-11-17", "2026-11-23"}, "LAST_14_DAYS": {"2026-11-10", "2026-11-23"}, "LAST_30_DAYS": {"2026-10-25", "2026-11-23"},
		"LAST_BUSINESS_WEEK": {"2026-11-16", "2026-11-20"}, "LAST_WEEK_SUN_SAT": {"2026-11-15", "2026-11-21"}, "LAST_WEEK_MON_SUN": {"2026-11-16", "2026-11-22"},
		"THIS_WEEK_SUN_TODAY": {"2026-11-22", "2026-11-24"}, "THIS_WEEK_MON_TODAY": {"2026-11-23", "2026-11-24"},
		"THIS_MONTH": {"2026-11-01", "2026-11-24"}, "LAST_MONTH": {"2026-10-01", "2026-10-31"},
	} {
		p, err := Compile("SELECT campaign.id FROM campaign WHERE segments.date DURING "+name, testEnv)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := [2]string{p.want.First.String(), p.want.Last.String()}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestPeriodBounds(t *testing.T) {
	t.Parallel()
	for where, want := range map[string][2]string{
		"segments.date = '20261101'":                                       {"2026-11-01", "2026-11-01"},
		"segments.date > '2026-11-01' AND segments.date < '2026-11-04'":    {"2026-11-02", "2026-11-03"},
		"segments.week BETWEEN '2026-11-02' AND '2026-11-09'":              {"2026-11-02", "2026-11-15"},
		"segments.month > '2026-01-01' AND segments.month <= '2026-02-01'": {"2026-02-01", "2026-02-28"},
		"segments.month IN ('2026-03-01', '2026-01-01')":                   {"2026-01-01", "2026-03-31"},
		"segments.quarter = '2026-10-01'":                                  {"2026-10-01", "2026-12-31"},
		"segments.year = 2024":                                             {"2024-01-01", "2024-12-31"},
		"segments.month DURING LAST_MONTH":                                 {"2026-10-01", "2026-10-31"},
		"segments.year = 2026 AND segments.month <= '2026-01-01'":          {"2026-01-01", "2026-01-31"},
		"segments.date >= '2026-11-03' AND segments.month = '2026-11-01'":  {"2026-11-03", "2026-11-30"},
	} {
		p, err := Compile("SELECT campaign.id FROM campaign WHERE "+where, testEnv)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		if got := [2]string{p.want.First.String(), p.want.Last.String()}; got != want {
			t.Errorf("%s: %v, want %v", where, got, want)
		}
	}
}
