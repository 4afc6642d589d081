package meta

import (
	"github.com/admux/admux/providers/internal/wire"
)

// adCreative has its content in one of four places, and copies of some of it in flat fields.
type adCreative struct {
	ID                     wire.ID      `json:"id"`
	AccountID              wire.ID      `json:"account_id"`
	Name                   string       `json:"name"`
	Status                 string       `json:"status"`
	Title                  string       `json:"title"`
	Body                   string       `json:"body"`
	LinkURL                string       `json:"link_url"`
	ImageURL               string       `json:"image_url"` // signed, runs out
	ImageHash              string       `json:"image_hash"`
	VideoID                wire.ID      `json:"video_id"`
	ThumbnailURL           string       `json:"thumbnail_url"` // signed, runs out
	CallToActionType       string       `json:"call_to_action_type"`
	ObjectStoryID          string       `json:"object_story_id"`
	EffectiveObjectStoryID string       `json:"effective_object_story_id"`
	SourceInstagramMediaID wire.ID      `json:"source_instagram_media_id"`
	ProductSetID           wire.ID      `json:"product_set_id"`
	URLTags                string       `json:"url_tags"`
	AdLabels               []idName     `json:"adlabels"`
	Story                  *objectStory `json:"object_story_spec"`
	Feed                   *assetFeed   `json:"asset_feed_spec"`
}

type objectStory struct {
	PageID          wire.ID    `json:"page_id"`
	InstagramUserID wire.ID    `json:"instagram_user_id"`
	Link            *linkData  `json:"link_data"`
	Video           *videoData `json:"video_data"`
	Photo           *photoData `json:"photo_data"`
	Template        *linkData  `json:"template_data"`
}

type linkData struct {
	Link         string        `json:"link"`
	Message      string        `json:"message"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	ImageHash    string        `json:"image_hash"`
	Picture      string        `json:"picture"`
	CallToAction *callToAction `json:"call_to_action"`
	Children     []childLink   `json:"child_attachments"`
}

type childLink struct {
	Link         string        `json:"link"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	ImageHash    string        `json:"image_hash"`
	Picture      string        `json:"picture"`
	VideoID      wire.ID       `json:"video_id"`
	CallToAction *callToAction `json:"call_to_action"`
}

type videoData struct {
	VideoID      wire.ID       `json:"video_id"`
	Title        string        `json:"title"`
	Message      string        `json:"message"`
	Description  string        `json:"link_description"`
	ImageURL     string        `json:"image_url"`
	ImageHash    string        `json:"image_hash"`
	CallToAction *callToAction `json:"call_to_action"`
}

type photoData struct {
	Caption   string `json:"caption"`
	ImageHash string `json:"image_hash"`
	URL       string `json:"url"`
}

type callToAction struct {
	Type  string `json:"type"`
	Value struct {
		Link       string  `json:"link"`
		LeadFormID wire.ID `json:"lead_gen_form_id"`
	} `json:"value"`
}

// assetFeed lists what Meta combines.
type assetFeed struct {
	Bodies       []feedText `json:"bodies"`
	Titles       []feedText `json:"titles"`
	Descriptions []feedText `json:"descriptions"`
	LinkURLs     []struct {
		WebsiteURL string `json:"website_url"`
	} `json:"link_urls"`
	CallToActionTypes []string `json:"call_to_action_types"`
	Images            []struct {
		Hash string `json:"hash"`
		URL  string `json:"url"`
	} `json:"images"`
	Videos []struct {
		VideoID      wire.ID `json:"video_id"`
		ThumbnailURL string  `json:"thumbnail_url"`
	} `json:"videos"`
	// OptimizationType DEGREES_OF_FREEDOM marks texts that Meta may swap in an ordinary creative.
	OptimizationType string `json:"optimization_type"`
}

type feedText struct {
	Text string `json:"text"`
}
