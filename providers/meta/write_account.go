package meta

import (
	"context"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// organizationFields: of an account its name alone is the advertiser's. Accounts are opened under a business, by people.
var organizationFields = []providers.Field{{Name: "name", Update: true}}

func (c *client) updateOrganization(ctx context.Context, ref providers.Ref, w providers.Write[normalize.Organization]) (providers.Written[normalize.Organization], error) {
	none := providers.Written[normalize.Organization]{}
	account, err := c.account(ref.ID)
	if err != nil {
		return none, err
	}
	get := organizations(c).Get
	if w.Before == nil {
		before, err := get(ctx, ref)
		if err != nil {
			return none, err
		}
		w.Before = &before
	}
	if err := fixed(organizationFields, w); err != nil {
		return none, err
	}
	var changed changes
	if name := w.Object.Name; w.Changed("name") && name != w.Before.Name {
		if strings.TrimSpace(name) == "" {
			return none, fault(providers.Rejected, "name", "a name is needed")
		}
		changed.set("name", name)
	}
	o := changing(account, node(account), changed.params, w).unchecked() // Meta knows no check of an account's change
	return carry(ctx, c, o, func(ctx context.Context, _ providers.Ref) (normalize.Organization, error) {
		return get(ctx, providers.Ref{ID: account})
	})
}
