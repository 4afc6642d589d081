package sim

import (
	"slices"

	"github.com/admux/admux/providers/internal/simkit"
)

// parseFacets finds the ads a report is about. At least one facet is required;
// different facets are ANDed; what the member has no role for is left out
// without a word, so that a report without permission is an empty report.
func (s *Sim) parseFacets(q *request, r *report) *fault {
	facets := []struct {
		param string
		types []string
		of    func(*simkit.Ad) string
	}{
		{"accounts", []string{"sponsoredAccount"}, func(a *simkit.Ad) string { return makeURN("sponsoredAccount", a.AccountOf().ID) }},
		{"campaignGroups", []string{"sponsoredCampaignGroup"}, func(a *simkit.Ad) string { return makeURN("sponsoredCampaignGroup", a.Group.Campaign.ID) }},
		{"campaigns", []string{"sponsoredCampaign"}, func(a *simkit.Ad) string { return makeURN("sponsoredCampaign", a.Group.ID) }},
		{"creatives", []string{"sponsoredCreative"}, func(a *simkit.Ad) string { return makeURN("sponsoredCreative", a.ID) }},
		{"shares", []string{"share", "ugcPost"}, postURN},
		{"companies", []string{"organization"}, func(a *simkit.Ad) string { return makeURN("organization", a.AccountOf().PageID) }},
	}
	var want []func(*simkit.Ad) bool
	for _, f := range facets {
		urns, ok, flt := q.params.texts(f.param, true)
		if flt != nil {
			return flt
		}
		if !ok {
			continue
		}
		set := map[string]bool{}
		for _, u := range urns {
			if !slices.ContainsFunc(f.types, func(t string) bool { _, ok := numberURN(u, t); return ok }) {
				return paramInvalid(f.param, "Invalid URN "+u)
			}
			set[u] = true
		}
		if len(set) == 0 {
			return paramInvalid(f.param, "At least one value is required")
		}
		want = append(want, func(a *simkit.Ad) bool { return set[f.of(a)] })
	}
	if len(want) == 0 {
		return &fault{status: 400, code: "PARAM_INVALID", message: "At least one facet (accounts, campaignGroups, campaigns, creatives, shares, companies) is required",
			inputs: []inputError{{"PARAM_MISSING", "At least one facet is required", "accounts"}}}
	}
	typ, byType, f := q.params.enum("campaignType", campaignTypes)
	if f != nil {
		return f
	}
	objective, byObjective, f := q.params.enum("objectiveType", objectiveTypes)
	if f != nil {
		return f
	}
	for _, a := range s.kit.World.List() {
		if s.role(q.token.Member.ID, a.ID) == "" {
			continue
		}
		for ad := range a.AllAds {
			if byType && formatOf[ad.Group.Format][0] != typ || byObjective && objectiveOf[ad.Group.Objective] != objective {
				continue
			}
			if allOf(want, ad) {
				r.ads = append(r.ads, ad)
			}
		}
	}
	return nil
}

func allOf(want []func(*simkit.Ad) bool, ad *simkit.Ad) bool {
	for _, ok := range want {
		if !ok(ad) {
			return false
		}
	}
	return true
}
