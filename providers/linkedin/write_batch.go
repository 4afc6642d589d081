package linkedin

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
	"github.com/admux/admux/providers/internal/wire"
)

// Campaign groups and campaigns are made and changed several at a time (BATCH_CREATE, BATCH_PARTIAL_UPDATE); creatives are
// not. Every item has an answer of its own, and what one comes to says nothing of the others.

// batchPlanners is how many operations of a batch are looked at beside each other.
const batchPlanners = 8

// batched is what carries out operations on one kind of object.
type batched[T any] struct {
	c      *client
	kind   kind
	create func(context.Context, providers.Write[T]) (order[T], error)
	update func(context.Context, providers.Ref, providers.Write[T]) (order[T], providers.Write[T], error)
	remove func(context.Context, providers.Ref, bool) (providers.Removal, error)
	single providers.Collection[T]
	read   func(ctx context.Context, account string, ids []string) (map[string]T, error)
}

// item is one operation under way.
type item[T any] struct {
	at      int
	order   order[T]
	before  *T
	id      string // empty until it is made
	created bool
	done    providers.Written[T]
	err     error
}

// run carries operations out. Those on one object follow each other; what no batch call can do goes alone.
func (b batched[T]) run(ctx context.Context, ops []providers.Op[T]) ([]providers.Done[T], error) {
	ctx = withMemo(ctx)
	out := make([]providers.Done[T], len(ops))
	left := make([]int, len(ops))
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		var now, later []int
		seen := map[string]bool{}
		for _, i := range left {
			if id := tail(ops[i].Ref.ID); id != "" && seen[id] {
				later = append(later, i)
			} else {
				seen[id] = true
				now = append(now, i)
			}
		}
		b.wave(ctx, ops, now, out)
		left = later
	}
	return out, nil
}

// wave carries out operations on objects that are all different.
func (b batched[T]) wave(ctx context.Context, ops []providers.Op[T], now []int, out []providers.Done[T]) {
	planned := make([]*item[T], len(now))
	var group errgroup.Group
	group.SetLimit(batchPlanners)
	for n, i := range now {
		group.Go(func() error {
			if it, alone := b.plan(ctx, i, ops[i], &out[i]); !alone {
				planned[n] = it
			}
			return nil
		})
	}
	_ = group.Wait() // each operation has its own error
	byAccount := map[string][]*item[T]{}
	for _, it := range planned {
		if it != nil {
			byAccount[it.order.account] = append(byAccount[it.order.account], it)
		}
	}
	for account, items := range byAccount {
		for chunk := range slices.Chunk(items, maxBatch) {
			b.carry(ctx, account, chunk)
		}
		for _, it := range items {
			out[it.at].Written, out[it.at].Err = it.done, it.err
		}
	}
}

// plan decides what an operation comes to. What needs no batch, or fits in none, is done at once.
func (b batched[T]) plan(ctx context.Context, i int, op providers.Op[T], done *providers.Done[T]) (it *item[T], alone bool) {
	it = &item[T]{at: i, id: tail(op.Ref.ID), created: op.Ref.ID == ""} // the id of an update is checked by reading it
	if op.Remove {
		done.Removal, done.Err = b.remove(ctx, op.Ref, op.Write.DryRun)
		return it, true
	}
	var err error
	if it.created {
		it.order, err = b.create(ctx, op.Write)
	} else {
		var w providers.Write[T]
		it.order, w, err = b.update(ctx, op.Ref, op.Write)
		it.before = w.Before
	}
	if err != nil {
		done.Err = err
		return it, true
	}
	it.done = providers.Written[T]{Object: it.order.wish}
	it.order.steps = slices.DeleteFunc(it.order.steps, func(s step) bool { return s.do == nil && s.change.empty() })
	switch {
	case op.Write.DryRun:
		it.done.Checked = providers.CheckedByRules
		if !it.created && len(it.order.steps) == 0 {
			it.done.Object = *it.before
		}
		done.Written = it.done
		return it, true
	case !it.created && len(it.order.steps) == 0:
		it.done.Object = *it.before
		done.Written = it.done
		return it, true
	case slices.ContainsFunc(it.order.steps, func(s step) bool { return s.do != nil }):
		done.Written, done.Err = create(ctx, b.c, b.kind, it.order, false, b.single.Get)
		return it, true
	}
	return it, false
}

// carry makes, changes and reads back what is in one account.
func (b batched[T]) carry(ctx context.Context, account string, items []*item[T]) {
	b.makeAll(ctx, account, items)
	for round := 0; ; round++ {
		var turn []*item[T]
		for _, it := range items {
			if it.err == nil && round < len(it.order.steps) {
				turn = append(turn, it)
			}
		}
		if len(turn) == 0 {
			break
		}
		b.changeAll(ctx, account, turn, round)
	}
	var ids []string
	for _, it := range items {
		if it.err == nil {
			ids = append(ids, it.id)
		}
	}
	if len(ids) == 0 {
		return
	}
	found, err := b.read(ctx, account, ids)
	for _, it := range items {
		if it.err != nil {
			continue
		}
		o, ok := found[it.id]
		failed := err
		if failed == nil && !ok {
			failed = notFound(b.kind.word, it.id)
		}
		if it.done.Object = o; failed != nil {
			it.err = unread(failed, "written", b.kind.word+" "+it.id, it.done.RequestIDs)
		}
	}
}

// makeAll sends a BATCH_CREATE, whose answers are in the order of what was asked for.
func (b batched[T]) makeAll(ctx context.Context, account string, items []*item[T]) {
	items = slices.DeleteFunc(slices.Clone(items), func(it *item[T]) bool { return !it.created })
	if len(items) == 0 {
		return
	}
	bodies := make([]fields, len(items))
	for i, it := range items {
		bodies[i] = it.order.body
	}
	var said struct {
		Elements []struct {
			Status int             `json:"status"`
			ID     wire.ID         `json:"id"`
			Error  json.RawMessage `json:"error"`
		} `json:"elements"`
	}
	h, err := b.c.write(ctx, writes{method: methodBatchCreate, path: b.kind.all(account), body: fields{"elements": bodies}, into: &said})
	if err == nil && len(said.Elements) != len(items) {
		err = uncertain(requestID(h), "LinkedIn answers %d of %d creates", len(said.Elements), len(items))
	}
	for i, it := range items {
		if it.err = err; err != nil {
			continue
		}
		it.done.RequestIDs = idsOf(h)
		e := said.Elements[i]
		id, ok := numeric(b.kind.urn, decodedKey(e.ID.String()))
		switch {
		case e.Status/100 != 2:
			it.err = b.c.itemError(e.Status, e.Error, h)
		case !ok:
			it.err = uncertain(requestID(h), "LinkedIn claims success and does not say what it has made")
		default:
			it.id = id
		}
	}
}

// changeAll sends a BATCH_PARTIAL_UPDATE of one step of each. What fails is taken back, each alone.
func (b batched[T]) changeAll(ctx context.Context, account string, items []*item[T], round int) {
	entities, ids := map[string]patchBody{}, make([]string, len(items))
	for i, it := range items {
		entities[it.id], ids[i] = patchBody{it.order.steps[round].change}, it.id
	}
	said, h, err := b.c.patchAll(ctx, b.kind, account, ids, entities)
	for _, it := range items {
		failed := err
		if failed == nil {
			failed = said[it.id]
		}
		switch {
		case failed == nil:
			it.done.RequestIDs = append(it.done.RequestIDs, idsOf(h)...)
		case it.created:
			it.err = b.c.takeBack(ctx, b.kind, account, it.id, it.order.draft, failed)
		default:
			it.err = b.c.undo(ctx, b.kind, account, it.id, it.order.steps[:round], failed)
		}
	}
}

// patchAll changes several objects; said has an error for each that was not changed.
func (c *client) patchAll(ctx context.Context, k kind, account string, ids []string, entities map[string]patchBody) (map[string]error, http.Header, error) {
	var said struct {
		Results map[string]struct {
			Status int `json:"status"`
		} `json:"results"`
		Errors map[string]json.RawMessage `json:"errors"`
	}
	h, err := c.write(ctx, writes{
		method: methodBatchUpdate, path: k.all(account), query: new(query).list("ids", ids).String(),
		body: fields{"entities": entities}, into: &said,
	})
	if err != nil {
		return nil, h, err
	}
	out := map[string]error{}
	for _, id := range ids {
		out[id] = uncertain(requestID(h), "LinkedIn does not say whether %s %s was changed", k.word, id)
	}
	for key, r := range said.Results {
		if id := tail(decodedKey(key)); r.Status/100 == 2 {
			delete(out, id)
		} else {
			out[id] = c.itemError(r.Status, nil, h)
		}
	}
	for key, raw := range said.Errors {
		var s struct {
			Status int `json:"status"`
		}
		_ = rest.Unmarshal(raw, &s) // what it does not say is taken for a fault within
		out[tail(decodedKey(key))] = c.itemError(s.Status, raw, h)
	}
	return out, h, nil
}

// itemError is the error of one item of a batch, as it would be of a call of its own.
func (c *client) itemError(status int, body json.RawMessage, h http.Header) error {
	if status == 0 {
		status = http.StatusInternalServerError
	}
	e := classify(status, h, body, false, c.now())
	e.Platform, e.Status = platformID, status
	if e.RequestID == "" {
		e.RequestID = requestID(h)
	}
	e.Uncertain = status >= 500 && status != http.StatusNotImplemented || status == http.StatusRequestTimeout
	return e
}
