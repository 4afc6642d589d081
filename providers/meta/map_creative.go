package meta

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/admux/admux/normalize"
)

// content is what a creative shows, from whichever of its places Meta keeps it in.
type content struct {
	title, body, description, link, cta string
	form                                string // lead form behind the call to action
	texts                               normalize.CreativeTexts
	hashes, urls, videos                []string // of images; signed URLs of images; ids of videos
}

// contentOf reads a creative's content: what is combined first, then the story, then the flat copies, which may be empty.
func contentOf(c *adCreative) content {
	var out content
	if c.Feed != nil {
		out.ofFeed(c.Feed)
	}
	if s := c.Story; s != nil {
		out.ofStory(s)
	}
	out.fill(c.Title, c.Body, "", c.LinkURL)
	out.cta = cmp.Or(out.cta, c.CallToActionType)
	out.urls = add(out.urls, c.ImageURL)
	out.hashes = add(out.hashes, c.ImageHash)
	out.videos = add(out.videos, c.VideoID.String())
	if len(out.urls) == 0 && len(out.hashes) == 0 {
		out.urls = add(out.urls, c.ThumbnailURL)
	}
	return out
}

// fill sets what is not set yet.
func (t *content) fill(title, body, description, link string) {
	t.title, t.body = cmp.Or(t.title, title), cmp.Or(t.body, body)
	t.description, t.link = cmp.Or(t.description, description), cmp.Or(t.link, link)
}

// add appends what is new.
func add(list []string, values ...string) []string {
	for _, v := range values {
		if v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

func (t *content) ofFeed(f *assetFeed) {
	t.texts.Titles, t.texts.Bodies, t.texts.Descriptions = textsOf(f.Titles), textsOf(f.Bodies), textsOf(f.Descriptions)
	link := ""
	if len(f.LinkURLs) > 0 {
		link = f.LinkURLs[0].WebsiteURL
	}
	t.fill(first(t.texts.Titles), first(t.texts.Bodies), first(t.texts.Descriptions), link)
	t.cta = cmp.Or(t.cta, first(f.CallToActionTypes))
	for _, i := range f.Images {
		t.hashes, t.urls = add(t.hashes, i.Hash), add(t.urls, i.URL)
	}
	for _, v := range f.Videos {
		t.videos, t.urls = add(t.videos, v.VideoID.String()), add(t.urls, v.ThumbnailURL)
	}
}

func textsOf(list []feedText) []string {
	var out []string
	for _, t := range list {
		out = add(out, t.Text)
	}
	return out
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func (t *content) ofStory(s *objectStory) {
	for _, l := range []*linkData{s.Link, s.Template} {
		if l != nil {
			t.ofLink(l)
		}
	}
	if v := s.Video; v != nil {
		t.fill(v.Title, v.Message, v.Description, "")
		t.ofAction(v.CallToAction)
		t.videos, t.hashes, t.urls = add(t.videos, v.VideoID.String()), add(t.hashes, v.ImageHash), add(t.urls, v.ImageURL)
	}
	if p := s.Photo; p != nil {
		t.fill("", p.Caption, "", "")
		t.hashes, t.urls = add(t.hashes, p.ImageHash), add(t.urls, p.URL)
	}
}

func (t *content) ofLink(l *linkData) {
	t.fill(l.Name, l.Message, l.Description, l.Link)
	t.ofAction(l.CallToAction)
	t.hashes, t.urls = add(t.hashes, l.ImageHash), add(t.urls, l.Picture)
	for _, child := range l.Children {
		t.texts.Titles, t.texts.Descriptions = add(t.texts.Titles, child.Name), add(t.texts.Descriptions, child.Description)
		t.fill(child.Name, "", child.Description, child.Link)
		t.ofAction(child.CallToAction)
		t.hashes, t.urls, t.videos = add(t.hashes, child.ImageHash), add(t.urls, child.Picture), add(t.videos, child.VideoID.String())
	}
}

func (t *content) ofAction(a *callToAction) {
	if a == nil {
		return
	}
	t.cta, t.form = cmp.Or(t.cta, a.Type), cmp.Or(t.form, a.Value.LeadFormID.String())
	t.fill("", "", "", a.Value.Link)
}

// promoted is what the content is for.
func (t *content) promoted(c *adCreative) []normalize.Promoted {
	var out []normalize.Promoted
	for _, p := range []normalize.Promoted{
		{ID: identity(c), Type: normalize.PromotedTypePageID}, {ID: c.ProductSetID.String(), Type: normalize.PromotedTypeProductSetID},
		{ID: t.form, Type: normalize.PromotedTypeLeadFormID},
	} {
		if p.ID != "" {
			out = append(out, p)
		}
	}
	return out
}

// identity is the page that the ad speaks as.
func identity(c *adCreative) string {
	if c.Story == nil {
		return ""
	}
	return c.Story.PageID.String()
}

// lists is what data holds where there is more than one of a thing.
type lists struct {
	Titles []string `json:"titles,omitempty"`
	Bodies []string `json:"bodies,omitempty"`
	Images []string `json:"images,omitempty"` // hashes
	Videos []string `json:"videos,omitempty"` // ids
}

func (t *content) data() string {
	if len(t.texts.Titles) < 2 && len(t.texts.Bodies) < 2 && len(t.hashes) < 2 && len(t.videos) < 2 {
		return ""
	}
	b, err := json.Marshal(lists{t.texts.Titles, t.texts.Bodies, t.hashes, t.videos})
	if err != nil { // lists of texts always marshal
		return ""
	}
	return string(b)
}

// creativeOf makes our creative. urls are those of the account's images by hash, where they were looked up.
func creativeOf(c *adCreative, urls map[string]string, raw json.RawMessage) normalize.Creative {
	text := contentOf(c)
	for _, h := range text.hashes {
		text.urls = add(text.urls, urls[h])
	}
	return normalize.Creative{
		ID: c.ID.String(), OrganizationID: c.AccountID.String(), Name: c.Name, Status: readCreativeStatus(c.Status), CreativeType: creativeType(c, &text),
		Title: text.title, Body: text.body, LinkURL: text.link, CTA: text.cta, AssetURLs: text.urls, Data: text.data(), Texts: notZero(text.texts),
		URLTags: c.URLTags, ItemID: c.ObjectStoryID, ExternalCreativeReference: c.EffectiveObjectStoryID,
		Identity: identity(c), Promoted: text.promoted(c), Labels: labelNames(c.AdLabels), Raw: raw,
	}
}

// creativeType is the form of a creative, by where its content is.
func creativeType(c *adCreative, text *content) normalize.CreativeType {
	s := c.Story
	switch {
	case c.Feed != nil, s != nil && s.Link != nil && len(s.Link.Children) > 0, c.ProductSetID != "", s != nil && s.Template != nil:
		return normalize.CreativeTypeAssetBased
	case s != nil && s.Video != nil:
		return normalize.CreativeTypeVideo
	case s != nil && (s.Link != nil || s.Photo != nil) && (len(text.hashes) > 0 || len(text.urls) > 0):
		return normalize.CreativeTypeImage
	case s == nil && c.ObjectStoryID != "", c.SourceInstagramMediaID != "":
		return normalize.CreativeTypeShare
	}
	return normalize.CreativeTypeUnspecified
}
