package middleware

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

// Validate refuses a request that the document does not allow, with one entry for each field and without the values.
// check is the document's (openapi.Route.Request); param gives the decoded values of the path.
func Validate(check func(r *http.Request, param func(string) string) []problem.Field) gin.HandlerFunc {
	return func(c *gin.Context) {
		if faults := check(c.Request, c.Param); len(faults) > 0 {
			problem.Write(c, problem.InvalidFields(faults...))
			return
		}
		c.Next()
	}
}
