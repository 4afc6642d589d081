package google

import (
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// maxGroupTexts are the texts of an asset group; the least of them are there from its birth.
var maxGroupTexts = textLimits{member: "assetGroup", titles: bounds{3, 15, 30}, longs: bounds{1, 5, 90}, bodies: bounds{2, 5, 90}, path: 15}

// maxAssetGroupName is the longest name of an asset group.
const maxAssetGroupName = 128

// newAssetGroup is the group, the ad and the creative of a Performance Max campaign in one: an asset group with all that it
// shows, which Google wants in one request.
func (w creativeWrites) newAssetGroup(ctx context.Context, a account, o *normalize.Creative) (intent[normalize.Creative], error) {
	none := intent[normalize.Creative]{}
	if err := checkAssetGroup(o); err != nil {
		return none, err
	}
	status, err := newStatus(o.Status)
	if err != nil {
		return none, err
	}
	t, err := variants(o)
	if err == nil {
		err = maxGroupTexts.check(t, o)
	}
	if err != nil {
		return none, err
	}
	parent, err := w.above(ctx, a, "campaign.id = "+o.CampaignID, "campaign")
	switch {
	case err != nil:
		return none, err
	case parent.Campaign.ChannelType != "PERFORMANCE_MAX":
		return none, fault(providers.Rejected, "group_id", "a creative of a %s campaign is made in a group: name it", parent.Campaign.ChannelType)
	case parent.Campaign.Status == "REMOVED":
		return none, removed(normalize.StatusArchived, "")
	}
	b := assetGroupBuilder{a: a, name: resource(a, "assetGroups", "-1")}
	b.texts("HEADLINE", t.titles...)
	b.texts("LONG_HEADLINE", t.longs...)
	b.texts("DESCRIPTION", t.bodies...)
	if err := w.dressAssetGroup(ctx, a, o, &b); err != nil {
		return none, err
	}
	group := fields{"resourceName": b.name, "name": o.Name, "campaign": resource(a, "campaigns", o.CampaignID), "finalUrls": []string{o.LinkURL}, "status": status}
	for name, s := range map[string]string{"path1": o.Path1, "path2": o.Path2} {
		if s != "" {
			group[name] = s
		}
	}
	ops := slices.Concat(b.assets, []operation{{kind: "assetGroup", create: group}}, b.links)
	return intent[normalize.Creative]{a: a, ops: ops, makes: len(b.assets), prefix: assetGroupPrefix, object: plannedCreative(a, *o)}, nil
}

// checkAssetGroup refuses what an asset group does not have.
func checkAssetGroup(o *normalize.Creative) error {
	switch {
	case !digits(o.CampaignID):
		return fault(providers.Rejected, "campaign_id", "Google Ads has no campaign %q", o.CampaignID)
	case o.CreativeType != "" && o.CreativeType != normalize.CreativeTypeAssetBased:
		return fault(providers.Rejected, "creative_type", "a creative of Performance Max is ASSET_BASED")
	case o.URLTags != "":
		return fault(providers.Rejected, "url_tags", "an asset group has none: its campaign has")
	}
	if err := checkLink(o.LinkURL); err != nil {
		return err
	}
	return textWithin("name", o.Name, maxAssetGroupName)
}

// dressAssetGroup links the images, the logos and who speaks.
func (w creativeWrites) dressAssetGroup(ctx context.Context, a account, o *normalize.Creative, b *assetGroupBuilder) error {
	content := fields{}
	p, err := w.dress(ctx, a, o, content)
	if err != nil {
		return err
	}
	wide, _ := content[wideSlot].([]assetRef)
	squares, _ := content[squareSlot].([]assetRef)
	if len(wide) == 0 || len(squares) == 0 || len(p.Logos) == 0 {
		return fault(providers.Rejected, "data", "an asset group needs an image of 1.91:1, one of 1:1 and a logo in data")
	}
	logos, err := w.logosOf(ctx, a, p.Logos)
	if err != nil {
		return err
	}
	b.texts("BUSINESS_NAME", p.Business)
	b.link("MARKETING_IMAGE", wide)
	b.link("SQUARE_MARKETING_IMAGE", squares)
	b.link("LOGO", logos)
	return nil
}

// assetGroupBuilder collects the assets that an asset group is made with, and the links to them. A text is made once,
// whatever it is used for.
type assetGroupBuilder struct {
	a             account
	name          string // of the group
	assets, links []operation
	made          map[string]assetRef
}

func (b *assetGroupBuilder) texts(slot string, list ...string) {
	for _, s := range list {
		ref, ok := b.made[s]
		if !ok {
			ref = assetRef{resource(b.a, "assets", "-"+itoa(int64(len(b.assets)+2)))}
			if b.made == nil {
				b.made = map[string]assetRef{}
			}
			b.made[s] = ref
			b.assets = append(b.assets, operation{kind: "asset", create: fields{"resourceName": ref.Asset, "textAsset": fields{"text": s}}})
		}
		b.link(slot, []assetRef{ref})
	}
}

func (b *assetGroupBuilder) link(slot string, list []assetRef) {
	for _, ref := range list {
		b.links = append(b.links, operation{kind: "assetGroupAsset", create: fields{"assetGroup": b.name, "asset": ref.Asset, "fieldType": slot}})
	}
}
