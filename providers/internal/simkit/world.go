package simkit

import (
	"slices"
	"sync"
	"time"
)

// Size is a ready-made size of the world.
type Size string

// The sizes: about 400, 1,800 and 16,000 ads.
const (
	Small  Size = "small"
	Medium Size = "medium"
	Large  Size = "large"
)

// Options says which world to make. Counts of zero follow Size (Small when
// empty); counts are per parent.
type Options struct {
	Seed uint64
	Size Size
	// Epoch is the world's "today": histories end there and grow with the clock.
	Epoch time.Time
	// Zone, when set, is the reporting zone of every account: for platforms that
	// cut all days in one zone.
	Zone        string
	Accounts    int
	Campaigns   int
	Groups      int
	Ads         int
	HistoryDays int
	// Dense makes everything ACTIVE and every ad deliver on every day of the
	// history, so that rows can be counted beforehand.
	Dense bool
	// WholeConversions draws conversions as whole numbers.
	WholeConversions bool

	// Roster says what the accounts are, in order and over again; nil is the
	// kit's own.
	Roster []AccountSpec
	// IDs are where each kind's numbers start; zero fields keep the kit's own.
	IDs IDs
	// OnCampaign and OnGroup shape what was drawn before anything below it is:
	// n counts over the whole world. OnGroup may change format, objective, bid
	// and names, and returns how many ads the group gets (0 = Ads).
	OnCampaign func(c *Campaign, n int)
	OnGroup    func(g *Group, n int) (ads int)
}

// AccountSpec is one account of a roster.
type AccountSpec struct {
	Name, Currency, Zone string
	Status               Status // empty is Active; Canceled stops everything below
	Empty                bool   // holds no campaign (ignored when Dense)
	Past53               bool   // its entities' numbers lie past 2^53 (ignored when Dense)
}

// IDs are the first numbers of each kind; each counts up by one (posts by three).
type IDs struct{ Account, Campaign, Group, Ad, Page, Post, Asset int64 }

// Status is the settable state of an entity in neutral words.
type Status string

// The statuses the world uses.
const (
	Active          Status = "ACTIVE"
	Paused          Status = "PAUSED"
	Draft           Status = "DRAFT"
	Archived        Status = "ARCHIVED"
	Completed       Status = "COMPLETED"
	Canceled        Status = "CANCELED"
	Removed         Status = "REMOVED"
	PendingDeletion Status = "PENDING_DELETION"
)

// Format is what kind of ad a group holds.
type Format string

// The formats the world uses.
const (
	Image     Format = "IMAGE"
	Video     Format = "VIDEO"
	Carousel  Format = "CAROUSEL"
	Document  Format = "DOCUMENT"
	Text      Format = "TEXT"
	Message   Format = "MESSAGE"
	Spotlight Format = "SPOTLIGHT"
	Event     Format = "EVENT"
)

// Objective is what a group is for.
type Objective string

// The objectives the world uses.
const (
	Awareness  Objective = "AWARENESS"
	Traffic    Objective = "TRAFFIC"
	Engagement Objective = "ENGAGEMENT"
	VideoView  Objective = "VIDEO_VIEW"
	LeadGen    Objective = "LEADS"
	Conversion Objective = "CONVERSION"
	JobApply   Objective = "JOB_APPLICANTS"
)

// Account is an advertiser's account (an organization in our contract).
type Account struct {
	ID       int64
	PageID   int64 // the company page that authors its ads
	Index    int
	Name     string
	PageName string
	Currency string
	Zone     string
	Loc      *time.Location
	Status   Status
	Loaded   bool // came through World.Load: nothing of it is generated
	Created  time.Time
	Modified time.Time

	Campaigns []*Campaign
	Assets    []*Asset

	minor       int64
	convQuantum int64
}

// Campaign is the level under the account.
type Campaign struct {
	ID          int64
	Account     *Account
	Name        string
	Status      Status
	Objective   Objective // empty when the campaign sets none
	Start, End  time.Time // End zero: open
	TotalBudget int64     // micros; 0 = none
	DailyBudget int64     // micros; 0 = none
	Default     bool      // made by the platform itself
	Created     time.Time
	Modified    time.Time
	Groups      []*Group

	window window
}

// Group is the level under the campaign; goal, bid, budget and targeting sit here.
type Group struct {
	ID          int64
	Campaign    *Campaign
	Name        string
	Status      Status
	Format      Format
	Objective   Objective
	Start, End  time.Time
	DailyBudget int64
	TotalBudget int64
	Bid         int64 // micros; 0 = automatic
	Country     string
	Language    string
	Created     time.Time
	Modified    time.Time
	Ads         []*Ad

	window window
}

// Ad is one ad with the creative it shows.
type Ad struct {
	ID       int64
	Ordinal  int // its number in the world; facts hang on it
	Group    *Group
	Name     string
	Status   Status
	Review   string // APPROVED, PENDING, REJECTED; empty while draft
	Created  time.Time
	Modified time.Time
	Creative *Creative

	window window
	shape  shape
	given  map[Day]*Fact // explicit facts of a loaded ad; nil: generated
}

// Creative is what an ad shows.
type Creative struct {
	PostID  int64
	Format  Format
	Title   string
	Body    string
	URL     string
	CTA     string
	Assets  []*Asset
	Created time.Time
}

// Asset is a picture, film or document.
type Asset struct {
	ID       int64
	Account  *Account
	Kind     Format // Image, Video or Document
	Name     string
	Width    int
	Height   int
	Duration time.Duration
	Created  time.Time
}

// window is when something delivered: days from (inclusive) to (exclusive).
type window struct{ from, to Day }

const endless = Day(1 << 30)

func (w window) meet(o window) window {
	return window{max(w.from, o.from), min(w.to, o.to)}
}

// World is the whole neutral universe: entities in memory, facts computed on
// demand. After New it only grows, by Load; what clients write lives in the sims.
type World struct {
	opts  Options
	epoch Day
	// Accounts are those made by New and loaded since. While a simulator runs,
	// read them with List.
	Accounts []*Account

	mu  sync.RWMutex
	ids [numKinds]int64 // the next number of each kind

	accounts  map[int64]*Account
	campaigns map[int64]*Campaign
	groups    map[int64]*Group
	ads       map[int64]*Ad
}

// Account, Campaign, Group and Ad look an entity up by its number; nil when
// there is none.
func (w *World) Account(id int64) *Account   { return lookUp(w, w.accounts, id) }
func (w *World) Campaign(id int64) *Campaign { return lookUp(w, w.campaigns, id) }
func (w *World) Group(id int64) *Group       { return lookUp(w, w.groups, id) }
func (w *World) Ad(id int64) *Ad             { return lookUp(w, w.ads, id) }

func lookUp[T any](w *World, in map[int64]*T, id int64) *T {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return in[id]
}

// List copies the list of accounts, loaded ones last.
func (w *World) List() []*Account {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return slices.Clone(w.Accounts)
}

type kind int

const (
	accountKind kind = iota
	campaignKind
	groupKind
	adKind
	pageKind
	postKind
	assetKind
	numKinds
)

func (w *World) base(k kind) int64 {
	i := w.opts.IDs
	if own := [numKinds]int64{i.Account, i.Campaign, i.Group, i.Ad, i.Page, i.Post, i.Asset}; own[k] > 0 {
		return own[k]
	}
	return [numKinds]int64{accountBase, campaignBase, groupBase, adBase, pageBase, postBase, assetBase}[k]
}

// next numbers what is loaded, after everything generated.
func (w *World) next(k kind) int64 {
	n := w.ids[k]
	w.ids[k]++
	return w.base(k) + n
}

// publish makes a loaded account visible, all at once.
func (w *World) publish(a *Account) {
	w.Accounts = append(w.Accounts, a)
	w.accounts[a.ID] = a
	for _, c := range a.Campaigns {
		w.campaigns[c.ID] = c
		for _, g := range c.Groups {
			w.groups[g.ID] = g
			for _, ad := range g.Ads {
				w.ads[ad.ID] = ad
			}
		}
	}
}

// FirstDay is the first day on which anything can have delivered.
func (w *World) FirstDay() Day { return w.epoch - Day(w.opts.HistoryDays) }

// Epoch is the day the world was made for.
func (w *World) Epoch() Day { return w.epoch }

// AccountOf is the account an ad belongs to.
func (a *Ad) AccountOf() *Account { return a.Group.Campaign.Account }

// Delivered tells whether the ad can have facts in [from, to).
func (a *Ad) Delivered(from, to Day) bool {
	return max(a.window.from, from) < min(a.window.to, to)
}

// AllAds walks the account's ads in order of campaign, group and ad.
func (a *Account) AllAds(yield func(*Ad) bool) {
	for _, c := range a.Campaigns {
		for _, g := range c.Groups {
			for _, ad := range g.Ads {
				if !yield(ad) {
					return
				}
			}
		}
	}
}
