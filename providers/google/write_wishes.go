package google

import (
	"context"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// wisher makes the criteria of a targeting, of the parts that were given.
type wisher struct {
	client  *client
	a       account
	site    site
	t       *normalize.Targeting
	changed func(string) bool
	out     []wish
	around  []normalize.CityTarget // cities with a radius
}

func (w *wisher) given(part string) bool { return w.changed("targeting." + part) }

func (w *wisher) add(part, kind string, negative bool, key []string, body fields) {
	if negative {
		body["negative"] = true
	}
	w.out = append(w.out, wish{part: part, key: keyOf(kind, negative, key...), body: body})
}

func (w *wisher) all(ctx context.Context) ([]wish, error) {
	if err := w.places(ctx); err != nil {
		return nil, err
	}
	var steps []func() error
	if w.site.group {
		steps = []func() error{w.demographics, w.audiences, w.content}
	} else {
		steps = []func() error{w.devices, w.schedule, w.labels}
	}
	for _, step := range append(steps, w.keywords) {
		if err := step(); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(w.out, func(a, b wish) int { return strings.Compare(a.key, b.key) })
	return w.out, nil
}

// places are looked up: one of another kind than its list's would be read back elsewhere.
func (w *wisher) places(ctx context.Context) error {
	if err := w.languages(); err != nil {
		return err
	}
	g := w.t.Geographic
	if g == nil {
		return nil
	}
	lists := map[string][]string{}
	for part, list := range placeLists(g) {
		for _, ref := range *list {
			lists[part] = append(lists[part], ref.ID)
		}
	}
	for _, city := range g.Cities {
		if city.Radius != nil {
			w.around = append(w.around, city)
			continue
		}
		lists["geographic.cities"] = append(lists["geographic.cities"], city.ID)
	}
	for _, city := range g.ExcludedCities {
		if city.Radius != nil {
			return fault(providers.Rejected, "targeting.geographic.excluded_cities", "Google Ads leaves out no surroundings of a point")
		}
		lists["geographic.excluded_cities"] = append(lists["geographic.excluded_cities"], city.ID)
	}
	for _, part := range placeParts {
		if ids := lists[part]; len(ids) > 0 && w.given(part) {
			if err := w.placesOf(ctx, part, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *wisher) languages() error {
	const part = "language"
	if !w.given(part) {
		return nil
	}
	for _, l := range w.t.Language {
		id, err := constantName(part, "languageConstants/", l.ID)
		if err != nil {
			return err
		}
		w.add(part, "LANGUAGE", false, []string{id}, fields{"language": fields{"languageConstant": id}})
	}
	return nil
}

// constantName is the name of a constant, of which the number may have been given.
func constantName(part, collection, id string) (string, error) {
	number := strings.TrimPrefix(id, collection)
	if !digits(number) {
		return "", fault(providers.Rejected, "targeting."+part, "%q is none: it must be as targets show it, %s and a number", id, collection)
	}
	return collection + number, nil
}

func (w *wisher) placesOf(ctx context.Context, part string, ids []string) error {
	ids, err := w.client.countryIDs(ctx, w.a, ids)
	if err != nil {
		return err
	}
	known, err := w.client.places(ctx, w.a, unique(slices.Clone(ids)))
	if err != nil {
		return err
	}
	name := strings.TrimPrefix(part, "geographic.")
	negative := strings.HasPrefix(name, "excluded_")
	for _, id := range ids {
		place, ok := known[id]
		switch {
		case !ok:
			return fault(providers.Rejected, "targeting."+part, "Google Ads knows no place %q", id)
		case placeNames[geoType(place.TargetType)] != strings.TrimPrefix(name, "excluded_"):
			return fault(providers.Rejected, "targeting."+part, "%s (%s) is a %s: it belongs to %s", place.Name, id, place.TargetType, placeNames[geoType(place.TargetType)])
		}
		w.add(part, "LOCATION", negative, []string{id}, fields{"location": fields{"geoTargetConstant": "geoTargetConstants/" + id}})
	}
	return nil
}

// countryIDs are numbers of places, of names, numbers and codes of countries.
func (c *client) countryIDs(ctx context.Context, a account, ids []string) ([]string, error) {
	out := make([]string, len(ids))
	var codes []string
	for i, id := range ids {
		out[i] = strings.TrimPrefix(id, "geoTargetConstants/")
		if len(out[i]) == 2 && strings.Trim(out[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			codes = append(codes, out[i])
		}
	}
	if len(codes) == 0 {
		return out, nil
	}
	query := gaql{fields: geoFields, from: "geo_target_constant", where: []string{
		"geo_target_constant.country_code IN " + gaqlStrings(codes), "geo_target_constant.target_type = 'Country'",
	}}
	found, err := read[geoTargetRow](ctx, c, a, query, false)
	for i := range found {
		g := &found[i].row.GeoTargetConstant
		for j := range out {
			if out[j] == g.CountryCode {
				out[j] = g.ID.String()
			}
		}
	}
	return out, err
}

// points keeps the surroundings of points that are there. New ones cannot be made: the id of a city is no point.
func (w *wisher) points(there []stands) error {
	for _, city := range w.around {
		same := func(x stands) bool {
			r := x.row.Proximity.Radius.Decimal()
			return x.row.Type == "PROXIMITY" && x.row.ID.String() == city.ID && r != nil && r.Cmp(*city.Radius) == 0
		}
		i := slices.IndexFunc(there, same)
		if i < 0 {
			return fault(providers.Rejected, "targeting.geographic.cities", "a radius around a city cannot be set at Google Ads: it is measured from a point, which a city's id does not tell")
		}
		there[i].part = "" // it stays
	}
	return nil
}
