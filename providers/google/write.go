package google

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Whatever a write needs goes out as one googleAds:mutate: all of it is done, or none. Nothing is therefore ever taken back.

// fields is a message of the API, by its JSON names.
type fields map[string]any

// operation is one part of a mutate: a create, an update of the paths of mask, or a removal.
type operation struct {
	kind   string // "campaign"
	create fields
	update fields
	mask   []string
	remove string
}

func (o operation) wire() fields {
	switch {
	case o.create != nil:
		return fields{o.kind + "Operation": fields{"create": o.create}}
	case o.update != nil:
		return fields{o.kind + "Operation": fields{"update": o.update, "updateMask": strings.Join(o.mask, ",")}}
	}
	return fields{o.kind + "Operation": fields{"remove": o.remove}}
}

// changes collects what differs of one resource. A path without a value is cleared.
type changes struct {
	values fields
	mask   []string
}

// set puts a value at a path, a message's member as "message.member". A nil clears it. The messages on the way count even
// when nothing is in them: one chooses the strategy.
func (x *changes) set(path string, value any) {
	if x.values == nil {
		x.values = fields{}
	}
	x.mask = append(x.mask, path)
	at := x.values
	for {
		name, rest, deeper := strings.Cut(path, ".")
		if !deeper {
			break
		}
		inner, ok := at[name].(fields)
		if !ok {
			inner = fields{}
			at[name] = inner
		}
		at, path = inner, rest
	}
	if value != nil {
		at[path] = value
	}
}

// update is the operation that carries the changes out; none when there are none.
func (x *changes) update(kind, name string) []operation {
	if len(x.mask) == 0 {
		return nil
	}
	x.values["resourceName"] = name
	return []operation{{kind: kind, update: x.values, mask: x.mask}}
}

// differs tells whether a write was given a field and it is not what it was.
func differs[T any](w providers.Write[T], name string, is, was any) bool {
	return w.Changed(name) && !equal(is, was)
}

// equal compares values as they are written.
func equal(a, b any) bool {
	x, xerr := json.Marshal(a)
	y, yerr := json.Marshal(b)
	return xerr == nil && yerr == nil && string(x) == string(y)
}

// resource is a name of the account's.
func resource(a account, collection, id string) string {
	return fmt.Sprintf("customers/%s/%s/%s", a.ID, collection, id)
}

// writeOrg finds the account that a new object is for.
func (c *client) writeOrg(ctx context.Context, org, own string) (account, error) {
	if org == "" {
		org = own
	}
	return c.needOrg(ctx, providers.Ref{Org: org})
}

// intent is what a create or an update comes to: the operations of one mutate. None is a write that has nothing to send.
type intent[T normalize.Object] struct {
	a      account
	ops    []operation
	id     string // of an update; a create's is told by the operation at makes
	makes  int
	prefix string // of that id
	object T      // as it is without the operations, or would be with them
}

// removing is what a delete comes to. What is in after can only be done when ops are.
type removing struct {
	a          account
	ops, after []operation
	left       string // what is left where after fails
}

// writer carries out the writes of a kind of object: each kind has only to tell what they come to.
type writer[T normalize.Object] struct {
	*client
	what   string // "campaign"
	get    func(context.Context, providers.Ref) (T, error)
	many   func(context.Context, account, []string) ([]T, error) // by id, for batches
	create func(context.Context, providers.Write[T]) (intent[T], error)
	update func(context.Context, providers.Ref, providers.Write[T]) (intent[T], error)
	remove func(ctx context.Context, ref providers.Ref, before T) (removing, error)
}

// into sets the functions of a collection. Those that the kind has no counterpart of stay unset.
func (w writer[T]) into(col providers.Collection[T]) providers.Collection[T] {
	if w.create != nil {
		col.Create = func(ctx context.Context, in providers.Write[T]) (providers.Written[T], error) {
			p, err := w.create(ctx, in)
			if err != nil {
				return providers.Written[T]{}, err
			}
			return w.carryOut(ctx, p, in.DryRun)
		}
	}
	if w.update != nil {
		col.Update = func(ctx context.Context, ref providers.Ref, in providers.Write[T]) (providers.Written[T], error) {
			p, err := w.update(ctx, ref, in)
			if err != nil {
				return providers.Written[T]{}, err
			}
			return w.carryOut(ctx, p, in.DryRun)
		}
	}
	if w.remove != nil {
		col.Delete = w.delete
	}
	if w.many != nil {
		col.Batch = w.batch
	}
	return col
}

// carryOut sends an intent and reads the object back. A dry run answers what would be.
func (w writer[T]) carryOut(ctx context.Context, p intent[T], dry bool) (providers.Written[T], error) {
	if len(p.ops) == 0 {
		return unsent(p.object, dry), nil
	}
	m, err := w.mutate(ctx, p.a, dry, p.ops)
	switch {
	case err != nil:
		return providers.Written[T]{}, err
	case dry:
		return providers.Written[T]{Object: p.object, Checked: providers.CheckedByPlatform, RequestIDs: m.ids}, nil
	}
	id := p.id
	if id == "" {
		id = p.prefix + tail(m.names[p.makes])
	}
	v, err := w.get(ctx, providers.Ref{Org: p.a.ID, ID: id})
	if err != nil {
		return providers.Written[T]{RequestIDs: m.ids}, w.unread(id, m.ids, err)
	}
	return providers.Written[T]{Object: v, RequestIDs: m.ids}, nil
}

// unsent is the answer of a write that has nothing to send.
func unsent[T any](v T, dry bool) providers.Written[T] {
	out := providers.Written[T]{Object: v}
	if dry {
		out.Checked = providers.CheckedByRules
	}
	return out
}

// unread is the error of a write that was done and could not be read back.
func (w writer[T]) unread(id string, requestIDs []string, err error) error {
	e := fault(providers.Unavailable, "", "%s %s is written, but cannot be read back: %v", w.what, id, err)
	e.Uncertain, e.Err, e.RequestID = true, err, head(requestIDs)
	return e
}

// delete removes an object, for good.
func (w writer[T]) delete(ctx context.Context, ref providers.Ref, dry bool) (providers.Removal, error) {
	r, err := w.removal(ctx, ref)
	if err != nil {
		return providers.Removal{}, err
	}
	m, err := w.mutate(ctx, r.a, dry, r.ops)
	if err != nil {
		return providers.Removal{}, err
	}
	out := providers.Removal{Effect: providers.EffectRemoved, RequestIDs: m.ids}
	if dry {
		out.Checked = providers.CheckedByPlatform
		return out, nil
	}
	if len(r.after) == 0 {
		return out, nil
	}
	m, err = w.mutate(ctx, r.a, false, r.after)
	if err != nil {
		e := fault(providers.Conflict, "", "%s %s is removed; %s is left: %v", w.what, ref.ID, r.left, err)
		e.Err = err
		return out, e
	}
	out.RequestIDs = append(out.RequestIDs, m.ids...)
	return out, nil
}

// removal reads what is to be removed. What is removed already is not there.
func (w writer[T]) removal(ctx context.Context, ref providers.Ref) (removing, error) {
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return removing{}, err
	}
	before, err := w.get(ctx, providers.Ref{Org: a.ID, ID: ref.ID})
	if err != nil {
		return removing{}, err
	}
	if before.Facts().Status == normalize.StatusArchived {
		return removing{}, fault(providers.NotFound, "", "%s %s is removed already", w.what, ref.ID)
	}
	r, err := w.remove(ctx, ref, before)
	r.a = a
	return r, err
}
