package sim

import (
	"net/http"
	"slices"
)

func (s *Sim) createAccount(w http.ResponseWriter, q *request) *fault {
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	sc := accountSchema()
	if f := sc.shape(body); f != nil {
		return f
	}
	errs := sc.missing(body)
	if body["type"] != "BUSINESS" {
		errs = append(errs, inputError{"FIELD_VALUE_NOT_ALLOWED", "Only BUSINESS accounts can be created", "type"})
	}
	if _, ok := body["reference"]; !ok {
		errs = append(errs, inputError{"MISSING_FIELD", "Field reference is required", "reference"})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if body["test"] == true {
		for _, e := range s.accounts.byID {
			if e.data["test"] == true {
				errs = append(errs, inputError{"TEST_ACCOUNT_LIMIT_REACHED", "The application already has a test account", "test"})
			}
		}
	}
	if errs != nil {
		return validations(errs)
	}
	id := s.nextID
	s.nextID++
	now := s.kit.Clock.Now()
	data := with(obj{"currency": "USD", "status": "ACTIVE", "test": false}, body)
	data = with(data, obj{"id": id, "version": obj{"versionTag": "1"}, "changeAuditStamps": stamps(now, now)})
	s.accounts.put(&entity{id: id, data: data})
	s.groups[id], s.campaigns[id], s.creatives[id] = newTable(), newTable(), newTable()
	created(w, q, itoa(id))
	return nil
}

func (s *Sim) mayManage(q *request, id int64) *fault {
	if f := s.mayWrite(q.token, id, false); f != nil {
		return f
	}
	if !slices.Contains(managers, s.role(q.token.Member.ID, id)) {
		return &fault{status: 403, code: "NO_PERMISSION_TO_UPDATE", message: "The member may not change the account"}
	}
	return nil
}

func (s *Sim) updateAccount(w http.ResponseWriter, q *request, id int64) *fault {
	if f := s.mayManage(q, id); f != nil {
		return f
	}
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	patch, f := parsePatch(body)
	if f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.accounts.byID[id]
	data, f := applyPatch(old.data, patch)
	if f != nil {
		return f
	}
	set := obj{}
	for _, k := range touched(patch) {
		if v, ok := data[k]; ok {
			set[k] = v
		}
	}
	sc := accountSchema()
	if f := sc.shape(set); f != nil {
		return f
	}
	if errs := sc.frozen(old.data, set, false); errs != nil {
		return validations(errs)
	}
	if final(old.status("status")) && data["status"] != old.data["status"] {
		return validations([]inputError{{"INVALID_STATUS_TRANSITION", "Status cannot be changed", "status"}})
	}
	s.accounts.put(&entity{id: id, data: data, seeded: old.seeded})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Sim) deleteAccount(w http.ResponseWriter, q *request, id int64) *fault {
	if f := s.mayManage(q, id); f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accounts.byID[id].status("status") != "DRAFT" {
		return validations([]inputError{{"DELETE_NOT_ALLOWED", "Only DRAFT accounts can be deleted", "status"}})
	}
	s.accounts.drop(id)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
