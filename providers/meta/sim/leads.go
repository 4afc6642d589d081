package sim

import (
	"fmt"

	"github.com/admux/admux/providers/internal/simkit"
)

// leads are what people sent through a form, or through an ad's form: up to five
// a day that the ad's own conversions cover.
func (s *Sim) leads(c *call, e *entity, p params) ([]any, *graphError) {
	rules, err := leadRules(p)
	if err != nil {
		return nil, err
	}
	ads := s.snapshot(&e.account.ads)
	form := e
	if e.kind == "Ad" {
		ads, form = []*entity{e}, e.account.forms.all[0]
	}
	today := simkit.DayOf(c.now.In(e.account.loc))
	out := []any{}
	for _, ad := range ads {
		if ad.ad == nil || form != e.account.forms.all[0] || goalOf(ad.ad.Group).destination != "ON_AD" {
			continue
		}
		for d := today; d > today-90; d-- { // leads are kept for 90 days
			f := s.fact(ad.ad, d, c.now)
			for i := range min(f.Conversions()/simkit.Micro, 5) {
				at := d.Start(e.account.loc).Unix() + 36000 + i*1800
				if at > c.now.Unix() || !rules(at) {
					continue
				}
				out = append(out, leadOf(ad, form, d, i, at))
			}
		}
	}
	return out, nil
}

// leadRules reads filtering=[{"field":"time_created","operator":"GREATER_THAN","value":…}].
func leadRules(p params) (func(int64) bool, *graphError) {
	list, _, err := p.array("filtering")
	if err != nil {
		return nil, err
	}
	var rules []filterRule
	for _, x := range list {
		o, _ := x.(obj)
		v, ok := scalar(o["value"])
		op, _ := o["operator"].(string)
		if o["field"] != "time_created" || !ok {
			return nil, invalidParam("Only time_created can be filtered")
		}
		rules = append(rules, filterRule{operator: op, values: []string{v}, single: true})
	}
	return func(at int64) bool {
		for _, r := range rules {
			if !r.test([]string{itoa(at)}) {
				return false
			}
		}
		return true
	}, nil
}

func leadOf(ad, form *entity, d simkit.Day, i, at int64) obj {
	h := simkit.Hash(ad.ad.Key(), uint64(d), uint64(i))
	who := [...]string{"Ada Byron", "Grace Hopper", "José Ñandú", "李 小龍"}[h%4]
	return obj{
		"id": itoa(690000000000000 + int64(h%100_000_000_000_000)), "created_time": unixText(at), "form_id": form.id,
		"ad_id": ad.id, "ad_name": ad.str("name"), "adset_id": ad.parent.id, "adset_name": ad.parent.str("name"),
		"campaign_id": ad.parent.parent.id, "campaign_name": ad.parent.parent.str("name"), "is_organic": false, "platform": "fb",
		"field_data": []any{
			obj{"name": "full_name", "values": []any{who}},
			obj{"name": "email", "values": []any{fmt.Sprintf("lead%d@example.com", h%100_000)}},
			obj{"name": "company_size", "values": []any{"11+"}},
		},
	}
}
