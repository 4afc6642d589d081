package sim_test

import (
	"testing"
	"time"

	"github.com/admux/admux/providers/linkedin/sim"
)

func TestTrap01_VersionGate(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	path := accounts + "?q=search"
	a := w.get(path, "LinkedIn-Version:")
	w.refused(a, 400, "VERSION_MISSING")
	for v, message := range map[string]string{
		"202511":    "Requested version 20251101 is not active", // dead for a week
		"202512":    "Requested version 20251201 is not active", // never existed
		"202610":    "Requested version 20261001 is not active", // not there yet
		"202504":    "Requested version 20250401 is not active",
		"202609.xx": "Requested version 20260901 is not active",
		"latest":    "Requested version latest is not active",
	} {
		a := w.get(path, "LinkedIn-Version: "+v)
		w.refused(a, 426, "NONEXISTENT_VERSION")
		if a.message() != message {
			t.Errorf("%s: %q", v, a.message())
		}
	}
	for _, v := range []string{"202601", "202609", "202609.01"} {
		w.ok(path, "LinkedIn-Version: "+v)
	}
}

func TestVersionsDieByTheClock(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Now: func() time.Time { return time.Date(2026, 11, 16, 23, 0, 0, 0, time.UTC) }})
	path := accounts + "?q=search"
	w.ok(path, "LinkedIn-Version: 202511")
	w.control("POST", "/_sim/advance", `{"duration":"2h"}`)
	w.refused(w.get(path, "LinkedIn-Version: 202511"), 426, "NONEXISTENT_VERSION")
}

func TestFeaturesBehindVersions(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	report := func(pivot, fields string) string {
		return "/rest/adAnalytics?q=analytics&pivot=" + pivot + "&timeGranularity=ALL&dateRange=(start:(year:2026,month:11,day:1))&accounts=List(urn%3Ali%3AsponsoredAccount%3A503000001)&fields=" + fields
	}
	for _, c := range []struct{ path, old string }{
		{report("ACCOUNT", "impressions,appointmentsScheduled"), "202604"},
		{report("MEMBER_DESIGNATED_MARKET_AREA", "impressions"), "202608"},
		{"/rest/adTargetingEntities?q=adTargetingFacet&queryVersion=QUERY_USES_URNS&facet=urn%3Ali%3AadTargetingFacet%3AbuyerGroups", "202602"},
	} {
		w.ok(c.path)
		w.refused(w.get(c.path, "LinkedIn-Version: "+c.old), 400, "PARAM_INVALID")
	}
}
