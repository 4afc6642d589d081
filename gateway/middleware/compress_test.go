package middleware

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func packing(answer gin.HandlerFunc) *httptest.Server {
	gin.SetMode(gin.TestMode)
	e := gin.New()
	e.Use(Recover(slog.New(slog.DiscardHandler)), Compress())
	e.GET("/", answer)
	return httptest.NewServer(e)
}

func fetch(t *testing.T, url, accept string) (*http.Response, []byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", accept) // set by us, net/http unpacks nothing
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res, b, err
}

func unpack(t *testing.T, coding string, b []byte) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch coding {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestCompress(t *testing.T) {
	t.Parallel()
	long, short := strings.Repeat(`{"a":1}`, 10_000), `{"a":1}`
	for name, c := range map[string]struct{ body, mediaType, accept, coding string }{
		"zstd is preferred":       {long, "application/json", "gzip, deflate, br, zstd", "zstd"},
		"gzip":                    {long, "application/json", "gzip", "gzip"},
		"by weight":               {long, "text/csv; charset=utf-8", "zstd;q=0.2, gzip;q=0.8", "gzip"},
		"a star":                  {long, "application/x-ndjson", "*", "gzip"},
		"refused":                 {long, "application/json", "zstd;q=0, gzip;q=0", ""},
		"unknown":                 {long, "application/json", "br", ""},
		"none":                    {long, "application/json", "", ""},
		"too short":               {short, "application/json", "gzip", ""},
		"packed already":          {long, "application/vnd.apache.parquet", "gzip", ""},
		"problems are JSON":       {long, "application/problem+json", "gzip", "gzip"},
		"nothing":                 {"", "application/json", "gzip", ""},
		"just not long enough":    {strings.Repeat("x", compressFrom-1), "text/plain", "gzip", ""},
		"as long as it has to be": {strings.Repeat("x", compressFrom), "text/plain", "gzip", "gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := packing(func(ctx *gin.Context) {
				ctx.Header("Content-Type", c.mediaType)
				for i := 0; i < len(c.body); i += 700 {
					_, _ = ctx.Writer.WriteString(c.body[i:min(i+700, len(c.body))])
				}
			})
			defer srv.Close()
			res, b, err := fetch(t, srv.URL, c.accept)
			if err != nil {
				t.Fatal(err)
			}
			if got := res.Header.Get("Content-Encoding"); got != c.coding || res.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("coding %q, vary %q", got, res.Header.Get("Vary"))
			}
			if got := unpack(t, c.coding, b); got != c.body {
				t.Errorf("%d bytes came of %d", len(got), len(c.body))
			}
			if c.coding != "" && len(b) > len(c.body)/2 {
				t.Errorf("%d bytes are packed into %d", len(c.body), len(b))
			}
		})
	}
}

// An answer that is broken off has no good end, packed or not; one that has not begun is still a problem.
func TestCompress_brokenOff(t *testing.T) {
	t.Parallel()
	for _, accept := range []string{"zstd", "gzip"} {
		srv := packing(func(c *gin.Context) {
			c.Header("Content-Type", "application/json")
			_, _ = c.Writer.WriteString(strings.Repeat("x", 100_000))
			c.Writer.Flush()
			panic(http.ErrAbortHandler)
		})
		srv.Config.ErrorLog = nil
		if _, b, err := fetch(t, srv.URL, accept); err == nil {
			t.Errorf("%s: %d bytes look whole", accept, len(b))
		}
		srv.Close()
		srv = packing(func(c *gin.Context) {
			_, _ = c.Writer.WriteString("begun")
			panic("a fault")
		})
		res, b, err := fetch(t, srv.URL, accept)
		if err != nil || res.StatusCode != http.StatusInternalServerError || !strings.Contains(string(b), `"code":"internal"`) {
			t.Errorf("%s: %v %s", accept, err, b)
		}
		srv.Close()
	}
}
