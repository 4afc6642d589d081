package sim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/linkedin/sim"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	path := accounts + "?q=search"
	w.control("POST", "/_sim/fault", `{"path":"/rest/adAccounts","status":503,"headers":{"Retry-After":"7"},"body":{"status":503,"code":"UNDER_MAINTENANCE"},"times":2,"after":1}`)
	w.ok(path)
	for range 2 {
		a := w.get(path)
		if a.status != 503 || a.header.Get("Retry-After") != "7" || a.code() != "UNDER_MAINTENANCE" {
			t.Errorf("%d %s", a.status, a.text)
		}
	}
	w.ok(path)
	w.control("POST", "/_sim/fault", `{"status":500,"body":"<html>oops</html>","times":-1}`)
	for range 3 {
		if a := w.get(path); a.status != 500 || a.text != "<html>oops</html>" {
			t.Errorf("%d %s", a.status, a.text)
		}
	}
	w.control("DELETE", "/_sim/fault", "")
	w.ok(path)
	if a := w.control("POST", "/_sim/fault", `{"stauts":500}`); a.status != 400 {
		t.Errorf("a misspelt fault was armed: %d", a.status)
	}
}

// raw sends a GET and reads the body to its end, whatever that is.
func raw(ctx context.Context, w *world, method, path, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, w.url+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	req.Header.Set("LinkedIn-Version", "202609")
	req.Header.Set("X-Restli-Protocol-Version", "2.0.0")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

func TestCutAndStalledAnswers(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	path := accounts + "?q=search"
	w.control("POST", "/_sim/fault", `{"cut_after_bytes":50}`)
	if b, err := raw(t.Context(), w, "GET", path, ""); err == nil || len(b) != 50 {
		t.Errorf("cut: %d bytes, %v", len(b), err)
	}
	w.control("POST", "/_sim/fault", `{"cut_after_bytes":20,"stall":true}`)
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	if b, err := raw(ctx, w, "GET", path, ""); !errors.Is(err, context.DeadlineExceeded) || len(b) != 20 {
		t.Errorf("stall: %d bytes, %v", len(b), err)
	}
	w.sim.ClearFaults()
	w.control("POST", "/_sim/fault", `{"delay_ms":60,"path":"adAccounts"}`)
	begun := time.Now()
	if _, err := raw(t.Context(), w, "GET", path, ""); err != nil || time.Since(begun) < 60*time.Millisecond {
		t.Errorf("delay: %v after %v", err, time.Since(begun))
	}
}

func TestALostAnswerStillWrites(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	w.control("POST", "/_sim/fault", `{"method":"POST","path":"adCampaignGroups","cut_after_bytes":0}`)
	if _, err := raw(t.Context(), w, "POST", acct+"/adCampaignGroups", fmt.Sprintf(group, "DRAFT")); err == nil {
		t.Fatal("the answer was not lost")
	}
	a := w.ok(acct + "/adCampaignGroups?q=search&search=(name:(values:List(Winter%202026)))")
	if len(a.elements()) != 1 {
		t.Errorf("%d campaign groups were written", len(a.elements()))
	}
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Limits: sim.Limits{MemberPerDay: 2, RetryAfter: true}})
	path := accounts + "?q=search"
	w.ok(path)
	w.ok(path)
	a := w.get(path)
	if a.status != 429 || fmt.Sprint(a.body["serviceErrorCode"]) != "101" || a.header.Get("Retry-After") != fmt.Sprint(14*3600+1800) {
		t.Errorf("%d %s, Retry-After %q", a.status, a.text, a.header.Get("Retry-After"))
	}
	w.ok("/rest/adAccountUsers?q=authenticatedUser") // a quota is an endpoint's own
	w.sim.Advance(14*time.Hour + 30*time.Minute)
	w.ok(path) // midnight UTC
	w.control("POST", "/_sim/limits", `{"burst":1}`)
	w.ok(path)
	if a := w.get(path); a.status != 429 || a.header.Get("Retry-After") != "" || len(a.body) != 1 {
		t.Errorf("a burst: %d %s", a.status, a.text)
	}
}

func TestTheLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	tok := w.sim.Grant()
	refresh(w, tok.Refresh)
	code := decide(w, nil, "allow").Get("code")
	exchange(w, code)
	w.do("POST", "/oauth/v2/accessToken?refresh_token="+tok.Refresh+"&client_secret="+w.sim.App().ClientSecret, "")
	w.do("POST", accounts, "q=search&access_token="+tok.Access, "Content-Type: application/x-www-form-urlencoded", "X-HTTP-Method-Override: GET")
	log := w.get("/_sim/calls").text
	for name, secret := range map[string]string{"access": w.token, "granted": tok.Access, "refresh": tok.Refresh, "code": code, "secret": w.sim.App().ClientSecret, "state": "s/1+2"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds the %s", name)
		}
	}
	if !strings.Contains(log, `"path":"/oauth/v2/accessToken"`) {
		t.Errorf("the log: %s", log)
	}
	w.control("DELETE", "/_sim/calls", "")
	if got := w.get("/_sim/calls").text; got != "" {
		t.Errorf("after the reset: %s", got)
	}
}

func TestControlRefusesNonsense(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/_sim/advance", `{"duration":"-1h"}`}, {"POST", "/_sim/advance", `{"duration":"soon"}`},
		{"POST", "/_sim/oauth", `{"expire":"everything"}`}, {"POST", "/_sim/oauth", `{"nonsense":1}`},
		{"GET", "/_sim/ledger?org=1&from=2026-01-01&to=2026-01-02", ""}, {"GET", "/_sim/ledger?org=503000001&from=x&to=y", ""},
		{"POST", "/_sim/limits", `{"x":1}`},
	} {
		if a := w.control(c.method, c.path, c.body); a.status != 400 {
			t.Errorf("%s %s %s: %d", c.method, c.path, c.body, a.status)
		}
	}
}

func TestAnswersCarryRequestIDs(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	seen := map[string]bool{}
	for range 3 {
		a := w.get(accounts + "?q=nothing")
		id := a.header.Get("X-Li-Uuid")
		if id == "" || seen[id] || a.header.Get("X-RestLi-Error-Response") != "true" {
			t.Errorf("uuid %q, headers %v", id, a.header)
		}
		seen[id] = true
	}
}

func TestPostWithoutALength(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for header, want := range map[string]string{"": "HTTP/1.1 411", "Content-Length: 0\r\n": "HTTP/1.1 40"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /rest/adAccounts?action=x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sAuthorization: Bearer %s\r\nLinkedIn-Version: 202609\r\n\r\n", header, w.token)
		b, err := io.ReadAll(conn)
		conn.Close()
		if err != nil || !strings.HasPrefix(string(b), want) {
			t.Errorf("%q: %.40q %v, want %s", header, b, err, want)
		}
	}
}
