package sim

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// organization renders a company page by id.
func (s *Sim) organization(id int64) obj {
	for _, a := range s.kit.World.List() {
		if a.PageID == id {
			return orgObj(a)
		}
	}
	return obj{"id": id}
}

func orgObj(a *simkit.Account) obj {
	vanity := "acme-page-" + strconv.Itoa(a.Index+1)
	return obj{
		"id": a.PageID, "localizedName": a.PageName, "vanityName": vanity,
		"name": obj{"localized": obj{"en_US": a.PageName}, "preferredLocale": obj{"country": "US", "language": "en"}},
	}
}

// pages are the company pages that a member administers: those of the accounts
// that she can do more in than look.
func (s *Sim) pages(member string) []*simkit.Account {
	var out []*simkit.Account
	for _, a := range s.kit.World.List() {
		if r := s.role(member, a.ID); r != "" && r != "VIEWER" {
			out = append(out, a)
		}
	}
	return out
}

func (s *Sim) organizationAcls(w http.ResponseWriter, q *request, rest []string) *fault {
	if len(rest) > 0 || q.method != "FINDER" {
		return methodNotAllowed(q)
	}
	if q.finder() != "roleAssignee" {
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	if f := q.params.only("q", "role", "state", "start", "count"); f != nil {
		return f
	}
	role, byRole, f := q.params.text("role")
	if f != nil {
		return f
	}
	state, byState, f := q.params.text("state")
	if f != nil {
		return f
	}
	roles := [...]string{"ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER"}
	var all []any
	for i, a := range s.pages(q.token.Member.ID) {
		r := roles[i%len(roles)]
		if byRole && r != role || byState && state != "APPROVED" {
			continue
		}
		all = append(all, obj{"organization": makeURN("organization", a.PageID), "role": r, "state": "APPROVED",
			"roleAssignee": "urn:li:person:" + q.token.Member.ID})
	}
	return indexed(w, q, all, 1000, len(all))
}

func (s *Sim) organizations(w http.ResponseWriter, q *request, rest []string) *fault {
	get := func(k string) (obj, *fault) {
		id, err := strconv.ParseInt(k, 10, 64)
		if err != nil {
			return nil, badRequest("Key parameter value '" + k + "' must be a long")
		}
		for _, a := range s.kit.World.List() {
			if a.PageID == id {
				return orgObj(a), nil
			}
		}
		return nil, notFound("Organization " + k)
	}
	switch {
	case len(rest) == 1 && q.method == "GET":
		k, f := key(rest[0])
		if f != nil {
			return f
		}
		o, f := get(k)
		if f != nil {
			return f
		}
		writeJSON(w, http.StatusOK, q.mask.apply(o))
		return nil
	case len(rest) == 0 && q.method == "BATCH_GET":
		return batchGet(w, q, get)
	case len(rest) == 0 && q.finder() == "vanityName":
		if f := q.params.only("q", "vanityName"); f != nil {
			return f
		}
		name, ok, f := q.params.text("vanityName")
		if !ok {
			return paramMissing("vanityName")
		}
		if f != nil {
			return f
		}
		var all []any
		for _, a := range s.kit.World.List() {
			if o := orgObj(a); strings.EqualFold(o["vanityName"].(string), name) {
				all = append(all, o)
			}
		}
		return indexed(w, q, all, 1000, len(all))
	}
	return methodNotAllowed(q)
}
