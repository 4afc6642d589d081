package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// Where each kind's numbers start. Some accounts' lie past 2^53 (see roster).
var ids = simkit.IDs{
	Account: firstAccount, Campaign: 20_000_000_001, Group: 150_000_000_001, Ad: 680_000_000_001, Asset: 90_000_000_001,
}

// channelCycle gives an account's campaigns their channels: one of each, and
// more of what advertisers have most of.
var channelCycle = []string{"SEARCH", "PERFORMANCE_MAX", "DISPLAY", "VIDEO", "DEMAND_GEN", "SHOPPING", "SEARCH", "SEARCH", "PERFORMANCE_MAX"}

// spec is what makes a neutral campaign one of Google's.
type spec struct {
	channel  string
	strategy string // the bidding message's field name; "portfolio" for a shared one
	k        int    // number within the account
	shared   bool   // uses the account's shared budget
	total    bool   // a campaign total budget instead of a daily one
}

func (s *spec) pmax() bool { return s.channel == "PERFORMANCE_MAX" }

// strategies are what the channels bid by, in turn.
var strategies = map[string][]string{
	"SEARCH":          {"maximize_conversions", "target_spend", "manual_cpc", "maximize_conversion_value", "target_impression_share", "portfolio"},
	"DISPLAY":         {"maximize_conversions", "target_cpm", "manual_cpm"},
	"VIDEO":           {"target_cpv", "target_cpm", "maximize_conversions"},
	"DEMAND_GEN":      {"target_cpa", "maximize_conversions"},
	"SHOPPING":        {"target_roas", "manual_cpc"},
	"PERFORMANCE_MAX": {"maximize_conversion_value", "maximize_conversions"},
}

func (s *Sim) worldOptions(now time.Time) simkit.Options {
	o := s.opts
	return simkit.Options{
		Seed: o.Seed, Size: simkit.Size(o.Size), Epoch: now, Roster: roster, IDs: ids,
		Accounts: o.Accounts, Campaigns: o.Campaigns, Groups: o.Groups, Ads: o.Ads,
		HistoryDays: o.HistoryDays, Dense: o.Dense,
		OnCampaign: s.shapeCampaign, OnGroup: s.shapeGroup,
	}
}

// oneLine takes line breaks out: Google's names have none.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }

func (s *Sim) shapeCampaign(c *simkit.Campaign, _ int) {
	k := len(c.Account.Campaigns)
	channel := s.opts.Channels[k%len(s.opts.Channels)]
	turn := strategies[channel]
	sp := &spec{channel: channel, k: k, strategy: turn[(k/max(1, len(s.opts.Channels)/2)+c.Account.Index)%len(turn)]}
	if k == 0 {
		c.Name = "Brand | Search | " + c.Account.Currency
	}
	c.Name = oneLine(c.Name)
	if k%9 == 7 && c.Account.Status == simkit.Active && !s.opts.Dense {
		c.Status = simkit.Completed // still enabled, its end has passed
	}
	sp.shared = channel != "PERFORMANCE_MAX" && k%9 >= 6 && !s.opts.Dense
	sp.total = channel == "VIDEO" && c.TotalBudget > 0
	s.specs[c.ID] = sp
}

// formats are what the channels' groups hold, in turn; they decide which of the
// ledger's columns fill.
var formats = map[string][]simkit.Format{
	"SEARCH": {simkit.Text}, "SHOPPING": {simkit.Text}, "DISPLAY": {simkit.Image}, "VIDEO": {simkit.Video},
	"DEMAND_GEN": {simkit.Image, simkit.Video, simkit.Carousel}, "PERFORMANCE_MAX": {simkit.Image},
}

func (s *Sim) shapeGroup(g *simkit.Group, n int) int {
	sp := s.specs[g.Campaign.ID]
	g.Name = oneLine(g.Name)
	f := formats[sp.channel]
	g.Format = f[n%len(f)]
	g.Objective = objectiveOf[sp.strategy]
	if g.Bid == 0 && (sp.channel == "SEARCH" || sp.channel == "SHOPPING" || sp.pmax()) {
		g.Bid = simkit.Micro // priced by the click
	}
	if sp.pmax() {
		return 1 // the asset group itself
	}
	return 0
}

var objectiveOf = map[string]simkit.Objective{
	"maximize_conversions": simkit.Conversion, "maximize_conversion_value": simkit.Conversion,
	"target_cpa": simkit.Conversion, "target_roas": simkit.Conversion, "portfolio": simkit.Conversion,
	"target_spend": simkit.Traffic, "manual_cpc": simkit.Traffic, "target_impression_share": simkit.Awareness,
	"target_cpm": simkit.Awareness, "manual_cpm": simkit.Awareness, "target_cpv": simkit.VideoView,
}

// spec tells what a campaign of the world is on Google.
func (s *Sim) spec(c *simkit.Campaign) *spec {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.specs[c.ID]
}

// ledgerIDs: an asset group is group and ad in one; an ad is named with its ad
// group, as in its resource name.
func (s *Sim) ledgerIDs(ad *simkit.Ad) simkit.LedgerIDs {
	out := simkit.LedgerIDs{Campaign: itoa(ad.Group.Campaign.ID), Group: itoa(ad.Group.ID), Ad: itoa(ad.Group.ID)}
	if !s.spec(ad.Group.Campaign).pmax() {
		out.Ad += "~" + itoa(ad.ID)
	}
	return out
}

// googleStatus is a neutral status in Google's three words.
func googleStatus(st simkit.Status) string {
	switch st {
	case simkit.Active, simkit.Completed:
		return "ENABLED"
	case simkit.Archived, simkit.Removed, simkit.PendingDeletion:
		return "REMOVED"
	}
	return "PAUSED"
}

func checkLoad(l *simkit.Load) error {
	seen := map[string]bool{}
	for i, c := range l.Campaigns {
		if seen[c.Name] {
			return fmt.Errorf("sim: campaigns[%d].name: campaign names are unique in an account", i)
		}
		seen[c.Name] = true
		if strings.ContainsAny(c.Name, "\n\r\x00") {
			return fmt.Errorf("sim: campaigns[%d].name: no line breaks", i)
		}
		groups := map[string]bool{}
		for k, g := range c.Groups {
			if groups[g.Name] {
				return fmt.Errorf("sim: campaigns[%d].groups[%d].name: ad group names are unique in a campaign", i, k)
			}
			groups[g.Name] = true
		}
	}
	return nil
}

// loadedAs is what a loaded objective becomes: channel and bidding.
var loadedAs = map[simkit.Objective]spec{
	simkit.Traffic:    {channel: "SEARCH", strategy: "target_spend"},
	simkit.Awareness:  {channel: "DISPLAY", strategy: "target_cpm"},
	simkit.LeadGen:    {channel: "SEARCH", strategy: "maximize_conversions"},
	simkit.Conversion: {channel: "SEARCH", strategy: "maximize_conversion_value"},
}

// onLoad shows a loaded account: the first user is its direct user.
func (s *Sim) onLoad(a *simkit.Account, _ *simkit.Load) error {
	s.mu.Lock()
	for k, c := range a.Campaigns {
		sp := loadedAs[c.Objective]
		sp.k = k
		s.specs[c.ID] = &sp
	}
	s.graph.user(admin, a.ID)
	s.mu.Unlock()
	s.addAccount(a)
	return nil
}
