package meta

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
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
	h, raw, err := c.sendWrite(ctx, r)
	if err != nil {
		return nil, unclear(own(err))
	}
	id := requestID(h)
	if err := hidden(raw); err != nil {
		return nil, unclear(own(err))
	}
	if err := rest.Unmarshal(raw, into); err != nil {
		return nil, uncertain(id, "Meta's answer to the write cannot be understood: %v", err)
	}
	if id == "" {
		return nil, nil
	}
	return []string{id}, nil
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

// create makes one object by a POST to an edge of the account. wish is what it would be.
func create[T any](ctx context.Context, c *client, account, edge string, params url.Values, w providers.Write[T], wish T,
	get func(context.Context, providers.Ref) (T, error),
) (providers.Written[T], error) {
	if w.DryRun {
		params.Set("execution_options", validateOnly)
	}
	var o outcome
	ids, err := c.write(ctx, http.MethodPost, call{path: node(account) + "/" + edge, params: params, lane: lane{account: account}}, &o)
	out := providers.Written[T]{Object: wish, RequestIDs: ids}
	if err != nil {
		return providers.Written[T]{}, err
	}
	if w.DryRun {
		if o.ID != "" { // it was not to be
			return out, uncertain(first(ids), "Meta was asked for a check, and says that it has made %s", o.ID)
		}
		if o.Success == nil || !bool(*o.Success) {
			return out, fault(providers.Malformed, "", "Meta does not say whether the check was passed")
		}
		out.Checked = providers.CheckedByPlatform
		return out, nil
	}
	if !digitsOnly(o.ID.String()) {
		return out, uncertain(first(ids), "Meta claims success and does not say what it has made")
	}
	out.Object, err = readBack(ctx, c, get, providers.Ref{Org: account, ID: o.ID.String()})
	if err != nil {
		return out, unread(err, "made", o.ID.String(), first(ids))
	}
	return out, nil
}

// update changes what params name, and sends nothing when they name nothing.
func update[T any](ctx context.Context, c *client, account, id string, params url.Values, w providers.Write[T],
	get func(context.Context, providers.Ref) (T, error),
) (providers.Written[T], error) {
	out := providers.Written[T]{Object: w.Object}
	if len(params) == 0 {
		out.Object = *w.Before
		if w.DryRun {
			out.Checked = providers.CheckedByRules
		}
		return out, nil
	}
	if w.DryRun {
		params.Set("execution_options", validateOnly)
		out.Checked = providers.CheckedByPlatform
	}
	var o outcome
	ids, err := c.write(ctx, http.MethodPost, call{path: id, params: params, lane: lane{account: account}}, &o)
	if err != nil {
		return providers.Written[T]{}, err
	}
	out.RequestIDs = ids
	if o.Success == nil && o.ID == "" || o.Success != nil && !bool(*o.Success) {
		return out, uncertain(first(ids), "Meta does not say whether %s was changed", id)
	}
	if w.DryRun {
		return out, nil
	}
	out.Object, err = readBack(ctx, c, get, providers.Ref{Org: account, ID: id})
	if err != nil {
		return out, unread(err, "changed", id, first(ids))
	}
	return out, nil
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

// remove deletes an object that has been read. It stays readable by its id, for its reports, and cannot come back.
func (c *client) deleteNode(ctx context.Context, account, id string, dry bool) (providers.Removal, error) {
	out := providers.Removal{Effect: providers.EffectRemoved}
	if dry { // Meta checks no deletion without doing it
		out.Checked = providers.CheckedByRules
		return out, nil
	}
	var o outcome
	ids, err := c.write(ctx, http.MethodDelete, call{path: id, lane: lane{account: account}}, &o)
	if err == nil && (o.Success == nil || !bool(*o.Success)) {
		err = uncertain(first(ids), "Meta does not say whether %s was deleted", id)
	}
	out.RequestIDs = ids
	return out, err
}

// fixed refuses a change of what is decided when an object is made. Given again as it is, it is no change.
func fixed[T any](fields []providers.Field, w providers.Write[T]) error {
	was, is := generic(w.Before), generic(&w.Object)
	for _, path := range w.Set {
		c := providers.Collection[T]{Fields: fields}
		f, ok := c.Writable(path)
		if !ok {
			return fault(providers.Rejected, path, "Meta takes no %s here", path)
		}
		if !f.Update && !reflect.DeepEqual(at(was, path), at(is, path)) {
			return fault(providers.Rejected, path, "Meta does not let %s be changed once the object is made", path)
		}
	}
	return nil
}

// generic is an object by its JSON names.
func generic(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	if rest.Unmarshal(b, &out) != nil {
		return nil
	}
	return out
}

// at is what stands at a path of names; nil for nothing.
func at(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}
