package middleware

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
)

// apiCSP forbids everything: an API's answer is data, whatever a platform may have put into it.
const apiCSP = "default-src 'none'; frame-ancestors 'none'; sandbox"

// Secure sets the headers that keep an answer from being taken for anything but data. A handler that serves a page
// replaces the Content-Security-Policy and the Cache-Control.
func Secure() gin.HandlerFunc {
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", apiCSP)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		c.Next()
	}
}

// CORS lets pages of the named origins call the API from a browser; with none it does nothing. Credentials are never
// allowed: a key travels in a header, never in a cookie.
func CORS(origins []string) gin.HandlerFunc {
	return func(c *gin.Context) {
		origin := c.GetHeader("Origin")
		if len(origins) == 0 || origin == "" {
			c.Next()
			return
		}
		h := c.Writer.Header()
		h.Add("Vary", "Origin")
		if !slices.Contains(origins, origin) {
			c.Next()
			return
		}
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "ETag, Idempotent-Replayed, Link, Location, Retry-After, X-Admux-Audit, X-Admux-Dry-Run, X-Admux-Effect, X-Admux-Left-Out, X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		if c.Request.Method != http.MethodOptions || c.GetHeader("Access-Control-Request-Method") == "" {
			c.Next()
			return
		}
		h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, Idempotency-Key, If-Match, X-Request-Id")
		h.Set("Access-Control-Max-Age", "600")
		c.AbortWithStatus(http.StatusNoContent)
	}
}
