package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	google "github.com/admux/admux/providers/google/sim"
	linkedin "github.com/admux/admux/providers/linkedin/sim"
	meta "github.com/admux/admux/providers/meta/sim"
)

// trio are the three platforms, which outlive the gateway in front of them, and a gateway that can be killed.
type trio struct {
	*cluster
	platforms   map[string]dense
	connections map[string]string
	login       string // Google's manager account
}

// newTrio serves the simulators from the test's own process.
func newTrio(t *testing.T, env ...string) *trio {
	t.Helper()
	l, g, m := linkedin.New(linkedin.Options{Seed: 1}), google.New(google.Options{Seed: 1}), meta.New(meta.Options{Seed: 1})
	lg, gg, mg := l.Grant(), g.Grant(), m.Grant()
	c := &trio{cluster: &cluster{t: t}, login: "9000000001", connections: map[string]string{}, platforms: map[string]dense{
		"linkedinads": {id: "linkedinads", url: serveSim(t, l), app: [2]string{l.App().ClientID, l.App().ClientSecret}, tokens: [2]string{lg.Access, lg.Refresh}},
		"googleads":   {id: "googleads", url: serveSim(t, g), app: [2]string{g.App().ClientID, g.App().ClientSecret}, tokens: [2]string{gg.Access, gg.Refresh}},
		"metaads":     {id: "metaads", url: serveSim(t, m), app: [2]string{m.App().ClientID, m.App().ClientSecret}, tokens: [2]string{mg.Access, ""}},
	}}
	c.env = append([]string{
		"ADMUX_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "admux.db"), "ADMUX_LISTEN=127.0.0.1:0", "ADMUX_RATE_LIMIT=0", "ADMUX_LOG_LEVEL=info",
		"ADMUX_KEY=" + strings.TrimSpace(admux(t, nil, "key", "generate").stdout),
	}, env...)
	for id, p := range c.platforms {
		prefix := "ADMUX_" + strings.ToUpper(id)
		c.env = append(c.env, prefix+"_BASE_URL="+p.url, prefix+"_CLIENT_ID="+p.app[0], prefix+"_CLIENT_SECRET="+p.app[1])
	}
	made := admux(t, c.env, "key", "create", "--scope", "admin")
	if made.code != 0 {
		t.Fatal(made.stderr)
	}
	c.key = strings.TrimSpace(made.stdout)
	return c
}

// connect connects the accounts of each platform.
func (c *trio) connect(g *gate) {
	c.t.Helper()
	for id, p := range c.platforms {
		body, _ := json.Marshal(map[string]any{"integration_type": id, "categories": []string{"ads"}, "environment": "Production", "permissions": everything(),
			"auth": map[string]any{"access_token": p.tokens[0], "refresh_token": p.tokens[1], "expires_in": 5184000}})
		var made struct{ ID string }
		g.call(http.MethodPost, "/unified/connection", body, http.StatusOK, &made)
		c.connections[id] = made.ID
	}
}

// writers are those of a gateway.
func (c *trio) writers(g *gate) map[string]*writer {
	out := map[string]*writer{}
	for id, connection := range c.connections {
		out[id] = newWriter(&api{t: c.t, base: g.url, key: c.key}, id, connection)
	}
	return out
}

// create asks for a campaign by a key. An error is a gateway that died on the way.
func (g *gate) create(w *writer, name string) (status int, id string, err error) {
	body, _ := json.Marshal(w.campaign(name))
	req, err := http.NewRequestWithContext(g.c.t.Context(), http.MethodPost, g.url+ads(w.connection, "campaign"), bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+g.c.key)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", w.platform+" "+name) // a key is one request's of the whole workspace
	res, err := (&http.Client{Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", err
	}
	var v struct{ ID, Code, Detail string }
	_ = json.Unmarshal(raw, &v)
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusConflict {
		return res.StatusCode, "", errors.New(string(raw))
	}
	return res.StatusCode, v.ID, nil
}

// TestW3_killedWhileItCreates: the real binary is killed at 50 random points of creates with keys, on each of the three
// platforms; asked again with the same keys, each has made exactly one campaign, and it is the one that is answered.
func TestW3_killedWhileItCreates(t *testing.T) {
	t.Parallel()
	kills := 50
	if testing.Short() {
		kills = 5
	}
	c := newTrio(t, "ADMUX_WRITE_LEASE=300ms")
	g := c.start()
	c.connect(g)
	writers := c.writers(g)
	acknowledged, found, remade := 0, 0, 0
	for run := range kills {
		known := map[string]string{}
		var mu sync.Mutex
		var all sync.WaitGroup
		for id, w := range writers {
			all.Go(func() {
				if status, made, err := g.create(w, fmt.Sprintf("run %d", run)); err == nil && status == http.StatusOK {
					mu.Lock()
					known[id] = made
					mu.Unlock()
				}
			})
		}
		time.Sleep(time.Duration(rand.IntN(25_000)) * time.Microsecond)
		g.kill()
		all.Wait()
		g = c.start()
		for id, w := range writers {
			w.base = g.url
			before := len(w.named(fmt.Sprintf("run %d", run)))
			made := again(t, g, w, fmt.Sprintf("run %d", run))
			if is := w.named(fmt.Sprintf("run %d", run)); len(is) != 1 || is[0] != made || known[id] != "" && known[id] != made {
				t.Errorf("run %d, %s: %q at the platform, the answer names %s, the one before it %q", run, id, is, made, known[id])
			}
			switch {
			case known[id] != "":
				acknowledged++
			case before == 1:
				found++
			default:
				remade++
			}
		}
	}
	t.Logf("W3: %d kills, %d creates: %d were acknowledged before the death, %d were made and found afterwards, %d were made afterwards", kills, 3*kills, acknowledged, found, remade)
	if !testing.Short() && (found == 0 || remade == 0) {
		t.Error("no death came in the middle of a create: the test tries nothing")
	}
}

// again asks with the same key until there is an answer.
func again(t *testing.T, g *gate, w *writer, name string) (id string) {
	t.Helper()
	eventually(t, name+" is answered", func() error {
		status, made, err := g.create(w, name)
		if err == nil && status != http.StatusOK {
			err = stillError(status)
		}
		id = made
		return err
	})
	return id
}

// everything is the permission to read and write each kind of object, and to read reports.
func everything() []string {
	out := []string{"ads_report_read"}
	for _, kind := range []string{"organization", "campaign", "group", "ad", "creative", "asset"} {
		out = append(out, "ads_"+kind+"_read", "ads_"+kind+"_write")
	}
	return append(out, "ads_target_read", "ads_promoted_read")
}
