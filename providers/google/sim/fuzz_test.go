package sim

import (
	"errors"
	"strings"
	"testing"
)

// FuzzDecode: whatever a client sends as a body is read or refused; what is
// read can be written again and read to the same.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"operations":[{"create":{"name":"x","manualCpc":{}}}],"partialFailure":true}`, `{"operations":[{"updateMask":"status","update":{"resource_name":"customers/1/campaigns/2","status":3}}]}`,
		`{"operations":{"remove":"x"}}`, `{"operations":[{"create":{"frequencyCaps":[{"cap":1e2}],"id":"9223372036854775807"}}]}`, `{"a":`, `[]`, `null`, ``, `{"operations":[null]}`,
	} {
		f.Add("MutateCampaignsRequest", s)
	}
	f.Add("SearchGoogleAdsRequest", `{"query":"SELECT x","search_settings":{"omitResults":true}}`)
	f.Add("MutateAssetsRequest", `{"operations":[{"create":{"imageAsset":{"data":"aGk="}}}]}`)
	s := loadSchema()
	f.Fuzz(func(t *testing.T, name, body string) {
		if s.messages[name] == nil {
			return
		}
		o, err := s.decode(name, []byte(body))
		if err != nil {
			if bad, ok := errors.AsType[*unreadableError](err); !ok || bad.description == "" {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		text := appendJSON(nil, o)
		again, err := s.decode(name, text)
		if err != nil || string(appendJSON(nil, again)) != string(text) {
			t.Errorf("%s\nbecame %s\nand then %s (%v)", body, text, appendJSON(nil, again), err)
		}
		if pretty := appendPretty(nil, text, 0); strings.Count(string(pretty), "\n") < strings.Count(string(text), ",") {
			t.Errorf("%s", pretty)
		}
	})
}

func FuzzResourceName(f *testing.F) {
	for _, s := range []string{"customers/1234567890/campaigns/1", "customers/1234567890/adGroupAds/1~2", "customers/1234567890/assetGroupAssets/1~2~LOGO", "customers/1/campaigns/-1", "x", "customers/1234567890/campaigns/1~2~3~4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		customer, kind, k, ok := parseName(s)
		if !ok || kind == "ad" || strings.ContainsAny(s, "+") || strings.Contains(s, "/0") || strings.Contains(s, "~0") || strings.Contains(s, "-0") {
			return
		}
		if again := resourceName(customer, kind, k); again != s {
			t.Errorf("%q became %q", s, again)
		}
	})
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"status", "networkSettings.targetGoogleSearch,name", "manual_cpc", "manualCpc.enhancedCpcEnabled", "", ",", "a.b.c", "frequencyCaps.cap", "resource_name"} {
		f.Add(s)
	}
	s := loadSchema()
	f.Fuzz(func(t *testing.T, mask string) {
		paths, errs := s.mask("Campaign", mask)
		if len(paths) == 0 && len(errs) == 0 && !strings.Contains(mask, "ame") {
			t.Errorf("%q is neither read nor refused", mask)
		}
		for _, p := range paths {
			if _, code := s.leaf("Campaign", p); code != "" {
				t.Errorf("%q gave %q, which is %s", mask, p, code)
			}
		}
	})
}

// FuzzPageToken: only the simulator's own tokens lead anywhere.
func FuzzPageToken(f *testing.F) {
	s := New(Options{Seed: 1, Accounts: 1})
	c := &call{s: s, c: s.customers[firstAccount]}
	good := c.pageToken("q", 7)
	f.Add(good)
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		n, err := c.offset(token, "q")
		if err == nil && n != 0 && token != good {
			t.Errorf("%q leads to %d", token, n)
		}
		if err == nil && n == 0 && token != "" {
			t.Errorf("%q leads to the start", token)
		}
	})
}
