package linkedin

import (
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// gaps are where LinkedIn's rows are not all of the level above, and how exact its amounts are.
// https://learn.microsoft.com/linkedin/marketing/integrations/ads-reporting/ads-reporting
func gaps() []providers.Gap {
	var members []normalize.Dimension
	for _, b := range breakdowns {
		if b.member {
			members = append(members, b.dimension)
		}
	}
	var amounts []normalize.Metric
	for _, m := range metrics {
		if moneyColumn(m.column) {
			amounts = append(amounts, m.kpi)
		}
	}
	return []providers.Gap{
		{
			Dimensions: members,
			Reason:     "LinkedIn tells the 100 values with most members per creative and day, leaves out those with fewer than 3 events, and approximates",
		},
		{
			KPIs: amounts, PerRow: normalize.Scaled(5, 5), Daily: true,
			Reason: "amounts of a day come with four digits after the point",
		},
	}
}
