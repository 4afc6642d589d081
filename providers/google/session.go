package google

import (
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// session is what Google Ads can do.
func session(c *client) *providers.Session {
	return &providers.Session{
		Organizations:   writesOrganizations(c, organizations(c)),
		Campaigns:       writesCampaigns(c, campaigns(c)),
		Groups:          writesGroups(c, groups(c)),
		Ads:             writesAds(c, ads(c)),
		Creatives:       writesCreatives(c, creatives(c)),
		Assets:          writesAssets(c, assets(c)),
		Targets:         targets(c),
		Promoted:        promoted(c),
		InsertionOrders: providers.Collection[normalize.InsertionOrder]{Use: "campaign"},
		Reports:         reports(c),
		Do:              c.do,
		Buckets:         c.buckets,
	}
}
