package connections

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// appInput is the body of PutApp.
type appInput struct {
	ClientID     string            `json:"client_id"`
	ClientSecret string            `json:"client_secret"`
	RedirectURL  string            `json:"redirect_url"`
	Extra        map[string]string `json:"extra"`
}

// appView is what is told of an app: never a secret.
type appView struct {
	IntegrationType string    `json:"integration_type"`
	ClientID        string    `json:"client_id"`
	RedirectURL     string    `json:"redirect_url,omitempty"`
	Extra           []string  `json:"extra,omitempty"`
	UpdatedAt       time.Time `json:"updated_at"`
}

// PutApp answers PUT /unified/integration/{integration_type}/app: the workspace's own app at a platform.
func (h *Handler) PutApp(c *gin.Context) {
	p, ok := h.service.cfg.Registry.Get(c.Param("integration_type"))
	if !ok {
		h.fail(c, problem.NotFound("integration"))
		return
	}
	body, err := readBody(c)
	if err == nil {
		var in appInput
		if in, err = parseApp(p.Spec(), body); err == nil {
			err = h.putApp(c, p.Spec(), in)
		}
	}
	if err != nil {
		h.fail(c, err)
	}
}

func (h *Handler) putApp(c *gin.Context, spec providers.Spec, in appInput) error {
	a := store.App{WorkspaceID: workspace(c), IntegrationType: spec.ID, ClientID: in.ClientID, ClientSecret: store.Secret(in.ClientSecret),
		RedirectURL: in.RedirectURL, Extra: map[string]store.Secret{}}
	for name, v := range in.Extra {
		a.Extra[name] = store.Secret(v)
	}
	a, err := h.service.store.PutApp(c.Request.Context(), a)
	if err != nil {
		return storeProblem(err)
	}
	app, _, err := h.service.App(c.Request.Context(), a.WorkspaceID, a.IntegrationType)
	if err != nil {
		return storeProblem(err)
	}
	v := appView{IntegrationType: a.IntegrationType, ClientID: a.ClientID, RedirectURL: app.RedirectURL, UpdatedAt: a.UpdatedAt}
	for name := range a.Extra {
		v.Extra = append(v.Extra, name)
	}
	slices.Sort(v.Extra)
	c.JSON(http.StatusOK, v)
	return nil
}

// parseApp reads the body. Every fault is told at once, and no message repeats a value.
func parseApp(spec providers.Spec, body []byte) (appInput, error) {
	var in appInput
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return in, problem.InvalidFields(problem.Field{Field: "body", In: "body", Message: "must be one JSON object with client_id, client_secret, redirect_url and extra"})
	}
	var f faults
	if in.ClientID == "" || !storable(in.ClientID, 512) {
		f.add("client_id", "is required")
	}
	if in.ClientSecret == "" {
		f.add("client_secret", "is required")
	}
	if in.RedirectURL != "" {
		if _, err := parseRedirect(in.RedirectURL); err != nil {
			f.add("redirect_url", err.Error())
		}
	}
	var known []string
	for _, set := range spec.Settings {
		known = append(known, set.Name)
	}
	for name := range in.Extra {
		if !slices.Contains(known, name) {
			f.add("extra."+printable(name, 64), fmt.Sprintf("is not a setting of %s", spec.Name))
		}
	}
	return in, f.err()
}
