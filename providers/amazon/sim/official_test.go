package sim_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/admux/admux/providers/amazon/sim"
)

// TestOfficialClients runs the public Python client, unchanged but for the hosts,
// against the simulator: what it sends must be understood, and what it is
// answered must satisfy it. Amazon itself publishes no client for this API.
func TestOfficialClients(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("official/.venv/.admux-stamp"); err != nil {
		if testing.Short() {
			t.Skipf("the client is not installed (%v): run `make deps`, then without -short", err)
		}
		t.Fatalf("the client is not installed (%v): run `make deps`, or providers/amazon/sim/official/install.sh", err)
	}
	s := sim.New(sim.Options{Seed: 3, Now: tuesday})
	srv := httptest.NewServer(s)
	defer srv.Close()
	w := &world{t, s, srv.URL, s.Grant().Access, s.Accounts()[0]}
	want := w.ledger("2026-10-25", "2026-11-24", func(map[string]any) string { return "" })[""]
	ledger, err := json.Marshal(map[string]string{"impressions": want.impressions.FloatString(0), "clicks": want.clicks.FloatString(0),
		"cost": want.cost.FloatString(2), "conversions": want.conversions.FloatString(0), "conversion_value": want.value.FloatString(2)})
	if err != nil {
		t.Fatal(err)
	}
	app := s.App()
	cmd := exec.CommandContext(t.Context(), ".venv/bin/python", "client.py")
	cmd.Dir = "official"
	cmd.Env = append(os.Environ(), "SIM_URL="+srv.URL, "SIM_REGION="+w.org.Region, "SIM_CLIENT_ID="+app.ClientID, "SIM_CLIENT_SECRET="+app.ClientSecret,
		"SIM_REFRESH="+s.Grant().Refresh, "SIM_ACCOUNT="+w.org.ID, "SIM_SINCE=2026-10-25", "SIM_UNTIL=2026-11-24", "SIM_LEDGER="+string(ledger),
		"NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := strings.Count("\n"+string(out), "\nOK "); n != 12 {
		t.Errorf("%d steps passed, want 12:\n%s", n, out)
	}
	for _, call := range s.Calls() {
		if call.Status >= 500 || call.Status == 0 || call.Status == 404 {
			t.Errorf("%s %s answered %d", call.Method, call.Path, call.Status)
		}
	}
}
