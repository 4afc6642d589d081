//go:build race

package jobs_test

// manyRows is a large report; the race detector makes each row some ten times dearer.
const manyRows = 30_000
