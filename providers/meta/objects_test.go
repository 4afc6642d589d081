package meta_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta"
	"github.com/admux/admux/providers/meta/sim"
)

// Filters are Meta's own where it has them, inside the account.
func TestFiltersOnTheWire(t *testing.T) {
	t.Parallel()
	none := answer(200, `{"data":[]}`)
	for _, c := range []struct {
		name string
		list func(*providers.Session) error
		path string
		want string // filtering
	}{
		{"groups of a campaign", func(s *providers.Session) error {
			_, err := s.Groups.List(t.Context(), providers.ListQuery{Org: "1", Campaign: "61", Size: 5})
			return err
		}, "act_1/adsets", `[{"field":"campaign.id","operator":"IN","value":["61"]}]`},
		{"active ads of a group", func(s *providers.Session) error {
			_, err := s.Ads.List(t.Context(), providers.ListQuery{Org: "act_1", Group: "62", Status: []string{"ARCHIVED"}, Size: 5})
			return err
		}, "act_1/ads", `[{"field":"ad.effective_status","operator":"IN","value":["ARCHIVED","DELETED"]},{"field":"adset.id","operator":"IN","value":["62"]}]`},
		{"paused campaigns", func(s *providers.Session) error {
			_, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "1", Status: []string{"PAUSED"}, Size: 5})
			return err
		}, "act_1/campaigns", `[{"field":"campaign.effective_status","operator":"IN","value":["PAUSED","IN_PROCESS","WITH_ISSUES"]}]`},
		{"creatives of a campaign", func(s *providers.Session) error {
			_, err := s.Creatives.List(t.Context(), providers.ListQuery{Org: "1", Campaign: "61", Size: 5})
			return err
		}, "act_1/ads", `[{"field":"campaign.id","operator":"IN","value":["61"]}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, c.path: none})
			if err := c.list(s); err != nil {
				t.Fatal(err)
			}
			if got := script.calls(c.path); len(got) != 1 || got[0].query.Get("filtering") != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
}

// A status is the switch; Meta filters by what happens, which is looked through once more.
func TestStatusIsTheSwitch(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/adsets": answer(200, `{"data":[
		{"id":"1","account_id":"1","status":"ACTIVE","effective_status":"CAMPAIGN_PAUSED"},{"id":"2","account_id":"1","status":"PAUSED","effective_status":"CAMPAIGN_PAUSED"},
		{"id":"3","account_id":"1","status":"ACTIVE","effective_status":"WITH_ISSUES"}]}`)})
	got := all(t, s.Groups, providers.ListQuery{Org: "1", Status: []string{"ACTIVE"}, Fields: []string{"name"}})
	if len(got) != 2 || got[0].ID != "1" || got[1].ID != "3" {
		t.Errorf("%+v", got)
	}
	if f := script.calls("act_1/adsets")[0].query.Get("fields"); f != "id,account_id,campaign_id,name,status" {
		t.Errorf("asked for %s", f)
	}
	if got := all(t, s.Groups, providers.ListQuery{Org: "1", Status: []string{"DRAFT"}}); len(got) != 0 || len(script.calls("act_1/adsets")) != 1 {
		t.Errorf("what Meta does not have was asked for: %+v", got)
	}
}

// fields narrows the call: without amounts the account's currency is not asked for either.
func TestFieldsNarrowTheCall(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(asked) (int, string){
		"act_1": euro, "act_1/campaigns": edgeOf(1, 9, 500, campaignNumber), "act_1/ads": answer(200, `{"data":[{"id":"1","account_id":"1","adset_id":"2","creative":{"id":"7"}}]}`),
	})
	got := all(t, s.Campaigns, providers.ListQuery{Org: "1", Fields: []string{"id", "name", "effective_status"}})
	if len(got) != 1 || got[0].BudgetAmount != nil || len(script.calls("act_1")) != 0 {
		t.Errorf("%+v", got)
	}
	if f := script.calls("act_1/campaigns")[0].query.Get("fields"); f != "id,account_id,name,effective_status,start_time,stop_time" {
		t.Errorf("asked for %s", f)
	}
	got = all(t, s.Campaigns, providers.ListQuery{Org: "1", Fields: []string{"budget_amount"}})
	if len(got) != 1 || got[0].BudgetAmount.String() != "50" || got[0].Currency != "EUR" {
		t.Errorf("%+v", got)
	}
	ads := all(t, s.Ads, providers.ListQuery{Org: "1", Fields: []string{"creative_ids"}})
	if f := script.calls("act_1/ads")[0].query.Get("fields"); len(ads) != 1 || ads[0].CreativeIDs[0] != "7" || f != "id,account_id,campaign_id,adset_id,creative{id}" {
		t.Errorf("%+v, asked for %s", ads, f)
	}
}

func TestRawParameters(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/campaigns": edgeOf(1, 9, 500, campaignNumber)})
	p, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "1", Size: 3, Raw: true, Params: map[string]string{"is_completed": "true"}})
	if err != nil || len(p.Items) != 1 || string(p.Items[0].Raw) != campaignNumber(1) || script.calls("act_1/campaigns")[0].query.Get("is_completed") != "true" {
		t.Errorf("%+v, %v", p, err)
	}
	for _, name := range []string{"fields", "limit", "after", "access_token", "filtering", "Access_Token", "appsecret_proof", "method"} {
		_, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "1", Size: 3, Params: map[string]string{name: "x"}})
		if e, ok := err.(*providers.Error); !ok || e.Kind != providers.Invalid || e.Field != "raw" { //nolint:errorlint // the maker's own
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An id is Meta's own over all accounts: it needs none, and is not found under another, nor outside of the connection.
func TestGetByIDAlone(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{})
	orgs := all(t, w.Organizations, providers.ListQuery{})
	g := all(t, w.Groups, providers.ListQuery{Org: orgs[1].ID})[0]
	got, err := w.Groups.Get(t.Context(), providers.Ref{ID: g.ID, Raw: true})
	if err != nil || got.OrganizationID != orgs[1].ID || !json.Valid(got.Raw) || len(got.Raw) == 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := w.Groups.Get(t.Context(), providers.Ref{ID: g.ID, Org: "act_" + orgs[1].ID}); err != nil {
		t.Errorf("with its account: %v", err)
	}
	if _, err := w.Groups.Get(t.Context(), providers.Ref{ID: g.ID, Org: orgs[0].ID}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("with another account: %v", err)
	}
	limited := open(t, w.base, &staticTokens{token: w.sim.Grant().Access}, w.sim.Now, func(c *providers.Conn, _ *providers.Deps) { c.Orgs = []string{"act_" + orgs[0].ID} })
	if _, err := limited.Groups.Get(t.Context(), providers.Ref{ID: g.ID}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("outside of the connection: %v", err)
	}
	if _, err := limited.Organizations.Get(t.Context(), providers.Ref{ID: orgs[1].ID}); providers.KindOf(err) != providers.NotFound {
		t.Errorf("an account outside of the connection: %v", err)
	}
	if got := all(t, limited.Ads, providers.ListQuery{Group: g.ID}); len(got) != 0 {
		t.Errorf("ads outside of the connection: %d", len(got))
	}
	if _, err := meta.New().Open(providers.Conn{Orgs: []string{"x"}}, providers.Deps{}); providers.KindOf(err) != providers.Invalid {
		t.Errorf("an account that is none: %v", err)
	}
}

// A parent's id is enough: its account is found, and no other is asked.
func TestAParentFindsItsAccount(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{})
	groups := all(t, w.Groups, providers.ListQuery{})
	g := groups[len(groups)-1]
	w.sim.ResetCalls()
	var want []string
	for _, a := range all(t, w.Ads, providers.ListQuery{Group: g.ID, Fields: []string{"id"}}) {
		want = append(want, a.ID)
		if a.GroupID != g.ID {
			t.Errorf("%+v", a)
		}
	}
	if n := len(w.sim.Calls()); n != 2 || len(want) == 0 {
		t.Errorf("%d calls for %d ads: %+v", n, len(want), w.sim.Calls())
	}
	seen := map[string]bool{}
	for _, c := range all(t, w.Creatives, providers.ListQuery{Group: g.ID, Size: 2}) {
		if seen[c.ID] || c.CampaignID != g.CampaignID || c.GroupID != g.ID {
			t.Errorf("%+v", c)
		}
		seen[c.ID] = true
	}
	if len(seen) == 0 || len(seen) > len(want) {
		t.Errorf("%d creatives of %d ads", len(seen), len(want))
	}
	if got := all(t, w.Ads, providers.ListQuery{Group: "120399999999999999"}); len(got) != 0 {
		t.Errorf("no such group: %d ads", len(got))
	}
	if got := all(t, w.Ads, providers.ListQuery{Group: "no-number"}); len(got) != 0 {
		t.Errorf("not a group: %d ads", len(got))
	}
}

// One account may be seen in several ways, and is listed once.
func TestAccountsOfBusinesses(t *testing.T) {
	t.Parallel()
	account := func(ids ...int) func(asked) (int, string) {
		var items []string
		for _, id := range ids {
			n := strconv.Itoa(id)
			items = append(items, `{"id":"act_`+n+`","account_id":"`+n+`","account_status":1,"currency":"EUR","timezone_name":"Europe/Berlin"}`)
		}
		return answer(200, `{"data":[`+strings.Join(items, ",")+`]}`)
	}
	forbidden := func(asked) (int, string) {
		return refusal(200, 0, "(#200) Requires business_management permission to manage the object.")
	}
	s, script := scripted(t, map[string]func(asked) (int, string){
		"me/adaccounts": account(1, 2), "me/businesses": answer(200, `{"data":[{"id":"5","name":"Five"},{"id":"6","name":"Six"}]}`),
		"5/owned_ad_accounts": account(2, 3), "5/client_ad_accounts": account(4), "6/owned_ad_accounts": forbidden, "6/client_ad_accounts": account(4, 1),
		"act_1/campaigns": answer(200, `{"data":[]}`), "act_2/campaigns": answer(200, `{"data":[]}`), "act_3/campaigns": answer(200, `{"data":[]}`), "act_4/campaigns": answer(200, `{"data":[]}`),
	})
	var got []string
	var left []string
	q := providers.ListQuery{Size: 3}
	for {
		p, err := s.Organizations.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range p.Items {
			got = append(got, o.ID)
		}
		left = append(left, p.Left...)
		if q.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	if !slices.Equal(got, []string{"1", "2", "3", "4"}) || len(left) != 1 || !strings.Contains(left[0], "Six") {
		t.Errorf("%v, left %q", got, left)
	}
	if n := len(script.calls("me/adaccounts")); n != 1 {
		t.Errorf("the accounts were read %d times for two pages", n)
	}
	all(t, s.Campaigns, providers.ListQuery{})
	if n := len(script.calls("me/adaccounts")) + len(script.calls("act_4")); n != 1 {
		t.Errorf("what is known is asked for again: %d", n)
	}
	// The business of an account is a scope of its own: without it, the account is read without.
	s, _ = scripted(t, map[string]func(asked) (int, string){
		"me/businesses": forbidden,
		"me/adaccounts": func(a asked) (int, string) {
			if strings.Contains(a.query.Get("fields"), "business") {
				return forbidden(a)
			}
			return account(1)(a)
		},
	})
	p, err := s.Organizations.List(t.Context(), providers.ListQuery{Size: 3})
	if err != nil || len(p.Items) != 1 || len(p.Left) != 2 {
		t.Errorf("%+v, %v", p, err)
	}
}

// A field that a version has not got is left out from then on; the rest is read.
func TestVideosWithoutAField(t *testing.T) {
	t.Parallel()
	gone := map[string]bool{"source": true, "picture": true}
	s, script := scripted(t, map[string]func(asked) (int, string){
		"act_1": euro,
		"act_1/advideos": func(a asked) (int, string) {
			for f := range strings.SplitSeq(a.query.Get("fields"), ",") {
				if gone[f] {
					return refusal(100, 0, "(#100) Tried accessing nonexisting field ("+f+") on node type (AdVideo)")
				}
			}
			return 200, `{"data":[{"id":"13","title":"clip.mp4"}]}`
		},
	})
	for range 2 {
		if got := all(t, s.Assets, providers.ListQuery{Org: "1", Type: []string{"VIDEO"}}); len(got) != 1 || got[0].Name != "clip.mp4" {
			t.Errorf("%+v", got)
		}
	}
	if n := len(script.calls("act_1/advideos")); n != 4 || len(script.calls("act_1/adimages")) != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{})
	org := all(t, w.Organizations, providers.ListQuery{})[0].ID
	whole := all(t, w.Assets, providers.ListQuery{Org: org, Size: 1})
	counts := map[normalize.AssetType]int{}
	for _, a := range whole {
		counts[a.Type]++
	}
	images, videos := all(t, w.Assets, providers.ListQuery{Org: org, Type: []string{"IMAGE"}}), all(t, w.Assets, providers.ListQuery{Org: org, Type: []string{"VIDEO"}})
	if counts[normalize.AssetTypeImage] != len(images) || counts[normalize.AssetTypeVideo] != len(videos) || len(images)*len(videos) == 0 {
		t.Errorf("%v, %d images, %d videos", counts, len(images), len(videos))
	}
	for _, id := range []string{images[0].ID, org + ":" + images[0].ID} {
		if got, err := w.Assets.Get(t.Context(), providers.Ref{ID: id}); err != nil || got.ID != images[0].ID || got.URL == "" {
			t.Errorf("%s: %+v, %v", id, got, err)
		}
	}
	for _, id := range []string{strings.Repeat("0", 32), "1:x", "x", "0"} {
		if _, err := w.Assets.Get(t.Context(), providers.Ref{ID: id}); providers.KindOf(err) != providers.NotFound {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// Every id that a list or a targeting has is found again.
func TestTargets(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{})
	byType := map[normalize.TargetType]normalize.Target{}
	for _, q := range []providers.ListQuery{{}, {Query: "ber"}, {Query: "run"}, {Query: "new"}, {Query: "1"}, {Query: "i"}} {
		for _, x := range all(t, w.Targets, q) {
			byType[x.Type] = x
		}
	}
	for _, kind := range []normalize.TargetType{
		normalize.TargetTypeCountry, normalize.TargetTypeRegion, normalize.TargetTypeCity, normalize.TargetTypeLocale, normalize.TargetTypeInterest,
		normalize.TargetTypeBehavior, normalize.TargetTypeUserList,
	} {
		if byType[kind].ID == "" {
			t.Errorf("no %s was found", kind)
		}
	}
	for kind, x := range byType {
		got, err := w.Targets.Get(t.Context(), providers.Ref{ID: x.ID})
		if err != nil || got.ID != x.ID || got.Name != x.Name || got.Type != kind {
			t.Errorf("%s %s: %+v, %v", kind, x.ID, got, err)
		}
	}
	cities := all(t, w.Targets, providers.ListQuery{Query: "ber", Parent: "region:1500"})
	if len(cities) == 0 || slices.ContainsFunc(cities, func(x normalize.Target) bool { return x.ParentID != "region:1500" }) {
		t.Errorf("cities of a region: %+v", cities)
	}
	if _, err := w.Targets.List(t.Context(), providers.ListQuery{Size: 10, Type: []string{"CITY"}}); providers.KindOf(err) != providers.Invalid {
		t.Errorf("cities without a query: %v", err)
	}
	for _, id := range []string{"region:0", "city:x", "XX", "US:00000000", "COMSCORE_MARKET:0", "locale:99999", "nothing like it", ""} {
		if _, err := w.Targets.Get(t.Context(), providers.Ref{ID: id}); providers.KindOf(err) != providers.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, g := range all(t, w.Groups, providers.ListQuery{}) {
		if g.Targeting == nil {
			continue
		}
		for _, l := range g.Targeting.Language {
			if l.Name == "" {
				t.Errorf("a language without a name: %+v", l)
			}
		}
	}
}

func TestPromotedKinds(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{})
	kinds := map[normalize.PromotedType]int{}
	for _, p := range all(t, w.Promoted, providers.ListQuery{Raw: true}) {
		kinds[p.Type]++
		if strings.Contains(string(p.Raw), "access_token") {
			t.Errorf("a page's token is handed out: %s", p.Raw)
		}
	}
	if len(kinds) < 5 {
		t.Errorf("%v", slices.Sorted(maps.Keys(kinds)))
	}
	for kind, n := range kinds {
		if got := all(t, w.Promoted, providers.ListQuery{Type: []string{string(kind)}}); len(got) != n {
			t.Errorf("%s: %d, among all %d", kind, len(got), n)
		}
	}
}

// An error inside a success is one.
func TestASuccessThatHoldsAnError(t *testing.T) {
	t.Parallel()
	_, body := refusal(190, 458, "The user has not authorized application 77.")
	s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": answer(200, body), "act_2": euro, "act_2/campaigns": answer(200, body)})
	if _, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"}); providers.KindOf(err) != providers.Unauthorized {
		t.Errorf("of a node: %v", err)
	}
	if _, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "2", Size: 1, Fields: []string{"id"}}); providers.KindOf(err) != providers.Unauthorized {
		t.Errorf("of an edge: %v", err)
	}
}

// Paging that leads in a circle, or says that more follows and not what, is no list.
func TestPagingNonsense(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]string{
		"in a circle": `{"cursors":{"after":"same"},"next":"https://graph.facebook.com/x?after=same"}`, "without a cursor": `{"next":"https://graph.facebook.com/x"}`,
	} {
		s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/campaigns": answer(200, `{"data":[{"id":"1","account_id":"1"}],"paging":`+next+`}`)})
		var err error
		for _, e := range s.Campaigns.All(t.Context(), providers.ListQuery{Org: "1", Size: 1}) {
			err = e
		}
		if providers.KindOf(err) != providers.Malformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The cursor may stand in the address alone.
	s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/campaigns": func(a asked) (int, string) {
		if a.query.Get("after") == "two" {
			return 200, `{"data":[{"id":"2","account_id":"1"}]}`
		}
		return 200, `{"data":[{"id":"1","account_id":"1"}],"paging":{"next":"https://graph.facebook.com/x?after=two"}}`
	}})
	if got := all(t, s.Campaigns, providers.ListQuery{Org: "1"}); len(got) != 2 {
		t.Errorf("%+v", got)
	}
}
