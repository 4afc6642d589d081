package sim_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/linkedin/sim"
)

// TestOfficialClients runs LinkedIn's own clients, unchanged but for the host,
// against the simulator: what they send must be understood, and what they are
// answered must satisfy them.
func TestOfficialClients(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		program, installed string
		args               []string
		steps              int
	}{
		"javascript": {"node", "official/node_modules/linkedin-api-client/package.json", []string{"client.js"}, 16},
		"python":     {".venv/bin/python", "official/.venv/.admux-stamp", []string{"client.py"}, 12},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(c.installed); err != nil {
				t.Fatalf("the official client is not installed (%v): run `make deps`, or providers/linkedin/sim/official/install.sh", err)
			}
			s := sim.New(sim.Options{Seed: 3, Now: fixedNow})
			srv := httptest.NewServer(s)
			defer srv.Close()
			app, acc := s.App(), s.Accounts()[0]
			cmd := exec.CommandContext(t.Context(), c.program, c.args...)
			cmd.Dir = "official"
			cmd.Env = append(os.Environ(), "SIM_URL="+srv.URL, "SIM_CLIENT_ID="+app.ClientID, "SIM_CLIENT_SECRET="+app.ClientSecret,
				"SIM_REDIRECT="+app.RedirectURI, "SIM_VERSION=202609", "SIM_ACCOUNT="+acc.ID, "SIM_CURRENCY="+acc.Currency,
				"SIM_NOW="+s.Now().Format(time.RFC3339), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if n := strings.Count("\n"+string(out), "\nOK "); n != c.steps {
				t.Errorf("%d steps passed, want %d:\n%s", n, c.steps, out)
			}
			for _, call := range s.Calls() {
				if call.Status >= 500 || call.Status == 0 {
					t.Errorf("%s %s answered %d", call.Method, call.Path, call.Status)
				}
			}
		})
	}
}

func fixedNow() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC) }
