package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// link is a conversion that a campaign counts and optimizes for.
type link struct{ campaign, conversion int64 }

const conversionURN = "urn:lla:llaPartnerConversion:"

func (l link) obj() obj {
	return obj{"campaign": makeURN("sponsoredCampaign", l.campaign), "conversion": conversionURN + itoa(l.conversion)}
}

// campaignConversions links by the key (campaign:…,conversion:…).
func (s *Sim) campaignConversions(w http.ResponseWriter, q *request, rest []string) *fault {
	switch {
	case len(rest) == 0 && q.method == "FINDER":
		return s.linksOf(w, q)
	case len(rest) != 1:
		return methodNotAllowed(q)
	}
	if f := q.params.only(); f != nil {
		return f
	}
	l, f := parseLink(rest[0])
	if f != nil {
		return f
	}
	account, f := s.linkAccount(q, l)
	if f != nil {
		return f
	}
	switch q.method {
	case "GET":
		s.mu.RLock()
		ok := s.links[l]
		s.mu.RUnlock()
		if !ok {
			return notFound("Campaign conversion")
		}
		writeJSON(w, http.StatusOK, q.mask.apply(l.obj()))
		return nil
	case "UPDATE":
		return s.putLink(w, q, account, l)
	case "DELETE":
		return s.dropLink(w, q, account, l)
	}
	return methodNotAllowed(q)
}

// parseLink reads a key's segment.
func parseLink(segment string) (link, *fault) {
	bad := badRequest("Key parameter value is malformed")
	v, f := parseValue("key", segment)
	if f != nil || v.kind != record || len(v.rec) != 2 {
		return link{}, bad
	}
	campaign, ok := numberURN(v.rec["campaign"].text, "sponsoredCampaign")
	id, isConversion := strings.CutPrefix(v.rec["conversion"].text, conversionURN)
	conversion, err := strconv.ParseInt(id, 10, 64)
	if !ok || !isConversion || err != nil || conversion <= 0 {
		return link{}, bad
	}
	return link{campaign, conversion}, nil
}

// linkAccount is the account of both ends, which must be the same one.
func (s *Sim) linkAccount(q *request, l link) (int64, *fault) {
	account := s.accountOf(l.campaign)
	if account == 0 {
		return 0, notFound(makeURN("sponsoredCampaign", l.campaign))
	}
	if f := s.mayRead(q.token, account); f != nil {
		return 0, f
	}
	a := s.kit.World.Account(account)
	if a == nil || !slices.Contains(conversionIDs(a), l.conversion) {
		return 0, notFound(conversionURN + itoa(l.conversion))
	}
	return account, nil
}

// accountOf finds a campaign's account; 0 when there is no such campaign.
func (s *Sim) accountOf(campaign int64) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for id, t := range s.campaigns {
		if t.byID[campaign] != nil {
			return id
		}
	}
	return 0
}

// putLink makes a link: 201 for a new one, 204 for one that is there. The body
// may repeat the key, nothing else (assumed: the sheet shows none).
func (s *Sim) putLink(w http.ResponseWriter, q *request, account int64, l link) *fault {
	if f := s.mayWrite(q.token, account, false); f != nil {
		return f
	}
	if len(q.body) > 0 {
		body, f := bodyOf(q)
		if f != nil {
			return f
		}
		if f := (schema{"campaign": urns("sponsoredCampaign"), "conversion": of("string")}).shape(body); f != nil {
			return f
		}
		for name, v := range l.obj() {
			if given, ok := body[name]; ok && given != v {
				return validations([]inputError{{"MISMATCH_FIELDS", "The " + name + " differs from the key", name}})
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	status := http.StatusCreated
	if s.links[l] {
		status = http.StatusNoContent
	}
	s.links[l] = true
	w.WriteHeader(status)
	return nil
}

func (s *Sim) dropLink(w http.ResponseWriter, q *request, account int64, l link) *fault {
	if f := s.mayWrite(q.token, account, false); f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.links[l] {
		return notFound("Campaign conversion")
	}
	delete(s.links, l)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// linksOf is q=campaigns&campaigns=List(…).
func (s *Sim) linksOf(w http.ResponseWriter, q *request) *fault {
	if q.finder() != "campaigns" {
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	if f := q.params.only("q", "campaigns", "start", "count"); f != nil {
		return f
	}
	list, ok, f := q.params.texts("campaigns", true)
	if f != nil {
		return f
	}
	if !ok || len(list) == 0 {
		return paramMissing("campaigns")
	}
	wanted := map[int64]bool{}
	for _, u := range list {
		id, ok := numberURN(u, "sponsoredCampaign")
		if !ok {
			return paramInvalid("campaigns", "Invalid URN "+u)
		}
		if account := s.accountOf(id); account != 0 {
			if f := s.mayRead(q.token, account); f != nil {
				return f
			}
			wanted[id] = true
		}
	}
	found := s.linked(func(l link) bool { return wanted[l.campaign] })
	all := make([]any, len(found))
	for i, l := range found {
		all[i] = l.obj()
	}
	return indexed(w, q, all, 1000, len(all))
}

// linked are the links that match, in order.
func (s *Sim) linked(match func(link) bool) []link {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []link
	for l := range s.links {
		if match(l) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b link) int {
		if a.campaign != b.campaign {
			return int(a.campaign - b.campaign)
		}
		return int(a.conversion - b.conversion)
	})
	return out
}

// seedLinks gives each campaign that sells the account's first conversion, and
// one campaign of any kind its second. The caller holds the lock.
func (s *Sim) seedLinks(a *simkit.Account) {
	ids := conversionIDs(a)
	if ids == nil || len(a.Campaigns[0].Groups) == 0 {
		return
	}
	s.links[link{a.Campaigns[0].Groups[0].ID, ids[1]}] = true
	for _, e := range s.campaigns[a.ID].byID {
		if e.data["objectiveType"] == "WEBSITE_CONVERSION" {
			s.links[link{e.id, ids[0]}] = true
		}
	}
}

// conversionChecks: a campaign that optimizes for conversions cannot run (nor be
// turned to it while it runs) before it is linked with one. That a campaign
// which does not run may wait for its link is assumed: a link needs the
// campaign's id. The caller holds the lock.
func (s *Sim) conversionChecks(before *entity, o obj) []inputError {
	if o["optimizationTargetType"] != "MAX_CONVERSION" || o["status"] != "ACTIVE" {
		return nil
	}
	if before != nil {
		if before.data["status"] == "ACTIVE" && before.data["optimizationTargetType"] == "MAX_CONVERSION" {
			return nil
		}
		for l := range s.links {
			if l.campaign == before.id {
				return nil
			}
		}
	}
	return []inputError{{"CONVERSION_CAMPAIGN_MISSING_ASSOCIATED_CONVERSION", "A conversion must be associated with the campaign", "optimizationTargetType"}}
}
