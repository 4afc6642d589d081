package sim

import (
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// reportFilter keeps rows by the state of what they are about.
type reportFilter struct {
	account, campaign, group, ad map[string]bool
	text                         string
}

// read takes the filters that the simulator knows; the others are refused, never
// ignored.
func (f *reportFilter) read(in obj) *fault {
	o, _ := in["Filter"].(obj)
	kind, _ := in["Type"].(string)
	var parts []string
	for name, v := range o {
		if v == nil {
			continue
		}
		set := flagSet(v)
		to := map[string]*map[string]bool{"AccountStatus": &f.account, "CampaignStatus": &f.campaign, "AdGroupStatus": &f.group, "AdStatus": &f.ad}[name]
		if name == "Status" {
			to = &f.campaign
			if strings.HasPrefix(kind, "AdGroup") {
				to = &f.group
			}
		}
		if to == nil || len(set) == 0 {
			return refuse(2060, "The simulator has no filter "+name)
		}
		*to = set
		text, _ := v.(string)
		parts = append(parts, name+"="+text)
	}
	slices.Sort(parts)
	f.text = strings.Join(parts, "; ")
	return nil
}

func (f *reportFilter) takes(u *unit) bool {
	if f.account != nil && !f.account[u.acc.str("AccountLifeCycleStatus")] {
		return false
	}
	return (u.camp == nil || f.campaign == nil || f.campaign[statusText(u.camp)]) &&
		(u.group == nil || f.group == nil || f.group[statusText(u.group)]) &&
		(u.ad == nil || f.ad == nil || f.ad[adStatusText(u.ad)])
}

// hourOf is what the clock shows at the n-th hour of a day.
func hourOf(a *simkit.Account, d simkit.Day, n int) int {
	start := d.Start(a.Loc)
	return start.Add(hours(n)).Hour()
}
