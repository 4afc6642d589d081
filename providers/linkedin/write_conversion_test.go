package linkedin_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// linker is a server on which a campaign is made, linked with conversions and switched on; one of the calls fails.
type linker struct {
	mu    sync.Mutex
	calls []string
	fail  func(call string) int
}

func (l *linker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/rest/")
	call := strings.TrimSpace(r.Method + " " + path + " " + strings.Join(r.Header["X-Restli-Method"], ""))
	if r.Method != http.MethodGet {
		l.calls = append(l.calls, call+" "+put(decoded(body), "status")+put(decoded(body), "patch.$set.status"))
		if status := l.fail(call); status != 0 {
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"status":%d,"code":"FIELD_VALUE_DOES_NOT_EXIST","message":"refused by the test"}`, status)
			return
		}
	}
	switch {
	case r.Method == http.MethodPost && path == "adAccounts/1/adCampaigns":
		w.Header().Set("X-RestLi-Id", "7")
		w.WriteHeader(http.StatusCreated)
	case r.Method != http.MethodGet:
		w.WriteHeader(http.StatusNoContent)
	case path == "adAccounts":
		_, _ = io.WriteString(w, `{"elements":[{"id":1}]}`)
	case path == "adAccounts/1":
		_, _ = io.WriteString(w, `{"id":1,"currency":"EUR","reference":"urn:li:organization:5001"}`)
	case path == "adAccounts/1/adCampaignGroups/3":
		_, _ = io.WriteString(w, `{"id":3,"status":"ACTIVE","objectiveType":"WEBSITE_CONVERSION","runSchedule":{"start":1764547200000}}`)
	case path == "adAccounts/1/adCampaigns/7":
		_, _ = io.WriteString(w, `{"id":7,"name":"sales","status":"ACTIVE","campaignGroup":"urn:li:sponsoredCampaignGroup:3"}`)
	default:
		_, _ = io.WriteString(w, `{"results":{},"elements":[]}`)
	}
}

func TestWriteGroup_ConversionsAreLinked(t *testing.T) {
	t.Parallel()
	const create, first, second, patch = "POST adAccounts/1/adCampaigns CREATE",
		"PUT campaignConversions/(campaign:urn%3Ali%3AsponsoredCampaign%3A7,conversion:urn%3Alla%3AllaPartnerConversion%3A104000001) UPDATE",
		"PUT campaignConversions/(campaign:urn%3Ali%3AsponsoredCampaign%3A7,conversion:urn%3Alla%3AllaPartnerConversion%3A104000002) UPDATE",
		"POST adAccounts/1/adCampaigns/7 PARTIAL_UPDATE"
	const undo = "DELETE adAccounts/1/adCampaigns/7 DELETE"
	made := []string{create + " DRAFT", first + " ", second + " ", patch + " ACTIVE"}
	for name, c := range map[string]struct {
		fails     []string
		calls     []string
		uncertain bool
		says      string
	}{
		"all goes well":     {nil, made, false, ""},
		"the second link":   {[]string{second}, []string{made[0], made[1], made[2], undo + " "}, false, "deleted again"},
		"the last step":     {[]string{patch}, append(made[:4:4], undo+" "), false, "deleted again"},
		"and the undo, too": {[]string{second, undo}, []string{made[0], made[1], made[2], undo + " "}, true, "campaign 7"},
	} {
		l := &linker{fail: func(call string) int {
			if slices.Contains(c.fails, call) {
				return 400
			}
			return 0
		}}
		srv := httptest.NewServer(l)
		t.Cleanup(srv.Close)
		s := open(t, srv.URL, &staticTokens{token: "token-of-the-script"}, func() time.Time { return scriptNow })
		g := theGroup("3", "sales")
		g.Status = normalize.StatusActive
		g.Promoted = []normalize.Promoted{
			{ID: thePage, Type: normalize.PromotedTypePageID}, {ID: "104000001", Type: normalize.PromotedTypeCustomConversionID},
			{ID: "urn:lla:llaPartnerConversion:104000002", Type: normalize.PromotedTypeCustomConversionID},
		}
		_, err := s.Groups.Create(t.Context(), wanted(g))
		e, failed := errors.AsType[*providers.Error](err)
		if failed != (c.says != "") || failed && (e.Uncertain != c.uncertain || !strings.Contains(e.Message, c.says)) || strings.Join(l.calls, "\n") != strings.Join(c.calls, "\n") {
			t.Errorf("%s: %v\n%s", name, err, strings.Join(l.calls, "\n"))
		}
	}
}
