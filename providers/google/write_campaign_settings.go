package google

import (
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// networks are the members behind our words for where a campaign shows.
var networkMembers = []struct{ word, member string }{
	{"GOOGLE_SEARCH", "targetGoogleSearch"}, {"GOOGLE_SEARCH_PARTNERS", "targetSearchNetwork"}, {"GOOGLE_DISPLAY", "targetContentNetwork"},
}

// settings are what a campaign keeps in members of its own besides criteria. was is nil of a new one.
func (w campaignWrites) settings(o *normalize.Campaign, was *campaign, given func(string) bool, v *changes) error {
	if given("frequency_cap") && (was != nil || o.FrequencyCap != nil) {
		if was != nil && heldCaps(was.FrequencyCaps) < len(was.FrequencyCaps) {
			return fault(providers.Rejected, "frequency_cap", "the campaign has several frequency caps, of which frequency_cap is one: it cannot be changed by itself")
		}
		caps, err := writeFrequency(o.FrequencyCap, o.AdvertisingChannelType)
		if err != nil {
			return err
		}
		v.set("frequencyCaps", caps)
	}
	t := o.Targeting
	if t == nil {
		t = &normalize.Targeting{}
	}
	if err := writeNetworks(t.Placement, o.AdvertisingChannelType, was == nil, given, v); err != nil {
		return err
	}
	if err := writePresence(t.Geographic, was == nil, given, v); err != nil {
		return err
	}
	return writeMode("targetingSetting.targetRestrictions", t.Optimization, was == nil, settingOf(was), given, v)
}

// writePresence says who counts as in a place. Cleared, it is Google's own default.
func writePresence(g *normalize.GeographicTargeting, create bool, given func(string) bool, v *changes) error {
	const field, member = "targeting.geographic.presence_type", "geoTargetTypeSetting.positiveGeoTargetType"
	var p normalize.PresenceType
	if g != nil {
		p = g.PresenceType
	}
	switch {
	case !given(field), create && p == "":
	case p == "":
		v.set(member, string(normalize.PresenceTypePresenceOrInterest))
	case p == normalize.PresenceTypePresence, p == normalize.PresenceTypePresenceOrInterest:
		v.set(member, string(p))
	default:
		return refused(field, string(p))
	}
	return nil
}

func settingOf(c *campaign) targetingSetting {
	if c == nil {
		return targetingSetting{}
	}
	return c.TargetingSetting
}

// leastNetworks are where campaigns show that are told nothing of it: the least that their kind needs. Google's own default
// adds others.
var leastNetworks = map[normalize.Channel]string{normalize.ChannelSearch: "GOOGLE_SEARCH", normalize.ChannelDisplay: "GOOGLE_DISPLAY"}

func writeNetworks(p *normalize.PlacementTargeting, channel normalize.Channel, create bool, given func(string) bool, v *changes) error {
	const field = "targeting.placement.platforms"
	if !create && !given(field) {
		return nil
	}
	var platforms []string
	if p != nil {
		platforms = p.Platforms
	}
	if platforms == nil {
		platforms = some(leastNetworks[channel])
	}
	if create && platforms == nil {
		return nil
	}
	for _, word := range platforms {
		if !slices.ContainsFunc(networkMembers, func(n struct{ word, member string }) bool { return n.word == word }) {
			return refused(field, word)
		}
	}
	switch {
	case channel != normalize.ChannelSearch && channel != normalize.ChannelDisplay && channel != normalize.ChannelShopping:
		return fault(providers.Rejected, field, "Google chooses where a %s campaign shows", channel)
	case len(platforms) == 0:
		return fault(providers.Rejected, field, "a campaign shows somewhere: name a platform")
	case slices.Contains(platforms, "GOOGLE_SEARCH_PARTNERS") && !slices.Contains(platforms, "GOOGLE_SEARCH"):
		return fault(providers.Rejected, field, "GOOGLE_SEARCH_PARTNERS goes with GOOGLE_SEARCH only")
	}
	for _, n := range networkMembers {
		v.set("networkSettings."+n.member, slices.Contains(platforms, n.word))
	}
	return nil
}

// newer is what Google shows in place of a value that is newer than the version spoken. It must never be written back.
const newer = "UNKNOWN"

// writeMode says whether audiences narrow or are only watched; the other dimensions stay as they are. Cleared, Google is
// told nothing of audiences.
func writeMode(path string, o *normalize.TargetingOptimization, create bool, was targetingSetting, given func(string) bool, v *changes) error {
	const field = "targeting.optimization.mode"
	var asked normalize.OptimizationMode
	if o != nil {
		asked = o.Mode
	}
	var list []fields
	switch {
	case !given(field), create && asked == "", !create && mode(was) == asked:
		return nil
	case asked == normalize.OptimizationModeObservation, asked == normalize.OptimizationModeTargeting:
		list = append(list, fields{"targetingDimension": "AUDIENCE", "bidOnly": asked == normalize.OptimizationModeObservation})
	case asked != "":
		return refused(field, string(asked))
	}
	for _, r := range was.TargetRestrictions {
		if r.Dimension == newer {
			return fault(providers.Rejected, field, "what Google Ads restricts besides is newer than the version that is spoken, and would be lost")
		}
		if r.Dimension != "AUDIENCE" {
			list = append(list, fields{"targetingDimension": r.Dimension, "bidOnly": r.BidOnly != nil && *r.BidOnly})
		}
	}
	if list == nil {
		v.set(path, nil)
		return nil
	}
	v.set(path, list)
	return nil
}

// heldCaps is how many caps ours holds.
func heldCaps(caps []frequencyCapEntry) int {
	n := 0
	if f := readFrequency(caps); f != nil {
		for _, p := range []*int64{f.MaxImpressions, f.MaxViews} {
			if p != nil {
				n++
			}
		}
	}
	return n
}

func writeFrequency(f *normalize.FrequencyCap, channel normalize.Channel) (any, error) {
	if f == nil {
		return nil, nil
	}
	if channel != normalize.ChannelDisplay && channel != normalize.ChannelVideo {
		return nil, fault(providers.Rejected, "frequency_cap", "Google Ads caps the frequency of display and video campaigns only")
	}
	unit := ""
	for word, ours := range frequencyUnits {
		if ours == f.TimeUnit {
			unit = word
		}
	}
	if unit == "" {
		return nil, refused("frequency_cap.time_unit", string(f.TimeUnit))
	}
	length := deref(f.TimeUnitCount)
	if f.TimeUnitCount == nil {
		length = 1
	}
	var out []fields
	for _, c := range []struct {
		field, event string
		n            *int64
	}{{"max_impressions", "IMPRESSION", f.MaxImpressions}, {"max_views", "VIDEO_VIEW", f.MaxViews}} {
		if c.n == nil {
			continue
		}
		if *c.n < 1 || *c.n > 1<<31-1 || length < 1 || length > 1<<31-1 {
			return nil, fault(providers.Rejected, "frequency_cap."+c.field, "a frequency cap counts from 1")
		}
		out = append(out, fields{"key": fields{"level": "CAMPAIGN", "eventType": c.event, "timeUnit": unit, "timeLength": length}, "cap": *c.n})
	}
	if out == nil {
		return nil, fault(providers.Rejected, "frequency_cap.max_impressions", "a frequency cap needs max_impressions or max_views")
	}
	return out, nil
}
