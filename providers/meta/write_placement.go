package meta

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func writeDevice(spec map[string]any, t *normalize.Targeting) error {
	d := t.Device
	if d == nil {
		d = &normalize.DeviceTargeting{}
	}
	var types, systems, devices []string
	for _, r := range d.Types {
		if !slices.Contains([]string{"mobile", "desktop", "connected_tv"}, r.ID) {
			return refused("targeting.device.types", strconv.Quote(r.ID))
		}
		types = append(types, r.ID)
	}
	for _, r := range d.UserOS {
		systems = append(systems, r.ID)
	}
	for _, r := range d.UserDevice {
		devices = append(devices, r.ID)
	}
	if len(d.Carriers) > 0 && !reflectEqual(d.Carriers, spec["wireless_carrier"]) {
		return refused("targeting.device.carriers", strconv.Quote(d.Carriers[0].ID))
	}
	put(spec, "device_platforms", types)
	put(spec, "user_os", systems)
	put(spec, "user_device", devices)
	if len(d.Carriers) == 0 {
		delete(spec, "wireless_carrier")
	}
	return nil
}

// reflectEqual tells whether references are the texts that an ad set has.
func reflectEqual(refs []normalize.TargetRef, now any) bool {
	list, _ := now.([]any)
	return slices.EqualFunc(refs, list, func(r normalize.TargetRef, v any) bool { return r.ID == v })
}

// writePlacement: no placements at all leaves them to Meta.
func writePlacement(spec map[string]any, t *normalize.Targeting, given func(string) bool) error {
	p, o := t.Placement, t.Optimization
	if p == nil {
		p = &normalize.PlacementTargeting{}
	}
	if o == nil {
		o = &normalize.TargetingOptimization{}
	}
	if o.Mode != "" {
		return refused("targeting.optimization.mode", string(o.Mode))
	}
	if o.TargetingOptimizationExpansionAll != nil {
		return refused("targeting.optimization.targeting_optimization_expansion_all", strconv.FormatBool(*o.TargetingOptimizationExpansionAll))
	}
	if o.AdvantageAudience != nil {
		auto, n := below(spec, "targeting_automation"), int64(0)
		if *o.AdvantageAudience {
			n = 1
		}
		auto["advantage_audience"] = n
		spec["targeting_automation"] = auto
	}
	names := map[string]string{}
	for wire, ours := range publishers {
		names[ours] = wire
	}
	var platforms []string
	for _, ours := range p.Platforms {
		wire, ok := names[ours]
		if !ok {
			return refused("targeting.placement.platforms", ours)
		}
		platforms = append(platforms, wire)
	}
	if given("targeting.optimization.advantage_placements") && o.AdvantagePlacements != nil {
		placed := len(platforms)+len(p.FacebookPositions)+len(p.InstagramPositions)+len(p.MessengerPositions)+len(p.AudienceNetworkPositions) > 0
		switch {
		case *o.AdvantagePlacements && placed && given("targeting.placement"):
			return fault(providers.Rejected, "targeting.optimization.advantage_placements", "true leaves the placements to Meta, and placements are given")
		case *o.AdvantagePlacements:
			p, platforms = &normalize.PlacementTargeting{}, nil
		case !placed:
			return fault(providers.Rejected, "targeting.optimization.advantage_placements", "false needs placements")
		}
	}
	for _, gone := range []struct {
		field, value string
		list         []string
	}{{"instagram_positions", "explore", p.InstagramPositions}, {"messenger_positions", "story", p.MessengerPositions}} {
		if slices.Contains(gone.list, gone.value) { // Meta drops it without a word
			return refused("targeting.placement."+gone.field, gone.value+" any more")
		}
	}
	put(spec, "publisher_platforms", platforms)
	put(spec, "facebook_positions", p.FacebookPositions)
	put(spec, "instagram_positions", p.InstagramPositions)
	put(spec, "messenger_positions", p.MessengerPositions)
	put(spec, "audience_network_positions", p.AudienceNetworkPositions)
	return nil
}

const zoneAccount = "ADVERTISER"

// zones are the zones that the parts of a schedule count in: ours says none, so each part keeps the one that it has. A part
// that is new takes the one that all others have, else the account's.
func zones(now []dayPart) func(day, start, end int64) string {
	type part struct{ day, start, end int64 }
	have, usual := map[part]string{}, zoneAccount
	for i, p := range now {
		for _, d := range p.Days {
			have[part{d, p.StartMinute, p.EndMinute}] = p.Zone
		}
		switch {
		case i == 0 && p.Zone != "":
			usual = p.Zone
		case p.Zone != usual:
			usual = zoneAccount
		}
	}
	return func(day, start, end int64) string { return cmp.Or(have[part{day, start, end}], usual) }
}

// writeSchedule is a schedule as it is written: minutes from midnight, days from Sunday. now is what the ad set has.
func writeSchedule(list []normalize.Schedule, now []dayPart) ([]dayPart, error) {
	out, zone := []dayPart{}, zones(now)
	for _, s := range list {
		if s.BidModifier != nil {
			return nil, refused("targeting.schedule", "a bid_modifier of "+s.BidModifier.String())
		}
		day := slices.Index(weekdays, s.DayOfWeek)
		if day < 0 {
			return nil, refused("targeting.schedule", "the day "+strconv.Quote(string(s.DayOfWeek)))
		}
		start, end := s.StartHour*60, s.EndHour*60
		if s.StartMinute != nil {
			start += *s.StartMinute
		}
		if s.EndMinute != nil {
			end += *s.EndMinute
		}
		if start < 0 || end > 24*60 || start >= end {
			return nil, fault(providers.Rejected, "targeting.schedule", "from minute %d to minute %d is no part of a day", start, end)
		}
		out = append(out, dayPart{start, end, []int64{int64(day)}, zone(int64(day), start, end)})
	}
	return out, nil
}
