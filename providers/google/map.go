package google

import (
	"encoding/json"
	"time"

	"github.com/admux/admux/normalize"
)

// organizationOf makes our organization of an account; names are the managers'.
func organizationOf(a account, names map[string]string, raw bool) normalize.Organization {
	out := normalize.Organization{
		ID: a.ID, Name: a.Name, Currency: a.Currency, Timezone: a.Zone, Status: readCustomerStatus(a.Status), ParentID: a.Login,
		Raw: kept(raw, a.raw),
	}
	if a.Login != "" {
		out.Managers = []normalize.Manager{{ID: a.Login, Name: names[a.Login]}}
	}
	return out
}

// campaignOf makes our campaign of a campaign and its budget. Targeting and labels are the caller's to add.
func campaignOf(r *campaignRow, a account, loc *time.Location, raw json.RawMessage) normalize.Campaign {
	c := &r.Campaign
	out := normalize.Campaign{
		ID: c.ID.String(), OrganizationID: a.ID, Name: c.Name, Currency: a.Currency,
		Status: readStatus(c.Status), EffectiveStatus: effectiveStatus(c.Status, c.PrimaryStatus, c.PrimaryStatusReasons),
		AdvertisingChannelType: campaignChannel(c.ChannelType, c.ChannelSubType), Goal: readGoal(c.ChannelType), KPI: targetKPI(c),
		CampaignBudgetIdentifier: r.CampaignBudget.ID.String(),
		StartAt:                  startAt(c.StartDateTime, loc), EndAt: endAt(c.EndDateTime, loc),
		FrequencyCap: readFrequency(c.FrequencyCaps), HasEUPoliticalAds: readPolitical(c.EUPolitical), Raw: raw,
	}
	out.BudgetAmount, out.BudgetPeriod, out.BudgetUnit = readBudget(&r.CampaignBudget)
	out.BidStrategy, out.BidAmount = campaignBid(c)
	return out
}

// groupOf makes our group of an ad group. Its campaign's budget is spread over its ad groups by Google.
func groupOf(r *groupRow, a account, raw json.RawMessage) normalize.Group {
	g, c := &r.AdGroup, &r.Campaign
	out := normalize.Group{
		ID: g.ID.String(), OrganizationID: a.ID, CampaignID: c.ID.String(), Name: g.Name, Currency: a.Currency,
		Status: readStatus(g.Status), EffectiveStatus: effectiveStatus(g.Status, g.PrimaryStatus, g.PrimaryStatusReasons, r.Campaign.Status),
		Type:             groupChannel(g.Type, campaignChannel(c.ChannelType, c.ChannelSubType)),
		OptimizationGoal: optimizationGoal(c.BiddingStrategyType, c.AppCampaignSetting.GoalType),
		BillingEvent:     billingEvent(c.BiddingStrategyType, c.ChannelType, c.PaymentMode),

		BudgetAllocationType: normalize.BudgetAllocationTypeAutomatic, Promoted: promotedBy(c), Raw: raw,
	}
	switch g.AdRotationMode {
	case "OPTIMIZE":
		out.CreativeSelection = normalize.CreativeSelectionOptimized
	case "ROTATE_FOREVER":
		out.CreativeSelection = normalize.CreativeSelectionRoundRobin
	}
	out.BidStrategy, out.BidAmount = groupBid(c, g)
	return out
}

// groupOfAssets makes our group of an asset group, the only kind that a Performance Max campaign has.
func groupOfAssets(r *groupRow, a account, raw json.RawMessage) normalize.Group {
	g, c := &r.AssetGroup, &r.Campaign
	id := assetGroupID(g.ID.String())
	out := normalize.Group{
		ID: id, OrganizationID: a.ID, CampaignID: c.ID.String(), Name: g.Name, Currency: a.Currency, CreativeIDs: []string{id},
		Status: readStatus(g.Status), EffectiveStatus: effectiveStatus(g.Status, g.PrimaryStatus, g.PrimaryStatusReasons, r.Campaign.Status),
		Type:             normalize.ChannelPerformanceMax,
		OptimizationGoal: optimizationGoal(c.BiddingStrategyType, c.AppCampaignSetting.GoalType),
		BillingEvent:     billingEvent(c.BiddingStrategyType, c.ChannelType, c.PaymentMode),

		BudgetAllocationType: normalize.BudgetAllocationTypeAutomatic, Promoted: promotedBy(c), Raw: raw,
	}
	out.BidStrategy, out.BidAmount = groupBid(c, &adGroup{})
	return out
}

// promotedBy is what a campaign fixes for all of its groups: an app, or the products of a merchant.
func promotedBy(c *campaign) []normalize.Promoted {
	var out []normalize.Promoted
	if id := c.AppCampaignSetting.AppID; id != "" {
		out = append(out, normalize.Promoted{ID: id, Type: normalize.PromotedTypeAppID})
	}
	if id := c.ShoppingSetting.MerchantID.String(); id != "" && id != "0" {
		out = append(out, normalize.Promoted{ID: id, Type: normalize.PromotedTypeCatalogID})
	}
	return out
}

// assetTypes are the kinds of assets that have a type of ours; others are not listed.
var assetTypes = map[string]normalize.AssetType{
	"IMAGE": normalize.AssetTypeImage, "YOUTUBE_VIDEO": normalize.AssetTypeYoutubeVideo,
	"TEXT": normalize.AssetTypeText, "MEDIA_BUNDLE": normalize.AssetTypeMediaBundle,
}

// assetOf makes our asset. Many have no name of their own: a text is known by itself, a video by its title.
func assetOf(x *asset, a account, raw json.RawMessage) normalize.Asset {
	out := normalize.Asset{ID: x.ID.String(), OrganizationID: a.ID, Name: x.Name, Type: assetTypes[x.Type], URL: assetURL(x), Raw: raw}
	image := &x.ImageAsset
	out.FileSize, out.Width, out.Height = image.FileSize.ptr(), image.FullSize.Width.ptr(), image.FullSize.Height.ptr()
	out.MimeType = mimeTypes[image.MimeType]
	for _, name := range []string{x.TextAsset.Text, x.YoutubeVideoAsset.Title} {
		if out.Name == "" {
			out.Name = name
		}
	}
	return out
}

func assetURL(x *asset) string {
	if id := x.YoutubeVideoAsset.VideoID; id != "" {
		return "https://www.youtube.com/watch?v=" + id
	}
	return x.ImageAsset.FullSize.URL
}

// mimeTypes are the media types of the enumeration's names.
var mimeTypes = map[string]string{
	"IMAGE_JPEG": "image/jpeg", "IMAGE_GIF": "image/gif", "IMAGE_PNG": "image/png", "FLASH": "application/x-shockwave-flash",
	"TEXT_HTML": "text/html", "PDF": "application/pdf", "MSWORD": "application/msword", "MSEXCEL": "application/vnd.ms-excel", "RTF": "application/rtf",
	"AUDIO_WAV": "audio/wav", "AUDIO_MP3": "audio/mpeg", "HTML5_AD_ZIP": "application/zip",
}
