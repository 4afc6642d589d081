package connections

import (
	"time"

	"github.com/admux/admux/gateway/store"
)

// view is a connection as callers see it: the contract's Connection without auth, which no answer ever carries.
type view struct {
	ID                string    `json:"id"`
	WorkspaceID       string    `json:"workspace_id"`
	IntegrationType   string    `json:"integration_type"`
	IntegrationName   string    `json:"integration_name,omitempty"`
	Categories        []string  `json:"categories"`
	Permissions       []string  `json:"permissions"`
	Environment       string    `json:"environment"`
	ExternalXref      string    `json:"external_xref,omitempty"`
	IsPaused          bool      `json:"is_paused"`
	AuthExpiresAt     time.Time `json:"auth_expires_at,omitzero"`
	LastHealthyAt     time.Time `json:"last_healthy_at,omitzero"`
	LastUnhealthyAt   time.Time `json:"last_unhealthy_at,omitzero"`
	LastUnhealthyCode string    `json:"last_unhealthy_code,omitempty"`
	CreatedAt         time.Time `json:"created_at"`
	UpdatedAt         time.Time `json:"updated_at"`
}

func (s *Service) view(c store.Connection) view {
	v := view{ID: c.ID, WorkspaceID: c.WorkspaceID, IntegrationType: c.IntegrationType, Categories: []string{category},
		Permissions: c.Permissions, Environment: c.Environment, ExternalXref: c.ExternalXref, IsPaused: c.Paused,
		LastHealthyAt: c.Health.HealthyAt, LastUnhealthyAt: c.Health.UnhealthyAt, LastUnhealthyCode: c.Health.UnhealthyCode,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt}
	if p, ok := s.cfg.Registry.Get(c.IntegrationType); ok {
		spec := p.Spec()
		v.IntegrationName, v.AuthExpiresAt = spec.Name, ends(spec, c.Tokens)
	}
	return v
}
