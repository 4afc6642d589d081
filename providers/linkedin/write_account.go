package linkedin

import (
	"context"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// An account's name can be changed. One is made for a page, which our organization has no field for.
var organizationFields = []providers.Field{{Name: "name", Update: true}}

func (c *client) updateOrganization(ctx context.Context, ref providers.Ref, w providers.Write[normalize.Organization]) (providers.Written[normalize.Organization], error) {
	out := providers.Written[normalize.Organization]{Object: w.Object}
	get := organizations(c).Get
	if w.Before == nil {
		before, err := get(ctx, ref)
		if err != nil {
			return out, err
		}
		w.Before = &before
	}
	if err := fixed(organizationFields, w); err != nil {
		return out, err
	}
	if w.DryRun {
		out.Checked = providers.CheckedByRules
	}
	if !differs(w, "name") {
		out.Object = *w.Before
		return out, nil
	}
	if err := nameToWrite(w.Object.Name, 0); err != nil {
		return out, err
	}
	id, err := c.account(w.Before.ID)
	if err != nil || w.DryRun {
		return out, err
	}
	h, err := c.write(ctx, writes{method: methodUpdate, path: "adAccounts/" + id, body: patchBody{&patch{set: fields{"name": w.Object.Name}}}})
	if err != nil {
		return out, err
	}
	out.RequestIDs = idsOf(h)
	if out.Object, err = readBack(ctx, c, get, providers.Ref{ID: id}); err != nil {
		return out, unread(err, "changed", "account "+id, out.RequestIDs)
	}
	return out, nil
}
