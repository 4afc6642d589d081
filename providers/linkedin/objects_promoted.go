package linkedin

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
)

// maxOffset is what lists by start and count are asked for at once.
const maxOffset = 500

// promotedSource lists one kind of what can be promoted. Pages belong to the member, the others to an account.
type promotedSource struct {
	kind   normalize.PromotedType
	urn    string // entity type of the id
	path   string
	finder func(account string) *query // nil: not by account
}

var promotedSources = []promotedSource{
	{normalize.PromotedTypePageID, urnOrganization, "organizations", nil},
	{normalize.PromotedTypeCustomConversionID, "llaPartnerConversion", "conversions", func(account string) *query {
		return new(query).text("q", "account").text("account", urn(urnAccount, account))
	}},
	{normalize.PromotedTypeLeadFormID, "adForm", "leadForms", func(account string) *query {
		return new(query).text("q", "owner").add("owner", record("sponsoredAccount", esc(urn(urnAccount, account))))
	}},
}

// promoted are the pages that the member may advertise for, and the conversions and lead forms of the accounts.
func promoted(c *client) providers.Collection[normalize.Promoted] {
	return providers.Collection[normalize.Promoted]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterType},
		MaxPage: maxSearch,
		List:    c.listPromoted,
		Get:     c.getPromoted,
	}
}

// listPromoted reads each source whole and cuts pages from what they give: there are few of each.
func (c *client) listPromoted(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Promoted], error) {
	none := providers.Page[normalize.Promoted]{}
	accounts, err := c.accountsOf(ctx, q.Org)
	if err != nil {
		return none, err
	}
	var all []normalize.Promoted
	var left []string
	for _, s := range promotedSources {
		if len(q.Type) > 0 && !slices.Contains(q.Type, string(s.kind)) {
			continue
		}
		found, err := c.promotedBy(ctx, s, accounts, q)
		switch {
		case providers.KindOf(err) == providers.Forbidden && len(q.Type) == 0: // the others can still be listed
			left = append(left, string(s.kind)+": "+err.Error())
			continue
		case err != nil:
			return none, err
		}
		all = append(all, found...)
	}
	p, err := page.Slice(q, all)
	p.Left = left
	return p, own(err)
}

func (c *client) promotedBy(ctx context.Context, s promotedSource, accounts []string, q providers.ListQuery) ([]normalize.Promoted, error) {
	if s.finder == nil {
		return c.pages(ctx, q)
	}
	var out []normalize.Promoted
	for _, account := range accounts {
		base, err := withParams(s.finder(account), q.Params)
		if err != nil {
			return nil, err
		}
		found, err := everyOffset(ctx, c, s.path, base, q.Raw, func(w *named, r json.RawMessage) normalize.Promoted {
			return normalize.Promoted{ID: tail(w.ID.String()), Name: w.title(), Type: s.kind, Raw: r}
		})
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// everyOffset walks a finder that pages by start and count. It goes on after a short page for as long as LinkedIn links
// to another one.
func everyOffset[W, T any](ctx context.Context, c *client, path, base string, keep bool, turn func(*W, json.RawMessage) T) ([]T, error) {
	var all []T
	for start := 0; ; {
		b := new(query)
		b.b.WriteString(base)
		items, tr, err := collect(ctx, c, call{methodFinder, path, b.int("start", start).int("count", maxOffset).String()}, keep, turn)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		start += len(items)
		if len(items) == 0 || !tr.more(start, len(items)) {
			return all, nil
		}
	}
}

// more tells whether items follow those before end, of which the last page had n.
func (t *trailer) more(end, n int) bool {
	p := t.Paging
	if p == nil {
		return n >= maxOffset
	}
	count := maxOffset
	if p.Count > 0 {
		count = p.Count // the server's own page size, which may be smaller
	}
	linked := slices.ContainsFunc(p.Links, func(l link) bool { return l.Rel == "next" })
	return linked || n >= count || p.Total > end
}

// pages lists the organizations that the member may advertise for.
func (c *client) pages(ctx context.Context, q providers.ListQuery) ([]normalize.Promoted, error) {
	base, err := withParams(new(query).text("q", "roleAssignee"), q.Params)
	if err != nil {
		return nil, err
	}
	acls, err := everyOffset(ctx, c, "organizationAcls", base, false,
		func(w *organizationACL, _ json.RawMessage) organizationACL { return *w })
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, a := range acls {
		id := tail(a.Organization)
		if id == "" {
			id = tail(a.OrganizationTarget)
		}
		if mayAdvertise(a) && id != "" {
			ids = append(ids, id)
		}
	}
	ids = unique(ids)
	names, raws := map[string]string{}, map[string]json.RawMessage{}
	_, err = getBatch(ctx, c, "organizations", ids, asked{}, func(id string, o *organization, r json.RawMessage) {
		names[id], raws[id] = o.LocalizedName, r
	})
	if err != nil && providers.KindOf(err) != providers.Forbidden { // a page is of use without its name
		return nil, err
	}
	out := make([]normalize.Promoted, len(ids))
	for i, id := range ids {
		out[i] = normalize.Promoted{ID: id, Name: names[id], Type: normalize.PromotedTypePageID, Raw: kept(q.Raw, raws[id])}
	}
	return out, nil
}

// mayAdvertise: three of the roles on a page may author ads, once approved.
func mayAdvertise(a organizationACL) bool {
	switch a.Role {
	case "ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER":
		return a.State == "" || a.State == "APPROVED"
	}
	return false
}

// getPromoted finds what an id is of. A URN says so; a number may be of several kinds, and when it is the caller has to
// say which.
func (c *client) getPromoted(ctx context.Context, ref providers.Ref) (normalize.Promoted, error) {
	id, kind := tail(ref.ID), kindOf(ref.ID)
	if _, err := withParams(new(query), ref.Params); err != nil {
		return normalize.Promoted{}, err
	}
	var found []normalize.Promoted
	var hidden error
	for _, s := range promotedSources {
		if kind != "" && kind != s.urn || !digitsOnly(id) {
			continue
		}
		w, raw, err := getOne[named](ctx, c, s.path+"/"+id, ref.Params)
		switch k := providers.KindOf(err); {
		case err == nil:
			found = append(found, normalize.Promoted{ID: id, Name: w.title(), Type: s.kind, Raw: kept(ref.Raw, raw)})
		case k == providers.Forbidden, k == providers.Invalid && len(ref.Params) > 0: // the id's fault or the parameters'
			hidden = err
		case k != providers.NotFound && k != providers.Invalid:
			return normalize.Promoted{}, err
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return normalize.Promoted{}, fault(providers.Invalid, "id", "%s is a %s and a %s: give the URN", id, found[0].Type, found[1].Type)
	case hidden != nil:
		return normalize.Promoted{}, hidden
	}
	return normalize.Promoted{}, notFound("page, conversion or lead form", ref.ID)
}
