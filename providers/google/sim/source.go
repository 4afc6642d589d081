package sim

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/admux/admux/providers/google/sim/gaql"
	"github.com/admux/admux/providers/internal/simkit"
)

// source reads one account for one query.
type source struct {
	s     *Sim
	c     *customer
	cache map[*entity]obj // parents' trees, for as long as the query runs
	trees map[string]obj  // what every object of the account joins
	who   map[*simkit.Ad]*adInfo
	joins []string // the joined resources that the query uses
}

func (s *Sim) source(c *customer) *source {
	return &source{s: s, c: c, cache: map[*entity]obj{}, who: map[*simkit.Ad]*adInfo{},
		trees: map[string]obj{"customer": s.customerObj(c)}}
}

// item is one object as a query sees it: the trees of its own resource and of
// the joined ones, and whose facts are its own.
type item struct {
	src   *source
	from  string
	own   obj                // tree of FROM, when it is no entity
	ents  map[string]*entity // entities by resource, FROM's own too
	trees map[string]obj     // ready trees of joined resources without entity
	own1  obj                // tree of FROM's entity, rendered once
	ads   []*simkit.Ad
	cut   *cut // the part of those ads' facts that is meant; nil = all
	part  int
}

// Value implements gaql.Object.
func (it *item) Value(field string) gaql.Value {
	resource, path, ok := strings.Cut(field, ".")
	if !ok {
		return gaql.Value{}
	}
	e := it.ents[resource]
	if e == nil {
		if resource == it.from {
			return value(at(it.own, path))
		}
		return value(at(it.trees[resource], path))
	}
	if v, ok := it.src.s.derived(e, path); ok {
		return v
	}
	return value(at(it.tree(resource, e), path))
}

func (it *item) tree(resource string, e *entity) obj {
	if resource == it.from {
		if it.own1 == nil {
			it.own1 = it.src.s.tree(e)
		}
		return it.own1
	}
	o := it.src.cache[e]
	if o == nil {
		if len(it.src.cache) > 1000 {
			clear(it.src.cache)
		}
		o = it.src.s.tree(e)
		it.src.cache[e] = o
	}
	return o
}

// derived are the fields that follow from others at the time of asking.
func (s *Sim) derived(e *entity, path string) (gaql.Value, bool) {
	switch {
	case path == "primary_status" && (core[e.kind] && e.kind != "campaign_budget"):
		return gaql.Text(s.primary(e).status), true
	case path == "primary_status_reasons" && (core[e.kind] && e.kind != "campaign_budget"):
		return gaql.List(s.primary(e).reasons), true
	case path == "serving_status" && e.kind == "campaign":
		return gaql.Text(s.serving(e)), true
	case e.kind == "you_tube_video_upload" && (path == "state" || path == "video_id"):
		state, id := s.filmState(e)
		if path == "state" {
			return gaql.Text(state), true
		}
		return gaql.Text(id), true
	case path == "reference_count" && e.kind == "campaign_budget":
		return gaql.Int(int64(len(s.budgetUsers(e)))), true
	}
	return gaql.Value{}, false
}

// budgetUsers are the campaigns, not removed, that spend a budget.
func (s *Sim) budgetUsers(b *entity) []*entity {
	var out []*entity
	name := b.name()
	for _, c := range s.list(b.c, "campaign") {
		if c.status() != "REMOVED" && s.budgetOf(c) == name {
			out = append(out, c)
		}
	}
	return out
}

// budgetOf is a campaign's budget by name, without rendering the rest.
func (s *Sim) budgetOf(e *entity) string {
	if x, ok := e.src.(*simkit.Campaign); ok {
		e.c.mu.RLock()
		data := e.data
		e.c.mu.RUnlock()
		if data == nil {
			return s.budgetName(e.c, x, s.spec(x))
		}
	}
	return text(s.tree(e), "campaign_budget")
}

// value makes a tree's leaf or branch what gaql takes.
func value(v any) gaql.Value {
	switch v := v.(type) {
	case string:
		return gaql.Text(v)
	case int64:
		return gaql.Int(v)
	case int:
		return gaql.Int(int64(v))
	case float64:
		return gaql.Float(v)
	case bool:
		return gaql.Bool(v)
	case []string:
		return gaql.List(v)
	case json.RawMessage:
		return gaql.JSON(v)
	case obj, []any:
		return gaql.JSON(appendJSON(nil, v))
	}
	return gaql.Value{}
}

// Objects implements gaql.Source.
func (src *source) Objects(w *gaql.Want) iter.Seq2[gaql.Object, error] {
	return func(yield func(gaql.Object, error) bool) {
		src.joins = w.Resources
		each := func(it *item) bool { return yield(it, nil) }
		switch {
		case src.views(w, each):
		case src.account(w, each):
		case src.constants(w, each):
		default:
			for _, e := range src.s.list(src.c, w.From) {
				if !each(src.entityItem(e)) {
					return
				}
			}
		}
	}
}

// entityItem joins an object with its parents.
func (src *source) entityItem(e *entity) *item {
	it := &item{src: src, from: e.kind, ents: map[string]*entity{e.kind: e}}
	it.trees = src.trees
	for up := e.up; up != nil; up = up.up {
		it.ents[up.kind] = up
	}
	if c := it.ents["campaign"]; c != nil {
		src.joinCampaign(it, c)
	}
	if strings.HasSuffix(e.kind, "_asset") || strings.HasSuffix(e.kind, "_label") {
		o := src.s.tree(e)
		it.own1 = o
		for _, kind := range []string{"asset", "label"} {
			if n := text(o, kind); n != "" {
				it.ents[kind] = src.s.findName(src.c, n)
			}
		}
	}
	if slices.Contains(src.joins, "language_constant") {
		src.joinLanguage(it, e)
	}
	it.ads = src.adsOf(e)
	return it
}

// joinCampaign adds what hangs on a campaign: its budget and its portfolio.
func (src *source) joinCampaign(it *item, c *entity) {
	if slices.Contains(src.joins, "campaign_budget") {
		if b := src.s.findName(src.c, src.s.budgetOf(c)); b != nil {
			it.ents["campaign_budget"] = b
		}
	}
	if slices.Contains(src.joins, "bidding_strategy") {
		if n := text(src.s.tree(c), "bidding_strategy"); n != "" {
			it.ents["bidding_strategy"] = src.s.findName(src.c, n)
		}
	}
}

func (e *entity) dataless() bool {
	e.c.mu.RLock()
	defer e.c.mu.RUnlock()
	return e.data == nil
}

// adsOf are the ads (and asset groups) whose facts add up to an object's.
func (src *source) adsOf(e *entity) []*simkit.Ad {
	switch x := e.src.(type) {
	case *simkit.Ad:
		return []*simkit.Ad{x}
	case *simkit.Group:
		return x.Ads
	case *simkit.Campaign:
		return campaignAds(x)
	case *simkit.Account: // the shared budget
		var out []*simkit.Ad
		for _, c := range src.s.budgetUsers(e) {
			if y, ok := c.src.(*simkit.Campaign); ok {
				out = append(out, campaignAds(y)...)
			}
		}
		return out
	}
	return nil
}

func campaignAds(c *simkit.Campaign) []*simkit.Ad {
	var out []*simkit.Ad
	for _, g := range c.Groups {
		out = append(out, g.Ads...)
	}
	return out
}

// account yields the resources that describe the account itself.
func (src *source) account(w *gaql.Want, each func(*item) bool) bool {
	s, c := src.s, src.c
	one := func(own obj, ads []*simkit.Ad) bool {
		return each(&item{src: src, from: w.From, own: own, trees: src.trees, ads: ads})
	}
	switch w.From {
	case "customer":
		var ads []*simkit.Ad
		if c.src != nil {
			for ad := range c.src.AllAds {
				ads = append(ads, ad)
			}
		}
		one(s.customerObj(c), ads)
	case "customer_client":
		for _, d := range s.descendants(c) {
			if !one(s.clientObj(c, d), nil) {
				break
			}
		}
	case "customer_client_link":
		s.mu.RLock()
		children := append([]int64(nil), s.graph.children[c.id]...)
		s.mu.RUnlock()
		for _, id := range children {
			child := s.customer(id)
			if !one(obj{"resource_name": customerName(c.id) + "/customerClientLinks/" + itoa(id) + "~" + itoa(id%1000), "client_customer": customerName(id),
				"manager_link_id": id % 1000, "status": "ACTIVE", "hidden": child.hidden}, nil) {
				break
			}
		}
	case "customer_user_access":
		one(obj{"resource_name": customerName(c.id) + "/customerUserAccesses/1", "user_id": int64(1), "email_address": members[admin].Email,
			"access_role": "ADMIN", "access_creation_date_time": "2024-02-03 04:05:06"}, nil)
	case "change_status", "change_event":
		for _, o := range s.changeRows(c, w.From) {
			if !each(src.changeItem(w.From, o)) {
				break
			}
		}
	default:
		return false
	}
	return true
}

func (s *Sim) customerObj(c *customer) obj {
	c.mu.RLock()
	defer c.mu.RUnlock()
	o := obj{
		"resource_name": customerName(c.id), "id": c.id, "descriptive_name": c.name, "currency_code": c.currency, "time_zone": c.zone,
		"status": c.status, "manager": c.manager, "test_account": c.test, "auto_tagging_enabled": true, "has_partners_badge": false,
		"contains_eu_political_advertising": "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
		"conversion_tracking_setting": obj{"conversion_tracking_status": "CONVERSION_TRACKING_MANAGED_BY_SELF", "accepted_customer_data_terms": false,
			"conversion_tracking_id": c.id % 1_000_000},
		"call_reporting_setting": obj{"call_reporting_enabled": true, "call_conversion_reporting_enabled": true},
	}
	if !c.manager {
		o["optimization_score"] = 0.734
	}
	maps.Copy(o, c.edits)
	return o
}

func (s *Sim) clientObj(root *customer, d descendant) obj {
	o := s.customerObj(d.c)
	return obj{
		"resource_name": customerName(root.id) + "/customerClients/" + itoa(d.c.id), "client_customer": customerName(d.c.id),
		"hidden": d.c.hidden, "level": int64(d.level), "time_zone": d.c.zone, "test_account": d.c.test, "manager": d.c.manager,
		"descriptive_name": o["descriptive_name"], "currency_code": d.c.currency, "id": d.c.id, "status": d.c.status,
	}
}
