package providers

import (
	"slices"
	"testing"
)

type stub struct{ id, name string }

func (s stub) Spec() Spec                        { return Spec{ID: s.id, Name: s.name} }
func (s stub) Open(Conn, Deps) (*Session, error) { return &Session{}, nil }

func TestRegistry(t *testing.T) {
	t.Parallel()
	r := NewRegistry(stub{"b", "first"}, stub{"a", ""}, stub{"b", "second"})
	if got := r.IDs(); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("ids %v", got)
	}
	if p, ok := r.Get("b"); !ok || p.Spec().Name != "first" {
		t.Error("the first of two with one id does not win")
	}
	if _, ok := r.Get("c"); ok {
		t.Error("an unknown id is found")
	}
	all := r.All()
	all[0] = nil
	if r.All()[0] == nil {
		t.Error("the caller can change the registry")
	}
}
