package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/all"
)

// goodServe is a configuration without a fault.
func goodServe(t *testing.T) *serveCmd {
	t.Helper()
	return &serveCmd{
		storeFlags:     storeFlags{DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "a.db")},
		logFlags:       logFlags{LogLevel: "info", LogFormat: "json"},
		Listen:         "127.0.0.1:0",
		RequestTimeout: "60s", ReportTimeout: "1h", PassthroughTimeout: "5m", ShutdownTimeout: "30s", CallRetention: "720h",
		RateLimit: "1000",
	}
}

func environment(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestServe_everyFaultAtOnce(t *testing.T) {
	t.Parallel()
	bad := &serveCmd{
		storeFlags: storeFlags{DatabaseURL: "mysql://u:hunter2@h/db"},
		logFlags:   logFlags{LogLevel: "loud", LogFormat: "xml"},
		Listen:     "8080", PublicURL: "ads.example.com",
		RequestTimeout: "soon", ReportTimeout: "-1h", PassthroughTimeout: "0s", ShutdownTimeout: "x", CallRetention: "y",
		RateLimit: "many", TrustedProxies: []string{"10.0.0"}, AllowOrigins: []string{"example.com"},
	}
	_, err := bad.plan(&streams{err: io.Discard}, environment(map[string]string{
		"ADMUX_LINKEDINADS_CLIENT_SECRET": "shhh", "ADMUX_LINKEDINADS_BASE_URL": "localhost", "ADMUX_LINKEDINADS_REDIRECT_URL": "cb",
	}))
	if err == nil {
		t.Fatal("no fault told")
	}
	for _, want := range []string{
		"--database-url", "--log-level", "--log-format", "--listen", "--public-url", "--request-timeout", "--report-timeout",
		"--passthrough-timeout", "--shutdown-timeout", "--call-retention", "--rate-limit", "--trusted-proxies", "--allow-origins",
		"ADMUX_LINKEDINADS_CLIENT_ID is missing", "ADMUX_LINKEDINADS_BASE_URL", "ADMUX_LINKEDINADS_REDIRECT_URL",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not told: %s", want)
		}
	}
	for _, secret := range []string{"hunter2", "shhh"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("a fault shows a secret: %v", err)
		}
	}
}

func TestServe_plan(t *testing.T) {
	t.Parallel()
	plan, err := goodServe(t).plan(&streams{err: io.Discard}, environment(map[string]string{
		"ADMUX_LINKEDINADS_CLIENT_ID": "id", "ADMUX_LINKEDINADS_CLIENT_SECRET": "secret",
		"ADMUX_LINKEDINADS_API_VERSION": "202610", "ADMUX_LINKEDINADS_BASE_URL": "http://127.0.0.1:9000/",
	}))
	if err != nil {
		t.Fatal(err)
	}
	app := plan.config.Apps["linkedinads"]
	if app.ClientID != "id" || app.ClientSecret != "secret" || app.Extra["api_version"] != "202610" {
		t.Errorf("app %+v", app)
	}
	for _, host := range []string{"api.linkedin.com", "www.linkedin.com"} {
		if got := plan.config.BaseURLs[host]; got != "http://127.0.0.1:9000" {
			t.Errorf("%s goes to %q", host, got)
		}
	}
	if plan.config.RateLimit != 1000 || plan.config.ReportTimeout.Hours() != 1 {
		t.Errorf("rate %v, report timeout %v", plan.config.RateLimit, plan.config.ReportTimeout)
	}
}

func TestKeyring(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "keys")
	if err := os.WriteFile(file, []byte(store.NewKey()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		flags storeFlags
		key   string
		ok    bool
	}{
		"from the environment":             {storeFlags{DatabaseURL: "postgres://h/db"}, store.NewKey(), true},
		"nonsense in the environment":      {storeFlags{DatabaseURL: "postgres://h/db"}, "hunter2", false},
		"PostgreSQL makes none up":         {storeFlags{DatabaseURL: "postgres://h/db"}, "", false},
		"PostgreSQL with a file":           {storeFlags{DatabaseURL: "postgres://h/db", KeyFile: file}, "", true},
		"PostgreSQL makes no file":         {storeFlags{DatabaseURL: "postgres://h/db", KeyFile: filepath.Join(dir, "none")}, "", false},
		"SQLite makes one beside the file": {storeFlags{DatabaseURL: "sqlite:" + filepath.Join(dir, "a.db")}, "", true},
		"SQLite in memory makes none up":   {storeFlags{DatabaseURL: "sqlite::memory:"}, "", false},
	} {
		ring, err := tt.flags.keyring(environment(map[string]string{"ADMUX_KEY": tt.key}))
		if (err == nil) != tt.ok || (ring != nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the key is shown: %v", name, err)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "a.db.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key that was made: %v %v", info, err)
	}
}

func TestUnknownVariables(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&cli{})
	if err != nil {
		t.Fatal(err)
	}
	got := unknownVariables([]string{
		"ADMUX_DATABSE_URL=x", "ADMUX_DATABASE_URL=x", "ADMUX_KEY=x", "ADMUX_LINKEDINADS_CLIENT_ID=x", "ADMUX_LINKEDINADS_API_VERSION=x",
		"ADMUX_LINKEDIN_CLIENT_ID=x", "ADMUX_SERVICE_HOST=k8s", "ADMUX_PORT_8080_TCP=k8s", "HOME=x",
	}, parser.Model.Node, providers.NewRegistry(all.All()...))
	if want := []string{"ADMUX_DATABSE_URL", "ADMUX_LINKEDIN_CLIENT_ID"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestServe_helpNamesEverything: `admux serve --help` is the reference of the configuration.
func TestServe_helpNamesEverything(t *testing.T) {
	t.Parallel()
	stdout, _, code := command(t, "serve", "--help")
	if code != exitOK {
		t.Errorf("exit %d", code)
	}
	parser, err := kong.New(&cli{})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"ADMUX_KEY": true}
	for _, node := range parser.Model.Children {
		if node.Name == "serve" {
			collectVariables(node, known)
		}
	}
	for _, p := range all.All() {
		for _, name := range []string{"CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URL", "BASE_URL", "API_VERSION"} {
			known[variable(p.Spec(), name)] = true
		}
	}
	if len(known) < 20 {
		t.Errorf("only %d variables known", len(known))
	}
	for name := range known {
		if !strings.Contains(stdout, name) {
			t.Errorf("the help does not name %s", name)
		}
	}
}
