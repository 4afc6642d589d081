package conformance

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/providers"
)

// leaks: every environment of the suite is searched for secrets when it ends; here the platform itself repeats them.
func (s *suite) leaks(t *testing.T) {
	t.Run("S3_a platform that repeats the token", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, s.h, small)
		tok, _ := e.purse.Token(t.Context())
		for _, n := range []int{400, 401, 403, 429, 500} {
			for _, shape := range []func(string) Fault{
				func(m string) Fault {
					return Fault{Status: n, Body: text(`{"message":"` + m + `","code":"` + m + `"}`)}
				},
				func(m string) Fault { return Fault{Status: n, Body: text("<html>" + m)} },
				func(m string) Fault {
					if s.h.Refusal == nil {
						return Fault{Status: n, Body: text(m)}
					}
					return s.h.Refusal(n, m, faultID)
				},
			} {
				f := shape("the token " + tok.AccessToken + " is not good")
				f.Path, f.Times = s.h.APIPath, -1
				e.sim.ClearFaults()
				e.sim.Fault(f)
				if _, err := e.session.Organizations.List(t.Context(), providers.ListQuery{Size: 1}); err != nil {
					e.refusal(err)
				}
				tok, _ = e.purse.Token(t.Context())
			}
		}
	})
	t.Run("S3_a platform that answers with the token", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, s.h, small)
		tok, _ := e.purse.Token(t.Context())
		e.sim.Fault(Fault{Path: s.h.APIPath, Status: 200, Body: text(tok.AccessToken), Times: -1})
		_, err := e.session.Organizations.List(t.Context(), providers.ListQuery{Size: 1})
		if err == nil {
			t.Fatal("an answer that is not JSON is taken")
		}
		e.refusal(err)
	})
}

// passthrough: our authorization, any status as an answer, and no host but the platform's.
func (s *suite) passthrough(t *testing.T) {
	if s.session.Do == nil {
		t.Log("not declared, not run: passthrough")
		return
	}
	e := newEnv(t, s.h, small)
	do := func(target string) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		e.fatal("request", err)
		req.Header.Set("Authorization", "Bearer of-the-caller")
		return e.session.Do(t.Context(), req)
	}
	f := s.refusal(418)
	f.Path = "/no/such/path"
	e.sim.Fault(f)
	resp, err := do("https://" + e.spec.Hosts[0] + "/no/such/path")
	e.fatal("passthrough", err)
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode != 418 || !strings.Contains(string(body), faultMessage) {
		t.Errorf("status %d, body %q, %v", resp.StatusCode, body, err)
	}
	for _, target := range []string{"https://elsewhere.example/", "http://" + e.spec.Hosts[0] + ".elsewhere.example/", "https://127.0.0.1/"} {
		before := len(e.wire.urls())
		resp, err := do(target)
		if err == nil {
			_ = resp.Body.Close()
			t.Errorf("S1: %s is reached", target)
			continue
		}
		if e.refusal(err); len(e.wire.urls()) != before {
			t.Errorf("S1: something was sent for %s", target)
		}
		if !errors.Is(err, providers.ErrForeignHost) {
			t.Errorf("S1: %s: %v", target, err)
		}
	}
}
