package connections

import (
	"net/url"
	"strings"
	"testing"
)

func TestAllowed(t *testing.T) {
	t.Parallel()
	list := []string{"https://app.example/done", "https://app.example/deep/", "https://root.example", "http://localhost:3000/cb", "http://[::1]/", "not a url"}
	for raw, want := range map[string]bool{
		"https://app.example/done": true, "https://app.example/done?x=1": true, "https://APP.example/done": true, "https://app.example:443/done": true,
		"https://app.example/done/": false, "https://app.example/done/x": false, "https://app.example/don": false, "https://app.example:8443/done": false,
		"http://app.example/done": false, "https://app.example.evil.example/done": false, "https://evil.example/app.example/done": false,
		"https://app.example/deep/": true, "https://app.example/deep/er": true, "https://app.example/deep/../admin": false,
		"https://app.example/deep/%2e%2e/admin": false, "https://app.example/deep/..%2fadmin": false, "https://app.example/deep/%2e": true,
		"https://app.example/deeper": false, "https://root.example": true, "https://root.example/": true, "https://root.example/x": false,
		"http://localhost:3000/cb": true, "http://localhost:9/cb": true, "https://localhost:3000/cb": false, "http://127.0.0.1:3000/cb": false, "http://[::1]:7/any": true,
	} {
		u, err := parseRedirect(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if got := allowed(u, list); got != want {
			t.Errorf("%s: %t", raw, got)
		}
	}
}

func TestParseRedirectRefuses(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "/done", "//app.example/", "app.example", "ftp://app.example/", "javascript:alert(1)", "https:app.example", "https:///done",
		"https://user@app.example/", "https://user:pass@app.example/", "https://app.example/#", "https://app.example/#x", `https://app.example\@evil.example/`,
		"https://app.example/\r\nSet-Cookie:x", "https://app.example/a b", "https://:443/", "https://app.example/%zz", "https://" + strings.Repeat("a", maxURL)} {
		if u, err := parseRedirect(raw); err == nil {
			t.Errorf("%q is taken as %s", raw, u)
		}
	}
}

func TestWithQuery(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://a.example/x":            "https://a.example/x?id=c1&state=a+b%26c",
		"https://a.example/x?":           "https://a.example/x?id=c1&state=a+b%26c",
		"https://a.example/x?q=%20y&b":   "https://a.example/x?q=%20y&b&id=c1&state=a+b%26c",
		"https://a.example/x%2Fy?id=old": "https://a.example/x%2Fy?id=old&id=c1&state=a+b%26c",
	} {
		if got := withQuery(raw, "id", "c1", "state", "a b&c", "empty", ""); got != want {
			t.Errorf("%s: %s", raw, got)
		}
	}
}

// Whatever is taken as a redirect has a host, and what is added to it changes neither host nor path.
func FuzzRedirect(f *testing.F) {
	for _, s := range []string{"https://a.example/x?y=1", "http://[::1]:80/", "https://a.example\\@b/", "https://a.example#x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := parseRedirect(raw)
		if err != nil {
			return
		}
		got, err := url.Parse(withQuery(raw, "id", "c1"))
		if err != nil || got.Host != u.Host || got.EscapedPath() != u.EscapedPath() || got.Scheme != u.Scheme || !strings.HasSuffix(got.RawQuery, "id=c1") {
			t.Errorf("%q becomes %v, %v", raw, got, err)
		}
	})
}

func FuzzParseInput(f *testing.F) {
	for _, s := range []string{`{"auth":{"access_token":"x"},"is_paused":null}`, `{"permissions":["x"]}`, `[]`, `{"auth":5}`, `{"a":{"b":[1e999]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		in, err := parseInput(body)
		if err == nil && in.xref != nil && !storable(*in.xref, maxXref) {
			t.Errorf("took %q", *in.xref)
		}
	})
}

func FuzzListing(f *testing.F) {
	f.Add("limit=2&cursor=eyJpIjoiY29ubl8xIn0")
	f.Add("updated_gte=2026-01-01&order=desc&sort=name")
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		if l, err := parseListing(q); err == nil && (l.filter.Limit < 1 || l.filter.Limit > maxLimit || l.filter.Offset < 0) {
			t.Errorf("took %+v", l.filter)
		}
	})
}
