package linkedin_test

import (
	"net/http"
	"testing"

	"github.com/admux/admux/providers"
)

// Ids of LinkedIn are unique over its accounts: a caller who has only the id gets the object, whichever account of the
// connection it is in.
func TestGetWithoutAnAccountAsksEachOne(t *testing.T) {
	t.Parallel()
	accounts := answer(200, `{"elements":[{"id":1},{"id":2}]}`)
	group := answer(200, `{"id":6,"name":"in the second","objectiveType":"BRAND_AWARENESS","status":"ACTIVE"}`)
	s, _ := scripted(t, map[string]func(string) (int, string){"adAccounts": accounts, "adAccounts/2/adCampaignGroups/6": group})
	got, err := s.Campaigns.Get(t.Context(), providers.Ref{ID: "6"})
	if err != nil || got.OrganizationID != "2" || got.Name != "in the second" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Campaigns.Get(t.Context(), providers.Ref{ID: "7"}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("an id of no account: %v", err)
	}
	if _, err := s.Campaigns.Get(t.Context(), providers.Ref{Org: "1", ID: "6"}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("an id of another account than the one named: %v", err)
	}
}

// An account that cannot be asked may be the one: "not found" would be a guess.
func TestGetWithoutAnAccountDoesNotGuess(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAccounts":                      answer(200, `{"elements":[{"id":1},{"id":2}]}`),
		"adAccounts/1/adCampaignGroups/6": answer(http.StatusForbidden, `{"status":403,"code":"ACCESS_DENIED","message":"Not enough permissions to access: adCampaignGroups.GET.20260901"}`),
	})
	if _, err := s.Campaigns.Get(t.Context(), providers.Ref{ID: "6"}); providers.KindOf(err) != providers.Forbidden {
		t.Errorf("%v", err)
	}
}
