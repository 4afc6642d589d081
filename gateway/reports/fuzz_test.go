package reports_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports"
)

// Whatever a caller sends is either a request that holds together or a refusal that says what is wrong.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "type=CLICKS,COST&dimension=DATE&level=ad", "start_gte=2026-11-01T00:00:00+05:30&end_lt=2026-11-02", "format=table&sort=cost&order=desc&limit=5&offset=3",
		"type=%00&level=%ff", "fields=id,metrics&fields=raw", "dimension=DATE,HOUR,WEEK", "campaign_id=1,2&group_id=3&ad_id=4&org_id=5", "currency=EUR&attribution=7d_click&query=%C3%9C", "type=a;b", "wait=1&reconcile=true"} {
		f.Add(s, "application/json")
	}
	f.Add("", "text/csv;q=0.1, */*;q=0")
	zone, err := time.LoadLocation("Australia/Lord_Howe")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, query, accept string) {
		r, err := reports.Parse(query, accept)
		if err != nil {
			p, ok := errors.AsType[*problem.Error](err)
			if !ok || p.Code != problem.CodeInvalid && p.Code != problem.CodeUnsupported || p.Detail == "" || !utf8.ValidString(err.Error()) {
				t.Fatalf("%v", err)
			}
			if p.Code == problem.CodeInvalid && len(p.Fields) == 0 || len(p.Fields) > 20 {
				t.Fatalf("%d fields: %v", len(p.Fields), err)
			}
			return
		}
		if len(r.Metrics) == 0 || r.Level == "" || r.Page.Limit < 0 || r.Page.Offset < 0 || len(r.Schema().Columns()) < len(r.Metrics)+len(r.Dimensions) {
			t.Fatalf("%+v", r)
		}
		days, err := r.Days(zone, "1", time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC))
		if err == nil && (days.Len() < 1 || days.Len() > 5000) {
			t.Fatalf("%v", days)
		}
		if err != nil && !strings.Contains(err.Error(), "start_gte") && !strings.Contains(err.Error(), "end_lt") {
			t.Fatalf("%v", err)
		}
	})
}
