package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/admux/admux/gateway/store"
)

// storeFlags say where the gateway keeps what it knows, and with what it seals the secrets of it.
type storeFlags struct {
	DatabaseURL string `help:"sqlite:PATH, or postgres://…; with PostgreSQL say sslmode." env:"ADMUX_DATABASE_URL" default:"sqlite:admux.db"`
	KeyFile     string `help:"File with the keys that seal secrets at rest, one a line, the sealing one first. With SQLite it is made when it is not there. ADMUX_KEY, the same keys separated by commas, goes before it." env:"ADMUX_KEY_FILE" placeholder:"PATH"`
}

const keyHelp = `ADMUX_KEY holds the keys that seal secrets at rest, from the environment alone: base64 of 32 bytes each, separated by
commas, the sealing one first. Without it the key file is read: --key-file, or with SQLite the database's path with .key
added, which is made when it is not there. Keep a copy: without the key, tokens cannot be read.`

// keyring reads the keys. With PostgreSQL no key is ever made up: each of several gateways would make its own.
func (f storeFlags) keyring(env func(string) string) (*store.Keyring, error) {
	if keys := env("ADMUX_KEY"); keys != "" {
		ring, err := store.ParseKeyring(keys)
		if err != nil {
			return nil, fmt.Errorf("ADMUX_KEY: %w", err)
		}
		return ring, nil
	}
	path, isSQLite := sqlitePath(f.DatabaseURL)
	file := f.KeyFile
	if file == "" {
		if !isSQLite || path == "" {
			return nil, errors.New("no key to seal secrets with: set ADMUX_KEY or --key-file (`admux key generate` prints one)")
		}
		file = path + ".key"
	}
	ring, err := store.LoadKeyFile(file, isSQLite)
	if err != nil {
		return nil, fmt.Errorf("--key-file: %w", err)
	}
	return ring, nil
}

// sqlitePath is the file of a sqlite: URL, and whether the URL is one at all.
func sqlitePath(databaseURL string) (path string, ok bool) {
	rest, ok := strings.CutPrefix(databaseURL, "sqlite:")
	if !ok {
		return "", false
	}
	path, _, _ = strings.Cut(rest, "?")
	if path == ":memory:" {
		return "", true
	}
	return path, true
}

// check tells what is wrong before anything is opened.
func (f storeFlags) check() error {
	if path, ok := sqlitePath(f.DatabaseURL); ok {
		if path == "" && !strings.Contains(f.DatabaseURL, ":memory:") {
			return errors.New("--database-url: sqlite: needs a path")
		}
		if path != "" {
			if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
				return fmt.Errorf("--database-url: %s is no folder", filepath.Dir(path))
			}
		}
		return nil
	}
	if strings.HasPrefix(f.DatabaseURL, "postgres://") || strings.HasPrefix(f.DatabaseURL, "postgresql://") {
		return nil
	}
	return errors.New("--database-url: sqlite:PATH or postgres://… is needed") // the value may hold a password: never shown
}

// open opens the store for one command.
func (f storeFlags) open(ctx context.Context, env func(string) string, opts store.Options) (*store.Store, error) {
	if err := f.check(); err != nil {
		return nil, usageError{err}
	}
	ring, err := f.keyring(env)
	if err != nil {
		return nil, usageError{err}
	}
	return store.Open(ctx, f.DatabaseURL, ring, opts)
}

// withStore runs one command of an operator over the open store.
func (f storeFlags) withStore(ctx context.Context, std *streams, do func(*store.Store) error) (err error) {
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := f.open(ctx, os.Getenv, store.Options{Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(s)
}

// logFlags say what is logged, and how.
type logFlags struct {
	LogLevel  string `help:"debug, info, warn or error." env:"ADMUX_LOG_LEVEL" default:"info"`
	LogFormat string `help:"json or text." env:"ADMUX_LOG_FORMAT" default:"json"`
}

func (f logFlags) logger(w io.Writer) (*slog.Logger, error) {
	var faults []error
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.LogLevel)); err != nil {
		faults = append(faults, errors.New("--log-level: debug, info, warn or error is needed"))
	}
	opts := &slog.HandlerOptions{Level: level}
	var handler slog.Handler
	switch f.LogFormat {
	case "json":
		handler = slog.NewJSONHandler(w, opts)
	case "text":
		handler = slog.NewTextHandler(w, opts)
	default:
		faults = append(faults, errors.New("--log-format: json or text is needed"))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return slog.New(handler), nil
}

// duration reads a flag that is checked with all the others, so that every fault is told at once.
func duration(flag, value string, faults *[]error) time.Duration {
	if value == "" {
		return 0
	}
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		*faults = append(*faults, fmt.Errorf("%s: a duration above zero is needed, such as 30s, 5m or 1h", flag))
		return 0
	}
	return d
}
