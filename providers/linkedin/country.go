package linkedin

import (
	_ "embed"
	"strings"
	"sync"
)

// countriesTxt lists the countries of ISO 3166-1 with the English names that a platform may use, and Kosovo, whose code
// is by common use.
//
//go:embed countries.txt
var countriesTxt string

var countryCodes = sync.OnceValue(func() map[string]string {
	codes := map[string]string{}
	for line := range strings.Lines(countriesTxt) {
		code, names, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		for name := range strings.SplitSeq(names, "|") {
			codes[strings.ToLower(name)] = code
		}
	}
	return codes
})

// countryCode is the ISO code of a country's English name, "UNKNOWN" when it is none.
func countryCode(name string) string {
	if code, ok := countryCodes()[strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), "’", "'"))]; ok {
		return code
	}
	return unknownValue
}

// countryNames are the English names of a country, by its ISO code.
func countryNames(code string) []string {
	for line := range strings.Lines(countriesTxt) {
		if own, names, ok := strings.Cut(strings.TrimSpace(line), " "); ok && own == code {
			return strings.Split(names, "|")
		}
	}
	return nil
}
