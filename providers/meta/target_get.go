package meta

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// getTarget finds what an id is of. Its form says so, but for bare numbers: those are interests, behaviors and the like,
// or an audience.
func (c *client) getTarget(ctx context.Context, ref providers.Ref) (normalize.Target, error) {
	kind, key := splitKey(ref.ID)
	q := providers.ListQuery{Org: ref.Org, Raw: ref.Raw, Params: ref.Params}
	switch {
	case kind == keyLocale:
		return c.pick(ctx, ref, q, normalize.TargetTypeLocale)
	case kind == keyRegion:
		return c.place(ctx, ref, "regions", key, normalize.TargetTypeRegion)
	case kind == keyCity:
		return c.place(ctx, ref, "cities", key, normalize.TargetTypeCity)
	case len(key) == 2 && strings.ToUpper(key) == key && !digitsOnly(key):
		return c.place(ctx, ref, "countries", key, normalize.TargetTypeCountry)
	case strings.Contains(key, "_MARKET:"), strings.HasPrefix(key, "DMA:"):
		return c.place(ctx, ref, "geo_markets", key, normalize.TargetTypeUSDma)
	case strings.IndexByte(key, ':') == 2:
		return c.place(ctx, ref, "zips", key, normalize.TargetTypeZip)
	case digitsOnly(key):
		return c.unified(ctx, ref)
	case key == "":
		return normalize.Target{}, notFound("target", ref.ID)
	}
	return c.pick(ctx, ref, q, normalize.TargetTypeOSVersion, normalize.TargetTypeDeviceModel)
}

// pick looks an id up in closed lists.
func (c *client) pick(ctx context.Context, ref providers.Ref, q providers.ListQuery, kinds ...normalize.TargetType) (normalize.Target, error) {
	for _, s := range targetSources {
		if !slices.Contains(kinds, s.kind) {
			continue
		}
		found, err := c.askSource(ctx, s, q)
		if err != nil {
			return normalize.Target{}, err
		}
		if i := slices.IndexFunc(found, func(t normalize.Target) bool { return t.ID == ref.ID }); i >= 0 {
			return found[i], nil
		}
	}
	return normalize.Target{}, notFound("target", ref.ID)
}

// place looks a place up by its key. The answer is a map of maps, by kind and key.
func (c *client) place(ctx context.Context, ref providers.Ref, list, key string, kind normalize.TargetType) (normalize.Target, error) {
	none := normalize.Target{}
	k := call{path: "search", params: url.Values{"type": {"adgeolocationmeta"}, list: {js([]string{key})}}}
	if err := withParams(k.params, ref.Params); err != nil {
		return none, err
	}
	var out struct {
		Data json.RawMessage `json:"data"`
	}
	if _, err := get(ctx, c, k, &out); err != nil {
		if k := providers.KindOf(err); k == providers.Invalid || k == providers.Rejected { // a key that cannot be one
			return none, notFound("target", ref.ID)
		}
		return none, err
	}
	for _, raw := range placesOf(out.Data) {
		var w searched
		if err := rest.Unmarshal(raw, &w); err != nil {
			return none, fault(providers.Malformed, "", "Meta's answer about a place cannot be understood: %v", err)
		}
		if t := targetOf(&w, kind); t.ID == ref.ID {
			t.Raw = kept(ref.Raw, raw)
			return t, nil
		}
	}
	return none, notFound("target", ref.ID)
}

// placesOf takes the places out of an answer, whether by kind and key, by kind, or bare.
func placesOf(data json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil {
		return list
	}
	var kinds map[string]json.RawMessage
	if json.Unmarshal(data, &kinds) != nil {
		return nil
	}
	for _, v := range kinds {
		var keys map[string]json.RawMessage
		var bare []json.RawMessage
		switch {
		case json.Unmarshal(v, &keys) == nil:
			for _, p := range keys {
				list = append(list, p)
			}
		case json.Unmarshal(v, &bare) == nil:
			list = append(list, bare...)
		}
	}
	return list
}

// unifiedKinds are the words of the account's own search for what has a number.
var unifiedKinds = map[string]normalize.TargetType{
	"interests": normalize.TargetTypeInterest, "behaviors": normalize.TargetTypeBehavior, "user_device": normalize.TargetTypeDeviceModel,
	"user_os": normalize.TargetTypeOSVersion,
}

// unified looks a number up among all that can be targeted in an account, and then among its audiences.
func (c *client) unified(ctx context.Context, ref providers.Ref) (normalize.Target, error) {
	none := normalize.Target{}
	accounts, _, err := c.accountsFor(ctx, providers.ListQuery{Org: ref.Org})
	if err != nil {
		return none, err
	}
	if len(accounts) > 0 {
		k := call{
			path: node(accounts[0]) + "/targetingvalidation", lane: lane{account: accounts[0]},
			params: url.Values{"id_list": {js([]string{ref.ID})}},
		}
		var found normalize.Target
		_, err := readPage(ctx, c, k, cursor{Limit: 10}, true, func() { found = none }, func(w *validated, raw json.RawMessage) error {
			if kind, ours := unifiedKinds[w.Type]; w.ID.String() == ref.ID && (w.Valid == nil || bool(*w.Valid)) {
				found = targetOf(&w.searched, kind)
				found.IsActive, found.Raw = ptr(true), kept(ref.Raw, raw)
				if !ours { // demographics and the like have no type of ours
					found.Type = ""
				}
			}
			return nil
		})
		if _, missing := missingField(err); err != nil && !missing && providers.KindOf(err) != providers.Invalid {
			return none, err
		}
		if found.ID != "" {
			return found, nil
		}
	}
	found, err := c.audiences(ctx, providers.ListQuery{Org: ref.Org, Raw: ref.Raw})
	if err != nil {
		return none, err
	}
	if i := slices.IndexFunc(found, func(t normalize.Target) bool { return t.ID == ref.ID }); i >= 0 {
		return found[i], nil
	}
	return none, notFound("target", ref.ID)
}

// validated is an element of an account's own search.
type validated struct {
	searched
	Valid *truth `json:"valid"`
}
