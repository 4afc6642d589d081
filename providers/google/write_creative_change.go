package google

import (
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// standingAd is what a change of an ad has to know besides our object.
type standingAd struct {
	AdGroupAd struct {
		Status string `json:"status"`
		Ad     struct {
			Type   string `json:"type"`
			Search struct {
				Headlines    []pin `json:"headlines"`
				Descriptions []pin `json:"descriptions"`
			} `json:"responsiveSearchAd"`
		} `json:"ad"`
	} `json:"adGroupAd"`
}

func (c *client) standingAd(ctx context.Context, a account, group, ad string) (standingAd, error) {
	found, err := read[standingAd](ctx, c, a, gaql{
		fields: []string{"ad_group_ad.status", "ad_group_ad.ad.id", "ad_group_ad.ad.type", "ad_group_ad.ad.responsive_search_ad.headlines", "ad_group_ad.ad.responsive_search_ad.descriptions"},
		from:   "ad_group_ad", where: []string{"ad_group.id = " + group, "ad_group_ad.ad.id = " + ad}, limit: 1,
	}, false)
	if err != nil || len(found) == 0 {
		if err == nil {
			err = notFound("ad", adID(group, ad))
		}
		return standingAd{}, err
	}
	return found[0].row, nil
}

func (w creativeWrites) update(ctx context.Context, ref providers.Ref, in providers.Write[normalize.Creative]) (intent[normalize.Creative], error) {
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return intent[normalize.Creative]{}, err
	}
	ops, err := w.updates(ctx, a, ref, in)
	if err != nil {
		return intent[normalize.Creative]{}, err
	}
	return changed(a, ref.ID, in, ops)
}

func (w creativeWrites) updates(ctx context.Context, a account, ref providers.Ref, in providers.Write[normalize.Creative]) ([]operation, error) {
	o, was := &in.Object, in.Before
	for field, differ := range map[string]bool{
		"group_id": o.GroupID != was.GroupID, "creative_type": o.CreativeType != was.CreativeType, "organization_id": o.OrganizationID != was.OrganizationID,
	} {
		if in.Changed(field) && differ {
			return nil, fault(providers.Rejected, field, "%s of a creative cannot be changed", field)
		}
	}
	ops, there, err := w.switched(ctx, a, ref, o.Status, in.Changed("status") && o.Status != was.Status)
	if err != nil {
		return nil, err
	}
	v, err := contentChanges(in, there)
	if err != nil {
		return nil, err
	}
	_, ad, _, _ := parseAd(ref.ID)
	return append(ops, v.update("ad", resource(a, "ads", ad))...), nil
}

// switched turns an ad, or an asset group, on or off: the switch of an ad is apart from its content. Ours may tell of its
// review instead, so that Google's own counts.
func (c *client) switched(ctx context.Context, a account, ref providers.Ref, s normalize.Status, asked bool) ([]operation, standingAd, error) {
	group, ad, asset, ok := parseAd(ref.ID)
	if !ok {
		return nil, standingAd{}, notFound("ad or asset group", ref.ID)
	}
	var there standingAd
	var err error
	if !asset {
		if there, err = c.standingAd(ctx, a, group, ad); err != nil {
			return nil, there, err
		}
	}
	if !asked {
		return nil, there, nil
	}
	word, err := writeStatus(s)
	if err != nil || word == there.AdGroupAd.Status {
		return nil, there, err
	}
	var v changes
	v.set("status", word)
	if asset {
		return v.update("assetGroup", resource(a, "assetGroups", group)), there, nil
	}
	return v.update("adGroupAd", resource(a, "adGroupAds", ref.ID)), there, nil
}

// contentFields are what can be changed of what an ad shows, in the order of our fields.
var contentFields = []string{"texts.titles", "texts.long_headlines", "texts.bodies", "path1", "path2", "url_tags", "cta", "link_url"}

// contentChanges are the changes of what an ad shows.
func contentChanges(in providers.Write[normalize.Creative], there standingAd) (changes, error) {
	var v changes
	o, was := synced(in), in.Before
	is, err := variants(&o)
	if err != nil {
		return v, err
	}
	old, err := variants(was)
	if err != nil {
		return v, err
	}
	changed := map[string]bool{
		"texts.titles":         (in.Changed("texts.titles") || in.Changed("title")) && !slices.Equal(is.titles, old.titles),
		"texts.bodies":         (in.Changed("texts.bodies") || in.Changed("body")) && !slices.Equal(is.bodies, old.bodies),
		"texts.long_headlines": in.Changed("texts.long_headlines") && !slices.Equal(is.longs, old.longs),
		"path1":                differs(in, "path1", o.Path1, was.Path1), "path2": differs(in, "path2", o.Path2, was.Path2),
		"link_url": differs(in, "link_url", o.LinkURL, was.LinkURL), "url_tags": differs(in, "url_tags", o.URLTags, was.URLTags),
		"cta": differs(in, "cta", o.CTA, was.CTA),
	}
	first := slices.IndexFunc(contentFields, func(field string) bool { return changed[field] })
	if first < 0 {
		return v, nil
	}
	limits, ok := map[string]*textLimits{"RESPONSIVE_SEARCH_AD": &searchTexts, "RESPONSIVE_DISPLAY_AD": &displayTexts}[there.AdGroupAd.Ad.Type]
	if !ok {
		return v, fault(providers.Rejected, contentFields[first], "what an ad of this type shows is not changed: make another one")
	}
	if err := limits.check(is, &o); err != nil {
		return v, err
	}
	if err := setTexts(&v, limits.member, changed, is, there); err != nil {
		return v, err
	}
	setWords(&v, limits.member, changed, &o)
	if changed["link_url"] {
		v.set("finalUrls", []string{o.LinkURL})
		return v, checkLink(o.LinkURL)
	}
	return v, nil
}

// setWords writes the single texts that change. One that is empty is cleared.
func setWords(v *changes, member string, changed map[string]bool, o *normalize.Creative) {
	for _, p := range []struct{ field, path, value string }{
		{"path1", member + ".path1", o.Path1}, {"path2", member + ".path2", o.Path2}, {"url_tags", "finalUrlSuffix", o.URLTags},
		{"cta", member + ".callToActionText", writeCTA(o.CTA)},
	} {
		switch {
		case !changed[p.field]:
		case p.value == "":
			v.set(p.path, nil)
		default:
			v.set(p.path, p.value)
		}
	}
}

// setTexts writes the lists that change, each whole. Texts that stay keep the place that they are pinned to.
func setTexts(v *changes, member string, changed map[string]bool, is copyTexts, there standingAd) error {
	search := &there.AdGroupAd.Ad.Search
	for _, list := range []struct {
		field, member string
		texts         []string
		there         []pin
	}{{"texts.titles", ".headlines", is.titles, search.Headlines}, {"texts.bodies", ".descriptions", is.bodies, search.Descriptions}} {
		if !changed[list.field] {
			continue
		}
		pins := pinned(list.texts, list.there)
		if slices.ContainsFunc(pins, func(p pin) bool { return p.Place == newer }) {
			return fault(providers.Rejected, list.field, "a text is pinned to a place that is newer than the version spoken, which would be lost")
		}
		v.set(member+list.member, pins)
	}
	if changed["texts.long_headlines"] {
		v.set(member+".longHeadline.text", is.longs[0])
	}
	return nil
}

// synced is the creative with the title, or the body, where the lists have it: the one that was given counts.
func synced(in providers.Write[normalize.Creative]) normalize.Creative {
	o := in.Object
	if o.Texts == nil {
		return o
	}
	texts := *o.Texts
	for _, x := range []struct {
		scalar, list string
		value        *string
		texts        *[]string
	}{{"title", "texts.titles", &o.Title, &texts.Titles}, {"body", "texts.bodies", &o.Body, &texts.Bodies}} {
		switch given := in.Changed(x.list); {
		case len(*x.texts) == 0:
		case in.Changed(x.scalar) && !given:
			*x.texts = append([]string{*x.value}, (*x.texts)[1:]...)
		case given && !in.Changed(x.scalar):
			*x.value = (*x.texts)[0]
		}
	}
	o.Texts = &texts
	return o
}

// removesAd removes an ad, which is its content as well, or an asset group.
func removesAd[T normalize.Object](c *client) func(context.Context, providers.Ref, T) (removing, error) {
	return func(ctx context.Context, ref providers.Ref, _ T) (removing, error) {
		a, err := c.needOrg(ctx, ref)
		group, _, asset, _ := parseAd(ref.ID)
		if asset {
			return removing{ops: []operation{{kind: "assetGroup", remove: resource(a, "assetGroups", group)}}}, err
		}
		return removing{ops: []operation{{kind: "adGroupAd", remove: resource(a, "adGroupAds", ref.ID)}}}, err
	}
}
