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
	w := adWriter{client: c, get: col.Get}
	col.Fields, col.Create, col.Update, col.Delete, col.Find = adFields, w.create, w.update, w.remove, w.find
	return col
}

type adWriter struct {
	*client
	get func(context.Context, providers.Ref) (normalize.Ad, error)
}

// same is the ad of a creative.
func (w adWriter) same(ctx context.Context, a account, o *normalize.Ad) (normalize.Ad, error) {
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
func (w adWriter) create(ctx context.Context, in providers.Write[normalize.Ad]) (providers.Written[normalize.Ad], error) {
	none := providers.Written[normalize.Ad]{}
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
	if in.Object.Status == "" {
		return unchanged(in.DryRun, ad), nil
	}
	after := ad
	after.Status = in.Object.Status
	return w.update(ctx, providers.Ref{Org: a.ID, ID: ad.ID}, providers.Write[normalize.Ad]{
		Org: a.ID, Object: after, Before: &ad, Set: []string{"status"}, DryRun: in.DryRun,
	})
}

func (w adWriter) update(ctx context.Context, ref providers.Ref, in providers.Write[normalize.Ad]) (providers.Written[normalize.Ad], error) {
	none := providers.Written[normalize.Ad]{}
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return none, err
	}
	ops, _, err := w.switched(ctx, a, ref, in.Object.Status, in.Changed("status") && in.Object.Status != in.Before.Status)
	if err != nil {
		return none, err
	}
	if len(ops) == 0 {
		return unchanged(in.DryRun, *in.Before), nil
	}
	if err := removed(in.Before.Status, in.Before.EffectiveStatus); err != nil {
		return none, err
	}
	m, err := w.mutate(ctx, a, in.DryRun, ops)
	switch {
	case err != nil:
		return none, err
	case in.DryRun:
		return dry(m, in.Object), nil
	}
	return readBack(m, "ad "+ref.ID, func() (normalize.Ad, error) { return w.get(ctx, providers.Ref{Org: a.ID, ID: ref.ID}) })
}

func (w adWriter) remove(ctx context.Context, ref providers.Ref, dryRun bool) (providers.Removal, error) {
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

// find is the ad of the creative: a create makes no other.
func (w adWriter) find(ctx context.Context, in providers.Write[normalize.Ad], _ providers.Try) ([]normalize.Ad, error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return nil, err
	}
	ad, err := w.same(ctx, a, &in.Object)
	if err != nil || in.Object.Status != "" && ad.Status != in.Object.Status {
		return nil, err
	}
	return []normalize.Ad{ad}, nil
}
