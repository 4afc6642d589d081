package conformance

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/admux/admux/normalize"
)

// report answers rows of an entity, a day when by has DATE, a device when it has DEVICE.
func (s *toySim) report(w http.ResponseWriter, r *http.Request, o toyOrg) {
	q := r.URL.Query()
	question := o.id + q.Get("level") + q.Get("from") + q.Get("to") + q.Get("by") + q.Get("id")
	s.mu.Lock()
	all, known := s.built[question]
	s.mu.Unlock()
	if known {
		toyPage(w, r, all)
		return
	}
	from, err1 := normalize.ParseDay(q.Get("from"))
	to, err2 := normalize.ParseDay(q.Get("to"))
	if err1 != nil || err2 != nil {
		toyRefuse(w, 400, "BAD_DAY", "from and to are days")
		return
	}
	type key struct{ entity, campaign, group, date, device string }
	rows := map[key]sums{}
	var order []key
	level, dated, devices := normalize.Level(q.Get("level")), strings.Contains(q.Get("by"), "DATE"), []string{""}
	if strings.Contains(q.Get("by"), "DEVICE") {
		devices = []string{"PHONE", "DESK"}
	}
	for f := range s.Ledger(o.id, normalize.DayRange{From: from, To: to}) {
		if id := q.Get("id"); id != "" && f.entity(level) != id {
			continue
		}
		for i, dev := range devices {
			k := key{entity: f.entity(level), device: dev}
			if level != normalize.LevelOrganization {
				k.campaign = f.Campaign
			}
			if level == normalize.LevelAd || level == normalize.LevelGroup {
				k.group = f.Group
			}
			if dated {
				k.date = f.Date.String()
			}
			v := f.values()
			if len(devices) > 1 { // a third on the phone, the rest elsewhere
				for j := range v {
					part, _ := v[j].Ratio(normalize.Int(3), 0)
					if i == 1 {
						part = v[j].Sub(part)
					}
					v[j] = part
				}
			}
			sum, known := rows[k]
			if !known {
				order = append(order, k)
			}
			sum.add(v)
			rows[k] = sum
		}
	}
	all = make([]any, len(order))
	for i, k := range order {
		v := rows[k]
		row := map[string]any{
			"id": k.entity, "campaign": k.campaign, "group": k.group, "date": k.date, "device": k.device,
			"impressions": v[0], "clicks": v[1], "cost": v[2].String(), "conversions": v[3], "value": v[4].String(),
		}
		if level == normalize.LevelAd {
			row["views"] = v[1]
		}
		b, _ := json.Marshal(row) // plain values
		all[i] = json.RawMessage(b)
	}
	s.mu.Lock()
	s.built = map[string][]any{question: all}
	s.mu.Unlock()
	toyPage(w, r, all)
}
