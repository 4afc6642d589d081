package meta

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
	"github.com/admux/admux/providers/internal/wire"
)

// Every object of Meta's is made, changed and deleted by one call, so that nothing is ever left half done. A POST to an
// edge makes, a POST to a node changes what it names and nothing else. There is no idempotency key: no write is sent twice.

// validateOnly makes a POST check and change nothing.
const validateOnly = `["validate_only"]`

// readBackTries: an object that has just been made may for a moment not be there.
const readBackTries = 4

// outcome is the answer of a write: the id of what was made, or whether it was done.
type outcome struct {
	ID      wire.ID `json:"id"`
	Success *truth  `json:"success"`
}

// write sends once. An answer that holds no error and claims no success is one whose outcome is unknown.
func (c *client) write(ctx context.Context, method string, k call, into any) (requestIDs []string, err error) {
	r := c.request(method, k)
	r.Cost = writeCost
	return c.writeRequest(ctx, r, into)
}

func (c *client) writeRequest(ctx context.Context, r rest.Request, into any) ([]string, error) {
	var raw json.RawMessage
	h, err := c.rest.Write(ctx, r, &raw)
	if err != nil {
		return nil, unclear(own(err))
	}
	id := requestID(h)
	if err := c.hidden(raw); err != nil {
		return nil, unclear(err)
	}
	if err := rest.Unmarshal(raw, into); err != nil {
		return nil, uncertain(id, "Meta's answer to the write cannot be understood: %v", err)
	}
	if id == "" {
		return nil, nil
	}
	return []string{id}, nil
}

// hidden is the error inside an answer that claims success.
func (c *client) hidden(raw []byte) error {
	err := own(hidden(raw))
	if e, ok := errors.AsType[*providers.Error](err); ok {
		c.rest.Scrub(e)
	}
	return err
}

// unclear: where Meta failed within, whatever the HTTP status, the write may have been done. A throttle, a rule and a
// refused token are sure to have changed nothing.
func unclear(err error) error {
	e, ok := err.(*providers.Error) //nolint:errorlint // own gives the maker's own
	if !ok || e.Kind != providers.Unavailable && e.Kind != providers.Timeout {
		return err
	}
	code, _, _ := strings.Cut(e.Code, "/")
	if slices.Contains([]string{"", "circuit_open", "190", "102", "104"}, code) {
		return err
	}
	out := *e
	out.Uncertain = true
	return &out
}

func uncertain(requestID, format string, args ...any) error {
	e := fault(providers.Malformed, "", format, args...)
	e.RequestID, e.Uncertain = requestID, true
	return e
}

// accountToWrite is the account that an object is made in. parent is the account of what it is made below; empty for none.
func (c *client) accountToWrite(org, given, parent string) (string, error) {
	for _, o := range []string{org, given} {
		id, err := c.account(cmp.Or(o, "0"))
		switch {
		case o == "":
		case err != nil:
			return "", err
		case parent != "" && id != parent:
			return "", fault(providers.Invalid, "organization_id", "what the object is to be in belongs to the account %s", parent)
		default:
			parent = id
		}
	}
	if parent == "" && len(c.conn.Orgs) == 1 {
		parent = c.conn.Orgs[0]
	}
	if parent == "" {
		return "", fault(providers.Invalid, "organization_id", "the connection has several ad accounts: say in which")
	}
	return parent, nil
}

// order is a write that has been checked and not been sent.
type order[T any] struct {
	method  string // empty: nothing is to be sent
	account string
	path    string
	params  url.Values
	id      string // of what is changed or deleted; empty where something is made
	dry     bool
	checked providers.Checked // of a dry run that is not sent
	wish    T                 // the object as it would be
}

// making is the order of an object, by a POST to an edge of the account.
func making[T any](account, edge string, params url.Values, w providers.Write[T], wish T) order[T] {
	if w.DryRun {
		params.Set("execution_options", validateOnly)
	}
	return order[T]{method: http.MethodPost, account: account, path: node(account) + "/" + edge, params: params, dry: w.DryRun, wish: wish}
}

// changing is the order of what params name; nothing is sent when they name nothing.
func changing[T any](account, id string, params url.Values, w providers.Write[T]) order[T] {
	o := order[T]{account: account, path: id, params: params, id: id, dry: w.DryRun, wish: w.Object}
	if len(params) == 0 {
		o.wish, o.checked = *w.Before, providers.CheckedByRules
		return o
	}
	if o.method = http.MethodPost; w.DryRun {
		params.Set("execution_options", validateOnly)
	}
	return o
}

// unchecked is the order of a dry run that Meta has no check for.
func (o order[T]) unchecked() order[T] {
	if o.dry {
		o.method, o.checked = "", providers.CheckedByRules
	}
	return o
}

func (o *order[T]) call() call {
	return call{path: o.path, params: o.params, lane: lane{account: o.account}}
}

// unsent is what comes of an order that needs no call.
func (o *order[T]) unsent() providers.Written[T] {
	out := providers.Written[T]{Object: o.wish}
	if o.dry {
		out.Checked = o.checked
	}
	return out
}

// settle reads Meta's answer: the id of what was written, or why nobody can know. Of a dry run the id is empty.
func (o *order[T]) settle(raw json.RawMessage, requestID string) (string, error) {
	var got outcome
	if err := rest.Unmarshal(raw, &got); err != nil {
		return "", uncertain(requestID, "Meta's answer to the write cannot be understood: %v", err)
	}
	done := got.Success != nil && bool(*got.Success)
	switch {
	case o.id != "" && (done || o.method == http.MethodPost && got.Success == nil && got.ID != ""):
		return o.id, nil
	case o.id != "":
		return "", uncertain(requestID, "Meta does not say whether %s was written", o.id)
	case o.dry && got.ID != "": // it was not to be
		return "", uncertain(requestID, "Meta was asked for a check, and says that it has made %s", got.ID)
	case o.dry && !done:
		return "", fault(providers.Malformed, "", "Meta does not say whether the check was passed")
	case !o.dry && !digitsOnly(got.ID.String()):
		return "", uncertain(requestID, "Meta claims success and does not say what it has made")
	}
	return got.ID.String(), nil
}

// written is what comes of an order that Meta has carried out, or checked.
func (o *order[T]) written(ids []string) providers.Written[T] {
	out := providers.Written[T]{Object: o.wish, RequestIDs: ids}
	if o.dry {
		out.Checked = providers.CheckedByPlatform
	}
	return out
}

// carry sends an order and reads back what became of it.
func carry[T any](ctx context.Context, c *client, o order[T], get func(context.Context, providers.Ref) (T, error)) (providers.Written[T], error) {
	if o.method == "" {
		return o.unsent(), nil
	}
	var raw json.RawMessage
	ids, err := c.write(ctx, o.method, o.call(), &raw)
	if err != nil {
		return providers.Written[T]{}, err
	}
	out := o.written(ids)
	id, err := o.settle(raw, first(ids))
	if err != nil || o.dry {
		return out, err
	}
	out.Object, err = readBack(ctx, c, get, providers.Ref{Org: o.account, ID: id})
	if err != nil {
		return out, o.unread(err, id, first(ids))
	}
	return out, nil
}

// unread is the error of an order that was carried out and whose object could not be read back.
func (o *order[T]) unread(err error, id, requestID string) error {
	what := "changed"
	if o.id == "" {
		what = "made"
	}
	return unread(err, what, id, requestID)
}

// unread is the error of a write that was done and could not be read back.
func unread(err error, what, id, requestID string) error {
	e := fault(providers.KindOf(err), "", "%s was %s, and could not be read back: %v", id, what, err)
	if e.Kind == 0 || e.Kind == providers.NotFound {
		e.Kind = providers.Unavailable
	}
	e.RequestID, e.Uncertain, e.Err = requestID, true, err
	return e
}

// readBack reads what was written.
func readBack[T any](ctx context.Context, c *client, get func(context.Context, providers.Ref) (T, error), ref providers.Ref) (T, error) {
	wait := 250 * time.Millisecond
	for try := 1; ; try++ {
		got, err := get(ctx, ref)
		if providers.KindOf(err) != providers.NotFound || try == readBackTries {
			return got, err
		}
		if err := c.sleep(ctx, wait); err != nil {
			return got, err
		}
		wait *= 2
	}
}
