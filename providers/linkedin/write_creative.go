package linkedin

import (
	"context"
	"net/url"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// A creative of LinkedIn's is our creative and our ad at once: it has a place in a campaign, a status, and content that never
// changes. Its content is a post, made along with it (createInline), one that is there already, or the text of a text ad.
var creativeFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "group_id", Create: true, Required: true},
	{Name: "name", Create: true, Update: true},
	{Name: "status", Create: true, Update: true},
	{Name: "creative_type", Create: true},
	{Name: "title", Create: true},
	{Name: "body", Create: true},
	{Name: "link_url", Create: true},
	{Name: "cta", Create: true, Update: true},
	{Name: "data", Create: true},
	{Name: "item_id", Create: true},
	{Name: "external_creative_reference", Create: true},
	{Name: "identity", Create: true},
	{Name: "promoted", Create: true, Update: true},
}

// campaignAround is the campaign that a creative is to be in.
type campaignAround struct {
	campaign
	account string
}

func (c *client) campaignAround(ctx context.Context, org, given, id string) (campaignAround, error) {
	number, ok := numeric(urnCampaign, id)
	if !ok {
		return campaignAround{}, fault(providers.Rejected, "group_id", "LinkedIn has no campaign %q", id)
	}
	within := org
	if within == "" {
		within = given
	}
	w, _, account, err := getInAccount[campaign](ctx, c, providers.Ref{Org: within, ID: number}, func(account string) string { return campaignKind.one(account, number) })
	switch {
	case providers.KindOf(err) == providers.NotFound:
		return campaignAround{}, fault(providers.Rejected, "group_id", "LinkedIn has no campaign %q", id)
	case err != nil:
		return campaignAround{}, err
	case !stands(w.Status) || w.Status == "ARCHIVED":
		return campaignAround{}, fault(providers.Conflict, "group_id", "the campaign %s is archived or deleted", id)
	}
	account, err = c.accountToWrite(org, given, account)
	return campaignAround{w, account}, err
}

// newborn is a creative as it is written, by whichever of the two calls its content takes.
type newborn struct {
	body   fields
	inline bool // the post is made along with it
}

// makeCreative sends a creative. One that is to be paused may be refused for not being reviewed yet: nothing has been made
// then, and it is made as a draft, which does not run either. With a post of its own it is made as a draft at once: such a
// post was never reviewed, and whether it would stay behind after the refusal is documented nowhere.
func (c *client) makeCreative(account string, n newborn) func(context.Context) (string, []string, error) {
	paused := n.body["intendedStatus"] == "PAUSED"
	return func(ctx context.Context) (string, []string, error) {
		if n.inline {
			if paused {
				n.body["intendedStatus"] = "DRAFT"
			}
			return c.makeInline(ctx, account, n.body)
		}
		id, ids, err := c.maker(creativeKind, account, n.body)(ctx)
		if e := asError(err); err != nil && paused && e.Code == "STATUS_CHANGE_NOT_ALLOWED" && !e.Uncertain {
			n.body["intendedStatus"] = "DRAFT"
			return c.maker(creativeKind, account, n.body)(ctx)
		}
		return id, ids, err
	}
}

// makeInline makes a creative and its post. The id comes in a header, or in the answer.
func (c *client) makeInline(ctx context.Context, account string, body fields) (string, []string, error) {
	var said []byte
	h, err := c.write(ctx, writes{
		method: methodAction, path: creativeKind.all(account), query: "action=createInline", body: fields{"creative": body}, into: &said,
	})
	if err != nil {
		return "", nil, duplicate(err)
	}
	if id, ok := numeric(urnCreative, creativeIn(said)); ok {
		return id, idsOf(h), nil
	}
	id, err := createdID(h, urnCreative)
	return id, idsOf(h), err
}

// duplicate says what to do where a page has said the same before.
func duplicate(err error) error {
	if providers.KindOf(err) != providers.Conflict || !strings.Contains(err.Error(), "duplicate of") {
		return err
	}
	e := asError(err)
	e.Field = "body"
	e.Message += ": say it in other words, or promote that post by external_creative_reference"
	return e
}

// creativeIn is the creative that an action's answer names; empty where it has no body, as a header says it then.
func creativeIn(raw []byte) string {
	var v struct {
		Value struct {
			Creative string `json:"creative"`
		} `json:"value"`
	}
	if len(raw) == 0 || rest.Unmarshal(raw, &v) != nil {
		return ""
	}
	text, err := url.PathUnescape(v.Value.Creative)
	if err != nil {
		return ""
	}
	return text
}

func (c *client) createCreative(ctx context.Context, w providers.Write[normalize.Creative]) (providers.Written[normalize.Creative], error) {
	p, err := c.newCreative(ctx, w)
	if err != nil {
		return providers.Written[normalize.Creative]{}, err
	}
	return create(ctx, c, creativeKind, p, w.DryRun, creatives(c).Get)
}

// newCreative plans a create.
func (c *client) newCreative(ctx context.Context, w providers.Write[normalize.Creative]) (order[normalize.Creative], error) {
	p := order[normalize.Creative]{wish: w.Object}
	o := &p.wish
	around, err := c.campaignAround(ctx, w.Org, o.OrganizationID, o.GroupID)
	if err != nil {
		return p, err
	}
	status, err := birthStatus(o.Status)
	if err != nil {
		return p, err
	}
	n, err := c.newborn(ctx, o, &around)
	if err != nil {
		return p, err
	}
	n.body["campaign"], n.body["intendedStatus"] = urn(urnCampaign, around.ID.String()), status
	if o.Name != "" {
		n.body["name"] = o.Name
	}
	p.account, p.make, p.draft = around.account, c.makeCreative(around.account, n), status == "DRAFT"
	if n.inline && status == "PAUSED" {
		status = "DRAFT"
	}
	o.OrganizationID, o.Status, o.CampaignID = around.account, normalize.Status(status), tail(around.CampaignGroup)
	return p, nil
}

func (c *client) updateCreative(ctx context.Context, ref providers.Ref, w providers.Write[normalize.Creative]) (providers.Written[normalize.Creative], error) {
	none := providers.Written[normalize.Creative]{}
	if w.Before == nil {
		before, err := creatives(c).Get(ctx, ref)
		if err != nil {
			return none, err
		}
		w.Before = &before
	}
	was := w.Before
	if err := fixed(creativeFields, w); err != nil {
		e := asError(err)
		e.Kind, e.Message = providers.Conflict, "the content of a creative never changes: make a new one, and pause this one"
		return none, e
	}
	p := order[normalize.Creative]{account: was.OrganizationID, wish: w.Object}
	status, changed, err := c.creativeChange(ctx, was.OrganizationID, was.ID, creativeWish{
		name: w.Object.Name, wasName: was.Name, status: w.Object.Status, wasStatus: was.Status, given: w.Changed,
	})
	if err != nil {
		return none, err
	}
	if differs(w, "cta") || differs(w, "promoted") {
		if err := c.leadFormChange(ctx, w, changed); err != nil {
			return none, err
		}
	}
	p.steps = joined(changed, status)
	return update(ctx, c, creativeKind, was.ID, p, *was, w.DryRun, creatives(c).Get)
}

// creativeWish is what can be changed of a creative, by whichever of its two names.
type creativeWish struct {
	name, wasName     string
	status, wasStatus normalize.Status
	given             func(string) bool
}

// creativeChange plans a change. The status of our creative tells of its review, too: the switch is read from LinkedIn.
func (c *client) creativeChange(ctx context.Context, account, id string, w creativeWish) ([]step, *patch, error) {
	changed := &patch{}
	renamed, switched := w.given("name") && w.name != w.wasName, w.given("status") && w.status != w.wasStatus
	if !renamed && !switched {
		return nil, changed, nil
	}
	now, _, err := getOne[creative](ctx, c, creativeKind.one(account, id), nil)
	if err != nil {
		return nil, changed, err
	}
	if err := gone(ownEffective[now.IntendedStatus], creativeKind.word, id); err != nil {
		return nil, changed, err
	}
	if renamed {
		if err := nameToWrite(w.name, 0); err != nil {
			return nil, changed, err
		}
		changed.put("name", w.name)
	}
	if !switched {
		return nil, changed, nil
	}
	steps, err := statusSteps(creativeKind.status, readStatus(now.IntendedStatus), w.status)
	return steps, changed, err
}

// leadFormChange changes what a creative for leads opens, which LinkedIn lets be done while it is a draft.
func (c *client) leadFormChange(ctx context.Context, w providers.Write[normalize.Creative], changed *patch) error {
	now, _, err := getOne[creative](ctx, c, creativeKind.one(w.Before.OrganizationID, w.Before.ID), nil)
	if err != nil {
		return err
	}
	if now.IntendedStatus != "DRAFT" || now.LeadgenCallToAction.Destination == "" {
		field := "cta"
		if differs(w, "promoted") {
			field = "promoted"
		}
		return fault(providers.Conflict, field, "but for the lead form of a draft the content of a creative never changes: make a new one")
	}
	page, form, err := speaker(&w.Object)
	if err != nil {
		return err
	}
	if was := w.Before.Identity; page != "" && was != "" && page != was {
		return fault(providers.Conflict, "promoted", "the page that speaks never changes: make a new creative")
	}
	if form == "" {
		return fault(providers.Rejected, "promoted", "a creative for leads keeps a lead form: give promoted of type LEAD_FORM_ID")
	}
	body, err := leadForm(form, w.Object.CTA)
	if err == nil {
		changed.put("leadgenCallToAction", body)
	}
	return err
}

func (c *client) deleteCreative(ctx context.Context, ref providers.Ref, dry bool) (providers.Removal, error) {
	id, ok := numeric(urnCreative, ref.ID)
	if !ok {
		return providers.Removal{}, notFound(creativeKind.word, ref.ID)
	}
	w, _, account, err := getInAccount[creative](ctx, c, providers.Ref{Org: ref.Org, ID: id}, func(account string) string { return creativeKind.one(account, id) })
	if err == nil && !stands(w.IntendedStatus) {
		err = notFound(creativeKind.word, ref.ID)
	}
	if err != nil {
		return providers.Removal{}, err
	}
	return c.remove(ctx, creativeKind, account, id, w.IntendedStatus == "DRAFT", dry)
}
