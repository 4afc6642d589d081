package meta

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
)

// TestNormalizationErrors runs every code of Meta's, as the table lists them, and in both positions where it is a subcode.
func TestNormalizationErrors(t *testing.T) {
	t.Parallel()
	rows := conformance.NormalizationOf(t, "meta").Errors()
	if len(rows) == 0 {
		t.Fatal("no rows")
	}
	for _, row := range rows {
		cases := casesOf(t, row.Text)
		for _, c := range cases {
			e := classify(c.status, http.Header{}, []byte(c.body))
			if e.Kind != row.Kind {
				t.Errorf("%s (row %q): %v, want %v", c.body, row.Text, e.Kind, row.Kind)
			}
		}
	}
	for body, want := range map[string]providers.Kind{ // the notes
		`{"error":{"code":100,"error_subcode":1885272}}`: providers.Rejected, `{"error":{"code":100,"error_subcode":2490408}}`: providers.Rejected,
		`{"error":{"code":100,"error_subcode":1870227}}`: providers.Rejected, `{"error":{"code":100,"error_subcode":3858152}}`: providers.Rejected,
		`{"error":{"code":2635}}`: providers.Unsupported,
	} {
		if e := classify(400, http.Header{}, []byte(body)); e.Kind != want {
			t.Errorf("%s: %v, want %v", body, e.Kind, want)
		}
	}
}

type errorCase struct {
	status int
	body   string
}

// casesOf reads a row's own words: numbers, ranges, pairs of code and subcode, lists of subcodes, and some that are built
// by hand.
func casesOf(t *testing.T, text string) []errorCase {
	t.Helper()
	var out []errorCase
	add := func(code, sub string, more ...string) {
		body := `{"error":{"message":"m","type":"OAuthException","code":` + code
		if sub != "" {
			body += `,"error_subcode":` + sub
		}
		out = append(out, errorCase{400, body + strings.Join(more, "") + `}}`})
	}
	text = strings.ReplaceAll(text, "−", "-")
	if list, ok := strings.CutPrefix(text, "190 ("); ok {
		subs, rest, _ := strings.Cut(list, ")")
		for sub := range strings.SplitSeq(subs, ", ") {
			add("190", strings.TrimPrefix(sub, "none"))
		}
		text = strings.Trim(rest, ", ")
	}
	for part := range strings.SplitSeq(text, ", ") {
		from, to, isRange := strings.Cut(part, "–")
		code, sub, pair := strings.Cut(part, "/")
		switch {
		case part == `1 "reduce the amount of data"`:
			out = append(out, errorCase{500, `{"error":{"message":"Please reduce the amount of data you're asking for, then retry your request","code":1}}`})
		case part == `100 "Missing permissions"`:
			out = append(out, errorCase{400, `{"error":{"message":"(#100) Missing permissions","code":100}}`})
		case part == "100 (other)":
			add("100", "")
		case part == "is_transient":
			add("9999", "", `,"is_transient":true`)
		case strings.HasPrefix(part, "HTTP "):
			out = append(out, errorCase{500, `{"error":{"message":"m","code":9999}}`})
		case part == "503":
			out = append(out, errorCase{503, `<html>`})
		case isRange:
			lo, err1 := strconv.Atoi(from)
			hi, err2 := strconv.Atoi(to)
			if err1 != nil || err2 != nil {
				t.Fatalf("row %q is not known here", part)
			}
			for n := lo; n <= hi; n++ {
				add(strconv.Itoa(n), "")
			}
		case pair:
			add(code, sub)
		default:
			n, err := strconv.Atoi(part)
			if err != nil {
				t.Fatalf("row %q is not known here", part)
			}
			add(part, "")
			if n >= firstRule {
				add("100", part)
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("row %q gives nothing", text)
	}
	return out
}
