package auth

import (
	"errors"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

// Require lets a request pass whose key has a scope. The key is `Authorization: Bearer KEY`, or the bare key, as the
// published SDKs send it. Failures go to fail as a *problem.Error: 401, 403 naming the scope, 503 when the store
// cannot be asked.
func (k *Keys) Require(need Scope, fail func(*gin.Context, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		p, err := k.Authenticate(c)
		switch {
		case err != nil:
			fail(c, err)
			c.Abort()
			return
		case !p.May(need):
			fail(c, problem.MissingScope(string(need)))
			c.Abort()
			return
		}
		c.Request = c.Request.WithContext(WithPrincipal(c.Request.Context(), p))
		c.Next()
	}
}

// Authenticate returns whose key the request carries. The error is a *problem.Error.
func (k *Keys) Authenticate(c *gin.Context) (Principal, error) {
	key := presented(c.Request.Header["Authorization"])
	if key == "" {
		c.Header("WWW-Authenticate", `Bearer`)
		return Principal{}, problem.Unauthorized("An API key is needed: send it as `Authorization: Bearer KEY`.")
	}
	p, err := k.Verify(c.Request.Context(), key)
	switch {
	case errors.Is(err, ErrInvalidKey):
		c.Header("WWW-Authenticate", `Bearer error="invalid_token"`)
		return Principal{}, problem.Unauthorized("The API key is not valid: it is malformed, unknown or revoked.")
	case err != nil:
		return Principal{}, problem.Unavailable("The API key could not be checked.", time.Second, err)
	}
	return p, nil
}

// presented takes the key out of the header. Two headers are none: which of them counts would be a guess.
func presented(headers []string) string {
	if len(headers) != 1 {
		return ""
	}
	value := strings.TrimSpace(headers[0])
	if scheme, key, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	return value
}
