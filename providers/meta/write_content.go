package meta

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// media is what a creative shows: images by hash or by address, videos by id.
type media struct {
	hashes, urls, videos []string
	titles, bodies       []string
	descriptions         []string
}

// mediaOf reads data, texts and asset_urls together. What stands beside a list is the first of it.
func mediaOf(o *normalize.Creative) (media, error) {
	var m media
	if err := m.ofData(o.Data); err != nil {
		return m, err
	}
	if err := m.ofTexts(o.Texts); err != nil {
		return m, err
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
	for _, u := range o.AssetURLs {
		if !webAddress(u) {
			return m, refused("asset_urls", u)
		}
		m.urls = append(m.urls, u)
	}
	return m, nil
}

// ofData takes the lists of data: images are known by their hashes, videos by their numbers.
func (m *media) ofData(data string) error {
	if data == "" {
		return nil
	}
	var l lists
	d := json.NewDecoder(strings.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(&l)
	if err == nil && d.More() {
		err = errors.New("something stands after it")
	}
	if err != nil {
		return fault(providers.Rejected, "data", "it has to be JSON of titles, bodies, images (hashes) and videos (ids): %v", err)
	}
	m.videos, m.titles, m.bodies = l.Videos, l.Titles, l.Bodies
	for _, h := range l.Images {
		_, hash, ok := imageHash(h)
		if !ok {
			return refused("data", "the image "+h+": an image is known by its hash, the id of its asset")
		}
		m.hashes = append(m.hashes, hash)
	}
	for _, v := range l.Videos {
		if !digitsOnly(v) {
			return refused("data", "the video "+v)
		}
	}
	return nil
}

func (m *media) ofTexts(t *normalize.CreativeTexts) error {
	if t == nil {
		return nil
	}
	if len(t.LongHeadlines) > 0 {
		return refused("texts.long_headlines", t.LongHeadlines[0])
	}
	for _, l := range []struct {
		field string
		to    *[]string
		list  []string
	}{{"titles", &m.titles, t.Titles}, {"bodies", &m.bodies, t.Bodies}} {
		if len(l.list) == 0 {
			continue
		}
		if len(*l.to) > 0 && !slices.Equal(*l.to, l.list) {
			return fault(providers.Rejected, "texts."+l.field, "data says otherwise")
		}
		*l.to = l.list
	}
	m.descriptions = t.Descriptions
	return nil
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
	speaks, form, err := speaker(o)
	if err != nil {
		return err
	}
	if speaks != "" && speaks != page || form != "" {
		return fault(providers.Rejected, "promoted", "a post that is shared speaks as its own page, and leads where it leads")
	}
	for _, part := range []struct {
		field string
		given bool
	}{
		{"title", o.Title != ""}, {"body", o.Body != ""}, {"link_url", o.LinkURL != ""}, {"cta", o.CTA != ""}, {"asset_urls", len(o.AssetURLs) > 0},
		{"data", o.Data != ""}, {"texts", len(m.titles)+len(m.bodies)+len(m.descriptions) > 0},
	} {
		if part.given {
			return fault(providers.Rejected, part.field, "a post that is shared has its own content")
		}
	}
	params.Set("object_story_id", o.ItemID)
	return nil
}

// callToActionFor is the button; nil for none.
func callToActionFor(o *normalize.Creative, form string) (map[string]any, error) {
	value := map[string]string{}
	if o.LinkURL != "" {
		value["link"] = o.LinkURL
	}
	if form != "" {
		value["lead_gen_form_id"] = form
	}
	if o.CTA == "" {
		if form != "" {
			return nil, fault(providers.Rejected, "cta", "a lead form is opened by a call to action: give one, such as SIGN_UP")
		}
		return nil, nil
	}
	return map[string]any{"type": o.CTA, "value": value}, nil
}

func setText(m map[string]any, name, text string) {
	if text != "" {
		m[name] = text
	}
}

// image sets the one image of a part: by its hash, else by its address.
func image(to map[string]any, m *media, address, lacking string) error {
	switch {
	case len(m.hashes)+len(m.urls) == 0:
		return fault(providers.Rejected, "asset_urls", "%s: its address, or in data the hash of an asset", lacking)
	case len(m.hashes)+len(m.urls) > 1:
		return fault(providers.Rejected, "asset_urls", "only one image is shown here, and several are given")
	case len(m.hashes) == 1:
		to["image_hash"] = m.hashes[0]
	default:
		to[address] = m.urls[0]
	}
	return nil
}

func linkDataOf(o *normalize.Creative, m *media, action map[string]any) (map[string]any, error) {
	out := map[string]any{}
	setText(out, "link", o.LinkURL)
	setText(out, "message", first(m.bodies))
	setText(out, "name", first(m.titles))
	setText(out, "description", first(m.descriptions))
	if err := image(out, m, "picture", "the creative needs an image"); err != nil {
		return nil, err
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
	if err := image(out, m, "image_url", "a video needs a still image"); err != nil {
		return nil, err
	}
	if action == nil { // a video has its address nowhere else
		return nil, fault(providers.Rejected, "cta", "a video leads to its link_url by a call to action only: give one, such as LEARN_MORE")
	}
	out["call_to_action"] = action
	return out, nil
}

// feedOf is what Meta combines.
func feedOf(o *normalize.Creative, m *media, form string) (map[string]any, error) {
	if len(m.hashes)+len(m.videos)+len(m.urls) == 0 {
		return nil, fault(providers.Rejected, "data", "the creative needs images or videos")
	}
	if len(m.urls) > 0 {
		return nil, fault(providers.Rejected, "asset_urls", "where Meta combines several, images are given in data by their hashes")
	}
	if form != "" {
		return nil, fault(providers.Rejected, "promoted", "what Meta combines leads to an address, not to a lead form")
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
		images = append(images, map[string]string{"hash": h})
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
