package simkit

import (
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
}

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
// demand. It does not change after New; what clients write lives in the sims.
type World struct {
	opts     Options
	epoch    Day
	Accounts []*Account

	accounts  map[int64]*Account
	campaigns map[int64]*Campaign
	groups    map[int64]*Group
	ads       map[int64]*Ad
}

// Account, Campaign, Group and Ad look an entity up by its number; nil when
// there is none.
func (w *World) Account(id int64) *Account   { return w.accounts[id] }
func (w *World) Campaign(id int64) *Campaign { return w.campaigns[id] }
func (w *World) Group(id int64) *Group       { return w.groups[id] }
func (w *World) Ad(id int64) *Ad             { return w.ads[id] }

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
