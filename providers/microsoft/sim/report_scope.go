package sim

import (
	"fmt"
	"slices"
)

// reportScope is the union of accounts, campaigns and groups. One that the
// caller may not see fails the whole.
func (s *Sim) reportScope(sp *reportSpec, c *call, in obj) *fault {
	list := func(name string) []any { v, _ := in[name].([]any); return v }
	accounts, campaigns, groups := list("AccountIds"), list("Campaigns"), append(slices.Clone(list("AdGroups")), list("AssetGroups")...)
	switch {
	case len(accounts) > 1000:
		return refuse(2029, "")
	case len(campaigns) > 300:
		return refuse(2030, "")
	case len(groups) > 300:
		return refuse(2031, "")
	case len(accounts)+len(campaigns)+len(groups) == 0:
		return refuse(2035, "Scope is required")
	}
	seen := func(id any) *account {
		text, _ := id.(string)
		if a := s.accountOf(text); a != nil && c.user.sees(a) {
			return a
		}
		return nil
	}
	for _, id := range accounts {
		a := seen(id)
		if a == nil {
			return refuse(2003, fmt.Sprint(id))
		}
		sp.scope = append(sp.scope, reportScope{acc: a})
	}
	for _, x := range append(slices.Clone(campaigns), groups...) {
		o, _ := x.(obj)
		a := seen(o["AccountId"])
		if a == nil {
			return refuse(2027, fmt.Sprint(o["AccountId"]))
		}
		id, _ := o["CampaignId"].(string)
		camp := s.entities["Campaign"][id]
		if camp == nil || camp.acc != a {
			return refuse(2019, id)
		}
		part := reportScope{acc: a, campaign: camp}
		if gid, ok := groupOf(o); ok {
			part.group = s.entities["AdGroup"][gid]
			if part.group == nil {
				part.group = s.entities["AssetGroup"][gid]
			}
			if part.group == nil || part.group.parent != camp {
				return refuse(2028, gid)
			}
		}
		sp.scope = append(sp.scope, part)
	}
	return nil
}

func groupOf(o obj) (string, bool) {
	for _, name := range []string{"AdGroupId", "AssetGroupId"} {
		if id, ok := o[name].(string); ok {
			return id, true
		}
	}
	return "", false
}
