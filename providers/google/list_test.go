package google_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

// Raw is the row that Google sent, with the fields that the caller adds.
func TestRawIsTheRow(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	org := all(t, w.Organizations, providers.ListQuery{})[0].ID
	q := providers.ListQuery{Org: org, Raw: true}
	check := func(kind, id string, raw json.RawMessage, members ...string) {
		t.Helper()
		var row map[string]json.RawMessage
		if err := json.Unmarshal(raw, &row); err != nil {
			t.Errorf("%s %s: %v: %.100s", kind, id, err, raw)
			return
		}
		number := id[strings.LastIndexAny(id, "/~:")+1:]
		if !strings.Contains(string(raw), number) {
			t.Errorf("%s %s is not in its raw: %.200s", kind, id, raw)
		}
		for _, m := range members {
			if row[m] != nil {
				return
			}
		}
		t.Errorf("%s %s: no %v in %.200s", kind, id, members, raw)
	}
	for _, x := range all(t, w.Organizations, providers.ListQuery{Raw: true}) {
		check("organization", x.ID, x.Raw, "customerClient")
	}
	for _, x := range all(t, w.Campaigns, q) {
		check("campaign", x.ID, x.Raw, "campaign")
	}
	for _, x := range all(t, w.Groups, q) {
		check("group", x.ID, x.Raw, "adGroup", "assetGroup")
	}
	for _, x := range all(t, w.Ads, q) {
		check("ad", x.ID, x.Raw, "adGroupAd", "assetGroup")
	}
	for _, x := range all(t, w.Creatives, q) {
		check("creative", x.ID, x.Raw, "adGroupAd", "assetGroup")
	}
	for _, x := range all(t, w.Assets, q) {
		check("asset", x.ID, x.Raw, "asset")
	}
	for _, x := range all(t, w.Promoted, q) {
		check("promoted", x.ID, x.Raw, "conversionAction", "asset", "campaign")
	}
	for _, x := range all(t, w.Targets, q) {
		if len(x.Raw) == 0 {
			t.Errorf("target %s has no raw", x.ID)
		}
	}
	q.Params = map[string]string{"select": "campaign.serving_status, campaign.url_custom_parameters"}
	for _, x := range all(t, w.Campaigns, q) {
		if !strings.Contains(string(x.Raw), `"servingStatus"`) {
			t.Errorf("the added field is not in raw: %s", x.Raw)
		}
	}
	for _, params := range []map[string]string{{"pageSize": "5"}, {"select": "campaign.id, 1=1"}, {"select": ""}} {
		q.Params, q.Size = params, 5
		if _, err := w.Campaigns.List(t.Context(), q); providers.KindOf(err) != providers.Invalid {
			t.Errorf("%v: %v", params, err)
		}
	}
}

// The fields that are wanted narrow the query, and what is kept elsewhere is asked for only when it is wanted.
func TestFieldsNarrowTheQuery(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, func(h heard) (int, string) {
		if strings.Contains(h.query, "FROM campaign ") {
			return 200, `{"results":[{"campaign":{"id":"1","status":"ENABLED","name":"n"}}]}`
		}
		return 0, ""
	})
	all(t, s.Campaigns, providers.ListQuery{Fields: []string{"name"}})
	want := "SELECT campaign.id, campaign.name, campaign.status FROM campaign WHERE campaign.status != 'REMOVED' ORDER BY campaign.id LIMIT 1000"
	if got := script.asking("FROM campaign"); len(got) != 1 || got[0].query != want {
		t.Errorf("%+v", got)
	}
	if got := script.asking("FROM campaign_criterion"); len(got) != 0 {
		t.Errorf("criteria are read for a name: %+v", got)
	}
	all(t, s.Campaigns, providers.ListQuery{Fields: []string{"targeting"}})
	if got := script.asking("FROM campaign_criterion"); len(got) != 1 || !strings.Contains(got[0].query, "campaign.id IN (1)") {
		t.Errorf("%+v", got)
	}
}

// A page of objects costs a fixed number of queries, however many objects it has.
func TestQueriesPerPage(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1, Campaigns: 12, Groups: 4, Ads: 3})
	org := all(t, w.Organizations, providers.ListQuery{})[0].ID
	for name, list := range map[string]func() int{
		"campaigns": func() int { return len(all(t, w.Campaigns, providers.ListQuery{Org: org})) },
		"groups":    func() int { return len(all(t, w.Groups, providers.ListQuery{Org: org})) },
		"ads":       func() int { return len(all(t, w.Ads, providers.ListQuery{Org: org})) },
		"creatives": func() int { return len(all(t, w.Creatives, providers.ListQuery{Org: org})) },
	} {
		before := len(w.sim.Calls())
		n := list()
		if calls := len(w.sim.Calls()) - before; n < 10 || calls > 7 {
			t.Errorf("%d %s in %d calls", n, name, calls)
		}
	}
}

// An account that Google does not open does not end a list over all accounts, and is named.
func TestListOverAccountsNamesWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, func(h heard) (int, string) {
		switch {
		case h.path == "customers:listAccessibleCustomers":
			return 200, `{"resourceNames":["customers/1000000001","customers/1000000002","customers/1000000003"]}`
		case strings.HasPrefix(h.path, "customers/1000000003/"):
			return 403, adsFailure(403, "authorizationError", "CUSTOMER_NOT_ENABLED", "")
		case strings.Contains(h.query, "FROM customer_client"):
			if strings.Contains(h.path, "1000000001") {
				return 200, clientRows(clientRow(1000000001, 0, false, "ENABLED"))
			}
			return 200, clientRows(clientRow(1000000002, 0, false, "SUSPENDED"))
		case strings.HasPrefix(h.path, "customers/1000000002/"):
			return 403, adsFailure(403, "authorizationError", "CUSTOMER_NOT_ENABLED", "")
		case strings.Contains(h.query, "FROM campaign "):
			return 200, `{"results":[{"campaign":{"id":"1","status":"ENABLED"}}]}`
		}
		return 0, ""
	})
	var left []string
	items := 0
	q := providers.ListQuery{Size: 10}
	for {
		p, err := s.Campaigns.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		items, left = items+len(p.Items), append(left, p.Left...)
		if p.Next == "" {
			break
		}
		q.Cursor = p.Next
	}
	if items != 1 || len(left) != 2 || !strings.Contains(strings.Join(left, " "), "1000000002") || !strings.Contains(strings.Join(left, " "), "1000000003") {
		t.Errorf("%d campaigns, left %v", items, left)
	}
	if _, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "1000000002", Size: 1}); providers.KindOf(err) != providers.Forbidden {
		t.Errorf("the account itself: %v", err)
	}
	if _, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "1000000009", Size: 1}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("an account that is not the connection's: %v", err)
	}
}
