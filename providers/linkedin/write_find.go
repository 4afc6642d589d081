package linkedin

import (
	"context"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// LinkedIn tells when an object was made, so that the one of a lost create is told from older ones of its name. Its search
// by name is not used: whether it matches to the letter is documented nowhere, and none found has to mean that there is none.

// slack is by how much LinkedIn's clock may stand apart from ours, and how long after we gave up it may still have done what
// it was asked for.
const slack = time.Minute

// during tells whether something was made while a try lasted.
func during(made *time.Time, try providers.Try) bool {
	return made != nil && !made.Before(try.Since.Add(-slack).Truncate(time.Millisecond)) && !made.After(try.Until.Add(slack))
}

// stands tells the statuses that a create can have left an object in: not those of what was taken back.
func stands(s string) bool { return ownEffective[s] != normalize.EffectiveStatusRemoved }

func (c *client) findCampaign(ctx context.Context, w providers.Write[normalize.Campaign], try providers.Try) ([]normalize.Campaign, error) {
	account, err := c.accountToWrite(w.Org, w.Object.OrganizationID, "")
	if err != nil {
		return nil, err
	}
	var out []normalize.Campaign
	criteria := record("status", oneOf(groupStatuses...))
	err = everyPage(ctx, c, groupKind.all(account), func(token string) string {
		return new(query).text("q", "search").add("search", criteria).page(maxSearch, token).String()
	}, func(g *campaignGroup) {
		if o := campaignOf(g, account, nil); o.Name == w.Object.Name && stands(g.Status) && during(o.CreatedAt, try) {
			out = append(out, o)
		}
	})
	return out, err
}

func (c *client) findGroup(ctx context.Context, w providers.Write[normalize.Group], try providers.Try) ([]normalize.Group, error) {
	_, rules, err := c.parentOf(ctx, w)
	if err != nil {
		return nil, err
	}
	var found []wireGroup
	parent := urn(urnCampaignGroup, tail(w.Object.CampaignID))
	criteria := record("status", oneOf(campaignStatuses...), "campaignGroup", oneOf(parent))
	err = everyPage(ctx, c, campaignKind.all(rules.id), func(token string) string {
		return new(query).text("q", "search").add("search", criteria).page(maxSearch, token).String()
	}, func(w2 *campaign) {
		if w2.Name == w.Object.Name && stands(w2.Status) && w2.CampaignGroup == parent && during(w2.ChangeAuditStamps.Created.Time.Time(), try) {
			found = append(found, wireGroup{campaign: *w2})
		}
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return c.dressGroups(ctx, rules.id, found, providers.ListQuery{})
}
