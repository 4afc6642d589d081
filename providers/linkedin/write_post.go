package linkedin

import (
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// formats are the formats of campaigns that show a kind of content. A campaign without one takes that of its first creative.
var formats = map[normalize.CreativeType]string{
	normalize.CreativeTypeImage: "STANDARD_UPDATE", normalize.CreativeTypeVideo: "SINGLE_VIDEO",
	normalize.CreativeTypeAssetBased: "CAROUSEL", normalize.CreativeTypeDocument: "SPONSORED_UPDATE_NATIVE_DOCUMENT",
}

// darkPost is a post that is made for an ad and stands nowhere else: text, media, an address and a button.
func darkPost(o *normalize.Creative, s shown, page, form string, around *campaignAround, body fields) (normalize.CreativeType, error) {
	kind, content, err := mediaFor(o, s)
	if err != nil {
		return kind, err
	}
	if around.Format != "" && around.Format != formats[kind] {
		return kind, fault(providers.Rejected, "data", "the group shows %s, and this would be %s", around.Format, formats[kind])
	}
	if page == "" && kindOf(around.AssociatedEntity) == urnOrganization {
		page = tail(around.AssociatedEntity)
	}
	if page == "" {
		return kind, fault(providers.Rejected, "promoted", "the creative speaks as a page: give promoted of type PAGE_ID, or identity")
	}
	for _, err := range []error{textWithin("title", o.Title, maxHeadline, false), textWithin("body", o.Body, maxIntro, true), webAddress("link_url", o.LinkURL, form == "")} {
		if err != nil {
			return kind, err
		}
	}
	p := fields{
		"adContext":  fields{"dscAdAccount": urn(urnAccount, around.account), "dscStatus": "ACTIVE"},
		"author":     urn(urnOrganization, page),
		"commentary": littleText(o.Body), "visibility": "PUBLIC", "lifecycleState": "PUBLISHED", "isReshareDisabledByAuthor": false,
		"content": content,
	}
	if o.LinkURL != "" {
		p["contentLandingPage"] = o.LinkURL
	}
	if o.CTA != "" && form == "" {
		if p["contentCallToActionLabel"], err = writeCTA(o.CTA); err != nil {
			return kind, err
		}
	}
	if o.Name != "" {
		p["adContext"].(fields)["dscName"] = o.Name //nolint:forcetypeassert // as it stands above
	}
	body["inlineContent"] = fields{"post": p}
	o.Identity = page
	return kind, nil
}

// mediaFor is what a post shows: one image, video or document, or several images as cards.
func mediaFor(o *normalize.Creative, s shown) (normalize.CreativeType, fields, error) {
	one := func(id string) fields {
		m := fields{"id": id}
		if o.Title != "" {
			m["title"] = o.Title
		}
		return fields{"media": m}
	}
	switch n := len(s.Images) + len(s.Videos) + len(s.Documents); {
	case n == 0:
		return "", nil, fault(providers.Rejected, "data", `the creative shows an asset: give its URN, as in {"images":["urn:li:image:…"]}`)
	case n == 1 && len(s.Images) == 1:
		return normalize.CreativeTypeImage, one(s.Images[0]), nil
	case n == 1 && len(s.Videos) == 1:
		return normalize.CreativeTypeVideo, one(s.Videos[0]), nil
	case n == 1:
		return normalize.CreativeTypeDocument, one(s.Documents[0]), nil
	case len(s.Images) != n || n < minCards || n > maxCards:
		return "", nil, fault(providers.Rejected, "data", "a carousel has %d to %d images, and nothing else", minCards, maxCards)
	case len(s.Titles) > 0 && len(s.Titles) != n:
		return "", nil, fault(providers.Rejected, "data", "a carousel has a title for each of its %d cards, or none", n)
	}
	cards := make([]fields, len(s.Images))
	for i, id := range s.Images {
		m := fields{"id": id}
		switch {
		case len(s.Titles) > 0:
			m["title"] = s.Titles[i]
		case o.Title != "":
			m["title"] = o.Title
		}
		cards[i] = fields{"media": m, "landingPage": o.LinkURL}
		if o.LinkURL == "" {
			delete(cards[i], "landingPage")
		}
	}
	return normalize.CreativeTypeAssetBased, fields{"carousel": fields{"cards": cards}}, nil
}
