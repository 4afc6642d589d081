package meta

import (
	"strconv"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func writeGeo(spec map[string]any, t *normalize.Targeting) error {
	g := t.Geographic
	if g == nil {
		g = &normalize.GeographicTargeting{}
	}
	if len(g.LocationTypes) > 0 {
		return refused("targeting.geographic.location_types", string(g.LocationTypes[0]))
	}
	if g.PresenceType != "" {
		return refused("targeting.geographic.presence_type", string(g.PresenceType))
	}
	geo, excluded := below(spec, "geo_locations"), below(spec, "excluded_geo_locations")
	delete(geo, "location_types") // Meta no longer takes what old ad sets still have
	for _, side := range []struct {
		to                              map[string]any
		prefix                          string
		countries, regions, zips, areas []normalize.TargetRef
		cities                          []normalize.CityTarget
	}{
		{geo, "", g.Countries, g.Regions, g.PostalCodes, g.USDMAs, g.Cities},
		{excluded, "excluded_", g.ExcludedCountries, g.ExcludedRegions, g.ExcludedPostalCodes, g.ExcludedUSDMAs, g.ExcludedCities},
	} {
		countries, err := countryCodes("targeting.geographic."+side.prefix+"countries", side.countries)
		if err != nil {
			return err
		}
		put(side.to, "countries", countries)
		regions, err := placeKeys("targeting.geographic."+side.prefix+"regions", keyRegion, side.regions)
		if err != nil {
			return err
		}
		put(side.to, "regions", regions)
		cities, err := cityKeys("targeting.geographic."+side.prefix+"cities", side.cities)
		if err != nil {
			return err
		}
		put(side.to, "cities", cities)
		zips, err := codedKeys("targeting.geographic."+side.prefix+"postal_codes", side.zips, func(kind string) bool { return len(kind) == 2 && strings.ToUpper(kind) == kind })
		if err != nil {
			return err
		}
		put(side.to, "zips", zips)
		areas, err := codedKeys("targeting.geographic."+side.prefix+"us_dmas", side.areas, func(kind string) bool { return kind == "COMSCORE_MARKET" })
		if err != nil {
			return err
		}
		put(side.to, "geo_markets", areas)
	}
	keep(spec, "geo_locations", geo)
	keep(spec, "excluded_geo_locations", excluded)
	return nil
}

func countryCodes(field string, list []normalize.TargetRef) ([]string, error) {
	var out []string
	for _, r := range list {
		if len(r.ID) != 2 || strings.ToUpper(r.ID) != r.ID {
			return nil, refused(field, strconv.Quote(r.ID)+": a country is two capital letters")
		}
		out = append(out, r.ID)
	}
	return out, nil
}

// placeKeys are keys that are bare numbers on Meta's side.
func placeKeys(field, kind string, list []normalize.TargetRef) ([]map[string]any, error) {
	var out []map[string]any
	for _, r := range list {
		key := strings.TrimPrefix(r.ID, kind+":")
		if !digitsOnly(key) {
			return nil, refused(field, strconv.Quote(r.ID)+": an id is "+kind+": and a number")
		}
		out = append(out, map[string]any{"key": key})
	}
	return out, nil
}

// codedKeys are keys that say themselves of what kind they are.
func codedKeys(field string, list []normalize.TargetRef, kind func(string) bool) ([]map[string]any, error) {
	var out []map[string]any
	for _, r := range list {
		before, after, ok := strings.Cut(r.ID, ":")
		if !ok || after == "" || !kind(before) {
			return nil, refused(field, strconv.Quote(r.ID))
		}
		out = append(out, map[string]any{"key": r.ID})
	}
	return out, nil
}

func cityKeys(field string, list []normalize.CityTarget) ([]map[string]any, error) {
	var out []map[string]any
	for _, city := range list {
		keys, err := placeKeys(field, keyCity, []normalize.TargetRef{{ID: city.ID}})
		if err != nil {
			return nil, err
		}
		if city.Radius != nil {
			unit := map[normalize.RadiusUnit]string{normalize.RadiusUnitMiles: "mile", normalize.RadiusUnitKilometers: "kilometer"}[city.RadiusUnit]
			if unit == "" {
				return nil, fault(providers.Rejected, field, "a radius needs a radius_unit, MILES or KILOMETERS")
			}
			n, err := wholeNumber(*city.Radius)
			if err != nil || n <= 0 {
				return nil, refused(field, "a radius of "+city.Radius.String())
			}
			keys[0]["radius"], keys[0]["distance_unit"] = n, unit
		}
		out = append(out, keys[0])
	}
	return out, nil
}
