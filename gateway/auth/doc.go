// Package auth knows who calls: API keys, the workspace each belongs to, and what its scopes allow.
package auth
