package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

// zonesOfTheWorld: whole and half hours and quarters, both hemispheres, a change of half an hour, changes at midnight, ends
// of the world.
var zonesOfTheWorld = []string{
	"UTC", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Istanbul", "Africa/Cairo", "Africa/Lagos", "Asia/Beirut", "Asia/Kolkata",
	"Asia/Kathmandu", "Asia/Kabul", "Asia/Yangon", "Asia/Tokyo", "Asia/Kolkata", "Australia/Adelaide", "Australia/Sydney", "Australia/Lord_Howe",
	"Australia/Eucla", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Marquesas", "America/New_York",
	"America/Los_Angeles", "America/St_Johns", "America/Santiago", "America/Havana", "America/Sao_Paulo", "Atlantic/Azores",
}

// perChange is how many days are looked at for each change, which is on the third.
const perChange = 5

// changing are the days around the last two changes of a zone's clocks, or some days where they never change.
func changing(loc *time.Location, now time.Time) []string {
	var out []string
	around := func(t time.Time) {
		for d := -2; d <= 2; d++ {
			out = append(out, t.In(loc).AddDate(0, 0, d).Format(time.DateOnly))
		}
	}
	until := now.AddDate(0, 0, -5)
	for range 2 { // perChange days each
		start, _ := until.In(loc).ZoneBounds()
		if start.IsZero() || start.Before(now.AddDate(-1, 0, 10)) {
			break
		}
		around(start)
		until = start.Add(-time.Minute)
	}
	if len(out) == 0 {
		around(now.AddDate(0, -2, 0))
	}
	slices.Sort(out)
	return out
}

// zoned is an account of a zone with its own spend on each of some days.
type zoned struct {
	org  string
	loc  *time.Location
	days []string
	cost map[string]*big.Rat
}

// loadZone puts an account into a simulator.
func loadZone(t *testing.T, simulator, zone string, now time.Time) *zoned {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	z := &zoned{loc: loc, days: changing(loc, now), cost: map[string]*big.Rat{}}
	var lines []map[string]any
	for i, d := range z.days {
		cost := big.NewRat(int64(1000+137*i+len(zone)), 100)
		z.cost[d] = cost
		lines = append(lines, map[string]any{"date": d, "impressions": 5000 + i, "clicks": 100 + i, "cost": cost.FloatString(2)})
	}
	body, err := json.Marshal(map[string]any{
		"account": map[string]any{"name": "Days of " + zone, "currency": "USD", "time_zone": zone},
		"campaigns": []any{map[string]any{"name": "All day", "status": "active", "objective": "traffic", "start": "2025-01-01", "daily_budget": "10", "groups": []any{
			map[string]any{"name": "G", "status": "active", "ads": []any{map[string]any{"name": "A", "status": "active", "headline": "H", "text": "T", "url": "https://shop.example/", "facts": lines}}},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(simulator+"/_sim/load", "application/json", bytes.NewReader(body)) //nolint:noctx // of a test
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var l loaded
	if err := json.NewDecoder(res.Body).Decode(&l); err != nil || l.Org == "" {
		t.Fatalf("load %s: %d %v", zone, res.StatusCode, err)
	}
	z.org = l.Org
	return z
}

// Every unit of spend lands in exactly one day of its account's zone, over days of 23, 23½, 24, 24½ and 25 hours, and
// the sum is kept exactly: by DATE, by HOUR, day for day, and in the instants that objects name.
func TestN3_everyUnitOfSpendInExactlyOneDay(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t).announced
	now := time.Now()
	for _, c := range demo.Connections {
		t.Run(c.IntegrationType, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, demo)
			list := zonesOfTheWorld
			if c.IntegrationType == "linkedinads" { // it cuts days in UTC, whatever the account's country
				list = list[:1]
			}
			for _, zone := range list {
				z := loadZone(t, demo.Simulators[c.IntegrationType], zone, now)
				n := &n3{t: t, api: a, connection: c.ID, zoned: z}
				for days := range slices.Chunk(z.days, perChange) {
					n.around(days, c.IntegrationType != "linkedinads")
				}
			}
		})
	}
}

type n3 struct {
	*zoned
	t          *testing.T
	api        *api
	connection string
}

// around asks for the days around one change.
func (n *n3) around(days []string, hours bool) {
	n.t.Helper()
	last, err := time.Parse(time.DateOnly, days[len(days)-1])
	if err != nil {
		n.t.Fatal(err)
	}
	query := url.Values{"level": {"campaign"}, "type": {"COST"}, "org_id": {n.org}, "start_gte": {days[0]}, "end_lt": {last.AddDate(0, 0, 1).Format(time.DateOnly)}}
	n.table(query, days, "DATE", func(r map[string]any) string { return fmt.Sprint(r["date"]) })
	n.instants(query, days)
	n.alone(days[2]) // the day of the change
	if hours {
		n.table(query, days, "HOUR", n.hour)
	}
}

func (n *n3) ask(query url.Values, into any, more ...string) {
	n.t.Helper()
	q := maps.Clone(query)
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	n.api.get(ads(n.connection, "report"), q, into)
}

// table adds a table up by the day that each row is of.
func (n *n3) table(query url.Values, days []string, dimension string, day func(map[string]any) string) {
	n.t.Helper()
	var tab struct {
		Rows   []map[string]any
		Totals map[string]any
	}
	n.ask(query, &tab, "dimension", dimension, "format", "table")
	got := map[string]*big.Rat{}
	all := new(big.Rat)
	for _, r := range tab.Rows {
		cost := number(n.t, fmt.Sprint(r["cost"]))
		all.Add(all, cost)
		d := day(r)
		if got[d] == nil {
			got[d] = new(big.Rat)
		} else if dimension == "DATE" {
			n.t.Errorf("%s in %s comes twice", d, n.loc)
		}
		got[d].Add(got[d], cost)
	}
	n.equal(dimension, days, got)
	if fmt.Sprint(tab.Totals["cost"]) != digits(all) {
		n.t.Errorf("by %s: the total is %s, the rows are %s", dimension, tab.Totals["cost"], digits(all))
	}
}

func (n *n3) equal(what string, days []string, got map[string]*big.Rat) {
	n.t.Helper()
	for _, d := range days {
		if got[d] == nil || got[d].Cmp(n.cost[d]) != 0 {
			n.t.Errorf("%s, %s in %s: %v, spent was %s", what, d, n.loc, got[d], digits(n.cost[d]))
		}
	}
	for d, v := range got {
		if !slices.Contains(days, d) && v.Sign() != 0 {
			n.t.Errorf("%s, %s in %s: %s, where nothing was asked for", what, d, n.loc, digits(v))
		}
	}
}

// hour is the day of an hour that the zone's clocks show on it.
func (n *n3) hour(r map[string]any) string {
	z := n.zoned
	text := fmt.Sprint(r["hour"])
	at, err := time.ParseInLocation("2006-01-02T15", text, z.loc)
	if err != nil {
		n.t.Fatalf("hour %q", text)
	}
	_, offset := at.Zone()
	shows := at.Format("2006-01-02T15") == text
	for _, m := range []time.Duration{15 * time.Minute, 30 * time.Minute, 45 * time.Minute} { // of an hour that is skipped in part, some minutes are there
		shows = shows || at.Add(m).Format("2006-01-02T15") == text
	}
	if !shows {
		n.t.Errorf("%s in %s (offset %d): the clocks skip it", text, z.loc, offset)
	}
	return text[:len(time.DateOnly)]
}

// instants: the objects of the contract, each of a day, follow one another without hole and overlap, and begin and end
// where the zone's days do.
func (n *n3) instants(query url.Values, days []string) {
	n.t.Helper()
	var objects []adsReport
	n.ask(query, &objects, "dimension", "DATE,PLATFORM")
	got := map[string]*big.Rat{}
	for _, o := range objects {
		start, end := o.StartAt.In(n.loc), o.EndAt.In(n.loc)
		d := start.Format(time.DateOnly)
		if before := start.Add(-time.Second).Format(time.DateOnly); before == d {
			n.t.Errorf("%s in %s begins late, at %s", d, n.loc, start)
		}
		if last := end.Add(-time.Second).Format(time.DateOnly); last != d || end.Format(time.DateOnly) == d {
			n.t.Errorf("%s in %s ends at %s", d, n.loc, end)
		}
		if got[d] == nil {
			got[d] = new(big.Rat)
		}
		for _, m := range o.Metrics {
			got[d].Add(got[d], number(n.t, m.Value.String()))
		}
	}
	n.equal("object", days, got)
}

// alone asks for a day by the instants at which it begins and ends in the zone; an instant inside it is refused.
func (n *n3) alone(d string) {
	n.t.Helper()
	noon, err := time.ParseInLocation("2006-01-02T15", d+"T12", n.loc)
	if err != nil {
		n.t.Fatal(err)
	}
	from, to := midnight(noon), midnight(noon.AddDate(0, 0, 1))
	query := url.Values{"org_id": {n.org}, "format": {"table"}, "start_gte": {from.Format(time.RFC3339)}, "end_lt": {to.Format(time.RFC3339)}}
	var tab struct{ Rows []map[string]any }
	n.ask(query, &tab)
	if len(tab.Rows) != 1 || number(n.t, fmt.Sprint(tab.Rows[0]["cost"])).Cmp(n.cost[d]) != 0 {
		n.t.Errorf("%s alone in %s: %v", d, n.loc, tab.Rows)
	}
	query.Set("end_lt", to.Add(-time.Hour).Format(time.RFC3339))
	if got := n.api.do(http.MethodGet, ads(n.connection, "report"), query, nil); got.status != http.StatusBadRequest {
		n.t.Errorf("%s less an hour in %s: %d", d, n.loc, got.status)
	}
}

// midnight is the first instant of the day, found by going back from noon.
func midnight(noon time.Time) time.Time {
	t := noon
	for t.Add(-time.Minute).Day() == noon.Day() {
		t = t.Add(-time.Minute)
	}
	return t
}
