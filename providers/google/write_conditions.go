package google

import (
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func (w *wisher) devices() error {
	d := w.t.Device
	if d == nil {
		return nil
	}
	for _, list := range []struct {
		part, kind, member, constant, prefix string
		refs                                 []normalize.TargetRef
	}{
		{"device.carriers", "CARRIER", "carrier", "carrierConstant", "carrierConstants/", d.Carriers},
		{"device.user_device", "MOBILE_DEVICE", "mobileDevice", "mobileDeviceConstant", "mobileDeviceConstants/", d.UserDevice},
		{"device.user_os", "OPERATING_SYSTEM_VERSION", "operatingSystemVersion", "operatingSystemVersionConstant", "operatingSystemVersionConstants/", d.UserOS},
	} {
		if !w.given(list.part) {
			continue
		}
		for _, ref := range list.refs {
			id, err := constantName(list.part, list.prefix, ref.ID)
			if err != nil {
				return err
			}
			w.add(list.part, list.kind, false, []string{id}, fields{list.member: fields{list.constant: id}})
		}
	}
	if !w.given("device.types") || len(d.Types) == 0 {
		return nil
	}
	var shown []string
	for _, ref := range d.Types {
		if !slices.Contains(allDevices, ref.ID) {
			return fault(providers.Rejected, "targeting.device.types", "Google Ads has no device %q: it has %s", ref.ID, strings.Join(allDevices, ", "))
		}
		shown = append(shown, ref.ID)
	}
	for _, kind := range allDevices { // all are shown but those whose modifier is 0
		if !slices.Contains(shown, kind) {
			w.add("device.types", "DEVICE", false, []string{kind}, fields{"device": fields{"type": kind}, "bidModifier": normalize.Int(0)})
		}
	}
	return nil
}

var minuteNames = map[int64]string{0: "ZERO", 15: "FIFTEEN", 30: "THIRTY", 45: "FORTY_FIVE"}

// maxADay is how many pieces of a schedule a day may have.
const maxADay = 6

var leastModifier, mostModifier = normalize.Scaled(1, 1), normalize.Int(10)

func (w *wisher) schedule() error {
	if !w.given("schedule") {
		return nil
	}
	const field = "targeting.schedule"
	count := map[normalize.DayOfWeek]int{}
	for i := range w.t.Schedule {
		s := &w.t.Schedule[i]
		start, from := minuteOf(s.StartMinute)
		end, to := minuteOf(s.EndMinute)
		count[s.DayOfWeek]++
		switch {
		case weekday(s.DayOfWeek) < 0:
			return fault(providers.Rejected, field, "day_of_week %q is none", s.DayOfWeek)
		case !from || !to:
			return fault(providers.Rejected, field, "Google Ads schedules by quarters of an hour: 0, 15, 30 or 45")
		case s.StartHour < 0 || s.StartHour > 23 || s.EndHour < 0 || s.EndHour > 24 || s.EndHour == 24 && end != "ZERO":
			return fault(providers.Rejected, field, "hours are from 0 to 24")
		case s.EndHour < s.StartHour, s.EndHour == s.StartHour && deref(s.EndMinute) <= deref(s.StartMinute):
			return fault(providers.Rejected, field, "a piece of a schedule ends after it begins, on the same day")
		case count[s.DayOfWeek] > maxADay:
			return fault(providers.Rejected, field, "Google Ads takes %d pieces of a day at most", maxADay)
		}
		body := fields{"adSchedule": fields{"dayOfWeek": s.DayOfWeek, "startHour": s.StartHour, "startMinute": start, "endHour": s.EndHour, "endMinute": end}}
		if m := s.BidModifier; m != nil {
			if m.Cmp(leastModifier) < 0 || m.Cmp(mostModifier) > 0 {
				return fault(providers.Rejected, field, "bid_modifier must be from 0.1 to 10")
			}
			body["bidModifier"] = *m
		}
		w.add("schedule", "AD_SCHEDULE", false, []string{string(s.DayOfWeek), itoa(s.StartHour), start, itoa(s.EndHour), end}, body)
	}
	return nil
}

func minuteOf(p *int64) (string, bool) {
	name, ok := minuteNames[deref(p)]
	return name, ok
}

func deref(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}

// contentLabels are the kinds of content that ads can be kept from.
var contentLabels = []string{
	"SEXUALLY_SUGGESTIVE", "BELOW_THE_FOLD", "PARKED_DOMAIN", "JUVENILE", "PROFANITY", "TRAGEDY", "VIDEO", "VIDEO_RATING_DV_G",
	"VIDEO_RATING_DV_PG", "VIDEO_RATING_DV_T", "VIDEO_RATING_DV_MA", "VIDEO_NOT_YET_RATED", "EMBEDDED_VIDEO",
	"LIVE_STREAMING_VIDEO", "SOCIAL_ISSUES", "BRAND_SUITABILITY_CONTENT_FOR_FAMILIES", "BRAND_SUITABILITY_GAMES_FIGHTING",
	"BRAND_SUITABILITY_GAMES_MATURE", "BRAND_SUITABILITY_HEALTH_SENSITIVE", "BRAND_SUITABILITY_HEALTH_SOURCE_UNDETERMINED",
	"BRAND_SUITABILITY_NEWS_RECENT", "BRAND_SUITABILITY_NEWS_SENSITIVE", "BRAND_SUITABILITY_NEWS_SOURCE_NOT_FEATURED",
	"BRAND_SUITABILITY_POLITICS", "BRAND_SUITABILITY_RELIGION",
}

func (w *wisher) labels() error {
	const part = "brand_safety.excluded_content_labels"
	b := w.t.BrandSafety
	if b == nil || !w.given(part) {
		return nil
	}
	for _, l := range b.ExcludedContentLabels {
		if !slices.Contains(contentLabels, l) {
			return fault(providers.Rejected, "targeting."+part, "Google Ads has no content label %q: it has %s", l, strings.Join(contentLabels, ", "))
		}
		w.add(part, "CONTENT_LABEL", true, []string{l}, fields{"contentLabel": fields{"type": l}})
	}
	return nil
}

// Limits of a keyword.
const (
	maxKeyword      = 80
	maxKeywordWords = 10
)

func (w *wisher) keywords() error {
	if w.t.Content == nil {
		return nil
	}
	for part, list := range map[string][]normalize.Keyword{"content.keywords": w.t.Content.Keywords, "content.excluded_keywords": w.t.Content.ExcludedKeywords} {
		if !w.given(part) || !w.site.group && part == "content.keywords" {
			continue
		}
		for _, k := range list {
			if err := textWithin("targeting."+part, k.Text, maxKeyword); err != nil {
				return err
			}
			match := string(k.MatchType)
			if _, ok := matchTypes[match]; !ok {
				return fault(providers.Rejected, "targeting."+part, "Google Ads has no match type %q", match)
			}
			if len(strings.Fields(k.Text)) > maxKeywordWords {
				return fault(providers.Rejected, "targeting."+part, "a keyword has %d words at most", maxKeywordWords)
			}
			w.add(part, "KEYWORD", part != "content.keywords", []string{k.Text, match}, fields{"keyword": fields{"text": k.Text, "matchType": match}})
		}
	}
	return nil
}
