package ads

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/admux/admux/gateway/guard"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const (
	keepAnswer   = 24 * time.Hour      // of a key that is done
	keepUnsolved = 30 * 24 * time.Hour // of one of which nobody knows whether its object was made
	longest      = 2 * time.Hour       // more than any request takes
)

// once makes an object for an Idempotency-Key: at most one, however often and however far apart it is asked for.
//
// The key goes started → sent → done, each step noted in the store before the next one is taken. Who finds it done gives
// the same answer again. Who finds it under way is told to wait. Who finds it left alone takes it over: from started
// nothing was sent; from sent the platform is asked what it has.
func (w writing[T]) once(ctx context.Context, body object) (outcome, error) {
	i := store.Idempotent{
		WorkspaceID: w.r.caller.Workspace, Key: w.r.key, Fingerprint: w.fingerprint(body), ConnectionID: w.r.conn.ID,
		Object: string(w.kind.object), Owner: rand.Text(), ExpiresAt: w.cfg.Now().Add(keepUnsolved),
	}
	there, first, err := w.cfg.Store.StartIdempotent(ctx, i)
	switch {
	case err != nil:
		return outcome{}, w.away(err)
	case first:
		return w.begin(ctx, i, body)
	case there.Fingerprint != i.Fingerprint:
		return outcome{}, problem.Rejected(headerKey, "has been used for another request, and is that one's until 24 hours after its answer")
	case there.State == store.IdempotentDone:
		return replay(there)
	}
	if wait := there.BeatAt.Add(w.lease()).Sub(w.cfg.Now()); wait > 0 {
		return outcome{}, &problem.Error{Code: problem.CodeConflict, RetryAfter: min(wait, w.lease()),
			Detail: "A request with this Idempotency-Key is under way, or has ended so lately that its outcome is not known yet."}
	}
	lastSeen := there.BeatAt
	mine, err := w.cfg.Store.TakeIdempotent(ctx, there, i.Owner)
	switch {
	case errors.Is(err, store.ErrConflict):
		return outcome{}, &problem.Error{Code: problem.CodeConflict, RetryAfter: w.lease(), Detail: "Another request with this Idempotency-Key has just gone on."}
	case err != nil:
		return outcome{}, w.away(err)
	case mine.State == store.IdempotentSent:
		return w.resume(ctx, mine, body, lastSeen.Add(w.lease()))
	}
	return w.begin(ctx, mine, body)
}

// fingerprint tells requests apart: what is asked for, where, and in which shape.
func (w writing[T]) fingerprint(body object) string {
	canonical, err := json.Marshal(body) // names are sorted
	if err != nil {
		canonical = w.r.body
	}
	h := sha256.New()
	for _, part := range []string{w.r.conn.ID, string(w.kind.object), w.r.asked, string(canonical)} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (w writing[T]) away(err error) error {
	return problem.Unavailable("The Idempotency-Key cannot be kept now, and without that nothing is written.", time.Second, err)
}

// replay gives the answer of an earlier call again.
func replay(i store.Idempotent) (outcome, error) {
	var out outcome
	if err := json.Unmarshal(i.Answer, &out); err != nil {
		return out, err
	}
	out.Header[headerReplayed] = "true"
	return out, nil
}

// begin checks the body, notes what is there already, and sends.
func (w writing[T]) begin(ctx context.Context, i store.Idempotent, body object) (outcome, error) {
	stop := w.alive(ctx, i)
	var hold guard.Hold
	wr, err := w.wish(ctx, body)
	if err == nil {
		hold, err = w.cfg.Guard.Check(ctx, w.creates(wr))
	}
	if err == nil && w.col.Find != nil {
		now := w.cfg.Now()
		var there []T
		there, err = w.col.Find(ctx, wr, providers.Try{Since: now, Until: now})
		i.Known = idsOf(there)
	}
	stop()
	if err != nil { // nothing was sent
		hold.Free(ctx)
		return outcome{}, w.located(w.free(ctx, i, err))
	}
	return w.send(ctx, i, wr, hold)
}

// free gives the key back: surely nothing was made, so that the same key may try again.
func (w writing[T]) free(ctx context.Context, i store.Idempotent, err error) error {
	ctx, cancel := noting(ctx)
	defer cancel()
	if derr := w.cfg.Store.DropIdempotent(ctx, i); derr != nil && w.cfg.Log != nil { // it is free after its lease
		w.cfg.Log.WarnContext(ctx, "an idempotency key could not be freed", slog.String("error", derr.Error()))
	}
	return err
}

// send tells the platform, and keeps the answer.
func (w writing[T]) send(ctx context.Context, i store.Idempotent, wr providers.Write[T], hold guard.Hold) (outcome, error) {
	sent, a, err := w.cfg.Store.SendIdempotent(ctx, i, w.entry(w.madeFrom(wr)))
	if err != nil {
		if errors.Is(err, store.ErrConflict) {
			return outcome{}, problem.Conflict("Another request with this Idempotency-Key has just gone on.") // what is held is its hold too
		}
		hold.Free(ctx)
		return outcome{}, w.free(ctx, i, w.away(err))
	}
	stop := w.alive(ctx, sent)
	made, err := w.col.Create(ctx, wr)
	stop()
	switch {
	case err == nil:
		return w.finish(ctx, sent, a, hold, made)
	case !uncertain(err):
		w.close(ctx, a, hold, err)
		return outcome{}, w.located(w.free(ctx, sent, err))
	}
	// The answer is lost: what was made can often be seen at once. That nothing can be seen proves nothing yet.
	if w.col.Find != nil {
		look, cancel := noting(ctx)
		defer cancel()
		found, ferr := w.candidates(look, sent, wr, w.cfg.Now())
		if ferr == nil && len(found) == 1 {
			if made, ferr = w.adopt(look, wr, found[0]); ferr == nil {
				return w.finish(ctx, sent, a, hold, made)
			}
		}
	}
	if berr := w.beat(ctx, sent); berr != nil && w.cfg.Log != nil { // the time until it is looked for counts from here
		w.cfg.Log.WarnContext(ctx, "an idempotency key could not be kept", slog.String("error", berr.Error()))
	}
	return outcome{}, &problem.Error{
		Code: problem.CodeUnknown, Status: gatewayStatus(err), RetryAfter: w.lease(), Err: err,
		Detail: fmt.Sprintf("Whether the %s was made at %s is not known yet. Ask again with the same Idempotency-Key: it is looked for then, and made only if it is not there.",
			w.kind.object, w.r.conn.Platform),
	}
}

func (w writing[T]) beat(ctx context.Context, i store.Idempotent) error {
	ctx, cancel := noting(ctx)
	defer cancel()
	return w.cfg.Store.BeatIdempotent(ctx, i.WorkspaceID, i.Key, i.Owner)
}

// resume goes on with a create that was sent and whose end nobody noted.
func (w writing[T]) resume(ctx context.Context, i store.Idempotent, body object, until time.Time) (outcome, error) {
	wr, err := w.wish(ctx, body)
	if err != nil {
		return outcome{}, w.located(err)
	}
	if w.col.Find == nil {
		return outcome{}, w.unknown(0, fmt.Sprintf("admux cannot look for it at %s.", w.r.conn.Platform), nil, nil)
	}
	found, err := w.candidates(ctx, i, wr, until)
	switch {
	case err != nil:
		return outcome{}, err // the key stays as it is: the next one looks again
	case len(found) > 1:
		return outcome{}, w.unknown(0, "Several could be the one that an earlier request with this Idempotency-Key made.", idsOf(found), nil)
	case len(found) == 0: // nothing was made: it is a write like any other
		hold, err := w.cfg.Guard.Check(ctx, w.creates(wr))
		if err != nil {
			return outcome{}, w.free(ctx, i, err)
		}
		return w.send(ctx, i, wr, hold)
	}
	made, err := w.adopt(ctx, wr, found[0])
	if err != nil {
		return outcome{}, err // the same: it is found again, and switched off then
	}
	a, err := w.note(ctx, w.madeFrom(wr))
	if err != nil {
		return outcome{}, err
	}
	return w.finish(ctx, i, a, w.cfg.Guard.Held(w.creates(wr)), made)
}

// adopt takes an object that an earlier try has made. One that runs although nobody asked for that is switched off: where
// a platform pauses in a step of its own, the try may have ended before it.
func (w writing[T]) adopt(ctx context.Context, wr providers.Write[T], v T) (providers.Written[T], error) {
	made, f := providers.Written[T]{Object: v}, v.Facts()
	if f.Status != normalize.StatusActive || wr.Object.Facts().Status == normalize.StatusActive || w.col.Update == nil {
		return made, nil
	}
	o, err := objectOf(v)
	if err != nil {
		return made, err
	}
	put(o, "status", string(normalize.StatusPaused))
	off, err := decode[T](o)
	if err != nil {
		return made, err
	}
	return w.col.Update(ctx, providers.Ref{Org: f.Organization, ID: f.ID}, providers.Write[T]{Org: f.Organization, Object: off, Before: &v, Set: []string{"status"}})
}

// candidates are the objects that the key's create may have made: those that look like it, were not there before, and are
// not what another write has made. While another write of that name is under way, or ended unseen, nobody knows whose
// they are.
func (w writing[T]) candidates(ctx context.Context, i store.Idempotent, wr providers.Write[T], until time.Time) ([]T, error) {
	found, err := w.col.Find(ctx, wr, providers.Try{Since: i.Since, Until: until})
	found = slices.DeleteFunc(found, func(v T) bool { return slices.Contains(i.Known, v.Facts().ID) })
	if err != nil || len(found) == 0 {
		return nil, err
	}
	// One read: a write that ends between two would be seen by neither.
	others, err := w.cfg.Store.Audits(ctx, i.WorkspaceID, store.AuditFilter{
		ConnectionID: i.ConnectionID, Object: i.Object, Op: opCreate, Since: i.Since.Add(-longest),
	})
	if err != nil {
		return nil, w.away(err)
	}
	for _, o := range others {
		switch {
		case o.DryRun, o.Outcome == store.AuditFailed, o.IdempotencyKey == i.Key:
		case o.Outcome == store.AuditDone:
			found = slices.DeleteFunc(found, func(v T) bool { return v.Facts().ID == o.ObjectID })
		case nameOf(o.After) == wr.Object.Facts().Name:
			return nil, w.unknown(0, "Another write of that name is under way, or ended unseen.", idsOf(found), nil)
		}
	}
	return found, nil
}

func nameOf(raw json.RawMessage) string {
	var o struct{ Name string }
	_ = json.Unmarshal(raw, &o) // what we wrote ourselves
	return o.Name
}

// finish keeps the answer and the audit in one step.
func (w writing[T]) finish(ctx context.Context, i store.Idempotent, a store.AuditEntry, hold guard.Hold, made providers.Written[T]) (outcome, error) {
	w.settle(ctx, hold, made.Object)
	out, err := w.done(ctx, made.Object, made.Checked, a.ID)
	if err != nil {
		return out, err
	}
	if i.Answer, err = json.Marshal(out); err != nil {
		return out, err
	}
	i.ExpiresAt = w.cfg.Now().Add(keepAnswer)
	a = w.made(a, made)
	a.Outcome = store.AuditDone
	ctx, cancel := noting(ctx)
	defer cancel()
	if err := w.cfg.Store.FinishIdempotent(ctx, i, a); err != nil && w.cfg.Log != nil {
		// The object is there and the caller learns of it. Who asks again finds the key sent, and then the object.
		w.cfg.Log.ErrorContext(ctx, "the answer of an idempotency key could not be kept", slog.String("audit", a.ID), slog.String("error", err.Error()))
	}
	return out, nil
}

// alive shows that the key is worked on, until the returned function is called.
func (w writing[T]) alive(ctx context.Context, i store.Idempotent) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(w.lease() / 4)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = w.cfg.Store.BeatIdempotent(ctx, i.WorkspaceID, i.Key, i.Owner) // the next one may come through
			}
		}
	}()
	return func() { cancel(); <-ended }
}
