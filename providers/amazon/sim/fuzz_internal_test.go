package sim

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func fuzzCall(s *Sim, body string, k *kind) *call {
	r := httptest.NewRequest("POST", "/sp/campaigns/list", strings.NewReader(body))
	return &call{s: s, r: r, w: httptest.NewRecorder(), route: &route{family: modern}, now: s.Now(), prof: s.profiles[0], kind: k}
}

func fuzzSim() *Sim {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	return New(Options{Accounts: 1, Campaigns: 3, Groups: 2, Ads: 2, Now: func() time.Time { return noon }})
}

// FuzzListFilter: a foreign list body is refused or parsed, never a crash, and a
// refusal names a status.
func FuzzListFilter(f *testing.F) {
	for _, b := range []string{`{}`, `{"stateFilter":{"include":["ENABLED"]}}`, `{"maxResults":1}`, `{"nextToken":"QUFF"}`, `{"campaignIdFilter":{"include":["1"]}}`, `[`, `{"nameFilter":{"include":["a"],"queryTermMatchType":"EXACT_MATCH"}}`} {
		f.Add(b)
	}
	s := fuzzSim()
	f.Fuzz(func(t *testing.T, body string) {
		v, fail := s.list(fuzzCall(s, body, s.kinds["sp.campaign"]))
		if fail == nil && v == nil || fail != nil && fail.status < 400 {
			t.Errorf("%v %v", v, fail)
		}
	})
}

// FuzzReportConfig: so is a report's configuration.
func FuzzReportConfig(f *testing.F) {
	f.Add(`{"startDate":"2026-11-01","endDate":"2026-11-20","configuration":{"adProduct":"SPONSORED_PRODUCTS","reportTypeId":"spCampaigns","groupBy":["campaign"],"columns":["date","clicks"],"timeUnit":"DAILY","format":"GZIP_JSON"}}`)
	f.Add(`{"configuration":{"filters":[{"field":"x","values":[1]}]}}`)
	f.Add(`{"configuration":null}`)
	s := fuzzSim()
	f.Fuzz(func(t *testing.T, body string) {
		if _, fail := s.createReport(fuzzCall(s, body, nil)); fail != nil && fail.status < 400 {
			t.Errorf("%v", fail)
		}
	})
}

// FuzzWrites: items of every kind are refused or made.
func FuzzWrites(f *testing.F) {
	f.Add(`{"campaigns":[{"name":"a","state":"PAUSED","targetingType":"AUTO","budget":{"budgetType":"DAILY","budget":10}}]}`, `[{"name":"x","tactic":"T00020"}]`)
	f.Add(`{"campaigns":[{"name":1,"dynamicBidding":{"placementBidding":[3]}}]}`, `[{"state":4,"expression":{}}]`)
	s := fuzzSim()
	f.Fuzz(func(t *testing.T, modernBody, oldBody string) {
		for _, k := range s.kinds {
			if k.ownFilter != "" {
				s.createModern(fuzzCall(s, modernBody, k))
				s.updateModern(fuzzCall(s, modernBody, k))
				s.deleteModern(fuzzCall(s, modernBody, k))
				continue
			}
			s.createOld(fuzzCall(s, oldBody, k))
			s.updateOld(fuzzCall(s, oldBody, k))
			if k.wrapper != "" {
				s.createThird(fuzzCall(s, modernBody, k))
			}
		}
	})
}
