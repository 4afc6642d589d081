package sim

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// Which of the roster's accounts are special.
const (
	foreignAccount = 6 // nobody we know may see it
	linkedAccount  = 7 // a client's, worked on through our customer as its agency

	ownCustomer     = "250100001"
	foreignCustomer = "250100002"
	clientCustomer  = "250100003"
)

// roster is what the first accounts are. Athens is spelled otherwise by the
// reporting service; the closed account answers as bad credentials do.
var roster = []simkit.AccountSpec{
	{Name: "Acme DACH 🚀", Currency: "EUR", Zone: "Europe/Berlin"},
	{Name: "Acme US, Inc. \"Main\"", Currency: "USD", Zone: "America/Los_Angeles", Past53: true},
	{Name: "アクメ株式会社", Currency: "JPY", Zone: "Asia/Tokyo"},
	{Name: "Acme Ελλάς", Currency: "EUR", Zone: "Europe/Athens"},
	{Name: "Acme India / closed", Currency: "USD", Zone: "Asia/Kolkata", Status: simkit.Canceled},
	{Name: "Nothing ran here", Currency: "EUR", Zone: "UTC", Empty: true},
	{Name: "Somebody else's", Currency: "USD", Zone: "America/New_York"},
	{Name: "Northwind GmbH, \"client\"", Currency: "HUF", Zone: "Europe/Budapest"},
}

// flavor is what a campaign of the platform is, beyond its type.
type flavor struct {
	campaignType, subType, scheme, budget string
	shared, portfolio                     bool
	format                                simkit.Format
}

// flavors come in turn. Some are only listed when asked for by type or by an
// additional field.
var flavors = []flavor{
	{campaignType: "Search", scheme: "EnhancedCpc"},
	{campaignType: "PerformanceMax", scheme: "MaxConversionValueBiddingScheme"},
	{campaignType: "Shopping", scheme: "MaxClicks"},
	{campaignType: "Audience", scheme: "MaxConversions"},
	{campaignType: "Search", scheme: "MaxConversions", shared: true},
	{campaignType: "Audience", subType: "AudienceVideoAds", scheme: "ManualCpv", format: simkit.Video},
	{campaignType: "Search", scheme: "TargetImpressionShareBiddingScheme", portfolio: true},
	{campaignType: "Audience", scheme: "ManualCpm", budget: "LifetimeBudgetStandard"},
	{campaignType: "Hotel", scheme: "PercentCpcBiddingScheme"},
	{campaignType: "App", scheme: "ManualCpaBiddingScheme"},
}

// objectiveFlavor is what a loaded campaign's objective becomes.
var objectiveFlavor = map[simkit.Objective]flavor{
	simkit.Traffic:    {campaignType: "Search", scheme: "MaxClicks"},
	simkit.Awareness:  {campaignType: "Audience", scheme: "ManualCpm"},
	simkit.LeadGen:    {campaignType: "Search", scheme: "MaxConversions"},
	simkit.Conversion: {campaignType: "Search", scheme: "MaxConversions"},
}

// flavorOf is a campaign's; a world's campaigns are told apart by their number.
func flavorOf(dense bool, c *simkit.Campaign) flavor {
	switch {
	case c.Account.Loaded:
		return objectiveFlavor[c.Objective]
	case dense:
		return flavors[0]
	}
	return flavors[int((numberOf(c)-campaignBase)%int64(len(flavors)))]
}

const (
	campaignBase = 413400001
	past53       = 9_007_199_254_740_993 // where the kit's far numbers begin
)

func numberOf(c *simkit.Campaign) int64 {
	if c.ID > past53 {
		return c.ID - past53
	}
	return c.ID
}

// isPMax tells a Performance Max campaign, for the ledger's spelling of ids.
func isPMax(c *simkit.Campaign) bool { return c.Objective == simkit.JobApply }

// ledgerIDs: an asset group is group and ad, with its id in both.
func ledgerIDs(ad *simkit.Ad) simkit.LedgerIDs {
	ids := simkit.LedgerIDs{Campaign: itoa(ad.Group.Campaign.ID), Group: itoa(ad.Group.ID), Ad: itoa(ad.ID)}
	if isPMax(ad.Group.Campaign) {
		ids.Ad = ids.Group
	}
	return ids
}

func newWorld(o Options, now time.Time) *simkit.World {
	return simkit.NewWorld(simkit.Options{
		Seed: o.Seed, Size: simkit.Size(o.Size), Epoch: now,
		Accounts: o.Accounts, Campaigns: o.Campaigns, Groups: o.Groups, Ads: o.Ads,
		HistoryDays: o.HistoryDays, Dense: o.Dense, Roster: roster,
		IDs: simkit.IDs{Account: 180300001, Page: 149000001, Campaign: campaignBase, Group: 1357800000000001,
			Ad: 84525200000001, Post: 10239221900001, Asset: 7200000000001},
		OnCampaign: func(c *simkit.Campaign, n int) {
			if o.Dense {
				return
			}
			// The kit has no word for Performance Max: job adverts stand for it.
			c.Objective, c.TotalBudget = simkit.Traffic, 0
			if flavors[n%len(flavors)].campaignType == "PerformanceMax" {
				c.Objective = simkit.JobApply
			}
			if c.Account.Status != simkit.Canceled && c.Status == simkit.Draft {
				c.Status = simkit.Paused
			}
		},
		OnGroup: func(g *simkit.Group, _ int) int {
			f := flavorOf(o.Dense, g.Campaign)
			g.Format = simkit.Image
			if f.format != "" {
				g.Format = f.format
			}
			if isPMax(g.Campaign) {
				return 1
			}
			return 0
		},
	})
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// gone tells what the platform has deleted: it has no archive, drafts or
// cancellations, those are merely paused.
func gone(s simkit.Status) bool { return s == simkit.Removed || s == simkit.PendingDeletion }

// statusOf is the settable status of the world's.
func statusOf(s simkit.Status) string {
	if s == simkit.Active || s == simkit.Completed {
		return "Active"
	}
	return "Paused"
}

// checkLoad refuses an account that the platform has no money or zone for.
func (s *Sim) checkLoad(l *simkit.Load) error {
	if !s.tab.member("CurrencyCode", l.Account.Currency) {
		return fmt.Errorf("sim: %q is none of Microsoft Advertising's currencies", l.Account.Currency)
	}
	if z := l.Account.TimeZone; z != "" && s.tab.zoneOf(z) == "" {
		return fmt.Errorf("sim: Microsoft Advertising has no name for the zone %q", z)
	}
	var names []string
	for _, c := range l.Campaigns {
		if slices.Contains(names, fold(c.Name)) {
			return fmt.Errorf("sim: two campaigns are called %q", c.Name)
		}
		names = append(names, fold(c.Name))
		if c.Name == "" || len(c.Name) > 128 {
			return errors.New("sim: a campaign needs a name of at most 128 characters")
		}
	}
	return nil
}

// onLoad renders a loaded account and gives it to the first member.
func (s *Sim) onLoad(src *simkit.Account, _ *simkit.Load) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seedAccount(src, ownCustomer)
	return nil
}
