package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

// Limits are what writes must stay within. A nil field limits nothing.
type Limits struct {
	// MaxDailyBudget bounds each daily budget, and the sum of those of switched-on objects; in major units of Currency.
	MaxDailyBudget       *normalize.Decimal `json:"max_daily_budget,omitempty"`
	MaxTotalBudget       *normalize.Decimal `json:"max_total_budget,omitempty"` // major units of Currency
	MaxBudgetChangeRatio *normalize.Decimal `json:"max_budget_change_ratio,omitempty"`
	AllowActivate        *bool              `json:"allow_activate,omitempty"`
	AllowDelete          *bool              `json:"allow_delete,omitempty"`
	Currency             string             `json:"currency,omitempty"` // ISO 4217
}

// Store keeps limits, and what may be spent. *store.Store is one.
type Store interface {
	HoldSpend(ctx context.Context, p store.Spend) (store.Spend, []store.Spend, error)
	Spends(ctx context.Context, workspace string) ([]store.Spend, error)
	SettleSpend(ctx context.Context, held, now store.Spend) error
	DropSpend(ctx context.Context, p store.Spend) error
	RemoveSpend(ctx context.Context, workspace, connection, object, id string) error

	Guardrail(ctx context.Context, workspace, connection string) (json.RawMessage, error)
	PutGuardrail(ctx context.Context, workspace, connection string, limits json.RawMessage) error
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// parse reads limits as a caller sends them.
func parse(raw []byte) (Limits, error) {
	var l Limits
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil || bytes.Equal(bytes.TrimSpace(raw), []byte("null")) || dec.More() {
		return l, problem.InvalidFields(problem.Field{Field: "body", In: "body", Message: "is not an object of limits"})
	}
	var faults []problem.Field
	fault := func(field, message string) {
		faults = append(faults, problem.Field{Field: field, In: "body", Message: message})
	}
	for field, v := range map[string]*normalize.Decimal{"max_daily_budget": l.MaxDailyBudget, "max_total_budget": l.MaxTotalBudget} {
		if v != nil && v.Sign() < 0 {
			fault(field, "must not be negative")
		}
	}
	if r := l.MaxBudgetChangeRatio; r != nil && r.Cmp(normalize.Int(1)) < 0 {
		fault("max_budget_change_ratio", "must be at least 1: a budget may always go down")
	}
	switch {
	case l.Currency != "" && !currencyCode.MatchString(l.Currency):
		fault("currency", "must be a code of ISO 4217, such as EUR")
	case l.Currency == "" && (l.MaxDailyBudget != nil || l.MaxTotalBudget != nil):
		fault("currency", "is needed: it says what the amounts are in")
	}
	if len(faults) > 0 {
		return l, problem.InvalidFields(faults...)
	}
	return l, nil
}

// load reads the limits of a workspace ("" for the connection) or of a connection.
func (s *Service) load(ctx context.Context, workspace, connection string) (Limits, error) {
	raw, err := s.cfg.Store.Guardrail(ctx, workspace, connection)
	if err != nil {
		return Limits{}, problem.Unavailable("The guardrails cannot be read now, and without them nothing is written.", time.Second, err)
	}
	var l Limits
	if len(raw) == 0 {
		return l, nil
	}
	if err := json.Unmarshal(raw, &l); err != nil { // written by a later version
		return l, problem.Unavailable("The guardrails cannot be understood, and without them nothing is written.", 0, err)
	}
	return l, nil
}
