package sim

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	"github.com/admux/admux/providers/google/sim/gaql"
	"github.com/admux/admux/providers/internal/simkit"
)

// views yields the resources that exist by what happened rather than by what
// somebody made. Performance Max is in none that hangs on ad groups.
func (src *source) views(w *gaql.Want, each func(*item) bool) bool {
	switch w.From {
	case "keyword_view":
		src.keywordViews(each)
	case "age_range_view":
		src.demographicViews("age_range", "AGE_RANGE", "ageRangeViews", ageRanges, each)
	case "gender_view":
		src.demographicViews("gender", "GENDER", "genderViews", genders, each)
	case "geographic_view":
		src.places(w, each, true)
	case "user_location_view":
		src.places(w, each, false)
	case "search_term_view":
		src.searchTerms(each)
	case "landing_page_view":
		src.landingPages(w, each)
	default:
		return false
	}
	return true
}

// groups yields the account's ad groups that come from the world.
func (src *source) groups(each func(*entity, *simkit.Group) bool) {
	for _, e := range src.s.list(src.c, "ad_group") {
		if g, ok := e.src.(*simkit.Group); ok && !each(e, g) {
			return
		}
	}
}

// under is an item below an ad group.
func (src *source) under(from string, g *entity, own obj) *item {
	it := &item{src: src, from: from, own: own, trees: src.trees,
		ents: map[string]*entity{"ad_group": g, "campaign": g.up}}
	src.joinCampaign(it, g.up)
	return it
}

func (src *source) keywordViews(each func(*item) bool) {
	k := byKeyword()
	k.only = true
	src.groups(func(e *entity, g *simkit.Group) bool {
		if src.s.spec(g.Campaign).channel != "SEARCH" {
			return true
		}
		for i := range keywords {
			id := keywordID(g, i)
			it := src.under("keyword_view", e, obj{"resource_name": fmt.Sprintf("%s/keywordViews/%d~%d", customerName(src.c.id), e.key.a, id)})
			it.ents["ad_group_criterion"] = src.s.find(src.c, "ad_group_criterion", key{a: e.key.a, b: id})
			it.ads, it.cut, it.part = g.Ads, k, i
			if !each(it) {
				return false
			}
		}
		return true
	})
}

// demographicViews has a row per ad group and bucket. What is known of nobody
// is in no bucket: the sums stay below the totals.
func (src *source) demographicViews(field, kind, path string, buckets []bucket, each func(*item) bool) {
	weights := make([]int64, len(buckets)+1)
	known := int64(0)
	for i, b := range buckets {
		weights[i] = b.weight
		known += b.weight
	}
	weights[len(buckets)] = 100 - known
	k := &cut{key: simkit.HashString(field), only: true, weights: func(*adInfo) []int64 { return weights }}
	src.groups(func(e *entity, g *simkit.Group) bool {
		for i, b := range buckets {
			id := fmt.Sprintf("%d~%d", e.key.a, b.id)
			it := src.under(field+"_view", e, obj{"resource_name": customerName(src.c.id) + "/" + path + "/" + id})
			it.trees = map[string]obj{"customer": src.trees["customer"], "ad_group_criterion": {
				"resource_name": customerName(src.c.id) + "/adGroupCriteria/" + id, "criterion_id": b.id, "type": kind, "status": "ENABLED",
				"negative": false, "ad_group": e.name(), field: obj{"type": b.name},
			}}
			if made := src.s.find(src.c, "ad_group_criterion", key{a: e.key.a, b: b.id}); made != nil {
				it.ents["ad_group_criterion"] = made
			}
			it.ads, it.cut, it.part = g.Ads, k, i
			if !each(it) {
				return false
			}
		}
		return true
	})
}

// countries are where an account's people were, with shares in thousandths; the
// last is a place without a country.
var countries = []struct{ id, weight int64 }{{2040, 60}, {2056, 20}, {2250, 40}, {2276, 420}, {2392, 50}, {2756, 60}, {2826, 90}, {2840, 260}}

func countryWeights(x *adInfo) []int64 {
	out := make([]int64, len(countries))
	h := homeOfAd(x.ad)
	for i, c := range countries {
		out[i] = c.weight
		if c.id == h {
			out[i] += 600
		}
	}
	return out
}

func homeOfAd(ad *simkit.Ad) int64 { return home[ad.AccountOf().Index%len(home)].country }

// places yields geographic_view or user_location_view. Where somebody was adds
// up to everything; that he was interested in a place comes on top for a part
// of it, so that both kinds of geographic_view together count twice.
func (src *source) places(w *gaql.Want, each func(*item) bool, interest bool) {
	presence := &cut{key: 61, only: true, weights: countryWeights}
	interested := &cut{key: 62, only: true, weights: func(x *adInfo) []int64 {
		return append(countryWeights(x), 5000) // most showed no interest in any place
	}}
	targeted := &cut{key: 61, only: true, weights: countryWeights}
	src.scopes(w, func(base *item) bool {
		for i, c := range countries {
			for _, kind := range []string{"AREA_OF_INTEREST", "LOCATION_OF_PRESENCE"} {
				it := *base
				it.from, it.ads, it.cut, it.part = w.From, base.ads, presence, i
				switch {
				case interest:
					it.own = obj{"resource_name": fmt.Sprintf("%s/geographicViews/%d~%s", customerName(src.c.id), c.id, kind),
						"country_criterion_id": c.id, "location_type": kind}
					if kind == "AREA_OF_INTEREST" {
						it.cut = interested
					}
				case kind == "AREA_OF_INTEREST":
					continue
				default:
					mine := c.id == home[src.c.src.Index%len(home)].country
					it.own = obj{"resource_name": fmt.Sprintf("%s/userLocationViews/%d~%t", customerName(src.c.id), c.id, mine),
						"country_criterion_id": c.id, "targeting_location": mine}
					it.cut = targeted
				}
				if !each(&it) {
					return false
				}
			}
		}
		return true
	})
}

// scopes yields what a traffic view is split by: ad groups or campaigns when
// their attributes are asked for, else the account as a whole.
func (src *source) scopes(w *gaql.Want, each func(*item) bool) {
	if src.c.src == nil {
		return
	}
	switch {
	case slices.Contains(w.Resources, "ad_group"):
		src.groups(func(e *entity, g *simkit.Group) bool {
			it := src.under(w.From, e, nil)
			it.ads = g.Ads
			return each(it)
		})
	case slices.Contains(w.Resources, "campaign"):
		for _, e := range src.s.list(src.c, "campaign") {
			if x, ok := e.src.(*simkit.Campaign); ok {
				it := &item{src: src, trees: src.trees, ents: map[string]*entity{"campaign": e}, ads: campaignAds(x)}
				src.joinCampaign(it, e)
				if !each(it) {
					return
				}
			}
		}
	default:
		it := &item{src: src, trees: src.trees}
		for ad := range src.c.src.AllAds {
			it.ads = append(it.ads, ad)
		}
		each(it)
	}
}

// searchTerms yields what people typed: two terms a keyword. A fifth of the
// traffic came from terms too rare to be told.
func (src *source) searchTerms(each func(*item) bool) {
	k := &cut{key: 63, only: true, weights: func(x *adInfo) []int64 {
		if x.spec.channel != "SEARCH" {
			return []int64{1}
		}
		return []int64{24, 8, 16, 6, 12, 4, 7, 3, 20}
	}}
	src.groups(func(e *entity, g *simkit.Group) bool {
		if src.s.spec(g.Campaign).channel != "SEARCH" {
			return true
		}
		for i := range keywords * 2 {
			term := keywordTexts[i/2].text
			if i%2 == 1 {
				term += " " + strconv.Itoa(2024+int(g.ID%3))
			}
			it := src.under("search_term_view", e, obj{
				"resource_name": fmt.Sprintf("%s/searchTermViews/%d~%d~%s", customerName(src.c.id), e.up.key.a, e.key.a, base64.RawURLEncoding.EncodeToString([]byte(term))),
				"search_term":   term, "ad_group": e.name(), "status": [...]string{"ADDED", "NONE"}[i%2],
			})
			it.ads, it.cut, it.part = g.Ads, k, i
			if !each(it) {
				return false
			}
		}
		return true
	})
}

// landingPages yields the pages that ads of ad groups led to.
func (src *source) landingPages(w *gaql.Want, each func(*item) bool) {
	src.scopes(w, func(base *item) bool {
		pages := map[string][]*simkit.Ad{}
		for _, ad := range base.ads {
			if !src.s.spec(ad.Group.Campaign).pmax() {
				pages[urlOf(ad)] = append(pages[urlOf(ad)], ad)
			}
		}
		for _, url := range sortedKeys(pages) {
			it := *base
			it.from, it.ads = w.From, pages[url]
			it.own = obj{"resource_name": fmt.Sprintf("%s/landingPageViews/%d", customerName(src.c.id), simkit.HashString(url)>>1), "unexpanded_final_url": url}
			if !each(&it) {
				return false
			}
		}
		return true
	})
}
