package linkedin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// An object is made by a CREATE, whose answer is empty but for the id in a header, and changed by a PARTIAL_UPDATE, which
// names what it sets and takes away and touches nothing else. There is no idempotency key and no validate-only mode: no
// write is sent twice, and a dry run goes by our rules. https://learn.microsoft.com/linkedin/marketing/integrations/ads/account-structure/create-and-manage-campaigns

const (
	methodCreate      = "CREATE"
	methodUpdate      = "PARTIAL_UPDATE"
	methodDelete      = "DELETE"
	methodAction      = "ACTION"
	methodBatchCreate = "BATCH_CREATE"
	methodBatchUpdate = "BATCH_PARTIAL_UPDATE"
)

// readBackTries: an object that has just been made may for a moment not be there.
const readBackTries = 4

// fields are members of a body, by LinkedIn's names.
type fields map[string]any

// writes is one call that changes something.
type writes struct {
	verb   string // of HTTP; empty: the one that belongs to the method
	method string // of Rest.li
	path   string // below /rest/, encoded
	query  string
	body   any
	into   any // nil: an answer without a body
}

// write sends once. A version that LinkedIn has retired is given up, as reads do, but the write is the caller's to repeat.
func (c *client) write(ctx context.Context, k writes) (http.Header, error) {
	resource := endpoint(k.path)
	version := c.provider.versions.use(c.version, c.now())
	r := rest.Request{
		Method: http.MethodPost, URL: apiBase + k.path, Bucket: bucket(resource, c.conn.ID), Write: true,
		Header: http.Header{headerVersion: {version}, headerMethod: {k.method}, "Content-Type": {"application/json"}},
	}
	if k.query != "" {
		r.URL += "?" + k.query
	}
	if k.verb != "" {
		r.Method = k.verb
	}
	if k.method == methodDelete {
		r.Method = http.MethodDelete
	} else {
		body, err := json.Marshal(k.body)
		if err != nil {
			return nil, fault(providers.Invalid, "body", "the write cannot be said in JSON: %v", err)
		}
		r.Body = body
	}
	h, err := c.rest.Write(ctx, r, k.into)
	c.provider.throttle.answered(r.Bucket, err, c.limits, c.now())
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Status == http.StatusUpgradeRequired {
		c.fallForward(ctx, version)
		return h, deadVersion(e, version)
	}
	return h, own(err)
}

func idsOf(h http.Header) []string { return some(requestID(h)) }

func uncertain(requestID, format string, args ...any) error {
	e := fault(providers.Malformed, "", format, args...)
	e.RequestID, e.Uncertain = requestID, true
	return e
}

// createdID is the id of what a CREATE made, of a kind. The header holds it percent-encoded or not; it has an older twin.
func createdID(h http.Header, kind string) (string, error) {
	for _, name := range []string{"X-Restli-Id", "X-Linkedin-Id"} {
		text, err := url.PathUnescape(h.Get(name))
		if err != nil {
			continue
		}
		if id, ok := numeric(kind, text); ok {
			return id, nil
		}
	}
	return "", uncertain(requestID(h), "LinkedIn claims success and does not say what it has made")
}

// patch is what a PARTIAL_UPDATE sets and takes away. $set replaces a record whole, so that members of records go by a
// patch of their own.
type patch struct {
	set    fields
	remove []string
	below  map[string]*patch
}

func (p *patch) put(name string, v any) { p.settings()[name] = v }

func (p *patch) settings() fields {
	if p.set == nil {
		p.set = fields{}
	}
	return p.set
}

func (p *patch) take(name string) { p.remove = append(p.remove, name) }

// in is the patch of a record's members.
func (p *patch) in(name string) *patch {
	if p.below == nil {
		p.below = map[string]*patch{}
	}
	if p.below[name] == nil {
		p.below[name] = &patch{}
	}
	return p.below[name]
}

func (p *patch) empty() bool {
	if p == nil {
		return true
	}
	for _, b := range p.below {
		if !b.empty() {
			return false
		}
	}
	return len(p.set) == 0 && len(p.remove) == 0
}

// MarshalJSON writes the Rest.li form.
func (p *patch) MarshalJSON() ([]byte, error) {
	out := map[string]any{}
	if len(p.set) > 0 {
		out["$set"] = p.set
	}
	if len(p.remove) > 0 {
		out["$delete"] = p.remove
	}
	for name, b := range p.below {
		if !b.empty() {
			out[name] = b
		}
	}
	return json.Marshal(out)
}

// patchBody is the body of a PARTIAL_UPDATE.
type patchBody struct {
	Patch *patch `json:"patch"`
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

// unread is the error of a write that was done and could not be read back.
func unread(err error, what, id string, requestIDs []string) error {
	e := fault(providers.KindOf(err), "", "%s was %s, and could not be read back: %v", id, what, err)
	if e.Kind == 0 || e.Kind == providers.NotFound {
		e.Kind = providers.Unavailable
	}
	if len(requestIDs) > 0 {
		e.RequestID = requestIDs[0]
	}
	e.Uncertain, e.Err = true, err
	return e
}

// fixed refuses a change of what is decided when an object is made. Given again as it is, it is no change.
func fixed[T any](list []providers.Field, w providers.Write[T]) error {
	was, is := generic(w.Before), generic(&w.Object)
	for _, path := range w.Set {
		f, ok := providers.Collection[T]{Fields: list}.Writable(path)
		if !ok {
			return fault(providers.Rejected, path, "LinkedIn takes no %s here", path)
		}
		if !f.Update && !reflect.DeepEqual(at(was, path), at(is, path)) {
			return fault(providers.Rejected, path, "LinkedIn does not let %s be changed once the object is made", path)
		}
	}
	return nil
}

// differs tells whether a write was given a field, and gives it another value than it has.
func differs[T any](w providers.Write[T], name string) bool {
	return w.Changed(name) && (w.Before == nil || !reflect.DeepEqual(at(generic(w.Before), name), at(generic(&w.Object), name)))
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
