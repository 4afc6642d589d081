package sim

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// listing is one list endpoint.
type listing struct {
	object  string // in the tables
	kind    string
	maxPage int64
	smart   bool // Smart+ objects alone
	filters map[string]string
}

const maxFilterIDs = 100

// The filters of the lists; each is of one JSON type.
func campaignFilters() map[string]string {
	return map[string]string{
		"campaign_ids": "array", "campaign_name": "string", "primary_status": "string", "secondary_status": "string",
		"objective_type": "string", "optimization_goal": "string", "campaign_type": "string", "buying_types": "array",
		"campaign_product_source": "string", "sales_destination": "string", "is_smart_performance_campaign": "boolean",
		"split_test_enabled": "boolean", "campaign_system_origins": "array", "creative_campaign_type": "string",
		"creation_filter_start_time": "string", "creation_filter_end_time": "string",
	}
}

func groupFilters() map[string]string {
	m := campaignFilters()
	for _, k := range []string{"campaign_name", "campaign_type", "campaign_product_source", "sales_destination", "is_smart_performance_campaign", "creative_campaign_type"} {
		delete(m, k)
	}
	for k, v := range map[string]string{"adgroup_ids": "array", "adgroup_name": "string", "bid_strategy": "array",
		"billing_events": "array", "creative_material_mode": "string", "promotion_type": "string"} {
		m[k] = v
	}
	m["bid_strategy"] = "string"
	return m
}

func adFilters() map[string]string {
	return map[string]string{
		"campaign_ids": "array", "adgroup_ids": "array", "ad_ids": "array", "ad_ids_v2": "array", "ad_name": "string",
		"primary_status": "string", "secondary_status": "string", "objective_type": "string", "optimization_goal": "string",
		"buying_types": "array", "campaign_system_origins": "array", "creative_material_mode": "string", "destination": "string",
		"creation_filter_start_time": "string", "creation_filter_end_time": "string", "modified_after": "string",
	}
}

func smartAdFilters() map[string]string {
	return map[string]string{
		"campaign_ids": "array", "adgroup_ids": "array", "smart_plus_ad_ids": "array", "primary_status": "string",
		"secondary_status": "string", "objective_type": "string", "optimization_goal": "string", "modified_after": "string",
		"creation_filter_start_time": "string", "creation_filter_end_time": "string",
	}
}

// list answers one of the lists.
func (s *Sim) list(l listing) func(*call) (any, *apiError) {
	return func(c *call) (any, *apiError) {
		page, size, err := paging(c, l.maxPage)
		if err != nil {
			return nil, err
		}
		names, err := s.fieldNames(c, l.object)
		if err != nil {
			return nil, err
		}
		f, err := s.readFilter(c, l)
		if err != nil {
			return nil, err
		}
		rows := s.matching(c, l, f)
		from, to := window(len(rows), page, size)
		out := make([]any, 0, to-from)
		for _, r := range rows[from:to] {
			out = append(out, s.project(r.render(s, l, c.now), names, c.dropNulls()))
		}
		return obj{"list": out, "page_info": pageInfo(page, size, len(rows))}, nil
	}
}

func paging(c *call, maxPage int64) (page, size int64, err *apiError) {
	if page, err = c.whole("page", 1, 1, 1<<31); err != nil {
		return 0, 0, err
	}
	size, err = c.whole("page_size", 10, 1, maxPage)
	return page, size, err
}

// window is the part of n elements on a page; a page past the end is empty.
func window(n int, page, size int64) (from, to int) {
	from = int(min((page-1)*size, int64(n)))
	return from, int(min(int64(from)+size, int64(n)))
}

func pageInfo(page, size int64, total int) obj {
	return obj{"page": page, "page_size": size, "total_number": total, "total_page": (int64(total) + size - 1) / size}
}

// fieldNames are the fields asked for; nil is all.
func (s *Sim) fieldNames(c *call, object string) ([]string, *apiError) {
	if !c.has("fields") {
		return nil, nil
	}
	names, err := stringsOf(c.params, "fields")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if f, ok := s.tab.fields[object][n]; !ok || !f.readable {
			return nil, badParam("fields: Invalid field '%s'.", n)
		}
	}
	return names, nil
}

func (c *call) dropNulls() bool {
	list, _ := stringsOf(c.params, "exclude_field_types_in_response")
	return slices.Contains(list, "NULL_FIELD")
}

// project leaves the fields asked for.
func (s *Sim) project(o obj, names []string, dropNulls bool) obj {
	if names == nil && !dropNulls {
		return o
	}
	if names == nil {
		names = sortedKeys(o)
	}
	out := make(obj, len(names))
	for _, n := range names {
		v, ok := o[n]
		if ok && (v != nil || !dropNulls) {
			out[n] = v
		}
	}
	return out
}

// row is an entity, or one creative of a Smart+ ad, in a list.
type row struct {
	e  *entity
	cr *creative
	v2 bool // asked for by ad_id_v2
}

func (r row) render(s *Sim, l listing, now time.Time) obj {
	o := make(obj, 160)
	for k, v := range s.blanks[l.object] {
		o[k] = v
	}
	if l.object == "SmartPlusAd" {
		s.renderSmartAd(o, r.e, now)
		return o
	}
	known := s.tab.fields[l.object]
	for k, v := range r.e.show() {
		if f, ok := known[k]; ok && f.readable {
			o[k] = v
		}
	}
	s.standing(o, r.e, now)
	if s.opts.Sandbox {
		delete(o, "secondary_status")
	}
	if r.e.kind == kindAd {
		r.renderAd(o)
	}
	return o
}

// renderAd settles an ad's three ids. A creative of a Smart+ ad shows little
// and no modify_time.
func (r row) renderAd(o obj) {
	o["ad_id"], o["ad_id_v2"], o["campaign_automation_type"] = r.e.id, r.e.id, r.e.auto
	switch {
	case r.cr != nil:
		o["ad_id"], o["smart_plus_ad_id"], o["campaign_automation_type"] = r.cr.id, r.e.id, "UPGRADED_SMART_PLUS_CREATIVE"
		o["operation_status"] = r.cr.op
		delete(o, "modify_time")
	case r.e.auto == smartPlus:
		o["smart_plus_ad_id"] = r.e.id
		o["ad_id"] = nil // an asset group is no creative; which ad_id it shows is not known
	}
}

// renderSmartAd is a whole Smart+ ad.
func (s *Sim) renderSmartAd(o obj, e *entity, now time.Time) {
	f := e.show()
	o["advertiser_id"], o["campaign_id"], o["adgroup_id"] = e.account.id, e.parent.parent.id, e.parent.id
	o["campaign_name"], o["adgroup_name"] = e.parent.parent.title(), e.parent.title()
	o["smart_plus_ad_id"], o["ad_name"] = e.id, e.title()
	if e.ad != nil && e.fields == nil {
		o["ad_text_list"] = []any{obj{"ad_text": f["ad_text"]}}
		o["call_to_action_list"] = []any{obj{"call_to_action": f["call_to_action"]}}
		o["landing_page_url_list"] = []any{obj{"landing_page_url": f["landing_page_url"]}}
		o["ad_configuration"] = obj{"identity_type": f["identity_type"], "identity_id": f["identity_id"], "identity_authorized_bc_id": "0", "utm_params": []any{}}
	}
	for k, v := range f {
		if _, ok := s.tab.fields["SmartPlusAd"][k]; ok && k != "creative_list" {
			o[k] = v
		}
	}
	list := []any{}
	for _, cr := range e.creatives {
		list = append(list, obj{"ad_material_id": cr.material, "material_operation_status": cr.op, "creative_info": cr.info})
	}
	o["creative_list"] = list
	s.standing(o, e, now)
}

// matching are the rows of a list in its order, the newest id first.
func (s *Sim) matching(c *call, l listing, f *filter) []row {
	var out []row
	if f.nothing {
		return out
	}
	all := map[string][]*entity{kindCampaign: c.account.campaigns.all, kindAdGroup: c.account.groups.all, kindAd: c.account.ads.all}[l.kind]
	for _, e := range all {
		if l.smart && e.auto != smartPlus || !f.fits(e, c.now) {
			continue
		}
		if l.kind != kindAd || l.smart || e.auto != smartPlus || f.has("ad_ids_v2") {
			if !f.has("ad_ids") || slices.Contains(f.ids["ad_ids"], e.id) && e.auto != smartPlus {
				out = append(out, row{e: e})
			}
			continue
		}
		for _, cr := range slices.Backward(e.creatives) {
			if !f.has("ad_ids") || slices.Contains(f.ids["ad_ids"], cr.id) {
				out = append(out, row{e: e, cr: cr})
			}
		}
	}
	if l.kind == kindAd {
		slices.SortStableFunc(out, func(a, b row) int { return compareDesc(a.number(), b.number()) })
	}
	return out
}

func (r row) number() int64 {
	if r.cr != nil {
		return r.cr.num
	}
	return r.e.num
}

func compareDesc(a, b int64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// filter is the object that narrows a list.
type filter struct {
	ids                map[string][]string
	words              map[string]string
	nothing            bool // what was asked for does not exist in this world
	from, to, modified time.Time
}

func (f *filter) has(name string) bool { _, ok := f.ids[name]; return ok }

func (s *Sim) readFilter(c *call, l listing) (*filter, *apiError) {
	in, _ := c.params["filtering"].(obj)
	f := &filter{ids: map[string][]string{}, words: map[string]string{}}
	for name, v := range in {
		kind, known := l.filters[name]
		if !known {
			return nil, badParam("filtering.%s: Unknown field.", name)
		}
		if !isKind(v, kind) {
			return nil, badParam("filtering.%s: Not a valid %s.", name, kind)
		}
		if err := f.take(name, v, in); err != nil {
			return nil, err
		}
	}
	for name, enum := range map[string]string{"primary_status": "PrimaryStatus", "secondary_status": "SecondaryStatus", "objective_type": "ObjectiveType", "optimization_goal": "OptimizationGoal"} {
		if w := f.words[name]; w != "" && !slices.Contains(s.tab.Enums[enum], w) {
			return nil, badParam("filtering.%s: Must be one of: %s.", name, strings.Join(s.tab.Enums[enum], ", "))
		}
	}
	return f, nil
}

func (f *filter) take(name string, v any, in obj) *apiError {
	switch x := v.(type) {
	case []any:
		ids, err := stringsOf(in, name)
		if err != nil {
			return badParam("filtering.%s", err.Message)
		}
		if len(ids) > maxFilterIDs {
			return refuse(codeParam, "filtering.%s: Longer than maximum length %d.", name, maxFilterIDs)
		}
		switch name {
		case "buying_types": // a TopView campaign is none of this world's
			f.nothing = f.nothing || !slices.Contains(ids, "AUCTION")
			if slices.Contains(ids, "RESERVATION_TOP_VIEW") && len(ids) > 1 {
				return badParam("filtering.buying_types: RESERVATION_TOP_VIEW cannot be used with other values.")
			}
		case "campaign_system_origins":
			f.nothing = f.nothing || slices.Contains(ids, "PROMOTE")
		default:
			f.ids[name] = ids
		}
	case string:
		switch name {
		case "creation_filter_start_time", "creation_filter_end_time", "modified_after":
			return f.time(name, x)
		}
		f.words[name] = x
	case bool:
		f.words[name] = map[bool]string{true: "true", false: "false"}[x]
	case json.Number:
	}
	return nil
}

func (f *filter) time(name, text string) *apiError {
	t, err := time.Parse(timeLayout, text)
	if err != nil {
		return badParam("filtering.%s: Time format should be YYYY-MM-DD HH:MM:SS. Please try again.", name)
	}
	switch name {
	case "creation_filter_start_time":
		f.from = t
	case "creation_filter_end_time":
		f.to = t
	default:
		f.modified = t
	}
	return nil
}
