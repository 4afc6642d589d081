package sim

import (
	"net/http"
	"slices"
)

func userObj(account int64, member, role string) obj {
	return obj{
		"account": makeURN("sponsoredAccount", account), "user": "urn:li:person:" + member, "role": role,
		"changeAuditStamps": obj{
			"created":      obj{"actor": creator, "time": int64(1_700_000_000_000)},
			"lastModified": obj{"actor": creator, "time": int64(1_700_000_000_000)},
		},
	}
}

// adAccountUsers: who may do what in which account.
func (s *Sim) adAccountUsers(w http.ResponseWriter, q *request, rest []string) *fault {
	if len(rest) == 1 && q.method == "GET" {
		return s.oneUser(w, q, rest[0])
	}
	if len(rest) == 1 && slices.Contains([]string{"UPDATE", "PARTIAL_UPDATE", "DELETE"}, q.method) {
		return s.writeUser(w, q, rest[0])
	}
	if len(rest) > 0 || q.method != "FINDER" {
		return methodNotAllowed(q)
	}
	switch q.finder() {
	case "authenticatedUser":
		if f := q.params.only("q", "start", "count"); f != nil {
			return f
		}
		var all []any
		for _, a := range s.visible(q.token) {
			all = append(all, userObj(a.id, q.token.Member.ID, s.role(q.token.Member.ID, a.id)))
		}
		if !q.params.has("start") && !q.params.has("count") { // recorded: everything at once
			writeJSON(w, http.StatusOK, obj{"elements": q.mask.apply(orEmpty(all)),
				"paging": obj{"start": int64(0), "count": int64(1<<31 - 1), "links": []any{}, "total": int64(len(all))}})
			return nil
		}
		return indexed(w, q, all, 1000, len(all))
	case "accounts":
		return s.usersOfAccount(w, q)
	}
	return badRequest("Finder '" + q.finder() + "' is not supported")
}

func orEmpty(v []any) []any {
	if v == nil {
		return []any{}
	}
	return v
}

// usersOfAccount: a non-numeric account is 400, a foreign one 404, and who does
// not manage an account sees only himself. Several accounts are taken (Singer's
// tap sends them all).
func (s *Sim) usersOfAccount(w http.ResponseWriter, q *request) *fault {
	if f := q.params.only("q", "accounts", "start", "count"); f != nil {
		return f
	}
	urns, ok, f := q.params.texts("accounts", true)
	if !ok {
		return paramMissing("accounts")
	}
	if f != nil {
		return f
	}
	var all []any
	for _, u := range urns {
		id, ok := numberURN(u, "sponsoredAccount")
		if !ok {
			return paramInvalid("accounts", "Invalid URN "+u)
		}
		if s.mayRead(q.token, id) != nil {
			return notFound(u)
		}
		manages := slices.Contains(managers, s.role(q.token.Member.ID, id))
		for _, m := range s.kit.OAuth.Members() {
			if r := s.role(m.ID, id); r != "" && (manages || m.ID == q.token.Member.ID) {
				all = append(all, userObj(id, m.ID, r))
			}
		}
	}
	return indexed(w, q, all, 1000, len(all))
}

// oneUser reads the complex key (account:…,user:…).
func (s *Sim) oneUser(w http.ResponseWriter, q *request, segment string) *fault {
	at, f := parseSeat(segment)
	if f != nil {
		return f
	}
	if f := s.mayRead(q.token, at.account); f != nil {
		return f
	}
	r := s.role(at.member, at.account)
	if r == "" {
		return notFound("Ad account user")
	}
	writeJSON(w, http.StatusOK, q.mask.apply(userObj(at.account, at.member, r)))
	return nil
}
