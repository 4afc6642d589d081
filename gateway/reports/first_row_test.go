package reports_test

import (
	"bytes"
	"context"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// P5: what a page of the platform has given is with the caller before the next page comes, however few rows that were: the
// platform of this test gives its second page only once the caller has read the rows of the first.
func TestP5_RowsLeaveBeforeThePlatformIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"csv", "ndjson", "table"} {
		for _, path := range []string{"/ads/c1/report", "/ads/c1,c2/report"} {
			t.Run(format+path, func(t *testing.T) {
				t.Parallel()
				read := make(chan struct{})
				a, b := stalling(read), stalling(read)
				b.platform = "betaads" // or its account would be a's
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, serve(t, a, b)+path+"?type=IMPRESSIONS,CLICKS,COST&format="+format, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				res, err := http.DefaultTransport.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				want := strings.Count(path, "c")
				var got []byte
				for chunk := make([]byte, 512); bytes.Count(got, []byte("first")) < want; {
					n, err := res.Body.Read(chunk)
					if got = append(got, chunk[:n]...); err != nil {
						t.Fatalf("%v after %q", err, got)
					}
				}
				close(read)
				rest, err := io.ReadAll(res.Body)
				if n := bytes.Count(rest, []byte("second")); n != want || err != nil {
					t.Errorf("%d rows of second pages, want %d (%v): %q", n, want, err, rest)
				}
			})
		}
	}
}

// stalling is a platform of two pages of one row, whose second does not come before read is closed.
func stalling(read <-chan struct{}) *fake {
	f := newFake(order...)
	f.reports.Stream = func(ctx context.Context, p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			providers.Idle(ctx)
			row := campaign("11", nil, num("100"), num("10"), num("5.50"))
			row.Campaign.Name = "first"
			if !yield(row, nil) {
				return
			}
			providers.Idle(ctx)
			select {
			case <-read:
			case <-ctx.Done():
				yield(normalize.Row{}, ctx.Err())
				return
			}
			row.Campaign = normalize.Entity{ID: "12", Name: "second"}
			yield(row, nil)
		}
	}
	return f
}
