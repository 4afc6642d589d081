package ads

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// HeaderLeft says, a line each, what a platform keeps from a list and why. Absent: the list is whole.
const HeaderLeft = "X-Admux-Left-Out"

// The bounds of the header: servers between us and the caller take some 8 KiB of headers.
const (
	maxLeft       = 20  // lines
	maxLeftLength = 240 // bytes of one
)

func writeLeft(h http.Header, left []string) {
	for i, why := range left {
		if i == maxLeft-1 && len(left) > maxLeft {
			h.Add(HeaderLeft, fmt.Sprintf("and %d more reasons", len(left)-i))
			return
		}
		h.Add(HeaderLeft, headerText(why))
	}
}

// headerText makes a header's value of a sentence: what is not ASCII is written as in JSON, and a long one is cut.
func headerText(s string) string {
	var b strings.Builder
	for _, r := range s {
		part := string(r)
		switch {
		case r < 0x20 || r == 0x7f:
			part = " "
		case r > 0xffff:
			part = fmt.Sprintf("\\U%08x", r)
		case r >= utf8.RuneSelf:
			part = fmt.Sprintf("\\u%04x", r)
		}
		if b.Len()+len(part) > maxLeftLength-len("...") {
			return b.String() + "..."
		}
		b.WriteString(part)
	}
	return strings.TrimSpace(b.String())
}
