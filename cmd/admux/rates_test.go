package main

import (
	"io"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/admux/admux/gateway/rates"
)

// The rates are the European Central Bank's unless another address is given; an empty one turns fetching off. The demo
// calls nobody.
func TestRatesURL(t *testing.T) { //nolint:paralleltest // changes the environment
	for name, tt := range map[string]struct {
		env  string
		set  bool
		want string
	}{"left out": {want: rates.DefaultURL}, "off": {set: true}, "another": {"https://mirror.example/x.xml", true, "https://mirror.example/x.xml"}} {
		t.Run(name, func(t *testing.T) {
			if tt.set {
				t.Setenv("ADMUX_RATES_URL", tt.env)
			}
			var c cli
			parser, err := kong.New(&c)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse([]string{"serve"}); err != nil {
				t.Fatal(err)
			}
			if c.Serve.RatesURL != tt.want || !tt.set && c.Demo.RatesURL != "" {
				t.Errorf("serve %q, demo %q", c.Serve.RatesURL, c.Demo.RatesURL)
			}
		})
	}
	bad := goodServe(t)
	bad.RatesURL = "u:hunter2@h"
	if _, err := bad.plan(&streams{err: io.Discard}, environment(nil)); err == nil || !strings.Contains(err.Error(), "--rates-url") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}
