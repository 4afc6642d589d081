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
	if !actionsCombine(q.actionBreakdowns, key) {
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

func actionsCombine(actions, sortedData []string) bool {
	var own []string
	for _, a := range actions {
		if a != "action_type" && !slices.Contains(own, a) {
			own = append(own, a)
		}
	}
	switch {
	case len(own) == 0:
		return true
	case len(own) > 1:
		return false
	case len(sortedData) == 0:
		return true
	}
	return slices.Contains(actionJoins, own[0]+" "+strings.Join(sortedData, " "))
}
