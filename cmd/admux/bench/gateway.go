package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// gateway is the real binary, serving in its own process with one connection.
type gateway struct {
	cmd                  *exec.Cmd
	url, key, connection string
	ready                time.Duration // from the start of the process to its first good answer
	profiler             string        // where a binary that was built to be profiled says so
}

// build makes the binary as `make build` does, or one that can be profiled.
func build(ctx context.Context, dir string, profiled bool) (string, error) {
	binary, tags, flags := filepath.Join(dir, "admux"), "nomsgpack", "-s -w"
	if profiled {
		tags, flags = tags+",profile", ""
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", tags, "-ldflags", flags, "-o", binary, "github.com/admux/admux/cmd/admux")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
}

// start serves one platform, reached at base.
func (b *bench) start(ctx context.Context, p *platform, base string) (*gateway, error) {
	dir, err := os.MkdirTemp(b.dir, p.id)
	if err != nil {
		return nil, err
	}
	prefix := "ADMUX_" + strings.ToUpper(p.id)
	env := append(cleanEnv(), "ADMUX_DATABASE_URL=sqlite:"+filepath.Join(dir, "admux.db"), "ADMUX_LISTEN=127.0.0.1:0", "ADMUX_RATE_LIMIT=1000000",
		prefix+"_BASE_URL="+base, prefix+"_CLIENT_ID="+p.client[0], prefix+"_CLIENT_SECRET="+p.client[1])
	if b.profile != "" {
		env = append(env, "PROFILE_LISTEN=127.0.0.1:0")
	}
	create := exec.CommandContext(ctx, b.binary, "key", "create", "--scope", "admin")
	create.Env = env
	out, err := create.Output()
	if err != nil {
		return nil, fmt.Errorf("key create: %w", err)
	}
	g := &gateway{cmd: exec.CommandContext(ctx, b.binary, "serve"), key: strings.TrimSpace(string(out))}
	g.cmd.Env = env
	logs, err := g.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := g.cmd.Start(); err != nil {
		return nil, err
	}
	if err := g.listening(logs); err != nil {
		return nil, errors.Join(err, g.cmd.Process.Kill())
	}
	if err := g.isReady(ctx, begun); err != nil {
		return nil, errors.Join(err, g.cmd.Process.Kill())
	}
	if err := g.connect(ctx, p); err != nil {
		return nil, errors.Join(err, g.cmd.Process.Kill())
	}
	return g, nil
}

// cleanEnv is the caller's environment without any setting of admux; no bank of the outside world is asked.
func cleanEnv() []string {
	kept := []string{"ADMUX_RATES_URL="}
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "ADMUX_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// listening reads the addresses from the log lines that tell them.
func (g *gateway) listening(logs io.Reader) error {
	for lines := bufio.NewScanner(logs); lines.Scan(); {
		var line struct {
			PublicURL string `json:"public_url"`
			Profiler  string `json:"profiler"`
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			continue
		}
		if line.Profiler != "" {
			g.profiler = line.Profiler
		}
		if g.url = line.PublicURL; g.url != "" {
			go func() { _, _ = io.Copy(io.Discard, logs) }()
			return nil
		}
	}
	return errors.New("the gateway ended before it listened")
}

func (g *gateway) isReady(ctx context.Context, begun time.Time) error {
	if _, err := g.call(ctx, http.MethodGet, g.url+"/readyz", nil); err != nil {
		return err
	}
	g.ready = time.Since(begun)
	return nil
}

func (g *gateway) connect(ctx context.Context, p *platform) error {
	body, err := json.Marshal(map[string]any{
		"integration_type": p.id, "categories": []string{"ads"}, "environment": "Production",
		"permissions": []string{"ads_report_read", "ads_campaign_read"},
		"auth":        map[string]any{"access_token": p.tokens[0], "refresh_token": p.tokens[1], "expires_in": 5184000},
	})
	if err != nil {
		return err
	}
	out, err := g.call(ctx, http.MethodPost, g.url+"/unified/connection", body)
	if err != nil {
		return err
	}
	var made struct {
		ID string `json:"id"`
	}
	err = json.Unmarshal(out, &made)
	g.connection = made.ID
	return err
}

func (g *gateway) call(ctx context.Context, method, url string, body []byte) ([]byte, error) {
	res, err := g.open(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}

// open sends one request. An answer that is none of success is an error.
func (g *gateway) open(ctx context.Context, method, url string, body []byte) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+g.key)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Encoding", "identity")
	res, err := (&http.Client{}).Do(r)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		told, _ := io.ReadAll(io.LimitReader(res.Body, 500))
		_ = res.Body.Close()
		return nil, fmt.Errorf("%s %s: %s %s", method, url, res.Status, told)
	}
	return res, nil
}

func (g *gateway) stop() error {
	if err := g.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return g.cmd.Wait()
}
