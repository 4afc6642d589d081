package meta

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestCleanBody(t *testing.T) {
	t.Parallel()
	const token, sum = "EAABtoken", "abcabcabd"
	for _, text := range []string{
		"", "x", token, "a" + token + "b" + token, strings.Repeat("EAAB", 9) + token, "EAABtoke", token + "EAABtoke", "abcabcabcabd" + token + sum + "abcabcab",
		strings.Repeat("y", passedChunk-4) + token + strings.Repeat("z", passedChunk) + sum,
	} {
		want := strings.NewReplacer(token, "redacted", sum, "redacted").Replace(text)
		for name, r := range map[string]io.Reader{
			"whole": strings.NewReader(text), "a byte at a time": iotest.OneByteReader(strings.NewReader(text)), "with the end": iotest.DataErrReader(strings.NewReader(text)),
		} {
			got, err := io.ReadAll(&cleanBody{ReadCloser: io.NopCloser(r), secrets: []string{token, sum}})
			if err != nil || string(got) != want {
				t.Errorf("%s %.60q: %.60q, %v", name, text, got, err)
			}
		}
	}
	broken := io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF))
	if got, err := io.ReadAll(&cleanBody{ReadCloser: io.NopCloser(broken), secrets: []string{token}}); string(got) != "abc" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a broken answer: %q, %v", got, err)
	}
}

// Tokens of pages do not pass either, whatever the caller calls them; what only looks a little like one does.
func TestCleanBody_otherTokens(t *testing.T) {
	t.Parallel()
	const page = "EAABsimpage459dabcdefghijk"
	for text, want := range map[string]string{
		`{"data":[{"access_token":"` + page + `","id":"1"},{"x":"` + page + `"}]}`: `{"data":[{"access_token":"redacted","id":"1"},{"x":"redacted"}]}`,
		`{"after":"QVFIUEAAB` + page + `"}`:                                        `{"after":"QVFIUEAAB` + page + `"}`,
		`{"name":"EAA is a word","n":"EAA"}`:                                       `{"name":"EAA is a word","n":"EAA"}`,
		`{"x":"` + strings.Repeat("y", passedChunk-9) + `","t":"` + page + `"}`:    `{"x":"` + strings.Repeat("y", passedChunk-9) + `","t":"redacted"}`,
		`"` + page: `"` + page, // an answer that was cut has no token that is whole
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(text), "a byte at a time": iotest.OneByteReader(strings.NewReader(text))} {
			got, err := io.ReadAll(&cleanBody{ReadCloser: io.NopCloser(r), secrets: []string{"EAABtoken"}})
			if err != nil || string(got) != want {
				t.Errorf("%s %.80q: %.80q, %v", name, text, got, err)
			}
		}
	}
}
