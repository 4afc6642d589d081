package sim

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// dialog shows the login dialog and takes its answer. What is wrong with the
// app or the redirect URI is shown to the person, never sent to the URI.
func (s *Sim) dialog(w http.ResponseWriter, r *http.Request) {
	s.stamp(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, "Bad Request", http.StatusBadRequest)
		return
	}
	in := r.Form
	app, ok := s.kit.OAuth.App(in.Get("client_id"))
	switch {
	case !ok:
		dialogError(w, "Invalid App ID: The provided app ID does not look like a valid app ID.")
	case !app.AllowsRedirect(in.Get("redirect_uri")):
		dialogError(w, "URL Blocked: This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings.")
	case !knownResponse(in.Get("response_type")):
		dialogError(w, "Invalid parameter: response_type")
	case app.MissingScope(dialogScopes(in)) != "":
		dialogError(w, "Invalid Scopes: "+app.MissingScope(dialogScopes(in))+". This message is only shown to developers.")
	case r.Method == http.MethodGet:
		s.showDialog(w, r, in)
	default:
		s.decide(w, r, in)
	}
}

// knownResponse: only codes go to a server; the token variants ride in the
// fragment, which a gateway never sees.
func knownResponse(kind string) bool {
	for k := range strings.FieldsSeq(strings.ReplaceAll(kind, ",", " ")) {
		if k != "code" && k != "granted_scopes" {
			return false
		}
	}
	return true
}

// dialogScopes are what is asked for; public_profile always is.
func dialogScopes(in url.Values) []string {
	scopes := simkit.SplitScopes(in.Get("scope"))
	if !slices.Contains(scopes, "public_profile") {
		scopes = append(scopes, "public_profile")
	}
	return scopes
}

func (s *Sim) showDialog(w http.ResponseWriter, r *http.Request, in url.Values) {
	fields := map[string]string{}
	for _, k := range []string{"response_type", "client_id", "redirect_uri", "scope", "state", "auth_type", "display", "config_id"} {
		if in.Has(k) {
			fields[k] = in.Get(k)
		}
	}
	var scopes []string
	for _, sc := range dialogScopes(in) {
		if sc != "public_profile" {
			scopes = append(scopes, sc)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	page := simkit.Consent{
		Platform: "Facebook", AppName: "Acme Ads Hub (" + in.Get("client_id") + ")", Action: r.URL.Path,
		Scopes: scopes, Members: s.kit.OAuth.Members(), Fields: fields, Optional: true,
	}
	page.Render(w) // the page is a constant template; a client that left is no error of ours
}

// decide sends the person back. A form without any "granted" grants all that
// was asked (a client that posts the hidden fields only), unless it says
// decision=allow_none.
func (s *Sim) decide(w http.ResponseWriter, r *http.Request, in url.Values) {
	if in.Get("decision") != "allow" && in.Get("decision") != "allow_none" {
		s.back(w, r, in, url.Values{
			"error": {"access_denied"}, "error_reason": {"user_denied"},
			"error_description": {"Permissions error"}, "error_code": {"200"},
		})
		return
	}
	members := s.kit.OAuth.Members()
	m := members[0]
	for _, x := range members {
		if x.ID == in.Get("member") {
			m = x
		}
	}
	ticked, everything := in["granted"], len(in["granted"]) == 0 && in.Get("decision") == "allow"
	var granted, declined []string
	for _, sc := range dialogScopes(in) {
		if everything || sc == "public_profile" || slices.Contains(ticked, sc) {
			granted = append(granted, sc)
		} else {
			declined = append(declined, sc)
		}
	}
	code := s.tokens.authorize(in.Get("client_id"), in.Get("redirect_uri"), m, granted, declined)
	out := url.Values{"code": {code}}
	if strings.Contains(in.Get("response_type"), "granted_scopes") {
		out.Set("granted_scopes", strings.Join(granted, ","))
		out.Set("denied_scopes", strings.Join(declined, ","))
	}
	s.back(w, r, in, out)
}

// back redirects with state and the fragment that Meta appends.
func (s *Sim) back(w http.ResponseWriter, r *http.Request, in, p url.Values) {
	if in.Has("state") {
		p.Set("state", in.Get("state"))
	}
	target := in.Get("redirect_uri")
	sep := "?"
	if strings.Contains(target, "?") {
		sep = "&"
	}
	w.Header().Set("Location", target+sep+p.Encode()+"#_=_")
	w.WriteHeader(http.StatusFound)
}

func dialogError(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	page := "<!doctype html><html><head><title>Facebook</title></head><body><h1>Sorry, something went wrong.</h1><p>" + html.EscapeString(text) + "</p></body></html>\n"
	w.Write([]byte(page)) // a browser that left is no error of ours
}
