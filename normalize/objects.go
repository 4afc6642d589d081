package normalize

import (
	"encoding/json"
	"time"
)

// Organization is an ad account: the customer, advertiser or profile that pays.
type Organization struct {
	ID            string          `json:"id,omitempty"` // the ad account
	AccountNumber string          `json:"account_number,omitempty"`
	CreatedAt     *time.Time      `json:"created_at,omitempty"`
	Currency      string          `json:"currency,omitempty"` // ISO 4217
	Managers      []Manager       `json:"managers,omitempty"`
	Name          string          `json:"name,omitempty"`
	ParentID      string          `json:"parent_id,omitempty"`
	Status        Status          `json:"status,omitempty"`
	Timezone      string          `json:"timezone,omitempty"` // IANA; days of reports are days of this zone
	UpdatedAt     *time.Time      `json:"updated_at,omitempty"`
	Raw           json.RawMessage `json:"raw,omitempty"` // the platform's own object, untouched; only when asked for
}

// Manager is a person or business that manages an account.
type Manager struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Campaign is the level that budgets and objectives are planned on.
type Campaign struct {
	ID                       string          `json:"id,omitempty"`
	AdvertisingChannelType   Channel         `json:"advertising_channel_type,omitempty"`
	BudgetAmount             *Decimal        `json:"budget_amount,omitempty"` // major units of Currency, exact
	BudgetPeriod             BudgetPeriod    `json:"budget_period,omitempty"`
	BudgetUnit               BudgetUnit      `json:"budget_unit,omitempty"`
	CampaignBudgetIdentifier string          `json:"campaign_budget_identifier,omitempty"`
	Category                 string          `json:"category,omitempty"`
	CreatedAt                *time.Time      `json:"created_at,omitempty"`
	Currency                 string          `json:"currency,omitempty"` // ISO 4217
	EffectiveStatus          EffectiveStatus `json:"effective_status,omitempty"`
	EndAt                    *time.Time      `json:"end_at,omitempty"` // exclusive
	FrequencyCap             *FrequencyCap   `json:"frequency_cap,omitempty"`
	Goal                     Goal            `json:"goal,omitempty"`
	HasEUPoliticalAds        *bool           `json:"has_eu_political_ads,omitempty"` // null: not declared
	KPI                      *GoalKPI        `json:"kpi,omitempty"`
	Labels                   []string        `json:"labels,omitempty"`
	Name                     string          `json:"name,omitempty"`
	OrganizationID           string          `json:"organization_id,omitempty"`      // the ad account
	PlannedSpendAmount       *Decimal        `json:"planned_spend_amount,omitempty"` // major units
	StartAt                  *time.Time      `json:"start_at,omitempty"`             // inclusive
	Status                   Status          `json:"status,omitempty"`
	Targeting                *Targeting      `json:"targeting,omitempty"`
	TotalSpendAmount         *Decimal        `json:"total_spend_amount,omitempty"` // major units
	UpdatedAt                *time.Time      `json:"updated_at,omitempty"`
	BidStrategy              *BidStrategy    `json:"bid_strategy,omitempty"` // where the platform bids on the campaign (ours)
	BidAmount                *Decimal        `json:"bid_amount,omitempty"`   // major units of Currency (ours)
	Raw                      json.RawMessage `json:"raw,omitempty"`          // the platform's own object, untouched; only when asked for
}

// Group is an ad set, ad group or line item: targeting, bid and schedule live here.
type Group struct {
	ID                   string               `json:"id,omitempty"`
	BidAmount            *Decimal             `json:"bid_amount,omitempty"` // major units of Currency, exact
	BidStrategy          *BidStrategy         `json:"bid_strategy,omitempty"`
	BillingEvent         BillingEvent         `json:"billing_event,omitempty"`
	BudgetAllocationType BudgetAllocationType `json:"budget_allocation_type,omitempty"`
	BudgetAmount         *Decimal             `json:"budget_amount,omitempty"`     // major units of Currency, exact
	BudgetMaxAmount      *Decimal             `json:"budget_max_amount,omitempty"` // major units: the lifetime cap beside a daily budget
	BudgetPeriod         BudgetPeriod         `json:"budget_period,omitempty"`
	BudgetUnit           BudgetUnit           `json:"budget_unit,omitempty"`
	CampaignID           string               `json:"campaign_id,omitempty"`
	CreatedAt            *time.Time           `json:"created_at,omitempty"`
	CreativeIDs          []string             `json:"creative_ids,omitempty"`
	CreativeSelection    CreativeSelection    `json:"creative_selection,omitempty"`
	Currency             string               `json:"currency,omitempty"` // ISO 4217
	EffectiveStatus      EffectiveStatus      `json:"effective_status,omitempty"`
	EndAt                *time.Time           `json:"end_at,omitempty"` // exclusive
	FrequencyCap         *FrequencyCap        `json:"frequency_cap,omitempty"`
	HasEUPoliticalAds    *bool                `json:"has_eu_political_ads,omitempty"` // null: not declared
	InsertionorderID     string               `json:"insertionorder_id,omitempty"`
	LanguageLocale       string               `json:"language_locale,omitempty"` // BCP 47
	Name                 string               `json:"name,omitempty"`
	OptimizationGoal     OptimizationGoal     `json:"optimization_goal,omitempty"`
	OrganizationID       string               `json:"organization_id,omitempty"` // the ad account
	Pacing               *Pacing              `json:"pacing,omitempty"`
	ParentID             string               `json:"parent_id,omitempty"`
	Promoted             []Promoted           `json:"promoted,omitempty"`
	StartAt              *time.Time           `json:"start_at,omitempty"` // inclusive
	Status               Status               `json:"status,omitempty"`
	Targeting            *Targeting           `json:"targeting,omitempty"`
	Type                 Channel              `json:"type,omitempty"`
	UpdatedAt            *time.Time           `json:"updated_at,omitempty"`
	Raw                  json.RawMessage      `json:"raw,omitempty"` // the platform's own object, untouched; only when asked for
}

// Ad is what is delivered.
type Ad struct {
	ID               string          `json:"id,omitempty"`
	AdCopy           string          `json:"ad_copy,omitempty"`
	AdType           Channel         `json:"ad_type,omitempty"`
	AdvertiserName   string          `json:"advertiser_name,omitempty"`
	CampaignID       string          `json:"campaign_id,omitempty"`
	CreatedAt        *time.Time      `json:"created_at,omitempty"`
	CreativeAssetURL string          `json:"creative_asset_url,omitempty"`
	CreativeIDs      []string        `json:"creative_ids,omitempty"`
	CTA              string          `json:"cta,omitempty"`
	Description      string          `json:"description,omitempty"`
	DisplayURL       string          `json:"display_url,omitempty"`
	FinalURL         string          `json:"final_url,omitempty"`
	GroupID          string          `json:"group_id,omitempty"`
	Headline         string          `json:"headline,omitempty"`
	LogoCreativeID   string          `json:"logo_creative_id,omitempty"`
	Name             string          `json:"name,omitempty"`
	OrganizationID   string          `json:"organization_id,omitempty"` // the ad account
	Path1            string          `json:"path1,omitempty"`
	Path2            string          `json:"path2,omitempty"`
	Promoted         []Promoted      `json:"promoted,omitempty"`
	Status           Status          `json:"status,omitempty"`
	UpdatedAt        *time.Time      `json:"updated_at,omitempty"`
	EffectiveStatus  EffectiveStatus `json:"effective_status,omitempty"` // what happens to the ad, where Status is what was asked (ours)
	Raw              json.RawMessage `json:"raw,omitempty"`              // the platform's own object, untouched; only when asked for
}

// Creative is what is shown.
type Creative struct {
	ID                         string          `json:"id,omitempty"`
	AssetURLs                  []string        `json:"asset_urls,omitempty"`
	Body                       string          `json:"body,omitempty"`
	CampaignID                 string          `json:"campaign_id,omitempty"`
	CreatedAt                  *time.Time      `json:"created_at,omitempty"`
	CreativeType               CreativeType    `json:"creative_type,omitempty"`
	CTA                        string          `json:"cta,omitempty"`
	Data                       string          `json:"data,omitempty"`
	ExternalAdReference        string          `json:"external_ad_reference,omitempty"`
	ExternalCreativeReference  string          `json:"external_creative_reference,omitempty"`
	ExternalPlacementReference string          `json:"external_placement_reference,omitempty"`
	GroupID                    string          `json:"group_id,omitempty"`
	Height                     *int64          `json:"height,omitempty"` // pixels
	HostingSource              HostingSource   `json:"hosting_source,omitempty"`
	ItemID                     string          `json:"item_id,omitempty"`
	Labels                     []string        `json:"labels,omitempty"`
	LinkURL                    string          `json:"link_url,omitempty"`
	Name                       string          `json:"name,omitempty"`
	OrganizationID             string          `json:"organization_id,omitempty"` // the ad account
	Path1                      string          `json:"path1,omitempty"`
	Path2                      string          `json:"path2,omitempty"`
	Promoted                   []Promoted      `json:"promoted,omitempty"`
	Status                     Status          `json:"status,omitempty"`
	ThirdPartyTag              string          `json:"third_party_tag,omitempty"`
	Title                      string          `json:"title,omitempty"`
	UpdatedAt                  *time.Time      `json:"updated_at,omitempty"`
	URLTags                    string          `json:"url_tags,omitempty"`
	VASTTagURL                 string          `json:"vast_tag_url,omitempty"`
	Width                      *int64          `json:"width,omitempty"`    // pixels
	Texts                      *CreativeTexts  `json:"texts,omitempty"`    // every variant, where the platform mixes them (ours)
	Identity                   string          `json:"identity,omitempty"` // who the ad speaks as: the page or profile id (ours)
	Raw                        json.RawMessage `json:"raw,omitempty"`      // the platform's own object, untouched; only when asked for
}

// CreativeTexts lists every text that a platform may combine (ours).
type CreativeTexts struct {
	Titles        []string `json:"titles,omitempty"`
	LongHeadlines []string `json:"long_headlines,omitempty"`
	Bodies        []string `json:"bodies,omitempty"`
	Descriptions  []string `json:"descriptions,omitempty"`
}

// Asset is an image, a video or a text of the account's library.
type Asset struct {
	ID             string          `json:"id,omitempty"`
	Content        string          `json:"content,omitempty"` // base64, on upload only
	CreatedAt      *time.Time      `json:"created_at,omitempty"`
	FileSize       *int64          `json:"file_size,omitempty"` // bytes
	Height         *int64          `json:"height,omitempty"`    // pixels
	MimeType       string          `json:"mime_type,omitempty"`
	Name           string          `json:"name,omitempty"`
	OrganizationID string          `json:"organization_id,omitempty"` // the ad account
	Type           AssetType       `json:"type,omitempty"`
	UpdatedAt      *time.Time      `json:"updated_at,omitempty"`
	URL            string          `json:"url,omitempty"`
	Width          *int64          `json:"width,omitempty"` // pixels
	Raw            json.RawMessage `json:"raw,omitempty"`   // the platform's own object, untouched; only when asked for
}

// Target is something that can be targeted: a place, an interest, an audience.
type Target struct {
	ID               string          `json:"id,omitempty"`
	AudienceCountMax *int64          `json:"audience_count_max,omitempty"`
	AudienceCountMin *int64          `json:"audience_count_min,omitempty"`
	IsActive         *bool           `json:"is_active,omitempty"`
	Name             string          `json:"name,omitempty"`
	ParentID         string          `json:"parent_id,omitempty"`
	Type             TargetType      `json:"type,omitempty"`
	Raw              json.RawMessage `json:"raw,omitempty"` // the platform's own object, untouched; only when asked for
}

// Promoted is what an ad promotes: a page, a form, a conversion.
type Promoted struct {
	ID   string          `json:"id,omitempty"`
	Name string          `json:"name,omitempty"`
	Type PromotedType    `json:"type,omitempty"`
	Raw  json.RawMessage `json:"raw,omitempty"` // the platform's own object, untouched; only when asked for
}

// InsertionOrder is a block of budget above groups; none of the six platforms has it.
type InsertionOrder struct {
	ID             string          `json:"id,omitempty"`
	BidStrategy    *BidStrategy    `json:"bid_strategy,omitempty"`
	BudgetSegments []BudgetSegment `json:"budget_segments,omitempty"`
	BudgetUnit     BudgetUnit      `json:"budget_unit,omitempty"`
	CampaignID     string          `json:"campaign_id,omitempty"`
	CreatedAt      *time.Time      `json:"created_at,omitempty"`
	FrequencyCap   *FrequencyCap   `json:"frequency_cap,omitempty"`
	KPI            *GoalKPI        `json:"kpi,omitempty"`
	Name           string          `json:"name,omitempty"`
	OrganizationID string          `json:"organization_id,omitempty"` // the ad account
	Pacing         *Pacing         `json:"pacing,omitempty"`
	Reference      string          `json:"reference,omitempty"`
	Status         Status          `json:"status,omitempty"`
	UpdatedAt      *time.Time      `json:"updated_at,omitempty"`
	Raw            json.RawMessage `json:"raw,omitempty"` // the platform's own object, untouched; only when asked for
}

// BudgetSegment is a dated piece of an insertion order's budget.
type BudgetSegment struct {
	BudgetAmount *Decimal   `json:"budget_amount,omitempty"` // major units of Currency, exact
	Description  string     `json:"description,omitempty"`
	EndAt        *time.Time `json:"end_at,omitempty"`   // exclusive
	StartAt      *time.Time `json:"start_at,omitempty"` // inclusive
}
