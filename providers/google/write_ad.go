package google

import (
	"context"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// adFields are what can be written of an ad. Google's ad and its content are one object: it is there as soon as the
// creative is, which is where its content is written.
var adFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "group_id", Create: true, Required: true},
	{Name: "creative_ids", Create: true, Required: true},
	{Name: "status", Create: true, Update: true},
}

func writesAds(c *client, col providers.Collection[normalize.Ad]) providers.Collection[normalize.Ad] {
	w := adWrites{c, col.Get}
	col.Fields, col.Find = adFields, w.find
	return writer[normalize.Ad]{client: c, what: "ad", get: col.Get, create: w.create, update: w.update, remove: removesAd[normalize.Ad](c), many: adsOf().many(c)}.into(col)
}

type adWrites struct {
	*client
	get func(context.Context, providers.Ref) (normalize.Ad, error)
}

// same is the ad of a creative.
func (w adWrites) same(ctx context.Context, a account, o *normalize.Ad) (normalize.Ad, error) {
	if len(o.CreativeIDs) != 1 {
		return normalize.Ad{}, fault(providers.Rejected, "creative_ids", "an ad of Google Ads shows one creative")
	}
	ad, err := w.get(ctx, providers.Ref{Org: a.ID, ID: o.CreativeIDs[0]})
	switch {
	case providers.KindOf(err) == providers.NotFound:
		return ad, fault(providers.Rejected, "creative_ids", "Google Ads has no creative %q", o.CreativeIDs[0])
	case err == nil && ad.GroupID != o.GroupID:
		return ad, fault(providers.Rejected, "group_id", "the creative is in group %s, and an ad is where its creative is", ad.GroupID)
	}
	return ad, err
}

// create finds the ad that came with the creative, and turns it on where that is asked for.
func (w adWrites) create(ctx context.Context, in providers.Write[normalize.Ad]) (intent[normalize.Ad], error) {
	none := intent[normalize.Ad]{}
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return none, err
	}
	if _, err := newStatus(in.Object.Status); err != nil {
		return none, err
	}
	ad, err := w.same(ctx, a, &in.Object)
	if err != nil {
		return none, err
	}
	after := ad
	if in.Object.Status != "" {
		after.Status = in.Object.Status
	}
	return w.update(ctx, providers.Ref{Org: a.ID, ID: ad.ID}, providers.Write[normalize.Ad]{Org: a.ID, Object: after, Before: &ad, Set: []string{"status"}})
}

func (w adWrites) update(ctx context.Context, ref providers.Ref, in providers.Write[normalize.Ad]) (intent[normalize.Ad], error) {
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return intent[normalize.Ad]{}, err
	}
	ops, _, err := w.switched(ctx, a, ref, in.Object.Status, in.Changed("status") && in.Object.Status != in.Before.Status)
	if err != nil {
		return intent[normalize.Ad]{}, err
	}
	return changed(a, ref.ID, in, ops)
}
