package e2e

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// told is what these tests read of a report's table.
type told struct {
	Rows []map[string]any
	Meta struct {
		Rows        int
		DataAsOf    string `json:"data_as_of"`
		Quality     struct{ Complete bool }
		Connections []struct {
			Cache struct {
				Used int `json:"used_periods"`
				Read int `json:"read_periods"`
				Kept bool
			}
			Changes struct {
				Compared int `json:"compared_periods"`
				Final    int `json:"final_periods"`
				Unread   int `json:"unread_periods"`
			}
			FinalUntil string `json:"final_until"`
		}
	}
}

// days makes the parameters of a daily report of campaigns over some days, counted back from today.
func (i *inside) days(from, to int, types string) url.Values {
	today := i.now().UTC()
	return url.Values{"format": {"table"}, "dimension": {"DATE"}, "level": {"campaign"}, "type": {types},
		"start_gte": {today.AddDate(0, 0, -from).Format(time.DateOnly)}, "end_lt": {today.AddDate(0, 0, -to).Format(time.DateOnly)}}
}

// TestP7_upstreamRequests: a report of 90 days and 400 campaigns asks a platform for hardly more than the pages that its
// rows fill, and a second time for nothing. Beside what is counted, a connection's accounts are listed once in five
// minutes, and LinkedIn is asked for names and conversion rules, Google for conversion actions, Meta how far its report
// run is.
func TestP7_upstreamRequests(t *testing.T) {
	t.Parallel()
	i := newInside(t, size{accounts: 1, campaigns: 400, groups: 1, ads: 1, days: 400})
	least := map[string]int{
		"linkedinads": 3,      // 36,000 rows of 15,000 an answer
		"googleads":   1,      // one stream, however long
		"metaads":     1 + 36, // too much for being read at once: a report run, and its pages of 1,000 rows
	}
	for _, p := range i.platforms {
		query := i.days(220, 130, "IMPRESSIONS,CLICKS,COST,CONVERSIONS")
		var first, again told
		p.calls(t)
		i.get(ads(p.connection, "report"), query, &first)
		data, others := p.calls(t)
		t.Logf("%s: %d requests for %d rows, at least %d; %d others", p.id, len(data), first.Meta.Rows, least[p.id], len(others))
		if first.Meta.Rows != 400*90 || float64(len(data)) > 1.1*float64(least[p.id]) || len(others) > 10 {
			t.Errorf("%s: %d rows by %d requests and %d others, at least %d are needed", p.id, first.Meta.Rows, len(data), len(others), least[p.id])
		}
		i.get(ads(p.connection, "report"), query, &again)
		if data, others := p.calls(t); len(data)+len(others) > 0 {
			t.Errorf("%s: the same again asked for %d and %d: %v", p.id, len(data), len(others), data)
		}
		if c := again.Meta.Connections[0].Cache; c.Used != 90 || c.Read != 0 || again.Meta.Rows != first.Meta.Rows || !first.Meta.Connections[0].Cache.Kept {
			t.Errorf("%s: the same again: %+v", p.id, c)
		}
	}
}

// moving says until how many days ago the days of each platform are final, with conversions and without.
func (p *platform) moving(conversions bool) int {
	switch {
	case p.id == "metaads":
		return 28
	case conversions:
		return 90 // the longest click window of the simulated accounts
	case p.id == "linkedinads":
		return 7
	}
	return 3
}

// TestP7_movingDays: of a report whose last days can still change, these alone are asked for again.
func TestP7_movingDays(t *testing.T) {
	t.Parallel()
	i := newInside(t, size{accounts: 1, campaigns: 5, groups: 1, ads: 1, days: 300})
	for _, p := range i.platforms {
		for types, conversions := range map[string]bool{"IMPRESSIONS,CLICKS,COST": false, "IMPRESSIONS,CONVERSIONS": true} {
			query := i.days(120, 0, types)
			var first, again told
			i.get(ads(p.connection, "report"), query, &first)
			p.calls(t)
			i.get(ads(p.connection, "report"), query, &again)
			data, _ := p.calls(t)
			// Yesterday is the last day of the report; of n days back, the day n+1 days back is final.
			moving := p.moving(conversions)
			if c := again.Meta.Connections[0].Cache; c.Read != moving || c.Used != 120-moving || len(data) != 1 {
				t.Errorf("%s %s: %+v by %d requests, final until %s", p.id, types, c, len(data), again.Meta.Connections[0].FinalUntil)
			}
			for _, c := range data {
				if old := i.now().AddDate(0, 0, -moving-2).Format(time.DateOnly); strings.Contains(c.Query, old) {
					t.Errorf("%s: asks for %s: %s", p.id, old, c.Query)
				}
			}
			if again.Meta.Rows != first.Meta.Rows {
				t.Errorf("%s: %d rows, then %d", p.id, first.Meta.Rows, again.Meta.Rows)
			}
		}
	}
}

// TestP7_changesEqualTheLedger: what a platform restates while days pass, changes tell, row for row, old and new: the
// differences of two readings of the simulated platform's own ledger.
func TestP7_changesEqualTheLedger(t *testing.T) {
	t.Parallel()
	i := newInside(t, size{accounts: 1, campaigns: 6, groups: 2, ads: 2, days: 200})
	const types = "IMPRESSIONS,CLICKS,COST,CONVERSIONS"
	query := i.days(40, 0, types)
	from, to := query.Get("start_gte"), query.Get("end_lt")
	type reading struct {
		as     told
		ledger map[string]*facts
	}
	read := func(p *platform) (r reading) {
		i.get(ads(p.connection, "report"), query, &r.as)
		org := fmt.Sprint(i.list(ads(p.connection, "organization"), nil)[0]["id"])
		r.ledger = ledger(t, p.url, org, from, to, func(f fact) string { return f.Campaign + " " + f.Date })
		return r
	}
	before := map[string]reading{}
	for _, p := range i.platforms {
		before[p.id] = read(p)
	}
	i.pass(53 * time.Hour)
	for _, p := range i.platforms {
		was := before[p.id]
		q := maps.Clone(query)
		q.Set("since", was.as.Meta.DataAsOf)
		var changes told
		i.get(ads(p.connection, "report/changes"), q, &changes)
		now := read(p)
		got, want := map[string]string{}, map[string]string{}
		for _, r := range changes.Rows {
			got[fmt.Sprint(r["campaign_id"], " ", r["date"])] = fmt.Sprint(r["change"], " ", numbers(r["old"]), " -> ", numbers(r["new"]))
		}
		for key, f := range now.ledger {
			old := was.ledger[key]
			if old == nil {
				want[key] = "added  -> " + f.line()
			} else if a, b := old.line(), f.line(); a != b {
				want[key] = "changed " + a + " -> " + b
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-ledger +changes):\n%s", p.id, diff)
		}
		c := changes.Meta.Connections[0].Changes
		t.Logf("%s: %d rows of %d changed; %+v", p.id, len(got), now.as.Meta.Rows, c)
		if len(got) == 0 || !changes.Meta.Quality.Complete || c.Unread != 0 || c.Compared+c.Final != 40 || p.id == "metaads" && c.Final != 12 {
			t.Errorf("%s: %d changes, %+v", p.id, len(got), c)
		}
	}
}

func numbers(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	return fmt.Sprint(m["impressions"], " ", m["clicks"], " ", m["cost"], " ", m["conversions"])
}

func (f *facts) line() string {
	return digits(&f.impressions) + " " + digits(&f.clicks) + " " + digits(&f.cost) + " " + digits(&f.conversions)
}
