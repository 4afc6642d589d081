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

// TestOfficialClients runs two public Python clients, unchanged but for the
// hosts, against the simulator: what they send must be understood, and what they
// are answered must satisfy them. Amazon itself publishes no client for this API.
func TestOfficialClients(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("official/.venv/.admux-stamp"); err != nil {
		if testing.Short() {
			t.Skipf("the clients are not installed (%v): run `make deps`, then without -short", err)
		}
		t.Fatalf("the clients are not installed (%v): run `make deps`, or providers/amazon/sim/official/install.sh", err)
	}
	for name, c := range map[string]struct {
		program string
		steps   int
		options sim.Options
		mine    string // the product whose ledger the client adds up; empty is all
	}{
		"python-amazon-ad-api":     {"client.py", 12, sim.Options{Seed: 3, Now: tuesday}, ""},
		"amazon-ads-api-connector": {"connector.py", 13, sim.Options{Seed: 3, Now: tuesday, Reports: sim.ReportOptions{Polls: -1, Plain: true}}, "sp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.options.PrefixedIDs = true
			s := sim.New(c.options)
			srv := httptest.NewServer(s)
			defer srv.Close()
			w := &world{t, s, srv.URL, s.Grant().Access, s.Accounts()[0]}
			want := w.ledger("2026-10-25", "2026-11-24", func(m map[string]any) string {
				if c.mine == "" || strings.HasPrefix(text(m, "campaign"), c.mine+":") {
					return ""
				}
				return "others"
			})[""]
			ledger, err := json.Marshal(map[string]string{"impressions": want.impressions.FloatString(0), "clicks": want.clicks.FloatString(0),
				"cost": want.cost.FloatString(2), "conversions": want.conversions.FloatString(0), "conversion_value": want.value.FloatString(2)})
			if err != nil {
				t.Fatal(err)
			}
			app := s.App()
			cmd := exec.CommandContext(t.Context(), ".venv/bin/python", c.program)
			cmd.Dir = "official"
			cmd.Env = append(os.Environ(), "SIM_URL="+srv.URL, "SIM_REGION="+w.org.Region, "SIM_CLIENT_ID="+app.ClientID, "SIM_CLIENT_SECRET="+app.ClientSecret,
				"SIM_REFRESH="+s.Grant().Refresh, "SIM_ACCOUNT="+w.org.ID, "SIM_SINCE=2026-10-25", "SIM_UNTIL=2026-11-24", "SIM_LEDGER="+string(ledger),
				"NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if n := strings.Count("\n"+string(out), "\nOK "); n != c.steps {
				t.Errorf("%d steps passed, want %d:\n%s", n, c.steps, out)
			}
			for _, call := range s.Calls() {
				if call.Status >= 500 || call.Status == 0 || call.Status == 404 {
					t.Errorf("%s %s answered %d", call.Method, call.Path, call.Status)
				}
			}
		})
	}
}
