package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/gateway/connections"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// demoConnection is one connected account, as --json prints it.
type demoConnection struct {
	ID              string `json:"id"`
	IntegrationType string `json:"integration_type"`
	Name            string `json:"name"`
}

// connect leaves one working connection on each platform. What an earlier demo in this folder connected keeps its id:
// the simulated platforms have forgotten its tokens, as they keep nothing over a restart, so that it consents again.
func (d *demo) connect(ctx context.Context) ([]demoConnection, error) {
	known, err := d.store.Connections(ctx, d.state.WorkspaceID, store.ConnectionFilter{})
	if err != nil {
		return nil, err
	}
	first := map[string]store.Connection{}
	for _, c := range known {
		if _, seen := first[c.IntegrationType]; !seen {
			first[c.IntegrationType] = c
		}
	}
	var connected []demoConnection
	for _, sim := range d.simulators {
		begin, err := d.beginURL(sim.ID, first[sim.ID])
		if err != nil {
			return nil, err
		}
		id, err := d.consent(ctx, begin)
		if err != nil {
			return nil, fmt.Errorf("connecting %s: %w", sim.ID, err)
		}
		name, err := d.accountName(ctx, id)
		if err != nil {
			return nil, err
		}
		connected = append(connected, demoConnection{ID: id, IntegrationType: sim.ID, Name: name})
	}
	return connected, nil
}

// done is where consent ends. Nobody serves it: the address alone carries what is wanted.
func (d *demo) done() string { return d.server.PublicURL() + "/demo/connected" }

func (d *demo) beginURL(integration string, known store.Connection) (string, error) {
	begin, err := url.Parse(d.server.PublicURL() + "/unified/integration/auth/" + d.state.WorkspaceID + "/" + integration)
	if err != nil {
		return "", err
	}
	if known.ID != "" {
		again, err := d.reauthorizeURL(known)
		if err != nil {
			return "", err
		}
		if begin, err = url.Parse(again); err != nil {
			return "", err
		}
	}
	query := begin.Query()
	query.Set("success_redirect", d.done())
	query.Set("failure_redirect", d.done())
	if p, ok := d.registry.Get(integration); ok { // all that the platform has to show, and to be written
		auth := p.Spec().Auth
		query.Set("scopes", strings.Join(slices.Concat(auth.Scopes, auth.Optional, connections.Permissions()), ","))
	}
	begin.RawQuery = query.Encode()
	return begin.String(), nil
}

func (d *demo) reauthorizeURL(known store.Connection) (string, error) {
	service, err := connections.New(connections.Config{
		Store: d.store, Registry: d.registry, PublicURL: d.server.PublicURL,
		Deps: func(providers.Spec) (providers.Deps, error) { return providers.Deps{}, nil }, // nothing is called through it
	})
	if err != nil {
		return "", err
	}
	return service.ReauthorizeURL(known), nil
}

// consent walks the real flow over HTTP and returns the id of the connection.
func (d *demo) consent(ctx context.Context, begin string) (string, error) {
	w := newWalker()
	page, err := w.begin(ctx, begin, d.state.APIKey)
	if err != nil {
		return "", err
	}
	end, err := w.allow(ctx, page, d.done())
	if err != nil {
		return "", err
	}
	id := end.Query().Get("id")
	if id == "" {
		return "", fmt.Errorf("consent failed: %s", end.Query().Get("error"))
	}
	return id, nil
}

// accountName reads the connection's first ad account, which also proves that the connection works.
func (d *demo) accountName(ctx context.Context, id string) (string, error) {
	c := &client{base: d.server.PublicURL(), key: d.state.APIKey, http: &http.Client{}}
	var accounts []struct{ Name string }
	query := url.Values{"limit": {"1"}, "fields": {"id,name"}}
	if _, err := c.get(ctx, "/ads/"+url.PathEscape(id)+"/organization", query, &accounts); err != nil {
		return "", err
	}
	if len(accounts) == 0 {
		return "", fmt.Errorf("connection %s sees no ad account", id)
	}
	return accounts[0].Name, nil
}

// announce prints what a person, or with asJSON a program, needs to go on.
func (d *demo) announce(std *streams, asJSON bool, connected []demoConnection) error {
	if asJSON {
		simulators := map[string]string{}
		for _, sim := range d.simulators {
			simulators[sim.ID] = sim.url()
		}
		return json.NewEncoder(std.out).Encode(struct {
			URL         string            `json:"url"`
			APIKey      string            `json:"api_key"`
			WorkspaceID string            `json:"workspace_id"`
			Connections []demoConnection  `json:"connections"`
			Simulators  map[string]string `json:"simulators"`
		}{d.server.PublicURL(), d.state.APIKey, d.state.WorkspaceID, connected, simulators})
	}
	at := d.server.PublicURL()
	fmt.Fprintf(std.out, `admux is at %s, with simulated platforms behind it. Nothing here is real.

    export URL=%s
    export KEY=%s
`, at, at, d.state.APIKey)
	for i, c := range connected {
		if i == 0 {
			fmt.Fprintf(std.out, "    export CONNECTION=%s\n", c.ID)
		}
		fmt.Fprintf(std.out, "    export %s=%s   # %s\n", strings.ToUpper(c.IntegrationType), c.ID, c.Name)
	}
	_, err := fmt.Fprint(std.out, `
Try, in another terminal:

    curl -H "Authorization: Bearer $KEY" "$URL/ads/$CONNECTION/campaign?limit=5"
    curl -H "Authorization: Bearer $KEY" "$URL/ads/all/report?type=IMPRESSIONS,CLICKS,COST,CONVERSIONS,ROAS&dimension=DATE&level=campaign"
    ADMUX_URL=$URL ADMUX_API_KEY=$KEY .bin/admux report all --type IMPRESSIONS,CLICKS,COST,CTR,CPC --dimension DATE

In a browser: `+at+`/docs is the reference; connect another account by consenting at
`+at+`/unified/integration/auth/`+d.state.WorkspaceID+`/`+d.simulators[0].ID+`?redirect=true&success_redirect=`+at+`/docs

Ctrl-C ends it.
`)
	return err
}
