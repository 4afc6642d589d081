package meta

import (
	"context"
	"net/url"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

var adFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "group_id", Create: true, Required: true},
	{Name: "name", Create: true, Update: true, Required: true},
	{Name: "creative_ids", Create: true, Update: true, Required: true},
	{Name: "status", Create: true, Update: true},
}

// creativeSpec points at the one creative that an ad of Meta's shows.
func creativeSpec(ids []string) (string, error) {
	if len(ids) != 1 || !digitsOnly(ids[0]) {
		return "", fault(providers.Rejected, "creative_ids", "an ad of Meta's shows one creative: give its id")
	}
	return js(map[string]string{"creative_id": ids[0]}), nil
}

func (d *desk) createAd(ctx context.Context, w providers.Write[normalize.Ad]) (order[normalize.Ad], error) {
	none := order[normalize.Ad]{}
	o := &w.Object
	if err := nameToWrite(o.Name); err != nil {
		return none, err
	}
	status, err := birthStatus(o.Status)
	if err != nil {
		return none, err
	}
	creative, err := creativeSpec(o.CreativeIDs)
	if err != nil {
		return none, err
	}
	parent, err := d.group(ctx, o.GroupID)
	switch {
	case providers.KindOf(err) == providers.NotFound:
		return none, fault(providers.Rejected, "group_id", "Meta has no ad set %q", o.GroupID)
	case err != nil:
		return none, err
	case parent.Status == normalize.StatusArchived:
		return none, fault(providers.Conflict, "group_id", "the ad set %s is archived or deleted", o.GroupID)
	}
	account, err := d.accountToWrite(w.Org, o.OrganizationID, parent.OrganizationID)
	if err != nil {
		return none, err
	}
	params := url.Values{"name": {o.Name}, "adset_id": {o.GroupID}, "status": {status}, "creative": {creative}}
	wish := *o
	wish.OrganizationID, wish.CampaignID, wish.Status, wish.AdType = account, parent.CampaignID, normalize.Status(status), normalize.ChannelSocial
	return making(account, "ads", params, w, wish), nil
}

func (d *desk) updateAd(_ context.Context, id string, w providers.Write[normalize.Ad]) (order[normalize.Ad], error) {
	none := order[normalize.Ad]{}
	if err := fixed(adFields, w); err != nil {
		return none, err
	}
	o, was := &w.Object, w.Before
	changed, err := basics(w.Changed, o.Name, was.Name, o.Status, was.Status)
	if err != nil {
		return none, err
	}
	if w.Changed("creative_ids") && !slices.Equal(o.CreativeIDs, was.CreativeIDs) { // goes to review again
		creative, err := creativeSpec(o.CreativeIDs)
		if err != nil {
			return none, err
		}
		changed.set("creative", creative)
	}
	if err := changed.thawed(); err != nil {
		return none, err
	}
	return changing(was.OrganizationID, id, changed.params, w), nil
}
