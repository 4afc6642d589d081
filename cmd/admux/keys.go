package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/store"
)

type keyCmd struct {
	Create   keyCreateCmd   `cmd:"" help:"Make an API key and print it, this once."`
	List     keyListCmd     `cmd:"" help:"List API keys."`
	Revoke   keyRevokeCmd   `cmd:"" help:"End an API key."`
	Generate keyGenerateCmd `cmd:"" help:"Print a fresh key to seal secrets with, for ADMUX_KEY or the key file."`
	Rotate   keyRotateCmd   `cmd:"" help:"Seal every secret anew with the first of the sealing keys."`
}

type keyCreateCmd struct {
	storeFlags
	Workspace string   `help:"Id of the workspace; without it the only one, which is made if there is none." placeholder:"ID"`
	Name      string   `help:"What the key is for." default:"cli"`
	Scope     []string `help:"read, write or admin; each includes the one before." default:"read"`
}

func (keyCreateCmd) Help() string { return keyHelp }

// Run prints the key alone on the output, so that a script can take it, and what belongs to it beside.
func (k *keyCreateCmd) Run(ctx context.Context, std *streams) error {
	scopes, err := parseScopes(k.Scope)
	if err != nil {
		return usageError{err}
	}
	return k.withStore(ctx, std, func(s *store.Store) error {
		workspace, err := theWorkspace(ctx, s, k.Workspace)
		if err != nil {
			return err
		}
		key, row, err := auth.New(s, auth.Options{}).Generate(ctx, workspace.ID, k.Name, scopes...)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.err, "key %s of workspace %s (%s), scopes %s; it is not shown again:\n",
			row.ID, workspace.ID, workspace.Name, strings.Join(k.Scope, ","))
		_, err = fmt.Fprintln(std.out, key.Reveal())
		return err
	})
}

func parseScopes(names []string) ([]auth.Scope, error) {
	var scopes []auth.Scope
	var faults []error
	for _, name := range names {
		scope, err := auth.ParseScope(name)
		if err != nil {
			faults = append(faults, fmt.Errorf("--scope: %w", err))
			continue
		}
		scopes = append(scopes, scope)
	}
	return scopes, errors.Join(faults...)
}

type keyListCmd struct {
	storeFlags
	Workspace string `help:"Id of the workspace; without it all." placeholder:"ID"`
}

func (keyListCmd) Help() string { return keyHelp }

// Run lists the keys by what can be told of them: a key itself is not kept.
func (k *keyListCmd) Run(ctx context.Context, std *streams) error {
	return k.withStore(ctx, std, func(s *store.Store) error {
		spaces, err := workspaces(ctx, s, k.Workspace)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tWORKSPACE\tNAME\tBEGINS\tSCOPES\tCREATED\tLAST USED\tREVOKED")
		for _, w := range spaces {
			keys, err := s.APIKeys(ctx, w.ID)
			if err != nil {
				return err
			}
			for _, key := range keys {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s…\t%s\t%s\t%s\t%s\n", key.ID, w.ID, key.Name, key.Prefix,
					strings.Join(key.Scopes, ","), moment(key.CreatedAt), moment(key.LastUsedAt), moment(key.RevokedAt))
			}
		}
		return t.Flush()
	})
}

type keyRevokeCmd struct {
	storeFlags
	ID string `arg:"" help:"Id of the key, as list shows it."`
}

func (keyRevokeCmd) Help() string { return keyHelp }

// Run finds the key in whatever workspace it is: the command line is the owner's.
func (k *keyRevokeCmd) Run(ctx context.Context, std *streams) error {
	return k.withStore(ctx, std, func(s *store.Store) error {
		spaces, err := s.AllWorkspaces(ctx)
		if err != nil {
			return err
		}
		for _, w := range spaces {
			err := s.RevokeAPIKey(ctx, w.ID, k.ID)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(std.err, "revoked %s; a running gateway refuses it within 10 seconds\n", k.ID)
			return err
		}
		return fmt.Errorf("there is no key %s (`admux key list`)", k.ID)
	})
}

type keyGenerateCmd struct{}

// Run prints the key alone.
func (keyGenerateCmd) Run(std *streams) error {
	_, err := fmt.Fprintln(std.out, store.NewKey())
	return err
}

type keyRotateCmd struct {
	storeFlags
}

// Help is the whole procedure: an operator looks for it here.
func (keyRotateCmd) Help() string {
	return `To change the sealing key of running gateways without an interruption:

    1. Print a new key with "admux key generate". Add it to the end of every gateway's keys, and restart them: all can
       now open what the new key seals.
    2. Move it to the front, and restart them: the new key seals.
    3. Run this command with the same keys: what the old key sealed is sealed anew. It may run beside the gateways.
    4. Take the old key away.

` + keyHelp
}

// Run seals everything anew and says how much that was.
func (k *keyRotateCmd) Run(ctx context.Context, std *streams) error {
	return k.withStore(ctx, std, func(s *store.Store) error {
		n, err := s.Rotate(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.err, "%d secrets sealed anew with key %s\n", n, s.Keyring().IDs()[0])
		return err
	})
}

func workspaces(ctx context.Context, s *store.Store, id string) ([]store.Workspace, error) {
	if id == "" {
		return s.AllWorkspaces(ctx)
	}
	w, err := s.Workspace(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, usageError{fmt.Errorf("--workspace: there is no %s (`admux workspace list`)", id)}
	}
	return []store.Workspace{w}, err
}

// moment is a time for a person; nothing for never.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
