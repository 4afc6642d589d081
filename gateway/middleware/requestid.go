package middleware

import (
	"crypto/rand"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

const (
	maxRequestID = 128
	ownID        = "middleware.own_id"
)

// RequestID names the request: by the caller's own X-Request-Id where it is sane, so that logs of both sides meet, else
// by a fresh one. Every answer carries it.
func RequestID() gin.HandlerFunc {
	return func(c *gin.Context) {
		id := c.GetHeader(problem.HeaderRequestID)
		if !saneID(id) {
			id = "req_" + strings.ToLower(rand.Text())
			c.Set(ownID, true)
		}
		c.Header(problem.HeaderRequestID, id)
		c.Next()
	}
}

// ID is the request's id.
func ID(c *gin.Context) string { return c.Writer.Header().Get(problem.HeaderRequestID) }

// OwnID tells whether the gateway made the request's id, so that no other request has it.
func OwnID(c *gin.Context) bool { return c.GetBool(ownID) }

// saneID keeps line breaks, spaces, quotes and novels out of logs and headers.
func saneID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for _, r := range []byte(id) {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}
