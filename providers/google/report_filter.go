package google

import (
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// filter is the report's, by Google's kinds of objects. The lists of one kind are ORed, kinds are ANDed.
type filter struct {
	campaigns           []string
	byGroup             bool
	groups, groupAssets []string
	byAd                bool
	ads, adAssets       []string // ads as group~ad
}

// narrow reads the filter, whose ids end up in queries.
func (s *shape) narrow(by map[normalize.Level][]string) error {
	f := &s.filter
	for level, ids := range by {
		if depthOf(level) == 0 || level == normalize.LevelKeyword {
			return fault(providers.Rejected, "filter", "Google reports are not filtered by %s", level)
		}
		if len(ids) == 0 {
			continue
		}
		switch level {
		case normalize.LevelCampaign:
			f.campaigns = ids
		case normalize.LevelGroup:
			f.byGroup = true
		case normalize.LevelAd, normalize.LevelCreative:
			f.byAd = true
		}
		for _, id := range ids {
			if !f.take(level, id) {
				return fault(providers.Invalid, string(level)+"_id", "not an id of Google's")
			}
		}
	}
	if both := by[normalize.LevelCreative]; len(both) > 0 && len(by[normalize.LevelAd]) > 0 { // one object by two names
		only := func(list []string) []string {
			return slices.DeleteFunc(list, func(id string) bool {
				return !slices.Contains(both, id) && !slices.Contains(both, assetGroupID(id)) || !slices.Contains(by[normalize.LevelAd], id) && !slices.Contains(by[normalize.LevelAd], assetGroupID(id))
			})
		}
		f.ads, f.adAssets = only(f.ads), only(f.adAssets)
	}
	s.deepen()
	return nil
}

func (f *filter) take(level normalize.Level, id string) bool {
	switch level {
	case normalize.LevelGroup:
		number, asset, ok := parseGroup(id)
		if asset {
			f.groupAssets = append(f.groupAssets, number)
		} else {
			f.groups = append(f.groups, number)
		}
		return ok
	case normalize.LevelAd, normalize.LevelCreative:
		group, ad, asset, ok := parseAd(id)
		if asset {
			f.adAssets = append(f.adAssets, group)
		} else {
			f.ads = append(f.ads, adID(group, ad))
		}
		return ok
	}
	return digits(id)
}

// deepen asks for the rows of the objects that the filter names, to be added up, where it names objects below the level.
func (s *shape) deepen() {
	if s.depth == depthKeyword {
		return
	}
	switch f := &s.filter; {
	case f.byAd:
		s.depth = depthAd
	case f.byGroup:
		s.depth = max(s.depth, depthGroup)
	case f.campaigns != nil:
		s.depth = max(s.depth, depthCampaign)
	}
}

// ofAds are the conditions on everything but asset groups.
func (f *filter) ofAds(d depth, org normalize.Organization) []string {
	out := f.ofCampaigns()
	if f.byGroup {
		out = append(out, "ad_group.id IN "+gaqlIDs(f.groups))
	}
	if f.byAd && d == depthAd {
		names := make([]string, len(f.ads))
		for i, id := range f.ads {
			names[i] = "customers/" + org.ID + "/adGroupAds/" + id
		}
		out = append(out, "ad_group_ad.resource_name IN "+gaqlStrings(names))
	}
	return out
}

func (f *filter) ofAssets() []string {
	out := f.ofCampaigns()
	if f.byGroup {
		out = append(out, "asset_group.id IN "+gaqlIDs(f.groupAssets))
	}
	if f.byAd {
		out = append(out, "asset_group.id IN "+gaqlIDs(f.adAssets))
	}
	return out
}

func (f *filter) ofCampaigns() []string {
	if len(f.campaigns) == 0 {
		return nil
	}
	return []string{"campaign.id IN " + gaqlIDs(f.campaigns)}
}
