package sim

import "slices"

// eventView is one way in which Meta shows an event: the sum of some channels.
// Views of an event overlap; a reader takes one of them, in order of priority.
type eventView struct {
	kind string // the action_type
	of   []int  // channels
}

// onMeta tells that a view counts nothing that happened off Meta.
func (v eventView) onMeta() bool { return len(v.of) == 1 && v.of[0] == chOnsite }

// eventViews are the views per set and event, the widest first.
func eventViews() (t [viewSets][events][]eventView) {
	all := []int{chWeb, chOnsite, chApp, chOther}
	web, onsite, app := []int{chWeb}, []int{chOnsite}, []int{chApp}
	t[omniViews][evPurchase] = []eventView{
		{"omni_purchase", all}, {"purchase", []int{chWeb, chOnsite, chApp}}, {"offsite_conversion.fb_pixel_purchase", web},
		{"onsite_web_purchase", []int{chWeb, chOnsite}}, {"web_in_store_purchase", []int{chWeb, chOther}},
		{"onsite_conversion.purchase", onsite}, {"app_custom_event.fb_mobile_purchase", app},
	}
	t[plainViews][evPurchase] = []eventView{
		{"purchase", all}, {"offsite_conversion.fb_pixel_purchase", web},
		{"onsite_conversion.purchase", onsite}, {"app_custom_event.fb_mobile_purchase", app},
	}
	t[pixelViews][evPurchase] = []eventView{{"offsite_conversion.fb_pixel_purchase", all}}
	lead := []eventView{
		{"lead", all}, {"onsite_conversion.lead_grouped", onsite}, {"offsite_conversion.fb_pixel_lead", web},
	}
	t[omniViews][evLead], t[plainViews][evLead] = lead, lead
	t[pixelViews][evLead] = []eventView{{"offsite_conversion.fb_pixel_lead", all}}
	t[omniViews][evInstall] = []eventView{{"omni_app_install", all}, {"mobile_app_install", app}}
	t[plainViews][evInstall] = []eventView{{"mobile_app_install", all}, {"app_install", app}}
	t[pixelViews][evInstall] = []eventView{{"app_install", all}}
	for _, f := range []struct {
		ev                     int
		omni, name, pixel, app string
	}{
		{evCart, "omni_add_to_cart", "add_to_cart", "add_to_cart", "add_to_cart"},
		{evContent, "omni_view_content", "view_content", "view_content", "content_view"},
		{evCheckout, "omni_initiated_checkout", "initiate_checkout", "initiate_checkout", "initiated_checkout"},
	} {
		pixel := eventView{"offsite_conversion.fb_pixel_" + f.pixel, web}
		mobile := eventView{"app_custom_event.fb_mobile_" + f.app, app}
		t[omniViews][f.ev] = []eventView{{f.omni, all}, {f.name, []int{chWeb, chApp}}, pixel, mobile}
		t[plainViews][f.ev] = []eventView{{f.name, all}, pixel, mobile}
		t[pixelViews][f.ev] = []eventView{{pixel.kind, all}}
	}
	return t
}

// actionEntry is one element of an actions array: how many (or how much, in
// micros), in all and by window.
type actionEntry struct {
	kind    string
	value   int64
	windows [numWindows]int64
}

// The windows that have numbers.
const (
	w1Click = iota
	w7Click
	w28Click
	w1View
	w1Engaged
	numWindows
)

// windowIndex is where a window's number is; -1: it has none. 7d_view and
// 28d_view return nothing since 2026-01-12 though they may still be asked for.
func windowIndex(name string) int {
	return slices.Index([]string{"1d_click", "7d_click", "28d_click", "1d_view", "1d_ev"}, name)
}

// entryOf sums a view's channels. values tells to sum what they were worth.
func (c cell) entryOf(ev int, v eventView, values bool) actionEntry {
	var by [attributions]int64
	for _, ch := range v.of {
		at := eventAt(ev, ch)
		if values {
			at += attributions
		}
		for cat := range attributions {
			by[cat] += c[at+cat]
		}
	}
	e := actionEntry{kind: v.kind, value: by[aClick1] + by[aClick7] + by[aClick28] + by[aView1]}
	seven := by[aClick1] + by[aClick7] + by[aClick7Out]
	e.windows = [numWindows]int64{
		by[aClick1], seven, seven + by[aClick28] + by[aClick28Out], by[aView1] + by[aView1Out], by[aEngaged],
	}
	return e
}

// postEngagement already holds link clicks, comments, reactions and the rest.
func (c cell) postEngagement() int64 {
	return c[mLinkClicks] + c[mReactions] + c[mComments] + c[mShares] + c[mSaves] + c[mPhotoViews] + c[mViews3s]
}

// plainAction is an action that is no conversion: on Meta itself, always after
// a click as far as its windows are concerned.
type plainAction struct {
	kind   string
	of     func(cell) int64
	onMeta bool
}

func at(m int) func(cell) int64 { return func(c cell) int64 { return c[m] } }

func plainActions() []plainAction {
	return []plainAction{
		{"link_click", at(mLinkClicks), true},
		{"landing_page_view", at(mLandingViews), false},
		{"post_engagement", cell.postEngagement, true},
		{"page_engagement", func(c cell) int64 { return c.postEngagement() + c[mPageLikes] }, true},
		{"post_reaction", at(mReactions), true},
		{"comment", at(mComments), true},
		{"post", at(mShares), true},
		{"like", at(mPageLikes), true},
		{"onsite_conversion.post_save", at(mSaves), true},
		{"photo_view", at(mPhotoViews), true},
		{"video_view", at(mViews3s), true},
		{"complete_registration", at(mRegistrations), false},
	}
}

// actionEntries gives every action with events in a part of a row: the plain
// ones, then the events in all their views.
func (r *reportRow) actionEntries(c cell, values bool, yield func(actionEntry)) {
	show := func(kind string, onMeta bool) bool {
		return (onMeta || !r.q.noOffMeta) && r.q.filters.action(kind)
	}
	if !values {
		for _, p := range r.sim.insights.plain {
			n := p.of(c)
			if n == 0 || !show(p.kind, p.onMeta) {
				continue
			}
			e := actionEntry{kind: p.kind, value: n}
			e.windows = [numWindows]int64{w1Click: n, w7Click: n, w28Click: n}
			yield(e)
		}
	}
	for ev, views := range r.sim.insights.views[r.views] {
		for _, v := range views {
			if !show(v.kind, v.onMeta()) {
				continue
			}
			if e := c.entryOf(ev, v, values); e.value != 0 || r.q.asksFor(e) {
				yield(e)
			}
		}
	}
}

// asksFor tells whether an entry has a number in one of the windows asked for.
func (q *insightQuery) asksFor(e actionEntry) bool {
	for _, w := range q.windows {
		if i := windowIndex(w); i >= 0 && e.windows[i] != 0 {
			return true
		}
	}
	return false
}

// firstPurchase is the view of purchases that a report leads with.
func (r *reportRow) firstView(ev int) eventView { return r.sim.insights.views[r.views][ev][0] }
