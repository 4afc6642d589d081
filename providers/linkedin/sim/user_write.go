package sim

import (
	"net/http"
	"slices"
)

// seat is a member's place in an account.
type seat struct {
	member  string
	account int64
}

var roleNames = []string{"ACCOUNT_BILLING_ADMIN", "ACCOUNT_MANAGER", "CAMPAIGN_MANAGER", "CREATIVE_MANAGER", "VIEWER"}

func userSchema() schema {
	return schema{
		"account": urns("sponsoredAccount").must().fixed(immutableField), "user": urns("person").must().fixed(immutableField),
		"role": enum(roleNames...).must(), "changeAuditStamps": readonly(),
	}
}

// parseSeat reads the complex key (account:…,user:…).
func parseSeat(segment string) (seat, *fault) {
	v, f := parseValue("key", segment)
	if f != nil || v.kind != record || len(v.rec) != 2 {
		return seat{}, badRequest("Key parameter value is malformed")
	}
	id, ok := numberURN(v.rec["account"].text, "sponsoredAccount")
	member, isPerson := urn(v.rec["user"].text, "person")
	if !ok || !isPerson {
		return seat{}, badRequest("Key parameter value is malformed")
	}
	return seat{member, id}, nil
}

// writeUser gives, changes or takes a role: PUT, PARTIAL_UPDATE and DELETE on
// the key, by who manages the account.
func (s *Sim) writeUser(w http.ResponseWriter, q *request, segment string) *fault {
	if f := q.params.only(); f != nil {
		return f
	}
	at, f := parseSeat(segment)
	if f != nil {
		return f
	}
	if f := s.mayRead(q.token, at.account); f != nil {
		return f
	}
	if f := s.mayManage(q, at.account); f != nil {
		return f
	}
	if !slices.ContainsFunc(s.kit.OAuth.Members(), func(m Member) bool { return m.ID == at.member }) {
		return notFound("urn:li:person:" + at.member)
	}
	had := s.role(at.member, at.account)
	if had == "" && q.method != "UPDATE" {
		return notFound("Ad account user")
	}
	if q.method == "DELETE" {
		s.roles.Store(at, "")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	role, f := userRole(q, at, had)
	if f != nil {
		return f
	}
	s.roles.Store(at, role)
	status := http.StatusNoContent
	if had == "" {
		status = http.StatusCreated
	}
	w.WriteHeader(status)
	return nil
}

// userRole is the role that a body asks for.
func userRole(q *request, at seat, had string) (string, *fault) {
	body, f := bodyOf(q)
	if f != nil {
		return "", f
	}
	key := obj{"account": makeURN("sponsoredAccount", at.account), "user": "urn:li:person:" + at.member}
	sc := userSchema()
	if q.method == "PARTIAL_UPDATE" {
		patch, f := parsePatch(body)
		if f != nil {
			return "", f
		}
		if body, f = applyPatch(with(key, obj{"role": had}), patch); f != nil {
			return "", f
		}
	}
	if f := sc.shape(body); f != nil {
		return "", f
	}
	if errs := append(sc.missing(body), sc.frozen(key, obj{"account": body["account"], "user": body["user"]}, false)...); errs != nil {
		return "", validations(errs)
	}
	return body["role"].(string), nil
}
