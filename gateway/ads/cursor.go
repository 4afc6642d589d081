package ads

import (
	"time"

	"github.com/admux/admux/normalize"
)

// position is where a list goes on. Of an unsorted one: the platform's own cursor, the page size that it was made
// with, and how many items of that page have been answered. Of a sorted one: the last object answered.
type position struct {
	Upstream string `json:"u,omitempty"`
	Size     int    `json:"s,omitempty"`
	Skip     int    `json:"k,omitempty"`
	After    *after `json:"a,omitempty"`
}

// after is what the order of an object depends on.
type after struct {
	ID   string     `json:"i"`
	Org  string     `json:"o,omitempty"` // ids are unique inside an account only, on some platforms
	Name string     `json:"n,omitempty"`
	At   *time.Time `json:"t,omitempty"`
}

func afterOf(f normalize.Facts, by normalize.SortKey) *after {
	a := &after{ID: f.ID, Org: f.Organization}
	switch by {
	case normalize.SortCreatedAt:
		a.At = f.CreatedAt
	case normalize.SortUpdatedAt:
		a.At = f.UpdatedAt
	default:
		a.Name = f.Name
	}
	return a
}

func (a *after) facts() normalize.Facts {
	return normalize.Facts{ID: a.ID, Organization: a.Org, Name: a.Name, CreatedAt: a.At, UpdatedAt: a.At}
}
