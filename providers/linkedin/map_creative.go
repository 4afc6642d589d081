package linkedin

import (
	"encoding/json"

	"github.com/admux/admux/normalize"
)

// content is what a creative shows, from wherever LinkedIn keeps it: inline, or in the post that it sponsors.
type content struct {
	title, body, link, cta string
	page                   string   // organization that speaks
	media                  []string // URNs of images, videos, documents
}

// contentOf reads a creative's content; p is its post, nil when there is none or it may not be read.
func contentOf(c *creative, p *post) content {
	var out content
	switch {
	case c.Content.TextAd != nil:
		t := c.Content.TextAd
		out = content{title: t.Headline, body: t.Description, link: t.LandingPage, media: some(t.Image)}
	case c.Content.Spotlight != nil:
		s := c.Content.Spotlight
		out = content{title: s.Headline, body: s.Description, link: s.LandingPage, cta: readCTA(s.CallToAction), media: some(s.Logo)}
	case p != nil:
		out = contentOfPost(p)
	}
	if l := c.LeadgenCallToAction.Label; l != "" {
		out.cta = readCTA(l)
	}
	return out
}

func contentOfPost(p *post) content {
	out := content{body: plainText(p.Commentary), link: p.ContentLandingPage, cta: readCTA(p.ContentCallToActionLabel), media: mediaOf(p)}
	if kindOf(p.Author) == urnOrganization {
		out.page = tail(p.Author)
	}
	link := func(s string) {
		if out.link == "" {
			out.link = s
		}
	}
	switch pc := p.Content; {
	case pc.Article != nil:
		out.title = pc.Article.Title
		link(pc.Article.Source)
	case pc.Media != nil:
		out.title = pc.Media.Title
	case pc.Carousel != nil && len(pc.Carousel.Cards) > 0:
		out.title = pc.Carousel.Cards[0].Media.Title
		link(pc.Carousel.Cards[0].LandingPage)
	}
	return out
}

// mediaOf lists the images, videos and documents of a post.
func mediaOf(p *post) []string {
	pc := p.Content
	var out []string
	if pc.Article != nil {
		out = append(out, some(pc.Article.Thumbnail)...)
	}
	if pc.Media != nil {
		out = append(out, some(pc.Media.ID)...)
	}
	if pc.Carousel != nil {
		for _, card := range pc.Carousel.Cards {
			out = append(out, some(card.Media.ID)...)
		}
	}
	if pc.MultiImage != nil {
		for _, m := range pc.MultiImage.Images {
			out = append(out, some(m.ID)...)
		}
	}
	return out
}

// some is a list of one, or of none.
func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// isPost tells the references that /posts answers; message ads refer to something else.
func isPost(reference string) bool {
	k := kindOf(reference)
	return k == "share" || k == "ugcPost"
}

// adOf makes our ad of a creative: where it runs and whether. parent is its campaign, nil when not looked up.
func adOf(c *creative, account string, parent *campaign, text content, raw json.RawMessage) normalize.Ad {
	out := normalize.Ad{
		ID: tail(c.ID), OrganizationID: account, GroupID: tail(c.Campaign), Name: c.Name, CreativeIDs: []string{tail(c.ID)},
		Status: readStatus(c.IntendedStatus), EffectiveStatus: effectiveStatus(c.IntendedStatus, c.ServingHoldReasons, c.IsServing),
		Headline: text.title, FinalURL: text.link, CTA: text.cta, Promoted: promotedBy(c, text),
		CreatedAt: c.CreatedAt.Time(), UpdatedAt: c.LastModifiedAt.Time(), Raw: raw,
	}
	if c.Content.TextAd != nil || c.Content.Spotlight != nil {
		out.Description = text.body
	} else {
		out.AdCopy = text.body
	}
	if parent != nil {
		out.CampaignID = tail(parent.CampaignGroup)
		out.AdType = readChannel(parent.Type, parent.Format, parent.ConnectedTelevisionOnly)
	}
	return out
}

// creativeOf makes our creative of the same object: what is shown.
func creativeOf(c *creative, account string, parent *campaign, p *post, raw json.RawMessage) normalize.Creative {
	text := contentOf(c, p)
	out := normalize.Creative{
		ID: tail(c.ID), OrganizationID: account, GroupID: tail(c.Campaign), Name: c.Name,
		Status: creativeStatus(c.IntendedStatus, c.Review.Status, c.ServingHoldReasons),
		Title:  text.title, Body: text.body, LinkURL: text.link, CTA: text.cta, Identity: text.page, Promoted: promotedBy(c, text),
		CreatedAt: c.CreatedAt.Time(), UpdatedAt: c.LastModifiedAt.Time(), Raw: raw,
	}
	if ref := c.Content.Reference; ref != "" {
		out.ExternalCreativeReference = ref
		if isPost(ref) {
			out.ItemID = tail(ref)
		}
	}
	format := ""
	if parent != nil {
		out.CampaignID, format = tail(parent.CampaignGroup), parent.Format
	}
	out.CreativeType = creativeType(c, p, format)
	return out
}

func promotedBy(c *creative, text content) []normalize.Promoted {
	var out []normalize.Promoted
	if text.page != "" {
		out = append(out, normalize.Promoted{ID: text.page, Type: normalize.PromotedTypePageID})
	}
	if d := c.LeadgenCallToAction.Destination; d != "" {
		out = append(out, normalize.Promoted{ID: tail(d), Type: normalize.PromotedTypeLeadFormID})
	}
	return out
}

// creativeType is the form of a creative. Posts need a scope of their own: one that may not be read leaves the
// campaign's format to go by.
func creativeType(c *creative, p *post, format string) normalize.CreativeType {
	switch cc := c.Content; {
	case cc.TextAd != nil:
		return normalize.CreativeTypeStandard
	case cc.Spotlight != nil, present(cc.Follow), present(cc.Jobs):
		return normalize.CreativeTypeAssetBased
	case present(cc.Document):
		return normalize.CreativeTypeDocument
	case present(cc.EventAd):
		return normalize.CreativeTypeShare
	case present(cc.VAST):
		return normalize.CreativeTypeVideo
	case kindOf(cc.Reference) == "adInMailContent":
		return normalize.CreativeTypeNative
	case p != nil:
		return postType(p)
	}
	switch format {
	case "STANDARD_UPDATE":
		return normalize.CreativeTypeImage
	case "SINGLE_VIDEO":
		return normalize.CreativeTypeVideo
	case "CAROUSEL":
		return normalize.CreativeTypeAssetBased
	case "SPONSORED_UPDATE_NATIVE_DOCUMENT":
		return normalize.CreativeTypeDocument
	}
	return normalize.CreativeTypeUnspecified
}

func postType(p *post) normalize.CreativeType {
	pc := p.Content
	switch {
	case p.AdContext == nil: // an organic post, promoted
		return normalize.CreativeTypeShare
	case pc.Carousel != nil, pc.MultiImage != nil:
		return normalize.CreativeTypeAssetBased
	case pc.Media != nil && kindOf(pc.Media.ID) == "video":
		return normalize.CreativeTypeVideo
	case pc.Media != nil && kindOf(pc.Media.ID) == "document":
		return normalize.CreativeTypeDocument
	case pc.Media != nil, pc.Article != nil:
		return normalize.CreativeTypeImage
	}
	return normalize.CreativeTypeShare
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }
