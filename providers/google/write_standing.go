package google

import (
	"cmp"
	"context"
	"slices"

	"github.com/admux/admux/normalize"
)

// standing reads the criteria of a site. Those that are paused target nothing, and stay.
func (c *client) standing(ctx context.Context, a account, s site) ([]stands, error) {
	query := gaql{fields: s.level.fields, from: s.level.from, where: []string{s.level.id + " = " + s.id, s.level.from + ".status != 'REMOVED'"}}
	var rows []criterion
	var places, lists []string
	err := search(ctx, c, a.ID, query.String(), func(r *criterionRow) error {
		_, x := s.level.pick(r)
		if x.Status != "PAUSED" {
			rows = append(rows, *x)
			places = append(places, some(tail(x.Location.GeoTargetConstant))...)
			lists = append(lists, some(tail(x.UserList.UserList))...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	geo, err := c.places(ctx, a, unique(places))
	if err != nil {
		return nil, err
	}
	alikes, err := c.lookalikes(ctx, a, unique(lists))
	if err != nil {
		return nil, err
	}
	out := make([]stands, len(rows))
	for i := range rows {
		x := &rows[i]
		part, key := placed(x, geo, alikes)
		if s.writes(part) {
			out[i].part = part
		}
		out[i].key, out[i].row, out[i].name = key, x, resource(a, s.collection, s.id+"~"+x.ID.String())
	}
	return out, nil
}

// placed tells which part of our targeting a criterion is in, and its key. The part is empty where ours has none.
func placed(x *criterion, geo map[string]geoTarget, alikes map[string]bool) (part, key string) {
	k := func(values ...string) string { return keyOf(x.Type, x.Negative, values...) }
	switch x.Type {
	case "LOCATION":
		id := tail(x.Location.GeoTargetConstant)
		return sideOf(x, "geographic", placeNames[geoType(geo[id].TargetType)]), k(id)
	case "PROXIMITY":
		return "geographic.cities", k(x.ID.String())
	case "LANGUAGE":
		return "language", k(x.Language.LanguageConstant)
	case "DEVICE":
		return "device.types", k(x.Device.Type)
	case "CARRIER":
		return "device.carriers", k(x.Carrier.CarrierConstant)
	case "MOBILE_DEVICE":
		return "device.user_device", k(x.MobileDevice.MobileDeviceConstant)
	case "OPERATING_SYSTEM_VERSION":
		return "device.user_os", k(x.OperatingSystemVersion.Constant)
	case "AD_SCHEDULE":
		s := &x.AdSchedule
		return "schedule", k(s.DayOfWeek, itoa(s.StartHour.n), cmp.Or(s.StartMinute, "ZERO"), itoa(s.EndHour.n), cmp.Or(s.EndMinute, "ZERO"))
	case "USER_INTEREST":
		return sideOf(x, "audience", "interests"), k(x.UserInterest.Category)
	case "USER_LIST":
		if alikes[tail(x.UserList.UserList)] && !x.Negative {
			return "", k(x.UserList.UserList)
		}
		return sideOf(x, "audience", "custom_audiences"), k(x.UserList.UserList)
	case "CUSTOM_AUDIENCE", "COMBINED_AUDIENCE", "AUDIENCE":
		return sideOf(x, "audience", "custom_audiences"), k(cmp.Or(x.CustomAudience.CustomAudience, x.CombinedAudience.CombinedAudience, x.Audience.Audience))
	}
	return placedContent(x)
}

// sideOf is the name of a list, by whether the criterion leaves its value out.
func sideOf(x *criterion, group, name string) string {
	if x.Negative {
		name = "excluded_" + name
	}
	return group + "." + name
}

// placedContent is placed for what is about people's ages and the like, and what ads are shown beside.
func placedContent(x *criterion) (part, key string) {
	k := func(values ...string) string { return keyOf(x.Type, x.Negative, values...) }
	switch x.Type {
	case "AGE_RANGE":
		return bucketPart("demographic.age_min", allAges, x.AgeRange.Type), k(x.AgeRange.Type)
	case "GENDER":
		return bucketPart("demographic.male", allGenders, x.Gender.Type), k(x.Gender.Type)
	case "INCOME_RANGE":
		return bucketPart("demographic.incomes", allIncomes, x.IncomeRange.Type), k(x.IncomeRange.Type)
	case "PARENTAL_STATUS":
		return bucketPart("demographic.parental_statuses", allParents, x.ParentalStatus.Type), k(x.ParentalStatus.Type)
	case "KEYWORD":
		return sideOf(x, "content", "keywords"), k(x.Keyword.Text, x.Keyword.MatchType)
	case "TOPIC":
		return sideOf(x, "content", "topics"), k(x.Topic.TopicConstant)
	case "PLACEMENT":
		return sideOf(x, "content", "urls"), k(x.Placement.URL)
	case "YOUTUBE_CHANNEL":
		return sideOf(x, "content.video", "youtube_channels"), k(x.YoutubeChannel.ChannelID)
	case "YOUTUBE_VIDEO":
		return sideOf(x, "content.video", "youtube_videos"), k(x.YoutubeVideo.VideoID)
	case "CONTENT_LABEL":
		return "brand_safety.excluded_content_labels", k(x.ContentLabel.Type)
	}
	return "", k(x.ID.String())
}

// bucketPart is the part of a value of a closed list. The people that Google knows nothing of have none.
func bucketPart(part string, all []string, value string) string {
	if !slices.Contains(all, value) {
		return ""
	}
	return part
}

// placeNames are the lists of places by kind.
var placeNames = map[normalize.TargetType]string{
	normalize.TargetTypeCountry: "countries", normalize.TargetTypeCity: "cities", normalize.TargetTypeZip: "postal_codes",
	normalize.TargetTypeUSDma: "us_dmas", normalize.TargetTypeRegion: "regions",
}

// placeLists are the lists of places that are not cities, by part.
func placeLists(g *normalize.GeographicTargeting) map[string]*[]normalize.TargetRef {
	return map[string]*[]normalize.TargetRef{
		"geographic.countries": &g.Countries, "geographic.regions": &g.Regions, "geographic.postal_codes": &g.PostalCodes, "geographic.us_dmas": &g.USDMAs,
		"geographic.excluded_countries": &g.ExcludedCountries, "geographic.excluded_regions": &g.ExcludedRegions,
		"geographic.excluded_postal_codes": &g.ExcludedPostalCodes, "geographic.excluded_us_dmas": &g.ExcludedUSDMAs,
	}
}
