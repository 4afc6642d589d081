package sim

import "github.com/admux/admux/providers/internal/simkit"

// defaultRoles are the first member's roles by account index: every role that
// exists, one account seen by nobody, and ACCOUNT_MANAGER beyond.
var defaultRoles = [...]string{
	"ACCOUNT_BILLING_ADMIN", "ACCOUNT_MANAGER", "CAMPAIGN_MANAGER", "VIEWER", "CREATIVE_MANAGER", "ACCOUNT_MANAGER", "",
}

// role is what a member may do in an account; "" is no role.
func (s *Sim) role(member string, account int64) string {
	if r, ok := s.roles.Load(seat{member, account}); ok {
		return r.(string) // written by a client
	}
	members := s.kit.OAuth.Members()
	a := s.kit.World.Account(account)
	switch member {
	case members[0].ID:
		if a == nil || a.Loaded {
			return "ACCOUNT_BILLING_ADMIN" // created by this member, or loaded for her
		}
		if a.Index < len(s.opts.Roles) {
			return s.opts.Roles[a.Index]
		}
		if a.Index < len(defaultRoles) {
			return defaultRoles[a.Index]
		}
		return "ACCOUNT_MANAGER"
	case members[1].ID:
		if a != nil && a.Index == 0 {
			return "VIEWER"
		}
	}
	return ""
}

// visible are the accounts a member has any role in, in order of id.
func (s *Sim) visible(t simkit.Token) []*entity {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*entity
	for _, id := range s.accounts.ids {
		if s.role(t.Member.ID, id) != "" {
			out = append(out, s.accounts.byID[id])
		}
	}
	return out
}

// mayRead refuses an account the member has no role in: 403 when it exists.
func (s *Sim) mayRead(t simkit.Token, account int64) *fault {
	s.mu.RLock()
	_, ok := s.accounts.byID[account]
	s.mu.RUnlock()
	if !ok {
		return notFound("Ad account " + itoa(account))
	}
	if s.role(t.Member.ID, account) == "" {
		return noPermission(makeURN("sponsoredAccount", account))
	}
	return nil
}

// mayWrite refuses a VIEWER too, whatever scope the token has.
func (s *Sim) mayWrite(t simkit.Token, account int64, creatives bool) *fault {
	if f := s.mayRead(t, account); f != nil {
		return f
	}
	switch r := s.role(t.Member.ID, account); {
	case r == "VIEWER", r == "CREATIVE_MANAGER" && !creatives:
		return &fault{status: 403, code: "NO_PERMISSION_TO_UPDATE", message: "The member's role " + r + " does not allow this change"}
	}
	return nil
}
