package ads

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Undo writes back what a change replaced, if nobody has changed it since, and returns the entry of doing so.
func (h *Handler) Undo(c *gin.Context, e store.AuditEntry) (entry string, err error) {
	r, err := undoing(e, c.Request.URL.Query())
	if err != nil {
		return "", err
	}
	kind := endpointOf(providers.Object(e.Object))
	r.caller = h.cfg.Writes.Caller(c)
	conn, explain, err := h.cfg.Writes.Open(c, e.ConnectionID, kind.kindOf())
	if err != nil {
		return "", err
	}
	r.conn = conn
	ctx, cancel := detached(c.Request.Context())
	defer cancel()
	out, err := kind.write(ctx, h, r)
	if err != nil {
		return "", explain(err)
	}
	return out.Header[headerAudit], nil
}

// undoing is the change that takes an entry back.
func undoing(e store.AuditEntry, q url.Values) (change, error) {
	out := change{op: opUpdate, id: e.ObjectID, org: e.OrganizationID, undoes: e.ID}
	switch {
	case e.Op == opCreate:
		return out, problem.Rejected("", "A create is not undone: delete the object if it is not wanted.")
	case e.Op == opDelete:
		return out, problem.Rejected("", "A delete is not undone: what the platform has put away for good does not come back. The entry's before tells what there was.")
	case e.DryRun:
		return out, problem.Rejected("", "A dry run has changed nothing that could be undone.")
	case e.UndoneBy != "":
		return out, problem.Conflict("The change has been undone already, by " + e.UndoneBy + ".")
	case e.Outcome != store.AuditDone:
		return out, problem.Rejected("", "Only what is known to have been done can be undone; the outcome of this write is "+e.Outcome+".")
	}
	before, err := readObject(e.Before)
	if err != nil {
		return out, err
	}
	after, err := readObject(e.After)
	if err != nil {
		return out, err
	}
	body := object{}
	for _, p := range e.Paths {
		lay(body, p, at(before, p))
	}
	if out.body, err = json.Marshal(body); err != nil {
		return out, err
	}
	out.check = func(now object) error {
		if !same(part(now, e.Paths), after) {
			return problem.Conflict("The object has been changed since: its fields are no longer what this write made of them.")
		}
		return nil
	}
	out.dry = q.Get("dry_run") == "true"
	if s := q.Get("confirm"); s != "" {
		d, err := normalize.ParseDecimal(s)
		if err != nil {
			return out, problem.InvalidFields(problem.Field{Field: "confirm", In: "query", Message: "must be the amount of the budget"})
		}
		out.confirm = &d
	}
	return out, nil
}

// lay sets what stands at a path of a body; a nil is a null.
func lay(o object, path string, v any) {
	parts := strings.Split(path, ".")
	for _, name := range parts[:len(parts)-1] {
		below, ok := o[name].(object)
		if !ok {
			below = object{}
			o[name] = below
		}
		o = below
	}
	o[parts[len(parts)-1]] = v
}
