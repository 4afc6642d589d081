package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// TestSDK: the published TypeScript SDK of the contract, pinned and unchanged but for the server's URL and the key, reads
// everything of each of the demo's connections. It checks every answer against its own schemas and throws where one
// differs.
func TestSDK(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs Node.js and the SDK: run `make deps`, then without -short")
	}
	if _, err := os.Stat("sdk/node_modules"); err != nil {
		t.Fatal("the SDK is not installed: run `make deps`")
	}
	demo := sharedDemo(t)
	for _, c := range demo.Connections {
		t.Run(c.IntegrationType, func(t *testing.T) {
			t.Parallel()
			readBySDK(t, demo, c)
		})
	}
}

func readBySDK(t *testing.T, demo announced, c connectionLine) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), findTool(t, "node"), "check.mjs")
	cmd.Dir = "sdk"
	cmd.Env = append(cleanEnv(), "ADMUX_URL="+demo.URL, "ADMUX_API_KEY="+demo.APIKey, "ADMUX_CONNECTION="+c.ID)
	stderr := newLines()
	cmd.Stderr = stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.tail())
	}
	found := map[string]struct {
		Count       int
		IDs         []string
		Whole, Days json.Number
		Daily       json.Number
	}{}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, operation := range []string{
		"connections", "connection", "integrations", "organizations", "campaigns", "groups", "ads", "creatives", "assets", "targets",
		"promoteds", "organization", "reports", "reports by day", "reports of all connections",
	} {
		if found[operation].Count == 0 {
			t.Errorf("%s: nothing came", operation)
		}
	}
	// The SDK's pages are those of the API: nothing is lost or doubled on the way.
	a := newAPI(t, demo)
	for operation, object := range map[string]string{"campaigns": "campaign", "groups": "group", "ads": "ad", "creatives": "creative"} {
		unique := map[string]bool{}
		for _, id := range found[operation].IDs {
			unique[id] = true
		}
		all := a.list(ads(c.ID, object), nil)
		if len(all) != len(unique) || found[operation].Count != len(unique) {
			t.Errorf("%s: the SDK read %d (%d different), the API has %d", operation, found[operation].Count, len(unique), len(all))
		}
	}
	if sums := found["impressions"]; sums.Whole == "" || sums.Whole != sums.Daily {
		t.Errorf("impressions: %s as a whole, %s by day", sums.Whole, sums.Daily)
	}
}
