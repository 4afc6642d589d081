package ads

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/left"
)

// A target is of every account: the filter is checked, and leaves them all in.
func TestList_accountOfWhatHasNone(t *testing.T) {
	t.Parallel()
	c := serve(t, &world{maxPage: 10}, "1")
	for _, org := range []string{"1", "2"} { // known with the connection; known to the platform alone
		if ids, _ := c.page("/ads/c1/target?org_id=" + org); !slices.Equal(ids, []string{"t1", "t2"}) {
			t.Errorf("account %s: %v", org, ids)
		}
	}
}

func TestGet_rawParameters(t *testing.T) {
	t.Parallel()
	w := &world{campaigns: campaigns(3), maxPage: 10}
	c := serve(t, w)
	if rec := c.get("/ads/c1/campaign/1001?raw=" + url.QueryEscape("view=FULL&x[y]=1")); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if got, want := w.ref.Load().Params, map[string]string{"view": "FULL", "x[y]": "1"}; !cmp.Equal(got, want) {
		t.Errorf("the platform is asked with %v", got)
	}
}

// What a platform keeps from a list is told with it, over all pages that the answer took, each reason once.
func TestList_leftOut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 400)
	w := &world{campaigns: campaigns(30), maxPage: 5, left: func(page int) []string {
		return []string{"2 posts may not be read", fmt.Sprintf("page %d\r\nX-Evil: 1, \"Zürich\" 🙂", page), long}[:page%3+1]
	}}
	c := serve(t, w)
	rec := c.get("/ads/c1/campaign?limit=20&query=campaign")
	got := rec.Header().Values(left.Header)
	want := []string{"2 posts may not be read", `page 1  X-Evil: 1, "Z\u00fcrich" \U0001f642`, `page 2  X-Evil: 1, "Z\u00fcrich" \U0001f642`}
	if len(got) < 4 || !slices.Equal(got[:3], want) || rec.Header().Get("X-Evil") != "" {
		t.Errorf("%q", got)
	}
	for _, line := range got {
		if len(line) > 240 || strings.ContainsFunc(line, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
			t.Errorf("not a header: %q", line)
		}
	}
	w.left = func(int) []string {
		all := make([]string, 100)
		for i := range all {
			all[i] = "reason " + strconv.Itoa(i)
		}
		return all
	}
	if got := c.get("/ads/c1/campaign?limit=1&sort=name").Header().Values(left.Header); len(got) != left.Most || got[left.Most-1] != "and 81 more reasons" {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
	w.left = nil
	if got := c.get("/ads/c1/campaign").Header().Values(left.Header); got != nil {
		t.Errorf("of a whole list: %q", got)
	}
}
