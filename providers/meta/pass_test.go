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
