package sim

import (
	"maps"
	"slices"
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
}

func (r row) render(s *Sim, l listing, now time.Time) obj {
	o := make(obj, 160)
	maps.Copy(o, s.blanks[l.object])
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
	if o["call_to_action_id"] != nil && o["call_to_action"] == nil {
		delete(o, "call_to_action") // not null: left out
	}
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
