package reports_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
)

func ids(rows []map[string]any, keys ...string) string {
	var out []string
	for _, r := range rows {
		s := ""
		for _, k := range keys {
			s += fmt.Sprint(r[k])
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestSortOfATable(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricCost)
	row := func(id, name, day string, cost normalize.Value) normalize.Row {
		r := campaign(id, []string{day}, cost)
		r.Campaign.Name = name
		return r
	}
	f.rows = these(
		row("10", "beta", "2026-11-20", num("-2")), row("9", "Alpha", "2026-11-20", num("100")), row("100", "gamma", "2026-11-20", absent),
		row("10", "beta", "2026-11-19", num("9.5")), row("9", "Alpha", "2026-11-19", num("-11")), row("100", "gamma", "2026-11-19", num("9.25")),
	)
	base := f.serve(t)
	for query, want := range map[string]string{
		"":                           "1020 920 10020 1019 919 10019", // as they come
		"order=asc":                  "1020 920 10020 1019 919 10019",
		"order=desc":                 "10019 10020 1019 1020 919 920",
		"sort=campaign_id":           "919 920 1019 1020 10019 10020",
		"sort=name":                  "919 920 1019 1020 10019 10020",
		"sort=name&order=desc":       "10019 10020 1019 1020 919 920",
		"sort=date":                  "919 1019 10019 920 1020 10020",
		"sort=date&order=desc":       "920 1020 10020 919 1019 10019",
		"sort=cost":                  "10020 919 1020 10019 1019 920",
		"sort=cost&order=desc":       "920 1019 10019 1020 919 10020",
		"limit=2":                    "919 920",
		"limit=2&offset=2":           "1019 1020",
		"limit=5&offset=5":           "10020",
		"offset=5":                   "10020",
		"limit=1&offset=9":           "",
		"limit=1&sort=cost&offset=1": "919",
		"query=ET":                   "1020 1019",
	} {
		got := must[table](t, get(t, base, "format=table&type=COST&dimension=DATE&fields=campaign_id,date,cost&"+query))
		for _, r := range got.Rows {
			r["date"] = strings.TrimPrefix(fmt.Sprint(r["date"]), "2026-11-")
		}
		if have := ids(got.Rows, "campaign_id", "date"); have != want {
			t.Errorf("%q: %s, want %s", query, have, want)
		}
		// Totals are the whole report's, also of a page.
		if total := fmt.Sprint(got.Totals["cost"]); !strings.HasPrefix(query, "query") && (total != "105.75" || got.Meta.Rows != 6) {
			t.Errorf("%q: total %s of %d rows", query, total, got.Meta.Rows)
		} else if strings.HasPrefix(query, "query") && (total != "7.5" || got.Meta.Rows != 2) {
			t.Errorf("%q: total %s of %d rows", query, total, got.Meta.Rows)
		}
	}
}

func TestSortAndPageOfObjects(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricCost)
	row := func(id, name, day string) normalize.Row {
		r := campaign(id, []string{day}, num("1"))
		r.Campaign.Name = name
		return r
	}
	f.rows = these(row("10", "beta", "2026-11-20"), row("9", "zeta", "2026-11-20"), row("100", "Alpha", "2026-11-20"),
		row("10", "beta", "2026-11-19"), row("9", "zeta", "2026-11-19"), row("100", "Alpha", "2026-11-19"))
	base := f.serve(t)
	for query, want := range map[string]string{
		"": "9 10 100", "order=desc": "100 10 9", "sort=name": "100 10 9", "sort=name&order=desc": "9 10 100",
		"limit=1": "9", "limit=1&offset=1": "10", "offset=2&limit=7": "100", "offset=3": "", "query=eta": "9 10",
	} {
		var have []string
		for _, o := range must[[]adsReport](t, get(t, base, "type=COST&dimension=DATE&"+query)) {
			have = append(have, strings.Split(o.ID, ":")[2])
			if len(o.Metrics) != 2 || o.Metrics[0]["dimension_value"] != "2026-11-19" {
				t.Errorf("%q: %v", query, o.Metrics)
			}
		}
		if s := strings.Join(have, " "); s != want {
			t.Errorf("%q: %s, want %s", query, s, want)
		}
	}
}

// Pages put together are the whole, in whatever pieces they are read.
func TestPagesAreTheWhole(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks, normalize.MetricCost)
	f.rows = many(300)
	base := f.serve(t)
	const query = "format=table&dimension=DATE&start_gte=2026-01-01&end_lt=2026-02-01&type=CLICKS,COST&sort=cost"
	whole := ids(must[table](t, get(t, base, query)).Rows, "campaign_id", "date", "cost")
	for _, n := range []int{41, 100, 299, 300, 1000} {
		var parts []string
		for offset := 0; offset < 300; offset += n {
			parts = append(parts, ids(must[table](t, get(t, base, fmt.Sprintf("%s&limit=%d&offset=%d", query, n, offset))).Rows, "campaign_id", "date", "cost"))
		}
		if strings.Join(parts, " ") != whole {
			t.Errorf("pages of %d are not the whole", n)
		}
	}
}
