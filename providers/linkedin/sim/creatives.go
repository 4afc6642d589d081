package sim

import "net/http"

// searchCreatives is q=criteria: its lists stand beside q, not in a search
// record, and the call wants its method in a header.
func (s *Sim) searchCreatives(w http.ResponseWriter, q *request, c collection, account int64) *fault {
	if q.Header.Get("X-RestLi-Method") == "" {
		return badRequest("X-RestLi-Method header FINDER is required for this finder")
	}
	if q.finder() != "criteria" {
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	lists := map[string]criterion{
		"campaigns":         {field("campaign"), urnOf("sponsoredCampaign")},
		"creatives":         {field("id"), urnOf("sponsoredCreative")},
		"contentReferences": {func(e *entity) string { c, _ := e.data["content"].(obj); s, _ := c["reference"].(string); return s }, anyText},
		"intendedStatuses":  {field("intendedStatus"), oneOf(creativeStatuses)},
		"leadgenCreativeCallToActionDestinations": {
			func(e *entity) string {
				l, _ := e.data["leadgenCallToAction"].(obj)
				s, _ := l["destination"].(string)
				return s
			},
			urnOf("adForm"),
		},
	}
	names := []string{"q", "isTestAccount", "isTotalIncluded", "sortOrder", "pageSize", "pageToken", "start", "count"}
	var flt filter
	for name, crit := range lists {
		names = append(names, name)
		if v, ok := q.params.values[name]; ok {
			f, flt2 := valuesFilter(name, v, crit)
			if flt2 != nil {
				return flt2
			}
			flt = append(flt, f)
		}
	}
	if f := q.params.only(names...); f != nil {
		return f
	}
	if flt == nil {
		flt = filter{func(e *entity) bool { return e.status("intendedStatus") != "REMOVED" }}
	}
	if test, ok, f := q.params.boolean("isTestAccount"); f != nil {
		return f
	} else if ok {
		flt = append(flt, func(e *entity) bool { t, _ := e.data["isTest"].(bool); return t == test })
	}
	total, _, f := q.params.boolean("isTotalIncluded")
	if f != nil {
		return f
	}
	p, f := s.parsePage(q, c.maxPage)
	if f != nil {
		return f
	}
	var paging obj // a creatives page has no paging object unless a total is asked for
	if total {
		paging = emptyPaging()
		paging["total"] = int64(0)
	}
	return c.page(s, w, q, p, account, flt, paging)
}

func urnOf(typ string) func(string) (string, bool) {
	return func(v string) (string, bool) {
		_, ok := numberURN(v, typ)
		return v, ok
	}
}
