package google

import (
	"context"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// creativeFields are what can be written of an ad's content. Responsive search ads are made and changed, responsive display
// ads changed; of all others the switch alone.
var creativeFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "group_id", Create: true, Required: true},
	{Name: "creative_type", Create: true},
	{Name: "status", Create: true, Update: true},
	{Name: "title", Create: true, Update: true}, {Name: "body", Create: true, Update: true},
	{Name: "texts.titles", Create: true, Update: true}, {Name: "texts.bodies", Create: true, Update: true},
	{Name: "link_url", Create: true, Update: true, Required: true},
	{Name: "path1", Create: true, Update: true, Clear: true}, {Name: "path2", Create: true, Update: true, Clear: true},
	{Name: "url_tags", Create: true, Update: true, Clear: true},
}

func writesCreatives(c *client, col providers.Collection[normalize.Creative]) providers.Collection[normalize.Creative] {
	w := creativeWrites{c, col}
	col.Fields, col.Find = creativeFields, w.find
	return writer[normalize.Creative]{
		client: c, what: "creative", get: col.Get, create: w.create, update: w.update, remove: removesAd[normalize.Creative](c), many: creativesOf(c).many(c),
	}.into(col)
}

type creativeWrites struct {
	*client
	all providers.Collection[normalize.Creative]
}

func (w creativeWrites) create(ctx context.Context, in providers.Write[normalize.Creative]) (intent[normalize.Creative], error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return intent[normalize.Creative]{}, err
	}
	made, err := w.newAd(ctx, a, &in.Object)
	if err != nil {
		return intent[normalize.Creative]{}, err
	}
	v := in.Object
	v.OrganizationID = a.ID
	if v.Status == "" {
		v.Status = normalize.StatusPaused
	}
	return intent[normalize.Creative]{a: a, ops: []operation{{kind: "adGroupAd", create: made}}, object: v}, nil
}

func (w creativeWrites) newAd(ctx context.Context, a account, o *normalize.Creative) (fields, error) {
	if o.CreativeType != "" && o.CreativeType != normalize.CreativeTypeAssetBased {
		return nil, fault(providers.Rejected, "creative_type", "creatives of type %s are not made here: ASSET_BASED is, in a search group", o.CreativeType)
	}
	if !digits(o.GroupID) {
		return nil, fault(providers.Rejected, "group_id", "Google Ads has no ad group %q", o.GroupID)
	}
	status, err := newStatus(o.Status)
	if err != nil {
		return nil, err
	}
	titles, bodies, err := variants(o)
	if err != nil {
		return nil, err
	}
	if err := searchTexts.check(titles, bodies, o.Path1, o.Path2); err != nil {
		return nil, err
	}
	if err := checkLink(o.LinkURL); err != nil {
		return nil, err
	}
	parent, err := w.above(ctx, a, "ad_group.id = "+o.GroupID, "ad_group")
	switch {
	case providers.KindOf(err) == providers.NotFound:
		return nil, fault(providers.Rejected, "group_id", "Google Ads has no ad group %s", o.GroupID)
	case err != nil:
		return nil, err
	case parent.Campaign.ChannelType != "SEARCH":
		return nil, fault(providers.Rejected, "group_id", "creatives are made in search groups only; this one is of a %s campaign", parent.Campaign.ChannelType)
	}
	content := fields{"headlines": pinned(titles, nil), "descriptions": pinned(bodies, nil)}
	for name, s := range map[string]string{"path1": o.Path1, "path2": o.Path2} {
		if s != "" {
			content[name] = s
		}
	}
	ad := fields{"finalUrls": []string{o.LinkURL}, "responsiveSearchAd": content}
	if o.URLTags != "" {
		ad["finalUrlSuffix"] = o.URLTags
	}
	return fields{"adGroup": resource(a, "adGroups", o.GroupID), "status": status, "ad": ad}, nil
}

// pin is a text with the place that it is held to.
type pin struct {
	Text  string `json:"text"`
	Place string `json:"pinnedField,omitempty"`
}

// pinned are texts as Google writes them; those that are there already stay where they are pinned.
func pinned(texts []string, there []pin) []pin {
	out := make([]pin, len(texts))
	for i, s := range texts {
		out[i].Text = s
		for _, p := range there {
			if p.Text == s {
				out[i] = p
			}
		}
	}
	return out
}
