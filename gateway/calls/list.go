package calls

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/ops"
	"github.com/admux/admux/gateway/paging"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
)

// Store is what the handlers need of the store.
type Store interface {
	APICall(ctx context.Context, workspace, id string) (store.Call, error)
	APICalls(ctx context.Context, workspace string, f store.CallFilter) ([]store.Call, error)
}

// Handler shows the log of calls.
type Handler struct {
	Store     Store
	Sign      paging.Signer
	Workspace func(*gin.Context) string
	BaseURL   func(*gin.Context) string
}

// call is the contract's ApiCall.
type call struct {
	ID           string    `json:"id"`
	WorkspaceID  string    `json:"workspace_id"`
	ConnectionID string    `json:"connection_id,omitempty"`
	Integration  string    `json:"integration_type"`
	Environment  string    `json:"environment"`
	ExternalXref string    `json:"external_xref,omitempty"`
	Type         string    `json:"type"`
	Name         string    `json:"name"`
	Method       string    `json:"method"`
	Path         string    `json:"path"`
	Status       string    `json:"status"`
	Error        string    `json:"error,omitempty"`
	Size         int64     `json:"size"`
	Time         int64     `json:"unified_response_time"`
	PlatformTime int64     `json:"endapi_response_time"`
	IPAddress    string    `json:"ip_address,omitempty"`
	UserAgent    string    `json:"user_agent,omitempty"`
	Billable     bool      `json:"is_billable"`
	WebhookID    string    `json:"webhook_id,omitempty"`
	CreatedAt    time.Time `json:"created_at"`

	Upstream      []ops.Upstream `json:"upstream,omitempty"`       // the first ones of many
	UpstreamCount int            `json:"upstream_count,omitempty"` // of all
}

// upstream is what a call asked of platforms, as it is kept.
type upstream struct {
	Count int            `json:"count"`
	Calls []ops.Upstream `json:"calls"`
}

func callOf(c store.Call) call {
	var u upstream
	if c.Upstream != "" {
		_ = json.Unmarshal([]byte(c.Upstream), &u) // what we wrote ourselves; of a later version, what is understood
	}
	return call{c.ID, c.WorkspaceID, c.ConnectionID, c.IntegrationType, c.Environment, c.ExternalXref, c.Type, c.Name, c.Method,
		c.Path, c.Status, c.Error, c.Size, c.Time, c.PlatformTime, c.IPAddress, c.UserAgent, c.Billable, c.WebhookID, c.CreatedAt, u.Calls, u.Count}
}

// mark is the cursor: the call that was answered last. Calls come in at the head of the list all the time, so that a
// count of rows would answer some of them twice.
type mark struct {
	At int64  `json:"a"` // microseconds, as they are kept
	ID string `json:"i"`
}

// List answers GET /unified/apicall: the newest first, unless an order is asked for.
func (h *Handler) List(c *gin.Context) {
	asked := c.Request.URL.Query()
	sealer := paging.NewSealer(h.Sign, asked, "apicall", h.Workspace(c))
	f, err := filter(asked)
	if err == nil {
		err = place(&f, asked, sealer)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	limit := f.Limit
	f.Limit++ // one more tells whether there is a next page
	rows, err := h.Store.APICalls(c.Request.Context(), h.Workspace(c), f)
	if err != nil {
		problem.Write(c, problem.Unavailable("The log of calls cannot be read now.", time.Second, err))
		return
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		cursor, err := sealer.Seal(mark{last.CreatedAt.UnixMicro(), last.ID})
		if err != nil {
			problem.Write(c, err)
			return
		}
		c.Header("Link", paging.Link(h.BaseURL(c), c.Request.URL, asked, cursor))
	}
	out := make([]call, len(rows))
	for i, r := range rows {
		out[i] = callOf(r)
	}
	c.JSON(http.StatusOK, out)
}

// place says which piece of the list is asked for: by offset, or behind the call of a cursor.
func place(f *store.CallFilter, asked url.Values, sealer paging.Sealer) error {
	piece, err := paging.Read(asked, sealer, 100)
	if err != nil {
		return err
	}
	f.Limit, f.Offset = piece.Limit, piece.Offset
	cursor := asked.Get(paging.Cursor)
	if cursor == "" {
		return nil
	}
	var m mark
	if err := sealer.Open(cursor, &m); err != nil {
		return err
	}
	if m.ID != "" { // else it is a cursor of an older version, which holds an offset
		f.After = &store.Key{At: time.UnixMicro(m.At).UTC(), ID: m.ID}
	}
	return nil
}

func filter(q url.Values) (store.CallFilter, error) {
	f := store.CallFilter{
		ConnectionID: q.Get("connection_id"), IntegrationType: q.Get("integration_type"), Environment: q.Get("env"),
		ExternalXref: q.Get("external_xref"), Type: q.Get("type"), WebhookID: q.Get("webhook_id"),
		Failed: boolean(q.Get("error")), Billable: boolean(q.Get("is_billable")),
	}
	if s := q.Get("updated_gte"); s != "" {
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t, err = time.Parse(time.DateOnly, s)
		}
		if err != nil {
			return f, problem.InvalidFields(problem.Field{Field: "updated_gte", In: "query", Message: "must be a moment or a day"})
		}
		f.UpdatedGTE = t
	}
	order := q.Get("order")
	switch q.Get("sort") {
	case "name":
		return f, &problem.Error{Code: problem.CodeUnsupported, Detail: "Calls are sorted by the moment they came in: created_at.",
			Fields: []problem.Field{{Field: "sort", In: "query", Message: "is not supported for calls"}}}
	case "":
		f.Asc = order == "asc"
	default:
		f.Asc = order != "desc"
	}
	return f, nil
}

// boolean is nil when nothing was asked.
func boolean(s string) *bool {
	b, err := strconv.ParseBool(s)
	if err != nil {
		return nil
	}
	return &b
}

// Get answers GET /unified/apicall/{id}.
func (h *Handler) Get(c *gin.Context) {
	row, err := h.Store.APICall(c.Request.Context(), h.Workspace(c), c.Param("id"))
	switch {
	case errors.Is(err, store.ErrNotFound):
		problem.Write(c, problem.NotFound("call"))
	case err != nil:
		problem.Write(c, problem.Unavailable("The log of calls cannot be read now.", time.Second, err))
	default:
		c.JSON(http.StatusOK, callOf(row))
	}
}
