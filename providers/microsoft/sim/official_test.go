package sim_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/admux/admux/providers/microsoft/sim"
)

// TestOfficialClients runs Microsoft's own client, unchanged but for the hosts,
// against the simulator: what it sends must be understood, and what it is
// answered must satisfy it.
func TestOfficialClients(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		program, installed, script string
		steps                      int
	}{
		"python rest": {".venv/bin/python", "official/.venv/.admux-stamp", "client.py", 11},
		"python soap": {".venv-soap/bin/python", "official/.venv-soap/.admux-stamp", "client_soap.py", 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(c.installed); err != nil {
				if testing.Short() {
					t.Skipf("the official client is not installed (%v): run `make deps`, then without -short", err)
				}
				t.Fatalf("the official client is not installed (%v): run `make deps`, or providers/microsoft/sim/official/install.sh", err)
			}
			w := newWorld(t, sim.Options{Seed: 3})
			want := w.ledger("2026-10-01", "2026-11-01", func(map[string]any) string { return "" })[""]
			truth := map[string]string{}
			for i, k := range kpis {
				truth[k] = want[i].FloatString(2)
			}
			ledger, err := json.Marshal(truth)
			if err != nil {
				t.Fatal(err)
			}
			app := w.sim.App()
			back := app.RedirectURI + "?" + consent(w, scopes, "allow", "").Encode()
			cmd := exec.CommandContext(t.Context(), c.program, c.script)
			cmd.Dir = "official"
			cmd.Env = append(os.Environ(), "SIM_URL="+w.url, "SIM_CLIENT_ID="+app.ClientID, "SIM_CLIENT_SECRET="+app.ClientSecret,
				"SIM_REDIRECT="+app.RedirectURI, "SIM_BACK="+back, "SIM_DEVELOPER="+app.DeveloperToken, "SIM_ACCOUNT="+w.acc.ID,
				"SIM_CUSTOMER="+w.acc.CustomerID, "SIM_TOKEN="+w.token, "SIM_SINCE=2026-10-01", "SIM_UNTIL=2026-10-31", "SIM_LEDGER="+string(ledger),
				"NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if n := strings.Count("\n"+string(out), "\nOK "); n != c.steps {
				t.Errorf("%d steps passed, want %d:\n%s", n, c.steps, out)
			}
			for _, call := range w.sim.Calls() {
				// A SOAP fault comes with 500.
				if call.Status >= 500 && call.Version != "v13 soap" || call.Status == 0 {
					t.Errorf("%s %s answered %d", call.Method, call.Path, call.Status)
				}
			}
		})
	}
}
