package sim

import "slices"

// businessUsers are the person's seats, one in each business; a seat has an id
// of its own.
func (s *Sim) businessUsers(c *call, _ *entity, _ params) ([]any, *graphError) {
	out := []any{}
	for _, b := range s.people.businesses(c.token.userID) {
		out = append(out, obj{"id": seatOf(c.token.userID, b), "name": c.token.member.Name, "role": "ADMIN",
			"business": obj{"id": b.id, "name": b.name}})
	}
	return out, nil
}

// assignedUsers are the seats of one business that may do something in an
// account, and what.
func (s *Sim) assignedUsers(c *call, e *entity, p params) ([]any, *graphError) {
	id := unquote(p.get("business"))
	if id == "" {
		return nil, invalidParam("The parameter business is required")
	}
	out := []any{}
	for _, m := range s.kit.OAuth.Members() {
		for _, b := range s.people.businesses(m.ID) {
			tasks := s.people.tasks(m.ID, e.account)
			if b.id != id || len(tasks) == 0 || !slices.Contains(b.owned, e.account) && !slices.Contains(b.client, e.account) {
				continue
			}
			out = append(out, obj{"id": seatOf(m.ID, b), "name": m.Name, "tasks": slices.Clone(tasks), "business": obj{"id": b.id, "name": b.name}})
		}
	}
	return out, nil
}

func seatOf(person string, b *business) string {
	return "61" + b.id[len(b.id)-4:] + person[len(person)-8:]
}
