package connections

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
)

const maxURL = 2048

// parseRedirect checks where a browser is asked to be sent: an absolute http(s) URL without credentials or fragment.
func parseRedirect(raw string) (*url.URL, error) {
	if len(raw) > maxURL {
		return nil, errors.New("longer than 2048 characters")
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return r == '\\' || unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return nil, errors.New("holds characters that a URL does not have")
	}
	if strings.Contains(raw, "#") {
		return nil, errors.New("must not have a fragment")
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("must be an absolute http or https URL")
	}
	if u.User != nil {
		return nil, errors.New("must not carry credentials")
	}
	return u, nil
}

// allowed tells whether a URL is on an allow-list. An entry allows the URL with its scheme, host, port and path, and
// any query; one that ends in a slash allows the paths beneath it too. On loopback any port is as good as the
// registered one (RFC 8252, 7.3): a native client's is not known beforehand.
func allowed(u *url.URL, list []string) bool {
	for _, raw := range list {
		e, err := parseRedirect(raw)
		if err == nil && e.Scheme == u.Scheme && sameHost(e, u) && pathAllowed(e.EscapedPath(), u.EscapedPath()) {
			return true
		}
	}
	return false
}

func sameHost(entry, u *url.URL) bool {
	if isLoopback(entry.Hostname()) {
		return strings.EqualFold(entry.Hostname(), u.Hostname())
	}
	return strings.EqualFold(entry.Hostname(), u.Hostname()) && port(entry) == port(u)
}

func pathAllowed(entry, path string) bool {
	if path == "" {
		path = "/"
	}
	if entry == "" {
		entry = "/"
		return path == entry
	}
	if path == entry {
		return true
	}
	// Dot segments, however written, would climb out from beneath the entry.
	plain := strings.ReplaceAll(strings.ToLower(path), "%2e", ".")
	plain = strings.ReplaceAll(strings.ReplaceAll(plain, "%2f", "/"), "%5c", "/")
	if strings.Contains(plain, "/../") || strings.HasSuffix(plain, "/..") || strings.Contains(plain, "/./") {
		return false
	}
	return strings.HasSuffix(entry, "/") && strings.HasPrefix(path, entry)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// withQuery adds parameters to a URL and leaves what it has as it is. Empty values are left out.
func withQuery(raw string, pairs ...string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	var add []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			add = append(add, url.QueryEscape(pairs[i])+"="+url.QueryEscape(pairs[i+1]))
		}
	}
	if u.RawQuery != "" {
		add = append([]string{u.RawQuery}, add...)
	}
	u.RawQuery, u.ForceQuery = strings.Join(add, "&"), false
	return u.String()
}
