package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/admux/admux/providers/google/sim/gaql"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// place is a geo target. parent 0: a country.
type place struct {
	id               int64
	name, code, kind string
	canonical        string
	parent           int64
	reach            int64
}

// places are the geo targets that the simulator knows, by number.
var places = []place{
	{2036, "Australia", "AU", "Country", "Australia", 0, 22_000_000},
	{2040, "Austria", "AT", "Country", "Austria", 0, 8_100_000},
	{2056, "Belgium", "BE", "Country", "Belgium", 0, 10_200_000},
	{2076, "Brazil", "BR", "Country", "Brazil", 0, 160_000_000},
	{2124, "Canada", "CA", "Country", "Canada", 0, 35_000_000},
	{2208, "Denmark", "DK", "Country", "Denmark", 0, 5_600_000},
	{2250, "France", "FR", "Country", "France", 0, 58_000_000},
	{2276, "Germany", "DE", "Country", "Germany", 0, 77_000_000},
	{2348, "Hungary", "HU", "Country", "Hungary", 0, 8_400_000},
	{2356, "India", "IN", "Country", "India", 0, 760_000_000},
	{2380, "Italy", "IT", "Country", "Italy", 0, 52_000_000},
	{2392, "Japan", "JP", "Country", "Japan", 0, 102_000_000},
	{2410, "South Korea", "KR", "Country", "South Korea", 0, 45_000_000},
	{2528, "Netherlands", "NL", "Country", "Netherlands", 0, 16_400_000},
	{2616, "Poland", "PL", "Country", "Poland", 0, 32_000_000},
	{2724, "Spain", "ES", "Country", "Spain", 0, 43_000_000},
	{2752, "Sweden", "SE", "Country", "Sweden", 0, 9_900_000},
	{2756, "Switzerland", "CH", "Country", "Switzerland", 0, 8_000_000},
	{2826, "United Kingdom", "GB", "Country", "United Kingdom", 0, 61_000_000},
	{2840, "United States", "US", "Country", "United States", 0, 290_000_000},
	{20226, "Bavaria", "DE", "State", "Bavaria,Germany", 2276, 12_000_000},
	{20228, "Berlin", "DE", "State", "Berlin,Germany", 2276, 3_900_000},
	{20636, "Tokyo", "JP", "Prefecture", "Tokyo,Japan", 2392, 14_000_000},
	{21137, "California", "US", "State", "California,United States", 2840, 38_500_000},
	{21167, "New York", "US", "State", "New York,United States", 2840, 38_500_000},
	{200501, "New York, NY", "US", "DMA Region", "New York,United States", 2840, 20_000_000},
	{1003854, "Berlin", "DE", "City", "Berlin,Berlin,Germany", 20228, 3_820_000},
	{1004234, "Munich", "DE", "City", "Munich,Bavaria,Germany", 20226, 2_300_000},
	{1007740, "Mumbai", "IN", "City", "Mumbai,Maharashtra,India", 2356, 21_000_000},
	{1009310, "Shibuya City", "JP", "City", "Shibuya City,Tokyo,Japan", 20636, 1_900_000},
	{1014221, "San Francisco", "US", "City", "San Francisco,California,United States", 21137, 3_300_000},
	{1023191, "New York", "US", "City", "New York,New York,United States", 21167, 17_000_000},
	{9041106, "10115", "DE", "Postal Code", "10115,Berlin,Germany", 20228, 31_000},
}

func (p place) obj() obj {
	o := obj{"resource_name": fmt.Sprintf("geoTargetConstants/%d", p.id), "id": p.id, "name": p.name, "country_code": p.code,
		"target_type": p.kind, "status": "ENABLED", "canonical_name": p.canonical}
	if p.parent != 0 {
		o["parent_geo_target"] = fmt.Sprintf("geoTargetConstants/%d", p.parent)
	}
	return o
}

func placeByID(id int64) (place, bool) {
	i := slices.IndexFunc(places, func(p place) bool { return p.id == id })
	if i < 0 {
		return place{}, false
	}
	return places[i], true
}

// constants yields what lies outside accounts but is asked through any.
func (src *source) constants(w *gaql.Want, each func(*item) bool) bool {
	list, ok := src.constantObjs(w.From)
	for _, o := range list {
		if !each(&item{src: src, from: w.From, own: o, trees: src.trees}) {
			break
		}
	}
	return ok
}

func constant(kind string, id any, more obj) obj {
	o := obj{"resource_name": fmt.Sprintf("%s/%v", kind, id), "id": id}
	maps.Copy(o, more)
	return o
}

func (src *source) constantObjs(from string) ([]obj, bool) {
	var out []obj
	switch from {
	case "geo_target_constant":
		for _, p := range places {
			out = append(out, p.obj())
		}
	case "language_constant":
		for _, l := range languages {
			out = append(out, constant("languageConstants", l.id, obj{"code": l.code, "name": l.name, "targetable": l.id != 1032}))
		}
	case "currency_constant":
		for _, c := range []struct{ code, name, symbol string }{{"EUR", "Euro", "€"}, {"GBP", "British Pound", "£"}, {"HUF", "Hungarian Forint", "Ft"},
			{"JPY", "Japanese Yen", "¥"}, {"USD", "US Dollar", "$"}} {
			out = append(out, obj{"resource_name": "currencyConstants/" + c.code, "code": c.code, "name": c.name, "symbol": c.symbol, "billable_unit_micros": unit(c.code)})
		}
	case "user_interest":
		for i, n := range []string{"Sports & Fitness/Winter Sports Enthusiasts", "Shoppers/Value Shoppers", "Apparel & Accessories/Outerwear", "Travel/Trips to Austria"} {
			id := int64(80432 + i)
			out = append(out, obj{"resource_name": fmt.Sprintf("%s/userInterests/%d", customerName(src.c.id), id), "user_interest_id": id, "name": lastPart(n),
				"taxonomy_type": [...]string{"AFFINITY", "AFFINITY", "IN_MARKET", "IN_MARKET"}[i], "launched_to_all": true})
		}
	case "topic_constant":
		out = []obj{constant("topicConstants", int64(18), obj{"path": []string{"Sports"}}),
			constant("topicConstants", int64(20), obj{"path": []string{"Sports", "Winter Sports"}, "topic_constant_parent": "topicConstants/18"})}
	case "carrier_constant":
		out = []obj{constant("carrierConstants", int64(70014), obj{"name": "Vodafone", "country_code": "DE"}),
			constant("carrierConstants", int64(70021), obj{"name": "T-Mobile", "country_code": "US"})}
	case "operating_system_version_constant":
		out = []obj{constant("operatingSystemVersionConstants", int64(630166), obj{"name": "iOS", "os_major_version": 17, "os_minor_version": 0, "operator_type": "GREATER_THAN_EQUALS_TO"}),
			constant("operatingSystemVersionConstants", int64(630270), obj{"name": "Android", "os_major_version": 14, "os_minor_version": 0, "operator_type": "GREATER_THAN_EQUALS_TO"})}
	case "mobile_device_constant":
		out = []obj{constant("mobileDeviceConstants", int64(604043), obj{"name": "iPhone 15", "manufacturer_name": "Apple", "operating_system_name": "iOS", "type": "MOBILE"})}
	case "mobile_app_category_constant":
		out = []obj{constant("mobileAppCategoryConstants", 60000, obj{"name": "Games"}), constant("mobileAppCategoryConstants", 60008, obj{"name": "Lifestyle"})}
	default:
		return nil, false
	}
	return out, true
}

// joinLanguage adds the language that a criterion is about, if it is about one.
func (src *source) joinLanguage(it *item, e *entity) {
	name, _ := at(src.s.tree(e), "language.language_constant").(string)
	list, _ := src.constantObjs("language_constant")
	for _, l := range list {
		if l["resource_name"] == name {
			it.trees = maps.Clone(src.trees)
			it.trees["language_constant"] = l
			return
		}
	}
}

func lastPart(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

var languages = []struct {
	id         int64
	code, name string
}{
	{1000, "en", "English"}, {1001, "de", "German"}, {1002, "fr", "French"}, {1003, "es", "Spanish"}, {1004, "it", "Italian"},
	{1005, "ja", "Japanese"}, {1010, "nl", "Dutch"}, {1014, "pt", "Portuguese"}, {1024, "hu", "Hungarian"}, {1030, "pl", "Polish"}, {1032, "xx", "All other"},
}
