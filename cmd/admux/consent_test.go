package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const consentHTML = `<!doctype html><h1>Allow?</h1><form method="post" action="/decide">
<input type="hidden" name="state" value="a&amp;b"><select name="member"><option value="m1">One</option><option value="m2">Two</option></select>
<button type="submit" name="decision" value="allow">Allow</button><button type="submit" name="decision" value="cancel">Cancel</button></form>`

func TestWalker(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("GET /begin", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer key" {
			t.Error("begin without the key")
		}
		_, _ = io.WriteString(w, server.URL+"/page\n")
	})
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the key was shown to the platform")
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, consentHTML)
	})
	mux.HandleFunc("POST /decide", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("state") != "a&b" || r.FormValue("decision") != "allow" || r.FormValue("member") != "m1" {
			t.Errorf("sent %v", r.Form)
		}
		http.Redirect(w, r, "/callback?code=c", http.StatusFound)
	})
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://app.example/done?id=conn_1", http.StatusFound)
	})
	w := newWalker()
	page, err := w.begin(t.Context(), server.URL+"/begin", "key")
	if err != nil {
		t.Fatal(err)
	}
	end, err := w.allow(t.Context(), page, "http://app.example/done")
	if err != nil || end.Query().Get("id") != "conn_1" {
		t.Errorf("ended at %v, %v", end, err)
	}
}

func TestWalker_deadEnds(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("GET /no-form", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<p>unknown client</p>") })
	mux.HandleFunc("GET /circle", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<form action="/round"></form>`)
	})
	mux.HandleFunc("GET /round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	mux.HandleFunc("GET /error", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `<form action="/gone"></form>`) })
	for path, want := range map[string]string{"/no-form": "no form", "/circle": "circle", "/error": "404"} {
		if _, err := newWalker().allow(t.Context(), server.URL+path, "http://app.example/"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
