package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Served is a Sim over the control paths of a running simulator: nothing of its package is needed.
func Served(t testing.TB, base string, app providers.App) Sim {
	return &served{t: t, base: strings.TrimSuffix(base, "/"), app: app, http: &http.Client{
		Transport:     &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

type served struct {
	t    testing.TB
	base string
	app  providers.App
	http *http.Client
}

func (s *served) URL() string        { return s.base }
func (s *served) App() providers.App { return s.app }

// do sends a control call. Tests end by t.Fatal of their own goroutine only, so that faults are reported by t.Error.
func (s *served) do(method, path string, in, out any) {
	s.t.Helper()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			s.t.Errorf("simulator: %v", err)
			return
		}
		body = bytes.NewReader(b)
	}
	resp, err := s.send(method, s.base+path, body, "application/json")
	if err != nil {
		s.t.Errorf("simulator: %v", err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode > 299 {
		text, _ := io.ReadAll(resp.Body)
		s.t.Errorf("simulator: %s %s: %s %s", method, path, resp.Status, text)
		return
	}
	if out != nil {
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			s.t.Errorf("simulator: %s %s: %v", method, path, err)
		}
	}
}

func (s *served) send(method, target string, body io.Reader, contentType string) (*http.Response, error) {
	ctx := context.WithoutCancel(s.t.Context()) // it has ended when clean-up clears the faults
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	return s.http.Do(req)
}

func (s *served) Now() time.Time {
	var out struct {
		Now time.Time `json:"now"`
	}
	s.do(http.MethodGet, "/_sim/clock", nil, &out)
	return out.Now
}

func (s *served) Advance(d time.Duration) {
	s.do(http.MethodPost, "/_sim/advance", map[string]string{"duration": d.String()}, nil)
}

func (s *served) Fault(f Fault) { s.do(http.MethodPost, "/_sim/fault", f, nil) }
func (s *served) ClearFaults()  { s.do(http.MethodDelete, "/_sim/fault", nil, nil) }
func (s *served) Expire(what string) {
	s.do(http.MethodPost, "/_sim/oauth", map[string]string{"expire": what}, nil)
}
func (s *served) Revoke(what string) {
	s.do(http.MethodPost, "/_sim/oauth", map[string]string{"revoke": what}, nil)
}

func (s *served) Calls() []Call {
	var out []Call
	for line, err := range lines(s, "/_sim/calls") {
		var c Call
		if err == nil {
			err = json.Unmarshal(line, &c)
		}
		if err != nil {
			s.t.Errorf("simulator: calls: %v", err)
			return nil
		}
		out = append(out, c)
	}
	return out
}

func (s *served) Ledger(org string, days normalize.DayRange) iter.Seq2[Fact, error] {
	q := url.Values{"org": {org}, "from": {days.From.String()}, "to": {days.To.String()}}
	return func(yield func(Fact, error) bool) {
		for line, err := range lines(s, "/_sim/ledger?"+q.Encode()) {
			var f Fact
			if err == nil {
				err = json.Unmarshal(line, &f)
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// lines yields the lines of an NDJSON answer.
func lines(s *served, path string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		resp, err := s.send(http.MethodGet, s.base+path, nil, "")
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != http.StatusOK {
			text, _ := io.ReadAll(resp.Body)
			yield(nil, fmt.Errorf("%s: %s %s", path, resp.Status, text))
			return
		}
		scan := bufio.NewScanner(resp.Body)
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			if !yield(scan.Bytes(), nil) {
				return
			}
		}
		if err := scan.Err(); err != nil {
			yield(nil, err)
		}
	}
}

var (
	formAction  = regexp.MustCompile(`(?is)<form[^>]*\baction="([^"]*)"`)
	hiddenField = regexp.MustCompile(`(?is)<input[^>]*type="hidden"[^>]*\bname="([^"]*)"[^>]*\bvalue="([^"]*)"`)
	firstOption = regexp.MustCompile(`(?is)<select[^>]*\bname="([^"]*)".*?<option value="([^"]*)"`)
)

// Consent fills in the consent page: hidden fields unchanged, the first member, the decision.
func (s *served) Consent(t testing.TB, authURL string, allow bool) url.Values {
	t.Helper()
	resp, err := s.send(http.MethodGet, authURL, nil, "")
	if err != nil {
		t.Fatalf("consent: %v", err)
	}
	page, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		t.Fatalf("consent: %v", err)
	}
	if resp.StatusCode == http.StatusOK {
		form := url.Values{"decision": {"allow"}}
		if !allow {
			form.Set("decision", "cancel")
		}
		for _, m := range append(hiddenField.FindAllSubmatch(page, -1), firstOption.FindAllSubmatch(page, 1)...) {
			form.Set(html.UnescapeString(string(m[1])), html.UnescapeString(string(m[2])))
		}
		m := formAction.FindSubmatch(page)
		if m == nil {
			t.Fatalf("consent: no form in %q", page)
		}
		action, err := resp.Request.URL.Parse(html.UnescapeString(string(m[1])))
		if err != nil {
			t.Fatalf("consent: %v", err)
		}
		resp, err = s.send(http.MethodPost, action.String(), strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
		if err != nil {
			t.Fatalf("consent: %v", err)
		}
		_ = resp.Body.Close()
	}
	back, err := resp.Location()
	if err != nil {
		t.Fatalf("consent: %s, no way back: %v", resp.Status, err)
	}
	if !strings.HasPrefix(back.String(), s.app.RedirectURL) {
		t.Fatalf("consent: sent to %s, not to the app's %s", back, s.app.RedirectURL)
	}
	return back.Query()
}
