//go:build !race

package meta_test

const mostRows = 1_000_000
