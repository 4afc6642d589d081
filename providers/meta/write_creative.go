package meta

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// creativeWrites: the content of a creative never changes. An ad is given another one.
var creativeWrites = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "name", Create: true, Update: true, Required: true},
	{Name: "creative_type", Create: true},
	{Name: "identity", Create: true},
	{Name: "promoted", Create: true},
	{Name: "title", Create: true},
	{Name: "body", Create: true},
	{Name: "link_url", Create: true},
	{Name: "cta", Create: true},
	{Name: "asset_urls", Create: true},
	{Name: "data", Create: true},
	{Name: "texts", Create: true},
	{Name: "url_tags", Create: true},
	{Name: "item_id", Create: true},
}

// newCreative is the form that makes a creative.
func newCreative(o *normalize.Creative) (url.Values, error) {
	if err := nameToWrite(o.Name); err != nil {
		return nil, err
	}
	m, err := mediaOf(o)
	if err != nil {
		return nil, err
	}
	page, form, err := speaker(o)
	if err != nil {
		return nil, err
	}
	params := url.Values{"name": {o.Name}}
	if o.URLTags != "" {
		params.Set("url_tags", o.URLTags)
	}
	kind := formOf(o, &m)
	if o.CreativeType != "" && o.CreativeType != normalize.CreativeTypeUnspecified && o.CreativeType != kind {
		return nil, fault(providers.Rejected, "creative_type", "what is given makes a creative of type %s, not %s", kind, o.CreativeType)
	}
	if kind == normalize.CreativeTypeShare {
		return params, sharedPost(o, &m, params)
	}
	return params, newStory(o, &m, kind, page, form, params)
}

// newStory is the content of a creative that is not a post already.
func newStory(o *normalize.Creative, m *media, kind normalize.CreativeType, page, form string, params url.Values) error {
	if !digitsOnly(page) {
		return fault(providers.Rejected, "promoted", "Meta's creatives speak as a page: give promoted of type PAGE_ID, or identity")
	}
	if (form == "" || o.LinkURL != "") && !webAddress(o.LinkURL) {
		return fault(providers.Rejected, "link_url", "the creative needs an address that it leads to")
	}
	action, err := callToActionFor(o, form)
	if err != nil {
		return err
	}
	story := map[string]any{"page_id": page}
	switch kind {
	case normalize.CreativeTypeAssetBased:
		var feed map[string]any
		if feed, err = feedOf(o, m, form); err == nil {
			params.Set("asset_feed_spec", js(feed))
		}
	case normalize.CreativeTypeVideo:
		story["video_data"], err = videoDataOf(o, m, action)
	default:
		story["link_data"], err = linkDataOf(o, m, action)
	}
	params.Set("object_story_spec", js(story))
	return err
}

func (d *desk) createCreative(_ context.Context, w providers.Write[normalize.Creative]) (order[normalize.Creative], error) {
	none := order[normalize.Creative]{}
	account, err := d.accountToWrite(w.Org, w.Object.OrganizationID, "")
	if err != nil {
		return none, err
	}
	params, err := newCreative(&w.Object)
	if err != nil {
		return none, err
	}
	wish := w.Object
	wish.OrganizationID = account
	return making(account, "adcreatives", params, w, wish), nil
}

func (d *desk) updateCreative(_ context.Context, id string, w providers.Write[normalize.Creative]) (order[normalize.Creative], error) {
	none := order[normalize.Creative]{}
	if err := fixed(creativeWrites, w); err != nil {
		return none, err
	}
	changed, err := basics(w.Changed, w.Object.Name, w.Before.Name, "", "")
	if err != nil {
		return none, err
	}
	return changing(w.Before.OrganizationID, id, changed.params, w).unchecked(), nil // Meta knows no check of a creative's change
}

// findCreative: Meta does not say when a creative was made. What is certain is its name and its content: all of that name
// that show the same are candidates, also older ones, and taking one of them changes nothing of what is shown.
func (c *client) findCreative(ctx context.Context, w providers.Write[normalize.Creative], _ providers.Try) ([]normalize.Creative, error) {
	account, err := c.accountToWrite(w.Org, w.Object.OrganizationID, "")
	if err != nil {
		return nil, err
	}
	params, err := newCreative(&w.Object)
	if err != nil {
		return nil, err
	}
	var asked adCreative
	for name, into := range map[string]any{"object_story_spec": &asked.Story, "asset_feed_spec": &asked.Feed} {
		if text := params.Get(name); text != "" {
			if err := json.Unmarshal([]byte(text), into); err != nil {
				return nil, fault(providers.Malformed, "", "the creative cannot be looked for: %v", err)
			}
		}
	}
	asked.ObjectStoryID, asked.URLTags = params.Get("object_story_id"), params.Get("url_tags")
	var out []normalize.Creative
	k := call{path: node(account) + "/adcreatives", params: url.Values{"fields": {strings.Join(creativeObject.order, ",")}}, lane: lane{account: account}}
	for got, err := range edge[adCreative](ctx, c, k, maxCreatives, nil) {
		if err != nil {
			return nil, err
		}
		if got.Name == w.Object.Name && got.Status != "DELETED" && shows(got, &asked) {
			out = append(out, creativeOf(got, nil, nil))
		}
	}
	return out, nil
}

// shows tells whether a creative shows what another one was to show. Meta may give an image that was named by its address
// a hash, and an address without a path the path /: neither makes it another creative.
func shows(got, asked *adCreative) bool {
	is, was := contentOf(got), contentOf(asked)
	if len(was.hashes) > 0 && !slices.Equal(is.hashes, was.hashes) {
		return false
	}
	return is.title == was.title && is.body == was.body && is.description == was.description && is.cta == was.cta && is.form == was.form &&
		strings.TrimSuffix(is.link, "/") == strings.TrimSuffix(was.link, "/") && identity(got) == identity(asked) &&
		got.ObjectStoryID == asked.ObjectStoryID && got.URLTags == asked.URLTags && slices.Equal(is.videos, was.videos) &&
		slices.Equal(is.texts.Titles, was.texts.Titles) && slices.Equal(is.texts.Bodies, was.texts.Bodies)
}
