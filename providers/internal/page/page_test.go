package page

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers"
)

// upstream is a list of n numbers in pages of size.
func upstream(n, size int, calls *int) Fetch[int] {
	return func(_ context.Context, token string) ([]int, string, error) {
		*calls++
		from := 0
		if token != "" {
			from, _ = strconv.Atoi(token)
		}
		var items []int
		for i := from; i < min(from+size, n); i++ {
			items = append(items, i)
		}
		if from+size >= n {
			return items, "", nil
		}
		return items, strconv.Itoa(from + size), nil
	}
}

// N2: every item comes once and in order, and every page but the last is full, whatever the sizes.
func TestN2_ListAnswersEveryItemOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 3, 7, 12} {
		for _, up := range []int{1, 2, 3, 5, 20} {
			for _, size := range []int{1, 2, 3, 4, 12, 100} {
				calls := 0
				fetch := upstream(n, up, &calls)
				q := providers.ListQuery{Org: "o", Size: size}
				var got []int
				for pages := 0; ; pages++ {
					p, err := List(t.Context(), q, fetch)
					if err != nil {
						t.Fatal(err)
					}
					if len(p.Items) > size || p.Next != "" && len(p.Items) != size || pages > n {
						t.Fatalf("n %d up %d size %d: page %d has %d items, next %q", n, up, size, pages, len(p.Items), p.Next)
					}
					got = append(got, p.Items...)
					if p.Next == "" {
						break
					}
					q.Cursor = p.Next
				}
				if len(got) != n || !slices.IsSorted(got) || n > 0 && got[n-1] != n-1 {
					t.Fatalf("n %d up %d size %d: %v", n, up, size, got)
				}
			}
		}
	}
}

func TestListMeetsAShrinkingListAndFaults(t *testing.T) {
	t.Parallel()
	calls := 0
	p, err := List(t.Context(), providers.ListQuery{Size: 3}, upstream(10, 5, &calls))
	if err != nil || p.Next == "" {
		t.Fatal(err)
	}
	p, err = List(t.Context(), providers.ListQuery{Size: 3, Cursor: p.Next}, upstream(2, 5, &calls))
	if err != nil || len(p.Items) != 0 || p.Next != "" {
		t.Errorf("shrunk: %+v %v", p, err)
	}
	broken := errors.New("broken")
	_, err = List(t.Context(), providers.ListQuery{Size: 9}, func(_ context.Context, token string) ([]int, string, error) {
		if token != "" {
			return nil, "", broken
		}
		return []int{1}, "next", nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("a fault on a later page: %v", err)
	}
	_, err = List(t.Context(), providers.ListQuery{Size: 9}, func(context.Context, string) ([]int, string, error) { return []int{1}, "same", nil })
	if providers.KindOf(err) != providers.Malformed {
		t.Errorf("a circle: %v", err)
	}
}

func TestByOffset(t *testing.T) {
	t.Parallel()
	var starts []int
	fetch := ByOffset(4, func(_ context.Context, start, count int) ([]string, bool, error) {
		starts = append(starts, start)
		n := min(count, 10-start)
		return make([]string, n), start+n < 10, nil
	})
	items, _, more, err := Fill(t.Context(), 50, Position{}, fetch)
	if err != nil || more || len(items) != 10 || fmt.Sprint(starts) != "[0 4 8]" {
		t.Errorf("%d items, starts %v, more %v, %v", len(items), starts, more, err)
	}
	empty := ByOffset(4, func(context.Context, int, int) ([]string, bool, error) { return nil, true, nil })
	if _, _, _, err := Fill(t.Context(), 50, Position{}, empty); providers.KindOf(err) != providers.Malformed {
		t.Errorf("more after an empty page: %v", err)
	}
	for _, tok := range []string{"x", "-1"} {
		if _, _, _, err := Fill(t.Context(), 1, Position{Token: tok}, fetch); providers.KindOf(err) != providers.Invalid {
			t.Errorf("token %q: %v", tok, err)
		}
	}
}

func TestSlice(t *testing.T) {
	t.Parallel()
	all := []int{0, 1, 2, 3, 4}
	q := providers.ListQuery{Size: 2}
	var got []int
	for {
		p, err := Slice(q, all)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p.Items...)
		if p.Next == "" {
			break
		}
		q.Cursor = p.Next
	}
	if !slices.Equal(got, all) {
		t.Errorf("%v", got)
	}
}

func TestCursorBelongsToItsQuery(t *testing.T) {
	t.Parallel()
	q := providers.ListQuery{
		Org: "1", Campaign: "2", Group: "3", Parent: "4", Status: []string{"ACTIVE"}, Type: []string{"VIDEO"}, Query: "q",
		UpdatedSince: time.Unix(5, 0), Params: map[string]string{"a": "b"}, Size: 10,
	}
	q.Cursor = Seal(Position{Token: "t", Skip: 3}, q)
	var at Position
	same := q
	same.Size, same.Raw, same.Fields = 20, true, []string{"id"}
	if err := Open(same, &at); err != nil || at != (Position{Token: "t", Skip: 3}) {
		t.Fatalf("%+v %v", at, err)
	}
	for name, change := range map[string]func(*providers.ListQuery){
		"org":      func(q *providers.ListQuery) { q.Org = "9" },
		"campaign": func(q *providers.ListQuery) { q.Campaign = "" },
		"group":    func(q *providers.ListQuery) { q.Group, q.Parent = q.Parent, q.Group },
		"status":   func(q *providers.ListQuery) { q.Status = nil },
		"type":     func(q *providers.ListQuery) { q.Type = []string{"IMAGE"} },
		"query":    func(q *providers.ListQuery) { q.Query = "other" },
		"since":    func(q *providers.ListQuery) { q.UpdatedSince = time.Unix(6, 0) },
		"params":   func(q *providers.ListQuery) { q.Params = map[string]string{"a": "c"} },
		"damaged":  func(q *providers.ListQuery) { q.Cursor = "A" + q.Cursor[1:] },
		"short":    func(q *providers.ListQuery) { q.Cursor = "AAAA" },
		"no text":  func(q *providers.ListQuery) { q.Cursor = "%%%" },
		"huge":     func(q *providers.ListQuery) { q.Cursor = strings.Repeat("A", 10_000) },
	} {
		other := q
		change(&other)
		err := Open(other, &at)
		e, _ := errors.AsType[*providers.Error](err)
		if e == nil || e.Kind != providers.Invalid || e.Field != "cursor" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	q := providers.ListQuery{Org: "1"}
	f.Add(Seal(Position{Token: "t", Skip: 3}, q))
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, cursor string) {
		q.Cursor = cursor
		var at Position
		if err := Open(q, &at); err != nil {
			if providers.KindOf(err) != providers.Invalid {
				t.Fatal(err)
			}
			return
		}
		calls := 0
		if _, err := List(t.Context(), providers.ListQuery{Org: "1", Size: 2, Cursor: cursor}, upstream(5, 2, &calls)); err != nil && providers.KindOf(err) == 0 {
			t.Fatal(err)
		}
	})
}
