package sim

import "net/http"

// object serves /{id} and /{id}/{edge}.
func (s *Sim) object(c *call) (any, *graphError) {
	if run := s.runOf(c.id()); run != nil {
		a := run.accountOf()
		if !s.visible(c.token, a) {
			return nil, noObject(c.method, c.id())
		}
		if err := s.charge(c, a); err != nil {
			return nil, err
		}
		return s.serveRun(c, run, c.path[1:])
	}
	e, err := s.lookup(c, c.id())
	if err != nil {
		return nil, err
	}
	if err := s.charge(c, e.account); err != nil {
		return nil, err
	}
	if err := s.permit(c, e); err != nil {
		return nil, err
	}
	if len(c.path) > 1 {
		return s.edgeOf(c, e, c.path[1:])
	}
	switch c.method {
	case http.MethodGet:
		return s.project(c, e, c.params.get("fields"), nil)
	case http.MethodPost:
		return s.update(c, e)
	}
	return s.remove(c, e)
}

// lookup finds a node that the caller may see. What he may not see does not
// exist for him.
func (s *Sim) lookup(c *call, id string) (*entity, *graphError) {
	e := s.node(id)
	if e == nil {
		e = s.loose(c, id)
	}
	if e == nil || e.account != nil && !s.visible(c.token, e.account) {
		return nil, noObject(c.method, id)
	}
	if e.fresh && c.method == http.MethodGet && s.opts.LateNodes > 0 && c.now.Sub(e.created) < s.opts.LateNodes {
		return nil, noObject(c.method, id) // replication lags behind a creation
	}
	return e, nil
}

// loose finds what belongs to no ad account: the caller and his businesses.
func (s *Sim) loose(c *call, id string) *entity {
	if c.token == nil || c.token.isApp() {
		return nil
	}
	if id == c.token.userID {
		return s.userNode(c.token)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, b := range s.people.businesses(c.token.userID) {
		if b.id == id {
			return businessNode(b)
		}
	}
	return nil
}

// visible tells whether the caller has any task in the account.
func (s *Sim) visible(t *token, a *account) bool {
	if t == nil || a == nil {
		return false
	}
	if t.page != nil {
		return t.page.account == a
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.people.tasks(t.userID, a)) > 0
}
