package google

import (
	"context"
	"errors"
	"slices"

	"github.com/admux/admux/providers"
)

// item is an operation of a batch that goes out with others.
type item struct {
	at      int // in the batch
	op      operation
	id      string // empty of a create
	removes bool
}

// batch carries operations out. Those that come to one operation of Google's go out as one mutate for each account, in which
// each is done or refused by itself; a partial failure would leave the others half done, so that they go one by one, and so
// do dry runs and the second write to an object.
func (w writer[T]) batch(ctx context.Context, list []providers.Op[T]) ([]providers.Done[T], error) {
	out := make([]providers.Done[T], len(list))
	var accounts []account
	together := map[string][]item{}
	var alone []int
	seen := map[string]bool{}
	for i, o := range list {
		a, x, ok, err := w.planned(ctx, o)
		switch {
		case err != nil:
			out[i].Err = err
			continue
		case !ok || o.Ref.ID != "" && seen[o.Ref.ID]:
			alone = append(alone, i)
		default:
			if x.at = i; together[a.ID] == nil {
				accounts = append(accounts, a)
			}
			together[a.ID] = append(together[a.ID], x)
		}
		seen[o.Ref.ID] = true
	}
	for _, a := range accounts {
		for chunk := range slices.Chunk(together[a.ID], maxOperations) {
			w.send(ctx, a, chunk, out)
		}
	}
	for _, i := range alone {
		w.single(ctx, list[i], &out[i])
	}
	return out, nil
}

// planned tells what an operation comes to; ok is false where it goes by itself.
func (w writer[T]) planned(ctx context.Context, o providers.Op[T]) (account, item, bool, error) {
	if o.Write.DryRun {
		return account{}, item{}, false, nil
	}
	var p intent[T]
	var err error
	switch {
	case o.Remove && w.remove == nil, o.Ref.ID == "" && w.create == nil, o.Ref.ID != "" && !o.Remove && w.update == nil:
		return account{}, item{}, false, fault(providers.Unsupported, "", "Google Ads does not do this to a %s", w.what)
	case o.Remove:
		r, err := w.removal(ctx, o.Ref)
		if err != nil || len(r.ops) != 1 || len(r.after) > 0 {
			return account{}, item{}, false, err
		}
		return r.a, item{op: r.ops[0], id: o.Ref.ID, removes: true}, true, nil
	case o.Ref.ID == "":
		p, err = w.create(ctx, o.Write)
	default:
		p, err = w.update(ctx, o.Ref, o.Write)
	}
	if err != nil || len(p.ops) != 1 {
		return account{}, item{}, false, err
	}
	delete(p.ops[0].create, "resourceName") // a temporary id, which nothing else of it refers to
	return p.a, item{op: p.ops[0], id: p.id}, true, nil
}

// single carries one operation out by itself.
func (w writer[T]) single(ctx context.Context, o providers.Op[T], done *providers.Done[T]) {
	var p intent[T]
	switch {
	case o.Remove:
		done.Removal, done.Err = w.delete(ctx, o.Ref, o.Write.DryRun)
		return
	case o.Ref.ID == "":
		p, done.Err = w.create(ctx, o.Write)
	default:
		p, done.Err = w.update(ctx, o.Ref, o.Write)
	}
	if done.Err == nil {
		done.Written, done.Err = w.carryOut(ctx, p, o.Write.DryRun)
	}
}

// send sends items of one account and reads back what was written, in one query.
func (w writer[T]) send(ctx context.Context, a account, items []item, out []providers.Done[T]) {
	ops := make([]operation, len(items))
	for i, x := range items {
		ops[i] = x.op
	}
	results, m, err := w.mutateEach(ctx, a, ops)
	var written []string
	for i := range items {
		x := &items[i]
		switch done := &out[x.at]; {
		case err != nil:
			done.Err = err
		case results[i].err != nil:
			done.Err = results[i].err
		case x.removes:
			done.Removal = providers.Removal{Effect: providers.EffectRemoved, RequestIDs: m.ids}
		default:
			if x.id == "" {
				x.id = tail(results[i].name)
			}
			written = append(written, x.id)
		}
	}
	if len(written) == 0 {
		return
	}
	found, err := w.many(ctx, a, written)
	if err == nil {
		err = errors.New("it is not there")
	}
	for _, x := range items {
		if !slices.Contains(written, x.id) || out[x.at].Err != nil || x.removes {
			continue
		}
		i := slices.IndexFunc(found, func(v T) bool { return v.Facts().ID == x.id })
		if i < 0 {
			out[x.at].Err = w.unread(x.id, m.ids, err)
			continue
		}
		out[x.at].Written = providers.Written[T]{Object: found[i], RequestIDs: m.ids}
	}
}
