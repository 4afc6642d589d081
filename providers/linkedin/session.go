package linkedin

import (
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// session is what LinkedIn can do.
func session(c *client) *providers.Session {
	return &providers.Session{
		Organizations:   organizations(c),
		Campaigns:       campaigns(c),
		Groups:          groups(c),
		Ads:             ads(c),
		Creatives:       creatives(c),
		Assets:          assets(c),
		Targets:         targets(c),
		Promoted:        promoted(c),
		InsertionOrders: providers.Collection[normalize.InsertionOrder]{Use: "campaign"},
		Reports:         reports(c),
		Do:              c.do,
		Buckets:         c.buckets,
	}
}
