package sim

import (
	"net/http"
	"strconv"

	"github.com/admux/admux/providers/internal/simkit"
)

const conversionBase, formBase = 104_000_001, 9_000_001

func conversionIDs(a *simkit.Account) []int64 {
	if len(a.Campaigns) == 0 {
		return nil
	}
	out := make([]int64, 4)
	for i := range out {
		out[i] = conversionBase + int64(a.Index)*10 + int64(i)
	}
	return out
}

func conversionURNs(a *simkit.Account) []string {
	var out []string
	for _, id := range conversionIDs(a) {
		out = append(out, conversionURN+itoa(id))
	}
	return out
}

func (s *Sim) conversionObj(a *simkit.Account, i int, id int64) obj {
	kinds := [...]string{"LEAD", "PURCHASE", "BOOK_APPOINTMENT", "REQUEST_QUOTE"}
	methods := [...]string{"CONVERSIONS_API", "INSIGHT_TAG_URL_MATCH_RULES", "INSIGHT_TAG_JAVASCRIPT_EVENT", "CONVERSIONS_API"}
	windows := [...]int64{30, 7, 90, 1}
	o := obj{
		"id": id, "name": "Conversion, “" + kinds[i] + "”", "type": kinds[i], "enabled": i != 3, "conversionMethod": methods[i],
		"account": makeURN("sponsoredAccount", a.ID), "attributionType": "LAST_TOUCH_BY_CAMPAIGN",
		"postClickAttributionWindowSize": windows[i], "viewThroughAttributionWindowSize": int64(7),
		"created": ms(a.Created), "lastModified": ms(a.Modified),
	}
	if i == 1 {
		o["value"] = money(25*simkit.Micro, a.Currency)
	}
	campaigns := []any{}
	for _, l := range s.linked(func(l link) bool { return l.conversion == id }) {
		campaigns = append(campaigns, makeURN("sponsoredCampaign", l.campaign))
	}
	o["campaigns"] = campaigns
	return o
}

// accountParam reads a required account URN that the member may see.
func (s *Sim) accountParam(q *request, name string, v value) (*simkit.Account, *fault) {
	id, ok := numberURN(v.text, "sponsoredAccount")
	if v.kind != primitive || !ok {
		return nil, paramInvalid(name, "")
	}
	if f := s.mayRead(q.token, id); f != nil {
		return nil, f
	}
	a := s.kit.World.Account(id)
	if a == nil { // created through the API: it has no side objects
		a = &simkit.Account{ID: id, Currency: "USD"}
	}
	return a, nil
}

func (s *Sim) conversions(w http.ResponseWriter, q *request, rest []string) *fault {
	find := func(k string) (obj, *fault) {
		id, err := strconv.ParseInt(k, 10, 64)
		if err != nil {
			return nil, badRequest("Key parameter value '" + k + "' must be a long")
		}
		for _, a := range s.kit.World.List() {
			for i, c := range conversionIDs(a) {
				if c == id {
					return s.conversionObj(a, i, id), s.mayRead(q.token, a.ID)
				}
			}
		}
		return nil, notFound("Conversion " + k)
	}
	switch {
	case len(rest) == 1 && q.method == "GET":
		return s.oneByKey(w, q, rest[0], find)
	case len(rest) == 0 && q.method == "BATCH_GET":
		return batchGet(w, q, find)
	case len(rest) == 0 && q.method == "FINDER":
		if q.finder() != "account" {
			return badRequest("Finder '" + q.finder() + "' is not supported")
		}
		if f := q.params.only("q", "account", "start", "count"); f != nil {
			return f
		}
		v, ok := q.params.values["account"]
		if !ok {
			return paramMissing("account")
		}
		a, f := s.accountParam(q, "account", v)
		if f != nil {
			return f
		}
		var all []any
		for i, id := range conversionIDs(a) {
			all = append(all, s.conversionObj(a, i, id))
		}
		return indexed(w, q, orEmpty(all), 1000, -1) // recorded: total -1
	}
	return methodNotAllowed(q)
}

func (s *Sim) oneByKey(w http.ResponseWriter, q *request, segment string, find func(string) (obj, *fault)) *fault {
	if f := q.params.only(); f != nil {
		return f
	}
	k, f := key(segment)
	if f != nil {
		return f
	}
	o, f := find(k)
	if f != nil {
		return f
	}
	writeJSON(w, http.StatusOK, q.mask.apply(o))
	return nil
}

func formID(a *simkit.Account, i int) int64 { return formBase + int64(a.Index)*10 + int64(i) }

func formObj(a *simkit.Account, i int) obj {
	id := formID(a, i)
	names := [...]string{"Contact form", "Förnamn & efternamn"}
	question := func(n int64, name, field string) obj {
		return obj{"questionId": 10_000_000*n + id, "name": name, "predefinedField": field,
			"question":         obj{"localized": obj{"en_US": name}},
			"responseEditable": true, "responseRequired": true,
			"questionDetails": obj{"textQuestionDetails": obj{"maxResponseLength": int64(300)}}}
	}
	return obj{
		"id": id, "name": names[i], "state": [...]string{"PUBLISHED", "DRAFT"}[i], "versionId": int64(1),
		"owner":          obj{"sponsoredAccount": makeURN("sponsoredAccount", a.ID)},
		"reviewInfo":     obj{"reviewStatus": "APPROVED", "rejectionReasons": []any{}, "lastUpdated": ms(a.Modified)},
		"hiddenFields":   []any{},
		"creationLocale": obj{"country": "US", "language": "en"},
		"created":        ms(a.Created), "lastModified": ms(a.Modified),
		"content": obj{
			"headline": obj{"localized": obj{"en_US": "Get the guide"}}, "description": obj{"localized": obj{"en_US": "Short, free"}},
			"questions": []any{question(1, "First name", "FIRST_NAME"), question(2, "Email address", "EMAIL")},
		},
	}
}

// leadForms: q=owner&owner=(sponsoredAccount:urn).
func (s *Sim) leadForms(w http.ResponseWriter, q *request, rest []string) *fault {
	find := func(k string) (obj, *fault) {
		for _, a := range s.kit.World.List() {
			for i := range 2 {
				if k == itoa(formID(a, i)) && len(a.Campaigns) > 0 {
					return formObj(a, i), s.mayRead(q.token, a.ID)
				}
			}
		}
		return nil, notFound("Lead form " + k)
	}
	switch {
	case len(rest) == 1 && q.method == "GET":
		return s.oneByKey(w, q, rest[0], find)
	case len(rest) == 0 && q.method == "BATCH_GET":
		return batchGet(w, q, find)
	case len(rest) == 0 && q.method == "FINDER":
		if q.finder() != "owner" {
			return badRequest("Finder '" + q.finder() + "' is not supported")
		}
		if f := q.params.only("q", "owner", "start", "count"); f != nil {
			return f
		}
		owner, ok := q.params.values["owner"]
		if !ok {
			return paramMissing("owner")
		}
		acc, ok := owner.rec["sponsoredAccount"]
		if owner.kind != record || !ok || len(owner.rec) != 1 {
			return paramInvalid("owner", "")
		}
		a, f := s.accountParam(q, "owner", acc)
		if f != nil {
			return f
		}
		var all []any
		for i := range 2 {
			if len(a.Campaigns) > 0 {
				all = append(all, formObj(a, i))
			}
		}
		return indexed(w, q, orEmpty(all), 1000, len(all))
	}
	return methodNotAllowed(q)
}
