package conformance

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
)

// recordingT is a testing.TB whose failures are kept and fail nobody.
type recordingT struct {
	testing.TB
	mu     sync.Mutex
	failed bool
	lines  []string
}

func (r *recordingT) run(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

func (r *recordingT) note(fail bool, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = r.failed || fail
	r.lines = append(r.lines, text)
}

func (r *recordingT) Helper()                   {}
func (r *recordingT) Fail()                     { r.note(true, "") }
func (r *recordingT) FailNow()                  { r.note(true, ""); runtime.Goexit() }
func (r *recordingT) Failed() bool              { return r.failed }
func (r *recordingT) Error(a ...any)            { r.note(true, fmt.Sprint(a...)) }
func (r *recordingT) Errorf(f string, a ...any) { r.note(true, fmt.Sprintf(f, a...)) }
func (r *recordingT) Fatal(a ...any)            { r.note(true, fmt.Sprint(a...)); runtime.Goexit() }
func (r *recordingT) Fatalf(f string, a ...any) { r.note(true, fmt.Sprintf(f, a...)); runtime.Goexit() }
func (r *recordingT) Log(a ...any)              { r.note(false, fmt.Sprint(a...)) }
func (r *recordingT) Logf(f string, a ...any)   { r.note(false, fmt.Sprintf(f, a...)) }
