package sim

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// creativeFields are what each format of a Sponsored Brands ad takes.
var creativeFields = map[string][]string{
	"productCollectionExtended": {"brandLogoCrop", "asins", "brandName", "customImages", "consentToTranslate", "creativePropertiesToOptimize", "brandLogoAssetID", "headline"},
	"video":                     {"asins", "consentToTranslate", "videoAssetIds"},
	"brandVideo":                {"asins", "brandLogoCrop", "brandName", "consentToTranslate", "videoAssetIds", "brandLogoAssetID", "headline"},
	"storeSpotlight":            {"brandLogoCrop", "brandName", "subpages", "consentToTranslate", "creativePropertiesToOptimize", "brandLogoAssetID", "headline"},
}

var creativeTypes = map[string]string{"productCollectionExtended": "PRODUCT_COLLECTION", "video": "VIDEO", "brandVideo": "BRAND_VIDEO", "storeSpotlight": "STORE_SPOTLIGHT"}

// creativeNeeds are the fields that a format cannot be without.
var creativeNeeds = map[string][]string{
	"productCollectionExtended": {"brandName", "brandLogoAssetID", "headline"}, "video": {"asins", "videoAssetIds"},
	"brandVideo": {"brandName", "brandLogoAssetID", "headline", "videoAssetIds"}, "storeSpotlight": {"brandName", "brandLogoAssetID", "headline", "subpages"},
}

func (s *Sim) creativeRoutes(add adder) {
	ads := s.kinds["sb.ad"]
	add("POST /sb/v4/ads/{type}", route{family: modern, media: ads.media, kind: ads, product: sb, plainBody: true, needAccept: true, write: true, serve: s.createBrandAds})
	version := route{family: modern, media: "application/vnd.sbAdCreativeResource.v4+json", kind: ads, product: sb, plainBody: true, needAccept: true, serve: s.listVersions}
	add("POST /sb/ads/creatives/list", version)
	version.write, version.serve = true, s.createVersion
	add("POST /sb/ads/creatives/{type}", version)
	add("GET /sd/moderation/creatives", route{family: old, product: sd, kind: s.kinds["sd.creative"], serve: s.moderateDisplay})
	add("POST /sd/creatives/preview", route{family: old, product: sd, serve: func(c *call) (any, *fault) {
		if _, f := c.object("creative", "previewConfiguration"); f != nil {
			return nil, f
		}
		return obj{"previewHtml": "<html><body>preview</body></html>"}, nil
	}})
	add("POST /moderation/results", route{family: modern, media: "application/vnd.moderationresultsrequest.v4.1+json", accept: "application/vnd.moderationresultsresponse.v4.0+json", serve: s.moderationResults})
}

func (s *Sim) createBrandAds(c *call) (any, *fault) {
	format := c.r.PathValue("type")
	if creativeFields[format] == nil {
		return nil, c.fail(http.StatusNotFound, "NOT_FOUND", "No such ad format, or it has been shut off: "+format)
	}
	items, f := c.items()
	if f == nil {
		f = c.schema(items, false)
	}
	if f != nil {
		return nil, f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := c.newBatch()
	for i, in := range items {
		x := c.newCheck(in, i)
		x.create()
		creative, _ := in["creative"].(obj)
		x.creative(format, "creative", creative, "brandLogoAssetID")
		x.landing(format)
		if len(x.errs) > 0 {
			b.refuse(i, x.errs)
			continue
		}
		in["creative"] = withVersions(creative, creativeTypes[format])
		if format == "video" {
			in["landingPage"] = obj{"pageType": "DETAIL_PAGE"}
		}
		e := s.make(x)
		e.until = c.now.Add(s.opts.ReviewAfter)
		e.versions = []obj{{"version": 1, "creative": e.fields["creative"], "created": c.now, "until": e.until}}
		b.done(i, e, true)
	}
	return b.answer(), nil
}

// withVersions is a creative as it is read: asset ids gain the version.
func withVersions(in obj, kind string) obj {
	out := maps.Clone(in)
	out["type"] = kind
	pin := func(v any) any {
		if t, ok := v.(string); ok && !strings.Contains(t, ":version_") {
			return t + ":version_v1"
		}
		return v
	}
	if v := out["brandLogoAssetID"]; v != nil {
		out["brandLogoAssetID"] = pin(v)
	}
	if list, ok := out["videoAssetIds"].([]any); ok {
		list = slices.Clone(list)
		for i := range list {
			list[i] = pin(list[i])
		}
		out["videoAssetIds"] = list
	}
	return out
}

// creative checks a creative: its names, lengths, and that its assets are there
// and ready.
func (x *check) creative(format, at string, in obj, logo string) {
	for n := range in {
		if want := strings.Replace(n, logo, "brandLogoAssetID", 1); !slices.Contains(creativeFields[format], want) || n == "brandLogoAssetID" && logo != n {
			x.add("malformedValueError", "PATTERN_NOT_MATCHED", at+"."+n, n, "Unrecognized field "+n)
		}
	}
	for _, n := range creativeNeeds[format] {
		if n == "brandLogoAssetID" {
			n = logo
		}
		if v := in[n]; v == nil || v == "" {
			x.add("missingValueError", "MISSING_VALUE", at+"."+n, nil, n+" is required")
		}
	}
	for n, most := range map[string]int{"brandName": 30, "headline": 50} {
		if t, _ := in[n].(string); len([]rune(t)) > most {
			x.add("malformedValueError", "TOO_LONG", at+"."+n, t, n+" is longer than "+strconv.Itoa(most))
		}
	}
	ids := []any{}
	if v := in[logo]; v != nil {
		ids = append(ids, v)
	}
	if list, ok := in["videoAssetIds"].([]any); ok {
		ids = append(ids, list...)
	}
	for _, v := range ids {
		t, _ := v.(string)
		if a := x.c.s.store.find(x.c.prof, t); a == nil || x.c.now.Before(a.ready) {
			x.add("otherError", "OTHER_ERROR", at, t, "The asset does not exist or is not ready")
		}
	}
}

func (x *check) landing(format string) {
	if format == "video" {
		return
	}
	page, _ := x.in["landingPage"].(obj)
	kind, _ := page["pageType"].(string)
	switch {
	case !slices.Contains([]string{"PRODUCT_LIST", "STORE", "CUSTOM_URL", "DETAIL_PAGE"}, kind):
		x.add("missingValueError", "MISSING_VALUE", "landingPage.pageType", kind, "A landing page is required")
	case kind == "STORE" && page["url"] == nil:
		x.add("missingValueError", "MISSING_VALUE", "landingPage.url", nil, "A store's url is required")
	case format == "storeSpotlight" && kind != "STORE":
		x.add("rangeError", "NOT_IN_LIST", "landingPage.pageType", kind, "A store spotlight leads to a store")
	}
}

// versionStatus is where a creative's version stands in moderation.
func versionStatus(v obj, now time.Time) string {
	until, moderated := v["until"].(time.Time)
	switch {
	case !moderated || !now.Before(until):
		return "PUBLISHED"
	case now.Sub(v["created"].(time.Time)) < until.Sub(v["created"].(time.Time))/2:
		return "SUBMITTED_FOR_MODERATION"
	}
	return "PENDING_MODERATION_REVIEW"
}

func (c *call) brandAd(in obj) (*entity, *fault) {
	id, _ := idOf(in["adId"])
	e := c.prof.find("sb.ad", id)
	if e == nil {
		return nil, c.fail(http.StatusNotFound, "NOT_FOUND", "Ad not found")
	}
	return e, nil
}

func (s *Sim) listVersions(c *call) (any, *fault) {
	in, f := c.object("adId", "creativeStatusFilter", "creativeTypeFilter", "creativeVersionFilter", "maxResults", "nextToken")
	if f != nil {
		return nil, f
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	e, f := c.brandAd(in)
	if f != nil {
		return nil, f
	}
	want, _ := texts(in["creativeStatusFilter"])
	out := []any{}
	for _, v := range e.versions {
		word := versionStatus(v, c.now)
		if len(want) > 0 && !slices.Contains(want, word) {
			continue
		}
		creative := maps.Clone(v["creative"].(obj))
		kind := creative["type"]
		delete(creative, "type")
		if logo := creative["brandLogoAssetID"]; logo != nil { // spelled otherwise here
			delete(creative, "brandLogoAssetID")
			creative["brandLogoAssetId"] = logo
		}
		at := v["created"].(time.Time).UnixMilli()
		out = append(out, obj{"adId": itoa(e.id), "creativeVersion": strconv.Itoa(v["version"].(int)), "creativeStatus": word, "creativeType": kind,
			"creationTime": at, "lastUpdateTime": at, "creativeProperties": creative})
	}
	return obj{"creatives": out, "totalResults": len(out)}, nil
}

// createVersion replaces an ad's content: the old goes on until the new one is
// approved.
func (s *Sim) createVersion(c *call) (any, *fault) {
	format := c.r.PathValue("type")
	if creativeFields[format] == nil {
		return nil, c.fail(http.StatusNotFound, "NOT_FOUND", "No such format: "+format)
	}
	in, f := c.object("adId", "creative")
	if f != nil {
		return nil, f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e, f := c.brandAd(in)
	if f != nil {
		return nil, f
	}
	x := &check{c: c, in: in, location: "$"}
	creative, _ := in["creative"].(obj)
	x.creative(format, "creative", creative, "brandLogoAssetId")
	if e.state == "ARCHIVED" {
		x.add("entityStateError", "ARCHIVED_ENTITY_CANNOT_BE_MODIFIED", "adId", itoa(e.id), "An archived entity cannot be modified")
	}
	if len(x.errs) > 0 {
		return nil, &fault{status: http.StatusBadRequest, body: obj{"code": "INVALID_ARGUMENT", "message": "The creative is not valid", "errors": x.errs}}
	}
	creative = maps.Clone(creative)
	if logo := creative["brandLogoAssetId"]; logo != nil {
		delete(creative, "brandLogoAssetId")
		creative["brandLogoAssetID"] = logo
	}
	made := withVersions(creative, creativeTypes[format])
	n := len(e.versions) + 1
	e.versions = append(slices.Clone(e.versions), obj{"version": n, "creative": made, "created": c.now, "until": c.now.Add(s.opts.ReviewAfter)})
	s.change(e, obj{"creative": made})
	return obj{"adId": itoa(e.id), "creativeVersion": strconv.Itoa(n)}, nil
}
