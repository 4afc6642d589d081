package sim

import (
	"slices"

	"github.com/admux/admux/providers/internal/simkit"
)

var members = []simkit.Member{
	{ID: "138200001", Name: "Ann Lee", Email: "ann@acme.example"},
	{ID: "138200002", Name: "Vic Viewer", Email: "vic@acme.example"},
	{ID: "138200003", Name: "Nora Nobody", Email: "nora@other.example"},
}

// user is a person with a role over a customer's accounts.
type user struct {
	member   simkit.Member
	customer string
	roleID   int64
	only     []string // the accounts it is limited to; nil: all of the customer
	linked   []string // accounts of other customers
}

func (s *Sim) seedUsers() {
	s.users = []*user{
		{member: members[0], customer: ownCustomer, roleID: 41},
		{member: members[1], customer: ownCustomer, roleID: 100, only: []string{}},
		{member: members[2], customer: foreignCustomer, roleID: 203, only: []string{}},
	}
	for i, a := range s.accounts {
		if i == 0 {
			s.users[1].only = []string{a.id}
		}
		if i == linkedAccount {
			s.users[0].linked = []string{a.id}
		}
	}
}

// sees tells whether a user may read an account.
func (u *user) sees(a *account) bool {
	if slices.Contains(u.linked, a.id) {
		return true
	}
	return a.customer == u.customer && (u.only == nil || slices.Contains(u.only, a.id))
}

func (u *user) role(a *account) string {
	if !u.sees(a) {
		return ""
	}
	return map[int64]string{41: "Super Admin", 100: "Viewer", 203: "Standard"}[u.roleID]
}

// writes tells whether the user may change things: a viewer may not.
func (u *user) writes() bool { return u.roleID != 100 }

// customerFor tells whether a CustomerId header goes with an account: its
// parent's, or, for an account of a client, that of the agency one works from.
func (s *Sim) customerFor(u *user, a *account, customer string) bool {
	if slices.Contains(u.linked, a.id) {
		return customer == u.customer || s.opts.LinkedTakesParent && customer == a.customer
	}
	return customer == a.customer
}

func (s *Sim) userOf(memberID string) *user {
	for _, u := range s.users {
		if u.member.ID == memberID {
			return u
		}
	}
	return nil
}

func (s *Sim) accountOf(id string) *account {
	for _, a := range s.accounts {
		if a.id == id {
			return a
		}
	}
	return nil
}
