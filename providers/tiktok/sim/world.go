package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// foreignAccount is the roster's account that nobody we know may see.
const foreignAccount = 6

// roster is what the first accounts are. A zone Etc/GMT+8 lies west of Greenwich:
// its sign is POSIX's.
func roster() []simkit.AccountSpec {
	return []simkit.AccountSpec{
		{Name: "Acme DACH 🚀", Currency: "EUR", Zone: "Europe/Berlin"},
		{Name: "Acme US, Inc. \"Main\"", Currency: "USD", Zone: "Etc/GMT+8", Past53: true},
		{Name: "アクメ株式会社", Currency: "JPY", Zone: "Asia/Tokyo"},
		{Name: "Acme Magyarország", Currency: "HUF", Zone: "Europe/Budapest"},
		{Name: "Acme India / suspended", Currency: "USD", Zone: "Asia/Kolkata", Status: simkit.Canceled},
		{Name: "Nothing ran here", Currency: "EUR", Zone: "UTC", Empty: true},
		{Name: "Somebody else's", Currency: "USD", Zone: "America/Los_Angeles"},
		{Name: "Northwind GmbH, \"client\"", Currency: "EUR", Zone: "UTC"},
	}
}

// displayZones are the cities of zones that are written as offsets.
func displayZone(zone string) string {
	if zone == "Etc/GMT+8" {
		return "America/Los_Angeles"
	}
	return zone
}

func newWorld(o Options, now time.Time) *simkit.World {
	return simkit.NewWorld(simkit.Options{
		Seed: o.Seed, Size: simkit.Size(o.Size), Epoch: now,
		Accounts: o.Accounts, Campaigns: o.Campaigns, Groups: o.Groups, Ads: o.Ads,
		HistoryDays: o.HistoryDays, Dense: o.Dense, WholeConversions: true, Roster: roster(),
		IDs: simkit.IDs{
			Account: 7_002_238_017_842_757_633, Page: 7_080_121_820_963_422_209, Campaign: 1_856_207_493_729_313,
			Group: 1_857_207_526_986_834, Ad: 1_858_207_600_000_001, Post: 7_351_000_000_000_000_003, Asset: 7_180_000_000_000_000_011,
		},
		OnCampaign: func(c *simkit.Campaign, n int) {
			if !o.Dense {
				c.Objective = neutralGoals()[n%8]
			}
		},
		OnGroup: func(g *simkit.Group, _ int) int {
			if g.Format != simkit.Image && g.Format != simkit.Carousel {
				g.Format = simkit.Video // the other kinds do not exist here
			}
			return 0
		},
	})
}

// neutralGoals is what the campaigns are for, in turn. The kit has no app
// promotion: its job adverts stand for it.
func neutralGoals() [8]simkit.Objective {
	return [8]simkit.Objective{
		simkit.Conversion, simkit.Traffic, simkit.LeadGen, simkit.Awareness, simkit.Engagement,
		simkit.Conversion, simkit.JobApply, simkit.VideoView,
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// The kinds of objects.
const (
	kindCampaign = "Campaign"
	kindAdGroup  = "AdGroup"
	kindAd       = "Ad"
)

// How a campaign is run.
const (
	manual    = "MANUAL"
	legacy    = "SMART_PLUS" // the first Smart+, read-only
	smartPlus = "UPGRADED_SMART_PLUS"
)

// entity is a campaign, an ad group or an ad. A Smart+ ad (an asset group) is an
// ad with creatives.
type entity struct {
	kind      string
	num       int64
	id        string
	account   *account
	parent    *entity
	kids      []*entity
	auto      string
	op        string // ENABLE, DISABLE, DELETE, FROZEN
	created   time.Time
	modified  time.Time
	fields    obj // what the object shows beside the standing fields; nil: built on demand
	build     func() obj
	creatives []*creative

	campaign *simkit.Campaign
	group    *simkit.Group
	ad       *simkit.Ad // nil for what a client made: it has no facts
	reviewed time.Time  // when a new ad's review ends
	written  time.Time  // the last write, for Smart+ ads' pause between two
}

// creative is one creative of a Smart+ ad; /ad/get/ and reports call its id ad_id.
type creative struct {
	num      int64
	id       string
	material string // ad_material_id
	op       string
	info     obj
}

// list holds entities, the newest id first.
type list struct{ all []*entity }

func (l *list) add(e *entity) {
	i, _ := slices.BinarySearchFunc(l.all, e.num, func(x *entity, n int64) int { return cmp.Compare(n, x.num) })
	l.all = slices.Insert(l.all, i, e)
}

func (l *list) find(id string) *entity {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(l.all, n, func(x *entity, n int64) int { return cmp.Compare(n, x.num) })
	if !ok {
		return nil
	}
	return l.all[i]
}

// account is an advertiser.
type account struct {
	id, zone   string
	src        *simkit.Account
	campaigns  list
	groups     list
	ads        list
	parts      map[string]*entity // by creative's id
	assets     []*asset
	byAsset    map[string]*asset
	identities []obj
	requests   map[string]bool // idempotency keys that were spent
	tasks      map[string]*task
}

func (a *account) status() string {
	if a.src.Status == simkit.Canceled {
		return "STATUS_LIMIT"
	}
	return "STATUS_ENABLE"
}

// seed makes TikTok's objects of the world.
func (s *Sim) seed() {
	members := s.kit.OAuth.Members()
	for _, m := range members {
		s.grants[m.ID] = map[string]bool{}
	}
	for i, src := range s.kit.World.List() {
		a := s.seedAccount(src)
		s.grants[members[0].ID][a.id] = i != foreignAccount || s.opts.Dense
		s.grants[members[1].ID][a.id] = i == 0
	}
	s.kit.OnLoad = s.onLoad
	s.kit.CheckLoad = s.checkLoad
}

func (s *Sim) seedAccount(src *simkit.Account) *account {
	a := &account{id: itoa(src.ID), zone: src.Zone, src: src, parts: map[string]*entity{}, byAsset: map[string]*asset{},
		requests: map[string]bool{}, tasks: map[string]*task{}}
	s.accounts = append(s.accounts, a)
	s.byID[a.id] = a
	s.seedAssets(a)
	for i, c := range src.Campaigns {
		s.seedCampaign(a, c, i)
	}
	slices.SortFunc(a.campaigns.all, newestFirst)
	slices.SortFunc(a.groups.all, newestFirst)
	slices.SortFunc(a.ads.all, newestFirst)
	return a
}

func newestFirst(x, y *entity) int { return cmp.Compare(y.num, x.num) }

func (s *Sim) seedCampaign(a *account, c *simkit.Campaign, i int) {
	e := &entity{kind: kindCampaign, num: c.ID, id: itoa(c.ID), account: a, auto: manual, campaign: c,
		created: c.Created, modified: c.Modified, op: opOf(c.Status)}
	if !s.opts.Dense && !a.src.Loaded {
		e.auto = automation(i + a.src.Index)
	}
	e.build = func() obj { return campaignFields(s.tab, a, e) }
	a.campaigns.all = append(a.campaigns.all, e)
	for _, g := range c.Groups {
		s.seedGroup(e, g)
	}
}

// automation is how the campaigns are run, in turn.
func automation(n int) string {
	switch n % 8 {
	case 0, 6:
		return smartPlus
	case 2:
		if n%16 == 2 {
			return legacy
		}
	}
	return manual
}

func (s *Sim) seedGroup(parent *entity, g *simkit.Group) {
	a := parent.account
	e := &entity{kind: kindAdGroup, num: g.ID, id: itoa(g.ID), account: a, parent: parent, auto: parent.auto, group: g,
		created: g.Created, modified: g.Modified, op: opOf(g.Status)}
	e.build = func() obj { return groupFields(s.tab, e) }
	parent.kids = append(parent.kids, e)
	a.groups.all = append(a.groups.all, e)
	for _, ad := range g.Ads {
		s.seedAd(e, ad)
	}
}

func (s *Sim) seedAd(parent *entity, ad *simkit.Ad) {
	a := parent.account
	e := &entity{kind: kindAd, num: ad.ID, id: itoa(ad.ID), account: a, parent: parent, auto: parent.auto, ad: ad,
		created: ad.Created, modified: ad.Modified, op: opOf(ad.Status)}
	e.build = func() obj { return adFields(e) }
	parent.kids = append(parent.kids, e)
	a.ads.all = append(a.ads.all, e)
	if e.auto != smartPlus {
		return
	}
	for k := range ad.Key()%3 + 1 {
		num := ad.ID + 100_000_000*int64(k+1)
		cr := &creative{num: num, id: itoa(num), material: itoa(num + 5_000_000_000_000_000_000), op: "ENABLE"}
		cr.info = creativeInfo(e, int(k))
		e.creatives = append(e.creatives, cr)
		a.parts[cr.id] = e
	}
}

// opOf is TikTok's word for the world's status. There is no archive: what is
// archived elsewhere is deleted here.
func opOf(st simkit.Status) string {
	switch st {
	case simkit.Active, simkit.Completed:
		return "ENABLE"
	case simkit.Archived, simkit.Removed, simkit.PendingDeletion:
		return "DELETE"
	}
	return "DISABLE"
}

// checkLoad refuses an account whose currency is unknown here.
func (s *Sim) checkLoad(l *simkit.Load) error {
	if s.tab.Ratio[l.Account.Currency] == 0 {
		return fmt.Errorf("sim: %q is none of TikTok's currencies", l.Account.Currency)
	}
	return nil
}

// onLoad renders a loaded account and gives it to the first member.
func (s *Sim) onLoad(src *simkit.Account, _ *simkit.Load) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.seedAccount(src)
	s.grants[s.kit.OAuth.Members()[0].ID][a.id] = true
	s.edits.Add(1)
	return nil
}

// newID numbers what clients make.
func (s *Sim) newID() int64 {
	s.nextID++
	return s.nextID
}
