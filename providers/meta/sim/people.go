package sim

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// business is a company in Meta's sense: accounts and pages belong to it.
type business struct {
	id, name string
	owned    []*account
	client   []*account // shared with it by other businesses
}

// page is a Facebook page, the identity that ads post as.
type page struct {
	id, name, token string
	owner           string // the person whose token opens it
	account         *account
}

// people is who may do what. Accounts loaded later belong to the first business.
type people struct {
	own, foreign, partner *business
	boss                  string // the person who manages the own business
	pages                 []*page
	direct                map[string]map[*account][]string // tasks by person
}

var (
	allTasks = []string{"MANAGE", "ADVERTISE", "ANALYZE"}
	adTasks  = []string{"ADVERTISE", "ANALYZE"}
	seeTasks = []string{"ANALYZE"}
)

// tasks are what a person may do in an account; empty is no access.
func (p *people) tasks(user string, a *account) []string { return p.direct[user][a] }

// listed tells whether /me/adaccounts shows the account: one that the person
// reaches only because his business is its agency is not there.
func (p *people) listed(user string, a *account) bool {
	return len(p.tasks(user, a)) > 0 && !slices.Contains(p.own.client, a)
}

// businesses of a person.
func (p *people) businesses(user string) []*business {
	if user == p.boss { // the viewer of one account is no employee
		return []*business{p.own}
	}
	return nil
}

// me serves /me and its edges.
func (s *Sim) me(c *call) (any, *graphError) {
	if c.token.isApp() {
		return nil, &graphError{Code: 2500, Message: "An active access token must be used to query information about the current user."}
	}
	if err := s.charge(c, nil); err != nil {
		return nil, err
	}
	if len(c.path) == 1 {
		if c.method != http.MethodGet {
			return nil, noObject(c.method, "me")
		}
		return s.project(c, s.userNode(c.token), c.params.get("fields"), []string{"name"})
	}
	switch c.path[1] {
	case "permissions":
		return s.permissions(c)
	case "adaccounts", "businesses", "business_users", "accounts":
		return s.edgeOf(c, s.userNode(c.token), c.path[1:])
	}
	return nil, s.noEdge(c, "User", c.path[1])
}

// userNode is the person as a node.
func (s *Sim) userNode(t *token) *entity {
	return &entity{kind: "User", id: t.userID, data: obj{"name": t.member.Name}}
}

// permissions lists what was granted and declined, or takes it back.
func (s *Sim) permissions(c *call) (any, *graphError) {
	switch c.method {
	case http.MethodGet:
		list := []any{}
		all := s.tokens.permissions(c.token.app, c.token.userID)
		for _, p := range slices.Sorted(maps.Keys(all)) {
			status := "declined"
			if all[p] {
				status = "granted"
			}
			if only := c.params.get("permission"); only == "" || only == p {
				list = append(list, obj{"permission": p, "status": status})
			}
		}
		return obj{"data": list}, nil
	case http.MethodDelete:
		name := c.params.get("permission")
		if len(c.path) > 2 {
			name = c.path[2]
		}
		if !s.tokens.remove(c.token.app, c.token.userID, name) {
			return nil, invalidParam("The permission %s is not granted", name)
		}
		return obj{"success": true}, nil
	}
	return nil, noObject(c.method, "me/permissions")
}

// pageByToken finds the page that a page token opens.
func (s *Sim) pageByToken(raw string) *page {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.people.pages {
		if p.token == raw {
			return p
		}
	}
	return nil
}

// newPeople gives the seeded accounts their owners.
func (s *Sim) newPeople() {
	members := s.kit.OAuth.Members()
	p := &people{
		boss:    members[0].ID,
		own:     &business{id: "501000000000001", name: "Acme Group"},
		partner: &business{id: "501000000000002", name: "Northwind Partners"},
		foreign: &business{id: "501000000000003", name: "Somebody Else LLC"},
		direct:  map[string]map[*account][]string{members[0].ID: {}, members[1].ID: {}, members[2].ID: {}},
	}
	s.people = p
	for i, a := range s.accounts {
		s.adopt(a, i)
	}
}

// adopt settles an account's business and who may work in it.
func (s *Sim) adopt(a *account, i int) {
	p, members := s.people, s.kit.OAuth.Members()
	tasks := allTasks
	if !s.opts.Dense {
		switch i {
		case 2:
			tasks = adTasks
		case 3:
			tasks = seeTasks
		}
	}
	switch {
	case i == foreignAccount && !s.opts.Dense:
		a.business = p.foreign
		tasks = nil
	case i == clientAccount && !s.opts.Dense:
		a.business = p.partner
		p.own.client = append(p.own.client, a)
	case i == personalAccount && !s.opts.Dense:
	default:
		a.business = p.own
		p.own.owned = append(p.own.owned, a)
	}
	if tasks != nil {
		p.direct[members[0].ID][a] = tasks
	}
	if i == 0 {
		p.direct[members[1].ID][a] = seeTasks
	}
	owner := members[0].ID
	if a.business == p.foreign {
		owner = ""
	}
	p.pages = append(p.pages, &page{
		id: strconv.FormatInt(a.src.PageID, 10), name: a.src.PageName, owner: owner, account: a,
		token: "EAABsimpage" + appSecretProof(s.opts.ClientSecret, strconv.FormatInt(a.src.PageID, 10)),
	})
}
