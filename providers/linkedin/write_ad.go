package linkedin

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// An ad is there as soon as its creative is. Made for the group that the creative is in, it is that one; made for another
// group, it is a new creative there with the same content.
var adFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "group_id", Create: true, Required: true},
	{Name: "creative_ids", Create: true, Required: true},
	{Name: "name", Create: true, Update: true},
	{Name: "status", Create: true, Update: true},
}

// adSource is the creative that an ad is to show, and the campaign that it is to show it in.
type adSource struct {
	creative
	raw    json.RawMessage
	id     string
	around campaignAround
}

// there tells that the ad is the creative itself.
func (s *adSource) there() bool { return tail(s.Campaign) == s.around.ID.String() }

func (c *client) adSource(ctx context.Context, w providers.Write[normalize.Ad]) (adSource, error) {
	o := &w.Object
	var s adSource
	var err error
	if len(o.CreativeIDs) != 1 {
		return s, fault(providers.Rejected, "creative_ids", "an ad of LinkedIn's shows one creative: give its id")
	}
	var ok bool
	if s.id, ok = numeric(urnCreative, o.CreativeIDs[0]); !ok {
		return s, fault(providers.Rejected, "creative_ids", "LinkedIn has no creative %q", o.CreativeIDs[0])
	}
	if s.around, err = c.campaignAround(ctx, w.Org, o.OrganizationID, o.GroupID); err != nil {
		return s, err
	}
	s.creative, s.raw, err = getOne[creative](ctx, c, creativeKind.one(s.around.account, s.id), nil)
	switch {
	case providers.KindOf(err) == providers.NotFound:
		return s, fault(providers.Rejected, "creative_ids", "the account of the group has no creative %s", s.id)
	case err == nil && !stands(s.IntendedStatus):
		return s, fault(providers.Conflict, "creative_ids", "the creative %s is deleted, or will be soon", s.id)
	}
	return s, err
}

func (c *client) createAd(ctx context.Context, w providers.Write[normalize.Ad]) (providers.Written[normalize.Ad], error) {
	none := providers.Written[normalize.Ad]{}
	if _, err := birthStatus(w.Object.Status); err != nil {
		return none, err
	}
	s, err := c.adSource(ctx, w)
	if err != nil {
		return none, err
	}
	if s.there() {
		return c.createdAlready(ctx, s, w)
	}
	p, err := c.newAd(&s, w)
	if err != nil {
		return none, err
	}
	return create(ctx, c, creativeKind, p, w.DryRun, ads(c).Get)
}

// createdAlready gives the ad that came with its creative the name and the status that are asked for.
func (c *client) createdAlready(ctx context.Context, s adSource, w providers.Write[normalize.Ad]) (providers.Written[normalize.Ad], error) {
	ref := providers.Ref{Org: s.around.account, ID: s.id}
	before, err := ads(c).Get(ctx, ref)
	if err != nil {
		return providers.Written[normalize.Ad]{}, err
	}
	after, set := before, []string{}
	if w.Object.Name != "" {
		after.Name, set = w.Object.Name, append(set, "name")
	}
	pausedDraft := before.Status == normalize.StatusDraft && w.Object.Status == normalize.StatusPaused // neither runs
	if w.Object.Status != "" && !pausedDraft {
		after.Status, set = w.Object.Status, append(set, "status")
	}
	return c.updateAd(ctx, ref, providers.Write[normalize.Ad]{Org: ref.Org, Object: after, Before: &before, Set: set, DryRun: w.DryRun})
}

// newAd plans a creative in another campaign that shows the same.
func (c *client) newAd(s *adSource, w providers.Write[normalize.Ad]) (order[normalize.Ad], error) {
	p := order[normalize.Ad]{account: s.around.account, wish: w.Object}
	status, err := birthStatus(w.Object.Status)
	if err != nil {
		return p, err
	}
	content, err := s.content()
	if err != nil {
		return p, err
	}
	n := newborn{body: fields{"campaign": urn(urnCampaign, s.around.ID.String()), "content": content, "intendedStatus": status}}
	if name := w.Object.Name; name != "" {
		n.body["name"] = name
	} else if s.Name != "" {
		n.body["name"], p.wish.Name = s.Name, s.Name
	}
	if l := s.LeadgenCallToAction; l.Destination != "" {
		n.body["leadgenCallToAction"] = fields{"destination": l.Destination, "label": l.Label}
	}
	p.make, p.draft = c.makeCreative(p.account, n), status == "DRAFT"
	p.wish.OrganizationID, p.wish.Status, p.wish.CampaignID = p.account, normalize.Status(status), tail(s.around.CampaignGroup)
	return p, nil
}

// content is the content of a creative, as LinkedIn says it.
func (s *adSource) content() (json.RawMessage, error) {
	var w struct {
		Content json.RawMessage `json:"content"`
	}
	if err := rest.Unmarshal(s.raw, &w); err != nil || !present(w.Content) {
		return nil, fault(providers.Rejected, "creative_ids", "the creative %s has no content that another one could show", s.id)
	}
	return w.Content, nil
}

func (c *client) updateAd(ctx context.Context, ref providers.Ref, w providers.Write[normalize.Ad]) (providers.Written[normalize.Ad], error) {
	none := providers.Written[normalize.Ad]{}
	if w.Before == nil {
		before, err := ads(c).Get(ctx, ref)
		if err != nil {
			return none, err
		}
		w.Before = &before
	}
	was := w.Before
	if err := fixed(adFields, w); err != nil {
		return none, err
	}
	status, changed, err := c.creativeChange(ctx, was.OrganizationID, was.ID, creativeWish{
		name: w.Object.Name, wasName: was.Name, status: w.Object.Status, wasStatus: was.Status, given: w.Changed,
	})
	if err != nil {
		return none, err
	}
	p := order[normalize.Ad]{account: was.OrganizationID, wish: w.Object, steps: joined(changed, status)}
	return update(ctx, c, creativeKind, was.ID, p, *was, w.DryRun, ads(c).Get)
}

// sameContent tells whether two creatives show the same.
func sameContent(a, b creativeContent) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
