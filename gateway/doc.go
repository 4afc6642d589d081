// Package gateway is the service: it puts the parts together (server.go), says what answers where (routes.go), and owns
// nothing that a part could own. Config (config.go) is filled by cmd/admux.
package gateway
