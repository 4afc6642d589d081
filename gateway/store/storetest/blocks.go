package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

// block is a day of November with some content.
func block(connection, key string, day int, content string) store.Block {
	first := normalize.Day{Year: 2026, Month: time.November, Dom: day}
	return store.Block{ConnectionID: connection, Key: key, Days: normalize.DayRange{From: first, To: first.Add(1)}, Digest: content, Rows: 1, Meta: "{}", Body: []byte(content)}
}

func final(b store.Block, at time.Time) store.Block {
	b.FinalAt = at
	return b
}

// testBlocks: a period that reads as before is only seen again, another one is a version more, and each moment has the
// version that was known then.
func testBlocks(t *testing.T, b bench) {
	s := b.store(t)
	ws := Workspace(t, s)
	c := Connection(t, s, ws, store.Grant{AccessToken: "at"}, time.Time{}).ID
	t0 := moment().Add(-10 * time.Hour)
	at := func(h int) time.Time { return t0.Add(time.Duration(h) * time.Hour) }
	put := func(h int, blocks ...store.Block) {
		t.Helper()
		if err := s.PutBlocks(t.Context(), ws, at(h), blocks); err != nil {
			t.Fatal(err)
		}
	}
	put(0, block(c, "k", 1, "a"), block(c, "k", 2, "a"), block(c, "other", 1, "z"))
	put(1, final(block(c, "k", 1, "a"), at(1)), block(c, "k", 2, "b"))
	put(3, final(block(c, "k", 1, "a"), at(3)), block(c, "k", 2, "c"))
	put(2, block(c, "k", 1, "late"), block(c, "k", 2, "late")) // began before what is known
	put(3, block(c, "k", 2, "c"))

	for _, tt := range []struct {
		hour int
		want []string
	}{{-1, []string{"1=a", "2=a"}}, {0, []string{"1=a", "2=a"}}, {1, []string{"1=a", "2=b"}}, {2, []string{"1=late", "2=late"}}, {9, []string{"1=late", "2=c"}}} {
		var got []string
		for _, v := range must[[]store.Block](t)(s.BlocksAt(t.Context(), ws, []string{"k"}, at(tt.hour))) {
			body := must[map[string][]byte](t)(s.BlockBodies(t.Context(), ws, []string{v.ID}))[v.ID]
			got = append(got, fmt.Sprintf("%d=%s", v.Days.From.Dom, body))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("known %d hours on (-want +got):\n%s", tt.hour, diff)
		}
	}
	finals := func(by, since time.Time) []store.Block {
		return must[[]store.Block](t)(s.FinalBlocks(t.Context(), ws, []string{"k", "other"}, by, since))
	}
	got := finals(at(1), at(3))
	if len(got) != 1 || got[0].Digest != "a" || !got[0].FinalAt.Equal(at(1)) || !got[0].ReadAt.Equal(at(0)) || !got[0].SeenAt.Equal(at(3)) || got[0].Days.From.Dom != 1 {
		t.Errorf("final: %+v", got)
	}
	if len(finals(at(0), at(0))) != 0 || len(finals(at(9), at(4))) != 0 {
		t.Error("a block counts as final before it was, or after it was last read")
	}
	if err := s.UnfinalBlocks(t.Context(), ws, []string{got[0].ID}); err != nil || len(finals(at(9), at(0))) != 0 {
		t.Errorf("still final: %v", err)
	}
	var all sync.WaitGroup
	for range 4 { // replicas that read the same at once
		all.Go(func() {
			if err := s.PutBlocks(t.Context(), ws, at(5), []store.Block{block(c, "k", 7, "x"), block(c, "k", 8, "x")}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := s.DeleteConnection(t.Context(), ws, c); err != nil {
		t.Fatal(err)
	}
	if left := must[[]store.Block](t)(s.BlocksAt(t.Context(), ws, []string{"k", "other"}, at(9))); len(left) != 0 {
		t.Errorf("%d blocks outlive their connection", len(left))
	}
	if err := s.PutBlocks(t.Context(), ws, at(9), []store.Block{block(c, "k", 1, "a")}); err == nil {
		t.Error("a block of no connection is kept")
	}
}

// testBlockSweep: what is old goes, and what a workspace keeps is bounded: superseded versions go first, then what was
// used least lately.
func testBlockSweep(t *testing.T, b bench) {
	now := moment()
	s := Open(t, b.newURL(t), Keyring(t), store.Options{Now: func() time.Time { return now }})
	ws, other := Workspace(t, s), Workspace(t, s)
	c := Connection(t, s, ws, store.Grant{AccessToken: "at"}, time.Time{}).ID
	theirs := Connection(t, s, other, store.Grant{AccessToken: "at"}, time.Time{}).ID
	put := func(workspace string, blocks ...store.Block) {
		t.Helper()
		if err := s.PutBlocks(t.Context(), workspace, now, blocks); err != nil {
			t.Fatal(err)
		}
	}
	days := func(workspace, key string) (out []int) {
		for _, v := range must[[]store.Block](t)(s.BlocksAt(t.Context(), workspace, []string{key}, now)) {
			out = append(out, v.Days.From.Dom)
		}
		return out
	}
	sweep := func(most int64) int64 {
		return must[int64](t)(s.SweepBlocksAnyWorkspace(t.Context(), now.Add(-35*24*time.Hour), most))
	}
	put(ws, block(c, "k", 1, "a"))
	now = now.Add(20 * 24 * time.Hour)
	put(ws, block(c, "k", 1, "b"), block(c, "k", 2, "a"), block(c, "k", 3, "a"))
	put(other, block(theirs, "k", 1, "a"))
	now = now.Add(2 * time.Hour)
	used := must[[]store.Block](t)(s.BlocksAt(t.Context(), ws, []string{"k"}, now))
	if err := s.UseBlocks(t.Context(), ws, []string{used[1].ID}); err != nil { // day 2
		t.Fatal(err)
	}
	size := used[0].Size
	if n := sweep(3 * size); n != 1 { // the superseded version of day 1
		t.Errorf("%d went that need not, or did not", n)
	}
	if n := sweep(size); n != 2 || !slices.Equal(days(ws, "k"), []int{2}) || !slices.Equal(days(other, "k"), []int{1}) {
		t.Errorf("%d went, %v and %v are left", n, days(ws, "k"), days(other, "k"))
	}
	now = now.Add(36 * 24 * time.Hour)
	if n := sweep(1 << 30); n != 2 {
		t.Errorf("%d went of what is old", n)
	}
}
