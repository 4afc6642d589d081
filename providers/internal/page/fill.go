package page

import (
	"context"
	"strconv"

	"github.com/admux/admux/providers"
)

// Position is a place in a platform's own paging: the token of one of its pages ("" the first), and how many of that
// page's items have been answered.
type Position struct {
	Token string `json:"t,omitempty"`
	Skip  int    `json:"s,omitempty"`
}

// Fetch returns one page of the platform and the token of the next one, "" after the last.
type Fetch[T any] func(ctx context.Context, token string) (items []T, next string, err error)

// Fill answers exactly size items, or fewer when the list ends, from a platform whose pages may be smaller or larger.
// more is false on the last page; else at is where the next one begins.
func Fill[T any](ctx context.Context, size int, from Position, fetch Fetch[T]) (items []T, at Position, more bool, err error) {
	at = from
	seen := map[string]bool{} // a platform that leads in a circle must not hang us
	for {
		if seen[at.Token] {
			return nil, from, false, &providers.Error{Kind: providers.Malformed, Message: "the platform's paging leads back to a page it has given"}
		}
		seen[at.Token] = true
		page, next, err := fetch(ctx, at.Token)
		if err != nil {
			return nil, from, false, err
		}
		skip := min(max(at.Skip, 0), len(page)) // the list may have shrunk
		take := min(size-len(items), len(page)-skip)
		items = append(items, page[skip:skip+take]...)
		switch {
		case skip+take < len(page):
			return items, Position{Token: at.Token, Skip: skip + take}, true, nil
		case next == "":
			return items, Position{}, false, nil
		}
		at = Position{Token: next}
		if len(items) == size {
			return items, at, true, nil
		}
	}
}

// List is Fill with the position packed into the page's cursor: the whole of most List functions.
func List[T any](ctx context.Context, q providers.ListQuery, fetch Fetch[T]) (providers.Page[T], error) {
	var from Position
	if err := Open(q, &from); err != nil {
		return providers.Page[T]{}, err
	}
	items, at, more, err := Fill(ctx, q.Size, from, fetch)
	if err != nil {
		return providers.Page[T]{}, err
	}
	p := providers.Page[T]{Items: items}
	if more {
		p.Next = Seal(at, q)
	}
	return p, nil
}

// ByOffset makes a Fetch of a platform that pages by start and count. fetch tells whether more items follow.
func ByOffset[T any](count int, fetch func(ctx context.Context, start, count int) (items []T, more bool, err error)) Fetch[T] {
	return func(ctx context.Context, token string) ([]T, string, error) {
		start := 0
		if token != "" {
			n, err := strconv.Atoi(token)
			if err != nil || n < 0 {
				return nil, "", &providers.Error{Kind: providers.Invalid, Field: "cursor", Message: "the cursor is damaged"}
			}
			start = n
		}
		items, more, err := fetch(ctx, start, count)
		if err != nil || !more {
			return items, "", err
		}
		if len(items) == 0 {
			return nil, "", &providers.Error{Kind: providers.Malformed, Message: "the platform says that more follows an empty page"}
		}
		return items, strconv.Itoa(start + len(items)), nil
	}
}

// Slice pages a list that the platform gives whole.
func Slice[T any](q providers.ListQuery, all []T) (providers.Page[T], error) {
	var from Position
	if err := Open(q, &from); err != nil {
		return providers.Page[T]{}, err
	}
	lo := min(max(from.Skip, 0), len(all))
	hi := min(lo+q.Size, len(all))
	p := providers.Page[T]{Items: all[lo:hi:hi]}
	if hi < len(all) {
		p.Next = Seal(Position{Skip: hi}, q)
	}
	return p, nil
}
