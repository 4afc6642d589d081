// Package ops tells how the service is: /healthz, /readyz, /metrics, /openapi.json and /docs. Metrics carry no label that
// grows with customers: no account, no connection, no key.
package ops
