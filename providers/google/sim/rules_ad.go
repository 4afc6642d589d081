package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// adDatas are the members of an ad's oneof.
func (s *schema) adDatas() []string {
	var out []string
	for _, f := range s.messages["Ad"].order {
		if f.oneof == "ad_data" {
			out = append(out, f.name)
		}
	}
	return out
}

func (t *tx) adKind(ad obj) string {
	for _, n := range t.s.schema.adDatas() {
		if ad[n] != nil {
			return n
		}
	}
	return ""
}

func (t *tx) createAd(o obj, _ operation) (*entity, []adsError) {
	group, errs := t.parent(o, "ad_group", "ad_group")
	ad, _ := o["ad"].(obj)
	if ad == nil {
		errs = append(errs, required("ad"))
	}
	if len(errs) > 0 {
		return nil, errs
	}
	kind := t.adKind(ad)
	switch kind {
	case "":
		return nil, []adsError{required("ad.ad_data")}
	case "expanded_text_ad", "legacy_responsive_display_ad", "text_ad":
		return nil, []adsError{issue("adGroupAdError", "CANNOT_CREATE_DEPRECATED_ADS", "Ads of this type can no longer be created.").at("ad").because(kind)}
	}
	setDefault(o, "status", "ENABLED")
	if errs := t.adChecks(ad, kind, "ad"); len(errs) > 0 {
		return nil, errs
	}
	if errs := t.roomFor(group, o, kind); len(errs) > 0 {
		return nil, errs
	}
	id := t.fresh()
	ad = with(ad, "id", id)
	ad["resource_name"] = fmt.Sprintf("%s/ads/%d", customerName(t.cust.id), id)
	ad["type"], ad["added_by_google_ads"] = adType[kind], false
	o["ad"] = ad
	o["policy_summary"] = obj{"review_status": "REVIEW_IN_PROGRESS"}
	o["ad_strength"] = "PENDING"
	e := &entity{kind: "ad_group_ad", key: key{a: group.key.a, b: id}, up: group, c: t.cust, data: o, st: text(o, "status"), made: t.now}
	o["resource_name"] = e.name()
	t.add(e)
	return e, nil
}

// roomFor holds an ad group to 50 ads, three of them enabled responsive search ads.
func (t *tx) roomFor(group *entity, o obj, kind string) []adsError {
	live, searching := 0, 0
	for _, a := range group.children() {
		if st := a.status(); st != "REMOVED" {
			live++
			if st == "ENABLED" && at(t.s.tree(a), "ad.responsive_search_ad") != nil {
				searching++
			}
		}
	}
	switch {
	case live >= 50:
		return []adsError{limitIssue("AD_GROUP", "TEXT_AND_OTHER_ADS_PER_AD_GROUP", 50, live)}
	case kind == "responsive_search_ad" && text(o, "status") == "ENABLED" && searching >= 3:
		return []adsError{limitIssue("AD_GROUP", "RESPONSIVE_SEARCH_ADS_PER_AD_GROUP", 3, searching)}
	}
	return nil
}

// textRule is how many texts of how many characters a field takes.
type textRule struct {
	field    string
	min, max int
	length   int
}

var adTexts = map[string][]textRule{
	"responsive_search_ad":      {{"headlines", 3, 15, 30}, {"descriptions", 2, 4, 90}},
	"responsive_display_ad":     {{"headlines", 1, 5, 30}, {"descriptions", 1, 5, 90}},
	"demand_gen_multi_asset_ad": {{"headlines", 1, 5, 40}, {"descriptions", 1, 5, 90}},
	"video_responsive_ad":       {{"headlines", 1, 5, 30}, {"long_headlines", 1, 5, 90}, {"descriptions", 1, 5, 90}},
}

// adChecks are what create and content update share; where is the ad's path.
func (t *tx) adChecks(ad obj, kind, where string) []adsError {
	p := func(f string) string { return strings.TrimPrefix(where+"."+f, ".") }
	var errs []adsError
	urls, _ := ad["final_urls"].([]string)
	if len(urls) == 0 && kind != "shopping_product_ad" && kind != "app_ad" {
		errs = append(errs, required(p("final_urls")))
	}
	for _, u := range urls {
		if !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://") {
			errs = append(errs, issue("adError", "URL_INVALID_SCHEME", "The URL scheme is not valid.").at(p("final_urls")).because(u))
		}
	}
	data, _ := ad[kind].(obj)
	for _, r := range adTexts[kind] {
		list, _ := data[r.field].([]any)
		if len(list) < r.min || len(list) > r.max {
			errs = append(errs, issue("adError", "INVALID_NUMBER_OF_ELEMENTS", "The number of texts is out of range: %d to %d.", r.min, r.max).at(p(kind+"."+r.field)))
		}
		for _, x := range list {
			o, _ := x.(obj)
			if n := len([]rune(text(o, "text"))); n == 0 || n > r.length {
				code := "TOO_LONG"
				if n == 0 {
					code = "EMPTY_FIELD"
				}
				errs = append(errs, issue("adError", code, "The text does not fit its field.").at(p(kind+"."+r.field)).because(text(o, "text")))
			}
		}
	}
	if kind == "responsive_search_ad" && text(data, "path2") != "" && text(data, "path1") == "" {
		errs = append(errs, required(p(kind+".path1")))
	}
	if len(errs) == 0 {
		errs = t.policy(ad, where)
	}
	return errs
}

// policyTopic is what the magic word is found to be.
const policyTopic = "MISLEADING_CLAIMS"

// policy looks for the magic word, unless the operation asks to be exempt.
func (t *tx) policy(o obj, where string) []adsError {
	if slices.Contains(t.ignored, policyTopic) || !contains(o, t.s.opts.PolicyWord) {
		return nil
	}
	e := issue("policyFindingError", "POLICY_FINDING", "The resource has policy issues.").because(t.s.opts.PolicyWord)
	if where != "" {
		e = e.at(where)
	}
	e.details = obj{"policy_finding_details": obj{"policy_topic_entries": []any{obj{"topic": policyTopic, "type": "PROHIBITED",
		"evidences": []any{obj{"text_list": obj{"texts": []string{t.s.opts.PolicyWord}}}}}}}}
	return []adsError{e}
}

// contains looks for a word in all texts of a tree.
func contains(v any, word string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(strings.ToLower(v), strings.ToLower(word))
	case obj:
		for _, x := range v {
			if contains(x, word) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(x any) bool { return contains(x, word) })
	case []string:
		return slices.ContainsFunc(v, func(x string) bool { return contains(x, word) })
	}
	return false
}

// fixedAds are the kinds whose content cannot be changed.
var fixedAds = []string{"text_ad", "image_ad", "expanded_dynamic_search_ad", "expanded_text_ad"}

func (t *tx) updateAd(e *entity, _, next obj, _ []string) (obj, []adsError) {
	ad, _ := next["ad"].(obj)
	kind := t.adKind(ad)
	if slices.Contains(fixedAds, kind) {
		return nil, []adsError{issue("adError", "CANNOT_MODIFY_AD", "The ad cannot be modified: make a new one.")}
	}
	if errs := t.adChecks(ad, kind, ""); len(errs) > 0 {
		return nil, errs
	}
	t.stamp(e, t.now)
	return with(next, "policy_summary", obj{"review_status": "REVIEW_IN_PROGRESS"}), nil
}

// stamp notes when a client wrote an ad's content.
func (t *tx) stamp(e *entity, now time.Time) {
	t.cust.mu.Lock()
	made := e.made
	e.made = now
	t.cust.mu.Unlock()
	t.undo = append(t.undo, func() {
		t.cust.mu.Lock()
		defer t.cust.mu.Unlock()
		e.made = made
	})
}
