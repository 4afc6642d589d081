package google

import (
	"context"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// creativeFields are what can be written of an ad's content. Responsive ads of search and display are made and changed,
// image ads and those of Demand Gen are made; of all others the switch alone.
var creativeFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "group_id", Create: true}, {Name: "campaign_id", Create: true}, // of Performance Max, whose asset group comes with it
	{Name: "creative_type", Create: true},
	{Name: "name", Create: true}, // of an image ad, or one of Demand Gen
	{Name: "status", Create: true, Update: true},
	{Name: "title", Create: true, Update: true}, {Name: "body", Create: true, Update: true},
	{Name: "texts.titles", Create: true, Update: true}, {Name: "texts.long_headlines", Create: true, Update: true}, {Name: "texts.bodies", Create: true, Update: true},
	{Name: "link_url", Create: true, Update: true, Required: true},
	{Name: "path1", Create: true, Update: true, Clear: true}, {Name: "path2", Create: true, Update: true, Clear: true},
	{Name: "url_tags", Create: true, Update: true, Clear: true},
	{Name: "cta", Create: true, Update: true, Clear: true},
	{Name: "data", Create: true}, // images and the name of the business
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
	if in.Object.GroupID == "" && in.Object.CampaignID != "" {
		return w.newAssetGroup(ctx, a, &in.Object)
	}
	made, err := w.newAd(ctx, a, &in.Object)
	if err != nil {
		return intent[normalize.Creative]{}, err
	}
	return intent[normalize.Creative]{a: a, ops: []operation{{kind: "adGroupAd", create: made}}, object: plannedCreative(a, in.Object)}, nil
}

// plannedCreative is the creative that a dry run would make.
func plannedCreative(a account, o normalize.Creative) normalize.Creative {
	o.OrganizationID = a.ID
	if o.Status == "" {
		o.Status = normalize.StatusPaused
	}
	return o
}

// newAd is the message of an ad in its group. What can be made is decided by the group's kind of campaign.
func (w creativeWrites) newAd(ctx context.Context, a account, o *normalize.Creative) (fields, error) {
	if !digits(o.GroupID) {
		return nil, fault(providers.Rejected, "group_id", "a creative is made in an ad group, or in a campaign of Performance Max: Google Ads has no ad group %q", o.GroupID)
	}
	status, err := newStatus(o.Status)
	if err != nil {
		return nil, err
	}
	if err := checkLink(o.LinkURL); err != nil {
		return nil, err
	}
	parent, err := w.above(ctx, a, "ad_group.id = "+o.GroupID, "ad_group")
	if providers.KindOf(err) == providers.NotFound {
		err = fault(providers.Rejected, "group_id", "Google Ads has no ad group %s", o.GroupID)
	}
	if err != nil {
		return nil, err
	}
	if id := parent.Campaign.ID.String(); o.CampaignID != "" && o.CampaignID != id {
		return nil, fault(providers.Rejected, "campaign_id", "the group is in campaign %s", id)
	}
	limits, err := limitsFor(parent.Campaign.ChannelType, o)
	if err != nil {
		return nil, err
	}
	content, err := w.newContent(ctx, a, limits, o)
	if err != nil {
		return nil, err
	}
	ad := fields{"finalUrls": []string{o.LinkURL}, limits.member: content}
	if o.URLTags != "" {
		ad["finalUrlSuffix"] = o.URLTags
	}
	if o.Name != "" {
		ad["name"] = o.Name
	}
	return fields{"adGroup": resource(a, "adGroups", o.GroupID), "status": status, "ad": ad}, nil
}

// limitsFor tells which kind of ad a creative of a campaign is.
func limitsFor(channelType string, o *normalize.Creative) (*textLimits, error) {
	limits, ok := map[string]*textLimits{"SEARCH": &searchTexts, "DISPLAY": &displayTexts, "DEMAND_GEN": &feedTexts}[channelType]
	switch kind := o.CreativeType; {
	case !ok:
		return nil, fault(providers.Rejected, "group_id", "creatives are made in groups of search, display and Demand Gen campaigns; this one is of a %s campaign", channelType)
	case kind == normalize.CreativeTypeImage && channelType == "DISPLAY":
		return &imageTexts, nil
	case kind != "" && kind != normalize.CreativeTypeAssetBased:
		return nil, fault(providers.Rejected, "creative_type", "creatives of type %s are not made in a %s campaign", kind, channelType)
	case o.Name != "" && channelType != "DEMAND_GEN":
		return nil, fault(providers.Rejected, "name", "a responsive ad of Google Ads has no name")
	}
	return limits, nil
}

// newContent is what an ad shows.
func (w creativeWrites) newContent(ctx context.Context, a account, limits *textLimits, o *normalize.Creative) (fields, error) {
	t, err := variants(o)
	if err != nil {
		return nil, err
	}
	if err := limits.check(t, o); err != nil {
		return nil, err
	}
	if limits.member == imageTexts.member {
		return w.imageContent(ctx, a, o)
	}
	content := fields{"headlines": pinned(t.titles, nil), "descriptions": pinned(t.bodies, nil)}
	switch limits.member {
	case displayTexts.member:
		content["longHeadline"] = pin{Text: t.longs[0]}
		return content, w.dressDisplay(ctx, a, o, content)
	case feedTexts.member:
		return content, w.dressFeed(ctx, a, o, content)
	}
	if o.Data != "" {
		return nil, fault(providers.Rejected, "data", "a responsive search ad is of texts alone, which texts has")
	}
	for name, s := range map[string]string{"path1": o.Path1, "path2": o.Path2} {
		if s != "" {
			content[name] = s
		}
	}
	return content, nil
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
