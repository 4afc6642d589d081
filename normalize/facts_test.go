package normalize

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(s string) *time.Time {
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return &v
}

func TestFilter(t *testing.T) {
	t.Parallel()
	x := Campaign{ID: "7", Name: "Straße Über ALLES", OrganizationID: "1", Status: StatusPaused, EffectiveStatus: EffectiveStatusPaused, Goal: GoalLeads,
		UpdatedAt: at("2026-01-02T00:00:00Z"), StartAt: at("2026-01-01T00:00:00Z"), EndAt: at("2026-02-01T00:00:00Z")}.Facts()
	day := func(s string) time.Time { return *at(s + "T00:00:00Z") }
	for name, c := range map[string]struct {
		f    Filter
		want bool
	}{
		"nothing asked":        {Filter{}, true},
		"account":              {Filter{Organization: "1"}, true},
		"other account":        {Filter{Organization: "2"}, false},
		"campaign is itself":   {Filter{Campaign: "7"}, true},
		"no group":             {Filter{Group: "3"}, false},
		"no parent":            {Filter{Parent: "3"}, false},
		"no order":             {Filter{Order: "3"}, false},
		"name in any case":     {Filter{Query: "über all"}, true},
		"other name":           {Filter{Query: "nothing"}, false},
		"one of statuses":      {Filter{Status: []string{"ACTIVE", "PAUSED"}}, true},
		"none of statuses":     {Filter{Status: []string{"ACTIVE"}}, false},
		"effective":            {Filter{EffectiveStatus: []string{"SERVING"}}, false},
		"goal":                 {Filter{Goal: []string{"LEADS"}}, true},
		"type it has not":      {Filter{Type: []string{"VIDEO"}}, false},
		"updated then":         {Filter{UpdatedSince: day("2026-01-02")}, true},
		"updated later":        {Filter{UpdatedSince: day("2026-01-03")}, false},
		"starts then":          {Filter{StartGTE: day("2026-01-01")}, true},
		"starts later":         {Filter{StartGTE: day("2026-01-02")}, false},
		"ends before":          {Filter{EndLT: day("2026-02-02")}, true},
		"ends then, exclusive": {Filter{EndLT: day("2026-02-01")}, false},
		"all of it":            {Filter{Organization: "1", Status: []string{"PAUSED"}, Query: "alles"}, true},
		"all but one":          {Filter{Organization: "1", Status: []string{"PAUSED"}, Query: "x"}, false},
	} {
		if got := c.f.Match(x); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (Filter{UpdatedSince: day("2020-01-01")}).Match(Facts{}) || (Filter{StartGTE: day("2020-01-01")}).Match(Facts{}) || (Filter{EndLT: day("2030-01-01")}).Match(Facts{}) {
		t.Error("an object without the fact passes")
	}
}

func TestFactsOfObjects(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]Object{
		"organization": Organization{ID: "organization", Name: "n"}, "campaign": Campaign{ID: "campaign", Name: "n"}, "group": Group{ID: "group", Name: "n", ParentID: "p", InsertionorderID: "i"},
		"ad": Ad{ID: "ad", Name: "n"}, "creative": Creative{ID: "creative", Name: "n"}, "asset": Asset{ID: "asset", Name: "n"}, "target": Target{ID: "target", Name: "n"},
		"promoted": Promoted{ID: "promoted", Name: "n"}, "order": InsertionOrder{ID: "order", Name: "n"},
	} {
		if f := o.Facts(); f.ID != want || f.Name != "n" {
			t.Errorf("%s: %+v", want, f)
		}
	}
	if f := (Organization{ID: "1"}).Facts(); f.Organization != "1" {
		t.Error("an account is in itself")
	}
	if f := (Group{ID: "g", CampaignID: "c", ParentID: "p", InsertionorderID: "i"}).Facts(); f.Group != "g" || f.Campaign != "c" || f.Parent != "p" || f.Order != "i" {
		t.Errorf("%+v", f)
	}
}

// An order is total: whatever way a list comes, it is sorted in one way.
func TestSortIsTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []Facts
		ids := rapid.SliceOfDistinct(rapid.StringMatching(`[0-9]{1,3}`), func(s string) string { return s }).Draw(t, "ids")
		for _, id := range ids {
			f := Facts{ID: id, Name: rapid.SampledFrom([]string{"", "a", "A", "b"}).Draw(t, "name")}
			if n := rapid.IntRange(0, 3).Draw(t, "day"); n > 0 {
				when := time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC)
				f.CreatedAt, f.UpdatedAt = &when, &when
			}
			list = append(list, f)
		}
		for _, k := range []SortKey{SortName, SortCreatedAt, SortUpdatedAt} {
			a := slices.SortedFunc(slices.Values(list), k.Compare)
			b := slices.SortedFunc(slices.Values(rapid.Permutation(list).Draw(t, "order")), k.Compare)
			if !slices.EqualFunc(a, b, func(x, y Facts) bool { return x.ID == y.ID }) {
				t.Fatalf("%s gives two orders", k)
			}
		}
	})
	if SortCreatedAt.Compare(Facts{ID: "9"}, Facts{ID: "1", CreatedAt: at("2026-01-01T00:00:00Z")}) >= 0 {
		t.Error("an object without the fact does not come first")
	}
	if SortName.Compare(Facts{ID: "9", Name: "x"}, Facts{ID: "10", Name: "X"}) >= 0 {
		t.Error("9 does not come before 10")
	}
}
