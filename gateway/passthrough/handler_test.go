package passthrough

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestServe_sendsThePathAsItCame(t *testing.T) {
	t.Parallel()
	b := newBed(t, true, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	for sent, want := range map[string]string{
		"rest/adAccounts/503000001": "/rest/adAccounts/503000001",
		"rest/adAccounts/5/creatives/urn%3Ali%3AsponsoredCreative%3A1?q=a%2Fb&fields=x,y": "/rest/adAccounts/5/creatives/urn%3Ali%3AsponsoredCreative%3A1?q=a%2Fb&fields=x,y",
		"rest/adAccounts/urn:li:sponsoredAccount:1":                                       "/rest/adAccounts/urn:li:sponsoredAccount:1",
		"urn:li:person:1":             "/urn:li:person:1",
		"rest/x/(key:a,b:List(1,2))":  "/rest/x/(key:a,b:List(1,2))",
		"v1/a+b%20c/%C3%A9?x=%2e%2e/": "/v1/a+b%20c/%C3%A9?x=%2e%2e/",
		"v1/100%25":                   "/v1/100%25",
		"rest%2FadAccounts%2F503":     "/rest/adAccounts/503",
		"rest%2Fx%2Furn%253Ali%253A1": "/rest/x/urn%3Ali%3A1",
		"rest%2Fx%28a%3Ab%29":         "/rest/x(a:b)",
		"rest/me/?projection=(id)":    "/rest/me/?projection=(id)",
	} {
		status, answer := b.raw(t, "GET /passthrough/c1/"+sent)
		got := b.taken()
		if status != http.StatusOK || len(got) != 1 || got[0].target != want {
			t.Errorf("%s: %d %s, the platform saw %v, want %s", sent, status, answer, got, want)
		}
	}
}

func TestServe_headers(t *testing.T) {
	t.Parallel()
	b := newBed(t, true, func(w http.ResponseWriter, _ *http.Request) {
		for name, v := range map[string]string{"Set-Cookie": "s=1", "X-Li-Uuid": "u1", "X-Request-Id": "theirs", "Keep-Alive": "timeout=5", "Connection": "X-Hop",
			"X-Hop": "1", "Strict-Transport-Security": "max-age=1", "Access-Control-Allow-Origin": "*", "Content-Type": "text/html", "Content-Security-Policy": "default-src *"} {
			w.Header().Set(name, v)
		}
		w.WriteHeader(http.StatusTeapot)
	})
	status, answer := b.raw(t, "GET /passthrough/c1/rest/x", "Authorization: Bearer admux_key", "Cookie: a=b", "X-Forwarded-For: 1.2.3.4", "Proxy-Authorization: x",
		"LinkedIn-Version: 202609", "X-Secret: 1", "Connection: X-Secret", "TE: trailers")
	got := b.taken()
	if status != http.StatusTeapot || len(got) != 1 {
		t.Fatalf("%d %s", status, answer)
	}
	h := got[0].header
	if h.Get("Authorization") != "Bearer "+secret || h.Get("LinkedIn-Version") != "202609" {
		t.Errorf("the platform saw %v", h)
	}
	for _, name := range []string{"Cookie", "X-Forwarded-For", "Proxy-Authorization", "X-Secret", "Te", "Forwarded"} {
		if _, ok := h[name]; ok {
			t.Errorf("%s was sent on", name)
		}
	}
	for _, text := range []string{"Set-Cookie", "X-Hop", "Strict-Transport", "Access-Control", "default-src *"} {
		if strings.Contains(answer, text) {
			t.Errorf("%s was answered: %s", text, answer)
		}
	}
	for _, text := range []string{"X-Li-Uuid:[u1]", "X-Upstream-Request-Id:[theirs]", "nosniff", "default-src 'none'"} {
		if !strings.Contains(answer, text) {
			t.Errorf("%s is missing: %s", text, answer)
		}
	}
}

// TestServe_readKeyChangesNothing: what makes a server take a GET for another method needs the write scope too.
func TestServe_readKeyChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t, false, func(http.ResponseWriter, *http.Request) {})
	for _, tt := range []struct {
		line, header string
		status       int
	}{
		{"GET /passthrough/c1/x", "", 200},
		{"HEAD /passthrough/c1/x", "", 200},
		{"GET /passthrough/c1/x", "X-HTTP-Method-Override: GET", 200},
		{"GET /passthrough/c1/x?method=get", "", 200},
		{"GET /passthrough/c1/x", "X-HTTP-Method-Override: DELETE", 403},
		{"GET /passthrough/c1/x", "X-Http-Method: put", 403},
		{"GET /passthrough/c1/x", "X-RestLi-Method: BATCH_DELETE", 403},
		{"GET /passthrough/c1/x?method=delete", "", 403},
		{"GET /passthrough/c1/x?_method=POST", "", 403},
		{"GET /passthrough/c1/x?%zz", "", 403},
		{"POST /passthrough/c1/x", "", 403},
		{"DELETE /passthrough/c1/x", "", 403},
		{"PATCH /passthrough/c1/x", "", 403},
	} {
		headers := []string{}
		if tt.header != "" {
			headers = append(headers, tt.header)
		}
		status, answer := b.raw(t, tt.line, headers...)
		if got := b.taken(); status != tt.status || (tt.status == 403) != (len(got) == 0) {
			t.Errorf("%s %s: %d %s, the platform saw %v", tt.line, tt.header, status, answer, got)
		}
	}
}

func TestServe_streamsBothWays(t *testing.T) {
	t.Parallel()
	b := newBed(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprintf(w, "%s %d", r.Header.Get("Content-Type"), r.ContentLength)
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.gateway.URL+"/passthrough/c1/media", strings.NewReader(strings.Repeat("x", 1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "image/png")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if got := b.taken(); err != nil || res.StatusCode != http.StatusCreated || string(body) != "image/png 1048576" || len(got[0].body) != 1<<20 {
		t.Errorf("%d %s %v", res.StatusCode, body, err)
	}
}

// TestServe_cutAnswerIsCut: an answer that the platform breaks off does not end as a whole one.
func TestServe_cutAnswerIsCut(t *testing.T) {
	t.Parallel()
	b := newBed(t, true, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.gateway.URL+"/passthrough/c1/x", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the caller saw %v", err)
	}
}
