package sim

import (
	"net/http"
	"strconv"
)

var (
	accountStatuses = []string{"ACTIVE", "CANCELED", "DRAFT", "PENDING_DELETION", "REMOVED"}
	accountTypes    = []string{"BUSINESS", "ENTERPRISE"}
)

func accountCriteria() map[string]criterion {
	return map[string]criterion{
		"id":        {ownID, idOf("sponsoredAccount")},
		"name":      {field("name"), anyText},
		"reference": {field("reference"), anyText},
		"status":    {field("status"), oneOf(accountStatuses)},
		"type":      {field("type"), oneOf(accountTypes)},
	}
}

// adAccounts serves /rest/adAccounts and everything below an account.
func (s *Sim) adAccounts(w http.ResponseWriter, q *request, rest []string) *fault {
	if len(rest) > 0 {
		id, f := accountKey(rest[0])
		if f != nil {
			return f
		}
		if len(rest) > 1 {
			return s.belowAccount(w, q, id, rest[1:])
		}
		return s.oneAccount(w, q, id)
	}
	switch q.method {
	case "FINDER":
		return s.searchAccounts(w, q)
	case "BATCH_GET":
		return batchGet(w, q, func(k string) (obj, *fault) {
			id, f := accountKey(k)
			if f != nil {
				return nil, f
			}
			return s.account(q, id)
		})
	case "CREATE":
		return s.createAccount(w, q)
	}
	return methodNotAllowed(q)
}

func accountKey(segment string) (int64, *fault) {
	k, f := key(segment)
	if f != nil {
		return 0, f
	}
	id, err := strconv.ParseInt(k, 10, 64)
	if err != nil || id <= 0 {
		return 0, badRequest("Key parameter value '" + k + "' must be a long")
	}
	return id, nil
}

func (s *Sim) belowAccount(w http.ResponseWriter, q *request, account int64, rest []string) *fault {
	c, ok := s.collections[rest[0]]
	if !ok || len(rest) > 2 {
		return noResource(q.URL.Path)
	}
	if f := s.mayRead(q.token, account); f != nil {
		return f
	}
	return c.serve(s, w, q, account, rest[1:])
}

func (s *Sim) oneAccount(w http.ResponseWriter, q *request, id int64) *fault {
	switch q.method {
	case "GET":
		if f := q.params.only(); f != nil {
			return f
		}
		o, f := s.account(q, id)
		if f != nil {
			return f
		}
		writeJSON(w, http.StatusOK, q.mask.apply(o))
		return nil
	case "PARTIAL_UPDATE":
		return s.updateAccount(w, q, id)
	case "DELETE":
		return s.deleteAccount(w, q, id)
	}
	return methodNotAllowed(q)
}

// account renders one account for its reader.
func (s *Sim) account(q *request, id int64) (obj, *fault) {
	if f := s.mayRead(q.token, id); f != nil {
		return nil, f
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.renderAccount(q, s.accounts.byID[id]), nil
}

func (s *Sim) renderAccount(q *request, e *entity) obj {
	more := obj{"servingStatuses": s.accountServing(e)}
	if q.mask.names("referenceInfo") { // decorated only when it is asked for by name
		if id, ok := numberURN(e.status("reference"), "organization"); ok {
			more["referenceInfo"] = obj{"organization": s.organization(id)}
		}
	}
	return with(e.data, more)
}

func (s *Sim) searchAccounts(w http.ResponseWriter, q *request) *fault {
	if q.finder() != "search" {
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	if f := q.params.only("q", "search", "sortOrder", "pageSize", "pageToken", "start", "count"); f != nil {
		return f
	}
	p, f := s.parsePage(q, 1000)
	if f != nil {
		return f
	}
	var flt filter
	v, criteria := q.params.values["search"]
	if criteria {
		if flt, f = parseSearch(v, accountCriteria()); f != nil {
			return f
		}
	}
	var found []*entity
	for _, e := range s.visible(q.token) {
		// Whether a bare search hides statuses was never settled; it hides what
		// is gone, so that nobody relies on it (assumed).
		if criteria && flt.match(e) || !criteria && e.status("status") != "REMOVED" {
			found = append(found, e)
		}
	}
	items, next, f := p.cut(found)
	if f != nil {
		return f
	}
	s.mu.RLock()
	elements := make([]any, len(items))
	for i, e := range items {
		elements[i] = s.renderAccount(q, e)
	}
	s.mu.RUnlock()
	answer(w, q, elements, next, emptyPaging())
	return nil
}
