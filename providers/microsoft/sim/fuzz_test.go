package sim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// FuzzCalls sends any body to any operation: whatever it holds, the answer is
// JSON with a status that the platform has.
func FuzzCalls(f *testing.F) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	s := New(Options{Now: func() time.Time { return noon }})
	token, acc := s.Grant().Access, s.Accounts()[0]
	var names []string
	for name, op := range s.tab.byName {
		if op.in != nil {
			names = append(names, name)
		}
	}
	camp := s.accounts[0].kids["Campaign"][0]
	for _, seed := range [][2]string{
		{"GetCampaignsByAccountId", `{"AccountId":"` + acc.ID + `","CampaignType":"Search, Shopping"}`},
		{"AddCampaigns", `{"AccountId":"` + acc.ID + `","Campaigns":[{"Name":"x","BudgetType":"DailyBudgetStandard","DailyBudget":1,"TimeZone":"Arizona","Settings":[null,{"Type":"TargetSetting"}]},null]}`},
		{"UpdateCampaigns", `{"AccountId":"` + acc.ID + `","Campaigns":[{"Id":"` + camp.id + `","UrlCustomParameters":{"Parameters":[null]},"Languages":[null]}]}`},
		{"AddAdGroups", `{"CampaignId":"` + camp.id + `","AdGroups":[null,{"Name":"G","CpcBid":{"Amount":null},"EndDate":{"Day":31,"Month":2,"Year":2050}}]}`},
		{"AddCampaignCriterions", `{"CriterionType":"Targets","CampaignCriterions":[null,{"Type":"NegativeCampaignCriterion","CampaignId":"` + camp.id + `"}]}`},
		{"UpdateCampaignCriterions", `{"CriterionType":"Targets","CampaignCriterions":[{"Type":"BiddableCampaignCriterion","CampaignId":"` + camp.id + `","Id":"1"}]}`},
		{"AddMedia", `{"AccountId":"` + acc.ID + `","Media":[null,{"Type":"Image","MediaType":"GenericImage","Data":"AAAA"}]}`},
		{"AddVideos", `{"Videos":[null]}`},
		{"SearchAccounts", `{"Predicates":[null],"Ordering":[null],"PageInfo":{"Index":0,"Size":3}}`},
		{"SubmitGenerateReport", `{"ReportRequest":{"Type":"CampaignPerformanceReportRequest","Aggregation":"Daily","Columns":["TimePeriod",null,"Clicks"],"Scope":{"AccountIds":[null],"Campaigns":[null]},"Time":{"PredefinedTime":"LastWeek"}}}`},
		{"GetEditorialReasonsByIds", `{"AccountId":"` + acc.ID + `","EntityIdToParentIdAssociations":[null],"EntityType":"Ad"}`},
		{"GetBudgetsByIds", `{"BudgetIds":[null,"8001"]}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, name, body string) {
		op := s.tab.byName[name]
		if op == nil || op.in == nil {
			op = s.tab.byName[names[len(body)%len(names)]]
		}
		for path, methods := range s.tab.ops {
			for method, o := range methods {
				if o != op {
					continue
				}
				r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
				for k, v := range map[string]string{"Authorization": "Bearer " + token, "DeveloperToken": s.App().DeveloperToken,
					"Content-Type": "application/json", "CustomerId": acc.CustomerID, "CustomerAccountId": acc.ID} {
					r.Header.Set(k, v)
				}
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != http.StatusOK && w.Code != http.StatusBadRequest && w.Code != http.StatusForbidden || !json.Valid(w.Body.Bytes()) {
					t.Errorf("%s %s: %d %s", name, body, w.Code, w.Body)
				}
			}
		}
	})
}

// FuzzSOAP sends any envelope to the old face.
func FuzzSOAP(f *testing.F) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	s := New(Options{Now: func() time.Time { return noon }})
	token, acc := s.Grant().Access, s.Accounts()[0]
	head := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><s:Header><AuthenticationToken>` +
		token + `</AuthenticationToken><DeveloperToken>` + s.App().DeveloperToken + `</DeveloperToken><CustomerId>` + acc.CustomerID +
		`</CustomerId><CustomerAccountId>` + acc.ID + `</CustomerAccountId></s:Header><s:Body>`
	f.Add("GetCampaignsByAccountId", `<GetCampaignsByAccountIdRequest><AccountId>`+acc.ID+`</AccountId><CampaignType>Search Shopping</CampaignType></GetCampaignsByAccountIdRequest>`)
	f.Add("AddCampaigns", `<AddCampaignsRequest><AccountId>`+acc.ID+`</AccountId><Campaigns><Campaign><Name>x</Name><BiddingScheme i:type="MaxClicksBiddingScheme"><MaxCpc i:nil="true"/></BiddingScheme></Campaign><Campaign i:nil="true"/></Campaigns></AddCampaignsRequest>`)
	f.Fuzz(func(t *testing.T, action, body string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/Api/Advertiser/CampaignManagement/v13/CampaignManagementService.svc",
			strings.NewReader(head+body+`</s:Body></s:Envelope>`))
		r.Header.Set("Content-Type", "text/xml; charset=utf-8")
		r.Header.Set("SOAPAction", action)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if _, err := readXML(strings.NewReader(w.Body.String())); w.Code != http.StatusOK && w.Code != http.StatusInternalServerError || err != nil {
			t.Errorf("%s %s: %d %s", action, body, w.Code, w.Body)
		}
	})
}
