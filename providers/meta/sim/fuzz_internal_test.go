package sim

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzParseLenient(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,"x"],'b':null}`, `[{field:'id',operator:'IN',value:['1']}]`, `"\u00e9\ud83d\ude00"`, `[[[`, `{a:}`, `'`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		v, err := parseLenient(in)
		if err != nil {
			return
		}
		var strict any
		if json.Unmarshal([]byte(in), &strict) != nil {
			return
		}
		// What is strict JSON reads the same.
		want, got := encode(strict), encode(v)
		var a, b any
		if json.Unmarshal(want, &a) != nil || json.Unmarshal(got, &b) != nil {
			t.Fatalf("%q became %s", in, got)
		}
		if string(encode(a)) != string(encode(b)) {
			t.Errorf("%q: %s, strictly %s", in, got, want)
		}
	})
}

func FuzzParseFields(f *testing.F) {
	for _, s := range []string{"id,name", `adsets.limit(50).as(x){id,ads{creative{id}}}`, `insights.time_range({"since":"2026-01-01"}){spend}`, "a{", "a.b(", "}", ",,", "a.x(')')"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		fs, err := parseFields(in)
		if err != nil {
			return
		}
		for _, x := range fs {
			if x.name == "" || x.params == nil {
				t.Errorf("%q gave %+v", in, x)
			}
		}
		if !utf8.ValidString(in) {
			return
		}
		again, err := parseFields(renderFields(fs))
		if err != nil || renderFields(again) != renderFields(fs) {
			t.Errorf("%q became %q, then %q (%v)", in, renderFields(fs), renderFields(again), err)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(encodeCursor("17", 25))
	f.Add("QVFIU")
	f.Add("QVFIU" + withheld)
	f.Fuzz(func(t *testing.T, in string) {
		key, depth, ok := decodeCursor(in)
		if ok {
			if k, d, _ := decodeCursor(encodeCursor(key, depth)); k != key || d != depth {
				t.Errorf("%q: %q %d", in, key, depth)
			}
		}
	})
}

func FuzzFill(f *testing.F) {
	f.Add(`x?a={result=n:$.data[0].id}&b=1`, `{"data":[{"id":"1"}]}`)
	f.Add(`{result=n:$.data.*.id}`, `{"data":[{"id":1},{"id":"2"}]}`)
	f.Fuzz(func(_ *testing.T, in, doc string) {
		fill(in, map[string]json.RawMessage{"n": json.RawMessage(doc)})
	})
}

func TestFillTakesEveryElement(t *testing.T) {
	t.Parallel()
	got, names := fill(`?ids={result=n:$.data.*.id}`, map[string]json.RawMessage{"n": json.RawMessage(`{"data":[{"id":"1"},{"id":"2"}]}`)})
	if got != "?ids=1%2C2" || len(names) != 1 {
		t.Errorf("%s %v", got, names)
	}
}

func TestVersionsOfTheCalendar(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	if got := strings.Join(s.live(day(2026, 9, 1)), " "); got != "v24.0 v25.0 v26.0" {
		t.Errorf("in September: %s", got)
	}
	if got := strings.Join(s.live(day(2026, 11, 24)), " "); got != "v25.0 v26.0" {
		t.Errorf("in November: %s", got)
	}
	if isVersion("v26") || !isVersion("v26.0") || isVersion("video") {
		t.Error("what is a version?")
	}
}

func TestStatusInheritance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ own, parent, want string }{
		{"ACTIVE", "DELETED", "DELETED"}, {"ARCHIVED", "DELETED", "DELETED"}, {"ACTIVE", "ARCHIVED", "ARCHIVED"}, {"PAUSED", "ACTIVE", ""},
	} {
		if got := ended(c.own, c.parent); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if (&graphError{Code: 1}).status() != http.StatusInternalServerError || (&graphError{Code: 294}).status() != http.StatusForbidden || (&graphError{Code: 80004}).status() != 400 {
		t.Error("HTTP statuses")
	}
}
