package sim

import (
	"slices"
	"strings"
)

// Which split columns may stand together. Actions are always split by type,
// so that action_type takes part (Meta names it in the message).
func (q *insightQuery) checkBreakdowns(s *Sim) *graphError {
	columns := append(slices.Clone(q.actionBreakdowns), q.breakdowns...)
	bad := invalidParam("Current combination of data breakdown columns (%s) is invalid", strings.Join(columns, ", "))
	key := slices.Clone(q.breakdowns)
	slices.Sort(key)
	if len(slices.Compact(slices.Clone(key))) != len(key) {
		return bad
	}
	steps, known := s.insights.splits[strings.Join(key, ",")]
	if len(key) > 0 && !known && (len(key) > 1 || alone(key[0])) {
		return bad
	}
	q.steps, q.barren = steps, len(key) > 0 && len(steps) == 0
	if !actionsCombine(q.actionColumns(), key) {
		return bad
	}
	return nil
}

// alone tells that a column never stands by itself.
func alone(name string) bool { return name == "impression_device" || name == "platform_position" }

// actionJoins are the action breakdowns that may stand beside data breakdowns;
// action_type itself goes with all of those.
var actionJoins = []string{
	"action_device", "action_device impression_device", "action_device publisher_platform",
	"action_device impression_device publisher_platform", "action_device platform_position publisher_platform",
	"action_device impression_device platform_position publisher_platform",
	"action_carousel_card_id", "action_carousel_card_id impression_device", "action_carousel_card_id country",
	"action_carousel_card_id age", "action_carousel_card_id gender", "action_carousel_card_id age gender",
}

// actionTwins are the action breakdowns that name the same thing, one by id and
// one by name, so that both may be asked for: Singer's and Airbyte's connectors
// do so by default. Those of destinations go, as action_type does, with all
// data breakdowns.
var actionTwins = map[string]string{
	"action_target_id": "action_destination", "action_destination": "action_target_id",
	"action_carousel_card_id": "action_carousel_card_name", "action_carousel_card_name": "action_carousel_card_id",
}

// actionsCombine takes the action breakdowns but action_type.
func actionsCombine(own, sortedData []string) bool {
	switch {
	case len(own) == 0:
		return true
	case len(own) > 2 || len(own) == 2 && actionTwins[own[0]] != own[1]:
		return false
	case len(sortedData) == 0 || own[0] == "action_target_id" || own[0] == "action_destination":
		return true
	}
	return slices.Contains(actionJoins, own[0]+" "+strings.Join(sortedData, " "))
}
