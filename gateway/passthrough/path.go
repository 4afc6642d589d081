package passthrough

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxPath is longer than any platform's own paths.
const maxPath = 8 << 10

// decodings is how often a path may be decoded by servers one behind the other before its meaning is settled.
const decodings = 4

// scheme starts an absolute address. A first part such as urn:li:… is none: a scheme that is followed by a slash, or
// one that clients know, is.
var scheme = regexp.MustCompile(`(?i)^([a-z][a-z0-9+.-]*:/|(https?|ftp|file|wss?|gopher|data|javascript|ldaps?|unix|dict|jar|netdoc):)`)

// clean returns the escaped path to ask the platform for, with its leading slash and as the caller escaped it, or why it
// is refused. escaped is what follows the connection's id in the request's path.
//
// The published SDKs encode the path as a whole, slashes too: a path without a slash and with an encoded one is decoded
// once. One that has both is refused, since who decodes what could not be told.
func clean(escaped string) (path, reason string) {
	if len(escaped) > maxPath {
		return "", "is too long"
	}
	if strings.Contains(strings.ToLower(escaped), "%2f") {
		if strings.Contains(escaped, "/") {
			return "", "may not hold encoded slashes beside plain ones"
		}
		whole, err := url.PathUnescape(escaped)
		if err != nil {
			return "", "is not a valid path"
		}
		if strings.Contains(strings.ToLower(whole), "%2f") {
			return "", "may not hold encoded slashes beside plain ones"
		}
		escaped = strings.TrimPrefix(whole, "/")
	}
	escaped = tidy(escaped)
	if escaped == "" {
		return "", "must name a path of the platform's API"
	}
	for s, n := escaped, 0; ; n++ {
		if reason := forbidden(s); reason != "" {
			return "", reason
		}
		decoded, err := url.PathUnescape(s)
		if err != nil && n == 0 {
			return "", "is not a valid path"
		}
		if err != nil || decoded == s || n == decodings { // what a first decoding left is text, not an encoding
			return "/" + escaped, ""
		}
		s = decoded
	}
}

// tidy escapes the bytes that may not stand in a path as they are, and leaves every escape of the caller's as it is.
func tidy(s string) string {
	const plain = "-._~!$&'()*+,;=:@/%"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// forbidden tells why a path, in one of its decodings, could lead elsewhere.
func forbidden(s string) string {
	if !utf8.ValidString(s) {
		return "must be UTF-8" // overlong forms of . and / are not
	}
	lower := strings.ToLower(s)
	for _, code := range []string{"%2e", "%5c", "%00"} {
		if strings.Contains(lower, code) {
			return "may not hold encoded dots, backslashes or zero bytes"
		}
	}
	s = strings.Map(look, s)
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 || r == 0x2028 || r == 0x2029 }) {
		return "may not hold control characters"
	}
	first, _, _ := strings.Cut(s, "/")
	switch {
	case strings.Contains(s, `\`):
		return "may not hold backslashes"
	case strings.HasPrefix(s, "/"), strings.Contains(s, "//"):
		return "may not hold empty parts"
	case scheme.MatchString(s):
		return "must be a path, not an address"
	case strings.Contains(first, "@"):
		return "may not name a user"
	case strings.ContainsAny(s, "[]"):
		return "may not hold brackets"
	case strings.ContainsAny(s, "#?"):
		return "may not hold an encoded ? or #"
	}
	for part := range strings.SplitSeq(s, "/") {
		name, _, _ := strings.Cut(part, ";") // some servers take what follows for parameters of the part
		if name = strings.TrimSpace(name); name == "." || name == ".." {
			return "may not hold . or .. as a part"
		}
	}
	return ""
}

// look turns a character that some servers fold into . / or \ into that.
func look(r rune) rune {
	switch r {
	case '\uff0e', '\u2024', '\u3002', '\uff61', '\u2025': // the last stands for two dots: one is enough to refuse the part
		return '.'
	case '\uff0f', '\u2215', '\u2044', '\u29f8':
		return '/'
	case '\uff3c', '\u2216', '\u29f5':
		return '\\'
	}
	return r
}
