package sim

import (
	"encoding/json"
	"net/http"

	"github.com/admux/admux/providers/internal/simkit"
)

// usageRoutes tell how much of a budget today has used.
func (s *Sim) usageRoutes(add adder) {
	for _, p := range []string{sp, sb, sd} {
		rt := route{family: modern, kind: s.kinds[p+".campaign"], product: p, serve: s.budgetUsage}
		if p != sd {
			rt.media = vnd(p + "campaignbudgetusage.v1")
		}
		add("POST /"+p+"/campaigns/budget/usage", rt)
	}
	add("POST /accountBudgets/featureFlags", route{family: old, write: true, serve: func(c *call) (any, *fault) {
		in, f := c.object("featureFlags")
		if f != nil {
			return nil, f
		}
		return obj{"featureFlags": in["featureFlags"], "updated": true}, nil
	}})
}

// budgetUsage is of today in the profile's zone. A day may cost up to twice the
// budget, so that a percent beyond 100 is no error.
func (s *Sim) budgetUsage(c *call) (any, *fault) {
	in, f := c.object("campaignIds")
	if f != nil {
		return nil, f
	}
	ids, ok := in["campaignIds"].([]any)
	if !ok || len(ids) == 0 || len(ids) > 100 {
		return nil, c.bad("campaignIds must hold 1 to 100 ids")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	done, failed := []any{}, []any{}
	for i, v := range ids {
		id, _ := idOf(v)
		e := c.prof.find(c.kind.name, id)
		if e == nil {
			failed = append(failed, obj{"index": i, "campaignId": v, "code": "NOT_FOUND", "details": "Campaign not found"})
			continue
		}
		spent := int64(0)
		if e.src != nil {
			for _, g := range e.src.Groups {
				for _, ad := range g.Ads {
					f := s.kit.World.Day(ad, dayIn(c.now, c.prof.loc), c.now)
					spent += f[simkit.Cost]
				}
			}
		}
		money, _ := campaignBudget(e)
		n, _ := money.(json.Number)
		budget, err := n.Float64()
		percent := 0.0
		if err == nil && budget > 0 {
			percent = float64(spent) / simkit.Micro / budget * 100
		}
		done = append(done, obj{"index": i, "campaignId": v, "budget": money, "budgetUsagePercent": percent, "usageUpdatedTimestamp": c.now.UTC().Format("2006-01-02T15:04:05Z")})
	}
	out := obj{"success": done, "error": failed}
	if c.kind.product == sd {
		return out, nil
	}
	return status(http.StatusMultiStatus, out), nil
}
