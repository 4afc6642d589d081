package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/migrations"
)

type migrateCmd struct {
	storeFlags
	Status bool `help:"Only tell the version; change nothing."`
}

func (migrateCmd) Help() string {
	return "`admux serve` does this at its start too, unless told --no-migrate.\n\n" + keyHelp
}

// Run brings the schema up to date, or tells how far it is.
func (m *migrateCmd) Run(ctx context.Context, std *streams) error {
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := m.open(ctx, os.Getenv, store.Options{Log: log, SkipMigrations: true})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if m.Status {
		current, newest, err := migrations.Version(ctx, s.DB(), s.Dialect())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "version %d of %d\n", current, newest)
		return err
	}
	version, err := migrations.Up(ctx, s.DB(), s.Dialect())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "version %d\n", version)
	return err
}
