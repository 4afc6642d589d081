package ads

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/admux/admux/gateway/problem"
)

// etag names an object as it is: what people can change of it. What it has spent and whether it is delivering change by
// themselves and are left out, so that a write does not fail for them.
func etag[T any](v T) string {
	o, err := objectOf(v)
	if err != nil {
		return ""
	}
	for _, name := range []string{"effective_status", "total_spend_amount", "updated_at"} {
		delete(o, name)
	}
	raw, err := json.Marshal(o) // names are sorted
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// matches holds an object against If-Match. A tag that was made weak on its way still counts: it names the same object.
func matches(match, tag string) error {
	if match == "" {
		return nil
	}
	for m := range strings.SplitSeq(match, ",") {
		if m = strings.TrimPrefix(strings.TrimSpace(m), "W/"); m == "*" || m == tag {
			return nil
		}
	}
	return &problem.Error{Code: problem.CodeChanged, Detail: "The object has been changed since it was read: read it again, then decide."}
}
