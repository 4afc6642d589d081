package meta

import (
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// gaps are where Meta's rows need not be all of the level above, and how exact its amounts are.
// https://developers.facebook.com/docs/marketing-api/insights
func gaps() []providers.Gap {
	var parts []normalize.Dimension
	for _, b := range breakdowns {
		if b.partial {
			parts = append(parts, b.dimension)
		}
	}
	var amounts, chosen []normalize.Metric
	for _, m := range metrics {
		if m.amount || m.field == "spend" {
			amounts = append(amounts, m.kpi)
		}
		if m.conversion {
			chosen = append(chosen, m.kpi)
		}
	}
	return []providers.Gap{
		{Dimensions: parts, Reason: "Meta leaves what it cannot tell the person's age, gender or country of out of these rows"},
		{
			Levels: []normalize.Level{normalize.LevelGroup, normalize.LevelAd, normalize.LevelCreative},
			Reason: "the level above holds the numbers of objects that Meta no longer lists",
		},
		{KPIs: chosen, Reason: "Meta does not add some conversions up, and each row is counted by the widest of the views that it has"},
		{KPIs: amounts, PerRow: normalize.Scaled(5, 3), Reason: "amounts of a row are rounded to hundredths"},
	}
}
