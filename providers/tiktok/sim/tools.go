package sim

import (
	"slices"
	"strings"
)

// region is a place that ads can be aimed at.
type region struct{ id, name, parent, code, level string }

// regions is a small part of the world.
func regions() []region {
	return []region{
		{"6252001", "United States", "0", "US", "COUNTRY"}, {"2921044", "Germany", "0", "DE", "COUNTRY"},
		{"2635167", "United Kingdom", "0", "GB", "COUNTRY"}, {"1861060", "Japan", "0", "JP", "COUNTRY"},
		{"1269750", "India", "0", "IN", "COUNTRY"}, {"3017382", "France", "0", "FR", "COUNTRY"},
		{"719819", "Hungary", "0", "HU", "COUNTRY"}, {"3469034", "Brazil", "0", "BR", "COUNTRY"},
		{"5332921", "California", "6252001", "US", "PROVINCE"}, {"5128638", "New York", "6252001", "US", "PROVINCE"},
		{"5368361", "Los Angeles", "5332921", "US", "CITY"}, {"5391959", "San Francisco", "5332921", "US", "CITY"},
		{"2951839", "Bavaria", "2921044", "DE", "PROVINCE"}, {"2950157", "Land Berlin", "2921044", "DE", "PROVINCE"},
		{"2867714", "Munich", "2951839", "DE", "CITY"}, {"6269131", "England", "2635167", "GB", "PROVINCE"},
		{"1850144", "Tokyo", "1861060", "JP", "PROVINCE"}, {"3054638", "Pest County", "719819", "HU", "PROVINCE"},
		{"500803", "Los Angeles, CA (DMA)", "6252001", "US", "PROVINCE"},
	}
}

func regionOf(id string) *region {
	for _, r := range regions() {
		if r.id == id {
			return &r
		}
	}
	return nil
}

func (r region) area() string {
	if strings.HasSuffix(r.name, "(DMA)") {
		return "METROPOLITAN_OR_DMA"
	}
	return "ADMIN"
}

// toolRegion is GET /tool/region/.
func (s *Sim) toolRegion(c *call) (any, *apiError) {
	for _, name := range []string{"placements", "objective_type"} {
		if !c.has(name) {
			return nil, missing(name)
		}
	}
	deepest := map[string]int{"": 3, "ALL": 3, "TO_COUNTRY": 0, "TO_PROVINCE": 1, "TO_CITY": 2, "TO_DISTRICT": 3}
	limit, ok := deepest[c.str("level_range")]
	if !ok {
		return nil, badParam("level_range: Must be one of: ALL, TO_COUNTRY, TO_PROVINCE, TO_CITY, TO_DISTRICT.")
	}
	depth := map[string]int{"COUNTRY": 0, "PROVINCE": 1, "CITY": 2, "DISTRICT": 3}
	ids, info := []any{}, []any{}
	for _, r := range regions() {
		if depth[r.level] > limit {
			continue
		}
		next := []any{}
		for _, kid := range regions() {
			if kid.parent == r.id && depth[kid.level] <= limit {
				next = append(next, kid.id)
			}
		}
		ids = append(ids, r.id)
		info = append(info, obj{"location_id": r.id, "name": r.name, "parent_id": r.parent, "region_code": r.code, "level": r.level,
			"area_type": r.area(), "next_level_ids": next, "support_below_18": false})
	}
	return obj{"region_list": ids, "region_info": info}, nil
}

func tag(r region, keyword any) obj {
	return obj{"keyword": keyword, "name": r.name, "targeting_type": "GEO", "status_info": obj{"status": "ONLINE", "reason": nil},
		"geo": obj{"geo_id": r.id, "geo_type": r.level, "region_code": r.code, "parent_id": r.parent, "description": nil}}
}

// targetingSearch is POST /tool/targeting/search/.
func (s *Sim) targetingSearch(c *call) (any, *apiError) {
	if err := s.gateway(c, ""); err != nil {
		return nil, err
	}
	words, err := stringsOf(c.params, "keywords")
	switch {
	case err != nil:
		return nil, err
	case len(words) == 0:
		return nil, missing("keywords")
	}
	list := []any{}
	switch c.str("search_type") {
	case "FUZZY_SEARCH":
		if len(words) > 1 {
			return nil, badParam("keywords: Longer than maximum length 1.")
		}
		list = fuzzy(words[0])
	case "BATCH_ZIPCODE_SEARCH", "BATCH_REGION_SEARCH":
		codes, err := stringsOf(c.params, "region_codes")
		if err != nil || len(codes) == 0 {
			return nil, missing("region_codes")
		}
		for _, w := range words {
			for _, r := range append(regions(), zip(w, codes[0])) {
				if strings.EqualFold(r.name, w) && slices.Contains(codes, r.code) {
					list = append(list, tag(r, w))
				}
			}
		}
	}
	return obj{"targeting_tag_list": list, "parent_targeting_tag_list": []any{}}, nil
}

// zip is a postal code's place: its id hangs on the text.
func zip(code, country string) region {
	if len(code) != 5 || strings.Trim(code, "0123456789") != "" || country != "US" && country != "CA" {
		return region{}
	}
	return region{"9" + code, code, "6252001", country, "ZIP_CODE"}
}

func fuzzy(word string) []any {
	list := []any{}
	for _, r := range regions() {
		if strings.Contains(strings.ToLower(r.name), strings.ToLower(word)) {
			list = append(list, tag(r, word))
		}
	}
	return list
}

// targetingInfo is POST /tool/targeting/info/: names for ids.
func (s *Sim) targetingInfo(c *call) (any, *apiError) {
	if err := s.gateway(c, ""); err != nil {
		return nil, err
	}
	ids, err := stringsOf(c.params, "targeting_ids")
	switch {
	case err != nil:
		return nil, err
	case len(ids) == 0:
		return nil, missing("targeting_ids")
	case len(ids) > 1000:
		return nil, badParam("targeting_ids: Longer than maximum length 1000.")
	}
	list := []any{}
	for _, id := range ids {
		if r := regionOf(id); r != nil {
			list = append(list, tag(*r, nil))
		} else if len(id) == 6 && id[0] == '9' {
			list = append(list, tag(zip(id[1:], "US"), nil))
		}
	}
	return obj{"targeting_tag_list": list, "parent_targeting_tag_list": []any{}}, nil
}

// interests is GET /tool/interest_category/.
func (s *Sim) interests(c *call) (any, *apiError) {
	category := func(id, name string, level int, sub ...any) obj {
		return obj{"interest_category_id": id, "interest_category_name": name, "level": level, "sub_category_ids": append([]any{}, sub...),
			"placements": []any{"PLACEMENT_TIKTOK"}, "special_industries": []any{}}
	}
	return obj{"interest_categories": []any{
		category("15", "Games", 1, "15101"), category("15101", "Mobile Games", 2), category("17", "Beauty & Personal Care", 1, "17104"),
		category("17104", "Skincare", 2), category("22", "Apparel & Accessories", 1),
	}}, nil
}

// keywords are GET /tool/interest_keyword/recommend/ and /get/.
func (s *Sim) keywords(c *call) (any, *apiError) {
	if c.str("keyword") == "" {
		return nil, missing("keyword")
	}
	return obj{"recommended_keywords": []any{
		obj{"keyword_id": "39", "keyword": c.str("keyword"), "status": "EFFECTIVE"},
		obj{"keyword_id": "40", "keyword": c.str("keyword") + " tips", "status": "EFFECTIVE"},
	}}, nil
}

// languages is GET /tool/language/.
func (s *Sim) languages(*call) (any, *apiError) {
	list := []any{}
	for _, x := range [][2]string{{"en", "English"}, {"de", "German"}, {"fr", "French"}, {"ja", "Japanese"}, {"hu", "Hungarian"}, {"pt", "Portuguese"}, {"zh-Hant", "Traditional Chinese"}} {
		list = append(list, obj{"code": x[0], "name": x[1]})
	}
	return obj{"languages": list}, nil
}

// pixels is GET /pixel/list/.
func (s *Sim) pixels(c *call) (any, *apiError) {
	page, size, err := paging(c, 20)
	if err != nil {
		return nil, err
	}
	list := []any{obj{
		"pixel_id": pixelID(c.account), "pixel_code": "D8ANP83C77U8UFHBHPO0", "pixel_name": c.account.src.Name + " pixel", "events": []any{},
		"pixel_category": "CUSTOMIZE_EVENTS", "activity_status": "ACTIVE", "pixel_setup_mode": "DEVELOPER", "partner_name": nil,
		"create_time": c.account.src.Created.UTC().Format(fileTime),
	}}
	from, to := window(len(list), page, size)
	return obj{"pixels": list[from:to], "page_info": pageInfo(page, size, len(list))}, nil
}

// apps is GET /app/list/.
func (s *Sim) apps(c *call) (any, *apiError) {
	return obj{"apps": []any{obj{"app_id": "7300111222333444555", "app_name": "Acme Shop", "platform": "ANDROID", "package_name": "example.acme.shop",
		"download_url": "https://play.google.com/store/apps/details?id=example.acme.shop", "advertiser_id": c.account.id}}}, nil
}

// audiences is GET /dmp/custom_audience/list/.
func (s *Sim) audiences(c *call) (any, *apiError) {
	page, size, err := paging(c, 100)
	if err != nil {
		return nil, err
	}
	list := []any{obj{"audience_id": "195365792", "name": "Newsletter readers", "audience_type": "Customer File Audience", "calculate_type": "EMAIL_SHA256",
		"cover_num": 12000, "is_valid": true, "is_expiring": false, "shared": false, "is_creator": true,
		"create_time": wireTime(c.account.src.Created), "expired_time": "2038-01-01 00:00:00"}}
	from, to := window(len(list), page, size)
	return obj{"list": list[from:to], "page_info": pageInfo(page, size, len(list))}, nil
}
