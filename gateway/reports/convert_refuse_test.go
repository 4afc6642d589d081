package reports_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func TestConversionIsRefused(t *testing.T) {
	t.Parallel()
	orgs := []normalize.Organization{org("1", "USD", "UTC"), org("2", "ARS", "UTC"), org("3", "XTS", "UTC")}
	f := market("alphaads", orgs, fact{"1", "1", "2026-11-20", numbers("COST", "1", "CLICKS", "1")}, fact{"2", "2", "2026-11-20", numbers("COST", "2")})
	base := serveRates(t, steady(), f) + "/ads/c1/report"
	for _, c := range []struct {
		query  string
		status int
		field  string
		says   []string
	}{
		{"type=COST&currency=EUR", 422, "currency", []string{"ARS, XTS", "EUR, AUD", "USD"}},
		{"type=COST&currency=ARS&org_id=1", 422, "currency", []string{"ARS"}},
		{"type=CLICKS&currency=ZZZ", 422, "currency", []string{"ZZZ"}},
		{"type=COST_USD&org_id=2", 422, "type", []string{"ARS"}},
		{"type=COST&currency=EUR&org_id=1&start_gte=2024-10-01&end_lt=2024-11-05", 422, "start_gte", []string{"2024-11-01", "USD"}},
	} {
		a := get(t, base, c.query)
		p := refused(t, a, c.status)
		if !slices.Equal(p.fields(), []string{c.field}) {
			t.Errorf("%s: fields %v", c.query, p.fields())
		}
		for _, want := range c.says {
			if !strings.Contains(p.Detail, want) {
				t.Errorf("%s: %q does not name %s", c.query, p.Detail, want)
			}
		}
	}
	// What needs no rate is not refused: an account's own currency, and numbers that are no amounts.
	if got := must[table](t, get(t, base, "format=table&type=COST,ROAS&currency=ARS&org_id=2")); fmt.Sprint(got.Rows[0]["cost"], " ", got.Totals["cost"]) != "2 2" {
		t.Errorf("%+v", got)
	}
	must[table](t, get(t, base, "format=table&type=CLICKS&currency=EUR"))
	if len(f.queries) == 0 || slices.Contains(f.queries[len(f.queries)-1].Dimensions, normalize.DimensionDate) {
		t.Errorf("asked by day without need: %+v", f.queries)
	}
	// Partial: the connection that cannot be converted is left out and named.
	g := market("betaads", []normalize.Organization{org("9", "GBP", "UTC")}, fact{"9", "1", "2026-11-20", numbers("COST", "1")})
	both := must[table](t, get(t, serveRates(t, steady(), f, g)+"/ads/all/report", "format=table&type=COST&currency=EUR&partial=allow"))
	if len(both.Rows) != 1 || len(both.Meta.Errors) != 1 || both.Meta.Errors[0].ConnectionID != "c1" || fmt.Sprint(both.Totals["cost"]) != "0.5" {
		t.Errorf("%+v", both)
	}
}

// Rates that are too old are no rates: better no answer than a wrong one.
func TestStaleRatesAreRefused(t *testing.T) {
	t.Parallel()
	f := market("alphaads", []normalize.Organization{org("1", "USD", "UTC")}, fact{"1", "1", "2026-12-01", numbers("COST", "1")})
	f.now = time.Date(2026, 12, 6, 12, 0, 0, 0, time.UTC)
	base := serveRates(t, steady(), f) + "/ads/c1/report"
	p := refused(t, get(t, base, "type=COST&currency=EUR"), http.StatusServiceUnavailable)
	if !strings.Contains(p.Detail, "2026-11-23") {
		t.Errorf("%+v", p)
	}
	must[table](t, get(t, base, "format=table&type=COST&currency=EUR&start_gte=2026-12-01&end_lt=2026-12-04"))
}

// A platform without days cannot be converted but for accounts in the very currency.
func TestConversionNeedsDays(t *testing.T) {
	t.Parallel()
	f := market("alphaads", []normalize.Organization{org("1", "USD", "UTC")}, fact{"1", "1", "2026-11-20", numbers("COST", "1")})
	f.reports.Dimensions = []normalize.Dimension{normalize.DimensionDevice}
	base := serveRates(t, steady(), f) + "/ads/c1/report"
	if p := refused(t, get(t, base, "type=COST&currency=EUR"), http.StatusUnprocessableEntity); !slices.Equal(p.fields(), []string{"currency"}) {
		t.Errorf("%+v", p)
	}
	must[table](t, get(t, base, "format=table&type=COST&currency=USD"))
	f = market("alphaads", []normalize.Organization{org("1", "USD", "UTC")}, fact{"1", "1", "2026-11-20", numbers("COST", "1")})
	f.reports.Plan = func(providers.ReportQuery) ([]providers.Part, error) {
		return nil, &providers.Error{Kind: providers.Rejected, Platform: "alphaads", Message: "DATE does not go with that"}
	}
	if p := refused(t, get(t, serveRates(t, steady(), f)+"/ads/c1/report", "type=COST&currency=EUR"), http.StatusUnprocessableEntity); !strings.Contains(p.Detail, "DATE does not go with that") {
		t.Errorf("%+v", p)
	}
	// A row twice for one day would be counted twice.
	f = market("alphaads", []normalize.Organization{org("1", "USD", "UTC")})
	f.rows = these(campaign("1", []string{"2026-11-20"}, num("1")), campaign("1", []string{"2026-11-20"}, num("1")))
	refused(t, get(t, serveRates(t, steady(), f)+"/ads/c1/report", "type=COST&currency=EUR"), http.StatusBadGateway)
}
