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

// TestSDK_writes: the same SDK makes, changes and removes a campaign, a group, a creative and an ad of each platform.
func TestSDK_writes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs Node.js and the SDK: run `make deps`, then without -short")
	}
	if _, err := os.Stat("sdk/node_modules"); err != nil {
		t.Fatal("the SDK is not installed: run `make deps`")
	}
	demo := ownDemo(t).announced
	onEach(t, demo, func(t *testing.T, w *writer) {
		bodies := map[string]fields{"campaign": w.campaign("By the SDK"), "group": w.group(""), "creative": w.creative(""), "ad": w.ad("", "")}
		switch w.platform {
		case "googleads": // texts in lists are a field of ours, which the SDK does not know: an image says all
			var images []struct {
				ID            string
				Width, Height int
			}
			w.get(ads(w.connection, "asset"), map[string][]string{"org_id": {w.org}, "type": {"IMAGE"}, "limit": {"1"}}, &images)
			bodies["campaign"]["advertising_channel_type"] = "DISPLAY"
			bodies["creative"] = fields{"organization_id": w.org, "name": "Picture", "creative_type": "IMAGE", "link_url": "https://example.com/spring", "data": `{"images":["` + images[0].ID + `"]}`}
			bodies["creative_change"] = fields{"status": "ACTIVE"} // what an image shows is not changed
		case "metaads":
			bodies["creative"]["group_id"] = nil
			bodies["creative_change"] = fields{"name": "Renamed"}
		case "linkedinads":
			bodies["creative_change"] = fields{"name": "Renamed"}
		}
		raw, _ := json.Marshal(bodies)
		cmd := exec.CommandContext(t.Context(), findTool(t, "node"), "write.mjs")
		cmd.Dir = "sdk"
		cmd.Env = append(cleanEnv(), "ADMUX_URL="+demo.URL, "ADMUX_API_KEY="+demo.APIKey, "ADMUX_CONNECTION="+w.connection, "ADMUX_BODIES="+string(raw))
		stderr := newLines()
		cmd.Stderr = stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, stderr.tail())
		}
		var did map[string]struct {
			ID, Answered     string
			Status           string
			Patched, Removed bool
		}
		if err := json.Unmarshal(out, &did); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, kind := range []string{"campaign", "group", "ad", "creative"} {
			d := did[kind]
			switched := kind == "creative" && w.platform == "googleads" // its status is then the one of its review
			if d.ID == "" || d.Answered != d.ID || !d.Patched && !switched || !d.Removed && (kind != "creative" || d.ID != did["ad"].ID) {
				t.Errorf("%s: %+v of %s", kind, d, out)
			}
		}
		for _, id := range w.named("By the SDK") {
			var left fields
			if w.get(w.one("campaign", id), map[string][]string{"org_id": {w.org}}, &left); left["status"] != "SCHEDULED_FOR_DELETION" { // LinkedIn's way
				t.Errorf("left behind: %v", left)
			}
		}
	})
}
