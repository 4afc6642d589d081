package passthrough

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// hopByHop are the headers of one connection (RFC 9110, 7.6.1); what Connection names comes on top.
func hopByHop() []string {
	return []string{"Connection", "Proxy-Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Proxy-Authenticate", "Proxy-Authorization"}
}

// mine are the caller's headers that stay here: credentials for the gateway, who he is and how he came, and what the
// transport sets itself.
func mine(name string) bool {
	switch name {
	case "Authorization", "Cookie", "Cookie2", "Host", "Forwarded", "Via", "X-Real-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Client-Ip",
		"X-Client-Ip", "X-Api-Key", "Origin", "Referer", "Accept-Encoding", "Content-Length", "Expect", "X-Request-Id":
		return true
	}
	return strings.HasPrefix(name, "X-Forwarded-") || strings.HasPrefix(name, "Proxy-") || strings.HasPrefix(name, "Sec-") ||
		strings.HasPrefix(name, "X-Original-") || strings.HasPrefix(name, "X-Rewrite-")
}

// theirs are the platform's headers that stay here: they would speak for the gateway's own host.
func theirs(name string) bool {
	switch name {
	case "Set-Cookie", "Set-Cookie2", "Alt-Svc", "Strict-Transport-Security", "Public-Key-Pins", "Clear-Site-Data", "Service-Worker-Allowed",
		"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy", "Authorization":
		return true
	}
	return strings.HasPrefix(name, "Access-Control-")
}

// forward copies the headers of a message that may go on.
func forward(from http.Header, stays func(string) bool) http.Header {
	drop := hopByHop()
	for _, line := range from.Values("Connection") {
		for name := range strings.SplitSeq(line, ",") {
			drop = append(drop, http.CanonicalHeaderKey(strings.TrimSpace(name)))
		}
	}
	out := make(http.Header, len(from))
	for name, values := range from {
		if !stays(name) && !slices.Contains(drop, name) {
			out[name] = slices.Clone(values)
		}
	}
	return out
}

// changes tells whether a request may change something at the platform: by its method, or by a header or parameter
// that makes a server take a GET for another method.
func changes(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return true
	}
	for name, values := range r.Header {
		if strings.HasSuffix(name, "-Method") || strings.Contains(name, "Method-Override") {
			if slices.ContainsFunc(values, writes) {
				return true
			}
		}
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return true // what cannot be read is not taken for harmless
	}
	for name, values := range q {
		switch strings.ToLower(name) {
		case "method", "_method", "x-http-method-override", "x-http-method", "x-method-override":
			if slices.ContainsFunc(values, writes) {
				return true
			}
		}
	}
	return false
}

func writes(method string) bool {
	return !slices.Contains([]string{"", http.MethodGet, http.MethodHead, http.MethodOptions}, strings.ToUpper(strings.TrimSpace(method)))
}
