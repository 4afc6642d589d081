package sim

import (
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

func (s *Sim) seedAd(parent *entity, ad *simkit.Ad) {
	e := &entity{kind: "Ad", id: itoa(ad.ID), acc: parent.acc, parent: parent, ad: ad, flavor: parent.flavor, modified: ad.Modified,
		deleted: parent.deleted || gone(ad.Status)}
	e.build = func() obj { return s.adFields(e) }
	s.attach(e)
}

// clip cuts a text to n characters, without line breaks.
func clip(t string, n int) string {
	r := []rune(strings.ReplaceAll(t, "\n", " "))
	return string(r[:min(n, len(r))])
}

func textLink(id int64, text, pinned string) obj {
	o := obj{"Asset": obj{"Id": itoa(id), "Type": "TextAsset", "Text": text}, "AssetPerformanceLabel": "Learning", "EditorialStatus": "Active"}
	if pinned != "" {
		o["PinnedField"] = pinned
	}
	return o
}

// said is what an ad says, cut to what the platform takes; of a loaded ad it is
// what was given, whole.
func said(ad *simkit.Ad, text string, limit int) string {
	if ad.AccountOf().Loaded {
		return text
	}
	return clip(text, limit)
}

func texts(ad *simkit.Ad, kind int64, n int, own string, limit int) []any {
	more := []string{"Free delivery", "Up to 50 % off", "Order today", "Return within 30 days"}
	base := ad.Creative.PostID + kind*1_000_000
	out := []any{textLink(base, said(ad, own, limit), "")}
	for i := 1; i < n; i++ {
		out = append(out, textLink(base+int64(i), more[i%len(more)], ""))
	}
	return out
}

var editorial = map[string]string{"APPROVED": "Active", "PENDING": "Inactive", "REJECTED": "Disapproved", "": "Inactive"}

// adKind is the type of a seeded ad: some text ads of old times are left.
func adKind(e *entity) string {
	switch e.flavor.campaignType {
	case "Shopping":
		return "Product"
	case "Hotel":
		return "Hotel"
	case "App":
		return "AppInstall"
	case "Audience":
		return "ResponsiveAd"
	}
	if !e.ad.AccountOf().Loaded && e.ad.Ordinal%9 == 8 {
		return "ExpandedText"
	}
	return "ResponsiveSearch"
}

func (s *Sim) adFields(e *entity) obj {
	ad, kind := e.ad, adKind(e)
	o := obj{"Id": e.id, "Type": kind, "Status": statusOf(ad.Status), "EditorialStatus": editorial[ad.Review], "AdFormatPreference": "All",
		"DevicePreference": "0", "FinalUrls": []any{ad.Creative.URL}, "ForwardCompatibilityMap": []any{}}
	if ad.Review == "APPROVED" && ad.Ordinal%7 == 3 && !ad.AccountOf().Loaded {
		o["EditorialStatus"] = "ActiveLimited"
	}
	if ad.Ordinal%4 == 1 {
		o["FinalUrlSuffix"] = "utm_source=bing&x=%20y"
	}
	title, body := ad.Creative.Title, ad.Creative.Body
	switch kind {
	case "ResponsiveSearch":
		o["Headlines"], o["Descriptions"] = texts(ad, 0, 3, title, 30), texts(ad, 1, 2, body, 90)
		o["Path1"], o["Path2"], o["Domain"] = "winter", "sale", "shop.example"
	case "ExpandedText":
		o["TitlePart1"], o["TitlePart2"], o["Text"] = clip(title, 30), "Free delivery", clip(body, 90)
		o["Path1"], o["Domain"] = "winter", "shop.example"
	case "AppInstall":
		o["AppPlatform"], o["AppStoreId"], o["Title"], o["Text"] = "Windows", "9NBLGGH4NNS1", clip(title, 25), clip(body, 70)
	case "Product":
		o["PromotionalText"] = clip(title, 45)
		o["FinalUrls"] = nil
	case "Hotel":
		o["FinalUrls"] = nil
	case "ResponsiveAd":
		s.responsive(o, e)
	}
	return o
}

// cropped are the links that the service adds to an image, with its own id.
var cropped = []string{"OriginalImage", "LandscapeImageMedia", "SquareImageMedia", "ImageMedia133X100"}

func (s *Sim) responsive(o obj, e *entity) {
	ad := e.ad
	o["Headline"], o["Text"] = said(ad, ad.Creative.Title, 30), said(ad, ad.Creative.Body, 90)
	o["LongHeadlineString"] = said(ad, ad.Creative.Body, 90)
	o["Headlines"], o["Descriptions"] = texts(ad, 0, 2, ad.Creative.Title, 30), texts(ad, 1, 1, ad.Creative.Body, 90)
	o["LongHeadlines"] = texts(ad, 2, 1, ad.Creative.Body, 90)
	o["BusinessName"], o["CallToAction"], o["CallToActionLanguage"] = clip(e.acc.src.PageName, 25), "LearnMore", "English"
	o["ImpressionTrackingUrls"] = []any{}
	o["Images"], o["AdSubType"] = imageLinks(e.acc.src), "Display"
	if e.flavor.subType == "AudienceVideoAds" {
		o["AdSubType"] = "Video"
		if v := assetOf(e.acc.src, simkit.Video); v != nil {
			o["Videos"] = []any{obj{"Asset": obj{"Id": itoa(v.ID), "Type": "VideoAsset", "SubType": "VideoMedia16X9"},
				"AssetPerformanceLabel": "Learning", "EditorialStatus": "Active"}}
		}
	}
}

func assetOf(a *simkit.Account, kind simkit.Format) *simkit.Asset {
	for _, as := range a.Assets {
		if as.Kind == kind {
			return as
		}
	}
	return nil
}

func imageLinks(a *simkit.Account) []any {
	im := assetOf(a, simkit.Image)
	out := []any{}
	for i, sub := range cropped {
		asset := obj{"Id": itoa(im.ID), "Type": "ImageAsset", "SubType": sub}
		if i > 0 {
			asset["CropX"], asset["CropY"], asset["CropWidth"], asset["CropHeight"] = int64(0), int64(0), int64(600), int64(600)
		}
		out = append(out, obj{"Asset": asset, "AssetPerformanceLabel": "Learning", "EditorialStatus": "Active"})
	}
	return out
}

func (s *Sim) assetGroupFields(e *entity) obj {
	g := e.group
	ad := g.Ads[0]
	o := obj{
		"Id": e.id, "Name": campaignName(g.Name), "Status": groupStatus(g), "EditorialStatus": "Active", "BusinessName": clip(e.acc.src.PageName, 25),
		"CallToAction": "ShopNow", "FinalUrls": []any{ad.Creative.URL}, "Headlines": texts(ad, 0, 3, ad.Creative.Title, 30),
		"LongHeadlines": texts(ad, 2, 1, ad.Creative.Body, 90), "Descriptions": texts(ad, 1, 2, ad.Creative.Body, 90),
		"Images": imageLinks(e.acc.src), "Videos": []any{}, "Path1": "winter", "AssetGroupSearchThemes": []any{}, "ForwardCompatibilityMap": []any{},
	}
	if !g.Start.IsZero() {
		o["StartDate"] = dateObj(simkit.DayOf(g.Start.In(g.Campaign.Account.Loc)))
	}
	if !g.End.IsZero() {
		o["EndDate"] = dateObj(simkit.DayOf(g.End.In(g.Campaign.Account.Loc)))
	}
	return o
}
