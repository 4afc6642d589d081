package spool_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/admux/admux/gateway/reports/spool"
)

type record struct{ key, val string }

func sorted(t interface{ Fatal(...any) }, s *spool.Sorter) []record {
	var out []record
	for r, err := range s.Sorted() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, record{string(r.Key), string(r.Val)})
	}
	return out
}

// Whatever the memory, records come by key, and equal keys in the order they were added.
func TestSortsAsMemoryWould(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		s := spool.New(spool.Options{Dir: dir, Memory: rapid.IntRange(1, 600).Draw(rt, "memory")})
		defer s.Close()
		var want []record
		for range rapid.IntRange(0, 60).Draw(rt, "records") {
			r := record{rapid.StringMatching(`[a-c]{0,3}`).Draw(rt, "key"), rapid.String().Draw(rt, "val")}
			want = append(want, r)
			if err := s.Add([]byte(r.key), []byte(r.val)); err != nil {
				rt.Fatal(err)
			}
		}
		slices.SortStableFunc(want, func(a, b record) int { return strings.Compare(a.key, b.key) })
		if got := sorted(rt, s); !slices.Equal(got, want) {
			rt.Fatalf("got %q, want %q", got, want)
		}
	})
	if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
}

func TestSmallNeverTouchesTheDisk(t *testing.T) {
	t.Parallel()
	s := spool.New(spool.Options{Dir: "/nowhere/at/all"})
	defer s.Close()
	for range 1000 {
		if err := s.Add([]byte("k"), []byte("v")); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(sorted(t, s)); n != 1000 {
		t.Errorf("%d records", n)
	}
}

func TestDiskThatFails(t *testing.T) {
	t.Parallel()
	s := spool.New(spool.Options{Dir: "/nowhere/at/all", Memory: 100})
	defer s.Close()
	var err error
	for range 100 {
		if err = s.Add([]byte("key"), []byte("value")); err != nil {
			break
		}
	}
	if !errors.Is(err, spool.ErrDisk) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestDiskThatIsFull(t *testing.T) {
	t.Parallel()
	s := spool.New(spool.Options{Dir: t.TempDir(), Memory: 1000, MaxDisk: 3000})
	defer s.Close()
	var err error
	for i := range 1000 {
		if err = s.Add(bytes.Repeat([]byte{byte(i)}, 10), []byte("value")); err != nil {
			break
		}
	}
	if !errors.Is(err, spool.ErrFull) {
		t.Errorf("%v", err)
	}
}

// What does not fit at last is said too.
func TestFullAtTheEnd(t *testing.T) {
	t.Parallel()
	s := spool.New(spool.Options{Dir: t.TempDir(), Memory: 300, MaxDisk: 170})
	defer s.Close()
	for range 9 {
		if err := s.Add([]byte("key"), []byte("value")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Add([]byte("key"), make([]byte, 200)); err != nil {
		t.Fatal(err)
	}
	var err error
	for _, err = range s.Sorted() {
		if err != nil {
			break
		}
	}
	if !errors.Is(err, spool.ErrFull) {
		t.Errorf("%v", err)
	}
}

func TestBreakEndsTheWalk(t *testing.T) {
	t.Parallel()
	for _, memory := range []int{100, 1 << 20} {
		s := spool.New(spool.Options{Dir: t.TempDir(), Memory: memory})
		for i := range 50 {
			if err := s.Add([]byte{byte(50 - i)}, []byte("v")); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		for range s.Sorted() {
			if n++; n == 3 {
				break
			}
		}
		s.Close()
		if n != 3 {
			t.Errorf("%d records", n)
		}
	}
}
