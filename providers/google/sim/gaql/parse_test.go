package gaql

import (
	"reflect"
	"testing"
)

func TestParsePrints(t *testing.T) {
	t.Parallel()
	tests := []struct{ query, printed string }{
		{"select campaign.id from campaign", "SELECT campaign.id FROM campaign"},
		{"SELECT campaign.id,\n\tmetrics.clicks From campaign wHere campaign.id=5 and campaign.name != \"It's\" order by campaign.id asc, campaign.name desc limit 7 parameters include_drafts = TRUE",
			`SELECT campaign.id, metrics.clicks FROM campaign WHERE campaign.id = 5 AND campaign.name != 'It\'s' ORDER BY campaign.id, campaign.name DESC LIMIT 7 PARAMETERS include_drafts = true`},
		{`SELECT campaign.id FROM campaign WHERE campaign.name = 'a\\b\"c' AND campaign.name not like '%x' AND campaign.name not regexp_match "y"`,
			`SELECT campaign.id FROM campaign WHERE campaign.name = 'a\\b"c' AND campaign.name NOT LIKE '%x' AND campaign.name NOT REGEXP_MATCH 'y'`},
		{"SELECT campaign.id FROM campaign WHERE campaign.labels contains any ('a','b') AND campaign.status not in (ENABLED, PAUSED) AND campaign.end_date_time is not null AND campaign.id between 1 and 2 AND segments.date during LAST_7_DAYS",
			"SELECT campaign.id FROM campaign WHERE campaign.labels CONTAINS ANY ('a', 'b') AND campaign.status NOT IN (ENABLED, PAUSED) AND campaign.end_date_time IS NOT NULL AND campaign.id BETWEEN 1 AND 2 AND segments.date DURING LAST_7_DAYS"},
		{"SELECT campaign.id FROM campaign PARAMETERS omit_unselected_resource_names=true,include_drafts=false",
			"SELECT campaign.id FROM campaign PARAMETERS omit_unselected_resource_names = true, include_drafts = false"},
	}
	for _, tt := range tests {
		q, err := Parse(tt.query)
		if err != nil {
			t.Errorf("%s: %v", tt.query, err)
			continue
		}
		if got := q.String(); got != tt.printed {
			t.Errorf("\n got %s\nwant %s", got, tt.printed)
		}
	}
}

// FuzzParse: nothing panics, what parses prints to the same query again, and
// what compiles does so every time.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"SELECT campaign.id, campaign.name FROM campaign WHERE campaign.status != 'REMOVED' ORDER BY campaign.id DESC LIMIT 100",
		"SELECT campaign.id, segments.date, metrics.ctr FROM campaign WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-02' AND metrics.impressions > 0",
		`SELECT campaign.id FROM campaign WHERE campaign.name LIKE '[[]Sale[]]%' AND campaign.name REGEXP_MATCH "(?i)a\\b"`,
		"SELECT campaign.id FROM campaign WHERE campaign.id IN (1, -2, 3.5) AND campaign.labels CONTAINS NONE ('x') PARAMETERS include_drafts = true",
		"SELECT change_event.campaign FROM change_event WHERE change_event.change_date_time DURING LAST_14_DAYS LIMIT 5",
		"SELECT campaign.id FROM campaign WHERE segments.week IN ('2026-11-02', '20261109') AND segments.year = 2026 AND campaign.end_date_time IS NULL",
		"SELECT * FROM campaign", "'", "SELECT ä FROM b", "select a from b where c = -", "SELECT name WHERE name = 'x'",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			if code(err) == err.Error() {
				t.Fatalf("refused without a code: %v", err)
			}
			return
		}
		again, err := Parse(q.String())
		if err != nil || !reflect.DeepEqual(q, again) {
			t.Fatalf("%q prints as %q: %v", text, q, err)
		}
		p, err := Compile(text, testEnv)
		if err != nil {
			return
		}
		for range p.Rows(&testSource{objects: []Object{&testObject{}}}) {
			break
		}
	})
}
