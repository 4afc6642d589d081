package ads

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/guard"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// The headers of writes.
const (
	headerKey      = "Idempotency-Key"
	headerReplayed = "Idempotent-Replayed" // the answer of an earlier call
	headerDryRun   = "X-Admux-Dry-Run"     // by whom a dry run was checked
	headerEffect   = "X-Admux-Effect"      // what a platform did for a delete
	headerAudit    = "X-Admux-Audit"       // the entry of the write
	headerETag     = "ETag"
)

// WriteStore is what writes need of the store. *store.Store is one.
type WriteStore interface {
	StartIdempotent(ctx context.Context, i store.Idempotent) (store.Idempotent, bool, error)
	TakeIdempotent(ctx context.Context, seen store.Idempotent, owner string) (store.Idempotent, error)
	BeatIdempotent(ctx context.Context, workspace, key, owner string) error
	SendIdempotent(ctx context.Context, i store.Idempotent, a store.AuditEntry) (store.Idempotent, store.AuditEntry, error)
	DropIdempotent(ctx context.Context, i store.Idempotent) error
	FinishIdempotent(ctx context.Context, i store.Idempotent, a store.AuditEntry) error
	AddAudit(ctx context.Context, a store.AuditEntry) (store.AuditEntry, error)
	FinishAudit(ctx context.Context, a store.AuditEntry) error
	Audits(ctx context.Context, workspace string, f store.AuditFilter) ([]store.AuditEntry, error)
}

// Writes is what writes need of the gateway, besides Config.
type Writes struct {
	// Open is as Config's, with the permission to write.
	Open   func(c *gin.Context, connection string, object providers.Object) (conn Connection, explain func(error) error, err error)
	Caller func(*gin.Context) Caller
	Store  WriteStore
	Guard  Guard
	// Fetch returns the file at an address that a caller has given; nil: none is fetched. Its error may be shown.
	Fetch func(ctx context.Context, address string) ([]byte, error)
	Now   func() time.Time
	Log   *slog.Logger
	// Lease is how long the owner of an Idempotency-Key may not be heard of before it is taken for dead. It has to be longer
	// than a platform takes to carry out what was sent to it. 0: 15 s.
	Lease time.Duration
}

// Guard lets writes through, or not. *guard.Service is one.
type Guard interface {
	Check(ctx context.Context, c guard.Change) (guard.Hold, error)
	Held(c guard.Change) guard.Hold
}

// Caller is who writes.
type Caller struct{ Workspace, KeyID, RequestID string }

// change is a write as it was asked for.
type change struct {
	caller  Caller
	conn    Connection
	op      string // create, update, delete
	id, org string
	body    []byte
	asked   string // the parameters that shape the answer
	view    view
	dry     bool
	confirm *normalize.Decimal
	match   string // If-Match
	key     string
	undoes  string // the audit entry that it takes back
	// check judges an update by the object as it was read, before anything is sent; nil: nobody does.
	check func(before map[string]any) error
	trial *trial // of a dry run of several operations
}

const (
	opCreate = "create"
	opUpdate = "update"
	opDelete = "delete"
)

// Create answers POST /ads/{connection_id}/{object}.
func (h *Handler) Create(o providers.Object) gin.HandlerFunc {
	return h.writes(endpointOf(o), opCreate)
}

// Update answers PATCH and PUT of /ads/{connection_id}/{object}/{id}: both change what is present and nothing else.
func (h *Handler) Update(o providers.Object) gin.HandlerFunc {
	return h.writes(endpointOf(o), opUpdate)
}

// Delete answers DELETE /ads/{connection_id}/{object}/{id}.
func (h *Handler) Delete(o providers.Object) gin.HandlerFunc {
	return h.writes(endpointOf(o), opDelete)
}

func (h *Handler) writes(e endpoint, op string) gin.HandlerFunc {
	return func(c *gin.Context) {
		r, err := e.readChange(c, op)
		if err != nil {
			problem.Write(c, err)
			return
		}
		r.caller = h.cfg.Writes.Caller(c)
		conn, explain, err := h.cfg.Writes.Open(c, c.Param("connection_id"), e.kindOf())
		if err != nil {
			problem.Write(c, err)
			return
		}
		r.conn = conn
		ctx, cancel := detached(c.Request.Context())
		defer cancel()
		out, err := e.write(ctx, h, r)
		if err != nil {
			problem.Write(c, explain(err))
			return
		}
		out.answer(c)
	}
}

// readChange reads a write's parameters and body.
func (k kind[T]) readChange(c *gin.Context, op string) (change, error) {
	v, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return change{}, problem.Invalid("query", "is not a valid query string")
	}
	r := &reader{v: v}
	out := change{op: op, id: c.Param("id"), org: v.Get("org_id"), match: c.GetHeader("If-Match"), view: k.shape.view(r), asked: v.Encode()}
	switch v.Get("dry_run") {
	case "true", "1":
		out.dry = true
	case "", "false", "0":
	default: // what was meant to change nothing must not change anything
		r.fault("dry_run", "must be true or false")
	}
	if s := v.Get("confirm"); s != "" {
		d, err := normalize.ParseDecimal(s)
		if err != nil {
			r.fault("confirm", "must be the amount of the budget")
		}
		out.confirm = &d
	}
	if v.Get(paramRaw) != "" {
		r.fault(paramRaw, "adds parameters to calls that read, not to writes: use /passthrough")
	}
	if op == opCreate {
		if keys := c.Request.Header.Values(headerKey); len(keys) > 1 || len(keys) == 1 && (len(keys[0]) == 0 || len(keys[0]) > 255) {
			r.faults = append(r.faults, problem.Field{Field: headerKey, In: "header", Message: "must be given once, with 1 to 255 characters"})
		}
		out.key = c.GetHeader(headerKey)
	}
	if len(r.faults) > 0 {
		return out, problem.InvalidFields(r.faults...)
	}
	if op != opDelete {
		if out.body, err = io.ReadAll(c.Request.Body); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (k kind[T]) kindOf() providers.Object { return k.object }

// write carries a write out.
func (k kind[T]) write(ctx context.Context, h *Handler, r change) (outcome, error) {
	return k.writing(h, r).run(ctx)
}

func (k kind[T]) writing(h *Handler, r change) writing[T] {
	if r.view.shape.names == nil { // nobody asked for fields
		r.view.shape = k.shape
	}
	return writing[T]{k, h, h.cfg.Writes, r, k.of(r.conn.Session)}
}

func (w writing[T]) run(ctx context.Context) (outcome, error) {
	r, k := w.r, w.kind
	switch {
	case r.op == opCreate && w.col.Create != nil:
		return w.create(ctx)
	case r.op == opUpdate && w.col.Update != nil && w.col.Get != nil:
		return w.update(ctx)
	case r.op == opDelete && w.col.Delete != nil && w.col.Get != nil:
		return w.remove(ctx)
	case w.col.Get == nil && w.col.List == nil:
		return outcome{}, k.missing(r.conn, w.col.Use)
	}
	return outcome{}, problem.Unsupported("admux does not " + r.op + " an object of the kind " + string(k.object) + " of " + r.conn.Platform + ": use /passthrough.")
}

// writing is a write on its way.
type writing[T normalize.Object] struct {
	kind kind[T]
	h    *Handler
	cfg  *Writes
	r    change
	col  providers.Collection[T]
}

// note begins the write's entry in the audit. Without one nothing is sent.
func (w writing[T]) note(ctx context.Context, a store.AuditEntry) (store.AuditEntry, error) {
	a, err := w.cfg.Store.AddAudit(ctx, w.entry(a))
	if err != nil {
		return a, problem.Unavailable("The write cannot be noted now, and without that nothing is written.", time.Second, err)
	}
	return a, nil
}

// entry fills in who writes, where and how.
func (w writing[T]) entry(a store.AuditEntry) store.AuditEntry {
	a.WorkspaceID, a.KeyID, a.RequestID = w.r.caller.Workspace, w.r.caller.KeyID, w.r.caller.RequestID
	a.ConnectionID, a.Object, a.Op, a.DryRun, a.IdempotencyKey, a.Undoes = w.r.conn.ID, string(w.kind.object), w.r.op, w.r.dry, w.r.key, w.r.undoes
	return a
}

// close ends the entry. A failure to do so changes nothing of what the platform did: the entry stays unknown.
func (w writing[T]) close(ctx context.Context, a store.AuditEntry, hold guard.Hold, err error) {
	if err != nil {
		if uncertain(err) {
			return // unknown is the truth; what may be spent stays held
		}
		hold.Free(ctx)
		a.Outcome, a.Problem = store.AuditFailed, string(problem.CodeOf(err))
		if e, ok := platformError(err); ok && e.RequestID != "" {
			a.UpstreamIDs = []string{e.RequestID}
		}
	} else {
		a.Outcome = store.AuditDone
	}
	ctx, cancel := noting(ctx)
	defer cancel()
	if err := w.cfg.Store.FinishAudit(ctx, a); err != nil && w.cfg.Log != nil {
		w.cfg.Log.ErrorContext(ctx, "what came of a write could not be noted", slog.String("audit", a.ID), slog.String("error", err.Error()))
	}
}

// currency tells what the amounts of an object are in: the object itself, or its account.
func (w writing[T]) currency(known, org string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if known != "" || org == "" {
			return known, nil
		}
		if w.r.conn.Currency != nil {
			if c := w.r.conn.Currency(org); c != "" {
				return c, nil
			}
		}
		get := w.r.conn.Session.Organizations.Get
		if get == nil {
			return "", nil
		}
		o, err := get(ctx, providers.Ref{ID: org, Org: org})
		return o.Currency, err
	}
}

// sole is the account of a connection that has one alone.
func (w writing[T]) sole() string {
	if len(w.r.conn.Orgs) == 1 {
		return w.r.conn.Orgs[0]
	}
	return ""
}

func sortedCopy(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}
