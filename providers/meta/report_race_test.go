//go:build race

package meta_test

// The race detector makes everything ten times slower: what is only larger with more rows has fewer of them.
const mostRows = 100_000
