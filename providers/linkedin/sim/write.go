package sim

import (
	"maps"
	"net/http"
	"net/url"

	"github.com/admux/admux/providers/internal/simkit"
)

// bodyOf reads the request's JSON object.
func bodyOf(q *request) (obj, *fault) {
	m, err := simkit.DecodeObject(q.body)
	if err != nil {
		return nil, badRequest("Cannot parse request entity: " + err.Error())
	}
	return plain(m).(obj), nil
}

// created answers a CREATE: no body, the key in a header, percent-encoded.
func created(w http.ResponseWriter, q *request, id string) {
	e := url.PathEscape(id)
	if enc := encodeKey(id); enc != id {
		e = enc
	}
	w.Header().Set("X-RestLi-Id", e)
	w.Header().Set("X-LinkedIn-Id", id)
	w.Header().Set("Location", q.URL.EscapedPath()+"/"+e)
	w.WriteHeader(http.StatusCreated)
}

func (c collection) create(s *Sim, w http.ResponseWriter, q *request, account int64) *fault {
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	id, f := c.insert(s, q, account, body)
	if f != nil {
		return f
	}
	created(w, q, c.keyOf(id))
	return nil
}

func (c collection) keyOf(id int64) string {
	if c.byURN {
		return makeURN(c.urnType, id)
	}
	return itoa(id)
}

// insert checks and stores a new object.
func (c collection) insert(s *Sim, q *request, account int64, body obj) (int64, *fault) {
	if f := s.mayWrite(q.token, account, c.byURN); f != nil {
		return 0, f
	}
	if f := c.schema.shape(body); f != nil {
		return 0, f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	errs := c.schema.missing(body)
	errs = append(errs, s.checks(c, account, nil, body)...)
	if errs != nil {
		return 0, validations(errs)
	}
	id := s.nextID
	s.nextID++
	e := c.stored(s, q, account, id, body)
	c.table(s, account).put(e)
	return id, nil
}

// stored adds what LinkedIn adds.
func (c collection) stored(s *Sim, q *request, account, id int64, body obj) *entity {
	now := ms(s.kit.Clock.Now())
	me := "urn:li:person:" + q.token.Member.ID
	e := &entity{id: id, account: account, posted: now}
	if c.byURN {
		e.parent, _ = numberURN(body["campaign"].(string), "sponsoredCampaign")
		e.data = with(body, obj{"id": c.keyOf(id), "account": makeURN("sponsoredAccount", account), "isTest": false,
			"createdAt": now, "createdBy": me, "lastModifiedAt": now, "lastModifiedBy": me})
		return e
	}
	stamp := obj{"actor": me, "time": now}
	e.data = with(body, obj{"id": id, "test": false, "changeAuditStamps": obj{"created": stamp, "lastModified": stamp}})
	if c.name == "adCampaignGroups" {
		e.data["backfilled"] = false
		e.data["allowedCampaignTypes"] = []any{"TEXT_AD", "SPONSORED_UPDATES", "SPONSORED_INMAILS", "DYNAMIC"}
		return e
	}
	e.parent, _ = numberURN(body["campaignGroup"].(string), "sponsoredCampaignGroup")
	for k, v := range (obj{"optimizationTargetType": "NONE", "creativeSelection": "OPTIMIZED", "audienceExpansionEnabled": false, "version": obj{"versionTag": "1"}}) {
		if _, ok := e.data[k]; !ok {
			e.data[k] = v
		}
	}
	return e
}

func (c collection) update(s *Sim, w http.ResponseWriter, q *request, account, id int64) *fault {
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	if f := c.change(s, q, account, id, body); f != nil {
		return f
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// change applies one partial update.
func (c collection) change(s *Sim, q *request, account, id int64, body obj) *fault {
	if f := s.mayWrite(q.token, account, c.byURN); f != nil {
		return f
	}
	patch, f := parsePatch(body)
	if f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := c.table(s, account)
	old := t.byID[id]
	if old == nil {
		return notFound(makeURN(c.urnType, id))
	}
	data, f := applyPatch(old.data, patch)
	if f != nil {
		return f
	}
	writable := obj{}
	for _, k := range touched(patch) {
		if v, ok := data[k]; ok {
			writable[k] = v
		} else if c.schema[k].required {
			return validations([]inputError{{"MISSING_FIELD", "Field " + k + " is required", k}})
		}
	}
	if f := c.schema.shape(writable); f != nil {
		return f
	}
	draft := old.status(c.status) == "DRAFT"
	errs := c.schema.frozen(old.data, writable, draft)
	errs = append(errs, s.checks(c, account, old, data)...)
	if errs != nil {
		return validations(errs)
	}
	t.put(c.changed(s, q, old, data))
	return nil
}

func (c collection) changed(s *Sim, q *request, old *entity, data obj) *entity {
	now := ms(s.kit.Clock.Now())
	me := "urn:li:person:" + q.token.Member.ID
	e := *old
	if c.byURN {
		e.data = with(data, obj{"lastModifiedAt": now, "lastModifiedBy": me})
		return &e
	}
	stamps, _ := old.data["changeAuditStamps"].(obj)
	e.data = with(data, obj{"changeAuditStamps": with(stamps, obj{"lastModified": obj{"actor": me, "time": now}})})
	if v, ok := old.data["version"].(obj); ok {
		tag, _ := v["versionTag"].(string)
		n, _ := parseMicros(tag)
		e.data["version"] = obj{"versionTag": itoa(n/simkit.Micro + 1)}
	}
	if p, ok := data["campaignGroup"].(string); ok {
		e.parent, _ = numberURN(p, "sponsoredCampaignGroup")
	}
	return &e
}

func (c collection) remove(s *Sim, w http.ResponseWriter, q *request, account, id int64) *fault {
	if f := c.erase(s, q, account, id); f != nil {
		return f
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// erase deletes a draft; everything else is set to PENDING_DELETION instead.
func (c collection) erase(s *Sim, q *request, account, id int64) *fault {
	if f := s.mayWrite(q.token, account, c.byURN); f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := c.table(s, account)
	e := t.byID[id]
	if e == nil {
		return notFound(makeURN(c.urnType, id))
	}
	draft := e.status(c.status) == "DRAFT"
	if c.byURN && !draft {
		if p := s.campaigns[account].byID[e.parent]; p != nil {
			draft = p.status("status") == "DRAFT"
		}
		draft = draft || s.mediaHold(e) == "PROCESSING_FAILED"
	}
	if !draft {
		return validations([]inputError{{"DELETE_ALLOWED_ONLY_FOR_DRAFT_STATUS", "Only entities in DRAFT status can be deleted", c.status}})
	}
	t.drop(id)
	if c.name == "adCampaigns" {
		maps.DeleteFunc(s.links, func(l link, _ bool) bool { return l.campaign == id })
	}
	return nil
}

func (c collection) batchCreate(s *Sim, w http.ResponseWriter, q *request, account int64) *fault {
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	list, ok := body["elements"].([]any)
	if !ok {
		return badRequest("elements must be an array")
	}
	out := []any{}
	for _, x := range list {
		o, ok := x.(obj)
		if !ok {
			return badRequest("elements must hold objects")
		}
		id, f := c.insert(s, q, account, o)
		if f != nil {
			out = append(out, obj{"status": int64(f.status), "error": f.body()})
			continue
		}
		out = append(out, obj{"status": int64(201), "id": c.keyOf(id)})
	}
	writeJSON(w, http.StatusOK, obj{"elements": out})
	return nil
}

// perID runs a batch over ids=List(…) and answers results and errors by key.
func (c collection) perID(w http.ResponseWriter, q *request, do func(id int64, k string) *fault) *fault {
	ids, _, f := q.params.texts("ids", false)
	if f != nil {
		return f
	}
	results, errs := obj{}, obj{}
	for _, k := range ids {
		id, f := c.id(k)
		if f == nil {
			f = do(id, k)
		}
		if f != nil {
			errs[encodeKey(k)] = f.body()
			continue
		}
		results[encodeKey(k)] = obj{"status": int64(204)}
	}
	writeJSON(w, http.StatusOK, obj{"results": results, "errors": errs})
	return nil
}

func (c collection) batchUpdate(s *Sim, w http.ResponseWriter, q *request, account int64) *fault {
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	entities, ok := body["entities"].(obj)
	ids, _, f := q.params.texts("ids", false)
	if !ok || f != nil || len(entities) != len(ids) {
		return badRequest("entities must have one patch per id")
	}
	return c.perID(w, q, func(id int64, k string) *fault {
		p, ok := entities[encodeKey(k)].(obj)
		if !ok {
			if p, ok = entities[k].(obj); !ok { // raw URNs are taken as well
				return badRequest("No patch for " + k)
			}
		}
		return c.change(s, q, account, id, p)
	})
}

func (c collection) batchRemove(s *Sim, w http.ResponseWriter, q *request, account int64) *fault {
	return c.perID(w, q, func(id int64, _ string) *fault { return c.erase(s, q, account, id) })
}
