package sim

import (
	"slices"
	"time"
)

// activities is an account's change history, newest first: what clients changed,
// and the creations and last changes of what is seeded.
func (s *Sim) activities(c *call, e *entity, p params) ([]any, *graphError) {
	since, until, err := activityRange(p, c.now)
	if err != nil {
		return nil, err
	}
	a := e.account
	s.mu.RLock()
	list := slices.Clone(s.activity[a.digits])
	s.mu.RUnlock()
	for _, l := range []*historyList{{"campaign", "CAMPAIGN", &a.campaigns}, {"ad_set", "AD_SET", &a.adsets}, {"ad", "AD", &a.ads}} {
		for _, x := range s.snapshot(l.of) {
			if x.fresh {
				continue
			}
			list = append(list, event(x, "create_"+l.word, l.object, x.created))
			if x.updated().After(x.created) {
				list = append(list, event(x, "update_"+l.word+"_run_status", l.object, x.updated()))
			}
		}
	}
	var out []any
	for _, ev := range list {
		t, _ := time.Parse(timeLayout, ev["event_time"].(string))
		if t.Before(since) || !t.Before(until) {
			continue
		}
		if e.kind == "AdAccount" || ev["object_id"] == e.id {
			out = append(out, ev)
		}
	}
	slices.SortStableFunc(out, func(x, y any) int {
		tx, _ := time.Parse(timeLayout, x.(obj)["event_time"].(string))
		ty, _ := time.Parse(timeLayout, y.(obj)["event_time"].(string))
		return ty.Compare(tx)
	})
	return out, nil
}

type historyList struct {
	word, object string
	of           *list
}

// activityRange is since and until; a week back when neither is sent (assumed).
func activityRange(p params, now time.Time) (since, until time.Time, err *graphError) {
	since, until = now.AddDate(0, 0, -7), now.Add(time.Second)
	for name, t := range map[string]*time.Time{"since": &since, "until": &until} {
		if !p.has(name) {
			continue
		}
		m, ok := moment(p.get(name))
		if !ok {
			return since, until, invalidParam("Param %s must be a date or timestamp", name)
		}
		*t = m
	}
	return since, until, nil
}

// event is one change. Its times are in UTC, unlike a node's.
func event(e *entity, kind, object string, at time.Time) obj {
	return obj{
		"actor_id": "10220000000000001", "actor_name": "Mira Manager", "application_id": defaultClient, "application_name": "Acme Ads Hub",
		"event_time": at.UTC().Format(timeLayout), "event_type": kind, "object_id": e.id, "object_name": e.str("name"), "object_type": object,
		"date_time_in_timezone": at.In(e.account.loc).Format("01/02/2006 at 3:04 PM"), "translated_event_type": kind,
		"extra_data": `{"new_value":"` + e.status() + `","type":"run_status"}`,
	}
}

// record adds a change made through the API. The caller holds s.mu.
func (s *Sim) record(e *entity, kind string, at time.Time) {
	object := map[string]string{"Campaign": "CAMPAIGN", "AdSet": "AD_SET", "Ad": "AD", "AdAccount": "ACCOUNT"}[e.kind]
	if object == "" {
		return
	}
	word := map[string]string{"CAMPAIGN": "campaign", "AD_SET": "ad_set", "AD": "ad", "ACCOUNT": "ad_account"}[object]
	s.activity[e.account.digits] = append(s.activity[e.account.digits], event(e, kind+"_"+word, object, at))
}

// unixText is a moment in UTC as lead forms print it.
func unixText(sec int64) string { return time.Unix(sec, 0).UTC().Format(timeLayout) }
