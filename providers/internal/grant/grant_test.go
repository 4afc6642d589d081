package grant

import (
	"encoding/json"
	"testing"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
)

func TestKeep(t *testing.T) {
	t.Parallel()
	old := (&oauth2.Token{AccessToken: "a"}).WithExtra(map[string]any{Scope: "read write"})
	for name, c := range map[string]struct {
		extra map[string]any
		scope string
		left  int64
	}{
		"commas":                 {map[string]any{Scope: "read,write"}, "read write", 0},
		"a refresh says nothing": {map[string]any{}, "read write", 0},
		"time-limited":           {map[string]any{Scope: "x", RefreshExpiry: float64(604799)}, "x", 604799},
		"as text":                {map[string]any{Scope: "x", RefreshExpiry: "60"}, "x", 60},
		"as a JSON number":       {map[string]any{Scope: "x", RefreshExpiry: json.Number("61")}, "x", 61},
		"not a number":           {map[string]any{Scope: "x", RefreshExpiry: true}, "x", 0},
	} {
		got, err := Keep("p", (&oauth2.Token{AccessToken: "b"}).WithExtra(c.extra), old, map[string]any{"more": 1})
		if err != nil {
			t.Fatal(err)
		}
		left, _ := got.Extra(RefreshExpiry).(int64)
		if got.Extra(Scope) != c.scope || left != c.left || got.Extra("more") != 1 || got.AccessToken != "b" {
			t.Errorf("%s: scope %v, %v seconds left", name, got.Extra(Scope), got.Extra(RefreshExpiry))
		}
	}
	if _, err := Keep("p", &oauth2.Token{}, old, nil); providers.KindOf(err) != providers.Malformed {
		t.Errorf("without a token: %v", err)
	}
}
