package sim

import (
	"fmt"
	"maps"

	"github.com/admux/admux/providers/internal/simkit"
)

// Criteria whose numbers follow from their content, the same in every account.
var (
	devices = []struct {
		id   int64
		kind string
	}{{30000, "DESKTOP"}, {30001, "MOBILE"}, {30002, "TABLET"}, {30004, "CONNECTED_TV"}}
	ageRanges = []bucket{
		{503001, "AGE_RANGE_18_24", 14}, {503002, "AGE_RANGE_25_34", 24}, {503003, "AGE_RANGE_35_44", 19}, {503004, "AGE_RANGE_45_54", 12},
		{503005, "AGE_RANGE_55_64", 8}, {503006, "AGE_RANGE_65_UP", 6}, {503999, "AGE_RANGE_UNDETERMINED", 10},
	}
	genders = []bucket{{10, "MALE", 40}, {11, "FEMALE", 43}, {20, "UNDETERMINED", 9}}
	incomes = []bucket{{510001, "INCOME_RANGE_0_50", 0}, {510005, "INCOME_RANGE_90_UP", 0}, {510000, "INCOME_RANGE_UNDETERMINED", 0}}
	parents = []bucket{{300, "PARENT", 0}, {301, "NOT_A_PARENT", 0}, {302, "UNDETERMINED", 0}}
)

// bucket is a demographic criterion with its share of what is known.
type bucket struct {
	id     int64
	name   string
	weight int64
}

// criterion is one criterion's tree.
func criterion(id int64, kind, field string, content obj, negative bool, more ...obj) obj {
	o := obj{"criterion_id": id, "type": kind, field: content, "negative": negative, "status": "ENABLED"}
	for _, m := range more {
		maps.Copy(o, m)
	}
	return o
}

func geo(id int64) obj { return obj{"geo_target_constant": fmt.Sprintf("geoTargetConstants/%d", id)} }

func language(id int64) obj { return obj{"language_constant": fmt.Sprintf("languageConstants/%d", id)} }

// home is where an account advertises: country, a city in it, a neighbour, language.
var home = []struct{ country, city, neighbour, language int64 }{
	{2276, 1003854, 2040, 1001}, {2840, 1014221, 2124, 1000}, {2392, 1009310, 2410, 1005}, {2840, 1023191, 2826, 1000},
	{2356, 1007740, 2840, 1000}, {2276, 1003854, 2250, 1001}, {2840, 1023191, 2124, 1000},
}

func homeOf(c *customer) struct{ country, city, neighbour, language int64 } {
	return home[c.src.Index%len(home)]
}

// campaignCriteria are a seeded campaign's targeting rows, in no order.
func (s *Sim) campaignCriteria(c *customer, x *simkit.Campaign) []obj {
	sp := s.spec(x)
	if c.src.Loaded {
		return nil
	}
	h := homeOf(c)
	var out []obj
	add := func(o obj) { out = append(out, o) }
	if sp.channel != "DEMAND_GEN" { // there it sits on the ad group
		add(criterion(h.country, "LOCATION", "location", geo(h.country), false, obj{"display_name": "country"}))
		add(criterion(h.neighbour, "LOCATION", "location", geo(h.neighbour), true))
		add(criterion(h.language, "LANGUAGE", "language", language(h.language), false))
	}
	if sp.k%2 == 0 && sp.channel != "DEMAND_GEN" && !sp.pmax() {
		add(criterion(h.city, "LOCATION", "location", geo(h.city), false, obj{"bid_modifier": 1.25}))
		add(criterion(devices[1].id, "DEVICE", "device", obj{"type": "MOBILE"}, false, obj{"bid_modifier": 1.2}))
		add(criterion(devices[2].id, "DEVICE", "device", obj{"type": "TABLET"}, false, obj{"bid_modifier": 0.0})) // excluded
	}
	if sp.k%3 == 0 {
		for i, day := range []string{"MONDAY", "SATURDAY"} {
			add(criterion(310_000+int64(i), "AD_SCHEDULE", "ad_schedule", obj{"day_of_week": day, "start_hour": 8, "start_minute": "ZERO",
				"end_hour": 20, "end_minute": "THIRTY"}, false, obj{"bid_modifier": 1.0}))
		}
	}
	s.contentCriteria(c, sp, add)
	return out
}

// contentCriteria are those by channel: keywords, placements, audiences.
func (s *Sim) contentCriteria(c *customer, sp *spec, add func(obj)) {
	id := func(n int64) int64 { return 300_000_000_000 + n }
	switch sp.channel {
	case "SEARCH", "SHOPPING", "PERFORMANCE_MAX":
		add(criterion(id(1), "KEYWORD", "keyword", obj{"text": "free", "match_type": "BROAD"}, true))
		add(criterion(id(2), "KEYWORD", "keyword", obj{"text": "o'neill second hand", "match_type": "PHRASE"}, true))
	case "DISPLAY":
		add(criterion(id(3), "PLACEMENT", "placement", obj{"url": "example-games.test"}, true))
		add(criterion(id(4), "CONTENT_LABEL", "content_label", obj{"type": "JUVENILE"}, true))
		add(criterion(id(5), "IP_BLOCK", "ip_block", obj{"ip_address": "192.0.2.0/24"}, true))
		add(criterion(id(6), "USER_LIST", "user_list", obj{"user_list": resourceName(c.id, "user_list", key{a: userListID})}, false, obj{"bid_modifier": 1.1}))
		add(criterion(id(7), "MOBILE_APPLICATION", "mobile_application", obj{"app_id": "2-com.example.game", "name": "A game"}, true))
		add(criterion(id(8), "CARRIER", "carrier", obj{"carrier_constant": "carrierConstants/70014"}, false))
		add(criterion(id(9), "OPERATING_SYSTEM_VERSION", "operating_system_version", obj{"operating_system_version_constant": "operatingSystemVersionConstants/630166"}, false))
		add(criterion(id(10), "MOBILE_DEVICE", "mobile_device", obj{"mobile_device_constant": "mobileDeviceConstants/604043"}, false))
		add(criterion(id(11), "PROXIMITY", "proximity", obj{"geo_point": obj{"latitude_in_micro_degrees": 52_520_000, "longitude_in_micro_degrees": 13_405_000},
			"radius": 25.0, "radius_units": "KILOMETERS"}, false))
	case "VIDEO":
		add(criterion(id(12), "YOUTUBE_CHANNEL", "youtube_channel", obj{"channel_id": "UCsim0000000000000000001"}, true))
		add(criterion(id(13), "TOPIC", "topic", obj{"topic_constant": "topicConstants/20", "path": []string{"Sports", "Winter Sports"}}, false))
		add(criterion(id(14), "CONTENT_LABEL", "content_label", obj{"type": "TRAGEDY"}, true))
	}
}

// keywordTexts are an ad group's positive keywords, in turn.
var keywordTexts = []struct{ text, match string }{
	{"winter coat", "EXACT"}, {"women's coats", "PHRASE"}, {"buy jacket online", "BROAD"}, {"coat sale", "PHRASE"},
}

// keywords is how many of them bring an ad group's traffic.
const keywords = 4

func keywordID(g *simkit.Group, i int) int64 {
	return 320_000_000_000 + int64(g.Ads[0].Ordinal)*10 + int64(i)
}

// groupCriteria are a seeded ad group's rows.
func (s *Sim) groupCriteria(c *customer, g *simkit.Group) []obj {
	sp := s.spec(g.Campaign)
	var out []obj
	add := func(o obj) { out = append(out, o) }
	n := int64(simkit.Hash(s.opts.Seed, 51, uint64(g.ID)) % 12)
	if sp.channel == "SEARCH" && len(g.Ads) > 0 {
		for i, k := range keywordTexts {
			o := criterion(keywordID(g, i), "KEYWORD", "keyword", obj{"text": k.text, "match_type": k.match}, false,
				obj{"cpc_bid_micros": simkit.Micro / 2 * perUnit(c.currency), "approval_status": "APPROVED", "system_serving_status": "ELIGIBLE",
					"display_name": k.text, "quality_info": obj{"quality_score": int(3 + n%7)}})
			if i == 3 && n%4 == 1 {
				o["status"] = "PAUSED"
			}
			add(o)
		}
		if !c.src.Loaded {
			add(criterion(keywordID(g, 8), "KEYWORD", "keyword", obj{"text": "rent a coat", "match_type": "EXACT"}, true))
		}
	}
	if c.src.Loaded {
		return out
	}
	s.demographics(sp, n, add)
	s.audiences(c, sp, n, add)
	return out
}

// demographics: every bucket is a criterion of its own; an excluded one is
// negative. Search ad groups show only what somebody has changed.
func (s *Sim) demographics(sp *spec, n int64, add func(obj)) {
	if sp.channel == "SEARCH" || sp.channel == "SHOPPING" {
		if n%3 == 0 {
			add(criterion(ageRanges[0].id, "AGE_RANGE", "age_range", obj{"type": ageRanges[0].name}, true))
		}
		return
	}
	for i, b := range ageRanges {
		if n%2 == 0 || i > 0 {
			add(criterion(b.id, "AGE_RANGE", "age_range", obj{"type": b.name}, n%2 == 0 && i == 0))
		}
	}
	for i, b := range genders {
		add(criterion(b.id, "GENDER", "gender", obj{"type": b.name}, n%5 == 0 && i == 0))
	}
	if n%3 == 1 {
		for i, b := range incomes {
			add(criterion(b.id, "INCOME_RANGE", "income_range", obj{"type": b.name}, i == 0))
		}
		for i, b := range parents {
			add(criterion(b.id, "PARENTAL_STATUS", "parental_status", obj{"type": b.name}, i == 1))
		}
	}
}

func (s *Sim) audiences(c *customer, sp *spec, n int64, add func(obj)) {
	id := func(k int64) int64 { return 330_000_000_000 + k }
	h := homeOf(c)
	switch sp.channel {
	case "DISPLAY":
		add(criterion(80432, "USER_INTEREST", "user_interest", obj{"user_interest_category": fmt.Sprintf("%s/userInterests/80432", customerName(c.id))}, false, obj{"bid_modifier": 1.3}))
		add(criterion(id(1), "TOPIC", "topic", obj{"topic_constant": "topicConstants/20", "path": []string{"Sports", "Winter Sports"}}, false))
		add(criterion(id(2), "PLACEMENT", "placement", obj{"url": "skiing.example"}, false))
		add(criterion(id(3), "USER_LIST", "user_list", obj{"user_list": resourceName(c.id, "user_list", key{a: userListID + 1})}, n%2 == 0))
	case "VIDEO":
		add(criterion(id(4), "YOUTUBE_CHANNEL", "youtube_channel", obj{"channel_id": "UCsim0000000000000000002"}, false))
		add(criterion(id(5), "YOUTUBE_VIDEO", "youtube_video", obj{"video_id": "simvideo001"}, false))
		add(criterion(id(6), "CUSTOM_AUDIENCE", "custom_audience", obj{"custom_audience": resourceName(c.id, "custom_audience", key{a: customAudID})}, false))
		add(criterion(id(7), "COMBINED_AUDIENCE", "combined_audience", obj{"combined_audience": resourceName(c.id, "combined_audience", key{a: combinedID})}, false))
	case "DEMAND_GEN":
		add(criterion(h.country, "LOCATION", "location", geo(h.country), false))
		add(criterion(h.language, "LANGUAGE", "language", language(h.language), false))
		add(criterion(id(8), "AUDIENCE", "audience", obj{"audience": resourceName(c.id, "audience", key{a: audienceID})}, false))
	}
}
