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

// media is what a creative shows: images by hash or by address, videos by id.
type media struct {
	hashes, urls, videos []string
	titles, bodies       []string
	descriptions         []string
}

// mediaOf reads data, texts and asset_urls together.
func mediaOf(o *normalize.Creative) (media, error) {
	var m media
	if o.Data != "" {
		var l lists
		dec := json.NewDecoder(strings.NewReader(o.Data))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&l); err != nil {
			return m, fault(providers.Rejected, "data", "it has to be JSON of titles, bodies, images (hashes) and videos (ids): %v", err)
		}
		m.hashes, m.videos, m.titles, m.bodies = l.Images, l.Videos, l.Titles, l.Bodies
	}
	if t := o.Texts; t != nil {
		if len(t.LongHeadlines) > 0 {
			return m, refused("texts.long_headlines", t.LongHeadlines[0])
		}
		for _, l := range []struct {
			field string
			to    *[]string
			list  []string
		}{{"titles", &m.titles, t.Titles}, {"bodies", &m.bodies, t.Bodies}} {
			if len(l.list) > 0 && len(*l.to) > 0 && !slices.Equal(*l.to, l.list) {
				return m, fault(providers.Rejected, "texts."+l.field, "data says otherwise")
			}
			*l.to = slices.Concat(l.list, *l.to)[:max(len(l.list), len(*l.to))]
		}
		m.descriptions = t.Descriptions
	}
	for _, s := range []struct {
		field, value string
		list         *[]string
	}{{"title", o.Title, &m.titles}, {"body", o.Body, &m.bodies}} {
		switch {
		case s.value == "":
		case len(*s.list) == 0:
			*s.list = []string{s.value}
		case (*s.list)[0] != s.value:
			return m, fault(providers.Rejected, s.field, "it is not the first of the list that is given beside it")
		}
	}
	for _, h := range m.hashes {
		if _, _, ok := imageHash(h); !ok {
			return m, refused("data", "the image "+h+": an image is known by its hash, the id of its asset")
		}
	}
	for _, v := range m.videos {
		if !digitsOnly(v) {
			return m, refused("data", "the video "+v)
		}
	}
	for _, u := range o.AssetURLs {
		if !webAddress(u) {
			return m, refused("asset_urls", u)
		}
		m.urls = append(m.urls, u)
	}
	return m, nil
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// speaker is the page that a creative speaks as, and the lead form behind its call to action.
func speaker(o *normalize.Creative) (page, form string, err error) {
	page = o.Identity
	for _, p := range o.Promoted {
		switch p.Type {
		case normalize.PromotedTypePageID:
			if page != "" && page != p.ID {
				return "", "", fault(providers.Rejected, "promoted", "identity names another page")
			}
			page = p.ID
		case normalize.PromotedTypeLeadFormID:
			form = p.ID
		default:
			return "", "", refused("promoted", string(p.Type))
		}
	}
	return page, form, nil
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
	if !digitsOnly(page) {
		return nil, fault(providers.Rejected, "promoted", "Meta's creatives speak as a page: give promoted of type PAGE_ID, or identity")
	}
	if form == "" && !webAddress(o.LinkURL) {
		return nil, fault(providers.Rejected, "link_url", "the creative needs an address that it leads to")
	}
	action := callToActionFor(o, form)
	story := map[string]any{"page_id": page}
	switch kind {
	case normalize.CreativeTypeAssetBased:
		feed, err := feedOf(o, &m)
		if err != nil {
			return nil, err
		}
		params.Set("asset_feed_spec", js(feed))
	case normalize.CreativeTypeVideo:
		story["video_data"], err = videoDataOf(o, &m, action)
	default:
		story["link_data"], err = linkDataOf(o, &m, action)
	}
	if err != nil {
		return nil, err
	}
	params.Set("object_story_spec", js(story))
	return params, nil
}

// formOf is the form that what is given makes.
func formOf(o *normalize.Creative, m *media) normalize.CreativeType {
	switch {
	case o.ItemID != "":
		return normalize.CreativeTypeShare
	case len(m.titles) > 1, len(m.bodies) > 1, len(m.descriptions) > 1, len(m.videos) > 1, len(m.videos) == 0 && len(m.hashes)+len(m.urls) > 1,
		o.CreativeType == normalize.CreativeTypeAssetBased:
		return normalize.CreativeTypeAssetBased
	case len(m.videos) == 1:
		return normalize.CreativeTypeVideo
	}
	return normalize.CreativeTypeImage
}

func sharedPost(o *normalize.Creative, m *media, params url.Values) error {
	page, post, ok := strings.Cut(o.ItemID, "_")
	if !ok || !digitsOnly(page) || !digitsOnly(post) {
		return refused("item_id", o.ItemID+": a post is its page's number, _ and its own")
	}
	for field, given := range map[string]bool{
		"title": o.Title != "", "body": o.Body != "", "link_url": o.LinkURL != "", "cta": o.CTA != "", "asset_urls": len(o.AssetURLs) > 0,
		"data": o.Data != "", "texts": len(m.titles)+len(m.bodies)+len(m.descriptions) > 0,
	} {
		if given {
			return fault(providers.Rejected, field, "a post that is shared has its own content")
		}
	}
	params.Set("object_story_id", o.ItemID)
	return nil
}

// callToActionFor is the button; nil for none.
func callToActionFor(o *normalize.Creative, form string) map[string]any {
	value := map[string]string{}
	if o.LinkURL != "" {
		value["link"] = o.LinkURL
	}
	if form != "" {
		value["lead_gen_form_id"] = form
	}
	if o.CTA == "" {
		return nil
	}
	return map[string]any{"type": o.CTA, "value": value}
}

func setText(m map[string]any, name, text string) {
	if text != "" {
		m[name] = text
	}
}

// image sets the one image of a part: by its hash, else by its address.
func image(to map[string]any, m *media, address string) bool {
	switch {
	case len(m.hashes) > 0:
		_, hash, _ := imageHash(m.hashes[0])
		to["image_hash"] = hash
	case len(m.urls) > 0:
		to[address] = m.urls[0]
	default:
		return false
	}
	return true
}

func linkDataOf(o *normalize.Creative, m *media, action map[string]any) (map[string]any, error) {
	out := map[string]any{}
	setText(out, "link", o.LinkURL)
	setText(out, "message", first(m.bodies))
	setText(out, "name", first(m.titles))
	setText(out, "description", first(m.descriptions))
	if !image(out, m, "picture") {
		return nil, fault(providers.Rejected, "asset_urls", "the creative needs an image: its address, or in data the hash of an asset")
	}
	if action != nil {
		out["call_to_action"] = action
	}
	return out, nil
}

func videoDataOf(o *normalize.Creative, m *media, action map[string]any) (map[string]any, error) {
	out := map[string]any{"video_id": m.videos[0]}
	setText(out, "message", first(m.bodies))
	setText(out, "title", first(m.titles))
	setText(out, "link_description", first(m.descriptions))
	if !image(out, m, "image_url") {
		return nil, fault(providers.Rejected, "asset_urls", "a video needs a still image: its address, or in data the hash of an asset")
	}
	if action == nil { // a video has its address nowhere else
		return nil, fault(providers.Rejected, "cta", "a video leads to its link_url by a call to action only: give one, such as LEARN_MORE")
	}
	out["call_to_action"] = action
	return out, nil
}

// feedOf is what Meta combines.
func feedOf(o *normalize.Creative, m *media) (map[string]any, error) {
	if len(m.hashes)+len(m.videos)+len(m.urls) == 0 {
		return nil, fault(providers.Rejected, "data", "the creative needs images or videos")
	}
	if len(m.urls) > 0 {
		return nil, fault(providers.Rejected, "asset_urls", "where Meta combines several, images are given in data by their hashes")
	}
	out := map[string]any{"link_urls": []map[string]string{{"website_url": o.LinkURL}}}
	for name, list := range map[string][]string{"titles": m.titles, "bodies": m.bodies, "descriptions": m.descriptions} {
		var texts []map[string]string
		for _, t := range list {
			texts = append(texts, map[string]string{"text": t})
		}
		put(out, name, texts)
	}
	var images, videos []map[string]string
	for _, h := range m.hashes {
		_, hash, _ := imageHash(h)
		images = append(images, map[string]string{"hash": hash})
	}
	for _, v := range m.videos {
		videos = append(videos, map[string]string{"video_id": v})
	}
	put(out, "images", images)
	put(out, "videos", videos)
	switch {
	case len(videos) == 0:
		out["ad_formats"] = []string{"SINGLE_IMAGE"}
	case len(images) == 0:
		out["ad_formats"] = []string{"SINGLE_VIDEO"}
	default:
		out["ad_formats"] = []string{"AUTOMATIC_FORMAT"}
	}
	if o.CTA != "" {
		out["call_to_action_types"] = []string{o.CTA}
	}
	return out, nil
}

func (c *client) createCreative(ctx context.Context, w providers.Write[normalize.Creative]) (providers.Written[normalize.Creative], error) {
	none := providers.Written[normalize.Creative]{}
	account, err := c.accountToWrite(w.Org, w.Object.OrganizationID, "")
	if err != nil {
		return none, err
	}
	params, err := newCreative(&w.Object)
	if err != nil {
		return none, err
	}
	wish := w.Object
	wish.OrganizationID = account
	return create(ctx, c, account, "adcreatives", params, w, wish, creatives(c).Get)
}

func (c *client) updateCreative(ctx context.Context, ref providers.Ref, w providers.Write[normalize.Creative]) (providers.Written[normalize.Creative], error) {
	none := providers.Written[normalize.Creative]{}
	if w.Before == nil {
		before, err := creatives(c).Get(ctx, ref)
		if err != nil {
			return none, err
		}
		w.Before = &before
	}
	if err := fixed(creativeWrites, w); err != nil {
		return none, err
	}
	changed, err := basics(w.Changed, w.Object.Name, w.Before.Name, "", "")
	if err != nil {
		return none, err
	}
	return update(ctx, c, w.Before.OrganizationID, ref.ID, changed.params, w, creatives(c).Get)
}

func (c *client) deleteCreative(ctx context.Context, ref providers.Ref, dry bool) (providers.Removal, error) {
	o, err := creatives(c).Get(ctx, ref)
	if err != nil {
		return providers.Removal{}, err
	}
	if o.Status == normalize.StatusArchived {
		return providers.Removal{}, notFound("ad creative", ref.ID)
	}
	return c.deleteNode(ctx, o.OrganizationID, ref.ID, dry)
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

// shows tells whether a creative shows what another one was to show.
func shows(got, asked *adCreative) bool {
	is, was := contentOf(got), contentOf(asked)
	return is.title == was.title && is.body == was.body && is.description == was.description && is.link == was.link && is.cta == was.cta &&
		identity(got) == identity(asked) && got.ObjectStoryID == asked.ObjectStoryID && got.URLTags == asked.URLTags &&
		slices.Equal(is.videos, was.videos) && slices.Equal(is.hashes, was.hashes) &&
		slices.Equal(is.texts.Titles, was.texts.Titles) && slices.Equal(is.texts.Bodies, was.texts.Bodies)
}
