package google

import (
	"context"
	"net/http"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// organizationFields: of an account its name alone is the advertiser's. Accounts are opened by managers, and closed by people.
var organizationFields = []providers.Field{{Name: "name", Update: true}}

// writesOrganizations adds what can be written of accounts.
func writesOrganizations(c *client, col providers.Collection[normalize.Organization]) providers.Collection[normalize.Organization] {
	col.Fields, col.Update = organizationFields, c.updateOrganization
	return col
}

// customerBody changes an account, which has a mutate of its own, of one operation.
type customerBody struct {
	Operation struct {
		Update fields `json:"update"`
		Mask   string `json:"updateMask"`
	} `json:"operation"`
	ValidateOnly bool `json:"validateOnly,omitempty"`
}

func (c *client) updateOrganization(ctx context.Context, ref providers.Ref, in providers.Write[normalize.Organization]) (providers.Written[normalize.Organization], error) {
	none := providers.Written[normalize.Organization]{}
	a, err := c.account(ctx, ref.ID)
	if err != nil {
		return none, err
	}
	if !differs(in, "name", in.Object.Name, in.Before.Name) {
		return unsent(*in.Before, in.DryRun), nil
	}
	if err := textWithin("name", in.Object.Name, maxCampaignName); err != nil {
		return none, err
	}
	h, err := c.rename(ctx, a, in.Object.Name, in.DryRun)
	if err != nil {
		return none, certain(own(err), in.DryRun)
	}
	out := providers.Written[normalize.Organization]{Object: in.Object, RequestIDs: requestIDs(h)}
	if in.DryRun {
		out.Checked = providers.CheckedByPlatform
		return out, nil
	}
	t, err := c.walked(ctx, 0) // the way to an account that is known tells its name too
	if err == nil {
		var ok bool
		if a, ok = t.find(a.ID); !ok {
			err = notFound("account", ref.ID)
		}
	}
	if err != nil {
		return out, writer[normalize.Organization]{what: "account"}.unread(ref.ID, out.RequestIDs, err)
	}
	out.Object = organizationOf(a, t.names, false)
	return out, nil
}

func (c *client) rename(ctx context.Context, a account, name string, dry bool) (http.Header, error) {
	body := customerBody{ValidateOnly: dry}
	body.Operation.Update, body.Operation.Mask = fields{"resourceName": "customers/" + a.ID, "descriptiveName": name}, "descriptiveName"
	login, err := c.loginFor(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	r, err := c.request("customers/"+a.ID+":mutate", a.ID, login, body)
	if err != nil {
		return nil, err
	}
	r.Write, r.Cost = true, 1
	return c.rest.Write(ctx, r, nil)
}
