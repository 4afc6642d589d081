package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// browser is one headless Chromium, driven over the W3C WebDriver protocol by its own chromedriver.
type browser struct {
	t       *testing.T
	client  *http.Client
	session string // URL of the WebDriver session
}

// element is WebDriver's handle of a node of the page.
type element string

// elementKey is the name under which WebDriver returns an element (W3C WebDriver, section 12.2).
const elementKey = "element-6066-11e4-a52e-4f735466cecf"

// openBrowser starts a browser with an empty profile. A machine without one fails the test: the consent flow is proved
// in a browser or it is not proved.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Chromium: run `make deps`, then without -short")
	}
	chromium := findTool(t, "chromium", "chromium-browser", "google-chrome")
	driver := findTool(t, "chromedriver")
	address := freeAddress(t)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	// Not t.Context(): that one is over before the cleanup which closes the browser in good order.
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), driver, "--port="+port)
	log := newLines()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.WaitDelay = 5 * time.Second                       // a browser that outlives its driver keeps the pipes open
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that it can be ended with its children
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, client: &http.Client{Timeout: time.Minute}}
	t.Cleanup(func() {
		if b.session != "" {
			b.end()
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("chromedriver: %s", log.tail())
		}
	})
	root := "http://" + address
	eventually(t, "chromedriver answers", func() error { return b.ready(t.Context(), root) })
	b.begin(root, chromium)
	return b
}

func (b *browser) ready(ctx context.Context, root string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, root+"/status", nil)
	if err != nil {
		return err
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

func (b *browser) begin(root, chromium string) {
	b.t.Helper()
	args := []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir=" + b.t.TempDir(),
	}
	body := map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"browserName":        "chrome",
		"goog:chromeOptions": map[string]any{"binary": chromium, "args": args},
	}}}
	var created struct {
		SessionID string `json:"sessionId"`
	}
	b.session = root // so that the first call goes to /session itself
	b.call(http.MethodPost, "/session", body, &created)
	b.session = root + "/session/" + created.SessionID
}

// end closes the browser; the test's own context is gone by then.
func (b *browser) end() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, b.session, nil)
	if err != nil {
		return
	}
	if resp, err := b.client.Do(req); err == nil {
		_ = resp.Body.Close()
	}
}

func (b *browser) goTo(url string) {
	b.t.Helper()
	b.call(http.MethodPost, "/url", map[string]any{"url": url}, nil)
}

func (b *browser) url() string {
	b.t.Helper()
	var at string
	b.call(http.MethodGet, "/url", nil, &at)
	return at
}

// text is what a person can read on the page.
func (b *browser) text() string {
	b.t.Helper()
	return b.textOf(b.find("body"))
}

func (b *browser) textOf(e element) string {
	b.t.Helper()
	var text string
	b.call(http.MethodGet, "/element/"+string(e)+"/text", nil, &text)
	return text
}

// find waits for the first node that a CSS selector names.
func (b *browser) find(selector string) element {
	b.t.Helper()
	var found map[string]string
	eventually(b.t, "the page has "+selector, func() error {
		return b.try(http.MethodPost, "/element", map[string]any{"using": "css selector", "value": selector}, &found)
	})
	return element(found[elementKey])
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.call(http.MethodPost, "/element/"+string(b.find(selector))+"/click", map[string]any{}, nil)
}

// waitURL waits until the address bar starts with prefix and returns the whole address.
func (b *browser) waitURL(prefix string) string {
	b.t.Helper()
	var at string
	eventually(b.t, "the browser is at "+prefix, func() error {
		if at = b.url(); strings.HasPrefix(at, prefix) {
			return nil
		}
		return fmt.Errorf("it is at %s", at)
	})
	return at
}

func (b *browser) call(method, path string, in, out any) {
	b.t.Helper()
	if err := b.try(method, path, in, out); err != nil {
		b.t.Fatalf("webdriver: %s %s: %v", method, path, err)
	}
}

func (b *browser) try(method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.session+path, body)
	if err != nil {
		return err
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%d: %.300s", resp.StatusCode, answer.Value)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, out)
}
