package ads

import (
	"cmp"
	"context"
	"net/http"

	"github.com/admux/admux/gateway/guard"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// read reads the object that is to be changed, and tells how it is addressed.
func (w writing[T]) read(ctx context.Context) (T, providers.Ref, error) {
	ref := providers.Ref{Org: w.r.org, ID: w.r.id}
	v, err := w.col.Get(ctx, ref)
	if err != nil && ref.Org == "" && asksOrg(err) {
		if ref.Org = cmp.Or(w.sole(), w.h.written(ctx, w.r.caller.Workspace, w.r.conn.ID, w.kind.object, w.r.id)); ref.Org == "" {
			return v, ref, whichOrg(w.r.conn)
		}
		v, err = w.col.Get(ctx, ref)
	}
	if err == nil {
		err = matches(w.r.match, etag(v))
	}
	return v, ref, err
}

// written is the account of an object that has been written through the gateway; empty when none has, or when the id is
// one of several accounts'.
func (h *Handler) written(ctx context.Context, workspace, connection string, o providers.Object, id string) (org string) {
	if h.cfg.Writes == nil {
		return ""
	}
	list, err := h.cfg.Writes.Store.Audits(ctx, workspace, store.AuditFilter{ConnectionID: connection, Object: string(o), ObjectID: id, Outcome: store.AuditDone})
	if err != nil {
		return "" // then the caller is asked
	}
	for _, a := range list {
		switch {
		case a.DryRun, a.OrganizationID == "", a.OrganizationID == org:
		case org != "":
			return ""
		default:
			org = a.OrganizationID
		}
	}
	return org
}

// update changes the fields that are given.
func (w writing[T]) update(ctx context.Context) (outcome, error) {
	body, err := readObject(w.r.body)
	if err != nil {
		return outcome{}, err
	}
	if org, ok := body["organization_id"].(string); ok && w.r.org == "" { // as in the object that was read
		w.r.org = org
	}
	before, ref, err := w.read(ctx)
	if err != nil {
		return outcome{}, err
	}
	was, err := objectOf(before)
	if err != nil {
		return outcome{}, err
	}
	if w.r.check != nil {
		if err := w.r.check(was); err != nil {
			return outcome{}, err
		}
	}
	in, err := w.intend(body, was)
	if err != nil {
		return outcome{}, err
	}
	if len(in.set) == 0 {
		return w.done(ctx, before, providers.CheckedByRules, "")
	}
	hold, err := w.cfg.Guard.Check(ctx, w.updates(before, in.object))
	if err != nil {
		return outcome{}, err
	}
	a, err := w.note(ctx, store.AuditEntry{
		OrganizationID: before.Facts().Organization, ObjectID: w.r.id, Paths: in.set,
		Before: recordOf(part(was, in.set)), After: recordOf(part(in.merged, in.set)),
	})
	if err != nil {
		hold.Free(ctx)
		return outcome{}, err
	}
	wr := providers.Write[T]{Org: ref.Org, Object: in.object, Before: &before, Set: in.set, DryRun: w.r.dry}
	got, err := w.col.Update(ctx, ref, wr)
	if err != nil && uncertain(err) && !w.r.dry {
		got, err = w.readBack(ctx, ref, in, err)
	}
	if err != nil {
		w.close(ctx, a, hold, err)
		return outcome{}, err
	}
	if is, oerr := objectOf(got.Object); oerr == nil {
		a.After = recordOf(part(is, in.set))
	}
	a.Checked, a.UpstreamIDs = string(got.Checked), got.RequestIDs
	w.close(ctx, a, hold, nil)
	w.settle(ctx, hold, got.Object)
	return w.done(ctx, got.Object, got.Checked, a.ID)
}

// readBack looks whether a change whose answer was lost has been made. A change may be sent again: it says how the object
// is to be, and not what is to be added to it.
func (w writing[T]) readBack(ctx context.Context, ref providers.Ref, in intended[T], cause error) (providers.Written[T], error) {
	lost := &problem.Error{Code: problem.CodeUnknown, Status: gatewayStatus(cause), Err: cause,
		Detail: "Whether the change was made is not known: read the object, then decide. The same change may be sent again."}
	ctx, cancel := noting(ctx)
	defer cancel()
	v, err := w.col.Get(ctx, ref)
	if err != nil {
		return providers.Written[T]{}, lost
	}
	is, err := objectOf(v)
	if err != nil || !same(part(is, in.set), part(in.merged, in.set)) {
		return providers.Written[T]{}, lost
	}
	return providers.Written[T]{Object: v}, nil
}

// guarded is a write as it matters to the guardrails, whatever it does.
func (w writing[T]) guarded(v T) guard.Change {
	return guard.Change{
		Workspace: w.r.caller.Workspace, Connection: w.r.conn.ID, Object: string(w.kind.object), ID: w.r.id, Campaign: campaignOf(v),
		Dry: w.r.dry, Together: w.r.trial != nil, Confirm: w.r.confirm,
	}
}

// updates is an update as it matters to the guardrails.
func (w writing[T]) updates(before, after T) guard.Change {
	out := w.guarded(before)
	was, is := before.Facts(), after.Facts()
	var currency string
	out.Before, currency = budgetsOf(before)
	out.After, _ = budgetsOf(after)
	out.WasOn, out.IsOn = on(was.Status), on(is.Status)
	out.Activates, out.Removes = activates(was.Status, is.Status), archives(was.Status, is.Status)
	out.Currency = w.currency(currency, was.Organization)
	return out
}

// settle tells the guardrails what a write has left.
func (w writing[T]) settle(ctx context.Context, hold guard.Hold, v T) {
	if w.r.dry && w.r.trial != nil {
		w.r.trial.keep(hold) // until all operations have been tried
		return
	}
	ctx, cancel := noting(ctx)
	defer cancel()
	now := guard.Now{ID: v.Facts().ID, Campaign: campaignOf(v), On: on(v.Facts().Status)}
	now.Budgets, now.Currency = budgetsOf(v)
	hold.Settle(ctx, now)
}

// remove deletes an object.
func (w writing[T]) remove(ctx context.Context) (outcome, error) {
	before, ref, err := w.read(ctx)
	if err != nil {
		return outcome{}, err
	}
	gone := w.guarded(before)
	gone.Removes = true
	hold, err := w.cfg.Guard.Check(ctx, gone)
	if err != nil {
		return outcome{}, err
	}
	a, err := w.note(ctx, store.AuditEntry{OrganizationID: before.Facts().Organization, ObjectID: w.r.id, Before: record(before)})
	if err != nil {
		return outcome{}, err
	}
	got, err := w.col.Delete(ctx, ref, w.r.dry)
	if err != nil {
		if uncertain(err) {
			err = &problem.Error{Code: problem.CodeUnknown, Status: gatewayStatus(err), Err: err,
				Detail: "Whether the object was deleted is not known: read it, then decide. The deletion may be sent again."}
		}
		w.close(ctx, a, hold, err)
		return outcome{}, err
	}
	a.Checked, a.Effect, a.UpstreamIDs = string(got.Checked), string(got.Effect), got.RequestIDs
	w.close(ctx, a, hold, nil)
	hold.Remove(ctx)
	out := outcome{Status: http.StatusOK, Header: map[string]string{headerAudit: a.ID}}
	if got.Effect != "" {
		out.Header[headerEffect] = string(got.Effect)
	}
	if w.r.dry {
		out.Header[headerDryRun] = string(got.Checked)
	}
	return out, nil
}
