package connections

import (
	"cmp"
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
)

// Begin answers GET /unified/integration/auth/{workspace_id}/{integration_type}. It checks API keys itself, because a
// call that returns to an address on the workspace's allow-list needs none.
func (h *Handler) Begin(c *gin.Context) {
	private(c)
	b := beginning{workspace: c.Param("workspace_id"), integration: c.Param("integration_type"), success: c.Query("success_redirect"),
		failure: c.Query("failure_redirect"), state: c.Query("state"), xref: c.Query("external_xref"), env: c.Query("env"), lang: c.Query("lang"),
		scopes: splitList(c.QueryArray("scopes")), reauthorize: c.Query("reauthorize")}
	if err := b.check(); err != nil {
		h.fail(c, err)
		return
	}
	if len(c.Request.Header["Authorization"]) > 0 {
		p, err := h.keys.Authenticate(c)
		switch {
		case err != nil:
			h.fail(c, err)
			return
		case p.Workspace != b.workspace:
			h.fail(c, problem.NotFound("workspace"))
			return
		case !p.May(auth.Write):
			h.fail(c, problem.MissingScope(string(auth.Write)))
			return
		}
		b.trusted = true
	}
	page, err := h.service.begin(c.Request.Context(), b)
	if err != nil {
		h.fail(c, err)
		return
	}
	if isTrue(c, "redirect") {
		c.Redirect(http.StatusFound, page)
		return
	}
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(page))
}

// check refuses text that the flow could not carry.
func (b beginning) check() error {
	var f []problem.Field
	for _, t := range []struct {
		name, value string
		most        int
	}{{"state", b.state, maxURL}, {"external_xref", b.xref, maxXref}, {"env", b.env, maxEnvironment}, {"lang", b.lang, 35}, {"reauthorize", b.reauthorize, 512}} {
		if !storable(t.value, t.most) {
			f = append(f, problem.Field{Field: t.name, In: "query", Message: "is too long, or holds characters that text does not have"})
		}
	}
	if len(f) > 0 {
		return problem.InvalidFields(f...)
	}
	return nil
}

// Callback answers GET /oauth/callback, where the platform sends the browser back to.
func (h *Handler) Callback(c *gin.Context) {
	private(c)
	flow, o, err := h.service.finish(c.Request.Context(), answer{state: c.Query("state"), code: c.Query("code"),
		failure: c.Query("error"), description: c.Query("error_description")})
	switch {
	case err != nil:
		h.refuse(c, err)
	case o.failure != "":
		if to := cmp.Or(flow.FailureRedirect, flow.SuccessRedirect); to != "" {
			c.Redirect(http.StatusFound, withQuery(to, "error", o.failure, "error_description", o.detail, "state", flow.State))
			return
		}
		h.refuse(c, o.err)
	case flow.SuccessRedirect != "":
		c.Redirect(http.StatusFound, withQuery(flow.SuccessRedirect, "id", o.connection.ID, "state", flow.State))
	default:
		h.welcome(c, o.connection)
	}
}

// private keeps codes and states out of caches and out of the Referer of whatever comes next (RFC 9700, 4.2.4).
func private(c *gin.Context) {
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Cache-Control", "no-store")
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title></head>
<body><h1>{{.Title}}</h1><p>{{.Text}}</p>{{if .ID}}<p><code id="connection">{{.ID}}</code></p>{{end}}<p>You can close this window.</p></body></html>
`))

type pageData struct{ Title, Text, ID string }

// welcome shows the connection to a flow that has nowhere to go back to.
func (h *Handler) welcome(c *gin.Context, row store.Connection) {
	v := h.service.view(row)
	if !wantsHTML(c) {
		c.JSON(http.StatusOK, v)
		return
	}
	show(c, http.StatusOK, pageData{"Connected", cmp.Or(v.IntegrationName, v.IntegrationType) + " is connected. This is the connection's id:", v.ID})
}

// refuse shows a failure to a person, or the problem to a program.
func (h *Handler) refuse(c *gin.Context, err error) {
	if !wantsHTML(c) {
		h.fail(c, err)
		return
	}
	b := problem.From(err)
	show(c, b.Status, pageData{Title: "Not connected", Text: cmp.Or(b.Detail, b.Title)})
	_ = c.Error(err)
}

func show(c *gin.Context, status int, data pageData) {
	c.Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	c.Status(status)
	c.Header("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(c.Writer, data)
}

// wantsHTML tells a browser from a program.
func wantsHTML(c *gin.Context) bool {
	first, _, _ := strings.Cut(c.GetHeader("Accept"), ",")
	return strings.HasPrefix(strings.TrimSpace(first), "text/html")
}
