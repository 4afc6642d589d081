package google

import (
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// gaps are where Google's rows are not all of the level above, and how exact its numbers are.
// https://developers.google.com/google-ads/api/docs/reporting/overview
func gaps() []providers.Gap {
	below := []normalize.Level{normalize.LevelGroup, normalize.LevelAd, normalize.LevelCreative}
	var kpis, fractions, rates []normalize.Metric // that asset groups lack; written as doubles; estimated by a rate
	for i := range metrics {
		m := &metrics[i]
		if !m.within(resourceAssetGroups) {
			kpis = append(kpis, m.kpi)
		}
		for _, c := range m.columns() {
			switch {
			case columnSources[c].unit == unitRate:
				rates = append(rates, m.kpi)
			case m.restate && c != colViewThrough:
				fractions = append(fractions, m.kpi)
			}
		}
	}
	return []providers.Gap{
		{
			Dimensions: []normalize.Dimension{normalize.DimensionAge, normalize.DimensionGender},
			Reason:     "Google tells age and gender of ad groups only: Performance Max campaigns are left out",
		},
		{
			Dimensions: []normalize.Dimension{normalize.DimensionCountry},
			Reason:     "Google leaves out what has no known place, and at level group Performance Max campaigns",
		},
		{
			Dimensions: []normalize.Dimension{normalize.DimensionPlatformPosition}, Levels: below,
			Reason: "Google does not tell the position of Performance Max ads",
		},
		{
			Levels: []normalize.Level{normalize.LevelKeyword},
			Reason: "keyword rows hold what keywords brought: Performance Max and other traffic without a keyword are left out",
		},
		{Levels: below, KPIs: kpis, Reason: "Google does not tell these of Performance Max asset groups"},
		{KPIs: rates, PerRow: normalize.Scaled(5, 1), Reason: "counts are Google's rate times the row's impressions, in whole numbers"},
		{KPIs: slices.Compact(fractions), PerRow: normalize.Scaled(1, 6), Reason: "fractions of conversions are rounded"},
	}
}
