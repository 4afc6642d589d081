package sim

import (
	"github.com/admux/admux/providers/internal/simkit"
)

// targetingOf draws an ad set's audience: every kind of targeting turns up
// somewhere in a small world.
func targetingOf(a *account, g *simkit.Group) obj {
	t := obj{"geo_locations": geoOf(g), "age_min": 18, "age_max": 65, "targeting_automation": obj{"advantage_audience": 0}}
	if a.src.Loaded {
		return t
	}
	switch g.ID % 9 {
	case 1:
		t["age_min"], t["age_max"], t["genders"] = 25, 54, []any{2}
		t["flexible_spec"] = []any{
			obj{"interests": []any{idName("6003107902433", "Running"), idName("6003139266461", "Marathons")},
				"behaviors": []any{idName("6002714895372", "Frequent travellers")}},
			obj{"life_events": []any{idName("6005149512172", "Recently moved")}},
		}
		t["exclusions"] = obj{"interests": []any{idName("6003348604581", "Golf")}}
	case 2:
		t["targeting_automation"] = obj{"advantage_audience": 1}
		t["locales"] = []any{5}
	case 3:
		t["custom_audiences"] = audienceRefs(a, 0, 2)
		t["excluded_custom_audiences"] = audienceRefs(a, 2, 3)
		t["targeting_relaxation_types"] = obj{"lookalike": 1, "custom_audience": 1}
	case 4:
		t["publisher_platforms"] = []any{"facebook", "instagram"}
		t["facebook_positions"] = []any{"feed", "story"}
		t["instagram_positions"] = []any{"stream", "reels"}
		t["device_platforms"] = []any{"mobile"}
		t["user_os"] = []any{"iOS"}
		t["user_device"] = []any{"iPhone", "iPad"}
	case 5:
		t["custom_audiences"] = audienceRefs(a, 3, 4)
		t["publisher_platforms"] = []any{"facebook", "audience_network", "messenger"}
		t["audience_network_positions"] = []any{"classic", "rewarded_video"}
		t["messenger_positions"] = []any{"messenger_home"}
		t["facebook_positions"] = []any{"feed", "video_feeds", "marketplace", "facebook_reels"}
		t["device_platforms"] = []any{"mobile", "desktop"}
	case 6:
		t["genders"], t["age_min"], t["age_max"] = []any{1}, 30, 65
		t["flexible_spec"] = []any{obj{
			"education_schools": []any{idName("105930651606", "Technical University of Munich")},
			"work_positions":    []any{idName("105763692790962", "Chief financial officer")},
			"industries":        []any{idName("6008888980183", "Management")},
			"income":            []any{idName("6107813079183", "Household income: top 10% of ZIP codes (US)")},
			"family_statuses":   []any{idName("6002714398372", "Parents (All)")},
		}}
		t["education_statuses"] = []any{3, 9}
		t["relationship_statuses"] = []any{1, 3}
	case 7:
		t["locales"] = []any{6, 24}
		t["excluded_geo_locations"] = obj{"regions": []any{obj{"key": "3847", "name": "California", "country": "US"}}}
		t["wireless_carrier"] = []any{"Wifi"}
		t["publisher_platforms"] = []any{"facebook", "instagram", "threads", "whatsapp"}
		t["threads_positions"] = []any{"threads_stream"}
		t["whatsapp_positions"] = []any{"status"}
	case 8:
		t["age_range"] = []any{25, 44}
		t["targeting_automation"] = obj{"advantage_audience": 1, "individual_setting": obj{"age": 1, "gender": 1, "geo": 0}}
		t["brand_safety_content_filter_levels"] = []any{"FACEBOOK_STANDARD", "AN_STANDARD"}
	}
	if legacy(g.Campaign) { // from before the flag
		delete(t, "targeting_automation")
		t["geo_locations"].(obj)["location_types"] = []any{"home", "recent"}
	}
	return t
}

func idName(id, name string) obj { return obj{"id": id, "name": name} }

// geoOf draws where people are.
func geoOf(g *simkit.Group) obj {
	home := obj{"countries": []any{g.Country}, "location_types": []any{"home", "recent"}}
	if g.Campaign.Account.Loaded {
		return home
	}
	switch g.ID % 7 {
	case 1:
		return obj{"countries": []any{"DE", "AT", "CH"}}
	case 2:
		return obj{"regions": []any{obj{"key": "1500", "name": "Berlin", "country": "DE"}, obj{"key": "1490", "name": "Bayern", "country": "DE"}}}
	case 3:
		return obj{
			"cities": []any{obj{"key": "2418779", "name": "San Francisco", "region": "California", "region_id": "3847",
				"country": "US", "radius": 25, "distance_unit": "kilometer"}},
			"zips": []any{obj{"key": "US:94110", "name": "94110", "primary_city_id": 2418779, "region_id": 3847, "country": "US"}},
		}
	case 4:
		return obj{"geo_markets": []any{obj{"key": "COMSCORE_MARKET:2051", "name": "Los Angeles, CA", "market_type": "COMSCORE_MARKET", "country": "US"}}}
	case 5:
		return obj{"custom_locations": []any{obj{"latitude": 52.52, "longitude": 13.405, "radius": 10, "distance_unit": "kilometer",
			"address_string": "Alexanderplatz, Berlin", "country": "DE"}}, "location_types": []any{"home", "recent"}}
	case 6:
		return obj{"country_groups": []any{"eu_countries"}}
	}
	return home
}

func audienceRefs(a *account, from, to int) []any {
	out := []any{}
	for _, e := range a.seeded.audiences[from:to] {
		out = append(out, idName(e.id, e.str("name")))
	}
	return out
}
