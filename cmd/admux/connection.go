package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"text/tabwriter"
)

type connectionCmd struct {
	List   connectionListCmd   `cmd:"" help:"List the connections of the key's workspace."`
	Show   connectionShowCmd   `cmd:"" help:"Print one connection as JSON."`
	Delete connectionDeleteCmd `cmd:"" help:"Revoke the grant at the platform where it has a call for that, and forget the connection."`
}

type connectionListCmd struct {
	gatewayFlags
	JSON bool `help:"Print JSON."`
}

// connectionRow is what the list shows of a connection.
type connectionRow struct {
	ID              string `json:"id"`
	IntegrationType string `json:"integration_type"`
	Name            string `json:"integration_name"`
	ExternalXref    string `json:"external_xref"`
	Paused          bool   `json:"is_paused"`
	HealthyAt       string `json:"last_healthy_at"`
	UnhealthyAt     string `json:"last_unhealthy_at"`
	UnhealthyCode   string `json:"last_unhealthy_code"`
}

func (connectionListCmd) Help() string { return apiKeyHelp }

// Run walks every page of the list.
func (l *connectionListCmd) Run(ctx context.Context, std *streams) error {
	c, err := l.client(os.Getenv)
	if err != nil {
		return err
	}
	all, err := c.connections(ctx)
	if err != nil {
		return err
	}
	if l.JSON {
		return printJSON(std, all)
	}
	w := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tPLATFORM\tXREF\tHEALTH\tSINCE")
	for _, raw := range all {
		var row connectionRow
		if err := json.Unmarshal(raw, &row); err != nil {
			return err
		}
		health, since := row.health()
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", row.ID, row.IntegrationType, row.ExternalXref, health, since)
	}
	return w.Flush()
}

func (r connectionRow) health() (state, since string) {
	switch {
	case r.Paused:
		return "paused", ""
	case r.UnhealthyCode != "":
		return r.UnhealthyCode, r.UnhealthyAt
	}
	return "healthy", r.HealthyAt
}

// connections lists every connection of the key's workspace, each as the gateway sent it.
func (c *client) connections(ctx context.Context) ([]json.RawMessage, error) {
	const page = 100
	all := []json.RawMessage{}
	for offset := 0; ; offset += page {
		var some []json.RawMessage
		query := url.Values{"limit": {fmt.Sprint(page)}, "offset": {fmt.Sprint(offset)}}
		if _, err := c.get(ctx, "/unified/connection", query, &some); err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < page {
			return all, nil
		}
	}
}

type connectionShowCmd struct {
	gatewayFlags
	ID string `arg:"" help:"Id of the connection."`
}

func (connectionShowCmd) Help() string { return apiKeyHelp }

// Run prints the connection as the gateway sent it.
func (s *connectionShowCmd) Run(ctx context.Context, std *streams) error {
	c, err := s.client(os.Getenv)
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if _, err := c.get(ctx, "/unified/connection/"+url.PathEscape(s.ID), nil, &raw); err != nil {
		return err
	}
	return printJSON(std, raw)
}

type connectionDeleteCmd struct {
	gatewayFlags
	ID  string `arg:"" help:"Id of the connection."`
	Yes bool   `help:"Needed: what is deleted can only be had again by a new consent."`
}

func (connectionDeleteCmd) Help() string { return apiKeyHelp }

// Run deletes the connection, once the caller has said that this is meant.
func (d *connectionDeleteCmd) Run(ctx context.Context, std *streams) error {
	if !d.Yes {
		return usageError{errors.New("nothing was deleted: say --yes")}
	}
	c, err := d.client(os.Getenv)
	if err != nil {
		return err
	}
	resp, err := c.do(ctx, http.MethodDelete, "/unified/connection/"+url.PathEscape(d.ID), nil)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	_, err = fmt.Fprintln(std.err, "deleted", d.ID)
	return err
}

func printJSON(std *streams, v any) error {
	enc := json.NewEncoder(std.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
