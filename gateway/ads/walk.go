package ads

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// walk is a list under way: what is asked of the platform, what the gateway filters itself, and where it goes on.
type walk[T normalize.Object] struct {
	conn  Connection
	kind  kind[T]
	col   providers.Collection[T]
	q     query
	up    providers.ListQuery
	rest  normalize.Filter // what the platform does not apply
	hides bool             // archived objects, since no status was asked for
	pos   position
	left  []string // what the platform keeps from the pages read, and why; each once
}

// plan divides the filters between the platform and the gateway, and refuses what neither can apply.
func (k kind[T]) plan(q query, conn Connection, col providers.Collection[T]) (*walk[T], error) {
	w := &walk[T]{conn: conn, kind: k, col: col, q: q, rest: q.filter, hides: k.hides && len(q.filter.Status) == 0}
	if err := w.require(); err != nil {
		return nil, err
	}
	need := []string{string(q.sort)}
	for _, f := range w.q.given {
		switch {
		case f == filterOrder && conn.Session.InsertionOrders.List == nil:
			return nil, unfiltered(conn, k.object, f)
		case w.claim(f):
		case f == providers.FilterOrg && k.anywhere: // the same for every account: see ofAccount
			w.rest.Organization = ""
		case slices.Contains(k.facts, f):
			need = append(need, columns(f)...)
		case f == providers.FilterUpdatedSince: // no object says when it was changed: all are left in
		default:
			return nil, unfiltered(conn, k.object, f)
		}
	}
	if w.hides {
		need = append(need, "status")
	}
	w.up.Fields = q.view.upstream(need...)
	w.up.Raw, w.up.Params = q.view.raw, q.params
	size := max(col.MaxPage, 1)
	if q.sort == "" && q.offset == 0 && !w.filters() {
		size = min(size, q.limit) // what is fetched is what is answered
	}
	w.pos = position{Size: size}
	return w, nil
}

// unfiltered refuses a filter that neither the platform nor the gateway can apply.
func unfiltered(conn Connection, o providers.Object, f providers.Filter) error {
	return &problem.Error{Code: problem.CodeUnsupported,
		Detail: fmt.Sprintf("%s does not tell %s of %s: the list cannot be filtered by it.", conn.Platform, f, o),
		Fields: []problem.Field{{Field: string(f), In: "query", Message: "is not supported on this platform"}}}
}

// require sees to the filters without which the platform cannot list.
func (w *walk[T]) require() error {
	var faults []problem.Field
	for _, f := range w.col.Requires {
		if slices.Contains(w.q.given, f) {
			continue
		}
		if f == providers.FilterOrg && len(w.conn.Orgs) == 1 {
			w.q.filter.Organization, w.rest.Organization = w.conn.Orgs[0], w.conn.Orgs[0]
			w.q.given = append(slices.Clone(w.q.given), f)
			continue
		}
		if f == providers.FilterOrg {
			return whichOrg(w.conn)
		}
		faults = append(faults, problem.Field{Field: string(f), In: "query",
			Message: fmt.Sprintf("is needed here: %s lists %s objects only by it", w.conn.Platform, w.kind.object)})
	}
	if len(faults) > 0 {
		return problem.InvalidFields(faults...)
	}
	return nil
}

// claim hands a filter to the platform, if it applies it.
func (w *walk[T]) claim(f providers.Filter) bool {
	if !slices.Contains(w.col.Filters, f) {
		return false
	}
	from, up, rest := w.q.filter, &w.up, &w.rest
	switch f {
	case providers.FilterOrg:
		up.Org, rest.Organization = from.Organization, ""
	case providers.FilterCampaign:
		up.Campaign, rest.Campaign = from.Campaign, ""
	case providers.FilterGroup:
		up.Group, rest.Group = from.Group, ""
	case providers.FilterParent:
		up.Parent, rest.Parent = from.Parent, ""
	case providers.FilterStatus:
		up.Status, rest.Status = from.Status, nil
	case providers.FilterType:
		up.Type, rest.Type = from.Type, nil
	case providers.FilterQuery:
		up.Query, rest.Query = from.Query, ""
	case providers.FilterUpdatedSince:
		up.UpdatedSince, rest.UpdatedSince = from.UpdatedSince, time.Time{}
	default: // a ListQuery has no place for the others
		return false
	}
	return true
}

// filters tells whether the gateway has something to filter.
func (w *walk[T]) filters() bool { return len(given(w.rest)) > 0 }

// columns names the fields that a filter looks at.
func columns(f providers.Filter) []string {
	switch f {
	case providers.FilterOrg:
		return []string{"organization_id"}
	case filterOrder:
		return []string{"insertionorder_id"}
	case providers.FilterQuery:
		return []string{"name"}
	case providers.FilterType:
		return []string{"type", "ad_type", "creative_type"}
	case providers.FilterUpdatedSince:
		return []string{"updated_at"}
	case providers.FilterStart:
		return []string{"start_at"}
	case providers.FilterEnd:
		return []string{"end_at"}
	}
	return []string{string(f)}
}

// run answers one page, and where the next one starts; nil on the last.
func (w *walk[T]) run(ctx context.Context) ([]T, *position, error) {
	if err := w.ofAccount(ctx); err != nil {
		return nil, nil, err
	}
	if w.q.sort != "" {
		return w.sorted(ctx)
	}
	return w.unsorted(ctx)
}

// ofAccount sees to an account that no platform's call of this list will name: it has to be one of the connection's all
// the same. The accounts that are known may be out of date, so one that is not among them is asked for.
func (w *walk[T]) ofAccount(ctx context.Context) error {
	org := w.q.filter.Organization
	if !w.kind.anywhere || org == "" || w.up.Org != "" || slices.Contains(w.conn.Orgs, org) {
		return nil
	}
	get := w.conn.Session.Organizations.Get
	if get == nil {
		return problem.NotFound("ad account")
	}
	_, err := get(ctx, providers.Ref{ID: org})
	return err
}

// unsorted walks the platform's pages in the platform's order until the answer is full.
func (w *walk[T]) unsorted(ctx context.Context) ([]T, *position, error) {
	out := make([]T, 0, w.q.limit)
	left := w.q.offset
	for pos := w.pos; ; {
		page, err := w.page(ctx, pos)
		if err != nil {
			return nil, nil, err
		}
		for i := min(pos.Skip, len(page.Items)); i < len(page.Items); i++ {
			switch {
			case !w.match(page.Items[i].Facts()):
			case left > 0:
				left--
			case len(out) == w.q.limit:
				return out, &position{Upstream: pos.Upstream, Size: pos.Size, Skip: i}, nil
			default:
				out = append(out, page.Items[i])
			}
		}
		if page.Next == "" {
			return out, nil, nil
		}
		if w.q.cursor == "" && pos.Upstream == "" && pos.Size < w.col.MaxPage && 2*len(out) < w.q.limit {
			// Little of the first page was left: with larger pages the whole list takes fewer calls.
			pos, out, left, w.left = position{Size: w.col.MaxPage}, out[:0], w.q.offset, nil
			continue
		}
		pos = position{Upstream: page.Next, Size: pos.Size}
		if len(out) == w.q.limit {
			return out, &pos, nil
		}
	}
}

// page asks for one page of the platform. What breaks the contract of List would end in a wrong list, so it is an error.
func (w *walk[T]) page(ctx context.Context, pos position) (providers.Page[T], error) {
	if err := ctx.Err(); err != nil {
		return providers.Page[T]{}, err
	}
	up := w.up
	up.Cursor, up.Size = pos.Upstream, min(max(pos.Size, 1), max(w.col.MaxPage, 1))
	page, err := w.col.List(ctx, up)
	if err != nil {
		return page, err
	}
	for _, why := range page.Left {
		if !slices.Contains(w.left, why) {
			w.left = append(w.left, why)
		}
	}
	if page.Next != "" && page.Next == pos.Upstream {
		return page, &providers.Error{Kind: providers.Malformed, Platform: w.conn.Type, Message: "the list does not advance: the next page is the same one"}
	}
	return page, nil
}

// match tells whether an object passes what the gateway filters itself. Archived objects are shown only when they are
// asked for (where lists can ask); one that does not say when it was changed may have been changed since.
func (w *walk[T]) match(f normalize.Facts) bool {
	if w.hides && f.Status == normalize.StatusArchived {
		return false
	}
	rest := w.rest
	if f.UpdatedAt == nil {
		rest.UpdatedSince = time.Time{}
	}
	return rest.Match(f)
}
