package sim_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/google/sim"
)

// TestOfficialClients runs Google's own Python client (through a bridge: it
// speaks gRPC only) and the widespread JavaScript client, unchanged but for the
// host, against the simulator: what they send must be understood, and what they
// are answered must be what their own messages hold.
func TestOfficialClients(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		program, installed string
		args               []string
		steps              int
	}{
		"python":     {".venv/bin/python", "official/.venv/.admux-stamp", []string{"client.py"}, 18},
		"javascript": {"node", "official/node_modules/.admux-stamp", []string{"client.js"}, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(c.installed); err != nil {
				const missing = "the client is not installed (%v): run `make deps`, or providers/google/sim/official/install.sh"
				if testing.Short() {
					t.Skipf(missing+"; skipped with -short", err)
				}
				t.Fatalf(missing, err)
			}
			s := sim.New(sim.Options{Seed: 3, Now: fixedNow})
			srv := httptest.NewServer(s)
			defer srv.Close()
			cmd := exec.CommandContext(t.Context(), c.program, c.args...)
			cmd.Dir = "official"
			cmd.Env = append(os.Environ(), "SIM_URL="+srv.URL, "SIM_TOKEN="+s.Grant().Access, "SIM_ACCOUNT="+first, "SIM_LOGIN="+top,
				"SIM_REFRESH="+s.Grant().Refresh, "SIM_CLIENT_ID="+s.App().ClientID, "SIM_CLIENT_SECRET="+s.App().ClientSecret,
				"SIM_DAY="+s.Now().Format(time.DateOnly), "NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost")
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
