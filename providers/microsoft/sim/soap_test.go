package sim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/providers/microsoft/sim"
)

func (w *world) soap(action, body string) reply {
	w.t.Helper()
	envelope := `<s:Envelope xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
 <s:Header xmlns="https://bingads.microsoft.com/CampaignManagement/v13"><Action mustUnderstand="1">` + action + `</Action><AuthenticationToken>` + w.token +
		`</AuthenticationToken><CustomerAccountId>` + w.acc.ID + `</CustomerAccountId><CustomerId>` + w.acc.CustomerID + `</CustomerId><DeveloperToken>` +
		w.sim.App().DeveloperToken + `</DeveloperToken></s:Header><s:Body><` + action + `Request xmlns="https://bingads.microsoft.com/CampaignManagement/v13">` + body + `</` + action + `Request></s:Body></s:Envelope>`
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+"/Api/Advertiser/CampaignManagement/v13/CampaignManagementService.svc", strings.NewReader(envelope))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("SOAPAction", `"`+action+`"`)
	return w.send(req)
}

func TestTheOldFaceSaysTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	a := w.soap("GetCampaignsByAccountId", "<AccountId>"+w.acc.ID+"</AccountId><CampaignType>Search Shopping</CampaignType>")
	if a.status != 200 || !strings.Contains(a.text, "<h:TrackingId") || !strings.Contains(a.text, `i:type="EnhancedCpcBiddingScheme"><Type>EnhancedCpc</Type>`) {
		t.Errorf("%d %.600s", a.status, a.text)
	}
	for _, id := range ids(w.campaigns(`"Search, Shopping"`, "null")) {
		if !strings.Contains(a.text, "<Id>"+id+"</Id>") {
			t.Errorf("%s is missing", id)
		}
	}
	if a := w.soap("GetCampaignsByAccountId", "<AccountId>1</AccountId>"); a.status != 500 || !strings.Contains(a.text, "<Code>1102</Code>") {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := w.soap("GetCampaignsByAccountId", "<AccountId>"+w.acc.ID+"</AccountId><CampaignType>Search,Shopping</CampaignType>"); a.status != 500 {
		t.Errorf("flags with commas: %d", a.status)
	}
	w.token = "x"
	if a := w.soap("GetCampaignsByAccountId", "<AccountId>"+w.acc.ID+"</AccountId>"); a.status != 500 || !strings.Contains(a.text, "<AdApiFaultDetail") || !strings.Contains(a.text, "<Code>105</Code>") {
		t.Errorf("%d %s", a.status, a.text)
	}
}
