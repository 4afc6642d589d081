package store

import (
	"context"
	"encoding/json"
	"time"
)

// Flow is an OAuth flow under way, from the redirect to the platform until its callback.
type Flow struct {
	ID              string // the random part of the state parameter
	WorkspaceID     string
	IntegrationType string
	CreatedAt       time.Time
	ExpiresAt       time.Time
	FlowDetails
}

// FlowDetails is what is sealed of a flow.
type FlowDetails struct {
	SuccessRedirect string   `json:"success_redirect,omitempty"`
	FailureRedirect string   `json:"failure_redirect,omitempty"`
	ExternalXref    string   `json:"external_xref,omitempty"`
	State           string   `json:"state,omitempty"` // the caller's own
	Environment     string   `json:"environment,omitempty"`
	Lang            string   `json:"lang,omitempty"`
	Permissions     []string `json:"permissions,omitempty"` // of the connection to be
	Verifier        string   `json:"verifier,omitempty"`    // PKCE
	RedirectURL     string   `json:"redirect_url,omitempty"`
	ConnectionID    string   `json:"connection_id,omitempty"` // the connection to renew; empty for a new one
}

func flowPlace(workspace, id string) Place {
	return Place{"oauth_states", workspace, id, "sealed_flow"}
}

// CreateFlow keeps a flow until its callback or its expiry, and drops those that have expired.
func (s *Store) CreateFlow(ctx context.Context, f Flow) error {
	plain, err := json.Marshal(f.FlowDetails)
	if err != nil {
		return wrap(err, "create flow")
	}
	now := s.now()
	if _, err := s.exec(ctx, `INSERT INTO oauth_states (id, workspace_id, integration_type, sealed_flow, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
		f.ID, f.WorkspaceID, f.IntegrationType, s.ring.Seal(plain, flowPlace(f.WorkspaceID, f.ID)), micros{now}, micros{f.ExpiresAt}); err != nil {
		return wrap(err, "create flow")
	}
	return s.dropFlowsAnyWorkspace(ctx, now.Add(-time.Hour))
}

// dropFlowsAnyWorkspace forgets flows that nobody finished.
func (s *Store) dropFlowsAnyWorkspace(ctx context.Context, before time.Time) error {
	_, err := s.exec(ctx, `DELETE FROM oauth_states WHERE expires_at < ?`, micros{before})
	return wrap(err, "drop old flows")
}

// TakeFlowAnyWorkspace returns a flow and removes it in the same statement, so that of any number of callbacks with
// one state exactly one gets it. Others get ErrNotFound; so does a callback after the flow's expiry. The workspace is
// not known at a callback: the flow is what tells it.
func (s *Store) TakeFlowAnyWorkspace(ctx context.Context, id string) (Flow, error) {
	var row struct {
		WorkspaceID     string `db:"workspace_id"`
		IntegrationType string `db:"integration_type"`
		Sealed          []byte `db:"sealed_flow"`
		CreatedAt       micros `db:"created_at"`
		ExpiresAt       micros `db:"expires_at"`
	}
	err := s.w.GetContext(ctx, &row, s.w.Rebind(`DELETE FROM oauth_states WHERE id = ?
		RETURNING workspace_id, integration_type, sealed_flow, created_at, expires_at`), id)
	if err != nil {
		return Flow{}, wrap(err, "flow")
	}
	if !s.now().Before(row.ExpiresAt.Time) {
		return Flow{}, wrap(ErrNotFound, "flow has expired")
	}
	f := Flow{ID: id, WorkspaceID: row.WorkspaceID, IntegrationType: row.IntegrationType, CreatedAt: row.CreatedAt.Time, ExpiresAt: row.ExpiresAt.Time}
	plain, err := s.ring.Open(row.Sealed, flowPlace(f.WorkspaceID, id))
	if err != nil {
		return Flow{}, wrap(err, "flow")
	}
	return f, wrap(json.Unmarshal(plain, &f.FlowDetails), "flow")
}
