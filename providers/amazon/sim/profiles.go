package sim

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// profile is one advertiser on one marketplace, with everything it holds.
type profile struct {
	id             int64
	src            *simkit.Account
	name, currency string
	zone           string
	loc            *time.Location
	region         string // na, eu, fe
	country        string
	kind, subType  string
	noDisplay      bool
	unpaid         bool
	dailyBudget    json.Number
	roles          map[string]string // by member
	seller         string            // accountInfo.id, the same in every marketplace
	brand          string

	lists map[string][]*entity
	byID  map[string]map[int64]*entity
	ofAd  map[*simkit.Ad]*entity
	asins map[string]string // by sku
	// seeded are the targets that share the ledger's facts; what a client makes
	// has done nothing.
	seeded map[seededKey][]*entity
}

type seededKey struct {
	group *entity
	kind  string
}

func (p *profile) role(member string) string { return p.roles[member] }

func (p *profile) find(kind string, id int64) *entity { return p.byID[kind][id] }

func (p *profile) add(e *entity) {
	p.lists[e.kind.name] = append(p.lists[e.kind.name], e)
	if p.byID[e.kind.name] == nil {
		p.byID[e.kind.name] = map[int64]*entity{}
	}
	p.byID[e.kind.name][e.id] = e
}

var currencyHome = map[string]string{
	"EUR": "DE", "USD": "US", "GBP": "UK", "JPY": "JP", "CAD": "CA", "MXN": "MX", "BRL": "BR", "INR": "IN", "AUD": "AU",
	"SGD": "SG", "SEK": "SE", "PLN": "PL", "TRY": "TR", "EGP": "EG", "AED": "AE", "SAR": "SA", "ZAR": "ZA",
}

func (s *Sim) newProfile(src *simkit.Account) *profile {
	x := rosterExtra{country: currencyHome[src.Currency], kind: "seller", first: "edit"}
	if !src.Loaded {
		x = rosterExtras[src.Index%len(rosterExtras)]
		if s.opts.Dense {
			x.kind, x.first, x.subType, x.noDisplay = cmp.Or(strings.ReplaceAll(x.kind, "agency", ""), "seller"), "edit", "", false
		}
	}
	p := &profile{
		id: src.ID, src: src, name: src.Name, currency: src.Currency, zone: src.Zone, loc: src.Loc,
		country: x.country, kind: x.kind, subType: x.subType, noDisplay: x.noDisplay,
		unpaid: src.Status == simkit.Canceled, dailyBudget: "999999999.0", roles: map[string]string{},
		seller: "A3ACME" + strconv.Itoa(10+src.Index/2), brand: "ENTITY2ACME" + strconv.Itoa(100+src.Index),
		lists: map[string][]*entity{}, byID: map[string]map[int64]*entity{}, ofAd: map[*simkit.Ad]*entity{}, asins: map[string]string{}, seeded: map[seededKey][]*entity{},
	}
	if p.kind != "seller" {
		p.seller = "ENTITY1ACME" + strconv.Itoa(10+src.Index)
	}
	for region, markets := range s.tab.Marketplaces {
		if markets[p.country] != "" {
			p.region = strings.ToLower(region)
		}
	}
	members := s.kit.OAuth.Members()
	if x.first != "none" {
		p.roles[members[0].ID] = x.first
	}
	if src.Index == 0 && !src.Loaded {
		p.roles[members[1].ID] = "view"
	}
	return p
}

func (s *Sim) marketplace(p *profile) string {
	return s.tab.Marketplaces[strings.ToUpper(p.region)][p.country]
}

func (s *Sim) profileBody(p *profile) obj {
	info := obj{"marketplaceStringId": s.marketplace(p), "id": p.seller, "type": p.kind, "name": p.name, "validPaymentMethod": !p.unpaid}
	if p.subType != "" {
		info["subType"] = p.subType
	}
	b := obj{"profileId": p.id, "countryCode": p.country, "currencyCode": p.currency, "timezone": p.zone, "accountInfo": info}
	if p.kind == "seller" {
		b["dailyBudget"] = p.dailyBudget
	}
	return b
}

var apiPrograms = []string{"billing", "campaign", "paymentMethod", "store", "report", "account", "posts"}

// listProfiles answers GET /v2/profiles: by default only what may be edited. A
// region without any answers an empty array.
func (s *Sim) listProfiles(c *call) (any, *fault) {
	q := c.r.URL.Query()
	program, level := cmp.Or(q.Get("apiProgram"), "campaign"), cmp.Or(q.Get("accessLevel"), "edit")
	for k := range q {
		if !slices.Contains([]string{"apiProgram", "accessLevel", "profileTypeFilter", "validPaymentMethodFilter"}, k) {
			return nil, c.bad("Unknown parameter: %s", k)
		}
	}
	if !slices.Contains(apiPrograms, program) || level != "view" && level != "edit" {
		return nil, c.bad("Invalid apiProgram or accessLevel")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []any{}
	for _, p := range s.profiles {
		role := p.role(c.token.Member.ID)
		if p.region != c.region || role == "" || role == "view" && level == "edit" {
			continue
		}
		if t := q.Get("profileTypeFilter"); t != "" && !slices.Contains(strings.Split(t, ","), p.kind) {
			continue
		}
		if v := q.Get("validPaymentMethodFilter"); v != "" && (v == "true") == p.unpaid {
			continue
		}
		out = append(out, s.profileBody(p))
	}
	return out, nil
}

func (s *Sim) getProfile(c *call) (any, *fault) {
	id, _ := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.profiles {
		if p.id == id && p.region == c.region && p.role(c.token.Member.ID) != "" {
			return s.profileBody(p), nil
		}
	}
	return nil, c.fail(http.StatusNotFound, "404", "Cannot find profile "+c.r.PathValue("id"))
}

// putProfiles changes a seller's daily cap, the only writable field.
func (s *Sim) putProfiles(c *call) (any, *fault) {
	items, f := c.array(100)
	if f != nil {
		return nil, f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []any{}
	for _, in := range items {
		id, ok := idOf(in["profileId"])
		i := slices.IndexFunc(s.profiles, func(p *profile) bool {
			return ok && p.id == id && p.region == c.region && p.role(c.token.Member.ID) == "edit"
		})
		budget, isNumber := in["dailyBudget"].(json.Number)
		switch {
		case i < 0:
			out = append(out, obj{"profileId": in["profileId"], "code": "NOT_FOUND", "details": "Could not find profile"})
		case s.profiles[i].kind != "seller" || !isNumber:
			out = append(out, obj{"profileId": id, "code": "INVALID_ARGUMENT", "details": "dailyBudget cannot be set"})
		default:
			s.profiles[i].dailyBudget = budget
			out = append(out, obj{"profileId": id, "code": "SUCCESS"})
		}
	}
	return status(http.StatusMultiStatus, out), nil
}

// listAdsAccounts answers POST /adsAccounts/list: the global accounts with their
// profiles in every region, from any host.
func (s *Sim) listAdsAccounts(c *call) (any, *fault) {
	if _, f := c.object("maxResults", "nextToken"); f != nil {
		return nil, f
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	byAccount, order := map[string][]*profile{}, []string{}
	for _, p := range s.profiles {
		if p.role(c.token.Member.ID) == "" {
			continue
		}
		if byAccount[p.seller] == nil {
			order = append(order, p.seller)
		}
		byAccount[p.seller] = append(byAccount[p.seller], p)
	}
	out := []any{}
	for _, seller := range order {
		countries, ids := []any{}, []any{}
		for _, p := range byAccount[seller] {
			countries = append(countries, p.country)
			ids = append(ids, obj{"countryCode": p.country, "profileId": p.id}, obj{"countryCode": p.country, "entityId": p.brand})
		}
		out = append(out, obj{"adsAccountId": "amzn1.ads-account.g." + strings.ToLower(seller), "accountName": byAccount[seller][0].name,
			"status": "CREATED", "countryCodes": countries, "alternateIds": ids})
	}
	return obj{"adsAccounts": out, "nextToken": nil}, nil
}
