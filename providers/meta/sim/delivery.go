package sim

import "time"

// deliveryInfo is the delivery state that lists and reports can be filtered by
// as `<level>.delivery_info`: Singer's tap walks campaigns, ad sets and ads by
// it. It is no readable field, and asking about it brings archived and deleted
// ones into the list. Every node has exactly one of the words.
func (s *Sim) deliveryInfo(e *entity, now time.Time) string {
	switch st := s.effective(e, now); st {
	case "DELETED":
		return "deleted"
	case "ARCHIVED":
		return "archived"
	case "PENDING_REVIEW", "PREAPPROVED", "IN_PROCESS":
		return "pending_review"
	case "DISAPPROVED":
		return "rejected"
	case "WITH_ISSUES", "PENDING_BILLING_INFO":
		return "not_delivering"
	case "ACTIVE":
		return s.runs(e, now)
	}
	return "inactive" // paused, itself or by a parent
}

// runs tells what an active node's schedule, or its parents', makes of it.
func (s *Sim) runs(e *entity, now time.Time) string {
	for ; e != nil && statusful(e.kind); e = e.parent {
		start, end := "start_time", "end_time"
		if e.kind == "Campaign" {
			end = "stop_time"
		}
		if t, ok := s.field(e, end, now).(string); ok {
			if at, err := time.Parse(timeLayout, t); err == nil && !at.After(now) {
				return "completed"
			}
		}
		if t, ok := s.field(e, start, now).(string); ok {
			if at, err := time.Parse(timeLayout, t); err == nil && at.After(now) {
				return "scheduled"
			}
		}
	}
	return "active"
}
