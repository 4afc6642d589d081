package ads

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// TestList_wholeList compares every list, walked by its links and by its offsets, with the list worked out at once: for
// filters that the platform applies, that the gateway applies, and both.
func TestList_wholeList(t *testing.T) {
	t.Parallel()
	all := campaigns(211)
	claims := map[string][]providers.Filter{
		"none upstream": nil,
		"all upstream":  {providers.FilterOrg, providers.FilterStatus, providers.FilterQuery},
		"some upstream": {providers.FilterStatus},
	}
	for name, upstream := range claims {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, &world{campaigns: all, claims: upstream, maxPage: 13})
			r := rand.New(rand.NewPCG(1, 2))
			for range 12 {
				v, want := someQuery(r, all)
				target := "/ads/c1/campaign?" + v.Encode()
				if got, _ := c.walk(target); !slices.Equal(got, want) {
					t.Fatalf("%s\n got %v\nwant %v", target, got, want)
				}
				limit, offset := 1+r.IntN(40), r.IntN(60)
				v.Set("limit", strconv.Itoa(limit))
				v.Set("offset", strconv.Itoa(offset))
				piece := want[min(offset, len(want)):min(offset+limit, len(want))]
				got, next := c.page("/ads/c1/campaign?" + v.Encode())
				if !slices.Equal(got, piece) {
					t.Fatalf("%s\n got %v\nwant %v", v.Encode(), got, piece)
				}
				if more := offset+limit < len(want); more && next == "" {
					t.Fatalf("%s: there is more, and no link to it", v.Encode())
				}
				if next != "" {
					if rest, _ := c.walk(next); !slices.Equal(rest, want[min(offset+limit, len(want)):]) {
						t.Fatalf("%s: the pages behind it are %v", v.Encode(), rest)
					}
				}
			}
		})
	}
}

// someQuery draws parameters, and works out the list that they stand for.
func someQuery(r *rand.Rand, all []normalize.Campaign) (url.Values, []string) {
	v, f := url.Values{"limit": {strconv.Itoa(1 + r.IntN(60))}}, normalize.Filter{}
	if r.IntN(3) == 0 {
		f.Organization = strconv.Itoa(r.IntN(4))
		v.Set("org_id", f.Organization)
	}
	if r.IntN(3) == 0 {
		f.Status = []string{"ACTIVE", "ARCHIVED"}[:1+r.IntN(2)]
		v.Set("status", strings.Join(f.Status, ","))
	}
	if r.IntN(3) == 0 {
		f.Query = []string{"A CAMP", "campaign", "nothing like it"}[r.IntN(3)]
		v.Set("query", f.Query)
	}
	if r.IntN(3) == 0 {
		f.UpdatedSince = time.Date(2026, 1, 12, 0, 0, 0, 0, time.UTC)
		v.Set("updated_gte", "2026-01-12")
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(c normalize.Campaign) bool {
		g := f
		if c.UpdatedAt == nil {
			g.UpdatedSince = time.Time{}
		}
		return !g.Match(c.Facts()) || len(f.Status) == 0 && c.Status == normalize.StatusArchived
	})
	if r.IntN(2) == 0 {
		key := []normalize.SortKey{normalize.SortName, normalize.SortCreatedAt, normalize.SortUpdatedAt}[r.IntN(3)]
		v.Set("sort", string(key))
		desc := r.IntN(2) == 0
		if desc {
			v.Set("order", "desc")
		}
		slices.SortFunc(kept, func(a, b normalize.Campaign) int {
			if desc {
				a, b = b, a
			}
			return key.Compare(a.Facts(), b.Facts())
		})
	}
	ids := make([]string, len(kept))
	for i, c := range kept {
		ids[i] = c.ID
	}
	return v, ids
}

func TestList_cursorCostsOnePage(t *testing.T) {
	t.Parallel()
	w := &world{campaigns: campaigns(2000), claims: []providers.Filter{providers.FilterStatus, providers.FilterOrg}, maxPage: 500}
	c := serve(t, w)
	target := "/ads/c1/campaign?limit=50&status=ACTIVE,PAUSED,ARCHIVED,DRAFT&org_id=1"
	for n := 0; target != ""; n++ {
		before := w.pages.Load()
		if _, target = c.page(target); w.pages.Load() != before+1 {
			t.Fatalf("page %d cost %d pages of the platform", n, w.pages.Load()-before)
		}
	}
	if got := w.last.Load(); got.Size != 50 || got.Org != "1" || len(got.Status) != 4 {
		t.Errorf("the platform was asked %+v", got)
	}
}

// TestList_mostlyArchived: with most of an account archived, larger pages are fetched than are asked for.
func TestList_mostlyArchived(t *testing.T) {
	t.Parallel()
	all := campaigns(3000)
	for i := range all {
		if i%100 != 0 {
			all[i].Status = normalize.StatusArchived
		}
	}
	w := &world{campaigns: all, maxPage: 1000}
	ids, next := serve(t, w).page("/ads/c1/campaign?limit=25")
	if len(ids) != 25 || next == "" || w.pages.Load() > 5 {
		t.Errorf("%d campaigns, next %q, for %d pages of the platform", len(ids), next, w.pages.Load())
	}
}

func TestList_changesBetweenSortedPages(t *testing.T) {
	t.Parallel()
	w := &world{campaigns: campaigns(40), maxPage: 100}
	c := serve(t, w)
	first, next := c.page("/ads/c1/campaign?sort=name&limit=10")
	w.campaigns = slices.DeleteFunc(w.campaigns, func(x normalize.Campaign) bool { return x.ID == first[3] }) // behind us
	rest, _ := c.walk(next)
	seen := slices.Concat(first, rest)
	want := 0
	for _, x := range campaigns(40) {
		if x.Status != normalize.StatusArchived {
			want++
		}
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) != want {
		t.Errorf("%d campaigns over all pages, want %d: one was skipped or came twice", len(seen), want)
	}
}

func TestList_partNeverPassesForWhole(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/ads/c1/campaign?limit=100", "/ads/c1/campaign?limit=5&sort=name"} {
		c := serve(t, &world{campaigns: campaigns(100), maxPage: 10, failAt: 3})
		b := c.refusal(target, http.StatusBadGateway)
		if b.Code != "bad_upstream" || b.Provider == nil || b.Provider.RequestID != "up-3" || b.Provider.Message != "the page broke off" {
			t.Errorf("%s: %+v", target, b)
		}
	}
}

func TestList_cursorOfAnotherQuery(t *testing.T) {
	t.Parallel()
	c := serve(t, &world{campaigns: campaigns(100), maxPage: 10})
	_, next := c.page("/ads/c1/campaign?limit=5&status=ACTIVE")
	u, err := url.Parse(next)
	if err != nil {
		t.Fatal(err)
	}
	cursor := u.Query().Get("cursor")
	for _, target := range []string{
		"/ads/c1/campaign?status=PAUSED&cursor=" + cursor,
		"/ads/c1/campaign?cursor=" + cursor,
		"/ads/c1/campaign?status=ACTIVE&sort=name&cursor=" + cursor,
		"/ads/c1/campaign?status=ACTIVE&fields=id&cursor=" + cursor,
		"/ads/c2/campaign?status=ACTIVE&cursor=" + cursor,
		"/ads/c1/target?cursor=" + cursor,
		"/ads/c1/campaign?status=ACTIVE&cursor=" + cursor[:len(cursor)-2] + "AA",
		"/ads/c1/campaign?status=ACTIVE&cursor=" + strings.ToLower(cursor),
		"/ads/c1/campaign?status=ACTIVE&cursor=x",
		"/ads/c1/campaign?status=ACTIVE&cursor=" + strings.Repeat("A", 9000),
	} {
		if b := c.refusal(target, http.StatusBadRequest); len(b.Errors) != 1 || b.Errors[0].Field != "cursor" {
			t.Errorf("%s: %+v", target, b)
		}
	}
	// Another page size is no other query.
	if ids, _ := c.page("/ads/c1/campaign?limit=7&status=ACTIVE&cursor=" + cursor); len(ids) != 7 {
		t.Errorf("%d ids", len(ids))
	}
	if b := c.refusal("/ads/c1/campaign?status=ACTIVE&offset=3&cursor="+cursor, http.StatusBadRequest); b.Errors[0].Field != "offset" {
		t.Errorf("offset beside a cursor: %+v", b)
	}
}

func TestList_refusals(t *testing.T) {
	t.Parallel()
	many := make([]string, 30)
	for i := range many {
		many[i] = fmt.Sprintf("50000%02d", i)
	}
	for _, tt := range []struct {
		target string
		world  *world
		orgs   []string
		status int
		field  string
		say    string
	}{
		{target: "/ads/foreign/campaign", status: 404, say: "connection"},
		{target: "/ads/c1/campaign?limit=0", status: 400, field: "limit"},
		{target: "/ads/c1/campaign?limit=1001", status: 400, field: "limit"},
		{target: "/ads/c1/campaign?offset=-1", status: 400, field: "offset"},
		{target: "/ads/c1/campaign?sort=budget", status: 400, field: "sort"},
		{target: "/ads/c1/campaign?order=up", status: 400, field: "order"},
		{target: "/ads/c1/campaign?status=active", status: 400, field: "status", say: "ACTIVE"},
		{target: "/ads/c1/campaign?updated_gte=yesterday", status: 400, field: "updated_gte"},
		{target: "/ads/c1/campaign?fields=id,colour", status: 400, field: "fields"},
		{target: "/ads/c1/campaign?sort=name&offset=100000", status: 400, field: "offset", say: "cursor"},
		{target: "/ads/c1/campaign?raw=a%3D1%26a%3D2", status: 400, field: "raw"},
		{target: "/ads/c1/campaign?raw=a%3D1%250d%250aHost:x", status: 400, field: "raw"},
		{target: "/ads/c1/campaign?%zz", status: 400, field: "query"},
		{target: "/ads/c1/target?sort=created_at", status: 400, field: "sort", say: "must be name"},
		{target: "/ads/c1/promoted?sort=updated_at", status: 400, field: "sort"},
		{target: "/ads/c1/target?org_id=77", status: 404, say: "no such account"},
		{target: "/ads/c1/group", status: 501, say: "group"},
		{target: "/ads/c1/insertionorder", status: 501, say: "Use group in its place"},
		{target: "/ads/c1/insertionorder/7", status: 501, say: "Use group in its place"},
		{target: "/ads/c1/campaign/1000?raw=a%3D1%26a%3D2", status: 400, field: "raw"},
		{target: "/ads/c1/campaign/999", status: 404, say: "no such campaign"},
		{target: "/ads/c1/campaign", world: &world{requires: []providers.Filter{providers.FilterOrg}, maxPage: 1}, orgs: many, status: 400, field: "org_id", say: "5000003"},
		{target: "/ads/c1/campaign", world: &world{requires: []providers.Filter{providers.FilterQuery}, maxPage: 1}, status: 400, field: "query"},
		{target: "/ads/c1/campaign/1000", world: &world{campaigns: campaigns(1), requires: []providers.Filter{providers.FilterOrg}, maxPage: 1}, orgs: []string{"7", "8"}, status: 400, field: "org_id", say: "7, 8"},
	} {
		t.Run(tt.target, func(t *testing.T) {
			t.Parallel()
			if tt.world == nil {
				tt.world = &world{campaigns: campaigns(20), maxPage: 10}
			}
			b := serve(t, tt.world, tt.orgs...).refusal(tt.target, tt.status)
			if tt.field != "" && (len(b.Errors) != 1 || b.Errors[0].Field != tt.field) {
				t.Errorf("the fields are %+v", b.Errors)
			}
			if text := b.Detail + fmt.Sprint(b.Errors); !strings.Contains(text, tt.say) {
				t.Errorf("%q does not say %q", text, tt.say)
			}
		})
	}
}

func TestList_oneAccountMayBeLeftOut(t *testing.T) {
	t.Parallel()
	w := &world{campaigns: campaigns(9), requires: []providers.Filter{providers.FilterOrg}, claims: []providers.Filter{providers.FilterOrg}, maxPage: 50}
	c := serve(t, w, "1")
	if ids, _ := c.page("/ads/c1/campaign?status=ACTIVE,PAUSED,ARCHIVED,DRAFT"); !slices.Equal(ids, []string{"1001", "1004", "1007"}) {
		t.Errorf("got %v", ids)
	}
	if rec := c.get("/ads/c1/campaign/1001"); rec.Code != http.StatusOK {
		t.Errorf("get: %d %s", rec.Code, rec.Body)
	}
}

func TestList_fieldsAndRaw(t *testing.T) {
	t.Parallel()
	c := serve(t, &world{campaigns: campaigns(2), maxPage: 10})
	for target, want := range map[string]string{
		"/ads/c1/campaign?limit=1&fields=name,budget_amount":           `[{"id":"1000","budget_amount":10,"name":"a campaign & co"}]`,
		"/ads/c1/campaign?limit=1&fields=currency&fields=status":       `[{"id":"1000","currency":"EUR","status":"ACTIVE"}]`,
		"/ads/c1/campaign?limit=1&fields=id,raw":                       `[{"id":"1000","raw":{"theirs":"1000"}}]`,
		"/ads/c1/campaign?limit=1&fields=end_at,id":                    `[{"id":"1000"}]`,
		"/ads/c1/campaign?query=no+such":                               `[]`,
		"/ads/c1/campaign/1001?fields=budget_amount":                   `{"id":"1001","budget_amount":10.01}`,
		"/ads/c1/campaign/1001?fields=raw":                             `{"id":"1001","raw":{"theirs":true}}`,
		"/ads/c1/target?sort=name":                                     `[{"id":"t2","name":"Aachen"},{"id":"t1","name":"Berlin"}]`,
		"/ads/c1/target?updated_gte=2026-01-01T00:00:00Z&fields=id":    `[{"id":"t1"},{"id":"t2"}]`,
		"/ads/c1/campaign/1000?fields=created_at,goal,organization_id": `{"id":"1000","created_at":"2026-01-01T00:00:00Z","goal":"LEADS","organization_id":"0"}`,
	} {
		if rec := c.get(target); rec.Body.String() != want || rec.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s\n got %s\nwant %s", target, rec.Body, want)
		}
	}
	if rec := c.get("/ads/c1/campaign?limit=1"); strings.Contains(rec.Body.String(), "theirs") {
		t.Errorf("raw came unasked: %s", rec.Body)
	}
}

func TestList_asksThePlatform(t *testing.T) {
	t.Parallel()
	w := &world{campaigns: campaigns(3), claims: []providers.Filter{providers.FilterOrg, providers.FilterUpdatedSince}, maxPage: 10}
	c := serve(t, w)
	c.page("/ads/c1/campaign?limit=2&org_id=1&goal=LEADS&sort=updated_at&updated_gte=2026-01-02T03:04:05Z&fields=name,raw&raw=" + url.QueryEscape("view=FULL&x[y]=1"))
	want := providers.ListQuery{Org: "1", UpdatedSince: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Fields: []string{"name", "id", "updated_at", "goal", "status"},
		Raw: true, Params: map[string]string{"view": "FULL", "x[y]": "1"}, Size: 10}
	if diff := cmp.Diff(want, *w.last.Load()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// FuzzList: no query can make a list fail on our side.
func FuzzList(f *testing.F) {
	f.Add("limit=3&status=ACTIVE&cursor=abc")
	f.Add("raw=a%3Db&fields=id&sort=name&order=desc")
	f.Add("updated_gte=2026-01-01&offset=9999999999&org_id=%00")
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := url.ParseRequestURI("/ads/c1/campaign?" + raw); err != nil || strings.ContainsAny(raw, " \r\n\t#") {
			t.Skip("no query string")
		}
		c := serve(t, &world{campaigns: campaigns(7), maxPage: 3})
		if rec := c.get("/ads/c1/campaign?" + raw); rec.Code >= 500 && rec.Code != http.StatusNotImplemented {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	})
}

// BenchmarkList25 is the gateway's own share of a small list (P1).
func BenchmarkList25(b *testing.B) {
	w := &world{campaigns: campaigns(25), claims: []providers.Filter{providers.FilterStatus}, maxPage: 100}
	h := benchHandler(b, w)
	b.ReportAllocs()
	for b.Loop() {
		h()
	}
}
