package simkit

import (
	"html/template"
	"io"
)

// Consent is what the consent page shows and what its form sends back to
// Action: the fields unchanged, `member`, and `decision` = "allow" or "cancel".
type Consent struct {
	Platform string
	AppName  string
	Action   string
	Scopes   []string
	Members  []Member
	Fields   map[string]string
	// Optional gives each scope a ticked checkbox (name "granted"), so that the
	// person can leave single ones out.
	Optional bool
}

var consentPage = template.Must(template.New("consent").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in to {{.Platform}} (simulated)</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem}
button{font:inherit;padding:.5rem 1.5rem;margin-right:1rem}li{font-family:monospace}</style></head>
<body>
<h1>{{.AppName}} wants to use your {{.Platform}} account</h1>
<p>This is a simulator. Nothing here is real.</p>
<p>It asks for:</p>{{if not .Optional}}<ul>{{range .Scopes}}<li>{{.}}</li>{{end}}</ul>{{end}}
<form method="post" action="{{.Action}}">
{{if .Optional}}<ul>{{range .Scopes}}<li><label><input type="checkbox" name="granted" value="{{.}}" checked> {{.}}</label></li>{{end}}</ul>
{{end}}{{range $k, $v := .Fields}}<input type="hidden" name="{{$k}}" value="{{$v}}">
{{end}}<p><label>Sign in as <select name="member" id="member">
{{range .Members}}<option value="{{.ID}}">{{.Name}}</option>
{{end}}</select></label></p>
<p><button type="submit" name="decision" value="allow" id="allow">Allow</button>
<button type="submit" name="decision" value="cancel" id="cancel">Cancel</button>
<button type="submit" name="decision" value="cancel_login" id="cancel_login">Leave without signing in</button></p>
</form></body></html>
`))

// Render writes the page.
func (c Consent) Render(w io.Writer) error { return consentPage.Execute(w, c) }
