package e2e

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"testing"
)

// fields is a JSON object.
type fields = map[string]any

// writer writes through one connection: the bodies are the same on every platform but for ids and what a platform demands
// by name.
type writer struct {
	*api
	platform, connection string

	org, germany, page, image string
}

func newWriter(a *api, platform, connection string) *writer {
	a.t.Helper()
	w := &writer{api: a, platform: platform, connection: connection}
	var orgs []struct{ ID, Currency, Status string }
	a.get(ads(connection, "organization"), nil, &orgs)
	for _, o := range orgs {
		if w.org == "" && o.Currency == "EUR" && o.Status == "ACTIVE" {
			w.org = o.ID
		}
	}
	first := func(kind string, query url.Values) string {
		var list []struct{ ID, Name string }
		query.Set("limit", "1")
		if a.get(ads(connection, kind), query, &list); len(list) == 0 {
			a.t.Fatalf("%s has no %s of %s", platform, kind, query.Encode())
		}
		return list[0].ID
	}
	w.germany = first("target", url.Values{"type": {"COUNTRY"}, "query": {"Germany"}})
	if platform != "googleads" {
		w.page = first("promoted", url.Values{"org_id": {w.org}, "type": {"PAGE_ID"}})
		w.image = first("asset", url.Values{"org_id": {w.org}, "type": {"IMAGE"}})
	}
	return w
}

// with adds what a platform demands by name.
func (w *writer) with(common fields, demands map[string]fields) fields {
	out := maps.Clone(common)
	for name, v := range demands[w.platform] {
		if v == nil {
			delete(out, name) // the platform has no such thing there
			continue
		}
		out[name] = v
	}
	return out
}

func (w *writer) campaign(name string) fields {
	return w.with(fields{"organization_id": w.org, "name": name, "goal": "WEBSITE_TRAFFIC", "budget_amount": json.Number("50.00"), "budget_period": "DAILY"}, map[string]fields{
		"googleads": {"advertising_channel_type": "SEARCH", "has_eu_political_ads": false, "targeting": fields{"geographic": fields{"countries": []fields{{"id": w.germany}}}}},
	})
}

func (w *writer) group(campaign string) fields {
	women := fields{"demographic": fields{"female": true}}
	womenInGermany := fields{"demographic": fields{"female": true}, "geographic": fields{"countries": []fields{{"id": w.germany}}}}
	return w.with(fields{"organization_id": w.org, "campaign_id": campaign, "name": "Women", "targeting": women}, map[string]fields{
		"linkedinads": {"targeting": womenInGermany, "budget_amount": json.Number("20.00"), "budget_period": "DAILY", "has_eu_political_ads": false, "language_locale": "de-DE"},
		"metaads":     {"targeting": womenInGermany},
	})
}

func (w *writer) creative(group string) fields {
	data, _ := json.Marshal(fields{"images": []string{w.image}})
	picture := fields{"data": string(data), "promoted": []fields{{"id": w.page, "type": "PAGE_ID"}}}
	facebook := maps.Clone(picture)
	facebook["group_id"] = nil
	return w.with(fields{"organization_id": w.org, "group_id": group, "name": "Picture", "link_url": "https://example.com/spring", "title": "Spring sale", "body": "Everything must go"},
		map[string]fields{
			"linkedinads": picture, "metaads": facebook,
			"googleads": {"name": nil, "title": nil, "body": nil, "texts": fields{"titles": []string{"Spring sale", "Buy now", "Only today"}, "bodies": []string{"Everything must go", "While stocks last"}}},
		})
}

func (w *writer) ad(group, creative string) fields {
	return w.with(fields{"organization_id": w.org, "group_id": group, "name": "Ad", "creative_ids": []string{creative}}, map[string]fields{"googleads": {"name": nil}})
}

// one is the address of one object.
func (w *writer) one(kind, id string) string {
	return ads(w.connection, kind) + "/" + url.PathEscape(id)
}

// write sends a write and wants it done.
func (w *writer) write(method, path string, query url.Values, body fields, header map[string]string) (fields, answer) {
	w.t.Helper()
	var raw []byte
	if body != nil {
		raw, _ = json.Marshal(body)
	}
	got := w.send(method, path, query, raw, header)
	if got.status != http.StatusOK {
		w.t.Fatalf("%s: %s %s %s: %d %s", w.platform, method, path, raw, got.status, got.body)
	}
	var v fields
	if len(got.body) > 0 {
		got.decode(w.t, &v)
	}
	return v, got
}

// make creates an object, reads it back, and wants of it what was asked.
func (w *writer) make(kind string, body fields) (id string) {
	w.t.Helper()
	made, _ := w.write(http.MethodPost, ads(w.connection, kind), nil, body, nil)
	id, _ = made["id"].(string)
	var read fields
	w.get(w.one(kind, id), url.Values{"org_id": {w.org}}, &read)
	w.covers(kind, body, made)
	w.covers(kind, body, read)
	return id
}

// covers wants everything that was asked for in what there is. Names that a platform adds to ids, and what it adds of its
// own, may be more.
func (w *writer) covers(what string, asked, is fields) {
	w.t.Helper()
	for name, v := range asked {
		switch {
		case name == "goal" && w.platform == "googleads":
			continue // it stands for a strategy there: Google keeps no goal
		case name == "data":
			continue // what a creative is made from; its images come back as asset_urls
		}
		raw, _ := json.Marshal(v)
		var want any
		_ = json.Unmarshal(raw, &want)
		raw, _ = json.Marshal(is[name])
		var got any
		_ = json.Unmarshal(raw, &got)
		if !within(want, got) {
			w.t.Errorf("%s: %s: %s was asked to be %v and is %v", w.platform, what, name, want, got)
		}
	}
}

func within(want, got any) bool {
	switch want := want.(type) {
	case map[string]any:
		is, ok := got.(map[string]any)
		for name, v := range want {
			ok = ok && within(v, is[name])
		}
		return ok
	case []any:
		is, ok := got.([]any)
		ok = ok && len(is) == len(want)
		for i := range want {
			ok = ok && within(want[i], is[i])
		}
		return ok
	}
	return want == got
}

// whole makes one of each.
type whole struct{ campaign, group, creative, ad string }

func (w *writer) all(name string) (out whole) {
	w.t.Helper()
	out.campaign = w.make("campaign", w.campaign(name))
	out.group = w.make("group", w.group(out.campaign))
	out.creative = w.make("creative", w.creative(out.group))
	out.ad = w.make("ad", w.ad(out.group, out.creative))
	return out
}

// named counts the campaigns of a name, at the platform.
func (w *writer) named(name string) (ids []string) {
	w.t.Helper()
	for _, c := range w.list(ads(w.connection, "campaign"), url.Values{"org_id": {w.org}, "query": {name}, "limit": {"1000"}}) {
		if c["name"] == name {
			id, _ := c["id"].(string)
			ids = append(ids, id)
		}
	}
	return ids
}

func onEach(t *testing.T, demo announced, do func(t *testing.T, w *writer)) {
	t.Helper()
	for _, c := range demo.Connections {
		t.Run(c.IntegrationType, func(t *testing.T) {
			t.Parallel()
			do(t, newWriter(newAPI(t, demo), c.IntegrationType, c.ID))
		})
	}
}
