package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/google/sim"
)

func TestFaultsAndCallsKnowTheQuery(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	if err := w.sim.Fault(sim.Fault{Path: "googleAds:search", Query: "FROM ad_group ", Status: 503, Body: []byte(`"<html>busy</html>"`)}); err != nil {
		t.Fatal(err)
	}
	w.sim.ResetCalls()
	if a := w.search(first, "SELECT campaign.id FROM campaign WHERE campaign.id IN (1, 2)"); a.status != 200 {
		t.Errorf("another query was struck: %d %s", a.status, a.text)
	}
	a := w.search(first, "SELECT ad_group.id FROM ad_group LIMIT 1")
	if a.status != 503 || a.header.Get("request-id") == "" || a.text != "<html>busy</html>" {
		t.Errorf("%d %v %s", a.status, a.header, a.text)
	}
	if a := w.search(first, "SELECT ad_group.id FROM ad_group LIMIT 1"); a.status != 200 {
		t.Errorf("the fault did not end: %d", a.status)
	}
	calls := w.sim.Calls()
	if len(calls) != 3 || !strings.Contains(calls[0].Query, "campaign.id IN (1, 2)") || calls[0].Operation != "GoogleAdsService.Search" || calls[0].Version != "v26" {
		t.Errorf("%+v", calls)
	}
	for _, c := range calls {
		if strings.Contains(c.Query+c.Path, w.token) {
			t.Error("a token is in the log")
		}
	}
	w.control("/_sim/stream", `{"after_rows":1,"times":1,"code":"INTERNAL_ERROR"}`)
	s := w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", `{"query":"SELECT campaign.id FROM campaign"}`)
	if s.status != 200 || s.failure() != "internalError.INTERNAL_ERROR" {
		t.Errorf("%d %s", s.status, s.text)
	}
	w = start(t, sim.Options{Seed: 1, ChunkRows: 2})
	w.control("/_sim/stream", `{"drip_ms":20}`)
	began := time.Now()
	if w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", `{"query":"SELECT campaign.id FROM campaign LIMIT 6"}`); time.Since(began) < 60*time.Millisecond {
		t.Error("three chunks did not drip")
	}
	for path, body := range map[string]string{"/_sim/limits": `{"level":"GOLD"}`, "/_sim/stream": `{"foo":1}`} {
		if a := w.do("POST", path, body); a.status != 400 {
			t.Errorf("%s took %s: %d", path, body, a.status)
		}
	}
}
