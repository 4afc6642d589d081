package sim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/amazon/sim"
)

func TestPortfoliosAndProfiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	a := w.vnd("POST", "/portfolios", "spPortfolio.v3", `{"portfolios":[{"name":"P","state":"ENABLED","budget":{"amount":500,"currencyCode":"EUR","policy":"DATE_RANGE","startDate":"2026-12-01","endDate":"2026-12-31"}},{"name":"Q","state":"ENABLED","budget":{"policy":"x"}}]}`)
	if successOf(a, "portfolios", 0, "portfolioId") == "" || at(a.body, "portfolios", "error", 0) == nil {
		t.Errorf("%s", a.text)
	}
	if a := w.vnd("POST", "/portfolios", "spPortfolio.v3", `{"portfolios":[{"name":"R","state":"PAUSED"}]}`); a.status != 400 {
		t.Errorf("trap 30: %d %s", a.status, a.text)
	}
	if a := w.vnd("POST", "/portfolios/delete", "spPortfolio.v3", `{}`); a.status != 404 {
		t.Errorf("no delete: %d", a.status)
	}
	put := w.call("PUT", "/v2/profiles", `[{"profileId":`+w.org.ID+`,"dailyBudget":500}]`)
	if text(put.list[0], "code") != "SUCCESS" || text(w.call("GET", "/v2/profiles/"+w.org.ID, "").body, "dailyBudget") != "500" {
		t.Errorf("%s", put.text)
	}
}

func TestTrap31_AssetsAreUploadedWithoutAToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	url := text(w.call("POST", "/assets/upload", `{"fileName":"logo.png"}`).body, "url")
	if a := w.call("PUT", url, "bytes", "Content-Type", "image/png"); a.status != 400 {
		t.Errorf("with a token: %d", a.status)
	}
	if a := w.call("PUT", url, "bytes", "Authorization", "-", "Content-Type", "text/plain"); a.status != 403 || !strings.Contains(a.text, "SignatureDoesNotMatch") {
		t.Errorf("wrong type: %d %s", a.status, a.text)
	}
	if a := w.call("PUT", url, "bytes", "Authorization", "-", "Content-Type", "image/png"); a.status != 200 || a.text != "" {
		t.Errorf("%d %s", a.status, a.text)
	}
	quoted, _ := json.Marshal(url)
	register := `{"url":` + string(quoted) + `,"name":"Logo","assetType":"IMAGE","assetSubTypeList":["LOGO"]`
	if a := w.call("POST", "/assets/register", register+"}"); a.status != 400 {
		t.Errorf("a seller without a brand: %d %s", a.status, a.text)
	}
	a := w.call("POST", "/assets/register", register+`,"associatedSubEntityList":[{"brandEntityId":"ENTITY2"}]}`)
	id := text(a.body, "assetId")
	state := func() string {
		return text(w.call("GET", "/assets?assetId="+id+"&version=version_v1", "").body, "assetVersionList", 0, "assetStatus")
	}
	if a.status != 200 || state() != "PROCESSING" {
		t.Errorf("%d %s", a.status, a.text)
	}
	w.sim.Advance(time.Minute)
	if s := state(); s != "ACTIVE" {
		t.Error(s)
	}
}
