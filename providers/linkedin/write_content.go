package linkedin

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Lengths in characters, as LinkedIn's ad specifications give them.
const (
	maxHeadline     = 200 // of a post's media
	maxIntro        = 600 // the text above it
	maxTextHeadline = 25  // of a text ad
	maxTextBody     = 75
	maxLink         = 2000
	minCards        = 2
	maxCards        = 10
)

// shown are the lists of a creative's data: media by their URNs.
type shown struct {
	Titles       []string `json:"titles"`
	Bodies       []string `json:"bodies"`
	LongTitles   []string `json:"long_titles"`
	Images       []string `json:"images"`
	Videos       []string `json:"videos"`
	Documents    []string `json:"documents"`
	BusinessName string   `json:"business_name"`
}

func shownIn(o *normalize.Creative) (shown, error) {
	var s shown
	if o.Data != "" {
		d := json.NewDecoder(strings.NewReader(o.Data))
		d.DisallowUnknownFields()
		if d.Decode(&s) != nil || d.More() {
			return s, fault(providers.Rejected, "data", `it has to be {"images":["urn:li:image:…"]}, with videos, documents and titles likewise`)
		}
	}
	if len(s.Bodies) > 1 || len(s.LongTitles) > 0 || s.BusinessName != "" {
		return s, fault(providers.Rejected, "data", "LinkedIn combines no texts: one body, and a title for each card")
	}
	for _, l := range []struct {
		field string
		text  *string
		list  []string
	}{{"title", &o.Title, s.Titles}, {"body", &o.Body, s.Bodies}} {
		switch {
		case len(l.list) == 0:
		case *l.text == "":
			*l.text = l.list[0]
		case *l.text != l.list[0]:
			return s, fault(providers.Rejected, l.field, "it is not the first of the list that is given beside it")
		}
	}
	for kind, list := range map[string][]string{"image": s.Images, "video": s.Videos, "document": s.Documents} {
		for _, u := range list {
			if kindOf(u) != kind {
				return s, fault(providers.Rejected, "data", "%q is no URN of an asset of the kind %s", u, kind)
			}
		}
	}
	return s, nil
}

// newborn makes the body of a creative: its content by what is given and by what the campaign shows.
func (c *client) newborn(ctx context.Context, o *normalize.Creative, around *campaignAround) (newborn, error) {
	s, err := shownIn(o)
	if err != nil {
		return newborn{}, err
	}
	page, form, err := speaker(o)
	if err != nil {
		return newborn{}, err
	}
	n := newborn{body: fields{}}
	kind := normalize.CreativeTypeShare
	switch {
	case o.ItemID != "" || o.ExternalCreativeReference != "":
		err = c.sharePost(ctx, o, s, n.body)
	case around.Type == "TEXT_AD":
		kind = normalize.CreativeTypeStandard
		err = textAdOf(o, s, n.body)
	default:
		n.inline = true
		kind, err = darkPost(o, s, page, form, around, n.body)
	}
	if err != nil {
		return n, err
	}
	if o.CreativeType != "" && o.CreativeType != normalize.CreativeTypeUnspecified && o.CreativeType != kind {
		return n, fault(providers.Rejected, "creative_type", "what is given makes a creative of type %s in this group, not %s", kind, o.CreativeType)
	}
	o.CreativeType = kind
	switch {
	case form != "":
		n.body["leadgenCallToAction"], err = leadForm(form, o.CTA)
	case around.ObjectiveType == "LEAD_GENERATION":
		err = fault(providers.Rejected, "promoted", "a creative for leads opens a form: give promoted of type LEAD_FORM_ID")
	}
	return n, err
}

// speaker is the page that a creative speaks as, and the lead form that it opens.
func speaker(o *normalize.Creative) (page, form string, err error) {
	page = o.Identity
	for _, p := range o.Promoted {
		id := tail(p.ID)
		switch {
		case !digitsOnly(id):
			return "", "", fault(providers.Rejected, "promoted", "%q is no id of LinkedIn's", p.ID)
		case p.Type == normalize.PromotedTypePageID && (page == "" || page == id):
			page = id
		case p.Type == normalize.PromotedTypePageID:
			return "", "", fault(providers.Rejected, "promoted", "a creative speaks as one page")
		case p.Type == normalize.PromotedTypeLeadFormID && form == "":
			form = id
		default:
			return "", "", refused("promoted", string(p.Type))
		}
	}
	if page != "" && !digitsOnly(tail(page)) {
		return "", "", fault(providers.Rejected, "identity", "%q is no page of LinkedIn's", page)
	}
	return tail(page), form, nil
}

// leadLabels are what the button of a lead form can say.
var leadLabels = []string{"APPLY", "DOWNLOAD", "VIEW_QUOTE", "LEARN_MORE", "SIGN_UP", "SUBSCRIBE", "REGISTER", "REQUEST_DEMO", "JOIN", "ATTEND", "UNLOCK_FULL_DOCUMENT"}

func leadForm(form, cta string) (fields, error) {
	label, err := writeCTA(cta)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(leadLabels, label) {
		return nil, fault(providers.Rejected, "cta", "the button of a lead form says one of %s", strings.Join(leadLabels, ", "))
	}
	return fields{"destination": urn("adForm", form), "label": label}, nil
}

// sharePost promotes a post that is there. A bare number may be of either kind of post, so it is looked up.
func (c *client) sharePost(ctx context.Context, o *normalize.Creative, s shown, body fields) error {
	for field, set := range map[string]bool{
		"title": o.Title != "", "body": o.Body != "", "link_url": o.LinkURL != "", "data": len(s.Images)+len(s.Videos)+len(s.Documents) > 0,
	} {
		if set {
			return fault(providers.Rejected, field, "the post that is promoted has its own")
		}
	}
	reference := o.ExternalCreativeReference
	if reference == "" {
		reference = o.ItemID
	} else if o.ItemID != "" && tail(o.ItemID) != tail(reference) {
		return fault(providers.Rejected, "item_id", "external_creative_reference names another post")
	}
	if digitsOnly(reference) {
		found := ""
		for _, kind := range []string{"share", "ugcPost"} {
			_, _, err := getOne[post](ctx, c, "posts/"+esc(urn(kind, reference)), nil)
			if err == nil {
				found = urn(kind, reference)
				break
			}
			if k := providers.KindOf(err); k != providers.NotFound && k != providers.Invalid {
				return err
			}
		}
		if reference = found; found == "" {
			return fault(providers.Rejected, "item_id", "LinkedIn has no post %s", o.ItemID)
		}
	}
	if !isPost(reference) {
		return fault(providers.Rejected, "item_id", "%q is no post: give urn:li:share:… or urn:li:ugcPost:…", reference)
	}
	o.ExternalCreativeReference, o.ItemID = reference, tail(reference)
	body["content"] = fields{"reference": reference}
	return nil
}

// textAdOf is the content of a text ad.
func textAdOf(o *normalize.Creative, s shown, body fields) error {
	if o.CTA != "" {
		return fault(providers.Rejected, "cta", "a text ad has no button")
	}
	if len(s.Images) > 1 || len(s.Videos)+len(s.Documents) > 0 {
		return fault(providers.Rejected, "data", "a text ad shows one image, or none")
	}
	for _, err := range []error{
		textWithin("title", o.Title, maxTextHeadline, true), textWithin("body", o.Body, maxTextBody, true), webAddress("link_url", o.LinkURL, true),
	} {
		if err != nil {
			return err
		}
	}
	ad := fields{"headline": o.Title, "description": o.Body, "landingPage": o.LinkURL}
	if len(s.Images) == 1 {
		ad["image"] = s.Images[0]
	}
	body["content"] = fields{"textAd": ad}
	return nil
}

// textWithin refuses a text that is too long, or that is missing where it is needed.
func textWithin(field, s string, most int, needed bool) error {
	switch n := utf8.RuneCountInString(s); {
	case needed && strings.TrimSpace(s) == "":
		return fault(providers.Rejected, field, "the creative needs it")
	case n > most:
		return fault(providers.Rejected, field, "it has %d characters, LinkedIn takes %d", n, most)
	}
	return nil
}

func webAddress(field, s string, needed bool) error {
	if s == "" && !needed {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fault(providers.Rejected, field, "the creative needs an address that it leads to, with https://")
	}
	return textWithin(field, s, maxLink, needed)
}

// littleText escapes what LinkedIn's texts give a meaning to: a stray one would cut the text short.
func littleText(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`|{}@[]()<>#\*_~`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
