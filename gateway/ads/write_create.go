package ads

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/admux/admux/gateway/guard"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// create makes an object, once for each Idempotency-Key.
func (w writing[T]) create(ctx context.Context) (outcome, error) {
	body, err := readObject(w.r.body)
	if err != nil {
		return outcome{}, err
	}
	if w.r.key != "" && !w.r.dry { // a dry run makes nothing that could be made twice
		return w.once(ctx, body)
	}
	wr, err := w.wish(ctx, body)
	if err != nil {
		return outcome{}, err
	}
	hold, err := w.cfg.Guard.Check(ctx, w.creates(wr))
	if err != nil {
		return outcome{}, err
	}
	a, err := w.note(ctx, w.madeFrom(wr))
	if err != nil {
		hold.Free(ctx)
		return outcome{}, err
	}
	since := w.cfg.Now()
	made, err := w.col.Create(ctx, wr)
	if err != nil {
		if uncertain(err) {
			err = w.lost(ctx, wr, providers.Try{Since: since, Until: w.cfg.Now()}, err)
		}
		err = w.located(err)
		w.close(ctx, a, hold, err)
		return outcome{}, err
	}
	out, err := w.done(ctx, made.Object, made.Checked, a.ID)
	w.close(ctx, w.made(a, made), hold, nil)
	w.settle(ctx, hold, made.Object)
	return out, err
}

// wish checks a body and makes what the provider is told of it.
func (w writing[T]) wish(ctx context.Context, body object) (providers.Write[T], error) {
	org, isText := body["organization_id"].(string)
	if org == "" && w.kind.object != providers.ObjectOrganization {
		if org = w.sole(); org != "" && !isText {
			if _, ok := w.col.Writable("organization_id"); ok { // an adapter that reads it from the object finds it there
				body["organization_id"] = org
			}
		}
	}
	body, err := w.fetched(ctx, body)
	if err != nil {
		return providers.Write[T]{}, err
	}
	in, err := w.intend(body, nil)
	if err != nil {
		return providers.Write[T]{}, err
	}
	return providers.Write[T]{Org: org, Object: in.object, Set: in.set, DryRun: w.r.dry}, nil
}

// creates is a create as it matters to the guardrails.
func (w writing[T]) creates(wr providers.Write[T]) guard.Change {
	out := w.guarded(wr.Object)
	out.After, _ = budgetsOf(wr.Object)
	status := wr.Object.Facts().Status
	out.Activates, out.Removes, out.IsOn = activates("", status), archives("", status), status == normalize.StatusActive
	out.Currency = w.currency("", wr.Org)
	if w.r.key != "" && !w.r.dry {
		out.Token = "key " + w.r.key
	}
	return out
}

// madeFrom begins the audit entry of a create.
func (w writing[T]) madeFrom(wr providers.Write[T]) store.AuditEntry {
	return store.AuditEntry{OrganizationID: wr.Org, Paths: wr.Set, After: record(wr.Object)}
}

// made ends it.
func (w writing[T]) made(a store.AuditEntry, made providers.Written[T]) store.AuditEntry {
	f := made.Object.Facts()
	a.ObjectID, a.After, a.Checked, a.UpstreamIDs = f.ID, record(made.Object), string(made.Checked), made.RequestIDs
	if f.Organization != "" {
		a.OrganizationID = f.Organization
	}
	return a
}

// record is an object for the audit: without what an upload holds, which is large and is kept by the platform.
func record[T any](v T) json.RawMessage {
	o, err := objectOf(v)
	if err != nil {
		return nil
	}
	if _, file := any(v).(normalize.Asset); file { // an address that is good for a while alone is a secret
		if address, ok := o["url"].(string); ok {
			o["url"], _, _ = strings.Cut(address, "?")
		}
	}
	return recordOf(o)
}

func recordOf(o object) json.RawMessage {
	delete(o, "content")
	raw, err := json.Marshal(o)
	if err != nil {
		return nil
	}
	return raw
}

// platformError is the platform's error in a chain.
func platformError(err error) (*providers.Error, bool) { return errors.AsType[*providers.Error](err) }

// uncertain tells whether a write may have been made all the same. What nobody has classified may.
func uncertain(err error) bool {
	if own, ok := errors.AsType[*problem.Error](err); ok {
		return own.Code == problem.CodeUnknown
	}
	e, ok := platformError(err)
	return !ok || e.Uncertain
}

// located asks for the account, where a provider could not do without it.
func (w writing[T]) located(err error) error {
	if !asksOrg(err) || uncertain(err) {
		return err
	}
	e, ok := errors.AsType[*problem.Error](whichOrg(w.r.conn))
	if !ok {
		return err
	}
	for i := range e.Fields {
		e.Fields[i].Field, e.Fields[i].In = "organization_id", "body"
	}
	return problem.InvalidFields(e.Fields...)
}

// lost says what to look at after a create without a key whose answer did not come.
func (w writing[T]) lost(ctx context.Context, wr providers.Write[T], try providers.Try, cause error) error {
	if w.col.Find == nil {
		return w.unknown(gatewayStatus(cause), "", nil, cause)
	}
	ctx, cancel := noting(ctx)
	defer cancel()
	list, err := w.col.Find(ctx, wr, try)
	if err != nil {
		return w.unknown(gatewayStatus(cause), "", nil, cause)
	}
	return w.unknown(gatewayStatus(cause), "", idsOf(list), cause)
}

// unknown is the answer when a write may have been made or not.
func (w writing[T]) unknown(status int, why string, candidates []string, cause error) error {
	detail := fmt.Sprintf("Whether the %s was made at %s is not known.", w.kind.object, w.r.conn.Platform)
	if why != "" {
		detail += " " + why
	}
	switch len(candidates) {
	case 0:
		detail += " Look for it by its name before asking again."
	default:
		const most = 20
		detail += " These look like it: " + strings.Join(candidates[:min(most, len(candidates))], ", ") + ". Look at them before asking again."
	}
	return &problem.Error{Code: problem.CodeUnknown, Status: status, Detail: detail, Err: cause}
}

// gatewayStatus is 504 for an answer that did not come in time, 502 for any other way to lose it.
func gatewayStatus(err error) int {
	if providers.KindOf(err) == providers.Timeout || errors.Is(err, context.DeadlineExceeded) {
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

func idsOf[T normalize.Object](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = v.Facts().ID
	}
	return out
}

// lease is how long an owner may not be heard of.
func (w writing[T]) lease() time.Duration {
	if w.cfg.Lease > 0 {
		return w.cfg.Lease
	}
	return 15 * time.Second
}
