package linkedin

import (
	"encoding/json"

	"github.com/admux/admux/providers/internal/wire"
)

// Wire structs are named as LinkedIn names things: a campaignGroup is our campaign, a campaign our group. Ids of
// accounts, groups and campaigns are JSON numbers past 2^53, those of creatives, posts and media are URNs.

// money is an amount in major units.
type money struct {
	Amount       wire.Amount `json:"amount"`
	CurrencyCode string      `json:"currencyCode"`
}

type auditStamps struct {
	Created      stamp `json:"created"`
	LastModified stamp `json:"lastModified"`
}

type stamp struct {
	Time wire.Millis `json:"time"`
}

type schedule struct {
	Start wire.Millis `json:"start"`
	End   wire.Millis `json:"end"` // exclusive
}

type adAccount struct {
	ID                wire.ID     `json:"id"`
	Name              string      `json:"name"`
	Currency          string      `json:"currency"`
	Status            string      `json:"status"`
	Reference         string      `json:"reference"`
	ChangeAuditStamps auditStamps `json:"changeAuditStamps"`
}

type campaignGroup struct {
	ID                 wire.ID  `json:"id"`
	Account            string   `json:"account"`
	Name               string   `json:"name"`
	Status             string   `json:"status"`
	Backfilled         bool     `json:"backfilled"` // made by LinkedIn, which lets nobody change it
	ServingStatuses    []string `json:"servingStatuses"`
	ObjectiveType      string   `json:"objectiveType"`
	DailyBudget        *money   `json:"dailyBudget"`
	TotalBudget        *money   `json:"totalBudget"`
	BudgetOptimization struct {
		Strategy string `json:"budgetOptimizationStrategy"`
	} `json:"budgetOptimization"`
	RunSchedule       schedule    `json:"runSchedule"`
	ChangeAuditStamps auditStamps `json:"changeAuditStamps"`
}

type campaign struct {
	ID                       wire.ID            `json:"id"`
	Account                  string             `json:"account"`
	CampaignGroup            string             `json:"campaignGroup"`
	Name                     string             `json:"name"`
	Type                     string             `json:"type"`
	Format                   string             `json:"format"`
	ConnectedTelevisionOnly  bool               `json:"connectedTelevisionOnly"`
	Status                   string             `json:"status"`
	ServingStatuses          []string           `json:"servingStatuses"`
	ObjectiveType            string             `json:"objectiveType"`
	OptimizationTargetType   string             `json:"optimizationTargetType"`
	CostType                 string             `json:"costType"`
	UnitCost                 *money             `json:"unitCost"`
	DailyBudget              *money             `json:"dailyBudget"`
	TotalBudget              *money             `json:"totalBudget"`
	PacingStrategy           string             `json:"pacingStrategy"`
	CreativeSelection        string             `json:"creativeSelection"`
	PoliticalIntent          string             `json:"politicalIntent"`
	AssociatedEntity         string             `json:"associatedEntity"`
	OffsiteDeliveryEnabled   *bool              `json:"offsiteDeliveryEnabled"`
	AudienceExpansionEnabled *bool              `json:"audienceExpansionEnabled"`
	Locale                   locale             `json:"locale"`
	OptimizationPreference   frequencyWrapper   `json:"optimizationPreference"`
	TargetingCriteria        *targetingCriteria `json:"targetingCriteria"`
	RunSchedule              schedule           `json:"runSchedule"`
	ChangeAuditStamps        auditStamps        `json:"changeAuditStamps"`
}

type locale struct {
	Country  string `json:"country"`
	Language string `json:"language"`
}

type frequencyWrapper struct {
	Frequency *frequencyPreference `json:"frequencyOptimizationPreference"`
}

type frequencyPreference struct {
	OptimizationType string `json:"optimizationType"`
	Frequency        int64  `json:"frequency"`
	TimeSpan         struct {
		Duration int64  `json:"duration"`
		Unit     string `json:"unit"`
	} `json:"timeSpan"`
}

// targetingCriteria is an AND of ORs over facets, and what is taken away. Values of a facet are ORed.
type targetingCriteria struct {
	Include struct {
		And []facetOr `json:"and"`
	} `json:"include"`
	Exclude facetOr `json:"exclude"`
}

type facetOr struct {
	Or map[string][]string `json:"or"`
}

type creative struct {
	ID                 string   `json:"id"`
	Account            string   `json:"account"`
	Campaign           string   `json:"campaign"`
	Name               string   `json:"name"`
	IntendedStatus     string   `json:"intendedStatus"`
	IsServing          bool     `json:"isServing"`
	ServingHoldReasons []string `json:"servingHoldReasons"`
	Review             struct {
		Status string `json:"status"`
	} `json:"review"`
	Content             creativeContent `json:"content"`
	LeadgenCallToAction struct {
		Destination string `json:"destination"`
		Label       string `json:"label"`
	} `json:"leadgenCallToAction"`
	CreatedAt      wire.Millis `json:"createdAt"`
	LastModifiedAt wire.Millis `json:"lastModifiedAt"`
}

// creativeContent is a union: one member is set.
type creativeContent struct {
	Reference string          `json:"reference"` // of a share, ugcPost or adInMailContent
	TextAd    *textAd         `json:"textAd"`
	Spotlight *spotlight      `json:"spotlight"`
	Follow    json.RawMessage `json:"follow"`
	Jobs      json.RawMessage `json:"jobs"`
	Document  json.RawMessage `json:"document"`
	EventAd   json.RawMessage `json:"eventAd"`
	VAST      json.RawMessage `json:"thirdPartyVastTagVideoAd"`
}

type textAd struct {
	Headline    string `json:"headline"`
	Description string `json:"description"`
	LandingPage string `json:"landingPage"`
	Image       string `json:"image"`
}

type spotlight struct {
	Headline     string `json:"headline"`
	Description  string `json:"description"`
	LandingPage  string `json:"landingPage"`
	CallToAction string `json:"callToAction"`
	Logo         string `json:"logo"`
}

type post struct {
	ID                       string           `json:"id"`
	Author                   string           `json:"author"`
	Commentary               string           `json:"commentary"`
	ContentLandingPage       string           `json:"contentLandingPage"`
	ContentCallToActionLabel string           `json:"contentCallToActionLabel"`
	AdContext                *json.RawMessage `json:"adContext"` // of dark posts only
	Content                  postContent      `json:"content"`
}

type postContent struct {
	Article *struct {
		Source    string `json:"source"`
		Title     string `json:"title"`
		Thumbnail string `json:"thumbnail"`
	} `json:"article"`
	Media    *postMedia `json:"media"`
	Carousel *struct {
		Cards []struct {
			Media       postMedia `json:"media"`
			LandingPage string    `json:"landingPage"`
		} `json:"cards"`
	} `json:"carousel"`
	MultiImage *struct {
		Images []postMedia `json:"images"`
	} `json:"multiImage"`
}

type postMedia struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// media is an image, a video or a document. downloadUrl is signed and runs out.
type media struct {
	ID           string `json:"id"`
	Status       string `json:"status"`
	DownloadURL  string `json:"downloadUrl"`
	MediaLibrary struct {
		AssociatedAccount string `json:"associatedAccount"`
		AssetName         string `json:"assetName"`
	} `json:"mediaLibraryMetadata"`
}

type targetingEntity struct {
	URN      string `json:"urn"`
	FacetURN string `json:"facetUrn"`
	Name     string `json:"name"`
}

type targetingFacet struct {
	FacetName              string   `json:"facetName"`
	AdTargetingFacetURN    string   `json:"adTargetingFacetUrn"`
	AvailableEntityFinders []string `json:"availableEntityFinders"`
}

// organizationACL: some samples call the organization organizationTarget.
type organizationACL struct {
	Organization       string `json:"organization"`
	OrganizationTarget string `json:"organizationTarget"`
	Role               string `json:"role"`
	State              string `json:"state"`
}

type organization struct {
	ID            wire.ID `json:"id"`
	LocalizedName string  `json:"localizedName"`
}

type conversion struct {
	ID                             wire.ID `json:"id"`
	Name                           string  `json:"name"`
	PostClickAttributionWindowSize int     `json:"postClickAttributionWindowSize"`
}

// named is a conversion, a lead form or an organization: what all three have of an identity.
type named struct {
	ID            wire.ID `json:"id"`
	RawName       any     `json:"name"` // an organization's is a map of locales
	LocalizedName string  `json:"localizedName"`
}

func (n *named) title() string {
	if s, ok := n.RawName.(string); ok {
		return s
	}
	return n.LocalizedName
}

// trailer is what follows the elements of a list, in either style of paging.
type trailer struct {
	Metadata struct {
		NextPageToken string `json:"nextPageToken"`
	} `json:"metadata"`
	Paging *struct {
		Start int    `json:"start"`
		Count int    `json:"count"`
		Total int    `json:"total"`
		Links []link `json:"links"`
	} `json:"paging"`
}

type link struct {
	Rel string `json:"rel"`
}

// batch is the answer to a BATCH_GET: its keys are encoded ids, and raw ones in some answers.
type batch struct {
	Results map[string]json.RawMessage `json:"results"`
	Errors  map[string]struct {
		Status  int    `json:"status"`
		Message string `json:"message"`
	} `json:"errors"`
}
