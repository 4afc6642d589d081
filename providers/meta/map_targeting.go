package meta

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

// targeting is who may see the ads of an ad set. Entries of flexible_spec are ANDed, and all within one of them are ORed.
type targeting struct {
	Geo               *geoLocations     `json:"geo_locations"`
	ExcludedGeo       *geoLocations     `json:"excluded_geo_locations"`
	AgeMin            wire.Number       `json:"age_min"`
	AgeMax            wire.Number       `json:"age_max"` // 65 is open
	Genders           []int64           `json:"genders"` // 1 male, 2 female; absent: all
	Locales           []wire.ID         `json:"locales"`
	Interests         []idName          `json:"interests"` // outside of flexible_spec only in old ad sets
	Behaviors         []idName          `json:"behaviors"`
	Flexible          []flexible        `json:"flexible_spec"`
	Exclusions        flexible          `json:"exclusions"`
	CustomAudiences   []idName          `json:"custom_audiences"`
	ExcludedAudiences []idName          `json:"excluded_custom_audiences"`
	Publishers        []string          `json:"publisher_platforms"`
	Facebook          []string          `json:"facebook_positions"`
	Instagram         []string          `json:"instagram_positions"`
	Messenger         []string          `json:"messenger_positions"`
	AudienceNetwork   []string          `json:"audience_network_positions"`
	Devices           []string          `json:"device_platforms"`
	UserOS            []string          `json:"user_os"`
	UserDevice        []string          `json:"user_device"`
	Carriers          []string          `json:"wireless_carrier"`
	Automation        *targetAutomation `json:"targeting_automation"`
}

type targetAutomation struct {
	AdvantageAudience *truth `json:"advantage_audience"`
}

// flexible is lists by kind: interests, behaviors, life_events, work_positions …; some kinds are numbers.
type flexible map[string]json.RawMessage

type geoLocations struct {
	Countries     []string   `json:"countries"`
	Regions       []geoPlace `json:"regions"`
	Cities        []geoPlace `json:"cities"`
	Zips          []geoPlace `json:"zips"`
	Markets       []geoPlace `json:"geo_markets"`
	LocationTypes []string   `json:"location_types"`
}

type geoPlace struct {
	Key          wire.ID     `json:"key"`
	Name         string      `json:"name"`
	Radius       wire.Number `json:"radius"`
	DistanceUnit string      `json:"distance_unit"`
}

// Kinds of keys that are plain numbers and tell nothing of what they are of: they stand before the key in our ids.
const (
	keyRegion = "region"
	keyCity   = "city"
	keyLocale = "locale"
)

func keyed(kind, key string) string { return kind + ":" + key }

// readTargeting turns an ad set's targeting into ours. Custom places, and whatever else we have no words for, are in raw
// only.
func readTargeting(w *adSet) *normalize.Targeting {
	out := &normalize.Targeting{Schedule: readSchedule(w.Schedule)}
	t := w.Targeting
	if t == nil {
		return notZero(*out)
	}
	var geo normalize.GeographicTargeting
	if g := t.Geo; g != nil {
		geo.Countries, geo.Regions, geo.Cities, geo.PostalCodes, geo.USDMAs = countryRefs(g.Countries), regionRefs(g.Regions), cityTargets(g.Cities), placeRefs(g.Zips), placeRefs(g.Markets)
		geo.LocationTypes = readLocationTypes(g.LocationTypes)
	}
	if g := t.ExcludedGeo; g != nil {
		geo.ExcludedCountries, geo.ExcludedRegions, geo.ExcludedCities = countryRefs(g.Countries), regionRefs(g.Regions), cityTargets(g.Cities)
		geo.ExcludedPostalCodes, geo.ExcludedUSDMAs = placeRefs(g.Zips), placeRefs(g.Markets)
	}
	out.Geographic = notZero(geo)
	out.Demographic = notZero(readDemographic(t))
	for _, l := range t.Locales {
		out.Language = append(out.Language, normalize.TargetRef{ID: keyed(keyLocale, l.String())})
	}
	out.Audience = notZero(readAudience(t))
	out.Device = notZero(normalize.DeviceTargeting{
		Types: plainRefs(t.Devices), UserOS: plainRefs(t.UserOS), UserDevice: plainRefs(t.UserDevice), Carriers: plainRefs(t.Carriers),
	})
	out.Placement, out.Optimization = readPlacement(t)
	return out
}

func countryRefs(codes []string) []normalize.TargetRef { return plainRefs(codes) }

// plainRefs are values that name themselves.
func plainRefs(values []string) []normalize.TargetRef {
	var out []normalize.TargetRef
	for _, v := range values {
		out = append(out, normalize.TargetRef{ID: v})
	}
	return out
}

func regionRefs(list []geoPlace) []normalize.TargetRef {
	var out []normalize.TargetRef
	for _, p := range list {
		out = append(out, normalize.TargetRef{ID: keyed(keyRegion, p.Key.String()), Name: p.Name})
	}
	return out
}

// placeRefs are places whose key says what it is of: US:94110, COMSCORE_MARKET:2051.
func placeRefs(list []geoPlace) []normalize.TargetRef {
	var out []normalize.TargetRef
	for _, p := range list {
		out = append(out, normalize.TargetRef{ID: p.Key.String(), Name: p.Name})
	}
	return out
}

func cityTargets(list []geoPlace) []normalize.CityTarget {
	var out []normalize.CityTarget
	for _, p := range list {
		c := normalize.CityTarget{ID: keyed(keyCity, p.Key.String()), Name: p.Name}
		if p.Radius.OK && !p.Radius.D.IsZero() {
			c.Radius, c.RadiusUnit = p.Radius.Decimal(), normalize.RadiusUnitMiles
			if p.DistanceUnit == "kilometer" {
				c.RadiusUnit = normalize.RadiusUnitKilometers
			}
		}
		out = append(out, c)
	}
	return out
}

// readLocationTypes: Meta no longer takes them, old ad sets still have them.
func readLocationTypes(list []string) []normalize.LocationType {
	var out []normalize.LocationType
	for _, l := range list {
		switch l {
		case "home":
			out = append(out, normalize.LocationTypeHome)
		case "recent":
			out = append(out, normalize.LocationTypeRecent)
		case "travel_in":
			out = append(out, normalize.LocationTypeTravel)
		}
	}
	return out
}

func readDemographic(t *targeting) normalize.DemographicTargeting {
	var d normalize.DemographicTargeting
	if n, err := wholeNumber(t.AgeMin.D); t.AgeMin.OK && err == nil {
		d.AgeMin = &n
	}
	if n, err := wholeNumber(t.AgeMax.D); t.AgeMax.OK && err == nil {
		d.AgeMax = &n
	}
	if slices.Contains(t.Genders, 1) {
		d.Male = ptr(true)
	}
	if slices.Contains(t.Genders, 2) {
		d.Female = ptr(true)
	}
	return d
}

// readAudience: our lists are ANDed and their values ORed, so an entry of flexible_spec has a place in a list when it is
// of one kind and the list is still free. All else becomes an entry of combination_spec, where nothing is lost.
func readAudience(t *targeting) normalize.AudienceTargeting {
	a := normalize.AudienceTargeting{CustomAudiences: refs(t.CustomAudiences), ExcludedCustomAudiences: refs(t.ExcludedAudiences)}
	a.Interests, a.Behaviors = refs(t.Interests), refs(t.Behaviors)
	for _, entry := range t.Flexible {
		kinds := slices.Sorted(maps.Keys(entry))
		switch {
		case len(kinds) == 0:
		case len(kinds) == 1 && kinds[0] == "interests" && a.Interests == nil:
			a.Interests = entry.refs("interests")
		case len(kinds) == 1 && kinds[0] == "behaviors" && a.Behaviors == nil:
			a.Behaviors = entry.refs("behaviors")
		default:
			var c normalize.AudienceCombination
			for _, kind := range kinds {
				switch kind {
				case "interests":
					c.Interests = entry.refs(kind)
				case "behaviors":
					c.Behaviors = entry.refs(kind)
				case "life_events":
					c.LifeEvents = entry.refs(kind)
				default:
					c.References = append(c.References, entry.refs(kind)...)
				}
			}
			a.CombinationSpec = append(a.CombinationSpec, c)
		}
	}
	a.ExcludedInterests, a.ExcludedBehaviors = t.Exclusions.refs("interests"), t.Exclusions.refs("behaviors")
	return a
}

func refs(list []idName) []normalize.TargetRef {
	var out []normalize.TargetRef
	for _, v := range list {
		out = append(out, normalize.TargetRef{ID: v.ID.String(), Name: v.Name})
	}
	return out
}

// refs are the values of a kind: objects with an id, or bare numbers and texts.
func (f flexible) refs(kind string) []normalize.TargetRef {
	var objects []idName
	if json.Unmarshal(f[kind], &objects) == nil {
		return refs(objects)
	}
	var bare []wire.ID
	var out []normalize.TargetRef
	if json.Unmarshal(f[kind], &bare) == nil {
		for _, v := range bare {
			out = append(out, normalize.TargetRef{ID: v.String()})
		}
	}
	return out
}

// publishers are Meta's platforms, by the names that reports have for them.
var publishers = map[string]string{
	"facebook": "FACEBOOK", "instagram": "INSTAGRAM", "messenger": "MESSENGER", "audience_network": "META_AUDIENCE_NETWORK",
	"threads": "THREADS", "whatsapp": "WHATSAPP",
}

// readPlacement: no placement at all is left to Meta (Advantage+ placements).
func readPlacement(t *targeting) (*normalize.PlacementTargeting, *normalize.TargetingOptimization) {
	p := normalize.PlacementTargeting{
		FacebookPositions: t.Facebook, InstagramPositions: t.Instagram, MessengerPositions: t.Messenger, AudienceNetworkPositions: t.AudienceNetwork,
	}
	for _, w := range t.Publishers {
		name, ok := publishers[w]
		if !ok {
			name = strings.ToUpper(w)
		}
		p.Platforms = append(p.Platforms, name)
	}
	placed := notZero(p)
	o := &normalize.TargetingOptimization{AdvantagePlacements: ptr(placed == nil)}
	if a := t.Automation; a != nil && a.AdvantageAudience != nil {
		o.AdvantageAudience = ptr(bool(*a.AdvantageAudience))
	}
	return placed, o
}

// weekdays: Meta's week begins on Sunday.
var weekdays = []normalize.DayOfWeek{
	normalize.DayOfWeekSunday, normalize.DayOfWeekMonday, normalize.DayOfWeekTuesday, normalize.DayOfWeekWednesday,
	normalize.DayOfWeekThursday, normalize.DayOfWeekFriday, normalize.DayOfWeekSaturday,
}

func readSchedule(parts []dayPart) []normalize.Schedule {
	var out []normalize.Schedule
	for _, p := range parts {
		for _, d := range p.Days {
			if d < 0 || int(d) >= len(weekdays) {
				continue
			}
			s := normalize.Schedule{DayOfWeek: weekdays[d], StartHour: p.StartMinute / 60, EndHour: p.EndMinute / 60}
			if m := p.StartMinute % 60; m != 0 {
				s.StartMinute = &m
			}
			if m := p.EndMinute % 60; m != 0 {
				s.EndMinute = &m
			}
			out = append(out, s)
		}
	}
	return out
}
