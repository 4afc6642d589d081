package sim

import (
	"fmt"
	"strings"
)

// attribute is text about the row's object; enumerations come as words for
// people.
func (s *Sim) attribute(q *query, r *reportRow, name string) string {
	switch name {
	case "advertiser_id":
		return r.account.id
	case "currency", "timezone", "advertiser_name":
		if q.several && q.idDim == "" {
			return "0"
		}
		return map[string]string{"currency": r.account.src.Currency, "timezone": r.account.zone, "advertiser_name": r.account.src.Name}[name]
	}
	e := r.entity
	if e == nil {
		return "-"
	}
	switch name {
	case "campaign_name":
		return e.at(kindCampaign).title()
	case "campaign_id":
		return e.at(kindCampaign).id
	case "adgroup_name":
		return e.at(kindAdGroup).title()
	case "adgroup_id":
		return e.at(kindAdGroup).id
	case "ad_name":
		return e.title()
	case "ad_id_v2":
		return e.id
	case "ad_id":
		if r.part != nil {
			return r.part.id
		}
		return e.id
	case "campaign_automation_type":
		if r.part != nil {
			return "UPGRADED_SMART_PLUS_CREATIVE"
		}
		return e.auto
	case "objective_type":
		return displayText(e.wireObjective())
	case "opt_status", "operation_status":
		return displayText(e.op)
	case "campaign_budget":
		return fmt.Sprint(e.at(kindCampaign).show()["budget"])
	}
	return s.deepAttribute(e, name)
}

func (s *Sim) deepAttribute(e *entity, name string) string {
	switch name {
	case "placement_type":
		return "Select Placement"
	case "promotion_type", "billing_event":
		return displayText(str(e.at(kindAdGroup).show(), name))
	case "bid_strategy":
		return displayText(str(e.at(kindAdGroup).show(), "bid_type"))
	case "smart_target":
		return displayText(str(e.at(kindAdGroup).show(), "optimization_goal"))
	case "budget", "ad_text", "call_to_action", "video_id":
		if v := e.show()[name]; v != nil {
			return fmt.Sprint(v)
		}
	}
	return "-"
}

// displayText is an enumeration's word as people read it.
func displayText(word string) string {
	words := strings.Split(strings.ToLower(word), "_")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}

func attributeDepth(name string) int {
	switch name {
	case "advertiser_name", "advertiser_id", "currency", "timezone":
		return 0
	case "campaign_name", "campaign_id", "objective_type", "campaign_budget", "campaign_automation_type", "split_test", "app_promotion_type", "campaign_dedicate_type", "rf_campaign_type":
		return 1
	case "ad_name", "ad_id", "ad_id_v2", "ad_text", "call_to_action", "ad_profile_image", "ad_url", "image_mode", "video_id", "is_aco", "is_smart_creative":
		return 3
	case "opt_status", "operation_status", "budget":
		return 1
	}
	return 2
}
