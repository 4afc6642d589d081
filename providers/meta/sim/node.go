package sim

import (
	"strings"
	"time"
)

// field is a readable field of a node, nil when it has no value: stored ones,
// and those that follow from the node's state, its parents, facts and the clock.
func (s *Sim) field(e *entity, name string, now time.Time) any {
	switch name {
	case "id":
		return e.id
	case "account_id":
		if e.account != nil {
			return e.account.digits
		}
	case "created_time":
		if e.account != nil && !e.created.IsZero() {
			return e.account.clock(e.created)
		}
	case "updated_time":
		if e.account != nil && e.kind != "AdAccount" {
			return e.account.clock(e.updated())
		}
	}
	var v any
	switch e.kind {
	case "AdAccount":
		v = s.accountField(e.account, name, now)
	case "Campaign":
		v = s.campaignField(e, name, now)
	case "AdSet":
		v = s.adSetField(e, name, now)
	case "Ad":
		v = s.adField(e, name, now)
	case "AdCreative", "AdImage", "AdVideo":
		v = s.mediaField(e, name, now)
	case "Page", "CustomConversion", "AdsPixel":
		v = s.smallField(e, name)
	}
	if v != nil {
		return v
	}
	return e.stored(name)
}

func (s *Sim) accountField(a *account, name string, now time.Time) any {
	switch name {
	case "account_id":
		return a.digits
	case "account_status":
		return a.status
	case "age":
		return now.Sub(a.created).Hours() / 24
	case "amount_spent":
		return itoa(a.minor(s.spent(&a.entity, s.kit.World.FirstDay()-1, now)))
	case "timezone_offset_hours_utc":
		_, off := now.In(a.loc).Zone()
		if off%3600 == 0 {
			return off / 3600
		}
		return float64(off) / 3600
	case "business":
		if a.business != nil {
			return obj{"id": a.business.id, "name": a.business.name}
		}
	case "owner":
		if a.business != nil {
			return a.business.id
		}
		return s.kit.OAuth.Members()[0].ID
	}
	return nil
}

// switched fields that campaigns, ad sets and ads share.
func (s *Sim) switched(e *entity, name string, now time.Time) any {
	switch name {
	case "status", "configured_status":
		return e.status()
	case "effective_status":
		return s.effective(e, now)
	case "issues_info":
		return e.issues()
	case "budget_remaining":
		return s.remaining(e, now)
	}
	return nil
}

func (s *Sim) campaignField(e *entity, name string, now time.Time) any {
	switch name {
	case "start_time":
		return s.merged(e, "start_time", false)
	case "stop_time":
		return s.merged(e, "end_time", true)
	}
	return s.switched(e, name, now)
}

// merged is a campaign's first start or last end over its ad sets; one open ad
// set keeps the campaign open. A campaign without ad sets has what was written.
func (s *Sim) merged(e *entity, name string, last bool) any {
	var best time.Time
	text := ""
	for _, g := range s.snapshot(e.kids) {
		if g.status() == "DELETED" && e.status() != "DELETED" {
			continue
		}
		v := g.str(name)
		t, err := time.Parse(timeLayout, v)
		if err != nil {
			if last {
				return nil
			}
			continue
		}
		if text == "" || last == t.After(best) {
			best, text = t, v
		}
	}
	if text == "" {
		if !last && e.camp != nil && !e.camp.Start.IsZero() {
			return e.account.clock(e.camp.Start)
		}
		if !last && e.stored("start_time") == nil {
			return e.account.clock(e.created)
		}
		return nil
	}
	return text
}

func (s *Sim) adSetField(e *entity, name string, now time.Time) any {
	switch name {
	case "campaign_id":
		return e.parent.id
	case "special_ad_categories":
		return e.parent.stored(name)
	case "learning_stage_info":
		return s.learning(e, now)
	case "attribution_setting": // not a field of the node; the reports name it so
		return attributionSetting(e.stored("attribution_spec"))
	}
	return s.switched(e, name, now)
}

// attributionSetting names an attribution_spec ("7d_click_1d_view").
func attributionSetting(v any) string {
	list, _ := v.([]any)
	var click, view, engaged string
	for _, x := range list {
		o, _ := x.(obj)
		days, _ := asText(jsonNumber(o["window_days"]))
		switch o["event_type"] {
		case "CLICK_THROUGH":
			click = days + "d_click"
		case "VIEW_THROUGH":
			view = days + "d_view"
		case "ENGAGED_VIDEO_VIEW":
			engaged = days + "d_ev"
		}
	}
	var parts []string
	for _, p := range []string{click, view, engaged} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return "7d_click_1d_view"
	}
	return strings.Join(parts, "_")
}

func (s *Sim) adField(e *entity, name string, now time.Time) any {
	switch name {
	case "adset_id":
		return e.parent.id
	case "campaign_id":
		return e.parent.parent.id
	case "targeting", "special_ad_categories":
		return s.field(e.parent, name, now)
	case "bid_amount":
		return e.parent.stored(name)
	}
	return s.switched(e, name, now)
}

// mediaField signs URLs anew at each reading: they expire.
func (s *Sim) mediaField(e *entity, name string, now time.Time) any {
	switch name {
	case "status":
		if e.kind == "AdVideo" {
			return s.videoStatus(e, now)
		}
		return e.status()
	case "url", "url_128":
		if e.kind == "AdImage" {
			return signed(e.id, name, now)
		}
	case "picture", "source", "icon":
		if e.kind == "AdVideo" {
			return signed(e.id, name, now)
		}
	case "thumbnail_url", "image_url":
		if e.kind != "AdCreative" || e.stored(name) != nil {
			return nil
		}
		if name == "image_url" && e.stored("image_hash") == nil {
			return nil
		}
		return signed(e.id, name, now)
	case "creatives":
		if e.kind == "AdImage" {
			return s.creativesOf(e)
		}
	}
	return nil
}

// signed is a CDN address with a signature and an end.
func signed(id, what string, now time.Time) string {
	end := now.Add(96 * time.Hour).Unix()
	return "https://scontent.example/v/t45.1600-4/" + strings.ReplaceAll(id, ":", "_") + "_" + what + ".png?_nc_cat=104&oh=" +
		appSecretProof("cdn", id+itoa(end))[:40] + "&oe=" + strings.ToUpper(hex32(end))
}

func (s *Sim) smallField(e *entity, name string) any {
	switch {
	case e.kind == "CustomConversion" && name == "pixel":
		return obj{"id": e.account.pixels.all[0].id}
	case e.kind == "AdsPixel" && name == "creation_time", e.kind == "CustomConversion" && name == "creation_time":
		return e.account.clock(e.created)
	case e.kind == "AdsPixel" && name == "owner_business" && e.account.business != nil:
		return obj{"id": e.account.business.id, "name": e.account.business.name}
	}
	return nil
}
