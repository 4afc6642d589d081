package google

import (
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
)

// targeting fills our targeting from rows of criteria. Values of a list are ORed, lists ANDed, as in Google Ads.
type targeting struct {
	geo    map[string]geoTarget // by id: a place's kind is told elsewhere
	alikes map[string]bool      // user lists that are made alike others

	audience    normalize.AudienceTargeting
	brandSafety normalize.BrandSafety
	content     normalize.ContentTargeting
	video       normalize.VideoTargeting
	device      normalize.DeviceTargeting
	demographic normalize.DemographicTargeting
	geographic  normalize.GeographicTargeting
	language    []normalize.TargetRef
	schedule    []normalize.Schedule

	devices, ages, genders, incomes, parents buckets
}

// buckets are the values of a closed list: all of them count unless some are named.
type buckets struct{ named, excluded []string }

func (b *buckets) add(value string, negative bool) {
	if negative {
		b.excluded = append(b.excluded, value)
	} else {
		b.named = append(b.named, value)
	}
}

// narrowed are the values that count, of all there are; nil when all do.
func (b *buckets) narrowed(all []string) []string {
	left := slices.DeleteFunc(slices.Clone(all), func(v string) bool {
		return slices.Contains(b.excluded, v) || len(b.named) > 0 && !slices.Contains(b.named, v)
	})
	if len(left) == len(all) {
		return nil
	}
	return left
}

// add takes a criterion. What has no place in ours stays in Google Ads only.
func (t *targeting) add(c *criterion) {
	if t.addPeople(c) || t.addContent(c) {
		return
	}
	switch c.Type {
	case "LOCATION":
		t.place(c)
	case "PROXIMITY": // around a point: the only id is the criterion's own
		t.geographic.Cities = append(t.geographic.Cities, normalize.CityTarget{
			ID: c.ID.String(), Name: c.DisplayName, Radius: c.Proximity.Radius.Decimal(), RadiusUnit: radiusUnits[c.Proximity.RadiusUnits],
		})
	case "LANGUAGE":
		c.put(c.Language.LanguageConstant, &t.language, nil)
	case "DEVICE": // all are targeted but those whose modifier is 0
		if c.BidModifier.OK && c.BidModifier.D.IsZero() {
			t.devices.add(c.Device.Type, true)
		}
	case "AD_SCHEDULE":
		t.hours(c)
	case "CARRIER":
		c.put(c.Carrier.CarrierConstant, &t.device.Carriers, nil)
	case "MOBILE_DEVICE":
		c.put(c.MobileDevice.MobileDeviceConstant, &t.device.UserDevice, nil)
	case "OPERATING_SYSTEM_VERSION":
		c.put(c.OperatingSystemVersion.Constant, &t.device.UserOS, nil)
	}
}

// addPeople takes what is about people. It is false for everything else.
func (t *targeting) addPeople(c *criterion) bool {
	a := &t.audience
	switch c.Type {
	case "AGE_RANGE":
		t.ages.add(c.AgeRange.Type, c.Negative)
	case "GENDER":
		t.genders.add(c.Gender.Type, c.Negative)
	case "INCOME_RANGE":
		t.incomes.add(c.IncomeRange.Type, c.Negative)
	case "PARENTAL_STATUS":
		t.parents.add(c.ParentalStatus.Type, c.Negative)
	case "USER_INTEREST":
		c.put(c.UserInterest.Category, &a.Interests, &a.ExcludedInterests)
	case "USER_LIST":
		if list := c.UserList.UserList; t.alikes[tail(list)] && !c.Negative {
			a.LookalikeAudiences = append(a.LookalikeAudiences, normalize.LookalikeAudience{ID: list, Name: c.DisplayName})
			break
		}
		c.put(c.UserList.UserList, &a.CustomAudiences, &a.ExcludedCustomAudiences)
	case "CUSTOM_AUDIENCE":
		c.put(c.CustomAudience.CustomAudience, &a.CustomAudiences, &a.ExcludedCustomAudiences)
	case "COMBINED_AUDIENCE":
		c.put(c.CombinedAudience.CombinedAudience, &a.CustomAudiences, &a.ExcludedCustomAudiences)
	case "AUDIENCE":
		c.put(c.Audience.Audience, &a.CustomAudiences, &a.ExcludedCustomAudiences)
	default:
		return false
	}
	return true
}

// addContent takes what is about what ads are shown beside. It is false for everything else.
func (t *targeting) addContent(c *criterion) bool {
	co, v := &t.content, &t.video
	switch c.Type {
	case "KEYWORD":
		k := normalize.Keyword{Text: c.Keyword.Text, MatchType: matchTypes[c.Keyword.MatchType]}
		list := &co.Keywords
		if c.Negative {
			list = &co.ExcludedKeywords
		}
		*list = append(*list, k)
	case "TOPIC":
		if path := some(c.Topic.Path...); len(path) > 0 {
			c.DisplayName = topicName(path)
		}
		c.put(c.Topic.TopicConstant, &co.Topics, &co.ExcludedTopics)
	case "PLACEMENT":
		c.putText(c.Placement.URL, &co.URLs, &co.ExcludedURLs)
	case "YOUTUBE_CHANNEL":
		c.putText(c.YoutubeChannel.ChannelID, &v.YoutubeChannels, &v.ExcludedYoutubeChannels)
	case "YOUTUBE_VIDEO":
		c.putText(c.YoutubeVideo.VideoID, &v.YoutubeVideos, &v.ExcludedYoutubeVideos)
	case "CONTENT_LABEL":
		c.putText(c.ContentLabel.Type, nil, &t.brandSafety.ExcludedContentLabels)
	default:
		return false
	}
	return true
}

// put adds a target to one of two lists, by whether it is left out; a list that is nil has no place in ours.
func (c *criterion) put(id string, include, exclude *[]normalize.TargetRef) {
	list := include
	if c.Negative {
		list = exclude
	}
	if id != "" && list != nil {
		*list = append(*list, normalize.TargetRef{ID: id, Name: c.DisplayName})
	}
}

func (c *criterion) putText(text string, include, exclude *[]string) {
	list := include
	if c.Negative {
		list = exclude
	}
	if text != "" && list != nil {
		*list = append(*list, text)
	}
}

var matchTypes = map[string]normalize.MatchType{
	"EXACT": normalize.MatchTypeExact, "PHRASE": normalize.MatchTypePhrase, "BROAD": normalize.MatchTypeBroad,
}

var radiusUnits = map[string]normalize.RadiusUnit{"MILES": normalize.RadiusUnitMiles, "KILOMETERS": normalize.RadiusUnitKilometers}

func topicName(path []string) string { return strings.Join(path, " > ") }

// place puts a location where its kind belongs.
func (t *targeting) place(c *criterion) {
	g, id := &t.geographic, c.Location.GeoTargetConstant
	known := t.geo[tail(id)]
	ref := normalize.TargetRef{ID: id, Name: c.DisplayName}
	if known.Name != "" {
		ref.Name = known.Name
	}
	lists := map[normalize.TargetType][2]*[]normalize.TargetRef{
		normalize.TargetTypeCountry: {&g.Countries, &g.ExcludedCountries}, normalize.TargetTypeRegion: {&g.Regions, &g.ExcludedRegions},
		normalize.TargetTypeZip: {&g.PostalCodes, &g.ExcludedPostalCodes}, normalize.TargetTypeUSDma: {&g.USDMAs, &g.ExcludedUSDMAs},
	}
	kind := geoType(known.TargetType)
	if kind == normalize.TargetTypeCity {
		city := normalize.CityTarget{ID: ref.ID, Name: ref.Name}
		if c.Negative {
			g.ExcludedCities = append(g.ExcludedCities, city)
		} else {
			g.Cities = append(g.Cities, city)
		}
		return
	}
	list := lists[kind][0]
	if c.Negative {
		list = lists[kind][1]
	}
	*list = append(*list, ref)
}

// geoType is the kind of a place by Google's word for it, of which there are many between a country and a city.
func geoType(targetType string) normalize.TargetType {
	for kind, word := range geoWords {
		if word == targetType {
			return kind
		}
	}
	return normalize.TargetTypeRegion
}

// geoWords are the kinds that Google has one word for. All others are regions.
var geoWords = map[normalize.TargetType]string{
	normalize.TargetTypeCountry: "Country", normalize.TargetTypeCity: "City",
	normalize.TargetTypeZip: "Postal Code", normalize.TargetTypeUSDma: "DMA Region",
}

var minutes = map[string]int64{"ZERO": 0, "FIFTEEN": 15, "THIRTY": 30, "FORTY_FIVE": 45}

func (t *targeting) hours(c *criterion) {
	s := &c.AdSchedule
	out := normalize.Schedule{
		BidModifier: c.BidModifier.Decimal(), DayOfWeek: normalize.DayOfWeek(s.DayOfWeek), StartHour: s.StartHour.n, EndHour: s.EndHour.n,
	}
	if m, ok := minutes[s.StartMinute]; ok {
		out.StartMinute = &m
	}
	if m, ok := minutes[s.EndMinute]; ok {
		out.EndMinute = &m
	}
	t.schedule = append(t.schedule, out)
}
