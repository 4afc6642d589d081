package providers

import "time"

// Field is something of an object that can be written.
type Field struct {
	// Name is a path of JSON names: "budget_amount", "targeting.geographic.countries". It stands for all that is below it.
	// What no path covers is refused by the gateway, by name, before anything is sent.
	Name     string
	Create   bool // can be given when the object is made
	Update   bool // can be changed afterwards
	Required bool // has to be given when the object is made
	Clear    bool // can be set to null afterwards
}

// Write is a create or an update.
type Write[T any] struct {
	Org string // the account; empty where the object's parent or id tells it
	// Object is as it is to be. Of an update it is the whole object: what the caller gave, laid over Before.
	Object T
	Before *T       // of an update, the object as it was read; nil of a create
	Set    []string // the fields' paths that the caller gave, in the words of Field; null is given and zero
	DryRun bool     // everything is checked and nothing is changed
}

// Written is what came of a create or an update.
type Written[T any] struct {
	Object     T        // as the platform then has it; of a dry run, as it would have
	Checked    Checked  // of a dry run: by whom
	RequestIDs []string // the platform's, in order
}

// Checked says by whom a dry run was checked.
type Checked string

// The ways there are.
const (
	CheckedByPlatform Checked = "platform" // by its own validate-only mode
	CheckedByRules    Checked = "rules"    // by what we know of its rules
)

// Removal is what a platform did for a delete.
type Removal struct {
	Effect     Effect
	Checked    Checked // of a dry run: by whom
	RequestIDs []string
}

// Effect is what became of a deleted object.
type Effect string

// What platforms do.
const (
	EffectRemoved  Effect = "removed"  // it no longer exists, or exists for its reports only, and cannot come back
	EffectArchived Effect = "archived" // it is put away, and can be brought back
)

// Try is a create whose answer nobody has seen.
type Try struct {
	Since time.Time // not after the moment at which it was sent
	Until time.Time // not before the moment at which it was given up
}

// Op is one operation of a batch: a create where ID is empty, an update where Remove is not set.
type Op[T any] struct {
	Ref    Ref
	Write  Write[T]
	Remove bool
}

// Done is what became of one operation of a batch.
type Done[T any] struct {
	Written Written[T]
	Removal Removal
	Err     error
}

// writable finds the field that covers a path; ok is false when none does.
func writable(fields []Field, path string) (Field, bool) {
	for _, f := range fields {
		if n := len(f.Name); path == f.Name || len(path) > n && path[:n] == f.Name && path[n] == '.' {
			return f, true
		}
	}
	return Field{}, false
}

// Writable finds the field of a collection that covers a path of JSON names.
func (c Collection[T]) Writable(path string) (Field, bool) { return writable(c.Fields, path) }

// Changed tells whether a write was given a field, or something below it.
func (w Write[T]) Changed(name string) bool {
	for _, s := range w.Set {
		if _, ok := writable([]Field{{Name: name}}, s); ok {
			return true
		}
		if _, ok := writable([]Field{{Name: s}}, name); ok {
			return true
		}
	}
	return false
}
