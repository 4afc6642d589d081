package page

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/providers"
)

func TestOverAccounts(t *testing.T) {
	t.Parallel()
	pages := map[string][]string{"1": {"a b", "", "c"}, "2": {""}, "3": {"d"}}
	read := func(_ context.Context, account, token string) ([]string, string, []string, error) {
		i := 0
		if token != "" {
			_, _ = fmt.Sscan(token, &i)
		}
		next := ""
		if i+1 < len(pages[account]) {
			next = fmt.Sprint(i + 1)
		}
		return strings.Fields(pages[account][i]), next, []string{account}, nil
	}
	q := providers.ListQuery{Size: 2}
	var got []string
	var cursors []string
	for {
		p, err := Over(t.Context(), q, []string{"1", "2", "3"}, read)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(p.Items, p.Left))
		if p.Next == "" {
			break
		}
		q.Cursor = p.Next
		cursors = append(cursors, p.Next)
	}
	if want := []string{"[a b] [1]", "[c] [1 1]", "[d] [2 3]"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	q.Cursor = cursors[0]
	if _, err := Over(t.Context(), q, []string{"2", "3"}, read); providers.KindOf(err) != providers.Invalid {
		t.Errorf("a cursor of an account that is gone: %v", err)
	}
	q.Cursor = ""
	_, err := Over(t.Context(), q, []string{"1"}, func(_ context.Context, _, token string) ([]string, string, []string, error) {
		return nil, "x", nil, nil
	})
	if providers.KindOf(err) != providers.Malformed {
		t.Errorf("paging in a circle: %v", err)
	}
}
