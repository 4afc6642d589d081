package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/admux/admux/gateway/store"
)

type workspaceCmd struct {
	Create workspaceCreateCmd `cmd:"" help:"Make a workspace and print its id."`
	List   workspaceListCmd   `cmd:"" help:"List the workspaces."`
}

type workspaceCreateCmd struct {
	storeFlags
	Name     string   `arg:"" help:"Name, for people."`
	Redirect []string `help:"Where consent may return to without an API key: an absolute URL, or all beneath it when it ends in /." placeholder:"URL"`
}

func (workspaceCreateCmd) Help() string { return keyHelp }

// Run prints the id alone, so that a script can take it.
func (w *workspaceCreateCmd) Run(ctx context.Context, std *streams) error {
	var faults []error
	for _, r := range w.Redirect {
		if !isAbsolute(r) {
			faults = append(faults, fmt.Errorf("--redirect %q: an absolute http or https URL is needed", r))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return usageError{err}
	}
	return w.withStore(ctx, std, func(s *store.Store) error {
		made, err := s.CreateWorkspace(ctx, w.Name, w.Redirect)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(std.out, made.ID)
		return err
	})
}

type workspaceListCmd struct {
	storeFlags
}

func (workspaceListCmd) Help() string { return keyHelp }

// Run lists the workspaces, oldest first.
func (w *workspaceListCmd) Run(ctx context.Context, std *streams) error {
	return w.withStore(ctx, std, func(s *store.Store) error {
		all, err := s.AllWorkspaces(ctx)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tNAME\tCREATED\tREDIRECTS")
		for _, one := range all {
			fmt.Fprintf(t, "%s\t%s\t%s\t%v\n", one.ID, one.Name, moment(one.CreatedAt), one.Redirects)
		}
		return t.Flush()
	})
}

// theWorkspace is the one named; or, where none is named, the only one, made if there is none yet.
func theWorkspace(ctx context.Context, s *store.Store, id string) (store.Workspace, error) {
	if id != "" {
		w, err := s.Workspace(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return w, usageError{fmt.Errorf("--workspace: there is no %s (`admux workspace list`)", id)}
		}
		return w, err
	}
	all, err := s.AllWorkspaces(ctx)
	if err != nil {
		return store.Workspace{}, err
	}
	switch len(all) {
	case 0:
		return s.CreateWorkspace(ctx, "default", nil)
	case 1:
		return all[0], nil
	}
	return store.Workspace{}, usageError{fmt.Errorf("there are %d workspaces: name one with --workspace", len(all))}
}
