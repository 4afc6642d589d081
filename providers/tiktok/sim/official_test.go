package sim_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/admux/admux/providers/tiktok/sim"
)

// TestOfficialClients runs TikTok's own clients, unchanged but for the host,
// against the simulator: what they send must be understood, and what they are
// answered must satisfy them.
func TestOfficialClients(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		program, installed string
		args               []string
		steps              int
	}{
		"javascript": {"node", "official/node_modules/tiktok-business-api-sdk-official/package.json", []string{"client.js"}, 8},
		"python":     {".venv/bin/python", "official/.venv/.admux-stamp", []string{"client.py"}, 17},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(c.installed); err != nil {
				if testing.Short() {
					t.Skipf("the official client is not installed (%v): run `make deps`, then without -short", err)
				}
				t.Fatalf("the official client is not installed (%v): run `make deps`, or providers/tiktok/sim/official/install.sh", err)
			}
			s := sim.New(sim.Options{Seed: 3, Now: tuesday})
			srv := httptest.NewServer(s)
			defer srv.Close()
			w := &world{t, s, srv.URL, s.Grant().Access}
			want := w.ledger(w.account(0), "2026-10-20", "2026-11-18", func(obj) string { return "all" })["all"]
			ledger, err := json.Marshal(obj{"impressions": want.impressions.FloatString(0), "clicks": want.clicks.FloatString(0),
				"spend": want.cost.FloatString(2), "conversions": want.conversions.FloatString(0), "value": want.value.FloatString(2)})
			if err != nil {
				t.Fatal(err)
			}
			app, acc := s.App(), s.Accounts()[0]
			cmd := exec.CommandContext(t.Context(), c.program, c.args...)
			cmd.Dir = "official"
			cmd.Env = append(os.Environ(), "SIM_URL="+srv.URL, "SIM_CLIENT_ID="+app.ClientID, "SIM_CLIENT_SECRET="+app.ClientSecret,
				"SIM_TOKEN="+w.token, "SIM_CODE="+w.consent("allow").Get("auth_code"), "SIM_ACCOUNT="+acc.ID, "SIM_CURRENCY="+acc.Currency,
				"SIM_SINCE=2026-10-20", "SIM_UNTIL=2026-11-17", "SIM_LEDGER="+string(ledger), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if n := strings.Count("\n"+string(out), "\nOK "); n != c.steps {
				t.Errorf("%d steps passed, want %d:\n%s", n, c.steps, out)
			}
			for _, call := range s.Calls() {
				if call.Status >= 400 || call.Status == 0 {
					t.Errorf("%s %s answered %d", call.Method, call.Path, call.Status)
				}
			}
		})
	}
}
