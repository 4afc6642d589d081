package google

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
)

type oneToken struct{}

func (oneToken) Token(context.Context) (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: "token-of-a-test"}, nil
}
func (oneToken) Reject(context.Context, *oauth2.Token) error { return nil }

// streaming is a client of a server that answers the nth call by a function; the manager is named, so that nothing is walked.
func streaming(t *testing.T, answer func(n int, w http.ResponseWriter)) (*client, *atomic.Int64) {
	t.Helper()
	var calls atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer(int(calls.Add(1)), w)
	}))
	t.Cleanup(srv.Close)
	tr, err := providers.NewTransport(http.DefaultTransport, []string{apiHost}, map[string]string{apiHost: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	deps := providers.Deps{HTTP: &http.Client{Transport: tr}, Now: time.Now, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	return newClient(&provider{forest: &forest{}}, providers.Conn{Tokens: oneToken{}}, deps, options{version: "v25", login: "1"}), &calls
}

type counted struct {
	Campaign struct {
		ID string `json:"id"`
	} `json:"campaign"`
}

const goodPart = `{"results":[{"campaign":{"id":"1"}},{"campaign":{"id":"2"}}],"fieldMask":"campaign.id","requestId":"rq-part"}`

// A page that fails is read again, and none of its rows comes twice.
func TestSearchPages(t *testing.T) {
	t.Parallel()
	client, calls := streaming(t, func(n int, w http.ResponseWriter) {
		switch n {
		case 1, 3:
			_, _ = io.WriteString(w, strings.TrimSuffix(goodPart, "}")+`,"nextPageToken":"t`+fmt.Sprint(n)+`"}`)
		case 2:
			_, _ = io.WriteString(w, goodPart[:60])
		default:
			_, _ = io.WriteString(w, `{"fieldMask":"x"}`)
		}
	})
	n := 0
	if err := search(t.Context(), client, "1", "q", func(*counted) error { n++; return nil }); err != nil || n != 4 || calls.Load() != 4 {
		t.Errorf("%d rows, %v, %d calls", n, err, calls.Load())
	}
	for _, body := range []string{`{}`, `{"nextPageToken":""}`, `{"results":null}`, `[]`, `null`} {
		empty, _ := streaming(t, func(_ int, w http.ResponseWriter) { _, _ = io.WriteString(w, body) })
		if err := search(t.Context(), empty, "1", "q", func(*counted) error { return nil }); providers.KindOf(err) != providers.Malformed {
			t.Errorf("%s is taken for an answer without rows: %v", body, err)
		}
	}
	circle, _ := streaming(t, func(_ int, w http.ResponseWriter) { _, _ = io.WriteString(w, `{"results":[],"nextPageToken":"same"}`) })
	if err := search(t.Context(), circle, "1", "q", func(*counted) error { return nil }); providers.KindOf(err) != providers.Malformed {
		t.Errorf("paging in a circle: %v", err)
	}
}
