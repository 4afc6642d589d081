package sim

import (
	"net/http"
	"strconv"
)

// collection is one kind of object below an account.
type collection struct {
	name     string
	urnType  string
	status   string // the field that holds the status
	maxPage  int
	byURN    bool // the key in paths is an URN, not a number
	table    func(s *Sim, account int64) *table
	render   func(s *Sim, e *entity) obj
	criteria map[string]criterion
	schema   schema
}

var (
	groupStatuses    = []string{"ACTIVE", "ARCHIVED", "CANCELED", "DRAFT", "PAUSED", "PENDING_DELETION", "REMOVED"}
	campaignStatuses = []string{"ACTIVE", "PAUSED", "ARCHIVED", "COMPLETED", "CANCELED", "DRAFT", "PENDING_DELETION", "REMOVED"}
	campaignTypes    = []string{"TEXT_AD", "SPONSORED_UPDATES", "SPONSORED_INMAILS", "DYNAMIC", "EVENT_AD"}
	creativeStatuses = []string{"ACTIVE", "PAUSED", "DRAFT", "ARCHIVED", "CANCELED", "PENDING_DELETION", "REMOVED"}
)

func collections() map[string]collection {
	return map[string]collection{
		"adCampaignGroups": {
			name: "adCampaignGroups", urnType: "sponsoredCampaignGroup", status: "status", maxPage: 1000,
			table: func(s *Sim, a int64) *table { return s.groups[a] },
			render: func(s *Sim, e *entity) obj {
				return with(e.data, obj{"servingStatuses": s.groupServing(e)})
			},
			criteria: map[string]criterion{
				"id":     {ownID, idOf("sponsoredCampaignGroup")},
				"name":   {field("name"), anyText},
				"status": {field("status"), oneOf(groupStatuses)},
			},
			schema: campaignGroupSchema(),
		},
		"adCampaigns": {
			name: "adCampaigns", urnType: "sponsoredCampaign", status: "status", maxPage: 1000,
			table: func(s *Sim, a int64) *table { return s.campaigns[a] },
			render: func(s *Sim, e *entity) obj {
				return with(e.data, obj{"servingStatuses": s.campaignServing(e)})
			},
			criteria: map[string]criterion{
				"id":            {ownID, idOf("sponsoredCampaign")},
				"campaignGroup": {func(e *entity) string { return itoa(e.parent) }, idOf("sponsoredCampaignGroup")},
				"name":          {field("name"), anyText},
				"type":          {field("type"), oneOf(campaignTypes)},
				"status":        {field("status"), oneOf(campaignStatuses)},
			},
			schema: campaignSchema(),
		},
		"creatives": {
			name: "creatives", urnType: "sponsoredCreative", status: "intendedStatus", maxPage: 100, byURN: true,
			table:  func(s *Sim, a int64) *table { return s.creatives[a] },
			render: (*Sim).renderCreative,
			schema: creativeSchema(),
		},
	}
}

func (s *Sim) renderCreative(e *entity) obj {
	r := s.review(e)
	holds := s.creativeHolds(e, r)
	o := with(e.data, obj{"isServing": len(holds) == 0})
	delete(o, "review")
	if r != nil {
		o["review"] = r
	}
	if len(holds) > 0 {
		o["servingHoldReasons"] = anys(holds)
	}
	return o
}

// id reads a key of the collection: a number, or for creatives the URN.
func (c collection) id(segment string) (int64, *fault) {
	k, f := key(segment)
	if f != nil {
		return 0, f
	}
	if c.byURN {
		id, ok := numberURN(k, c.urnType)
		if !ok {
			return 0, &fault{status: 400, code: "INVALID_URN_TYPE", message: "Key '" + k + "' is not a urn:li:" + c.urnType}
		}
		return id, nil
	}
	id, err := strconv.ParseInt(k, 10, 64)
	if err != nil || id <= 0 {
		return 0, badRequest("Key parameter value '" + k + "' must be a long")
	}
	return id, nil
}

func (c collection) serve(s *Sim, w http.ResponseWriter, q *request, account int64, rest []string) *fault {
	if len(rest) == 1 {
		id, f := c.id(rest[0])
		if f != nil {
			return f
		}
		switch q.method {
		case "GET":
			return c.get(s, w, q, account, id)
		case "PARTIAL_UPDATE":
			return c.update(s, w, q, account, id)
		case "DELETE":
			return c.remove(s, w, q, account, id)
		}
		return methodNotAllowed(q)
	}
	switch q.method {
	case "FINDER":
		if c.byURN {
			return s.searchCreatives(w, q, c, account)
		}
		return c.search(s, w, q, account)
	case "BATCH_GET":
		return batchGet(w, q, func(k string) (obj, *fault) {
			id, f := c.id(k)
			if f != nil {
				return nil, f
			}
			return c.one(s, account, id)
		})
	case "CREATE":
		return c.create(s, w, q, account)
	case "BATCH_CREATE":
		return c.batchCreate(s, w, q, account)
	case "BATCH_PARTIAL_UPDATE":
		return c.batchUpdate(s, w, q, account)
	case "BATCH_DELETE":
		return c.batchRemove(s, w, q, account)
	case "ACTION":
		if c.byURN {
			return s.createInline(w, q, c, account)
		}
	}
	return methodNotAllowed(q)
}

func (c collection) one(s *Sim, account, id int64) (obj, *fault) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := c.table(s, account).byID[id]
	if e == nil {
		return nil, notFound(makeURN(c.urnType, id))
	}
	return c.render(s, e), nil
}

func (c collection) get(s *Sim, w http.ResponseWriter, q *request, account, id int64) *fault {
	if f := q.params.only(); f != nil {
		return f
	}
	o, f := c.one(s, account, id)
	if f != nil {
		return f
	}
	writeJSON(w, http.StatusOK, q.mask.apply(o))
	return nil
}

func (c collection) search(s *Sim, w http.ResponseWriter, q *request, account int64) *fault {
	if q.finder() != "search" {
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	if f := q.params.only("q", "search", "sortOrder", "pageSize", "pageToken", "start", "count"); f != nil {
		return f
	}
	p, f := s.parsePage(q, c.maxPage)
	if f != nil {
		return f
	}
	// A search without criteria works; it hides what is gone (assumed).
	flt := filter{func(e *entity) bool { return e.status("status") != "REMOVED" }}
	if v, ok := q.params.values["search"]; ok {
		if flt, f = parseSearch(v, c.criteria); f != nil {
			return f
		}
	}
	return c.page(s, w, q, p, account, flt, emptyPaging())
}

func (c collection) page(s *Sim, w http.ResponseWriter, q *request, p page, account int64, flt filter, paging obj) *fault {
	s.mu.RLock()
	t := c.table(s, account)
	var found []*entity
	for _, id := range t.ids {
		if e := t.byID[id]; flt.match(e) {
			found = append(found, e)
		}
	}
	items, next, f := p.cut(found)
	if f != nil {
		s.mu.RUnlock()
		return f
	}
	elements := make([]any, len(items))
	for i, e := range items {
		elements[i] = c.render(s, e)
	}
	s.mu.RUnlock()
	if paging != nil && paging["total"] != nil {
		paging["total"] = int64(len(found))
	}
	answer(w, q, elements, next, paging)
	return nil
}
