package sim

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzParam: whatever a query says, it is read as its type or refused.
func FuzzParam(f *testing.F) {
	for _, s := range []string{`["a"]`, `{"a":1}`, `1`, `1.5`, `true`, `False`, `"1"`, `[1`, `null`, `1e3`, `[] []`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for kind := range map[string]bool{"array": true, "object": true, "integer": true, "boolean": true} {
			v, err := route{params: map[string]string{"p": kind}}.param("p", text)
			if err == nil && !isKind(v, kind) {
				t.Errorf("%q is no %s: %v", text, kind, v)
			}
		}
	})
}

// FuzzTriple: a report filter is sound or refused, and judging a row by it does
// not break.
func FuzzTriple(f *testing.F) {
	s := New(Options{Accounts: 1, Campaigns: 1, Groups: 1, Ads: 1})
	f.Add("campaign_ids", "IN", `["1"]`)
	f.Add("spend", "BETWEEN", `["1","2"]`)
	f.Add("spend", "GREATER_THAN", `1.5`)
	f.Add("ad_status", "IN", `["STATUS_ALL"]`)
	f.Add("spend", "IN", `[]`)
	f.Fuzz(func(_ *testing.T, field, kind, value string) {
		q := &query{level: "AUCTION_AD", metrics: []string{"spend"}}
		x := reportFilter{field: field, kind: kind}
		if s.readTriple(&x, value, q) != nil {
			return
		}
		q.filters = append(q.filters, x)
		q.admits(s.accounts[0].ads.all[0])
		q.admitsValue(s, &reportRow{account: s.accounts[0], goals: map[string]bool{}})
	})
}

// FuzzBody: a campaign's body is taken or refused; what is taken can be shown.
func FuzzBody(f *testing.F) {
	s := New(Options{Accounts: 1, Campaigns: 1, Groups: 1, Ads: 1})
	f.Add([]byte(`{"campaign_name":"x","objective_type":"TRAFFIC","special_industries":["HOUSING"],"budget":1}`))
	f.Add([]byte(`{"actions":[{"action_scene":"VIDEO_RELATED"}],"adgroup_name":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := decodeJSON(string(body))
		o, ok := v.(obj)
		if err != nil || !ok {
			return
		}
		for _, kind := range []string{kindCampaign, kindAdGroup, "SmartPlusAd"} {
			if s.accept(kind, o, false) == nil && !json.Valid(encode(o)) {
				t.Errorf("%s cannot be shown", body)
			}
		}
		if name, ok := o["campaign_name"].(string); ok && checkName("campaign_name", name, 512) == nil && utf8.RuneCountInString(name) > 512 {
			t.Errorf("%q is too long", name)
		}
	})
}
