package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestReport_keptEqualsRead: over every platform, level and dimension that goes with it, a report that is answered in part
// from what was read before is, byte for byte, the report of a gateway that keeps nothing; but for what it says of its
// reading.
func TestReport_keptEqualsRead(t *testing.T) {
	t.Parallel()
	i := newInside(t, size{})
	with, connection := i.api, map[string]string{}
	for _, p := range i.platforms {
		connection[p.id] = p.connection
	}
	without := i.gateway(t, -1)
	today := i.now().UTC()
	day := func(back int) string { return today.AddDate(0, 0, -back).Format(time.DateOnly) }
	used, compared := 0, 0
	for _, p := range i.platforms {
		org := ""
		for _, o := range with.list(ads(connection[p.id], "organization"), nil) {
			if c := (connectionLine{IntegrationType: p.id}); org == "" && !closed(c, o) {
				org = fmt.Sprint(o["id"])
			}
		}
		for _, level := range []string{"organization", "campaign", "group", "ad", "creative", "keyword"} {
			dimensions := []string{"DATE", "MONTH"}
			if level == "campaign" {
				dimensions = []string{"DATE", "WEEK", "MONTH", "", "HOUR", "DATE,DEVICE", "WEEK,PLATFORM", "DATE,AGE"}
			}
			for _, dimension := range dimensions {
				formats := []string{"table"}
				if dimension == "DATE" {
					formats = []string{"table", "csv", "json"}
				}
				for _, format := range formats {
					query := url.Values{"level": {level}, "dimension": {dimension}, "format": {format}, "sort": {level + "_id"}, "org_id": {org},
						"type": {"IMPRESSIONS,CLICKS,COST,CTR,CPC"}, "start_gte": {day(40)}, "end_lt": {day(30)}}
					if format == "json" {
						query.Set("sort", "name")
					}
					// Some of the days are read, then these and the days around them.
					if with.do("GET", "/ads/"+connection[p.id]+"/report", query, nil).status != 200 {
						continue
					}
					query.Set("start_gte", day(42))
					query.Set("end_lt", day(24))
					got := with.do("GET", "/ads/"+connection[p.id]+"/report", query, nil)
					want := without.do("GET", "/ads/"+p.connection+"/report", query, nil)
					if got.status != want.status || neutral(got.body) != neutral(want.body) {
						t.Errorf("%s %s by %q as %s: %d and %d\nkept %.3000s\nread %.3000s", p.id, level, dimension, format, got.status, want.status, neutral(got.body), neutral(want.body))
						continue
					}
					compared++
					if strings.Contains(string(got.body), `"used_periods":`) && !strings.Contains(string(got.body), `"used_periods":0`) {
						used++
					}
				}
			}
		}
	}
	t.Logf("%d reports compared; %d tables were in part what was kept", compared, used)
	if used < 15 {
		t.Errorf("only %d tables held anything that was kept: the test sees nothing", used)
	}
}

var reading = regexp.MustCompile(`"cache":\{[^}]*\},?|"requests":\d+,?|"request_ids":\[[^\]]*\]|"data_as_of":"[^"]*",?|conn_[0-9a-z]+`)

// neutral takes out what differs between two readings of the same.
func neutral(b []byte) string { return string(reading.ReplaceAll(b, nil)) }
