package meta

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/admux/admux/providers/internal/wire"
)

// Wire structs are named as Meta names things: an adSet is our group. Ids are texts of up to 18 digits and more. Fields
// that are not set are left out, never null.

// stamp is an instant as nodes have it: ISO 8601, without a colon in the offset. Some nodes have seconds since 1970.
type stamp struct{ at time.Time }

const stampLayout = "2006-01-02T15:04:05-0700"

// UnmarshalJSON takes both, and null, "", 0 and "0" as no instant.
func (s *stamp) UnmarshalJSON(b []byte) error {
	*s = stamp{}
	var text string
	b = bytes.TrimSpace(b)
	if len(b) > 1 && b[0] == '"' {
		if inner := b[1 : len(b)-1]; bytes.IndexByte(inner, '\\') < 0 && bytes.IndexByte(inner, '"') < 0 {
			text = string(inner) // as good as every one: nothing to unquote
		} else if json.Unmarshal(b, &text) != nil {
			return errors.New("time: not a text")
		}
		for _, layout := range []string{stampLayout, time.RFC3339} {
			if at, err := time.Parse(layout, text); err == nil {
				if at.Year() > 1970 && at.Year() <= 9999 {
					s.at = at.UTC()
				}
				return nil
			}
		}
	}
	var n wire.Seconds
	if err := n.UnmarshalJSON(b); err != nil {
		return err
	}
	if at := n.Time(); at != nil && at.Unix() > 0 {
		s.at = *at
	}
	return nil
}

// time is the instant in UTC, nil when absent.
func (s stamp) time() *time.Time {
	if s.at.IsZero() {
		return nil
	}
	at := s.at
	return &at
}

// truth is a boolean, which some answers write as a text or a number.
type truth bool

// UnmarshalJSON refuses what is neither.
func (t *truth) UnmarshalJSON(b []byte) error {
	switch string(bytes.Trim(bytes.TrimSpace(b), `"`)) {
	case "true", "True", "1":
		*t = true
	case "false", "False", "0", "", "null":
		*t = false
	default:
		return errors.New("neither true nor false")
	}
	return nil
}

type idName struct {
	ID   wire.ID `json:"id"`
	Name string  `json:"name"`
}

type adAccount struct {
	ID        string      `json:"id"` // act_…
	AccountID wire.ID     `json:"account_id"`
	Name      string      `json:"name"`
	Status    wire.Number `json:"account_status"`
	Currency  string      `json:"currency"`
	Timezone  string      `json:"timezone_name"`
	Business  *idName     `json:"business"`
	CreatedAt stamp       `json:"created_time"`
}

type campaign struct {
	ID                  wire.ID     `json:"id"`
	AccountID           wire.ID     `json:"account_id"`
	Name                string      `json:"name"`
	Objective           string      `json:"objective"`
	Status              string      `json:"status"`
	EffectiveStatus     string      `json:"effective_status"`
	BidStrategy         string      `json:"bid_strategy"`
	DailyBudget         wire.Amount `json:"daily_budget"`    // minor units
	LifetimeBudget      wire.Amount `json:"lifetime_budget"` // minor units
	SpecialAdCategories []string    `json:"special_ad_categories"`
	AdLabels            []idName    `json:"adlabels"`
	StartTime           stamp       `json:"start_time"`
	StopTime            stamp       `json:"stop_time"`
	CreatedTime         stamp       `json:"created_time"`
	UpdatedTime         stamp       `json:"updated_time"`
}

type adSet struct {
	ID               wire.ID        `json:"id"`
	AccountID        wire.ID        `json:"account_id"`
	CampaignID       wire.ID        `json:"campaign_id"`
	Name             string         `json:"name"`
	Status           string         `json:"status"`
	EffectiveStatus  string         `json:"effective_status"`
	DailyBudget      wire.Amount    `json:"daily_budget"`    // minor units; "0" where unused
	LifetimeBudget   wire.Amount    `json:"lifetime_budget"` // minor units; "0" where unused
	BillingEvent     string         `json:"billing_event"`
	OptimizationGoal string         `json:"optimization_goal"`
	BidStrategy      string         `json:"bid_strategy"`
	BidAmount        wire.Amount    `json:"bid_amount"` // minor units
	BidConstraints   bidConstraints `json:"bid_constraints"`
	PromotedObject   promotedObject `json:"promoted_object"`
	FrequencyControl []frequencyCap `json:"frequency_control_specs"`
	Schedule         []dayPart      `json:"adset_schedule"`
	PacingType       []string       `json:"pacing_type"`
	Targeting        *targeting     `json:"targeting"`
	Learning         struct {
		Status string `json:"status"`
	} `json:"learning_stage_info"`
	Campaign    *parentCampaign `json:"campaign"`
	StartTime   stamp           `json:"start_time"`
	EndTime     stamp           `json:"end_time"`
	CreatedTime stamp           `json:"created_time"`
	UpdatedTime stamp           `json:"updated_time"`
}

// parentCampaign is what an ad set's campaign decides for it: the budget and, with it, the bid strategy.
type parentCampaign struct {
	ID             wire.ID     `json:"id"`
	BidStrategy    string      `json:"bid_strategy"`
	DailyBudget    wire.Amount `json:"daily_budget"`
	LifetimeBudget wire.Amount `json:"lifetime_budget"`
}

type bidConstraints struct {
	ROASAverageFloor wire.Amount `json:"roas_average_floor"` // ten-thousandths
}

type frequencyCap struct {
	Event        string      `json:"event"`
	IntervalDays wire.Number `json:"interval_days"`
	MaxFrequency wire.Number `json:"max_frequency"`
}

// dayPart is a part of some days of the week. Minutes count from midnight, days from Sunday.
type dayPart struct {
	StartMinute int64   `json:"start_minute"`
	EndMinute   int64   `json:"end_minute"`
	Days        []int64 `json:"days"`
	Zone        string  `json:"timezone_type"` // ADVERTISER: of the account; USER: of whoever sees the ad
}

// promotedObject is what an ad set is for; several of its parts may be set.
type promotedObject struct {
	PageID             wire.ID `json:"page_id"`
	PixelID            wire.ID `json:"pixel_id"`
	ApplicationID      wire.ID `json:"application_id"`
	ObjectStoreURL     string  `json:"object_store_url"`
	ProductCatalogID   wire.ID `json:"product_catalog_id"`
	ProductSetID       wire.ID `json:"product_set_id"`
	CustomConversionID wire.ID `json:"custom_conversion_id"`
	EventID            wire.ID `json:"event_id"`
	OfferID            wire.ID `json:"offer_id"`
}

type ad struct {
	ID              wire.ID     `json:"id"`
	AccountID       wire.ID     `json:"account_id"`
	CampaignID      wire.ID     `json:"campaign_id"`
	AdSetID         wire.ID     `json:"adset_id"`
	Name            string      `json:"name"`
	Status          string      `json:"status"`
	EffectiveStatus string      `json:"effective_status"`
	Creative        *adCreative `json:"creative"`
	AdSet           *struct {
		StartTime stamp `json:"start_time"`
		EndTime   stamp `json:"end_time"`
	} `json:"adset"`
	CreatedTime stamp `json:"created_time"`
	UpdatedTime stamp `json:"updated_time"`
}

type adImage struct {
	ID          string      `json:"id"` // <account>:<hash>
	AccountID   wire.ID     `json:"account_id"`
	Hash        string      `json:"hash"`
	Name        string      `json:"name"`
	URL         string      `json:"url"` // signed, runs out
	Width       wire.Number `json:"width"`
	Height      wire.Number `json:"height"`
	Status      string      `json:"status"`
	CreatedTime stamp       `json:"created_time"`
	UpdatedTime stamp       `json:"updated_time"`
}

type adVideo struct {
	ID          wire.ID `json:"id"`
	Title       string  `json:"title"`
	Source      string  `json:"source"` // signed, runs out
	Picture     string  `json:"picture"`
	CreatedTime stamp   `json:"created_time"`
	UpdatedTime stamp   `json:"updated_time"`
}

// searched is an element of any of the searches for what can be targeted. Places have a key, the rest an id.
type searched struct {
	ID         wire.ID     `json:"id"`
	Key        wire.ID     `json:"key"`
	Name       string      `json:"name"`
	Type       string      `json:"type"`
	CountryC   string      `json:"country_code"`
	Country    string      `json:"country_name"`
	Region     string      `json:"region"`
	RegionID   wire.ID     `json:"region_id"`
	Path       []string    `json:"path"`
	Lower      wire.Number `json:"audience_size_lower_bound"`
	Upper      wire.Number `json:"audience_size_upper_bound"`
	Subtype    string      `json:"subtype"`
	CustomLow  wire.Number `json:"approximate_count_lower_bound"`
	CustomHigh wire.Number `json:"approximate_count_upper_bound"`
}

// named is what pages, pixels, apps and the like have in common.
type named struct {
	ID   wire.ID `json:"id"`
	Name string  `json:"name"`
}
