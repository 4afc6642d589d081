package google

import (
	"errors"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/wire"
)

// Wire structs are named as Google Ads names things. int64 is text on the wire, enums are their names, and what is not
// set is absent.

// whole is a whole number, sent as a text (int64) or a number (int32).
type whole struct {
	n  int64
	ok bool
}

func (w *whole) UnmarshalJSON(b []byte) error {
	*w = whole{}
	s := strings.Trim(string(b), `"`)
	if s == "" || s == "null" {
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return errors.New("not a whole number")
	}
	w.n, w.ok = n, true
	return nil
}

// ptr is nil when the number is absent.
func (w whole) ptr() *int64 {
	if !w.ok {
		return nil
	}
	return &w.n
}

// amounts of a bidding strategy, standard or portfolio: one of the members is set.
type bidding struct {
	MaximizeConversions struct {
		TargetCPA  wire.Amount `json:"targetCpaMicros"`
		CPCCeiling wire.Amount `json:"cpcBidCeilingMicros"`
	} `json:"maximizeConversions"`
	MaximizeConversionValue struct {
		TargetROAS wire.Number `json:"targetRoas"`
		CPCCeiling wire.Amount `json:"cpcBidCeilingMicros"`
	} `json:"maximizeConversionValue"`
	TargetCPA struct {
		TargetCPA  wire.Amount `json:"targetCpaMicros"`
		CPCCeiling wire.Amount `json:"cpcBidCeilingMicros"`
	} `json:"targetCpa"`
	TargetROAS struct {
		TargetROAS wire.Number `json:"targetRoas"`
		CPCCeiling wire.Amount `json:"cpcBidCeilingMicros"`
	} `json:"targetRoas"`
	TargetSpend struct {
		CPCCeiling wire.Amount `json:"cpcBidCeilingMicros"`
	} `json:"targetSpend"`
	TargetCPC struct {
		TargetCPC wire.Amount `json:"targetCpcMicros"`
	} `json:"targetCpc"`
}

type campaign struct {
	bidding
	ID                   wire.ID  `json:"id"`
	Name                 string   `json:"name"`
	Status               string   `json:"status"`
	PrimaryStatus        string   `json:"primaryStatus"`
	PrimaryStatusReasons []string `json:"primaryStatusReasons"`
	ChannelType          string   `json:"advertisingChannelType"`
	ChannelSubType       string   `json:"advertisingChannelSubType"`
	BiddingStrategyType  string   `json:"biddingStrategyType"`
	BiddingStrategy      string   `json:"biddingStrategy"` // of a portfolio
	PaymentMode          string   `json:"paymentMode"`
	StartDateTime        string   `json:"startDateTime"` // account's wall clock
	EndDateTime          string   `json:"endDateTime"`   // the last second, inclusive
	EUPolitical          string   `json:"containsEuPoliticalAdvertising"`
	Labels               []string `json:"labels"` // resource names

	NetworkSettings struct {
		GoogleSearch   *bool `json:"targetGoogleSearch"`
		SearchNetwork  *bool `json:"targetSearchNetwork"`
		ContentNetwork *bool `json:"targetContentNetwork"`
	} `json:"networkSettings"`
	GeoTargetTypeSetting struct {
		Positive string `json:"positiveGeoTargetType"`
	} `json:"geoTargetTypeSetting"`
	TargetingSetting   targetingSetting    `json:"targetingSetting"`
	FrequencyCaps      []frequencyCapEntry `json:"frequencyCaps"`
	AppCampaignSetting struct {
		AppID    string `json:"appId"`
		GoalType string `json:"biddingStrategyGoalType"`
	} `json:"appCampaignSetting"`
	ShoppingSetting struct {
		MerchantID wire.ID `json:"merchantId"`
	} `json:"shoppingSetting"`
}

type frequencyCapEntry struct {
	Key struct {
		Level      string `json:"level"`
		EventType  string `json:"eventType"`
		TimeUnit   string `json:"timeUnit"`
		TimeLength whole  `json:"timeLength"`
	} `json:"key"`
	Cap whole `json:"cap"`
}

type targetingSetting struct {
	TargetRestrictions []struct {
		Dimension string `json:"targetingDimension"`
		BidOnly   *bool  `json:"bidOnly"` // true: observation
	} `json:"targetRestrictions"`
}

type campaignBudget struct {
	ID             wire.ID     `json:"id"`
	AmountMicros   wire.Amount `json:"amountMicros"` // of a day
	TotalMicros    wire.Amount `json:"totalAmountMicros"`
	Period         string      `json:"period"`
	DeliveryMethod string      `json:"deliveryMethod"`
}

type campaignRow struct {
	Campaign       campaign       `json:"campaign"`
	CampaignBudget campaignBudget `json:"campaignBudget"`
}

type biddingStrategyRow struct {
	BiddingStrategy struct {
		bidding
		ResourceName string `json:"resourceName"`
	} `json:"biddingStrategy"`
}

type adGroup struct {
	ID                       wire.ID          `json:"id"`
	Name                     string           `json:"name"`
	Status                   string           `json:"status"`
	PrimaryStatus            string           `json:"primaryStatus"`
	PrimaryStatusReasons     []string         `json:"primaryStatusReasons"`
	Type                     string           `json:"type"`
	AdRotationMode           string           `json:"adRotationMode"`
	CPCBid                   wire.Amount      `json:"cpcBidMicros"`
	CPMBid                   wire.Amount      `json:"cpmBidMicros"`
	CPVBid                   wire.Amount      `json:"cpvBidMicros"`
	TargetCPA                wire.Amount      `json:"targetCpaMicros"`
	TargetCPC                wire.Amount      `json:"targetCpcMicros"`
	TargetCPM                wire.Amount      `json:"targetCpmMicros"`
	TargetCPV                wire.Amount      `json:"targetCpvMicros"`
	FixedCPM                 wire.Amount      `json:"fixedCpmMicros"`
	TargetROAS               wire.Number      `json:"targetRoas"`
	OptimizedTargetingEnable bool             `json:"optimizedTargetingEnabled"` // absent is false
	TargetingSetting         targetingSetting `json:"targetingSetting"`
}

type assetGroup struct {
	ID                   wire.ID  `json:"id"`
	Name                 string   `json:"name"`
	Status               string   `json:"status"`
	PrimaryStatus        string   `json:"primaryStatus"`
	PrimaryStatusReasons []string `json:"primaryStatusReasons"`
	FinalURLs            []string `json:"finalUrls"`
	Path1                string   `json:"path1"`
	Path2                string   `json:"path2"`
}

// groupRow is a row of ad_group or of asset_group, with its campaign.
type groupRow struct {
	AdGroup    adGroup    `json:"adGroup"`
	AssetGroup assetGroup `json:"assetGroup"`
	Campaign   campaign   `json:"campaign"`
}

type adGroupAd struct {
	Status               string   `json:"status"`
	PrimaryStatus        string   `json:"primaryStatus"`
	PrimaryStatusReasons []string `json:"primaryStatusReasons"`
	PolicySummary        struct {
		ApprovalStatus string `json:"approvalStatus"`
		ReviewStatus   string `json:"reviewStatus"`
	} `json:"policySummary"`
	Labels []string `json:"labels"`
	Ad     ad       `json:"ad"`
}

// adRow is a row of ad_group_ad or of asset_group.
type adRow struct {
	AdGroupAd  adGroupAd  `json:"adGroupAd"`
	AdGroup    adGroup    `json:"adGroup"`
	AssetGroup assetGroup `json:"assetGroup"`
	Campaign   campaign   `json:"campaign"`
}

type asset struct {
	ID           wire.ID `json:"id"`
	ResourceName string  `json:"resourceName"`
	Name         string  `json:"name"`
	Type         string  `json:"type"`
	ImageAsset   struct {
		FileSize whole  `json:"fileSize"`
		MimeType string `json:"mimeType"`
		FullSize struct {
			URL    string `json:"url"`
			Width  whole  `json:"widthPixels"`
			Height whole  `json:"heightPixels"`
		} `json:"fullSize"`
	} `json:"imageAsset"`
	TextAsset struct {
		Text string `json:"text"`
	} `json:"textAsset"`
	YoutubeVideoAsset struct {
		VideoID string `json:"youtubeVideoId"`
		Title   string `json:"youtubeVideoTitle"`
	} `json:"youtubeVideoAsset"`
	CallToActionAsset struct {
		CallToAction string `json:"callToAction"`
	} `json:"callToActionAsset"`
}

type assetRow struct {
	Asset asset `json:"asset"`
}

type assetGroupAssetRow struct {
	AssetGroup      assetGroup `json:"assetGroup"`
	AssetGroupAsset struct {
		FieldType string `json:"fieldType"`
		Status    string `json:"status"`
	} `json:"assetGroupAsset"`
	Asset asset `json:"asset"`
}

type labelRow struct {
	Label struct {
		ID   wire.ID `json:"id"`
		Name string  `json:"name"`
	} `json:"label"`
}
