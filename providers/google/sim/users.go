package sim

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/admux/admux/providers/internal/simkit"
)

// The managers of the hierarchy. A client account's number starts at firstAccount.
const (
	firstAccount = 4_210_000_001
	topManager   = 9_000_000_001 // everything of the agency
	subManager   = 9_000_000_002 // below topManager; holds the first two accounts
	otherManager = 9_000_000_003 // a second root that reaches the JPY account too
	testManager  = 9_100_000_001
)

// The people who can consent, by index.
const (
	admin  = iota // direct user of the managers and of some accounts
	viewer        // read-only user of the first account
	nobody        // has no Google Ads account
)

var members = []simkit.Member{
	{ID: "107812345678901234561", Name: "Mira Manager", Email: "mira@sim.example"},
	{ID: "107812345678901234562", Name: "Vic Viewer", Email: "vic@sim.example"},
	{ID: "107812345678901234563", Name: "Nora Nobody", Email: "nora@sim.example"},
}

// Indexes of the roster's special accounts.
const (
	tokyoIndex    = 2
	directIndex   = 3 // under the manager, and the admin is its direct user as well
	canceledIndex = 4
	foreignIndex  = 6
	testIndex     = 7
	neverIndex    = 8 // signed up, never finished
	hiddenIndex   = 9 // hidden by its manager
)

// roster is what the accounts are, in order.
var roster = []simkit.AccountSpec{
	{Name: "Acme DACH 🚀", Currency: "EUR", Zone: "Europe/Berlin"},
	{Name: "Acme's \"US\", Inc.", Currency: "USD", Zone: "America/Los_Angeles", Past53: true},
	{Name: "アクメ株式会社", Currency: "JPY", Zone: "Asia/Tokyo"},
	{Name: "L'Atelier d'Acme, outlet", Currency: "USD", Zone: "UTC"},
	{Name: "Acme India / closed", Currency: "USD", Zone: "Asia/Kolkata", Status: simkit.Canceled},
	{Name: "Nothing ran here", Currency: "EUR", Zone: "UTC", Empty: true},
	{Name: "Somebody else's", Currency: "USD", Zone: "America/New_York"},
	{Name: "Acme test client", Currency: "USD", Zone: "America/New_York", Empty: true},
	{Name: "Never finished", Currency: "EUR", Zone: "Europe/Berlin", Empty: true},
	{Name: "Hidden by the agency", Currency: "EUR", Zone: "Europe/Budapest", Empty: true},
}

// graph says who may reach what.
type graph struct {
	children map[int64][]int64 // by manager
	roots    map[string][]int64
	readOnly map[string]bool
}

func newGraph() *graph {
	return &graph{children: map[int64][]int64{}, roots: map[string][]int64{},
		readOnly: map[string]bool{members[viewer].ID: true}}
}

func (g *graph) link(manager int64, clients ...int64) {
	g.children[manager] = append(g.children[manager], clients...)
}

func (g *graph) user(member int, ids ...int64) {
	id := members[member].ID
	g.roots[id] = append(g.roots[id], ids...)
}

// below tells whether id is root or anywhere under it.
func (g *graph) below(root, id int64) bool {
	if root == id {
		return true
	}
	return slices.ContainsFunc(g.children[root], func(c int64) bool { return g.below(c, id) })
}

// reaches tells whether a member has access to an account, directly or through
// a manager.
func (g *graph) reaches(member string, id int64) bool {
	return slices.ContainsFunc(g.roots[member], func(root int64) bool { return g.below(root, id) })
}

// allows tells whether a member may call for customer when he logs in as login
// (0: no header): the login customer must be his, and the customer must be the
// login customer or lie under it.
func (g *graph) allows(member string, login, customer int64) bool {
	if login == 0 || login == customer {
		return slices.Contains(g.roots[member], customer) || login == customer && g.managed(member, customer)
	}
	return len(g.children[login]) > 0 && g.reaches(member, login) && g.below(login, customer)
}

// managed tells whether customer is itself a manager on a path of the member's.
func (g *graph) managed(member string, customer int64) bool {
	return len(g.children[customer]) > 0 && g.reaches(member, customer)
}

// hierarchy builds managers and access over the world's accounts. One account
// alone stands without a manager.
func (s *Sim) hierarchy() {
	accounts := s.kit.World.List()
	id := func(i int) int64 { return accounts[i].ID }
	flat := s.opts.Flat || len(accounts) == 1
	if !flat {
		s.addManager(topManager, "Acme Agency", false)
		s.addManager(subManager, "Acme Agency: brands", false)
		s.addManager(otherManager, "Acme's holding", false)
		s.addManager(testManager, "Acme test manager", true)
		s.graph.user(admin, topManager, otherManager, testManager)
		s.graph.link(topManager, subManager)
	}
	s.graph.user(viewer, id(0))
	for i, a := range accounts {
		c := s.addAccount(a)
		switch {
		case i == foreignIndex && !s.opts.Dense:
		case flat:
			s.graph.user(admin, a.ID)
		case i < 2:
			s.graph.link(subManager, a.ID)
		case i == testIndex && !s.opts.Dense:
			c.test = true
			s.graph.link(testManager, a.ID)
		case i == neverIndex && !s.opts.Dense:
			c.status = "UNKNOWN" // assumed: no documented status tells an unfinished sign-up
			s.graph.user(admin, a.ID)
		default:
			s.graph.link(topManager, a.ID)
			c.hidden = i == hiddenIndex && !s.opts.Dense
			if i == tokyoIndex {
				s.graph.link(otherManager, a.ID)
			}
			if i == directIndex || i == canceledIndex {
				s.graph.user(admin, a.ID)
			}
		}
	}
}

// descendant is a row of customer_client.
type descendant struct {
	c     *customer
	level int
}

// descendants are root and everything under it, each once, at its shortest way.
func (s *Sim) descendants(root *customer) []descendant {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []descendant{{root, 0}}
	seen := map[int64]bool{root.id: true}
	for i := 0; i < len(out); i++ {
		for _, id := range s.graph.children[out[i].c.id] {
			if c := s.customers[id]; c != nil && !seen[id] {
				seen[id] = true
				out = append(out, descendant{c, out[i].level + 1})
			}
		}
	}
	return out
}

// customerID reads ten digits.
func customerID(s string) (int64, bool) {
	if len(s) != 10 {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0 && s[0] != '-' && s[0] != '+'
}

func customerName(id int64) string { return fmt.Sprintf("customers/%010d", id) }
