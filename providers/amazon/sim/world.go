package sim

import (
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// The ad products, as ids and paths name them.
const (
	sp = "sp"
	sb = "sb"
	sd = "sd"
)

// rosterExtra is what the roster's profiles are on Amazon.
type rosterExtra struct {
	country, kind, subType string
	first                  string // the first member's role: edit, view, none
	noDisplay              bool   // Sponsored Display is not open to it
}

// roster is what the first profiles are; rosterExtras goes beside it.
var roster = []simkit.AccountSpec{
	{Name: "Acme DACH, GmbH", Currency: "EUR", Zone: "Europe/Paris"},
	{Name: "Acme US, Inc. \"Main\"", Currency: "USD", Zone: "America/Los_Angeles", Past53: true},
	{Name: "アクメ株式会社", Currency: "JPY", Zone: "Asia/Tokyo"},
	{Name: "Acme UK & Ireland", Currency: "GBP", Zone: "Europe/London"},
	{Name: "Acme India / unpaid", Currency: "INR", Zone: "Asia/Kolkata", Status: simkit.Canceled},
	{Name: "Nothing ran here", Currency: "EUR", Zone: "Europe/Paris", Empty: true},
	{Name: "Somebody else's", Currency: "USD", Zone: "America/Los_Angeles"},
	{Name: "Northwind Agency (DSP)", Currency: "EUR", Zone: "Europe/Paris", Empty: true},
	{Name: "Acme Canada, view only", Currency: "CAD", Zone: "America/Los_Angeles"},
	{Name: "Mira Writes", Currency: "USD", Zone: "America/Los_Angeles"},
}

var rosterExtras = []rosterExtra{
	{country: "DE", kind: "seller", first: "edit"},
	{country: "US", kind: "vendor", first: "edit"},
	{country: "JP", kind: "seller", first: "edit"},
	{country: "UK", kind: "seller", first: "edit"},
	{country: "IN", kind: "seller", first: "edit"},
	{country: "FR", kind: "seller", first: "edit"},
	{country: "US", kind: "seller", first: "none"},
	{country: "DE", kind: "agency", first: "edit"},
	{country: "CA", kind: "seller", first: "view"},
	{country: "US", kind: "vendor", subType: "KDP_AUTHOR", first: "edit", noDisplay: true},
}

// kdpAuthor is the roster's author of books, who has Sponsored Products only.
const kdpAuthor = 9

// productCycle is which product an account's campaigns belong to, in turn.
var productCycle = [...]string{sp, sb, sd, sp, sb, sp, sd, sp, sp, sb, sd, sp}

// newWorld makes the neutral world. Campaigns and ad groups share numbers on
// purpose: ids are unique only inside a profile and a kind of object.
func (s *Sim) newWorld(now time.Time) *simkit.World {
	o, seen := s.opts, map[*simkit.Account]int{}
	return simkit.NewWorld(simkit.Options{
		Seed: o.Seed, Size: simkit.Size(o.Size), Epoch: now,
		Accounts: o.Accounts, Campaigns: o.Campaigns, Groups: o.Groups, Ads: o.Ads,
		HistoryDays: o.HistoryDays, Dense: o.Dense, WholeConversions: true, Roster: roster,
		IDs: simkit.IDs{
			Account: 3141592653589001, Page: 600000000000001, Campaign: 95911112222333,
			Group: 95911112222333, Ad: 77311112222333, Post: 122101000000000041, Asset: 130000000000001,
		},
		OnCampaign: func(c *simkit.Campaign, _ int) {
			k := seen[c.Account]
			seen[c.Account]++
			s.shapeCampaign(c, k)
		},
		OnGroup: func(g *simkit.Group, n int) int {
			s.shapeGroup(g, n)
			return 0
		},
	})
}

func (s *Sim) shapeCampaign(c *simkit.Campaign, k int) {
	product := productCycle[k%len(productCycle)]
	if c.Account.Index == kdpAuthor && !s.opts.Dense {
		product = sp
	}
	s.products[c] = product
	h := simkit.Hash(s.opts.Seed, 88, uint64(c.ID))
	c.DailyBudget = int64(20+h%180) * simkit.Micro * scaleOf(c.Account.Currency)
	if product != sb {
		c.TotalBudget = 0 // only Sponsored Brands has budgets for a lifetime
	} else if c.TotalBudget > 0 {
		c.TotalBudget = int64(500+h%9000) * simkit.Micro * scaleOf(c.Account.Currency)
	}
	if k < 3 && c.Account.Status != simkit.Canceled || s.opts.Dense {
		c.Status = simkit.Active // one of each product serves in every account
	}
	if !s.opts.Dense && k%6 == 5 && c.Status == simkit.Active {
		c.Status = simkit.Completed
	}
}

// shapeGroup makes what the facts are drawn by: a bid is a price per click, none
// is a price per thousand viewable impressions.
func (s *Sim) shapeGroup(g *simkit.Group, n int) {
	product := s.products[g.Campaign]
	h := simkit.Hash(s.opts.Seed, 89, uint64(n))
	g.Format, g.Objective, g.TotalBudget = simkit.Image, simkit.Traffic, 0
	if product == sb && n%2 == 1 {
		g.Format = simkit.Video
	}
	g.Bid = int64(35+h%200) * simkit.Micro / 100
	if scaleOf(g.Campaign.Account.Currency) > 1 {
		g.Bid = int64(35+h%200) * simkit.Micro
	}
	if product != sp && perMille(g.Campaign) {
		g.Bid = 0
	}
	if g.Status == simkit.Completed {
		g.Status = simkit.Paused // ad groups have no end of their own
	}
}

// perMille tells that a Sponsored Brands or Display campaign pays for viewable
// impressions, so that views count as conversions too.
func perMille(c *simkit.Campaign) bool {
	if c.Account.Loaded {
		return c.Objective == simkit.Awareness
	}
	return c.ID%3 == 0
}

// scaleOf brings amounts to the size of a currency.
func scaleOf(currency string) int64 {
	switch currency {
	case "JPY":
		return 100
	case "INR":
		return 10
	}
	return 1
}

// product is which ad product a campaign of the world belongs to.
func (s *Sim) product(c *simkit.Campaign) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.products[c]
}

func (s *Sim) prefixedIDs(ad *simkit.Ad) simkit.LedgerIDs {
	p := s.product(ad.Group.Campaign) + ":"
	return simkit.LedgerIDs{Campaign: p + itoa(ad.Group.Campaign.ID), Group: p + itoa(ad.Group.ID), Ad: p + itoa(ad.ID)}
}

func (s *Sim) prefixedID(c *simkit.Campaign, g *simkit.Group) string {
	if g != nil {
		return s.product(c) + ":" + itoa(g.ID)
	}
	return s.product(c) + ":" + itoa(c.ID)
}
