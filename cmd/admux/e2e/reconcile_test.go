package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// compared is a table that was compared with the level above.
type compared struct {
	Rows []map[string]any `json:"rows"`
	Meta struct {
		Quality struct {
			Complete   bool     `json:"complete"`
			LeftOut    []string `json:"left_out"`
			Reconciled struct {
				Level                 string
				Type                  []string
				Entities, Differences int
			}
			Differences []struct {
				Organization string `json:"organization_id"`
				Level, ID    string
				Type         string
				Here         json.Number `json:"this_level"`
				There        json.Number `json:"level_above"`
				Difference   json.Number
				Reason       string
			}
		}
	}
}

var counted = []string{"IMPRESSIONS", "CLICKS", "COST", "CONVERSIONS"}

// books are the simulated platform's own numbers of the level above, by account and object.
func books(t *testing.T, a *api, demo announced, c connectionLine, level, from, to string) map[string]*facts {
	t.Helper()
	out := map[string]*facts{}
	for _, org := range a.list(ads(c.ID, "organization"), nil) {
		if closed(c, org) {
			continue
		}
		id := fmt.Sprint(org["id"])
		maps.Copy(out, ledger(t, demo.Simulators[c.IntegrationType], id, from, to, func(f fact) string {
			return id + " " + map[string]string{"organization": id, "campaign": f.Campaign, "group": f.Group}[level]
		}))
	}
	return out
}

func (f *facts) of(kpi string) *big.Rat {
	return map[string]*big.Rat{"IMPRESSIONS": &f.impressions, "CLICKS": &f.clicks, "COST": &f.cost, "CONVERSIONS": &f.conversions}[kpi]
}

// The sums of reports at each level and by each dimension against the level above, on every platform: each gap between the
// rows and the platform's own books is named with its size, and no other is.
func TestReconcileNamesEveryGapAndNoOther(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	from, to := today.AddDate(0, 0, -24).Format(time.DateOnly), today.AddDate(0, 0, -2).Format(time.DateOnly)
	above := map[string]string{"organization": "organization", "campaign": "organization", "group": "campaign", "ad": "campaign", "creative": "group", "keyword": "group"}
	for _, c := range demo.Connections {
		t.Run(c.IntegrationType, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, demo)
			truth := map[string]map[string]*facts{}
			for _, level := range []string{"organization", "campaign", "group"} {
				truth[level] = books(t, a, demo, c, level, from, to)
			}
			gaps := 0
			for _, level := range slices.Sorted(maps.Keys(above)) {
				for _, dimension := range []string{"", "DATE", "MONTH", "PLATFORM_POSITION", "COUNTRY", "AGE", "GENDER"} {
					if level == "organization" && dimension == "" || level != "group" && dimension != "" && dimension != "AGE" {
						continue // what matters of the others, one level shows
					}
					query := url.Values{"reconcile": {"true"}, "format": {"table"}, "level": {level}, "type": {strings.Join(counted, ",")}, "start_gte": {from}, "end_lt": {to}}
					if dimension != "" {
						query.Set("dimension", dimension)
					}
					got := a.do(http.MethodGet, ads(c.ID, "report"), query, nil)
					if got.status == http.StatusUnprocessableEntity {
						continue // no such report there
					}
					if got.status != http.StatusOK {
						t.Fatalf("%s by %s: %d %s", level, dimension, got.status, got.body)
					}
					var tab compared
					got.decode(t, &tab)
					gaps += tab.against(t, level+" by "+dimension, above[level], truth)
				}
			}
			if c.IntegrationType != "metaads" && gaps == 0 { // Meta's rows are all of its campaigns'
				t.Error("no gap at all: nothing is proved")
			}
			t.Logf("%d gaps", gaps)
		})
	}
}

// against holds what was named against the difference of rows and books; it counts them.
func (tab *compared) against(t *testing.T, what, level string, truth map[string]map[string]*facts) int {
	t.Helper()
	q := tab.Meta.Quality
	if q.Reconciled.Level != level || !slices.Equal(q.Reconciled.Type, counted) {
		t.Errorf("%s: compared with %+v", what, q.Reconciled)
	}
	if len(q.Differences) > 0 && q.Differences[0].Level == "organization" && level == "group" { // creatives that ads of several groups show
		level = "organization"
	}
	want := map[string]*big.Rat{}
	change := func(key string, by *big.Rat) {
		if want[key] == nil {
			want[key] = new(big.Rat)
		}
		want[key].Add(want[key], by)
	}
	for _, r := range tab.Rows {
		id := fmt.Sprint(r["organization_id"], " ", strings.TrimPrefix(fmt.Sprint(r[level+"_id"]), "assetgroup:"))
		for _, kpi := range counted {
			if v, has := r[strings.ToLower(kpi)]; has {
				change(id+" "+kpi, number(t, fmt.Sprint(v)))
			}
		}
	}
	for id, f := range truth[level] {
		for _, kpi := range counted {
			change(id+" "+kpi, new(big.Rat).Neg(f.of(kpi)))
		}
	}
	maps.DeleteFunc(want, func(_ string, d *big.Rat) bool { return d.Sign() == 0 })
	if len(want) != q.Reconciled.Differences {
		t.Errorf("%s: %d differences, there are %d", what, q.Reconciled.Differences, len(want))
	}
	if q.Reconciled.Differences > 0 && (q.Complete || len(q.LeftOut) == 0) {
		t.Errorf("%s: complete", what)
	}
	for _, d := range q.Differences {
		key := fmt.Sprint(d.Organization, " ", strings.TrimPrefix(d.ID, "assetgroup:"), " ", d.Type)
		if want[key] == nil || digits(want[key]) != d.Difference.String() || d.Reason == "" {
			t.Errorf("%s: %+v, want %v", what, d, want[key])
		}
	}
	return len(want)
}
