package linkedin

import (
	"bytes"
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/scan"
)

// entities are the objects of a report's level and of those above, by id. They are listed once a report; an object that
// has rows and is in no list (long deleted) joins them with its id and no name.
type entities struct {
	level   normalize.Level
	account normalize.Entity
	ids     *scan.Index // of the level's objects, their place in list
	list    []entity
	named   []lineage         // for each of list, what a row of it says
	parents map[string]entity // campaigns and campaign groups by URN type and id
}

// entity is an object's identity and its parent's id.
type entity struct{ id, name, parent string }

// lineage is an object with those above it.
type lineage struct{ own, group, campaign normalize.Entity }

func newEntities(l normalize.Level, org normalize.Organization) *entities {
	e := &entities{level: l, account: normalize.Entity{ID: org.ID, Name: org.Name}, ids: scan.NewIndex(), parents: map[string]entity{}}
	if l == normalize.LevelOrganization {
		e.add(entity{id: org.ID, name: org.Name})
	}
	return e
}

func (e *entities) add(x entity) int32 {
	i := e.ids.Add(x.id)
	if int(i) == len(e.list) {
		e.list = append(e.list, x)
	}
	return i
}

// find is the place of the object that a pivot value names.
func (e *entities) find(urn []byte) int32 {
	id := urn
	if colon := bytes.LastIndexByte(urn, ':'); colon >= 0 {
		id = urn[colon+1:]
	}
	i, known := e.ids.Find(id)
	if !known {
		i = e.add(entity{id: string(id)})
	}
	return i
}

// into names a row's object and those above it.
func (e *entities) into(row *normalize.Row, i int32) {
	for n := len(e.named); n < len(e.list); n++ {
		e.named = append(e.named, e.lineage(e.list[n]))
	}
	x := &e.named[i]
	row.Organization, row.Campaign, row.Group = e.account, x.campaign, x.group
	switch e.level {
	case normalize.LevelCampaign:
		row.Campaign = x.own
	case normalize.LevelGroup:
		row.Group = x.own
	case normalize.LevelAd:
		row.Ad = x.own
	case normalize.LevelCreative:
		row.Creative = x.own
	}
}

func (e *entities) lineage(x entity) lineage {
	l := lineage{own: normalize.Entity{ID: x.id, Name: x.name}}
	switch e.level {
	case normalize.LevelGroup:
		l.campaign = e.parent(urnCampaignGroup, x.parent)
	case normalize.LevelAd, normalize.LevelCreative:
		l.group = e.parent(urnCampaign, x.parent)
		l.campaign = e.parent(urnCampaignGroup, e.parents[urnCampaign+x.parent].parent)
	}
	return l
}

func (e *entities) parent(kind, id string) normalize.Entity {
	return normalize.Entity{ID: id, Name: e.parents[kind+id].name}
}

// load lists what the level needs, only as far as the report's filter goes, in every status: what is deleted may have
// delivered.
func (e *entities) load(ctx context.Context, c *client, filter map[normalize.Level][]string) error {
	if e.level == normalize.LevelOrganization {
		return nil
	}
	path := "adAccounts/" + e.account.ID
	criteria := []string{"status", oneOf(groupStatuses...)}
	if ids := filter[normalize.LevelCampaign]; len(ids) > 0 {
		criteria = append(criteria, "id", oneOf(urns(urnCampaignGroup, ids)...))
	}
	err := everyPage(ctx, c, path+"/adCampaignGroups", identities("search", record(criteria...), "id", "name"), func(g *campaignGroup) {
		e.keep(normalize.LevelCampaign, urnCampaignGroup, entity{id: g.ID.String(), name: g.Name})
	})
	if err != nil || e.level == normalize.LevelCampaign {
		return err
	}
	criteria = []string{"status", oneOf(campaignStatuses...)}
	if ids := filter[normalize.LevelGroup]; len(ids) > 0 {
		criteria = append(criteria, "id", oneOf(urns(urnCampaign, ids)...))
	}
	if ids := filter[normalize.LevelCampaign]; len(ids) > 0 {
		criteria = append(criteria, "campaignGroup", oneOf(urns(urnCampaignGroup, ids)...))
	}
	var campaigns []string
	err = everyPage(ctx, c, path+"/adCampaigns", identities("search", record(criteria...), "id", "name", "campaignGroup"), func(w *campaign) {
		campaigns = append(campaigns, w.ID.String())
		e.keep(normalize.LevelGroup, urnCampaign, entity{id: w.ID.String(), name: w.Name, parent: tail(w.CampaignGroup)})
	})
	if err != nil || e.level == normalize.LevelGroup {
		return err
	}
	return e.loadCreatives(ctx, c, path, filter, campaigns)
}

func (e *entities) loadCreatives(ctx context.Context, c *client, path string, filter map[normalize.Level][]string, campaigns []string) error {
	b := new(query).text("q", "criteria")
	own := slices.Concat(filter[normalize.LevelAd], filter[normalize.LevelCreative])
	switch {
	case len(own) > 0:
		b.list("creatives", urns(urnCreative, own))
	case len(filter[normalize.LevelGroup]) > 0 || len(filter[normalize.LevelCampaign]) > 0:
		if len(campaigns) == 0 {
			return nil
		}
		b.list("campaigns", urns(urnCampaign, campaigns))
	}
	b.list("intendedStatuses", creativeStatuses)
	base := b.String()
	return everyPage(ctx, c, path+"/creatives", func(token string) string {
		q := new(query)
		q.b.WriteString(base)
		return q.page(maxCreatives, token).fields("id", "name", "campaign").String()
	}, func(w *creative) {
		e.keep(e.level, urnCreative, entity{id: tail(w.ID), name: w.Name, parent: tail(w.Campaign)})
	})
}

// keep records a listed object: of the report's own level, or of one above.
func (e *entities) keep(l normalize.Level, kind string, x entity) {
	if l == e.level {
		e.add(x)
		return
	}
	e.parents[kind+x.id] = x
}

// identities makes the query of a search for a few fields of everything.
func identities(finder, criteria string, fields ...string) func(token string) string {
	return func(token string) string {
		q := new(query).text("q", finder).add("search", criteria)
		return q.page(maxSearch, token).fields(fields...).String()
	}
}
