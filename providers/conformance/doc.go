// Package conformance is the suite that every provider passes against its platform's simulator, over HTTP. What it
// asks derives from what the provider declares: what is not declared is not run, and printed.
//
// It also carries the mapping between the contract and the platforms (normalization.json) so that an adapter's test
// can run each of its rows, and finds recorded platform answers.
package conformance
