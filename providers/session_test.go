package providers

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func pages(calls *int, fail int) Collection[int] {
	return Collection[int]{List: func(_ context.Context, q ListQuery) (Page[int], error) {
		*calls++
		if *calls == fail {
			return Page[int]{}, &Error{Kind: Unavailable, Message: "down"}
		}
		switch q.Cursor {
		case "":
			return Page[int]{Items: []int{1, 2}, Next: "b"}, nil
		case "b":
			return Page[int]{Next: "c"}, nil // an empty page in between is no end
		}
		return Page[int]{Items: []int{3}}, nil
	}}
}

func TestAllWalksEveryPage(t *testing.T) {
	t.Parallel()
	calls := 0
	var got []int
	for v, err := range pages(&calls, 0).All(t.Context(), ListQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if fmt.Sprint(got) != "[1 2 3]" || calls != 3 {
		t.Errorf("%v in %d calls", got, calls)
	}
}

func TestAllEndsByOneError(t *testing.T) {
	t.Parallel()
	calls, items, fails := 0, 0, 0
	for _, err := range pages(&calls, 2).All(t.Context(), ListQuery{}) {
		if err != nil {
			fails++
			continue
		}
		items++
	}
	if items != 2 || fails != 1 || calls != 2 {
		t.Errorf("%d items, %d errors, %d calls", items, fails, calls)
	}
}

func TestBreakStopsTheWalk(t *testing.T) {
	t.Parallel()
	calls := 0
	for range pages(&calls, 0).All(t.Context(), ListQuery{}) {
		break
	}
	if calls != 1 {
		t.Errorf("%d calls", calls)
	}
}

func TestErrorSaysWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	for k := Invalid; k <= Malformed; k++ {
		e := &Error{Kind: k, Platform: "p", Message: "m"}
		want := k == RateLimited || k == Unavailable || k == Timeout
		if e.Retryable() != want {
			t.Errorf("%v: retryable %v", k, e.Retryable())
		}
		e.Uncertain = true
		if e.Retryable() {
			t.Errorf("%v: an uncertain write is retryable", k)
		}
		if k.String() == "unknown" || e.Error() != "p: m" {
			t.Errorf("%d: %q %q", k, k, e)
		}
		if KindOf(fmt.Errorf("wrapped: %w", e)) != k {
			t.Errorf("%v is lost in a chain", k)
		}
	}
	if Kind(0).String() != "unknown" || Kind(99).String() != "unknown" || KindOf(errors.New("x")) != 0 || KindOf(nil) != 0 {
		t.Error("what is no kind has a name")
	}
	cause := errors.New("cause")
	if !errors.Is(&Error{Err: cause, RetryAfter: time.Second}, cause) {
		t.Error("the cause is lost")
	}
}
