//go:build race

package e2e

// The binary is built as this test is: under the race detector where that is on.
const race = true
