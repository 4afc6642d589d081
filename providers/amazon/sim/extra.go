package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// event is one change that a client made: the only feed of what changed.
type event struct {
	prof   *profile
	entity *entity
	change string
	before any
	after  any
	at     time.Time
}

// historyDays is how far the feed reaches back.
const historyDays = 90

var eventTypes = map[string]string{
	"campaign": "CAMPAIGN", "adGroup": "AD_GROUP", "productAd": "AD", "ad": "AD", "keyword": "KEYWORD", "negativeKeyword": "NEGATIVE_KEYWORD",
	"target": "PRODUCT_TARGETING", "negativeTarget": "NEGATIVE_PRODUCT_TARGETING", "theme": "THEME",
}

func (e *entity) eventType() string {
	return eventTypes[e.kind.name[strings.LastIndex(e.kind.name, ".")+1:]]
}

// record keeps what a write changes. The simulator's lock is held.
func (s *Sim) record(e *entity, in obj) {
	for name, v := range in {
		var before any
		word := map[string]string{"state": "STATUS", "name": "NAME", "budget": "BUDGET_AMOUNT", "bid": "BID_AMOUNT", "defaultBid": "DEFAULT_BID_AMOUNT", "endDate": "END_DATE"}[name]
		switch {
		case word == "" || e.eventType() == "":
			continue
		case name == "state":
			before = e.state
		case name == "budget":
			before, _ = campaignBudget(e)
			if m, ok := v.(obj); ok {
				v = m["budget"]
			}
		default:
			before = e.fields[name]
		}
		s.events = append(s.events, event{e.prof, e, word, before, v, s.kit.Clock.Now()})
	}
}

func (s *Sim) extraRoutes(add adder) {
	add("POST /history", route{family: old, serve: s.history})
	add("POST /testAccounts", route{family: old, noProfile: true, scope: "advertising::test:create_account", serve: s.createTestAccount})
	add("GET /testAccounts", route{family: old, noProfile: true, scope: "advertising::test:create_account", serve: s.getTestAccount})
	add("POST /sd/locations/delete", route{family: old, product: sd, write: true, kind: s.kinds["sd.location"], serve: s.deleteLocations})
	add("GET /sd/locations", route{family: old, product: sd, kind: s.kinds["sd.location"], serve: s.listOld})
	add("POST /sd/locations", route{family: old, product: sd, write: true, kind: s.kinds["sd.location"], serve: s.createOld})
}

// history answers the changes that clients made, newest first unless asked
// otherwise.
func (s *Sim) history(c *call) (any, *fault) {
	in, f := c.object("fromDate", "toDate", "count", "pageOffset", "nextToken", "sort", "eventTypes")
	if f != nil {
		return nil, f
	}
	from, ok := millis(in["fromDate"])
	to, ok2 := millis(in["toDate"])
	types, _ := in["eventTypes"].(obj)
	switch {
	case !ok || !ok2 || to.Before(from):
		return nil, c.bad("fromDate and toDate are required, in milliseconds")
	case from.Before(c.now.AddDate(0, 0, -historyDays)):
		return nil, c.bad("fromDate must not lie more than %d days back", historyDays)
	case len(types) == 0:
		return nil, c.bad("eventTypes is required")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []any{}
	for _, e := range s.events {
		spec, wanted := types[e.entity.eventType()].(obj)
		filters, _ := texts(spec["filters"])
		if e.prof != c.prof || !wanted || e.at.Before(from) || e.at.After(to) || len(filters) > 0 && !slices.Contains(filters, e.change) {
			continue
		}
		out = append(out, obj{"changeType": e.change, "entityType": e.entity.eventType(), "entityId": itoa(e.entity.id), "previousValue": valueText(e.before), "newValue": valueText(e.after),
			"timestamp": e.at.UnixMilli(), "metadata": obj{"campaignId": itoa(e.entity.campaign.id)}})
	}
	if m, _ := in["sort"].(obj); m["direction"] != "ASC" {
		slices.Reverse(out)
	}
	return pageOf(c, in, out)
}

func pageOf(c *call, in obj, all []any) (any, *fault) {
	count, from := 100, 0
	if v := in["count"]; v != nil {
		n, err := strconv.Atoi(sprintf("%v", v))
		if err != nil || n < 50 || n > 200 {
			return nil, c.bad("count must be between 50 and 200") // limits assumed
		}
		count = n
	}
	if t, ok := in["nextToken"].(string); ok && t != "" {
		if from, ok = readToken(t, 11); !ok {
			return nil, c.bad("Invalid nextToken")
		}
	}
	from = min(from, len(all))
	to := min(from+count, len(all))
	out := obj{"events": all[from:to], "totalResults": len(all)}
	if to < len(all) {
		out["nextToken"] = pageToken(11, to)
	}
	return out, nil
}

func millis(v any) (time.Time, bool) {
	n, ok := v.(json.Number)
	ms, err := n.Int64()
	return time.UnixMilli(ms), ok && err == nil
}

func valueText(v any) any {
	switch x := v.(type) {
	case nil:
		return nil
	case json.Number:
		return x.String()
	}
	return sprintf("%v", v)
}

// createTestAccount gives a login that manages nothing a fake advertiser whose
// campaigns never serve.
func (s *Sim) createTestAccount(c *call) (any, *fault) {
	in, f := c.object("countryCode", "accountType", "accountMetaData")
	if f != nil {
		return nil, f
	}
	country, _ := in["countryCode"].(string)
	kind, _ := in["accountType"].(string)
	currency := ""
	for code, home := range currencyHome {
		if home == country {
			currency = code
		}
	}
	if currency == "" || kind != "VENDOR" && kind != "AUTHOR" {
		return nil, c.bad("countryCode or accountType is not supported")
	}
	s.mu.RLock()
	manages := slices.ContainsFunc(s.profiles, func(p *profile) bool { return p.role(c.token.Member.ID) != "" })
	s.mu.RUnlock()
	if manages {
		return nil, c.fail(http.StatusForbidden, "403", "The login manages an ads account")
	}
	src, err := s.kit.World.Load(simkit.Load{Account: simkit.LoadAccount{Name: "Test account " + country, Currency: currency, TimeZone: "UTC"}}, c.now)
	if err != nil {
		return nil, c.bad("%v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.seedProfile(src)
	p.kind, p.roles = "vendor", map[string]string{c.token.Member.ID: "edit"}
	id := uuid(s.opts.Seed, 81, uint64(src.ID))
	s.tests[id] = p
	return obj{"requestId": id}, nil
}

func (s *Sim) getTestAccount(c *call) (any, *fault) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p := s.tests[c.r.URL.Query().Get("requestId")]
	if p == nil || p.role(c.token.Member.ID) == "" {
		return nil, c.fail(http.StatusNotFound, "404", "No such request")
	}
	return []any{obj{"countryCode": p.country, "accountType": "VENDOR", "id": p.brand, "asins": []any{asinOf(1), asinOf(2)}, "status": "COMPLETED"}}, nil
}

func (s *Sim) deleteLocations(c *call) (any, *fault) {
	in, f := c.object("locationExpressionIdFilter")
	if f != nil {
		return nil, f
	}
	m, _ := in["locationExpressionIdFilter"].(obj)
	list, ok := m["include"].([]any)
	if !ok || len(list) == 0 {
		return nil, c.bad("locationExpressionIdFilter.include is required")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []any{}
	for _, v := range list {
		id, _ := idOf(v)
		e := c.prof.find("sd.location", id)
		if e == nil || e.state == "ARCHIVED" {
			out = append(out, obj{"code": "NOT_FOUND", "description": "Could not find resource with given id"})
			continue
		}
		s.archive(e)
		out = append(out, obj{"code": "SUCCESS", "locationExpressionId": id})
	}
	return status(http.StatusMultiStatus, out), nil
}
