// Package audit answers what was written, by whom and how it came out, and has changes taken back. It owns the shape of
// an entry and the pages of the list; the entries are made where writes are.
package audit

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/paging"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
)

// Store is what the handler needs of the store.
type Store interface {
	Audit(ctx context.Context, workspace, id string) (store.AuditEntry, error)
	Audits(ctx context.Context, workspace string, f store.AuditFilter) ([]store.AuditEntry, error)
}

// Handler answers for the audit.
type Handler struct {
	Store     Store
	Sign      paging.Signer
	Workspace func(*gin.Context) string
	BaseURL   func(*gin.Context) string
	// Undo takes a change back, and returns the entry of doing so.
	Undo func(c *gin.Context, e store.AuditEntry) (string, error)
}

// entry is a write as callers see it.
type entry struct {
	ID             string          `json:"id"`
	At             time.Time       `json:"at"`
	KeyID          string          `json:"key_id,omitempty"`
	RequestID      string          `json:"request_id,omitempty"`
	ConnectionID   string          `json:"connection_id,omitempty"`
	OrganizationID string          `json:"organization_id,omitempty"`
	Object         string          `json:"object,omitempty"`
	ObjectID       string          `json:"object_id,omitempty"`
	Op             string          `json:"op,omitempty"`
	DryRun         bool            `json:"dry_run"`
	Outcome        string          `json:"outcome"`
	Code           string          `json:"code,omitempty"`
	IdempotencyKey string          `json:"idempotency_key,omitempty"`
	Fields         []string        `json:"fields,omitempty"`
	Before         json.RawMessage `json:"before,omitempty"`
	After          json.RawMessage `json:"after,omitempty"`
	CheckedBy      string          `json:"checked_by,omitempty"`
	Effect         string          `json:"effect,omitempty"`
	Upstream       []string        `json:"provider_request_ids,omitempty"`
	Undoes         string          `json:"undoes,omitempty"`
	UndoneBy       string          `json:"undone_by,omitempty"`
}

func entryOf(a store.AuditEntry) entry {
	return entry{a.ID, a.CreatedAt, a.KeyID, a.RequestID, a.ConnectionID, a.OrganizationID, a.Object, a.ObjectID, a.Op, a.DryRun, a.Outcome,
		a.Problem, a.IdempotencyKey, a.Paths, a.Before, a.After, a.Checked, a.Effect, a.UpstreamIDs, a.Undoes, a.UndoneBy}
}

// mark is the cursor: the entry that was answered last.
type mark struct {
	At int64  `json:"a"`
	ID string `json:"i"`
}

// List answers GET /unified/audit, the newest first.
func (h *Handler) List(c *gin.Context) {
	asked := c.Request.URL.Query()
	sealer := paging.NewSealer(h.Sign, asked, "audit", h.Workspace(c))
	f := store.AuditFilter{ConnectionID: asked.Get("connection_id"), Object: asked.Get("object"), ObjectID: asked.Get("object_id"), KeyID: asked.Get("key_id")}
	piece, err := paging.Read(asked, sealer, 100)
	if err != nil {
		problem.Write(c, err)
		return
	}
	f.Limit, f.Offset = piece.Limit+1, piece.Offset // one more tells whether there is a next page
	if s := asked.Get("since"); s != "" {
		if f.Since, err = time.Parse(time.RFC3339Nano, s); err != nil {
			problem.Write(c, problem.InvalidFields(problem.Field{Field: "since", In: "query", Message: "must be a moment such as 2026-11-24T09:30:00Z"}))
			return
		}
	}
	if cursor := asked.Get(paging.Cursor); cursor != "" {
		var m mark
		if err := sealer.Open(cursor, &m); err != nil {
			problem.Write(c, err)
			return
		}
		f.Offset, f.After = 0, &store.Key{At: time.UnixMicro(m.At).UTC(), ID: m.ID}
	}
	rows, err := h.Store.Audits(c.Request.Context(), h.Workspace(c), f)
	if err != nil {
		problem.Write(c, problem.Unavailable("The audit cannot be read now.", time.Second, err))
		return
	}
	if len(rows) > piece.Limit {
		rows = rows[:piece.Limit]
		last := rows[len(rows)-1]
		cursor, err := sealer.Seal(mark{last.CreatedAt.UnixMicro(), last.ID})
		if err != nil {
			problem.Write(c, err)
			return
		}
		c.Header("Link", paging.Link(h.BaseURL(c), c.Request.URL, asked, cursor))
	}
	out := make([]entry, len(rows))
	for i, r := range rows {
		out[i] = entryOf(r)
	}
	c.JSON(http.StatusOK, out)
}

// Take answers POST /unified/audit/{id}/undo with the entry of taking the write back.
func (h *Handler) Take(c *gin.Context) {
	e, err := h.read(c, c.Param("id"))
	if err != nil {
		problem.Write(c, err)
		return
	}
	id, err := h.Undo(c, e)
	if err != nil {
		problem.Write(c, err)
		return
	}
	if id == "" { // everything is as it was before the write
		id = e.ID
	}
	made, err := h.read(c, id)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, entryOf(made))
}

func (h *Handler) read(c *gin.Context, id string) (store.AuditEntry, error) {
	e, err := h.Store.Audit(c.Request.Context(), h.Workspace(c), id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return e, problem.NotFound("entry")
	case err != nil:
		return e, problem.Unavailable("The audit cannot be read now.", time.Second, err)
	}
	return e, nil
}
