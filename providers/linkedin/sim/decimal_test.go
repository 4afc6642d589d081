package sim_test

import (
	"strings"
	"testing"

	"github.com/admux/admux/providers/linkedin/sim"
)

func TestTrap21_DecimalsAreTexts(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	forms := map[string]bool{}
	a := w.ok(analytics("fields=pivotValues,impressions,costInLocalCurrency,conversionValueInLocalCurrency,jobApplications,registrations", "dateRange="+days("2026-08-01", "2026-11-07")))
	for _, e := range a.elements() {
		for _, m := range []string{"costInLocalCurrency", "conversionValueInLocalCurrency", "jobApplications", "registrations"} {
			s, ok := e[m].(string)
			if !ok {
				t.Fatalf("%s is %T", m, e[m])
			}
			if count := m == "jobApplications" || m == "registrations"; count && strings.Trim(s, "0123456789") != "" {
				t.Errorf("%s is %q: connectors read the counts as whole numbers", m, s)
			}
			if strings.Trim(s, "0.-E128+") == "" {
				forms[s] = true
			}
		}
	}
	for _, f := range []string{"0.0", "0", "-2E-18"} {
		if !forms[f] {
			t.Errorf("no zero written %s", f)
		}
	}
}
