// Package left tells callers, in a header, what an answer leaves out and why.
package left

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Header says, a line each, what a platform keeps from a list or a report, and why. Absent: the answer is whole.
const Header = "X-Admux-Left-Out"

// The bounds of the header: servers between us and the caller take some 8 KiB of headers.
const (
	Most    = 20  // lines
	longest = 240 // bytes of one
)

// Write sets the header.
func Write(h http.Header, reasons []string) { write(h, Header, reasons) }

// WriteTrailer sets the trailer of the same name, of an answer that has begun.
func WriteTrailer(h http.Header, reasons []string) { write(h, http.TrailerPrefix+Header, reasons) }

func write(h http.Header, name string, reasons []string) {
	h.Del(name)
	for i, why := range reasons {
		if i == Most-1 && len(reasons) > Most {
			h[name] = append(h[name], fmt.Sprintf("and %d more reasons", len(reasons)-i))
			return
		}
		h[name] = append(h[name], headerText(why))
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
		if b.Len()+len(part) > longest-len("...") {
			return b.String() + "..."
		}
		b.WriteString(part)
	}
	return strings.TrimSpace(b.String())
}
