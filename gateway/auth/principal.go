package auth

import (
	"context"
	"fmt"
	"slices"
)

// Scope is what a key may do. Admin includes write, write includes read.
type Scope string

// The scopes.
const (
	Read  Scope = "read"
	Write Scope = "write"
	Admin Scope = "admin"
)

var ranks = []Scope{Read, Write, Admin} // each includes those before it

// ParseScope refuses what is no scope.
func ParseScope(s string) (Scope, error) {
	if slices.Contains(ranks, Scope(s)) {
		return Scope(s), nil
	}
	return "", fmt.Errorf("%q is no scope: read, write or admin", s)
}

// Principal is a caller whose key was accepted.
type Principal struct {
	Workspace string
	KeyID     string
	Scopes    []Scope
}

// May tells whether one of the caller's scopes includes the one needed.
func (p Principal) May(need Scope) bool {
	rank := slices.Index(ranks, need)
	return rank >= 0 && slices.ContainsFunc(p.Scopes, func(s Scope) bool { return slices.Index(ranks, s) >= rank })
}

type contextKey struct{}

// WithPrincipal returns a context that carries the caller.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// FromContext returns the caller, and false where no key was asked for.
func FromContext(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(contextKey{}).(Principal)
	return p, ok
}
