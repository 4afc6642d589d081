package e2e

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// TestWrites_officialClientsRead: what admux made at the three simulators is what the platforms' own clients see there.
func TestWrites_officialClientsRead(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs the platforms' own clients: run `make deps`, then without -short")
	}
	c := newTrio(t)
	g := c.start()
	c.connect(g)
	for id, w := range c.writers(g) {
		made := w.all("Seen by " + id)
		folder := map[string]string{"linkedinads": "linkedin", "googleads": "google", "metaads": "meta"}[id]
		official, err := filepath.Abs(filepath.Join("../../../providers", folder, "sim/official"))
		if err != nil {
			t.Fatal(err)
		}
		python := filepath.Join(official, ".venv/bin/python")
		if _, err := os.Stat(python); err != nil {
			t.Fatalf("the official client is not installed (%v): run `make deps`", err)
		}
		p := c.platforms[id]
		cmd := exec.CommandContext(t.Context(), python, filepath.Join("official", folder+"_read.py"))
		cmd.Env = append(cleanEnv(), "SIM_URL="+p.url, "SIM_TOKEN="+p.tokens[0], "SIM_CLIENT_ID="+p.app[0], "SIM_CLIENT_SECRET="+p.app[1], "SIM_ACCOUNT="+w.org,
			"SIM_LOGIN="+c.login, "BRIDGE="+official, "CAMPAIGN="+made.campaign, "GROUP="+made.group, "AD="+made.ad, "CREATIVE="+made.creative, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
		said, err := cmd.Output()
		if err != nil {
			exit, _ := errors.AsType[*exec.ExitError](err)
			t.Errorf("%s: %v\n%s", id, err, exit.Stderr)
			continue
		}
		var seen struct {
			Campaign, Status, Budget, Group string
			Belongs, Ad                     bool
		}
		if err := json.Unmarshal(said, &seen); err != nil {
			t.Fatalf("%s: %v %s", id, err, said)
		}
		budget, err := strconv.ParseFloat(seen.Budget, 64)
		if err != nil || budget != 50 || seen.Campaign != "Seen by "+id || seen.Status != "PAUSED" || seen.Group != "Women" || !seen.Belongs || !seen.Ad {
			t.Errorf("%s: its own client sees %s", id, said)
		}
	}
}
