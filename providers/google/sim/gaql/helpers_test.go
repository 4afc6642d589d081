package gaql

import (
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// A Tuesday in Berlin, a quarter of an hour after midnight: still Monday in UTC.
var testEnv = Env{
	Now:  time.Date(2026, 11, 23, 23, 15, 0, 0, time.UTC),
	Zone: time.FixedZone("CET", 3600),
}

// testObject is an object given by its values and facts.
type testObject struct {
	values map[string]Value
	facts  []Fact
}

func (o *testObject) Value(field string) Value { return o.values[field] }

func (o *testObject) Facts(w *Want) iter.Seq[*Fact] {
	return func(yield func(*Fact) bool) {
		for i := range o.facts {
			f := o.facts[i]
			if f.Day < w.First || f.Day > w.Last {
				continue
			}
			all := map[string]Value{}
			if len(f.Splits) == 2 {
				all["segments.device"], all["segments.ad_network_type"] = f.Splits[0], f.Splits[1]
			}
			f.Splits = nil
			for _, name := range w.Splits {
				f.Splits = append(f.Splits, all[name])
			}
			if !yield(&f) {
				return
			}
		}
	}
}

type testSource struct {
	objects []Object
	err     error
	want    *Want
}

func (s *testSource) Objects(w *Want) iter.Seq2[Object, error] {
	s.want = w
	return func(yield func(Object, error) bool) {
		for _, o := range s.objects {
			if !yield(o, nil) {
				return
			}
		}
		if s.err != nil {
			yield(nil, s.err)
		}
	}
}

func day(t *testing.T, s string) simkit.Day {
	t.Helper()
	d, err := simkit.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// rows runs the query over the source.
func rows(t *testing.T, query string, src Source) []string {
	t.Helper()
	p, err := Compile(query, testEnv)
	if err != nil {
		t.Fatalf("%s\n%v", query, err)
	}
	return collect(t, p.Rows(src))
}

func collect(t *testing.T, seq iter.Seq2[[]byte, error]) []string {
	t.Helper()
	var out []string
	for row, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(row))
	}
	return out
}

// code is family.CODE of a refusal, "" when there is none.
func code(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Family + "." + e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
