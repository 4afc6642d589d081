package connections

import (
	"context"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// maxAccounts is how many ad accounts are kept with a connection. The list is what people are shown and what tells one
// grant from another; calls never depend on it.
const maxAccounts = 1000

// accounts asks the platform which ad accounts a grant sees. It is the proof that the grant works.
func (s *Service) accounts(ctx context.Context, p providers.Provider, conn providers.Conn) ([]store.Org, error) {
	session, err := s.open(p, conn)
	if err != nil {
		return nil, err
	}
	orgs := []store.Org{}
	if session.Organizations.List == nil {
		return orgs, nil
	}
	for o, err := range session.Organizations.All(ctx, providers.ListQuery{Size: max(session.Organizations.MaxPage, 1)}) {
		if err != nil {
			return nil, err
		}
		orgs = append(orgs, store.Org{ID: o.ID, Name: o.Name, Currency: o.Currency, Timezone: o.Timezone})
		if len(orgs) == maxAccounts {
			break
		}
	}
	return orgs, nil
}
