package meta

import (
	"context"
	"encoding/json"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// batch carries operations out, many in one call. Those on one object follow one another, each from what the one before
// has left.
func (w writer[T]) batch(ctx context.Context, c *client, ops []providers.Op[T]) []providers.Done[T] {
	out := make([]providers.Done[T], len(ops))
	turn, waves := map[string]int{}, [][]int{}
	for i := range ops {
		n := 0
		if id := ops[i].Ref.ID; id != "" {
			n = turn[id]
			turn[id]++
		}
		if n == len(waves) {
			waves = append(waves, nil)
		}
		waves[n] = append(waves[n], i)
	}
	for n, wave := range waves {
		w.wave(ctx, c, ops, wave, n > 0, out)
	}
	return out
}

// wave carries out operations on different objects. later: an earlier one has changed them.
func (w writer[T]) wave(ctx context.Context, c *client, ops []providers.Op[T], at []int, later bool, out []providers.Done[T]) {
	d := c.desk()
	mine := w.readBefore(ctx, ops, at, later, out)
	if w.ahead != nil {
		ready := make([]providers.Op[T], 0, len(at))
		for _, i := range at {
			if out[i].Err == nil && !mine[i].Remove {
				ready = append(ready, mine[i])
			}
		}
		w.ahead(d, ctx, ready)
	}
	orders := make([]order[T], len(ops))
	var send []int
	for _, i := range at {
		if out[i].Err != nil {
			continue
		}
		if orders[i], out[i].Err = w.order(ctx, d, mine[i]); out[i].Err != nil {
			continue
		}
		if orders[i].method != "" {
			send = append(send, i)
			continue
		}
		w.settled(&out[i], mine[i], orders[i].unsent())
	}
	w.send(ctx, c, mine, orders, send, out)
}

// readBefore gives the operations of a wave with what they need to have been read, many at once.
func (w writer[T]) readBefore(ctx context.Context, ops []providers.Op[T], at []int, later bool, out []providers.Done[T]) map[int]providers.Op[T] {
	mine, need := map[int]providers.Op[T]{}, map[string][]int{}
	for _, i := range at {
		op := ops[i]
		mine[i] = op
		if op.Ref.ID != "" && (op.Remove || op.Write.Before == nil || later) {
			need[op.Ref.Org] = append(need[op.Ref.Org], i)
		}
	}
	for org, list := range need {
		ids := make([]string, len(list))
		for n, i := range list {
			ids[n] = ops[i].Ref.ID
		}
		for n, g := range w.many(ctx, org, ids) {
			i, op := list[n], ops[list[n]]
			if g.err != nil { // alone, where it is asked for again
				g.v, g.err = w.get(ctx, op.Ref)
			}
			if g.err == nil && !op.Remove && op.Write.Before != nil {
				op.Write.Object, g.err = laid(g.v, op.Write)
			}
			op.Write.Before, out[i].Err = &g.v, g.err
			mine[i] = op
		}
	}
	return mine
}

// laid is what a write asks for, over an object as it is by now.
func laid[T any](now T, w providers.Write[T]) (T, error) {
	merged, asked := generic(now), generic(w.Object)
	m, _ := merged.(map[string]any)
	for _, path := range w.Set {
		lay(m, path, at(asked, path))
	}
	var out T
	b, err := json.Marshal(m)
	if err == nil {
		err = rest.Unmarshal(b, &out)
	}
	if err != nil {
		return out, fault(providers.Malformed, "", "the write cannot be laid over what there is: %v", err)
	}
	return out, nil
}

// order makes one operation ready.
func (w writer[T]) order(ctx context.Context, d *desk, op providers.Op[T]) (order[T], error) {
	switch {
	case op.Remove:
		return w.removal(*op.Write.Before, op.Write.DryRun)
	case op.Ref.ID == "":
		return w.create(d, ctx, op.Write)
	}
	return w.update(d, ctx, op.Ref.ID, op.Write)
}

// settled notes what came of an operation.
func (w writer[T]) settled(out *providers.Done[T], op providers.Op[T], got providers.Written[T]) {
	if op.Remove {
		out.Removal = providers.Removal{Effect: providers.EffectRemoved, Checked: got.Checked, RequestIDs: got.RequestIDs}
		return
	}
	out.Written = got
}

// send sends orders in bundles and reads back what they made and changed.
func (w writer[T]) send(ctx context.Context, c *client, ops map[int]providers.Op[T], orders []order[T], at []int, out []providers.Done[T]) {
	over := map[string]error{} // accounts of which no more is sent
	for _, bundle := range bundles(orders, at) {
		account := orders[bundle[0]].account
		if err := over[account]; err != nil {
			for _, i := range bundle {
				out[i].Err = notSent(err)
			}
			continue
		}
		items := make([]batchItem, len(bundle))
		for n, i := range bundle {
			items[n] = orders[i].item()
		}
		var there []int
		var ids []string
		for n, a := range c.writeBatch(ctx, account, items) {
			i := bundle[n]
			var id string
			if out[i].Err = a.err; a.err == nil {
				id, out[i].Err = orders[i].settle(a.raw, first(a.ids))
			}
			if ended(a.err) {
				over[account] = a.err
			}
			if out[i].Err = w.told(out[i].Err); out[i].Err != nil {
				continue
			}
			w.settled(&out[i], ops[i], orders[i].written(a.ids))
			if !orders[i].dry && !ops[i].Remove {
				there, ids = append(there, i), append(ids, id)
			}
		}
		for n, g := range w.many(ctx, account, ids) {
			i := there[n]
			if g.err != nil { // a moment after it was made it may not be there
				g.v, g.err = readBack(ctx, c, w.get, providers.Ref{Org: account, ID: ids[n]})
			}
			if out[i].Written.Object = g.v; g.err != nil {
				out[i].Err = orders[i].unread(g.err, ids[n], first(out[i].Written.RequestIDs))
			}
		}
	}
}
