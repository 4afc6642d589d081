package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sameEverywhere is one account in neutral words, which each simulator makes its own objects of.
const sameEverywhere = `{
 "account": {"name": "Nordlicht Outdoor", "currency": "EUR", "time_zone": "UTC"},
 "campaigns": [
  {"name": "Autumn sale, \"last\" call", "status": "active", "objective": "traffic", "start": "2026-01-01", "daily_budget": "120.50", "groups": [
   {"name": "DE 25-54", "status": "active", "ads": [
    {"name": "Tent", "status": "active", "headline": "Tents at half price", "text": "Only until Sunday.", "url": "https://shop.example/tents", "facts": [
     {"date": "2026-03-01", "impressions": 10000, "clicks": 120, "cost": "84.17", "conversions": "7", "conversion_value": "412.50"},
     {"date": "2026-03-02", "impressions": 9000, "clicks": 90, "cost": "60.03", "conversions": "0", "conversion_value": "0"}]},
    {"name": "Boots", "status": "paused", "headline": "Boots that last", "text": "Ten years of guarantee.", "url": "https://shop.example/boots", "facts": [
     {"date": "2026-03-02", "impressions": 500, "clicks": 5, "cost": "3.10", "conversions": "1", "conversion_value": "89.90"}]}]},
   {"name": "AT 18+", "status": "paused", "ads": [
    {"name": "Maps", "status": "active", "headline": "Maps for the Alps", "text": "All huts, all paths.", "url": "https://shop.example/maps", "facts": [
     {"date": "2026-03-01", "impressions": 77, "clicks": 1, "cost": "0.45", "conversions": "0", "conversion_value": "0"}]}]}]},
  {"name": "Bücher & Karten", "status": "paused", "objective": "traffic", "start": "2026-02-01", "daily_budget": "10", "groups": [
   {"name": "Readers", "status": "active", "ads": [
    {"name": "Book", "status": "active", "headline": "A book a week", "text": "By post, free.", "url": "https://shop.example/books", "facts": [
     {"date": "2026-03-01", "impressions": 1234, "clicks": 12, "cost": "9.99", "conversions": "2", "conversion_value": "40"}]}]}]}]}`

// loaded is what a simulator made of it.
type loaded struct {
	Org       string `json:"org"`
	Campaigns []struct {
		ID     string `json:"id"`
		Groups []struct {
			ID  string `json:"id"`
			Ads []struct {
				ID string `json:"id"`
			} `json:"ads"`
		} `json:"groups"`
	} `json:"campaigns"`
}

// ids maps the platform's ids to what stands in the same place on every platform: "0", "0/1", "0/1/0".
func (l *loaded) ids() map[string]string {
	out := map[string]string{l.Org: "account"}
	for i, c := range l.Campaigns {
		out["campaign "+c.ID] = fmt.Sprint(i)
		for j, g := range c.Groups {
			out["group "+g.ID] = fmt.Sprint(i, "/", j)
			for k, a := range g.Ads {
				out["ad "+a.ID] = fmt.Sprint(i, "/", j, "/", k)
			}
		}
	}
	return out
}

// The same account on every platform answers alike: what the dictionary says must be equal is equal.
func TestPlatformsAnswerAlike(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t).announced
	a := newAPI(t, demo)
	var first map[string]any
	for _, c := range demo.Connections {
		goal := "goal"
		if noObjective[c.IntegrationType] { // and the dictionary reads none out of anything else
			goal = ""
		}
		l := load(t, demo.Simulators[c.IntegrationType])
		got := map[string]any{
			"campaigns": a.alike(c.ID, "campaign", &l, "name", "status", "currency"),
			"goals":     a.alike(c.ID, "campaign", &l, goal),
			"groups":    a.alike(c.ID, "group", &l, "name", "status", "campaign_id"),
			"ads":       a.alike(c.ID, "ad", &l, "status", "campaign_id", "group_id"),
			"creatives": a.shows(c.ID, &l),
		}
		for _, level := range []string{"organization", "campaign", "group", "ad"} {
			for _, dimension := range []string{"", "DATE", "MONTH"} {
				got["report by "+level+" "+dimension] = a.facts(c.ID, &l, level, dimension)
			}
		}
		if first == nil {
			first = got
			continue
		}
		for what := range first {
			if what == "goals" && goal == "" {
				continue
			}
			if diff := cmp.Diff(first[what], got[what]); diff != "" {
				t.Errorf("%s: %s differ (-%s +%s)\n%s", c.IntegrationType, what, demo.Connections[0].IntegrationType, c.IntegrationType, diff)
			}
		}
	}
}

// noObjective are the platforms whose campaigns have none.
var noObjective = map[string]bool{"googleads": true}

func load(t *testing.T, simulator string) (l loaded) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, simulator+"/_sim/load", strings.NewReader(sameEverywhere))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("load: %d %v %s", res.StatusCode, err, body)
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&l); err != nil {
		t.Fatal(err)
	}
	return l
}

// alike are the objects of the account with the fields that are equal everywhere, by their place.
func (a *api) alike(connection, object string, l *loaded, fields ...string) map[string]any {
	a.t.Helper()
	var list []map[string]any
	a.get(ads(connection, object), url.Values{"org_id": {l.Org}, "limit": {"100"}}, &list)
	ids := l.ids()
	out := map[string]any{}
	for _, o := range list {
		kept := map[string]any{}
		for _, f := range fields {
			v := o[f]
			if parent, isParent := strings.CutSuffix(f, "_id"); isParent {
				v = ids[fmt.Sprint(parent, " ", v)]
			}
			kept[f] = v
		}
		out[ids[fmt.Sprint(object, " ", o["id"])]] = kept
	}
	return out
}

// shows is what each ad shows.
func (a *api) shows(connection string, l *loaded) []string {
	a.t.Helper()
	var list []map[string]any
	a.get(ads(connection, "creative"), url.Values{"org_id": {l.Org}, "limit": {"100"}}, &list)
	var out []string
	for _, o := range list {
		out = append(out, fmt.Sprint(o["title"], " | ", o["body"], " | ", o["link_url"]))
	}
	slices.Sort(out)
	return out
}

// facts are the rows of a report by the place of their object and the day.
func (a *api) facts(connection string, l *loaded, level, dimension string) map[string]any {
	a.t.Helper()
	query := url.Values{
		"org_id": {l.Org}, "level": {level}, "format": {"table"}, "start_gte": {"2026-02-27"}, "end_lt": {"2026-03-05"},
		"type": {"IMPRESSIONS,CLICKS,COST,CONVERSIONS,CONVERSION_VALUE,CTR,CPC,CPM,CPA,ROAS"},
	}
	if dimension != "" {
		query.Set("dimension", dimension)
	}
	var table struct {
		Rows   []map[string]any
		Totals map[string]any
	}
	a.get(ads(connection, "report"), query, &table)
	ids := l.ids()
	out := map[string]any{"totals": table.Totals}
	for _, r := range table.Rows {
		key := ids[fmt.Sprint(level, " ", r[level+"_id"])]
		if level == "organization" {
			key = ids[fmt.Sprint(r["organization_id"])]
		}
		kept := map[string]any{}
		for _, f := range []string{"impressions", "clicks", "cost", "conversions", "conversion_value", "ctr", "cpc", "cpm", "cpa", "roas", "currency"} {
			if v, has := r[f]; has {
				kept[f] = v
			}
		}
		out[fmt.Sprint(key, " ", r["date"], r["month"])] = kept
	}
	return out
}
