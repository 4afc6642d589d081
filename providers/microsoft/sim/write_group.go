package sim

import (
	"unicode/utf8"

	"github.com/admux/admux/providers/internal/simkit"
)

func (s *Sim) checkGroup(c *call, parent *entity, next, before obj) *itemError {
	if parent.str("CampaignType") == "PerformanceMax" {
		return bad(201, "CampaignId")
	}
	if e := named(next, 256, 1202, 1214, parent.children["AdGroup"]); e != nil {
		return e
	}
	expired := before != nil && expiredAt(c, before)
	if !expired {
		if e := settable(next, before, 1016); e != nil {
			return e
		}
	}
	language, _ := next["Language"].(string)
	if languages, _ := parent.get()["Languages"].([]any); language == "" && len(languages) == 0 {
		return bad(1257, "Language")
	}
	if language != "" && !s.tab.member("LanguageName", language) {
		return bad(3412, "Language")
	}
	// A scheme of the group's own is ignored without an error.
	scheme, _ := parent.get()["BiddingScheme"].(obj)
	next["BiddingScheme"] = obj{"Type": "InheritFromParent", "InheritedBidStrategyType": scheme["Type"]}
	for _, name := range []string{"CpcBid", "CpmBid", "CpvBid"} {
		if bid, ok := next[name].(obj); ok && bid["Amount"] != nil {
			if v, _ := float(bid["Amount"]); v < 0.01 || v > 100_000 {
				return bad(1017, name)
			}
		}
	}
	if e := groupDates(c, next, before); e != nil {
		return e
	}
	if expired && expiredAt(c, next) {
		return bad(1215, "")
	}
	defaulted(next, "Network", "OwnedAndOperatedAndSyndicatedSearch")
	defaulted(next, "CpcBid", amount(50_000))
	defaulted(next, "CpvBid", obj{"Amount": nil})
	defaulted(next, "CpmBid", obj{"Amount": nil})
	defaulted(next, "AdScheduleUseSearcherTimeZone", false)
	if parent.str("CampaignType") == "Search" {
		defaulted(next, "AdGroupType", "SearchStandard")
	}
	return nil
}

func expiredAt(c *call, o obj) bool {
	end, ok := dayOf(o["EndDate"])
	return ok && !c.now.Before((end + 1).Start(c.acc.src.Loc))
}

// groupDates: a start once reached is fixed, an end from 2050 on is none.
func groupDates(c *call, next, before obj) *itemError {
	today := simkit.DayOf(c.now.In(c.acc.src.Loc))
	if next["StartDate"] == nil {
		next["StartDate"] = dateObj(today)
	}
	start, ok := dayOf(next["StartDate"])
	if !ok {
		return bad(1232, "StartDate")
	}
	old, had := simkit.Day(0), false
	if before != nil {
		old, had = dayOf(before["StartDate"])
	}
	switch {
	case had && old <= today && start != old:
		return bad(1232, "StartDate")
	case (!had || start != old) && start < today:
		return bad(1212, "StartDate")
	case next["EndDate"] == nil:
		return nil
	}
	end, ok := dayOf(next["EndDate"])
	if !ok {
		return bad(1233, "EndDate")
	}
	if y, _, _ := end.Date(); y >= noneYear {
		delete(next, "EndDate")
		return nil
	}
	if end < start {
		return bad(1204, "EndDate")
	}
	return nil
}

func (s *Sim) checkKeyword(_ *call, parent *entity, next, before obj) *itemError {
	text, _ := next["Text"].(string)
	if text == "" || utf8.RuneCountInString(text) > 100 || next["MatchType"] == nil {
		return bad(203, "Text")
	}
	for _, k := range living(parent.children["Keyword"]) {
		if k.id != next["Id"] && fold(k.str("Text")) == fold(text) && k.get()["MatchType"] == next["MatchType"] {
			return bad(1517, "Text")
		}
	}
	if before == nil && next["Status"] == nil {
		next["Status"] = "Active"
	}
	defaulted(next, "EditorialStatus", "Active")
	return settable(next, before, 1016)
}

// width is a text's length as the platform counts: wide letters count twice.
func width(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}

// linkTexts are the texts of a list of asset links; ok is false when one is too
// long or empty, or there twice.
func linkTexts(v any, limit int) (n int, long, twice, empty bool) {
	list, _ := v.([]any)
	seen := map[string]bool{}
	for _, x := range list {
		link, _ := x.(obj)
		asset, _ := link["Asset"].(obj)
		text, _ := asset["Text"].(string)
		long = long || width(text) > limit
		twice = twice || seen[fold(text)]
		empty = empty || text == ""
		seen[fold(text)] = true
	}
	return len(list), long, twice, empty
}

func (s *Sim) checkAssetGroup(_ *call, parent *entity, next, before obj) *itemError {
	if parent.str("CampaignType") != "PerformanceMax" {
		return bad(201, "CampaignId")
	}
	if e := named(next, 128, 201, 201, parent.children["AssetGroup"]); e != nil {
		return e
	}
	if business, _ := next["BusinessName"].(string); business == "" || width(business) > 25 {
		return bad(203, "BusinessName")
	}
	if list, _ := next["FinalUrls"].([]any); len(list) == 0 {
		return bad(203, "FinalUrls")
	}
	for _, rule := range []struct {
		name            string
		least, most, at int
	}{{"Headlines", 3, 15, 30}, {"LongHeadlines", 1, 5, 90}, {"Descriptions", 2, 5, 90}} {
		n, long, twice, empty := linkTexts(next[rule.name], rule.at)
		if n < rule.least || n > rule.most || long || twice || empty {
			return bad(201, rule.name)
		}
	}
	if list, _ := next["Images"].([]any); len(list) == 0 {
		return bad(5723, "Images")
	}
	defaulted(next, "EditorialStatus", "Active")
	defaulted(next, "CallToAction", "LearnMore")
	return settable(next, before, 1016)
}
