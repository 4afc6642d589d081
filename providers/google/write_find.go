package google

import (
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// find looks for what a lost create has made. Google tells no time of creation, but no two campaigns that are not removed
// have one name: at most one can be there, and one that differs in what was asked is another. If somebody has changed ours
// since, it is not found, and a second create is refused for its name.
func (w campaignWrites) find(ctx context.Context, in providers.Write[normalize.Campaign], _ providers.Try) ([]normalize.Campaign, error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil || !nameable(in.Object.Name) {
		return nil, err
	}
	items, err := w.campaignsWhere(ctx, a, providers.ListQuery{Org: a.ID, Size: maxPage}, gaql{
		where: []string{"campaign.name = " + gaqlString(in.Object.Name), "campaign.status != 'REMOVED'"},
	})
	is := w.planned(a, in)
	return slices.DeleteFunc(items, func(x normalize.Campaign) bool {
		return x.Name != is.Name || x.Status != is.Status || x.AdvertisingChannelType != is.AdvertisingChannelType ||
			is.BudgetAmount != nil && !equal(x.BudgetAmount, is.BudgetAmount) || !equal(x.HasEUPoliticalAds, is.HasEUPoliticalAds)
	}), err
}

// find looks for what a lost create has made: no two ad groups of a campaign that are not removed have one name. See the
// campaigns' for what is certain.
func (w groupWrites) find(ctx context.Context, in providers.Write[normalize.Group], _ providers.Try) ([]normalize.Group, error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil || !nameable(in.Object.Name) || !digits(in.Object.CampaignID) {
		return nil, err
	}
	items, err := w.adGroupsWhere(ctx, a, providers.ListQuery{Org: a.ID, Size: maxGroups}, gaql{where: []string{
		"ad_group.name = " + gaqlString(in.Object.Name), "ad_group.status != 'REMOVED'", "campaign.id = " + in.Object.CampaignID,
	}})
	is := w.planned(a, in)
	return slices.DeleteFunc(items, func(x normalize.Group) bool { return x.Name != is.Name || x.Status != is.Status }), err
}

// find is the ad of the creative: a create makes no other.
func (w adWrites) find(ctx context.Context, in providers.Write[normalize.Ad], _ providers.Try) ([]normalize.Ad, error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return nil, err
	}
	ad, err := w.same(ctx, a, &in.Object)
	if err != nil || in.Object.Status != "" && ad.Status != in.Object.Status {
		return nil, err
	}
	return []normalize.Ad{ad}, nil
}

// find looks for assets of the same type and name, or text, or video: Google makes no second one of the same content.
func (w assetWrites) find(ctx context.Context, in providers.Write[normalize.Asset], _ providers.Try) ([]normalize.Asset, error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return nil, err
	}
	made, err := newAsset(&in.Object)
	if err != nil {
		return nil, err
	}
	field, value := "asset.name", in.Object.Name
	switch in.Object.Type {
	case normalize.AssetTypeText:
		field, value = "asset.text_asset.text", made["textAsset"].(fields)["text"].(string)
	case normalize.AssetTypeYoutubeVideo:
		field, value = "asset.youtube_video_asset.youtube_video_id", made["youtubeVideoAsset"].(fields)["youtubeVideoId"].(string)
	}
	if !nameable(value) {
		return nil, fault(providers.Unsupported, "content", "a text with line breaks cannot be looked for")
	}
	return w.assetsWhere(ctx, a, providers.ListQuery{Org: a.ID, Size: maxPage}, gaql{where: []string{
		field + " = " + gaqlString(value), "asset.type = " + gaqlString(string(in.Object.Type)),
	}})
}

// find looks for what a lost create may have made: ads of the group that show the same. Ads have no names and Google tells
// no time of creation: an older one of the same content cannot be told apart. An asset group is known by its name.
func (w creativeWrites) find(ctx context.Context, in providers.Write[normalize.Creative], _ providers.Try) ([]normalize.Creative, error) {
	o := &in.Object
	a, err := w.writeOrg(ctx, in.Org, o.OrganizationID)
	q := providers.ListQuery{Org: a.ID, Group: o.GroupID, Campaign: o.CampaignID, Size: w.all.MaxPage}
	if err != nil || !digits(q.Group) && (q.Group != "" || !digits(q.Campaign)) {
		return nil, err
	}
	is, err := variants(o)
	if err != nil {
		return nil, err
	}
	var out []normalize.Creative
	for x, err := range w.all.All(ctx, q) {
		if err != nil {
			return nil, err
		}
		_, _, asset, _ := parseAd(x.ID)
		t, _ := variants(&x)
		switch {
		case x.Status == normalize.StatusArchived, x.Name != o.Name, x.LinkURL != o.LinkURL, asset != (q.Group == ""):
		case asset || t.equal(is) && x.URLTags == o.URLTags: // the texts of an asset group are in no order
			out = append(out, x)
		}
	}
	return out, nil
}
