package rest

import (
	"net/url"
	"strings"
)

// RedactURL is a URL for logs: user info dropped, the values of query parameters that hold secrets masked, all else
// as it is on the wire.
func RedactURL(u *url.URL) string {
	shown := *u
	shown.User = nil
	if u.RawQuery != "" {
		parts := strings.Split(u.RawQuery, "&")
		for i, p := range parts {
			name, _, has := strings.Cut(p, "=")
			if has && secretName(name) {
				parts[i] = name + "=redacted"
			}
		}
		shown.RawQuery = strings.Join(parts, "&")
	}
	return shown.String()
}

// secretName errs on the side of masking: paging tokens are masked too.
func secretName(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	name = strings.ToLower(name)
	for _, s := range []string{"token", "secret", "password", "proof", "assertion", "verifier", "signature", "api_key", "apikey", "authorization"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return name == "code" || name == "key" || name == "sig"
}
