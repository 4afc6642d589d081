package page

import (
	"context"
	"slices"

	"github.com/admux/admux/providers"
)

// account is where a list over several accounts stands: the account, and the token of its next page ("" the first).
type account struct {
	ID    string `json:"a,omitempty"`
	Token string `json:"t,omitempty"`
}

// Read returns one page of one account, the token of the next one ("" after the last), and what is left out of it.
type Read[T any] func(ctx context.Context, account, token string) (items []T, next string, left []string, err error)

// Over lists accounts one after the other. A page is one upstream page, so that a cursor costs no more at any depth;
// empty ones are passed over. A cursor of an account that is no longer in the list is an *Error of Kind Invalid.
func Over[T any](ctx context.Context, q providers.ListQuery, accounts []string, read Read[T]) (providers.Page[T], error) {
	var at account
	if err := Open(q, &at); err != nil {
		return providers.Page[T]{}, err
	}
	if at.ID != "" {
		i := slices.Index(accounts, at.ID)
		if i < 0 {
			return providers.Page[T]{}, &providers.Error{Kind: providers.Invalid, Field: "cursor", Message: "account " + at.ID + " is no longer reachable: start the list again"}
		}
		accounts = accounts[i:]
	}
	var p providers.Page[T]
	for token := at.Token; len(accounts) > 0; {
		items, next, left, err := read(ctx, accounts[0], token)
		switch {
		case err != nil:
			return providers.Page[T]{}, err
		case next != "" && next == token:
			return providers.Page[T]{}, &providers.Error{Kind: providers.Malformed, Message: "the platform's paging leads back to the page it has just given"}
		}
		p.Items, p.Left, p.Next, token = items, append(p.Left, left...), "", next
		if next == "" {
			accounts = accounts[1:]
		}
		if len(accounts) > 0 {
			p.Next = Seal(account{accounts[0], next}, q)
		}
		if len(items) > 0 {
			break
		}
	}
	return p, nil
}
