package meta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
)

// maxSearch is what a search is asked for at once: without, it answers eight.
const maxSearch = 1000

const categorySearch = "adTargetingCategory"

// targetSource is where targets of one type are found.
type targetSource struct {
	kind   normalize.TargetType
	search string // parameter type of /search; empty: the account's audiences
	place  string // location type of adgeolocation
	class  string // class of adTargetingCategory, a list that is given whole; beside a search, what there is without a query
	named  bool   // found by name only: the query is needed
}

var targetSources = []targetSource{
	{kind: normalize.TargetTypeCountry, search: "adgeolocation", place: "country"},
	{kind: normalize.TargetTypeRegion, search: "adgeolocation", place: "region"},
	{kind: normalize.TargetTypeCity, search: "adgeolocation", place: "city", named: true},
	{kind: normalize.TargetTypeZip, search: "adgeolocation", place: "zip", named: true},
	{kind: normalize.TargetTypeUSDma, search: "adgeolocation", place: "geo_market", named: true},
	{kind: normalize.TargetTypeLocale, search: "adlocale"},
	{kind: normalize.TargetTypeInterest, search: "adinterest", class: "interests"},
	{kind: normalize.TargetTypeBehavior, search: categorySearch, class: "behaviors"},
	{kind: normalize.TargetTypeDeviceModel, search: categorySearch, class: "user_device"},
	{kind: normalize.TargetTypeOSVersion, search: categorySearch, class: "user_os"},
	{kind: normalize.TargetTypeUserList},
}

// targets are places, languages, interests, behaviors and devices, which are the same for every account, and the
// accounts' own audiences.
func targets(c *client) providers.Collection[normalize.Target] {
	return providers.Collection[normalize.Target]{
		Filters: []providers.Filter{providers.FilterOrg, providers.FilterType, providers.FilterQuery, providers.FilterParent},
		MaxPage: maxSearch,
		List:    c.listTargets,
		Get:     c.getTarget,
	}
}

// listTargets asks the sources that can hold what is wanted; pages are cut from what they give, which is never much.
func (c *client) listTargets(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Target], error) {
	none := providers.Page[normalize.Target]{}
	var all []normalize.Target
	var left []string
	for _, s := range targetSources {
		if len(q.Type) > 0 && !slices.Contains(q.Type, string(s.kind)) || q.Parent != "" && s.place == "" {
			continue
		}
		if s.named && q.Query == "" {
			if len(q.Type) > 0 {
				return none, fault(providers.Invalid, "query", "Meta finds targets of the type %s by name only: give the query", s.kind)
			}
			left = append(left, fmt.Sprintf("%s: found by name only, with the query", s.kind))
			continue
		}
		found, err := c.askSource(ctx, s, q)
		if err != nil {
			why, skip := skipped(string(s.kind), err)
			if !skip || len(q.Type) > 0 {
				return none, err
			}
			left = append(left, why)
			continue
		}
		all = append(all, found...)
	}
	p, err := page.Slice(q, all)
	if q.Cursor == "" {
		p.Left = left
	}
	return p, own(err)
}

func (c *client) askSource(ctx context.Context, s targetSource, q providers.ListQuery) ([]normalize.Target, error) {
	if s.search == "" {
		return c.audiences(ctx, q)
	}
	params := url.Values{"type": {s.search}}
	whole := s.class != "" && (s.search == categorySearch || q.Query == "")
	if whole {
		params.Set("type", categorySearch)
		params.Set("class", s.class)
	} else {
		params.Set("q", q.Query)
	}
	if s.place != "" {
		params.Set("location_types", js([]string{s.place}))
		if kind, key := splitKey(q.Parent); kind == keyRegion {
			params.Set("region_id", key)
		} else if q.Parent != "" {
			params.Set("country_code", q.Parent)
		}
	}
	return c.searchAll(ctx, call{path: "search", params: params}, q, func(w *searched) (normalize.Target, bool) {
		t := targetOf(w, s.kind)
		// A search may answer what goes by another name or is around it.
		fits := (!whole || matches(t.Name, q.Query)) && (q.Parent == "" || t.ParentID == q.Parent)
		return t, fits && (s.place == "" || w.Type == "" || placeKinds[w.Type] == s.kind)
	})
}

func matches(name, query string) bool {
	return query == "" || strings.Contains(strings.ToLower(name), strings.ToLower(query))
}

// searchAll reads a search to its end.
func (c *client) searchAll(ctx context.Context, k call, q providers.ListQuery, turn func(*searched) (normalize.Target, bool)) ([]normalize.Target, error) {
	if err := withParams(k.params, q.Params); err != nil {
		return nil, err
	}
	var all []normalize.Target
	for at := (cursor{Limit: maxSearch}); ; {
		before := len(all)
		info, err := readPage(ctx, c, k, at, q.Raw, func() { all = all[:before] }, func(w *searched, raw json.RawMessage) error {
			if t, fits := turn(w); fits && t.ID != "" {
				t.Raw = raw
				all = append(all, t)
			}
			return nil
		})
		if err != nil || !info.More {
			return all, err
		}
		at = info.Next
	}
}

// audiences are the custom and lookalike audiences of the accounts.
func (c *client) audiences(ctx context.Context, q providers.ListQuery) ([]normalize.Target, error) {
	accounts, _, err := c.accountsFor(ctx, providers.ListQuery{Org: q.Org})
	if err != nil {
		return nil, err
	}
	var all []normalize.Target
	for _, account := range accounts {
		k := call{
			path: node(account) + "/customaudiences", lane: lane{account: account},
			params: url.Values{"fields": {"id,name,subtype,approximate_count_lower_bound,approximate_count_upper_bound"}},
		}
		found, err := c.searchAll(ctx, k, q, func(w *searched) (normalize.Target, bool) {
			return targetOf(w, normalize.TargetTypeUserList), matches(w.Name, q.Query)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// placeKinds are Meta's words for places.
var placeKinds = map[string]normalize.TargetType{
	"country": normalize.TargetTypeCountry, "region": normalize.TargetTypeRegion, "city": normalize.TargetTypeCity, "zip": normalize.TargetTypeZip,
	"geo_market": normalize.TargetTypeUSDma, "comscore_market": normalize.TargetTypeUSDma,
}

// targetOf makes our target. Its id is what an ad set's targeting has, with the kind before keys that are bare numbers.
func targetOf(w *searched, kind normalize.TargetType) normalize.Target {
	id := w.Key.String()
	if id == "" {
		id = w.ID.String()
	}
	t := normalize.Target{Name: strings.TrimSpace(w.Name), Type: kind}
	t.AudienceCountMin, t.AudienceCountMax = count(w.Lower, w.CustomLow), count(w.Upper, w.CustomHigh)
	switch kind {
	case normalize.TargetTypeRegion:
		id, t.ParentID = keyed(keyRegion, id), w.CountryC
	case normalize.TargetTypeCity:
		id, t.ParentID = keyed(keyCity, id), w.CountryC
		if w.RegionID != "" {
			t.ParentID = keyed(keyRegion, w.RegionID.String())
		}
	case normalize.TargetTypeZip, normalize.TargetTypeUSDma:
		t.ParentID = w.CountryC
	case normalize.TargetTypeLocale:
		id = keyed(keyLocale, id)
	case normalize.TargetTypeDeviceModel, normalize.TargetTypeOSVersion: // an ad set has their names
		if id == "" {
			id = t.Name
		}
	}
	if strings.TrimSuffix(id, ":") == id && id != "" {
		t.ID = id
	}
	return t
}

// splitKey takes the kind off an id of ours.
func splitKey(id string) (kind, key string) {
	kind, key, ok := strings.Cut(id, ":")
	if ok && (kind == keyRegion || kind == keyCity || kind == keyLocale) {
		return kind, key
	}
	return "", id
}

func count(list ...interface{ Decimal() *normalize.Decimal }) *int64 {
	for _, n := range list {
		if d := n.Decimal(); d != nil {
			if v, err := wholeNumber(*d); err == nil && v >= 0 {
				return &v
			}
		}
	}
	return nil
}
