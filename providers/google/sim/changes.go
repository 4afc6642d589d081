package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// change is one write, as change_event and change_status tell it.
type change struct {
	at        time.Time
	e         *entity
	operation string // CREATE, UPDATE, REMOVE
	mask      []string
	user      string
	old, new  obj
	n         int
}

// changeKinds are the kinds that are told, by resource type.
var changeKinds = map[string]string{
	"campaign": "CAMPAIGN", "campaign_budget": "CAMPAIGN_BUDGET", "campaign_criterion": "CAMPAIGN_CRITERION", "ad_group": "AD_GROUP",
	"ad_group_ad": "AD_GROUP_AD", "ad_group_criterion": "AD_GROUP_CRITERION", "asset": "ASSET", "campaign_asset": "CAMPAIGN_ASSET", "asset_group": "ASSET_GROUP",
}

const micros = "2006-01-02 15:04:05.000000"

// changeRows are the rows of change_status (one per object, its last change, 90
// days) or change_event (every change, 30 days). What the world changed before
// it began is told too.
func (s *Sim) changeRows(c *customer, from string) []obj {
	c.mu.RLock()
	list := slices.Clone(c.changes)
	c.mu.RUnlock()
	seen := map[*entity]bool{}
	for _, ch := range list {
		seen[ch.e] = true
	}
	days := 90
	if from == "change_event" {
		days = 30
	}
	oldest := s.kit.Clock.Now().AddDate(0, 0, -days)
	for _, kind := range []string{"campaign", "ad_group", "ad_group_ad", "asset_group"} {
		for _, e := range s.list(c, kind) {
			if m := modified(e); m.After(oldest) && !m.After(s.kit.Clock.Now()) && (from == "change_event" || !seen[e]) {
				list = append(list, change{at: m, e: e, operation: "UPDATE", mask: []string{"status"}, user: members[admin].Email, n: int(e.key.a % 1000)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.n, b.n)) })
	if from == "change_event" {
		return s.eventRows(c, list, oldest)
	}
	last := map[*entity]int{}
	for i, ch := range list {
		last[ch.e] = i
	}
	var out []obj
	for i, ch := range list {
		if last[ch.e] == i && ch.at.After(oldest) {
			out = append(out, statusRow(c, ch))
		}
	}
	return out
}

func modified(e *entity) time.Time {
	switch x := e.src.(type) {
	case *simkit.Campaign:
		return x.Modified
	case *simkit.Group:
		return x.Modified
	case *simkit.Ad:
		return x.Modified
	}
	return time.Time{}
}

// ancestors names the object and what it lies under, by resource.
func (e *entity) ancestors() map[string]string {
	out := map[string]string{}
	for x := e; x != nil; x = x.up {
		out[x.kind] = x.name()
	}
	return out
}

func statusRow(c *customer, ch change) obj {
	kind := changeKinds[ch.e.kind]
	at := ch.at.In(c.loc)
	o := obj{
		"resource_name":         fmt.Sprintf("%s/changeStatus/%d~%s~%d", customerName(c.id), ch.at.UnixMicro(), kind, ch.e.key.a),
		"last_change_date_time": at.Format(micros), "resource_type": kind, "resource_status": map[string]string{"CREATE": "ADDED", "UPDATE": "CHANGED", "REMOVE": "REMOVED"}[ch.operation],
	}
	for k, v := range ch.e.ancestors() {
		if changeKinds[k] != "" {
			o[k] = v
		}
	}
	return o
}

func (s *Sim) eventRows(c *customer, list []change, oldest time.Time) []obj {
	var out []obj
	for _, ch := range list {
		kind := changeKinds[ch.e.kind]
		if !ch.at.After(oldest) || ch.e.kind == "asset_group" { // assumed: no such event type exists
			continue
		}
		fields := make([]string, len(ch.mask))
		for i, m := range ch.mask {
			fields[i] = camelPath(ch.e.kind + "." + m)[len(camel(ch.e.kind))+1:]
		}
		o := obj{
			"resource_name":    fmt.Sprintf("%s/changeEvents/%d~%d~0", customerName(c.id), ch.at.UnixMicro(), ch.n),
			"change_date_time": ch.at.In(c.loc).Format(micros), "change_resource_type": kind, "change_resource_name": ch.e.name(),
			"client_type": "GOOGLE_ADS_API", "user_email": ch.user, "resource_change_operation": ch.operation, "changed_fields": strings.Join(fields, ","),
		}
		for k, v := range ch.e.ancestors() {
			if k == "campaign" || k == "ad_group" || k == "asset" {
				o[k] = v
			}
		}
		if ch.new != nil {
			o["new_resource"] = obj{ch.e.kind: ch.new}
		}
		if ch.old != nil {
			o["old_resource"] = obj{ch.e.kind: ch.old}
		}
		out = append(out, o)
	}
	return out
}

func camelPath(p string) string {
	parts := strings.Split(p, ".")
	for i := range parts {
		parts[i] = camel(parts[i])
	}
	return strings.Join(parts, ".")
}

// changeItem joins what the row names.
func (src *source) changeItem(from string, o obj) *item {
	it := &item{src: src, from: from, own: o, trees: src.trees, ents: map[string]*entity{}}
	for _, kind := range []string{"campaign", "ad_group", "asset", "ad_group_ad", "ad_group_criterion", "campaign_criterion"} {
		if n := text(o, kind); n != "" {
			if e := src.s.findName(src.c, n); e != nil {
				it.ents[kind] = e
			}
		}
	}
	return it
}
