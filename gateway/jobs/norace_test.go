//go:build !race

package jobs_test

// manyRows is a large report.
const manyRows = 1_000_000
