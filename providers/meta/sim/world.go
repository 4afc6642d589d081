package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// Which of the roster's accounts are special.
const (
	foreignAccount  = 6 // nobody we know may see it
	clientAccount   = 7 // reached only through the business that is its agency
	personalAccount = 8 // belongs to no business
)

// roster is what the first accounts are. Every entity's id lies past 2^53, as
// Meta's do today.
var roster = []simkit.AccountSpec{
	{Name: "Acme DACH 🚀", Currency: "EUR", Zone: "Europe/Berlin"},
	{Name: "Acme US, Inc. \"Main\"", Currency: "USD", Zone: "America/Los_Angeles"},
	{Name: "アクメ株式会社", Currency: "JPY", Zone: "Asia/Tokyo"},
	{Name: "Acme Magyarország", Currency: "HUF", Zone: "Europe/Budapest"},
	{Name: "Acme India / disabled", Currency: "USD", Zone: "Asia/Kolkata", Status: simkit.Canceled},
	{Name: "Nothing ran here", Currency: "EUR", Zone: "UTC", Empty: true},
	{Name: "Somebody else's", Currency: "USD", Zone: "America/New_York"},
	{Name: "Northwind GmbH, \"client\"", Currency: "EUR", Zone: "UTC"},
	{Name: "Mira Manager's own", Currency: "USD", Zone: "UTC"},
}

func newWorld(o Options, now time.Time) *simkit.World {
	return simkit.NewWorld(simkit.Options{
		Seed: o.Seed, Size: simkit.Size(o.Size), Epoch: now,
		Accounts: o.Accounts, Campaigns: o.Campaigns, Groups: o.Groups, Ads: o.Ads,
		HistoryDays: o.HistoryDays, Dense: o.Dense, WholeConversions: true, Roster: roster,
		IDs: simkit.IDs{
			Account: 901000000000001, Page: 600000000000001, Campaign: 120301000000000011,
			Group: 120302000000000021, Ad: 120303000000000031, Post: 122101000000000041, Asset: 130000000000001,
		},
		OnCampaign: func(c *simkit.Campaign, n int) {
			if !o.Dense {
				c.Objective = neutralGoals[n%len(neutralGoals)]
			}
		},
	})
}

// neutralGoals is what the campaigns are for, in turn. The kit has no app
// promotion: its job adverts stand for it.
var neutralGoals = []simkit.Objective{
	simkit.Conversion, simkit.Traffic, simkit.LeadGen, simkit.Awareness, simkit.Engagement,
	simkit.Conversion, simkit.JobApply, simkit.VideoView,
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// seed makes Meta's objects of the world.
func (s *Sim) seed() {
	for _, a := range s.kit.World.List() {
		s.seedAccount(a)
	}
	s.newPeople()
	s.kit.OnLoad = s.onLoad
	s.kit.CheckLoad = s.checkLoad
	s.kit.Faults.Stamp = s.stamp
}

func (s *Sim) seedAccount(src *simkit.Account) *account {
	a := &account{
		src: src, digits: itoa(src.ID), name: src.Name, currency: src.Currency, offset: s.tab.offset[src.Currency],
		loc: src.Loc, status: 1,
	}
	if src.Status == simkit.Canceled {
		a.status = 2
	}
	a.kind, a.id, a.created = "AdAccount", "act_"+a.digits, src.Created
	a.account = a
	a.build = func() obj { return accountFields(a) }
	a.now.Store(&written{updated: src.Modified})
	s.attach(&a.entity)
	s.accounts = append(s.accounts, a)
	s.seedAssets(a)
	for _, c := range src.Campaigns {
		s.seedCampaign(a, c)
	}
	return a
}

func (s *Sim) seedCampaign(a *account, c *simkit.Campaign) {
	e := &entity{kind: "Campaign", id: itoa(c.ID), account: a, kids: &list{}, camp: c, created: c.Created}
	e.build = func() obj { return campaignFields(a, c) }
	e.now.Store(&written{status: statusOf(a, c.Status), updated: c.Modified})
	s.attach(e, &a.campaigns)
	for _, g := range c.Groups {
		s.seedAdSet(e, g)
	}
}

func (s *Sim) seedAdSet(parent *entity, g *simkit.Group) {
	a := parent.account
	e := &entity{kind: "AdSet", id: itoa(g.ID), account: a, parent: parent, kids: &list{}, group: g, created: g.Created}
	e.build = func() obj { return adSetFields(a, g) }
	e.now.Store(&written{status: statusOf(a, g.Status), updated: g.Modified})
	s.attach(e, &a.adsets, parent.kids)
	for _, ad := range g.Ads {
		s.seedAd(e, ad)
	}
}

func (s *Sim) seedAd(parent *entity, ad *simkit.Ad) {
	a := parent.account
	e := &entity{kind: "Ad", id: itoa(ad.ID), account: a, parent: parent, ad: ad, created: ad.Created}
	e.build = func() obj { return adFields(a, ad) }
	e.now.Store(&written{status: statusOf(a, ad.Status), updated: ad.Modified})
	s.attach(e, &a.ads, parent.kids)
	if e.status() == "ACTIVE" {
		a.active.Add(1)
	}
	cr := &entity{kind: "AdCreative", id: creativeID(ad), account: a, created: ad.Creative.Created}
	cr.build = func() obj { return creativeFields(a, ad) }
	cr.now.Store(&written{status: "ACTIVE", updated: ad.Creative.Created})
	s.attach(cr, &a.creatives)
}

// creativeID follows the ad's id, so that it needs no store of its own.
func creativeID(ad *simkit.Ad) string { return itoa(ad.ID + 1_000_000_000) }

// statusOf is Meta's word for the world's. A disabled account's things are
// merely off.
func statusOf(a *account, st simkit.Status) string {
	switch st {
	case simkit.Active, simkit.Completed:
		return "ACTIVE"
	case simkit.Archived:
		return "ARCHIVED"
	case simkit.Removed, simkit.PendingDeletion:
		return "DELETED"
	case simkit.Canceled:
		if a.status != 2 {
			return "ARCHIVED"
		}
	}
	return "PAUSED"
}

// checkLoad refuses an account that Meta has no money for.
func (s *Sim) checkLoad(l *simkit.Load) error {
	if s.tab.offset[l.Account.Currency] == 0 {
		return fmt.Errorf("sim: %q is none of Meta's currencies", l.Account.Currency)
	}
	for _, c := range l.Campaigns {
		if c.Name == "" {
			return errors.New("sim: a campaign needs a name")
		}
	}
	return nil
}

// onLoad renders a loaded account and gives it to the first member.
func (s *Sim) onLoad(src *simkit.Account, _ *simkit.Load) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.seedAccount(src)
	s.adopt(a, len(s.accounts)-1+100) // past every special place
	return nil
}

// Paging makes pages that are shorter than asked for.
type Paging struct {
	// Short gives half the elements asked for, while more follow.
	Short bool `json:"short"`
	// Empty answers each page behind the first once without an element, while more
	// follow.
	Empty bool `json:"empty"`
	// Depth is how many elements a cursor may lie past the first; 0 is no cap.
	Depth int `json:"depth"`
	// DataWeight is how much a single call may ask for, in elements × fields, heavy
	// fields counted twentyfold; past it the call fails with "reduce the amount of
	// data". 0 is 40,000, negative none.
	DataWeight int `json:"data_weight"`
}

func (s *Sim) paging() Paging { return *s.pages.Load() }

func (s *Sim) setPaging(w http.ResponseWriter, r *http.Request) {
	var p Paging
	if decodeControl(w, r, &p) {
		s.pages.Store(&p)
		w.WriteHeader(http.StatusNoContent)
	}
}

// decodeControl reads the body of a control call.
func decodeControl(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); r.Method != http.MethodPost || err != nil {
		http.Error(w, "POST a JSON object", http.StatusBadRequest)
		return false
	}
	return true
}
