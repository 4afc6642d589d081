package sim_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/google/sim"
)

func TestSearchPages(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1, PageRows: 7})
	q := "SELECT ad_group_ad.ad.id FROM ad_group_ad ORDER BY ad_group_ad.ad.id"
	seen, token, pages := map[string]bool{}, "", 0
	var total string
	for {
		a := w.do("POST", "/v26/customers/"+first+"/googleAds:search", `{"query":`+quoted(q)+`,"pageToken":`+quoted(token)+`,"searchSettings":{"returnTotalResultsCount":true}}`)
		if a.status != 200 {
			t.Fatal(a.text)
		}
		list := a.body["results"].([]any)
		for _, r := range list {
			id := str(r.(map[string]any), "adGroupAd.ad.id")
			if seen[id] {
				t.Fatalf("%s came twice", id)
			}
			seen[id] = true
		}
		pages++
		total, _ = a.body["totalResultsCount"].(string)
		next, _ := a.body["nextPageToken"].(string)
		if next == "" {
			break
		}
		if len(list) != 7 {
			t.Fatalf("a page of %d", len(list))
		}
		token = next
	}
	if fmt.Sprint(len(seen)) != total || pages < 5 {
		t.Errorf("%d rows on %d pages, total %s", len(seen), pages, total)
	}
	again := func(query, tok string) answer {
		return w.do("POST", "/v26/customers/"+first+"/googleAds:search", `{"query":`+quoted(query)+`,"pageToken":`+quoted(tok)+`}`)
	}
	w.refused(again(q+" ", token), 400, "requestError.INVALID_PAGE_TOKEN")
	w.refused(again(q, "rubbish"), 400, "requestError.INVALID_PAGE_TOKEN")
	w.refused(w.do("POST", "/v26/customers/4210000002/googleAds:search", `{"query":`+quoted(q)+`,"pageToken":`+quoted(token)+`}`), 400, "requestError.INVALID_PAGE_TOKEN")
	w.refused(w.do("POST", "/v26/customers/"+first+"/googleAds:search", `{"query":`+quoted(q)+`,"pageSize":10}`), 400, "requestError.PAGE_SIZE_NOT_SUPPORTED")
	w.sim.Advance(3 * time.Hour)
	w.token = w.sim.Grant().Access
	w.refused(again(q, token), 400, "requestError.EXPIRED_PAGE_TOKEN")
}

func TestTrap12_NothingFoundIs200WithoutResults(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	a := w.search(first, "SELECT campaign.id FROM campaign WHERE campaign.id = 1 LIMIT 1")
	if _, there := a.body["results"]; a.status != 200 || there || a.body["fieldMask"] != "campaign.id" {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := w.do("POST", "/v26/customers/"+first+"/googleAds:search", `{"query":"SELECT campaign.id FROM campaign","validateOnly":true}`); a.status != 200 || strings.TrimSpace(a.text) != "{}" {
		t.Errorf("validateOnly: %d %s", a.status, a.text)
	}
	a = w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", `{"query":"SELECT campaign.id FROM campaign WHERE campaign.id = 1"}`)
	if len(a.list) != 1 || a.list[0]["results"] != nil || a.list[0]["fieldMask"] != "campaign.id" || a.list[0]["requestId"] != a.header.Get("request-id") {
		t.Errorf("%s", a.text)
	}
}

func TestSummaryRow(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	q := quoted("SELECT campaign.id, metrics.clicks FROM campaign WHERE segments.date DURING LAST_7_DAYS")
	a := w.do("POST", "/v26/customers/"+first+"/googleAds:search", `{"query":`+q+`,"searchSettings":{"returnSummaryRow":true}}`)
	var want int64
	for _, r := range a.body["results"].([]any) {
		var n int64
		fmt.Sscan(str(r.(map[string]any), "metrics.clicks"), &n)
		want += n
	}
	if got := str(a.body, "summaryRow.metrics.clicks"); got != fmt.Sprint(want) || want == 0 {
		t.Errorf("summary %s, rows %d", got, want)
	}
	for setting, chunks := range map[string]int{"SUMMARY_ROW_ONLY": 1, "SUMMARY_ROW_WITH_RESULTS": 2, "NO_SUMMARY_ROW": 1} {
		a := w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", `{"query":`+q+`,"summaryRowSetting":"`+setting+`"}`)
		if len(a.list) != chunks || (str(a.list[len(a.list)-1], "summaryRow.metrics.clicks") == fmt.Sprint(want)) == (setting == "NO_SUMMARY_ROW") {
			t.Errorf("%s: %d chunks: %.300s", setting, len(a.list), a.text)
		}
	}
}

func TestTrap13_StreamErrorsAreArraysAndCanFollowGoodChunks(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1, ChunkRows: 5})
	body := `{"query":"SELECT ad_group_ad.ad.id FROM ad_group_ad"}`
	whole := w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", body)
	if len(whole.list) < 5 || !strings.Contains(whole.text, "}\r\n,\r\n{") || !strings.HasPrefix(whole.text, "[{\n  \"results\": [\n    {") {
		t.Fatalf("%.300s", whole.text)
	}
	for i, c := range whole.list {
		if (c["queryResourceConsumption"] != nil) != (i == 0) {
			t.Errorf("chunk %d tells the cost: %v", i, c["queryResourceConsumption"])
		}
	}
	compact := w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream?prettyPrint=false", body)
	if len(compact.list) != len(whole.list) || len(compact.text) >= len(whole.text)*3/4 {
		t.Errorf("compact: %d of %d bytes, %d chunks", len(compact.text), len(whole.text), len(compact.list))
	}
	bad := w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", `{"query":"SELECT x FROM campaign"}`)
	w.refused(bad, 400, "queryError.UNRECOGNIZED_FIELD")
	if len(bad.list) != 1 {
		t.Errorf("no array: %s", bad.text)
	}
	w.sim.FailStream(12, 1, "")
	a := w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", body)
	if a.status != 200 || a.failure() != "internalError.TRANSIENT_ERROR" || len(a.list) != 4 || len(a.list[2]["results"].([]any)) != 2 {
		t.Errorf("%d %q %d: %s", a.status, a.failure(), len(a.list), a.text)
	}
	if a := w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", body); len(a.list) != len(whole.list) {
		t.Error("the fault did not end")
	}
	w.sim.FailStream(0, 1, "DEADLINE_EXCEEDED")
	w.refused(w.do("POST", "/v26/customers/"+first+"/googleAds:searchStream", body), 500, "internalError.DEADLINE_EXCEEDED")
}

func TestGzipWhenAskedTwice(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	a := w.search(first, "SELECT campaign.name FROM campaign", "Accept-Encoding: gzip", "User-Agent: my program (gzip)")
	zr, err := gzip.NewReader(bytes.NewReader([]byte(a.text)))
	if a.header.Get("Content-Encoding") != "gzip" || err != nil {
		t.Fatal(a.header, err)
	}
	b, err := io.ReadAll(zr)
	if err != nil || !json.Valid(b) {
		t.Error(err)
	}
	if a := w.search(first, "SELECT campaign.name FROM campaign", "Accept-Encoding: gzip"); a.header.Get("Content-Encoding") != "" {
		t.Error("gzip without the User-Agent")
	}
}

func TestTrap23_NamesWithApostrophes(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	rows := w.rows(direct, `SELECT customer.descriptive_name, customer.currency_code FROM customer WHERE customer.descriptive_name = 'L\'Atelier d\'Acme, outlet'`)
	if len(rows) != 1 {
		t.Errorf("%v", rows)
	}
	if rows := w.rows(first, `SELECT campaign.name FROM campaign WHERE campaign.name LIKE '%"buy"%'`); len(rows) != 1 {
		t.Errorf("%v", rows)
	}
}

func TestLookups(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	a := w.do("POST", "/v26/geoTargetConstants:suggest", `{"locale":"en","countryCode":"DE","locationNames":{"names":["berlin"]}}`)
	list, _ := a.body["geoTargetConstantSuggestions"].([]any)
	if len(list) != 2 || str(list[1].(map[string]any), "geoTargetConstant.canonicalName") != "Berlin,Berlin,Germany" || str(list[1].(map[string]any), "reach") != "3820000" {
		t.Errorf("%s", a.text)
	}
	w.refused(w.do("POST", "/v26/geoTargetConstants:suggest", `{"locale":"en"}`), 400, "geoTargetConstantSuggestionError.REQUEST_PARAMETERS_UNSET")
	f := w.do("GET", "/v26/googleAdsFields/campaign.status", "")
	if f.status != 200 || f.body["dataType"] != "ENUM" {
		t.Errorf("%d %s", f.status, f.text)
	}
	if a := w.do("GET", "/v26/googleAdsFields/nothing", ""); a.status != 404 {
		t.Errorf("%d", a.status)
	}
	a = w.do("POST", "/v26/googleAdsFields:search", `{"query":"SELECT name WHERE name LIKE 'campaign.%'","pageSize":10}`)
	if n := len(a.body["results"].([]any)); n != 10 || a.body["nextPageToken"] == nil {
		t.Errorf("%d fields: %.300s", n, a.text)
	}
}

// A language criterion joins the language that it names; others join none.
func TestALanguageCriterionJoinsItsLanguage(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	rows := w.rows(first, "SELECT campaign_criterion.type, campaign_criterion.language.language_constant, language_constant.code, language_constant.resource_name FROM campaign_criterion")
	seen := 0
	for _, r := range rows {
		name := str(r, "campaignCriterion.language.languageConstant")
		if str(r, "languageConstant.resourceName") != name || (str(r, "languageConstant.code") != "") != (name != "") {
			t.Errorf("%v", r)
		}
		if name != "" {
			seen++
		}
	}
	if seen == 0 {
		t.Errorf("no language among %d criteria", len(rows))
	}
}
