package e2e

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestS3_noSecretLeaks runs a demo at its most talkative, uses it, breaks it, and then looks for its secrets in all that
// it wrote: log, metrics, the log of calls, and every byte of its folder but the two files that are meant to hold one.
// Answers are held against the same list wherever a test reads one (api.hold).
func TestS3_noSecretLeaks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	demo, err := startDemo(t.Context(), "--dir", dir, "--log-level", "debug")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = demo.cmd.Process.Kill() })
	a := newAPI(t, demo.announced)
	connection := demo.announced.connection("linkedinads")
	for _, object := range []string{"organization", "campaign", "group", "ad", "creative", "report"} {
		a.get(ads(connection, object), url.Values{"limit": {"5"}}, nil)
	}
	a.do(http.MethodGet, "/passthrough/"+connection+"/rest/adAccounts", url.Values{"q": {"search"}}, nil)
	for _, status := range []int{400, 401, 403, 429, 500} {
		fault(t, demo.announced, map[string]any{"path": "/rest/", "status": status, "times": 10, "body": `{"message":"refused"}`})
		a.do(http.MethodGet, ads(connection, "campaign"), nil, nil)
		clearFaults(t, demo.announced)
	}
	a.do(http.MethodGet, "/oauth/callback", url.Values{"state": {"forged"}, "code": {"AQTsim-canary"}}, nil)
	a.get("/unified/apicall", url.Values{"limit": {"1000"}}, nil)
	metrics := a.do(http.MethodGet, "/metrics", nil, nil)
	if err := demo.stop(); err != nil {
		t.Fatal(err)
	}

	key := demo.announced.APIKey
	search := func(where string, text []byte) {
		for _, secret := range append(canaries(), key) {
			if at := bytes.Index(text, []byte(secret)); at >= 0 {
				t.Errorf("%s holds a secret (%s…): …%q…", where, secret[:min(len(secret), 8)], text[max(0, at-80):at])
			}
		}
	}
	search("the log", []byte(demo.stderr.all()))
	search("/metrics", metrics.body)
	files := 0
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		files++
		if name := entry.Name(); name == "demo.json" || name == "admux.key" { // for the owner alone
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", name, info.Mode().Perm())
			}
			return nil
		}
		search(strings.TrimPrefix(path, dir), body)
		return nil
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
	if !strings.Contains(demo.stderr.all(), "DEBUG") && len(demo.stderr.all()) == 0 {
		t.Error("nothing was logged: nothing is proved")
	}
}

func clearFaults(t *testing.T, demo announced) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, demo.Simulators["linkedinads"]+"/_sim/fault", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}
