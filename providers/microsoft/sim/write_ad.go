package sim

import (
	"net/url"
	"slices"
	"strings"
)

// campaignAds are the types of ads that a campaign's type takes.
var campaignAds = map[string][]string{
	"Search": {"ResponsiveSearch", "ExpandedText", "Text", "DynamicSearch", "ResponsiveAd"}, "Shopping": {"Product", "ResponsiveAd"}, "Audience": {"ResponsiveAd"},
	"Hotel": {"Hotel"}, "App": {"AppInstall"},
}

func (s *Sim) checkAd(c *call, parent *entity, next, before obj) *itemError {
	kind, _ := next["Type"].(string)
	if before == nil && slices.Contains([]string{"ExpandedText", "Text", "DynamicSearch"}, kind) {
		return bad(2805, "Type") // old types are readable, no more to be added
	}
	if !slices.Contains(campaignAds[parent.parent.str("CampaignType")], kind) {
		return bad(1399, "Type")
	}
	if e := settable(next, before, 1382); e != nil {
		return e
	}
	if before == nil && len(living(parent.children["Ad"])) >= 100 {
		return bad(1045, "")
	}
	if e := finalURLs(next, kind); e != nil {
		return e
	}
	defaulted(next, "AdFormatPreference", "All")
	defaulted(next, "DevicePreference", "0")
	var e *itemError
	switch kind {
	case "ResponsiveSearch":
		e = s.checkResponsiveSearch(c, parent, next)
	case "ResponsiveAd":
		e = s.checkResponsiveAd(c, next)
	}
	if e == nil {
		s.finishLinks(next)
	}
	return e
}

func finalURLs(next obj, kind string) *itemError {
	list, _ := next["FinalUrls"].([]any)
	if len(list) == 0 && kind != "Product" && kind != "Hotel" || len(list) > 10 {
		return bad(203, "FinalUrls")
	}
	for _, x := range list {
		text, _ := x.(string)
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(text) > 2048 {
			return bad(201, "FinalUrls")
		}
	}
	return nil
}

func (s *Sim) checkResponsiveSearch(_ *call, parent *entity, next obj) *itemError {
	n, long, twice, empty := linkTexts(next["Headlines"], 30)
	switch {
	case n == 0 || empty:
		return bad(6200, "Headlines")
	case n < 3:
		return bad(6212, "Headlines")
	case n > 15:
		return bad(6210, "Headlines")
	case twice:
		return bad(6202, "Headlines")
	case long:
		return bad(6208, "Headlines")
	}
	n, long, twice, empty = linkTexts(next["Descriptions"], 90)
	switch {
	case n == 0 || empty:
		return bad(6201, "Descriptions")
	case n < 2:
		return bad(6213, "Descriptions")
	case n > 4:
		return bad(6211, "Descriptions")
	case twice:
		return bad(6203, "Descriptions")
	case long:
		return bad(6209, "Descriptions")
	}
	active := 0
	for _, a := range living(parent.children["Ad"]) {
		if a.id != next["Id"] && a.str("Type") == "ResponsiveSearch" && a.str("Status") == "Active" && a.ad == nil {
			active++
		}
	}
	for _, name := range []string{"Path1", "Path2"} {
		if text, _ := next[name].(string); width(text) > 15 {
			return bad(201, name)
		}
	}
	switch {
	case next["Status"] == "Active" && active >= 3:
		return bad(1045, "")
	case next["Path2"] != nil && next["Path1"] == nil:
		return bad(5021, "Path2")
	}
	list, _ := next["FinalUrls"].([]any)
	text, _ := list[0].(string)
	if u, err := url.Parse(text); err == nil {
		next["Domain"] = strings.TrimPrefix(u.Hostname(), "www.")
	}
	return nil
}

func (s *Sim) checkResponsiveAd(c *call, next obj) *itemError {
	if business, _ := next["BusinessName"].(string); business == "" || width(business) > 25 {
		return bad(203, "BusinessName")
	}
	for name, limit := range map[string]int{"Headlines": 30, "LongHeadlines": 90, "Descriptions": 90} {
		n, long, twice, empty := linkTexts(next[name], limit)
		if long || twice || empty || n > 15 || n == 0 && name != "LongHeadlines" && next["Headline"] == nil {
			return bad(201, name)
		}
	}
	original := false
	images, _ := next["Images"].([]any)
	for _, x := range images {
		link, _ := x.(obj)
		asset, _ := link["Asset"].(obj)
		id, _ := asset["Id"].(string)
		if s.live(c.acc, "Media", id) == nil {
			return bad(5721, "Images")
		}
		original = original || asset["SubType"] == "OriginalImage"
	}
	videos, _ := next["Videos"].([]any)
	if !original && len(videos) == 0 {
		return bad(5723, "Images")
	}
	if original && len(images) == 1 { // the service adds its own cuts
		link := images[0].(obj)
		for _, sub := range cropped[1:] {
			next2 := clone(link).(obj)
			next2["Asset"].(obj)["SubType"] = sub
			images = append(images, next2)
		}
		next["Images"] = images
	}
	return nil
}

// finishLinks numbers new assets and says how each link stands.
func (s *Sim) finishLinks(next obj) {
	for _, name := range []string{"Headlines", "LongHeadlines", "Descriptions", "Images", "Videos"} {
		list, _ := next[name].([]any)
		for _, x := range list {
			link, ok := x.(obj)
			asset, ok2 := link["Asset"].(obj)
			if !ok || !ok2 {
				continue
			}
			if asset["Id"] == nil {
				asset["Id"] = s.newID("Asset")
			}
			defaulted(link, "AssetPerformanceLabel", "Pending")
			defaulted(link, "EditorialStatus", "Inactive")
		}
	}
}
