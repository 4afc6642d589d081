package meta

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/scan"
)

// maxObjects is how many objects are remembered between pages whose rows leave at once.
const maxObjects = 100_000

// objects are those that rows are of: each is named once, however many rows it has.
type objects struct {
	level   normalize.Level
	account normalize.Entity
	ids     *scan.Index
	list    []object

	creatives map[string]normalize.Entity // of ads, for level creative
	byID      map[string]int              // creatives in shown
	shown     []object
	unknown   int // ads whose creative cannot be read
}

// object is an object and those above it.
type object struct {
	campaign, group, ad, creative normalize.Entity

	shown int // the place of an ad's creative in shown, counted from 1; 0: not yet told
}

func newObjects(l normalize.Level, org normalize.Organization) *objects {
	o := &objects{level: l, account: normalize.Entity{ID: org.ID, Name: org.Name}, ids: scan.NewIndex(), byID: map[string]int{}}
	if l == normalize.LevelOrganization {
		o.list = []object{{}}
	}
	return o
}

// forget lets go of objects where they have become too many. No row may be waiting.
func (o *objects) forget() {
	if len(o.list) > maxObjects {
		o.ids.Reset()
		o.list = o.list[:0]
	}
}

// find is the place of the object that a row's texts name.
func (o *objects) find(t *[texts][]byte) (int, error) {
	own := textCampaignID
	switch o.level {
	case normalize.LevelOrganization:
		return 0, nil
	case normalize.LevelGroup:
		own = textGroupID
	case normalize.LevelAd, normalize.LevelCreative:
		own = textAdID
	}
	if i, known := o.ids.Find(t[own]); known {
		return int(i), nil
	}
	if len(t[own]) == 0 {
		return 0, fmt.Errorf("%w: it has no %s", errNotRow, textFields[own])
	}
	x := object{campaign: nameOf(t, textCampaignID)}
	if own >= textGroupID {
		x.group = nameOf(t, textGroupID)
	}
	if own >= textAdID {
		x.ad = nameOf(t, textAdID)
	}
	o.list = append(o.list, x)
	return int(o.ids.Add(string(t[own]))), nil
}

func nameOf(t *[texts][]byte, id int) normalize.Entity {
	return normalize.Entity{ID: string(t[id]), Name: string(t[id+1])}
}

// at is the object of a place that find or creative gave.
func (o *objects) at(i int) *object {
	if o.level == normalize.LevelCreative {
		return &o.shown[i]
	}
	return &o.list[i]
}

// into names a row's object and those above it.
func (o *objects) into(row *normalize.Row, i int) {
	x := o.at(i)
	row.Organization, row.Campaign, row.Group, row.Ad, row.Creative = o.account, x.campaign, x.group, x.ad, x.creative
}

// shownAd is the creative of an ad.
type shownAd struct {
	ID       string `json:"id"`
	Creative struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"creative"`
}

const (
	creativeFields = "id,creative{id,name}"
	adsPage        = 500
)

// load lists which creative each ad shows, for level creative: rows do not say. Deleted ads have delivered as well.
func (o *objects) load(ctx context.Context, r *run) error {
	if o.level != normalize.LevelCreative {
		return nil
	}
	o.creatives = map[string]normalize.Entity{}
	k := call{path: node(r.part.Org.ID) + "/ads", lane: lane{account: r.part.Org.ID}, params: url.Values{
		"fields": {creativeFields}, "filtering": {js(r.filters())},
	}}
	for w, err := range edge[shownAd](ctx, r.c, k, adsPage, r.noted) {
		if err != nil {
			return err
		}
		o.creatives[w.ID] = normalize.Entity{ID: w.Creative.ID, Name: w.Creative.Name}
	}
	return nil
}

// creative is the place of the creative that an ad shows. An ad that no list has is read by itself.
func (o *objects) creative(ctx context.Context, r *run, ad int) (int, error) {
	x := &o.list[ad]
	if x.shown > 0 {
		return x.shown - 1, nil
	}
	c, known := o.creatives[x.ad.ID]
	if !known {
		var w shownAd
		k := call{path: x.ad.ID, lane: lane{account: r.part.Org.ID}, params: url.Values{"fields": {creativeFields}}}
		if _, err := get(ctx, r.c, k, &w); err != nil && providers.KindOf(err) != providers.NotFound {
			return 0, err
		}
		c = normalize.Entity{ID: w.Creative.ID, Name: w.Creative.Name}
	}
	if c.ID == "" {
		o.unknown++
	}
	i, met := o.byID[c.ID]
	if !met {
		i = len(o.shown)
		o.byID[c.ID] = i
		o.shown = append(o.shown, object{campaign: x.campaign, group: x.group, creative: c})
	} else {
		o.shown[i].campaign = common(o.shown[i].campaign, x.campaign)
		o.shown[i].group = common(o.shown[i].group, x.group)
		o.shown[i].creative.Name = cmp.Or(o.shown[i].creative.Name, c.Name)
	}
	x.shown = i + 1
	return i, nil
}

// common is an object that is above both; none where a creative is shown by ads of several.
func common(a, b normalize.Entity) normalize.Entity {
	if a.ID != b.ID {
		return normalize.Entity{}
	}
	return a
}

// showing lists the ads that show one of the creatives; a filter of none would be one of all.
func (o *objects) showing(creatives []string) []string {
	out := []string{}
	for ad, c := range o.creatives {
		if slices.Contains(creatives, c.ID) {
			out = append(out, ad)
		}
	}
	slices.Sort(out)
	if len(out) == 0 {
		return []string{"0"}
	}
	return out
}
