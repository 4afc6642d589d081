package middleware

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

// Params decodes the values of the path, which gin matched raw (UseEscapedPath), so that an id may hold `/` and `:`.
// gin's own decoding is that of queries and would turn a `+` into a space.
func Params() gin.HandlerFunc {
	return func(c *gin.Context) {
		for i, p := range c.Params {
			v, err := url.PathUnescape(p.Value)
			if err != nil { // net/http has refused such a path already
				problem.Write(c, problem.InvalidFields(problem.Field{Field: p.Key, In: "path", Message: "is not a valid part of a path"}))
				return
			}
			c.Params[i].Value = v
		}
		c.Next()
	}
}
