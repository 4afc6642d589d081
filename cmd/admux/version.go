package main

import (
	"fmt"
	"runtime/debug"
)

// version is set at link time by the Makefile; a build without it says what the module's build information says.
var version string

type versionCmd struct{}

// Run prints the version on one line.
func (versionCmd) Run(std *streams) error {
	_, err := fmt.Fprintln(std.out, "admux", buildVersion())
	return err
}

func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
