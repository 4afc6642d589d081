package linkedin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/admux/admux/providers"
)

// kind is how one kind of object is written.
type kind struct {
	resource string // below the account
	urn      string
	word     string // what LinkedIn calls it
	status   string // the field of its status
	key      func(id string) string
}

func numberKey(id string) string { return id }

// The kinds that are written.
var (
	groupKind    = kind{"adCampaignGroups", urnCampaignGroup, "campaign group", "status", numberKey}
	campaignKind = kind{"adCampaigns", urnCampaign, "campaign", "status", numberKey}
	creativeKind = kind{"creatives", urnCreative, "creative", "intendedStatus", func(id string) string { return esc(urn(urnCreative, id)) }}
)

func (k kind) all(account string) string     { return "adAccounts/" + account + "/" + k.resource }
func (k kind) one(account, id string) string { return k.all(account) + "/" + k.key(id) }

// step is one call after another on one object, and what takes it back.
type step struct {
	change, undo *patch
	// do and back are set in place of the two where the step is no change of the object itself.
	do, back func(ctx context.Context, id string) ([]string, error)
}

// order is what a write comes to, checked by our rules.
type order[T any] struct {
	account string
	wish    T // as the object would be
	// make makes the object of a create. nil: it is there already.
	make func(ctx context.Context) (id string, requestIDs []string, err error)
	body fields // of the CREATE that make sends; nil: it is no plain CREATE
	// draft says that the object is made as a draft, which alone can be deleted at once.
	draft bool
	steps []step
}

func (c *client) patchOne(ctx context.Context, k kind, account, id string, p *patch) ([]string, error) {
	h, err := c.write(ctx, writes{method: methodUpdate, path: k.one(account, id), body: patchBody{p}})
	return idsOf(h), err
}

// maker sends a plain CREATE.
func (c *client) maker(k kind, account string, body fields) func(context.Context) (string, []string, error) {
	return func(ctx context.Context) (string, []string, error) {
		h, err := c.write(ctx, writes{method: methodCreate, path: k.all(account), body: body})
		if err != nil {
			return "", nil, err
		}
		id, err := createdID(h, k.urn)
		return id, idsOf(h), err
	}
}

// create carries out an order that makes an object: one, or none.
func create[T any](ctx context.Context, c *client, k kind, p order[T], dry bool, get func(context.Context, providers.Ref) (T, error)) (providers.Written[T], error) {
	out := providers.Written[T]{Object: p.wish}
	if dry {
		out.Checked = providers.CheckedByRules
		return out, nil
	}
	id, ids, err := p.make(ctx)
	if err != nil {
		return providers.Written[T]{}, err
	}
	out.RequestIDs = ids
	for _, s := range p.steps {
		ids, err := c.take(ctx, k, p.account, id, s)
		if err != nil {
			return providers.Written[T]{}, c.takeBack(ctx, k, p.account, id, p.draft, err)
		}
		out.RequestIDs = append(out.RequestIDs, ids...)
	}
	if out.Object, err = readBack(ctx, c, get, providers.Ref{Org: p.account, ID: id}); err != nil {
		return out, unread(err, "made", k.word+" "+id, out.RequestIDs)
	}
	return out, nil
}

func (c *client) take(ctx context.Context, k kind, account, id string, s step) ([]string, error) {
	if s.do != nil {
		return s.do(ctx, id)
	}
	return c.patchOne(ctx, k, account, id, s.change)
}

// takeBack deletes an object whose making could not be finished. What stays is named.
func (c *client) takeBack(ctx context.Context, k kind, account, id string, draft bool, cause error) error {
	ctx = context.WithoutCancel(ctx)
	_, err := c.deleteOne(ctx, k, account, id, draft)
	e := asError(cause)
	if err == nil {
		e.Uncertain = false
		e.Message += fmt.Sprintf("; the %s %s that had been made for it was deleted again", k.word, id)
		return e
	}
	e.Uncertain = true
	e.Message += fmt.Sprintf("; the %s %s that had been made for it could not be taken back (%v) and stands in account %s", k.word, id, err, account)
	return e
}

// asError is an error of ours that may be added to.
func asError(err error) *providers.Error {
	if e, ok := errors.AsType[*providers.Error](err); ok {
		own := *e
		return &own
	}
	e := fault(providers.Unavailable, "", "%v", err)
	e.Err = err
	return e
}

// deleteOne deletes a draft at once; of anything else LinkedIn takes the order only.
func (c *client) deleteOne(ctx context.Context, k kind, account, id string, draft bool) ([]string, error) {
	if !draft {
		return c.patchOne(ctx, k, account, id, &patch{set: fields{k.status: "PENDING_DELETION"}})
	}
	h, err := c.write(ctx, writes{method: methodDelete, path: k.one(account, id)})
	return idsOf(h), err
}

// update carries out an order that changes an object; it sends nothing where there is nothing to change.
func update[T any](ctx context.Context, c *client, k kind, id string, p order[T], before T, dry bool, get func(context.Context, providers.Ref) (T, error)) (providers.Written[T], error) {
	out := providers.Written[T]{Object: p.wish}
	p.steps = slices.DeleteFunc(p.steps, func(s step) bool { return s.do == nil && s.change.empty() })
	if dry {
		out.Checked = providers.CheckedByRules
	}
	if len(p.steps) == 0 {
		out.Object = before
	}
	if dry || len(p.steps) == 0 {
		return out, nil
	}
	for i, s := range p.steps {
		ids, err := c.take(ctx, k, p.account, id, s)
		if err != nil {
			return providers.Written[T]{}, c.undo(ctx, k, p.account, id, p.steps[:i], err)
		}
		out.RequestIDs = append(out.RequestIDs, ids...)
	}
	var err error
	if out.Object, err = readBack(ctx, c, get, providers.Ref{Org: p.account, ID: id}); err != nil {
		return out, unread(err, "changed", k.word+" "+id, out.RequestIDs)
	}
	return out, nil
}

// undo takes back the steps that were done, the last one first. What stays is named.
func (c *client) undo(ctx context.Context, k kind, account, id string, done []step, cause error) error {
	if len(done) == 0 {
		return cause
	}
	ctx = context.WithoutCancel(ctx)
	e := asError(cause)
	var stays []string
	for _, s := range slices.Backward(done) {
		var err error
		switch {
		case s.back != nil:
			_, err = s.back(ctx, id)
		case s.undo != nil:
			_, err = c.patchOne(ctx, k, account, id, s.undo)
		default:
			err = errors.New("there is no way back")
		}
		if err != nil {
			stays = append(stays, fmt.Sprintf("%s (%v)", described(s), err))
		}
	}
	if len(stays) == 0 {
		e.Message += "; what had been changed before was put back"
		return e
	}
	e.Uncertain = true
	e.Message += fmt.Sprintf("; of the %s %s this could not be put back: %s", k.word, id, strings.Join(stays, ", "))
	return e
}

func described(s step) string {
	if s.change == nil {
		return "a conversion that was linked"
	}
	text, err := json.Marshal(s.change)
	if err != nil {
		return "a change"
	}
	return string(text)
}

// remove deletes an object that has been read: a draft at once, all else by an order to, which LinkedIn carries out in its
// own time. Either way it cannot come back; for its reports it stays listed.
func (c *client) remove(ctx context.Context, k kind, account, id string, draft, dry bool) (providers.Removal, error) {
	out := providers.Removal{Effect: providers.EffectRemoved}
	if dry {
		out.Checked = providers.CheckedByRules
		return out, nil
	}
	var err error
	out.RequestIDs, err = c.deleteOne(ctx, k, account, id, draft)
	return out, err
}
