package meta

import (
	"context"
	"net/http"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// desk is where writes are made ready, one or many: what several of them depend on is read once.
type desk struct {
	*client
	rules   map[string]accountRules
	parents map[string]groupParent
	groups  map[string]normalize.Group
	now     map[string]groupNow
}

func (c *client) desk() *desk {
	return &desk{c, map[string]accountRules{}, map[string]groupParent{}, map[string]normalize.Group{}, map[string]groupNow{}}
}

// once reads something by its id, or gives what was read before.
func once[V any](ctx context.Context, kept map[string]V, id string, read func(context.Context, string) (V, error)) (V, error) {
	if v, ok := kept[id]; ok {
		return v, nil
	}
	v, err := read(ctx, id)
	if err == nil {
		kept[id] = v
	}
	return v, err
}

func (d *desk) accountRules(ctx context.Context, account string) (accountRules, error) {
	return once(ctx, d.rules, account, d.client.accountRules)
}

func (d *desk) groupParent(ctx context.Context, id string) (groupParent, error) {
	return once(ctx, d.parents, id, d.client.groupParent)
}

func (d *desk) group(ctx context.Context, id string) (normalize.Group, error) {
	return once(ctx, d.groups, id, func(ctx context.Context, id string) (normalize.Group, error) {
		return groupReader(d.client).get(ctx, providers.Ref{ID: id})
	})
}

// writer is how objects of one kind are written. Each order is one call, alone or in a batch.
type writer[T normalize.Object] struct {
	what    string // in Meta's words
	fields  []providers.Field
	get     func(context.Context, providers.Ref) (T, error)
	many    func(ctx context.Context, account string, ids []string) []got[T]
	create  func(*desk, context.Context, providers.Write[T]) (order[T], error)
	update  func(*desk, context.Context, string, providers.Write[T]) (order[T], error) // Before is there
	ahead   func(*desk, context.Context, []providers.Op[T])                            // reads what updates need, many at once; nil: nothing
	explain func(error) error                                                          // nil: as it is
}

// into makes a collection writable.
func (w writer[T]) into(c *client, col providers.Collection[T]) providers.Collection[T] {
	col.Fields = w.fields
	col.Create = func(ctx context.Context, x providers.Write[T]) (providers.Written[T], error) {
		o, err := w.create(c.desk(), ctx, x)
		if err != nil {
			return providers.Written[T]{}, err
		}
		out, err := carry(ctx, c, o, w.get)
		return out, w.told(err)
	}
	col.Update = func(ctx context.Context, ref providers.Ref, x providers.Write[T]) (providers.Written[T], error) {
		if x.Before == nil {
			before, err := w.get(ctx, ref)
			if err != nil {
				return providers.Written[T]{}, err
			}
			x.Before = &before
		}
		o, err := w.update(c.desk(), ctx, ref.ID, x)
		if err != nil {
			return providers.Written[T]{}, err
		}
		out, err := carry(ctx, c, o, w.get)
		return out, w.told(err)
	}
	col.Delete = func(ctx context.Context, ref providers.Ref, dry bool) (providers.Removal, error) {
		before, err := w.get(ctx, ref)
		if err != nil {
			return providers.Removal{}, err
		}
		o, err := w.removal(before, dry)
		if err != nil || o.method == "" {
			return providers.Removal{Effect: providers.EffectRemoved, Checked: o.checked}, err
		}
		return c.deleted(ctx, o.path, o.call())
	}
	col.Batch = func(ctx context.Context, ops []providers.Op[T]) ([]providers.Done[T], error) {
		return w.batch(ctx, c, ops), nil
	}
	return col
}

func (w writer[T]) told(err error) error {
	if err == nil || w.explain == nil {
		return err
	}
	return w.explain(err)
}

// removal is the order to delete an object that has been read. It stays readable by its id, for its reports, and cannot
// come back. Meta checks no deletion without doing it.
func (w writer[T]) removal(before T, dry bool) (order[T], error) {
	f := before.Facts()
	if f.EffectiveStatus == normalize.EffectiveStatusRemoved || f.EffectiveStatus == "" && f.Status == normalize.StatusArchived {
		return order[T]{}, notFound(w.what, f.ID)
	}
	o := order[T]{method: http.MethodDelete, account: f.Organization, path: f.ID, id: f.ID, dry: dry, wish: before}
	return o.unchecked(), nil
}

// deleted sends a deletion. what is for people to read.
func (c *client) deleted(ctx context.Context, what string, k call) (providers.Removal, error) {
	out := providers.Removal{Effect: providers.EffectRemoved}
	var o outcome
	ids, err := c.write(ctx, http.MethodDelete, k, &o)
	if err == nil && (o.Success == nil || !bool(*o.Success)) {
		err = uncertain(first(ids), "Meta does not say whether %s was deleted", what)
	}
	out.RequestIDs = ids
	return out, err
}
