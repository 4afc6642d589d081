package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

func vnd(name string) string { return "application/vnd." + name + "+json" }

// searchRoutes are what targeting is looked up with.
func (s *Sim) searchRoutes(add adder) {
	add("POST /sp/targets/keywords/recommendations", route{family: modern, media: vnd("spkeywordsrecommendation.v3"), serve: s.keywordIdeas})
	add("GET /sp/targets/categories", route{family: modern, accept: vnd("spproducttargetingresponse.v3"), media: vnd("spproducttargetingresponse.v3"), serve: s.categoryTree})
	add("POST /sp/targets/categories/recommendations", route{family: modern, media: vnd("spproducttargeting.v3"), anyAccept: true, serve: s.categoriesOf})
	add("GET /sp/targets/category/{id}/refinements", route{family: modern, serve: func(c *call) (any, *fault) {
		return obj{"categoryId": c.r.PathValue("id"), "brands": []any{obj{"id": "7000000011", "name": "ACME"}}, "ageRanges": []any{}, "genres": []any{}}, nil
	}})
	add("POST /sp/negativeTargets/brands/search", route{family: modern, media: vnd("spproducttargeting.v3"), anyAccept: true, serve: s.brandSearch})
	add("POST /sd/targets/recommendations", route{family: old, product: sd, anyAccept: true, serve: s.displayIdeas})
	add("POST /audiences/list", route{family: listing, serve: s.audiences})
	add("POST /audiences/taxonomy/list", route{family: listing, serve: s.taxonomy})
	add("POST /locations/list", route{family: listing, serve: s.locations})
	add("POST /product/metadata", route{family: old, media: vnd("productmetadatarequest.v1"), accept: vnd("productmetadataresponse.v1"), anyAccept: true, serve: s.productMetadata})
}

// keywordIdeas answers in minor units, the one place that does.
func (s *Sim) keywordIdeas(c *call) (any, *fault) {
	in, f := c.object("recommendationType", "asins", "maxRecommendations", "sortDimension", "locale", "targets", "campaignId", "adGroupId", "biddingStrategy", "bidsEnabled")
	if f != nil {
		return nil, f
	}
	kind, _ := in["recommendationType"].(string)
	if kind != "KEYWORDS_FOR_ASINS" && kind != "KEYWORDS_FOR_ADGROUP" {
		return nil, c.fail(http.StatusBadRequest, "INVALID_SCHEMA", "recommendationType is invalid")
	}
	out := []any{}
	for i, t := range keywordTexts {
		bid := 40 + 13*i
		out = append(out, obj{"keyword": t, "matchType": "BROAD", "rank": i + 1, "bid": bid, "translation": t, "suggestedBid": obj{"rangeStart": bid - 10, "suggested": bid, "rangeEnd": bid + 25, "bidRecId": nil}})
	}
	if n, err := strconv.Atoi(fmt.Sprint(in["maxRecommendations"])); err == nil && n >= 0 && n < len(out) {
		out = out[:n]
	}
	return out, nil
}

type category struct{ id, name, parent, path string }

var categories = []category{
	{"2500000010", "Shoes", "2500000000", "/Fashion/Shoes"}, {"2500000011", "Running Shoes", "2500000010", "/Fashion/Shoes/Running Shoes"},
	{"2500000020", "Outerwear & Coats", "2500000000", "/Fashion/Outerwear & Coats"}, {"2500000030", "USB Cables", "2500000003", "/Electronics/USB Cables"},
}

// categoryTree is JSON inside a text, as documented.
func (s *Sim) categoryTree(*call) (any, *fault) {
	children := []any{}
	for _, k := range categories {
		children = append(children, obj{"id": k.id, "na": k.name, "ta": true, "ch": []any{}})
	}
	b, err := json.Marshal([]any{obj{"id": "2500000000", "na": "Fashion", "ta": false, "ch": children}})
	if err != nil {
		return nil, gateway(http.StatusInternalServerError, err.Error())
	}
	return obj{"categoryTree": string(b)}, nil
}

func (s *Sim) categoriesOf(c *call) (any, *fault) {
	in, f := c.object("asins", "includeAncestor")
	if f != nil {
		return nil, f
	}
	if list, ok := texts(in["asins"]); !ok || len(list) == 0 {
		return nil, c.bad("asins is required")
	}
	out := []any{}
	for _, k := range categories {
		out = append(out, obj{"id": k.id, "name": k.name, "parent": k.parent, "path": k.path, "canBeTargeted": true})
	}
	return obj{"categories": out}, nil
}

func (s *Sim) brandSearch(c *call) (any, *fault) {
	in, f := c.object("keyword")
	if f != nil {
		return nil, f
	}
	word, _ := in["keyword"].(string)
	out := []any{}
	for i, n := range []string{"ACME", "Acme Outdoor", "Northwind"} {
		if strings.Contains(strings.ToLower(n), strings.ToLower(word)) {
			out = append(out, obj{"id": itoa(7000000011 + int64(i)), "name": n})
		}
	}
	return out, nil
}

func (s *Sim) displayIdeas(c *call) (any, *fault) {
	if _, f := c.object("tactic", "products", "typeFilter", "themes"); f != nil {
		return nil, f
	}
	return obj{"recommendations": obj{"products": []any{obj{"asin": asinOf(3), "rank": 1}}, "categories": []any{obj{"category": 2500000011, "name": "Running Shoes", "rank": 1}}}}, nil
}

// named is something to choose from a long list.
type named struct{ id, name, category string }

var audienceList = []named{
	{"4112340000", "IM - Running shoes", "In-market"}, {"4112340001", "IM - Outdoor & camping", "In-market"},
	{"4112340002", "LS - Outdoor enthusiasts", "Lifestyle"}, {"4112340003", "LS - Gamers", "Lifestyle"}, {"4112340004", "INT - Yoga", "Interest"},
}

var locationList = []named{
	{"amzn1.ad-geo.BERLIN", "Berlin", "CITY"}, {"amzn1.ad-geo.BERN", "Bern", "CITY"}, {"amzn1.ad-geo.DE", "Germany", "COUNTRY"},
	{"amzn1.ad-geo.BE", "Berlin", "STATE"}, {"amzn1.ad-geo.SEATTLE", "Seattle-Tacoma", "DMA"}, {"amzn1.ad-geo.10115", "10115", "POSTAL_CODE"},
}

// choose filters and pages a list; words are the filters' fields.
func (c *call) choose(all []named, in obj, idField, nameField string) (list []named, next any, f *fault) {
	filters, _ := in["filters"].([]any)
	keep := slices.Clone(all)
	for _, e := range filters {
		m, _ := e.(obj)
		values, ok := texts(m["values"])
		field, _ := m["field"].(string)
		if !ok || !slices.Contains([]string{idField, nameField, "category", "categoryPath"}, field) {
			return nil, nil, c.bad("Invalid filter: %s", field)
		}
		keep = slices.DeleteFunc(keep, func(n named) bool {
			return !slices.ContainsFunc(values, func(v string) bool {
				switch field {
				case idField:
					return n.id == v
				case nameField:
					return strings.Contains(strings.ToLower(n.name), strings.ToLower(v))
				}
				return n.category == v
			})
		})
	}
	q := c.r.URL.Query()
	size, from := 100, 0
	if t := q.Get("maxResults"); t != "" {
		n, err := strconv.Atoi(t)
		if err != nil || n < 1 || n > 500 {
			return nil, nil, c.bad("maxResults is invalid")
		}
		size = n
	}
	body, _ := json.Marshal(in)
	digest := simkit.HashString(string(body))
	if t := q.Get("nextToken"); t != "" {
		var ok bool
		if from, ok = readToken(t, digest); !ok {
			return nil, nil, c.bad("nextToken is invalid")
		}
	}
	from = min(from, len(keep))
	to := min(from+size, len(keep))
	if to < len(keep) {
		next = pageToken(digest, to)
	}
	return keep[from:to], next, nil
}

func (s *Sim) audiences(c *call) (any, *fault) {
	in, f := c.object("adType", "countries", "filters")
	if f != nil {
		return nil, f
	}
	if t, _ := in["adType"].(string); !slices.Contains([]string{"DSP", "SD", "ST"}, t) {
		return nil, c.bad("adType is invalid")
	}
	list, next, f := c.choose(audienceList, in, "audienceId", "audienceName")
	if f != nil {
		return nil, f
	}
	out := []any{}
	for _, a := range list {
		out = append(out, obj{"audienceId": a.id, "audienceName": a.name, "category": a.category, "subCategory": a.category, "description": a.name, "status": "Active",
			"createDate": "2025-01-01T00:00:00Z", "updateDate": "2026-01-01T00:00:00Z", "forecasts": obj{"inventoryForecasts": obj{"all": obj{}}}})
	}
	return obj{"audiences": out, "nextToken": next, "matchCount": len(out)}, nil
}

func (s *Sim) taxonomy(c *call) (any, *fault) {
	in, f := c.object("adType", "categoryPath", "countries")
	if f != nil {
		return nil, f
	}
	path, _ := texts(in["categoryPath"])
	count := map[string]int{}
	for _, a := range audienceList {
		if len(path) == 0 || path[0] == a.category {
			count[a.category]++
		}
	}
	out := []any{}
	for _, n := range []string{"In-market", "Lifestyle", "Interest"} {
		if count[n] > 0 {
			out = append(out, obj{"category": n, "audienceCount": count[n]})
		}
	}
	return obj{"categories": out, "categoryPath": path, "nextToken": nil}, nil
}

func (s *Sim) locations(c *call) (any, *fault) {
	in, f := c.object("filters")
	if f != nil {
		return nil, f
	}
	list, next, f := c.choose(locationList, in, "locationId", "name")
	if f != nil {
		return nil, f
	}
	out := []any{}
	for _, l := range list {
		out = append(out, obj{"locationId": l.id, "name": l.name, "category": l.category})
	}
	return obj{"locations": out, "nextToken": next}, nil
}

func (s *Sim) productMetadata(c *call) (any, *fault) {
	in, f := c.object("asins", "skus", "searchStr", "pageIndex", "pageSize", "checkItemDetails", "checkEligibility", "adType", "sortBy", "sortOrder", "locale", "cursorToken", "isGlobalStoreSelection")
	if f != nil {
		return nil, f
	}
	size, err := strconv.Atoi(fmt.Sprint(in["pageSize"]))
	index, err2 := strconv.Atoi(fmt.Sprint(in["pageIndex"]))
	if err != nil || err2 != nil || size < 1 || size > 300 || index < 0 {
		return nil, c.bad("pageIndex and pageSize (1 to 300) are required")
	}
	asins, _ := texts(in["asins"])
	skus, _ := texts(in["skus"])
	word, _ := in["searchStr"].(string)
	s.mu.RLock()
	defer s.mu.RUnlock()
	known := make([]string, 0, len(c.prof.asins))
	for sku := range c.prof.asins {
		known = append(known, sku)
	}
	slices.Sort(known)
	out := []any{}
	for _, sku := range known {
		asin := c.prof.asins[sku]
		title := "Acme product " + strings.TrimPrefix(sku, "ACME-")
		if len(asins) > 0 && !slices.Contains(asins, asin) || len(skus) > 0 && !slices.Contains(skus, sku) || !strings.Contains(strings.ToLower(title), strings.ToLower(word)) {
			continue
		}
		out = append(out, obj{"asin": asin, "sku": sku, "title": title, "imageUrl": "https://m.media-amazon.com/images/I/" + asin + ".jpg", "brand": "ACME", "category": "Shoes",
			"priceToPay": obj{"amount": 59.99, "currency": c.prof.currency}, "availability": "IN_STOCK", "eligibilityStatus": "ELIGIBLE"})
	}
	from := min(index*size, len(out))
	return obj{"ProductMetadataList": out[from:min(from+size, len(out))], "cursorToken": nil}, nil
}
