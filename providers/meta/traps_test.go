package meta_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// The tests of this file are named after the numbered traps of Meta's API. Those that the simulator does not set are set
// by a scripted server.

// A page that is too heavy is asked for again in halves, from the same place: nothing twice, nothing lost.
func TestTrap04_TooMuchDataHalvesTheLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ elements, heavy, size int }{{1300, 100, 500}, {7, 1, 500}, {53, 13, 50}, {1, 1, 500}, {0, 3, 500}} {
		s, script := scripted(t, map[string]func(asked) (int, string){
			"act_1": euro, "act_1/campaigns": edgeOf(c.elements, 500, c.heavy, campaignNumber),
		})
		got := all(t, s.Campaigns, providers.ListQuery{Org: "1", Size: c.size})
		for i, x := range got {
			if x.ID != strconv.Itoa(1001+i) {
				t.Fatalf("item %d is %s", i, x.ID)
			}
		}
		if len(got) != c.elements {
			t.Errorf("%d of %d", len(got), c.elements)
		}
		refused := 0
		for _, a := range script.calls("act_1/campaigns") {
			if n, _ := strconv.Atoi(a.query.Get("limit")); n > c.heavy {
				refused++
			}
		}
		if refused > 9 { // from 500 to 1; a cursor remembers what was found out
			t.Errorf("%+v: %d calls were too heavy", c, refused)
		}
	}
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/campaigns": answer(500, tooMuch)})
	_, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "1", Size: 8})
	if e, ok := err.(*providers.Error); !ok || e.Kind != providers.Unavailable || !strings.Contains(e.Message, "reduce the amount of data") { //nolint:errorlint // the maker's own
		t.Errorf("one element is too much: %v", err)
	}
	if n := len(script.calls("act_1/campaigns")); n != 4 { // 8, 4, 2, 1
		t.Errorf("%d calls", n)
	}
}

// A heavy page in the middle of a list, after good ones.
func TestTrap04_InTheMiddleOfAList(t *testing.T) {
	t.Parallel()
	good := edgeOf(40, 10, 500, campaignNumber)
	s, _ := scripted(t, map[string]func(asked) (int, string){
		"act_1": euro,
		"act_1/campaigns": func(a asked) (int, string) {
			if n, _ := strconv.Atoi(a.query.Get("limit")); a.query.Get("after") == "c20" && n > 3 {
				return 500, tooMuch
			}
			return good(a)
		},
	})
	got := all(t, s.Campaigns, providers.ListQuery{Org: "1", Size: 10})
	if len(got) != 40 || got[39].ID != "1040" {
		t.Errorf("%d items", len(got))
	}
}

// updated_time does not move when only the budget changes: the filter says so, and answers no more than was asked.
func TestTrap05_UpdatedTimeMissesBudgets(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 11, 20, 8, 0, 0, 500, time.UTC)
	body := `{"data":[{"id":"1","account_id":"1","status":"ACTIVE","adset_id":"3","updated_time":"2026-11-20T08:00:00+0000"},
		{"id":"2","account_id":"1","status":"ACTIVE","adset_id":"3","updated_time":"2026-11-20T09:00:01+0100"}]}`
	s, script := scripted(t, map[string]func(asked) (int, string){
		"act_1": euro, "act_1/campaigns": answer(200, body), "act_1/adsets": answer(200, body), "act_1/ads": answer(200, body),
	})
	p, err := s.Campaigns.List(t.Context(), providers.ListQuery{Org: "1", Size: 10, UpdatedSince: since})
	if err != nil || len(p.Items) != 1 || p.Items[0].ID != "2" || len(p.Left) != 1 || !strings.Contains(p.Left[0], "budget") {
		t.Errorf("%+v, %v", p, err)
	}
	want := `[{"field":"campaign.updated_time","operator":"GREATER_THAN","value":1795161599}]` // this edge has no updated_since
	if q := script.calls("act_1/campaigns")[0].query; q.Get("filtering") != want || q.Get("updated_since") != "" {
		t.Errorf("%v", q)
	}
	g, err := s.Groups.List(t.Context(), providers.ListQuery{Org: "1", Size: 10, UpdatedSince: since})
	if err != nil || len(g.Items) != 1 {
		t.Errorf("%+v, %v", g, err)
	}
	a, err := s.Ads.List(t.Context(), providers.ListQuery{Org: "1", Size: 10, UpdatedSince: since, Fields: []string{"id"}})
	if err != nil || len(a.Items) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	for _, edge := range []string{"act_1/adsets", "act_1/ads"} {
		if q := script.calls(edge)[0].query; q.Get("updated_since") != "1795161599" || !strings.Contains(q.Get("fields"), "updated_time") {
			t.Errorf("%s: %v", edge, q)
		}
	}
}

// Without a limit Meta answers 25; and a page that is short, or empty, is not the last one.
func TestTrap08_PagesAreShort(t *testing.T) {
	t.Parallel()
	accounts := edgeOf(60, 7, 500, func(i int) string {
		return `{"id":"act_` + strconv.Itoa(i) + `","account_id":"` + strconv.Itoa(i) + `","account_status":1,"currency":"EUR"}`
	})
	s, script := scripted(t, map[string]func(asked) (int, string){
		"me/adaccounts": accounts, "me/businesses": answer(200, `{"data":[]}`),
		"act_1": euro,
		"act_1/campaigns": func(a asked) (int, string) {
			if a.query.Get("after") == "" {
				return 200, `{"data":[],"paging":{"cursors":{"after":"c0"},"next":"https://graph.facebook.com/v26.0/act_1/campaigns?after=c0&access_token=` + scriptToken + `"}}`
			}
			return edgeOf(3, 2, 500, campaignNumber)(a)
		},
	})
	if got := all(t, s.Organizations, providers.ListQuery{}); len(got) != 60 {
		t.Errorf("%d accounts of 60", len(got))
	}
	if got := all(t, s.Campaigns, providers.ListQuery{Org: "1"}); len(got) != 3 {
		t.Errorf("%d campaigns of 3", len(got))
	}
	for _, a := range script.calls("") {
		if strings.Contains(a.path, "/") && a.query.Get("limit") == "" {
			t.Errorf("no limit: %s", a.raw)
		}
	}
}

// Edges hide what is archived or deleted. A bare effective_status of DELETED is an error; in filtering it is taken.
func TestTrap09_ArchivedAndDeletedAreHidden(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Accounts: 1, Campaigns: 12})
	shown := all(t, w.Campaigns, providers.ListQuery{})
	gone := all(t, w.Campaigns, providers.ListQuery{Status: []string{"ARCHIVED"}})
	both := all(t, w.Campaigns, providers.ListQuery{Status: []string{"ARCHIVED", "ACTIVE", "PAUSED"}})
	if len(gone) == 0 || len(shown) == 0 || len(both) != len(gone)+len(shown) {
		t.Errorf("%d shown, %d gone, %d of both", len(shown), len(gone), len(both))
	}
	for _, c := range shown {
		if c.Status == normalize.StatusArchived {
			t.Errorf("%+v is shown without being asked for", c)
		}
	}
	for _, c := range gone {
		if c.Status != normalize.StatusArchived || c.EffectiveStatus != normalize.EffectiveStatusArchived && c.EffectiveStatus != normalize.EffectiveStatusRemoved {
			t.Errorf("%+v is not archived", c)
		}
		if got, err := w.Campaigns.Get(t.Context(), providers.Ref{ID: c.ID}); err != nil || got.Status != normalize.StatusArchived {
			t.Errorf("by its id: %+v, %v", got, err)
		}
	}
	for _, c := range w.sim.Calls() {
		if strings.Contains(c.Query, "effective_status=") {
			t.Errorf("a bare effective_status: %s", c.Query)
		}
	}
}

// Since 27 October 2026 ids=, date_format, pretty and debug are dead.
func TestTrap10_NoDeadParameters(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{})
	everyRead(t, w.Session)
	for _, c := range w.sim.Calls() {
		for _, dead := range []string{"ids=", "date_format", "pretty=", "debug="} {
			for part := range strings.SplitSeq(c.Query, "&") {
				if strings.HasPrefix(part, dead) {
					t.Errorf("%s %s", c.Path, c.Query)
				}
			}
		}
		if !strings.HasPrefix(c.Path, "/v26.0/") {
			t.Errorf("without a version: %s", c.Path)
		}
	}
}

// everyRead lists every kind of object and gets the first of each.
func everyRead(t testing.TB, s *providers.Session) {
	t.Helper()
	readKind(t, "organization", s.Organizations, func(o normalize.Organization) string { return o.ID })
	readKind(t, "campaign", s.Campaigns, func(o normalize.Campaign) string { return o.ID })
	readKind(t, "group", s.Groups, func(o normalize.Group) string { return o.ID })
	readKind(t, "ad", s.Ads, func(o normalize.Ad) string { return o.ID })
	readKind(t, "creative", s.Creatives, func(o normalize.Creative) string { return o.ID })
	readKind(t, "asset", s.Assets, func(o normalize.Asset) string { return o.ID })
	readKind(t, "target", s.Targets, func(o normalize.Target) string { return o.ID })
	readKind(t, "promoted", s.Promoted, func(o normalize.Promoted) string { return o.ID })
}

func readKind[T any](t testing.TB, what string, c providers.Collection[T], id func(T) string) {
	t.Helper()
	p, err := c.List(t.Context(), providers.ListQuery{Size: c.MaxPage, Raw: true})
	if err != nil || len(p.Items) == 0 {
		t.Errorf("%s: %d items, %v", what, len(p.Items), err)
		return
	}
	if got, err := c.Get(t.Context(), providers.Ref{ID: id(p.Items[0])}); err != nil || id(got) != id(p.Items[0]) {
		t.Errorf("%s: get of %s: %v", what, id(p.Items[0]), err)
	}
}

// A locked account is no dead grant: the token is kept, and not renewed.
func TestTrap15_ALockedAccountKeepsItsToken(t *testing.T) {
	t.Parallel()
	for _, code := range [][2]int{{190, 459}, {368, 0}, {1404078, 0}, {100, 1404163}, {100, 2859015}} {
		tokens := &staticTokens{token: scriptToken, next: []string{"EAABanother-token-of-the-script"}}
		status, body := refusal(code[0], code[1], "You cannot access the app till you log in to www.facebook.com")
		s, script := scripted(t, map[string]func(asked) (int, string){"act_1": answer(status, body)}, func(c *providers.Conn, _ *providers.Deps) { c.Tokens = tokens })
		_, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"})
		if providers.KindOf(err) != providers.Forbidden || tokens.rejected != 0 || len(script.calls("")) != 1 {
			t.Errorf("%v: %v, the token was rejected %d times, %d calls", code, err, tokens.rejected, len(script.calls("")))
		}
	}
	// A dead token comes as HTTP 400, too, and is renewed once.
	for _, status := range []int{400, 401} {
		tokens := &staticTokens{token: scriptToken, next: []string{"EAABanother-token-of-the-script"}}
		s, script := scripted(t, map[string]func(asked) (int, string){"act_1": func(a asked) (int, string) {
			if a.header.Get("Authorization") == "Bearer "+scriptToken {
				_, body := refusal(190, 463, "Error validating access token: Session has expired")
				return status, body
			}
			return euro(a)
		}}, func(c *providers.Conn, _ *providers.Deps) { c.Tokens = tokens })
		got, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "act_1"})
		if err != nil || got.ID != "1" || tokens.rejected != 1 || len(script.calls("")) != 2 {
			t.Errorf("HTTP %d: %+v, %v, rejected %d times", status, got, err, tokens.rejected)
		}
	}
}

// 100/33 is not found, no permission, or another type of node than was asked for.
func TestTrap16_NotFound(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{})
	campaign := all(t, w.Campaigns, providers.ListQuery{})[0]
	group := all(t, w.Groups, providers.ListQuery{})[0]
	ad := all(t, w.Ads, providers.ListQuery{})[0]
	gets := map[string]func(string) error{
		"campaign": func(id string) error {
			_, err := w.Campaigns.Get(t.Context(), providers.Ref{ID: id})
			return err
		},
		"group": func(id string) error {
			_, err := w.Groups.Get(t.Context(), providers.Ref{ID: id})
			return err
		},
		"ad": func(id string) error {
			_, err := w.Ads.Get(t.Context(), providers.Ref{ID: id})
			return err
		},
		"creative": func(id string) error {
			_, err := w.Creatives.Get(t.Context(), providers.Ref{ID: id})
			return err
		},
	}
	ids := map[string]string{"campaign": campaign.ID, "group": group.ID, "ad": ad.ID, "creative": ad.CreativeIDs[0]}
	for kind, get := range gets {
		for other, id := range ids {
			if err := get(id); (kind == other) != (err == nil) || err != nil && providers.KindOf(err) != providers.NotFound {
				t.Errorf("the %s %s as a %s: %v", other, id, kind, err)
			}
		}
		if err := get("act_" + campaign.OrganizationID); providers.KindOf(err) != providers.NotFound {
			t.Errorf("an account as a %s: %v", kind, err)
		}
		if err := get("120399999999999999"); providers.KindOf(err) != providers.NotFound {
			t.Errorf("no such %s: %v", kind, err)
		}
	}
}
