// Package quota shares the state of the platforms' rate limits between replicas, through the store, and shows people
// what is known of it.
package quota

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// Shared keeps the states in the store.
func Shared(s *store.Store) providers.LimitStore { return shared{s} }

type shared struct{ store *store.Store }

// Limit implements providers.LimitStore.
func (s shared) Limit(ctx context.Context, bucket string) (providers.BucketState, error) {
	raw, err := s.store.Limit(ctx, bucket)
	if err != nil {
		return providers.BucketState{}, err
	}
	return decode(raw), nil
}

// ChangeLimit implements providers.LimitStore.
func (s shared) ChangeLimit(ctx context.Context, bucket string, f func(*providers.BucketState)) (providers.BucketState, error) {
	var state providers.BucketState
	err := s.store.ChangeLimit(ctx, bucket, func(raw string) (string, error) {
		state = decode(raw)
		f(&state)
		b, err := json.Marshal(state)
		return string(b), err
	})
	return state, err
}

// decode takes a state that cannot be read, as of a later version, for one that is not known.
func decode(raw string) (s providers.BucketState) {
	if raw == "" || json.Unmarshal([]byte(raw), &s) != nil {
		return providers.BucketState{}
	}
	return s
}

// Connection is a connection of the caller's workspace.
type Connection struct {
	Session *providers.Session
	Orgs    []string // the ad accounts that are known
}

// Config is what the handler needs of the gateway.
type Config struct {
	Open  func(*gin.Context) (Connection, error)
	State func(ctx context.Context, bucket string) (providers.BucketState, bool)
	Now   func() time.Time
}

// Handler answers what is known of rate limits.
type Handler struct{ cfg Config }

// New makes the handler.
func New(cfg Config) *Handler { return &Handler{cfg} }

// Bucket is one rate limit as it is answered. What is not known is left out.
type Bucket struct {
	Name      string     `json:"name"`
	Scope     string     `json:"scope,omitempty"`
	Account   string     `json:"organization_id,omitempty"`
	Unit      string     `json:"unit,omitempty"`
	Used      *int       `json:"used,omitempty"`
	Limit     *int       `json:"limit,omitempty"`
	Remaining *int       `json:"remaining,omitempty"`
	ResetsAt  *time.Time `json:"resets_at,omitempty"`
	Blocked   *time.Time `json:"blocked_until,omitempty"`
	AsOf      *time.Time `json:"as_of,omitempty"`
}

// List answers GET /ads/{connection_id}/quota.
func (h *Handler) List(c *gin.Context) {
	conn, err := h.cfg.Open(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	out := []Bucket{}
	if conn.Session.Buckets != nil {
		now := h.cfg.Now()
		for _, b := range conn.Session.Buckets(conn.Orgs) {
			s, known := h.cfg.State(c.Request.Context(), b.Name)
			out = append(out, shown(&b, &s, known, now))
		}
	}
	c.JSON(http.StatusOK, out)
}

func shown(b *providers.Bucket, s *providers.BucketState, known bool, now time.Time) Bucket {
	v := Bucket{Name: cmp.Or(b.Title, b.Name), Scope: b.Scope, Account: b.Org, Unit: b.Unit}
	if !known {
		return v
	}
	if s.Limit > 0 {
		v.Limit = &s.Limit
	}
	if used, ok := s.Used(now); ok {
		v.Used = &used
		if s.Limit > 0 {
			left := max(s.Limit-used, 0)
			v.Remaining = &left
		}
	}
	v.ResetsAt, v.Blocked, v.AsOf = moment(s.Resets(now)), nil, moment(s.Seen)
	if now.Before(s.Blocked) {
		v.Blocked = moment(s.Blocked)
	}
	return v
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}
