package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// The exit codes. A process that a second signal ends has the signal's.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // the command line or the configuration is at fault: nothing was done
)

// streams are the process's own, so that a test can stand in for them.
type streams struct {
	in       io.Reader
	out, err io.Writer

	outTerminal, errTerminal bool // a person is looking
}

// cli is the command line, in the order of its help.
type cli struct {
	Serve      serveCmd      `cmd:"" help:"Run the gateway."`
	Demo       demoCmd       `cmd:"" help:"Run the gateway with simulated platforms and a connected account."`
	Report     reportCmd     `cmd:"" help:"Ask a running gateway for a report: as a table, CSV, NDJSON, Parquet or JSON."`
	Connection connectionCmd `cmd:"" help:"Show or delete the connections of a running gateway."`
	Key        keyCmd        `cmd:"" help:"API keys, and the keys that seal secrets at rest."`
	Workspace  workspaceCmd  `cmd:"" help:"Workspaces: what an API key and a connection belong to."`
	Migrate    migrateCmd    `cmd:"" help:"Bring the database up to date."`
	Sim        simCmd        `cmd:"" help:"Run one simulated platform alone."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

// usageError is a fault of what admux was told, as opposed to of what it met.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// run is main without the process around it. It returns the exit code.
func run(ctx context.Context, args []string, std *streams) int {
	exited := -1
	parser, err := kong.New(&cli{},
		kong.Name("admux"),
		kong.Description("One API to every ad platform, self-hosted."),
		kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { exited = code }), // --help: kong would go on after a hook that returns
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
	)
	if err != nil {
		return fail(std, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		return fail(std, usageError{err})
	}
	if err := command.Run(); err != nil {
		return fail(std, err)
	}
	return exitOK
}

// fail prints every fault on a line of its own.
func fail(std *streams, err error) int {
	for _, e := range flatten(err) {
		fmt.Fprintf(std.err, "admux: %v\n", e)
	}
	if _, usage := errors.AsType[usageError](err); usage {
		return exitUsage
	}
	return exitFailed
}

// flatten takes joined errors apart.
func flatten(err error) []error {
	switch e := err.(type) { //nolint:errorlint // the join itself is taken apart; what is wrapped deeper stays whole
	case usageError:
		return flatten(e.error)
	case interface{ Unwrap() []error }:
		var all []error
		for _, one := range e.Unwrap() {
			all = append(all, flatten(one)...)
		}
		return all
	}
	return []error{err}
}
