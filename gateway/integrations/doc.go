// Package integrations answers /unified/integration: which platforms there are, and what works on each. The support matrix
// is computed, from what the adapters declare, from what the gateway can do over any list, and from what the document
// says is served; nothing is written down twice.
package integrations
