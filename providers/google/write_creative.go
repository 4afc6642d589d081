package google

import (
	"context"
	"net/url"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// creativeFields are what can be written of an ad's content. Responsive search ads are made and changed, responsive display
// ads changed; of all others the switch alone.
var creativeFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "group_id", Create: true, Required: true},
	{Name: "creative_type", Create: true},
	{Name: "status", Create: true, Update: true},
	{Name: "title", Create: true, Update: true}, {Name: "body", Create: true, Update: true},
	{Name: "texts.titles", Create: true, Update: true}, {Name: "texts.bodies", Create: true, Update: true},
	{Name: "link_url", Create: true, Update: true, Required: true},
	{Name: "path1", Create: true, Update: true, Clear: true}, {Name: "path2", Create: true, Update: true, Clear: true},
	{Name: "url_tags", Create: true, Update: true, Clear: true},
}

func writesCreatives(c *client, col providers.Collection[normalize.Creative]) providers.Collection[normalize.Creative] {
	w := creativeWriter{client: c, get: col.Get, all: col}
	col.Fields, col.Create, col.Update, col.Delete, col.Find = creativeFields, w.create, w.update, w.remove, w.find
	return col
}

type creativeWriter struct {
	*client
	get func(context.Context, providers.Ref) (normalize.Creative, error)
	all providers.Collection[normalize.Creative]
}

// limits of a responsive ad's texts.
type textLimits struct {
	member                                   string
	leastTitles, mostTitles, leastBodies     int
	mostBodies, titleLen, bodyLen, mostPaths int
}

var (
	searchTexts  = textLimits{"responsiveSearchAd", 3, 15, 2, 4, 30, 90, 15}
	displayTexts = textLimits{"responsiveDisplayAd", 1, 5, 1, 5, 30, 90, 0}
)

// check refuses texts that the ad cannot have.
func (l textLimits) check(titles, bodies []string, path1, path2 string) error {
	for _, list := range []struct {
		field             string
		texts             []string
		least, most, size int
	}{{"texts.titles", titles, l.leastTitles, l.mostTitles, l.titleLen}, {"texts.bodies", bodies, l.leastBodies, l.mostBodies, l.bodyLen}} {
		if n := len(list.texts); n < list.least || n > list.most {
			return fault(providers.Rejected, list.field, "the ad takes %d to %d of %s; it has %d", list.least, list.most, list.field, n)
		}
		for i, s := range list.texts {
			if err := textWithin(list.field, s, list.size); err != nil {
				return err
			}
			if slices.Contains(list.texts[:i], s) {
				return fault(providers.Rejected, list.field, "%q stands there twice", s)
			}
		}
	}
	for field, p := range map[string]string{"path1": path1, "path2": path2} {
		if len([]rune(p)) > l.mostPaths {
			return fault(providers.Rejected, field, "%s has %d characters at most", field, l.mostPaths)
		}
	}
	if path2 != "" && path1 == "" {
		return fault(providers.Rejected, "path1", "path2 needs a path1")
	}
	return nil
}

func checkLink(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fault(providers.Rejected, "link_url", "link_url must be an address that begins with https:// or http://")
	}
	return nil
}

// variants are the texts of a creative: the lists, whose first is the title, and the body.
func variants(o *normalize.Creative) (titles, bodies []string, err error) {
	if o.Texts != nil {
		titles, bodies = o.Texts.Titles, o.Texts.Bodies
	}
	for _, x := range []struct {
		field, scalar string
		list          *[]string
	}{{"title", o.Title, &titles}, {"body", o.Body, &bodies}} {
		switch {
		case x.scalar == "":
		case len(*x.list) == 0:
			*x.list = []string{x.scalar}
		case (*x.list)[0] != x.scalar:
			return nil, nil, fault(providers.Rejected, x.field, "%s is another text than the first of texts", x.field)
		}
	}
	return titles, bodies, nil
}

func (w creativeWriter) create(ctx context.Context, in providers.Write[normalize.Creative]) (providers.Written[normalize.Creative], error) {
	none := providers.Written[normalize.Creative]{}
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return none, err
	}
	o := &in.Object
	made, err := w.newAd(ctx, a, o)
	if err != nil {
		return none, err
	}
	m, err := w.mutate(ctx, a, in.DryRun, []operation{{kind: "adGroupAd", create: made}})
	if err != nil {
		return none, err
	}
	if in.DryRun {
		v := *o
		v.OrganizationID = a.ID
		if v.Status == "" {
			v.Status = normalize.StatusPaused
		}
		return dry(m, v), nil
	}
	id := tail(m.names[0])
	return readBack(m, "creative "+id, func() (normalize.Creative, error) { return w.get(ctx, providers.Ref{Org: a.ID, ID: id}) })
}

func (w creativeWriter) newAd(ctx context.Context, a account, o *normalize.Creative) (fields, error) {
	if o.CreativeType != "" && o.CreativeType != normalize.CreativeTypeAssetBased {
		return nil, fault(providers.Rejected, "creative_type", "creatives of type %s are not made here: ASSET_BASED is, in a search group", o.CreativeType)
	}
	if !digits(o.GroupID) {
		return nil, fault(providers.Rejected, "group_id", "Google Ads has no ad group %q", o.GroupID)
	}
	status, err := newStatus(o.Status)
	if err != nil {
		return nil, err
	}
	titles, bodies, err := variants(o)
	if err != nil {
		return nil, err
	}
	if err := searchTexts.check(titles, bodies, o.Path1, o.Path2); err != nil {
		return nil, err
	}
	if err := checkLink(o.LinkURL); err != nil {
		return nil, err
	}
	parent, err := w.above(ctx, a, "ad_group.id = "+o.GroupID, "ad_group")
	switch {
	case providers.KindOf(err) == providers.NotFound:
		return nil, fault(providers.Rejected, "group_id", "Google Ads has no ad group %s", o.GroupID)
	case err != nil:
		return nil, err
	case parent.Campaign.ChannelType != "SEARCH":
		return nil, fault(providers.Rejected, "group_id", "creatives are made in search groups only; this one is of a %s campaign", parent.Campaign.ChannelType)
	}
	content := fields{"headlines": pinned(titles, nil), "descriptions": pinned(bodies, nil)}
	for name, s := range map[string]string{"path1": o.Path1, "path2": o.Path2} {
		if s != "" {
			content[name] = s
		}
	}
	ad := fields{"finalUrls": []string{o.LinkURL}, "responsiveSearchAd": content}
	if o.URLTags != "" {
		ad["finalUrlSuffix"] = o.URLTags
	}
	return fields{"adGroup": resource(a, "adGroups", o.GroupID), "status": status, "ad": ad}, nil
}

// pin is a text with the place that it is held to.
type pin struct {
	Text  string `json:"text"`
	Place string `json:"pinnedField,omitempty"`
}

// pinned are texts as Google writes them; those that are there already stay where they are pinned.
func pinned(texts []string, there []pin) []pin {
	out := make([]pin, len(texts))
	for i, s := range texts {
		out[i].Text = s
		for _, p := range there {
			if p.Text == s {
				out[i] = p
			}
		}
	}
	return out
}

// standingAd is what a change of an ad has to know besides our object.
type standingAd struct {
	AdGroupAd struct {
		Status string `json:"status"`
		Ad     struct {
			Type   string                                  `json:"type"`
			Search struct{ Headlines, Descriptions []pin } `json:"responsiveSearchAd"`
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

func (w creativeWriter) update(ctx context.Context, ref providers.Ref, in providers.Write[normalize.Creative]) (providers.Written[normalize.Creative], error) {
	none := providers.Written[normalize.Creative]{}
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return none, err
	}
	ops, err := w.updates(ctx, a, ref, in)
	if err != nil {
		return none, err
	}
	if len(ops) == 0 {
		return unchanged(in.DryRun, *in.Before), nil
	}
	if err := removed(in.Before.Status, ""); err != nil {
		return none, err
	}
	m, err := w.mutate(ctx, a, in.DryRun, ops)
	switch {
	case err != nil:
		return none, err
	case in.DryRun:
		return dry(m, in.Object), nil
	}
	return readBack(m, "creative "+ref.ID, func() (normalize.Creative, error) { return w.get(ctx, providers.Ref{Org: a.ID, ID: ref.ID}) })
}

func (w creativeWriter) updates(ctx context.Context, a account, ref providers.Ref, in providers.Write[normalize.Creative]) ([]operation, error) {
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

// contentChanges are the changes of what an ad shows.
func contentChanges(in providers.Write[normalize.Creative], there standingAd) (changes, error) {
	var v changes
	o, was := synced(in), in.Before
	titles, bodies, err := variants(&o)
	if err != nil {
		return v, err
	}
	oldTitles, oldBodies, err := variants(was)
	if err != nil {
		return v, err
	}
	changed := map[string]bool{
		"texts.titles": (in.Changed("texts.titles") || in.Changed("title")) && !slices.Equal(titles, oldTitles),
		"texts.bodies": (in.Changed("texts.bodies") || in.Changed("body")) && !slices.Equal(bodies, oldBodies),
		"path1":        differs(in, "path1", o.Path1, was.Path1), "path2": differs(in, "path2", o.Path2, was.Path2),
		"link_url": differs(in, "link_url", o.LinkURL, was.LinkURL), "url_tags": differs(in, "url_tags", o.URLTags, was.URLTags),
	}
	kind := there.AdGroupAd.Ad.Type
	limits, ok := map[string]textLimits{"RESPONSIVE_SEARCH_AD": searchTexts, "RESPONSIVE_DISPLAY_AD": displayTexts}[kind]
	some := false
	for _, field := range []string{"texts.titles", "texts.bodies", "path1", "path2", "link_url", "url_tags"} {
		some = some || changed[field]
		if changed[field] && !ok {
			return v, fault(providers.Rejected, field, "what an ad of this type shows is not changed: make another one")
		}
	}
	if !some {
		return v, nil
	}
	if err := limits.check(titles, bodies, o.Path1, o.Path2); err != nil {
		return v, err
	}
	if changed["texts.titles"] {
		v.set(limits.member+".headlines", pinned(titles, there.AdGroupAd.Ad.Search.Headlines))
	}
	if changed["texts.bodies"] {
		v.set(limits.member+".descriptions", pinned(bodies, there.AdGroupAd.Ad.Search.Descriptions))
	}
	for _, p := range []struct{ field, path, value string }{
		{"path1", limits.member + ".path1", o.Path1}, {"path2", limits.member + ".path2", o.Path2}, {"url_tags", "finalUrlSuffix", o.URLTags},
	} {
		switch {
		case !changed[p.field]:
		case p.value == "":
			v.set(p.path, nil)
		default:
			v.set(p.path, p.value)
		}
	}
	if changed["link_url"] {
		if err := checkLink(o.LinkURL); err != nil {
			return v, err
		}
		v.set("finalUrls", []string{o.LinkURL})
	}
	return v, nil
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

func (w creativeWriter) remove(ctx context.Context, ref providers.Ref, dryRun bool) (providers.Removal, error) {
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return providers.Removal{}, err
	}
	before, err := w.get(ctx, providers.Ref{Org: a.ID, ID: ref.ID})
	if err != nil {
		return providers.Removal{}, err
	}
	return w.removeAd(ctx, a, ref.ID, before.Status, dryRun)
}

// removeAd removes an ad, which is its content as well, or an asset group.
func (c *client) removeAd(ctx context.Context, a account, id string, status normalize.Status, dryRun bool) (providers.Removal, error) {
	group, _, asset, _ := parseAd(id)
	op := operation{kind: "adGroupAd", remove: resource(a, "adGroupAds", id)}
	if asset {
		op = operation{kind: "assetGroup", remove: resource(a, "assetGroups", group)}
	}
	return c.removal(ctx, a, dryRun, status, "ad", id, []operation{op})
}

// find looks for what a lost create may have made: ads of the group that show the same. Ads have no names and Google tells
// no time of creation: an older one of the same content cannot be told apart.
func (w creativeWriter) find(ctx context.Context, in providers.Write[normalize.Creative], _ providers.Try) ([]normalize.Creative, error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil || !digits(in.Object.GroupID) {
		return nil, err
	}
	titles, bodies, err := variants(&in.Object)
	if err != nil {
		return nil, err
	}
	var out []normalize.Creative
	for x, err := range w.all.All(ctx, providers.ListQuery{Org: a.ID, Group: in.Object.GroupID, Size: w.all.MaxPage}) {
		if err != nil {
			return nil, err
		}
		t, b, _ := variants(&x)
		if x.Status != normalize.StatusArchived && slices.Equal(t, titles) && slices.Equal(b, bodies) && x.LinkURL == in.Object.LinkURL && x.URLTags == in.Object.URLTags {
			out = append(out, x)
		}
	}
	return out, nil
}
