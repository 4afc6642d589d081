package meta_test

import (
	"flag"
	"testing"

	"github.com/admux/admux/providers/conformance"
	"github.com/admux/admux/providers/meta"
)

var update = flag.Bool("update", false, "write the generated part of README.md")

func TestREADME(t *testing.T) {
	conformance.README(t, meta.New(), *update)
}
