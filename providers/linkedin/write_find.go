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

// findCreatives lists what was made in a campaign while a try lasted and has a name.
func (c *client) findCreatives(ctx context.Context, around campaignAround, name string, try providers.Try) ([]wireCreative, error) {
	var found []wireCreative
	err := everyPage(ctx, c, creativeKind.all(around.account), func(token string) string {
		return new(query).text("q", "criteria").list("campaigns", []string{urn(urnCampaign, around.ID.String())}).
			list("intendedStatuses", creativeStatuses).page(maxCreatives, token).String()
	}, func(w *creative) {
		if w.Name == name && stands(w.IntendedStatus) && tail(w.Campaign) == around.ID.String() && during(w.CreatedAt.Time(), try) {
			found = append(found, wireCreative{creative: *w})
		}
	})
	return found, err
}

// findCreative: the name and the moment say which; where it has no name, a creative that shows something else is not it.
func (c *client) findCreative(ctx context.Context, w providers.Write[normalize.Creative], try providers.Try) ([]normalize.Creative, error) {
	around, err := c.campaignAround(ctx, w.Org, w.Object.OrganizationID, w.Object.GroupID)
	if err != nil {
		return nil, err
	}
	found, err := c.findCreatives(ctx, around, w.Object.Name, try)
	if err != nil {
		return nil, err
	}
	var out []normalize.Creative
	for _, f := range found {
		o, err := creatives(c).Get(ctx, providers.Ref{Org: around.account, ID: tail(f.ID)})
		if err != nil {
			return nil, err
		}
		if other(w.Object.Body, o.Body) || other(w.Object.Title, o.Title) || other(w.Object.LinkURL, o.LinkURL) ||
			other(tail(w.Object.ItemID), o.ItemID) || other(w.Object.ExternalCreativeReference, o.ExternalCreativeReference) {
			continue
		}
		out = append(out, o)
	}
	return out, nil
}

// other tells whether two texts, where both are known, are not the same.
func other(asked, is string) bool { return asked != "" && is != "" && asked != is }

func (c *client) findAd(ctx context.Context, w providers.Write[normalize.Ad], try providers.Try) ([]normalize.Ad, error) {
	s, err := c.adSource(ctx, w)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	if s.there() {
		ids = append(ids, s.id)
	} else {
		name := w.Object.Name
		if name == "" {
			name = s.Name
		}
		found, err := c.findCreatives(ctx, s.around, name, try)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if sameContent(f.Content, s.Content) {
				ids = append(ids, tail(f.ID))
			}
		}
	}
	var out []normalize.Ad
	for _, id := range ids {
		o, err := ads(c).Get(ctx, providers.Ref{Org: s.around.account, ID: id})
		if err != nil {
			return nil, err
		}
		if s.there() && (other(w.Object.Name, o.Name) || w.Object.Status == normalize.StatusActive && o.Status != normalize.StatusActive) {
			continue // it was there before, and has not become what was asked for
		}
		out = append(out, o)
	}
	return out, nil
}
