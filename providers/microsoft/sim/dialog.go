package sim

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// authorize shows the consent page and takes its answer. What is wrong with the
// application or the redirect URI is shown to the person, never sent there.
func (s *Sim) authorize(w http.ResponseWriter, r *http.Request) {
	in := r.Form
	app, ok := s.kit.OAuth.App(in.Get("client_id"))
	switch {
	case !ok:
		pageError(w, "AADSTS700016: Application with identifier '"+in.Get("client_id")+"' was not found in the directory.")
		return
	case !app.AllowsRedirect(in.Get("redirect_uri")):
		pageError(w, "AADSTS50011: The redirect URI specified in the request does not match the redirect URIs configured for the application.")
		return
	}
	if kind, text := dialogFault(in); kind != "" {
		s.back(w, r, in, url.Values{"error": {kind}, "error_description": {text}})
		return
	}
	if r.Method == http.MethodGet {
		s.showDialog(w, r, in)
		return
	}
	s.decide(w, r, in)
}

// dialogFault is what is wrong with the rest; it is told at the redirect URI.
func dialogFault(in url.Values) (kind, text string) {
	if in.Get("response_type") != "code" {
		return "unsupported_response_type", "AADSTS70005: response_type is not supported."
	}
	scopes := strings.Fields(in.Get("scope"))
	if len(scopes) == 0 {
		return "invalid_request", "AADSTS900144: The request body must contain the following parameter: 'scope'."
	}
	for _, sc := range scopes {
		if !slices.Contains(knownScopes, sc) {
			return "invalid_scope", "AADSTS70011: The provided value for the input parameter 'scope' is not valid: " + sc + "."
		}
	}
	if m := in.Get("response_mode"); m != "" && m != "query" {
		return "invalid_request", "AADSTS90014: the simulator answers with response_mode query only."
	}
	if m := in.Get("code_challenge_method"); in.Get("code_challenge") != "" && m != "S256" {
		return "invalid_request", "AADSTS9002325: the simulator knows code_challenge_method S256 only."
	}
	if in.Get("prompt") == "none" {
		return "interaction_required", "AADSTS50058: A silent sign-in request was sent but no user is signed in."
	}
	return "", ""
}

func (s *Sim) showDialog(w http.ResponseWriter, r *http.Request, in url.Values) {
	fields := map[string]string{}
	for _, k := range []string{"response_type", "response_mode", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"} {
		if in.Has(k) {
			fields[k] = in.Get(k)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	page := simkit.Consent{Platform: "Microsoft", AppName: "Acme Ads Hub (" + in.Get("client_id") + ")", Action: r.URL.Path,
		Scopes: strings.Fields(in.Get("scope")), Members: s.kit.OAuth.Members(), Fields: fields}
	page.Render(w) // the page is a constant template; a client that left is no error of ours
}

func (s *Sim) decide(w http.ResponseWriter, r *http.Request, in url.Values) {
	if in.Get("decision") != "allow" {
		s.back(w, r, in, url.Values{"error": {"access_denied"}, "error_description": {"The user has denied access to the scope requested by the client application."}})
		return
	}
	m := s.kit.OAuth.Members()[0]
	for _, x := range s.kit.OAuth.Members() {
		if x.ID == in.Get("member") {
			m = x
		}
	}
	scopes := strings.Fields(in.Get("scope"))
	code := s.kit.OAuth.Consent(simkit.ConsentRequest{ClientID: in.Get("client_id"), Redirect: in.Get("redirect_uri"), Member: m,
		Scopes: scopes, Challenge: in.Get("code_challenge"), NoRefresh: !slices.Contains(scopes, scopeOffline)})
	s.grants.mu.Lock()
	s.grants.codes[code] = false
	s.grants.mu.Unlock()
	s.back(w, r, in, url.Values{"code": {code}})
}

func (s *Sim) back(w http.ResponseWriter, r *http.Request, in, p url.Values) {
	if in.Has("state") {
		p.Set("state", in.Get("state"))
	}
	sep := "?"
	if strings.Contains(in.Get("redirect_uri"), "?") {
		sep = "&"
	}
	w.Header().Set("Location", in.Get("redirect_uri")+sep+p.Encode())
	w.WriteHeader(http.StatusFound)
}

func pageError(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	w.Write([]byte("<!doctype html><html><head><title>Sign in</title></head><body><h1>Sorry, but we’re having trouble signing you in.</h1><p>" +
		html.EscapeString(text) + "</p></body></html>\n"))
}
